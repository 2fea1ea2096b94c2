"""The types that leave the parser: a feed document and its entries, frozen and picklable.

Knows nothing of HTTP, of Kafka or of what was seen before.
"""

from dataclasses import dataclass
from datetime import datetime

from ingest.event import ContentSource, DateConfidence, DateFlag, DateSource, LinkFlag, TextSuspect
from ingest.parse.identity import article_id
from ingest.quiet import Quiet


@dataclass(frozen=True, slots=True)
class ParseContext:
    """What a document is read against."""

    site: str
    url: str
    """The URL that the document came from, for relative links."""
    content_type: str | None
    """The header as sent; its charset is the weakest of the hints."""
    timezone: str
    """IANA name for dates without a zone."""
    language: str
    fetched_at: datetime
    """Aware UTC; dates are judged against it."""
    hosts: tuple[str, ...] = ()
    """All hosts of the site: the same path on any of them is the same article."""


@dataclass(frozen=True, slots=True)
class ParsedEntry:
    """One item of a document, cleaned: plain text, no markup, no character outside XML 1.0's Char."""

    keys: tuple[str, ...]
    """Identity keys, strongest first, at least one; equal keys of one site mean the same article."""
    guid: str | None
    url: str | None
    canonical_url: str | None
    title: str
    summary: str
    text: str
    text_truncated: bool
    text_sha256: str
    content_source: ContentSource
    published_at: datetime | None
    """Aware UTC; null when no date can be believed."""
    updated_at: datetime | None
    date_source: DateSource
    date_confidence: DateConfidence
    date_flag: DateFlag | None
    digest: str
    """Of what a reader would call the content: changes when the article was edited, and only then."""
    link_flag: LinkFlag | None = None
    text_suspect: TextSuspect | None = None


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A document that is a feed, with its entries in the document's order."""

    entries: tuple[ParsedEntry, ...]
    version: str
    """feedparser's name of the format, such as `rss20` or `atom10`; empty where there are items and no known root."""
    encoding: str
    """The encoding that the document was decoded with."""
    dropped: int = 0
    """Items beyond the cap, or without title, link, guid and text."""
    ttl_seconds: float | None = None
    """The document's own hint (`ttl`, `sy:update*`); `schedule` clamps it."""
    quiet: Quiet = Quiet()
    """When the document asks not to be polled."""


def entry_json(entry: ParsedEntry, site: str) -> dict[str, str | None]:
    """Return what `rasad feeds parse --json` prints of an entry; times are RFC 3339 in UTC."""
    published_at = entry.published_at.isoformat().replace("+00:00", "Z") if entry.published_at else None
    return {
        "entry_id": article_id(site, entry.keys[0]),
        "title": entry.title,
        "link": entry.url,
        "published_at": published_at,
        "date_source": entry.date_source.value,
    }
