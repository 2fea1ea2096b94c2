"""Whose words a quote is: offices of the only speaker with a name, bodies and outlets taken up again."""

import pytest

from tests.support.actors import Actors

KARIMI = "حسین کریمی، مدیر سازمان آب"


def _speakers(text: str, title: str = "") -> list[str | None]:
    return [speaker for speaker, _, _ in Actors(text, title).said()]


def test_another_office_of_the_only_speaker_with_a_name_is_theirs() -> None:
    text = f"{KARIMI} گفت: باران می‌آید.\nرئیس سازمان بورس گفت: سیل می‌آید."

    assert _speakers(text) == ["حسین کریمی", "حسین کریمی"]


def test_an_office_that_says_so_too_is_somebody_else() -> None:
    text = f"{KARIMI} گفت: باران می‌آید.\nرئیس سازمان بورس نیز گفت: سیل می‌آید."

    assert _speakers(text) == ["حسین کریمی", "رئیس سازمان بورس"]


def test_a_minister_is_nobodys_second_office() -> None:
    text = f"{KARIMI} گفت: باران می‌آید.\nوزیر نیرو گفت: سیل می‌آید."

    assert _speakers(text) == ["حسین کریمی", "وزیر نیرو"]


def test_an_official_of_a_title_is_who_speaks_in_the_text() -> None:
    text = "حسین کریمی، سخنگوی هیئت عراق در نشست، گفت: سیل می‌آید."

    assert _speakers(text, title="دیپلمات عراقی: باران می‌آید") == ["حسین کریمی", "حسین کریمی"]


def test_a_reporter_who_asks_is_not_the_one_who_answers() -> None:
    text = "حسین کریمی، سخنگوی هیئت عراق، گفت: سیل می‌آید."

    assert _speakers(text, title="گزارشگر: باران می‌آید؟")[-1] == "حسین کریمی"
    assert "حسین کریمی" not in _speakers(text, title="گزارشگر: باران می‌آید؟")[:-1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "سفارت مصر در تهران هشدار داد که باران می‌آید. در وزارت نیرو سکوت است. این سفارتخانه افزود: سیل می‌آید.",
            "سفارت مصر",
        ),
        ("برخی کارشناسان گفتند: باران می‌آید. دولت ایران آماده است. این کارشناسان افزودند: سیل می‌آید.", "کارشناسان"),
    ],
)
def test_a_body_or_source_taken_up_again_is_the_last_of_its_kind(text: str, expected: str) -> None:
    speaker = _speakers(text)[-1]

    assert speaker is not None
    assert expected in speaker


@pytest.mark.parametrize(
    "text",
    [
        f"روزنامه کیهان نوشت برف آمد. {KARIMI} گفت: باران می‌آید.\nاین روزنامه همچنین نوشت: سیل می‌آید.",
        f"{KARIMI} گفت: باران می‌آید.\nشبکه خبر با پخش گزارش‌هایی از دیدار و مذاکرات مقامات در ساری گفت: سیل می‌آید.",
    ],
)
def test_what_an_outlet_says_is_nobodys_speech(text: str) -> None:
    assert _speakers(text) == ["حسین کریمی"]


def test_who_speaks_on_or_to_an_outlet_is_the_speaker() -> None:
    assert _speakers(f"{KARIMI} در برنامه‌ای از شبکه افق گفت: باران می‌آید.") == ["حسین کریمی"]
    assert _speakers(f"{KARIMI} به شبکه هندی ایندیا تودی گفت: باران می‌آید.") == ["حسین کریمی"]


def test_a_quotation_may_close_in_a_later_line() -> None:
    [(_, _, said)] = Actors(f"{KARIMI} گفت: «باران می‌آید.\n🔹\nسیل هم می‌آید.»\n@nemune").said()

    assert said is not None
    assert said.endswith("سیل هم می‌آید")


def test_a_long_head_that_begins_with_a_name_is_one() -> None:
    text = (
        "حسین کریمی رئیس سازمان آب و برق و کارشناسان و مشاوران خانواده در حاشیه نشست بزرگ بهاره در تالار شهر ساری:\n"
        "🔹\nباران می‌آید."
    )

    assert [(speaker, said) for speaker, _, said in Actors(text).said()] == [("حسین کریمی", "باران می‌آید")]


@pytest.mark.parametrize(
    "desk", ["خبرنگار پارلمانی ایرنا", "خبرنگار اقتصادی خبرگزاری فارس", "خبرنگار گروه سیاسی ایسنا", "خبرنگار ایسنا"]
)
def test_who_speaks_to_the_reporter_of_a_desk_is_the_speaker(desk: str) -> None:
    assert _speakers(f"{KARIMI} در گفت‌وگو با {desk} اظهار کرد: باران می‌آید.") == ["حسین کریمی"]


def test_a_bullet_on_a_line_of_its_own_parts_neither_verb_and_speech_nor_pronoun_and_name() -> None:
    spoken = Actors(f"{KARIMI} در سفر به ساری گفت:\n🔹\nباران می‌آید.\n@nemune").said()
    taken_up = _speakers(f"{KARIMI} از سدهای ساری بازدید کرد.\n🔹\nاو در این‌باره گفت: باران می‌آید.")

    assert [said for _, _, said in spoken] == ["باران می‌آید"]
    assert taken_up == ["حسین کریمی"]


def test_one_of_a_trade_speaks_by_it_until_the_name_follows() -> None:
    lead = "خبرگزاری فارس: یک استاد دانشگاه گفت: باران می‌آید."

    assert _speakers(lead) == ["یک استاد دانشگاه"]
    assert _speakers(f"{lead}\nحسین کریمی افزود: سیل می‌آید.") == ["حسین کریمی", "حسین کریمی"]
    assert _speakers("یک منبع آگاه گفت: باران می‌آید.\nحسین کریمی افزود: سیل می‌آید.") == ["یک منبع آگاه", "حسین کریمی"]


def test_what_a_day_or_hour_begins_is_no_speaker() -> None:
    assert _speakers("یک روز پس از آن در ساری گفت: باران می‌آید.") == []


def test_a_title_that_ends_with_its_verb_announces_the_first_line() -> None:
    found = Actors(
        "باران در راه است\nگروه شهری: سازمان هواشناسی از بارش باران خبر داد.", "حسین کریمی اعلام کرد:"
    ).said()

    assert found[0] == ("حسین کریمی", None, "باران در راه است")


def test_a_long_headline_before_a_name_and_its_colon_is_a_head() -> None:
    text = (
        "زمان آغاز بارش باران‌های بهاری در شهرها و روستاهای ساحلی شمال کشور و دامنه‌های البرز اعلام شد  حسین کریمی:\n"
        "🔹\nباران می‌آید."
    )

    assert [(speaker, said) for speaker, _, said in Actors(text).said()] == [("حسین کریمی", "باران می‌آید")]


@pytest.mark.parametrize("ending", ["با خبرنامه:", "با خبرنامه می‌گوید:"])
def test_a_tag_on_a_line_of_its_own_does_not_end_a_head(ending: str) -> None:
    text = f"باران در راه است\n{KARIMI}، در\n#گفتگو\n{ending}\n🔹\nباران می‌آید.\n@nemune"

    assert [(speaker, said) for speaker, _, said in Actors(text).said()] == [("حسین کریمی", "باران می‌آید")]


def test_what_is_so_by_the_word_of_a_body_is_its_quote() -> None:
    assert _speakers("به گفته وزارت نیرو، باران می‌آید.") == ["وزارت نیرو"]
    assert _speakers("به گفته رویترز، باران می‌آید.") == []
