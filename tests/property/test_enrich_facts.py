"""Enrichment of any text: spans inside the published fields, equal to what they claim, and never an exception."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import enrichment
from workers.enrich.enrich import Enricher
from workers.enrich.facts import Facts
from workers.enrich.visible import visible
from workers.normalize import Normalizer
from workers.parts import FieldName, Part, Span

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
WORDS = (
    "ایران ترکیه‌ای آمريكا وزارت خارجه سازمان حج و زیارت فرودگاه‌های مهرآباد، مشهد فرودگاه مرزهای میلک کشورمان تهران "
    "«ماهان» به گزارش ایرنا وی گفت: حسین افزود لغو شد فردا دوشنبه ۲۵ شهریور سال ۲۰۱۹ . ( ) شركت ـ حزب الله"
)
PIECES = st.sampled_from([*WORDS.split(), "\n", "\u200c", "\u00a0"])
TEXTS = st.one_of(st.lists(PIECES, max_size=25).map(" ".join), st.text(max_size=60))
INSTANTS = st.one_of(st.none(), st.datetimes(timezones=st.just(UTC)))


@pytest.fixture(scope="module")
def normalizer() -> Normalizer:
    return enrichment.normalizer()


@pytest.fixture(scope="module")
def enricher() -> Enricher:
    return enrichment.enricher()


def spans_of(value: object) -> Iterator[Span]:
    if isinstance(value, Span):
        yield value
    elif isinstance(value, Part):
        for name in type(value).model_fields:
            yield from spans_of(getattr(value, name))
    elif isinstance(value, tuple):
        for each in value:
            yield from spans_of(each)
    elif isinstance(value, Facts):
        for field in fields(value):
            yield from spans_of(getattr(value, field.name))


@given(title=TEXTS, summary=TEXTS, text=TEXTS, published=INSTANTS, shown=st.integers(0, 60))
def test_every_span_is_inside_its_field_and_says_what_stands_there(
    normalizer: Normalizer,
    enricher: Enricher,
    title: str,
    summary: str,
    text: str,
    published: datetime | None,
    shown: int,
) -> None:
    original: dict[FieldName, str] = {"title": title, "summary": summary, "text": text}

    facts = enricher.enrich([(name, each, normalizer(each)) for name, each in original.items()], published, "irna.ir")

    for span in spans_of(facts):
        assert span.surface
        assert original[span.field][span.start : span.end] == span.surface
    published_fields: dict[FieldName, str] = {"title": title, "summary": summary[:shown], "text": text[:shown]}
    for span in spans_of(visible(facts, published_fields)):
        assert published_fields[span.field][span.start : span.end] == span.surface


def test_facts_of_a_text_with_all_kinds_are_found(normalizer: Normalizer, enricher: Enricher) -> None:
    text = (
        "وزارت خارجه ترکیه فردا اعلام می‌کند که پروازهای ماهان از فرودگاه‌های مهرآباد، مشهد و اصفهان به استانبول "
        "و تردد از مرز میلک لغو شده است."
    )

    facts = enricher.enrich([("text", text, normalizer(text))], datetime(2026, 6, 7, 9, tzinfo=UTC), "irna.ir")

    assert [each.code for each in facts.countries] == ["TR"]
    assert [each.id for each in facts.organisations] == ["TR/foreign-ministry"]
    assert [each.iata for each in facts.airports] == ["THR", "MHD", "IFN"]
    assert [each.spans[0].surface for each in facts.airports] == ["فرودگاه‌های مهرآباد", "مشهد", "اصفهان"]
    assert [each.id for each in facts.crossings] == ["milak-zaranj"]
    assert [each.id for each in facts.places] == ["TR/istanbul"]
    assert [str(each.first) for each in facts.dates] == ["2026-06-08"]
