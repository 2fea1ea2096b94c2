"""How agencies name who says so and who speaks: desks, members, names that no list knows, heads of titles."""

import pytest

from tests.support.actors import Actors
from workers.enrich.kinds import SourceKind

ALI = "علی آبگینه رئیس سازمان آب"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("به گزارش خبرگزاری دانشجویان ایران (ایسنا)، باران آمد.", [["خبرگزاری دانشجویان ایران"]]),
        ("به گزارش سی.ان.ان باران آمد.", [["سی. ان. ان"]]),
        ("به گزارش روزنامه آمریکایی «نمونه روز»، باران آمد.", [["روزنامه آمریکایی «نمونه روز"]]),
        ("برخی منابع محلی به نقل از علی آبگینه گفتند باران آمد.", [["برخی منابع محلی", "علی آبگینه"]]),
        (
            "به نوشته روزنامه نمونه، خبرگزاری رویترز به نقل از علی آبگینه نوشت: باران آمد.",
            [["روزنامه نمونه", "خبرگزاری رویترز", "علی آبگینه"]],
        ),
        ("به گزارش ایسنا، بر اساس اعلام گروه فنی آب، باران آمد.", [["ایسنا", "گروه فنی آب"]]),
        ("به نوشته رویترز و گاردین، باران آمد.", [["رویترز"], ["گاردین"]]),
        ("رویترز: سه منبع آگاه گفتند که باران می‌آید.", [["رویترز", "سه منبع آگاه"]]),
        ("آن‌طور که یک مقام محلی به رویترز گفته، باران آمد.", [["رویترز", "یک مقام محلی"]]),
        ("مدیر آب با خبرگزاری مهر گفت‌وگو کرد.", [["خبرگزاری مهر"]]),
        ("گفت‌وگوی رویترز با علی آبگینه خوانده شد.", [["رویترز"]]),
        ("علی آبگینه در گفت‌وگو با فارس رفت.", [["فارس"]]),
        ("علی آبگینه به ایسنا گفت: باران آمد.", [["ایسنا"]]),
        ("روابط عمومی وزارت نیرو به ایسنا اعلام کرد: باران آمد.", [["ایسنا", "روابط عمومی وزارت نیرو"]]),
        ("در بیانیه وزارت نیرو آمده است که باران آمد.", [["بیانیه وزارت نیرو"]]),
        ("به گفته یک خلبان، باران آمد.", [["یک خلبان"]]),
        ("رسانه نمونه‌رو نوشت باران آمد.", [["رسانه نمونه‌رو"]]),
        ("سایت آبگینه: باران آمد.", [["سایت آبگینه"]]),
        ("کانال ۱۴ تلویزیون اسرائیل گفت که باران آمد.", [["کانال ۱۴ تلویزیون اسرائیل"]]),
        ("تهران _ ایسنا: باران آمد.", [["ایسنا"]]),
        ("به گزارش روزنامه واشنگتن تایمز باران آمد.", [["روزنامه واشنگتن‌تایمز"]]),
    ],
)
def test_a_source_has_its_whole_name_and_whom_it_quotes(text: str, expected: list[list[str]]) -> None:
    assert Actors(text).sources() == expected


@pytest.mark.parametrize(
    "text",
    [
        "بر اساس گزارش‌های موجود، باران آمد.",
        "به گفته آنان باران آمد.",
        "بیانیه وزارت نیرو بسته شد.",
        "علی آبگینه به ایسنا رفت.",
        "گفت‌وگوی مدیران با علی آبگینه خوانده شد.",
        "بنا بر اعلام سخنگوی این شرکت، باران آمد.",
        "معاون رسانه مرکز آب اعلام کرد باران آمد.",
    ],
)
def test_a_report_without_a_source_and_an_outlet_that_is_told_nothing_are_no_chain(text: str) -> None:
    assert Actors(text).sources() == []


def test_an_interview_that_was_before_is_no_link_of_what_is_reported_now() -> None:
    actors = Actors("به گزارش فارس، وزیر نیرو پس از مصاحبه با شبکه الجزیره رفت.")

    assert actors.sources() == [["فارس"], ["شبکه الجزیره"]]


def test_a_body_whose_paper_was_quoted_is_no_chain_of_its_own_again() -> None:
    actors = Actors("به گزارش ایسنا، بر اساس اعلام وزارت نیرو باران آمد.\nبر اساس اعلام وزارت نیرو سیل آمد.")

    assert actors.sources() == [["ایسنا", "وزارت نیرو"]]


def test_a_desk_is_its_outlet_and_a_reporter_is_not() -> None:
    actors = Actors("به گزارش گروه سیاسی خبرگزاری فارس، باران آمد. به گزارش خبرنگار گروه علمی ایسنا، سیل آمد.")

    assert [chain[0].kind for chain in actors.chains] == [SourceKind.OUTLET, SourceKind.REPORTER]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("رستاک آبگینه در گفت‌وگو با ایسنا گفت: باران می‌آید.", [("رستاک آبگینه", None, None)]),
        ("سردار سرتیپ دوم پاسدار علی آبگینه رفت. علی آبگینه ماند.", [("علی آبگینه", None, "IR")]),
        ("رستاک آبگینه گفت: باران می‌آید.\nآبگینه افزود: سیل می‌آید.", [("رستاک آبگینه", None, None)]),
        ("قاضی آبگینه رفت. قاضی پرونده ماند.", [("آبگینه", None, None)]),
        ("علی آبگینه - مدیرکل راه تهران - رفت.", [("علی آبگینه", "مدیرکل راه تهران", "IR")]),
        ("دولت ˈباراک اوباماˈ رئیس‌جمهور آمریکا رفت.", [("باراک اوباما", "رئیس‌جمهور آمریکا", "US")]),
        ("وزیر بهداشت، درمان و آموزش پزشکی رفت.", [(None, "وزیر بهداشت، درمان و آموزش پزشکی", "IR")]),
        ("نماینده مردم نمونه در مجلس شورای اسلامی گفت: باران آمد.",
         [(None, "نماینده مردم نمونه در مجلس شورای اسلامی", "IR")]),
        ("محمدامین آبگینه رفت.", [("محمدامین آبگینه", None, None)]),
        ("پیش از این وزیر راه و شهرسازی رفت.", [(None, "وزیر راه و شهرسازی", "IR")]),
        ("سردار سرتیپ پاسدار «سعید آبگینه» رفت.", [("سعید آبگینه", None, "IR")]),
        ("نماینده مردم نمونه و آبادی در مجلس رفت و علی آبگینه نماینده مردم نمونه و آبادی در مجلس ماند.",
         [("علی آبگینه", "نماینده مردم نمونه و آبادی در مجلس", "IR")]),
        ("علی آبگینه مشاور نخست‌وزیر پاکستان در امور بین‌الملل گفت: باران آمد.",
         [("علی آبگینه", "مشاور نخست‌وزیر پاکستان در امور بین‌الملل", "PK")]),
        ("علی آبگینه، رئیس هیئت مدیره و مدیرعامل شرکت سبزآب رفت.",
         [("علی آبگینه", "رئیس هیئت‌مدیره و مدیرعامل شرکت سبزآب", None)]),
        ("امید آبگینه رفت. آقای آبگینه ماند.", [("امید آبگینه", None, None)]),
        ("سخنگوی علی آبگینه نخست‌وزیر عراق رفت.",
         [(None, "سخنگوی علی آبگینه نخست‌وزیر عراق", "IQ"), ("علی آبگینه", "نخست‌وزیر عراق", "IQ")]),
    ],
)  # fmt: skip
def test_a_person_is_found_by_what_stands_around_the_name(
    text: str, expected: list[tuple[str | None, str | None, str | None]]
) -> None:
    assert Actors(text).people() == expected


@pytest.mark.parametrize(
    "text",
    [
        "مرد جوان گفت: باران می‌آید.",
        "حسن نیت طرفین دیده شد.",
        "واکنش مسافران به تأخیر دفتر وزیر نیرو دیده شد.",
        "رستاک آبگینه رفت.",
        "باران آمد.\nعلی آبگینه\nسیل آمد.",
        "مقام یمنی: باران می‌آید.",
        "پدافند هوایی فعال شد.",
        "معاونت گردشگری رفت.",
        "متن کامل سخنرانی وزیران خوانده شد.",
        "تیم خبری وزیران رفت.",
        "کمیسیون عمران مجلس رفت.",
        "آنان با علی آبی، رضا زردی، حسن سبزی، کاظم سیاهی، جواد سرخی و ناصر بنفشی بازی کردند.",
    ],
)
def test_what_only_looks_like_a_name_or_belongs_to_a_thing_is_nobody(text: str) -> None:
    assert Actors(text).people() == []


def test_a_member_who_speaks_is_the_one_whose_name_follows() -> None:
    actors = Actors("عضو کمیسیون عمران مجلس گفت: باران آمد.\nهادی آبگینه در گفت‌وگو با ایسنا افزود: سیل آمد.")

    assert actors.people() == [("هادی آبگینه", "عضو کمیسیون عمران مجلس", "IR")]


def test_an_office_that_goes_on_speaking_is_the_last_speaker_by_another_office() -> None:
    actors = Actors(f"{ALI} گفت: باران می‌آید.\nمعاون وزیر نیرو افزود: سیل می‌آید.")

    assert actors.people() == [("علی آبگینه", "رئیس سازمان آب", "IR")]
    assert [speaker for speaker, _, _ in actors.said()] == ["علی آبگینه", "علی آبگینه"]


def test_a_family_name_of_two_parts_is_found_again() -> None:
    actors = Actors("علی محمدی‌نمونه رئیس سازمان آب آمد. محمدی‌نمونه گفت: باران آمد.")

    assert [speaker for speaker, _, _ in actors.said()] == ["علی محمدی‌نمونه"]


def test_one_name_with_and_without_the_article_and_one_office_with_and_without_its_country_are_one() -> None:
    actors = Actors(
        "محمود المشهدانی رئیس شورای آب ایران رفت. محمود مشهدانی ماند. رئیس شورای آب کشورمان گفت: باران آمد."
    )

    assert actors.people() == [("محمود المشهدانی", "رئیس شورای آب ایران", "IR")]


def test_an_office_in_the_title_is_the_one_that_the_text_gives_in_full_with_a_name() -> None:
    actors = Actors("باران می‌آید\nعلی آبگینه، مدیرعامل شرکت آب ایران رفت.", title="مدیرعامل آب ایران:")

    assert actors.people() == [("علی آبگینه", "مدیرعامل شرکت آب ایران", None)]


def test_a_president_in_the_text_is_the_well_known_one_of_the_title() -> None:
    assert Actors("رئیس جمهوری رفت.", title="دستور روحانی").people() == [("روحانی", "رئیس‌جمهوری", "IR")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{ALI} پیش از این گفته بود که باران می‌آید.", ("علی آبگینه", "گفته بود", "باران می‌آید")),
        ("رویترز به نقل از علی آبگینه نوشت: باران می‌آید.", ("علی آبگینه", "نوشت", "باران می‌آید")),
        ("رویترز به نقل از یک منبع آگاه نوشت: باران می‌آید.", ("یک منبع آگاه", "نوشت", "باران می‌آید")),
        ("مذاکرات مقامات ایرانی تمام شد و رئیس مجلس گفت: باران آمد.", ("رئیس مجلس", "گفت", "باران آمد")),
        (f"در دفتر سازمان ملل {ALI} گفت: باران آمد.", ("علی آبگینه", "گفت", "باران آمد")),
        (f"جزئیات بارش، {ALI}:\nباران می‌آید.", ("علی آبگینه", None, "باران می‌آید")),
    ],
)
def test_a_quote_has_the_speaker_whom_its_sentence_means(
    text: str, expected: tuple[str | None, str | None, str]
) -> None:
    assert Actors(text).said() == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{ALI} علت سیل را باران اعلام کرد.", [("علی آبگینه", "اعلام کرد", "علت سیل را باران")]),
        (f"{ALI} از لزوم بارش باران سخن گفت.", [("علی آبگینه", "سخن گفت", "لزوم بارش باران")]),
        ("به گفته برخی منابع، باران آمد.", [("برخی منابع", "به گفته", "باران آمد")]),
        (f"{ALI} در گفت‌وگو با شبکه خبر گفت: باران آمد.", [("علی آبگینه", "گفت", "باران آمد")]),
        (f"{ALI} گفت: باران آمد. به گزارش ایسنا، هوا سرد است.", [("علی آبگینه", "گفت", "باران آمد")]),
        (f"به گزارش ایسنا به نقل از منابع خبری، {ALI} گفت: باران آمد.", [("علی آبگینه", "گفت", "باران آمد")]),
        (f"** باران در راه تهران {ALI} گفت: باران آمد.", [("علی آبگینه", "گفت", "باران آمد")]),
    ],
)
def test_what_is_said_ends_where_somebody_else_reports(
    text: str, expected: list[tuple[str | None, str | None, str]]
) -> None:
    assert Actors(text).said() == expected


@pytest.mark.parametrize(
    "text",
    [
        f"{ALI} موافقت خود را با بارش اعلام کرد.",
        f"{ALI} به مردم تسلیت گفت و رفت.",
        f"{ALI} رفت؛ رویترز نوشته که باران آمد.",
        "رسانه‌های عربی گزارش دادند که باران آمد.",
        "روزنامه نمونه چاپ مصر نوشت: باران آمد.",
    ],
)
def test_a_wish_a_decision_and_the_report_of_an_outlet_are_no_quote(text: str) -> None:
    assert Actors(text).said() == []


def test_who_is_asked_in_the_sentence_before_answers() -> None:
    actors = Actors(f"وزیر نیرو گفت: هوا سرد است.\n{ALI} درباره این که آیا باران می‌آید؟ چنین گفت: باران می‌آید.")

    assert [speaker for speaker, _, _ in actors.said()] == ["وزیر نیرو", "علی آبگینه"]


def test_what_an_outlet_reports_of_an_unnamed_source_in_its_own_words_is_no_quote() -> None:
    assert Actors("رویترز به نقل از منابع آگاه گزارش داده است که باران می‌آید.").said() == []


def test_a_title_that_ends_in_a_colon_is_the_head_of_the_first_line() -> None:
    actors = Actors("باران می‌آید\nعلی آبگینه دیروز به تهران آمد. وی گفت: سیل هم می‌آید.", title="علی آبگینه:")

    assert actors.said() == [("علی آبگینه", None, "باران می‌آید"), ("علی آبگینه", "گفت", "سیل هم می‌آید")]


def test_a_lone_name_before_the_colon_of_a_title_speaks() -> None:
    actors = Actors("سیل می‌آید", title="آبگینه: باران می‌آید")

    assert actors.people() == [("آبگینه", None, None)]
    assert actors.said()[0] == ("آبگینه", None, "باران می‌آید")


@pytest.mark.parametrize("title", ["فوری: باران می‌آید", "هواشناسی: باران می‌آید", "ادعا: باران می‌آید"])
def test_a_word_that_announces_is_no_name(title: str) -> None:
    assert Actors("باران", title=title).people() == []


def test_a_title_has_heads_behind_its_strokes_and_the_text_tells_whose_they_are() -> None:
    actors = Actors("رئیس سازمان آب گفت: سیل می‌آید.", title="هشدار درباره سیل | آبگینه: باران می‌آید")

    assert actors.people() == [("آبگینه", "رئیس سازمان آب", "IR")]
    assert actors.said() == [("آبگینه", None, "باران می‌آید"), ("آبگینه", "گفت", "سیل می‌آید")]
