"""HARDCASES S1, S2, S7 to S10 of a whole fetcher process under a clock that the test sets."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ingest.feed_state import FeedState
from ingest.feeds import load_registry
from ingest.fetch.outcome import Fetched, FetchRequest, Outcome, Reason
from ingest.fetch.robots import RobotsVerdict
from ingest.fetcher import STARTS_PER_SECOND
from ingest.page.outcome import PageOutcome, PageReason
from ingest.schedule import FeedHistory
from ingest.service.errors import UsageError
from support.polling import FEED, NOW, Polling, answer, failure, feeds_at, rss

PROJECT = Path(__file__).resolve().parents[2]
URLS = [f"https://host-{number}.example/rss" for number in range(500)]


def one_entry(request: FetchRequest) -> Fetched:
    return answer(request, rss("a"))


def known(next_poll_at: timedelta) -> FeedState:
    history = FeedHistory(interval_seconds=600, last_success_at=NOW)
    return FeedState(history=history, next_poll_at=NOW + next_poll_at, full_at=NOW)


def starts_by_second(polling: Polling) -> Counter[int]:
    return Counter(int(at) for at, _ in polling.requests)


@pytest.mark.parametrize("overdue", [None, timedelta(hours=-3)])
def test_s1_a_restart_with_500_overdue_feeds_starts_them_at_a_bounded_rate(overdue: timedelta | None) -> None:
    feeds = feeds_at(URLS)
    polling = Polling(feeds, one_entry, {feed.id: known(overdue) for feed in feeds} if overdue else {})

    polling.pass_time(60, step=0.5)

    assert max(starts_by_second(polling).values()) <= STARTS_PER_SECOND + 1
    assert {url for _, url in polling.requests} == set(URLS)


def test_s2_a_clock_that_jumps_ahead_starts_no_more_than_a_restart_does() -> None:
    feeds = feeds_at(URLS)
    due = {feed.id: known(timedelta(seconds=1 + number)) for number, feed in enumerate(feeds)}
    polling = Polling(feeds, one_entry, due)
    polling.pass_time(5, step=0.5)
    polling.jump(timedelta(hours=1))

    polling.pass_time(60, step=0.5)

    assert max(starts_by_second(polling).values()) <= STARTS_PER_SECOND + 1


def test_s2_a_clock_that_is_set_back_stops_no_feed() -> None:
    feeds = feeds_at(URLS[:20])
    polling = Polling(feeds, one_entry)
    polling.pass_time(900, step=5)
    polling.jump(timedelta(hours=-1))
    before = len(polling.requests)

    polling.pass_time(900, step=5)

    assert {url for _, url in polling.requests[before:]} == set(URLS[:20])
    assert max(Counter(url for _, url in polling.requests[before:]).values()) <= 4


def test_s2_a_process_that_was_stopped_for_hours_takes_up_its_rhythm_slowly() -> None:
    feeds = feeds_at(URLS)
    polling = Polling(feeds, one_entry, {feed.id: known(timedelta(seconds=30)) for feed in feeds})
    polling.pass_time(2)
    polling.now += timedelta(hours=5)
    polling.monotonic += 5 * 3_600

    polling.pass_time(60, step=0.5)

    assert max(starts_by_second(polling).values()) <= STARTS_PER_SECOND + 1


def test_s7_labels_are_feeds_of_the_registry_and_closed_sets_whatever_servers_say() -> None:
    nonsense = iter([*Reason, *Reason])

    def odd(request: FetchRequest) -> Fetched:
        reason = next(nonsense, Reason.OK)
        return failure(request, reason, detail=f"https://x.example/{reason}?random=1", final_url="https://x.example/9")

    polling = Polling(feeds_at(URLS[:4]), odd)
    polling.pass_time(7_200, step=60)

    labels = {
        (name, value)
        for metric in polling.metrics.collect()
        for sample in metric.samples
        for name, value in sample.labels.items()
        if name != "le"
    }
    allowed = {
        "feed": {f"feed-{number}" for number in range(4)},
        "site": {"site"},
        "stage": {"poll"},
        "reason": {*Reason, *PageReason},
        "outcome": {*Outcome, *PageOutcome, "new", "updated", "unchanged", "dropped", "suppressed", "replaced"},
        "verdict": set(RobotsVerdict),
    }
    assert {name for name, _ in labels} == set(allowed)
    assert all(value in allowed[name] for name, value in labels)


def test_s8_each_feed_shows_when_it_last_answered_and_when_it_last_had_news() -> None:
    def fetch(request: FetchRequest) -> Fetched:
        failing = "host-1" in request.url and len(polling.requests) > 2
        return failure(request, Reason.CONNECT) if failing else one_entry(request)

    polling = Polling(feeds_at(URLS[:2]), fetch)
    polling.pass_time(3_600, step=10)

    def shown(name: str, feed: str) -> float:
        return polling.metric(f"rasad_feed_{name}_timestamp_seconds", feed=feed, site="site") or 0.0

    first = NOW.timestamp()
    assert shown("last_success", "feed-0") > first + 2_000 > shown("last_success", "feed-1") >= first
    assert shown("last_new_entry", "feed-0") < first + 60
    assert (polling.metric("rasad_feed_consecutive_failures", feed="feed-1", site="site") or 0) > 0


def test_s9_two_feeds_of_one_id_are_an_error_at_the_start() -> None:
    with pytest.raises(UsageError, match="this feed id is taken"):
        load_registry(PROJECT / "tests/data/registry/invalid-duplicate-feed.toml")


def test_s10_a_feed_whose_url_cannot_be_asked_stops_no_other() -> None:
    def fetch(request: FetchRequest) -> Fetched:
        if "broken" in request.url:
            raise ValueError(request.url)
        return one_entry(request)

    urls = ["http://[broken/", "broken"]
    bad = [replace(FEED, id=f"bad-{number}", url=url, allow_private=True) for number, url in enumerate(urls)]
    good = feeds_at(URLS[:3])
    polling = Polling((*bad, *good), fetch)

    polling.pass_time(10)

    assert all(polling.state(feed.id).reason is Reason.UNEXPECTED for feed in bad)
    assert all(polling.state(feed.id).reason is Reason.OK for feed in good)
