"""Measures, calibration to the stream's mix, and estimates from a part that was read: arrays whose truth is known."""

import numpy as np
import pytest

from workers.classify.calibration import fit_offsets, for_stream, shifted
from workers.classify.estimate import ReadPart, estimate
from workers.classify.figures import Figures
from workers.classify.measures import Judged, brier, calibration_error, evaluation, macro_f1


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def judged(probabilities: np.ndarray, assign_at: float = 0.5, abstain_at: float = 0.2) -> Judged:
    assigned = probabilities >= assign_at
    abstained = ~assigned & (probabilities >= abstain_at)
    return Judged(probabilities, assigned, abstained, np.zeros(len(probabilities), dtype=np.int64))


def test_macro_f1_is_the_mean_over_labels_and_an_empty_label_is_perfect() -> None:
    targets = np.array([[1, 0], [1, 0], [0, 0]], dtype=bool)
    assigned = np.array([[1, 0], [0, 0], [1, 0]], dtype=bool)

    assert macro_f1(assigned, targets) == pytest.approx((0.5 + 1.0) / 2)


def test_probabilities_that_keep_their_word_have_no_calibration_error_and_others_have(rng: np.random.Generator) -> None:
    probabilities = rng.random(20_000)
    target = rng.random(20_000) < probabilities

    assert calibration_error(probabilities, target) < 0.02
    assert calibration_error(probabilities, target) < calibration_error(probabilities**2, target) - 0.1
    assert brier(target.astype(float), target) == 0.0


def test_a_weight_counts_as_so_many_articles() -> None:
    probabilities, target = np.array([0.9, 0.1]), np.array([True, True])

    weighted = calibration_error(probabilities, target, np.array([1.0, 3.0]))

    assert weighted == pytest.approx(calibration_error(np.array([0.9, 0.1, 0.1, 0.1]), np.ones(4, dtype=bool)))
    assert weighted == pytest.approx((0.1 + 3 * 0.9) / 4)


def test_bins_hold_equal_mass_so_that_faults_at_both_ends_do_not_cancel(rng: np.random.Generator) -> None:
    probabilities, target = rng.random(4_000), rng.random(4_000) < 0.5
    weights = rng.integers(1, 4, 4_000)

    weighted = calibration_error(probabilities, target, weights.astype(float))

    repeated = np.repeat(np.arange(4_000), weights)
    assert weighted == pytest.approx(calibration_error(probabilities[repeated], target[repeated]), abs=0.01)
    assert weighted == pytest.approx(0.25, abs=0.02)


def test_intervals_hold_the_figure_and_copies_of_a_story_make_them_no_narrower(rng: np.random.Generator) -> None:
    probabilities = rng.random((400, 1))
    targets = rng.random((400, 1)) < probabilities
    sure = np.ones(400, dtype=bool)
    once = evaluation(["a"], judged(probabilities), targets, sure, np.arange(400), 1).labels[0]
    four_times = np.repeat(np.arange(400), 4)
    copied = judged(probabilities[four_times])
    again = evaluation(["a"], copied, targets[four_times], np.repeat(sure, 4), four_times, 1).labels[0]

    low, high = once.f1_interval
    assert low < once.f1 < high
    assert again.f1 == once.f1
    assert again.f1_interval == pytest.approx(once.f1_interval, abs=1e-9)


def test_an_evaluation_tells_sure_rows_apart_and_how_much_was_left_open() -> None:
    probabilities = np.array([[0.9], [0.3], [0.1], [0.9]])
    targets = np.array([[True], [True], [False], [False]])

    scores = evaluation(["a"], judged(probabilities), targets, np.array([True, True, True, False]), np.arange(4), 1)

    assert scores.macro_f1 == 0.5
    assert scores.macro_f1_sure == pytest.approx(2 / 3)
    assert (scores.labels[0].abstained, scores.labels[0].abstained_carry) == (0.25, 1.0)


def test_the_offset_makes_the_mean_probability_the_rate(rng: np.random.Generator) -> None:
    probabilities = rng.random((5_000, 2))
    targets = rng.random((5_000, 2)) < shifted(probabilities, np.array([-1.5, 0.7]))

    offsets = fit_offsets(probabilities, targets, np.ones(5_000))

    assert offsets == pytest.approx([-1.5, 0.7], abs=0.15)
    assert shifted(probabilities, offsets).mean(axis=0) == pytest.approx(targets.mean(axis=0), abs=1e-6)


def test_a_shift_moves_thresholds_with_probabilities(figures: Figures, rng: np.random.Generator) -> None:
    offsets = np.array([-1.0, 0.5, 0.0])
    inputs = rng.normal(size=(500, 3, figures.stack.shape[1]))

    moved = for_stream(figures, offsets)

    def decided(one: Figures) -> tuple[np.ndarray, np.ndarray]:
        log_odds = (inputs[..., :-1] * one.stack[:, :-1]).sum(axis=-1) + one.stack[:, -1]
        said = 1 / (1 + np.exp(-log_odds))
        return said >= one.assign_at, said >= one.abstain_at

    assert np.array_equal(decided(moved)[0], decided(figures)[0])
    assert np.array_equal(decided(moved)[1], decided(figures)[1])
    assert moved.assign_at[0] < figures.assign_at[0]
    assert moved.assign_at[1] > figures.assign_at[1]
    assert moved.digest() != figures.digest()


@pytest.fixture
def figures(rng: np.random.Generator) -> Figures:
    arrays = {name: np.zeros((3, 2)) for name in Figures.__dataclass_fields__}
    texts = {name: np.array(["x"]) for name in ("labels", "words", "prefixes", "concepts")}
    stack = rng.normal(size=(3, 14)).astype(np.float32)
    bands = {"assign_at": np.array([0.5, 0.3, 0.6], np.float32), "abstain_at": np.array([0.2, 0.1, 0.3], np.float32)}
    return Figures(**{**arrays, **texts, **bands, "stack": stack})


def test_a_stream_is_estimated_from_the_part_that_was_read(rng: np.random.Generator) -> None:
    truth = np.concatenate([np.full(1_000, 0.8), np.full(9_000, 0.01)])
    carries = rng.random(10_000) < truth
    read = np.concatenate([np.arange(200), np.arange(1_000, 1_300)])
    of_labelled_mix = shifted(truth[:, None], np.array([1.2]))
    part = ReadPart(
        judged=judged(of_labelled_mix[read], assign_at=0.6),
        targets=carries[read][:, None],
        weights=np.concatenate([np.full(200, 5.0), np.full(300, 30.0)]),
        stratum=np.concatenate([np.full(200, 1), np.full(300, 2)]),
    )

    stream = estimate(["a"], part, drawn=500, seed=1)

    label = stream.labels[0]
    assert (stream.articles, stream.read) == (10_000, 500)
    assert label.rate_interval[0] < carries.mean() < label.rate_interval[1]
    assert label.rate_interval[0] < label.rate < label.rate_interval[1]
    assert label.precision.carry == pytest.approx(0.8, abs=0.1)
    assert label.precision.read == 200
    assert label.offset == pytest.approx(-1.2, abs=0.4)
    assert label.calibration_error < label.calibration_error_before


def test_a_stratum_in_which_none_was_found_is_not_taken_for_empty() -> None:
    said = np.full((60, 1), 0.01)
    part = ReadPart(judged(said), np.zeros((60, 1), dtype=bool), np.full(60, 100.0), np.ones(60, dtype=np.int64))

    label = estimate(["a"], part, drawn=60, seed=1).labels[0]

    assert label.rate == 0.0
    assert 0.0 < label.rate_interval[1] < 0.06
