"""What the parts of the enrichment hand to each other: findings by their spots in the reading.

Knows nothing of rules; `workers.enrich.facts` holds what is published of it.
"""

from dataclasses import dataclass
from datetime import date

from workers.enrich.kinds import ConsularKind, FlightStatus, InteractionKind, Modality, SourceKind
from workers.enrich.reading import Spot


@dataclass(frozen=True, slots=True)
class FoundSource:
    """One link of an attribution chain."""

    spot: Spot
    kind: SourceKind
    id: str | None = None
    """Of the gazetteers' entry."""


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """Somebody with a name or an office."""

    name: Spot | None
    role: Spot | None
    organisation: Spot | None = None
    organisation_id: str | None = None
    country: str | None = None
    mentions: tuple[Spot, ...] = ()
    """Other places that mean them, in order, pronouns left out."""

    @property
    def spot(self) -> Spot:
        """Return where the name stands, else the role."""
        spot = self.name or self.role
        if spot is None:
            raise ValueError("a person has a name or a role")
        return spot


@dataclass(frozen=True, slots=True)
class FoundOrganisation:
    """A named body with all places that mean it."""

    spots: tuple[Spot, ...]
    id: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class FoundQuote:
    """What somebody is made to say."""

    speaker: Spot | None
    """Where the speaker is named; of a pronoun the one it stands for; None where that is not safe."""
    person: int | None
    """Index of the speaker among the persons."""
    verb: Spot | None
    spot: Spot
    direct: bool


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A day or a run of days, both included."""

    spot: Spot
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class FoundInteraction:
    """Something between parties."""

    kind: InteractionKind
    trigger: Spot
    parties: tuple[str, ...] = ()
    """Countries (alpha-2)."""
    persons: tuple[int, ...] = ()
    modality: Modality = Modality.ACTUAL
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class FoundFlight:
    """What happened to flights."""

    status: FlightStatus
    trigger: Spot
    airlines: tuple[str, ...] = ()
    airports: tuple[str, ...] = ()
    """Ids of the gazetteers' entries (ICAO)."""
    countries: tuple[str, ...] = ()
    modality: Modality = Modality.ACTUAL


@dataclass(frozen=True, slots=True)
class FoundConsular:
    """What happened to people across borders."""

    kind: ConsularKind
    trigger: Spot
    countries: tuple[str, ...] = ()
    number: int | None = None
    modality: Modality = Modality.ACTUAL
