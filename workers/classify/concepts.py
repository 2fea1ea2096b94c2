"""Concepts: which kinds of things the sentences of an article bring together, and what that says for a label.

Knows nothing of other scores. An embassy is no consular matter, nor is an arrest; a sentence with both often is. The
classes of words are data (`seeds/concepts.toml`); serving reads them from the model's figures.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from ingest.service.errors import UsageError
from ingest.service.toml_document import key_path, read_toml
from workers.classify.features import pair_key, pair_of
from workers.classify.pieces import Ints, pieces
from workers.classify.vocabulary import BREAK, UNKNOWN

MOST_WORDS = 2
MOST_CONCEPTS = 127
"""Numbers of concepts take a byte in the figures."""
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
    begins: NDArray[np.bool_] = field(init=False)
    """(words + 2,): which words may be the first of a pair."""

    def __post_init__(self) -> None:
        marked = np.append((self.of_word != NO_CONCEPT).any(axis=1), [False])
        begins = np.zeros_like(marked)
        begins[pair_of(self.pairs)[0]] = True
        object.__setattr__(self, "marked", marked)
        object.__setattr__(self, "begins", begins)

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


@dataclass(frozen=True, slots=True)
class ConceptReading:
    """Which concepts stand where in an article; M of the concepts stand there at all."""

    places: Ints
    """The piece of each mark; both words of a pair have one."""
    sentences: Ints
    """The sentence of each mark."""
    columns: Ints
    """For each mark its concept's place in `concepts`."""
    concepts: Ints
    """Numbers of the concepts: (M,), in order."""
    present: NDArray[np.float32]
    """(sentences, M): 1 where a concept stands in a sentence."""
    counts: Ints
    """(M, M): in how many sentences two concepts stand together, symmetric, each with itself included."""

    def dense(self, count: int) -> NDArray[np.float64]:
        """Return the counts of all K concepts: (K, K), upper triangle."""
        counts = np.zeros((count, count))
        counts[np.ix_(self.concepts, self.concepts)] = self.counts
        return np.triu(counts)

    def worth(self) -> NDArray[np.float32]:
        """Return damped counts, of which the upper triangle is of unit length: (M, M)."""
        values = _DAMPED.take(self.counts, mode="clip")
        diagonal = values.diagonal()
        # each pair of different concepts stands there twice
        squares = (float(np.vdot(values, values)) + float(np.vdot(diagonal, diagonal))) / 2
        return np.asarray(values / max(math.sqrt(squares), _TINY), dtype=np.float32)


def read_concepts(table: ConceptTable, words: Ints) -> ConceptReading:
    """Return the concepts of an article's words; sentences end at BREAK."""
    at = np.flatnonzero(table.marked.take(words))
    mark, which = _marks(table.of_word, words.take(at))
    place = at.take(which)
    first = np.flatnonzero(table.begins.take(words[:-1]))
    keys = pair_key(words.take(first), np.maximum(words.take(first + 1), UNKNOWN))
    found = table.pairs.searchsorted(keys)
    known = np.flatnonzero(table.pairs.take(found, mode="clip") == keys) if len(keys) else first
    if len(known):
        of_pair, which = _marks(table.of_pair, found.take(known))
        begins = first.take(known).take(which)
        place, mark = np.concatenate([place, begins, begins + 1]), np.concatenate([mark, of_pair, of_pair])
    sentence = np.cumsum(words == BREAK).take(place)
    there = np.zeros(table.count, dtype=np.int64)
    there[mark] = 1
    concepts = np.flatnonzero(there)
    column = (np.cumsum(there) - 1).take(mark)
    present = np.zeros((int(sentence.max(initial=0)) + 1, len(concepts)), dtype=np.float32)
    present[sentence, column] = 1
    return ConceptReading(place, sentence, column, concepts, present, (present.T @ present).astype(np.int64))


def _marks(table: Ints, rows: Ints) -> tuple[Ints, Ints]:
    """Return the concepts of the rows, and for each which of the rows it is of."""
    concepts = table.take(rows, axis=0)
    which, column = np.nonzero(concepts != NO_CONCEPT)
    return concepts[which, column], which


@dataclass(frozen=True, slots=True)
class ConceptWeights:
    """What pairs of concepts say for each label: a linear form on damped counts of unit length."""

    weights: NDArray[np.float32]
    """(L, K, K), upper triangle."""
    bias: NDArray[np.float32]
    """(L,)."""

    def scores(self, reading: ConceptReading) -> NDArray[np.float64]:
        """Return the scores (L,) of an article."""
        concepts = reading.concepts
        weights = self.weights[:, concepts[:, None], concepts].reshape(len(self.bias), -1)
        return np.asarray(weights @ reading.worth().ravel() + self.bias, dtype=np.float64)

    def shares(self, reading: ConceptReading, label: int) -> NDArray[np.float64]:
        """Return each mark's share in a label's score: a pair's is halved, and split over the sentences with both."""
        weights = self.weights[label][np.ix_(reading.concepts, reading.concepts)]
        parts = reading.worth() * weights / np.maximum(reading.counts, 1)
        halves = (parts + parts.T) / 2
        of_sentence = reading.present * (reading.present @ halves)
        marks = np.zeros_like(reading.present)
        np.add.at(marks, (reading.sentences, reading.columns), 1)
        at = reading.sentences, reading.columns
        return np.asarray(of_sentence[at] / marks[at], dtype=np.float64)
