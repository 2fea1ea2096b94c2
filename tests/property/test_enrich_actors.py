"""Whatever the text, sources, persons and quotes are places of it, and finding them never fails."""

import gzip
import itertools
import json
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.actors import Actors
from tests.support.enrichment import SEEDS
from workers.enrich.phrases import spellings

ARTICLES = 250
_WORDS = sorted(
    {word for path in sorted((SEEDS / "lexicon").glob("*.toml")) for word in path.read_text().split('"')[1::2]}
)
TEXT = st.lists(
    st.sampled_from([*_WORDS, "ایران", "ایسنا", ":", "«", "»", "،", ".", "\n", "@", "🔹", "(", ")", "/", '"', "*"]),
    max_size=60,
).map(" ".join)


def spots_are_places(actors: Actors) -> None:
    for spot in actors.spots():
        span = actors.reading.span(spot)
        passage = actors.reading.passages[spot.passage]
        assert 0 <= spot.start < spot.end <= len(passage.normalized)
        assert passage.original[span.start : span.end] == span.surface
        assert span.surface.strip()


@given(text=TEXT, title=TEXT)
@settings(max_examples=150, deadline=None)
def test_whatever_is_found_in_any_row_of_rule_words_is_a_place_of_it(text: str, title: str) -> None:
    spots_are_places(Actors(text, title))


@given(text=st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_no_text_makes_it_fail(text: str) -> None:
    spots_are_places(Actors(text))


@given(phrase=st.sampled_from(_WORDS))
def test_every_spelling_of_a_phrase_says_the_same_letters(phrase: str) -> None:
    letters = {"".join(words).replace("\u200c", "") for words in spellings(phrase)}

    assert len(letters) == 1


def test_what_is_found_in_replayed_articles_is_a_place_of_them(data_dir: Path) -> None:
    with gzip.open(data_dir / "replay.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in itertools.islice(lines, 7, None, 180)][:ARTICLES]

    for row in rows:
        actors = Actors((row["text"] or "")[:20_000], row["title"] or "")
        spots_are_places(actors)
        assert all(quote.person is None or quote.person < len(actors.persons) for quote in actors.quotes)
