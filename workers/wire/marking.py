"""Cuts a published text into pieces by the evidence in it, so that a page can highlight without counting characters.

Knows nothing of pages or events. Spans count code points and browsers UTF-16
units: pieces spare them the difference.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

PASSAGE_REACH = 90
"""Characters of context on each side of a piece of evidence."""
PASSAGES = 3
"""Shown of one article before it is opened."""
LEAD_CHARACTERS = 320
ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Mark:
    """A half-open range of a text that spoke for a label."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text with the labels that it spoke for, sorted; most pieces have none."""

    text: str
    labels: tuple[str, ...] = ()


def marked(text: str, marks: Iterable[Mark]) -> tuple[Piece, ...]:
    """Return the text in pieces; joined they are the text. Marks may overlap; one outside the text is left out."""
    inside = [mark for mark in marks if 0 <= mark.start < mark.end <= len(text)]
    edges = sorted({0, len(text), *(mark.start for mark in inside), *(mark.end for mark in inside)})
    return tuple(
        Piece(
            text[start:end],
            tuple(sorted({mark.label for mark in inside if mark.start <= start and end <= mark.end})),
        )
        for start, end in pairwise(edges)
    )


def lead(text: str, marks: Sequence[Mark]) -> tuple[Piece, ...]:
    """Return how a text begins, and the passages further on that hold evidence; an ellipsis for what is left out."""
    windows = _joined([(0, _word_end(text, LEAD_CHARACTERS)), *_passages(text, marks)])
    pieces: list[Piece] = []
    at = 0
    for start, end in windows:
        if start > at:
            pieces.append(Piece(f" {ELLIPSIS} "))
        shifted = [Mark(mark.start - start, mark.end - start, mark.label) for mark in marks]
        pieces.extend(marked(text[start:end], shifted))
        at = end
    if at < len(text):
        pieces.append(Piece(f" {ELLIPSIS}"))
    return tuple(pieces)


def _passages(text: str, marks: Sequence[Mark]) -> list[tuple[int, int]]:
    beyond = [mark for mark in marks if LEAD_CHARACTERS <= mark.start < mark.end <= len(text)]
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
