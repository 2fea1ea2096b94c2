"""When feeds publish, and what keeps them from being read: the figures of a simulated year.

Knows nothing of polling. All times are seconds since the beginning; chance is seeded, so a year can be lived again.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import pairwise

import numpy as np

type Moments = np.ndarray[tuple[int], np.dtype[np.float64]]

START = datetime(2026, 3, 21, tzinfo=UTC)
"""The first of Farvardin 1405, a Saturday."""
HOUR, DAY = 3_600.0, 86_400.0
BEFORE_DAYS = 60
"""Of publishing before the first poll: the first document is full."""
CALM_DAYS = 9
"""At the end, so that what is dead then is dead for no reason; a feed that is gone is looked at weekly."""

FRIDAY = 4
_TEHRAN = timedelta(hours=3.5)
_BY_DAY = np.array(
    [0.5, 0.3, 0.2, 0.2, 0.3, 0.6, 1, 1.5, 2, 2.2, 2.3, 2.2, 2, 1.8, 1.7, 1.7, 1.6, 1.5, 1.4, 1.3, 1.2, 1, 0.8, 0.6]
)
"""Weights of the hours of Tehran's day: ten times as much is written at ten in the morning as at three at night."""


class Trouble(StrEnum):
    """What a server, or the way to it, may do to a poll."""

    CONNECT = "connect"
    DEADLINE = "deadline"
    SERVER_ERROR = "server_error"
    UNAVAILABLE = "unavailable"
    """503 with a Retry-After."""
    CHALLENGE = "challenge"
    """A page with 200 in place of the feed."""
    NOT_FOUND = "not_found"
    GONE = "gone"
    EMPTY = "empty"
    """The feed, without any entry."""
    ROLLED_BACK = "rolled_back"
    """The document of two days ago: somebody restored a backup."""


HIDES = frozenset(Trouble) - {Trouble.ROLLED_BACK}


@dataclass(frozen=True, slots=True)
class Spell:
    """A time of trouble."""

    start: float
    end: float
    trouble: Trouble


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of feed."""

    name: str
    a_day: tuple[float, float]
    """Items a day, from and to."""
    window: tuple[int, int]
    """Items of a document, from and to."""
    friday: float
    """Share of another day's items that a Friday has."""
    outages_a_year: float
    """Of its host."""
    per_host: int
    """Feeds that live on one host."""


KINDS = (
    (0.04, Kind("agency", (150, 400), (30, 100), 0.5, 10, 4)),
    (0.16, Kind("daily", (15, 60), (15, 40), 0.25, 8, 2)),
    (0.30, Kind("site", (2, 10), (10, 25), 0.5, 8, 1)),
    (0.50, Kind("slow", (0.3, 1), (10, 15), 0.7, 6, 1)),
)
"""With their share of all feeds."""


def kind_of(number: int, feeds: int) -> Kind:
    """Return the kind of a feed by its place among all."""
    place, upto = (number + 0.5) / feeds, 0.0
    for share, kind in KINDS:
        upto += share
        if place < upto:
            return kind
    return KINDS[-1][1]


def moments(kind: Kind, a_day: float, days: int, chance: np.random.Generator) -> Moments:
    """Return when items appear: the rhythm of day and week, and now and then an hour in which much happens."""
    hours = np.arange(-BEFORE_DAYS * 24, days * 24)
    local = [START + _TEHRAN + timedelta(hours=int(hour)) for hour in (hours[0], hours[0] + 24)]
    first = local[0].hour
    weekday = (local[0].weekday() + (np.arange(len(hours)) + first) // 24) % 7
    rate = a_day * _BY_DAY[(np.arange(len(hours)) + first) % 24] / _BY_DAY.sum()
    rate = rate * np.where(weekday == FRIDAY, kind.friday, 1.0)
    rate = rate * np.where(chance.random(len(hours)) < 0.005, 4.0, 1.0)
    counts = chance.poisson(rate)
    return np.sort((np.repeat(hours, counts) + chance.random(int(counts.sum()))) * HOUR)


_HOST_TROUBLES = (
    (Trouble.CONNECT, 0.3), (Trouble.DEADLINE, 0.2), (Trouble.SERVER_ERROR, 0.2), (Trouble.UNAVAILABLE, 0.2),
    (Trouble.CHALLENGE, 0.1),
)  # fmt: skip


def host_spells(kind: Kind, days: int, chance: np.random.Generator) -> list[Spell]:
    """Return the outages of a host: half an hour as a rule, now and then a day."""
    found = []
    for _ in range(chance.poisson(kind.outages_a_year * days / 365)):
        start = chance.random() * max(days - CALM_DAYS, 1) * DAY
        seconds = min(float(chance.lognormal(np.log(1_800), 1.3)), 2 * DAY)
        names, weights = zip(*_HOST_TROUBLES, strict=True)
        found.append(Spell(start, start + seconds, names[int(chance.choice(len(names), p=weights))]))
    return in_turn(found)


def feed_spells(kind: Kind, days: int, chance: np.random.Generator) -> list[Spell]:
    """Return what befalls single feeds: gone and back, empty for a while, rolled back to an old document."""
    found = []
    for trouble, a_year, longest in (
        (Trouble.GONE, 0.0 if kind.name in {"agency", "daily"} else 0.05, 20 * DAY),
        (Trouble.NOT_FOUND, 0.1, 6 * HOUR),
        (Trouble.EMPTY, 1.0, 2 * HOUR),
        (Trouble.ROLLED_BACK, 0.3, 1 * HOUR),
    ):
        for _ in range(chance.poisson(a_year * days / 365)):
            start = chance.random() * max(days - CALM_DAYS, 1) * DAY
            end = min(start + (0.05 + 0.95 * chance.random()) * longest, max(days - CALM_DAYS, 1) * DAY)
            found.append(Spell(start, max(start, end), trouble))
    return in_turn(found)


def network_spells(days: int, chance: np.random.Generator) -> list[Spell]:
    """Return the times at which our own network was down: a dozen a year, some of them hours."""
    found = []
    for _ in range(chance.poisson(12 * days / 365)):
        start = chance.random() * max(days - CALM_DAYS, 1) * DAY
        found.append(Spell(start, start + min(float(chance.lognormal(np.log(900), 1.2)), 6 * HOUR), Trouble.CONNECT))
    return in_turn(found)


def in_turn(spells: list[Spell]) -> list[Spell]:
    """Return spells in order, without those that begin within another."""
    kept: list[Spell] = []
    for spell in sorted(spells, key=lambda spell: spell.start):
        if not kept or spell.start >= kept[-1].end:
            kept.append(spell)
    return kept


def reachable_seconds(starts: Moments, ends: Moments, spells: list[Spell]) -> Moments:
    """Return how much of each time lies outside of all spells."""
    merged: list[list[float]] = []
    for spell in sorted(spells, key=lambda spell: spell.start):
        if merged and spell.start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], spell.end)
        else:
            merged.append([spell.start, spell.end])
    if not merged:
        return ends - starts
    edges = np.array(merged).ravel()
    assert all(one <= other for one, other in pairwise(edges))
    lost = np.concatenate([[0.0], np.cumsum([end - start for start, end in merged])])
    at_edges = np.repeat(lost, 2)[1:-1]

    def lost_until(moment: Moments) -> Moments:
        return np.interp(moment, edges, at_edges)

    return (ends - starts) - (lost_until(ends) - lost_until(starts))
