"""A feed document to entries: the one function `parse_feed`, pure, and the only user of feedparser.

Knows nothing of HTTP, of processes or of what was seen before.
"""

import hashlib
import io
import re
from typing import Any
from urllib.parse import urlsplit

import feedparser

from ingest.event import (
    SUMMARY_MAX_BYTES,
    TEXT_MAX_BYTES,
    TITLE_MAX_BYTES,
    ContentSource,
    LinkFlag,
    TextSuspect,
)
from ingest.parse.boilerplate import without_boilerplate
from ingest.parse.dates import date_entry
from ingest.parse.digest import content_digest
from ingest.parse.document import ParseContext, ParsedEntry, ParsedFeed
from ingest.parse.encoding import decode, is_garbled
from ingest.parse.identity import Marks, entry_keys
from ingest.parse.text import cut, plain_text, title_text
from ingest.parse.url import canonical, resolve
from ingest.parse.wellformed import NotAFeed, legal, not_a_feed, prepare, single_items
from ingest.quiet import quiet_of

ENTRIES_MAX = 2_000
"""News feeds have 10 to 300 entries, archives some thousands; more is a fault or an attack."""
GUID_MAX_CHARS = 2_048

_PERIOD_SECONDS = {"hourly": 3_600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}
_DECIMAL = re.compile(r"\d{1,9}(?:\.\d{1,9})?")
_STUMBLES = (AssertionError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
"""What a library raises for input that it did not think of; running out of memory is none of these."""
_TEXT_TYPES = re.compile(r"text/.*|application/(?:.*\+)?xml|html|xhtml|")


def parse_feed(body: bytes, context: ParseContext) -> ParsedFeed:
    """Return the entries of a feed document, in its order.

    Raises `Reject` with `Reason.NOT_A_FEED` where the body is none, whatever its content type says; its detail is a
    `NotAFeed`. Body and content type are the only input: nothing is opened and nothing is fetched.
    """
    decoded = decode(body, context.content_type, context.language)
    prepared = prepare(decoded.text, ENTRIES_MAX)
    document, unreadable = _read(prepared.xml)
    hosts = _hosts(context)
    drafts = [_Draft(raw, context, hosts) for raw in document["entries"]]
    kept = [draft for draft in drafts if draft.says_something()]
    if not kept and (prepared.inside_page or not document["version"]):
        raise not_a_feed(NotAFeed.HTML if prepared.inside_page else NotAFeed.OTHER)
    keys = entry_keys([draft.marks() for draft in kept], hosts)
    return ParsedFeed(
        entries=tuple(draft.entry(own) for draft, own in zip(kept, keys, strict=True)),
        version=document["version"],
        encoding=decoded.encoding,
        dropped=prepared.beyond_cap + unreadable + len(drafts) - len(kept),
        ttl_seconds=_ttl_seconds(document["feed"]),
        quiet=quiet_of(prepared.xml),
    )


def _read(xml: str) -> tuple[dict[str, Any], int]:
    """Return feedparser's document, and how many items it could not read.

    It raises for some nestings (a `textInput` within an item) and namespaces (with a space in the name): one such item
    costs itself, not its neighbours.
    """
    try:
        return _feedparsed(xml), 0
    except _STUMBLES:
        return _read_item_by_item(xml)


def _read_item_by_item(xml: str) -> tuple[dict[str, Any], int]:
    documents, unreadable = [], 0
    for single in single_items(xml):
        try:
            documents.append(_feedparsed(single))
        except _STUMBLES:
            unreadable += 1
    first = documents[0] if documents else {"version": "", "feed": {}}
    entries = [entry for document in documents for entry in document["entries"]]
    return {"entries": entries, "version": first["version"], "feed": first["feed"]}, unreadable


def _feedparsed(xml: str) -> dict[str, Any]:
    # A stream, because feedparser takes a string or bytes for a file's name or a URL first.
    document: dict[str, Any] = feedparser.parse(
        io.BytesIO(xml.encode()), sanitize_html=False, resolve_relative_uris=False, agent="-"
    )
    return document


class _Draft:
    """One item on its way: read once, then judged beside its neighbours."""

    def __init__(self, raw: dict[str, Any], context: ParseContext, hosts: frozenset[str]) -> None:
        self._raw = raw
        self._context = context
        self.guid = legal(_value(raw, "id").strip())[:GUID_MAX_CHARS] or None
        self.url = _link(raw, self.guid, context.url, hosts)
        self.title = title_text(_value(raw, "title"))
        self.summary, self.text, self.source = _texts(raw)

    def says_something(self) -> bool:
        return bool(self.title or self.url or self.guid or self.text)

    def marks(self) -> Marks:
        return Marks(self.guid, self.url, self.title, self.text)

    def entry(self, keys: tuple[str, ...]) -> ParsedEntry:
        dating = date_entry(
            _value(self._raw, "published") or _value(self._raw, "created"),
            _value(self._raw, "updated"),
            self.url,
            self._context.timezone,
            self._context.fetched_at,
        )
        # Identity and digest stand on what the feed says: a new rule here makes no article new or edited.
        whole, summary = without_boilerplate(self.text), without_boilerplate(self.summary)
        text, truncated = cut(whole, TEXT_MAX_BYTES)
        return ParsedEntry(
            keys=keys,
            guid=self.guid,
            url=self.url,
            canonical_url=canonical(self.url) if self.url else None,
            title=cut(self.title, TITLE_MAX_BYTES)[0],
            summary=cut(summary, SUMMARY_MAX_BYTES)[0],
            text=text,
            text_truncated=truncated,
            text_sha256=hashlib.sha256(whole.encode()).hexdigest(),
            content_source=self.source if whole else ContentSource.NONE,
            published_at=dating.published_at,
            updated_at=dating.updated_at,
            date_source=dating.source,
            date_confidence=dating.confidence,
            date_flag=dating.flag,
            digest=content_digest(self.title, self.summary, self.text),
            link_flag=LinkFlag.INVALID if self.url is None and _has_link(self._raw) else None,
            text_suspect=TextSuspect.MOJIBAKE if any(map(is_garbled, (self.title, self.summary, text))) else None,
        )


def _value(raw: dict[str, Any], name: str) -> str:
    """Return one field as the document has it: feedparser's own look-up answers `updated` with `published`."""
    value = dict.get(raw, name)
    return value if isinstance(value, str) else ""


def _parts(raw: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Return a list that feedparser made; an unknown element of that name overwrites it with its attributes."""
    value = dict.get(raw, name)
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def _hosts(context: ParseContext) -> frozenset[str]:
    """Return the site's hosts; a feed's own host is one of them also when the registry does not say so."""
    own = resolve(context.url, context.url)
    return frozenset({*context.hosts, urlsplit(own).hostname or ""} if own else context.hosts)


def _link(raw: dict[str, Any], guid: str | None, base: str, hosts: frozenset[str]) -> str | None:
    """Return the first of link, permalink guid, other links and enclosure that a reader could open."""
    links = _parts(raw, "links")
    pages = [_value(link, "href") for link in links if _value(link, "rel") in {"", "alternate", "related", "via"}]
    files = [_value(link, "href") for link in links if _value(link, "rel") == "enclosure"]
    permalink = guid if guid and (guid.startswith(("http://", "https://")) or dict.get(raw, "guidislink")) else ""
    for candidate in (_value(raw, "feedburner_origlink"), _value(raw, "link"), permalink, *pages, *files):
        found = resolve(candidate, base, hosts)
        if found:
            return found
    return None


def _has_link(raw: dict[str, Any]) -> bool:
    """Tell whether the document gives the item any link, as good or bad as it may be."""
    return any((_value(raw, "link").strip(), *(_value(link, "href").strip() for link in _parts(raw, "links"))))


def _texts(raw: dict[str, Any]) -> tuple[str, str, ContentSource]:
    """Return summary, text and where the text came from."""
    contents = [
        _value(content, "value") for content in _parts(raw, "content") if _TEXT_TYPES.fullmatch(_value(content, "type"))
    ]
    described = _value(raw, "summary")
    # Where the document has content only, feedparser repeats it as the summary.
    summary = "" if described in contents else plain_text(described)
    text = max(map(plain_text, contents), key=len, default="")
    if text:
        return summary, text, ContentSource.FEED
    return summary, summary, ContentSource.SUMMARY if summary else ContentSource.NONE


def _ttl_seconds(feed: dict[str, Any]) -> float | None:
    """Return the document's own hint of how often it changes: `ttl` in minutes, or the syndication module's."""
    minutes = _value(feed, "ttl").strip()
    if _DECIMAL.fullmatch(minutes):
        return float(minutes) * 60 or None
    period = _PERIOD_SECONDS.get(_value(feed, "sy_updateperiod").strip().lower())
    frequency = _value(feed, "sy_updatefrequency").strip()
    times = float(frequency) if _DECIMAL.fullmatch(frequency) else 1.0
    return period / times if period and times else None
