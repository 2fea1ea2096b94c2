"""The article: what the pipeline makes of an entry, and the event that consumers rely on.

Knows nothing of Kafka, hazm or the model; the JSON Schema in `deploy/schemas/` is generated from here.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field

from ingest.event import ArticleId, ContentSource, DateConfidence, DateFlag, DateSource, Entry, LinkFlag, TextSuspect
from workers.enrich.facts import (
    Airline,
    Airport,
    Attribution,
    ConsularFact,
    CountryMention,
    CountryPair,
    Crossing,
    Facts,
    FlightFact,
    Interaction,
    Organisation,
    Person,
    Place,
    Quote,
    TextDate,
)
from workers.language import Recognised
from workers.parts import Part, Span


class Decision(StrEnum):
    """What the calibrated score of a label comes to."""

    ASSIGNED = "assigned"
    ABSTAINED = "abstained"
    """Too near to the threshold to say; consumers who want recall may take these too."""
    REJECTED = "rejected"


class Evidence(Span):
    """A span that spoke for a label, with its share of the score in log-odds."""

    weight: float


class LabelResult(Part):
    """One label's verdict on an article."""

    label: str
    score: Annotated[float, Field(ge=0, le=1)]
    """Calibrated probability; 0 where the article is not in Persian, for then nothing was scored."""
    decision: Decision
    evidence: tuple[Evidence, ...] = ()
    """Strongest first; never empty for an assigned label."""


class ArticleKind(StrEnum):
    """The CloudEvents type of the event."""

    PUBLISHED = "org.rasad.article.published.v1"
    UPDATED = "org.rasad.article.updated.v1"
    WITHDRAWN = "org.rasad.article.withdrawn.v1"


class Article(Part):
    """The event's value on `rasad.articles.v1` and on the label topics.

    Identity is (article_id, revision, analysis); the greatest (revision, analysis) of an article_id wins.
    """

    article_id: ArticleId
    revision: Annotated[int, Field(ge=1)]
    analysis: Annotated[int, Field(ge=1)]
    publisher: str
    site: str
    feeds: tuple[str, ...]
    guid: str | None
    url: str | None
    canonical_url: str | None
    link_flag: LinkFlag | None = None
    rights: str | None = None

    published_at: AwareDatetime | None
    published_at_jalali: str | None
    """`published_at` in the Jalali calendar and Tehran time, such as `1404-11-07 15:02:06`."""
    updated_at: AwareDatetime | None
    first_seen_at: AwareDatetime
    fetched_at: AwareDatetime
    date_source: DateSource
    date_confidence: DateConfidence
    date_flag: DateFlag | None = None

    title: str
    summary: str
    text: str
    text_truncated: bool
    text_sha256: str
    content_source: ContentSource
    text_suspect: TextSuspect | None = None
    """Why no label was looked for: the text is not what its author wrote."""
    language: str
    """BCP 47: what title and text were recognised as, which may differ from what the feed declares. `mul` is a mixture,
    `und` no recognised language. Only Persian, Dari included, is labelled: anything else has every label rejected."""
    persian_share: Annotated[float, Field(ge=0, le=1)] | None = None
    """Of the words; a Persian article may quote another language at length."""
    text_policy: str
    backfill: bool = False
    """First seen among a new feed's or a migrated site's old entries: no news of the moment."""

    title_normalized: str
    text_normalized: str | None = None
    """Only where the operator switched it on."""
    normalizer: str
    """Name, version and options, such as `hazm-0.12.1/default`."""

    labels: tuple[LabelResult, ...]
    """One result for each label of the label set, sorted by label."""
    model_id: str

    attribution: tuple[Attribution, ...] = ()
    """Who says so; each chain from the nearest source to the original one."""
    countries: tuple[CountryMention, ...] = ()
    """By weight, the greatest first."""
    country_pairs: tuple[CountryPair, ...] = ()
    """By weight, the greatest first."""
    persons: tuple[Person, ...] = ()
    organisations: tuple[Organisation, ...] = ()
    places: tuple[Place, ...] = ()
    airports: tuple[Airport, ...] = ()
    airlines: tuple[Airline, ...] = ()
    crossings: tuple[Crossing, ...] = ()
    quotes: tuple[Quote, ...] = ()
    interactions: tuple[Interaction, ...] = ()
    flight_status: tuple[FlightFact, ...] = ()
    consular: tuple[ConsularFact, ...] = ()
    dates: tuple[TextDate, ...] = ()
    facts_dropped: bool = False
    """The event would have been too large with the parts from `attribution` to `dates`."""

    trace_id: str

    def assigned(self) -> tuple[str, ...]:
        """Return the names of the labels that were assigned, sorted."""
        return tuple(result.label for result in self.labels if result.decision is Decision.ASSIGNED)

    def facts(self) -> Facts:
        """Return what the enrichment found, as it handed it over."""
        return Facts(
            attribution=self.attribution,
            countries=self.countries,
            country_pairs=self.country_pairs,
            persons=self.persons,
            organisations=self.organisations,
            places=self.places,
            airports=self.airports,
            airlines=self.airlines,
            crossings=self.crossings,
            quotes=self.quotes,
            interactions=self.interactions,
            flights=self.flight_status,
            consular=self.consular,
            dates=self.dates,
        )


@dataclass(frozen=True, slots=True)
class Draft:
    """An article on its way through the stages; each stage returns a new one with its part filled in."""

    entry: Entry
    title_normalized: str = ""
    summary_normalized: str = ""
    text_normalized: str = ""
    labels: tuple[LabelResult, ...] = field(default=())
    recognised: Recognised | None = None
    words: int = 0
    """That the classifier read."""
    unknown_words: int = 0
    """Of these, how many the model knows neither a weight nor a vector of."""
    facts: Facts = field(default_factory=Facts)
