import numpy as np
import pytest

from workers.classify.features import (
    SECTION_WORDS,
    SECTIONS,
    Neighbours,
    PairFilter,
    Sequence,
    article_parts,
    encode,
    pair_key,
    pair_keys,
    pair_of,
    prefix_features,
    prefixes,
)
from workers.classify.pieces import ANY_NUMBER, find_pieces, pieces
from workers.classify.vocabulary import BREAK, UNKNOWN, Vocabulary


def encoded(*parts: str) -> tuple[Sequence, dict[str, int]]:
    """Return an article of which every word is known, and the ids of the words."""
    words = sorted({word for word in find_pieces(parts).words() if word})
    return encode(parts, Vocabulary(words, []).look_up)[0], {word: at for at, word in enumerate(words, start=1)}


def words_of(text: str) -> list[str]:
    return [piece.word for piece in pieces(text)]


def test_spellings_that_writers_mix_are_one_word() -> None:
    assert words_of("مسئول مسؤول أمین می\u200cرود میرود VISA") == ["مسیول", "مسوول", "امین", "میرود", "میرود", "visa"]


def test_all_numbers_are_one_word_and_marks_end_sentences() -> None:
    assert words_of("۱۲ نفر، رفتند. 5؟") == [ANY_NUMBER, "نفر", "رفتند", "", ANY_NUMBER, ""]


def test_pieces_say_where_they_stand() -> None:
    text = "گفت: «پرواز»."

    assert [(text[piece.start : piece.end]) for piece in pieces(text)] == ["گفت", "پرواز", "."]


@pytest.mark.parametrize(
    "parts",
    [
        ("پرواز تهران لغو شد", "متن خبر.\nسطر دوم (با پرانتز) و https://example.com/a-b/c-d/e-f."),
        ("", " . \n\n"),
        ("«متن»، (متن). «متن.» متن..، ..متن «» . ، 3.5. ۱۲: أمین! VISA، -متن- می\u200cرود.»",),
        ("یک", "دو", "سه چهار. پنج"),
        (),
    ],
)
def test_an_article_has_the_ids_of_its_pieces_and_a_break_after_each_part(parts: tuple[str, ...]) -> None:
    sequence, ids = encoded(*parts)

    expected = [ids[piece.word] if piece.word else BREAK for part in parts for piece in [*pieces(part), *pieces("\n")]]
    assert sequence.words.tolist() == expected
    assert len(sequence.sections) == len(sequence.rows) == len(expected)


def test_sections_are_whole_sentences_and_the_title_is_the_first() -> None:
    sentence = "واژه " * 12 + "است. "

    sequence, _ = encoded("عنوان خبر", sentence * 6)

    sizes = np.bincount(sequence.sections[sequence.words != BREAK])
    assert sizes.tolist() == [2, 39, 39]


def test_a_short_rest_goes_to_the_section_before_it() -> None:
    sequence, _ = encoded("واژه " * SECTION_WORDS + ". پایان خبر")

    assert sequence.section_count == 1


def test_the_longest_article_has_a_bounded_number_of_sections() -> None:
    sequence, _ = encoded("عنوان", ("واژه " * SECTION_WORDS + ". ") * 700)

    assert sequence.section_count <= SECTIONS
    assert sequence.sections.max() + 1 == sequence.section_count


def test_no_known_pair_spans_a_break_or_an_unknown_word() -> None:
    words = np.array([1, 2, BREAK, 3, UNKNOWN, 4, 5])
    ids = np.arange(1, 6)
    every = np.sort(pair_key(ids[:, None], ids).ravel())
    keys = pair_keys(words)

    pairs, places = Neighbours(keys, np.arange(len(keys))).among(every)

    first, second = pair_of(every[pairs])
    assert list(zip(first.tolist(), second.tolist(), places.tolist(), strict=True)) == [(1, 2, 0), (4, 5, 5)]


def test_the_filter_lets_all_known_pairs_pass_and_few_others() -> None:
    random = np.random.default_rng(5)
    pairs = np.unique(pair_key(random.integers(1, 20_000, 40_000), random.integers(1, 20_000, 40_000)))
    others = pair_key(random.integers(1, 20_000, 40_000), random.integers(1, 20_000, 40_000))
    likely = PairFilter(pairs)

    assert likely(pairs).places.tolist() == list(range(len(pairs)))
    assert likely(pairs).among(pairs)[0].tolist() == list(range(len(pairs)))
    assert len(likely(others).keys) < len(others) / 4


def test_prefixes_are_proper_and_stand_for_their_own_prefixes_too() -> None:
    ids = {"پرو": 1, "پروا": 2, "پرواز": 3}

    assert prefixes("پروازها") == ["پرو", "پروا", "پرواز"]
    assert prefixes("پروا") == ["پرو"]
    assert prefix_features(ids, 10).tolist() == [[0, 0, 0], [11, 0, 0], [11, 12, 0], [11, 12, 13]]


def test_a_summary_that_the_text_repeats_is_not_read_twice() -> None:
    assert article_parts("عنوان", "متن", "متن خبر") == (("title", "عنوان"), ("text", "متن خبر"))
    assert article_parts("", "چکیده", "متن") == (("summary", "چکیده"), ("text", "متن"))


def test_a_new_word_has_the_row_of_its_longest_known_prefix() -> None:
    vocabulary = Vocabulary(["پرواز", "پر"], ["پرو", "پروا", "تهر"])

    words, rows = vocabulary.look_up(find_pieces(("پرواز پروازها پروین تهرانی تهر رم ۵ .",)))

    assert words.tolist() == [1, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, BREAK, BREAK]
    alone = vocabulary.size
    assert rows.tolist() == [1, alone + 2, alone + 1, alone + 3, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN]
    assert vocabulary.rows.tolist() == [0, 2, 0, 1, 2, 3]


def test_no_length_of_a_text_is_too_much_for_the_keys_of_its_words() -> None:
    vocabulary = Vocabulary(["پرواز"], ["پرو"])

    words, _ = vocabulary.look_up(find_pieces(("روادید " * 40_000 + "پرواز",)))

    assert words[-2:].tolist() == [1, BREAK]
    assert np.count_nonzero(words == UNKNOWN) == 40_000
