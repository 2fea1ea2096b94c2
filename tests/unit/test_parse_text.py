"""HTML to plain text (HARDCASES X4, X5, X7, X10): paragraphs stay, markup does not, letters stay as published."""

import time

import pytest

from ingest.parse.text import MAX_TAGS, cut, plain_text, title_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>یک</p><p>دو</p>", "یک\nدو"),
        ("یک<br/>دو<br>\n<br />سه", "یک\nدو\nسه"),
        ("<div>یک<div>دو</div></div>سه", "یک\nدو\nسه"),
        ("<ul><li>الف</li><li>ب</li></ul>", "الف\nب"),
        ("<table><tr><td>ا</td><td>ب</td></tr><tr><td>ج</td></tr></table>", "ا ب\nج"),
        ("<p>دو\n   خط   یک</p>", "دو خط یک"),
        ("<b>پر</b>رنگ <i>و</i> کج", "پررنگ و کج"),
        ("می\u200cرود&zwnj;ها &laquo;نقل&raquo;&nbsp;قول &amp; &lt;", "می\u200cرود\u200cها «نقل» قول & <"),
        ("كتاب يك ۱۲ ١٢ 12 ـ", "كتاب يك ۱۲ ١٢ 12 ـ"),
        ("یک پاراگراف\nدر دو خط\n\nو دیگری", "یک پاراگراف در دو خط\nو دیگری"),
        ("قیمت ۵ < ۶ و ۷ > ۳", "قیمت ۵ < ۶ و ۷ > ۳"),
        ("<خبر فوری> زلزله", "<خبر فوری> زلزله"),
        ("متن<script>alert('<p>')</script><style>p{}</style> پایان", "متن پایان"),
        ("<p>متن</p><img src=x onerror=alert(1)><iframe src=//x>a</iframe><noscript>b</noscript>", "متن"),
        ("<!-- <p>پنهان</p> -->آشکار<!-- x", "آشکار"),
        ("<p>بریده <a href='http://n.exam", "بریده"),
        ("<xmp><b>خام</b></xmp><textarea><i>y</i></textarea>متن", "متن"),
        ("<svg><title>شکل</title><text>x</text></svg>متن", "متن"),
        ("&lt;p&gt;دوبار&lt;/p&gt;&lt;p&gt;گریخته&lt;/p&gt;", "دوبار\nگریخته"),
        ("<p>کد: &lt;br&gt; است</p>", "کد: <br> است"),
        ("a\x08b\ud800c", "abc"),
        ("", ""),
        ("   \n ", ""),
    ],
)
def test_x4_x10_html_becomes_the_text_that_a_reader_sees(html: str, text: str) -> None:
    assert plain_text(html) == text


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("خبر", "خبر"),
        ("&lt;b&gt;خبر&lt;/b&gt;", "خبر"),
        ("<b>خبر</b> &amp; نظر", "خبر & نظر"),
        ("هنر &amp;amp; سینما", "هنر & سینما"),
        ("&amp;laquo;نقل&amp;raquo;", "«نقل»"),
        ("خبر\n  در دو   خط<br>و سه", "خبر در دو خط و سه"),
        ("R&D و AT&T", "R&D و AT&T"),
        ("۳ &lt; ۵", "۳ < ۵"),
    ],
)
def test_a_title_is_one_line_without_leftover_entities(written: str, title: str) -> None:
    assert title_text(written) == title


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 200_000 + "متن",
        "<p>" * 100_000 + "متن" + "</p>" * 100_000,
        "<script>" * 50_000 + "</script>متن",
        "<!--" * 100_000 + "-->متن",
        "<" * 300_000 + "متن",
        "<a " * 100_000 + ">متن",
    ],
)
def test_x7_hostile_nesting_takes_bounded_time(html: str) -> None:
    started = time.process_time()

    text = plain_text(html)

    assert time.process_time() - started < 2
    assert text.endswith("متن") or not text


def test_a_page_of_many_tags_keeps_its_paragraphs() -> None:
    assert plain_text("<p>یک <b>دو</b></p>" * MAX_TAGS) == "\n".join(["یک دو"] * MAX_TAGS)


@pytest.mark.parametrize(("max_bytes", "kept"), [(100, "سلام"), (8, "سلام"), (7, "سلا"), (1, ""), (0, "")])
def test_text_is_cut_between_characters_and_said_to_be_cut(max_bytes: int, kept: str) -> None:
    assert cut("سلام", max_bytes) == (kept, kept != "سلام")
