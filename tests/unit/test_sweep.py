"""What a fetcher forgets, and when: feeds long after they left the registry, a bounded number at a time."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ingest import sweep
from ingest.feed_state import FeedState, decode_feed
from ingest.feeds import Feed
from ingest.fetch.outcome import Fetched, FetchRequest, Outcome, Reason, Validators
from ingest.memory import REMEMBERED_FOR, Memory
from ingest.schedule import FeedHistory
from ingest.stream.record import Record
from ingest.sweep import swept
from support.polling import FEED, NOW, Polling, answer, rss

STAYS, LEAVES = replace(FEED, id="stays"), replace(FEED, id="leaves", url="https://news.example/leaves")
HOUR = 3_600.0


def one_entry(request: FetchRequest) -> Fetched:
    if request.validators.etag:
        return answer(request, outcome=Outcome.NOT_MODIFIED, reason=Reason.NOT_MODIFIED, conditional=True)
    return answer(request, rss("a"), validators=Validators('"1"', None, None))


def restarted(polling: Polling, *feeds: Feed) -> None:
    """Start the fetcher anew with these feeds, and let it run for an hour and a bit."""
    polling.feeds = feeds
    polling.begin()
    polling.pass_time(HOUR + 120, step=60)


def later(polling: Polling, by: timedelta) -> None:
    """Let days pass in which nothing runs."""
    polling.jump(by)


def records_of(polling: Polling, feed: str) -> list[Record]:
    return [record for record in polling.records if record.key == f"f/{feed}".encode()]


def remembered(polling: Polling) -> set[str]:
    return set(polling.task._owned[0].memory.feeds)


@pytest.fixture
def polling() -> Polling:
    polling = Polling((STAYS, LEAVES), one_entry)
    polling.pass_time(300, step=10)
    return polling


def test_a_feed_that_comes_back_within_its_time_goes_on_where_it_was(polling: Polling) -> None:
    before = polling.state("leaves")
    restarted(polling, STAYS)
    marked = polling.state("leaves")
    published = len(polling.entries())
    later(polling, REMEMBERED_FOR - timedelta(days=1))
    restarted(polling, STAYS)
    polling.requests.clear()

    restarted(polling, STAYS, LEAVES)

    assert before.left_at is None
    assert marked == replace(before, left_at=marked.left_at)
    assert marked.left_at is not None
    after = polling.state("leaves")
    assert after.left_at is None
    assert (after.gaps, after.entry_keys) == (before.gaps, before.entry_keys)
    assert after.history.last_new_at == before.history.last_new_at
    assert LEAVES.url in {url for _, url in polling.requests}
    assert len(polling.entries()) == published


def test_a_feed_that_left_is_deleted_from_the_topic_when_its_time_is_over_and_not_before(polling: Polling) -> None:
    restarted(polling, STAYS)
    later(polling, REMEMBERED_FOR - timedelta(hours=4))
    restarted(polling, STAYS)
    kept = remembered(polling)
    later(polling, timedelta(hours=3))

    restarted(polling, STAYS)

    assert kept == {"stays", "leaves"}
    assert remembered(polling) == {"stays"}
    assert records_of(polling, "leaves")[-1].value is None
    assert records_of(polling, "leaves")[-1].partition == 0
    polling.begin()
    assert remembered(polling) == {"stays"}


def test_a_feed_that_is_off_has_not_left(polling: Polling) -> None:
    restarted(polling, STAYS, replace(LEAVES, enabled=False))

    assert polling.state("leaves").left_at is None


def test_the_time_counts_from_when_a_feed_left_however_long_it_was_not_polled_before() -> None:
    long_ago = NOW - 3 * REMEMBERED_FOR
    idle = FeedState(FeedHistory(last_success_at=long_ago), next_poll_at=long_ago)
    polling = Polling((STAYS,), one_entry, {"leaves": idle})

    polling.pass_time(2 * HOUR, step=60)

    assert polling.state("leaves") == replace(idle, left_at=NOW)


def test_a_feed_that_stays_away_is_written_once(polling: Polling) -> None:
    restarted(polling, STAYS)
    records = len(records_of(polling, "leaves"))

    polling.pass_time(5 * HOUR, step=600)

    assert len(records_of(polling, "leaves")) == records
    assert decode_feed(records_of(polling, "leaves")[-1].value or b"").left_at is not None


def test_a_poll_that_was_under_way_when_its_feed_left_does_not_bring_it_back(polling: Polling) -> None:
    restarted(polling, STAYS)
    left_at = polling.state("leaves").left_at

    polling.task._poll(0, polling.task._epoch, LEAVES, polling.state("leaves"), polling.now)
    polling.look()

    assert polling.state("leaves").left_at == left_at


def test_few_are_forgotten_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "FORGOTTEN_AT_ONCE", 3)
    memory = Memory({f"feed-{number}": FeedState(left_at=NOW) for number in range(8)})
    over = NOW + REMEMBERED_FOR + timedelta(seconds=1)
    counts = []

    while (changes := swept(memory, (), over)) is not None:
        counts.append(len(changes.forgotten_feeds))
        memory.apply(changes)

    assert counts == [3, 3, 2]
    assert memory.feeds == {}
