"""From the mix that a model was trained on to the mix of the stream: one shift of the log-odds per label.

Knows nothing of texts or files.

Labelled articles are picked where labels are likely. A probability that is right for them is wrong on a stream; what is
published is for the stream, for that is what consumers read. The shift moves thresholds with the probabilities, so that
no decision changes by it.
"""

from dataclasses import replace

import numpy as np

from workers.classify.figures import Figures
from workers.classify.measures import Bools
from workers.classify.stack import Doubles

_LEAST = 1e-9
_STEPS = 60
"""Of halving an interval of 20 in log-odds: far below what a float32 can hold."""
_FARTHEST = 10.0


def shifted(probabilities: Doubles, offsets: Doubles) -> Doubles:
    """Return the probabilities with each label's offset added to their log-odds."""
    clipped = np.clip(probabilities, _LEAST, 1 - _LEAST)
    return np.asarray(1 / (1 + np.exp(-(np.log(clipped / (1 - clipped)) + offsets))))


def fit_offsets(probabilities: Doubles, targets: Bools, weights: Doubles) -> Doubles:
    """Return for each label the offset of greatest likelihood: the mean probability becomes the label's rate."""
    return np.array([_offset(probabilities[:, label], targets[:, label], weights) for label in range(targets.shape[1])])


def _offset(probabilities: Doubles, target: Bools, weights: Doubles) -> float:
    low, high = -_FARTHEST, _FARTHEST
    wanted = float(weights @ target)
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if float(weights @ shifted(probabilities, np.array(middle))) < wanted:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def for_stream(figures: Figures, offsets: Doubles) -> Figures:
    """Return the model with probabilities of the stream's mix, and the same decisions."""
    stack = figures.stack.astype(np.float64)
    stack[:, -1] += offsets
    bands = (shifted(band.astype(np.float64), offsets) for band in (figures.assign_at, figures.abstain_at))
    assign_at, abstain_at = (band.astype(np.float32) for band in bands)
    return replace(figures, stack=stack.astype(np.float32), assign_at=assign_at, abstain_at=abstain_at)
