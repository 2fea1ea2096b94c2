"""The story of one poll: what is asked, what came back, what is new, and what is committed together.

Pure: time and randomness come in as arguments. Knows nothing of threads, sockets or Kafka; `fetcher` does the I/O.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ingest.address import (
    FOREIGN,
    address,
    asks_registered,
    failed_at,
    found_at,
    is_on_trial,
    is_this_feed,
    may_be_private,
    must_verify,
    newly_used,
)
from ingest.entries import clock_skew, entries_of
from ingest.event import Entry
from ingest.feed_state import FeedState, digest_of_url
from ingest.feeds import Feed
from ingest.fetch.conditional import remembered_validators
from ingest.fetch.outcome import Fetched, FetchRequest, Outcome, Reason, Validators
from ingest.fetch.politeness import host_of
from ingest.memory import Changes
from ingest.moves import Move, effective_url, lost
from ingest.page.outcome import PageReason
from ingest.page.waiting import hold_back
from ingest.parse.document import ParseContext, ParsedEntry, ParsedFeed
from ingest.quiet import after_quiet
from ingest.revision import Change, Sighting, sighted
from ingest.schedule import Bounds, Hints, PollResult, next_poll
from ingest.service.errors import Reject

UNCONDITIONAL_AFTER = timedelta(hours=24)
"""Some servers answer 304 for ever: once a day a feed is asked without validators (HARDCASES H2)."""

LINK_HOSTS_MAX = 8
"""Remembered of a document: a publisher's links are on one or two hosts, an aggregator's prove nothing."""


@dataclass(frozen=True, slots=True)
class Poll:
    """One finished poll, before anything is decided."""

    feed: Feed
    fetched: Fetched
    parsed: ParsedFeed | Reject | None
    """None where there was nothing to parse: no body, or the same body as last time."""
    network_down: bool = False
    """Our own network was down when it failed: the feed is not charged with it."""


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
    suppressed: int = 0
    """Edits beyond what one article may have in a day."""
    replaced: int = 0
    """Edits of a revision that still waited for its page; it is not published."""
    held: int = 0
    """Entries that wait for their page and are published later."""
    without_page: Counter[PageReason] = field(default_factory=Counter)
    """Why entries that could have waited were published at once."""
    next_poll_at: datetime | None = None
    gap: bool = False
    """The document shares no entry with the one before."""
    emptied: bool = False
    """A document without entries where there were some."""
    clock_skew_seconds: float | None = None
    """By which the new entries' dates lie ahead of the fetch, in the middle; null where nothing new is dated."""
    identity_changed: bool = False
    """Nothing in the document was ever seen, and all its links lead to hosts that are new: another's feed, perhaps."""
    in_full: bool = False
    """The day's request without validators, although there were some."""
    moved_to: str | None = None
    """The URL that is asked from now on, after enough permanent redirects to it."""
    detour: bool = False
    """An alternate gave the feed, and is asked from now on."""
    returned: bool = False
    """The registered URL has the feed again after a detour."""


def request_for(feed: Feed, state: FeedState, now: datetime) -> FetchRequest:
    """Ask for the document, with validators unless a day has passed since it was last asked for in full."""
    state = state.at(feed.url)
    in_full = state.full_at is None or _is_due_in_full(state.full_at, now)
    url = address(feed, state, now)
    return FetchRequest(
        url=url,
        # Those of one address say nothing at another, nor of a feed that is not found where it was.
        validators=Validators() if in_full or is_on_trial(feed, state, url) else state.validators,
        user_agent=feed.user_agent,
        allow_private=may_be_private(feed, url),
        verify_tls=must_verify(feed, url),
        proxy=feed.proxy,
    )


def _is_due_in_full(last: datetime, now: datetime) -> bool:
    """Tell whether a day has passed; a time that is still to come was written under a wrong clock, and says nothing."""
    return not timedelta() <= now - last < UNCONDITIONAL_AFTER


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
    state = changes.feed(poll.feed.id).at(poll.feed.url)
    if isinstance(poll.parsed, Reject):
        return _failed(poll, Reason(poll.parsed.reason), state, changes, now, random)
    if isinstance(poll.parsed, ParsedFeed):
        return _given(poll, poll.parsed, state, changes, now, random)
    if poll.fetched.outcome in (Outcome.NOT_MODIFIED, Outcome.FETCHED):
        if poll.fetched.outcome is Outcome.NOT_MODIFIED and is_on_trial(poll.feed, state, poll.fetched.requested_url):
            # Nobody had a condition to send to it: a broken cache proves nothing.
            return _failed(poll, Reason.EMPTY, state, changes, now, random)
        return _unchanged(poll, state, changes, now, random)
    return _failed(poll, poll.fetched.reason, state, changes, now, random)


def _given(
    poll: Poll, parsed: ParsedFeed, state: FeedState, changes: Changes, now: datetime, random: Callable[[], float]
) -> Verdict:
    """Take a document for the feed's own, unless it looks like another's and is to be held back then."""
    items = parsed.entries
    on_trial = is_on_trial(poll.feed, state, poll.fetched.requested_url)
    if on_trial and not is_this_feed(poll.feed, state, _link_hosts(items), items, changes):
        return _failed(replace(poll, parsed=FOREIGN), Reason.NOT_A_FEED, state, changes, now, random)
    if poll.feed.quarantine and _is_anothers(poll, parsed, state, changes):
        failed = _failed(poll, Reason.IDENTITY_CHANGED, state, changes, now, random)
        return replace(failed, identity_changed=True)
    return _read(poll, parsed, state, changes, now, random)


def _read(
    poll: Poll, parsed: ParsedFeed, state: FeedState, changes: Changes, now: datetime, random: Callable[[], float]
) -> Verdict:
    """Take a document that is a feed: every entry is new, updated or unchanged."""
    anothers = _is_anothers(poll, parsed, state, changes)
    sightings = _sightings(poll, parsed, changes, now)
    count = Counter(sighting.change for sighting in sightings)
    keys = tuple(sighting.seen.keys[0] for sighting in sightings)
    hosts = _link_hosts(parsed.entries)
    new, updated, suppressed = count[Change.NEW], count[Change.UPDATED], count[Change.SUPPRESSED]
    replaced = sum(sighting.seen.pending is not None for sighting in sightings if sighting.change is Change.UPDATED)
    entries = entries_of(sightings, poll.feed, poll.fetched.fetched_at, first=_is_first(state))
    seen = {sighting.seen.article_id: sighting.seen for sighting in sightings}
    holding = hold_back(entries, poll.feed, seen, changes, now)
    gap = bool(keys and state.entry_keys) and set(keys).isdisjoint(state.entry_keys)
    result = PollResult(Outcome.FETCHED, entries=len(parsed.entries), new=new + updated, gap=gap)
    hints = Hints(poll.fetched.max_age_seconds, parsed.ttl_seconds)
    scheduled = next_poll(state.history, result, hints, _bounds(poll.feed), now, random)
    at = after_quiet(scheduled.at, now, parsed.quiet, poll.feed.max_interval_seconds, random)
    move, detour = found_at(poll.feed, state, poll.fetched)
    changes.feeds[poll.feed.id] = replace(
        state,
        history=scheduled.history,
        next_poll_at=at,
        validators=remembered_validators(state.validators, poll.fetched),
        body_sha256=body_sha256(poll.fetched),
        full_at=now,
        # An empty document says nothing of what was there before: keep it, so that its return is no news.
        entry_keys=keys or state.entry_keys,
        url_digest=digest_of_url(poll.feed.url),
        move=move,
        link_hosts=hosts or state.link_hosts,
        gaps=state.gaps + gap,
        reason=Reason.OK,
        detour=detour,
        quiet=parsed.quiet,
    )
    return Verdict(
        Outcome.FETCHED,
        Reason.OK,
        holding.at_once,
        new=new,
        updated=updated - replaced,
        unchanged=len(parsed.entries) - new - updated - suppressed,
        dropped=parsed.dropped,
        suppressed=suppressed,
        replaced=replaced,
        held=holding.held,
        without_page=holding.skipped,
        next_poll_at=at,
        gap=gap,
        emptied=bool(state.entry_keys) and not parsed.entries,
        clock_skew_seconds=clock_skew(sightings, poll.fetched.fetched_at),
        identity_changed=anothers,
        in_full=_was_in_full(state, poll.fetched),
        moved_to=_newly_settled(state.move, move),
        detour=newly_used(state.detour, detour),
        returned=newly_used(detour, state.detour),
    )


def _unchanged(poll: Poll, state: FeedState, changes: Changes, now: datetime, random: Callable[[], float]) -> Verdict:
    """Take a 304, or the same body again: nothing is new, and what was there is still there."""
    if state.history.last_success_at is None or state.history.last_success_at.date() < now.date():
        changes.touch(poll.feed.site, state.entry_keys, now.date())  # an earlier success of today did that
    not_modified = poll.fetched.outcome is Outcome.NOT_MODIFIED
    # A broken cache can say so before it ever gave the document: ask again soon, and once (HARDCASES H20).
    hollow = not_modified and state.history.last_success_at is None
    hints = Hints(poll.fetched.max_age_seconds)
    result = PollResult(Outcome.NOT_MODIFIED, ask_again=hollow)
    scheduled = next_poll(state.history, result, hints, _bounds(poll.feed), now, random)
    at = after_quiet(scheduled.at, now, state.quiet, poll.feed.max_interval_seconds, random)
    known = not not_modified or poll.fetched.conditional
    move, detour = found_at(poll.feed, state, poll.fetched) if known else (state.move, state.detour)
    reason = Reason.NOT_MODIFIED if not_modified else Reason.SAME_BODY
    changes.feeds[poll.feed.id] = replace(
        state,
        history=scheduled.history,
        next_poll_at=at,
        validators=remembered_validators(state.validators, poll.fetched),
        full_at=state.full_at if not_modified else now,
        url_digest=digest_of_url(poll.feed.url),
        move=move,
        reason=reason,
        detour=detour,
    )
    return Verdict(
        poll.fetched.outcome,
        reason,
        (),
        next_poll_at=at,
        in_full=_was_in_full(state, poll.fetched),
        moved_to=_newly_settled(state.move, move),
        detour=newly_used(state.detour, detour),
        returned=newly_used(detour, state.detour),
    )


def _failed(
    poll: Poll, reason: Reason, state: FeedState, changes: Changes, now: datetime, random: Callable[[], float]
) -> Verdict:
    """Take anything else: nothing of what is known is touched, and the feed is tried again, later and later."""
    outcome = Outcome.FAILED if poll.fetched.outcome is Outcome.FETCHED else poll.fetched.outcome
    detour, turned = state.detour, False
    if not poll.network_down:
        detour, turned = failed_at(poll.feed, state, poll.fetched, reason, now)
    registered = asks_registered(poll.feed, state, poll.fetched)
    move = lost(poll.feed.url, state.move, poll.fetched, reason) if registered else state.move
    # Gone from where it had moved to, or another address may have it: that is asked next, without a week's wait.
    elsewhere = turned or (registered and poll.fetched.requested_url != effective_url(poll.feed.url, move))
    result = PollResult(
        Outcome.FAILED if elsewhere else outcome,
        retry_after_seconds=poll.fetched.retry_after_seconds,
        reason=reason,
        excused=poll.network_down or turned,
    )
    scheduled = next_poll(state.history, result, Hints(), _bounds(poll.feed), now, random)
    changes.feeds[poll.feed.id] = replace(
        state,
        history=scheduled.history,
        next_poll_at=scheduled.at,
        # A page that is not the feed may have set validators of its own: the next poll asks in full.
        validators=Validators() if poll.parsed is not None else state.validators,
        url_digest=digest_of_url(poll.feed.url),
        move=move,
        reason=reason,
        detour=detour,
    )
    return Verdict(outcome, reason, (), next_poll_at=scheduled.at)


def _sightings(poll: Poll, parsed: ParsedFeed, changes: Changes, now: datetime) -> tuple[Sighting, ...]:
    """Look every item of a document up, and remember what is new about it."""
    sightings: dict[str, Sighting] = {}
    for item in parsed.entries:
        found = changes.find(poll.feed.site, item.keys)
        if found is not None and found.keys[0] in sightings:
            # The document shows one article twice: the second is no edit of the first, or every poll would be one.
            continue
        sighting = sighted(item, found, poll.feed.site, poll.feed.id, poll.fetched.fetched_at, now)
        if sighting.seen is not found:
            changes.remember(sighting.seen)
        sightings[sighting.seen.keys[0]] = sighting
    return tuple(sightings.values())


def _is_first(state: FeedState) -> bool:
    """Tell whether there was never a document of this feed."""
    return state.full_at is None and not state.entry_keys


def _link_hosts(items: Iterable[ParsedEntry]) -> tuple[str, ...]:
    hosts: Counter[str] = Counter()
    for host, links in Counter(host_of(item.url) for item in items if item.url).items():
        hosts[host.removeprefix("www.")] += links
    return tuple(host for host, _ in hosts.most_common(LINK_HOSTS_MAX) if host)


def _is_anothers(poll: Poll, parsed: ParsedFeed, state: FeedState, changes: Changes) -> bool:
    """Tell whether nothing in a document was ever seen, and all its links lead to where no link has led."""
    return _are_strange(_link_hosts(parsed.entries), state.link_hosts, poll.feed) and all(
        changes.find(poll.feed.site, item.keys) is None for item in parsed.entries
    )


def _are_strange(hosts: Sequence[str], before: Sequence[str], feed: Feed) -> bool:
    """Tell whether no link leads to where links led before, nor to a host of the publisher's."""
    known = {*before, *(host.removeprefix("www.") for host in feed.hosts)}
    return bool(hosts and before) and known.isdisjoint(hosts)


def _was_in_full(state: FeedState, fetched: Fetched) -> bool:
    due = state.full_at is not None and _is_due_in_full(state.full_at, fetched.fetched_at)
    return due and not fetched.conditional and (state.validators.etag or state.validators.last_modified) is not None


def _newly_settled(before: Move | None, after: Move | None) -> str | None:
    settled = after is not None and after.settled and not (before is not None and before.settled)
    return after.target if after is not None and settled else None


def _bounds(feed: Feed) -> Bounds:
    return Bounds(feed.min_interval_seconds, feed.max_interval_seconds)
