"""Offices: where one begins and ends, whose it is, and which of them one person has."""

import pytest

from tests.support.actors import Actors, lexicon
from workers.enrich.offices import Office, is_same, office_of, offices_of
from workers.enrich.reading import folded


def offices(text: str, title: str = "") -> list[str | None]:
    return [role for _, role, _ in Actors(text, title).people()]


def words(text: str) -> list[str]:
    return [folded(word) for word in text.split(" ")]


def office(text: str) -> Office:
    return office_of(words(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("وزیر راه و ترابری گفت باران می‌آید.", "وزیر راه و ترابری"),
        ("معاون حقوقی و بین‌الملل وزارت نیرو گفت باران می‌آید.", "معاون حقوقی و بین‌الملل وزارت نیرو"),
        ("وزیر علوم، تحقیقات و فناوری گفت باران می‌آید.", "وزیر علوم، تحقیقات و فناوری"),
        ("مدیرکل پیش‌بینی و هشدار سازمان هواشناسی گفت باران می‌آید.", "مدیرکل پیش‌بینی و هشدار سازمان هواشناسی"),
        ("مدیرعامل شرکت آب و فاضلاب گفت باران می‌آید.", "مدیرعامل شرکت آب و فاضلاب"),
        ("رئیس اداره نظارت بر دارو گفت باران می‌آید.", "رئیس اداره نظارت بر دارو"),
        ("مدیرکل پیشگیری از اعتیاد سازمان بهزیستی گفت باران آمد.", "مدیرکل پیشگیری از اعتیاد سازمان بهزیستی"),
    ],
)
def test_an_office_goes_over_what_its_body_is_for(text: str, expected: str) -> None:
    assert offices(text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("رئیس مجلس شورای اسلامی تشکر کرد و رفت.", "رئیس مجلس شورای اسلامی"),
        ("سخنگوی دولت استقبال کرد و رفت.", "سخنگوی دولت"),
        ("وزیر کشور تشکیل این ستاد را خواست.", "وزیر کشور"),
        ("سفیر ایران در مسکو ۵۰ نفر را دید.", "سفیر ایران در مسکو"),
        ("رئیس سازمان بنادر و نمایندگان شهرها آمدند.", "رئیس سازمان بنادر"),
        ("وزیر بهداشت گزارشی از باران داد.", "وزیر بهداشت"),
        ("مدیرعامل شرکت ایرباس به‌همراه مردم آمد.", "مدیرعامل شرکت ایرباس"),
        ("سخنگوی وزارت خارجه کشورمان سفر همتایش را ستود.", "سخنگوی وزارت خارجه کشورمان"),
    ],
)
def test_an_office_ends_where_its_holder_acts_or_others_follow(text: str, expected: str) -> None:
    assert offices(text) == [expected]


def test_a_number_belongs_to_an_office_that_counts_districts() -> None:
    assert offices("شهردار منطقه ۷ تهران گفت باران می‌آید.") == ["شهردار منطقه ۷ تهران"]


def test_a_mission_keeps_where_it_is() -> None:
    text = "علی آبگینه، سخنگوی نمایندگی ایران در سازمان ملل گفت باران می‌آید."

    assert offices(text) == ["سخنگوی نمایندگی ایران در سازمان ملل"]


@pytest.mark.parametrize("trade", ["نویسنده و شاعر ایرانی", "کارشناس اقتصادی", "بازیگر سینما"])
def test_a_trade_is_no_office(trade: str) -> None:
    assert Actors(f"حسین کریمی، {trade} گفت باران می‌آید.").people() == [("حسین کریمی", None, None)]


def test_a_trade_with_its_body_is_an_office() -> None:
    assert offices("حسین کریمی، کارشناس سازمان هواشناسی گفت باران می‌آید.") == ["کارشناس سازمان هواشناسی"]


@pytest.mark.parametrize("text", ["تحلیلگر سیاسی گفت باران می‌آید.", "دیپلمات ایرانی: باران می‌آید."])
def test_a_trade_alone_is_nobody(text: str) -> None:
    assert Actors(text).people() == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("دبیر شورایعالی امنیت ملی", "دبیر شورای عالی امنیت ملی ایران"),
        ("وزیر خارجه", "وزیر امور خارجه کشورمان"),
        ("رئیس ستاد ارتش اسرائیل", "رئیس ستاد مشترک ارتش رژیم صهیونیستی"),
        ("وزیر جنگ آمریکا", "وزیر دفاع ایالات متحده آمریکا"),
        ("نخست وزیر انگلیس", "نخست وزیر جدید بریتانیا"),
    ],
)
def test_one_office_in_two_spellings_is_the_same(one: str, other: str) -> None:
    assert is_same(office(one), office(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("رئیس جمهور آمریکا", "رئیس جمهور سابق آمریکا"),
        ("معاون وزیر کشور", "معاون وزیر نیرو"),
        ("رئیس پلیس تهران", "دادستان تهران"),
    ],
)
def test_another_office_is_not_the_same(one: str, other: str) -> None:
    assert not is_same(office(one), office(other))


def test_two_offices_of_one_person_are_compared_each_for_itself() -> None:
    both = offices_of(words("معاون نخست وزیر و وزیر کشور کویت"), lexicon().roles)

    assert {office("وزیر کشور کویت"), office("معاون نخست وزیر")} <= {*both}


def test_an_office_alone_is_the_one_who_is_named_with_it_later() -> None:
    text = "نخست‌وزیر انگلیس رفت. کریمی با «آرتین والاس» نخست‌وزیر انگلیس سخن گفت."

    assert ("آرتین والاس", "نخست‌وزیر انگلیس", "GB") in Actors(text).people()
    assert offices(text).count("نخست‌وزیر انگلیس") == 1


def test_the_office_beside_the_name_goes_before_a_shorter_one() -> None:
    text = "رئیس ستاد ارتش اسرائیل رفت. «آرتین والاس» رئیس ستاد مشترک ارتش اسرائیل گفت باران می‌آید."

    assert offices(text) == ["رئیس ستاد مشترک ارتش اسرائیل"]


def test_head_and_body_are_one_office_under_both_names_of_the_body() -> None:
    text = "فرمانده ناجا رفت. حسین کریمی فرمانده نیروی انتظامی گفت باران می‌آید."

    assert [name for name, _, _ in Actors(text).people()] == ["حسین کریمی"]


def test_who_goes_on_takes_over_an_office_that_was_only_mentioned() -> None:
    text = (
        "حسین کریمی رئیس سازمان بنادر گفت باران می‌آید.\nهشدار معاون وزیر به شرکت‌ها\n"
        "معاون وزیر راه و شهرسازی افزود برف هم می‌آید."
    )

    assert [name for name, _, _ in Actors(text).people()] == ["حسین کریمی"]


def test_what_somebody_became_is_theirs_and_no_second_person() -> None:
    assert Actors("آرتین والاس که پیش از این معاون وزیر نیرو بود آمد.").people()[1:] == []
    assert Actors("حسین کریمی به عنوان رئیس سازمان بنادر آمد.").people() == [("حسین کریمی", "رئیس سازمان بنادر", "IR")]


def test_this_country_is_the_one_that_was_named_before() -> None:
    text = "حسین کریمی به ترکیه رفت و با آرتین والاس، وزیر نیرو این کشور سخن گفت."

    assert ("آرتین والاس", "وزیر نیرو این کشور", "TR") in Actors(text).people()


def test_an_agencys_marks_of_emphasis_hide_no_subject() -> None:
    text = "**به گزارش ایسنا،** دکتر حسین کریمی گفت باران می‌آید.\n\nرئیس سازمان بنادر ادامه داد برف هم می‌آید."

    assert Actors(text).people() == [("حسین کریمی", "رئیس سازمان بنادر", "IR")]


def test_who_is_quoted_with_a_preposition_is_whose_office_stood_before() -> None:
    text = "رئیس پلیس روسیه اعلام کرد راه باز است.\nبه گفته علی آبگینه باران می‌آید."

    assert Actors(text).people() == [("علی آبگینه", "رئیس پلیس روسیه", "RU")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("رئیس این سازمان گفت باران می‌آید.", "رئیس این سازمان"),
        ("معاون آموزش این دانشگاه گفت باران می‌آید.", "معاون آموزش این دانشگاه"),
        ("سخنگوی «جنبش باران» گفت باران می‌آید.", "سخنگوی «جنبش باران»"),
        ("مدیرعامل شرکت «آفتاب مهر» گفت باران می‌آید.", "مدیرعامل شرکت «آفتاب مهر»"),
        ("رئیس گروه دوستی پارلمانی دو کشور گفت باران می‌آید.", "رئیس گروه دوستی پارلمانی دو کشور"),
        ("نماینده دائم ایران نزد سازمان ملل گفت باران می‌آید.", "نماینده دائم ایران نزد سازمان ملل"),
        ("سفیر ایران در دوحه قطر گفت باران می‌آید.", "سفیر ایران در دوحه قطر"),
        ("فرمانده نیروهای آمریکا در خاورمیانه گفت باران می‌آید.", "فرمانده نیروهای آمریکا در خاورمیانه"),
        ("فرستاده سازمان ملل به یمن گفت باران می‌آید.", "فرستاده سازمان ملل به یمن"),
        ("مدیر آلمانی باشگاه آفتاب گفت باران می‌آید.", "مدیر آلمانی باشگاه آفتاب"),
        ("وزیر خارجه کهنسال عربستان گفت باران می‌آید.", "وزیر خارجه کهنسال عربستان"),
    ],
)
def test_an_office_goes_on_to_whose_it_is_and_where(text: str, expected: str) -> None:
    assert offices(f"علی آبگینه، {text}") == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("وزیر بهداشت رشد شهرها را دید.", "وزیر بهداشت"),
        ("رئیس‌جمهور نحوه کار شهرها را دید.", "رئیس‌جمهور"),
        ("سخنگوی دولت درادامه از باران گفت.", "سخنگوی دولت"),
        ("سفیر ایران در مسکو شهرها را دید.", "سفیر ایران در مسکو"),
        ("علی آبگینه، فرستاده ویژه آلمان به ایران سفر کرد.", "فرستاده ویژه آلمان"),
    ],
)
def test_an_office_ends_when_it_has_said_all(text: str, expected: str) -> None:
    assert offices(text) == [expected]


def test_a_coach_of_a_team_is_not_of_another_team_behind_it() -> None:
    text = "علی آبگینه، سرمربی تیم فوتبال آفتاب ستارگان این تیم را دید."

    assert "این تیم" not in str(offices(text))


def test_an_office_that_points_back_is_the_one_that_was_named_in_full() -> None:
    text = "علی آبگینه، رئیس این سازمان گفت باران می‌آید. رئیس سازمان هواشناسی رفت."

    assert Actors(text).people() == [("علی آبگینه", "رئیس سازمان هواشناسی", "IR")]


def test_a_state_behind_a_body_says_whose_it_is() -> None:
    assert Actors("معاون بانک مرکزی هند گفت باران می‌آید.").people() == [(None, "معاون بانک مرکزی هند", "IN")]


def test_a_leader_of_no_state_speaks_for_none() -> None:
    assert Actors("علی آبگینه، رهبر جنبش باران گفت باران می‌آید.").people()[0][2] is None


@pytest.mark.parametrize(
    "told", ["به گزارش خبرنگار ایرنا،", "به گزارش خبرنگار ایرنا", "به گزارش خبرنگار گروه جامعه ایرنا"]
)
def test_the_reporter_of_a_report_is_not_who_speaks_in_it(told: str) -> None:
    text = f"رئیس سازمان هواشناسی گفت باران می‌آید. {told} علی آبگینه در جمع دانش‌آموزان گفت باد می‌وزد."

    assert Actors(text).people() == [("علی آبگینه", "رئیس سازمان هواشناسی", "IR")]


def test_a_reporter_who_acts_keeps_the_office() -> None:
    assert offices("علی آبگینه، خبرنگار ایرنا گفت باران می‌آید.") == ["خبرنگار ایرنا"]


def test_the_name_of_a_title_gets_the_office_of_the_lead() -> None:
    text = "وزیر نیرو رفت. آقای کریمی در پیامی گفت باران می‌آید."

    assert Actors(text, title="واکنش علی کریمی به باران").people() == [("علی کریمی", "وزیر نیرو", "IR")]


def test_the_office_beside_a_name_goes_before_one_that_the_lead_gave() -> None:
    text = "وزیر نیرو رفت. علی کریمی گفت باران می‌آید. علی کریمی، رئیس سازمان هواشناسی گفت باد می‌وزد."

    assert offices(text) == ["رئیس سازمان هواشناسی"]


def test_what_somebody_is_said_to_be_makes_one_of_the_office_that_a_title_names() -> None:
    text = "این خانه مال علی کریمی است که رئیس سازمان هواشناسی است."

    assert Actors(text, title="خانه رئیس سازمان هواشناسی").people() == [("علی کریمی", "رئیس سازمان هواشناسی", "IR")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("نخست وزیر هند", "نخست وزیر هندوستان"),
        ("سرکنسول جمهوری اسلامی ایران", "سرکنسول ایران در مسکو"),
        ("رهبر جمهوری اسلامی", "رهبر جمهوری اسلامی ایران"),
        ("سخنگوی دستگاه دیپلماسی", "سخنگوی وزارت خارجه"),
        ("رئیس دستگاه دیپلماسی", "وزیر امور خارجه"),
        ("رئیس این سازمان", "رئیس سازمان هواشناسی"),
    ],
)
def test_states_and_bodies_in_other_words_make_no_other_office(one: str, other: str) -> None:
    assert is_same(office(one), office(other))


def test_an_office_ends_behind_a_body_with_a_long_name() -> None:
    assert offices("دبیر شورای عالی امنیت ملی توئیت تازه‌ای نوشت.") == ["دبیر شورای عالی امنیت ملی"]


def test_a_post_in_a_town_keeps_the_word_for_it() -> None:
    text = "علی آبگینه، سرکنسول ایران در شهر استانبول گفت باران می‌آید."

    assert offices(text) == ["سرکنسول ایران در شهر استانبول"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("رئیس گروه دوستی پارلمانی ایران و عراق گفت باران می‌آید.", "رئیس گروه دوستی پارلمانی ایران و عراق"),
        ("دادستان عمومی و انقلاب تهران گفت باران می‌آید.", "دادستان عمومی و انقلاب تهران"),
        ("رئیس کمیسیون برنامه، بودجه و محاسبات مجلس گفت باران می‌آید.", "رئیس کمیسیون برنامه، بودجه و محاسبات مجلس"),
    ],
)
def test_an_office_goes_over_what_two_share(text: str, expected: str) -> None:
    assert offices(text) == [expected]


def test_an_adviser_of_somebody_in_quotation_marks_is_not_that_person() -> None:
    text = "علی آبگینه، مشاور «آرتین والاس» رئیس‌جمهور فرانسه گفت باران می‌آید."

    assert ("علی آبگینه", "مشاور «آرتین والاس» رئیس‌جمهور فرانسه", "FR") in Actors(text).people()


def test_a_name_in_brackets_has_the_office_before_them() -> None:
    assert Actors("وزیر نیرو (علی آبگینه) گفت باران می‌آید.").people() == [("علی آبگینه", "وزیر نیرو", "IR")]


def test_what_is_attached_to_a_body_is_no_attache() -> None:
    assert Actors("گروهی به نام «تجار آفتاب» وابسته به گروه‌های دیگر رفت.").people() == []


def test_a_teacher_of_a_university_without_a_name_has_no_office() -> None:
    assert offices("علی آبگینه، استاد دانشگاه گفت باران می‌آید.") == [None]


@pytest.mark.parametrize(
    "role",
    [
        "سفیر و نماینده دائم ایران در سازمان ملل",
        "رئیس هیئت‌مدیره و مدیرعامل شرکت آفتاب",
        "معاون سفیر ایران در عراق",
        "سخنگو و هماهنگ‌کننده ارتباطات کاخ سفید",
        "حاکم آمریکایی عراق",
    ],
)
def test_two_heads_and_posts_of_deputies_are_one_office(role: str) -> None:
    assert offices(f"علی آبگینه، {role} گفت باران می‌آید.") == [role]


@pytest.mark.parametrize(
    "role",
    [
        "رئیس اتحادیه طلا و جواهر",
        "مدیرکل دفتر سلامت و تندرستی وزارت بهداشت",
        "رئیس مرکز فرماندهی و کنترل ترافیک پلیس تهران",
        "مدیرکل بنیاد حفظ آثار و نشر ارزش‌های دفاع مقدس",
        "جانشین مرزبانی استان کردستان",
    ],
)
def test_an_office_goes_over_the_name_of_its_body(role: str) -> None:
    assert offices(f"{role} گفت باران می‌آید.") == [role]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("رئیس اتحادیه طلا و همراهان او رفتند.", "رئیس اتحادیه طلا"),
        ("وزیر خارجه کشورمان و باران فروش رفتند.", "وزیر خارجه کشورمان"),
        ("وزیر امور خارجه و پرونده‌های او رفتند.", "وزیر امور خارجه"),
    ],
)
def test_an_office_ends_before_who_comes_along(text: str, expected: str) -> None:
    assert offices(text) == [expected]


def test_a_list_of_names_with_escaped_dashes_gives_each_its_own_office() -> None:
    text = "سخن خواهند گفت: علی کریمی \\- وزیر نیرو، مریم آبگینه \\- رئیس سازمان هواشناسی، رضا باران‌پور."

    assert Actors(text).people()[:2] == [
        ("علی کریمی", "وزیر نیرو", "IR"),
        ("مریم آبگینه", "رئیس سازمان هواشناسی", "IR"),
    ]


def test_who_spoke_without_an_office_is_called_by_it_later_and_not_somebody_with_another() -> None:
    text = (
        "علی کریمی گفت باران می‌آید. مریم آبگینه، رئیس سازمان هواشناسی گفت باد می‌وزد. "
        "سخنگوی کمیسیون عمران مجلس ادامه داد: برف می‌بارد."
    )

    assert Actors(text).people() == [
        ("علی کریمی", "سخنگوی کمیسیون عمران مجلس", "IR"),
        ("مریم آبگینه", "رئیس سازمان هواشناسی", "IR"),
    ]


def test_who_decides_on_somebody_is_not_that_person() -> None:
    text = "با حکم وزیر نیرو، علی آبگینه به عنوان سرپرست سازمان هواشناسی منصوب شد."

    assert ("علی آبگینه", "سرپرست سازمان هواشناسی", "IR") in Actors(text).people()


@pytest.mark.parametrize(
    "text",
    [
        "معاون وزیر نیرو و رئیس سازمان هواشناسی، علی آبگینه گفت باران می‌آید.",
        "معاون وزیر نیرو و رئیس سازمان هواشناسی گفت باران می‌آید.",
    ],
)
def test_a_deputy_who_has_a_second_office_is_one_person(text: str) -> None:
    assert offices(text) == ["معاون وزیر نیرو و رئیس سازمان هواشناسی"]


def test_a_deputy_and_a_head_who_speak_together_are_two() -> None:
    text = "معاون وزیر نیرو و رئیس سازمان هواشناسی گفتند باران می‌آید."

    assert offices(text) == ["معاون وزیر نیرو", "رئیس سازمان هواشناسی"]


def test_a_known_name_in_brackets_is_no_part_of_the_office() -> None:
    text = "دیدار رئیس‌جمهور (ترامپ) برگزار شد. ترامپ گفت باران می‌آید."

    assert Actors(text).people() == [("ترامپ", "رئیس‌جمهور", "US")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("رئیس اتاق مشترک ایران و سوئد گفت باران می‌آید.", "رئیس اتاق مشترک ایران و سوئد"),
        ("سردبیر روزنامه «کیهان» چاپ تهران گفت باران می‌آید.", "سردبیر روزنامه «کیهان»"),
    ],
)
def test_an_office_goes_over_two_states_that_share_it_and_keeps_its_quotation_marks(text: str, expected: str) -> None:
    assert offices(text) == [expected]


def test_an_office_of_somebody_in_quotation_marks_is_whole() -> None:
    people = Actors("«حسین کریمی» مشاور «آرتین والاس» رئیس بانک گفت باران می‌آید.").people()

    assert people[0][:2] == ("حسین کریمی", "مشاور «آرتین والاس» رئیس بانک")


def test_that_country_is_the_one_that_was_named_before() -> None:
    text = "از سوئد خبر می‌رسد که وزیر نیرو آن کشور گفت باران می‌آید."

    assert Actors(text).people() == [(None, "وزیر نیرو آن کشور", "SE")]


def test_a_rank_is_no_name() -> None:
    assert Actors("سرهنگ رکن حسن کریمی گفت باران می‌آید.").people() == [("حسن کریمی", None, None)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("حسن کریمی، رهبر گروه «زیبانکو» گفت باران می‌آید.", "رهبر گروه «زیبانکو»"),
        ("حسن کریمی وزیر خارجه ایران دولت آمریکا را مقصر خواند.", "وزیر خارجه ایران"),
        ("حسن کریمی رئیس مجلس شورای اسلامی پنج شنبه شب گفت باران می‌آید.", "رئیس مجلس شورای اسلامی"),
    ],
)
def test_an_office_holds_a_quoted_body_and_ends_before_a_government_and_a_day(text: str, expected: str) -> None:
    assert offices(text) == [expected]


def test_what_somebody_is_besides_is_nobody_else() -> None:
    text = "حسن کریمی، رهبر گروه سبز که رئیس مرکز مطالعات نیرو نیز می‌باشد، گفت باران می‌آید."

    assert offices(text) == ["رهبر گروه سبز"]


def test_who_follows_the_reporting_outlet_without_a_comma_is_whose_office_the_lead_gave() -> None:
    text = "دبیر شورای نیرو گفت باران می‌آید. به گزارش ایسنا حسن کریمی در تهران افزود برف می‌آید."

    assert Actors(text).people() == [("حسن کریمی", "دبیر شورای نیرو", "IR")]
