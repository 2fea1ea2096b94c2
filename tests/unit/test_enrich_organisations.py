"""Organisations by the word of their kind: where a name goes on, where it ends, and what is none."""

import pytest

from tests.support import enrichment
from workers.enrich.enrich import Enricher
from workers.enrich.facts import Organisation


@pytest.fixture(scope="module")
def enricher() -> Enricher:
    return enrichment.enricher()


def found(enricher: Enricher, text: str) -> tuple[Organisation, ...]:
    return enricher.enrich([("text", text, text)], None, "irna.ir").organisations


def surfaces(enricher: Enricher, text: str) -> list[str]:
    return [each.spans[0].surface for each in found(enricher, text)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("وزارت صنعت، معدن و تجارت نامه داد", ["وزارت صنعت، معدن و تجارت"]),
        ("وزارت بهداشت، درمان و آموزش پزشکی نامه داد", ["وزارت بهداشت، درمان و آموزش پزشکی"]),
        (
            "اداره کل میراث فرهنگی، گردشگری و صنایع‌دستی استان سمنان",
            ["اداره کل میراث فرهنگی، گردشگری و صنایع‌دستی استان سمنان"],
        ),
        ("نامه‌های وزارت کشور، نفت و نیرو آمد", ["وزارت کشور"]),
        ("وزارت جنگ متوسل می‌شود", ["وزارت جنگ"]),
        ("وزارت راه و شهرسازی خانه‌سازی می‌کند", ["وزارت راه و شهرسازی"]),
    ],
)
def test_what_a_body_is_for_may_be_a_list(enricher: Enricher, text: str, names: list[str]) -> None:
    assert surfaces(enricher, text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("وزارتخانه‌های کشور، علوم و راه و شهرسازی آمدند", ["وزارتخانه‌های کشور", "علوم", "راه و شهرسازی"]),
        ("وزارتخانه‌های امنیت داخلی و امور خارجه آمریکا آمدند", ["وزارتخانه‌های امنیت داخلی", "امور خارجه آمریکا"]),
        ("وزارتخانه‌های گوناگون آمدند", []),
        ("شرکت‌های آبگینه و «سبزآب تازه» آمدند", ["شرکت‌های آبگینه", "«سبزآب تازه»"]),
        ("دانشگاه‌های تهران، شهید بهشتی و مشهد باز است", ["دانشگاه‌های تهران", "شهید بهشتی", "مشهد"]),
        ("شرکت‌های تولیدی و صنعتی آمدند", []),
        ("شرکت‌های آبگینه آمدند", []),
        ("دو حزب سبزآب و آبگینه آمدند", ["حزب سبزآب", "آبگینه"]),
        ("دو حزب سبزآب آمدند", []),
        ("وزارت دفاع آمد. وزارتخانه‌های کشور و دفاع آمدند", ["وزارت دفاع", "وزارتخانه‌های کشور"]),
        ("سفارتخانه‌های آلمان، فرانسه و ژاپن بسته شد", ["سفارتخانه‌های آلمان", "فرانسه", "ژاپن"]),
    ],
)
def test_one_plural_word_names_several_bodies(enricher: Enricher, text: str, names: list[str]) -> None:
    assert surfaces(enricher, text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("شرکت ملی فرآوری مس ایران آگهی داد", ["شرکت ملی فرآوری مس ایران"]),
        ("شرکت ملی فرآوری مس آگهی داد", ["شرکت ملی فرآوری"]),
        ("کمیسیون عمران مجلس بازار را دید", ["کمیسیون عمران مجلس"]),
        ("کمیسیون امنیت ملی و سیاست خارجی مجلس آمد", ["کمیسیون امنیت ملی و سیاست خارجی مجلس"]),
        ("کمیسیون عمران مجلس شورای اسلامی آمد", ["کمیسیون عمران مجلس شورای اسلامی"]),
        ("فدراسیون جهانی چوگان آمد", ["فدراسیون جهانی چوگان"]),
        ("فدراسیون جهانی آمد", []),
        ("دانشگاه دولتی ایروان باز است", ["دانشگاه دولتی ایروان"]),
        ("دانشگاه دولتی باز است", []),
        ("شرکت اتریشی آبگینه آمد", ["شرکت اتریشی آبگینه"]),
        ("شرکت اتریشی بزرگی آمد", []),
        ("مرکز گفت و گوی ادیان باز است", ["مرکز گفت و گوی ادیان"]),
        ("مرکز پژوهش\N{SOFT HYPHEN}های سبز باز است", ["مرکز پژوهش\N{SOFT HYPHEN}های سبز"]),
        ("دانشگاه شهید باهنر باز است", ["دانشگاه شهید باهنر"]),
        ("گروه تروریستی سیه‌جامگان حمله کرد", ["گروه تروریستی سیه‌جامگان"]),
        ("سازمان مدیریت بحران آمد", ["سازمان مدیریت بحران"]),
        ("باشگاه پرسپولیس پیراهن‌های تازه دارد", ["باشگاه پرسپولیس"]),
        ("سپاه ثارالله استان کرمان آمد", ["سپاه ثارالله استان کرمان"]),
    ],
)
def test_a_name_goes_on_with_what_is_of_it(enricher: Enricher, text: str, names: list[str]) -> None:
    assert surfaces(enricher, text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("سازمان سبزآب تاسیس شد", ["سازمان سبزآب"]),
        ("سازمان تاسیس شد", []),
        ("او در همایش شرکت نداشته بود", []),
        ("نخست به باشگاه آبگینه برسند", ["باشگاه آبگینه"]),
        ("شورای عالی سبزآب عصر دوشنبه آمد", ["شورای عالی سبزآب"]),
        ("سازمان سبزآب بدهکار است", ["سازمان سبزآب"]),
        ("به باشگاه دیگری رفت", []),
        ("قرارداد با سازمان سبزآب بسته شد", ["سازمان سبزآب"]),
        ("جشنواره با شرکت سبزآب باز شد", []),
        ("روش نحوه اداره سبزآب تازه است", []),
        ("کمیسیون عمران و معاونان سبزآب آمدند", ["کمیسیون عمران"]),
        ("استقلال کشور برابر استقلال آبادان نیست", ["استقلال آبادان"]),
    ],
)
def test_a_name_ends_where_the_sentence_goes_on(enricher: Enricher, text: str, names: list[str]) -> None:
    assert surfaces(enricher, text) == names


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("ارتش تروریستی آمریکا رفت", [("ارتش تروریستی آمریکا", "US/army")]),
        ("پلیس تهران آمد", [("پلیس تهران", None)]),
        ("وزارت راه و ترابری قطر آمد", [("وزارت راه و ترابری قطر", "QA/transport-ministry")]),
        ("وزارت امور خارجه گفت و وزارت خارجه افزود", [("وزارت امور خارجه", None)]),
        ("نیروی هوایی ارتش اسرائیل پرید", [("نیروی هوایی ارتش اسرائیل", None)]),
        ("دبیرخانه دائمی سازمان ملل باز است", [("دبیرخانه دائمی سازمان ملل", None)]),
        ("معاونت علمی و فناوری ریاست جمهوری آمد", [("معاونت علمی و فناوری ریاست جمهوری", None)]),
        ("مشاور ریاست جمهوری آمد", []),
        ("انتخابات ریاست جمهوری مصر نزدیک است", []),
        ("نهاد ریاست جمهوری آمد", [("نهاد ریاست جمهوری", None)]),
    ],
)
def test_an_office_is_named_by_whose_it_is(enricher: Enricher, text: str, named: list[tuple[str, str | None]]) -> None:
    assert [(each.spans[0].surface, each.id) for each in found(enricher, text)] == named


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("سازمان سبزآب (سبزا) آمد و سبزا رفت", [["سازمان سبزآب", "سبزا", "سبزا"]]),
        ("SZB گفت. سازمان سبزآب (SZB) آمد", [["SZB", "سازمان سبزآب", "SZB"]]),
        ("پنتاگون گفت. وزارت دفاع آمریکا (پنتاگون) آمد", [["پنتاگون", "وزارت دفاع آمریکا", "پنتاگون"]]),
        ("سازمان ملل (یونیسف) آمد", [["سازمان ملل"], ["یونیسف"]]),
        ("سازمان سبزآب (ره) و سازمان آبگینه (تهران) آمد", [["سازمان سبزآب"], ["سازمان آبگینه"]]),
        ("سازمان سبزآب (بازدید) آمد و بازدید کرد", [["سازمان سبزآب"]]),
    ],
)
def test_a_name_in_brackets_is_another_name_of_the_body_before_it(
    enricher: Enricher, text: str, named: list[list[str]]
) -> None:
    assert [[span.surface for span in each.spans] for each in found(enricher, text)] == named


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("به گزارش روابط عمومی سازمان سبزآب و آبگینه کشور، باران بارید.", "روابط عمومی سازمان سبزآب و آبگینه کشور"),
        ("به گزارش ایرنا، باران بارید.", "ایرنا"),
    ],
)
def test_a_source_that_is_a_body_has_its_whole_name(enricher: Enricher, text: str, source: str) -> None:
    chains = enricher.enrich([("text", text, text)], None, "irna.ir").attribution

    assert [[link.span.surface for link in chain.sources] for chain in chains] == [[source]]
