"""Operators' requests: what each does to what is remembered, under a clock that the test sets."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import pytest

from ingest.control import sites_at
from ingest.event import ControlAction, TextPolicy
from ingest.feed_state import FeedState, decode_feed, digest_of_url
from ingest.feeds import Registry, Site
from ingest.fetch.outcome import Fetched, FetchRequest, Reason, Validators
from ingest.fetch.redact import fingerprint
from ingest.moves import Move
from ingest.pause import ControlState, Pause, decode_control, encode_control, is_at
from ingest.schedule import FeedHistory
from ingest.stream.restore import Restored
from support.operating import ControlTopic, with_controls
from support.polling import FEED, NOW, Polling, answer, failure, rss

SITE = Site("site", "خبر", ("news.example", "www.news.example"), "fa", "Asia/Tehran", TextPolicy.FULL, None)
OTHER = replace(FEED, id="other", url="https://cdn.example/rss")
WELL = FeedState(
    history=FeedHistory(interval_seconds=600, last_success_at=NOW),
    next_poll_at=NOW + timedelta(minutes=10),
    validators=Validators('"1"', url_digest=fingerprint(FEED.url)),
    full_at=NOW,
    url_digest=digest_of_url(FEED.url),
)


def entries(request: FetchRequest) -> Fetched:
    return answer(request, rss("a"))


def fetcher(
    state: FeedState | None = None, answers: Callable[[FetchRequest], Fetched] = entries
) -> tuple[Polling, ControlTopic]:
    polling = Polling((FEED, OTHER), answers, {"main": state} if state else {})
    feeds = {feed.id: feed for feed in polling.feeds}
    polling.task.registry = Registry(MappingProxyType({"site": SITE}), MappingProxyType(feeds))
    return polling, with_controls(polling)


def asked(polling: Polling, url: str = FEED.url) -> int:
    return [found for _, found in polling.requests].count(url)


def outcome(polling: Polling, action: str, outcome: str) -> float | None:
    return polling.metric("rasad_control_records_total", action=action, outcome=outcome)


def test_a_paused_feed_is_not_polled_and_its_neighbour_is() -> None:
    polling, topic = fetcher()
    topic.ask(ControlAction.PAUSE, reason="they asked")

    polling.pass_time(7_200, step=10)

    assert asked(polling) == 0
    assert asked(polling, OTHER.url) > 2
    assert polling.state("main").pause == Pause(NOW, None, "they asked")


def test_a_pause_with_an_end_ends_by_itself() -> None:
    polling, topic = fetcher()
    topic.ask(ControlAction.PAUSE, until=NOW + timedelta(hours=1))

    polling.pass_time(3_590, step=10)
    during = asked(polling)
    polling.pass_time(60, step=10)

    assert (during, asked(polling)) == (0, 1)


def test_a_feed_that_is_resumed_is_polled_at_once_if_it_is_due() -> None:
    polling, topic = fetcher()
    topic.ask(ControlAction.PAUSE)
    polling.pass_time(60)
    topic.ask(ControlAction.RESUME)

    polling.pass_time(2)

    assert asked(polling) == 1
    assert polling.state("main").pause is None


def test_a_pause_outlives_the_owner_and_a_corrected_url() -> None:
    polling, topic = fetcher()
    topic.ask(ControlAction.PAUSE)
    polling.look()
    (state,) = [record for record in polling.records if record.key == b"f/main"]

    restored = decode_feed(state.value or b"")

    assert restored.pause == Pause(NOW)
    assert restored.at("https://news.example/corrected").pause == Pause(NOW)


@pytest.mark.parametrize("host", ["news.example", "WWW.news.example", "news.example:443"])
def test_a_paused_host_stops_the_feeds_that_are_asked_there(host: str) -> None:
    polling, topic = fetcher()
    topic.ask(ControlAction.PAUSE, feed=None, host=host.removesuffix(":443"))

    polling.pass_time(3_600, step=10)

    assert asked(polling) == 0
    assert asked(polling, OTHER.url) > 2


def test_a_host_that_is_resumed_is_asked_again_and_nothing_is_left_of_its_pause() -> None:
    polling, topic = fetcher()
    topic.ask(ControlAction.PAUSE, feed=None, host="news.example")
    polling.pass_time(60)
    topic.ask(ControlAction.RESUME, feed=None, host="news.example")

    polling.pass_time(2)

    assert asked(polling) == 1
    assert polling.task._owned[0].memory.control == ControlState(2, {})


def test_pauses_of_hosts_that_are_over_are_forgotten_with_the_next_one() -> None:
    polling, topic = fetcher()
    topic.ask(ControlAction.PAUSE, feed=None, host="news.example", until=NOW + timedelta(minutes=1))
    polling.look()
    polling.pass_time(120)
    topic.ask(ControlAction.PAUSE, feed=None, host="cdn.example")

    polling.look()

    assert list(polling.task._owned[0].memory.control.hosts) == [("site", "cdn.example")]


def test_poll_now_polls_a_feed_that_is_not_due() -> None:
    polling, topic = fetcher(WELL)
    polling.pass_time(5)
    before = asked(polling)
    topic.ask(ControlAction.POLL)

    polling.pass_time(2)

    assert (before, asked(polling)) == (0, 1)


def test_poll_now_does_not_wait_for_its_turn_after_a_restart() -> None:
    polling, topic = fetcher()
    polling.task._owned[0].starts["main"] = NOW + timedelta(minutes=5)
    polling.task._unplanned.clear()
    topic.ask(ControlAction.POLL)

    polling.look()

    assert asked(polling) == 1


def test_reset_forgets_what_makes_a_poll_cheap_and_nothing_that_was_seen() -> None:
    sent: list[FetchRequest] = []

    def note(request: FetchRequest) -> Fetched:
        sent.append(request)
        return entries(request)

    odd = replace(
        WELL,
        body_sha256="0" * 64,
        entry_keys=("g:a",),
        move=Move("https://moved.example/rss", 9),
        history=replace(WELL.history, failures=9, weight=9.0, gone=True),
    )
    polling, topic = fetcher(odd, note)
    topic.ask(ControlAction.RESET)

    polling.pass_time(2)
    (request,) = [request for request in sent if "cdn" not in request.url]

    assert (request.url, request.validators) == (FEED.url, Validators())
    (first,) = [record for record in polling.records if record.key == b"f/main"][:1]
    after = decode_feed(first.value or b"")
    assert (after.body_sha256, after.move, after.entry_keys) == (None, None, ("g:a",))
    assert (after.history.failures, after.history.weight, after.history.gone) == (0, 0.0, False)
    assert after.history.interval_seconds == 600


@pytest.mark.parametrize(
    ("action", "fields", "becomes"),
    [
        ("pause", {"until": (NOW - timedelta(seconds=1)).isoformat()}, "stale"),
        ("poll", {"issued_at": (NOW - timedelta(hours=2)).isoformat()}, "stale"),
        ("pause", {"feed": "nobody"}, "unknown_target"),
        ("pause", {"feed": None, "host": "elsewhere.example"}, "unknown_target"),
        ("resume", {"feed": None, "host": "news.example"}, "unknown_target"),
    ],
)
def test_a_request_that_cannot_be_met_is_counted_and_changes_nothing(
    action: str, fields: dict[str, Any], becomes: str
) -> None:
    polling, topic = fetcher(WELL)
    body = {"action": action, "site": "site", "feed": "main", "issued_at": NOW.isoformat(), **fields}
    topic.put(b"site", json.dumps(body).encode())

    polling.look()

    assert outcome(polling, action, becomes) == 1
    assert [record.key for record in polling.records if record.key != b"f/other"][:1] == [b"c/0"]
    assert asked(polling) == 0


def test_a_feed_of_another_site_cannot_be_reached_with_this_sites_key() -> None:
    polling, topic = fetcher()
    topic.ask(ControlAction.PAUSE, site="elsewhere")

    polling.look()

    assert outcome(polling, "pause", "unknown_target") == 1
    assert polling.state("main").pause is None


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (b"site", None),
        (b"site", b""),
        (b"site", b"\xff"),
        (b"site", b"[]"),
        (b"site", b"null"),
        (b"site", b"[" * 100_000),
        (b"site", b'{"action": 7}'),
        (b"site", b'{"action": "poll", "site": "site", "host": "x", "issued_at": "2026-11-22T12:00:00Z"}'),
        (b"site", b'{"action": "pause", "site": "site", "feed": "main", "issued_at": "2026-11-22T12:00:00"}'),
        (None, b'{"action": "pause", "site": "site", "feed": "main", "issued_at": "2026-11-22T12:00:00Z"}'),
    ],
)
def test_garbage_goes_to_the_dead_letters_and_the_next_request_is_taken(key: bytes | None, value: bytes | None) -> None:
    polling, topic = fetcher(WELL)
    topic.put(key, value)
    topic.ask(ControlAction.PAUSE)

    polling.look()

    (dead,) = [record for record in polling.records if "dead-letters" in record.topic]
    assert dict(dead.headers)["rasad-stage"] == b"control"
    assert outcome(polling, "none", "malformed") == 1
    assert polling.state("main").pause is not None


def test_an_action_of_a_later_release_is_passed_over_without_a_burial() -> None:
    polling, topic = fetcher(WELL)
    topic.put(b"site", b'{"action": "recheck", "article": "x"}')

    polling.look()

    assert outcome(polling, "none", "unknown_action") == 1
    assert not [record for record in polling.records if "dead-letters" in record.topic]


def test_state_and_offset_are_one_transaction_and_a_lost_one_applies_nothing() -> None:
    polling, topic = fetcher(WELL)
    topic.ask(ControlAction.PAUSE)

    turns = iter(polling.task.turns((), frozenset({0})))
    turn = next(turn for turn in turns if turn.records)
    turns.close()  # type: ignore[attr-defined] # the loop closes it when a commit fails
    lost = polling.state("main").pause
    polling.task.dropped(0)
    polling.task.restored(0, Restored(0, {}, None, 0))
    polling.look()

    assert {record.key for record in turn.records} == {b"f/main", b"c/0"}
    assert lost is None
    assert polling.state("main").pause is not None


def test_a_successor_reads_on_where_the_committed_state_says() -> None:
    polling, topic = fetcher(WELL)
    topic.ask(ControlAction.PAUSE)
    topic.ask(ControlAction.RESUME)
    polling.look()
    committed = {record.key: record.value for record in polling.records if record.value and "state" in record.topic}

    polling.task.dropped(0)
    dropped = dict(topic.positions)
    polling.task.restored(0, Restored(0, committed, None, 0))

    assert dropped == {}
    assert topic.positions == {0: 2}


def refused(request: FetchRequest) -> Fetched:
    return failure(request, Reason.CONNECT)


@pytest.mark.parametrize(("answers", "reason"), [(entries, Reason.OK), (refused, Reason.CONNECT)])
def test_a_poll_that_was_under_way_keeps_the_pause_that_came_meanwhile(
    answers: Callable[[FetchRequest], Fetched], reason: Reason
) -> None:
    polling, topic = fetcher(None, answers)
    topic.ask(ControlAction.PAUSE)
    turns = iter(polling.task.turns((), frozenset({0})))
    polling.task._poll(0, 1, FEED, FeedState(), NOW)

    for turn in turns:
        polling.records += turn.records

    assert polling.state("main").reason is reason
    assert polling.state("main").pause is not None


def test_what_is_paused_is_shown_until_its_pause_is_over() -> None:
    polling, topic = fetcher(WELL)
    topic.ask(ControlAction.PAUSE, until=NOW + timedelta(minutes=1))
    topic.ask(ControlAction.PAUSE, feed=None, host="cdn.example")
    polling.pass_time(2)
    during = (polling.metric("rasad_feeds_paused"), polling.metric("rasad_hosts_paused"))

    polling.pass_time(90, step=10)

    assert during == (1, 1)
    assert (polling.metric("rasad_feeds_paused"), polling.metric("rasad_hosts_paused")) == (0, 1)


def test_the_control_state_survives_its_encoding() -> None:
    state = ControlState(7, {("site", "a.example:8080"): Pause(NOW, NOW + timedelta(hours=1), "چرا")})

    assert decode_control(encode_control(state)) == state


@pytest.mark.parametrize(
    ("host", "named", "same"),
    [
        ("news.example", "news.example", True),
        ("www.news.example", "news.example", True),
        ("news.example", "www.News.example", True),
        ("news.example:8080", "news.example", True),
        ("news.example", "news.example:8080", False),
        ("news.example:8080", "news.example:8080", True),
        ("other.example", "news.example", False),
        ("mynews.example", "news.example", False),
    ],
)
def test_a_host_is_named_with_or_without_its_port_and_www(host: str, named: str, same: bool) -> None:
    assert is_at(host, named) is same


def test_a_host_is_of_the_sites_that_list_it_or_have_a_feed_there() -> None:
    registry = Registry(MappingProxyType({"site": SITE}), MappingProxyType({"other": OTHER}))

    assert [sites_at(registry, host) for host in ("news.example", "cdn.example", "x.example")] == [
        ("site",),
        ("site",),
        (),
    ]
