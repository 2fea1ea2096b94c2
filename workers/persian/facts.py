"""All that the enrichment found in one article, as titled lines for a person.

Pure. Knows nothing of terminals: no colours, no isolates; each line is clean.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from workers.enrich.facts import Facts
from workers.persian.entities import Entity, entities
from workers.persian.phrases import (
    AND,
    VIA,
    Countries,
    HappeningKind,
    Saying,
    happenings,
    links,
    named_countries,
    persian_day,
    person_name,
    person_role,
    sayings,
)
from workers.persian.plain import clean
from workers.persian.titles import EntityKind

HAPPENINGS = {
    HappeningKind.FLIGHT: "پرواز",
    HappeningKind.CONSULAR: "کنسولی",
    HappeningKind.INTERACTION: "رویداد",
}


@dataclass(frozen=True, slots=True)
class FactLine:
    """A title in Persian, and what stands under it."""

    title: str
    text: str


def fact_lines(facts: Facts, countries: Countries) -> Iterator[FactLine]:
    """Yield a line for each list of names, each chain, person, happening and quote; nothing for what was not found."""
    found = entities(facts, countries)
    yield from _list("کشورها", _of(found, EntityKind.COUNTRY))
    pairs = [named_countries((pair.first, pair.second), countries).replace(AND, " و ") for pair in facts.country_pairs]
    yield from _list("میان", pairs)
    for chain in facts.attribution:
        yield FactLine("منبع", VIA.join(links(chain)))
    for person in facts.persons:
        role = person_role(person, countries)
        yield FactLine("شخص", AND.join(filter(None, (person_name(person), role))))
    yield from _list("سازمان‌ها", _of(found, EntityKind.ORGANISATION))
    yield from _list("جاها", _of(found, EntityKind.PLACE))
    for happening in happenings(facts, countries):
        yield FactLine(HAPPENINGS[happening.kind], " · ".join(happening.parts))
    for saying in sayings(facts):
        yield FactLine("نقل‌قول", quoted(saying))
    yield from _list(
        "تاریخ‌ها", [_days(date.span.surface, persian_day(date.first), persian_day(date.last)) for date in facts.dates]
    )


def quoted(saying: Saying) -> str:
    """Return a quote with its speaker: in quotation marks where the words are the speaker's own."""
    words = f"«{saying.text}»" if saying.direct else saying.text
    return f"{saying.speaker or 'گوینده ناروشن'}: {words}"


def _list(title: str, names: Iterable[str]) -> Iterator[FactLine]:
    if text := AND.join(dict.fromkeys(names)):
        yield FactLine(title, text)


def _of(found: Iterable[Entity], kind: EntityKind) -> list[str]:
    return [entity.name for entity in found if entity.kind is kind]


def _days(surface: str, first: str, last: str) -> str:
    return f"{clean(surface)} ({first if first == last else f'{first} تا {last}'})"
