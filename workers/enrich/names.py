"""The names in an article: what the gazetteers know, found once, for all parts of the enrichment.

Knows nothing of what a name does in its sentence.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from workers.enrich.gazetteer import Candidate, Gazetteer
from workers.enrich.gazetteer_entries import EntryKind
from workers.enrich.reading import Reading, Spot


@dataclass(frozen=True, slots=True)
class Name:
    """A name that the gazetteers know, and what it may stand for."""

    spot: Spot
    candidates: tuple[Candidate, ...]

    def of(self, *kinds: EntryKind) -> Candidate | None:
        """Return the first candidate of one of the kinds."""
        return next((each for each in self.candidates if each.kind in kinds), None)


@dataclass(frozen=True, slots=True)
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
        at = bisect_left(self.names, (spot.passage, spot.start), key=lambda name: (name.spot.passage, name.spot.start))
        first = at - 1 if at and self.names[at - 1].spot.touches(spot) else at
        found: list[Name] = []
        for name in self.names[first:]:
            if not name.spot.touches(spot):
                break
            found.append(name)
        return tuple(found)


def names_of(reading: Reading, gazetteer: Gazetteer) -> Names:
    """Return the names of all passages."""
    return Names(
        tuple(
            Name(Spot(number, match.start, match.end), match.candidates)
            for number, passage in enumerate(reading.passages)
            for match in gazetteer.find(passage.normalized)
        )
    )
