"""The figures of the enrichment for a person, and as JSON.

Knows nothing of how they come about. Of the half that judges the rules, it shows ids of articles and no texts.
"""

from collections.abc import Iterator
from typing import Any

from workers.enrich.measure import Compared, EnrichmentReport, Figure, may_be_shown
from workers.persian.plain import clean

_HEAD = f"{'part':<22}{'group':<10}{'gold':>6}{'found':>7}{'right':>7}{'precision':>11}{'recall':>8}{'F1':>7}   95 %"


def enrichment_lines(report: EnrichmentReport, errors: int) -> Iterator[str]:
    """Yield the table, and the articles with most errors in each part."""
    yield f"{report.articles} annotated articles; intervals are bootstrap samples of the articles"
    yield ""
    yield _HEAD
    for figure in report.figures:
        if figure.counts.gold or figure.counts.found:
            yield _row(figure)
    if errors:
        for part, compared in report.compared.items():
            yield from _worst(part, compared, errors)


def enrichment_figures(report: EnrichmentReport) -> list[dict[str, Any]]:
    """Return the figures as JSON has them."""
    return [
        {
            "part": figure.part,
            "group": figure.group.value if figure.group else "all",
            "gold": figure.counts.gold,
            "found": figure.counts.found,
            "right": figure.counts.hits,
            "precision": round(figure.counts.precision, 4),
            "recall": round(figure.counts.recall, 4),
            "f1": round(figure.counts.f1, 4),
            "f1_interval": [round(bound, 4) for bound in figure.interval],
        }
        for figure in report.figures
    ]


def _row(figure: Figure) -> str:
    counts = figure.counts
    group = figure.group.value if figure.group else "all"
    low, high = figure.interval
    return (
        f"{figure.part:<22}{group:<10}{counts.gold:>6}{counts.found:>7}{counts.hits:>7}"
        f"{counts.precision:>11.3f}{counts.recall:>8.3f}{counts.f1:>7.3f}   {low:.3f} to {high:.3f}"
    )


def _worst(part: str, compared: tuple[Compared, ...], errors: int) -> Iterator[str]:
    wrong = sorted(compared, key=lambda each: -(len(each.missed) + len(each.extra)))
    wrong = [each for each in wrong if each.missed or each.extra]
    if not wrong:
        return
    yield ""
    missed, extra = sum(len(each.missed) for each in wrong), sum(len(each.extra) for each in wrong)
    yield f"{part}: {missed} missed, {extra} too many, in {len(wrong)} articles"
    for each in wrong[:errors]:
        yield f"  {each.article.id}: {len(each.missed)} missed, {len(each.extra)} too many"
        if may_be_shown(each.article):
            yield from (f"    - {clean(shown)}" for shown in each.missed)
            yield from (f"    + {clean(shown)}" for shown in each.extra)
