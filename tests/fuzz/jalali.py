"""The Jalali calendar from its rule of 33 years, to check the parser's conversion by other arithmetic.

Knows nothing of our code nor of the library that it uses. The rule agrees with the calendar in force from 1178 to 1633:
a year is leap when its remainder by 33 is one of eight numbers.
"""

from datetime import date

NEW_YEAR_1404 = date(2025, 3, 21).toordinal()
_LEAP_REMAINDERS = frozenset({1, 5, 9, 13, 17, 22, 26, 30})
_YEAR_DAYS = 365


def is_leap(year: int) -> bool:
    """Tell whether Esfand has 30 days."""
    return year % 33 in _LEAP_REMAINDERS


def days_in_month(year: int, month: int) -> int:
    """Return 31 for the first six months, 30 for the next five, and what the year leaves for the last."""
    return 31 if month <= 6 else 30 if month <= 11 or is_leap(year) else 29


def to_gregorian(year: int, month: int, day: int) -> date:
    """Return the Gregorian day, counted from the first of Farvardin 1404."""
    years = range(1404, year) if year >= 1404 else range(year, 1404)
    days = sum(_YEAR_DAYS + is_leap(other) for other in years)
    start = NEW_YEAR_1404 + (days if year >= 1404 else -days)
    return date.fromordinal(start + sum(days_in_month(year, other) for other in range(1, month)) + day - 1)


def from_gregorian(day: date) -> tuple[int, int, int]:
    """Return year, month and day of the Jalali calendar."""
    year = day.year - 621
    if day < to_gregorian(year, 1, 1):
        year -= 1
    passed = (day - to_gregorian(year, 1, 1)).days
    month = 1
    while passed >= days_in_month(year, month):
        passed -= days_in_month(year, month)
        month += 1
    return year, month, passed + 1
