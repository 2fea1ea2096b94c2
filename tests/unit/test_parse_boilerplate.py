"""Lines that agencies add to every article go, and nothing of an article goes with them."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.parse.boilerplate import LINE_MAX_CHARS, kind_of, without_boilerplate
from ingest.parse.document import ParseContext
from ingest.parse.feed import parse_feed
from support.polling import NOW

ADDED = (
    "انتهای پیام",
    "انتهای‌پیام/۱۲۳۴/ن",
    "/انتهای پیام/",
    "انتهای پیام/م ۲۱",
    "پایان پیام/ت 47",
    "پايان پيام/",
    "انتهای خبر",
    "انتهاي پيام/ت۱۰",
    "انتهای پیام/ت۳۰/۱۲",
    "ا.م/انتهای پیام",
    "انتهای پپام/",
    "۹۱۵۷**1483",
    "7128/ 9106**",
    "9399/",
    "۹۳۹۹**",
    "در این زمینه بیشتر بخوانید:",
    "حتما بخوانید: خبری دیگر",
    "@Sample_News",
    "@Sample | Link",
    "@Sample | sample.example/fa/tiny/news-12",
    "0 seconds of 13 minutes, 27 seconds",
    "کد خبر 6014394",
    "کد خبر: ۸۵۱۲۳۴۵۶",
    "شناسه خبر : 12345",
    "تعداد بازدید: ۱٬۲۰۰",
    "تاریخ انتشار: ۲ آذر ۱۴۰۵ - ۱۲:۳۰",
    "زمان مطالعه: ۳ دقیقه",
    "لینک کوتاه",
    "لینک کوتاه خبر: https://nm.example/x7",
    "لینک کوتاه کپی شد",
    "این خبر را به اشتراک بگذارید",
    "اشتراک‌گذاری در تلگرام",
    "اشتراک گذاری",
    "ارسال به دوستان",
    "نسخه چاپی",
    "نظر شما چیست؟",
    "ما را در تلگرام و اینستاگرام دنبال کنید.",
    "به کانال خبری ما در تلگرام بپیوندید",
    "بیشتر بخوانید",
    "بیشتر بخوانید:",
    "بیشتر بخوانید: خبری دیگر از فرودگاه",
    "همچنین بخوانید:",
    "مطالب مرتبط",
    "اخبار مرتبط:",
    "در همین زمینه",
    "برچسب‌ها",
    "برچسب‌ها: پرواز، فرودگاه",
    "کلیدواژه‌ها: پرواز",
    "عکس: نام عکاس",
    "عکاس: نام عکاس/ خبرگزاری",
    "ادامه مطلب",
    "[ادامه مطلب]",
    "نوشته عنوان این خبر اولین بار در نمونه. پدیدار شد.",
    "The post Title of it appeared first on Sample.",
)

OF_THE_ARTICLE = (
    "وی در پایان پیام خود از همکاری همه قدردانی کرد.",
    "انتهای پیام رئیس‌جمهور به مردم چنین بود.",
    "کد خبر در سامانه ثبت می‌شود.",
    "مردم می‌خواهند بیشتر بخوانند.",
    "بیشتر بخوانیم تا بهتر بنویسیم.",
    "این پرونده با مطالب مرتبط به آن به دادگاه رفت.",
    "عکس این ماجرا هم درست است.",
    "عکس: در این نمایشگاه پنجاه عکس از جنگ به نمایش درآمد که بیشتر آن‌ها دیده نشده بود.",
    "به گزارش خبرگزاری نمونه، او گفت این مطلب را به اشتراک می‌گذارد.",
    "منبع: ایسنا",
    "در همین زمینه، وزیر راه گفت پروازها از سر گرفته می‌شود.",
    "برچسب‌هایی که روی کالا می‌زنند باید خوانا باشد.",
    "چاپ این کتاب ده سال طول کشید.",
    "تاریخ را باید خواند.",
    "",
    "پایان",
    "و پایان پیام او این بود.",
    "مذاکره از ۲۰۲۴ تا ۲۰۲۵",
    "2024/2025",
    "۱۴۰۴/۱۴۰۵",
    "1404/",
    "5200",
    "بلیت 5200/9100 تومان شد",
    "@sample گفت که می‌آید",
    "Link to the past",
    "13 minutes of fame",
)


@pytest.mark.parametrize("line", ADDED)
def test_a_line_that_a_system_adds_is_taken_out(line: str) -> None:
    assert without_boilerplate(f"خبر نخست.\n{line}\nخبر دوم.") == "خبر نخست.\nخبر دوم."


@pytest.mark.parametrize("line", OF_THE_ARTICLE)
def test_a_line_of_the_article_stays(line: str) -> None:
    text = f"خبر نخست.\n{line}\nخبر دوم."

    assert without_boilerplate(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("او چنین گفت. انتهای پیام/", "او چنین گفت."),
        ("او چنین گفت. انتهای پیام/ ۱۲۳۴", "او چنین گفت."),
        ("او چنین گفت.انتهای پیام", "او چنین گفت."),
        ("او گفت: «می‌آییم» انتهای پیام", "او گفت: «می‌آییم»"),
        ("او چنین گفت. پايان پيام/م", "او چنین گفت."),
        ("او چنین گفت.\nانتهای پیام/ک\nکد خبر ۱۲۳", "او چنین گفت."),
        ("این بود انتهای پیام", "این بود انتهای پیام"),
        ("این بود انتهای پیام رئیس‌جمهور", "این بود انتهای پیام رئیس‌جمهور"),
        ("انتهای پیام/ ۱ آمد و ما رفتیم", "انتهای پیام/ ۱ آمد و ما رفتیم"),
        ("انتهای پیام", ""),
        ("", ""),
    ],
)
def test_a_mark_of_the_end_goes_behind_the_last_sentence_only(text: str, expected: str) -> None:
    assert without_boilerplate(text) == expected


lines = st.one_of(st.sampled_from(ADDED), st.sampled_from(OF_THE_ARTICLE), st.text(max_size=40))


@given(st.lists(lines, max_size=12))
def test_nothing_goes_but_lines_that_a_rule_describes(given_lines: list[str]) -> None:
    text = "\n".join(given_lines)

    left = without_boilerplate(text).split("\n")

    kept = [line for line in text.split("\n") if kind_of(line) is None]
    stripped = "\n".join(kept).strip("\n").split("\n")
    # The last line may have lost a mark of the end; every other line is there, in its place, letter for letter.
    assert len(left) == len(stripped) or text == "\n".join(left)
    if left != text.split("\n"):
        assert left[:-1] == stripped[:-1]
        assert stripped[-1].startswith(left[-1])


@given(st.text())
def test_a_text_that_was_cleaned_is_clean(text: str) -> None:
    once = without_boilerplate(text)

    assert all(kind_of(line) is None for line in once.split("\n"))


def test_a_long_paragraph_is_never_boilerplate() -> None:
    assert kind_of("بیشتر بخوانید: " + "متن " * LINE_MAX_CHARS) is None


@pytest.mark.parametrize(
    "text", ["/" * 100_000, "انتهای پیام/ " * 10_000, "بیشتر بخوانید " * 10_000, "عکس: " * 20_000, "a\n" * 50_000]
)
def test_n8_no_text_takes_long(text: str) -> None:
    started = time.process_time()

    without_boilerplate(text)

    assert time.process_time() - started < 2.0  # 50,000 lines take about 0.3 s


def test_what_is_removed_changes_neither_the_identity_nor_the_digest_of_an_entry() -> None:
    def entry(text: str) -> tuple[str, str, str]:
        item = f"<item><guid>a</guid><title>خبر</title><description>{text}</description></item>"
        body = f"<rss version='2.0'><channel>{item}</channel></rss>".encode()
        context = ParseContext("s", "https://s.example/rss", None, "Asia/Tehran", "fa", NOW)
        (found,) = parse_feed(body, context).entries
        return found.text, found.digest, found.summary

    marked, plain = entry("او چنین گفت. انتهای پیام/ ۱۲"), entry("او چنین گفت.")

    assert marked[0] == marked[2] == plain[0] == "او چنین گفت."
    # The digest stands on the document as it is: a new rule is no edit of what was seen before it.
    assert marked[1] != plain[1]


def test_an_entry_that_is_nothing_but_a_mark_has_no_text() -> None:
    item = "<item><guid>a</guid><title>خبر</title><description>ادامه مطلب</description></item>"
    context = ParseContext("s", "https://s.example/rss", None, "Asia/Tehran", "fa", NOW)

    (found,) = parse_feed(f"<rss version='2.0'><channel>{item}</channel></rss>".encode(), context).entries

    assert (found.text, found.content_source.value) == ("", "none")
