"""The fetcher's transactions: what a commit that fails leaves behind, and what goes together."""

from collections.abc import Generator
from datetime import timedelta
from typing import cast

import pytest

from ingest import fetcher
from ingest.feed_state import FeedState
from ingest.stream.restore import Restored
from ingest.stream.transform import Turn
from support.polling import NOW, Polling, answer, feeds_at, rss


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
    turns = cast("Generator[Turn]", polling.task.turns((), frozenset({0})))
    next(turns)
    assert len(polling.requests) == len(feeds)

    turns.close()
    polling.task.dropped(0)
    polling.task.restored(0, Restored(0, {}, None, 0))
    polling.pass_time(3)

    assert sorted(url for _, url in polling.requests[2:]) == ["https://one.example/rss", "https://two.example/rss"]
    assert polling.metric("rasad_polls_discarded_total") == 1
