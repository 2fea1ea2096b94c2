"""The stream's part of an evaluation: data files, the live sample and a model come together, an estimate comes out.

Knows nothing of training.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from workers.classify.dataset import Dataset
from workers.classify.estimate import LiveEstimate, estimate
from workers.classify.figures import Figures
from workers.classify.live import load_sample
from workers.classify.measures import Judged
from workers.classify.model import Classifier
from workers.classify.rows import Row, read_rows
from workers.classify.served import read_part
from workers.classify.stack import Doubles


def estimated(
    paths: Sequence[Path],
    dataset: Dataset,
    judged: Judged,
    figures: Figures,
    live: Path,
    normalize: Callable[[str], str],
    seed: int,
    offsets: Doubles | None = None,
) -> LiveEstimate:
    """Return what the live sample says of the stream: the articles without labels in the files.

    `judged` is what out-of-fold models say of the labelled articles; `offsets` are those that the figures hold already.
    """
    sample = load_sample(live, dataset.labels)
    rows = stream_rows(paths)
    in_stream = np.array([name in rows for name in dataset.ids], dtype=np.bool_)
    classifier = Classifier(figures, {"model_id": ""})
    own = np.zeros(len(dataset.labels)) if offsets is None else offsets
    part = read_part(dataset, judged, in_stream, sample, rows, classifier, own, normalize)
    return estimate(dataset.labels, part, len(sample.ids()), seed)


def stream_rows(paths: Sequence[Path]) -> dict[str, Row]:
    """Return the articles of the stream, by id: the rows without labels, also of those that have labels elsewhere."""
    return {row.id: row for path in paths for row in read_rows(path) if row.labels is None}
