"""Whatever the text, a match is a whole stretch of it that says its name, and leads back to the published text."""

import gzip
import itertools
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import enrichment
from workers.enrich.gazetteer import Match
from workers.enrich.gazetteer_entries import EntryKind, Office
from workers.enrich.gazetteer_forms import own_forms
from workers.enrich.gazetteer_words import words_of
from workers.normalize import Normalizer, align

SEEDS = Path(__file__).resolve().parents[2] / "seeds" / "gazetteer"
ARTICLES = 500

GAZETTEER = enrichment.gazetteer()
PLAIN = [
    (entry, form)
    for kind in EntryKind
    for entry in GAZETTEER.entries(kind)
    if not (isinstance(entry, Office) and entry.needs_country)
    for form in own_forms(entry)
    if words_of(form) not in {words_of(rule.form) for rule in entry.rules}
]
JOINED = "ای "
"""A word that normalization writes onto the word before: a name that begins with it is found behind a mark alone."""
FILLING = st.text(alphabet="اآبپتثجدرزسشعفقکگلمنوهی\u200c ،.«»()/:\n0۱aZ", max_size=40)


@pytest.fixture(scope="module")
def normalizer() -> Normalizer:
    return enrichment.normalizer()


@pytest.fixture(scope="module")
def articles(data_dir: Path) -> list[str]:
    with gzip.open(data_dir / "replay.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in itertools.islice(lines, ARTICLES)]
    return [f"{row['title']}\n{row['text']}" for row in rows]


def assert_sound(text: str, matches: tuple[Match, ...]) -> None:
    past = 0
    for match in matches:
        assert past <= match.start < match.end <= len(text)
        assert text[match.start : match.end] == match.surface
        assert match.surface == match.surface.strip()
        assert match.candidates
        assert not text[match.start - 1 : match.start].isalpha() or match.start == 0
        assert not text[match.end : match.end + 1].isalpha()
        past = match.end


@given(before=FILLING, pair=st.sampled_from(PLAIN), after=FILLING)
@settings(max_examples=300, deadline=None)
def test_a_name_in_any_text_is_found_where_it_stands(before: str, pair: tuple[object, str], after: str) -> None:
    entry, form = pair
    text = f"{before} | {form} | {after}"
    start = len(before) + 3

    matches = GAZETTEER.find(text)

    assert_sound(text, matches)
    [match] = [each for each in matches if each.start == start]
    assert match.surface == form
    assert any(candidate.entry is entry for candidate in match.candidates)


@given(st.text(max_size=100))
@settings(max_examples=100, deadline=None)
def test_any_text_is_read(text: str) -> None:
    assert_sound(text, GAZETTEER.find(text))


@given(st.lists(st.sampled_from([form for _, form in PLAIN]), max_size=8), st.sampled_from([" ", "، ", " و ", "\n"]))
@settings(max_examples=100, deadline=None)
def test_reading_twice_finds_the_same(names: list[str], between: str) -> None:
    text = between.join(names)

    assert GAZETTEER.find(text) == GAZETTEER.find(text)


def test_every_form_without_a_rule_is_found_in_a_normalized_text(normalizer: Normalizer) -> None:
    missed = [
        (entry.id, form)
        for entry, form in PLAIN
        if not any(
            candidate.entry is entry
            for match in GAZETTEER.find(normalizer(f"امروز{'،' if form.startswith(JOINED) else ''} {form} گفت"))
            for candidate in match.candidates
        )
    ]

    assert missed == []


def test_matches_in_replayed_articles_lead_back_to_the_published_text(
    articles: list[str], normalizer: Normalizer
) -> None:
    found = 0
    for published in articles:
        normalized = normalizer(published)
        matches = GAZETTEER.find(normalized)
        assert_sound(normalized, matches)
        if not matches:
            continue
        offsets = align(published, normalized)
        for match in matches:
            start, end = offsets.span(match.start, match.end)
            assert words_of(normalizer(published[start:end])) == words_of(match.surface)
        found += len(matches)

    assert found > ARTICLES
