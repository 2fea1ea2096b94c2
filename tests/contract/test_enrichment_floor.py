"""The shipped enrichment: what no change may lower silently, and no real text may break.

The half of the gold set that rules are made with is measured here; figures on the half that judges them are in
`workers/enrich/README.md`.
"""

import gzip
import json
from collections.abc import Iterator
from dataclasses import fields
from itertools import islice
from pathlib import Path

import pytest

from tests.support import enrichment
from workers.enrich.enrich import Enricher
from workers.enrich.facts import Facts
from workers.enrich.measure import EnrichmentReport, enrichment_report, publication
from workers.normalize import Normalizer
from workers.parts import FieldName, Part, Span

PROJECT = Path(__file__).resolve().parents[2]
GOLD = PROJECT / "tests" / "data" / "gold" / "tune.jsonl"

FLOORS = {
    "attribution": 0.90,
    "countries": 0.97,
    "dates": 0.87,
    "interactions": 0.66,
    "organisations": 0.84,
    "persons with role": 0.84,
    "quotes with speaker": 0.85,
}
"""F1 over both groups of the tune half; parts of which it has fewer than fifty have no floor."""
FEWEST = 50
REPLAYED, EVERY = 2_000, 22


@pytest.fixture(scope="module")
def normalizer() -> Normalizer:
    return enrichment.normalizer()


@pytest.fixture(scope="module")
def enricher() -> Enricher:
    return enrichment.enricher()


@pytest.fixture(scope="module")
def report(data_dir: Path, enricher: Enricher, normalizer: Normalizer) -> EnrichmentReport:
    return enrichment_report([GOLD], [data_dir / "labelled.jsonl"], enricher, normalizer)


@pytest.mark.parametrize("part", sorted(FLOORS))
def test_a_part_is_as_good_as_it_was(report: EnrichmentReport, part: str) -> None:
    (figure,) = (each for each in report.figures if each.part == part and each.group is None)

    assert figure.counts.gold >= FEWEST
    assert figure.counts.f1 >= FLOORS[part]
    assert figure.interval[0] <= figure.counts.f1 <= figure.interval[1]


def spans_of(value: object) -> Iterator[Span]:
    if isinstance(value, Span):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from spans_of(each)
    elif isinstance(value, Part):
        for name in type(value).model_fields:
            yield from spans_of(getattr(value, name))


def assert_enriched(row: dict[str, str], enricher: Enricher, normalizer: Normalizer) -> None:
    original: dict[FieldName, str] = {"title": row["title"] or "", "text": row["text"] or ""}

    facts = enricher.enrich(
        [(name, text, normalizer(text)) for name, text in original.items()], publication(row["date"]), "irna.ir"
    )

    for part in fields(Facts):
        for span in spans_of(getattr(facts, part.name)):
            assert span.surface, (row["id"], part.name)
            assert original[span.field][span.start : span.end] == span.surface, (row["id"], part.name)


def replayed(data_dir: Path, every: int) -> Iterator[dict[str, str]]:
    with gzip.open(data_dir / "replay.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from map(json.loads, islice(lines, 0, None, every))


def test_two_thousand_real_articles_are_enriched_with_spans_that_stand_where_they_say(
    data_dir: Path, enricher: Enricher, normalizer: Normalizer
) -> None:
    count = 0
    for row in replayed(data_dir, EVERY):
        assert_enriched(row, enricher, normalizer)
        count += 1

    assert count >= REPLAYED


@pytest.mark.full
@pytest.mark.timeout(900)  # Two minutes on an idle core, several times that where others work.
def test_all_real_articles_are_enriched_with_spans_that_stand_where_they_say(
    data_dir: Path, enricher: Enricher, normalizer: Normalizer
) -> None:
    for row in replayed(data_dir, 1):
        assert_enriched(row, enricher, normalizer)
