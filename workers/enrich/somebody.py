"""Somebody while the places that mean them are gathered.

Knows nothing of sentences, or of which place comes next.
"""

from dataclasses import dataclass, field

from workers.enrich.found import FoundPerson
from workers.enrich.offices import Office, is_highest, is_same
from workers.enrich.person_place import Place
from workers.enrich.reading import Spot


@dataclass(slots=True)
class Somebody:
    """A person while places are gathered."""

    name: Spot | None
    words: tuple[str, ...]
    role: Spot | None
    role_words: tuple[str, ...]
    offices: tuple[Office, ...]
    """The same in one spelling, each of several for itself."""
    post: tuple[str, str] | None
    organisation: Spot | None
    organisation_id: str | None
    country: str | None
    told: bool
    """The country stands in the office."""
    family: str
    """The last word of the name as it is written."""
    certain: bool
    sentence: int
    """Number of the first that names them."""
    named: int
    """Number of the last one."""
    subject: int | None
    """Number of the first sentence that a name or office of theirs begins."""
    last_subject: int | None
    """Number of the last one."""
    acts: bool
    """Not only what prepositions stand before."""
    passing: bool
    """Named once, for the sake of something else."""
    lent: bool = False
    """The office stood elsewhere than the name: one beside the name goes before it."""
    mentions: list[Spot] = field(default_factory=list)

    def found(self) -> FoundPerson:
        """Return what is handed on: names and offices as they are, other places in order."""
        own = {self.name, self.role}
        mentions = tuple(sorted({spot for spot in self.mentions if spot not in own}))
        return FoundPerson(self.name, self.role, self.organisation, self.organisation_id, self.country, mentions)


def give_office(people: list[Somebody], person: Somebody, office: Somebody) -> None:
    """Make one of somebody with a name and no office, and of an office whose holder had no name."""
    people.remove(office)
    person.mentions += office.mentions
    person.role, person.role_words, person.lent = office.role, office.role_words, True
    person.offices, person.post = office.offices, office.post
    person.organisation, person.organisation_id = office.organisation, office.organisation_id
    person.country = person.country or office.country
    person.acts = person.acts or office.acts


def is_office_of(place: "Place | Somebody", person: Somebody) -> bool:
    """Tell whether an office is one of the person's."""
    if place.country and person.country and place.country != person.country:
        return False
    if place.post is not None and place.post == person.post:
        return True
    if place.country and place.country == person.country and is_highest(place.offices, person.offices):
        return True
    return are_same(place, person)


def are_same(place: "Place | Somebody", person: Somebody) -> bool:
    """Tell whether one of the offices is one of the person's, whatever their states."""
    return any(is_same(one, other) for one in place.offices for other in person.offices)
