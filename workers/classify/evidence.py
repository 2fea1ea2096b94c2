"""Evidence: the spans of the published text that spoke for a label.

Knows nothing of how a score comes about; it gets each word's share in it.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from workers.article import Evidence, FieldName
from workers.classify.features import spans
from workers.classify.scoring import Doubles
from workers.normalize import align
from workers.offsets import OffsetMap

SPANS = 8
"""More do not help a reader."""
SHARE_OF_STRONGEST = 0.15
"""Words with less than this share of the strongest one's weight are left out; they only blur the picture."""
_GAP = 1
"""Characters between neighbours: one space; a mark between two words parts them."""


@dataclass(frozen=True, slots=True)
class ReadField:
    """A field that was scored, in both forms."""

    name: FieldName
    original: str
    normalized: str


@dataclass(frozen=True, slots=True)
class _Run:
    """Neighbouring words of one field, by normalized offsets, with the sum of their weights."""

    field: int
    start: int
    end: int
    weight: float


def evidence(fields: Sequence[ReadField], weights: Doubles) -> tuple[Evidence, ...]:
    """Return the strongest spans first. `weights` holds one figure per piece: all fields', each closed by a break."""
    floor = SHARE_OF_STRONGEST * float(weights.max(initial=0.0))
    runs = list(_runs(_words(fields, weights, floor)))
    if not runs:
        words = list(_words(fields, weights, -math.inf))
        if not words:
            return ()
        runs = [max(words, key=lambda word: word.weight)]
    runs = sorted(runs, key=lambda run: (-run.weight, run.field, run.start))[:SPANS]
    maps = {at: align(fields[at].original, fields[at].normalized) for at in {run.field for run in runs}}
    return tuple(_published(run, fields[run.field], maps[run.field]) for run in runs)


def _words(fields: Sequence[ReadField], weights: Doubles, floor: float) -> Iterator[_Run]:
    """Yield each word that weighs more than the floor, in order."""
    figures = iter(weights.tolist())
    for number, field in enumerate(fields):
        for start, end, is_word in spans(field.normalized):
            weight = next(figures)
            if weight > floor and is_word:
                yield _Run(number, start, end, weight)
        next(figures)


def _runs(words: Iterable[_Run]) -> Iterator[_Run]:
    """Yield runs of words with nothing but a space between them."""
    run: _Run | None = None
    for word in words:
        if run and run.field == word.field and word.start - run.end <= _GAP:
            run = replace(run, end=word.end, weight=run.weight + word.weight)
        else:
            if run:
                yield run
            run = word
    if run:
        yield run


def _published(run: _Run, field: ReadField, offsets: OffsetMap) -> Evidence:
    """Return the run as a span of the published field."""
    start, end = offsets.span(run.start, run.end)
    start = min(start, len(field.original) - 1)
    end = max(end, start + 1)
    surface = field.original[start:end]
    return Evidence(field=field.name, start=start, end=end, surface=surface, weight=round(run.weight, 4))
