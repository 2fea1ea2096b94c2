"""The hours and days in which a document asks not to be polled (RSS 2.0, `skipHours` and `skipDays`).

Pure. Knows nothing of HTTP and of the rest of the document; the operator's longest interval outranks the publisher.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

SPREAD_SECONDS = 60.0
"""After the last quiet hour: the publishers who ask for the same night are not all asked at its last stroke."""

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ITEM = re.compile(r"<(?:\w{1,20}:)?(?:item|entry)[\s>]", re.IGNORECASE)
_ITEM_ENDS = ("</item>", "</entry>")
_HOUR = re.compile(r"<hour>\s{0,9}(\d{1,2})\s{0,9}</hour>", re.IGNORECASE)
_DAY = re.compile(r"<day>\s{0,9}([a-z]{6,9})\s{0,9}</day>", re.IGNORECASE)
_PART_CHARACTERS = 4_096
"""24 hours written with generous indentation take 1,500."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours and days of UTC, both sorted."""

    hours: tuple[int, ...] = ()
    days: tuple[int, ...] = ()
    """Monday is 0."""

    def covers(self, moment: datetime) -> bool:
        """Tell whether nobody should come then."""
        utc = moment.astimezone(UTC)
        return utc.hour in self.hours or utc.weekday() in self.days


def quiet_of(xml: str) -> Quiet:
    """Return what a document asks for before or after its items; all hours or all days are no wish that can be met."""
    first = _ITEM.search(xml)
    head = xml[: first.start()] + xml[max(map(xml.rfind, _ITEM_ENDS)) :] if first else xml
    # 24 is midnight in the version that had hours from 1 to 24 (RSS 0.91).
    hours = {int(hour) % 24 for hour in _HOUR.findall(_part(head, "skipHours")) if int(hour) <= 24}  # noqa: PLR2004
    days = {_DAYS.index(day.lower()) for day in _DAY.findall(_part(head, "skipDays")) if day.lower() in _DAYS}
    return Quiet(_if_some_are_left(hours, 24), _if_some_are_left(days, 7))


def after_quiet(
    at: datetime, now: datetime, quiet: Quiet, longest_seconds: float, random: Callable[[], float]
) -> datetime:
    """Return the next poll moved out of the quiet time, and never later than the longest interval from now."""
    latest = max(at, now.astimezone(UTC) + timedelta(seconds=longest_seconds))
    end = at
    while quiet.covers(end) and end < latest:
        end = end.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return at if end == at else min(latest, end + timedelta(seconds=SPREAD_SECONDS * random()))


def _part(head: str, name: str) -> str:
    start = head.find(f"<{name}>")
    return "" if start < 0 else head[start : start + _PART_CHARACTERS].partition(f"</{name}>")[0]


def _if_some_are_left(found: Iterable[int], all_of_them: int) -> tuple[int, ...]:
    asked = tuple(sorted(found))
    return asked if len(asked) < all_of_them else ()
