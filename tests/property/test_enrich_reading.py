"""Reading any text: words, sentences and spans that are what they claim."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import enrichment
from workers.enrich.reading import Reading, Spot, read
from workers.normalize import Normalizer

TEXTS = st.text("ابپ ي\u200cكئ.!؟«»\n۱2٫/:،", max_size=80)


@pytest.fixture(scope="module")
def normalizer() -> Normalizer:
    return enrichment.normalizer()


def a_reading(normalizer: Normalizer, title: str, text: str) -> Reading:
    return read([("title", title, normalizer(title)), ("text", text, normalizer(text))])


@given(title=TEXTS, text=TEXTS)
def test_words_stand_where_they_say_and_every_word_is_in_one_sentence(
    normalizer: Normalizer, title: str, text: str
) -> None:
    for passage in a_reading(normalizer, title, text).passages:
        assert passage.starts == sorted(passage.starts)
        covered = [at for sentence in passage.sentences for at in range(sentence.first, sentence.last)]
        assert covered == list(range(len(passage.texts)))
        for sentence in passage.sentences:
            assert passage.sentence_at(passage.starts[sentence.first]) == sentence
            inside = passage.normalized[passage.starts[sentence.first] : passage.ends[sentence.last - 1]]
            assert "\n" not in inside


@given(title=TEXTS, text=TEXTS)
def test_every_word_has_a_span_in_the_published_text(normalizer: Normalizer, title: str, text: str) -> None:
    reading = a_reading(normalizer, title, text)
    published = {"title": title, "text": text}

    for number, passage in enumerate(reading.passages):
        for start, end in zip(passage.starts, passage.ends, strict=True):
            span = reading.span(Spot(number, start, end))
            assert span.surface == published[span.field][span.start : span.end]
            assert span.surface


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("وی گفت.فرادکوف افزود. پایان", 3),
        ("به گزارش بی.بی.سی در سال ۱۳۸۵ ه.ش چنین شد", 1),
        ("پرواز شماره ۳.۵ لغو شد؟! بله", 2),
        ("خط اول\nخط دوم", 2),
        ("گفت: «رفتم. آمدم.» و رفت", 2),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(normalizer: Normalizer, text: str, count: int) -> None:
    (passage,) = a_reading(normalizer, "", text).passages

    assert len(passage.sentences) == count


def test_a_summary_that_the_text_begins_with_is_read_once() -> None:
    fields = [("title", "الف", "الف"), ("summary", "ب پ", "ب پ"), ("text", "ب پ ت", "ب پ ت")]

    assert [passage.name for passage in read(fields).passages] == ["title", "text"]  # type: ignore[arg-type]


def test_replay_articles_are_read_without_a_word_lost(normalizer: Normalizer, data_dir: Path) -> None:
    with (data_dir / "labelled.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for _, line in zip(range(300), lines, strict=False)]

    for row in rows:
        reading = a_reading(normalizer, row["title"], row["text"])
        for passage in reading.passages:
            places = zip(passage.starts, passage.ends, strict=True)
            covered = {at for start, end in places for at in range(start, end)}
            left_out = {char for at, char in enumerate(passage.normalized) if at not in covered}
            assert not {char for char in left_out if char.isalnum()}
