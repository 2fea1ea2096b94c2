"""Cuts a published text into pieces by evidence and names in it, so that a page can mark without counting characters.

Knows nothing of pages or events. Spans count code points and browsers UTF-16
units: pieces spare them the difference.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

PASSAGE_REACH = 90
"""Characters of context on each side of a piece of evidence."""
PASSAGES = 3
"""Shown of one article before it is opened."""
LEAD_CHARACTERS = 320
ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Mark:
    """A half-open range of a text that spoke for a label, or that names somebody or something."""

    start: int
    end: int
    label: str | None = None
    name: int | None = None
    """Number of the entity that stands here."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text with the labels that it spoke for, and the numbers of what it names, sorted; most have none."""

    text: str
    labels: tuple[str, ...] = ()
    names: tuple[int, ...] = ()


def marked(text: str, marks: Iterable[Mark]) -> tuple[Piece, ...]:
    """Return the text in pieces; joined they are the text. Marks may overlap; one outside the text is left out."""
    inside = _inside(text, marks)
    begins, ends = defaultdict[int, list[int]](list), defaultdict[int, list[int]](list)
    for number, mark in enumerate(inside):
        begins[mark.start].append(number)
        ends[mark.end].append(number)
    over: dict[int, Mark] = {}
    pieces: list[Piece] = []
    for start, end in pairwise(sorted({0, len(text), *begins, *ends})):
        for number in ends.get(start, ()):
            del over[number]
        over.update((number, inside[number]) for number in begins.get(start, ()))
        pieces.append(_piece(text[start:end], over.values()))
    return tuple(pieces)


def lead(text: str, marks: Sequence[Mark]) -> tuple[Piece, ...]:
    """Return how a text begins, and the passages further on that hold evidence; an ellipsis for what is left out."""
    inside = _inside(text, marks)
    windows = _joined([(0, _word_end(text, LEAD_CHARACTERS)), *_passages(text, inside)])
    pieces: list[Piece] = []
    at = 0
    for start, end in windows:
        if start > at:
            pieces.append(Piece(f" {ELLIPSIS} "))
        pieces.extend(marked(text[start:end], _within(inside, start, end)))
        at = end
    if at < len(text):
        pieces.append(Piece(f" {ELLIPSIS}"))
    return tuple(pieces)


def _inside(text: str, marks: Iterable[Mark]) -> list[Mark]:
    return [mark for mark in marks if 0 <= mark.start < mark.end <= len(text)]


def _piece(text: str, marks: Collection[Mark]) -> Piece:
    labels = {mark.label for mark in marks if mark.label is not None}
    return Piece(text, tuple(sorted(labels)), tuple(sorted({mark.name for mark in marks if mark.name is not None})))


def _within(marks: Iterable[Mark], start: int, end: int) -> list[Mark]:
    """Return the marks as a window sees them: a name or evidence that begins in it and ends beyond is cut there."""
    return [
        replace(mark, start=max(mark.start - start, 0), end=min(mark.end, end) - start)
        for mark in marks
        if mark.start < end and start < mark.end
    ]


def _passages(text: str, marks: Sequence[Mark]) -> list[tuple[int, int]]:
    evidence = (mark for mark in marks if mark.label is not None)
    beyond = [mark for mark in evidence if mark.start >= LEAD_CHARACTERS]
    return [
        (_word_start(text, mark.start - PASSAGE_REACH), _word_end(text, mark.end + PASSAGE_REACH))
        for mark in beyond[:PASSAGES]
    ]


def _joined(windows: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(windows):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _word_start(text: str, at: int) -> int:
    if at <= 0:
        return 0
    space = text.find(" ", at)
    return space + 1 if 0 <= space < at + PASSAGE_REACH else at


def _word_end(text: str, at: int) -> int:
    if at >= len(text):
        return len(text)
    space = text.rfind(" ", 0, at)
    return space if space > at - PASSAGE_REACH else at
