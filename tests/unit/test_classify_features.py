import numpy as np
import pytest

from workers.classify.features import (
    BREAK,
    NUMBER,
    SECTION_WORDS,
    SECTIONS,
    UNKNOWN,
    Encoder,
    article_parts,
    pair_key,
    pair_keys,
    pair_of,
    pieces,
    prefix_features,
    prefixes,
)


def growing_encoder() -> tuple[Encoder, dict[str, int]]:
    ids: dict[str, int] = {}
    return Encoder(lambda word: (ids.setdefault(word, len(ids) + 1), UNKNOWN)), ids


def words_of(text: str) -> list[str]:
    return [piece.word for piece in pieces(text)]


def test_spellings_that_writers_mix_are_one_word() -> None:
    assert words_of("مسئول مسؤول أمین می\u200cرود میرود VISA") == ["مسیول", "مسوول", "امین", "میرود", "میرود", "visa"]


def test_all_numbers_are_one_word_and_marks_end_sentences() -> None:
    assert words_of("۱۲ نفر، رفتند. 5؟") == [NUMBER, "نفر", "رفتند", "", NUMBER, ""]


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
    encoder, ids = growing_encoder()

    sequence = encoder.encode(parts)

    expected = [ids[piece.word] if piece.word else BREAK for part in parts for piece in [*pieces(part), *pieces("\n")]]
    assert sequence.words.tolist() == expected
    assert sequence.words.tolist() == encoder.encode(parts).words.tolist()
    assert len(sequence.sections) == len(expected)


def test_forgetting_chunks_changes_no_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.classify.features._REMEMBERED", 2)
    encoder, _ = growing_encoder()

    first = encoder.encode(("یک دو سه چهار", "پنج شش"))

    assert encoder.encode(("یک دو سه چهار", "پنج شش")).words.tolist() == first.words.tolist()


def test_a_long_chunk_is_read_each_time_and_not_remembered() -> None:
    encoder, ids = growing_encoder()
    link = "الف" * 50_000

    first, second = encoder.encode((link,)), encoder.encode((f"{link} {link}",))

    assert first.words.tolist() == [ids[link], BREAK]
    assert second.words.tolist() == [ids[link], ids[link], BREAK]
    assert max(map(len, encoder._chunks)) < 100


def test_sections_are_whole_sentences_and_the_title_is_the_first() -> None:
    encoder, _ = growing_encoder()
    sentence = "واژه " * 12 + "است. "

    sequence = encoder.encode(("عنوان خبر", sentence * 6))

    sizes = np.bincount(sequence.sections[sequence.words != BREAK])
    assert sizes.tolist() == [2, 39, 39]


def test_a_short_rest_goes_to_the_section_before_it() -> None:
    encoder, _ = growing_encoder()

    sequence = encoder.encode(("واژه " * SECTION_WORDS + ". پایان خبر",))

    assert sequence.section_count == 1


def test_the_longest_article_has_a_bounded_number_of_sections() -> None:
    encoder, _ = growing_encoder()

    sequence = encoder.encode(("عنوان", ("واژه " * SECTION_WORDS + ". ") * 700))

    assert sequence.section_count <= SECTIONS
    assert sequence.sections.max() + 1 == sequence.section_count


def test_no_pair_spans_a_break_or_an_unknown_word() -> None:
    keys, places = pair_keys(np.array([1, 2, BREAK, 3, UNKNOWN, 4, 5]))

    first, second = pair_of(keys)
    assert list(zip(first.tolist(), second.tolist(), places.tolist(), strict=True)) == [(1, 2, 0), (4, 5, 5)]
    assert pair_key(first, second).tolist() == keys.tolist()


def test_prefixes_are_proper_and_stand_for_their_own_prefixes_too() -> None:
    ids = {"پرو": 1, "پروا": 2, "پرواز": 3}

    assert prefixes("پروازها") == ["پرو", "پروا", "پرواز"]
    assert prefixes("پروا") == ["پرو"]
    assert prefix_features(ids, 10).tolist() == [[0, 0, 0], [11, 0, 0], [11, 12, 0], [11, 12, 13]]


def test_a_summary_that_the_text_repeats_is_not_read_twice() -> None:
    assert article_parts("عنوان", "متن", "متن خبر") == (("title", "عنوان"), ("text", "متن خبر"))
    assert article_parts("", "چکیده", "متن") == (("summary", "چکیده"), ("text", "متن"))
