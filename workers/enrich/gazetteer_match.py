"""What the matcher hands over: a name in a text, and the entries it may stand for.

Knows nothing of how names are found.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from workers.enrich.gazetteer_entries import Entry, EntryKind
from workers.enrich.gazetteer_forms import Sense


@dataclass(frozen=True, slots=True)
class Candidate:
    """One reading of a match."""

    entry: Entry
    sense: Sense
    country: str | None = None
    """Whose body it is (alpha-2): a body's own, or for an office the country that the text names after it."""
    host: str | None = None
    """Id of the country or place that follows an embassy or consulate after «در»."""
    kind: EntryKind = field(init=False, compare=False, repr=False)
    """Of the entry."""
    id: str = field(init=False, compare=False, repr=False)
    """The entry's; for an office with its country `TR/foreign-ministry`."""

    def __post_init__(self) -> None:
        kind = self.entry.kind
        owned = kind is EntryKind.OFFICE and self.country
        object.__setattr__(self, "kind", kind)
        object.__setattr__(self, "id", f"{self.country}/{self.entry.id}" if owned else self.entry.id)


class Match(NamedTuple):
    """A name in a normalized text: whole words with their suffixes, half-open; never without a candidate."""

    start: int
    end: int
    surface: str
    candidates: tuple[Candidate, ...]

    def of(self, kind: EntryKind) -> Candidate | None:
        """Return the candidate of a kind, if there is one."""
        for each in self.candidates:
            if each.kind is kind:
                return each
        return None
