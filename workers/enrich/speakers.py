"""Who could be speaking: the persons, bodies and unnamed sources of a passage by where they stand.

Knows nothing of verbs or of what is said.
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from workers.enrich.found import FoundOrganisation, FoundPerson, FoundSource
from workers.enrich.gazetteer_entries import EntryKind
from workers.enrich.gazetteer_forms import Sense
from workers.enrich.kinds import SourceKind
from workers.enrich.lexicon_actors import ActorsLexicon
from workers.enrich.reading import Spot, folded
from workers.enrich.sources import is_people, may_be_unnamed, unnamed_at
from workers.enrich.word_view import OPENING, WordView

_BODIES = (EntryKind.BODY, EntryKind.OFFICE, EntryKind.INTERNATIONAL, EntryKind.AIRLINE)
_VERBAL = ("می\u200c", "نمی\u200c")
_FINITE = ("دند", "تند")
"""Endings of verbs, after which a subject may begin."""
_MEDIA = ("رسانه", "خبرگزاری", "روزنامه", "سایت", "وب", "کانال", "شبکه", "مطبوعات", "نشریه", "تلویزیون", "رادیو")
_PRESS = tuple(map(folded, _MEDIA))
_TOLD_AFTER = frozenset(map(folded, ("با", "به", "از", "در")))
"""Before an outlet to whom, or on which, somebody speaks."""
_DESK_WORDS = 3
"""Between a reporter and the outlet: «خبرنگار گروه سیاسی …»."""
KIND_LETTERS = 4
"""By which «سفارتخانه» and «سفارت …» are one kind."""
_BUT = frozenset(map(folded, ("اما", "ولی", "لیکن")))
_ONE, _ONE_WORDS = folded("یکی"), 6
"""«یکی از ساکنان شهر»: who says something without a name."""
_PEOPLE = ("ان", "ین", *map(folded, ("اعضای", "اعضا", "اهالی", "اسرای", "علمای", "وکلای", "شهود", "وزرای", "افراد")))
_BOTH = ["دو", folded("طرف")]
_MOST = folded("ترین")
_THEM = frozenset(map(folded, ("آنها", "آن‌ها", "آنان", "ایشان")))
_MANY = ("ان", "های", "ین")
_NEAR_WORDS = 5
"""Between a subject and its verb."""


class Speaker(NamedTuple):
    """Somebody at a place of the passage, and the place that stands for them."""

    first: int
    last: int
    spot: Spot
    person: int | None
    is_state: bool = False
    is_outlet: bool = False
    is_unnamed: bool = False
    is_body: bool = False


class Speakers:
    """The possible speakers of a passage, in order."""

    def __init__(
        self,
        view: WordView,
        persons: Sequence[FoundPerson],
        organisations: Sequence[FoundOrganisation],
        chains: Sequence[tuple[FoundSource, ...]],
        lexicon: ActorsLexicon,
    ) -> None:
        self._view = view
        self._lexicon = lexicon
        self._first_places: dict[str, Spot] = {}
        found: dict[int, Speaker] = {}
        for speaker in (
            *self._persons(persons),
            *self._outlets(chains),
            *self._organisations(organisations),
            *self._unnamed(),
            *self._named_bodies(),
        ):
            found.setdefault(speaker.first, speaker)
        self._speakers: list[Speaker] = []
        past = 0
        for speaker in sorted(found.values(), key=lambda each: (each.first, -each.last)):
            behind = self._speakers[-1] if self._speakers else None
            if speaker.first >= past and not (
                behind and behind.is_outlet and speaker.is_state and speaker.first == past
            ):  # «خبرگزاری آنسا ایتالیا» is no two
                self._speakers.append(speaker)
                past = speaker.last
        self._firsts = [speaker.first for speaker in self._speakers]

    def between(self, first: int, last: int) -> Sequence[Speaker]:
        """Return the speakers that begin in a range of words."""
        return self._speakers[bisect_left(self._firsts, first) : bisect_left(self._firsts, last)]

    def heading(self, first: int) -> Speaker | None:
        """Return who is named at the beginning of a line; «دموکرات‌های آمریکا» whole."""
        found = next(iter(self.between(first, first + 2)), None)
        text = self._view.texts[first]
        group = found and found.is_state and found.first == first + 1 and text.endswith(_MANY)
        return Speaker(first, found.last, self._view.spot(first, found.last), None) if found and group else found

    def unnamed_before(self, at: int) -> Speaker | None:
        """Return the last source without a name that begins before an index."""
        before = self._speakers[: bisect_left(self._firsts, at)]
        return next((speaker for speaker in reversed(before) if speaker.is_unnamed), None)

    def body_before(self, at: int, noun: str) -> Speaker | None:
        """Return the last body named before an index, of those whose kind the noun of «این سفارتخانه» is, if any is."""
        named = [each for each in reversed(self._speakers[: bisect_left(self._firsts, at)]) if each.person is None]
        begins = noun[:KIND_LETTERS]
        kind = (each for each in named if self._view.texts[each.first].startswith(begins))
        return next(kind, next((each for each in named if each.is_body), None))

    def begins_with(self, noun: str, at: int) -> Speaker | None:
        """Return the last body, group or source before an index whose name begins with a noun."""
        before = reversed(self._speakers[: bisect_left(self._firsts, at)])
        able = (each for each in before if each.person is None and not (each.is_state or each.is_outlet))
        return next((each for each in able if self._view.texts[each.first] == noun), None)

    def is_told(self, at: int, first: int) -> bool:
        """Tell the outlet to whom somebody speaks: «در گفت‌وگو با شبکه خبر»."""
        words, texts = self._lexicon.sources, self._view.texts
        before = at - 1
        while before > first and (
            texts[before] in OPENING
            or texts[before] in words.outlet_words.firsts
            or texts[before] in words.reporters.firsts
            or is_people(self._view, before)
        ):
            before -= 1
        if before < first or texts[before] in _TOLD_AFTER:
            return before >= first
        desk = range(max(before - _DESK_WORDS, first) + 1, before + 1)
        reporter = next((index for index in desk if self._is_reporter(index)), first)
        return reporter > first and texts[reporter - 1] in _TOLD_AFTER

    def _is_reporter(self, at: int) -> bool:
        return self._lexicon.sources.reporters.length(self._view.texts, at, at + 2) > 0

    def outlet_says(self, first: int, last: int) -> bool:
        """Tell whether an outlet may be the subject of a clause, by name or as «این روزنامه» at its beginning."""
        outlets = (speaker for speaker in self.between(first, last) if speaker.is_outlet)
        if any(not self.is_told(speaker.first, first) for speaker in outlets):
            return True
        at = self._view.past_marks(first, last)
        return at < last and self._lexicon.sources.same_outlet.length(self._view.texts, at, last) > 0

    def outlet_before(self, first: int, last: int) -> bool:
        """Tell «…؛ رویترز» right before the verb: whatever stands before, the outlet is the subject."""
        named = next(reversed(self.between(first, last)), None)
        return named is not None and named.is_outlet and named.last == last and not self.is_told(named.first, first)

    def outlet_begins(self, first: int, named: Speaker) -> bool:
        """Tell whether an outlet begins a clause as its subject, and it is not a person who is named in it."""
        if named.person is not None:
            return False
        at = self._view.past_marks(first, named.first)
        outlet = next((each for each in self.between(at, at + 1) if each.is_outlet), None)
        if outlet is None or self._view.is_mark(outlet.last):
            return False
        verbs = self._lexicon.sources.report_verbs
        return not any(verbs.length(self._view.texts, index, named.first) for index in range(outlet.last, named.first))

    def quoted(self, first: int, last: int) -> Speaker | None:
        """Return whom an outlet quotes in a range of words: «… به نقل از … نوشت»."""
        onward = self._lexicon.sources.quoting
        for at in range(first, last - 2):
            if self._view.texts[at] in onward.firsts and (length := onward.length(self._view.texts, at, last)):
                begins = at + length
                return next((each for each in self.between(begins, begins + 2) if not each.is_outlet), None)
        return None

    def past_head(self, first: int, last: int) -> int:
        """Return where the clause begins behind «خبرگزاری …:», else `first`."""
        if any(speaker.is_outlet for speaker in self.between(first, last)) and ":" in self._view.texts[first:last]:
            return last - self._view.texts[first:last][::-1].index(":")
        return first

    def begins_person(self, at: int) -> bool:
        """Tell whether somebody with a name or office is named at an index or right behind it."""
        return any(speaker.person is not None for speaker in self.between(at, at + 2))

    def subject(self, first: int, last: int) -> Speaker | None:
        """Return the first in a range of words that may be the subject of its verb."""
        able = [
            speaker
            for speaker in self.between(first, last)
            if not speaker.is_outlet and not self._is_object(speaker, first)
        ]
        free = [speaker for speaker in able if not self.is_genitive(speaker.first, first)]
        if len(free) > 1 and (other := self._after_but(free)):
            return other
        able = free or [speaker for speaker in able if not speaker.is_state]
        if able and self._view.texts[last - 1] == "که":
            return able[-1]
        for speaker in reversed(able[1:]):
            # «گرچه … بود، متکی در این باره گفت»: what a comma parts from the rest, right before the verb.
            alone = self._view.texts[speaker.first - 1] in {"،", "؛"} and last - speaker.last <= _NEAR_WORDS
            if alone and "،" not in self._view.texts[speaker.last : last]:
                return speaker
        return able[0] if able else None

    def _after_but(self, free: Sequence[Speaker]) -> Speaker | None:
        """Return who begins the last clause: «آمریکا آماده است، اما مقام‌های ایران گفته‌اند», «… و دو طرف گفتند»."""
        texts = self._view.texts
        both = (each for each in free if texts[each.first - 1 : each.first + 2] == ["و", *_BOTH])
        return next((each for each in reversed(free) if texts[each.first - 1] in _BUT), next(both, None))

    def _is_object(self, speaker: Speaker, first: int) -> bool:
        """Tell whether a preposition stands before somebody, or «را» right behind."""
        before = speaker.first - 1
        if before >= first and self._view.texts[speaker.last : speaker.last + 1] == ["را"]:
            return True  # at the beginning an office is rather read too far
        while before >= first and (
            self._view.texts[before] in OPENING
            or self._lexicon.people.titles.length(self._view.texts, before, before + 1)
        ):
            before -= 1
        if before < first:
            return False
        return self._view.texts[before] in self._lexicon.speech.not_subject_after

    def is_genitive(self, at: int, first: int) -> bool:
        """Tell whether a noun stands right before, whose genitive this is: «مذاکرات مقامات …»."""
        before = at - 1
        titles = self._lexicon.people.titles.firsts
        while before > first and (self._view.texts[before] in titles or self._view.texts[before][0].isdigit()):
            before -= 1
        if before < first or self._view.is_mark(before) or before in self._view.names or before in self._view.inside:
            return False
        text = self._view.texts[before]
        if text in titles or text[0].isdigit() or text.startswith(_VERBAL):
            return False
        finite = text in self._lexicon.roles.finite or text.endswith(_FINITE)
        return text not in self._lexicon.stops and not finite

    def _place(self, spot: Spot) -> tuple[int, int] | None:
        if spot.passage != self._view.number:
            return None
        passage = self._view.passage
        return passage.index_at(spot.start), passage.index_at(spot.end - 1) + 1

    def _persons(self, persons: Sequence[FoundPerson]) -> list[Speaker]:
        found: list[Speaker] = []
        for index, person in enumerate(persons):
            for spot in (person.name, person.role, *person.mentions):
                place = self._place(spot) if spot else None
                if place:
                    found.append(Speaker(*place, person.spot, index))
        return sorted(found, key=lambda each: each.first)

    def _organisations(self, organisations: Sequence[FoundOrganisation]) -> list[Speaker]:
        return [
            Speaker(*place, organisation.spots[0], None)
            for organisation in organisations
            for spot in organisation.spots
            if (place := self._place(spot))
        ]

    def _outlets(self, chains: Sequence[tuple[FoundSource, ...]]) -> list[Speaker]:
        return [
            Speaker(
                *place,
                source.spot,
                None,
                is_outlet=source.kind in {SourceKind.OUTLET, SourceKind.REPORTER} or self._is_press(*place),
                is_unnamed=source.kind is SourceKind.ANONYMOUS,
            )
            for chain in chains
            for source in chain
            if source.kind is not SourceKind.PERSON and (place := self._place(source.spot))
        ]

    def _is_press(self, first: int, last: int) -> bool:
        """Tell «رسانه‌های عربی», which report, from sources that speak."""
        return any(text.startswith(_PRESS) for text in self._view.texts[first:last])

    def _unnamed(self) -> list[Speaker]:
        cues = self._lexicon.cues.unnamed
        found: list[Speaker] = []
        for at in self._view.passage.places_of(cues):
            if self._view.texts[at] != "این" and may_be_unnamed(self._view.texts, at, self._lexicon):
                link = unnamed_at(self._view, at, len(self._view.texts), self._lexicon)
                if link:
                    found.append(Speaker(at, link.end, link.source.spot, None))
                    continue
            if self._view.texts[at : at + 2] == _BOTH:
                found.append(Speaker(at, at + 2, self._view.spot(at, at + 2), None))
            if self._view.texts[at] == _ONE and (last := self._one_of(at)):
                found.append(Speaker(at, last, self._view.spot(at, last), None))
        return found

    def _one_of(self, at: int) -> int:
        """Return the index after «یکی از اهالی روستا»; 0 where it is one of things."""
        texts, end = self._view.texts, min(at + _ONE_WORDS, len(self._view.texts))
        last = (
            at + 2 + int(texts[at + 1 : at + 2] == ["از"] and texts[at + 2 : at + 3] != [] and texts[at + 2] in _THEM)
        )
        stops, nouns = self._lexicon.stops, self._lexicon.speech.nouns.firsts
        while last < end and not self._view.is_mark(last) and texts[last] not in stops and texts[last] not in nouns:
            last += 1
        plural = last > at + 2 and texts[at + 2].endswith(_PEOPLE) and not texts[at + 2].endswith(_MOST)
        able = plural or (last > at + 2 and texts[at + 2] in _THEM)
        people = texts[at + 1 : at + 2] == ["از"] and able
        return last if people else 0

    def _named_bodies(self) -> list[Speaker]:
        found: list[Speaker] = []
        for first, (name, last) in self._view.names.items():
            body = name.of(*_BODIES)
            state = name.of(EntryKind.COUNTRY) if body is None else None
            outlet = name.of(EntryKind.OUTLET) if body is None and state is None else None
            candidate = body or outlet or (state if state and state.sense is not Sense.PEOPLE else None)
            if candidate is None:
                continue
            spot = self._first_places.setdefault(candidate.id, name.spot)
            kinds = (candidate is state, candidate is outlet, candidate is body)
            found.append(Speaker(first, last, spot, None, is_state=kinds[0], is_outlet=kinds[1], is_body=kinds[2]))
        return found
