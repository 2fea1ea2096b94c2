"""How good the enrichment is: precision, recall and F1 of each part against annotated articles.

Knows nothing of rules of the enrichment or of terminals. Intervals are those of a bootstrap over articles.
"""

import gzip
import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ingest.service.errors import UsageError
from workers.enrich.calendar_days import System, day_of, system_of
from workers.enrich.enrich import Enricher
from workers.enrich.gold import GoldArticle, Group, Half, digest_of, read_gold, texts_of
from workers.enrich.measure_rules import PARTS, Article, Item, PartRules

SAMPLES = 1_000
"""Of the bootstrap: its percentiles move by less than half a point from one seed to another."""
_NOON = timedelta(hours=12)
_DATE = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})")


@dataclass(frozen=True, slots=True)
class Counts:
    """What was annotated, what was found, and how much of it is the same."""

    gold: int = 0
    found: int = 0
    hits: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        """Return the counts of both together."""
        return Counts(self.gold + other.gold, self.found + other.found, self.hits + other.hits)

    @property
    def precision(self) -> float:
        """Return the share of what was found that is annotated; 1 where nothing was found."""
        return self.hits / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Return the share of what is annotated that was found; 1 where nothing is annotated."""
        return self.hits / self.gold if self.gold else 1.0

    @property
    def f1(self) -> float:
        """Return the harmonic mean of both; 1 where there is nothing to find and nothing was found."""
        return 2 * self.hits / (self.gold + self.found) if self.gold + self.found else 1.0


@dataclass(frozen=True, slots=True)
class Compared:
    """One part of one article."""

    article: GoldArticle
    counts: Counts
    missed: tuple[str, ...]
    extra: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """One part over a group of articles."""

    part: str
    group: Group | None
    """Null for both."""
    counts: Counts
    interval: tuple[float, float]
    """Of F1: 2.5 % and 97.5 % of bootstrap samples."""


@dataclass(frozen=True, slots=True)
class EnrichmentReport:
    """Figures of all parts, and what went wrong."""

    figures: tuple[Figure, ...]
    compared: Mapping[str, tuple[Compared, ...]]
    """By part; in the order of the articles."""
    articles: int


def enrichment_report(
    gold: Sequence[Path], data: Sequence[Path], enricher: Enricher, normalize: Callable[[str], str], *, seed: int = 1
) -> EnrichmentReport:
    """Enrich the annotated articles and compare. Raises UsageError for texts that are not those that were read."""
    annotated = tuple(article for path in gold for article in read_gold(path))
    if not annotated:
        raise UsageError(f"{gold[0]}: holds no annotated article")
    articles = tuple(enriched(annotated, data, enricher, normalize))
    compared = {part.name: tuple(compare(part, article) for article in articles) for part in PARTS}
    figures = tuple(
        figure
        for part in PARTS
        for figure in _figures(part.name, compared[part.name], random.Random(seed))  # noqa: S311 - no secret
    )
    return EnrichmentReport(figures, compared, len(articles))


def enriched(
    annotated: Iterable[GoldArticle], data: Sequence[Path], enricher: Enricher, normalize: Callable[[str], str]
) -> Iterator[Article]:
    """Yield the annotated articles with what is found in them. Raises UsageError for a text that has changed."""
    annotated = tuple(annotated)
    texts = texts_of((article.id for article in annotated), _lines(data))
    for article in annotated:
        if article.id not in texts:
            raise UsageError(f"{data[0]}: has no article {article.id}")
        title, text, day = texts[article.id]
        if digest_of(title, text) != article.sha256:
            raise UsageError(f"{data[0]}: the text of {article.id} is not the one that was annotated")
        facts = enricher.enrich(
            (("title", title, normalize(title)), ("text", text, normalize(text))), publication(day), outlet=""
        )
        yield Article(article, {"title": title, "text": text}, facts)


def publication(written: str | None) -> datetime | None:
    """Return noon of the day that the data gives, Jalali or Gregorian; None where it gives none."""
    match = _DATE.search(written or "")
    if match is None:
        return None
    year, month, day = map(int, match.groups())
    system = system_of(year)
    placed = day_of(system or System.GREGORIAN, year, month, day)
    return datetime(placed.year, placed.month, placed.day, tzinfo=UTC) + _NOON if placed else None


def compare(part: PartRules, article: Article) -> Compared:
    """Return what of one part is in both, each found thing standing for one annotated thing at most."""
    found = _distinct(part.found(article))
    open_ = list(found)
    missed: list[str] = []
    gold = _distinct(part.gold(article))
    for item in gold:
        same = next((each for each in open_ if part.same(article, item.value, each.value)), None)
        if same is None:
            missed.append(item.shown)
        else:
            open_.remove(same)
    counts = Counts(len(gold), len(found), len(gold) - len(missed))
    return Compared(article.gold, counts, tuple(missed), tuple(each.shown for each in open_))


def _distinct(items: Iterable[Item]) -> list[Item]:
    """Return the items without what is repeated word for word."""
    found: dict[str, Item] = {}
    for number, item in enumerate(items):
        found.setdefault(" ".join(item.shown.split()) or str(number), item)
    return list(found.values())


def _lines(data: Sequence[Path]) -> Iterator[str]:
    for path in data:
        open_it = gzip.open if path.suffix == ".gz" else open
        try:
            with open_it(path, "rt", encoding="utf-8") as lines:
                yield from lines
        except (OSError, EOFError, UnicodeDecodeError) as error:
            raise UsageError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from error


def _figures(part: str, compared: Sequence[Compared], dice: random.Random) -> Iterator[Figure]:
    for group in (None, *Group):
        counts = [each.counts for each in compared if group in {None, each.article.group}]
        if counts:
            yield Figure(part, group, sum(counts, Counts()), interval_of(counts, dice))


def interval_of(counts: Sequence[Counts], dice: random.Random) -> tuple[float, float]:
    """Return the 2.5 % and 97.5 % of F1 over bootstrap samples of articles."""
    scores = sorted(sum(dice.choices(counts, k=len(counts)), Counts()).f1 for _ in range(SAMPLES))
    return scores[int(0.025 * SAMPLES)], scores[int(0.975 * SAMPLES)]


def may_be_shown(article: GoldArticle) -> bool:
    """Tell whether rules may be made looking at an article's errors."""
    return article.half is Half.TUNE
