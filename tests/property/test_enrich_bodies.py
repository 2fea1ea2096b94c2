"""Whatever stands behind words for kinds of bodies, organisations are places of the text, each of one body."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import enrichment
from workers.enrich.body_lexicon import OrganisationLexicon
from workers.enrich.names import names_of
from workers.enrich.organisations import organisations
from workers.enrich.reading import read

LEXICON = OrganisationLexicon.load(enrichment.SEEDS / "lexicon")
KINDS = sorted(
    {" ".join(phrase) for each in (LEXICON.heads, LEXICON.lists.phrases) for rows in each.values() for phrase in rows}
)
OTHERS = sorted({"مجلس", "کشور", "علوم", "راه", "شهید", "دو", "تهران", "آمریکا", "ایرانی", "تروریستی", "ABC", "آبگینه"})
MARKS = ["و", "،", "«", "»", "(", ")", ".", "\n", "۹۰"]
TEXT = st.lists(st.sampled_from(KINDS) | st.sampled_from([*OTHERS, *MARKS]) | st.sampled_from(MARKS), max_size=16)


@given(words=TEXT)
@settings(max_examples=400, deadline=None)
def test_any_row_of_kinds_and_marks_names_bodies_by_places_of_it(words: list[str]) -> None:
    text = " ".join(words)
    reading = read([("text", text, text)])

    found = organisations(reading, names_of(reading, enrichment.gazetteer()), LEXICON)

    spots = [spot for body in found for spot in body.spots]
    assert len(spots) == len(set(spots))
    assert all(reading.text(spot).strip() and spot.start < spot.end for spot in spots)
    assert all(list(body.spots) == sorted(body.spots) for body in found)
