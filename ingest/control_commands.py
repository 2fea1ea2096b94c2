"""The commands by which an operator pauses, resumes, polls and resets feeds: each writes control records, and says so.

Knows nothing of what a request does (`control`): the fetcher that owns the site applies it, on whatever machine.
"""

import difflib
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from ingest.event import ControlAction, FeedControl
from ingest.feeds import Registry
from ingest.service.errors import UsageError
from ingest.service.invocation import begin, print_json
from ingest.service.settings import Settings

NAMED = 3
"""Of ids that are like an unknown one."""
REASON_CHARACTERS = 200

_DURATION = re.compile(r"(?:(\d{1,4})d)?(?:(\d{1,4})h)?(?:(\d{1,4})m)?")

Json = Annotated[bool, typer.Option("--json", help="Write one JSON document.")]
Ids = Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Feeds of the registry.")]
Host = Annotated[str | None, typer.Option("--host", help="All feeds that are asked at this host (HOST or HOST:PORT).")]


def pause(
    context: typer.Context,
    ids: Ids = None,
    host: Host = None,
    duration: Annotated[
        str | None, typer.Option("--for", metavar="TIME", help="Such as 30m, 2h, 1d12h; without it until resumed.")
    ] = None,
    reason: Annotated[str, typer.Option(help="For whoever looks at the status.")] = "",
    as_json: Json = False,
) -> None:
    """Stop polling feeds, or a host, without a restart.

    The record is on Kafka when the command returns; the fetcher that owns the feed applies it within about two seconds.

    \b
    Exit codes: 0 recorded, 2 unknown feed or host, or no broker.
    Example: rasad feeds pause irna-main --for 2h --reason "they asked us to"
    Example: rasad feeds pause --host www.irna.ir
    """
    if len(reason) > REASON_CHARACTERS:
        raise UsageError(f"--reason: at most {REASON_CHARACTERS} characters")
    until = datetime.now(UTC) + duration_of(duration) if duration is not None else None
    _ask(context, ControlAction.PAUSE, ids or [], host, as_json=as_json, until=until, reason=reason)


def resume(context: typer.Context, ids: Ids = None, host: Host = None, as_json: Json = False) -> None:
    """Poll feeds, or a host, again after a pause.

    A feed that is paused by itself and by its host needs both resumed.

    \b
    Exit codes: 0 recorded, 2 unknown feed or host, or no broker.
    Example: rasad feeds resume irna-main
    """
    _ask(context, ControlAction.RESUME, ids or [], host, as_json=as_json)


def poll(
    context: typer.Context,
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Feeds of the registry.")],
    as_json: Json = False,
) -> None:
    """Poll feeds now.

    Manners stay: one request at a time and host, and no feed before its pause is over.

    \b
    Exit codes: 0 recorded, 2 unknown feed, or no broker.
    Example: rasad feeds poll irna-main irna-world
    """
    _ask(context, ControlAction.POLL, ids, None, as_json=as_json)


def reset(
    context: typer.Context,
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Feeds of the registry.")],
    as_json: Json = False,
) -> None:
    """Forget validators, backoff, moves and detours of feeds, and poll them in full.

    What was seen stays seen: nothing is published again.

    \b
    Exit codes: 0 recorded, 2 unknown feed, or no broker.
    Example: rasad feeds reset irna-main
    """
    _ask(context, ControlAction.RESET, ids, None, as_json=as_json)


def requests(
    registry: Registry,
    action: ControlAction,
    ids: Sequence[str],
    host: str | None,
    now: datetime,
    until: datetime | None = None,
    reason: str = "",
) -> tuple[FeedControl, ...]:
    """Return the records that ask for this. Raises UsageError that names every target that is not known."""
    from ingest.control import sites_at

    if bool(ids) == (host is not None):
        raise UsageError(
            "name feeds, or --host" if action in {ControlAction.PAUSE, ControlAction.RESUME} else "name feeds"
        )
    if host is not None:
        sites = sites_at(registry, host)
        if not sites:
            known = sorted({known for site in registry.sites.values() for known in site.hosts})
            raise UsageError(f"{host} is no host of the registry{_like(host, known)}")
        return tuple(
            FeedControl(action=action, site=site, host=host.lower(), until=until, reason=reason, issued_at=now)
            for site in sites
        )
    unknown = [name for name in ids if name not in registry.feeds]
    if unknown:
        raise UsageError(
            "\n".join(f"{name} is no feed of the registry{_like(name, registry.feeds)}" for name in unknown)
        )
    off = [name for name in ids if action is ControlAction.POLL and not registry.feeds[name].enabled]
    if off:
        raise UsageError("\n".join(f"{name} is off in the registry (enabled = false): nobody polls it" for name in off))
    return tuple(
        FeedControl(action=action, site=registry.feeds[name].site, feed=name, until=until, reason=reason, issued_at=now)
        for name in dict.fromkeys(ids)
    )


def duration_of(text: str) -> timedelta:
    """Return what `--for` says, or raise UsageError."""
    found = _DURATION.fullmatch(text)
    days, hours, minutes = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
    if not days + hours + minutes:
        raise UsageError(f"--for {text}: must be such as 30m, 2h or 1d12h")
    return timedelta(days=days, hours=hours, minutes=minutes)


def _ask(
    context: typer.Context,
    action: ControlAction,
    ids: Sequence[str],
    host: str | None,
    *,
    as_json: bool,
    until: datetime | None = None,
    reason: str = "",
) -> None:
    from ingest.registry_reading import read_registry_file

    settings = begin(context, "feeds")
    registry = read_registry_file(settings.registry_file()).registry
    asked = requests(registry, action, ids, host, datetime.now(UTC), until, reason)
    places = _send(settings, asked)
    if as_json:
        rows = [
            {**control.model_dump(mode="json"), "partition": partition, "offset": offset}
            for control, (partition, offset) in zip(asked, places, strict=True)
        ]
        print_json({"recorded": rows})
        return
    for control, (partition, offset) in zip(asked, places, strict=True):
        end = f" until {until.isoformat(timespec='seconds')}" if until else ""
        what = control.feed or f"{control.host} of {control.site}"
        typer.echo(f"{action} {what}{end}: recorded at {partition}:{offset}")


def _send(settings: Settings, asked: Iterable[FeedControl]) -> tuple[tuple[int, int], ...]:
    from ingest.stream.record import Record
    from ingest.stream.sending import send
    from ingest.stream.topics import Topics, partition_of

    topics = Topics(settings.namespace)
    (spec,) = (spec for spec in topics.specs((), settings.partitions) if spec.name == topics.feed_control)
    records = [
        Record(
            topics.feed_control,
            control.site.encode(),
            control.model_dump_json().encode(),
            partition=partition_of(control.site.encode(), settings.partitions),
        )
        for control in asked
    ]
    return send(settings.kafka, spec, records)


def _like(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), NAMED)
    return f"; like it are {', '.join(near)}" if near else ""
