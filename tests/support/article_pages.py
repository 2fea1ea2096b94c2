"""Article pages in the shape of the systems that Persian publishers run, with invented text; and a publisher."""

from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape

from ingest.fetch.outcome import Fetched, FetchRequest, Outcome, Reason
from support.polling import answer, failure

LEAD = "وزیر راه از ازسرگیری پروازهای مستقیم میان دو کشور همسایه از هفته آینده خبر داد."
BODY = (
    "او در دیدار با همتای خود گفت که بلیت این پروازها از فردا فروخته می‌شود و نرخ آن‌ها تغییری نمی‌کند.",
    "به گفته این مقام مسئول، خط تازه میان دو شهر مرزی نیز تا پایان ماه برقرار می‌شود و هفته‌ای سه پرواز دارد.",
    "شرکت‌های هواپیمایی دو طرف برنامه زمستانی خود را به سازمان هواپیمایی کشوری داده‌اند.",
)


def document(head: str, content: str) -> str:
    """Return a page with what surrounds every article: menus, teasers, a footer."""
    menu = "".join(f'<li><a href="/s/{number}">بخش {number}</a></li>' for number in range(12))
    teasers = "".join(f'<li><a href="/n/{number}">تیتر خبری دیگر شماره {number}</a></li>' for number in range(8))
    return (
        f'<!doctype html><html lang="fa" dir="rtl"><head><meta charset="utf-8">{head}'
        "<script>var shown = 1;</script></head><body>"
        f"<nav><ul>{menu}</ul></nav><main>{content}</main><aside><h3>پربازدیدها</h3><ul>{teasers}</ul></aside>"
        "<footer><p>همه حقوق این سایت محفوظ است.</p></footer></body></html>"
    )


def paragraphs(lines: tuple[str, ...] = BODY) -> str:
    """Return paragraphs of HTML."""
    return "".join(f"<p>{escape(line)}</p>" for line in lines)


def nastooh(title: str, lines: tuple[str, ...] = BODY) -> str:
    """Return a page as IRNA, ISNA and Mehr have them."""
    return document(
        f"<title>{escape(title)} - خبرگزاری نمونه</title>",
        '<article class="item"><div class="item-header"><h1 class="title"><a href="#">'
        f'{escape(title)}</a></h1></div><div class="item-summary"><p class="summary introtext" itemprop="description">'
        f'{LEAD}</p></div><div class="item-body"><div class="item-text" itemprop="articleBody">{paragraphs(lines[:1])}'
        '<figure><img src="/a.jpg" alt=""><figcaption>عکس از آرشیو نمونه</figcaption></figure>'
        '<div class="related-items"><p>بیشتر بخوانید:</p><ul><li><a href="/n/9">خبری دیگر</a></li></ul></div>'
        f"{paragraphs(lines[1:])}<p>انتهای پیام/ ۱۲۳</p></div></div></article>"
        '<div class="item-code">کد خبر ۱۲۳۴۵۶</div>',
    )


def iransamaneh(title: str, lines: tuple[str, ...] = BODY) -> str:
    """Return a page as Tabnak, Asriran and YJC have them."""
    return document(
        f'<title>{escape(title)}</title><script src="/client/themes/fa/main/js/lib.iransamaneh_1.js"></script>',
        '<div class="gutter_news"><div class="news_path"><a href="/fa">سیاسی</a></div><div class="title"><h1>'
        f'<a href="#">{escape(title)}</a></h1></div><div class="subtitle">{LEAD}</div>'
        f'<div class="body">{paragraphs(lines)}'
        '<div class="share_news">این خبر را به اشتراک بگذارید</div><div>بیشتر بخوانید</div></div>'
        '<div class="tags_title"><a href="/fa/tags/1">پرواز</a></div></div>',
    )


def asam(title: str, lines: tuple[str, ...] = BODY) -> str:
    """Return a page as Moj News has them."""
    return document(
        f"<title>{escape(title)} | نمونه</title>",
        f'<article><h1 class="title">{escape(title)}</h1><p class="lead">{LEAD}</p><div class="article_body">'
        f'<div id="echo_detail">{paragraphs(lines)}<div class="short_link_cnt">لینک کوتاه: nm.ir/x7</div></div></div>'
        "</article>",
    )


def studio_khabar(title: str, lines: tuple[str, ...] = BODY) -> str:
    """Return a page as Jahan News has them."""
    return document(
        f"<title>{escape(title)}</title>",
        f'<div class="doc_content"><div id="docDiv3TitrMain">{escape(title)}</div><div id="docDivLead1">{LEAD}</div>'
        f'<div id="doctextarea"><article>{paragraphs(lines)}<p>عکس: نام عکاس</p></article></div></div>',
    )


def tasnim(title: str, lines: tuple[str, ...] = BODY) -> str:
    """Return a page as Tasnim has them."""
    return document(
        f"<title>{escape(title)}</title>",
        f'<article class="single-news"><h1 class="title">{escape(title)}</h1><h3 class="lead">{LEAD}</h3>'
        f'<div class="story">{paragraphs(lines)}<p>انتهای پیام/ن</p></div>'
        '<div class="article-footer">مطالب مرتبط</div></article>',
    )


def wordpress(title: str, lines: tuple[str, ...] = BODY) -> str:
    """Return a page as blogs and magazines have them."""
    return document(
        f'<title>{escape(title)} - نمونه</title><meta name="generator" content="WordPress 6.7">',
        f'<article class="post"><h1 class="entry-title">{escape(title)}</h1><div class="entry-content"><p>{LEAD}</p>'
        f'{paragraphs(lines)}<div class="sharedaddy">اشتراک گذاری</div></div></article>',
    )


def unknown(title: str, lines: tuple[str, ...] = BODY) -> str:
    """Return a page of no family."""
    return document(
        f"<title>{escape(title)}</title>",
        f'<div class="q1"><h1>{escape(title)}</h1><div class="q2"><p>{LEAD}</p>{paragraphs(lines)}</div></div>',
    )


FAMILIES: dict[str, Callable[[str], str]] = {
    "nastooh": nastooh,
    "iransamaneh": iransamaneh,
    "asam": asam,
    "studio-khabar": studio_khabar,
    "tasnim": tasnim,
    "wordpress": wordpress,
    "": unknown,
}


@dataclass
class Publisher:
    """Answers requests for a feed, a robots.txt and pages, as a test sets them; a page that is not set is a 404."""

    feed: Callable[[], bytes]
    robots: str | Reason = "User-agent: *\nAllow: /\n"
    pages: dict[str, str | Reason] = field(default_factory=dict)
    """HTML by path, or why there is none."""
    asked: list[str] = field(default_factory=list)
    """Paths of the pages that were asked for."""

    def __call__(self, request: FetchRequest) -> Fetched:
        """Answer one request."""
        path = "/" + request.url.split("/", 3)[3]
        if path == "/rss":
            return answer(request, self.feed())
        if path == "/robots.txt":
            given: str | Reason = self.robots
        else:
            self.asked.append(path)
            given = self.pages.get(path, Reason.NOT_FOUND)
        if isinstance(given, Reason):
            limited = given is Reason.TOO_MANY_REQUESTS
            return failure(request, given, Outcome.RATE_LIMITED if limited else Outcome.FAILED)
        return answer(request, given.encode(), content_type="text/html; charset=utf-8")
