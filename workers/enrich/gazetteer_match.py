"""What the matcher hands over: a name in a text, and the entries it may stand for.

Knows nothing of how names are found.
"""

from dataclasses import dataclass

from workers.enrich.gazetteer_entries import Entry, EntryKind
from workers.enrich.gazetteer_forms import Sense


@dataclass(frozen=True, slots=True)
class Candidate:
    """One reading of a match."""

    entry: Entry
    sense: Sense
    in_phrase: bool = False
    """One of the outlet's house phrases stands around it: «به گزارش خبرنگار ایرنا»."""
    country: str | None = None
    """Whose body it is (alpha-2): a body's own, or for an office the country that the text names after it."""
    host: str | None = None
    """Id of the country or place that follows an embassy or consulate after «در»."""

    @property
    def kind(self) -> EntryKind:
        """Return the kind of the entry."""
        return self.entry.kind

    @property
    def id(self) -> str:
        """Return the entry's id; for an office with its country `TR/foreign-ministry`."""
        if self.kind is EntryKind.OFFICE and self.country:
            return f"{self.country}/{self.entry.id}"
        return self.entry.id


@dataclass(frozen=True, slots=True)
class Match:
    """A name in a normalized text: whole words with their suffixes, half-open; never without a candidate."""

    start: int
    end: int
    surface: str
    candidates: tuple[Candidate, ...]

    @property
    def is_ambiguous(self) -> bool:
        """Tell whether the name may stand for more than one entry."""
        return len(self.candidates) > 1

    def of(self, kind: EntryKind) -> Candidate | None:
        """Return the candidate of a kind, if there is one."""
        return next((each for each in self.candidates if each.kind is kind), None)
