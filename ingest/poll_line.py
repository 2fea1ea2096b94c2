"""The one wide line that the log has of each committed poll.

Knows nothing of how polls are made and decided.
"""

import structlog

from ingest.fetch.redact import redact
from ingest.poll import Poll, Verdict
from ingest.service.errors import Reject

log = structlog.get_logger(__name__)


def tell(poll: Poll, verdict: Verdict) -> None:
    """Write the one wide line of a poll."""
    log.info(
        "poll",
        feed=poll.feed.id,
        outcome=verdict.outcome,
        reason=verdict.reason,
        status=poll.fetched.status,
        new=verdict.new,
        updated=verdict.updated,
        unchanged=verdict.unchanged,
        dropped=verdict.dropped,
        suppressed=verdict.suppressed,
        held=verdict.held,
        gap=verdict.gap,
        clock_skew_seconds=verdict.clock_skew_seconds,
        seconds=round(poll.fetched.elapsed_seconds, 3),
        detail=poll.fetched.detail or (poll.parsed.detail if isinstance(poll.parsed, Reject) else ""),
        next_poll_at=verdict.next_poll_at and verdict.next_poll_at.isoformat(timespec="seconds"),
    )
    if verdict.identity_changed:
        log.warning("feed_identity_changed", feed=poll.feed.id)
    if verdict.moved_to is not None:
        log.warning("feed_moved", feed=poll.feed.id, to=redact(verdict.moved_to))
    if verdict.detour or verdict.returned:
        event = "feed_detour" if verdict.detour else "feed_returned"
        log.warning(event, feed=poll.feed.id, at=redact(poll.fetched.requested_url))
