"""What the enrichment found, in short Persian phrases: for a card on a page, and for a line in a terminal.

Pure. Knows nothing of either; every string of a phrase that came from an article is one clean line.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from persiantools.jdatetime import JalaliDate

from workers.enrich.facts import (
    Airport,
    Attribution,
    ConsularFact,
    Facts,
    FlightFact,
    Interaction,
    Organisation,
    Person,
    Quote,
)
from workers.enrich.kinds import SourceKind
from workers.persian.plain import clean
from workers.persian.titles import CONSULAR, FLIGHTS, INTERACTIONS, MODALITIES, title_of

AND, VIA = "، ", " به نقل از "
_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_MONTHS = (
    "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند",
)  # fmt: skip

type Countries = Mapping[str, str]
"""Persian names by code; a code that is not there is shown as it is."""


class HappeningKind(StrEnum):
    """Which part of the event tells of it."""

    INTERACTION = "interaction"
    FLIGHT = "flight"
    CONSULAR = "consular"


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened, or did not, in one phrase."""

    kind: HappeningKind
    parts: tuple[str, ...]
    """What, who and where, and whether it happened, where it is no plain fact: each a direction of its own."""
    modality: str
    """Value of `Modality`."""


@dataclass(frozen=True, slots=True)
class Saying:
    """A quote with its speaker."""

    speaker: str
    """Empty where nobody could be told."""
    text: str
    direct: bool


def happenings(facts: Facts, countries: Countries) -> tuple[Happening, ...]:
    """Return what happened to flights, to people across borders and between parties; none with the same words twice."""
    found = (
        *(_flight(flight, facts, countries) for flight in facts.flights),
        *(_consular(fact, countries) for fact in facts.consular),
        *(_interaction(each, facts, countries) for each in facts.interactions),
    )
    told: dict[tuple[str, ...], Happening] = {}
    for happening in found:
        told.setdefault(happening.parts, happening)
    return tuple(told.values())


def chains(facts: Facts, publisher: str) -> tuple[tuple[str, ...], ...]:
    """Return who says so, from the publisher to the original source; not where it is only itself or its reporter."""
    told = (_chain(chain, clean(publisher)) for chain in facts.attribution)
    return tuple(dict.fromkeys(chain for chain in told if chain))


def links(chain: Attribution) -> tuple[str, ...]:
    """Return the links of a chain by name, an unnamed source marked as such."""
    return tuple(
        f"{clean(source.name)} (بی‌نام)" if source.kind is SourceKind.ANONYMOUS else clean(source.name)
        for source in chain.sources
    )


def sayings(facts: Facts) -> tuple[Saying, ...]:
    """Return the quotes in their order."""
    return tuple(Saying(_speaker(quote, facts), clean(quote.span.surface), quote.direct) for quote in facts.quotes)


def person_name(person: Person) -> str:
    """Return what a person is called: the name, or the office where there is none."""
    return clean(person.name or person.role or "")


def person_role(person: Person, countries: Countries) -> str:
    """Return what a person is: the office, where it does not say so itself the body, and the state; may be empty."""
    role = clean(person.role or "") if person.name else ""
    parts = [role] if role else []
    said = clean(f"{person.name or ''} {person.role or ''}")
    for more in (clean(person.organisation or ""), _country(person.country, countries)):
        if more and more not in said:
            parts.append(more)
            said += f" {more}"
    return AND.join(parts)


def organisation_name(body: Organisation, countries: Countries) -> str:
    """Return what a body is called, with its country where the name does not hold it."""
    name, country = clean(body.name), _country(body.country, countries)
    return f"{name} ({country})" if country and country not in name else name


def airport_name(airport: Airport) -> str:
    """Return what an airport is called, with the word for it."""
    name = clean(airport.name)
    return name if "فرودگاه" in name else f"فرودگاه {name}"


def named_countries(codes: Iterable[str], countries: Countries) -> str:
    """Return countries in one phrase."""
    return AND.join(_country(code, countries) for code in codes)


def persian_number(number: int) -> str:
    """Return a number in Persian digits."""
    return str(number).translate(_DIGITS)


def persian_day(day: date) -> str:
    """Return a day of the Jalali calendar in words; in ISO's form outside the calendar's years."""
    try:
        jalali = JalaliDate(day)  # type: ignore[no-untyped-call]  # annotated in part
    except ValueError:
        return day.isoformat()
    return f"{persian_number(jalali.day)} {_MONTHS[jalali.month - 1]} {persian_number(jalali.year)}"


def _interaction(each: Interaction, facts: Facts, countries: Countries) -> Happening:
    who = [_country(code, countries) for code in each.parties]
    who = who or [person_name(facts.persons[at]) for at in each.persons if at < len(facts.persons)]
    when = [persian_day(each.first)] if each.first else []
    parts = (title_of(each.kind, INTERACTIONS), AND.join(who), *when)
    return _happening(HappeningKind.INTERACTION, parts, each.modality)


def _flight(each: FlightFact, facts: Facts, countries: Countries) -> Happening:
    airlines = {airline.id: clean(airline.name) for airline in facts.airlines}
    airports = {airport.id: airport_name(airport) for airport in facts.airports}
    of = [airlines.get(code, code) for code in each.airlines] + [airports.get(code, code) for code in each.airports]
    parts = (title_of(each.status, FLIGHTS), AND.join(of), named_countries(each.countries, countries))
    return _happening(HappeningKind.FLIGHT, parts, each.modality)


def _consular(each: ConsularFact, countries: Countries) -> Happening:
    people = "" if each.number is None else f"{persian_number(each.number)} نفر"
    parts = (title_of(each.kind, CONSULAR), people, named_countries(each.countries, countries))
    return _happening(HappeningKind.CONSULAR, parts, each.modality)


def _happening(kind: HappeningKind, parts: Iterable[str], modality: str) -> Happening:
    said = [*parts, title_of(modality, MODALITIES)]
    return Happening(kind, tuple(clean(part) for part in said if part), modality)


def _chain(chain: Attribution, publisher: str) -> tuple[str, ...]:
    if all(source.kind is SourceKind.REPORTER for source in chain.sources):
        return ()
    named = links(chain)
    rest = named[1:] if named[0] == publisher else named
    return (publisher, *rest) if rest else ()


def _speaker(quote: Quote, facts: Facts) -> str:
    known = facts.persons[quote.person] if quote.person is not None and quote.person < len(facts.persons) else None
    return person_name(known) if known else clean(quote.speaker or "")


def _country(code: str | None, countries: Countries) -> str:
    return clean(countries.get(code, code)) if code else ""
