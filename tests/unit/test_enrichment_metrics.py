"""What is counted of the enrichment: parts, kinds, what stays unresolved, and articles of which nothing is known."""

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from ingest.event import TextSuspect
from support.articles import article, label
from workers.article import Article, Decision
from workers.enrich.facts import (
    Airport,
    Attribution,
    ConsularFact,
    CountryMention,
    Facts,
    FlightFact,
    Interaction,
    Organisation,
    Quote,
    Source,
)
from workers.enrich.kinds import ConsularKind, FlightStatus, InteractionKind, SourceKind
from workers.enrichment_metrics import UNRESOLVED, EnrichmentMetrics, FactPart, Found
from workers.parts import Span

PLACE = Span(field="text", start=0, end=1, surface="x")
FLIGHTS = label("flights", 0.9, Decision.ASSIGNED)
COUNTRY = CountryMention(code="IR", weight=1.0, spans=(PLACE,))


def source(name: str, kind: SourceKind, entry: str | None = None) -> Source:
    return Source(name=name, kind=kind, id=entry, span=PLACE)


FULL = Facts(
    attribution=(
        Attribution(sources=(source("ایرنا", SourceKind.OUTLET, "irna"), source("پایگاه", SourceKind.ORGANISATION))),
        Attribution(sources=(source("یک منبع آگاه", SourceKind.ANONYMOUS),)),
    ),
    countries=(COUNTRY,),
    organisations=(Organisation(name="پلیس", id="IR/police", spans=()), Organisation(name="ستاد", spans=())),
    airports=(Airport(id=None, iata=None, name="خوی", country="IR", spans=()),),
    quotes=(
        Quote(speaker="وی", verb=None, span=PLACE, direct=True),
        Quote(speaker=None, verb=None, span=PLACE, direct=True),
    ),
    interactions=(Interaction(kind=InteractionKind.MEETING, cameo="04", trigger=PLACE),) * 2,
    flights=(FlightFact(status=FlightStatus.RESUMED, trigger=PLACE),),
    consular=(ConsularFact(kind=ConsularKind.VISA_WAIVED, trigger=PLACE),),
)


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


def counted(registry: CollectorRegistry, *articles: Article) -> CollectorRegistry:
    metrics = EnrichmentMetrics(registry)
    for each in articles:
        metrics.committed(each)
    return registry


def above_zero(registry: CollectorRegistry, metric: str) -> dict[tuple[str, ...], float]:
    """Return the values of a metric's series that count something, by the values of their labels."""
    return {
        tuple(sample.labels.values()): sample.value
        for family in registry.collect()
        for sample in family.samples
        if sample.name == f"rasad_enrichment_{metric}_total" and sample.value
    }


def test_items_are_counted_by_the_part_of_the_event(registry: CollectorRegistry) -> None:
    counted(registry, article(FLIGHTS, facts=FULL))

    assert above_zero(registry, "items") == {
        ("attribution",): 2,
        ("source",): 3,
        ("country",): 1,
        ("organisation",): 2,
        ("airport",): 1,
        ("quote",): 2,
        ("interaction",): 2,
        ("flight",): 1,
        ("consular",): 1,
    }


def test_what_lacks_its_id_or_its_speaker_is_counted_and_an_anonymous_source_lacks_none(
    registry: CollectorRegistry,
) -> None:
    counted(registry, article(facts=FULL))

    assert above_zero(registry, "unresolved") == {("source",): 1, ("organisation",): 1, ("airport",): 1, ("quote",): 1}


def test_what_happened_is_counted_by_kind(registry: CollectorRegistry) -> None:
    counted(registry, article(facts=FULL))

    assert above_zero(registry, "kinds") == {
        ("interaction", "meeting"): 2,
        ("flight", "resumed"): 1,
        ("consular", "visa_waived"): 1,
    }


def test_articles_are_counted_by_what_is_known_of_them(registry: CollectorRegistry) -> None:
    nothing, quote = Facts(), Facts(quotes=FULL.quotes)
    police = Facts(organisations=FULL.organisations)

    counted(registry, *(article(FLIGHTS, facts=facts) for facts in (FULL, police, quote)), article(facts=nothing))

    assert above_zero(registry, "articles") == {("yes", "named"): 2, ("yes", "other"): 1, ("no", "nothing"): 1}


@pytest.mark.parametrize(
    "changed", [{"language": "ar"}, {"language": "und"}, {"text_suspect": next(iter(TextSuspect))}], ids=str
)
def test_what_the_enrichment_does_not_read_counts_nowhere(
    registry: CollectorRegistry, changed: dict[str, object]
) -> None:
    counted(registry, article(FLIGHTS, facts=FULL).model_copy(update=changed))

    assert above_zero(registry, "items") == above_zero(registry, "articles") == {}


def test_an_article_too_large_for_its_facts_is_counted_as_such_and_as_no_hole(registry: CollectorRegistry) -> None:
    counted(registry, article(FLIGHTS).model_copy(update={"facts_dropped": True}))

    assert above_zero(registry, "dropped") == {(): 1}
    assert above_zero(registry, "articles") == {}


def test_all_series_are_there_from_the_start_and_no_article_adds_one(registry: CollectorRegistry) -> None:
    metrics = EnrichmentMetrics(registry)

    def series() -> set[str]:
        lines = generate_latest(registry).decode().splitlines()
        return {line.rpartition(" ")[0] for line in lines if not line.startswith("#")}

    before = series()
    for name in ("پلیس", "ستاد"):
        body = Organisation(name=name, country="IR", spans=())
        metrics.committed(article(FLIGHTS, facts=Facts(organisations=(body,), countries=(COUNTRY,))))
    metrics.committed(article(facts=FULL))

    assert series() == before
    assert sum('_items_total{part="' in one for one in before) == len(FactPart)
    assert sum('_unresolved_total{part="' in one for one in before) == len(UNRESOLVED)
    assert sum('found="' in one for one in before if "_created" not in one) == 2 * len(Found)
    kinds = len(InteractionKind) + len(FlightStatus) + len(ConsularKind)
    assert sum('kind="' in one for one in before if "_created" not in one) == kinds
