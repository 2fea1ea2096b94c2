"""A place of a text that means somebody: what is known from that place alone.

Knows nothing of how it was found, nor of which places mean the same person.
"""

from typing import NamedTuple

from workers.enrich.offices import Office
from workers.enrich.reading import Spot


class Place(NamedTuple):
    """A place that means somebody."""

    name: Spot | None
    words: tuple[str, ...]
    """Of the name, folded, without ZWNJs."""
    family: str
    """Its last word with them."""
    role: Spot | None
    role_words: tuple[str, ...]
    offices: tuple[Office, ...]
    """The same in one spelling, each of several for itself."""
    post: tuple[str, str] | None
    """The head and the id of the body, where the office is no more than these."""
    organisation: Spot | None = None
    organisation_id: str | None = None
    country: str | None = None
    is_told: bool = False
    """The country stands in the office."""
    certain: bool = False
    """A given name, title or office shows that it is a person, or everybody knows the name."""
    is_subject: bool = False
    """It begins its sentence, or what follows «به گزارش …،» there."""
    is_object: bool = False
    """A preposition stands before it, or a noun that it belongs to."""
    is_passing: bool = False
    """Only what it belongs to, or what is told of it, brings it in."""
    is_predicate: bool = False
    """An office that somebody is said to have: «… که معاون وزیر بود»."""
    continues: bool = False
    """An office that goes on speaking: «… افزود»."""

    @property
    def spot(self) -> Spot:
        """Return the range of name and role together."""
        both = [spot for spot in (self.name, self.role) if spot]
        return Spot(both[0].passage, min(spot.start for spot in both), max(spot.end for spot in both))
