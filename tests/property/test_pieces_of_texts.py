"""Pieces are found by arithmetic on whole texts; here they are what a plain regular expression finds one by one."""

import json
import re
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from workers.classify.figures import Figures
from workers.classify.model import MODEL_NAME
from workers.classify.pieces import ANY_NUMBER, find_pieces, pieces
from workers.classify.vocabulary import BREAK, UNKNOWN, Vocabulary
from workers.normalize import Normalizer

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
PIECE = re.compile(r"[^\W\d_]+(?:\u200c[^\W\d_]+)*|\d+|[.!؟?؛…|\n]")
VARIANTS = str.maketrans("أإآؤئةۀΣİ", "اااویههσi", "\u200c")
TEXTS = st.text(
    st.one_of(st.sampled_from("اب پرواز\u200c\u200c \n.!؟|،«»۱۲٣4²½ΣİAé😀𝐀𐐀𝟗𑁒_ـ\u064e\ud800"), st.characters()),
    max_size=60,
)


def read_one_by_one(text: str) -> list[tuple[str, int, int]]:
    return [(folded(match.group()), match.start(), match.end()) for match in PIECE.finditer(text)]


def folded(piece: str) -> str:
    if piece[0].isalpha():
        return piece.translate(VARIANTS).lower()
    return ANY_NUMBER if piece[0].isdigit() else ""


@settings(deadline=None)  # the first example makes the tables
@given(TEXTS)
def test_any_text_has_the_pieces_that_a_regular_expression_finds(text: str) -> None:
    assert [(piece.word, piece.start, piece.end) for piece in pieces(text)] == read_one_by_one(text)


@settings(deadline=None)  # the first example makes the tables
@given(st.lists(TEXTS, max_size=4))
def test_the_parts_of_an_article_have_their_own_pieces_and_an_end_each(parts: list[str]) -> None:
    found = find_pieces(parts)

    assert found.words() == [word for part in parts for word, _, _ in [*read_one_by_one(part), ("", 0, 0)]]
    ends = [len(read_one_by_one(part)) + 1 for part in parts]
    assert found.part_ends.tolist() == [sum(ends[: at + 1]) - 1 for at in range(len(ends))]


def test_every_character_is_to_the_tables_what_it_is_to_the_expression() -> None:
    text = " ".join(map(chr, range(0x20000 + 500)))

    assert [(piece.word, piece.start, piece.end) for piece in pieces(text)] == read_one_by_one(text)


def test_real_articles_have_the_ids_that_a_dictionary_gives_their_words(data_dir: Path) -> None:
    figures, _ = Figures.load(SEEDS / "models" / MODEL_NAME)
    words, prefixes = figures.words.tolist(), figures.prefixes.tolist()
    vocabulary, normalizer = Vocabulary(words, prefixes), Normalizer()
    id_of = {word: at for at, word in enumerate(words, start=1)}
    prefix_row = {prefix: at + len(words) for at, prefix in enumerate(prefixes, start=1)}
    with (data_dir / "labelled.jsonl").open(encoding="utf-8") as lines:
        texts = [normalizer(json.loads(line)["text"]) for line, _ in zip(lines, range(1_000), strict=False)]

    for text in texts:
        found, rows = vocabulary.look_up(find_pieces((text,)))

        expected = [word for word, _, _ in read_one_by_one(f"{text}\n")]
        assert found.tolist() == [id_of.get(word, UNKNOWN) if word else BREAK for word in expected]
        assert rows.tolist() == [row_of(word, id_of, prefix_row) for word in expected]


def row_of(word: str, id_of: dict[str, int], prefix_row: dict[str, int]) -> int:
    """Return a word's id, or the row of its longest known prefix."""
    rows = (prefix_row.get(word[:length], UNKNOWN) for length in (5, 4, 3) if length < len(word))
    return id_of.get(word) or next(filter(None, rows), UNKNOWN)
