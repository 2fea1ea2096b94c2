"""What holds for every feed, every answer and every hint."""

import itertools
import math
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ingest.fetch.outcome import Outcome, Reason
from ingest.schedule import (
    GONE_SECONDS,
    JITTER,
    LONGEST_BACKOFF_SECONDS,
    LOOKS_PER_TURNOVER,
    Bounds,
    FeedHistory,
    Hints,
    PollResult,
    Scheduled,
    jittered,
    next_poll,
    spread_overdue,
)

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SLACK_SECONDS = 1e-5
"""A datetime holds microseconds."""

hint_seconds = st.none() | st.just(math.nan) | st.floats(min_value=0)
hints = st.builds(Hints, max_age_seconds=hint_seconds, ttl_seconds=hint_seconds)
fractions = st.floats(min_value=0, max_value=1)
bounds = st.tuples(st.floats(1, 86_400), st.floats(1, 86_400)).map(lambda pair: Bounds(min(pair), max(pair)))
histories = st.builds(
    FeedHistory,
    failures=st.integers(0, 10_000),
    weight=st.floats(0, 10_000),
    interval_seconds=st.none() | st.floats(0.1, 1e6),
    last_success_at=st.none() | st.just(NOW - timedelta(hours=1)),
    last_new_at=st.none() | st.just(NOW - timedelta(hours=2)),
    gone=st.booleans(),
    turnover_seconds=st.none() | st.floats(0.1, 86_400),
)
successes = st.builds(
    PollResult,
    outcome=st.sampled_from([Outcome.FETCHED, Outcome.NOT_MODIFIED]),
    entries=st.integers(0, 2_000),
    new=st.integers(0, 2_000),
    retry_after_seconds=hint_seconds,
    gap=st.booleans(),
    ask_again=st.booleans(),
)
failures = st.builds(
    PollResult,
    outcome=st.sampled_from([Outcome.FAILED, Outcome.RATE_LIMITED]),
    retry_after_seconds=hint_seconds,
    reason=st.sampled_from(Reason),
    excused=st.booleans(),
)


def delay_of(scheduled: Scheduled) -> float:
    return (scheduled.at - NOW).total_seconds()


@given(histories, successes, hints, bounds, fractions)
def test_a_success_stays_within_the_operators_bounds(
    history: FeedHistory, result: PollResult, hint: Hints, limits: Bounds, fraction: float
) -> None:
    scheduled = next_poll(history, result, hint, limits, NOW, lambda: fraction)

    assert limits.min_seconds - SLACK_SECONDS <= delay_of(scheduled) <= limits.max_seconds + SLACK_SECONDS
    assert limits.min_seconds <= scheduled.interval_seconds <= limits.max_seconds


@given(histories, failures, hints, bounds, fractions)
def test_h8_a_failure_waits_at_least_the_normal_interval_and_at_most_a_day(
    history: FeedHistory, result: PollResult, hint: Hints, limits: Bounds, fraction: float
) -> None:
    scheduled = next_poll(history, result, hint, limits, NOW, lambda: fraction)

    assert limits.min_seconds - SLACK_SECONDS <= delay_of(scheduled) <= LONGEST_BACKOFF_SECONDS + SLACK_SECONDS


@given(histories, bounds, fractions)
def test_h10_gone_looks_in_after_a_week_and_again_and_again(
    history: FeedHistory, limits: Bounds, fraction: float
) -> None:
    scheduled = next_poll(history, PollResult(Outcome.GONE), Hints(), limits, NOW, lambda: fraction)

    assert GONE_SECONDS <= delay_of(scheduled) <= GONE_SECONDS * (1 + 2 * JITTER) + SLACK_SECONDS
    assert scheduled.history.gone


@given(histories, hints, bounds)
def test_h9_backoff_never_shrinks_while_failures_go_on(history: FeedHistory, hint: Hints, limits: Bounds) -> None:
    intervals, now = [], NOW
    for reason in [Reason.DNS_TEMPORARY, Reason.CONNECT, Reason.NOT_FOUND] * 40:
        failed = PollResult(Outcome.FAILED, reason=reason)
        scheduled = next_poll(history, failed, hint, limits, now, lambda: 0.5)
        intervals.append(scheduled.interval_seconds)
        history, now = scheduled.history, scheduled.at

    assert intervals == sorted(intervals)
    assert intervals[-1] == LONGEST_BACKOFF_SECONDS


@given(histories, st.floats(0, 1e9), bounds, fractions)
def test_h5_retry_after_is_kept_up_to_a_day(
    history: FeedHistory, retry_after: float, limits: Bounds, fraction: float
) -> None:
    result = PollResult(Outcome.RATE_LIMITED, retry_after_seconds=retry_after)

    scheduled = next_poll(history, result, Hints(), limits, NOW, lambda: fraction)

    assert delay_of(scheduled) >= min(retry_after, LONGEST_BACKOFF_SECONDS) - SLACK_SECONDS


@given(histories, successes, bounds, st.integers(1, 50))
def test_h9_one_success_undoes_any_number_of_failures(
    history: FeedHistory, result: PollResult, limits: Bounds, failed: int
) -> None:
    untroubled = next_poll(history, result, Hints(), limits, NOW, lambda: 0.5)
    for _ in range(failed):
        history = next_poll(history, PollResult(Outcome.FAILED), Hints(), limits, NOW, lambda: 0.5).history

    recovered = next_poll(history, result, Hints(), limits, NOW, lambda: 0.5)

    assert recovered == untroubled
    assert (recovered.history.failures, recovered.history.weight) == (0, 0.0)
    assert not recovered.history.gone


@given(st.floats(1, 1e6), st.floats(0, 1), st.floats(1, 10), fractions)
def test_jitter_keeps_its_limits_and_its_width(seconds: float, below: float, above: float, fraction: float) -> None:
    low, high = seconds * below, seconds * above

    delay = jittered(seconds, low, high, lambda: fraction)
    width = jittered(seconds, low, high, lambda: 1.0) - jittered(seconds, low, high, lambda: 0.0)

    tolerance = seconds * 1e-9
    assert low - tolerance <= delay <= high + tolerance
    assert width >= min(2 * JITTER * seconds, high - low) - tolerance


@given(st.lists(st.none() | st.floats(-1e9, GONE_SECONDS), max_size=60), st.floats(0.1, 100))
def test_s1_a_restart_never_starts_more_than_the_rate(offsets: list[float | None], rate: float) -> None:
    due = {
        f"feed-{number}": None if offset is None else NOW + timedelta(seconds=offset)
        for number, offset in enumerate(offsets)
    }

    plan = spread_overdue(due.items(), NOW, rate)

    waiting = {feed: at for feed, at in due.items() if at is not None and at > NOW}
    started = sorted(at for feed, at in plan.items() if feed not in waiting)
    gaps = [(later - earlier).total_seconds() for earlier, later in itertools.pairwise(started)]
    assert set(plan) == set(due)
    assert {feed: plan[feed] for feed in waiting} == waiting
    assert all(at >= NOW for at in started)
    assert all(gap >= 1 / rate - SLACK_SECONDS for gap in gaps)


@given(histories, successes, hints, bounds, fractions)
def test_h16_h17_no_hint_stretches_an_interval_beyond_what_the_pace_of_the_feed_allows(
    history: FeedHistory, result: PollResult, hint: Hints, limits: Bounds, fraction: float
) -> None:
    unhinted = next_poll(history, result, Hints(), limits, NOW, lambda: fraction)
    scheduled = next_poll(history, result, hint, limits, NOW, lambda: fraction)

    turnover = scheduled.history.turnover_seconds
    allowed = max(unhinted.interval_seconds, (turnover or math.inf) / LOOKS_PER_TURNOVER, limits.min_seconds)
    assert unhinted.interval_seconds <= scheduled.interval_seconds <= allowed


@given(st.integers(2, 100), st.integers(2, 100), st.floats(60, 7_200))
def test_h17_the_fastest_pace_is_remembered_over_a_silent_night(window: int, new: int, passed: float) -> None:
    history = FeedHistory(interval_seconds=600, last_success_at=NOW - timedelta(seconds=passed))
    busy = PollResult(Outcome.FETCHED, entries=max(window, new), new=new)
    scheduled = next_poll(history, busy, Hints(), Bounds(60, 3_600), NOW, lambda: 0.5)
    replaced_in = scheduled.history.turnover_seconds
    for _ in range(10):
        silent = PollResult(Outcome.NOT_MODIFIED)
        scheduled = next_poll(scheduled.history, silent, Hints(), Bounds(60, 3_600), scheduled.at, lambda: 0.5)

    assert replaced_in is not None
    assert scheduled.interval_seconds <= max(60, replaced_in * 1.02**10 / LOOKS_PER_TURNOVER) * (1 + SLACK_SECONDS)


def test_h9_an_outage_of_less_than_a_day_is_outlasted_by_an_eighth_of_it_at_most() -> None:
    history = FeedHistory(
        failures=9, weight=9.0, interval_seconds=600, last_success_at=NOW, turnover_seconds=4 * 3_600.0
    )
    failed = PollResult(Outcome.FAILED, reason=Reason.NOT_FOUND)

    waits = [
        next_poll(
            history, failed, Hints(), Bounds(60, 3_600), NOW + timedelta(hours=hours), lambda: 0.5
        ).interval_seconds
        for hours in (1, 16, 25)
    ]

    assert waits == [3_600, 7_200, LONGEST_BACKOFF_SECONDS]
