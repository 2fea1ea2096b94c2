"""Quotes: subjects that no list knows, papers that say something, and what only looks like speech."""

import pytest

from tests.support.actors import Actors

KARIMI = "حسین کریمی، معاون وزیر نیرو"


def _speakers(text: str, title: str = "") -> list[str | None]:
    return [speaker for speaker, _, _ in Actors(text, title).said()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("به گزارش ایسنا، کوندو لامیسه در مصاحبه با خبرنگاران افزود: باران می‌آید.", "کوندو لامیسه"),
        ("در همین حال کوندو لامیسه، از بنیان‌گذاران جنبش باران گفت که سیل می‌آید.", "کوندو لامیسه"),
        ("روز یکشنبه کوندو لامیسه گفت: باران می‌آید.", "کوندو لامیسه"),
        ("به گزارش روابط عمومی وزارت راه، مسکن و شهرسازی، کوندو لامیسه گفت: باران می‌آید.", "کوندو لامیسه"),
        ("یکی از باغداران سیب گفت: «باران می‌آید.»", "یکی از باغداران سیب"),
        ("** عراق باران را بزرگ کرد معاون وزیر نیرو در نشست خبری گفت: سیل می‌آید.", "معاون وزیر نیرو"),
    ],
)
def test_a_subject_that_no_list_knows_stands_behind_what_introduces_a_sentence(text: str, expected: str) -> None:
    assert _speakers(text) == [expected]


def test_a_press_office_whose_report_it_is_does_not_speak() -> None:
    text = "به گزارش روابط عمومی سازمان هواشناسی، حسین کریمی در پایان نشست، افزود: باران می‌آید."

    assert _speakers(text) == ["حسین کریمی"]


def test_an_outlet_that_no_list_knows_does_not_speak_when_it_is_named_alone() -> None:
    text = f"روزنامه الباران نوشت: برف آمد. {KARIMI} گفت: باران می‌آید. الباران ادامه داد: سیل می‌آید."

    assert _speakers(text) == ["حسین کریمی"]


def test_one_of_many_speaks_and_not_whose_speech_is_named_before() -> None:
    text = (
        "حجت‌الاسلام حکیم، عضو جامعه روحانیت عراق گفت: باران می‌آید.\n"
        "پیش از سخنان حجت‌الاسلام حکیم، یکی از باغداران روستا در گفتاری گفت: سیل می‌آید."
    )

    assert _speakers(text) == ["حکیم", "یکی از باغداران روستا"]


def test_whom_ra_follows_is_spoken_of_and_does_not_speak() -> None:
    text = f"{KARIMI} گفت: باران می‌آید.\nدیروز وزیر خارجه عراق را خواند و افزود: برف می‌آید."

    assert _speakers(text) == ["حسین کریمی", "حسین کریمی"]


@pytest.mark.parametrize(
    "text",
    [
        f"{KARIMI} آمد. می‌توان گفت که باران می‌آید.",
        f"{KARIMI} دیروز دار فانی را وداع گفت و در ساری به خاک سپرده شد.",
        f"{KARIMI} نان به دست آورده است که خوب است.",
    ],
)
def test_what_nobody_says_is_no_quote(text: str) -> None:
    assert _speakers(text) == []


def test_what_is_to_be_recalled_is_said_by_nobody() -> None:
    text = f"{KARIMI} گفت: باران می‌آید.\nلازم به یادآوری است که سیل می‌آید."

    assert [said for _, _, said in Actors(text).said()] == ["باران می‌آید"]


def test_what_somebody_was_talking_of_when_they_said_something_else_is_no_quote() -> None:
    text = "حسین کریمی، معاون وزیر نیرو که پس از جلسه درباره باران سخن می‌گفت تاکید کرد: سیل می‌آید."

    assert [said for _, _, said in Actors(text).said()] == ["سیل می‌آید"]


@pytest.mark.parametrize(
    "text",
    [
        "حسین کریمی، معاون وزیر نیرو پس از جلسه از آغاز باران خبر داد.",
        "حسین کریمی، معاون وزیر نیرو ساعتی پیش از آغاز باران خبر داد.",
    ],
)
def test_from_belongs_to_what_is_announced_and_not_to_after(text: str) -> None:
    assert [said for _, _, said in Actors(text).said()] == ["آغاز باران"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("در بیانیه وزارت نیرو آمده است: باران می‌آید.", ("وزارت نیرو", "آمده است", "باران می‌آید")),
        ("در اطلاعیه منتشر شده از سوی پلیس تاکید شده است که باران می‌آید.", ("پلیس", "تاکید شده است", "باران می‌آید")),
        ("در نامه انجمن باران‌دوستان گفته شده است: باران می‌آید.", ("انجمن باران‌دوستان", "گفته‌شده است", "باران می‌آید")),
        ("در بیانیه وزارت نیرو آمده است؛\n\nباران می‌آید.", ("وزارت نیرو", "آمده است", "باران می‌آید")),
        ("وزارت نیرو در پیام خود آورده است: باران می‌آید.", ("وزارت نیرو", "آورده است", "باران می‌آید")),
    ],
)
def test_what_a_paper_says_is_a_quote_of_whose_it_is(text: str, expected: tuple[str, str, str]) -> None:
    assert Actors(text).said() == [expected]


def test_a_paper_taken_up_again_is_of_the_same_body() -> None:
    text = (
        "در بیانیه وزارت نیرو آمده است: باران می‌آید.\nدر بخش دیگری از این بیانیه گفته شده است: سیل می‌آید.\n"
        "در این بیانیه عنوان شد: برف می‌آید."
    )

    assert _speakers(text) == ["وزارت نیرو"] * 3


def test_a_paper_of_nobody_who_is_named_is_of_the_subject_before() -> None:
    text = "وزارت نیرو دیروز بیانیه‌ای صادر کرد. در این بیانیه آمده است: باران می‌آید."

    assert _speakers(text) == ["وزارت نیرو"]


def test_a_paper_that_is_not_quoted_says_nothing() -> None:
    assert _speakers("بیانیه وزارت نیرو آماده شده است. مردم از آن گفته‌اند. پیام وزارت نیرو آمده است.") == []


def test_this_body_is_who_was_named_with_the_same_word() -> None:
    text = (
        "صندوق بین‌المللی پول گفت: باران می‌آید. وزیر نیرو گفت: برف می‌آید. "
        "این صندوق در توصیه‌های تازه خود به کشورها خواستار کاهش بدهی شد و تاکید کرد: سیل می‌آید."
    )

    assert _speakers(text) == ["صندوق بین‌المللی پول", "وزیر نیرو", "صندوق بین‌المللی پول"]


def test_this_body_is_who_spoke_last_where_another_of_its_kind_was_only_named() -> None:
    text = "وزارت نیرو گفت: باران می‌آید، و وزارت خارجه عراق آن را می‌داند.\nاین وزارتخانه افزود: برف می‌آید."

    assert _speakers(text) == ["وزارت نیرو", "وزارت نیرو"]


def test_the_office_that_speaks_first_is_whom_the_title_names() -> None:
    text = "فرمانده نیروهای آمریکا در یونان ادعا کرد: باران می‌آید.\nبه گزارش ایسنا، ژنرال دیوید کوندو گفت: سیل می‌آید."

    assert {quote.person for quote in Actors(text, "ادعای ژنرال کوندو: در باران شکی نیست").quotes} == {0}


def test_a_name_that_goes_on_behind_an_office_is_its_holders() -> None:
    actors = Actors("وزیر نفت هند گفت: باران می‌آید.\nبه گزارش ایسنا، کوندو لامیسه افزود: سیل می‌آید.")

    assert [speaker for speaker, _, _ in actors.said()] == ["کوندو لامیسه", "کوندو لامیسه"]
    assert [quote.person for quote in actors.quotes] == [0, 0]


@pytest.mark.parametrize(
    "text",
    [
        "وزیر نفت هند گفت: باران می‌آید.\nکوندو لامیسه نیز افزود: سیل می‌آید.",
        "وزیر نفت هند گفت: باران می‌آید.\nکوندو لامیسه نوشت: سیل می‌آید.",
    ],
)
def test_a_name_that_does_not_plainly_go_on_is_somebody_else(text: str) -> None:
    assert _speakers(text) == ["وزیر نفت هند", "کوندو لامیسه"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("حسین کریمی با وزیر خارجه عراق دیدار کرد و دو طرف بر ادامه باران تاکید کردند.", ["دو طرف"]),
        ("رئیس‌جمهور آمریکا کمک داده است، اما مقام‌های عراق گفته‌اند باران می‌آید.", ["مقام‌های عراق"]),
        ("در جلسه سازمان هواشناسی، یکی از آنها نوشت: باران می‌آید.", ["یکی از آنها"]),
        ("باغداران عراق:\nباران می‌آید", ["باغداران عراق"]),
        ("با وجود درخواست رئیس‌جمهوری عراق برای نشست، مالزی که میزبان است، اعلام کرد باران می‌آید.", ["مالزی"]),
        ("به گزارش خبرگزاری رویترز کوندو لامیسه گفت: باران می‌آید.", ["کوندو لامیسه"]),
        ("روز یکشنبه هشتم بهمن‌ماه سازمان هواشناسی گفت: باران می‌آید.", ["سازمان هواشناسی"]),
    ],
)
def test_the_subject_of_the_last_clause_speaks(text: str, expected: list[str]) -> None:
    assert _speakers(text) == expected


def test_a_pronoun_behind_a_noun_is_no_subject() -> None:
    text = f"{KARIMI} گفت: باران می‌آید.\nسخنان این مقام پس از آن مطرح شد که وزیر خارجه عراق نیز گفت: سیل می‌آید."

    assert _speakers(text) == ["حسین کریمی", "وزیر خارجه عراق"]


def test_a_pronoun_means_whom_the_sentence_before_tells_of() -> None:
    text = f"{KARIMI} گفت: باران می‌آید.\nعلی رضایی، استاندار ساری به این نشست پیام داد.\nوی افزود: سیل می‌آید."

    assert _speakers(text) == ["حسین کریمی", "علی رضایی"]


def test_a_paper_that_quotes_who_spoke_before_goes_on_with_them() -> None:
    text = f"{KARIMI} گفت: باران می‌آید.\nاین روزنامه به نقل از وی نوشت: سیل می‌آید."

    assert _speakers(text) == ["حسین کریمی", "حسین کریمی"]


def test_to_point_at_things_is_no_speech_and_to_point_at_this_is() -> None:
    things = f"{KARIMI} گفت: باران می‌آید.\nوی به بخش‌هایی اشاره کرد که آسیب دیده‌اند."

    assert len(_speakers(things)) == 1
    assert len(_speakers(things.replace("بخش‌هایی", "این نکته"))) == 2


def test_what_was_said_before_is_not_said_again_by_this_was_said() -> None:
    text = f"{KARIMI} گفت: باران می‌آید.\nوزیر نیرو این مطلب را در ساری بیان کرد. وی علت باران را ابر بیان کرد."

    assert [said for _, _, said in Actors(text).said()] == ["باران می‌آید", "علت باران را ابر"]


def test_speech_ends_before_what_the_next_verb_stresses() -> None:
    text = "حسین کریمی، معاون وزیر نیرو گفت باران می‌آید و بر تهدید سیل که بزرگ است، تاکید کرد."

    assert [said for _, _, said in Actors(text).said()] == ["باران می‌آید", "تهدید سیل که بزرگ است"]


def test_hope_is_expressed_without_that_too() -> None:
    text = "حسین کریمی، معاون وزیر نیرو ابراز امیدواری کرد باران بیاید."

    assert Actors(text).said() == [("حسین کریمی", "ابراز امیدواری کرد", "باران بیاید")]
