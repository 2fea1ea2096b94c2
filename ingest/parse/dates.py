"""Dates of feeds to instants: an explicit list of formats, Gregorian and Jalali, with how sure each reading is.

Knows nothing of feeds' elements. A date is read by one of the formats below or not at all: general date libraries
read `1404/11/07` as the year 1404 of the Gregorian calendar, without a word.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from persiantools.jdatetime import JalaliDate

from ingest.event import DateConfidence, DateFlag, DateSource
from ingest.parse.months import MONTHS, WEEKDAYS, Calendar

FUTURE_TOLERANCE = timedelta(hours=24)
"""Clocks and zones of publishers are wrong by hours; a date beyond this is an event's or an error."""
OLDEST_YEAR = 1990
"""Before the web: such dates are zero values and errors."""
JALALI_YEARS = range(1300, 1500)
"""Years 1921 to 2121 of the common era. Islamic lunar years of today (1447) fall in it, read as 2068, and are
then refused as future."""
MAX_CHARS = 80
RAW_MAX_CHARS = 800
"""With spaces, marks and words that mean nothing."""

_MONTHS = 12
_NOON = 12
_END_OF_DAY = 24
_LEAP_SECOND = 60
_MILLISECONDS_DIGITS = 13
_YEAR_DIGITS = 4
_CENTURY_BREAK = 69
"""Two-digit years from here on are of the last century: POSIX, as readers of RFC 822 dates do."""

_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
_FOLDED = str.maketrans(
    dict(zip("يىكأإآۀ،؍\u200c", "ییکاااه,/ ", strict=True)) | dict.fromkeys("\u2010\u2011\u2013\u2014\u2212", "-")
)
_MARKS = re.compile("[\u200b\u200d-\u200f\u202a-\u202e\u2066-\u2069\u061c\u0640\u064b-\u0652\u0654\ufeff]")
_SPACED_COLON = re.compile(r"(?<=\d) ?: ?(?=\d)")

_NAMES = "|".join(sorted(MONTHS, key=len, reverse=True))
_NAME = rf"(?P<name>{_NAMES})(?: ?ماه)?(?:/(?:{_NAMES}))?(?![^\W\d])"
"""With the word for month behind it, or with its Levantine name, as Arabic broadcasters write."""
_WEEKDAY = re.compile(rf"(?<!\w)(?:{'|'.join(WEEKDAYS)})(?!\w)[.,]*")
_NOISE = re.compile(r"(?<!\w)(?:ساعت|تاریخ|مورخ|انتشار|در|سال|خورشیدی|هجری|شمسی|میلادی|ه\. ?ش|at|of)(?!\w)[:.]?")

_HALF = (
    r"(?P<half>[ap]\.?m\.?|ق\.? ?ظ\.?|ب\.? ?ظ\.?|(?:قبل|پیش|بعد) ?از ?ظهر|بامداد|صبح|ظهر|عصر|شب|صباحا|مساء|ص|م)(?!\w)"
)
_MORNING = ("a", "ق", "پ", "با", "ص")
_NIGHT, _MIDDAY = "شب", "ظهر"
_DAWN = 6
_CLOCK = rf"(?P<hour>\d{{1,2}}):(?P<minute>\d{{1,2}})(?::(?P<second>\d{{1,2}})(?:[.,]\d+)?)?(?: ?{_HALF})?"
_AFTER = rf"(?:(?:t|[ ,|-]+){_CLOCK})?(?P<rest>.*)"
_NTH = "(?:st|nd|rd|th|م|ام)?"
_FORMATS = tuple(
    re.compile(pattern)
    for pattern in (
        # 2026-01-27T11:32:06+03:30, 1404/11/07 11:32, 1404-11-07
        rf"(?P<year>\d{{4}})[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}})(?!\d){_AFTER}",
        # 20260127T113206Z, 20260127
        r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)(?:t?(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?)?(?!\d)(?P<rest>.*)",
        # 27 Jan 2026 11:32:06 GMT (RFC 822), 7 بهمن 1404
        rf"(?P<day>\d{{1,2}}){_NTH}[ /.,-]*{_NAME}[ /.,-]*(?P<year>\d{{4}}|\d{{2}})(?!\d){_AFTER}",
        # January 27, 2026 5:42 PM
        rf"{_NAME}[ .]*(?P<day>\d{{1,2}}){_NTH},? +(?P<year>\d{{4}})(?!\d){_AFTER}",
        # 1404 بهمن 7 (browsers in Persian), 2026 Jan 27
        rf"(?P<year>\d{{4}})[ /.,-]+{_NAME}[ /.,-]+(?P<day>\d{{1,2}})(?!\d){_AFTER}",
        # Jan 27 11:32:06 UTC 2026 (asctime, date)
        rf"{_NAME} +(?P<day>\d{{1,2}}) +{_CLOCK}(?P<rest> +[a-z+:\d-]+)? +(?P<year>\d{{4}})",
    )
)
# 1/27/2026 5:42:38 PM, 27/01/2026, 16/07/1405: which of the two is the day has to be found out.
_YEAR_LAST = re.compile(
    rf"(?P<first>\d{{1,2}})(?P<separator>[/.-])(?P<other>\d{{1,2}})[/.-](?P<year>\d{{4}})(?!\d){_AFTER}"
)
_CLOCK_FIRST = re.compile(rf"(?P<clock>{_CLOCK.replace('?P<', '?P<x')})[ ,|-]+(?P<date>.*)")
_UNIX = re.compile(r"\d{9,10}(?:\.\d+)?|\d{13}")
_URL_DAY = re.compile(r"/(\d{4})([/-])(\d{1,2})\2(\d{1,2})(?=[/_-]|$)")

_OFFSET = re.compile(r"(?:gmt|utc|ut)? ?(?P<sign>[+-]) ?(?P<digits>\d{1,2}(?::?\d{2})?)(?!\d)")
# Go and JavaScript; each part begins with a character of its own, as many ways to split a word take for ever.
_REST_AFTER_ZONE = re.compile(r"[a-z]{0,5}(?: ?\([^()]*\)| ?[+-]\d{4}| [a-z]{2,5}| گرینویچ| m=[+-][\d.]+)*")
_ZONE_ID = re.compile(r"\[[a-z_/+-]*\]$")  # Java's ZonedDateTime repeats the zone
_UNKNOWN_ZONE = re.compile(r"[^\d\u0600-\u06ff]*|\(?(?:به )?وقت \D*")
"""An unknown word in Arabic script may be a half of the day: then the date is not understood."""

_IRAN = ZoneInfo("Asia/Tehran")
_ZONES: dict[str, tzinfo] = {
    **dict.fromkeys(("z", "gmt", "utc", "ut", "wet", "گرینویچ", "به وقت گرینویچ"), UTC),
    # Written by servers that follow Iran's own clock, or by a fixed text: the zone's rules hold, not the name's.
    **dict.fromkeys(("irst", "irdt", "iran", "tehran", "asia/tehran", "به وقت تهران"), _IRAN),
    **{
        name: timezone(timedelta(minutes=minutes))
        for name, minutes in {
            "est": -300,
            "edt": -240,
            "cst": -360,
            "cdt": -300,
            "mst": -420,
            "mdt": -360,
            "pst": -480,
            "pdt": -420,
            "bst": 60,
            "cet": 60,
            "west": 60,
            "cest": 120,
            "eet": 120,
            "eest": 180,
            "msk": 180,
            "trt": 180,
            "aft": 270,
            "pkt": 300,
            "gst": 240,
            "jst": 540,
            "kst": 540,
        }.items()
    },
}


@dataclass(frozen=True, slots=True)
class Reading:
    """What one date of a document says: an aware UTC instant, or why it is not believed."""

    at: datetime | None
    confidence: DateConfidence
    flag: DateFlag | None


@dataclass(frozen=True, slots=True)
class Dating:
    """The dates of an entry, with where `published_at` came from."""

    published_at: datetime | None
    updated_at: datetime | None
    source: DateSource
    confidence: DateConfidence
    flag: DateFlag | None
    """The first reason why a date was passed over, also when a later one was believed."""


_NOTHING = Reading(None, DateConfidence.NONE, None)


def date_entry(
    published: str | None, updated: str | None, url: str | None, timezone_name: str, fetched_at: datetime
) -> Dating:
    """Return the dates of an entry: what it calls published, else updated, else the day in its URL, else nothing."""
    zone = ZoneInfo(timezone_name)
    edit = read_date(updated, zone, fetched_at)
    readings = (
        (DateSource.PUBLISHED, read_date(published, zone, fetched_at)),
        (DateSource.UPDATED, edit),
        (DateSource.URL, read_url_day(url, zone, fetched_at)),
    )
    flag = next((reading.flag for _, reading in readings[:2] if reading.flag), None)
    for source, reading in readings:
        if reading.at:
            return Dating(reading.at, edit.at, source, reading.confidence, flag)
    return Dating(None, edit.at, DateSource.FIRST_SEEN, DateConfidence.NONE, flag)


def read_date(raw: str | None, zone: tzinfo, fetched_at: datetime) -> Reading:
    """Return what a date as published means; `zone` is for dates that name none."""
    if not raw or not raw.strip():
        return _NOTHING
    text = _fold(raw) if len(raw) <= RAW_MAX_CHARS else ""
    if not text or len(text) > MAX_CHARS:
        return Reading(None, DateConfidence.NONE, DateFlag.UNPARSABLE)
    if _UNIX.fullmatch(text):
        seconds = float(text) / (1_000 if len(text.partition(".")[0]) == _MILLISECONDS_DIGITS else 1)
        return _believed(datetime.fromtimestamp(seconds, UTC), DateConfidence.EXACT, fetched_at)
    try:
        found = _read(text, zone)
    except (ValueError, OverflowError):  # no such day, as the 31st of February
        found = None
    if found is None:
        return Reading(None, DateConfidence.NONE, DateFlag.UNPARSABLE)
    return _believed(*found, fetched_at)


def read_url_day(url: str | None, zone: tzinfo, fetched_at: datetime) -> Reading:
    """Return the day that a URL such as `/news/1405/07/16/3412345/` names, at its start in `zone`."""
    found = _URL_DAY.search(unquote(url).translate(_DIGITS)) if url else None
    if not found:
        return _NOTHING
    try:
        day = _day(int(found[1]), int(found[3]), int(found[4]), None)
        reading = _believed(_instant(day, 0, 0, 0, zone), DateConfidence.DAY, fetched_at)
    except (ValueError, OverflowError):
        return _NOTHING
    return reading if reading.at else _NOTHING


def _believed(at: datetime, confidence: DateConfidence, fetched_at: datetime) -> Reading:
    if at > fetched_at + FUTURE_TOLERANCE:
        return Reading(None, DateConfidence.NONE, DateFlag.FUTURE)
    if at.year < OLDEST_YEAR:
        return Reading(None, DateConfidence.NONE, DateFlag.ANCIENT)
    return Reading(at, confidence, None)


def _fold(raw: str) -> str:
    text = _MARKS.sub("", raw.translate(_DIGITS).translate(_FOLDED)).lower()
    text = _NOISE.sub(" ", _WEEKDAY.sub(" ", " ".join(text.split())))
    text = _SPACED_COLON.sub(":", " ".join(text.split())).strip(" ,-|")
    swapped = _CLOCK_FIRST.fullmatch(text)
    return f"{swapped['date']} {swapped['clock']}" if swapped else text


def _read(text: str, zone: tzinfo) -> tuple[datetime, DateConfidence] | None:
    for pattern in _FORMATS:
        found = pattern.fullmatch(text)
        if found:
            parts = found.groupdict()
            calendar, month = MONTHS[parts["name"]] if parts.get("name") else (None, int(parts["month"]))
            day = _day(_full_year(parts["year"], calendar), month, int(parts["day"]), calendar)
            return _at(day, parts, zone)
    found = _YEAR_LAST.fullmatch(text)
    if not found:
        return None
    order = _day_and_month(found)
    return _at(_day(int(found["year"]), order[1], order[0], None), found.groupdict(), zone) if order else None


def _full_year(digits: str, calendar: Calendar | None) -> int:
    year = int(digits)
    if len(digits) == _YEAR_DIGITS:
        return year
    if calendar is Calendar.JALALI:
        raise ValueError("a Jalali year of two digits may be of either century")
    return year + (2000 if year < _CENTURY_BREAK else 1900)


def _day_and_month(found: re.Match[str]) -> tuple[int, int] | None:
    """Return day and month of a date that ends with the year, or None where both orders are possible."""
    first, other = int(found["first"]), int(found["other"])
    if first > _MONTHS or first == other or found["separator"] == ".":
        return first, other
    if other > _MONTHS or (found["half"] and found["half"][0] in "ap"):
        return other, first
    return (first, other) if int(found["year"]) in JALALI_YEARS else None


def _day(year: int, month: int, day: int, calendar: Calendar | None) -> date:
    jalali = year in JALALI_YEARS
    if calendar is not None and jalali != (calendar is Calendar.JALALI):
        raise ValueError("the month's name and the year belong to different calendars")
    if jalali:
        converted = JalaliDate(year, month, day).to_gregorian()  # type: ignore[no-untyped-call]
        return date(converted.year, converted.month, converted.day)
    # Far off, only that it is too old or too new matters; clamped, no conversion of zones can overflow.
    return date(min(max(year, 1900), 2200), month, day)


def _at(day: date, parts: dict[str, str | None], zone: tzinfo) -> tuple[datetime, DateConfidence]:
    named = _zone((parts["rest"] or "").strip(" ,"))
    if parts["hour"] is None:
        return _instant(day, 0, 0, 0, named or zone), DateConfidence.DAY
    hour = _hour(int(parts["hour"]), parts.get("half"))
    second = int(parts["second"] or 0)
    second -= second == _LEAP_SECOND  # it has no place in datetime
    at = _instant(day, hour, int(parts["minute"] or 0), second, named or zone)
    return at, DateConfidence.EXACT if named else DateConfidence.ASSUMED_ZONE


def _hour(hour: int, half: str | None) -> int:
    """Return the hour of the day; in Persian the night begins before midnight and midday ends after noon."""
    if half is None or hour > _NOON:
        return hour
    if half == _MIDDAY:
        return hour if hour > _DAWN else hour + _NOON
    morning = half.startswith(_MORNING) or (half == _NIGHT and (hour == _NOON or hour < _DAWN))
    return hour % _NOON + (0 if morning else _NOON)


def _instant(day: date, hour: int, minute: int, second: int, zone: tzinfo) -> datetime:
    """Return the UTC instant; hour 24 is the midnight that ends the day (ISO 8601-1:2019, 4.3.8)."""
    if hour == _END_OF_DAY and minute == second == 0:
        day, hour = day + timedelta(days=1), 0
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=zone).astimezone(UTC)


def _zone(rest: str) -> tzinfo | None:
    """Return the zone that follows a date, None where there is none or an unknown name.

    Raises `ValueError` for what is no zone: the date is then not understood.
    """
    rest = _ZONE_ID.sub("", rest)
    if rest.startswith("(") and rest.endswith(")"):
        rest = rest[1:-1]
    if rest in _ZONES:
        return _ZONES[rest]
    offset = _OFFSET.match(rest)
    if offset and _REST_AFTER_ZONE.fullmatch(rest, offset.end()):
        digits = offset["digits"].replace(":", "")
        hours, minutes = (digits[:-2], digits[-2:]) if digits[2:] else (digits, "0")
        delta = timedelta(hours=int(hours), minutes=int(minutes))
        return timezone(delta if offset["sign"] == "+" else -delta)
    if _UNKNOWN_ZONE.fullmatch(rest):
        return _ZONES.get(rest.split(" ", 1)[0])
    raise ValueError("text behind the date")
