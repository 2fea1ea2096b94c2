"""What a stream holds, estimated from the part of it that was read: rates of labels, precision, calibration.

Knows nothing of files or models.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workers.classify.calibration import fit_offsets, shifted
from workers.classify.measures import Bools, Interval, Judged, calibration_error
from workers.classify.pieces import Ints
from workers.classify.stack import Doubles

DRAWS = 4000
_COVERED = (0.025, 0.975)


@dataclass(frozen=True, slots=True)
class ReadPart:
    """N articles of a stream that were read, what the model said of them, and how many others each stands for."""

    judged: Judged
    """With probabilities of the labelled articles' mix."""
    targets: Bools
    weights: Doubles
    stratum: Ints
    """(N,): articles of one number were drawn with one chance."""


@dataclass(frozen=True, slots=True)
class Band:
    """Articles of one decision: what was said of them and what is so."""

    decision: str
    share: float
    """Of the stream."""
    said: float
    """Mean published probability."""
    carry: float
    """Estimated share that carries the label."""
    carry_interval: Interval
    read: int


@dataclass(frozen=True, slots=True)
class LiveLabel:
    """One label in the stream."""

    label: str
    rate: float
    rate_interval: Interval
    offset: float
    """What is added to the log-odds of the labelled articles' mix."""
    calibration_error_before: float
    """Of the labelled mix's probabilities, in the stream."""
    calibration_error: float
    """Of the published ones; the offset of each half of what was read is measured on the other half."""
    recall: float
    bands: tuple[Band, ...]
    """Assigned, abstained, rejected."""

    @property
    def precision(self) -> Band:
        """Return the band of what is assigned: the share that carries the label is the precision."""
        return self.bands[0]


@dataclass(frozen=True, slots=True)
class LiveEstimate:
    """A stream, estimated."""

    articles: int
    read: int
    drawn: int
    """Of those read, how many were drawn by chance; the others had been labelled before."""
    labels: tuple[LiveLabel, ...]

    def offsets(self) -> Doubles:
        """Return each label's shift."""
        return np.array([label.offset for label in self.labels])


def estimate(labels: Sequence[str], part: ReadPart, drawn: int, seed: int) -> LiveEstimate:
    """Return what the part that was read says of its stream."""
    offsets = fit_offsets(part.judged.probabilities, part.targets, part.weights)
    published = shifted(part.judged.probabilities, offsets)
    crossed = _crossed(part, seed)
    return LiveEstimate(
        articles=round(float(part.weights.sum())),
        read=len(part.weights),
        drawn=drawn,
        labels=tuple(
            _live_label(at, label, part, published, crossed[:, at], float(offsets[at]), seed)
            for at, label in enumerate(labels)
        ),
    )


def _crossed(part: ReadPart, seed: int) -> Doubles:
    """Return published probabilities with offsets that were fitted to the other half of what was read."""
    half = np.random.default_rng(seed).permutation(len(part.weights)) % 2
    published = np.zeros_like(part.judged.probabilities)
    for own in range(2):
        here, there = half == own, half != own
        offsets = fit_offsets(part.judged.probabilities[there], part.targets[there], part.weights[there])
        published[here] = shifted(part.judged.probabilities[here], offsets)
    return published


def _live_label(
    at: int, label: str, part: ReadPart, published: Doubles, crossed: Doubles, offset: float, seed: int
) -> LiveLabel:
    target, before = part.targets[:, at], part.judged.probabilities[:, at]
    assigned, abstained = part.judged.assigned[:, at], part.judged.abstained[:, at]
    everything = np.ones(len(target), dtype=np.bool_)
    decisions = (("assigned", assigned), ("abstained", abstained), ("rejected", ~assigned & ~abstained))
    found = float(part.weights @ (target & assigned))
    return LiveLabel(
        label=label,
        rate=_share(part, everything, target),
        rate_interval=_interval(part, everything, target, seed),
        offset=offset,
        calibration_error_before=calibration_error(before, target, part.weights),
        calibration_error=calibration_error(crossed, target, part.weights),
        recall=found / max(1e-9, float(part.weights @ target)),
        bands=tuple(_band(part, name, here, target, published[:, at], seed) for name, here in decisions),
    )


def _band(part: ReadPart, decision: str, here: Bools, target: Bools, published: Doubles, seed: int) -> Band:
    mass = float(part.weights @ here)
    return Band(
        decision=decision,
        share=mass / float(part.weights.sum()),
        said=float((part.weights * here) @ published) / max(1e-9, mass),
        carry=_share(part, here, target),
        carry_interval=_interval(part, here, target, seed),
        read=int(here.sum()),
    )


def _share(part: ReadPart, here: Bools, target: Bools) -> float:
    return float(part.weights @ (here & target)) / max(1e-9, float(part.weights @ here))


def _interval(part: ReadPart, here: Bools, target: Bools, seed: int) -> Interval:
    """Return 95 % of draws of each stratum's share.

    Where none of the read articles of a stratum carries the label, its share is still not known to be zero: the upper
    end takes half an article more for found (Jeffreys), the lower end takes what was found.
    """
    random = np.random.default_rng(seed)
    lower, upper, mass = np.zeros(DRAWS), np.zeros(DRAWS), 0.0
    for number in np.unique(part.stratum[here]):
        own = here & (part.stratum == number)
        count, hits = int(own.sum()), int((own & target).sum())
        weight = float(part.weights[own].sum())
        lower += weight * (random.beta(hits, count - hits + 1, DRAWS) if hits else np.zeros(DRAWS))
        upper += weight * random.beta(hits + 0.5, count - hits + 0.5, DRAWS)
        mass += weight
    if not mass:
        return 0.0, 1.0
    return float(np.quantile(lower / mass, _COVERED[0])), float(np.quantile(upper / mass, _COVERED[1]))
