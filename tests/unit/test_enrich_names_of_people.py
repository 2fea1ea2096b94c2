"""Names of people: where one ends, names that no list knows beside an office, and usual words that are none."""

import pytest

from tests.support.actors import Actors


def names(text: str) -> list[str | None]:
    return [name for name, _, _ in Actors(text).people()]


@pytest.mark.parametrize(
    "text",
    ["سارا همدلی می‌کند.", "دیوید حرکت کرده است.", "آزاده شهرستان را دید.", "دارن اطلاعات می‌دهند."],
)
def test_a_usual_word_behind_a_given_name_is_no_family_name(text: str) -> None:
    assert names(text) == []


def test_a_usual_word_is_of_a_family_name_of_two_words() -> None:
    assert names("محمود دولت آبادی گفت باران می‌آید.") == ["محمود دولت آبادی"]


def test_a_name_goes_on_up_to_the_comma_before_its_office() -> None:
    assert names("حسن کریمی بهسودان الشیبان، معاون وزیر نیرو گفت باران می‌آید.") == ["حسن کریمی بهسودان الشیبان"]


def test_unknown_words_in_front_of_an_office_with_its_country_are_its_holders_name() -> None:
    text = "این هفته در سفر میلوسلاو زیبانک رئیس‌جمهور ترکیه به تهران باران آمد."

    assert Actors(text).people() == [("میلوسلاو زیبانک", "رئیس‌جمهور ترکیه", "TR")]


def test_one_unknown_word_that_comes_again_is_a_name_in_front_of_an_office() -> None:
    text = "زیبانک وزیر نیرو ترکیه رفت. باران آمد. زیبانک با ابراز خوشحالی ماند."

    assert names(text) == ["زیبانک"]


def test_what_is_quoted_behind_an_office_may_be_a_place() -> None:
    assert "مسجد گلزار" not in names("امام جمعه «مسجد گلزار» گفت باران می‌آید.")


def test_a_well_known_family_name_has_the_given_name_that_no_list_knows() -> None:
    assert names("زیبان ترامپ، معاون وزیر نیرو گفت باران می‌آید.") == ["زیبان ترامپ"]


def test_an_office_tells_the_country_before_a_well_known_name_does() -> None:
    assert Actors("ترامپ، وزیر نیرو ترکیه گفت باران می‌آید.").people() == [("ترامپ", "وزیر نیرو ترکیه", "TR")]


def test_one_quoted_word_in_front_of_an_office_with_its_country_is_a_name() -> None:
    text = "«زیبانک» نایب‌رئیس کمیسیون نیرو مجلس سوئد گفت باران می‌آید."

    assert names(text) == ["زیبانک"]


def test_whose_government_acts_is_not_there_himself() -> None:
    assert names("دولت ترامپ راه را بست.") == []
