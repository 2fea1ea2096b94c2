"""Annotated articles: what a careful reader found, as ids and spans, without the texts.

Knows nothing of the rules that are measured with them. `tests/data/gold/README.md` says what is annotated and how.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from ingest.service.errors import UsageError
from ingest.service.toml_document import key_path
from workers.enrich.kinds import ConsularKind, FlightStatus, InteractionKind, Modality, SourceKind

type GoldField = Literal["title", "text"]
type GoldSpan = tuple[GoldField, Annotated[int, Field(ge=0)], Annotated[int, Field(ge=1)]]
"""Field, start and end, half-open, in code points of the field as the data gives it."""
type CountryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
"""ISO 3166-1 alpha-2, and XK."""
type IataCode = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{2,3}$")]


class Half(StrEnum):
    """What an annotated article is for."""

    TUNE = "tune"
    """Rules may be made looking at it."""
    TEST = "test"
    """Never read when rules are made: it judges them."""


class Group(StrEnum):
    """What kind of text it is."""

    AGENCY = "agency"
    """Newswire, newspapers, sites."""
    CHANNEL = "channel"


class _Gold(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class GoldSource(_Gold):
    """One link of an attribution chain."""

    span: GoldSpan
    kind: SourceKind
    id: str | None = None
    """Of an outlet, as in `seeds/gazetteer/` or `seeds/feeds.toml`, where it has one."""


class GoldCountry(_Gold):
    """A country that the article names, by name, people or adjective; the first such place."""

    code: CountryCode
    span: GoldSpan


class GoldPerson(_Gold):
    """Somebody with a name or an office of their own."""

    name: GoldSpan | None
    """The fullest form of the name."""
    role: GoldSpan | None
    organisation: GoldSpan | None
    country: CountryCode | None
    """Whom an official speaks for."""
    mentions: tuple[GoldSpan, ...] = ()
    """Later short forms, without pronouns."""

    @model_validator(mode="after")
    def _is_somebody(self) -> Self:
        if self.name is None and self.role is None:
            raise ValueError("a person has a name or a role")
        return self


class GoldOrganisation(_Gold):
    """A named body, at its first mention."""

    span: GoldSpan


class GoldCoded(_Gold):
    """An airport or airline at its first mention."""

    span: GoldSpan
    code: IataCode | None


class GoldQuote(_Gold):
    """What somebody said."""

    speaker: GoldSpan
    """The name, else the role, of the speaker as resolved: the span given for the person, organisation or source."""
    verb: GoldSpan | None
    """Absent after a bare colon."""
    span: GoldSpan
    direct: bool
    """After a colon or within quotation marks; else reported («گفت که …», «از … خبر داد»)."""


class GoldInteraction(_Gold):
    """Something that the article reports between parties."""

    kind: InteractionKind
    trigger: GoldSpan
    parties: tuple[CountryCode, ...] = ()
    modality: Modality = Modality.ACTUAL


class GoldFlight(_Gold):
    """What happened to flights."""

    status: FlightStatus
    trigger: GoldSpan
    airlines: tuple[str, ...] = ()
    airports: tuple[str, ...] = ()
    countries: tuple[CountryCode, ...] = ()
    modality: Modality = Modality.ACTUAL


class GoldConsular(_Gold):
    """What happened to people across borders."""

    kind: ConsularKind
    trigger: GoldSpan
    countries: tuple[CountryCode, ...] = ()
    number: int | None = None
    modality: Modality = Modality.ACTUAL


class GoldDate(_Gold):
    """A day or a run of days that the text names, against the day of publication."""

    span: GoldSpan
    first: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\d$")]
    last: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\d$")]


class GoldArticle(_Gold):
    """One annotated article."""

    id: str
    half: Half
    group: Group
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    """Of `digest_of` the text that was read."""
    attribution: tuple[tuple[GoldSource, ...], ...] = ()
    """Chains, each from the nearest source to the original one."""
    countries: tuple[GoldCountry, ...] = ()
    persons: tuple[GoldPerson, ...] = ()
    organisations: tuple[GoldOrganisation, ...] = ()
    airports: tuple[GoldCoded, ...] = ()
    airlines: tuple[GoldCoded, ...] = ()
    crossings: tuple[GoldOrganisation, ...] = ()
    quotes: tuple[GoldQuote, ...] = ()
    interactions: tuple[GoldInteraction, ...] = ()
    flights: tuple[GoldFlight, ...] = ()
    consular: tuple[GoldConsular, ...] = ()
    dates: tuple[GoldDate, ...] = ()


def digest_of(title: str, text: str) -> str:
    """Return the digest by which an annotation knows the text that it was made on."""
    return hashlib.sha256(f"{title}\n{text}".encode()).hexdigest()


def read_gold(path: Path) -> tuple[GoldArticle, ...]:
    """Return the annotated articles of a file of JSON lines. Raises UsageError naming file, line and key."""
    articles: list[GoldArticle] = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    for number, line in enumerate(lines, start=1):
        try:
            articles.append(GoldArticle.model_validate_json(line))
        except ValidationError as error:
            problem = error.errors()[0]
            raise UsageError(f"{path}:{number}: {key_path(problem['loc'])}: {problem['msg']}") from error
    return tuple(articles)


def texts_of(ids: Iterable[str], lines: Iterable[str]) -> Mapping[str, tuple[str, str, str | None]]:
    """Return title, text and date as found of the wanted ids, out of JSON lines; of an id twice, what stands first."""
    wanted = frozenset(ids)
    found: dict[str, tuple[str, str, str | None]] = {}
    for line in lines:
        row = json.loads(line)
        if row["id"] in wanted:
            found.setdefault(row["id"], (row.get("title") or "", row.get("text") or "", row.get("date")))
    return found
