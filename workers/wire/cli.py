"""The `rasad wire` command."""

from typing import Annotated

import typer

from ingest.service.errors import UsageError
from ingest.service.invocation import begin


def wire(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="Address to serve at; this machine only unless told otherwise.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any free one.")] = 8470,
    label: Annotated[
        list[str] | None, typer.Option(help="Show a label's topic only; several times for several labels.")
    ] = None,
    keep: Annotated[int, typer.Option(min=1, max=10_000, help="Articles that the page has at most.")] = 300,
    allow_host: Annotated[
        list[str] | None, typer.Option(help="A host name under which browsers may ask for the page.")
    ] = None,
) -> None:
    """Serve the live page: events as they arrive, with the evidence in the text; until Ctrl-C.

    \b
    Exit codes: 0 ended by Ctrl-C, 2 no broker, no topic, an unknown label or a port that is taken.
    Example: rasad wire
    """
    from ingest.service.lifecycle import Stop
    from ingest.service.settings import seeds_dir
    from ingest.stream.topics import Topics
    from workers.classify.labels import load_labels
    from workers.persian.country_names import country_names
    from workers.wire.serve import serve

    settings = begin(context, "wire")
    labels = load_labels(seeds_dir() / "labels.toml")
    known = tuple(entry.name for entry in labels)
    for name in label or ():
        if name not in known:
            raise UsageError(f"--label {name}: the labels are {', '.join(known)}")
    topics = Topics(settings.namespace)
    names = tuple(topics.label_topic(name) for name in label) if label else (topics.articles,)
    stop = Stop(budget_seconds=5.0)
    with stop.on_signals():
        serve(
            settings.kafka,
            names,
            labels,
            country_names(seeds_dir()),
            (host, port),
            allow_hosts=allow_host or (),
            keep=keep,
            stop=stop,
            announce=lambda url: typer.echo(f"the live page: {url}  (Ctrl-C ends it)"),
        )
