"""Finds every place of a passage where a person is named or an office stands, each for itself.

Knows nothing of which places mean the same person.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from workers.enrich.gazetteer_entries import Airport, City, EntryKind, Province
from workers.enrich.lexicon_actors import ActorsLexicon
from workers.enrich.persons_at import NameAt, name_at, quoted_name, role_at
from workers.enrich.reading import Sentence, Spot, folded
from workers.enrich.word_view import CLOSING, OPENING, WordView

_ORGANISATIONS = (EntryKind.BODY, EntryKind.OFFICE, EntryKind.INTERNATIONAL, EntryKind.AIRLINE)
_SHORTEST = 2
"""Letters of a lone word in front of «، صدراعظم …»: fewer are no name."""
_HOLDER_WORDS = 3
"""Of a name in front of «، معاون …», or behind an office with its country, that no list knows."""
_OBJECT_OF = frozenset(map(folded, ("از", "به", "در", "علیه", "برای", "درباره", "بر", "درخصوص", "پیرامون", "مانند")))
_NOT_ONE = frozenset(map(folded, ("یک", "این", "آن", "هر", "چند", "دو", "سه", "کدام", "هیچ", "چنین")))
_ENDS_OF_NAMES = frozenset("،,:؛)(.-–")
_CLERGY = ("حجت", "ایت", "سردار", "سرتیپ", "دریادار", "دریابان", "امیر", "سرلشکر", "سرلشگر")
"""Titles, folded, that only Iran's own bear in Persian news."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place that means somebody."""

    name: Spot | None
    words: tuple[str, ...]
    """Of the name, folded, without ZWNJs."""
    role: Spot | None
    role_words: tuple[str, ...]
    organisation: Spot | None = None
    organisation_id: str | None = None
    country: str | None = None
    certain: bool = False
    """A given name, title or office shows that it is a person, or everybody knows the name."""
    is_subject: bool = False
    """It begins its sentence, or what follows «به گزارش …،» there."""
    is_object: bool = False
    """A preposition stands before it."""

    @property
    def spot(self) -> Spot:
        """Return the range of name and role together."""
        both = [spot for spot in (self.name, self.role) if spot]
        return Spot(both[0].passage, min(spot.start for spot in both), max(spot.end for spot in both))


class PlaceFinder:
    """Walks through one passage."""

    def __init__(self, view: WordView, lexicon: ActorsLexicon) -> None:
        self._view = view
        self._texts = view.texts
        self._lexicon = lexicon
        self._past = 0

    def find(self) -> Iterator[Place]:
        """Yield the places in order."""
        sentences = iter(self._view.passage.sentences)
        cues = self._lexicon.cues.people
        sentence = Sentence(0, 0, 0)
        for at in self._view.passage.places_of(cues):
            if at < self._past:
                continue
            while at >= sentence.last:
                sentence = next(sentences)
            place = self._role_first(at, sentence) or self._name_first(at, sentence)
            if place:
                yield place

    def _role_first(self, at: int, sentence: Sentence) -> Place | None:
        """Return the office that begins here, with the name behind it or in front of it."""
        last = role_at(self._view, at, sentence.last, self._lexicon)
        if not last:
            return None
        name = self._holder_after(at, last, sentence) or self._holder_before(at, sentence)
        alone = last == at + self._lexicon.roles.heads.length(self._texts, at, last)
        if name is None and (self._is_many(at, sentence) or (alone and not self._means_one(at, last, sentence))):
            self._past = max(self._past, last)
            return None
        if name and name.first >= last:
            last = self._second_role(last, name.first)
        self._past = max(self._inner(at, last), name.last if name else 0)
        return self._place(name, (at, last), sentence)

    def _second_role(self, last: int, end: int) -> int:
        """Return the end of «نماینده … و دبیر …», which one person holds; the end of the first where there is one."""
        if last + 1 < end and self._texts[last] == "و":
            return role_at(self._view, last + 1, end, self._lexicon) or last
        return last

    def _inner(self, first: int, last: int) -> int:
        """Return where to look on: at the name inside «وکیل …», behind any other office."""
        for at in range(first + 1, last):
            inside = self._texts[at - 1] in self._lexicon.roles.of_somebody
            if inside and name_at(self._view, at, len(self._texts), self._lexicon):
                return at
        return last

    def _is_many(self, at: int, sentence: Sentence) -> bool:
        return at > sentence.first and self._texts[at - 1] in _NOT_ONE

    def _means_one(self, at: int, last: int, sentence: Sentence) -> bool:
        roles = self._lexicon.roles
        if self._is_many(at, sentence) or roles.shared.length(self._texts, at, last):
            return False
        if roles.alone.length(self._texts, at, last) == last - at:
            return True
        return last > at + roles.heads.length(self._texts, at, last)

    def _holder_after(self, at: int, last: int, sentence: Sentence) -> NameAt | None:
        """Return the name behind an office: at once, in quotation marks, or behind a comma if it is plainly a name."""
        end, texts = sentence.last, self._texts
        if last >= end:
            return None
        if quoted := quoted_name(self._view, last, end):
            return quoted
        comma = texts[last] in {"،", ","}
        first = last + 1 if comma else last
        if quoted := quoted_name(self._view, first, end):
            return None if comma and self._role_follows(quoted.last + 1, end) else quoted
        if name := name_at(self._view, first, end, self._lexicon, beside=not comma):
            # «وزیر کشور، علی لاریجانی دبیر شورا»: the name behind the comma has an office of its own.
            return None if comma and self._role_follows(name.last, end) else name
        return None if comma else self._open_holder(at, last, end)

    def _role_follows(self, at: int, end: int) -> bool:
        at += int(at < end and self._texts[at] in {"،", ",", "»", '"'})
        return at < end and role_at(self._view, at, end, self._lexicon) > 0

    def _open_holder(self, at: int, last: int, end: int) -> NameAt | None:
        """Return a name that no list knows, behind an office that its country or body has ended."""
        owner = self._view.inside.get(last - 1, last - 1)
        if owner < at or owner not in self._view.names:
            return None
        stop = last
        while stop < end and stop < last + _HOLDER_WORDS and self._is_open(stop, end):
            stop += 1
        if stop - last < 2 or stop >= end:  # noqa: PLR2004 - one unknown word is no name
            return None
        closes = self._texts[stop] in _ENDS_OF_NAMES or self._says(stop, end)
        return NameAt(last, stop, titled=False, known=False) if closes else None

    def _is_open(self, at: int, end: int) -> bool:
        text = self._texts[at]
        return (
            text[0].isalpha()
            and len(text) > 1
            and text not in self._lexicon.stops
            and text not in self._lexicon.roles.ends
            and text not in self._lexicon.speech.announcing.firsts
            and at not in self._view.names
            and at not in self._view.inside
            and not self._lexicon.roles.heads.length(self._texts, at, end)
            and not self._says(at, end)
        )

    def _says(self, at: int, end: int) -> bool:
        speech = self._lexicon.speech
        noun = speech.nouns.length(self._texts, at, end)
        verb = speech.verbs.length(self._texts, at, end)
        return bool(verb or (noun and speech.light_verbs.length(self._texts, at + noun, end)))

    def _holder_before(self, at: int, sentence: Sentence) -> NameAt | None:
        """Return the name in front of «، معاون …», or in quotation marks before an office, that no list knows."""
        if at > sentence.first and self._texts[at - 1] in CLOSING and (quoted := self._quoted_before(at - 1, sentence)):
            return quoted
        comma = self._texts[at - 1] in {"،", ","}
        if at - 2 < max(sentence.first, self._past) or at < 1:
            return None
        last = at - 1 if comma else at
        while last > sentence.first and self._texts[last - 1] in CLOSING:
            last -= 1
        first = last
        while first > max(sentence.first, self._past) and last - first < _HOLDER_WORDS and self._is_open(first - 1, at):
            first -= 1
        opened = first in (sentence.first, self._past) or self._bounds(first - 1)
        begins = first == sentence.first or self._texts[first - 1] in {"،", ",", ":", "«", '"'}
        titled = self._texts[last - 1] in self._lexicon.people.titles.firsts
        if last - first > _HOLDER_WORDS or not opened or not (comma or begins) or titled:
            return None
        head = comma and (
            first == sentence.first or self._lexicon.speech.announcing.length(self._texts, first - 1, first)
        )
        several = last - first > 1 or (head and len(self._texts[first]) > _SHORTEST)
        return NameAt(first, last, titled=False, known=False) if several and last > first else None

    def _quoted_before(self, closing: int, sentence: Sentence) -> NameAt | None:
        """Return the name of several words in the quotation marks that close at an index."""
        for opening in range(closing - 1, max(sentence.first, self._past, closing - 6) - 1, -1):
            if self._texts[opening] in OPENING:
                return quoted_name(self._view, opening, closing + 1)
        return None

    def _bounds(self, at: int) -> bool:
        return self._view.is_mark(at) or self._texts[at] in self._lexicon.stops

    def _name_first(self, at: int, sentence: Sentence) -> Place | None:
        """Return the name that begins here, with the office behind it."""
        name = name_at(self._view, at, sentence.last, self._lexicon)
        if name is None:
            name = self._common_beside_role(at, sentence)
        if name is None:
            return None
        if self._is_byline(name, sentence):
            return None
        self._past = name.last
        role = self._role_behind(name.last, sentence.last)
        if role:
            role = role[0], self._second_role(role[1], sentence.last)
            self._past = self._inner(*role)
        return self._place(name, role, sentence)

    def _is_byline(self, name: NameAt, sentence: Sentence) -> bool:
        """Tell the reporter of «گروه اجتماعی - نام:»."""
        dashed = name.first > sentence.first and self._texts[name.first - 1] in {"-", "–", "ـ"}
        return dashed and name.last < sentence.last and self._texts[name.last] == ":"

    def _common_beside_role(self, at: int, sentence: Sentence) -> NameAt | None:
        name = name_at(self._view, at, sentence.last, self._lexicon, beside=True)
        return name if name and self._role_behind(name.last, sentence.last) else None

    def _role_behind(self, at: int, end: int) -> tuple[int, int] | None:
        first = at
        while first < end and (self._texts[first] in CLOSING or self._texts[first] in {"،", ",", "("}):
            first += 1
        last = role_at(self._view, first, end, self._lexicon)
        if not last:
            return None
        head = self._lexicon.roles.heads.length(self._texts, first, end)
        alone = self._lexicon.roles.alone.length(self._texts, first, last) == last - first
        return (first, last) if last > first + head or alone else None

    def _place(self, name: NameAt | None, role: tuple[int, int] | None, sentence: Sentence) -> Place:
        view = self._view
        words = tuple(part for text in self._texts[slice(*name[:2])] for part in text.split("\u200c")) if name else ()
        first = min(each for each in (name.first if name else None, role[0] if role else None) if each is not None)
        organisation, organisation_id = self._organisation(*role) if role else (None, None)
        return Place(
            name=view.spot(name.first, name.last) if name else None,
            words=words,
            role=view.spot(*role) if role else None,
            role_words=tuple(part for text in self._texts[slice(*role)] for part in text.split("\u200c"))
            if role
            else (),
            organisation=organisation,
            organisation_id=organisation_id,
            country=self._country(name, role),
            certain=self._is_certain(name, role, sentence),
            is_subject=self._is_subject(first, sentence),
            is_object=first > sentence.first and self._texts[first - 1] in _OBJECT_OF,
        )

    def _is_certain(self, name: NameAt | None, role: tuple[int, int] | None, sentence: Sentence) -> bool:
        if name is None:
            return role is not None and self._means_one(*role, sentence)
        return bool(role or name.titled or name.known or name.last - name.first > 1)

    def _is_subject(self, first: int, sentence: Sentence) -> bool:
        at = first
        while at > sentence.first and self._view.is_mark(at - 1) and self._texts[at - 1] not in {"،", ",", ":"}:
            at -= 1
        while at > sentence.first and self._lexicon.people.titles.length(self._texts, at - 1, at):
            at -= 1
        if at == sentence.first:
            return True
        if self._texts[at - 1] == ":":
            return True
        if self._texts[at - 1] not in {"،", ",", "«"}:
            return False
        return self._lexicon.sources.reported_by.length(self._texts, sentence.first, sentence.last) > 0 and not any(
            self._says(index, sentence.last) for index in range(sentence.first + 2, at)
        )

    def _organisation(self, first: int, last: int) -> tuple[Spot | None, str | None]:
        """Return the body within an office, and its id where the gazetteers know it."""
        roles = self._lexicon.roles
        for at in range(first, last):
            if at in self._view.names:
                name, after = self._view.names[at]
                if body := name.of(*_ORGANISATIONS):
                    return self._view.spot(at, min(after, last)), body.id
            if at > first and self._texts[at] in roles.bodies and self._texts[at] not in roles.not_organisations:
                return self._view.spot(at, last), None
        return None, None

    def _country(self, name: NameAt | None, role: tuple[int, int] | None) -> str | None:
        """Return the state that the office or the name speaks for."""
        if name and (country := self._known_country(name)):
            return country
        if role is None:
            titled = name and name.titled and self._texts[name.first - 1].startswith(_CLERGY)
            return "IR" if titled else None
        if self._lexicon.roles.private.length(self._texts, *role):
            return None
        if any(self._texts[at] in self._lexicon.roles.private_bodies for at in range(*role)):
            return None
        return self._owner(*role)

    def _known_country(self, name: NameAt) -> str | None:
        countries = self._lexicon.people.countries
        for first in range(name.first, name.last):
            if country := countries.get(tuple(self._texts[first : name.last])):
                return country
        return None

    def _owner(self, first: int, last: int) -> str | None:
        place: str | None = None
        roles = self._lexicon.roles
        advises = roles.shared.length(self._texts, first, last) and self._texts[first] in roles.of_somebody
        for at in range(first, last):
            if self._texts[at] in roles.own_country:
                return "IR"
            if self._texts[at] == "این" or (self._texts[at] == "در" and place is None and at > first + 1):
                return None if self._texts[at] == "این" else "IR"
            if at not in self._view.names:
                continue
            name = self._view.names[at][0]
            if country := name.of(EntryKind.COUNTRY):
                return country.id
            body = name.of(EntryKind.BODY, EntryKind.OFFICE)
            if body and body.country:
                return body.country
            if name.of(EntryKind.INTERNATIONAL, EntryKind.AIRLINE):
                return None
            where = name.of(EntryKind.CITY, EntryKind.PROVINCE, EntryKind.AIRPORT)
            if where and isinstance(where.entry, City | Province | Airport):
                place = place or where.entry.country
        foreign = roles.foreign.length(self._texts, first, last)
        return place or (None if advises or foreign else "IR")
