"""What a model says when it serves: the same code as the worker's, over many articles.

Knows nothing of training, and needs nothing of it.
"""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from workers.article import Decision, LabelResult
from workers.classify.calibration import shifted
from workers.classify.dataset import Dataset
from workers.classify.estimate import ReadPart
from workers.classify.live import LiveSample, drawn_rows, strata_of
from workers.classify.measures import Bools, Judged
from workers.classify.model import Classifier
from workers.classify.rows import Row
from workers.classify.stack import Doubles


def served(classifier: Classifier, texts: Iterable[tuple[str, str]]) -> Judged:
    """Return what the model says of normalized titles and texts."""
    return judged_of([classifier.classify_texts((one, "", two), (one, "", two)) for one, two in texts])


def judged_of(results: Sequence[Sequence[LabelResult]]) -> Judged:
    """Return results as arrays."""
    scores = np.array([[result.score for result in each] for each in results], dtype=np.float64)
    decisions = np.array([[str(result.decision) for result in each] for each in results])
    return Judged(
        scores, decisions == Decision.ASSIGNED, decisions == Decision.ABSTAINED, np.zeros(len(results), dtype=np.int64)
    )


def read_part(
    dataset: Dataset,
    judged: Judged,
    in_stream: Bools,
    sample: LiveSample,
    rows: dict[str, Row],
    classifier: Classifier,
    offsets: Doubles,
    normalize: Callable[[str], str],
) -> ReadPart:
    """Return the part of the stream that was read, with what is said of it by models that did not learn it.

    `judged` is out of fold and says it of the labelled articles, of which `in_stream` are in the stream; the classifier
    says it of the drawn ones, with probabilities that `offsets` had been added to.
    """
    drawn = drawn_rows(sample, rows)
    own = served(classifier, ((normalize(row.title), normalize(row.text)) for row in drawn))
    weights, strata, labels = strata_of(sample)
    targets = np.array([[name in each for name in dataset.labels] for each in labels], dtype=np.bool_)
    labelled = int(in_stream.sum())
    return ReadPart(
        judged=Judged(
            np.concatenate([judged.probabilities[in_stream], shifted(own.probabilities, -offsets)]),
            np.concatenate([judged.assigned[in_stream], own.assigned]),
            np.concatenate([judged.abstained[in_stream], own.abstained]),
            np.zeros(labelled + len(drawn), dtype=np.int64),
        ),
        targets=np.concatenate([dataset.targets[in_stream], targets]),
        weights=np.concatenate([np.ones(labelled), np.array(weights)]),
        stratum=np.concatenate([np.zeros(labelled, dtype=np.int64), np.array(strata)]),
    )
