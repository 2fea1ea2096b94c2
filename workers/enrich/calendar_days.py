"""Days, months and years of the Jalali and the Gregorian calendar, as runs of Gregorian days.

Knows nothing of texts. What does not exist in a calendar is None, never the day beside it.
"""

from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from persiantools.jdatetime import JalaliDate

type Days = tuple[date, date]
"""The first and the last day, both included."""


class System(StrEnum):
    """Which calendar a month or year belongs to."""

    JALALI = "jalali"
    GREGORIAN = "gregorian"


_YEARS = {System.JALALI: range(1200, 1440), System.GREGORIAN: range(1800, 2101)}
"""What a text can mean by a year of four digits. From 1440 on it is rather one of the lunar calendar."""
_MONTHS = 12


@lru_cache(maxsize=4_096)  # the days of some ten years, which articles name again and again
def day_of(system: System, year: int, month: int, day: int) -> date | None:
    """Return a day, or None where there is no such day."""
    try:
        if system is System.GREGORIAN:
            return date(year, month, day)
        converted: date = JalaliDate(year, month, day).to_gregorian()  # type: ignore[no-untyped-call]  # annotated in part
    except (ValueError, OverflowError):
        return None
    return converted


def month_of(system: System, year: int, month: int) -> Days | None:
    """Return the days of a month."""
    first = day_of(system, year, month, 1)
    after = day_of(system, year + month // _MONTHS, month % _MONTHS + 1, 1)
    return (first, after - timedelta(days=1)) if first and after else None


def year_of(system: System, year: int) -> Days | None:
    """Return the days of a year."""
    first, after = day_of(system, year, 1, 1), day_of(system, year + 1, 1, 1)
    return (first, after - timedelta(days=1)) if first and after else None


def week_of(day: date, weeks: int = 0) -> Days:
    """Return the week of a day, Saturday to Friday, or one so many weeks later."""
    first = day - timedelta(days=weekday_of(day)) + timedelta(weeks=weeks)
    return first, first + timedelta(days=6)


def weekday_of(day: date) -> int:
    """Return the day of the week, Saturday being 0."""
    return (day.weekday() + 2) % 7


@lru_cache(maxsize=4_096)
def month_and_year(system: System, day: date) -> tuple[int, int]:
    """Return year and month of a day in a calendar."""
    if system is System.GREGORIAN:
        return day.year, day.month
    jalali = JalaliDate(day)  # type: ignore[no-untyped-call]  # annotated in part
    return jalali.year, jalali.month


def system_of(year: int) -> System | None:
    """Return the calendar that a year of four digits belongs to; None where it may be something else."""
    return next((system for system, years in _YEARS.items() if year in years), None)


def nearest_day(system: System, month: int, day: int, published: date, weekday: int | None = None) -> date | None:
    """Return the day, of a year that is not told, that is nearest to publication.

    Where its day of the week is told, a year in which it fits goes before a nearer one in which it does not.
    """
    year, _ = month_and_year(system, published)
    days = [found for each in (year - 1, year, year + 1) if (found := day_of(system, each, month, day))]
    fitting = [found for found in days if weekday is None or weekday_of(found) == weekday]
    return min(fitting or days, key=lambda found: abs(found - published), default=None)


def nearest_month(system: System, month: int, published: date) -> Days | None:
    """Return the month, of a year that is not told, that is nearest to publication."""
    year, _ = month_and_year(system, published)
    runs = [found for each in (year - 1, year, year + 1) if (found := month_of(system, each, month))]
    return min(runs, key=lambda run: max(run[0] - published, published - run[1], timedelta(0)), default=None)


def month_beside(system: System, month: int, published: date, by: int) -> Days | None:
    """Return the last such month before that of publication where `by` is negative, else the next one after it."""
    year, _ = month_and_year(system, published)
    runs = [found for each in (year - 1, year, year + 1) if (found := month_of(system, each, month))]
    if by < 0:
        return max((run for run in runs if run[1] < published), default=None)
    return min((run for run in runs if run[0] > published), default=None)


def shifted_month(system: System, published: date, months: int) -> Days | None:
    """Return the month so many months after that of publication."""
    year, month = month_and_year(system, published)
    count = year * _MONTHS + month - 1 + months
    return month_of(system, count // _MONTHS, count % _MONTHS + 1)
