"""Persons: which places mean the same one, and which only look so."""

import pytest

from tests.support.actors import Actors


def people(text: str, title: str = "") -> list[tuple[str | None, str | None]]:
    """Return names and offices of a text's persons."""
    return [(name, office) for name, office, _ in Actors(text, title).people()]


def test_sayyid_before_a_name_makes_nobody_else() -> None:
    text = "سیدحسن کریمی آمد. حسن کریمی گفت باران می‌آید. سید حسن کریمی رفت."

    assert len(people(text)) == 1


def test_the_states_own_name_in_full_and_in_short_is_one_office() -> None:
    text = "«آرتین والاس» سفیر جمهوری اسلامی ایران در استکهلم آمد.\nدر این دیدار سفیر کشورمان با مردم سخن گفت."

    assert people(text)[0] == ("آرتین والاس", "سفیر جمهوری اسلامی ایران در استکهلم")
    assert (None, "سفیر کشورمان") not in people(text)


def test_another_who_has_the_same_last_word_in_a_family_name_of_two_is_somebody_else() -> None:
    text = "آیت‌الله یزدی گفت باران می‌آید. آیت‌الله مصباح یزدی گفت برف می‌آید."

    assert people(text, "باران آمد") == [("یزدی", None), ("مصباح یزدی", None)]


def test_a_given_name_makes_a_family_name_fuller() -> None:
    text = "دکتر یزدی گفت باران می‌آید. حسن یزدی گفت برف می‌آید."

    assert people(text, "باران آمد") == [("حسن یزدی", None)]


def test_a_statesman_has_no_trade_that_stood_before_him() -> None:
    text = "نویسنده روزنامه کیهان گفت باران می‌آید. ترامپ گفت برف می‌آید."

    assert ("ترامپ", "نویسنده روزنامه کیهان") not in people(text)


def test_the_family_name_that_spoke_last_goes_on_by_its_office() -> None:
    text = (
        "«آرتین والاس» سفیر سوئد در تهران و حسن کریمی، عضو کمیسیون نیرو آمدند. کریمی گفت باران می‌آید. "
        "وی ادامه داد برف می‌آید. نماینده مردم تهران در مجلس افزود راه باز است."
    )

    assert [name for name, _ in people(text)] == ["آرتین والاس", "حسن کریمی"]


def test_whoever_an_office_is_of_does_not_go_on_by_another() -> None:
    text = "مردم با حسن کریمی آمدند. سخنگوی کریمی گفت باران می‌آید. نماینده وزارت نیرو افزود برف می‌آید."

    assert ("حسن کریمی", "نماینده وزارت نیرو") not in people(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("حسن کریمی (Hasan Karimi)، رئیس بانک سوئد گفت باران می‌آید.", ("حسن کریمی", "رئیس بانک سوئد")),
        ("حسن کریمی، «رئیس بانک سوئد» گفت باران می‌آید.", ("حسن کریمی", "رئیس بانک سوئد")),
        ("«زیبانکو»، رئیس بانک سوئد گفت باران می‌آید.", ("زیبانکو", "رئیس بانک سوئد")),
        ("زیبانکو معاون عمرانی استاندار گیلان گفت باران می‌آید.", ("زیبانکو", "معاون عمرانی استاندار گیلان")),
        ("من می‌گویم سفیر سوئد در تهران بخواهم بماند.", (None, "سفیر سوئد در تهران")),
        ("شیخ حسن کریمی نماینده آیت‌الله یزدی گفت باران می‌آید.", ("حسن کریمی", "نماینده آیت‌الله یزدی")),
        ("به گزارش خبرنگار کیهان، حسن کریمی گفت باران می‌آید.", ("حسن کریمی", None)),
        ("حسن کریمی مقام سوم را گرفت.", ("حسن کریمی", None)),
        ("حسن کریمی نماینده مشهد و نیشابور گفت باران می‌آید.", ("حسن کریمی", "نماینده مشهد و نیشابور")),
    ],
)
def test_a_name_has_the_office_beside_it(text: str, expected: tuple[str | None, str | None]) -> None:
    assert people(text)[0] == expected


def test_one_unknown_word_before_an_office_is_a_name_where_it_speaks_elsewhere() -> None:
    text = "گروهی با زیبانکو مشاور ارشد وزیر در امور ویژه دیدار کردند.\nزیبانکو با اشاره به باران گفت راه باز است."

    assert people(text)[0] == ("زیبانکو", "مشاور ارشد وزیر در امور ویژه")


def test_who_speaks_for_a_well_known_name_speaks_for_its_state() -> None:
    assert Actors("نماینده ترامپ گفت باران می‌آید.").people()[0] == (None, "نماینده ترامپ", "US")


def test_who_made_the_article_is_none_of_it() -> None:
    assert people("مترجم: حسن کریمی\nباران می‌آید.") == []


def test_an_office_that_a_state_has_once_is_one_whatever_else_is_said_of_it() -> None:
    text = "آرتین والاس، وزیر خارجه سوئد آمد. مردم گفتند وزیر خارجه پرکار سوئد رفته است."

    assert [name for name, _ in people(text)] == ["آرتین والاس"]


def test_whom_a_title_names_by_an_office_is_who_the_text_begins_with() -> None:
    found = people("به گزارش ایسنا، حسن کریمی گفت راه باز است.", "واکنش سخنگوی وزارت نیرو به باران")

    assert found == [("حسن کریمی", "سخنگوی وزارت نیرو")]


def test_a_lead_may_leave_out_the_country_that_the_next_sentence_tells() -> None:
    text = "معاون وزیر نیرو گفت باران می‌آید. حسن کریمی معاون وزیر نیرو سوئد افزود برف می‌آید."

    assert people(text) == [("حسن کریمی", "معاون وزیر نیرو سوئد")]


def test_the_ministers_of_two_states_are_two_though_one_is_named_without_his() -> None:
    text = "وزیر خارجه گفت باران می‌آید. حسن کریمی وزیر خارجه سوئد افزود برف می‌آید."

    assert len(people(text)) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("مردم از زیبانکو- سخنگوی بانک سوئد شنیدند که راه باز است.", ("زیبانکو", "سخنگوی بانک سوئد")),
        ("حسن کریمی؛ رئیس بانک سوئد گفت باران می‌آید.", ("حسن کریمی", "رئیس بانک سوئد")),
        ("حسن کریمی رئیس هیئت عامل بانک گفت باران می‌آید.", ("حسن کریمی", "رئیس هیئت عامل بانک")),
        ("دکتر سید زیبانو کریمان آمد.", ("سید زیبانو کریمان", None)),
        ("جلال زیبانکو گفت باران می‌آید.", ("جلال زیبانکو", None)),
    ],
)
def test_dashes_semicolons_boards_and_rare_names(text: str, expected: tuple[str | None, str | None]) -> None:
    assert people(text)[0] == expected


@pytest.mark.parametrize("again", ["زیبانکو افزود برف می‌آید.", "زیبانکو در ادامه گفت برف می‌آید."])
def test_one_word_that_speaks_again_is_a_name(again: str) -> None:
    assert people(f"زیبانکو گفت باران می‌آید. {again}") == [("زیبانکو", None)]


def test_what_writes_is_a_paper_and_one_unknown_word_that_speaks_once_is_nobody() -> None:
    assert people("زیبانکو نوشت باران می‌آید. زیبانکو می‌نویسد برف می‌آید.") == []
    assert people("زیبانکو گفت باران می‌آید.") == []


def test_a_given_name_that_is_a_usual_word_counts_in_quotation_marks() -> None:
    assert people("«پیروز زیبانکو» آمد.") == [("پیروز زیبانکو", None)]
    assert people("پیروز زیبانکو آمد.") == []


def test_two_rare_words_before_a_titles_colon_are_who_speaks() -> None:
    assert people("به گزارش ایسنا راه باز است.", "زیبانکو دامونیان: باران می‌آید") == [("زیبانکو دامونیان", None)]
    assert people("به گزارش ایسنا راه باز است.", "گزارش زیبانکو: باران می‌آید") == []


def test_an_unknown_word_does_not_become_the_given_name_of_a_well_known_one_in_a_title() -> None:
    assert people("به گزارش ایسنا راه باز است.", "زیبانکو پمپئو: باران می‌آید") == [("پمپئو", None)]


def test_a_name_cut_by_its_last_word_and_one_written_as_one_word_are_the_same() -> None:
    text = "حسن رضایی کندلوس، معاون وزیر نیرو آمد. حسن رضایی گفت باران می‌آید."
    assert people(text) == [("حسن رضایی کندلوس", "معاون وزیر نیرو")]

    glued = "عمر البشیر گفت باران می‌آید."
    assert len(people(glued, "عمرالبشیر آمد")) == 1


def test_who_speaks_by_name_in_mid_sentence_holds_the_office_of_the_lead() -> None:
    text = (
        "مدیرعامل شرکت آب سمنان گفت: آب زیاد شد. "
        "به گزارش ایسنا از سمنان و به نقل از روابط عمومی شرکت آب سمنان حسن رضایی افزود: باران می‌آید."
    )

    assert people(text) == [("حسن رضایی", "مدیرعامل شرکت آب سمنان")]


def test_an_office_behind_a_dateline_is_the_one_whose_name_speaks_next() -> None:
    text = "گروه اجتماعی - مدیرکل راه سمنان از باز شدن جاده خبر داد.\nحسن رضایی افزود: باران می‌آید."

    assert people(text) == [("حسن رضایی", "مدیرکل راه سمنان")]


def test_who_reacts_in_a_title_by_name_has_the_office_of_the_lead() -> None:
    text = "وزیر نیرو گفت: باران می‌آید."

    assert people(text, "واکنش حسن رضایی به باران") == [("حسن رضایی", "وزیر نیرو")]


def test_an_office_in_a_posts_title_is_the_one_who_is_named_with_another_before_the_colon() -> None:
    text = "رئیس کمیسیون انرژی: باران می‌آید\nحسن رضایی، نماینده مجلس:\nبرف هم می‌آید."

    assert people(text, "رئیس کمیسیون انرژی: باران می‌آید") == [("حسن رضایی", "نماینده مجلس")]
