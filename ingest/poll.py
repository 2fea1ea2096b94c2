"""The story of one poll: what is asked, what came back, what is new, and what is committed together.

Pure: time and randomness come in as arguments. Knows nothing of threads, sockets or Kafka; `fetcher` does the I/O.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ingest.event import DateSource, Entry
from ingest.feed_state import Changes, FeedState, Seen, SeenDate
from ingest.feeds import Feed
from ingest.fetch.conditional import remembered_validators
from ingest.fetch.outcome import Fetched, FetchRequest, Outcome, Reason, Validators
from ingest.parse.document import ParseContext, ParsedEntry, ParsedFeed
from ingest.parse.identity import article_id
from ingest.schedule import Bounds, Hints, PollResult, next_poll
from ingest.service.errors import Reject

UNCONDITIONAL_AFTER = timedelta(hours=24)
"""Some servers answer 304 for ever: once a day a feed is asked without validators (HARDCASES H2)."""


@dataclass(frozen=True, slots=True)
class Poll:
    """One finished poll, before anything is decided."""

    feed: Feed
    fetched: Fetched
    parsed: ParsedFeed | Reject | None
    """None where there was nothing to parse: no body, or the same body as last time."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a poll came to; `entries` and the changes that `decide` made commit in one transaction."""

    outcome: Outcome
    reason: Reason
    entries: tuple[Entry, ...]
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    dropped: int = 0
    next_poll_at: datetime | None = None


def request_for(feed: Feed, state: FeedState, now: datetime) -> FetchRequest:
    """Ask for the document, with validators unless a day has passed since it was last asked for in full."""
    in_full = state.full_at is None or now - state.full_at >= UNCONDITIONAL_AFTER
    return FetchRequest(
        url=feed.url,
        validators=Validators() if in_full else state.validators,
        user_agent=feed.user_agent,
        allow_private=feed.allow_private,
        verify_tls=feed.verify_tls,
    )


def context_for(feed: Feed, fetched: Fetched) -> ParseContext:
    """Say what the document is to be read against."""
    return ParseContext(
        site=feed.site,
        url=fetched.final_url,
        content_type=fetched.content_type,
        timezone=feed.timezone,
        language=feed.language,
        fetched_at=fetched.fetched_at,
        hosts=feed.hosts,
    )


def body_sha256(fetched: Fetched) -> str:
    """Return the digest by which the same document is known again without parsing it."""
    return hashlib.sha256(fetched.body).hexdigest()


def decide(poll: Poll, changes: Changes, now: datetime, random: Callable[[], float]) -> Verdict:
    """Tell what a finished poll means, and put what must be remembered into `changes`."""
    state = changes.feed(poll.feed.id)
    if isinstance(poll.parsed, Reject):
        return _failed(poll, Reason(poll.parsed.reason), state, changes, now, random)
    if isinstance(poll.parsed, ParsedFeed):
        return _read(poll, poll.parsed, state, changes, now, random)
    if poll.fetched.outcome in (Outcome.NOT_MODIFIED, Outcome.FETCHED):
        return _unchanged(poll, state, changes, now, random)
    return _failed(poll, poll.fetched.reason, state, changes, now, random)


def _read(
    poll: Poll, parsed: ParsedFeed, state: FeedState, changes: Changes, now: datetime, random: Callable[[], float]
) -> Verdict:
    """Take a document that is a feed: every entry is new, updated or unchanged."""
    entries: list[Entry] = []
    keys: dict[str, None] = {}
    new = updated = 0
    for item in parsed.entries:
        found = changes.find(poll.feed.site, item.keys)
        if found is not None and found.keys[0] in keys:
            # The document shows one article twice: the second is no edit of the first, or every poll would be one.
            continue
        seen = _seen(item, found, poll, now)
        if seen is not found:
            changes.remember(seen)
        keys[seen.keys[0]] = None
        if found is None or seen.revision > found.revision:
            entries.append(_entry(item, seen, poll))
            new += found is None
            updated += found is not None
    result = PollResult(Outcome.FETCHED, entries=len(parsed.entries), new=new + updated)
    hints = Hints(poll.fetched.max_age_seconds, parsed.ttl_seconds)
    scheduled = next_poll(state.history, result, hints, _bounds(poll.feed), now, random)
    changes.feeds[poll.feed.id] = FeedState(
        history=scheduled.history,
        next_poll_at=scheduled.at,
        validators=remembered_validators(state.validators, poll.fetched),
        body_sha256=body_sha256(poll.fetched),
        full_at=now,
        # An empty document says nothing of what was there before: keep it, so that its return is no news.
        entry_keys=tuple(keys) or state.entry_keys,
    )
    return Verdict(
        Outcome.FETCHED,
        Reason.OK,
        tuple(entries),
        new=new,
        updated=updated,
        unchanged=len(parsed.entries) - new - updated,
        dropped=parsed.dropped,
        next_poll_at=scheduled.at,
    )


def _unchanged(poll: Poll, state: FeedState, changes: Changes, now: datetime, random: Callable[[], float]) -> Verdict:
    """Take a 304, or the same body again: nothing is new, and what was there is still there."""
    changes.touch(poll.feed.site, state.entry_keys, now.date())
    not_modified = poll.fetched.outcome is Outcome.NOT_MODIFIED
    hints = Hints(poll.fetched.max_age_seconds)
    scheduled = next_poll(state.history, PollResult(Outcome.NOT_MODIFIED), hints, _bounds(poll.feed), now, random)
    changes.feeds[poll.feed.id] = replace(
        state,
        history=scheduled.history,
        next_poll_at=scheduled.at,
        validators=remembered_validators(state.validators, poll.fetched),
        full_at=state.full_at if not_modified else now,
    )
    reason = Reason.NOT_MODIFIED if not_modified else Reason.SAME_BODY
    return Verdict(poll.fetched.outcome, reason, (), next_poll_at=scheduled.at)


def _failed(
    poll: Poll, reason: Reason, state: FeedState, changes: Changes, now: datetime, random: Callable[[], float]
) -> Verdict:
    """Take anything else: nothing of what is known is touched, and the feed is tried again, later and later."""
    outcome = Outcome.FAILED if poll.fetched.outcome is Outcome.FETCHED else poll.fetched.outcome
    result = PollResult(outcome, retry_after_seconds=poll.fetched.retry_after_seconds)
    scheduled = next_poll(state.history, result, Hints(), _bounds(poll.feed), now, random)
    changes.feeds[poll.feed.id] = replace(
        state,
        history=scheduled.history,
        next_poll_at=scheduled.at,
        # A page that is not the feed may have set validators of its own: the next poll asks in full.
        validators=Validators() if poll.parsed is not None else state.validators,
    )
    return Verdict(outcome, reason, (), next_poll_at=scheduled.at)


def _seen(item: ParsedEntry, found: Seen | None, poll: Poll, now: datetime) -> Seen:
    """Return what is to be remembered of an item; `found` itself when nothing about it is new."""
    if found is None:
        return Seen(
            site=poll.feed.site,
            keys=item.keys,
            article_id=article_id(poll.feed.site, item.keys[0]),
            revision=1,
            first_seen_at=poll.fetched.fetched_at,
            last_seen_on=now.date(),
            date=SeenDate(item.published_at, item.date_source, item.date_confidence, item.date_flag),
            digests=((poll.feed.id, item.digest),),
        )
    digests = dict(found.digests)
    # Known from another feed already: that feed's revision carries it.
    edited = poll.feed.id in digests and item.digest not in digests.values()
    seen = replace(
        found,
        keys=found.keys + tuple(key for key in item.keys if key not in found.keys),
        revision=found.revision + edited,
        last_seen_on=max(found.last_seen_on, now.date()),
        digests=tuple(sorted({**digests, poll.feed.id: item.digest}.items())),
    )
    return found if seen == found else seen


def _entry(item: ParsedEntry, seen: Seen, poll: Poll) -> Entry:
    """Return the raw event of this revision; nothing in its identity depends on the clock or the run."""
    feed = poll.feed
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
        rights=feed.rights,
        published_at=seen.date.published_at,
        updated_at=item.updated_at or bumped,
        first_seen_at=seen.first_seen_at,
        fetched_at=poll.fetched.fetched_at,
        date_source=seen.date.source if seen.date.published_at else DateSource.FIRST_SEEN,
        date_confidence=seen.date.confidence,
        date_flag=seen.date.flag,
        title=item.title,
        summary=item.summary,
        text=item.text,
        text_truncated=item.text_truncated,
        text_sha256=item.text_sha256,
        content_source=item.content_source,
        text_policy=feed.text_policy,
        language=feed.language,
        trace_id=hashlib.sha256(f"{seen.article_id}/{seen.revision}".encode()).hexdigest()[:32],
    )


def _bounds(feed: Feed) -> Bounds:
    return Bounds(feed.min_interval_seconds, feed.max_interval_seconds)
