"""Quotes: who says what with which verb, how far it goes, and whom a pronoun means."""

import pytest

from tests.support.actors import Actors

KARIMI = "حسین کریمی، معاون وزیر نیرو"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{KARIMI} گفت: باران می‌آید.", ("حسین کریمی", "گفت", "باران می‌آید")),
        (f"{KARIMI} تصریح کرد که باران می‌آید.", ("حسین کریمی", "تصریح کرد", "باران می‌آید")),
        (f"{KARIMI} خاطر نشان ساخت: باران می‌آید.", ("حسین کریمی", "خاطر نشان ساخت", "باران می‌آید")),
        (f"{KARIMI} گفته است باران می‌آید.", ("حسین کریمی", "گفته است", "باران می‌آید")),
        (f"{KARIMI} از آغاز باران خبر داد.", ("حسین کریمی", "خبر داد", "آغاز باران")),
        ("وزیر انرژی آمریکا: باران می‌آید.", ("وزیر انرژی آمریکا", None, "باران می‌آید")),
        ("رئیس سازمان حج و زیارت:\n🔹\nباران می‌آید.\n@x", ("رئیس سازمان حج و زیارت", None, "باران می‌آید")),
        ("پنتاگون اعلام کرد باران می‌آید.", ("پنتاگون", "اعلام کرد", "باران می‌آید")),
        ("حوثی‌ها اعلام کردند که باران می‌آید.", ("حوثی‌ها", "اعلام کردند", "باران می‌آید")),
        ("منابع محلی گفتند که باران می‌آید.", ("منابع محلی", "گفتند", "باران می‌آید")),
        (f"{KARIMI} گفت: «باران می‌آید و باز می‌آید.» هوا سرد است.", ("حسین کریمی", "گفت", "باران می‌آید و باز می‌آید")),
    ],
)  # fmt: skip
def test_a_quote_has_its_speaker_its_verb_and_what_is_said(
    text: str, expected: tuple[str | None, str | None, str]
) -> None:
    assert Actors(text).said() == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "حسین کریمی، معاون وزیر نیرو با مردم گفت و گو کرد.",
        "به گفته‌ها توجه شد.",
        "خبرگزاری رویترز نوشت باران می‌آید.",
        "گفته می‌شود باران می‌آید.",
        "حسین کریمی، معاون وزیر نیرو به کار ادامه داد.",
    ],
)
def test_talks_rumours_and_reports_of_outlets_are_no_quotes(text: str) -> None:
    assert Actors(text).said() == []


def test_a_pronoun_means_the_last_who_spoke() -> None:
    actors = Actors(f"{KARIMI} گفت: باران می‌آید. وی افزود: برف هم می‌آید. این مقام مسئول تاکید کرد: تگرگ نمی‌آید.")

    assert [quote.person for quote in actors.quotes] == [0, 0, 0]
    assert [actors.words(quote.verb) for quote in actors.quotes] == ["گفت", "افزود", "تاکید کرد"]


def test_whom_somebody_spoke_to_is_not_who_speaks() -> None:
    actors = Actors("معاون وزیر نیرو در دیدار با وزیر خارجه عراق گفت: باران می‌آید.")

    assert actors.said() == [("معاون وزیر نیرو", "گفت", "باران می‌آید")]


def test_speech_after_a_colon_goes_on_to_the_next_verb_of_speech() -> None:
    actors = Actors(f"{KARIMI} گفت: باران می‌آید. هوا سرد است. وی افزود: برف می‌آید.")

    assert [words for _, _, words in actors.said()] == ["باران می‌آید. هوا سرد است", "برف می‌آید"]


def test_what_the_title_said_is_not_said_again() -> None:
    actors = Actors("ترامپ: باران می‌آید\n🔴\nبرف هم می‌آید\n@x", title="ترامپ: باران می‌آید")

    assert [words for _, _, words in actors.said()] == ["باران می‌آید", "برف هم می‌آید"]


def test_direct_speech_follows_a_colon_or_stands_in_quotation_marks() -> None:
    actors = Actors(f"{KARIMI} گفت: باران می‌آید. وی گفت که برف می‌آید.")

    assert [quote.direct for quote in actors.quotes] == [True, False]
