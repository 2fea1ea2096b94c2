"""Takes out of an article's text what its publisher's system adds to every article, and nothing else.

Pure. Knows nothing of HTML and of feeds. A text is lines of one paragraph each. What goes is a whole line that one of
the rules describes from its first letter to its last, or a mark of the end behind the last sentence; a sentence that
only mentions such words stays.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from ingest.parse.digest import spelled_alike

LINE_MAX_CHARS = 240
"""Longer lines are paragraphs, whatever they begin with."""


class Kind(StrEnum):
    """What a line is that is no part of the article."""

    END = "end"
    CODE = "code"
    SHARE = "share"
    RELATED = "related"
    CREDIT = "credit"
    FURNITURE = "furniture"


@dataclass(frozen=True, slots=True)
class Rule:
    """A whole line, in letters that are spelled alike: Persian ی and ک, one space, no ZWNJ, Latin digits."""

    kind: Kind
    line: re.Pattern[str]


def _rule(kind: Kind, line: str) -> Rule:
    return Rule(kind, re.compile(line))


_MARK = r"(?:انتهای|پایان) ?(?:پ[یپب]ام|خبر|گزارش|مطلب|متن)"
"""«پپام» and «پبام» are slips of the key beside."""
_CODES = r"(?:[ /|*.•،-]|\d|[a-z]|(?<![^\W\d])[آ-ی]{1,3}(?![^\W\d]))*"
"""An agency's own signs behind the mark: the desk's number and the editors' letters, which stand together at times."""
_EDITORS = r"(?:[آ-ی]{1,2}[./] ?){0,3}"
"""Before the mark."""
_DESK = r"(?!(?:13|14|19|20)\d\d)\d{4}"
"""A desk's number, and no year."""
_NAME = r"[^\W\d_]+(?: [^\W\d_]+){0,4}"
"""One to five words."""
_NETWORK = (
    r"(?:تلگرام|توییتر|اینستاگرام|واتس ?اپ|فیس ?بوک|ایکس|لینکدین|بله|ایتا|روبیکا|سروش|آپارات"
    r"|گوگل نیوز|شبکه های اجتماعی)"
)

_CHANNEL = r"(?:@\w{3,40}|[Ll]ink)"
"""Below each message of a channel: its name, and a link that lost its address with the markup."""

RULES = (
    _rule(Kind.END, rf"{_EDITORS}[/*. -]*{_MARK}{_CODES}"),
    _rule(Kind.CODE, rf"\d{{4}} ?\*{{1,2}}(?: ?\d{{4}})?[*/ ]*|{_DESK} ?/(?: ?{_DESK})?[*/ ]*"),
    _rule(Kind.CODE, r"(?:کد|شناسه|شماره) (?:خبر|مطلب|گزارش)[ :]*\d{2,}[ |/.]*"),
    _rule(Kind.CODE, r"(?:کد خبر|شناسه خبر)[ :]*"),
    _rule(Kind.CODE, r"(?:تعداد )?(?:بازدید|نمایش|مشاهده|نظرات)[ :]*\d[\d,٬]*(?: (?:بار|نفر))?"),
    _rule(Kind.CODE, r"(?:تاریخ|زمان) (?:انتشار|مخابره|بروزرسانی|به روز ?رسانی)[ :].{4,60}"),
    _rule(Kind.CODE, r"زمان (?:مطالعه|تقریبی مطالعه)[ :]*\d+ (?:دقیقه|ثانیه)"),
    _rule(Kind.SHARE, r"لینک (?:کوتاه|کوتاه خبر|کوتاه مطلب|خبر)[ :]*(?:https?://\S+|[\w.-]+/\S+)?(?: کپی(?: شد)?)?"),
    _rule(Kind.SHARE, r"(?:کپی|رونوشت) (?:لینک|آدرس|نشانی)(?: خبر)?"),
    _rule(
        Kind.SHARE, rf"(?:این (?:خبر|مطلب) را )?(?:به )?اشتراک ?(?:گذاری|بگذارید|گذاشتن)(?: (?:در|با) {_NETWORK})?[ :]*"
    ),
    _rule(Kind.SHARE, rf"(?:اشتراک ?گذاری|ارسال) (?:در|به|با) {_NETWORK}"),
    _rule(
        Kind.SHARE, r"ارسال (?:به|برای) (?:دوستان|دوست|دیگران)|ارسال (?:نظر|دیدگاه)|(?:نسخه|نسخه ی) ?چاپی?|چاپ|پرینت"
    ),
    _rule(Kind.SHARE, r"(?:نظر|دیدگاه) (?:شما|خود را (?:بنویسید|ثبت کنید))(?: چیست)?[ :؟]*"),
    _rule(
        Kind.SHARE,
        rf"(?:ما|.{{1,60}}) را (?:در|روی) {_NETWORK}(?: (?:و|،) {_NETWORK})*(?: هم)? دنبال کنید[ .!]*",
    ),
    _rule(Kind.SHARE, r"(?:به|در) کانال .{2,60} (?:بپیوندید|عضو شوید)[ .!]*"),
    _rule(Kind.SHARE, rf"{_CHANNEL}(?: ?[|•-] ?(?:{_CHANNEL}|[\w-]+\.[a-z]{{2,10}}(?:/\S*)?))*"),
    _rule(
        Kind.RELATED,
        r"[«*• -]*(?:در (?:این|همین) (?:زمینه|باره|رابطه|مورد) )?(?:بیشتر|همچنین|بیش تر|حتما)(?: را)?"
        r" (?:بخوانید|ببینید|بدانید)[» ]*(?:[:؛]+.{0,200}|[ .…>-]*)",
    ),
    _rule(Kind.RELATED, r"(?:مطالب|اخبار|خبرهای|خبر|مطلب|نوشته های|گزارش های) (?:مرتبط|پیشنهادی|مشابه)[ :؛]*"),
    _rule(Kind.RELATED, r"در همین (?:زمینه|رابطه|باره)(?: بخوانید)?[ :؛]*"),
    _rule(Kind.RELATED, r"(?:برچسب|تگ|کلید ?واژه)(?: ?ها)?[ ی]*[:؛].{0,200}|(?:برچسب|تگ|کلید ?واژه) ?ها"),
    _rule(Kind.CREDIT, rf"(?:عکس|عکاس|تصویر|تصاویر|منبع عکس|منبع تصویر)(?: از)? ?[:/|] ?{_NAME}(?: ?[/|،-] ?{_NAME})?"),
    _rule(Kind.FURNITURE, r"\d+ seconds? of (?:\d+ (?:hours?|minutes?|seconds?)(?:, )?)+(?:volume \d+%)?"),
    _rule(Kind.FURNITURE, r"\[?(?:ادامه (?:مطلب|خبر|مقاله)|متن کامل(?: خبر)?)\]?[ .…>»:-]*"),
    _rule(Kind.FURNITURE, r"نوشته .{2,200} اولین بار (?:در|بر روی) .{2,80} پدیدار شد[ .]*"),
    _rule(Kind.FURNITURE, r"The post .{2,200} (?:appeared first on|first appeared on) .{2,80}"),
)

_TAIL = re.compile(
    r"(?:(?<=[\s.!؟?»…)\]])/?(?:انتها[یي]|پا[یي]ان)[ \u200c]?پ[یي]ام\s*/[ \w/*.]{0,24}"
    r"|(?<=[.!؟?»…)\]])\s*(?:انتها[یي]|پا[یي]ان)[ \u200c]?پ[یي]ام[\s.*]{0,9})\Z"
)
"""Behind the last sentence, on its line. Without its slash a mark must follow a sentence's end, or it may be a part of
one."""
_TAIL_MAX_CHARS = 80


def without_boilerplate(text: str) -> str:
    """Return the text without the lines that are no part of the article; other lines stay as they are."""
    return parted(text)[0]


def parted(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the text without the lines that are no part of the article, and what was taken out."""
    kept: list[str] = []
    gone: list[str] = []
    for line in text.split("\n"):
        (kept if kind_of(line) is None else gone).append(line)
    if kept and (tail := _TAIL.search(kept[-1], max(0, len(kept[-1]) - _TAIL_MAX_CHARS))):
        gone.append(kept[-1][tail.start() :].strip())
        kept[-1] = kept[-1][: tail.start()].rstrip()
    return ("\n".join(kept).strip("\n") if gone else text), tuple(gone)


def kind_of(line: str) -> Kind | None:
    """Return what a line is, or null for a line of the article."""
    if len(line) > LINE_MAX_CHARS or not line.strip():
        return None
    alike = spelled_alike(line)
    return next((rule.kind for rule in RULES if rule.line.fullmatch(alike)), None)
