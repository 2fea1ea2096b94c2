"""Persons: who is only named for the sake of something else is none of the article."""

import pytest

from tests.support.actors import Actors


def names(text: str) -> list[str | None]:
    """Return the names of a text's persons."""
    return [name for name, _, _ in Actors(text).people()]


@pytest.mark.parametrize(
    "text",
    [
        "باران بر پرچم حسن کریمی بارید.",
        "کارگران مجسمه حسن کریمی را شستند.",
        "مردم درباره حسن کریمی بحث کردند.",
        "«باران بهار» از حسن کریمی چاپ شد.",
        "جایزه حسن کریمی بهسودان به گروهی از شاعران رسید.",
        "کابینه تونی بلر پل را بست.",
    ],
)
def test_who_is_named_once_for_the_sake_of_a_thing_is_nobody(text: str) -> None:
    assert names(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "باران بر پرچم حسن کریمی، معاون وزیر نیرو بارید.",
        "باران بر پرچم حسن کریمی بارید. کریمی خندید.",
        "در همین زمینه حسن کریمی پل را بست.",
        "در حالیکه باران می‌بارید، مردم می‌خواستند حسن کریمی بماند.",
        "با گل حسن کریمی بازی تمام شد.",
        "گروهی به رهبری حسن کریمی پل را بستند.",
    ],
)
def test_who_has_an_office_comes_again_or_does_it_himself_counts(text: str) -> None:
    assert names(text) == ["حسن کریمی"]


def test_whose_government_it_is_counts_with_his_office() -> None:
    people = Actors("کابینه حسن کریمی نخست‌وزیر سوئد پل را بست.").people()

    assert [office for _, office, _ in people] == ["نخست‌وزیر سوئد"]


@pytest.mark.parametrize("word", ["فرصت‌ها", "گسترده‌تر", "همسایگی"])
def test_a_given_name_before_a_plural_or_an_abstract_noun_is_no_name(word: str) -> None:
    assert names(f"مردم از حسن {word} گفتند.") == []
