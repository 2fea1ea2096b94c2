"""How far two readers of the same articles agree: F1 of each part, the first reading as annotated, the second as found.

    python tests/gold/agreement.py FIRST SECOND     two files of tests/data/gold; what both have is compared

The rules are those by which the enrichment is measured, so that its figures can be held against these.
"""

import os
import random
import sys
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from workers.enrich.gold import GoldArticle, GoldSpan, Group, read_gold, texts_of
from workers.enrich.measure import Counts, compare, interval_of
from workers.enrich.measure_rules import PARTS, Article
from workers.parts import Span

PROJECT = Path(__file__).resolve().parent.parent.parent
DATA = Path(os.environ.get("RASAD_DATA", PROJECT.parent / "shared" / "data"))


class Reading:
    """What a reader annotated, in the shape of what the enrichment finds."""

    def __init__(self, read: GoldArticle, fields: Mapping[str, str]) -> None:
        self._fields = fields
        people = [(each, (each.name, each.role, *each.mentions)) for each in read.persons]
        self.attribution = [
            SimpleNamespace(
                sources=[SimpleNamespace(span=self._span(each.span), kind=each.kind, id=each.id) for each in chain]
            )
            for chain in read.attribution
        ]
        self.countries, self.flights, self.consular = read.countries, read.flights, read.consular
        self.persons = [
            SimpleNamespace(
                name=self._surface(each.name),
                role=self._surface(each.role),
                spans=[self._span(span) for span in spans if span],
            )
            for each, spans in people
        ]
        self.organisations = [SimpleNamespace(spans=[self._span(each.span)]) for each in read.organisations]
        self.crossings = [SimpleNamespace(spans=[self._span(each.span)]) for each in read.crossings]
        self.airports, self.airlines = (
            [SimpleNamespace(spans=[self._span(each.span)], iata=each.code) for each in part]
            for part in (read.airports, read.airlines)
        )
        self.quotes = [
            SimpleNamespace(
                speaker=self._surface(each.speaker),
                span=self._span(each.span),
                person=next((at for at, (_, spans) in enumerate(people) if each.speaker in spans), None),
            )
            for each in read.quotes
        ]
        self.interactions = [
            SimpleNamespace(kind=each.kind, trigger=self._span(each.trigger)) for each in read.interactions
        ]
        self.dates = [
            SimpleNamespace(span=self._span(each.span), first=each.first, last=each.last) for each in read.dates
        ]

    def _surface(self, span: GoldSpan | None) -> str | None:
        return self._fields[span[0]][span[1] : span[2]] if span else None

    def _span(self, span: GoldSpan) -> Span:
        field, start, end = span
        return Span(field=field, start=start, end=end, surface=self._fields[field][start:end])


def compared(first: Path, second: Path) -> list[Article]:
    """Return the articles that both read: the first reading as annotated, the second as found."""
    others = {each.id: each for each in read_gold(second)}
    both = [each for each in read_gold(first) if each.id in others]
    with (DATA / "labelled.jsonl").open(encoding="utf-8") as lines:
        texts = texts_of((each.id for each in both), lines)
    articles: list[Article] = []
    for each in both:
        title, text, _ = texts[each.id]
        fields = {"title": title, "text": text}
        found: Any = Reading(others[each.id], fields)
        articles.append(Article(each, fields, found))
    return articles


def main(arguments: list[str]) -> int:
    """Print a line for each part: counts of both, F1 with its interval, of agencies, of channels."""
    if len(arguments) != 2:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    articles = compared(*map(Path, arguments))
    sys.stdout.write(f"{len(articles)} articles\n")
    for part in PARTS:
        pairs = [compare(part, article) for article in articles]
        counts = sum((each.counts for each in pairs), Counts())
        low, high = interval_of([each.counts for each in pairs], random.Random(1))
        groups = [sum((each.counts for each in pairs if each.article.group is group), Counts()).f1 for group in Group]
        sys.stdout.write(
            f"{part.name:18} {counts.gold:4} {counts.found:4}   {counts.f1:.3f} [{low:.3f}, {high:.3f}]"
            f"   {groups[0]:.3f} {groups[1]:.3f}\n"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
