"""Numbers are read back from every way of writing them, and no text breaks the reading."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.enrich.numbers import numbers_in

SCRIPTS = ("0123456789", "۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩")
UNITS = ["", "یک", "دو", "سه", "چهار", "پنج", "شش", "هفت", "هشت", "نه", "ده", "یازده", "دوازده", "سیزده", "چهارده"]
UNITS += ["پانزده", "شانزده", "هفده", "هجده", "نوزده"]
TENS = ["", "", "بیست", "سی", "چهل", "پنجاه", "شصت", "هفتاد", "هشتاد", "نود"]
HUNDREDS = ["", "صد", "دویست", "سیصد", "چهارصد", "پانصد", "ششصد", "هفتصد", "هشتصد", "نهصد"]
SCALES = ["", "هزار", "میلیون", "میلیارد"]
OTHERS = ["و", "نفر", "۲", "۳٫۵", "۱۲/۵", "12", ",", "٪"]
WORDS = st.sampled_from([*UNITS[1:], *TENS[2:], *HUNDREDS[1:], *SCALES[1:], *OTHERS])


def spelt(number: int) -> list[str]:
    """Return a number in Persian words."""
    groups: list[str] = []
    for scale in range(3, -1, -1):
        group = number // 1000**scale % 1000
        if group:
            groups.append(f"{spelt_group(group)} {SCALES[scale]}".strip())
    return " و ".join(groups).split()


def spelt_group(group: int) -> str:
    rest = group % 100
    tens = [UNITS[rest]] if rest < 20 else [TENS[rest // 10], UNITS[rest % 10]]
    return " و ".join(part for part in (HUNDREDS[group // 100], *tens) if part)


@given(number=st.integers(min_value=1, max_value=10**12 - 1))
def test_a_number_in_words_is_read_back(number: int) -> None:
    words = spelt(number)

    assert [(each.value, each.first, each.last) for each in numbers_in(words)] == [(number, 0, len(words))]


@given(number=st.integers(min_value=0, max_value=10**12 - 1), script=st.sampled_from(SCRIPTS))
def test_a_number_in_digits_of_any_script_is_read_back(number: int, script: str) -> None:
    digits = str(number).translate(str.maketrans(SCRIPTS[0], script))
    grouped = f"{number:,}".translate(str.maketrans(SCRIPTS[0], script))

    for word in (digits, grouped, grouped.replace(",", "٬")):
        assert [each.value for each in numbers_in(["حدود", word, "نفر"])] == [number]


@given(words=st.lists(st.one_of(WORDS, st.text(max_size=5)), max_size=12))
def test_numbers_lie_in_the_words_in_order_and_apart(words: list[str]) -> None:
    found = list(numbers_in(words))

    assert all(0 <= each.first < each.last <= len(words) and each.value >= 0 for each in found)
    assert all(before.last <= after.first for before, after in pairwise(found))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("۵۵ صیاد", [55]),
        ("دو نفر", [2]),
        ("حدود ۲ میلیون و ۷۰۰ هزار نفر", [2_700_000]),
        ("۲٫۵ میلیون زائر", [2_500_000]),
        ("۲٫۵ درصد", []),
        ("سه و پنج", [3, 5]),
        ("۲۰ و ۵", [20, 5]),
        ("۱۰ تا ۲۰ نفر", [10, 20]),
        ("هزار و سیصد", [1300]),
        ("۱۴۰۵/۳/۱۰", []),
        ("۱۲۳۴۵۶۷۸۹۰۱۲۳۴۵۶۷۸۹۰", []),
        ("هزار هزار", [1000, 1000]),
        ("صد و صد", [100, 100]),
        ("بیست و بیست", [20, 20]),
        ("و", []),
    ],
)
def test_what_news_write_is_read_as_meant(text: str, values: list[int]) -> None:
    assert [each.value for each in numbers_in(text.split())] == values
