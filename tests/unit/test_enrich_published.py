"""Findings become facts: spots as spans of the published text, kinds with their codes, uncertain ids left out."""

from workers.enrich.facts import Facts
from workers.enrich.found import FoundConsular, FoundFlight, FoundInteraction, FoundPerson, FoundQuote, FoundSource
from workers.enrich.kinds import ConsularKind, FlightStatus, InteractionKind, SourceKind
from workers.enrich.published import Findings, published
from workers.enrich.reading import Spot, read

ORIGINAL = "به گزارش ايرنا، وزير كشور حسین گفت: پرواز لغو شد"
NORMALIZED = "به گزارش ایرنا، وزیر کشور حسین گفت: پرواز لغو شد"


def spot(surface: str) -> Spot:
    start = NORMALIZED.index(surface)
    return Spot(0, start, start + len(surface))


def test_findings_become_facts_of_the_published_text() -> None:
    person = FoundPerson(name=spot("حسین"), role=spot("وزیر کشور"), country="IR", mentions=(spot("وزیر"), spot("حسین")))
    found = Findings(
        chains=((FoundSource(spot("ایرنا"), SourceKind.OUTLET, "irna.ir"),),),
        persons=(person,),
        quotes=(FoundQuote(spot("حسین"), 0, spot("گفت"), spot("پرواز لغو شد"), direct=True),),
        interactions=(FoundInteraction(InteractionKind.PHONE_CALL, spot("گفت"), ("IR", "TR"), (0,)),),
        flights=(FoundFlight(FlightStatus.CANCELLED, spot("لغو"), ("IRM", "IR/some"), ("OIII",)),),
        consular=(FoundConsular(ConsularKind.HELP_REQUESTED, spot("کشور"), ("IR",), 3),),
    )

    facts = published(read([("text", ORIGINAL, NORMALIZED)]), found)

    (source,) = facts.attribution[0].sources
    assert (source.name, source.id, source.span.surface) == ("ايرنا", "irna.ir", "ايرنا")
    (told,) = facts.persons
    assert (told.name, told.role, told.country) == ("حسین", "وزير كشور", "IR")
    assert [span.surface for span in told.spans] == ["حسین", "وزير"]
    (quote,) = facts.quotes
    assert (quote.speaker, quote.person, quote.span.surface) == ("حسین", 0, "پرواز لغو شد")
    assert (facts.interactions[0].cameo, facts.interactions[0].persons) == ("04", (0,))
    assert (facts.flights[0].airlines, facts.flights[0].airports) == (("IRM",), ("OIII",))
    assert (facts.consular[0].kind, facts.consular[0].number) == (ConsularKind.HELP_REQUESTED, 3)


def test_nothing_found_is_no_fact() -> None:
    assert published(read([("text", ORIGINAL, NORMALIZED)]), Findings()) == Facts()
