"""HARDCASES D6 to D10, D12, T9, T11, B2, B3 and B9 at the decision: what a document makes of what is remembered."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import cycle, islice

import pytest
from prometheus_client import CollectorRegistry

from ingest.event import DateConfidence, DateSource, LinkFlag, TextSuspect
from ingest.feed_state import FeedState, encode_feed, encode_seen, feed_key, seen_key
from ingest.feeds import Feed
from ingest.fetch.outcome import FetchRequest, Outcome, Reason
from ingest.memory import Changes, Memory
from ingest.metrics import FetchMetrics
from ingest.parse.document import ParsedEntry, ParsedFeed
from ingest.poll import Poll, Verdict, decide
from ingest.revision import EDITS_PER_DAY, KEYS_MAX, PAST_DIGESTS
from ingest.stream import restore
from support.polling import FEED, NOW, Polling, answer, decided, guids, item, rss


@dataclass(slots=True)
class Desk:
    """What a fetcher decides and remembers, under a clock that the test sets."""

    memory: Memory = field(default_factory=Memory)
    now: datetime = NOW
    log: list[tuple[bytes, bytes | None]] = field(default_factory=list)
    """What was committed, in its order."""

    def read(self, *items: ParsedEntry, feed: Feed = FEED) -> Verdict:
        """Take a document with these items."""
        fetched = answer(FetchRequest(feed.url), repr(items).encode(), fetched_at=self.now)
        return self.decide(Poll(feed, fetched, ParsedFeed(items, "rss20", "utf-8")))

    def unchanged(self) -> Verdict:
        """Take a 304."""
        fetched = answer(
            FetchRequest(FEED.url), outcome=Outcome.NOT_MODIFIED, reason=Reason.NOT_MODIFIED, conditional=True
        )
        return self.decide(Poll(FEED, fetched, None))

    def decide(self, poll: Poll) -> Verdict:
        changes = Changes(self.memory)
        verdict = decide(poll, changes, self.now, lambda: 0.5)
        self.memory.apply(changes)
        self.log += [(seen_key(seen), encode_seen(seen)) for seen in changes.seen.values()]
        self.log += [(feed_key(feed), encode_feed(state)) for feed, state in changes.feeds.items()]
        return verdict

    def restart(self) -> None:
        """Lose the process and restore what it committed."""
        records: dict[bytes, bytes] = {}
        restore._apply(records, self.log)
        self.memory = Memory.restored(records)


def revisions(verdict: Verdict) -> list[int]:
    return [entry.revision for entry in verdict.entries]


def test_d6_an_edit_is_one_update_and_the_same_content_again_is_nothing() -> None:
    desk = Desk()

    seen = [revisions(desk.read(item("a", digest))) for digest in ("d1", "d1", "d2", "d2", "d2")]

    assert seen == [[1], [], [2], [], []]


def test_d5_a_link_that_is_another_at_every_poll_lets_the_record_grow_to_a_bound_only() -> None:
    desk = Desk()

    for number in range(4 * KEYS_MAX):
        desk.now += timedelta(minutes=1)
        desk.read(item("a", keys=("g:a", f"l:{number}")))

    (seen,) = desk.memory.seen()
    assert len(seen.keys) == KEYS_MAX
    assert seen.keys[0] == "g:a"
    latest = f"l:{4 * KEYS_MAX - 1}"
    desk.restart()
    assert desk.read(item("a", keys=(latest,))).unchanged == 1
    assert desk.read(item("a", keys=("g:a",))).unchanged == 1


def test_d5_a_key_that_the_item_still_has_is_kept_however_old_it_is() -> None:
    desk = Desk()

    for number in range(2 * KEYS_MAX):
        desk.read(item("a", keys=("g:a", "n:7", f"l:{number}")))

        assert desk.read(item("a", keys=("n:7",))).unchanged == 1


def test_d5_a_link_that_two_articles_have_had_names_the_same_one_after_a_restart() -> None:
    """Else an item that has the link alone would be an edit of one before, and of the other afterwards."""
    desk = Desk()
    desk.read(item("a", keys=("g:a",)))
    desk.read(item("b", keys=("l:b",)))
    desk.read(item("a", keys=("g:a", "l:b")))
    before = desk.memory.find("site", ("l:b",))

    desk.restart()

    assert before is not None
    assert before.keys == ("g:a", "l:b")
    assert desk.memory.find("site", ("l:b",)) == before


def test_d7_content_that_goes_to_and_fro_is_edited_once() -> None:
    desk = Desk()

    published = [desk.read(item("a", digest)) for digest in islice(cycle(["A", "B"]), 200)]

    assert [revision for verdict in published for revision in revisions(verdict)] == [1, 2]


def test_d7_a_rotation_is_known_again_as_far_as_versions_are_remembered_and_after_a_restart() -> None:
    desk = Desk()
    versions = [f"v{number}" for number in range(PAST_DIGESTS)]
    for version in versions:
        desk.now += timedelta(days=1)
        desk.read(item("a", version))

    desk.restart()

    assert [revisions(desk.read(item("a", version))) for version in versions] == [[]] * PAST_DIGESTS


def counters() -> Iterator[str]:
    return (f"comments: {number}" for number in range(10_000))


def test_d7_an_article_has_at_most_six_updates_a_day_and_the_rest_is_counted() -> None:
    desk, versions = Desk(), counters()
    desk.read(item("a", next(versions)))

    verdicts = [desk.read(item("a", next(versions))) for _ in range(100)]

    assert sum(verdict.updated for verdict in verdicts) == EDITS_PER_DAY == 6
    assert sum(verdict.suppressed for verdict in verdicts) == 94
    assert verdicts[-1].entries == ()
    assert verdicts[-1].unchanged == 0


def test_d7_the_last_version_of_a_day_is_published_on_the_next_one() -> None:
    desk, versions = Desk(), counters()
    for version in islice(versions, 50):
        desk.read(item("a", version))
    last = item("a", "the last")
    assert desk.read(last).suppressed == 1
    desk.restart()

    desk.now += timedelta(days=1)
    verdict = desk.read(last)

    assert revisions(verdict) == [8]
    assert desk.read(last).entries == ()


def test_d7_suppressed_edits_do_not_make_a_feed_look_busy() -> None:
    desk, versions = Desk(), counters()
    for version in islice(versions, 50):
        desk.read(item("a", version))

    assert desk.memory.feeds["main"].history.interval_seconds == 3_600


def test_d8_an_item_that_stays_400_days_is_published_once() -> None:
    desk = Desk()
    published = 0
    for _ in range(400):
        desk.now += timedelta(days=1)
        published += len(desk.read(item("a")).entries)
        assert desk.memory.expired(desk.now.date()) == ()

    assert published == 1


def test_d8_sixty_days_of_304_do_not_let_the_memory_expire() -> None:
    desk = Desk()
    desk.read(item("a"))
    for _ in range(60):
        desk.now += timedelta(days=1)
        desk.unchanged()

    (seen,) = desk.memory.seen()
    assert seen.last_seen_on == desk.now.date()
    assert desk.read(item("a"), item("b")).new == 1


def test_d8_a_document_that_shows_an_item_again_refreshes_when_it_was_last_seen() -> None:
    desk = Desk()
    desk.read(item("a"), item("b"))
    desk.now += timedelta(days=3)

    desk.read(item("a"), item("c"))

    last_seen = {seen.keys[0]: seen.last_seen_on for seen in desk.memory.seen()}
    assert last_seen == {"g:a": desk.now.date(), "g:b": NOW.date(), "g:c": desk.now.date()}


def test_d9_an_article_in_three_feeds_of_a_site_is_one_event_that_names_those_that_showed_it() -> None:
    desk = Desk()
    feeds = [replace(FEED, id=name) for name in ("world", "main", "politics")]
    for feed in feeds:
        desk.read(item("a", f"as in {feed.id}"), feed=feed)

    verdict = desk.read(item("a", "edited"), feed=feeds[1])

    assert [(entry.revision, entry.feeds) for entry in verdict.entries] == [(2, ("main", "politics", "world"))]


OLD = {"published_at": NOW - timedelta(days=40)}


def flags(verdict: Verdict) -> dict[str | None, bool]:
    return {entry.guid: entry.backfill for entry in verdict.entries}


def test_d10_what_a_new_feed_shows_first_is_backfill_and_what_comes_then_is_not() -> None:
    desk = Desk()

    first = desk.read(item("a"), item("b", **OLD))
    second = desk.read(item("a"), item("b", **OLD), item("c"))

    assert flags(first) == {"a": True, "b": True}
    assert flags(second) == {"c": False}


def test_d10_old_entries_that_come_in_numbers_are_backfill_and_todays_among_them_are_not() -> None:
    desk = Desk()
    desk.read(item("a"))

    verdict = desk.read(item("a"), item("today"), *(item(f"old-{number}", **OLD) for number in range(3)))

    assert flags(verdict) == {"today": False, "old-0": True, "old-1": True, "old-2": True}


def test_d10_a_few_old_entries_are_news() -> None:
    desk = Desk()
    desk.read(item("a"), item("b"))

    verdict = desk.read(item("a"), item("b"), item("old-0", **OLD), item("old-1", **OLD))

    assert flags(verdict) == {"old-0": False, "old-1": False}


def test_d10_an_edit_is_no_backfill() -> None:
    desk = Desk()
    desk.read(item("a", **OLD))

    assert flags(desk.read(item("a", "d2", **OLD))) == {"a": False}


def test_d12_the_same_bytes_under_another_validator_are_not_parsed_again() -> None:
    polling = Polling((FEED,), lambda request: answer(request, rss("a")))
    polling.pass_time(1_800, step=30)

    parsed = polling.metric("rasad_parse_seconds_count")
    same = polling.metric("rasad_polls_total", outcome="fetched", reason="same_body")

    assert parsed == 1
    assert same is not None
    assert same >= 2
    assert [entry.guid for entry in polling.entries()] == ["a"]


def test_t9_an_undated_item_keeps_its_first_seen_over_a_hundred_polls_and_a_restart() -> None:
    desk = Desk()
    undated = item("a", published_at=None, date_source=DateSource.FIRST_SEEN, date_confidence=DateConfidence.NONE)
    desk.read(undated)
    for _ in range(100):
        desk.now += timedelta(hours=1)
        assert desk.read(undated).entries == ()
    desk.restart()

    (entry,) = desk.read(replace(undated, digest="d2")).entries

    assert (entry.published_at, entry.date_source, entry.first_seen_at) == (None, DateSource.FIRST_SEEN, NOW)


def test_t11_dates_that_each_edit_bumps_leave_the_first_and_move_updated_at() -> None:
    desk = Desk()
    desk.read(item("a"))

    dates = []
    for hours in (1, 2, 3):
        (entry,) = desk.read(item("a", f"d{hours}-x", published_at=NOW + timedelta(hours=hours))).entries
        dates.append((entry.published_at, entry.updated_at))

    first = NOW - timedelta(hours=1)
    assert dates == [(first, NOW + timedelta(hours=hours)) for hours in (1, 2, 3)]


def parked(key: str) -> ParsedEntry:
    return item(key, url=f"https://casino.example/{key}")


def test_b2_a_feed_of_which_nothing_is_known_with_links_to_elsewhere_has_changed_its_identity_once() -> None:
    desk = Desk()
    desk.read(item("a"), item("b"))

    first = desk.read(parked("x"), parked("y"))
    second = desk.read(parked("x"), parked("z"))

    assert (first.identity_changed, second.identity_changed) == (True, False)
    assert guids(first) == ["x", "y"]


@pytest.mark.parametrize(
    "document",
    [
        (parked("x"), item("a")),
        (parked("x"), item("new")),
        (item("x", url="https://www.news.example/x"),),
        (item("x", url=None),),
        (),
    ],
    ids=["a known entry", "a link that is theirs", "with www", "without links", "empty"],
)
def test_b2_anything_that_is_still_theirs_is_no_change_of_identity(document: tuple[ParsedEntry, ...]) -> None:
    desk = Desk()
    desk.read(item("a"), item("b"))

    assert not desk.read(*document).identity_changed


def test_b2_a_move_to_another_host_of_the_publisher_is_no_change_of_identity() -> None:
    desk, feed = Desk(), replace(FEED, hosts=("news.example", "news.test"))
    desk.read(item("a"), feed=feed)

    assert not desk.read(item("x", url="https://www.news.test/x"), feed=feed).identity_changed


def test_b2_a_change_of_identity_is_counted() -> None:
    documents = iter([rss("a"), rss("x", host="casino.example"), rss("x", "y", host="casino.example")])
    polling = Polling((FEED,), lambda request: answer(request, next(documents, b"")))

    polling.pass_time(900, step=10)

    assert polling.metric("rasad_feed_identity_changed_total") == 1
    assert polling.metric("rasad_feed_gaps_total") == 1


def test_b2_in_quarantine_a_foreign_feed_publishes_nothing_and_its_return_brings_no_repetition() -> None:
    desk, feed = Desk(), replace(FEED, quarantine=True)
    desk.read(item("a"), item("b"), feed=feed)

    held = [desk.read(parked("x"), parked(f"y{number}"), feed=feed) for number in range(3)]
    back = desk.read(item("a"), item("b"), item("c"), feed=feed)

    assert [(verdict.outcome, verdict.reason) for verdict in held] == [(Outcome.FAILED, Reason.IDENTITY_CHANGED)] * 3
    assert all(verdict.identity_changed and not verdict.entries for verdict in held)
    assert guids(back) == ["c"]
    assert not any(seen.keys[0] == "g:x" for seen in desk.memory.seen())


def test_b2_what_is_in_quarantine_is_published_when_the_registry_ends_it() -> None:
    desk, feed = Desk(), replace(FEED, quarantine=True)
    desk.read(item("a"), feed=feed)
    desk.read(parked("x"), feed=feed)

    assert guids(desk.read(parked("x"))) == ["x"]


@pytest.mark.parametrize(
    ("dates", "confidence", "skew"),
    [
        ([3.5, 3.4, 3.3], DateConfidence.EXACT, 3.4 * 3_600),
        ([3.5, -0.1, -0.2], DateConfidence.EXACT, 0.0),
        ([3.5, 3.4], DateConfidence.DAY, None),
        ([], DateConfidence.EXACT, None),
    ],
    ids=["a local time labelled GMT", "one of three is scheduled", "days have no hour", "nothing is new"],
)
def test_t4_dates_that_lie_ahead_of_the_fetch_are_a_skew_of_the_publishers_clock(
    dates: list[float], confidence: DateConfidence, skew: float | None
) -> None:
    desk, metrics = Desk(), CollectorRegistry()
    desk.read(item("a"))
    fresh = [
        item(f"n{hours}", published_at=NOW + timedelta(hours=hours), date_confidence=confidence) for hours in dates
    ]

    verdict = desk.read(*fresh, item("a"))
    FetchMetrics(metrics).polled(Poll(FEED, answer(FetchRequest(FEED.url)), None), verdict, desk.memory.feeds[FEED.id])

    assert metrics.get_sample_value("rasad_feed_clock_skew_seconds", {}) == (skew or 0)


def test_e7_x8_what_the_parser_flags_is_in_the_event() -> None:
    desk = Desk()

    verdict = desk.read(item("a", text_suspect=TextSuspect.MOJIBAKE, link_flag=LinkFlag.INVALID, url=None))

    assert [(entry.text_suspect, entry.link_flag) for entry in verdict.entries] == [("mojibake", "invalid")]


def test_b3_a_feed_that_is_empty_for_a_while_is_counted_and_forgets_nothing() -> None:
    desk = Desk()
    items = (item("a"), item("b"))
    desk.read(*items)

    emptied = [desk.read().emptied for _ in range(3)]
    desk.restart()
    back = desk.read(*items)

    assert emptied == [True] * 3
    assert (back.entries, back.emptied, back.gap) == ((), False, False)
    assert not Desk().read().emptied


def test_b9_items_that_leave_the_window_are_not_deleted_and_may_come_back() -> None:
    desk = Desk()
    window = [item(f"n{number}") for number in range(30)]
    published = [entry.guid for start in range(20) for entry in desk.read(*window[start : start + 10]).entries]

    again = desk.read(*window[:10])

    assert published == [f"n{number}" for number in range(29)]
    assert again.entries == ()
    assert sum(1 for _ in desk.memory.seen()) == 29


@pytest.mark.parametrize(
    ("happened", "sample", "labels"),
    [
        ({"gap": True}, "rasad_feed_gaps_total", {}),
        ({"emptied": True}, "rasad_feed_empty_total", {}),
        ({"identity_changed": True}, "rasad_feed_identity_changed_total", {}),
        ({"in_full": True}, "rasad_feed_conditional_bypass_total", {}),
        ({"moved_to": "https://news.example/new"}, "rasad_feed_moves_total", {}),
        ({"suppressed": 1}, "rasad_entries_total", {"outcome": "suppressed"}),
    ],
)
def test_h2_h11_h17_b2_b3_d7_what_happened_is_counted(
    happened: dict[str, object], sample: str, labels: dict[str, str]
) -> None:
    registry = CollectorRegistry()
    poll = Poll(FEED, answer(FetchRequest(FEED.url)), None)
    metrics = FetchMetrics(registry)

    metrics.polled(poll, Verdict(Outcome.FETCHED, Reason.OK, ()), FeedState())
    before = registry.get_sample_value(sample, labels)
    metrics.polled(poll, Verdict(Outcome.FETCHED, Reason.OK, (), **happened), FeedState())  # type: ignore[arg-type]

    assert (before, registry.get_sample_value(sample, labels)) == (0, 1)


def news_at(base: str, slug: str = "slug", title: str = "خبر") -> bytes:
    """Return a document of ten items whose guids are their links."""
    links = [f"{base}/fa/news/1405/07/16/341230{number}/{slug}" for number in range(10)]
    items = "".join(
        f"<item><guid>{link}</guid><link>{link}</link><title>{title} {number}</title></item>"
        for number, link in enumerate(links)
    )
    return f"<rss version='2.0'><channel><title>خبر</title>{items}</channel></rss>".encode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("http://news.example", "https://news.example"),
        ("https://www.tasnimnews.com", "https://tasnimnews.ir"),
        ("http://www.yjc.news", "https://yjc.ir"),
        ("https://www.farsnews.com", "https://farsnews.ir"),
    ],
)
def test_d3_a_publisher_that_moves_overnight_publishes_nothing_again(before: str, after: str) -> None:
    memory = Memory()
    feed = replace(FEED, hosts=("news.example", *(base.rpartition("/")[2] for base in (before, after))))

    first, again = (
        decided(memory, feed, answer(FetchRequest(feed.url), news_at(base)), NOW + timedelta(days=day))
        for day, base in enumerate((before, after))
    )

    assert (first.new, again.new, again.updated, again.unchanged) == (10, 0, 0, 10)
    assert (again.entries, again.gap, again.identity_changed) == ((), False, False)


def test_d5_an_edited_headline_in_the_slug_is_the_next_revision_of_the_same_article() -> None:
    memory, base = Memory(), "https://news.example"

    first, edited = (
        decided(memory, FEED, answer(FetchRequest(FEED.url), news_at(base, slug, title)))
        for slug, title in (("old", "تیتر اول"), ("new", "تیتر دوم"))
    )

    assert (edited.new, edited.updated) == (0, 10)
    assert [entry.article_id for entry in edited.entries] == [entry.article_id for entry in first.entries]
    assert revisions(edited) == [2] * 10
