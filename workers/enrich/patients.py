"""Whom a trigger happens to, and whose people they are: «سه ملوان هندی را بازداشت کرد», «یک تبعه مغرب».

Knows nothing of kinds. A nation stands behind a word for people as its adjective, or as its name behind a word for
citizens; in another clause it is somebody else's. Right behind the trigger any noun with an adjective of a nation is
somebody: «بازداشت سرآشپز ژاپنی».
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from workers.enrich.gazetteer_entries import City, EntryKind, Province
from workers.enrich.gazetteer_forms import Sense
from workers.enrich.names import Names
from workers.enrich.reading import Passage, Spot
from workers.enrich.triggers import Hit
from workers.enrich.verbs import Verbs
from workers.enrich.wordforms import Mood

_BEFORE = 10
_AFTER = 8
"""How many words away from the trigger somebody may stand."""
_DESCRIBED = 3
"""How many words behind somebody his nation may stand: «شهروند مسن ایرانی»."""
_MARKS = frozenset("؛:«»")
_PLURALS = ("ها", "های", "ان")
"""Endings that make people of a nation's adjective: «افغان‌ها»."""


class Whom(StrEnum):
    """To whom it happens."""

    NOBODY = "nobody"
    SOMEBODY = "somebody"
    """Of no nation that the sentence tells."""
    FORCES = "forces"
    """Soldiers or fighters, who are nobody's concern here."""
    PEOPLE = "people"
    """Of a nation, in a sentence that names no other country."""
    ABROAD = "abroad"
    """Of a nation, in a sentence that names another country as well."""


@dataclass(frozen=True, slots=True)
class Patient:
    """Somebody to whom it happens."""

    whom: Whom
    nation: str | None = None


@dataclass(frozen=True, slots=True)
class PeopleWords:
    """How people are spoken of."""

    people: frozenset[str]
    citizens: frozenset[str]
    """Those behind which the name of a country is a nation: «تبعه»."""
    forces: frozenset[str]
    ours: frozenset[str]
    """Words that make people ours: «کشورمان»."""
    our_country: str = "IR"


@dataclass(frozen=True, slots=True)
class Nations:
    """The countries of a sentence, by the places of their names."""

    adjectives: Mapping[int, str]
    names: Mapping[int, str]
    all: frozenset[str]
    """With those of its cities."""


NOBODY = Patient(Whom.NOBODY)


def nations_in(names: Names, spot: Spot, passage: Passage, countries: Sequence[str]) -> Nations:
    """Return the countries that a sentence names; `countries` are those that act there or whose people do."""
    adjectives: dict[int, str] = {}
    others: dict[int, str] = {}
    found = set(countries)
    for name in names.within(spot):
        country = name.of(EntryKind.COUNTRY)
        if country is not None:
            at = passage.index_at(name.spot.start)
            (adjectives if country.sense is Sense.PEOPLE else others)[at] = country.entry.id
            found.add(country.entry.id)
        elif (place := name.of(EntryKind.CITY, EntryKind.PROVINCE)) is not None and isinstance(
            place.entry, City | Province
        ):
            found.add(place.entry.country)
    return Nations(adjectives, others, frozenset(found))


def patient_of(hit: Hit, passage: Passage, nations: Nations, words: PeopleWords, verbs: Verbs) -> Patient:
    """Return who stands nearest to a trigger, in its clause: people of a nation before others, forces last."""
    texts = passage.texts
    best: tuple[bool, bool, int] | None = None
    chosen = NOBODY
    for at in _clause(hit, texts, verbs):
        patient = _patient_at(at, hit, texts, nations, words)
        if patient is not None:
            away = min(abs(at - hit.places[0]), abs(at - hit.places[-1]))
            order = (patient.whom is Whom.FORCES, patient.nation is None, away)
            if best is None or order < best:
                best, chosen = order, patient
    return chosen


def _clause(hit: Hit, texts: Sequence[str], verbs: Verbs) -> Iterator[int]:
    """Yield the places of a trigger and around it, up to the next finite verb or mark that ends a clause."""
    yield from range(hit.places[0], hit.places[-1] + 1)
    for places in (
        range(hit.places[0] - 1, max(hit.sentence.first, hit.places[0] - _BEFORE) - 1, -1),
        range(hit.places[-1] + 1, min(hit.sentence.last, hit.places[-1] + 1 + _AFTER)),
    ):
        for at in places:
            if texts[at] in _MARKS or (at != places[0] and _is_finite(texts[at], verbs)):
                break
            yield at


def _is_finite(word: str, verbs: Verbs) -> bool:
    form = verbs.forms.get(word)
    return form is not None and form.mood in {Mood.FACT, Mood.PRESENT}


def _patient_at(at: int, hit: Hit, texts: Sequence[str], nations: Nations, words: PeopleWords) -> Patient | None:
    word = texts[at]
    if word in words.forces:
        return Patient(Whom.FORCES)
    if word in words.people or word in words.citizens:
        return _of_nation(_nation_behind(at, texts, nations, words), nations)
    if at - 1 in hit.places and at + 1 in nations.adjectives:
        return _of_nation(nations.adjectives[at + 1], nations)
    if at in nations.adjectives and (word.endswith(_PLURALS) or _is_counted(at, texts)):
        return _of_nation(nations.adjectives[at], nations)
    return None


def _nation_behind(at: int, texts: Sequence[str], nations: Nations, words: PeopleWords) -> str | None:
    for place in range(at + 1, at + 1 + _DESCRIBED):
        if place in nations.adjectives:
            return nations.adjectives[place]
        if texts[at] in words.citizens and place in nations.names:
            return nations.names[place]
    return words.our_country if not words.ours.isdisjoint(texts[at : at + _DESCRIBED]) else None


def _of_nation(nation: str | None, nations: Nations) -> Patient:
    if nation is None:
        return Patient(Whom.SOMEBODY)
    return Patient(Whom.ABROAD if nations.all - {nation} else Whom.PEOPLE, nation)


def _is_counted(at: int, texts: Sequence[str]) -> bool:
    return at > 0 and texts[at - 1][0].isdecimal()
