"""The names in an article: what the gazetteers know, found once, for all parts of the enrichment.

Knows nothing of what a name does in its sentence.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from workers.enrich.gazetteer import Candidate, Gazetteer
from workers.enrich.gazetteer_entries import EntryKind
from workers.enrich.reading import Reading, Spot


class Name(NamedTuple):
    """A name that the gazetteers know, and what it may stand for."""

    spot: Spot
    candidates: tuple[Candidate, ...]

    def of(self, *kinds: EntryKind) -> Candidate | None:
        """Return the first candidate of one of the kinds."""
        for each in self.candidates:
            if each.kind in kinds:
                return each
        return None


@dataclass(frozen=True)
class Names:
    """All names of an article, in order, none inside another."""

    names: tuple[Name, ...]

    def of(self, *kinds: EntryKind) -> Iterator[tuple[Name, Candidate]]:
        """Yield the names that may stand for one of the kinds, each with that candidate, in order."""
        for name in self.names:
            if (candidate := name.of(*kinds)) is not None:
                yield name, candidate

    def within(self, spot: Spot) -> tuple[Name, ...]:
        """Return the names that share a character with a spot, in order."""
        names, at = self.names, bisect_left(self._starts, (spot.passage, spot.start))
        first = at - 1 if at and names[at - 1].spot.touches(spot) else at
        last = first
        while last < len(names) and names[last].spot.touches(spot):
            last += 1
        return names[first:last]

    @cached_property
    def _starts(self) -> list[tuple[int, int]]:
        """Where each name begins: passage and offset."""
        return [name.spot[:2] for name in self.names]


def names_of(reading: Reading, gazetteer: Gazetteer) -> Names:
    """Return the names of all passages."""
    return Names(
        tuple(
            Name(Spot(number, match[0], match[1]), match[3])
            for number, passage in enumerate(reading.passages)
            for match in gazetteer.find_in(passage.normalized, passage.chunks, passage.chunk_starts)
        )
    )
