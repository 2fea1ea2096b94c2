"""Pieces of any text with any evidence."""

from hypothesis import given
from hypothesis import strategies as st

from workers.wire.marking import Mark, lead, marked

LABELS, NAMES = st.sampled_from(["flights", "consular", None]), st.sampled_from([0, 1, None])
MARKS = st.lists(st.builds(Mark, st.integers(-1, 12), st.integers(4, 22), LABELS, NAMES), max_size=8)
TEXTS = st.text("ab اب\u200c😀", max_size=20)


@given(text=TEXTS, marks=MARKS)
def test_pieces_joined_are_the_text_and_each_is_marked_as_its_characters_are(text: str, marks: list[Mark]) -> None:
    pieces = marked(text, marks)

    assert "".join(piece.text for piece in pieces) == text
    over = [[mark for mark in marks if 0 <= mark.start <= at < mark.end <= len(text)] for at in range(len(text))]
    assert [{*piece.labels, None} for piece in pieces for _ in piece.text] == [
        {None, *(mark.label for mark in here)} for here in over
    ]
    assert [{*piece.names, None} for piece in pieces for _ in piece.text] == [
        {None, *(mark.name for mark in here)} for here in over
    ]


@given(text=st.text("ab اب", min_size=0, max_size=900), starts=st.lists(st.integers(0, 900), max_size=5))
def test_what_is_shown_of_a_text_stands_in_it_in_order(text: str, starts: list[int]) -> None:
    marks = [Mark(start, start + 4, "flights") for start in sorted(starts)]

    pieces = lead(text, marks)

    at = 0
    for piece in pieces:
        if piece.text.strip() == "…":
            continue
        at = text.find(piece.text, at)
        assert at >= 0
        at += len(piece.text)
