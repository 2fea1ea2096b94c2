"""One evaluation from files to report: the shipped model's, or out of fold.

Knows nothing of terminals. Loads scikit-learn only where models must be trained.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ingest.service.errors import UsageError
from workers.article import LabelResult
from workers.classify.dataset import FEWEST_ARTICLES, Dataset, read_dataset, stories
from workers.classify.estimate import LiveEstimate
from workers.classify.figures import Figures
from workers.classify.knowledge import Knowledge
from workers.classify.live import Scored, draw, to_toml
from workers.classify.measures import Judged
from workers.classify.model import Classifier
from workers.classify.pieces import Ints
from workers.classify.report import Judge, Report, judge_of, report
from workers.classify.rows import Row, read_rows
from workers.classify.served import served
from workers.classify.stream_part import estimated, stream_rows
from workers.classify.trained_on import learned

type Normalize = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to evaluate, on what, and how."""

    paths: tuple[Path, ...]
    folder: Path
    labels: tuple[str, ...]
    folds: int
    """0: the model of the folder judges."""
    knowledge: Knowledge
    """What goes into the training of the folds, as into that of the model."""
    mistakes: int
    seed: int


def evaluated(wanted: Wanted, normalize: Normalize) -> Report:
    """Return the report. Raises UsageError with file, line and reason for data that cannot be used."""
    figures, card = Figures.load(wanted.folder)
    known = tuple(figures.labels.tolist())
    if known != tuple(sorted(wanted.labels)):
        raise UsageError(
            f"{wanted.folder}: the model knows {', '.join(known)}; the label set is {', '.join(wanted.labels)}"
        )
    fewest = FEWEST_ARTICLES if wanted.folds else 0
    taught = wanted.knowledge
    every, unlabelled = read_dataset(wanted.paths, wanted.labels, normalize, taught.written, fewest, taught.read)
    dataset, groups = every.from_outside(), stories(every)
    if not dataset.ids:
        raise UsageError(f"{wanted.paths[0]}: no article has the key `labels`: there is nothing to compare with")
    seen = learned(wanted.folder, dataset.digests)
    live: LiveEstimate | None = None
    if wanted.folds:
        judged, judge = _out_of_fold(wanted, every, unlabelled, groups), Judge.OUT_OF_FOLD
        if sample := wanted.knowledge.live:
            facts = card.get("live")
            offsets = np.array([one["offset"] for one in facts["labels"]]) if facts else None
            live = estimated(wanted.paths, dataset, judged, figures, sample, normalize, wanted.seed, offsets)
    else:
        classifier = Classifier(figures, card)
        judged, judge = served(classifier, zip(dataset.titles, dataset.texts, strict=True)), judge_of(seen)
    return report(
        dataset.labels,
        _rows_of(wanted, dataset),
        judged,
        dataset.targets,
        groups[: every.judged],
        model_id=card["model_id"] if not wanted.folds else f"as {card['model_id']} is trained",
        judge=judge,
        learned=seen if not wanted.folds else np.zeros(len(dataset.ids), dtype=np.bool_),
        mistakes=wanted.mistakes,
        for_stream=not wanted.folds and card.get("live") is not None,
        seed=wanted.seed,
        live=live,
    )


def drawn(wanted: Wanted, normalize: Normalize) -> str:
    """Return a live sample of the articles that nobody has labelled, to be read."""
    figures, card = Figures.load(wanted.folder)
    classifier = Classifier(figures, card)
    labelled = {row.id for path in wanted.paths for row in read_rows(path) if row.labels is not None}
    rows = [row for name, row in stream_rows(wanted.paths).items() if name not in labelled]
    if not rows:
        raise UsageError(f"{wanted.paths[0]}: every article has labels: a stream to draw from is missing")
    scored = (Scored(row, _results(classifier, row, normalize)) for row in rows)
    return to_toml(draw(scored, card["model_id"], wanted.seed))


def _results(classifier: Classifier, row: Row, normalize: Normalize) -> tuple[LabelResult, ...]:
    texts = (normalize(row.title), "", normalize(row.text))
    return classifier.classify_texts(texts, texts)


def _out_of_fold(wanted: Wanted, dataset: Dataset, unlabelled: tuple[str, ...], groups: Ints) -> Judged:
    try:
        from workers.classify.evaluate import out_of_fold  # noqa: PLC0415 - a served model is judged without scikit-learn
        from workers.classify.train import material  # noqa: PLC0415 - the same
    except ImportError as error:
        raise UsageError(f"--folds needs the extra `train` (pip install 'rasad[train]'): {error}") from error
    found = material(dataset, unlabelled, wanted.knowledge, wanted.seed)
    return out_of_fold(found.corpus, found.learned, groups, wanted.seed, dataset.judged, wanted.folds)


def _rows_of(wanted: Wanted, dataset: Dataset) -> list[Row]:
    rows = {row.id: row for path in wanted.paths for row in read_rows(path) if row.labels is not None}
    return [rows[name] for name in dataset.ids]
