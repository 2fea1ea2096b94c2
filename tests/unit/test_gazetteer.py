"""Names are found as whole words in any spelling, only where they are names; faults of files are told by place."""

from pathlib import Path

import pytest

from ingest.service.errors import UsageError
from tests.support import enrichment
from workers.enrich.gazetteer import Gazetteer, Match, load_gazetteer
from workers.enrich.gazetteer_entries import EntryKind
from workers.enrich.gazetteer_forms import Sense

SEEDS = Path(__file__).resolve().parents[2] / "seeds" / "gazetteer"


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return enrichment.gazetteer()


def names(matches: tuple[Match, ...]) -> list[tuple[str, str]]:
    """Return surface and first candidate of each match."""
    return [(match.surface, match.candidates[0].id) for match in matches]


@pytest.mark.parametrize("written", ["آران نیوز", "آران\u200cنیوز", "آراننیوز", "اران نیوز", "«آران نیوز»"])
def test_a_name_is_found_in_every_spelling(gazetteer: Gazetteer, written: str) -> None:
    [match] = gazetteer.find(f"به گزارش {written}، امروز")

    assert match.candidates[0].id == "aran-news"
    assert match.surface == written.strip("«»")


@pytest.mark.parametrize(
    ("written", "entry_id"), [("همشهریآنلاین", "hamshahrionline.ir"), ("فرودگاه بینالمللی مشهد", "OIMM")]
)
def test_a_name_is_found_without_its_spaces_and_zwnjs(gazetteer: Gazetteer, written: str, entry_id: str) -> None:
    assert names(gazetteer.find(f"در {written} گفت")) == [(written, entry_id)]


@pytest.mark.parametrize("written", ["افغان\u200cها", "افغانها", "افغان\u200cهای", "افغان\u200cهایی"])
def test_a_plural_is_part_of_the_match(gazetteer: Gazetteer, written: str) -> None:
    [match] = gazetteer.find(f"همه {written} آمدند")

    assert match.surface == written
    assert match.candidates[0].sense is Sense.PEOPLE


@pytest.mark.parametrize("written", ["ایران\u200cخودرو", "ترکیه\u200cشناس", "ایرانشناس"])
def test_a_word_that_only_begins_with_a_name_is_none(gazetteer: Gazetteer, written: str) -> None:
    assert gazetteer.find(f"یک {written} گفت") == ()


def test_the_longest_form_wins(gazetteer: Gazetteer) -> None:
    text = "شورای امنیت سازمان ملل متحد و جمهوری اسلامی ایران"

    assert names(gazetteer.find(text)) == [
        ("شورای امنیت سازمان ملل متحد", "un-security-council"),
        ("جمهوری اسلامی ایران", "IR"),
    ]


@pytest.mark.parametrize("text", ["آب‌های خلیج فارس", "خبر ترک تحصیل او", "آنها تهران را ترک کردند و رفتند"])
def test_a_phrase_that_holds_a_name_and_is_none_is_passed_over(gazetteer: Gazetteer, text: str) -> None:
    assert {"farsnews.ir", "IR-07", "TR"}.isdisjoint(name for _, name in names(gazetteer.find(text)))


def test_an_ambiguous_form_counts_in_its_context(gazetteer: Gazetteer) -> None:
    assert names(gazetteer.find("اتباع ترک وارد شدند")) == [("ترک", "TR")]
    assert gazetteer.find("او محل را ترک نمود") == ()


def test_an_ambiguous_form_counts_everywhere_but_in_contexts_that_speak_against_it(gazetteer: Gazetteer) -> None:
    assert names(gazetteer.find("پرواز به دبی لغو شد")) == [("دبی", "AE/dubai")]
    assert gazetteer.find("گزارش دبی آب رودخانه") == ()


def test_an_ambiguous_form_counts_where_the_text_names_its_entry(gazetteer: Gazetteer) -> None:
    assert names(gazetteer.find("خودروهای ترک به بازار آمدند")) == []
    assert ("ترک", "TR") in names(gazetteer.find("ترکیه گفت خودروهای ترک به بازار آمدند"))


def test_a_name_that_is_a_word_counts_only_after_words_that_report(gazetteer: Gazetteer) -> None:
    text = "به گزارش خبرنگار مهر، در ماه مهر باران بارید"

    [match] = gazetteer.find(text)

    assert (match.start, match.candidates[0].id) == (17, "mehrnews.com")


def test_a_context_does_not_reach_over_a_sentence(gazetteer: Gazetteer) -> None:
    assert gazetteer.find("چنین بود به گزارش. مهر ماه باران بارید") == ()


def test_a_name_does_not_reach_over_a_mark_or_a_line(gazetteer: Gazetteer) -> None:
    assert "IR/interior-ministry" not in {name for _, name in names(gazetteer.find("وزارت کشور، ایران"))}
    assert names(gazetteer.find("وزارت\nکشور")) == []
    assert names(gazetteer.find("وزارت/خارجه ایران")) == [("ایران", "IR")]


def test_a_quoted_name_takes_its_closing_mark_along(gazetteer: Gazetteer) -> None:
    [match] = gazetteer.find("در فرودگاه امام خمینی (ره) نشست")

    assert (match.surface, match.candidates[0].id) == ("فرودگاه امام خمینی (ره)", "OIIE")


def test_a_capital_is_the_city_and_may_be_the_government(gazetteer: Gazetteer) -> None:
    [match] = gazetteer.find("مقامات آنکارا گفتند")

    country, city = match.of(EntryKind.COUNTRY), match.of(EntryKind.CITY)
    assert len(match.candidates) > 1
    assert country
    assert (country.id, country.sense) == ("TR", Sense.METONYM)
    assert city
    assert city.id == "TR/ankara"


def test_an_office_and_its_country_are_one_match(gazetteer: Gazetteer) -> None:
    [ministry] = gazetteer.find("وزارت امور خارجه جمهوری ترکیه اعلام کرد")

    assert (ministry.candidates[0].id, ministry.candidates[0].country) == ("TR/foreign-ministry", "TR")


def test_an_office_alone_says_no_country(gazetteer: Gazetteer) -> None:
    [ministry] = gazetteer.find("وزارت کشور اعلام کرد")

    assert (ministry.candidates[0].id, ministry.candidates[0].country) == ("interior-ministry", None)


def test_a_government_is_found_with_its_country_only(gazetteer: Gazetteer) -> None:
    assert gazetteer.find("دولت اعلام کرد") == ()
    assert names(gazetteer.find("دولت ترکیه اعلام کرد")) == [("دولت ترکیه", "TR/government")]


def test_an_embassy_tells_whose_and_where(gazetteer: Gazetteer) -> None:
    embassy, city = gazetteer.find("سفارت ایران در آنکارا بسته شد")

    assert (embassy.surface, embassy.candidates[0].id) == ("سفارت ایران", "IR/embassy")
    assert embassy.candidates[0].host == city.candidates[0].id == "TR/ankara"


def test_airports_and_airlines_are_known_by_their_codes(gazetteer: Gazetteer) -> None:
    airport, airline = gazetteer.airport("IKA"), gazetteer.airline("W5")

    assert airport
    assert airport.id == "OIIE"
    assert airline
    assert airline.id == "IRM"
    assert gazetteer.airport("W5") is None


def test_what_was_read_before_changes_nothing(gazetteer: Gazetteer) -> None:
    text = "سفیر ایران در آنکارا با خبرنگار ایرنا گفت‌وگو کرد"
    fresh = load_gazetteer(SEEDS)

    first = gazetteer.find(text)
    gazetteer.find("خبرگزاری مهر و فرودگاه مشهد")

    assert gazetteer.find(text) == first == fresh.find(text)


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n", "،", "\u200c", "«»", "ایران\u200c", "\u200cایران", "(ایران", "ایران/ترکیه"]
)
def test_odd_texts_are_read(gazetteer: Gazetteer, text: str) -> None:
    for match in gazetteer.find(text):
        assert text[match.start : match.end] == match.surface


COUNTRY = '[[country]]\nid = "TR"\nen = "Türkiye"\nname = "ترکیه"\n'

FAULTS = {
    COUNTRY + "population = 1\n": ["country TR: country[0].population", "unknown key"],
    COUNTRY.replace("TR", "tur"): ["country tur: country[0].id", "two capital letters"],
    COUNTRY.replace("ترکیه", ""): ["country TR: country[0].name", "must be a name"],
    COUNTRY + 'names = [" ترک"]\n': ["country TR: country[0].names[0]", "must be a name"],
    COUNTRY + COUNTRY.replace("ترکیه", "توران"): ["country TR: id", "stands there twice"],
    COUNTRY + COUNTRY.replace("TR", "AZ"): ["country AZ: shared", "also stands for TR"],
    COUNTRY + 'shared = ["ترکیه"]\n': ["country TR: shared", "is a form of no other entry"],
    COUNTRY + 'rules = [{ form = "ترک", named = true }]\n': ["country TR: rules", "is no form of the entry"],
    COUNTRY + 'people = ["ترک"]\nrules = [{ form = "ترک", before = ["@x"] }]\n': [
        "country TR: rules = '@x'",
        "no context",
    ],
    '[[airline]]\nid = "IRM"\niata = "W5"\nen = "Mahan"\nname = "ماهان"\ncountry = "IR"\n': [
        "airline IRM: country = 'IR'",
        "is no country",
    ],
    '[[airline]]\nid = "IRM"\niata = "55"\nen = "Mahan"\nname = "ماهان"\ncountry = "IR"\n': [
        "airline IRM: airline[0].iata",
        "two letters, or a letter and a digit",
    ],
    COUNTRY + '[[crossing]]\nid = "x"\nen = "X"\nname = "مرز"\n'
    'countries = ["TR", "IR"]\nsides = ["a", "b"]\npassage = "road"\n': [
        "crossing x: countries = 'IR'",
    ],
    COUNTRY + '[[city]]\nid = "TR/x"\nen = "X"\nname = "وان"\ncountry = "TR"\nprovince = "TR-1"\n': [
        "city TR/x: province = 'TR-1'",
        "is no province",
    ],
    COUNTRY
    + '[[outlet]]\nid = "x"\nen = "X"\nname = "وان"\ncountry = "TR"\n'
    + 'outlet_kind = "agency"\nphrases = ["به گزارش دو"]\n': [
        "outlet x: phrases",
        "does not end in a form",
    ],
}


@pytest.mark.parametrize(("content", "told"), FAULTS.items())
def test_a_fault_names_file_entry_and_key(tmp_path: Path, content: str, told: list[str]) -> None:
    file = tmp_path / "countries.toml"
    file.write_text(content, encoding="utf-8")

    with pytest.raises(UsageError) as refused:
        load_gazetteer(tmp_path)

    assert str(file) in str(refused.value)
    for part in told:
        assert part in str(refused.value)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no gazetteers"):
        load_gazetteer(tmp_path)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(COUNTRY.replace("TR", "t"), encoding="utf-8")
    (tmp_path / "b.toml").write_text(COUNTRY.replace("TR", "u"), encoding="utf-8")

    with pytest.raises(UsageError) as refused:
        load_gazetteer(tmp_path)

    assert "a.toml" in str(refused.value)
    assert "b.toml" in str(refused.value)
