"""The `rasad feeds` commands: what is watched, what a feed would give now, and lists of feeds in and out.

How feeds fare and what operators ask for have modules of their own (`status_commands`, `control_commands`).

Knows nothing of Kafka; what a probe, an import or an edit of the registry means is told by their own modules.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ingest import control_commands, status_commands
from ingest.feeds import Feed, Registry, checked_timezone, load_registry
from ingest.service.errors import Reject, UsageError
from ingest.service.invocation import begin, print_json
from ingest.service.logging import without_control_characters, without_secrets
from ingest.service.settings import Settings

if TYPE_CHECKING:
    from ingest.page.trial import Candidates, Trial
    from ingest.probe import Parse, Probe

Json = Annotated[bool, typer.Option("--json", help="Write one JSON document.")]

feeds = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="List feeds and how they fare, test them, pause or poll them, parse a document; import and export OPML.",
)
feeds.command("status")(status_commands.status)
feeds.command("pause")(control_commands.pause)
feeds.command("resume")(control_commands.resume)
feeds.command("poll")(control_commands.poll)
feeds.command("reset")(control_commands.reset)


@feeds.command("list")
def list_feeds(context: typer.Context, as_json: Json = False) -> None:
    """List the registry's feeds.

    \b
    Exit codes: 0 shown, 2 the registry is wrong.
    Example: rasad feeds list --json
    """
    registry = load_registry(begin(context, "feeds").registry_file())
    rows = [
        {
            "id": feed.id,
            "site": feed.site,
            "publisher": feed.publisher,
            "kind": feed.kind,
            "url": without_secrets(feed.url),
            "language": feed.language,
            "enabled": feed.enabled,
            "min_interval_seconds": feed.min_interval_seconds,
            "max_interval_seconds": feed.max_interval_seconds,
        }
        for feed in registry.feeds.values()
    ]
    if as_json:
        print_json({"feeds": rows})
        return
    for row in rows:
        off = "" if row["enabled"] else "  (off)"
        typer.echo(f"{row['id']:<24} {row['site']:<24} {row['kind']:<12} {row['url']}{off}")


@feeds.command("parse")
def parse_file(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A feed document on disk.")],
    as_json: Json = False,
    site: Annotated[str, typer.Option(help="Site id; part of every entry's identity.")] = "local",
    url: Annotated[str, typer.Option(help="Where the document came from, for relative links.")] = "http://localhost/",
    timezone: Annotated[str | None, typer.Option(help="For dates without a zone; else the site's.")] = None,
) -> None:
    """Parse a feed document without any network.

    \b
    Exit codes: 0 parsed, 2 it is no feed, or an option is wrong.
    Example: rasad feeds parse feed.xml --json
    """
    from ingest.parse.document import ParseContext, entry_json
    from ingest.parse.feed import parse_feed

    known = load_registry(begin(context, "feeds").registry_file()).sites.get(site)
    parse_context = ParseContext(
        site=site,
        url=url,
        content_type=None,
        timezone=_timezone(timezone) or (known.timezone if known else "Asia/Tehran"),
        language=known.language if known else "fa",
        fetched_at=datetime.now(UTC),
        hosts=known.hosts if known else (),
    )
    try:
        document = parse_feed(_bytes(file), parse_context)
    except Reject as error:
        raise UsageError(f"{file}: {error.reason}: {error}") from error
    entries = [entry_json(entry, site) for entry in document.entries]
    if as_json:
        print_json({"entries": entries})
        return
    for entry in entries:
        line = f"{entry['published_at'] or '-':<32} {entry['title']}  {entry['link'] or ''}"
        typer.echo(without_control_characters(line))


@feeds.command("test")
def probe_feeds(
    context: typer.Context,
    target: Annotated[
        str | None, typer.Argument(metavar="ID|URL|FILE", help="A feed of the registry, an address, a document.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every feed of the registry that is on.")] = False,
    write: Annotated[bool, typer.Option("--write", help="Put verified_at into the registry where it worked.")] = False,
    as_json: Json = False,
    site: Annotated[
        str | None, typer.Option(help="Read a URL or FILE with the hosts, zone and language of this site.")
    ] = None,
    allow_private: Annotated[bool, typer.Option("--allow-private", help="A URL may lie at a private address.")] = False,
    limit: Annotated[int, typer.Option(min=0, help="Entries that the table shows.")] = 20,
    page: Annotated[
        bool | None,
        typer.Option("--page/--no-page", help="Try the page of an entry, too.", show_default="where full_text is on"),
    ] = None,
) -> None:
    """Test what a feed would give now.

    Says what would be fetched, parsed, dated and identified; nothing is published. A feed that does not work is asked
    at its alternates too. Where the feed gives leads only (full_text), the page of its newest entry is asked for as a
    fetcher would, and which text would be chosen is told. A FILE is read without any network.

    \b
    Keys are what an article is known again by: g guid, p number in the URL, l link; c and h are makeshifts.
    Exit codes: 0 every feed that was tested gave entries, 1 one did not, 2 arguments or files are wrong.
    Example: rasad feeds test irna-main
    Example: rasad feeds test https://www.example.ir/rss --json
    Example: rasad feeds test saved.xml --site irna.ir
    Example: rasad feeds test https://www.example.ir/rss --page
    Example: rasad feeds test --all --write
    """
    from ingest.probe_target import target_of

    settings = begin(context, "feeds")
    registry = load_registry(settings.registry_file())
    if every == (target is not None):
        raise UsageError("name one of ID, URL and FILE, or --all")
    if (site or allow_private) and (target is None or target in registry.feeds):
        raise UsageError("--site and --allow-private are for a URL or a FILE: a feed of the registry has its own")
    if page and target is None:
        raise UsageError("--page is for one feed: it would ask a page of every publisher")
    if write and target is not None and target not in registry.feeds:
        raise UsageError(f"--write: {target} is no feed of the registry")
    wants_page = False
    if target is None:
        results = _survey(settings, registry, quiet=as_json)
    else:
        feed, file = target_of(registry, target, site, allow_private=allow_private)
        if page and file:
            raise UsageError("--page: a FILE is read without any network")
        results = [_probe_document(settings, feed, file) if file else _probe_feed(settings, feed)]
        wants_page = feed.full_text and not file if page is None else page
    verified = _write_verified(settings.registry_file(), results) if write else []
    tried = _try_page(settings, results[0][-1]) if wants_page else None
    _show(results, verified, tried, as_json=as_json, limit=limit if target is not None else None)
    if not all(probes[0].works for probes in results):
        raise typer.Exit(1)


@feeds.command("import")
def import_opml(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="OPML", help="A list of feeds as feed readers write it.")],
    write: Annotated[bool, typer.Option("--write", help="Put the feeds into the registry.")] = False,
) -> None:
    """Turn OPML into registry entries.

    Writes TOML to paste, or puts it in with --write. Feeds that the registry has are passed over. A feed goes under the
    site whose host its page has. The id of a site is part of its articles' identity: look at it before the first poll.

    \b
    Exit codes: 0 done, 1 done but for addresses that could not be taken, 2 the file or the registry is wrong.
    Example: rasad feeds import readers.opml > new.toml
    """
    from ingest.feed_import import plan_import
    from ingest.opml import read_opml
    from ingest.registry_file import read_text, replace_file, toml_of, with_additions

    path = begin(context, "feeds").registry_file()
    registry = load_registry(path)
    plan = plan_import(read_opml(str(file), _bytes(file)), registry)
    text = with_additions(str(path), read_text(path), plan.additions)
    if write:
        replace_file(path, text)
    else:
        for addition in plan.additions:
            under = f"\n# under the site {addition.site}" if addition.publisher is None else ""
            sys.stdout.write(under + toml_of(addition))
    count = sum(len(addition.feeds) for addition in plan.additions)
    typer.echo(f"{count} new, {plan.known} known, {len(plan.refused)} refused", err=True)
    for line in plan.refused:
        typer.echo(f"refused: {without_control_characters(without_secrets(line))}", err=True)
    if plan.refused:
        raise typer.Exit(1)


@feeds.command("export")
def export_opml(context: typer.Context) -> None:
    """Write the feeds as OPML.

    Those that are on, for feed readers. A feed whose address holds a secret is left out, and told.

    \b
    Exit codes: 0 written, 2 the registry is wrong.
    Example: rasad feeds export > rasad.opml
    """
    from ingest.opml import write_opml

    registry = load_registry(begin(context, "feeds").registry_file())
    secret = [feed for feed in registry.enabled if without_secrets(feed.url) != feed.url]
    sys.stdout.write(write_opml(feed for feed in registry.enabled if feed not in secret))
    for feed in secret:
        typer.echo(f"left out: {feed.id}: its address holds a secret", err=True)


@contextmanager
def _parser(settings: Settings) -> "Iterator[Parse]":
    """Yield what parses in a child process, as a fetcher does: the document may be hostile."""
    from ingest.parse.pool import ParserPool

    with ParserPool(settings.fetch.parse_workers, settings.fetch.parse_deadline_seconds) as pool:
        yield lambda body, context: pool.submit(body, context).result()


def _fetchers(settings: Settings) -> Any:
    """Return what makes a Fetcher with this installation's settings."""
    from functools import partial

    from ingest.fetch.client import Fetcher, FetchSettings, verified_tls

    fetch = settings.fetch
    how = FetchSettings(
        user_agent=fetch.user_agent, deadline_seconds=fetch.deadline_seconds, max_body_bytes=fetch.max_body_bytes
    )
    return partial(Fetcher, how, verified_tls())


def _probe_document(settings: Settings, feed: Feed, file: Path) -> "tuple[Probe, ...]":
    from ingest.probe import probe_document

    body = _bytes(file)
    with _parser(settings) as parse:
        return (probe_document(feed, body, parse, datetime.now(UTC)),)


def _probe_feed(settings: Settings, feed: Feed) -> "tuple[Probe, ...]":
    from ingest.probe import probe_until_works

    with _parser(settings) as parse, _fetchers(settings)() as fetcher:
        return probe_until_works(feed, fetcher, parse, datetime.now(UTC))


def _try_page(settings: Settings, found: "Probe") -> "tuple[Candidates, Trial | None] | None":
    """Try the page of the newest entry, with the settings and the manners of a fetcher."""
    from functools import partial

    from ingest.assemble import page_manners
    from ingest.fetch.client import Fetcher, verified_tls
    from ingest.fetch.politeness import HostGate, host_of
    from ingest.page.rules import load_page_rules
    from ingest.page.trial import PageTrial, candidates
    from ingest.parse.page import extract_page
    from ingest.parse.pool import ChildPool
    from ingest.service.settings import seeds_dir

    if found.document is None or found.fetched is None:
        return None
    waiting = candidates(found.feed, found.fetched, found.document, datetime.now(UTC))
    if waiting.newest is None:
        return waiting, None
    gate = HostGate(settings.fetch.host_gap_seconds)
    gate.take(host_of(found.fetched.final_url), time.monotonic())  # the feed has just been asked there
    gate.release(host_of(found.fetched.final_url), time.monotonic())
    rules = load_page_rules(seeds_dir() / "pages.toml")
    new_pool = partial(ChildPool, 1, settings.page.parse_deadline_seconds, parse=extract_page)
    with new_pool() as reader, Fetcher(page_manners(settings), verified_tls()) as fetcher:
        trial = PageTrial(fetcher, reader, rules, settings.fetch.user_agent, settings.page.gap_seconds, gate)
        return waiting, trial.of(waiting.newest, found.feed)


def _survey(settings: Settings, registry: Registry, *, quiet: bool) -> "list[tuple[Probe, ...]]":
    """Probe every feed that is on, telling each as it comes; return them in the registry's order."""
    from ingest.probe import survey
    from ingest.probe_report import line

    fetch = settings.fetch
    results: list[tuple[Probe, ...]] = []
    with _parser(settings) as parse:
        found = survey(
            registry.enabled,
            _fetchers(settings),
            parse,
            lambda: datetime.now(UTC),
            fetch.threads,
            fetch.host_gap_seconds,
        )
        for probes in found:
            results.append(probes)
            if not quiet:
                typer.echo(line(probes))
    order = {feed_id: place for place, feed_id in enumerate(registry.feeds)}
    return sorted(results, key=lambda probes: order[probes[0].feed.id])


def _write_verified(path: Path, results: "Sequence[tuple[Probe, ...]]") -> list[str]:
    """Put `verified_at` into the registry where a feed's own URL worked; return these feeds' ids."""
    from ingest.registry_file import read_text, replace_file, with_verified

    moments = {
        probes[0].feed.id: probes[0].fetched.fetched_at
        for probes in results
        if probes[0].works and probes[0].fetched is not None
    }
    if moments:
        replace_file(path, with_verified(str(path), read_text(path), moments))
    return list(moments)


def _show(
    results: "Sequence[tuple[Probe, ...]]",
    verified: Sequence[str],
    tried: "tuple[Candidates, Trial | None] | None",
    *,
    as_json: bool,
    limit: int | None,
) -> None:
    """Write the results: JSON, the table of one feed with its page's trial, or after a survey only its sum."""
    from ingest.probe_page_report import page_report, page_table
    from ingest.probe_report import report, table

    if as_json:
        rows = [
            {**report(probes[0]), "alternates": [report(alternate) for alternate in probes[1:]]} for probes in results
        ]
        pages = {"page": page_report(*tried)} if tried else {}
        print_json({"feeds": rows, "verified": list(verified), **pages})
        return
    if limit is None:
        working = sum(probes[0].works for probes in results)
        typer.echo(f"{working} of {len(results)} feeds work")
    else:
        for number, found in enumerate(probes for result in results for probes in result):
            typer.echo(("\n" if number else "") + "\n".join(table(found, limit)))
        for told in page_table(*tried) if tried else ():
            typer.echo(told)
    if verified:
        typer.echo(f"verified_at is written for {len(verified)} feeds")


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from error


def _timezone(name: str | None) -> str | None:
    try:
        return name and checked_timezone(name)
    except ValueError as error:
        raise UsageError(f"--timezone {name}: {error}") from error
