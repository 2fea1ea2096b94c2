"""The content digest (HARDCASES X6, D6): equal for one text in other code points, different for an edit."""

import pytest

from ingest.parse.digest import content_digest, fold

TEXT = "یک گفت‌وگوی کتبی در ساعت ۱۲ با لینک https://n.example/a?id=5 و پایان."


@pytest.mark.parametrize(
    "variant",
    [
        TEXT.replace("ی", "ي").replace("ک", "ك"),
        TEXT.replace("ی", "ى"),
        TEXT.replace("\u200c", " "),
        TEXT.replace("\u200c", ""),
        TEXT.replace("۱۲", "12"),
        TEXT.replace("۱۲", "١٢"),
        TEXT.replace(" ", "\n  "),
        TEXT.replace(" ", "\xa0"),
        f"\u200f{TEXT}\u200e\ufeff",
        TEXT.replace("id=5", "id=5&utm_source=rss"),
        TEXT.replace("id=5", "fbclid=x&id=5"),
        TEXT.replace("کتبی", "کـتبی"),
    ],
)
def test_x6_the_same_text_in_other_code_points_has_the_same_digest(variant: str) -> None:
    assert variant != TEXT
    assert content_digest("t", "", variant) == content_digest("t", "", TEXT)


@pytest.mark.parametrize(
    ("title", "summary", "text"),
    [
        ("تیتر دیگر", "خلاصه", TEXT),
        ("تیتر", "خلاصه دیگر", TEXT),
        ("تیتر", "خلاصه", TEXT.replace("۱۲", "۱۳")),
        ("تیتر", "خلاصه", TEXT.replace("id=5", "id=6")),
        ("تیتر", TEXT, "خلاصه"),
        ("", "تیترخلاصه", TEXT),
    ],
)
def test_an_edit_changes_the_digest(title: str, summary: str, text: str) -> None:
    assert content_digest(title, summary, text) != content_digest("تیتر", "خلاصه", TEXT)


def test_windows_1256_spelling_folds_to_the_persian_one() -> None:
    assert fold("خانه‌ي مسئول، هٔ 5") == fold("خانه‌ی مسیول، ه ۵")
