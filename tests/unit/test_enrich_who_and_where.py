"""Countries, organisations and places: what counts as a name, and what does not."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support import enrichment
from workers.enrich.countries import CountryLexicon, countries, country_pairs
from workers.enrich.enrich import Enricher
from workers.enrich.facts import Facts
from workers.enrich.found import FoundPerson
from workers.enrich.gazetteer import Gazetteer
from workers.enrich.names import names_of
from workers.enrich.reading import Spot, read

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
PUBLISHED = datetime(2026, 6, 7, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return enrichment.gazetteer()


@pytest.fixture(scope="module")
def enricher() -> Enricher:
    return enrichment.enricher()


def facts(enricher: Enricher, text: str, title: str = "", outlet: str = "irna.ir") -> Facts:
    return enricher.enrich([("title", title, title), ("text", text, text)], PUBLISHED, outlet)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("ترکیه و افغان‌ها", ["TR", "AF"]),
        ("وزارت خارجه آمریکا گفت", ["US"]),
        ("گفت‌وگو در آنکارا و تهران", []),
        ("خبرگزاری جمهوری اسلامی نوشت", []),
        ("رژیم صهیونیستی به فلسطین حمله کرد", ["IL", "PS"]),
        ("در خلیج فارس و اقیانوس هند", []),
        ("مسئولان کشورمان گفتند", []),
    ],
)
def test_a_country_is_named_by_its_name_its_people_or_at_the_end_of_a_bodys_name(
    enricher: Enricher, text: str, codes: list[str]
) -> None:
    assert [each.code for each in facts(enricher, text).countries] == codes


def test_the_title_weighs_more_and_the_weights_make_one(enricher: Enricher) -> None:
    found = facts(enricher, "ایران و ایران", title="ترکیه").countries

    assert [(each.code, each.weight) for each in found] == [("TR", 0.6), ("IR", 0.4)]


def test_a_pair_is_of_countries_that_stand_in_one_sentence(enricher: Enricher) -> None:
    found = facts(enricher, "عراق و ترکیه توافق کردند. روسیه نبود.").country_pairs

    assert [(each.first, each.second, each.weight) for each in found] == [("IQ", "TR", 1.0)]


def test_our_country_is_that_of_the_outlet_and_a_capital_that_of_a_country_that_is_named(enricher: Enricher) -> None:
    text = "مسافران کشورمان به ترکیه رفتند"

    assert [(each.first, each.second) for each in facts(enricher, text).country_pairs] == [("IR", "TR")]
    assert facts(enricher, text, outlet="nobody.example").country_pairs == ()
    told = facts(enricher, "روسیه نامه داد. آنکارا به ترکیه و مسکو پاسخ داد").country_pairs
    assert [(each.first, each.second) for each in told] == [("RU", "TR")]


def test_a_person_brings_the_country_that_he_speaks_for(gazetteer: Gazetteer) -> None:
    text = "حسین به ترکیه رفت"
    reading = read([("text", text, text)])
    lexicon = CountryLexicon.load(SEEDS / "lexicon", gazetteer)
    person = FoundPerson(name=Spot(0, 0, 4), role=None, country="IR")

    named = countries(reading, names_of(reading, gazetteer), lexicon)
    (pair,) = country_pairs(reading, names_of(reading, gazetteer), named, (person,), None, lexicon)
    assert (pair.first, pair.second) == ("IR", "TR")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("سازمان حج و زیارت اعلام کرد", ["سازمان حج و زیارت"]),
        ("کمیته ملی المپیک گفت", ["کمیته ملی المپیک"]),
        ("ستاد مبارزه با قاچاق کالا تشکیل شد", ["ستاد مبارزه با قاچاق کالا"]),
        ("کمیسیون اصل ۹۰ مجلس گفت", ["کمیسیون اصل ۹۰ مجلس"]),
        ("دانشگاه صنعتی شریف است", ["دانشگاه صنعتی شریف"]),
        ("شرکت البیت خواسته است", ["شرکت البیت"]),
        ("شرکت‌های خارجی و یک شرکت خارجی", []),
        ("دولت ترکیه و دولت", []),
        ("کارکنان سفارت رفتند", []),
        ("سفارت واشنگتن هشدار داد", ["سفارت واشنگتن"]),
        ("گروه «جیش مردم» حمله کرد", ["گروه «جیش مردم»"]),
        ("گروه تروریستی حمله کرد", []),
        ("نیروی هوافضای سپاه گفت", ["نیروی هوافضای سپاه"]),
        ("وزارت بهداشت و سازمان غذا و دارو", ["وزارت بهداشت", "سازمان غذا و دارو"]),
    ],
)
def test_an_organisation_is_a_named_body(enricher: Enricher, text: str, names: list[str]) -> None:
    assert [each.name for each in facts(enricher, text).organisations] == names


def test_a_body_is_one_organisation_under_its_long_and_its_short_name(enricher: Enricher) -> None:
    text = "وزارت خارجه ترکیه گفت. وزارت خارجه افزود. کمیسیون اصل ۹۰ مجلس رفت. کمیسیون اصل ۹۰ آمد."

    found = facts(enricher, text).organisations

    assert [(each.name, each.id, len(each.spans)) for each in found] == [
        ("وزارت خارجه ترکیه", "TR/foreign-ministry", 2),
        ("کمیسیون اصل ۹۰ مجلس", None, 2),
    ]


@pytest.mark.parametrize(
    ("text", "airports"),
    [
        (
            "فرودگاه‌های مهرآباد، مشهد و اصفهان بسته شد",
            [("فرودگاه‌های مهرآباد", "THR"), ("مشهد", "MHD"), ("اصفهان", "IFN")],
        ),
        ("فرودگاه زربال بسته شد", [("فرودگاه زربال", None)]),
        ("فرودگاه‌های کشور بسته شد", []),
        ("فرودگاه بسته شد", []),
    ],
)
def test_airports_are_named_after_their_kind_one_or_several(
    enricher: Enricher, text: str, airports: list[tuple[str, str | None]]
) -> None:
    assert [(each.spans[0].surface, each.iata) for each in facts(enricher, text).airports] == airports


def test_an_unknown_airline_is_named_after_its_kind_and_an_authority_is_none(
    enricher: Enricher,
) -> None:
    found = facts(enricher, "هواپیمایی الکترا پرواز کرد و سازمان هواپیمایی کشوری گفت").airlines

    assert [(each.name, each.id) for each in found] == [("هواپیمایی الکترا", None)]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("هواپیمای ماهان در کرمان نشست", ["IRM"]),
        ("پروازهای معراج به نجف لغو شد", ["MRJ"]),
        ("مدیرعامل هما از تأخیرها گفت", ["IRA"]),
        ("ماهان ایر لغو کرد و ماهان عذر خواست", ["IRM"]),
        ("شرکت هواپیمایی قطر بلیت می‌فروشد", ["QTR"]),
        ("خط هوایی ترکیه به شیراز رسید", ["THY"]),
        ("باغ شاهزاده ماهان دیدنی است", []),
        ("شب معراج نزدیک است و هما آمد", []),
        ("شرکت هواپیمایی بوئینگ هواپیما می‌سازد", []),
        ("شرکت‌های هواپیمایی ترکیه بلیت می‌فروشند", []),
        ("شرکت هواپیمایی سعودی «فلای‌ناس» بلیت می‌فروشد", ["KNE"]),
        ("ساوت‌وست ایرلاینز و جت‌بلو بلیت می‌فروشند", ["SWA", "JBU"]),
        ("او کتاب جین ایر را خواند", []),
    ],
)
def test_an_airline_is_known_by_its_short_name_beside_a_word_of_flying(
    enricher: Enricher, text: str, ids: list[str]
) -> None:
    assert [each.id for each in facts(enricher, text).airlines] == ids


def test_airports_behind_their_number_are_listed_and_a_company_is_none(enricher: Enricher) -> None:
    found = facts(enricher, "به سه فرودگاه مشهد، زاهدان و کیش رفتند. شرکت فرودگاه مهرآباد آگهی داد.")

    assert [each.iata for each in found.airports] == ["MHD", "ZAH", "KIH"]
    assert [each.name for each in found.organisations] == ["شرکت فرودگاه مهرآباد"]


def test_a_name_goes_over_a_line_that_was_broken_at_a_width(enricher: Enricher) -> None:
    text = (
        "مدیر این شرکت در گفت‌وگو با خبرنگاران درباره بلیت‌های نوروز گفت که هواپیمایی\n"
        "معراج از هفته آینده شماری از پروازهای خود را به شهرهای جنوبی کشور می‌برد و بر\n"
        "تعداد آن‌ها در روزهای پایانی سال نیز افزوده می‌شود تا مسافران بیشتری جابه‌جا\n"
        "شوند."
    )

    assert [each.id for each in facts(enricher, text).airlines] == ["MRJ"]


def test_crossings_of_one_plural_are_crossings_and_no_cities(enricher: Enricher) -> None:
    found = facts(enricher, "مرزهای مهران، شلمچه و چذابه بسته شد")

    assert [each.spans[0].surface for each in found.crossings] == ["مرزهای مهران", "شلمچه", "چذابه"]
    assert found.places == ()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("کمیسیون عمران مجلس شورای اسلامی رفت", ["کمیسیون عمران مجلس شورای اسلامی"]),
        ("دفتر مقابله با مواد مخدر رفت", ["دفتر مقابله با مواد مخدر"]),
        ("دادگاه عالی رفت", []),
        ("این شرکت آبگینه رفت", []),
        ("با شرکت آبگینه رفت", []),
        ("سازمان سبزآب مجددا رفت", ["سازمان سبزآب"]),
    ],
)
def test_a_part_and_its_body_are_one_and_what_is_pointed_at_is_none(
    enricher: Enricher, text: str, names: list[str]
) -> None:
    assert [each.spans[0].surface for each in facts(enricher, text).organisations] == names


def test_a_name_goes_over_a_break_that_keeps_lines_at_a_width(enricher: Enricher) -> None:
    line = "مردم این شهر از بامداد تا شامگاه دیروز در خیابان‌های خیس راه می‌رفتند و به"

    found = facts(enricher, f"{line} سازمان\nملل می‌نوشتند. {line}\n{line}\n{line}\nرفتند.")

    assert [each.spans[0].surface for each in found.organisations] == ["سازمان\nملل"]
