"""Which faults a run of `make chaos` makes, one after another: a matter of the seed alone.

Knows nothing of how a fault is made.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from random import Random

SLOTS = 2
"""Fetchers, and workers."""
PAIRED = 1 / 3
"""Share of the steps in which a second fault comes into the first."""
SPREAD_SECONDS = 1.5
CALM_SECONDS = (0.5, 3.0)


class Kind(StrEnum):
    """A fault, as the report names it."""

    KILL_FETCHER = "kill -9 of a fetcher"
    KILL_WORKER = "kill -9 of a worker"
    STOP_FETCHER = "a fetcher stands still"
    STOP_WORKER = "a worker stands still"
    KILL_BROKER = "kill -9 of the broker"
    POWER_CUT = "kill -9 of the supervisor"
    FEEDS_FAIL = "feeds answer 500"
    FEEDS_DRIP = "feeds drip"
    FEEDS_CUT_SHORT = "feeds end in the middle"
    FEEDS_ARE_PAGES = "feeds are web pages"
    FEEDS_ARE_EMPTY = "feeds have no items"
    FEEDS_SAY_UNCHANGED = "feeds say 304 wrongly"
    FEEDS_AWAY = "the publisher is away"
    POISON = "poison"


SECONDS: dict[Kind, tuple[tuple[float, float], ...]] = {
    # The sessions of the tests are 6 s: one that stands still for longer has lost its partitions when it wakes up.
    Kind.STOP_FETCHER: ((0.5, 4.0), (8.0, 10.0)),
    Kind.STOP_WORKER: ((0.5, 4.0), (8.0, 10.0)),
    Kind.KILL_BROKER: ((0.0, 6.0),),
    Kind.POWER_CUT: ((0.0, 3.0),),
    **{kind: ((2.0, 7.0),) for kind in Kind if kind.name.startswith("FEEDS_")},
}
"""How long a fault lasts; what is not here is over at once."""

_APART = (
    {Kind.POISON, Kind.KILL_BROKER},  # it could not be written, or be written twice
    {Kind.POWER_CUT, Kind.STOP_FETCHER},  # the one that stands still would be gone
    {Kind.POWER_CUT, Kind.STOP_WORKER},
    {Kind.POWER_CUT, Kind.KILL_FETCHER},
    {Kind.POWER_CUT, Kind.KILL_WORKER},
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a step."""

    kind: Kind
    slot: int
    """Which of the fetchers or workers, where it is one of them."""
    after_seconds: float
    """From the beginning of its step."""
    seconds: float

    @property
    def until_seconds(self) -> float:
        """When it is over, from the beginning of its step."""
        return self.after_seconds + self.seconds


@dataclass(frozen=True, slots=True)
class Step:
    """Faults that meet, then the recovery from them, then some calm."""

    faults: tuple[Fault, ...]
    calm_seconds: float


def steps(seed: int) -> Iterator[Step]:
    """Yield steps without an end. Kinds are dealt like cards, so that none is left out of a run of minutes."""
    chance = Random(seed)
    while True:
        deck = list(Kind)
        chance.shuffle(deck)
        while deck:
            kinds = [deck.pop()]
            if deck and chance.random() < PAIRED and _meet(kinds[0], deck[-1]):
                kinds.append(deck.pop())
            yield Step(tuple(_fault(kind, chance) for kind in kinds), chance.uniform(*CALM_SECONDS))


def _meet(one: Kind, other: Kind) -> bool:
    feeds = one.name.startswith("FEEDS_") and other.name.startswith("FEEDS_")
    return not feeds and {one, other} not in _APART


def _fault(kind: Kind, chance: Random) -> Fault:
    spans = SECONDS.get(kind, ((0.0, 0.0),))
    return Fault(
        kind,
        slot=chance.randrange(SLOTS),
        after_seconds=chance.uniform(0.0, SPREAD_SECONDS),
        seconds=chance.uniform(*chance.choice(spans)),
    )
