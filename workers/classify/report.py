"""The evaluation report: quality over all articles and over parts of them, and the worst errors.

Knows nothing of files, terminals or how the judgements came about.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from workers.classify.card import rounded
from workers.classify.estimate import LiveEstimate
from workers.classify.measures import Bools, Evaluation, Judged, evaluation, macro_f1
from workers.classify.pieces import Ints
from workers.classify.rows import Row

FEWEST_OF_A_YEAR = 50
"""Years with fewer articles are put together: their figures would be chance."""


class Judge(StrEnum):
    """Who judged the articles, and what that is worth."""

    IN_SAMPLE = (
        "in-sample: the model learned from all of these articles; says how well it remembers, not how good it is"
    )
    PARTLY = "partly in-sample: the model learned from some of these articles; see the rows it never saw"
    UNSEEN = "held out: the model never saw these articles; stories it saw may be told in them"
    OUT_OF_FOLD = "out of fold: each article is judged by a model that never saw it nor its story"


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often a label was given rightly, wrongly, and not at all where it should have been."""

    label: str
    hits: int
    false_alarms: int
    misses: int

    @property
    def f1(self) -> float | None:
        """Return the F1, or null where there was nothing to be right or wrong about."""
        total = 2 * self.hits + self.false_alarms + self.misses
        return 2 * self.hits / total if total else None


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of the articles."""

    name: str
    articles: int
    macro_f1: float
    labels: tuple[Confusion, ...]


@dataclass(frozen=True, slots=True)
class Mistake:
    """An article that was judged otherwise than its reader did, and how sure the model was of it."""

    label: str
    carries: bool
    probability: float
    row: Row


@dataclass(frozen=True, slots=True)
class Report:
    """All that an evaluation tells."""

    model_id: str
    judge: Judge
    articles: int
    stories: int
    learned: int
    """Articles that the model learned from."""
    evaluation: Evaluation
    certainty: tuple[Slice, ...]
    """The rows marked sure, those marked borderline and, where the model learned some, those it never saw."""
    kinds: tuple[Slice, ...]
    sources: tuple[Slice, ...]
    years: tuple[Slice, ...]
    mistakes: tuple[Mistake, ...]
    for_stream: bool
    """The probabilities are those of a stream's mix, and so is their calibration."""
    live: LiveEstimate | None = None


def report(
    labels: Sequence[str],
    rows: Sequence[Row],
    judged: Judged,
    targets: Bools,
    groups: Ints,
    *,
    model_id: str,
    judge: Judge,
    learned: Bools,
    mistakes: int,
    for_stream: bool,
    seed: int,
    live: LiveEstimate | None = None,
) -> Report:
    """Return the report on the articles: `rows` are in the order of all arrays; so many mistakes a label and way."""
    sure = np.array([row.sure for row in rows], dtype=np.bool_)

    def parts(names: Sequence[str]) -> tuple[Slice, ...]:
        wanted = [name for name, _ in Counter(names).most_common()]
        masks = {name: np.array([one == name for one in names], dtype=np.bool_) for name in wanted}
        return tuple(_slice(name, masks[name], labels, judged, targets) for name in wanted)

    certainty = [_slice("sure", sure, labels, judged, targets), _slice("borderline", ~sure, labels, judged, targets)]
    if judge is Judge.PARTLY:
        certainty.append(_slice("never seen by the model", ~learned, labels, judged, targets))
    years = parts(_years(rows))
    return Report(
        model_id=model_id,
        judge=judge,
        articles=len(rows),
        stories=len(np.unique(groups)),
        learned=int(learned.sum()),
        evaluation=evaluation(labels, judged, targets, sure, groups, seed),
        certainty=tuple(certainty),
        kinds=parts([row.kind for row in rows]),
        sources=parts([row.source or "not told" for row in rows]),
        years=tuple(sorted(years, key=lambda part: part.name)),
        for_stream=for_stream,
        mistakes=tuple(_mistakes(labels, rows, judged, targets, mistakes)),
        live=live,
    )


def judge_of(learned: Bools) -> Judge:
    """Return what it is worth that a model judges these articles itself."""
    if learned.all():
        return Judge.IN_SAMPLE
    return Judge.PARTLY if learned.any() else Judge.UNSEEN


def figures(report: Report) -> dict[str, Any]:
    """Return the report for programs: figures and ids, no texts."""
    facts = asdict(report) | {
        "judge": report.judge.name.lower(),
        "mistakes": [
            {"id": one.row.id, "label": one.label, "carries": one.carries, "probability": one.probability}
            for one in report.mistakes
        ],
    }
    cut: dict[str, Any] = rounded(facts)
    return cut


def _slice(name: str, here: Bools, labels: Sequence[str], judged: Judged, targets: Bools) -> Slice:
    assigned, carried = judged.assigned[here], targets[here]
    confusions = tuple(
        Confusion(
            label,
            int((assigned[:, at] & carried[:, at]).sum()),
            int((assigned[:, at] & ~carried[:, at]).sum()),
            int((~assigned[:, at] & carried[:, at]).sum()),
        )
        for at, label in enumerate(labels)
    )
    return Slice(name, int(here.sum()), macro_f1(assigned, carried), confusions)


def _years(rows: Sequence[Row]) -> list[str]:
    counts = Counter(row.year for row in rows)
    return [
        "not told" if row.year is None else str(row.year) if counts[row.year] >= FEWEST_OF_A_YEAR else "other years"
        for row in rows
    ]


def _mistakes(labels: Sequence[str], rows: Sequence[Row], judged: Judged, targets: Bools, count: int) -> list[Mistake]:
    """Return of each label the false alarms that the model was surest of, and the misses it was surest against."""
    found = []
    for at, label in enumerate(labels):
        probabilities, assigned, carried = judged.probabilities[:, at], judged.assigned[:, at], targets[:, at]
        for carries, wrong, sign in ((False, assigned & ~carried, -1), (True, ~assigned & carried, 1)):
            places = np.flatnonzero(wrong)
            worst = places[np.argsort(sign * probabilities[places], kind="stable")][:count]
            found += [Mistake(label, carries, float(probabilities[place]), rows[place]) for place in worst.tolist()]
    return found
