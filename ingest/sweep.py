"""What a partition forgets: entries long after they were last seen, feeds long after they left the registry.

Knows nothing of transactions. A feed that leaves is marked first, so that the time counts from there whatever it did
before, and a removal by mistake costs nothing: the feed goes on where it was when it comes back.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

import structlog

from ingest.memory import REMEMBERED_FOR, Changes, Memory

FORGOTTEN_AT_ONCE = 1_000
"""Of a partition in an hour, entries and feeds each. Its largest share of a busy registry's entries is a fifth of that;
and a clock that was set years ahead has not emptied the memory before somebody looks."""

log = structlog.get_logger(__name__)


def swept(memory: Memory, registered: Collection[str], now: datetime) -> Changes | None:
    """Return what is to be forgotten and marked, or null where there is nothing.

    `registered`: ids of the feeds whose state belongs into this partition, those that are off included.
    """
    changes = Changes(memory, forgotten=list(memory.expired(now.date(), FORGOTTEN_AT_ONCE)))
    for feed_id, state in memory.feeds.items():
        if feed_id in registered:
            if state.left_at is not None:
                changes.feeds[feed_id] = replace(state, left_at=None)
        elif state.left_at is None:
            changes.feeds[feed_id] = replace(state, left_at=now)
        elif now - state.left_at > REMEMBERED_FOR and len(changes.forgotten_feeds) < FORGOTTEN_AT_ONCE:
            changes.forgotten_feeds.append(feed_id)
    return changes if changes.forgotten or changes.forgotten_feeds or changes.feeds else None


def tell_swept(changes: Changes) -> None:
    """Log what was committed."""
    for feed_id, state in changes.feeds.items():
        if state.left_at is None:
            log.info("feed_came_back", feed=feed_id)
        else:
            log.info(
                "feed_left", feed=feed_id, kept_until=(state.left_at + REMEMBERED_FOR).isoformat(timespec="minutes")
            )
    for feed_id in changes.forgotten_feeds:
        log.info("feed_forgotten", feed=feed_id)
    if changes.forgotten:
        log.info("entries_forgotten", entries=len(changes.forgotten))
