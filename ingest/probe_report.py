"""A probe as an operator reads it: a readable table, a line, or a JSON document.

Knows nothing of how a probe is made. All that comes from outside is cleaned of secrets and control characters.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from ingest.parse.document import ParsedEntry, ParsedFeed, entry_json
from ingest.probe import Probe, notes
from ingest.service.logging import without_control_characters, without_secrets

TITLE_CHARS = 100
"""Of a title in the table; a line of 200 characters wraps on most screens."""

_COLUMNS = "  {:<20} {:<10} {:<25} {:<24} {:<7} {:>6}  {}"


def shown(text: str) -> str:
    """Return text from outside in a form that cannot upset a terminal, without the secrets of its URLs."""
    return without_control_characters(without_secrets(text))


def line(probes: Sequence[Probe]) -> str:
    """Return one feed of many on a line: the address that works, or why the first does not."""
    last = probes[-1]
    chosen = last if last.works else probes[0]
    verdict = "works" if probes[0].works else "moved" if last.works else "fails"
    status = chosen.fetched.status if chosen.fetched else None
    entries = f"{len(chosen.document.entries)} entries" if chosen.document else ""
    return shown(
        f"{verdict:<6} {chosen.feed.id:<28} {status or '-':<4} {chosen.reason:<18} {entries:<13} {chosen.feed.url}"
    )


def table(found: Probe, limit: int) -> Iterator[str]:
    """Yield the lines of one probe: what was asked, what came, and at most `limit` of its entries."""
    feed = found.feed
    yield shown(f"feed        {feed.id} ({feed.publisher}, site {feed.site}, {feed.language}, {feed.timezone})")
    yield shown(f"url         {feed.url}")
    if found.fetched:
        status = found.fetched.status or "no answer"
        yield shown(f"status      {status}, {found.fetched.outcome}, in {found.fetched.elapsed_seconds:.2f} s")
    yield shown(f"reason      {found.reason}" + (f": {found.detail}" if found.detail else ""))
    if found.fetched:
        yield shown(f"final url   {found.fetched.final_url}")
    if found.fetched and found.document:
        yield f"validators  {', '.join(_validators(found)) or 'none: every poll carries the whole document'}"
    if found.document:
        yield shown(f"document    {_document(found, found.document)}")
        yield f"entries     {len(found.document.entries)}"
    for note in notes(found):
        yield shown(f"note        {note}")
    if found.works and found.document:
        yield ""
        yield from _entries(found.document.entries, limit)


def _validators(found: Probe) -> Iterator[str]:
    validators = found.fetched.validators if found.fetched else None
    if validators and validators.etag:
        yield "ETag"
    if validators and validators.last_modified:
        yield "Last-Modified"


def _document(found: Probe, document: ParsedFeed) -> str:
    parts = [document.version or "unknown format", document.encoding]
    if found.fetched:
        parts += [f"{len(found.fetched.body)} bytes", found.fetched.content_type or "no content type"]
    if document.ttl_seconds:
        parts.append(f"asks for {document.ttl_seconds:.0f} s between polls")
    return ", ".join(parts)


def _entries(entries: Sequence[ParsedEntry], limit: int) -> Iterator[str]:
    yield _COLUMNS.format("date", "source", "confidence", "keys", "content", "chars", "title")
    for entry in entries[:limit]:
        yield shown(
            _COLUMNS.format(
                _instant(entry) or "-",
                entry.date_source,
                entry.date_confidence + (f" ({entry.date_flag})" if entry.date_flag else ""),
                _keys(entry),
                entry.content_source,
                len(entry.text),
                entry.title[:TITLE_CHARS] or entry.url or "-",
            )
        )
    if len(entries) > limit:
        yield f"  and {len(entries) - limit} more"


def _keys(entry: ParsedEntry) -> str:
    """Return the strongest key in full, and the kinds of those beside it."""
    return " +".join((entry.keys[0], "".join(key[0] for key in entry.keys[1:]))).removesuffix(" +")


def _instant(entry: ParsedEntry) -> str | None:
    return entry_json(entry, "")["published_at"]


def report(found: Probe) -> dict[str, Any]:
    """Return one probe as JSON."""
    fetched, document = found.fetched, found.document
    return {
        "feed": found.feed.id,
        "site": found.feed.site,
        "publisher": found.feed.publisher,
        "url": without_secrets(found.feed.url),
        "works": found.works,
        "outcome": fetched and fetched.outcome,
        "reason": found.reason,
        "detail": without_secrets(found.detail),
        "status": fetched and fetched.status,
        "final_url": fetched and without_secrets(fetched.final_url),
        "moved_to": fetched and fetched.permanent_url and without_secrets(fetched.permanent_url),
        "elapsed_seconds": fetched and round(fetched.elapsed_seconds, 3),
        "content_type": fetched and fetched.content_type,
        "validators": list(_validators(found)),
        "version": document and document.version,
        "encoding": document and document.encoding,
        "notes": [without_secrets(note) for note in notes(found)],
        "entries": [_entry(entry, found.feed.site) for entry in document.entries] if document else [],
    }


def _entry(entry: ParsedEntry, site: str) -> dict[str, Any]:
    return {
        **entry_json(entry, site),
        "date_confidence": entry.date_confidence,
        "date_flag": entry.date_flag,
        "keys": list(entry.keys),
        "content_source": entry.content_source,
        "characters": len(entry.text),
    }
