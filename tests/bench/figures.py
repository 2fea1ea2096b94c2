"""Figures of one run: samples taken in turns, their medians and ratios, as a table and as JSON.

Knows nothing of what was measured.
"""

import gc
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

type Side = Callable[[int], float]
"""Does the work of a pair, given its number, and returns how much it did in a second."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What one thing does in a second, beside a yardstick that was measured in turns with it."""

    id: str
    what: str
    unit: str
    ours: tuple[float, ...]
    """One sample a pair, in the order of the pairs."""
    yardstick: str = ""
    """What the other side of each pair is; empty where there is none."""
    theirs: tuple[float, ...] = ()
    target: float | None = None
    """The least median ratio that the project promises."""
    shares: Mapping[str, float] = field(default_factory=dict)
    """Part of the time that each stage took, 0 to 1."""
    facts: Mapping[str, float | str] = field(default_factory=dict)
    """What the figure was measured on."""

    @property
    def ratios(self) -> tuple[float, ...]:
        """Return ours to theirs, pair by pair: a slow minute of the machine falls on both."""
        return tuple(our / their for our, their in zip(self.ours, self.theirs, strict=True)) if self.theirs else ()

    def as_json(self) -> dict[str, Any]:
        """Return everything, the samples too."""
        found: dict[str, Any] = {
            "id": self.id,
            "what": self.what,
            "unit": self.unit,
            "median": _rounded(statistics.median(self.ours)),
            "samples": [_rounded(sample) for sample in self.ours],
            "facts": dict(self.facts),
        }
        if self.shares:
            found["shares"] = {stage: round(share, 4) for stage, share in self.shares.items()}
        if self.theirs:
            found["yardstick"] = {
                "what": self.yardstick,
                "median": _rounded(statistics.median(self.theirs)),
                "samples": [_rounded(sample) for sample in self.theirs],
            }
            found["ratio"] = {
                "median": round(statistics.median(self.ratios), 3),
                "min": round(min(self.ratios), 3),
                "max": round(max(self.ratios), 3),
            }
        if self.target is not None:
            found["target"] = {"ratio": self.target, "met": self.meets_target}
        return found

    @property
    def meets_target(self) -> bool:
        """Tell whether the median ratio is what the project promises; true where it promises nothing."""
        return self.target is None or statistics.median(self.ratios) >= self.target


def in_turns(pairs: int, *sides: Side) -> tuple[tuple[float, ...], ...]:
    """Return each side's samples; every other pair goes through the sides from the last to the first."""
    samples: list[list[float]] = [[] for _ in sides]
    for pair in range(pairs):
        order = range(len(sides)) if pair % 2 == 0 else reversed(range(len(sides)))
        for side in order:
            gc.collect()  # what one side left behind is not for the next to clear away
            samples[side].append(sides[side](pair))
    return tuple(map(tuple, samples))


def per_second(count: int, work: Callable[[], object]) -> float:
    """Return how many a second this work did."""
    started = time.perf_counter()
    work()
    return count / (time.perf_counter() - started)


def table(figures: Sequence[Figure]) -> str:
    """Return all figures for a person to read."""
    rows: list[tuple[str, ...]] = [("", "median", "yardstick", "ratio", "min", "max")]
    for figure in figures:
        rate = f"{statistics.median(figure.ours):,.0f} {figure.unit}"
        if figure.theirs:
            ratios = figure.ratios
            numbers = [f"{number:.2f}" for number in (statistics.median(ratios), min(ratios), max(ratios))]
            rows.append((figure.what, rate, f"{statistics.median(figure.theirs):,.0f} {figure.yardstick}", *numbers))
        else:
            rows.append((figure.what, rate, "", "", "", ""))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        left = [cell.ljust(width) for cell, width in zip(row[:3], widths[:3], strict=True)]
        right = [cell.rjust(width) for cell, width in zip(row[3:], widths[3:], strict=True)]
        lines.append("  ".join(left + right).rstrip())
    return "\n".join([*lines, "", *(line for figure in figures for line in _about(figure))])


def _about(figure: Figure) -> list[str]:
    lines = [f"{figure.what}: {', '.join(f'{name} {_shown(value)}' for name, value in figure.facts.items())}"]
    if figure.shares:
        lines.append("    of the time: " + ", ".join(f"{stage} {share:.0%}" for stage, share in figure.shares.items()))
    if figure.target is not None:
        lines.append(f"    target: a ratio of {figure.target:.2f}, {'met' if figure.meets_target else 'MISSED'}")
    return lines


def _shown(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:,.0f}"


def _rounded(sample: float) -> float:
    return round(sample, 1)
