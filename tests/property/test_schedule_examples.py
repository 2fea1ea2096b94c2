"""The schedule's rules one by one, with the numbers that a reader can check."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ingest.fetch.outcome import Outcome
from ingest.schedule import (
    FIRST_INTERVAL_SECONDS,
    Bounds,
    FeedHistory,
    Hints,
    PollResult,
    Scheduled,
    backoff_seconds,
    next_poll,
    spread_overdue,
)

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
BOUNDS = Bounds(60, 3600)
KNOWN = FeedHistory(interval_seconds=600, last_success_at=NOW - timedelta(minutes=10), last_new_at=NOW)


def middle() -> float:
    return 0.5


def after(result: PollResult, history: FeedHistory = KNOWN, hints: Hints | None = None) -> Scheduled:
    return next_poll(history, result, hints or Hints(), BOUNDS, NOW, middle)


@pytest.mark.parametrize(
    ("entries", "new", "interval"),
    [
        (20, 20, 300),  # the window turned over: items may have been lost
        (20, 10, 300),
        (20, 5, 510),
        (20, 1, 600),
        (20, 0, 750),
        (0, 0, 750),
    ],
)
def test_h17_the_interval_follows_the_share_of_new_entries(entries: int, new: int, interval: float) -> None:
    scheduled = after(PollResult(Outcome.FETCHED, entries, new))

    assert scheduled.interval_seconds == pytest.approx(interval)
    assert scheduled.at == NOW + timedelta(seconds=interval)


def test_a_feed_that_did_not_change_is_asked_later() -> None:
    assert after(PollResult(Outcome.NOT_MODIFIED)).interval_seconds == 750


def test_the_first_poll_says_nothing_of_the_pace() -> None:
    scheduled = after(PollResult(Outcome.FETCHED, 20, 20), FeedHistory())

    assert scheduled.interval_seconds == FIRST_INTERVAL_SECONDS


def test_a_busy_feed_ends_at_the_shortest_interval_and_a_silent_one_at_the_longest() -> None:
    busy = silent = KNOWN
    for _ in range(10):
        busy = after(PollResult(Outcome.FETCHED, 20, 20), busy).history
        silent = after(PollResult(Outcome.FETCHED, 20, 0), silent).history

    assert (busy.interval_seconds, silent.interval_seconds) == (60, 3600)


@pytest.mark.parametrize(
    ("hints", "interval"),
    [
        (Hints(), 600),
        (Hints(max_age_seconds=0), 600),
        (Hints(max_age_seconds=0.1), 600),
        (Hints(max_age_seconds=599), 600),
        (Hints(max_age_seconds=900), 900),
        (Hints(max_age_seconds=3600), 3600),
        (Hints(max_age_seconds=7 * 86400), 3600),
        (Hints(max_age_seconds=math.inf), 3600),
        (Hints(max_age_seconds=math.nan), 600),
        (Hints(ttl_seconds=0), 600),
        (Hints(ttl_seconds=1800), 1800),
        (Hints(ttl_seconds=7 * 86400), 3600),
        (Hints(ttl_seconds=math.inf), 3600),
        (Hints(max_age_seconds=900, ttl_seconds=1800), 900),
        (Hints(max_age_seconds=0, ttl_seconds=1800), 600),
    ],
)
def test_h16_hints_only_lengthen_and_http_outranks_the_document(hints: Hints, interval: float) -> None:
    scheduled = after(PollResult(Outcome.FETCHED, 20, 1), hints=hints)

    assert scheduled.interval_seconds == interval
    assert scheduled.history.interval_seconds == 600


@pytest.mark.parametrize(
    ("failures", "seconds"), [(1, 600), (2, 1200), (3, 2400), (8, 76_800), (9, 86_400), (10_000, 86_400)]
)
def test_h9_backoff_doubles_up_to_a_day(failures: int, seconds: float) -> None:
    assert backoff_seconds(failures, 600) == seconds


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [(None, 600), (0, 600), (120, 600), (3000, 3000), (88 * 3600, 86_400), (math.inf, 86_400), (math.nan, 600)],
)
def test_h5_retry_after_is_clamped_between_the_normal_interval_and_a_day(
    retry_after: float | None, seconds: float
) -> None:
    scheduled = after(PollResult(Outcome.RATE_LIMITED, retry_after_seconds=retry_after))

    assert scheduled.interval_seconds == seconds


@pytest.mark.parametrize("asked", [None, 0, 60, 600, 3600])
@pytest.mark.parametrize("interval", [60, 600])
def test_h7_feeds_that_a_host_turned_away_together_come_back_apart(asked: float | None, interval: float) -> None:
    result = PollResult(Outcome.RATE_LIMITED, retry_after_seconds=asked)
    history = replace(KNOWN, interval_seconds=interval)

    delays = [
        (next_poll(history, result, Hints(), BOUNDS, NOW, lambda share=share: share / 49).at - NOW).total_seconds()
        for share in range(50)
    ]

    assert min(delays) >= max(asked or 0, interval)
    assert max(delays) - min(delays) >= 60


def test_failures_leave_the_adapted_interval_and_the_times_alone() -> None:
    history = after(PollResult(Outcome.FAILED)).history

    assert history == FeedHistory(
        failures=1,
        weight=1.0,
        interval_seconds=600,
        last_success_at=KNOWN.last_success_at,
        last_new_at=KNOWN.last_new_at,
    )


def test_h10_a_feed_that_was_gone_and_answers_is_a_normal_feed_again() -> None:
    gone = after(PollResult(Outcome.GONE)).history

    scheduled = after(PollResult(Outcome.FETCHED, 20, 1), gone)

    assert gone.gone
    assert scheduled.history == FeedHistory(interval_seconds=600, last_success_at=NOW, last_new_at=NOW)


def test_last_new_at_stays_when_nothing_is_new() -> None:
    old = FeedHistory(interval_seconds=600, last_success_at=NOW, last_new_at=NOW - timedelta(days=3))

    history = after(PollResult(Outcome.FETCHED, 20, 0), old).history

    assert history.last_new_at == NOW - timedelta(days=3)
    assert history.last_success_at == NOW


def test_s1_a_restart_spreads_overdue_feeds_the_longest_overdue_first() -> None:
    due = [
        ("late", NOW - timedelta(hours=1)),
        ("later", NOW - timedelta(hours=2)),
        ("never", None),
        ("soon", NOW + timedelta(seconds=30)),
    ]

    plan = spread_overdue(due, NOW, starts_per_second=2)

    assert plan == {
        "never": NOW,
        "later": NOW + timedelta(seconds=0.5),
        "late": NOW + timedelta(seconds=1),
        "soon": NOW + timedelta(seconds=30),
    }


def test_s2_a_time_written_under_a_wrong_clock_counts_as_due() -> None:
    assert spread_overdue([("odd", NOW + timedelta(days=400))], NOW, 1) == {"odd": NOW}
