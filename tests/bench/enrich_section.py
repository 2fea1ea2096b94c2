"""Enrichment: what it costs beside bare hazm over the same texts, one thread, in turns.

Knows nothing of the stream. Articles per second on both sides: the share of hazm's time is the inverse of the ratio.
"""

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hazm
from articles import Replayed, joined
from figures import Figure, in_turns, per_second
from run import Run

from workers.enrich import consular, enrich, flights, interactions
from workers.enrich.enrich import Enricher
from workers.normalize import Normalizer

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
TEXT_CHARS = 1_700
"""About 3 kB of Persian."""
TARGET = 1 / 0.35
"""All of the enrichment together may take 0.35 of the time that bare hazm takes to normalize the same text."""
PARTS = (
    *((enrich, name) for name in ("read", "names_of", "organisations", "places", "countries", "country_pairs")),
    *((enrich, name) for name in ("chains", "persons", "quotes", "dates", "published")),
    (interactions, "interactions"),
    (flights, "flights"),
    (consular, "consular"),
)
"""The parts of the enrichment, as its story calls them."""
_PUBLISHED = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)


def figures(run: Run) -> list[Figure]:
    """Return the enrichment of long texts that are normalized already."""
    run.tell("enrich: texts of 3 kB")
    replay = iter(run.articles)
    rounds = [joined(replay, run.sizes.articles, TEXT_CHARS) for _ in range(run.sizes.pairs + 1)]
    bare, normalizer, enricher = hazm.Normalizer(), Normalizer(), Enricher.load(SEEDS)
    normalized = [[(article, normalizer(article.text)) for article in articles] for articles in rounds]

    def theirs(articles: list[Replayed]) -> float:
        return per_second(len(articles), lambda: [bare.normalize(article.text) for article in articles])

    def ours(pairs: list[tuple[Replayed, str]]) -> float:
        return per_second(
            len(pairs),
            lambda: [enricher.enrich([("text", article.text, text)], _PUBLISHED, "") for article, text in pairs],
        )

    # As a worker does when it is warm: hazm's million objects are looked at no more by collections.
    gc.collect()
    gc.freeze()
    theirs(rounds[-1])
    ours(normalized[-1])
    yardstick, measured = in_turns(
        run.sizes.pairs, lambda pair: theirs(rounds[pair]), lambda pair: ours(normalized[pair])
    )
    with _timed_parts() as seconds:
        whole = len(normalized[0]) / ours(normalized[0])
    shares = {name: spent / whole for name, spent in sorted(seconds.items(), key=lambda each: -each[1])}
    facts = {"characters of a text": TEXT_CHARS, "articles a side": run.sizes.articles}
    what = "enrich an article of 3 kB"
    return [Figure("enrich", what, "articles/s", measured, "bare hazm", yardstick, TARGET, shares=shares, facts=facts)]


@contextmanager
def _timed_parts() -> Iterator[dict[str, float]]:
    """Add up the seconds of each part; in a round of its own, for the clock costs something too."""
    seconds: dict[str, float] = {}
    parts = [(module, name, getattr(module, name)) for module, name in PARTS]
    for module, name, part in parts:
        setattr(module, name, _timed(part, name, seconds))
    try:
        yield seconds
    finally:
        for module, name, part in parts:
            setattr(module, name, part)


def _timed(part: Callable[..., Any], name: str, seconds: dict[str, float]) -> Callable[..., Any]:
    def timed(*arguments: object) -> object:
        started = time.perf_counter()
        found = part(*arguments)
        seconds[name] = seconds.get(name, 0.0) + time.perf_counter() - started
        return found

    return timed
