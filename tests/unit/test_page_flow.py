"""Entries of a feed that gives leads only: they wait for their page, and are published once, whatever happens."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from ingest.event import ContentSource
from ingest.feeds import Feed
from ingest.fetch.outcome import Fetched, FetchRequest, Reason
from ingest.fetch.robots import Robots
from ingest.page.flow import PageStuck
from ingest.service.settings import PageLimits
from support.article_pages import BODY, LEAD, Publisher, nastooh
from support.polling import FEED, Polling, ReadsAtOnce, failure

FULL = replace(FEED, full_text=True)
PUBLISHED = "Sun, 22 Nov 2026 11:00:00 +0000"


def title(guid: str) -> str:
    return f"ازسرگیری پروازهای مستقیم {guid}"


def feed(*guids: str, date: str = PUBLISHED, host: str = "news.example", more: str = "") -> bytes:
    items = "".join(
        f"<item><guid>{guid}</guid><link>https://{host}/{guid}</link><title>{title(guid)}</title>"
        f"<description>{LEAD}{more}</description><pubDate>{date}</pubDate></item>"
        for guid in guids
    )
    return f"<rss version='2.0'><channel><title>خبر</title>{items}</channel></rss>".encode()


def polling(publisher: Publisher, **fields: object) -> Polling:
    return Polling((FULL,), publisher, **fields)  # type: ignore[arg-type]


def test_an_entry_is_published_once_with_the_text_of_its_page() -> None:
    publisher = Publisher(lambda: feed("a"), pages={"/a": nastooh(title("a"))})
    fetcher = polling(publisher)

    fetcher.look()
    assert fetcher.entries() == []
    fetcher.pass_time(700, step=5)

    (entry,) = fetcher.entries()
    assert entry.content_source is ContentSource.PAGE
    assert entry.text == "\n".join((LEAD, *BODY))
    assert (entry.summary, entry.revision, entry.title) == (LEAD, 1, title("a"))
    assert publisher.asked == ["/a"]
    assert fetcher.metric("rasad_pages_total", outcome="used", reason="better") == 1
    assert fetcher.metric("rasad_pages_pending") == 0


def test_a_feed_that_is_not_marked_is_published_at_once() -> None:
    publisher = Publisher(lambda: feed("a"), pages={"/a": nastooh(title("a"))})
    fetcher = Polling((FEED,), publisher)

    fetcher.look()

    assert [entry.content_source for entry in fetcher.entries()] == [ContentSource.SUMMARY]
    assert publisher.asked == []


@pytest.mark.parametrize(
    ("reason", "tries"),
    [(Reason.NOT_FOUND, 3), (Reason.SERVER_ERROR, 3), (Reason.DEADLINE, 3), (Reason.FORBIDDEN, 1), (Reason.GONE, 1)],
)
def test_a_page_that_fails_after_its_tries_gives_way_to_the_feeds_text(reason: Reason, tries: int) -> None:
    publisher = Publisher(lambda: feed("a"), pages={"/a": reason})
    fetcher = polling(publisher)

    fetcher.pass_time(120, step=2)

    (entry,) = fetcher.entries()
    assert (entry.text, entry.content_source) == (LEAD, ContentSource.SUMMARY)
    assert len(publisher.asked) == tries
    assert fetcher.metric("rasad_pages_total", outcome="failed", reason=reason.value) == 1


def test_a_page_that_comes_at_the_second_try_is_used() -> None:
    publisher = Publisher(lambda: feed("a"), pages={"/a": Reason.NOT_FOUND})
    fetcher = polling(publisher)
    fetcher.pass_time(10)
    publisher.pages["/a"] = nastooh(title("a"))

    fetcher.pass_time(60)

    assert [entry.content_source for entry in fetcher.entries()] == [ContentSource.PAGE]
    assert len(publisher.asked) == 2


def test_after_ten_minutes_an_entry_is_published_without_its_page() -> None:
    publisher = Publisher(lambda: feed("a"), robots=Reason.SERVER_ERROR)
    fetcher = polling(publisher)

    fetcher.pass_time(595, step=5)
    assert fetcher.entries() == []
    fetcher.pass_time(10)

    assert [entry.content_source for entry in fetcher.entries()] == [ContentSource.SUMMARY]
    assert publisher.asked == []
    assert fetcher.metric("rasad_pages_total", outcome="failed", reason="robots_unreached") == 1


def test_robots_txt_is_asked_for_once_a_day_and_obeyed() -> None:
    publisher = Publisher(lambda: feed("a", "b"), robots="User-agent: rasad\nDisallow: /a\n")
    publisher.pages = {"/a": nastooh(title("a")), "/b": nastooh(title("b"))}
    fetcher = polling(publisher)

    fetcher.pass_time(60)

    assert {entry.guid: entry.content_source.value for entry in fetcher.entries()} == {"a": "summary", "b": "page"}
    assert publisher.asked == ["/b"]
    assert [url for _, url in fetcher.requests].count("https://news.example/robots.txt") == 1


def test_pages_of_a_host_keep_the_gap_that_its_robots_txt_asks_for() -> None:
    guids = [f"n{number}" for number in range(4)]
    publisher = Publisher(lambda: feed(*guids), robots="User-agent: *\nCrawl-delay: 7\n")
    publisher.pages = {f"/{guid}": nastooh(title(guid)) for guid in guids}
    fetcher = polling(publisher)

    fetcher.pass_time(60)

    times = [at for at, url in fetcher.requests if "/n" in url.removeprefix("https://news.example")]
    assert len(times) == 4
    assert min(later - before for before, later in pairwise(times)) >= 7


def test_the_rules_of_a_host_are_read_when_it_has_room_and_not_for_each_entry_at_each_look(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Half a megabyte of them takes a tenth of a second each time, of the thread that all feeds share."""
    publisher = Publisher(lambda: feed("a", "b", "c"), robots="User-agent: *\nCrawl-delay: 20\n")
    publisher.pages = {f"/{guid}": nastooh(title(guid)) for guid in "abc"}
    read: list[str] = []
    real = Robots.allows
    monkeypatch.setattr(Robots, "allows", lambda *given: (read.append(given[1]), real(*given))[1])
    fetcher = polling(publisher)

    fetcher.pass_time(60)

    assert len(publisher.asked) == 3
    assert len(read) == 3


def test_a_first_document_does_not_become_a_request_for_each_of_its_entries() -> None:
    guids = [f"n{number}" for number in range(50)]
    publisher = Publisher(lambda: feed(*guids))
    publisher.pages = {f"/{guid}": nastooh(title(guid)) for guid in guids}
    fetcher = polling(publisher)

    fetcher.look()
    at_once = len(fetcher.entries())
    fetcher.pass_time(600, step=2)

    assert at_once == 20
    assert len(publisher.asked) == 30
    assert sorted(entry.guid or "" for entry in fetcher.entries()) == sorted(guids)
    assert fetcher.metric("rasad_pages_total", outcome="skipped", reason="too_many") == 20


def test_old_news_is_published_without_its_page() -> None:
    publisher = Publisher(lambda: feed("a", date="Sun, 15 Nov 2026 11:00:00 +0000"))
    fetcher = polling(publisher)

    fetcher.look()

    assert len(fetcher.entries()) == 1
    assert fetcher.metric("rasad_pages_total", outcome="skipped", reason="old") == 1


def test_a_host_is_asked_for_no_more_pages_an_hour_than_it_may_be() -> None:
    guids = [f"n{number}" for number in range(9)]
    publisher = Publisher(lambda: feed(*guids))
    publisher.pages = {f"/{guid}": nastooh(title(guid)) for guid in guids}
    fetcher = polling(publisher, page_limits=PageLimits(per_host_hour=5))

    fetcher.pass_time(700, step=5)

    sources = [entry.content_source.value for entry in fetcher.entries()]
    assert (len(publisher.asked), sources.count("page"), sources.count("summary")) == (5, 5, 4)


def test_an_edit_takes_the_place_of_a_revision_that_waits() -> None:
    more = [""]
    publisher = Publisher(lambda: feed("a", more=more[0]), robots=Reason.SERVER_ERROR)
    publisher.pages = {"/a": nastooh(title("a"))}
    fetcher = polling(publisher)
    fetcher.pass_time(5)
    more[0] = " این خبر کامل شد."
    fetcher.pass_time(400, step=5)
    publisher.robots = "User-agent: *\nAllow: /\n"

    fetcher.pass_time(400, step=5)

    (entry,) = fetcher.entries()
    assert (entry.revision, entry.content_source) == (1, ContentSource.PAGE)
    assert entry.summary.endswith("این خبر کامل شد.")
    assert fetcher.metric("rasad_entries_total", outcome="replaced") == 1
    assert fetcher.metric("rasad_entries_total", outcome="updated") == 0


def test_an_edit_of_a_published_entry_waits_for_its_page_again() -> None:
    more = [""]
    publisher = Publisher(lambda: feed("a", more=more[0]), pages={"/a": nastooh(title("a"))})
    fetcher = polling(publisher)
    fetcher.pass_time(60)
    more[0] = " این خبر کامل شد."
    publisher.pages = {"/a": nastooh(title("a"), (*BODY, "این خبر با سخنان تازه وزیر کامل شد."))}

    fetcher.pass_time(1_200, step=10)

    assert [(entry.revision, entry.content_source.value) for entry in fetcher.entries()] == [(1, "page"), (2, "page")]
    assert fetcher.entries()[1].text.endswith("کامل شد.")


class Later:
    """Threads that begin nothing until they are told to."""

    def __init__(self) -> None:
        self.jobs: list[Callable[[], None]] = []

    def submit(self, work: Callable[..., None], *arguments: object) -> None:
        self.jobs.append(lambda: work(*arguments))

    def take(self) -> list[Callable[[], None]]:
        """Return what was submitted since."""
        jobs, self.jobs = self.jobs, []
        return jobs


def test_a_page_that_was_asked_for_before_an_edit_is_not_its_page() -> None:
    more = [""]
    publisher = Publisher(lambda: feed("a", more=more[0]), pages={"/a": nastooh(title("a"))})
    fetcher = polling(publisher)
    fetcher.pass_time(2)  # the poll, then robots.txt
    fetcher.task.pages.threads = later = Later()  # type: ignore[assignment]
    fetcher.pass_time(2)
    (asked_before_the_edit,) = later.take()
    fetcher.task.gate.release("news.example", fetcher.monotonic)
    more[0] = " این خبر کامل شد."

    fetcher.pass_time(400, step=5)
    asked_before_the_edit()
    fetcher.pass_time(5)
    publisher.pages["/a"] = nastooh(title("a"), (*BODY, "این خبر با سخنان تازه وزیر کامل شد."))
    (asked_after_it,) = later.take()
    asked_after_it()
    fetcher.pass_time(5)

    (entry,) = fetcher.entries()
    assert (entry.revision, entry.text.endswith("کامل شد.")) == (1, True)
    assert len(publisher.asked) == 2


def test_what_waits_survives_a_restart_and_goes_on() -> None:
    publisher = Publisher(lambda: feed("a", "b"), pages={"/a": Reason.SERVER_ERROR, "/b": Reason.SERVER_ERROR})
    fetcher = polling(publisher)
    fetcher.pass_time(10)
    assert fetcher.entries() == []
    publisher.pages = {"/a": nastooh(title("a")), "/b": nastooh(title("b"))}

    fetcher.begin()
    fetcher.pass_time(60)

    assert sorted(entry.guid or "" for entry in fetcher.entries()) == ["a", "b"]
    assert {entry.content_source for entry in fetcher.entries()} == {ContentSource.PAGE}


def test_what_waited_too_long_while_nobody_looked_is_published_at_once() -> None:
    publisher = Publisher(lambda: feed("a"), pages={"/a": Reason.SERVER_ERROR})
    fetcher = polling(publisher)
    fetcher.pass_time(5)

    fetcher.now += timedelta(minutes=11)
    fetcher.begin()
    fetcher.look()

    assert [entry.content_source for entry in fetcher.entries()] == [ContentSource.SUMMARY]


def test_an_entry_whose_feed_left_the_registry_is_published_with_what_the_feed_said() -> None:
    publisher = Publisher(lambda: feed("a"), pages={"/a": Reason.SERVER_ERROR})
    fetcher = polling(publisher)
    fetcher.pass_time(5)

    fetcher.feeds = (replace(FEED, id="another", url="https://news.example/rss", enabled=False),)
    fetcher.begin()
    fetcher.look()

    assert [entry.content_source for entry in fetcher.entries()] == [ContentSource.SUMMARY]
    assert fetcher.metric("rasad_pages_total", outcome="failed", reason="feed_gone") == 1


def test_a_clock_that_is_set_back_holds_nothing_back() -> None:
    publisher = Publisher(lambda: feed("a"), robots=Reason.SERVER_ERROR)
    fetcher = polling(publisher)
    fetcher.pass_time(5)

    fetcher.jump(timedelta(hours=-5))
    fetcher.look()

    assert len(fetcher.entries()) == 1


def test_a_host_that_turns_a_page_away_is_left_alone_by_polls_too() -> None:
    publisher = Publisher(lambda: feed("a"), pages={"/a": Reason.TOO_MANY_REQUESTS})
    fetcher = polling(publisher)
    fetcher.pass_time(3)
    asked = len(fetcher.requests)

    fetcher.pass_time(50)

    assert publisher.asked == ["/a"]
    assert len(fetcher.requests) == asked


def test_a_text_that_does_not_fit_into_a_waiting_record_is_published_at_once() -> None:
    noise = "".join(chr(0x4E00 + (number * 7_919) % 20_000) for number in range(40_000))
    publisher = Publisher(lambda: feed("a", more=noise), pages={"/a": nastooh(title("a"))})
    fetcher = polling(publisher)

    fetcher.look()

    (entry,) = fetcher.entries()
    assert noise[:1_000] in entry.text
    assert fetcher.metric("rasad_pages_total", outcome="skipped", reason="too_large_to_wait") == 1
    assert all(len(record.value or b"") <= 64 * 1_024 for record in fetcher.records if "feed-state" in record.topic)


def test_the_feeds_polls_go_on_while_its_pages_are_asked_for() -> None:
    guids = [f"n{number}" for number in range(30)]
    publisher = Publisher(lambda: feed(*guids), pages={f"/n{number}": Reason.SERVER_ERROR for number in range(30)})
    fetcher = polling(publisher)

    fetcher.pass_time(1_800, step=5)

    polls = [at for at, url in fetcher.requests if url.endswith("/rss")]
    due = [at for at in polls if at > 0]
    assert len(due) >= 2
    assert fetcher.state("main").history.failures == 0
    assert len(fetcher.entries()) == 30


def many_hosts(count: int) -> tuple[tuple[Feed, ...], dict[str, Publisher]]:
    """Return feeds of as many hosts, each with one entry, and their publishers by host."""
    feeds, publishers = [], {}
    for number in range(count):
        host = f"n{number}.example"
        feeds.append(replace(FULL, id=f"f{number}", url=f"https://{host}/rss", hosts=(host,), site=f"s{number}"))
        publishers[host] = Publisher(lambda host=host: feed("a", host=host), pages={"/a": nastooh(title("a"))})  # type: ignore[misc]
    return tuple(feeds), publishers


def test_a_page_that_never_ends_holds_up_no_other_host_and_no_poll() -> None:
    feeds, publishers = many_hosts(3)
    fetcher = Polling(feeds, lambda request: publishers[request.url.split("/")[2]](request))
    threads = fetcher.task.pages.threads

    class Stuck:
        def submit(self, work: Callable[..., None], *arguments: object) -> None:
            asked = arguments[0] if arguments else None
            if getattr(getattr(asked, "feed", None), "id", "") != "f0":
                threads.submit(work, *arguments)

    fetcher.task.pages.threads = Stuck()  # type: ignore[assignment]
    fetcher.pass_time(30)
    assert {entry.site for entry in fetcher.entries()} == {"s1", "s2"}
    fetcher.pass_time(500, step=10)

    # Its own feed waits for its host, as for any request that is under way; the others are polled on.
    assert all(len([url for _, url in fetcher.requests if url == feeds[number].url]) > 1 for number in (1, 2))


def test_pages_take_no_more_threads_than_they_may() -> None:
    feeds, publishers = many_hosts(12)
    fetcher = Polling(feeds, lambda request: publishers[request.url.split("/")[2]](request))
    fetcher.task.pages.threads = later = Later()  # type: ignore[assignment]

    fetcher.pass_time(10)

    assert len(later.take()) == 8


def test_a_page_that_neither_comes_nor_fails_ends_the_process() -> None:
    publisher = Publisher(lambda: feed("a"), pages={"/a": nastooh(title("a"))})
    fetcher = polling(publisher)
    fetcher.task.pages.threads = Later()  # type: ignore[assignment]
    fetcher.pass_time(5)

    with pytest.raises(PageStuck):
        fetcher.pass_time(620, step=20)


def test_a_fault_of_ours_at_one_page_costs_its_text_only(monkeypatch: pytest.MonkeyPatch) -> None:
    def raises(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("ingest.page.flow.judged", raises)
    fetcher = polling(Publisher(lambda: feed("a"), pages={"/a": nastooh(title("a"))}))

    fetcher.pass_time(10)

    assert [entry.content_source for entry in fetcher.entries()] == [ContentSource.SUMMARY]
    assert fetcher.metric("rasad_pages_total", outcome="failed", reason="unexpected") == 1


def test_a_page_that_no_child_could_read_costs_its_text_and_not_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def raises(*_: object) -> None:
        raise OSError("no processes left")

    monkeypatch.setattr(ReadsAtOnce, "submit", raises)
    fetcher = polling(Publisher(lambda: feed("a"), pages={"/a": nastooh(title("a"))}))

    fetcher.pass_time(10)

    assert [entry.content_source for entry in fetcher.entries()] == [ContentSource.SUMMARY]
    assert fetcher.metric("rasad_pages_total", outcome="failed", reason="unexpected") == 1


def test_pages_wait_while_our_own_network_is_down() -> None:
    feeds, publishers = many_hosts(6)
    for publisher in publishers.values():
        publisher.robots = Reason.SERVER_ERROR
    down = False

    def answers(request: FetchRequest) -> Fetched:
        return failure(request, Reason.CONNECT) if down else publishers[request.url.split("/")[2]](request)

    fetcher = Polling(feeds, answers)
    fetcher.pass_time(5)
    down = True
    while fetcher.metric("rasad_network_outage") != 1:
        fetcher.pass_time(5, step=5)
    asked = len(fetcher.requests)

    fetcher.pass_time(200, step=5)

    assert {url for _, url in fetcher.requests[asked:]} <= {feed.url for feed in feeds}
    assert fetcher.entries() == []


def test_an_edit_that_another_feed_shows_in_full_is_published_at_once() -> None:
    more = [""]
    publisher = Publisher(lambda: feed("a", more=more[0]), robots=Reason.SERVER_ERROR)
    whole = replace(FEED, id="whole")
    fetcher = Polling((FULL, whole), publisher)
    fetcher.pass_time(10)
    assert fetcher.entries() == []  # the second feed shows what waits already
    fetcher.feeds = (replace(FULL, enabled=False), whole)
    fetcher.begin()
    more[0] = " این خبر کامل شد."

    fetcher.pass_time(500, step=5)

    (entry,) = fetcher.entries()
    assert (entry.revision, entry.content_source, entry.feeds) == (1, ContentSource.SUMMARY, ("main", "whole"))
    assert entry.text.endswith("کامل شد.")
