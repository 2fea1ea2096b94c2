"""The fetcher's transactions: what a commit that fails leaves behind, and what goes together."""

from collections.abc import Generator
from concurrent.futures import Future
from datetime import timedelta
from typing import cast

import pytest

from ingest import fetcher, turns
from ingest.event import Entry
from ingest.feed_state import FeedState
from ingest.fetch.outcome import FetchRequest
from ingest.memory import Changes, Memory
from ingest.parse.document import ParseContext, ParsedFeed
from ingest.poll import Poll, decide
from ingest.stream.restore import Restored
from ingest.stream.topics import Topics
from ingest.stream.transform import Turn
from support.polling import NOW, Polling, answer, feeds_at, item, rss


def test_polls_that_a_failed_commit_did_not_come_to_are_thrown_away_and_their_feeds_polled_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else a feed whose poll waited for the second transaction of a tick would be silent until the process ends."""
    monkeypatch.setattr(fetcher, "TURN_BYTES", 1)
    soon = FeedState(next_poll_at=NOW + timedelta(seconds=1))
    feeds = feeds_at(("https://one.example/rss", "https://two.example/rss"))
    polling = Polling(feeds, lambda request: answer(request, rss("1")), {feed.id: soon for feed in feeds})
    polling.look()
    polling.now += timedelta(seconds=2)
    polling.monotonic += 2
    under_way = cast("Generator[Turn]", polling.task.turns((), frozenset({0})))
    next(under_way)
    assert len(polling.requests) == len(feeds)

    under_way.close()
    polling.task.dropped(0)
    polling.task.restored(0, Restored(0, {}, None, 0))
    polling.pass_time(3)

    assert sorted(url for _, url in polling.requests[2:]) == ["https://one.example/rss", "https://two.example/rss"]
    assert polling.metric("rasad_polls_discarded_total") == 1


def test_revisions_of_one_article_that_two_feeds_edit_in_one_tick_are_committed_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else the state would tell of the second revision in a transaction without it, and a crash would lose that one."""
    monkeypatch.setattr(turns, "TURN_BYTES", 1)
    feeds = feeds_at(("https://news.example/1", "https://news.example/2"))
    memory = Memory()

    def shown(*digests: str) -> tuple[Changes, list[Entry]]:
        changes, entries = Changes(memory), list[Entry]()
        for feed, digest in zip(feeds, digests, strict=True):
            document = ParsedFeed((item("a", digest), item(feed.id, digest)), "rss20", "utf-8")
            poll = Poll(feed, answer(FetchRequest(feed.url), digest.encode()), document)
            entries += decide(poll, changes, NOW, lambda: 0.5).entries
        return changes, entries

    memory.apply(shown("one", "two")[0])

    changes, entries = shown("three", "four")
    committed = list(turns.TurnWriter(Topics("t"), 1).polls({0: changes}, entries))

    article = next(entry.article_id for entry in entries if entry.guid == "a")
    of_article = [turn for turn in committed if any(record.key == article.encode() for record in turn.records)]
    assert [entry.revision for entry in entries if entry.article_id == article] == [2, 3]
    assert len(committed) > 1
    assert len(of_article) == 1
    assert [record.topic for record in of_article[0].records] == ["t.entries.v1", "t.entries.v1", "t.feed-state.v1"]


def test_a_parse_that_the_end_of_the_process_cancels_is_no_error_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    under_way: Future[ParsedFeed] = Future()

    class Slow:
        def submit(self, body: bytes, context: ParseContext) -> Future[ParsedFeed]:
            return under_way

    polling = Polling(feeds_at(("https://one.example/rss",)), lambda request: answer(request, rss("1")))
    polling.task.parser = Slow()  # type: ignore[assignment]
    polling.look()

    assert under_way.cancel()

    assert caplog.records == []


def test_a_document_that_no_child_could_take_costs_its_poll_and_not_the_process() -> None:
    """Else the poll would be under way for ever, and end the process for all feeds after ten minutes."""

    class Exhausted:
        def submit(self, body: bytes, context: ParseContext) -> Future[ParsedFeed]:
            raise OSError("no processes left")

    polling = Polling(feeds_at(("https://one.example/rss",)), lambda request: answer(request, rss("1")))
    polling.task.parser = Exhausted()  # type: ignore[assignment]

    polling.look()

    assert polling.metric("rasad_polls_total", outcome="failed", reason="unexpected") == 1
    assert polling.state("feed-0").next_poll_at is not None
