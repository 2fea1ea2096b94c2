"""Concepts: which kinds of things the sentences of an article bring together, and what that says for a label.

Knows nothing of other scores. An embassy is no consular matter, nor is an arrest; a sentence with both often is. The
classes of words are data (`seeds/concepts.toml`); serving reads them from the model's figures.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from ingest.service.errors import UsageError
from ingest.service.toml_document import key_path, read_toml
from workers.classify.features import Neighbours, pair_key, pair_of
from workers.classify.pieces import Ints, pieces

MOST_WORDS = 2
MOST_CONCEPTS = 500
"""The figures hold a weight for each two of them and each label."""
NO_CONCEPT = -1
_ANY_END = "*"
_TINY = 1e-9
_DAMPED = np.concatenate([[0.0], 1 + np.log(np.arange(1, 1024))]).astype(np.float32)
"""What a count is worth; concepts that meet in a thousand sentences are worth no more than that."""


def _checked_form(form: str) -> str:
    if not 1 <= len(folded(form)) <= MOST_WORDS:
        raise ValueError(f"one or two words, not {form!r}")
    if _ANY_END in form[:-1]:
        raise ValueError(f"{_ANY_END} may only end a form: {form!r}")
    return form


def _without_repeats(forms: tuple[str, ...]) -> tuple[str, ...]:
    if twice := [form for form in forms if forms.count(form) > 1]:
        raise ValueError(f"{twice[0]!r} stands there twice")
    return forms


class Concept(BaseModel):
    """A class of words and of pairs of words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
    forms: Annotated[
        tuple[Annotated[str, AfterValidator(_checked_form)], ...],
        Field(min_length=1),
        AfterValidator(_without_repeats),
    ]


class _ConceptFile(BaseModel):
    """What `concepts.toml` may hold."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    concept: Annotated[tuple[Concept, ...], Field(max_length=MOST_CONCEPTS)]


def load_concepts(path: Path) -> tuple[Concept, ...]:
    """Return the concepts in the file's order; none without a file. Raises UsageError with file, key and reason."""
    if not path.exists():
        return ()
    try:
        concepts = _ConceptFile.model_validate(read_toml(path, "the concepts")).concept
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(f"{path}: {key_path(first['loc'])}: {first['msg']}") from error
    names = [concept.name for concept in concepts]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise UsageError(f"{path}: concept.name: {twice[0]!r} stands there twice")
    return concepts


def folded(form: str) -> tuple[str, ...]:
    """Return the words of a form as articles' words are read."""
    return tuple(piece.word for piece in pieces(form.removesuffix(_ANY_END)) if piece.word)


@dataclass(frozen=True, slots=True)
class ConceptTable:
    """The concepts of one vocabulary's words and pairs of neighbours, filled up with NO_CONCEPT."""

    count: int
    of_word: Ints
    """(words + 1, most of any word); row UNKNOWN is empty."""
    pairs: Ints
    """Sorted keys."""
    of_pair: Ints
    """(pairs, most of any pair)."""
    marked: NDArray[np.bool_] = field(init=False)
    """(words + 2,): which words have a concept; the last row is that of BREAK."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "marked", np.append((self.of_word != NO_CONCEPT).any(axis=1), [False]))

    @classmethod
    def of(cls, concepts: Sequence[Concept], words: Sequence[str]) -> Self:
        """Return the table of words whose ids are their places, from 1 on."""
        forms = [
            (folded(form), form.endswith(_ANY_END), number)
            for number, concept in enumerate(concepts)
            for form in concept.forms
        ]
        ending = _ending(words, {(form[-1], open_end) for form, open_end, _ in forms})
        of_word: defaultdict[int, list[int]] = defaultdict(list)
        of_pair: defaultdict[int, list[int]] = defaultdict(list)
        ids = {word: at for at, word in enumerate(words, start=1)}
        for form, open_end, number in forms:
            last = ending[form[-1], open_end]
            if len(form) == 1:
                entries, table = last, of_word
            elif first := ids.get(form[0]):
                entries, table = pair_key(np.array(first), np.array(last, dtype=np.int64)).tolist(), of_pair
            else:
                continue
            for entry in entries:
                if number not in table[entry]:
                    table[entry].append(number)
        keys = sorted(of_pair)
        rows = _filled([of_word.get(at, []) for at in range(len(words) + 1)])
        return cls(len(concepts), rows, np.array(keys, dtype=np.int64), _filled([of_pair[key] for key in keys]))

    def words(self) -> Ints:
        """Return the ids of all words that a concept has, alone or in a pair."""
        alone = np.flatnonzero(self.marked)
        return np.unique(np.concatenate([alone, *pair_of(self.pairs)]))


def _ending(words: Sequence[str], ends: Iterable[tuple[str, bool]]) -> dict[tuple[str, bool], list[int]]:
    """Return the ids of the words that each end of a form stands for."""
    found: dict[tuple[str, bool], list[int]] = {end: [] for end in ends}
    for at, word in enumerate(words, start=1):
        beginnings = ((word[:length], True) for length in range(1, len(word) + 1))
        for end in ((word, False), *beginnings):
            if end in found:
                found[end].append(at)
    return found


def _filled(rows: Sequence[Sequence[int]]) -> Ints:
    width = max(map(len, rows), default=0)
    table = np.full((len(rows), width), NO_CONCEPT, dtype=np.int64)
    for at, row in enumerate(rows):
        table[at, : len(row)] = row
    return table


class Marks(NamedTuple):
    """Where concepts stand."""

    places: Ints
    """Of pieces; of a pair the first one."""
    sentences: Ints
    concepts: Ints
    """(places, most of any): filled up with NO_CONCEPT."""

    def numbered(self, numbers: Ints) -> "Marks":
        """Return the marks with other numbers of concepts, the last of which is that of NO_CONCEPT."""
        return self._replace(concepts=numbers.take(self.concepts))

    def without(self, gone: NDArray[np.bool_]) -> "Marks":
        """Return the marks when no concept stands at some of their places."""
        return self._replace(concepts=np.where(gone[:, None], NO_CONCEPT, self.concepts))


@dataclass(frozen=True, slots=True)
class ConceptReading:
    """Which concepts stand where in an article."""

    concepts: Ints
    """(k,): numbers of the concepts that stand anywhere in the article, in order: few of all there are."""
    of_words: Marks
    """Concepts are places in `concepts` here, and in all that follows."""
    of_pairs: Marks
    present: NDArray[np.float32]
    """(sentences, k): 1 where a concept stands in a sentence."""
    counts: NDArray[np.float32]
    """(k, k): in how many sentences two concepts stand together, symmetric, each with itself included."""

    @classmethod
    def of(cls, concepts: Ints, of_words: Marks, of_pairs: Marks, sentences: int) -> Self:
        """Return what the marks come to."""
        # one column more than there are concepts: NO_CONCEPT is the last one
        present = np.zeros((sentences, len(concepts) + 1), dtype=np.float32)
        for marks in (of_words, of_pairs):
            present[marks.sentences[:, None], marks.concepts] = 1
        present = present[:, :-1]
        return cls(concepts, of_words, of_pairs, present, present.T @ present)

    def without(self, gone: NDArray[np.bool_]) -> "ConceptReading":
        """Return the reading when some pieces are taken out; a pair without one of its words is none."""
        first = self.of_pairs.places
        of_words = self.of_words.without(gone.take(self.of_words.places))
        of_pairs = self.of_pairs.without(gone.take(first) | gone.take(first + 1))
        return ConceptReading.of(self.concepts, of_words, of_pairs, len(self.present))

    def worth(self) -> tuple[NDArray[np.float32], float]:
        """Return damped counts (k, k), and the length of their upper triangle."""
        values = _DAMPED.take(self.counts.astype(np.int64), mode="clip")
        diagonal = values.diagonal()
        # each pair of different concepts stands there twice
        squares = (float(np.vdot(values, values)) + float(np.vdot(diagonal, diagonal))) / 2
        return values, max(math.sqrt(squares), _TINY)


def read_concepts(table: ConceptTable, words: Ints, breaks: Ints, neighbours: Neighbours) -> ConceptReading:
    """Return the concepts of an article's words and pairs of neighbours; sentences end at the breaks."""
    places = table.marked.take(words).nonzero()[0]
    of_words = Marks(places, breaks.searchsorted(places), table.of_word.take(words.take(places), axis=0))
    pairs, first = neighbours.among(table.pairs)
    of_pairs = Marks(first, breaks.searchsorted(first), table.of_pair.take(pairs, axis=0))
    there = np.zeros(table.count + 1, dtype=np.bool_)
    there[of_words.concepts] = there[of_pairs.concepts] = True
    concepts = there[:-1].nonzero()[0]
    numbers = np.full(table.count + 1, NO_CONCEPT)
    numbers[concepts] = np.arange(len(concepts))
    return ConceptReading.of(concepts, of_words.numbered(numbers), of_pairs.numbered(numbers), len(breaks) + 1)


class ConceptWeights:
    """What pairs of concepts say for each label: a linear form on damped counts of unit length."""

    def __init__(self, weights: NDArray[np.float32], bias: NDArray[np.float32]) -> None:
        """Take weights (L, K, K), upper triangle, and constants (L,)."""
        self.weights, self.bias = weights, bias
        self._count = weights.shape[1]
        # side by side what one pair says for all labels, half to each of the two
        halves = (weights + weights.transpose(0, 2, 1)) / 2
        self._halves = np.ascontiguousarray(halves.reshape(len(bias), -1).T)

    def scores(self, reading: ConceptReading) -> NDArray[np.float32]:
        """Return the scores (L,) of an article."""
        values, length = reading.worth()
        scores: NDArray[np.float32] = values.ravel() @ self._said(reading)
        scores /= np.float32(length)
        scores += self.bias
        return scores

    def shares(self, reading: ConceptReading, label: int) -> tuple[Ints, NDArray[np.float64]]:
        """Return the places of marks, and each one's share in a label's score.

        A pair's share is halved, and split over the sentences with both.
        """
        values, length = reading.worth()
        said = self._said(reading)[:, label].reshape(values.shape)
        parts = values / np.float32(length) * said / np.maximum(reading.counts, 1)
        of_sentence = reading.present * (reading.present @ parts)
        words, at_words = _each(reading.of_words, len(parts))
        first, at_pairs = _each(reading.of_pairs, len(parts))
        at = np.concatenate((at_words, at_pairs, at_pairs))  # of a pair both words are marks
        shares = of_sentence.ravel().take(at).astype(np.float64)
        shares /= np.bincount(at).take(at)
        return np.concatenate((words, first, first + 1)), shares

    def _said(self, reading: ConceptReading) -> NDArray[np.float32]:
        """Return what each two of the article's concepts say, half to each of the two: (k * k, L)."""
        pairs = reading.concepts[:, None] * self._count + reading.concepts
        said: NDArray[np.float32] = self._halves.take(pairs.ravel(), axis=0)
        return said


def _each(marks: Marks, count: int) -> tuple[Ints, Ints]:
    """Return marks one by one: the place of each, and its number among all concepts in all sentences."""
    there = (marks.concepts != NO_CONCEPT).ravel().nonzero()[0]
    which = there // max(1, marks.concepts.shape[1])
    return marks.places.take(which), marks.sentences.take(which) * count + marks.concepts.ravel().take(there)
