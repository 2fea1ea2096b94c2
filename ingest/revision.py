"""What a sighting makes of what is remembered of an entry: new, edited, the same, or edited too often.

Pure. Knows nothing of feeds' schedules, of Kafka and of the events that come of it.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from ingest.feed_state import Edits, Seen, SeenDate
from ingest.parse.document import ParsedEntry
from ingest.parse.identity import article_id

EDITS_PER_DAY = 6
"""Of one article: counters, relative times and rotating advertisements would make every poll an edit. The last
version is published on a later day."""

PAST_DIGESTS = 8
"""Versions of one article that are known again: more than a rotation of teasers has, and 300 bytes of state."""


KEYS_MAX = 32
"""Of one article; an item has a few. Links with a counter or a session in them give a new one at every poll; a
record that grew with them would pass what a broker takes, and no feed of the process would be committed any more."""


class Change(StrEnum):
    """What an item of a document is to us."""

    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SUPPRESSED = "suppressed"
    """Edited once more on a day that has seen enough of its edits."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """An item of a document, and what is remembered of it from now on."""

    item: ParsedEntry
    seen: Seen
    change: Change


def sighted(
    item: ParsedEntry, found: Seen | None, site: str, feed: str, fetched_at: datetime, now: datetime
) -> Sighting:
    """Return what an item is; `seen` is `found` itself when nothing about it is to be remembered."""
    if found is None:
        return Sighting(item, _first(item, site, feed, fetched_at, now), Change.NEW)
    if _is_as_remembered(item, found, feed, now):
        return Sighting(item, found, Change.UNCHANGED)
    kept = replace(
        found,
        keys=_keys(item, found),
        last_seen_on=max(found.last_seen_on, now.date()),
    )
    if not _is_edit(item, found, feed):
        return Sighting(item, _same_or(found, _showing(kept, feed, item.digest)), Change.UNCHANGED)
    edits = found.edits.today(now.date())
    if edits.count >= EDITS_PER_DAY:
        # The digest is not taken over: when the day is over, what the feed shows then is an edit.
        return Sighting(item, _same_or(found, kept), Change.SUPPRESSED)
    # A revision that still waits for its page has not been published: the edit takes its place.
    revision = found.revision + (found.pending is None)
    edited = replace(kept, revision=revision, edits=replace(edits, count=edits.count + 1))
    return Sighting(item, _showing(edited, feed, item.digest), Change.UPDATED)


def _is_as_remembered(item: ParsedEntry, found: Seen, feed: str, now: datetime) -> bool:
    """Tell whether nothing is to be remembered: so it is with nearly every item of every document."""
    if found.last_seen_on < now.date() or (feed, item.digest) not in found.digests:
        return False
    return item.keys == found.keys or all(key in found.keys for key in item.keys)


def _first(item: ParsedEntry, site: str, feed: str, fetched_at: datetime, now: datetime) -> Seen:
    return Seen(
        site=site,
        keys=item.keys,
        article_id=article_id(site, item.keys[0]),
        revision=1,
        first_seen_at=fetched_at,
        last_seen_on=now.date(),
        date=SeenDate(item.published_at, item.date_source, item.date_confidence, item.date_flag),
        digests=((feed, item.digest),),
        edits=Edits(),
    )


def _keys(item: ParsedEntry, found: Seen) -> tuple[str, ...]:
    """Return the keys of both, the record's own first; beyond KEYS_MAX the oldest that the item has not give way."""
    keys = found.keys + tuple(key for key in item.keys if key not in found.keys)
    spare = [key for key in keys[1:] if key not in item.keys]
    given_up = spare[: max(0, len(keys) - KEYS_MAX)]
    return tuple(key for key in keys if key not in given_up)


def _is_edit(item: ParsedEntry, found: Seen, feed: str) -> bool:
    """Tell whether nobody has seen this content yet.

    What another feed showed is carried by that feed's revision; what was shown before is a flap (A, B, A).
    """
    digests = dict(found.digests)
    return feed in digests and item.digest not in digests.values() and item.digest not in found.past


def _showing(seen: Seen, feed: str, digest: str) -> Seen:
    """Return the entry with what a feed shows now, and what it showed before among the past."""
    digests = dict(seen.digests)
    before = digests.get(feed)
    past = seen.past
    if before is not None and before != digest:
        past = (*(known for known in past if known != before), before)[-PAST_DIGESTS:]
    return replace(seen, digests=tuple(sorted({**digests, feed: digest}.items())), past=past)


def _same_or(found: Seen, seen: Seen) -> Seen:
    return found if seen == found else seen
