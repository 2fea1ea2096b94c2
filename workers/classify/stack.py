"""From the scores of an article and of its sections to calibrated log-odds: the last regression.

Knows nothing of where scores come from. Subjects often take up one section only: what counts is the score of the whole,
of the best section and of the first one, which is the title where there is one, and what sentences bring together. The
longer the article, the less the whole says.
"""

import numpy as np
from numpy.typing import NDArray

from workers.classify.features import SECTIONS

type Doubles = NDArray[np.float64]
type Floats = NDArray[np.float32]

SPREAD = ("whole", "best", "vector whole", "vector best", "concepts")
"""Scores whose weight depends on how long the article is."""
STACK = (*(f"{name}, {length}" for length in ("short", "long") for name in SPREAD), "first", "vector first")
"""The scores that the last regression sees of an article, in order; then come its length and the constant."""
SERVED = (*SPREAD, *STACK[-2:])
"""The same for an article whose length is known."""
_AT_HAND = ("whole", "vector whole", "best", "vector best", "first", "vector first", "concepts")
"""The same in the order in which scoring has them: linear beside curved ones."""
FARTHEST = 50.0
"""Log-odds beyond which nothing changes."""


def length_share(sections: int) -> float:
    """Return how long an article is: 0 for one section, 1 for the most there can be."""
    return float(np.log(sections) / np.log(SECTIONS))


def stack_inputs(
    whole: Doubles, sections: Doubles, curved_whole: Doubles, curved_sections: Doubles, concepts: Doubles
) -> Doubles:
    """Return what the last regression sees of an article, (L, 14), from scores (L,) and (S, L)."""
    long, spread = length_share(len(sections)), len(SPREAD)
    inputs = np.empty((len(whole), len(STACK) + 2))
    for at, score in enumerate((whole, sections.max(axis=0), curved_whole, curved_sections.max(axis=0), concepts)):
        inputs[:, at], inputs[:, spread + at] = score * (1 - long), score * long
    inputs[:, 2 * spread], inputs[:, 2 * spread + 1] = sections[0], curved_sections[0]
    inputs[:, -2], inputs[:, -1] = long, 1.0
    return inputs


def probability(inputs: Doubles, stack: Doubles) -> Doubles:
    """Return calibrated probabilities of stacked inputs (..., L, 14)."""
    log_odds = np.clip((inputs * stack).sum(axis=-1), -FARTHEST, FARTHEST)
    return np.asarray(1 / (1 + np.exp(-log_odds)))


class ServedStack:
    """The same regression for one article at a time, worked out beforehand for each number of sections."""

    def __init__(self, stack: Doubles) -> None:
        spread, scores = len(SPREAD), len(STACK)
        long = np.array([length_share(sections) for sections in range(1, SECTIONS + 1)])[:, None, None]
        weights = stack[None, :, :spread] * (1 - long) + stack[None, :, spread : 2 * spread] * long
        first = np.broadcast_to(stack[None, :, 2 * spread : scores], (SECTIONS, len(stack), scores - 2 * spread))
        self._weights = np.concatenate([weights, first], axis=2).transpose(0, 2, 1).copy()
        self._in_turn = self._weights[:, [SERVED.index(score) for score in _AT_HAND]].reshape(SECTIONS, -1)
        self._constants = stack[:, -2] * long[:, :, 0] + stack[:, -1]

    def log_odds(self, scores: Floats, concepts: Floats) -> Doubles:
        """Return the log-odds (L,) of linear and curved scores (1 + S, 2 L), the whole first, and of concepts (L,)."""
        at = len(scores) - 2
        seen = np.concatenate((scores[0], np.maximum.reduce(scores[1:], axis=0), scores[1], concepts))
        weighted = seen * self._in_turn[at]
        log_odds: Doubles = np.add.reduce(weighted.reshape(-1, len(concepts)), axis=0)
        log_odds += self._constants[at]
        return log_odds

    def weights(self, sections: int) -> Doubles:
        """Return the weights (7, L) of the scores that `log_odds` sees, for an article of so many sections."""
        weights: Doubles = self._weights[sections - 1]
        return weights
