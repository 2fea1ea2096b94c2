"""Dates in any text: what is written as a day is that day, and nothing written is ever too much."""

from datetime import date, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from persiantools.jdatetime import JalaliDate

from workers.enrich.calendar import dates
from workers.enrich.calendar_lexicon import CalendarLexicon
from workers.enrich.found import FoundDate
from workers.enrich.reading import read

LEXICON = CalendarLexicon.load(Path(__file__).resolve().parents[2] / "seeds" / "lexicon")
DAYS = st.dates(date(1950, 1, 1), date(2060, 1, 1))
PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
WORDS = sorted(LEXICON.triggers | LEXICON.directions.keys() | {"از", "تا", "و", "پیش", "نماز", "قمری", "سه"})
PIECES = st.one_of(
    st.sampled_from(WORDS), st.integers(0, 2100).map(str), st.sampled_from(["/", "-", "(", ")", "«", "\n"])
)


def found(text: str, published: date | None) -> tuple[FoundDate, ...]:
    return dates(read([("text", text, text)]), published, LEXICON)


def jalali(day: date) -> tuple[int, str, int]:
    converted = JalaliDate(day)
    return converted.day, LEXICON.words.jalali[converted.month - 1][0], converted.year


@given(day=DAYS, published=st.one_of(st.none(), DAYS))
def test_a_full_date_in_either_calendar_is_that_day_whenever_it_is_published(day: date, published: date | None) -> None:
    number, month, year = jalali(day)
    gregorian = f"{day.day} {LEXICON.words.gregorian[day.month - 1][0]} {day.year}"

    for text in (f"{number} {month} {year}", gregorian, f"{year}/{JalaliDate(day).month:02}/{number:02}"):
        (only,) = found(f"در {text} رفت".translate(PERSIAN), published)
        assert (only.first, only.last) == (day, day)


@given(day=DAYS, days=st.integers(-170, 170))
def test_a_day_without_its_year_is_the_one_nearest_to_publication(day: date, days: int) -> None:
    number, month, _ = jalali(day)

    placed = found(f"{number} {month}".translate(PERSIAN), day + timedelta(days=days))

    # A leap day is in few years: where it is not near, another one may be.
    assert [each.first for each in placed] == [day] or (number, month) == (30, "اسفند")


@given(pieces=st.lists(PIECES, max_size=12), published=st.one_of(st.none(), DAYS))
def test_any_row_of_words_gives_dates_that_stand_in_it_and_end_after_they_begin(
    pieces: list[str], published: date | None
) -> None:
    text = " ".join(pieces)
    reading = read([("text", text, text)])

    past = 0
    for each in dates(reading, published, LEXICON):
        assert each.first <= each.last
        assert past <= each.spot.start < each.spot.end <= len(text)
        past = each.spot.end
