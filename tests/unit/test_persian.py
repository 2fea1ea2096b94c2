"""What events say in codes, in Persian words: phrases of invented facts."""

import unicodedata
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.service.errors import UsageError
from ingest.service.settings import seeds_dir
from workers.enrich.facts import (
    Airline,
    Airport,
    Attribution,
    ConsularFact,
    CountryMention,
    CountryPair,
    Facts,
    FlightFact,
    Interaction,
    Organisation,
    Person,
    Quote,
    Source,
    TextDate,
)
from workers.enrich.gazetteer import load_gazetteer
from workers.enrich.gazetteer_entries import EntryKind
from workers.enrich.kinds import ConsularKind, FlightStatus, InteractionKind, Modality, SourceKind
from workers.parts import Span
from workers.persian.country_names import country_names
from workers.persian.entities import entities
from workers.persian.facts import fact_lines
from workers.persian.phrases import (
    chains,
    happenings,
    organisation_name,
    persian_day,
    person_name,
    person_role,
    sayings,
)
from workers.persian.titles import CONSULAR, ENTITIES, FLIGHTS, INTERACTIONS, MODALITIES, EntityKind, title_of

NAMES = {"IR": "ایران", "TR": "ترکیه"}


def span(surface: str = "x") -> Span:
    return Span(field="text", start=0, end=len(surface), surface=surface)


def person(
    name: str | None, role: str | None = None, *, organisation: str | None = None, country: str | None = None
) -> Person:
    return Person(name=name, role=role, organisation=organisation, country=country, spans=(span(),))


def call(**more: object) -> Interaction:
    return Interaction(kind=InteractionKind.PHONE_CALL, cameo="04", trigger=span(), **more)  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------------- titles and names


@pytest.mark.parametrize(
    ("kinds", "titles"),
    [
        (InteractionKind, INTERACTIONS),
        (FlightStatus, FLIGHTS),
        (ConsularKind, CONSULAR),
        (Modality, MODALITIES),
        (EntityKind, ENTITIES),
    ],
)
def test_every_value_of_a_closed_list_has_a_title_of_its_own(kinds: type[StrEnum], titles: dict[str, str]) -> None:
    assert set(titles) == set(kinds)
    assert len(set(titles.values())) == len(titles)


def test_a_value_of_a_later_release_is_shown_as_it_is() -> None:
    assert title_of("space_flight", FLIGHTS) == "space flight"


def test_countries_have_the_names_of_the_gazetteers() -> None:
    known = {entry.id: entry.name for entry in load_gazetteer(seeds_dir() / "gazetteer").entries(EntryKind.COUNTRY)}

    assert country_names(seeds_dir()) == known


def test_a_file_of_countries_without_names_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "gazetteer").mkdir()
    (tmp_path / "gazetteer" / "countries.toml").write_text('[[country]]\nid = "IR"\n', encoding="utf-8")

    with pytest.raises(UsageError, match=r"countries\.toml: country"):
        country_names(tmp_path)


# ------------------------------------------------------------------------------------------- happenings


def test_a_happening_says_what_between_whom_when_and_whether() -> None:
    facts = Facts(interactions=(call(parties=("IR", "TR"), modality=Modality.DENIED, first=date(2026, 3, 6)),))

    (happening,) = happenings(facts, NAMES)

    assert happening.parts == ("گفت‌وگوی تلفنی", "ایران، ترکیه", "۱۵ اسفند ۱۴۰۴", "تکذیب‌شده")


def test_without_countries_a_happening_is_between_its_persons() -> None:
    facts = Facts(
        persons=(person("کیارش بهین‌مهر"), person(None, "معاون وزیر")), interactions=(call(persons=(0, 1, 7)),)
    )

    assert happenings(facts, NAMES)[0].parts == ("گفت‌وگوی تلفنی", "کیارش بهین‌مهر، معاون وزیر")


def test_flights_name_airline_and_airport_and_a_consular_fact_its_number_and_an_unknown_code_stays() -> None:
    airline = Airline(id="IRM", iata="W5", name="ماهان", country="IR", spans=(span(),))
    airport = Airport(id="OITK", iata="KHY", name="خوی", country="IR", spans=(span(),))
    flight = FlightFact(
        status=FlightStatus.CANCELLED, trigger=span(), airlines=("IRM", "XXX"), airports=("OITK",), countries=("QQ",)
    )
    freed = ConsularFact(kind=ConsularKind.CITIZENS_RELEASED, trigger=span(), countries=("IR",), number=21)

    told = happenings(Facts(airlines=(airline,), airports=(airport,), flights=(flight,), consular=(freed,)), NAMES)

    assert [happening.parts for happening in told] == [
        ("لغو پرواز", "ماهان، XXX، فرودگاه خوی", "QQ"),
        ("آزادی اتباع", "۲۱ نفر", "ایران"),
    ]


def test_what_is_told_twice_is_shown_once_where_it_came_first() -> None:
    first, other = call(parties=("IR", "TR")), call(parties=("IR",))

    assert [each.parts[1] for each in happenings(Facts(interactions=(first, other, first)), NAMES)] == [
        "ایران، ترکیه",
        "ایران",
    ]


@pytest.mark.parametrize(
    ("day", "shown"), [(date(2026, 1, 25), "۵ بهمن ۱۴۰۴"), (date(9999, 12, 31), "9999-12-31"), (date.min, "0001-01-01")]
)
def test_a_day_is_told_in_the_jalali_calendar_as_far_as_it_goes(day: date, shown: str) -> None:
    assert persian_day(day) == shown


# ------------------------------------------------------------------------------------------- who


def chain(*sources: tuple[str, SourceKind]) -> Attribution:
    return Attribution(sources=tuple(Source(name=name, kind=kind, span=span(name)) for name, kind in sources))


def test_a_chain_goes_from_the_publisher_to_the_original_source() -> None:
    facts = Facts(
        attribution=(
            chain(
                ("آران نیوز", SourceKind.OUTLET), ("ایرنا", SourceKind.OUTLET), ("وزارت کشور", SourceKind.ORGANISATION)
            ),
            chain(("یک منبع آگاه", SourceKind.ANONYMOUS)),
        )
    )

    assert chains(facts, "آران نیوز") == (
        ("آران نیوز", "ایرنا", "وزارت کشور"),
        ("آران نیوز", "یک منبع آگاه (بی‌نام)"),
    )


def test_a_chain_of_the_publisher_and_its_reporter_alone_says_nothing() -> None:
    facts = Facts(attribution=(chain(("نارون", SourceKind.OUTLET)), chain(("خبرنگار نارون", SourceKind.REPORTER))))

    assert chains(facts, "نارون") == ()


def test_a_role_says_body_and_state_only_where_it_does_not_hold_them() -> None:
    full = person("حسین", "معاون وزیر کشور ایران", organisation="وزیر کشور", country="IR")
    short = person("حسین", "معاون", organisation="وزارت کشور", country="TR")

    assert person_role(full, NAMES) == "معاون وزیر کشور ایران"
    assert person_role(short, NAMES) == "معاون، وزارت کشور، ترکیه"


def test_who_has_no_name_is_called_by_the_office() -> None:
    assert (person_name(person(None, "سخنگو")), person_role(person(None, "سخنگو"), NAMES)) == ("سخنگو", "")


def test_a_body_is_told_with_its_country_once() -> None:
    assert organisation_name(Organisation(name="پلیس", country="TR", spans=()), NAMES) == "پلیس (ترکیه)"
    assert organisation_name(Organisation(name="پلیس ترکیه", country="TR", spans=()), NAMES) == "پلیس ترکیه"


def test_a_quote_is_its_resolved_speakers_or_nobodys() -> None:
    facts = Facts(
        persons=(person("کیارش بهین‌مهر"),),
        quotes=(
            Quote(speaker="وی", person=0, verb=None, span=span("می‌آییم"), direct=True),
            Quote(speaker=None, verb=None, span=span("می‌رویم"), direct=False),
        ),
    )

    assert [(saying.speaker, saying.text) for saying in sayings(facts)] == [("کیارش بهین‌مهر", "می‌آییم"), ("", "می‌رویم")]


def test_somebody_without_a_name_has_another_key_in_each_state() -> None:
    found = entities(Facts(persons=(person(None, "سخنگو", country="IR"), person(None, "سخنگو", country="TR"))), NAMES)

    assert [entity.key for entity in found] == ["person:سخنگو/IR", "person:سخنگو/TR"]


# ------------------------------------------------------------------------------------------- lines


def strings(text: st.SearchStrategy[str]) -> st.SearchStrategy[Facts]:
    """Return facts in which every string is any text at all."""
    spans = text.map(span)
    return st.builds(
        lambda name, role, body, at: Facts(
            attribution=(Attribution(sources=(Source(name=name, kind=SourceKind.OUTLET, span=at),)),),
            countries=(CountryMention(code=role, weight=1.0, spans=(at,)),),
            country_pairs=(CountryPair(first=role, second=name, weight=1.0),),
            persons=(Person(name=name, role=role, organisation=body, country=role, spans=(at,)),),
            organisations=(Organisation(name=body, country=role, spans=(at,)),),
            quotes=(Quote(speaker=name, verb=None, span=at, direct=True),),
            interactions=(call(parties=(role, name)),),
            flights=(FlightFact(status=FlightStatus.OPENED, trigger=at, airlines=(body,), airports=(name,)),),
            dates=(TextDate(span=at, first=date(2026, 1, 1), last=date(2026, 1, 2)),),
        ),
        text,
        text,
        text,
        spans,
    )


def told(facts: Facts) -> Iterator[str]:
    for line in fact_lines(facts, NAMES):
        yield f"{line.title}: {line.text}"
    for entity in entities(facts, NAMES):
        yield from (entity.key, entity.name)
    for happening in happenings(facts, NAMES):
        yield from happening.parts
    for links in chains(facts, "نارون"):
        yield from links


@given(
    facts=strings(
        st.text(st.one_of(st.sampled_from("\u202e\u2066\u2069\x1b\r\n\t\u200cم<"), st.characters()), max_size=12)
    )
)
def test_nothing_that_is_told_turns_a_line_round_or_breaks_it(facts: Facts) -> None:
    for text in told(facts):
        steering = {char for char in text if unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp"}}
        assert steering <= {"\u200c", "\u200d"}


def test_the_lines_of_an_article_tell_all_that_was_found_in_order() -> None:
    facts = Facts(
        attribution=(chain(("ایرنا", SourceKind.OUTLET)),),
        countries=(
            CountryMention(code="IR", weight=0.5, spans=(span(),)),
            CountryMention(code="TR", weight=0.5, spans=()),
        ),
        country_pairs=(CountryPair(first="IR", second="TR", weight=1.0),),
        persons=(person("کیارش بهین‌مهر", "معاون وزیر"),),
        quotes=(Quote(speaker="کیارش بهین‌مهر", verb=None, span=span("می‌آییم"), direct=True),),
        interactions=(call(parties=("IR", "TR")),),
        dates=(TextDate(span=span("فردا"), first=date(2026, 1, 25), last=date(2026, 1, 25)),),
    )

    assert [(line.title, line.text) for line in fact_lines(facts, NAMES)] == [
        ("کشورها", "ایران، ترکیه"),
        ("میان", "ایران و ترکیه"),
        ("منبع", "ایرنا"),
        ("شخص", "کیارش بهین‌مهر، معاون وزیر"),
        ("رویداد", "گفت‌وگوی تلفنی · ایران، ترکیه"),
        ("نقل‌قول", "کیارش بهین‌مهر: «می‌آییم»"),
        ("تاریخ‌ها", "فردا (۵ بهمن ۱۴۰۴)"),
    ]
