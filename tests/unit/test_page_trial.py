"""One page as a fetcher would ask for it now: which text would be chosen, why, and that it is asked for politely."""

from dataclasses import replace

import pytest

from ingest.event import ContentSource
from ingest.fetch.outcome import Fetched, FetchRequest, Reason
from ingest.fetch.politeness import HostGate, host_of
from ingest.page.trial import Candidates, PageTrial, Trial, candidates
from ingest.parse.feed import parse_feed
from ingest.poll import context_for
from ingest.probe_page_report import page_report, page_table
from support.article_pages import BODY, LEAD, Publisher, nastooh
from support.polling import FEED, NOW, PAGE_RULES, STARTED, ReadsAtOnce, answer

FULL = replace(FEED, full_text=True, hosts=("news.example", "old.example"))
TITLE = "ازسرگیری پروازهای مستقیم"
PAGE = nastooh(f"{TITLE} new")


def document(*guids: str, text: str = LEAD) -> bytes:
    days = {"new": "22", "first": "21", "old": "15"}
    items = "".join(
        f"<item><guid>{guid}</guid><link>https://news.example/{guid}</link><title>{TITLE} {guid}</title>"
        f"<description>{text}</description><pubDate>{days[guid]} Nov 2026 11:00:00 +0000</pubDate></item>"
        for guid in guids
    )
    return f"<rss version='2.0'><channel><title>خبر</title>{items}</channel></rss>".encode()


class Desk:
    """An operator's test of one feed, at a clock that moves by waiting only."""

    def __init__(self, publisher: Publisher, robots_elsewhere: str | None = None) -> None:
        self.publisher = publisher
        self.robots_elsewhere = robots_elsewhere
        """Of the publisher's other host, to which its pages lead then."""
        self.now = STARTED
        self.asked: list[tuple[float, str]] = []

    def fetch(self, request: FetchRequest) -> Fetched:
        self.asked.append((self.now - STARTED, request.url))
        if self.robots_elsewhere and host_of(request.url) == "old.example":
            return answer(request, self.robots_elsewhere.encode())
        fetched = self.publisher(request)
        led = self.robots_elsewhere and "robots.txt" not in request.url
        return replace(fetched, final_url=request.url.replace("news.", "old.")) if led else fetched

    def wait(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds

    def test(self) -> tuple[Candidates, Trial | None]:
        """Test the feed as the command does."""
        fetched = answer(FetchRequest(FULL.url), self.publisher.feed())
        found = candidates(FULL, fetched, parse_feed(fetched.body, context_for(FULL, fetched)), NOW)
        gate = HostGate(1.0)
        gate.take(host_of(FULL.url), self.now)
        gate.release(host_of(FULL.url), self.now)
        trial = PageTrial(
            self, ReadsAtOnce(), PAGE_RULES, "Rasad/1 (+https://desk.example/)", 2.0, gate, lambda: self.now, self.wait
        )
        return found, None if found.newest is None else trial.of(found.newest, FULL)


def told(found: tuple[Candidates, Trial | None]) -> str:
    return "\n".join(page_table(*found))


def test_the_newest_entry_that_would_wait_is_shown_with_the_better_text_and_why() -> None:
    desk = Desk(Publisher(lambda: document("first", "new", "old"), pages={"/new": PAGE}))

    found = desk.test()

    trial = page_report(*found)["trial"]
    assert (trial["outcome"], trial["reason"], trial["content_source"]) == ("used", "better", "page")
    assert (trial["family"], trial["robots"], trial["url"]) == ("nastooh", "rules", "https://news.example/new")
    assert trial["characters"] == len("\n".join((LEAD, *BODY)))
    assert trial["boilerplate"] == ["انتهای پیام/ ۱۲۳"]
    assert found[1] is not None
    assert found[1].published.content_source is ContentSource.PAGE
    for line in (
        "pages       2 entries of a first document would wait for their page; without their page: old 1",
        "page        https://news.example/new (the newest of them)",
        "robots.txt  has rules",
        "taken out   انتهای پیام/ ۱۲۳",
        f"feed's text {len(LEAD)} characters (summary)",
        "chosen      the page's text (better), content_source page",
    ):
        assert line in told(found).splitlines()


def test_robots_txt_and_page_keep_the_gap_of_a_fetcher() -> None:
    desk = Desk(Publisher(lambda: document("new"), pages={"/new": PAGE}))

    desk.test()

    assert desk.asked == [(1.0, "https://news.example/robots.txt"), (2.0, "https://news.example/new")]


@pytest.mark.parametrize(
    ("robots", "reason", "line"),
    [
        ("User-agent: rasad\nDisallow: /new\n", "robots", "robots.txt  has rules"),
        (Reason.SERVER_ERROR, "robots_unreached", "robots.txt  out of reach: nothing may be asked for"),
        (Reason.TOO_MANY_REQUESTS, "robots_unreached", "robots.txt  out of reach: nothing may be asked for"),
        (Reason.ADDRESS_REFUSED, "address_refused", "robots.txt  not asked for: the host has a private address"),
    ],
)
def test_a_page_that_may_not_be_asked_for_is_not_and_says_why(robots: str | Reason, reason: str, line: str) -> None:
    desk = Desk(Publisher(lambda: document("new"), robots=robots, pages={"/new": PAGE}))

    found = desk.test()

    assert desk.publisher.asked == []
    assert line in told(found)
    assert f"chosen      the feed's text ({reason}, so the page is not asked for" in told(found)
    assert page_report(*found)["trial"]["asked"] is False


@pytest.mark.parametrize(
    ("page", "outcome", "reason"),
    [
        (Reason.NOT_FOUND, "failed", "not_found"),
        (Reason.FORBIDDEN, "failed", "forbidden"),
        ("no markup", "failed", "not_a_page"),
        (nastooh("تیتری که با آن کاری ندارد", lines=BODY).replace(LEAD, "چیزی دیگر"), "kept", "another_story"),
        ("<html><body><p>کوتاه</p></body></html>", "kept", "shorter"),
    ],
)
def test_a_page_that_is_not_better_leaves_the_feeds_text(page: str | Reason, outcome: str, reason: str) -> None:
    desk = Desk(Publisher(lambda: document("new"), pages={"/new": page}))

    found = desk.test()

    trial = page_report(*found)["trial"]
    assert (trial["outcome"], trial["reason"], trial["content_source"]) == (outcome, reason, "summary")
    assert trial["characters"] == len(LEAD)
    assert ("a fetcher tries again" in told(found)) is (reason == "not_found")


@pytest.mark.parametrize(("there", "reason"), [("Allow: /", "better"), ("Disallow: /", "robots")])
def test_a_page_that_leads_to_another_host_of_the_publisher_is_used_when_its_robots_txt_allows_it(
    there: str, reason: str
) -> None:
    desk = Desk(Publisher(lambda: document("new"), pages={"/new": PAGE}), f"User-agent: *\n{there}\n")

    trial = page_report(*desk.test())["trial"]

    assert trial["reason"] == reason
    assert trial["final_url"] == "https://old.example/new"
    assert [url for _, url in desk.asked][-1] == "https://old.example/robots.txt"


def test_where_no_entry_would_wait_nothing_is_asked_and_it_says_why() -> None:
    desk = Desk(Publisher(lambda: document("old"), pages={"/old": PAGE}))

    found = desk.test()

    assert (found[1], desk.asked) == (None, [])
    assert told(found).strip() == (
        "pages       0 entries of a first document would wait for their page; without their page: old 1"
    )


def test_nothing_from_a_page_reaches_the_terminal_as_it_is() -> None:
    page = PAGE.replace("انتهای پیام/ ۱۲۳", "کد خبر: ۱۲\u202e۳").replace("<h1", "\x1b[2J<h1")
    desk = Desk(Publisher(lambda: document("new"), pages={"/new": page}))

    lines = told(desk.test())

    assert "taken out   کد خبر" in lines
    assert not any(character in lines for character in "\u202e\x1b")
