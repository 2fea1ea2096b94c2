"""Evidence: the spans of the published text that spoke for a label.

Knows nothing of how a score comes about; it gets each word's share in it.
"""

from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from workers.article import Evidence
from workers.classify.pieces import END, Ints, Pieces
from workers.classify.stack import Doubles
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


class ReadField(NamedTuple):
    """A field that was scored, in both forms."""

    name: FieldName
    original: str
    normalized: str


class _Run(NamedTuple):
    """Neighbouring words of one field, by normalized offsets, with the sum of their weights."""

    field: int
    start: int
    end: int
    weight: float


class ReadFields:
    """The fields of an article and where its pieces stand in them, worked out once for all labels that it carries."""

    def __init__(self, fields: Sequence[ReadField], found: Pieces) -> None:
        self._fields = fields
        self._found = found
        self._maps: dict[int, OffsetMap] = {}
        self.pieces = len(found.kinds)

    @cached_property
    def _where(self) -> tuple[Ints, Ints, Ints]:
        """Field, start and end of each piece."""
        starts, ends = self._found.spans()
        part = self._found.part_ends.searchsorted(np.arange(len(starts)))
        before = np.array([0, *accumulate(len(field.normalized) + 1 for field in self._fields)]).take(part)
        return part, starts - before, ends - before

    def run_bounds(self, places: Ints) -> tuple[Ints, Ints, Ints]:
        """Return which of the places are words, and where among these runs that only spaces part start and end."""
        places = places[self._found.kinds.take(places) != END]
        if not len(places):
            return places, places, places
        fields, starts, ends = (each.take(places) for each in self._where)
        parted = starts[1:] - ends[:-1] > _GAP
        parted |= fields[1:] != fields[:-1]
        between = parted.nonzero()[0]
        between += 1
        return places, np.concatenate(([0], between)), np.concatenate((between, [len(places)]))

    def runs(self, places: Ints, weights: Doubles) -> list[_Run]:
        """Return the runs of words at these places."""
        places, run_starts, run_ends = self.run_bounds(places)
        if not len(places):
            return []
        fields, starts, ends = self._where
        sums = np.add.reduceat(weights.take(places), run_starts)
        first, last = places.take(run_starts), places.take(run_ends - 1)
        each = (fields.take(first), starts.take(first), ends.take(last), sums)
        return list(map(_Run, *(values.tolist() for values in each)))

    def published(self, run: _Run) -> Evidence:
        """Return the run as a span of the published field."""
        field = self._fields[run.field]
        if run.field not in self._maps:
            self._maps[run.field] = align(field.original, field.normalized)
        start, end = self._maps[run.field].span(run.start, run.end)
        start = min(start, len(field.original) - 1)
        end = max(end, start + 1)
        surface = field.original[start:end]
        return Evidence(field=field.name, start=start, end=end, surface=surface, weight=round(run.weight, 4))


def evidence(fields: ReadFields, weights: Doubles, without: Without) -> tuple[Evidence, ...]:
    """Return the strongest spans first, enough of them that the label falls without them, where so many can be shown.

    `weights` holds one figure per piece: all fields', each closed by a break.
    """
    chosen = _deciding(fields, weights, without)
    return tuple(map(fields.published, sorted(fields.runs(chosen, weights), key=_strongest_first)))


def _deciding(fields: ReadFields, weights: Doubles, without: Without) -> Ints:
    """Return the places of the words to show: the strongest, then what keeps the label when those are gone."""
    chosen = _heaviest(fields, weights, SPANS)
    if not len(chosen):  # whatever the greatest weight is, if there is a word
        chosen, _, _ = fields.run_bounds(weights.argmax()[None])
    shares = without(chosen) if len(chosen) else None
    while shares is not None:
        # what speaks against the label in the whole article is no evidence, whatever it does in the rest
        shares[weights <= 0] = 0.0
        shares[chosen] = 0.0
        more = _heaviest(fields, shares, ADDED_AT_ONCE)
        grown = np.union1d(chosen, more)
        if not len(more) or len(fields.run_bounds(grown)[1]) > MOST_SPANS:
            break
        chosen = grown
        shares = without(chosen)
    return chosen


def _heaviest(fields: ReadFields, shares: Doubles, count: int) -> Ints:
    """Return the places of the words in the strongest runs by these shares, in order."""
    floor = SHARE_OF_STRONGEST * float(shares.max(initial=0.0))
    places, starts, ends = fields.run_bounds((shares > floor).nonzero()[0])
    if len(starts) <= count:
        return places
    weights = np.add.reduceat(shares.take(places), starts)
    strongest = (-weights).argsort(kind="stable")[:count]
    is_kept = np.zeros(len(starts), dtype=np.bool_)
    is_kept[strongest] = True
    return places[is_kept.repeat(ends - starts)]


def _strongest_first(run: _Run) -> tuple[float, int, int]:
    return -run.weight, run.field, run.start
