"""An article's page to its text, and the better of feed and page."""

from dataclasses import replace
from pathlib import Path

import pytest

from ingest.event import TEXT_MAX_BYTES, ContentSource, Entry
from ingest.fetch.outcome import Reason
from ingest.page.choice import judged, with_page
from ingest.page.outcome import PageReason
from ingest.page.rules import PageRules, load_page_rules, parse_page_rules
from ingest.parse.page import Page, PageContext, extract_page
from ingest.parse.pool import ChildPool
from ingest.service.errors import Reject, UsageError
from ingest.service.settings import seeds_dir
from support.article_pages import BODY, FAMILIES, LEAD, document, nastooh, paragraphs, unknown
from support.polling import PAGE_RULES, entry_of, item

TITLE = "ازسرگیری پروازهای مستقیم دو کشور همسایه"


def read(html: str | bytes, rules: PageRules = PAGE_RULES, content_type: str | None = "text/html") -> Page:
    body = html.encode() if isinstance(html, str) else html
    return extract_page(body, PageContext("news.example", content_type, "fa", rules.families, rules.remove))


def entry(text: str = LEAD, title: str = TITLE) -> Entry:
    return entry_of(item("a", title=title, summary=text, text=text, content_source=ContentSource.SUMMARY))


@pytest.mark.parametrize(("family", "page"), FAMILIES.items())
def test_the_article_of_each_family_is_found_whole_and_nothing_else(family: str, page: object) -> None:
    found = read(page(TITLE))  # type: ignore[operator]

    assert found.family == family
    assert found.text.split("\n") == [LEAD, *BODY]
    assert TITLE in found.heading


@pytest.mark.parametrize("page", [pages for name, pages in FAMILIES.items() if name])
def test_a_page_of_a_family_that_nobody_described_is_read_all_the_same(page: object) -> None:
    found = read(page(TITLE), PageRules((), ()))  # type: ignore[operator]

    assert found.family == ""
    missing = [line for line in BODY if line not in found.text]
    assert missing == []
    assert judged(entry(), found) is PageReason.BETTER


def test_words_stay_apart_and_joined_as_the_publisher_wrote_them() -> None:
    found = read(unknown(TITLE).replace("می‌شود", "می&zwnj;شود"))

    assert "فروخته می‌شود و نرخ آن‌ها" in found.text


def test_a_family_whose_pages_have_changed_is_read_without_its_rules() -> None:
    changed = document("<title>x</title>", f'<div class="item-body"><div class="item-text"></div></div>{paragraphs()}')

    found = read(changed)

    assert (found.family, all(line in found.text for line in BODY)) == ("", True)


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1256", "utf-16"])
def test_a_page_is_decoded_whatever_its_labels_say(encoding: str) -> None:
    lines = ("او گفت كه بليت اين پروازها از فردا فروخته مي‌شود و نرخ آنها تغييري نمي‌كند و برنامه تازه اعلام شد.",)
    html = nastooh("سفر", lines).replace("ی", "ي").replace("ک", "ك").replace("۱۲۳", "123").replace("۴۵۶", "456")

    found = read(html.encode(encoding, "xmlcharrefreplace"), content_type="text/html; charset=iso-8859-1")

    assert lines[0] in found.text


def test_the_text_of_a_page_keeps_to_the_caps_of_an_entry() -> None:
    lines = tuple(f"{number} {BODY[0]}" for number in range(2_000))

    found = read(nastooh(TITLE, lines))

    assert found.text_truncated
    assert len(found.text.encode()) <= TEXT_MAX_BYTES
    published = with_page(entry(), found)
    assert (published.text_truncated, published.text_sha256) == (True, found.text_sha256)


@pytest.mark.parametrize("body", [b"%PDF-1.7 ...", b"\x89PNG\r\n", b"PK\x03\x04xx", b"only words", b'{"a": "b"}'])
def test_what_is_no_page_is_refused(body: bytes) -> None:
    with pytest.raises(Reject) as refused:
        read(body)

    assert refused.value.reason == Reason.NOT_A_PAGE


def test_x10_no_script_and_no_markup_is_in_the_text_of_a_page() -> None:
    evil = nastooh(TITLE, (*BODY, "پایان ‹b› <b>")).replace("</p>", "<script>alert('x')</script><style>p{}</style></p>")

    found = read(evil)

    assert "alert" not in found.text
    assert "p{}" not in found.text
    assert "<p" not in found.text


def test_n9_a_page_that_takes_too_long_costs_itself_only() -> None:
    with ChildPool(1, 0.5, parse=extract_page) as pool:
        context = PageContext("n.example", None, "fa", PAGE_RULES.families, PAGE_RULES.remove)
        hostile = pool.submit(b"<html>" + b"<div><table><tr><td>" * 150_000, context)
        honest = pool.submit(nastooh(TITLE).encode(), context)

        with pytest.raises(Reject) as refused:
            hostile.result(30)
        assert honest.result(30).text.split("\n") == [LEAD, *BODY]

    assert refused.value.reason in {Reason.PARSE_DEADLINE, Reason.PARSE_CRASH}


class TestTheBetterText:
    def test_a_page_about_the_same_story_that_says_more_is_better(self) -> None:
        page = read(nastooh(TITLE))

        assert judged(entry(), page) is PageReason.BETTER
        assert with_page(entry(), page).content_source is ContentSource.PAGE

    def test_a_page_whose_headline_was_edited_is_known_by_its_lead(self) -> None:
        assert judged(entry(), read(nastooh("عنوانی سراسر دیگر"))) is PageReason.BETTER

    def test_a_shorter_page_is_not_better(self) -> None:
        assert judged(entry("\n".join((LEAD, *BODY, *BODY))), read(nastooh(TITLE))) is PageReason.SHORTER

    def test_another_story_is_not_better(self) -> None:
        others = tuple(f"کتابخانه مرکزی شهر نمایشگاه نقاشی کودکان دبستانی گشود و {word} دیدند." for word in "ابپت")

        page = read(unknown("گشایش نمایشگاه نقاشی", others).replace(LEAD, ""))

        assert judged(entry(), page) is PageReason.ANOTHER_STORY

    def test_a_list_of_headlines_is_not_better(self) -> None:
        headlines = "\n".join(f"تیتر خبر شماره {number} از شهرهای کشور" for number in range(40))
        page = replace(read(nastooh(TITLE)), text=headlines)

        assert judged(entry(), page) is PageReason.LIST

    def test_b1_a_challenge_with_status_200_is_no_article(self) -> None:
        challenge = (
            "<html><head><title>Just a moment...</title></head><body><p>Checking your browser before accessing the "
            "site. This process is automatic. Your browser will redirect to your requested content shortly.</p>"
            '<script src="/cdn-cgi/challenge-platform/h/b"></script></body></html>'
        )

        assert judged(entry("خبر"), read(challenge)) is PageReason.CHALLENGE

    def test_an_article_behind_a_gate_that_let_us_in_is_an_article(self) -> None:
        html = nastooh(TITLE).replace("</body>", '<script src="/cdn-cgi/challenge-platform/x.js"></script></body>')

        assert judged(entry(), read(html)) is PageReason.BETTER


class TestTheRules:
    def test_the_shipped_rules_are_right(self) -> None:
        rules = load_page_rules(seeds_dir() / "pages.toml")

        assert [family.id for family in rules.families] == list(filter(None, FAMILIES))

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ('[[family]]\nid = "A"\nbody = [".a"]\nsigns = [".a"]', "family[0].id"),
            ('[[family]]\nid = "a"\nbody = ["div["]\nsigns = [".a"]', "not a CSS selector"),
            ('[[family]]\nid = "a"\nbody = [".a, .b"]\nsigns = [".a"]', "must be one CSS selector"),
            ('[[family]]\nid = "a"\nbody = [".a"]', "hosts or signs"),
            ('[[family]]\nid = "a"\nbody = []\nsigns = [".a"]', "needs a body"),
            ('[[family]]\nid = "a"\nbody = [".a"]\nhosts = ["www.a.ir"]', "without www."),
            ('[[family]]\nid = "a"\nbody = [".a"]\nhosts = ["a.ir"]\nbdy = []', "unknown key"),
            ('[[family]]\nid = "a"\nbody = [".a"]\nhosts = ["a.ir"]\n' * 2, "two families have one id"),
            ("remove = 7", "remove"),
        ],
    )
    def test_a_fault_in_the_rules_is_named(self, tmp_path: Path, text: str, message: str) -> None:
        path = tmp_path / "pages.toml"
        path.write_text(text, encoding="utf-8")

        with pytest.raises(UsageError, match=message.replace("[", r"\[").replace(".", r"\.")):
            load_page_rules(path)

    def test_a_family_is_known_by_its_host(self) -> None:
        rules = parse_page_rules("x", {"family": [{"id": "own", "hosts": ["news.example"], "body": [".q2"]}]})

        assert read(unknown(TITLE), rules).family == "own"
