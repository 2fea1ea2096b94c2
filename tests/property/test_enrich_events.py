"""Whatever an article holds, what is found in it lies inside it, and nothing raises."""

import gzip
import json
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import enrichment
from workers.enrich import consular, flights, interactions
from workers.enrich.found import FoundConsular, FoundFlight, FoundInteraction
from workers.enrich.names import names_of
from workers.enrich.reading import Reading, read

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
REPLAYED = 60
"""Articles, apart from each other; the evaluation reads all."""
WORDS = st.sampled_from(
    [
        *(
            "دیدار",
            "کرد",
            "نکرد",
            "خواهد",
            "شد",
            "نشد",
            "پرواز",
            "پروازهای",
            "فرودگاه",
            "لغو",
            "بازداشت",
            "آزاد",
            "ویزا",
        ),
        *(
            "ایران",
            "ترکیه",
            "وزیر",
            "خارجه",
            "قرار است",
            "احتمال",
            "تکذیب",
            "پس از",
            "به",
            "را",
            ".",
            ":",
            "\n",
            "؛",
            "«",
        ),
        *("۵۵", "دو", "هزار", "و", "نفر", "صیاد", "حمله", "تماس تلفنی", "هواپیما", "سقوط", "حریم هوایی", "بسته"),
    ]
)


class Parts:
    """The three parts, ready."""

    def __init__(self) -> None:
        self.gazetteer = enrichment.gazetteer()
        self.interactions = interactions.load(SEEDS / "lexicon")
        self.flights = flights.load(SEEDS / "lexicon")
        self.consular = consular.load(SEEDS / "lexicon")

    def find(self, reading: Reading) -> tuple[FoundInteraction | FoundFlight | FoundConsular, ...]:
        names = names_of(reading, self.gazetteer)
        return (
            *interactions.interactions(reading, names, (), (), self.interactions),
            *flights.flights(reading, names, self.flights),
            *consular.consular(reading, names, self.consular),
        )


@pytest.fixture(scope="module")
def parts() -> Parts:
    return Parts()


@given(title=st.lists(WORDS, max_size=8), text=st.lists(st.one_of(WORDS, st.text(max_size=4)), max_size=60))
def test_what_is_found_lies_inside_the_text(parts: Parts, title: list[str], text: list[str]) -> None:
    fields = {"title": " ".join(title), "text": " ".join(text)}
    reading = read([("title", fields["title"], fields["title"]), ("text", fields["text"], fields["text"])])

    for found in parts.find(reading):
        span = reading.span(found.trigger)
        assert span.surface == fields[span.field][span.start : span.end]
        assert span.surface.strip()


def test_articles_as_publishers_write_them_are_read_without_a_fault(parts: Parts, data_dir: Path) -> None:
    normalizer = enrichment.normalizer()
    found = 0
    with gzip.open(data_dir / "replay.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in islice(lines, 0, 60 * REPLAYED, 60):
            row = json.loads(line)
            title, text = row["title"], row["text"][:2000]
            found += len(parts.find(read([("title", title, normalizer(title)), ("text", text, normalizer(text))])))

    assert found
