"""The raw events of what a document shows for the first time, or anew.

Pure. Knows nothing of polls and schedules; which items are new or edited was told before (`revision`).
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median

from ingest.event import DateConfidence, DateSource, Entry
from ingest.feed_state import Seen
from ingest.feeds import Feed
from ingest.parse.document import ParsedEntry
from ingest.revision import Change, Sighting

OLD_NEWS = timedelta(days=3)
BACKFILL_SHARE = 0.5
"""More than half of a document unseen and older than three days: the feed was extended, or its site migrated."""


def entries_of(sightings: Sequence[Sighting], feed: Feed, fetched_at: datetime, *, first: bool) -> tuple[Entry, ...]:
    """Return the events of what is new or updated; old items that come in numbers are marked as no news of today."""
    before = fetched_at - OLD_NEWS
    old = {
        sighting.seen.keys[0] for sighting in sightings if sighting.change is Change.NEW and _is_older(sighting, before)
    }
    jumped = len(old) > BACKFILL_SHARE * len(sightings)
    return tuple(
        _entry(
            sighting.item,
            sighting.seen,
            feed,
            fetched_at,
            backfill=sighting.change is Change.NEW and (first or (jumped and sighting.seen.keys[0] in old)),
        )
        for sighting in sightings
        if sighting.change in (Change.NEW, Change.UPDATED)
    )


def clock_skew(sightings: Sequence[Sighting], fetched_at: datetime) -> float | None:
    """Return how far ahead of us the publisher's clock is, or its zone: nothing is published before it is written."""
    leads = [
        (sighting.item.published_at - fetched_at).total_seconds()
        for sighting in sightings
        if sighting.change is Change.NEW
        and sighting.item.published_at is not None
        and sighting.item.date_confidence is not DateConfidence.DAY
    ]
    return median(leads) if leads else None


def _is_older(sighting: Sighting, before: datetime) -> bool:
    published_at = sighting.item.published_at
    return published_at is not None and published_at < before


def _entry(item: ParsedEntry, seen: Seen, feed: Feed, fetched_at: datetime, *, backfill: bool) -> Entry:
    """Return the raw event of this revision; nothing in its identity depends on the clock or the run."""
    bumped = item.published_at if item.published_at != seen.date.published_at else None
    return Entry(
        article_id=seen.article_id,
        revision=seen.revision,
        publisher=feed.publisher,
        site=feed.site,
        feeds=seen.feeds,
        guid=item.guid,
        url=item.url,
        canonical_url=item.canonical_url,
        link_flag=item.link_flag,
        rights=feed.rights,
        published_at=seen.date.published_at,
        updated_at=item.updated_at or bumped,
        first_seen_at=seen.first_seen_at,
        fetched_at=fetched_at,
        date_source=seen.date.source if seen.date.published_at else DateSource.FIRST_SEEN,
        date_confidence=seen.date.confidence,
        date_flag=seen.date.flag,
        title=item.title,
        summary=item.summary,
        text=item.text,
        text_truncated=item.text_truncated,
        text_sha256=item.text_sha256,
        content_source=item.content_source,
        text_suspect=item.text_suspect,
        text_policy=feed.text_policy,
        backfill=backfill,
        language=feed.language,
        trace_id=hashlib.sha256(f"{seen.article_id}/{seen.revision}".encode()).hexdigest()[:32],
    )
