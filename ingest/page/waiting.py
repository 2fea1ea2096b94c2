"""Which entries of a document wait for their page, and which are published at once with what the feed says.

Pure. Knows nothing of HTTP and of pages themselves. Whether a page may be asked for (robots.txt) is found out later.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from ingest.event import Entry
from ingest.feed_state import Pending, Seen, fits
from ingest.feeds import Feed
from ingest.memory import Changes
from ingest.page.outcome import PageReason

WAITING_MAX = 30
"""Entries of one document, the newest: busy agencies show ten new items a poll, and a first document up to hundreds,
which must not become so many requests to one host."""

OLD_NEWS = timedelta(days=3)
"""A first revision that is older is history when we first see it: nobody waits for its whole text."""

_MEDIA = frozenset(
    {
        *("pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "zip", "rar", "apk"),
        *("jpg", "jpeg", "png", "gif", "webp", "svg", "mp3", "m4a", "ogg", "wav"),
        *("mp4", "m4v", "webm", "avi", "mov", "flv", "mkv", "m3u8"),
    }
)


@dataclass(frozen=True, slots=True)
class Holding:
    """A document's entries, parted."""

    at_once: tuple[Entry, ...]
    held: int
    skipped: Counter[PageReason]
    """Why entries of a `full_text` feed are published at once."""


def hold_back(
    entries: Sequence[Entry], feed: Feed, seen: Mapping[str, Seen], changes: Changes, now: datetime
) -> Holding:
    """Part what waits from what is published at once, and remember the former as pending in `changes`.

    `seen`: what is remembered of each entry, by article id; a revision that waited already is replaced.
    """
    skipped: Counter[PageReason] = Counter()
    held: set[str] = set()
    places = WAITING_MAX if feed.full_text else 0
    for entry in sorted(entries, key=_newest, reverse=True):
        reason = _why_not(entry, feed) or (None if len(held) < places else PageReason.TOO_MANY)
        before = seen[entry.article_id]
        since = before.pending.since if before.pending else now
        waiting = replace(before, pending=Pending(entry, feed.id, since))
        if reason is None and not fits(waiting):
            reason = PageReason.TOO_LARGE
        if reason is None:
            held.add(entry.article_id)
            changes.remember(waiting)
            continue
        skipped[reason] += 1
        if before.pending:
            changes.remember(replace(before, pending=None))
    at_once = tuple(entry for entry in entries if entry.article_id not in held)
    return Holding(at_once, len(held), skipped if feed.full_text else Counter())


def is_of_site(url: str, feed: Feed) -> bool:
    """Tell whether a URL is on a host of the feed's publisher; the owner of the site asks no others."""
    known = {_bare(host) for host in feed.hosts} | {_bare(host_name(feed.url))}
    return _bare(host_name(url)) in known - {""}


def host_name(url: str) -> str:
    """Return the host of a URL in lower case, without its port; empty for what is none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _bare(host: str) -> str:
    return host.removeprefix("www.")


def _newest(entry: Entry) -> datetime:
    return entry.published_at or entry.first_seen_at


def _why_not(entry: Entry, feed: Feed) -> PageReason | None:
    if entry.url is None:
        return PageReason.NO_LINK
    if not is_of_site(entry.url, feed):
        return PageReason.FOREIGN_HOST
    if urlsplit(entry.url).path.lower().rpartition(".")[2] in _MEDIA:
        return PageReason.MEDIA
    if entry.revision == 1 and entry.published_at and entry.published_at < entry.fetched_at - OLD_NEWS:
        return PageReason.OLD
    return None
