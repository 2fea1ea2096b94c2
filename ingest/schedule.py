"""When a feed is polled next: a pure function of what the poll came to, the feed's history and the publisher's hints.

Knows no clock, no randomness, no HTTP and no storage: `now` and `random` come in, a frozen history goes out.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from ingest.fetch.outcome import Outcome, Reason

FIRST_INTERVAL_SECONDS = 300.0
"""Before anything is known of a feed; agencies turn out to need 60 s, weekly sites 3600 s, two or three steps away."""

CROWDED = 0.5
"""Half of a document being new means that its window may turn over between two polls and lose items."""
BUSY = 0.2
"""A fifth new is fine; less than that costs the publisher more requests than it brings."""
SOONER_FACTOR = 0.5
STEADY_FACTOR = 0.85
LATER_FACTOR = 1.25
"""Slower up than down: a lost item is worse than a needless request."""

LOOKS_PER_TURNOVER = 4
"""Times that a document is read before all of it is replaced, at the fastest pace that is remembered: neither a
publisher's hint nor a night's silence lets a morning's items pass unseen, and an hour may bring four times as much."""
TURNOVER_FORGOTTEN = 1.02
"""At each success: a newsroom's peak is remembered over the night, an unusual hour for some days."""
PACE_ITEMS = 2
"""One item says nothing of a pace."""
YOUNG_OUTAGE_SECONDS = 24 * 3600.0
OUTAGE_SHARE = 1 / 8
"""On its first day an outage is not outlasted by more than this share of it: a busy feed loses items meanwhile."""

LONGEST_BACKOFF_SECONDS = 24 * 3600.0
"""A failing feed is tried daily for ever: many that look dead for months come back."""
GONE_SECONDS = 7 * 24 * 3600.0
"""410 says that nobody will put it back (RFC 9110, 15.5.11); a weekly look finds the exceptions."""
JITTER = 0.1
"""Ten per cent to either side: feeds that failed together do not stay together."""
RATE_LIMITED_SPREAD_SECONDS = 60.0
"""Feeds that a host turned away together come back a minute apart at least (HARDCASES H7)."""
LARGEST_EXPONENT = 32
"""Past any cap, and 2**32 is still a number that a float holds exactly."""

RESOLVER_WEIGHT = 0.25
"""A resolver without an answer says nothing of the feed: four such failures count as one (HARDCASES H8)."""
SOFT_WEIGHT = 0.5
"""What tends to pass by itself counts half."""
_SOFT = (
    Reason.UNAVAILABLE,
    Reason.TOO_MANY_REQUESTS,
    Reason.SERVER_ERROR,
    Reason.UNEXPECTED_STATUS,
    Reason.DEADLINE,
    Reason.CONNECT,
    Reason.PROTOCOL,
    Reason.REDIRECT,
    Reason.EMPTY,
    Reason.PARSE_DEADLINE,
    Reason.PARSE_CRASH,
    Reason.UNEXPECTED,
)
_WEIGHTS: Mapping[Reason, float] = {**dict.fromkeys(_SOFT, SOFT_WEIGHT), Reason.DNS_TEMPORARY: RESOLVER_WEIGHT}

type Random = Callable[[], float]
"""Returns a number from 0 to 1, as `random.random` does."""


@dataclass(frozen=True, slots=True)
class FeedHistory:
    """What is remembered of a feed's polls; part of its state record."""

    failures: int = 0
    """In a row; one success makes it 0."""
    weight: float = 0.0
    """What these failures count together (`failure_weight`); the backoff grows with it."""
    interval_seconds: float | None = None
    """The interval that adapts to the feed, before hints and jitter; untouched by failures."""
    last_success_at: datetime | None = None
    last_new_at: datetime | None = None
    gone: bool = False
    turnover_seconds: float | None = None
    """In which the whole document was replaced, at the fastest pace of late; null before anything says so."""


@dataclass(frozen=True, slots=True)
class PollResult:
    """What a poll came to, as far as the next one depends on it."""

    outcome: Outcome
    entries: int = 0
    """In the document."""
    new: int = 0
    """Of these, unseen or edited."""
    retry_after_seconds: float | None = None
    reason: Reason = Reason.OK
    """Why it failed, if it did."""
    gap: bool = False
    """The document shares no entry with the one before: its window turned over, and entries may have been lost."""
    ask_again: bool = False
    """No failure, and yet nothing came of it: a 304 before there was any document."""
    excused: bool = False
    """A failure of our own network: the feed is not charged with it."""


@dataclass(frozen=True, slots=True)
class Hints:
    """What the publisher says about its own pace."""

    max_age_seconds: float | None = None
    """From HTTP; it outranks the document's own."""
    ttl_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Bounds:
    """The operator's shortest and longest normal interval."""

    min_seconds: float
    max_seconds: float


@dataclass(frozen=True, slots=True)
class Scheduled:
    """The next poll."""

    at: datetime
    interval_seconds: float
    """Before jitter."""
    history: FeedHistory


def _clamped(seconds: float, low: float, high: float) -> float:
    return low if math.isnan(seconds) else min(max(seconds, low), high)


def failure_weight(reason: Reason) -> float:
    """Return how much one failure counts towards the backoff."""
    return _WEIGHTS.get(reason, 1.0)


def _factor(result: PollResult, first: bool) -> float:
    if result.gap:
        return SOONER_FACTOR
    if result.ask_again:
        return 1.0
    if result.outcome is Outcome.NOT_MODIFIED or result.new == 0:
        return LATER_FACTOR
    if first:
        return 1.0  # everything is new to us at the first poll, which says nothing of the pace
    fresh = result.new / max(result.entries, 1)
    if fresh >= CROWDED:
        return SOONER_FACTOR
    return STEADY_FACTOR if fresh >= BUSY else 1.0


def _hinted(seconds: float, hints: Hints, bounds: Bounds) -> float:
    hint = hints.ttl_seconds if hints.max_age_seconds is None else hints.max_age_seconds
    wished = seconds if hint is None or math.isnan(hint) else max(seconds, hint)
    return _clamped(wished, bounds.min_seconds, bounds.max_seconds)


def _normal(history: FeedHistory, bounds: Bounds) -> float:
    seconds = FIRST_INTERVAL_SECONDS if history.interval_seconds is None else history.interval_seconds
    return _clamped(seconds, bounds.min_seconds, bounds.max_seconds)


def _turnover(history: FeedHistory, result: PollResult, now: datetime) -> float | None:
    """Return the time in which all of the document is replaced, from this poll's share of new items and before."""
    before = history.turnover_seconds and min(history.turnover_seconds * TURNOVER_FORGOTTEN, LONGEST_BACKOFF_SECONDS)
    if history.last_success_at is None or result.new < PACE_ITEMS:
        return before
    passed = (now - history.last_success_at).total_seconds()
    seen = max(passed, 0.0) * max(result.entries, result.new) / result.new
    return min(seen, before or LONGEST_BACKOFF_SECONDS) or before


def _longest_gap(turnover_seconds: float | None) -> float:
    return math.inf if turnover_seconds is None else turnover_seconds / LOOKS_PER_TURNOVER


def _longest_wait(history: FeedHistory, now: datetime) -> float:
    """Return how long a failing feed may be left alone while its outage is young; infinite later."""
    if history.last_success_at is None or history.turnover_seconds is None:
        return math.inf
    age = (now - history.last_success_at).total_seconds()
    return max(_longest_gap(history.turnover_seconds), age * OUTAGE_SHARE) if age < YOUNG_OUTAGE_SECONDS else math.inf


def jittered(seconds: float, low: float, high: float, random: Random, spread_seconds: float = 0.0) -> float:
    """Return a delay evenly spread over a fifth of itself, around itself, moved as far as low and high demand.

    The spread is `spread_seconds` where a fifth is less.
    """
    width = max(2 * JITTER * seconds, spread_seconds)
    start = max(low, min(seconds - width / 2, high - width))
    end = max(start, min(high, start + width))
    return min(end, start + (end - start) * random())


def _later(now: datetime, seconds: float) -> datetime:
    return now.astimezone(UTC) + timedelta(seconds=seconds)


def _after_success(
    history: FeedHistory, result: PollResult, hints: Hints, bounds: Bounds, now: datetime, random: Random
) -> Scheduled:
    factor = _factor(result, first=history.last_success_at is None)
    turnover = _turnover(history, result, now)
    normal = _normal(history, bounds)
    wished = max(min(normal * factor, _longest_gap(turnover)), normal * SOONER_FACTOR)
    adapted = _clamped(wished, bounds.min_seconds, bounds.max_seconds)
    hinted = max(adapted, min(_hinted(adapted, hints, bounds), _longest_gap(turnover)))
    interval = bounds.min_seconds if result.ask_again else hinted
    after = FeedHistory(
        interval_seconds=adapted,
        last_success_at=now,
        last_new_at=now if result.new else history.last_new_at,
        turnover_seconds=turnover,
    )
    delay = jittered(interval, bounds.min_seconds, bounds.max_seconds, random)
    return Scheduled(_later(now, delay), interval, after)


def backoff_seconds(weight: float, normal_seconds: float) -> float:
    """Return the delay after failures of so much weight: doubling from the normal interval up to a day."""
    doubled = normal_seconds * math.pow(2, min(max(weight - 1, 0), LARGEST_EXPONENT))
    return max(normal_seconds, min(doubled, LONGEST_BACKOFF_SECONDS))


def _charged(history: FeedHistory, result: PollResult) -> FeedHistory:
    if result.excused:
        return history
    return replace(history, failures=history.failures + 1, weight=history.weight + failure_weight(result.reason))


def _after_failure(
    history: FeedHistory, result: PollResult, bounds: Bounds, now: datetime, random: Random
) -> Scheduled:
    normal = _normal(history, bounds)
    after = _charged(history, result)
    # An excused feed keeps its rhythm, so that all feeds are back within one interval of the network's return.
    delay = normal if result.excused else backoff_seconds(after.weight, normal)
    delay = max(normal, min(delay, _longest_wait(history, now)))
    longest = max(LONGEST_BACKOFF_SECONDS, normal)
    earliest = normal
    if result.retry_after_seconds is not None:
        # RFC 9110, 10.2.3: not before that; values of many days are seen in the wild, so it is capped.
        earliest = _clamped(result.retry_after_seconds, normal, longest)
        delay = max(delay, earliest)
    spread_seconds = RATE_LIMITED_SPREAD_SECONDS if result.outcome is Outcome.RATE_LIMITED else 0.0
    spread = jittered(delay, earliest, longest, random, spread_seconds)
    return Scheduled(_later(now, spread), delay, after)


def _after_gone(history: FeedHistory, result: PollResult, now: datetime, random: Random) -> Scheduled:
    spread = jittered(GONE_SECONDS, GONE_SECONDS, math.inf, random)
    return Scheduled(_later(now, spread), GONE_SECONDS, replace(_charged(history, result), gone=True))


def next_poll(
    history: FeedHistory, result: PollResult, hints: Hints, bounds: Bounds, now: datetime, random: Random
) -> Scheduled:
    """Return when to poll a feed next and the history to keep; `now` is aware, the answer is aware UTC.

    Success keeps within the bounds, jitter included. Failure backs off from the feed's normal interval up to a
    day, never before Retry-After; an excused one keeps the normal interval. Gone looks in weekly. No outcome ever ends
    the polling.
    """
    match result.outcome:
        case Outcome.FETCHED | Outcome.NOT_MODIFIED:
            return _after_success(history, result, hints, bounds, now, random)
        case Outcome.GONE:
            return _after_gone(history, result, now, random)
        case Outcome.RATE_LIMITED | Outcome.FAILED:
            return _after_failure(history, result, bounds, now, random)


def spread_overdue(
    due: Iterable[tuple[str, datetime | None]], now: datetime, starts_per_second: float
) -> Mapping[str, datetime]:
    """Return when each feed starts after a restart: the overdue ones, longest overdue first, at a bounded rate.

    A feed that was never polled (null) is the most overdue. A time further off than any that this module gives
    was written under a wrong clock, and counts as due now.
    """
    furthest = _later(now, GONE_SECONDS * (1 + 2 * JITTER))
    plan: dict[str, datetime] = {}
    overdue: list[tuple[datetime, str]] = []
    for feed, at in due:
        if at is not None and now < at <= furthest:
            plan[feed] = at
        else:
            overdue.append((datetime.min.replace(tzinfo=UTC) if at is None else min(at, now), feed))
    for place, (_, feed) in enumerate(sorted(overdue)):
        plan[feed] = _later(now, place / starts_per_second)
    return plan
