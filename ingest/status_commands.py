"""`rasad feeds status`: how each feed fares, as a table for people or JSON.

Knows nothing of how a standing is found (`status`).
"""

import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ingest.feeds import Registry
from ingest.service.errors import UsageError
from ingest.service.invocation import begin, print_json
from ingest.service.logging import without_control_characters
from ingest.service.settings import Settings

if TYPE_CHECKING:
    from ingest.registry_reading import Reading
    from ingest.status import FeedStatus, Remembered

READ_SECONDS = 60.0
"""Without the end of the topic in sight: a year of a large registry reads in seconds."""
PUBLISHER_CELLS = 24
FSI, PDI = "\u2068", "\u2069"
"""Isolates (UAX 9): a Persian name in a line of Latin text does not reorder its neighbours."""

Json = Annotated[bool, typer.Option("--json", help="Write one JSON document.")]


def status(
    context: typer.Context,
    failing: Annotated[bool, typer.Option("--failing", help="Only feeds that fail.")] = False,
    paused: Annotated[bool, typer.Option("--paused", help="Only feeds that are paused.")] = False,
    site: Annotated[str | None, typer.Option(help="Only feeds of one site.")] = None,
    as_json: Json = False,
) -> None:
    """Show how each feed fares, the worst first.

    From what the fetchers have committed, so it says the same wherever it is asked. `rhythm` is the median time
    between two moments with something new, `fresh` the time since the last one, `every` the polling interval.

    \b
    Exit codes: 0 shown, 2 no broker, no topic or no such site.
    Example: rasad feeds status --failing
    """
    from ingest.registry_reading import read_registry_file
    from ingest.status import Standing, statuses
    from ingest.stream.topics import partition_of

    settings = begin(context, "feeds")
    reading = read_registry_file(settings.registry_file())
    registry = reading.registry
    _check_site(registry, site)
    now = datetime.now(UTC)
    wanted = {standing for standing, on in ((Standing.FAILING, failing), (Standing.PAUSED, paused)) if on}
    remembered = _remembered(settings)
    found = statuses(registry, remembered, lambda name: partition_of(name.encode(), settings.partitions), now)
    left = remembered.left(registry)
    rows = [row for row in found if (not wanted or row.standing in wanted) and site in (None, row.feed.site)]
    if as_json:
        faults = [{"part": part, "problem": str(problem)} for part, problem in reading.left_out]
        told = [{"id": feed_id, "kept_until": _at(until)} for feed_id, until in left]
        print_json({"feeds": [report(row) for row in rows], "left_out": faults, "left": told})
        return
    for line in table(rows, now):
        typer.echo(line)
    for line in (*gone(left), *left_out(reading)):
        typer.echo(line, err=True)


def gone(left: "Sequence[tuple[str, datetime]]") -> list[str]:
    """Return a line for each feed that left the registry and is remembered still."""
    return [
        f"{feed_id} has left the registry; it goes on where it was if it comes back until {until:%Y-%m-%d}"
        for feed_id, until in left
    ]


def left_out(reading: "Reading") -> list[str]:
    """Return a line for each fault that the registry runs without."""
    return [
        f"left out, this {part} alone: {without_control_characters(str(problem))}" for part, problem in reading.left_out
    ]


def report(row: "FeedStatus") -> dict[str, Any]:
    """Return a row for machines: times are RFC 3339 in UTC, durations in seconds."""
    history = row.state.history
    return {
        "id": row.feed.id,
        "site": row.feed.site,
        "publisher": row.feed.publisher,
        "standing": row.standing,
        "reason": row.state.reason,
        "failures": history.failures,
        "failure_weight": history.weight,
        "gone": history.gone,
        "last_success_at": _at(history.last_success_at),
        "last_new_at": _at(history.last_new_at),
        "next_poll_at": _at(row.state.next_poll_at),
        "interval_seconds": history.interval_seconds,
        "rhythm_seconds": row.rhythm and row.rhythm.total_seconds(),
        "freshness_seconds": row.freshness and row.freshness.total_seconds(),
        "gaps": row.state.gaps,
        "asked_at": row.asked_at,
        "detour": row.state.detour is not None and row.state.detour.proven,
        "paused": row.pause
        and {"since": _at(row.pause.since), "until": _at(row.pause.until), "reason": row.pause.reason},
    }


def table(rows: "Sequence[FeedStatus]", now: datetime) -> list[str]:
    """Return the lines of a table, the publishers' names last: whatever their direction, nothing stands behind them."""
    header = ("feed", "standing", "why", "success", "new", "next", "every", "rhythm", "gaps", "publisher")
    cells = [header, *(_cells(row, now) for row in rows)]
    widths = [max(cell_width(line[column]) for line in cells) for column in range(len(header) - 1)]
    lines = []
    for line in cells:
        padded = (cell + " " * (width - cell_width(cell)) for cell, width in zip(line, widths, strict=False))
        lines.append("  ".join((*padded, _name(line[-1]))))
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.standing] = counts.get(row.standing, 0) + 1
    told = ", ".join(f"{count} {standing.replace('_', ' ')}" for standing, count in counts.items())
    return [*(line.rstrip() for line in lines), "", f"{len(rows)} feeds" + (f": {told}" if told else "")]


def cell_width(text: str) -> int:
    """Return the cells that a text takes in a terminal: joiners, marks and isolates none, wide characters two."""
    return sum(
        0
        if unicodedata.category(character) in {"Mn", "Me", "Cf"}
        else 2
        if unicodedata.east_asian_width(character) in "WF"
        else 1
        for character in text
    )


def _cells(row: "FeedStatus", now: datetime) -> tuple[str, ...]:
    history = row.state.history
    next_poll = row.state.next_poll_at
    return (
        row.feed.id,
        row.standing.replace("_", " "),
        _why(row, now),
        _ago(history.last_success_at, now),
        _ago(history.last_new_at, now),
        "-" if row.pause or next_poll is None else "due" if next_poll <= now else f"in {span(next_poll - now)}",
        span(timedelta(seconds=history.interval_seconds)) if history.interval_seconds else "-",
        span(row.rhythm) if row.rhythm else "-",
        str(row.state.gaps),
        row.feed.publisher,
    )


def _why(row: "FeedStatus", now: datetime) -> str:
    if row.pause is not None:
        left = f"{span(row.pause.until - now)} left" if row.pause.until else "until resumed"
        return f"{left}: {without_control_characters(row.pause.reason)}" if row.pause.reason else left
    if row.state.history.failures:
        return f"{row.state.reason or 'failed'} ×{row.state.history.failures}"
    if row.state.detour is not None and row.state.detour.proven:
        return f"asked at {row.asked_at}"
    return str(row.state.reason or "-") if row.standing == "failing" else "-"


def span(duration: timedelta) -> str:
    """Return a duration in its two largest units."""
    seconds = max(0, round(duration.total_seconds()))
    for size, unit, smaller, small_unit in ((86_400, "d", 3_600, "h"), (3_600, "h", 60, "m"), (60, "m", 1, "s")):
        if seconds >= size:
            rest = seconds % size // smaller
            return f"{seconds // size}{unit}" + (f"{rest}{small_unit}" if rest else "")
    return f"{seconds}s"


def _ago(moment: datetime | None, now: datetime) -> str:
    return "never" if moment is None else f"{span(now - moment)} ago"


def _at(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _name(publisher: str) -> str:
    clean = without_control_characters(publisher)
    while cell_width(clean) > PUBLISHER_CELLS:
        clean = clean.rstrip("…")[:-1] + "…"
    return f"{FSI}{clean}{PDI}"


def _remembered(settings: Settings) -> "Remembered":
    from ingest.status import Remembered
    from ingest.stream.reading import read_to_end
    from ingest.stream.topics import Topics

    remembered = Remembered()
    for record in read_to_end(settings.kafka, Topics(settings.namespace).feed_state, within_seconds=READ_SECONDS):
        remembered.take(record.partition, record.key or b"", record.value)
    return remembered


def _check_site(registry: Registry, site: str | None) -> None:
    if site is not None and site not in registry.sites:
        raise UsageError(f"{site} is no site of the registry")
