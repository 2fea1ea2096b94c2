"""Outlets that no list knows, unnamed ones, and what stands in the sentence of another: which chains they make."""

import pytest

from tests.support.actors import Actors
from workers.enrich.kinds import SourceKind


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("به گزارش گلنار نیوز باران آمد.", [["گلنار نیوز"]]),
        ("گلنار نیوز: باران آمد.", [["گلنار نیوز"]]),
        ("به گزارش گلنارنیوز باران آمد.", [["گلنارنیوز"]]),
        ("به‌گزارش ایسنا به‌نقل از رویترز، باران آمد.", [["ایسنا", "رویترز"]]),
        (
            "روزنامه دریانورد به نقل از ایسنا نوشت باران آمد. دریانورد افزود: سیل می‌آید.",
            [["روزنامه دریانورد", "ایسنا"], ["دریانورد"]],
        ),
        ("روزنامه دریانورد نوشت باران آمد. دریانورد افزود: سیل می‌آید.", [["روزنامه دریانورد"]]),
        ("وین _ ایرنا: باران آمد.", [["ایرنا"]]),
        ("جاده بسته شد. / مهر", [["مهر"]]),
        ("بازتاب نوشت: جاده بسته شد.", [["بازتاب"]]),
        ("فارس، خبرگزاری وابسته به سپاه گزارش داد که جاده بسته شد.", [["فارس"]]),
        ("ادعای عجیب تلویزیون الجزیره: جاده بسته شد.", [["تلویزیون الجزیره"]]),
        ("گزارش خبرنگار ایسنا حاکی است جاده بسته شد.", [["ایسنا"]]),
        ("یک منبع در دولت محلی: جاده بسته شد.", [["یک منبع"]]),
        (
            "رادیو تاجیکستان با پخش گزارشی از حضور مردم در جشن‌های شهر و روستا و باغ و بازار و دشت نوشت جاده بسته شد.",
            [["رادیو تاجیکستان"]],
        ),
    ],
)  # fmt: skip
def test_an_outlet_is_known_by_its_name_its_place_or_what_was_named_before(
    text: str, expected: list[list[str]]
) -> None:
    assert Actors(text).sources() == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("یک رسانه فرانسوی نوشت باران آمد.", "یک رسانه فرانسوی"),
        ("رسانه فرانسوی: باران آمد.", "رسانه فرانسوی"),
        ("چند روزنامه محلی گزارش دادند باران آمد.", "چند روزنامه محلی"),
    ],
)
def test_an_outlet_of_which_only_its_people_or_kind_is_told_is_an_unnamed_source(text: str, expected: str) -> None:
    actors = Actors(text)

    assert actors.sources() == [[expected]]
    assert actors.chains[0][0].kind is SourceKind.ANONYMOUS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "به گزارش ایسنا، در بیانیه وزارت نیرو آمده است که باران می‌آید.",
            [["ایسنا", "بیانیه وزارت نیرو"]],
        ),
        ("به گزارش ایسنا، در این بیانیه آمده است که باران می‌آید.", [["ایسنا", "این بیانیه"]]),
        ("بر اساس این اطلاعیه، باران می‌آید.", [["این اطلاعیه"]]),
        ("طبق آخرین بخشنامه وزارت نیرو، باران می‌آید.", [["بخشنامه وزارت نیرو"]]),
        (
            "به گزارش ایسنا، دیروز یک منبع آگاه به رویترز گفت که سیل هم می‌آید.",
            [["ایسنا", "رویترز", "یک منبع آگاه"]],
        ),
        ("به گزارش رویترز، یک مقام مصری گفت باران می‌آید.", [["رویترز", "یک مقام مصری"]]),
        ("به گزارش خبرنگار فارس در شهر نور، شبکه العربیه نوشت باران می‌آید.", [["فارس", "شبکه العربیه"]]),
    ],
)
def test_what_stands_in_the_sentence_of_an_outlet_is_a_link_of_its_chain(text: str, expected: list[list[str]]) -> None:
    assert Actors(text).sources() == expected


@pytest.mark.parametrize(
    "text",
    [
        "در این روزنامه جوانان ساری گفتند که باران می‌آید.",
        "طبق داده‌های اولیه، باران می‌آید.",
        "شبکه‌های اجتماعی هشدار داده‌اند.",
        "همان‌گونه که پزشکان به ما نشان داده‌اند، باران خوب است.",
    ],
)
def test_what_only_looks_like_a_source_is_none(text: str) -> None:
    assert Actors(text).sources() == []


def test_an_official_whom_a_domestic_agency_meets_speaks_and_is_no_link() -> None:
    assert Actors("به گزارش ایسنا، یک مقام مصری گفت باران می‌آید.").sources() == [["ایسنا"]]


def test_a_paper_taken_up_again_is_no_second_source() -> None:
    actors = Actors("در بیانیه وزارت نیرو آمده است که باران می‌آید.\nبر اساس این بیانیه، سیل هم می‌آید.")

    assert actors.sources() == [["بیانیه وزارت نیرو"]]
