"""Fuzz `dates`: nothing raises, nothing is read beyond the bounds, and a date that is one is read as itself.

Knows nothing of the formats' patterns. Valid dates are made from instants by `jalali`'s arithmetic and the zone's
rules, and must come back as the same instant; in other digits and with invisible marks a text must mean the same.
"""

import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import jalali
from mutation import Target, main

from ingest.event import DateConfidence, DateSource
from ingest.parse.dates import FUTURE_TOLERANCE, OLDEST_YEAR, Reading, date_entry, read_date, read_url_day

TABLE = Path(__file__).resolve().parents[1] / "data" / "dates.tsv"
FETCHED_AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
FLOOR = datetime(OLDEST_YEAR, 1, 1, tzinfo=UTC)
ZONES = tuple(map(ZoneInfo, ("Asia/Tehran", "Asia/Kabul", "UTC", "Europe/London", "America/New_York")))
_PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_ASCII = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
_JALALI_MONTHS = (
    *("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور"),
    *("مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"),
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_TOKENS = (
    *("1404", "1405/07/16", "۱۴۰۴", "2026", "0000", "9999", "31", "30", "29", "00", "12", "24", "7", "2026-01-27"),
    *("11:32", "24:00:00", "11:32:60", ":", "-", "/", ".", ",", "،", " ", "T", "Z", "+03:30", "+0330", "-23:59"),
    *("GMT", "UTC", "IRST", "EST", "[Asia/Tehran]", "(x)", "به وقت تهران", "گرینویچ", "m=+0.1", "AM", "PM", "شب"),
    *("بهمن", "Bahman", "مهرماه", "دلو", "Jan", "February", "ژانویه", "كانون الثاني", "يناير", "Tue,", "ساعت"),
    *("1769523158", "1769523158123", "\u200f", "\u200c", "\ufeff", "\u0640", "\x00", "²", "௧", "𝟙", "½", "۵" * 90),
    *("/1405/07/16/", "/2026-01-27-", "https://n.example", "Invalid Date", "at", "th", "ام", "\ud800"),
)


def check(body: bytes) -> None:
    """Read one input as a date, as a URL and as an entry's dates; then a valid date that the input is the seed of."""
    text = body.decode(errors="surrogatepass" if b"\xed" in body and _is_text(body) else "replace")
    zone = ZONES[len(body) % len(ZONES)]
    reading = read_date(text, zone, FETCHED_AT)
    _check_reading(reading)
    _check_reading(read_url_day(text, zone, FETCHED_AT))
    _check_reading(read_url_day(f"https://n.example/{text}/x", zone, FETCHED_AT))
    ascii_digits = text.translate(_ASCII)
    for variant in (ascii_digits.translate(_PERSIAN), ascii_digits.translate(_ARABIC)):
        assert read_date(variant, zone, FETCHED_AT) == reading, f"{text!r} in other digits"
    if text.strip():
        assert read_date(f"\u200f {text}\u202c\n", zone, FETCHED_AT) == reading, f"{text!r} between marks"
    dating = date_entry(text, text[::-1], f"https://n.example/{text}", zone.key, FETCHED_AT)
    assert (dating.published_at is None) == (dating.source is DateSource.FIRST_SEEN)
    _check_valid_date(Random(body))


def _is_text(body: bytes) -> bool:
    try:
        body.decode(errors="surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def _check_reading(reading: Reading) -> None:
    if reading.at is None:
        assert reading.confidence is DateConfidence.NONE
        return
    assert reading.at.tzinfo is UTC
    assert FLOOR <= reading.at <= FETCHED_AT + FUTURE_TOLERANCE, reading.at
    assert reading.confidence is not DateConfidence.NONE
    assert reading.flag is None


def _check_valid_date(random: Random) -> None:
    """Write an instant in one of the forms of publishers; it must be read as itself, to the second."""
    zone = random.choice(ZONES)
    local = datetime.fromtimestamp(random.randrange(int(FLOOR.timestamp()) + 86_400, int(FETCHED_AT.timestamp())), zone)
    if random.random() < 0.5:
        year, month, day = jalali.from_gregorian(local.date())
        raw = random.choice(_JALALI_FORMS).format(y=year, m=month, d=day, name=_JALALI_MONTHS[month - 1], at=local)
    else:
        year, month, day = local.year, local.month, local.day
        raw = random.choice(_FORMS).format(y=year, m=month, d=day, name=_MONTHS[month - 1], at=local)
    if "{offset}" in raw:
        raw = raw.replace("{offset}", local.isoformat()[-6:])
    elif local.replace(fold=1).utcoffset() != local.replace(fold=0).utcoffset():
        return  # the hour that a change of clocks repeats: only its offset tells which
    raw = raw.translate(random.choice(({}, _PERSIAN, _ARABIC)))
    at = read_date(raw, zone, FETCHED_AT).at
    instant = local.astimezone(UTC)
    assert at == instant, f"{raw!r} in {zone.key} is {instant}, read as {at}"


_CLOCK = "{at:%H:%M:%S}"
_JALALI_FORMS = tuple(
    form.replace("CLOCK", _CLOCK)
    for form in (
        *("{y}/{m:02}/{d:02} CLOCK", "{y}-{m:02}-{d:02}TCLOCK{{offset}}", "{d:02}/{m:02}/{y} CLOCK"),
        *("{d} {name} {y} ساعت CLOCK", "سه‌شنبه {d} {name} {y} - CLOCK", "{name} {d}, {y} CLOCK", "CLOCK - {y}/{m}/{d}"),
        *("{y}{m:02}{d:02}{at:%H%M%S}", "{d} {name}\u200cماه {y} CLOCK", "{y}/{m}/{d} {at:%I:%M:%S} {at:%p}"),
        "{y} {name} {d}, CLOCK",
    )
)
_FORMS = tuple(
    form.replace("CLOCK", _CLOCK)
    for form in (
        *("Mon, {d:02} {name} {y} CLOCK {{offset}}", "{y}-{m:02}-{d:02}TCLOCK{{offset}}", "{y}-{m:02}-{d:02} CLOCK"),
        *("{name} {d}, {y} CLOCK", "{m}/{d}/{y} {at:%I:%M:%S} {at:%p}", "{y}{m:02}{d:02}T{at:%H%M%S}"),
        "{d}.{m}.{y} CLOCK",
        *("Mon {name} {d} CLOCK {y}", "{d}-{name}-{y} CLOCK", "Mon {name} {d} {y} CLOCK GMT{{offset}} (some zone)"),
    )
)


def seeds() -> list[bytes]:
    """Return the strings of the table of dates."""
    rows = [line.split("\t")[0] for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return [re.sub(r"\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), raw).encode() for raw in rows]


TARGET = Target(
    name="dates",
    seeds=seeds(),
    tokens=[token.encode(errors="surrogatepass") for token in _TOKENS],
    check=check,
    folders=("/ingest/parse/", "/persiantools/"),
    seconds_per_input=0.5,
)

if __name__ == "__main__":
    sys.exit(main(TARGET))
