"""Evidence: the spans of the published text that spoke for a label.

Knows nothing of how a score comes about; it gets each word's share in it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from workers.article import Evidence
from workers.classify.features import Ints, spans
from workers.classify.scoring import Doubles
from workers.normalize import align
from workers.offsets import OffsetMap
from workers.parts import FieldName

SPANS = 8
"""More do not help a reader; the strongest stand first."""
MOST_SPANS = 24
"""Of an article that says it again and again: added after the first ones until the decision falls without them all."""
ADDED_AT_ONCE = 4
SHARE_OF_STRONGEST = 0.15
"""Words with less than this share of the strongest one's weight are left out; they only blur the picture."""
_GAP = 1
"""Characters between neighbours: one space; a mark between two words parts them."""

type Without = Callable[[Ints], Doubles | None]
"""From places of pieces to each piece's share when those are taken out; null when the label falls without them."""


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
    places: tuple[int, ...]
    """Of its words among all pieces."""


type _Located = Sequence[tuple[int, int, int] | None]


def evidence(fields: Sequence[ReadField], weights: Doubles, without: Without) -> tuple[Evidence, ...]:
    """Return the strongest spans first, enough of them that the label falls without them, where so many can be shown.

    `weights` holds one figure per piece: all fields', each closed by a break.
    """
    located = list(_located(fields))
    chosen = _deciding(located, weights, without)
    runs = sorted(_runs(_at(located, chosen, weights)), key=_strongest_first)
    maps = {at: align(fields[at].original, fields[at].normalized) for at in {run.field for run in runs}}
    return tuple(_published(run, fields[run.field], maps[run.field]) for run in runs)


def _deciding(located: _Located, weights: Doubles, without: Without) -> list[int]:
    """Return the places of the words to show: the strongest, then what keeps the label when those are gone."""
    heaviest = int(weights.argmax()) if len(weights) else 0
    chosen = _heaviest(located, weights, SPANS) or [at for at in (heaviest,) if located and located[at]]
    shares = without(np.array(chosen)) if chosen else None
    while shares is not None:
        # what speaks against the label in the whole article is no evidence, whatever it does in the rest
        shares[weights <= 0] = 0.0
        shares[chosen] = 0.0
        more = _heaviest(located, shares, ADDED_AT_ONCE)
        grown = sorted({*chosen, *more})
        if not more or len(list(_runs(_at(located, grown, weights)))) > MOST_SPANS:
            break
        chosen = grown
        shares = without(np.array(chosen))
    return chosen


def _heaviest(located: _Located, shares: Doubles, count: int) -> list[int]:
    """Return the places of the words in the strongest runs by these shares, in order."""
    floor = SHARE_OF_STRONGEST * float(shares.max(initial=0.0))
    heavy = [at for at in np.flatnonzero(shares > floor).tolist() if located[at]]
    kept = sorted(_runs(_at(located, heavy, shares)), key=_strongest_first)[:count]
    return sorted(place for run in kept for place in run.places)


def _strongest_first(run: _Run) -> tuple[float, int, int]:
    return -run.weight, run.field, run.start


def _located(fields: Sequence[ReadField]) -> Iterator[tuple[int, int, int] | None]:
    """Yield field, start and end of each piece that is a word, and nothing in place of any other."""
    for number, field in enumerate(fields):
        for start, end, is_word in spans(field.normalized):
            yield (number, start, end) if is_word else None
        yield None


def _at(located: _Located, places: Iterable[int], weights: Doubles) -> Iterator[_Run]:
    """Yield the words at these places."""
    for place in places:
        if where := located[place]:
            yield _Run(*where, float(weights[place]), (place,))


def _runs(words: Iterable[_Run]) -> Iterator[_Run]:
    """Yield runs of words with nothing but a space between them."""
    run: _Run | None = None
    for word in words:
        if run and run.field == word.field and word.start - run.end <= _GAP:
            run = _Run(run.field, run.start, word.end, run.weight + word.weight, run.places + word.places)
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
