"""One poll, decided: what is new, updated, unchanged; what is remembered; when to come back."""

from dataclasses import replace
from datetime import datetime, timedelta

from ingest.event import DateConfidence, DateSource
from ingest.feed_state import FeedState
from ingest.fetch.outcome import Fetched, Outcome, Reason, Validators
from ingest.memory import Changes, Memory
from ingest.parse.document import ParsedEntry, ParsedFeed
from ingest.poll import Poll, Verdict, decide, request_for
from ingest.service.errors import Reject
from support.polling import FEED, NOW, item

CATEGORY = replace(FEED, id="category", url="https://news.example/rss/2")


def fetched(body: bytes = b"<rss/>", **fields: object) -> Fetched:
    values: dict[str, object] = {
        "outcome": Outcome.FETCHED,
        "reason": Reason.OK,
        "requested_url": FEED.url,
        "final_url": FEED.url,
        "fetched_at": NOW,
        "elapsed_seconds": 0.1,
        "status": 200,
        "body": body,
    }
    return Fetched(**{**values, **fields})  # type: ignore[arg-type]


def document(*items: ParsedEntry) -> ParsedFeed:
    return ParsedFeed(items, "rss20", "utf-8")


def polled(memory: Memory, poll: Poll, now: datetime = NOW) -> Verdict:
    """Decide a poll and take over its changes, as after a commit."""
    changes = Changes(memory)
    verdict = decide(poll, changes, now, lambda: 0.5)
    memory.apply(changes)
    return verdict


def test_the_first_document_makes_every_item_new() -> None:
    memory = Memory()

    verdict = polled(memory, Poll(FEED, fetched(), document(item("a"), item("b"))))

    assert [(entry.guid, entry.revision) for entry in verdict.entries] == [("a", 1), ("b", 1)]
    assert (verdict.new, verdict.updated, verdict.unchanged) == (2, 0, 0)
    assert verdict.next_poll_at is not None
    assert verdict.next_poll_at > NOW


def test_the_same_items_again_are_no_news() -> None:
    memory = Memory()
    polled(memory, Poll(FEED, fetched(), document(item("a"))))

    verdict = polled(memory, Poll(FEED, fetched(b"other bytes"), document(item("a"))))

    assert verdict.entries == ()
    assert verdict.unchanged == 1


def test_d6_an_edited_item_is_the_same_article_in_its_next_revision() -> None:
    memory = Memory()
    (first,) = polled(memory, Poll(FEED, fetched(), document(item("a")))).entries

    (second,) = polled(memory, Poll(FEED, fetched(), document(item("a", "d2", title="خبر تازه")))).entries

    assert second.article_id == first.article_id
    assert (second.revision, second.title) == (2, "خبر تازه")
    assert second.first_seen_at == first.first_seen_at


def test_t11_an_edit_that_bumps_the_date_keeps_the_first_one() -> None:
    memory = Memory()
    (first,) = polled(memory, Poll(FEED, fetched(), document(item("a")))).entries

    (second,) = polled(memory, Poll(FEED, fetched(), document(item("a", "d2", published_at=NOW)))).entries

    assert second.published_at == first.published_at
    assert second.updated_at == NOW


def test_d9_a_second_feed_of_the_site_shows_the_article_without_a_second_event() -> None:
    memory = Memory()
    polled(memory, Poll(FEED, fetched(), document(item("a"))))

    verdict = polled(memory, Poll(CATEGORY, fetched(), document(item("a", "the lead only"))))

    assert verdict.entries == ()
    (seen,) = memory.seen()
    assert seen.feeds == ("category", "main")


def test_feeds_with_different_texts_of_one_article_do_not_edit_each_other() -> None:
    memory = Memory()
    entries = 0
    for _ in range(3):
        entries += len(polled(memory, Poll(FEED, fetched(), document(item("a", "whole")))).entries)
        entries += len(polled(memory, Poll(CATEGORY, fetched(), document(item("a", "lead")))).entries)

    assert entries == 1


def test_an_article_that_stands_twice_in_a_document_is_not_edited_by_every_poll() -> None:
    memory = Memory()
    twice = document(item("a", "with the summary"), item("a", "without"))

    revisions = [polled(memory, Poll(FEED, fetched(), twice)).entries for _ in range(3)]

    assert [len(entries) for entries in revisions] == [1, 0, 0]


def test_two_feeds_in_one_transaction_see_each_others_items() -> None:
    changes = Changes(Memory())

    first = decide(Poll(FEED, fetched(), document(item("a"))), changes, NOW, lambda: 0.5)
    second = decide(Poll(CATEGORY, fetched(), document(item("a"))), changes, NOW, lambda: 0.5)

    assert (len(first.entries), len(second.entries)) == (1, 0)


def test_an_item_that_changes_its_guid_is_found_by_its_link() -> None:
    memory = Memory()
    (first,) = polled(memory, Poll(FEED, fetched(), document(item("a", keys=("g:1", "l:1"))))).entries

    verdict = polled(memory, Poll(FEED, fetched(), document(item("a", keys=("g:2", "l:1")))))

    assert verdict.entries == ()
    (seen,) = memory.seen()
    assert (seen.article_id, seen.keys) == (first.article_id, ("g:1", "l:1", "g:2"))


def test_b3_an_empty_document_does_not_make_us_forget() -> None:
    memory = Memory()
    polled(memory, Poll(FEED, fetched(), document(item("a"))))
    polled(memory, Poll(FEED, fetched(), document()))

    verdict = polled(memory, Poll(FEED, fetched(), document(item("a"))))

    assert verdict.entries == ()


def test_b1_a_page_that_is_no_feed_is_a_failure_that_touches_nothing_but_the_validators() -> None:
    memory = Memory()
    polled(memory, Poll(FEED, fetched(validators=Validators('"1"')), document(item("a"))))
    before = memory.feeds["main"]

    verdict = polled(memory, Poll(FEED, fetched(b"<html>"), Reject(Reason.NOT_A_FEED, "challenge")))

    assert (verdict.outcome, verdict.reason) == (Outcome.FAILED, Reason.NOT_A_FEED)
    after = memory.feeds["main"]
    assert after.history.failures == 1
    assert after.validators == Validators()
    assert (after.body_sha256, after.entry_keys) == (before.body_sha256, before.entry_keys)


def test_a_failure_backs_off_and_a_success_comes_back() -> None:
    memory = Memory()
    polled(memory, Poll(FEED, fetched(), document(item("a"))))
    down = fetched(b"", outcome=Outcome.FAILED, reason=Reason.CONNECT, status=None)

    waits = []
    for _ in range(4):
        verdict = polled(memory, Poll(FEED, down, None))
        assert verdict.next_poll_at is not None
        waits.append(verdict.next_poll_at - NOW)
    up = polled(memory, Poll(FEED, fetched(), document(item("a"))))

    assert waits == sorted(waits)
    assert waits[-1] > waits[0]
    assert up.next_poll_at is not None
    assert up.next_poll_at - NOW < waits[0] * 2
    assert memory.feeds["main"].history.failures == 0


def test_h1_a_304_replaces_the_validators_that_it_carries_and_keeps_the_others() -> None:
    memory = Memory()
    polled(memory, Poll(FEED, fetched(validators=Validators('"1"', "Sun, 01 Nov 2026 10:00:00 GMT")), document()))
    unchanged = fetched(b"", outcome=Outcome.NOT_MODIFIED, reason=Reason.NOT_MODIFIED, status=304)

    polled(memory, Poll(FEED, replace(unchanged, validators=Validators('"2"')), None))

    assert memory.feeds["main"].validators == Validators('"2"', "Sun, 01 Nov 2026 10:00:00 GMT")


def test_h2_once_a_day_a_feed_is_asked_without_validators() -> None:
    state = FeedState(validators=Validators('"1"'), full_at=NOW)

    soon = request_for(FEED, state, NOW + timedelta(hours=23))
    later = request_for(FEED, state, NOW + timedelta(hours=24))

    assert soon.validators == Validators('"1"')
    assert later.validators == Validators()


def test_h2_a_day_that_was_noted_under_a_clock_far_ahead_does_not_put_the_full_request_off_until_then() -> None:
    state = FeedState(validators=Validators('"1"'), full_at=NOW + timedelta(days=3_650))

    assert request_for(FEED, state, NOW).validators == Validators()


def test_d8_a_304_keeps_the_items_of_the_last_document_remembered() -> None:
    memory = Memory()
    polled(memory, Poll(FEED, fetched(), document(item("a"))))
    unchanged = fetched(b"", outcome=Outcome.NOT_MODIFIED, reason=Reason.NOT_MODIFIED, status=304)
    for day in range(1, 500):
        polled(memory, Poll(FEED, unchanged, None), NOW + timedelta(days=day))

    much_later = (NOW + timedelta(days=500)).date()

    assert memory.expired(much_later) == ()


def test_d12_the_same_body_again_is_a_success_without_entries() -> None:
    memory = Memory()
    polled(memory, Poll(FEED, fetched(validators=Validators('"1"')), document(item("a"))))

    verdict = polled(memory, Poll(FEED, fetched(validators=Validators('"2"')), None))

    assert (verdict.outcome, verdict.reason, verdict.entries) == (Outcome.FETCHED, Reason.SAME_BODY, ())
    assert memory.feeds["main"].validators == Validators('"2"')


def test_t9_an_undated_item_keeps_the_time_at_which_it_was_first_seen() -> None:
    memory = Memory()
    undated = item("a", published_at=None, date_source=DateSource.FIRST_SEEN, date_confidence=DateConfidence.NONE)
    (first,) = polled(memory, Poll(FEED, fetched(), document(undated))).entries

    later = fetched(fetched_at=NOW + timedelta(days=3))
    (second,) = polled(memory, Poll(FEED, later, document(replace(undated, digest="d2")))).entries

    assert (first.published_at, second.published_at) == (None, None)
    assert second.first_seen_at == first.first_seen_at == NOW


def test_two_machines_give_an_entry_the_same_identity() -> None:
    one, two = Memory(), Memory()

    (first,) = polled(one, Poll(FEED, fetched(), document(item("a")))).entries
    (second,) = polled(two, Poll(FEED, fetched(fetched_at=NOW + timedelta(hours=1)), document(item("a")))).entries

    assert (first.article_id, first.trace_id) == (second.article_id, second.trace_id)


def test_n16_a_feed_with_a_proxy_is_asked_through_it() -> None:
    behind = replace(FEED, proxy="http://proxy.example:3128")

    assert request_for(behind, FeedState(), NOW).proxy == "http://proxy.example:3128"
    assert request_for(FEED, FeedState(), NOW).proxy is None
