"""Weights of what is so of a candidate, learned of annotated ones by logistic regression, and the file of them."""

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from workers.enrich.salience import Ranking

STRENGTH = 0.2
"""Of the weights' freedom (scikit-learn's C): neither less nor more did better by cross-validation."""
FEWEST = 3
"""In so many candidates a feature is seen, or it has no weight."""
SMALLEST = 0.005
"""A weight that is smaller moves nothing."""


class Example(NamedTuple):
    """A candidate: what is so of it, whether a reader annotated it, and what it counts."""

    features: Sequence[str]
    annotated: bool
    counts: float = 1.0


def ranking_of(examples: Sequence[Example], threshold: float) -> Ranking:
    """Return the weights that tell what is annotated from what is not."""
    times = Counter(feature for example in examples for feature in set(example.features))
    names = DictVectorizer()
    matrix = names.fit_transform(
        [{feature: 1.0 for feature in example.features if times[feature] >= FEWEST} for example in examples]
    )
    model = LogisticRegression(C=STRENGTH, max_iter=2000)
    model.fit(
        matrix,
        [example.annotated for example in examples],
        sample_weight=[example.counts for example in examples],
    )
    weights = dict(zip(names.get_feature_names_out(), map(float, model.coef_[0]), strict=True))
    kept = {name: round(weight, 3) for name, weight in sorted(weights.items()) if abs(weight) >= SMALLEST}
    return Ranking(threshold=threshold, bias=round(float(model.intercept_[0]), 3), weights=kept)


def score(features: Sequence[str], ranking: Ranking) -> float:
    """Return the log odds that a candidate is annotated."""
    return ranking.bias + sum(ranking.weights.get(feature, 0.0) for feature in features)


def write(ranking: Ranking, path: Path, head: str) -> None:
    """Write the weights as a file that begins with a comment."""
    weights = "".join(f'"{name}" = {weight}\n' for name, weight in ranking.weights.items())
    path.write_text(
        f"{head}\nthreshold = {ranking.threshold}\nbias = {ranking.bias}\n\n[weights]\n{weights}", encoding="utf-8"
    )


def run[Sample](
    arguments: list[str],
    usage: str | None,
    samples: Callable[[], Iterable[Sample]],
    judged: Callable[[Sequence[Sample]], Iterable[str]],
    save: Callable[[Sequence[Sample]], None],
) -> int:
    """Say how well the weights do, and save those of all articles where `write` asks for it."""
    if arguments not in ([], ["write"]):
        sys.stderr.write(f"{usage}\n")
        return 2
    read = tuple(samples())
    sys.stdout.writelines(f"{line}\n" for line in judged(read))
    if arguments:
        save(read)
    return 0
