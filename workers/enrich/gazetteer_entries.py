"""The entries of the gazetteers: what a file in `seeds/gazetteer` may hold.

Knows nothing of files, texts or of how names are found. `seeds/gazetteer/README.md` tells whoever edits the files what
each key means; the shapes here are what the loader holds them to.
"""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from ingest.service.toml_document import matching

type Name = Annotated[
    str, matching(r"[^\W_](?:.*[\w.)»])?", "must be a name: a letter or digit first, no space at either end")
]
type Alpha2 = Annotated[str, matching(r"[A-Z]{2}", "must be two capital letters (ISO 3166-1 alpha-2)")]
type EntryId = Annotated[
    str, matching(r"[A-Za-z0-9]+(?:[-./][A-Za-z0-9]+)*", "must be letters and digits, with hyphens, dots or a slash")
]
type Names = tuple[Name, ...]
type Words = tuple[Annotated[str, Field(min_length=1)], ...]


class EntryKind(StrEnum):
    """What an entry is: the name of its table in the files."""

    COUNTRY = "country"
    PROVINCE = "province"
    CITY = "city"
    AIRPORT = "airport"
    CROSSING = "crossing"
    AIRLINE = "airline"
    OUTLET = "outlet"
    BODY = "body"
    OFFICE = "office"
    """A body that every state has, such as a foreign ministry or an embassy: whose it is, the text says."""
    INTERNATIONAL = "international"


class Function(StrEnum):
    """What a body of a state is there for."""

    GOVERNMENT = "government"
    MINISTRY = "ministry"
    POLICE = "police"
    BORDER_GUARD = "border-guard"
    INTELLIGENCE = "intelligence"
    MILITARY = "military"
    SECURITY = "security"
    PARLIAMENT = "parliament"
    JUDICIARY = "judiciary"
    AVIATION = "aviation"
    CUSTOMS = "customs"
    MIGRATION = "migration"
    EMBASSY = "embassy"
    CONSULATE = "consulate"
    AGENCY = "agency"


class CrossingKind(StrEnum):
    """What passes at a border crossing."""

    ROAD = "road"
    RAIL = "rail"
    ROAD_RAIL = "road-rail"
    SEA = "sea"
    MARKET = "market"


class OutletKind(StrEnum):
    """What an outlet is."""

    AGENCY = "agency"
    NEWSPAPER = "newspaper"
    BROADCASTER = "broadcaster"
    SITE = "site"


class Rule(BaseModel):
    """When an ambiguous form counts: one of `before`, `after`, `named` holds, none of the two others does."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    form: Name
    before: Words = ()
    """Words that stand right before the form; `@x` stands for the words of the context `x`."""
    after: Words = ()
    named: bool = False
    """The text names the same entry elsewhere, by a form that needs no rule."""
    not_before: Words = ()
    not_after: Words = ()


class Entry(BaseModel):
    """What every entry has."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: ClassVar[EntryKind]

    id: EntryId
    name: Name
    """The usual Persian name; found wherever it stands."""
    en: Annotated[str, Field(min_length=1)]
    names: Names = ()
    """Other forms that are found wherever they stand."""
    prefixed: Names = ()
    """Forms that are found only after one of the kind's prefix words, such as «فرودگاه»."""
    rules: tuple[Rule, ...] = ()
    shared: Names = ()
    """Forms that other entries have as well, and know of it."""


class Country(Entry):
    """A country or territory; the id is its ISO 3166-1 alpha-2 code."""

    kind = EntryKind.COUNTRY

    id: Alpha2
    official: Names = ()
    dari: Names = ()
    """Forms that are usual in Afghanistan."""
    people: Names = ()
    """Adjectives and demonyms, plurals with «ها» apart."""
    metonyms: Names = ()
    """The capital and its like, where they stand for the government."""


class Province(Entry):
    """A first-level part of a country; the id is its ISO 3166-2 code."""

    kind = EntryKind.PROVINCE

    id: Annotated[str, matching(r"[A-Z]{2}-[A-Z0-9]{1,3}", "must be an ISO 3166-2 code")]
    country: Alpha2


class City(Entry):
    """A city or town."""

    kind = EntryKind.CITY

    country: Alpha2
    province: str | None = None


class Airport(Entry):
    """An airport; the id is its ICAO code, or country and name where that is not sure."""

    kind = EntryKind.AIRPORT

    id: Annotated[str, matching(r"[A-Z]{4}|[A-Z]{2}/[a-z-]+", "must be four capital letters (ICAO), or country/name")]
    iata: Annotated[str, matching(r"[A-Z]{3}", "must be three capital letters (IATA)")] | None = None
    city: Name
    country: Alpha2


class Airline(Entry):
    """An airline; the id is its ICAO designator, or country and name where that is not sure."""

    kind = EntryKind.AIRLINE

    id: Annotated[str, matching(r"[A-Z]{3}|[A-Z]{2}/[a-z-]+", "must be three capital letters (ICAO), or country/name")]
    iata: (
        Annotated[str, matching(r"(?!\d\d)[A-Z0-9]{2}", "must be two letters, or a letter and a digit (IATA)")] | None
    ) = None
    country: Alpha2


class Crossing(Entry):
    """A border crossing, with the name of each side in the order of `countries`."""

    kind = EntryKind.CROSSING

    countries: tuple[Alpha2, Alpha2]
    sides: tuple[Name, Name]
    passage: CrossingKind


class Outlet(Entry):
    """A publisher of news; the id is that of its site in `seeds/feeds.toml` where it has one there."""

    kind = EntryKind.OUTLET

    outlet_kind: OutletKind
    country: Alpha2
    """Where its newsroom is."""
    quoted: Names = ()
    """Forms that count only after words that report, such as «به گزارش»."""
    phrases: tuple[str, ...] = ()
    """House phrases, each ending in one of the outlet's forms."""


class Body(Entry):
    """A named body of one state."""

    kind = EntryKind.BODY

    country: Alpha2
    function: Function


class Office(Entry):
    """A body that every state has; the country's name follows in the text, or does not."""

    kind = EntryKind.OFFICE

    function: Function
    needs_country: bool = False
    """Counts only with a country after it: «دولت» alone is a word of every article."""


class International(Entry):
    """An organisation of several states, or one that serves all."""

    kind = EntryKind.INTERNATIONAL

    seat: Alpha2 | None = None
    """The country of its headquarters, where that is one place."""


class Context(BaseModel):
    """Words that rules share under a name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, matching(r"[a-z]+(?:-[a-z]+)*", "must be lower-case letters and hyphens")]
    words: Annotated[tuple[str, ...], Field(min_length=1)]


class Prefix(BaseModel):
    """Words that stand before the names of a kind: «فرودگاه», «هواپیمایی»."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["province", "city", "airport", "crossing", "airline", "outlet"]
    words: Annotated[tuple[Name, ...], Field(min_length=1)]


class GazetteerFile(BaseModel):
    """What one file may hold."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    country: tuple[Country, ...] = ()
    province: tuple[Province, ...] = ()
    city: tuple[City, ...] = ()
    airport: tuple[Airport, ...] = ()
    crossing: tuple[Crossing, ...] = ()
    airline: tuple[Airline, ...] = ()
    outlet: tuple[Outlet, ...] = ()
    body: tuple[Body, ...] = ()
    office: tuple[Office, ...] = ()
    international: tuple[International, ...] = ()
    context: tuple[Context, ...] = ()
    prefix: tuple[Prefix, ...] = ()
    not_names: tuple[Name, ...] = ()
    """Phrases that hold a name and mean something else, such as «خلیج فارس»."""

    def entries(self) -> tuple[Entry, ...]:
        """Return the entries of every kind, table by table."""
        return (
            *self.country, *self.province, *self.city, *self.airport, *self.crossing,
            *self.airline, *self.outlet, *self.body, *self.office, *self.international,
        )  # fmt: skip
