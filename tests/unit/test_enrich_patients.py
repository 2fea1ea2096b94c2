"""Whom something happens to, and whose people they are."""

from pathlib import Path

import pytest

from tests.support import enrichment
from workers.enrich.consular import ConsularLexicon, load
from workers.enrich.names import names_of
from workers.enrich.news import news_of, spot_of
from workers.enrich.parties import countries_in
from workers.enrich.patients import Patient, Whom, nations_in, patient_of
from workers.enrich.reading import read

LEXICON = Path(__file__).resolve().parents[2] / "seeds" / "lexicon"


@pytest.fixture(scope="module")
def lexicon() -> ConsularLexicon:
    return load(LEXICON)


def patient(text: str, lexicon: ConsularLexicon) -> Patient:
    """Return to whom the first trigger of a sentence happens."""
    reading = read([("text", text, text)])
    [news] = news_of(reading)
    passage, names = reading.passages[0], names_of(reading, enrichment.gazetteer())
    spot = spot_of(news, passage)
    hit = lexicon.triggers.find(0, passage, news.sentence)[0]
    nations = nations_in(names, spot, passage, countries_in(reading, names, spot, lexicon.parties))
    return patient_of(hit, passage, nations, lexicon.people, lexicon.verbs)


@pytest.mark.parametrize(
    ("text", "whom", "nation"),
    [
        ("گارد ساحلی کویت سه ملوان هندی را بازداشت کرد.", Whom.ABROAD, "IN"),
        ("در مسکو یک شهروند سالخورده نروژ بازداشت شد.", Whom.ABROAD, "NO"),
        ("بازداشت سرآشپز ژاپنی در پاکستان تأیید شد.", Whom.ABROAD, "JP"),
        ("پلیس عمان ۱۲ افغان را بازداشت کرد.", Whom.ABROAD, "AF"),
        ("دو ملوان کشورمان در کویت بازداشت شدند.", Whom.ABROAD, "IR"),
        ("سه صیاد هندی دیروز بازداشت شدند.", Whom.PEOPLE, "IN"),
        ("پلیس دو مسافر را در میدان بازداشت کرد.", Whom.SOMEBODY, None),
        ("دو سرباز در میدان بازداشت شدند.", Whom.FORCES, None),
        ("بازداشت در شهر ادامه دارد.", Whom.NOBODY, None),
    ],
)
def test_whose_people_they_are_is_told_by_the_nation_behind_them(
    lexicon: ConsularLexicon, text: str, whom: Whom, nation: str | None
) -> None:
    assert patient(text, lexicon) == Patient(whom, nation)


def test_people_of_another_clause_are_not_those_to_whom_it_happens(lexicon: ConsularLexicon) -> None:
    assert patient("ملوانان هندی در ژاپن آواز خواندند و گفتند بازداشت ادامه دارد.", lexicon).whom is Whom.NOBODY
    assert patient("ملوانان هندی در ژاپن: بازداشت ادامه دارد.", lexicon).whom is Whom.NOBODY


def test_citizens_count_before_forces_that_stand_nearer(lexicon: ConsularLexicon) -> None:
    assert patient("دو ملوان هندی را نیروهای عمان بازداشت کردند.", lexicon).nation == "IN"
