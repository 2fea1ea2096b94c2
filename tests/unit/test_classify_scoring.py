"""What serving works out beforehand, or in another order, comes to what training fits."""

import numpy as np
import pytest

from workers.classify.features import SECTIONS
from workers.classify.scoring import SecondOrder, SecondOrderForms, product
from workers.classify.stack import STACK, ServedStack, stack_inputs

LABELS = 3


@pytest.mark.parametrize("sections", [1, 2, 17, SECTIONS])
def test_the_served_stack_gives_the_log_odds_of_the_fitted_one(sections: int) -> None:
    random = np.random.default_rng(sections)
    stack = random.normal(size=(LABELS, len(STACK) + 2))
    linear, curved = (random.normal(size=(1 + sections, LABELS)).astype(np.float32) for _ in range(2))
    concepts = random.normal(size=LABELS).astype(np.float32)

    log_odds = ServedStack(stack).log_odds(np.hstack([linear, curved]), concepts)

    inputs = stack_inputs(linear[0], linear[1:], curved[0], curved[1:], concepts)
    assert log_odds == pytest.approx((inputs * stack).sum(axis=1), abs=1e-6)


def test_quadratic_forms_as_one_matrix_score_as_one_by_one() -> None:
    random = np.random.default_rng(1)
    factors, signs = random.normal(size=(LABELS, 5, 16)), random.choice([-1, 1], size=(LABELS, 5))
    slopes, constants = random.normal(size=(LABELS, 16)), random.normal(size=LABELS)
    second = SecondOrder(*(each.astype(np.float32) for each in (factors, signs, slopes, constants)))
    vectors = random.normal(size=(7, 16)).astype(np.float32)

    scores = np.empty((len(vectors), LABELS), dtype=np.float32)

    SecondOrderForms.of(second).scores(vectors, scores)

    assert scores == pytest.approx(second.scores(vectors), abs=1e-3)


@pytest.mark.parametrize("shape", [(1, 0, 8), (3, 4, 5), (15, 290, 256), (65, 900, 256)])
def test_a_product_in_stripes_is_the_product(shape: tuple[int, int, int]) -> None:
    random = np.random.default_rng(2)
    rows, inner, columns = shape
    left = random.normal(size=(rows, inner)).astype(np.float32)
    right = random.normal(size=(inner, columns)).astype(np.float32)

    assert product(left, right) == pytest.approx(left @ right, abs=1e-3)
