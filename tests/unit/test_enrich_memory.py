"""What the enrichment remembers of words changes nothing about what it finds."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.service.settings import seeds_dir
from workers.enrich import chunks, gazetteer_words
from workers.enrich.chunks import Chunks
from workers.enrich.gazetteer import Gazetteer, load_gazetteer
from workers.enrich.reading import Passage, read

WORDS = ("وزیر", "کشور", "گفت", "تهران", "سوء", "می\u200cرود", "2", "۲٫۵", "«", "»", ".", "و")
TEXTS = st.lists(st.sampled_from((*WORDS, "\n", "وزیر.", "«کشور»")), max_size=30).map(" ".join)
KEPT = tuple(frozenset(WORDS[at : at + 3]) for at in range(0, len(WORDS), 3))
"""As lexicons keep theirs."""


def passages(text: str) -> tuple[Passage, ...]:
    return read([("text", text, text)]).passages


@given(text=TEXTS)
def test_words_stand_where_a_look_at_each_of_them_finds_them(text: str) -> None:
    for passage in passages(text):
        for words in KEPT:
            assert list(passage.places_of(words)) == [at for at, each in enumerate(passage.texts) if each in words]


def test_a_set_of_words_that_was_never_asked_for_is_found_in_a_passage_that_was_read_before() -> None:
    (passage,) = passages("وزیر کشور گفت وزیر رفت")
    words = frozenset({"رفت", "وزیر"})

    assert [list(passage.places_of(words)) for _ in range(2)] == [[0, 3, 4]] * 2


def test_more_sets_than_are_remembered_are_found_all_the_same() -> None:
    (passage,) = passages("وزیر کشور گفت وزیر رفت")
    many = [frozenset({"وزیر", str(number)}) for number in range(250)]

    assert all(list(passage.places_of(words)) == [0, 3] for words in many)
    (later,) = passages("کشور وزیر")
    assert all(list(later.places_of(words)) == [1] for words in many)


def test_a_set_that_is_learnt_twice_keeps_the_others_apart() -> None:
    known = Chunks()
    first, second = frozenset({"وزیر"}), frozenset({"کشور"})
    for words in (first, first, second):
        known.learn(words)

    assert [each.number for each in known.sets.values()] == [0, 1]
    assert known["وزیر"].members == ((0,),)
    assert known["کشور"].members == ((1,),)


def test_sets_of_the_same_words_are_one_set() -> None:
    known = Chunks()
    for words in (frozenset({"وزیر", "رفت"}), frozenset({"کشور"}), dict.fromkeys(("رفت", "وزیر")), frozenset({"گفت"})):
        known.learn(words)

    assert [each.number for each in known.sets.values()] == [0, 1, 0, 2]
    assert known["وزیر"].members == ((0,),)
    assert known["گفت"].members == ((2,),)


def test_a_set_of_words_that_are_known_as_another_is_found_in_a_passage_that_was_read_before() -> None:
    words, same, other = (frozenset({"وزیر", "رفت"}), frozenset({"رفت", "وزیر"}), frozenset({"کشور", "رفت"}))
    passages("وزیر")[0].places_of(words)
    (passage,) = passages("وزیر کشور گفت وزیر رفت")

    assert [list(passage.places_of(each)) for each in (same, other, same)] == [[0, 3, 4], [1, 4], [0, 3, 4]]


def test_a_chunk_says_which_of_its_words_are_in_the_sets_that_are_known() -> None:
    known = Chunks()
    known["«وزیر»"]
    known.learn(frozenset({"وزیر"}))
    known.learn(frozenset({"»", "وزیر"}))

    assert known["«وزیر»"].members == ((), (0, 1), (1,))


def test_words_end_where_they_do_in_the_text_though_folding_shortens_them() -> None:
    (passage,) = passages("«سوء استفاده» شد")

    places = zip(passage.starts, passage.ends, strict=True)
    assert [passage.normalized[start:end] for start, end in places] == ["«", "سوء", "استفاده", "»", "شد"]
    assert passage.texts[1] == "سو"


@pytest.mark.parametrize("folded", [chunks.folded, gazetteer_words.folded])
def test_what_folding_leaves_alone_at_a_glance_it_leaves_alone_when_it_looks(folded: Callable[[str], str]) -> None:
    sent_through = "ك"  # never left alone, so that a word which holds it is folded letter by letter
    plain = (chr(code) for code in range(0x10000) if not 0xD800 <= code < 0xE000)

    assert [each for each in plain if folded(each) != folded(each + sent_through)[:-1]] == []


@pytest.fixture
def gazetteer() -> Gazetteer:
    """As it is before the first text, with nothing remembered."""
    return load_gazetteer(seeds_dir() / "gazetteer")


def test_a_name_of_several_words_is_found_in_the_first_text_of_a_process_as_in_the_next(gazetteer: Gazetteer) -> None:
    text = "«جمهوری اسلامی ایران» و وزارت خارجه ترکیه (آنکارا) به گزارش خبرگزاری فارس"

    first = gazetteer.find(text)

    assert [match.surface for match in first] == [match.surface for match in gazetteer.find(text)]
    assert {"جمهوری اسلامی ایران", "وزارت خارجه ترکیه", "خبرگزاری فارس"} <= {match.surface for match in first}
