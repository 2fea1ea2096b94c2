"""Finds every place of a passage where a person is named or an office stands, each for itself.

Knows nothing of which places mean the same person.
"""

from collections.abc import Iterator

from workers.enrich import office_owners as owners
from workers.enrich.lexicon_actors import ActorsLexicon
from workers.enrich.names_at import NameAt, name_at, past_namesake, quoted_name
from workers.enrich.office_holders import BEFORE_ROLE, Gap, bounds, holder_after, holder_before, is_open
from workers.enrich.offices import offices_of
from workers.enrich.person_place import Place
from workers.enrich.person_stance import is_object, is_passing, is_subject, is_title, speaks, speech_verb
from workers.enrich.persons_at import role_at
from workers.enrich.reading import Sentence, folded
from workers.enrich.unlisted_names import comes_again, names_at_heads
from workers.enrich.word_view import CLOSING, OPENING, WordView

_GOING_ON = frozenset(map(folded, ("پایان", "ادامه", "همچنین", "خاتمه")))
"""Behind an office: it is the one who spoke before."""
_MORE_WORDS = 2
"""Behind a name, before the comma of «…، معاون …»."""
_BEFORE_OFFICES = frozenset("،,»-–ـ(")
_NOT_ONE = frozenset(map(folded, ("یک", "این", "آن", "هر", "چند", "دو", "سه", "کدام", "هیچ", "چنین")))
_OFFICIAL = folded("مقام")
"""«مقام یمنی» is anybody."""
_QUOTES = OPENING - frozenset("(*[")
_CREDITS = frozenset(map(folded, ("مترجم", "ترجمه", "نویسنده", "نگارنده", "عکاس", "عکس", "تهیه", "تنظیم", "گزارش")))
"""Before a colon and the name of whoever made the article."""


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
        heads = names_at_heads(self._view, self._lexicon)
        for at in sorted({*self._view.passage.places_of(cues), *heads}):
            if at < self._past:
                continue
            while at >= sentence.last:
                sentence = next(sentences)
            place = self._role_first(at, sentence) or self._name_first(at, sentence, heads.get(at))
            if place:
                yield place

    def _role_first(self, at: int, sentence: Sentence) -> Place | None:
        """Return the office that begins here, with the name behind it or in front of it."""
        last = role_at(self._view, at, sentence.last, self._lexicon)
        titled = owners.is_titled(self._view, at, sentence, self._lexicon)
        if not last or titled or owners.is_reporter_asked(self._view, at, sentence):
            return None
        free = max(sentence.first, self._past)
        both = self._second_role(last, sentence.last) if self._texts[at] in owners.WITH_SECOND else last
        gap = Gap(at, last, free, sentence)
        name = holder_after(self._view, gap, self._lexicon)
        name = name or holder_after(self._view, gap._replace(last=both), self._lexicon)
        name = name or holder_before(self._view, gap, self._lexicon)
        if name is None and both > last and self._is_said_by_one(both, sentence):
            last = both
        alone = last == at + self._lexicon.roles.heads.length(self._texts, at, last) or self._texts[at] == _OFFICIAL
        predicate = name is None and owners.is_said_of(self._view, at, last, sentence)
        if name is None and (self._is_many(at, sentence) or (alone and not self._means_one(at, last, sentence))):
            self._past = max(self._past, last)
            return None
        if name:
            last = self._second_role(last, name.first if name.first >= last else sentence.last)
        self._past = max(self._inner(at, last), name.last if name else 0)
        place = self._place(name, (at, last), sentence)
        return (
            place._replace(is_predicate=True, certain=owners.may_be_anyones(self._view, at, last, self._lexicon))
            if predicate
            else place
        )

    def _second_role(self, last: int, end: int) -> int:
        """Return the end of «نماینده … و دبیر …», which one person holds; the end of the first where there is one."""
        if last + 1 < end and self._texts[last] == "و":
            return role_at(self._view, last + 1, end, self._lexicon) or last
        return last

    def _inner(self, first: int, last: int) -> int:
        """Return where to look on: at the name inside «وکیل …», behind any other office."""
        for at in range(first + 1, last):
            before = at - 1 - (self._texts[at - 1] in OPENING)
            inside = self._texts[before] in self._lexicon.roles.of_somebody
            if inside and name_at(self._view, at, len(self._texts), self._lexicon):
                return at
        return last

    def _is_many(self, at: int, sentence: Sentence) -> bool:
        """Tell «این وزیر» and «چند وزیر» from «پیش از این وزیر …»."""
        many = at > sentence.first and self._texts[at - 1] in _NOT_ONE
        return many and self._texts[max(at - 2, 0) : at] != ["از", "این"]

    def _means_one(self, at: int, last: int, sentence: Sentence) -> bool:
        roles = self._lexicon.roles
        if self._is_many(at, sentence) or roles.shared.length(self._texts, at, last):
            return False
        if roles.alone.length(self._texts, at, last) == last - at:
            return True
        return last > at + roles.heads.length(self._texts, at, last)

    def _name_first(self, at: int, sentence: Sentence, head: NameAt | None) -> Place | None:
        """Return the name that begins here, with the office behind it; one that speaks, where no list knows it."""
        past = past_namesake(self._view, at, sentence.last, self._lexicon)
        if past and not self._role_behind(past, sentence.last):
            self._past = past
            return None
        name = name_at(self._view, at, sentence.last, self._lexicon)
        if name is None:
            name = self._common_beside_role(at, sentence) or head
        if name is None:
            return None
        if self._is_byline(name, sentence):
            self._past = name.last
            return None
        name = self._extended(name, sentence.last)
        self._past = name.last
        role = self._role_behind(name.last, sentence.last)
        if role:
            role = role[0], self._second_role(role[1], sentence.last)
            self._past = self._inner(*role)
            name = self._with_given(name, sentence)
        return self._place(name, role, sentence)

    def _with_given(self, name: NameAt, sentence: Sentence) -> NameAt:
        """Return a well-known family name with a given name in front of it that no list knows."""
        first = name.first - 1
        if not name.known or name.last - name.first > 1 or first < sentence.first:
            return name
        lone = is_open(self._view, first, name.first, self._lexicon)
        bounded = lone and (first == sentence.first or bounds(self._view, first - 1, self._lexicon))
        return name._replace(first=first) if bounded and not is_title(self._texts[first], self._lexicon) else name

    def _extended(self, name: NameAt, end: int) -> NameAt:
        """Return the name with the words up to the comma before its office: names of more words than the rules know."""
        last = name.last
        while last < min(end, name.last + _MORE_WORDS) and self._is_more(name, last, end):
            last += 1
        if name.first and (whole := quoted_name(self._view, name.first - 1, end, self._lexicon)) and whole.last == last:
            return name._replace(last=last)
        closed = name.last < last < end and self._texts[last] in _BEFORE_OFFICES
        return name._replace(last=last) if closed and self._role_behind(last, end) else name

    def _is_more(self, name: NameAt, at: int, end: int) -> bool:
        """Tell a word of which nothing is known, unless another name begins with it behind a well-known one."""
        people = self._lexicon.people
        whole = people.known.length(self._texts, name.last - 1, name.last) > 0
        another = whole and self._texts[at] in people.given.firsts
        return not another and is_open(self._view, at, end, self._lexicon)

    def _is_byline(self, name: NameAt, sentence: Sentence) -> bool:
        """Tell the reporter of «گروه اجتماعی - نام:», or whose name is a line of the text."""
        alone = name.first == sentence.first and name.last == sentence.last
        if alone and self._view.passage.name == "text" and not name.titled:
            return True
        credited = self._texts[max(name.first - 2, 0)] in _CREDITS and self._texts[name.first - 1] == ":"
        if credited and name.last == sentence.last:
            return True
        dashed = name.first > sentence.first and self._texts[name.first - 1] in {"-", "–", "ـ"}
        return dashed and name.last < sentence.last and self._texts[name.last] == ":"

    def _common_beside_role(self, at: int, sentence: Sentence) -> NameAt | None:
        """Return the name whose given name is a usual word: beside an office, or where the family name comes again."""
        name = name_at(self._view, at, sentence.last, self._lexicon, beside=True)
        if name is None or any(map(self._is_usual, self._texts[name.first + 1 : name.last])):
            return None
        if self._texts[name.first] in self._lexicon.people.not_given:
            return None
        whole = name.last > name.first + 1
        again = whole and comes_again(self._view, name.last - 1, self._lexicon)
        quoted = whole and name.first > 0 and name.last < sentence.last and self._is_quoted(name)
        return name if again or quoted or self._role_behind(name.last, sentence.last) else None

    def _is_quoted(self, name: NameAt) -> bool:
        return self._texts[name.first - 1] in _QUOTES and self._texts[name.last] in CLOSING

    def _is_usual(self, text: str) -> bool:
        return text in self._lexicon.people.not_given or text in self._lexicon.roles.ends

    def _role_behind(self, at: int, end: int) -> tuple[int, int] | None:
        first = self._past_signs(self._past_gloss(self._past_signs(at, end), end), end)
        opened = first + 1 < end and self._texts[first] in OPENING - {"("}
        first += opened
        last = role_at(self._view, first, end, self._lexicon)
        if not last:
            return None
        head = self._lexicon.roles.heads.length(self._texts, first, end)
        alone = self._lexicon.roles.alone.length(self._texts, first, last) == last - first
        whole = last > first + head or alone or self._second_role(last, end) > last
        closed = not opened or (last < end and self._texts[last] in CLOSING)
        return (first, last) if whole and closed else None

    def _past_signs(self, at: int, end: int) -> int:
        """Return the index after the marks between a name and its office."""
        while at < end and (self._texts[at] in CLOSING or self._texts[at] in BEFORE_ROLE):
            at += 1
        return at

    def _past_gloss(self, at: int, end: int) -> int:
        """Return the index after a name in Latin letters in brackets; the index itself where none stands."""
        last = at
        while last < end and self._texts[last].isascii() and self._texts[last][0].isalpha():
            last += 1
        glossed = at < last < end and self._texts[at - 1] == "(" and self._texts[last] == ")"
        return last + 1 if glossed else at

    def _place(self, name: NameAt | None, role: tuple[int, int] | None, sentence: Sentence) -> Place:
        view = self._view
        certain = self._is_certain(name, role, sentence)
        role = None if name and role and owners.is_calling(view, *role, self._lexicon) else role
        words = tuple(part for text in self._texts[slice(*name[:2])] for part in text.split("\u200c")) if name else ()
        first = min(each for each in (name.first if name else None, role[0] if role else None) if each is not None)
        organisation, organisation_id = owners.body_in(view, *role, self._lexicon) if role else (None, None)
        role_words = tuple(part for text in self._texts[slice(*role)] for part in text.split("\u200c")) if role else ()
        return Place(
            name=view.spot(name.first, name.last) if name else None,
            words=words,
            family=self._texts[name.last - 1] if name else "",
            role=view.spot(*role) if role else None,
            role_words=role_words,
            offices=offices_of(role_words, self._lexicon.roles),
            post=owners.post_of(view, role, organisation, organisation_id, self._lexicon) if role else None,
            organisation=organisation,
            organisation_id=organisation_id,
            country=owners.country_of(view, name, role, self._lexicon),
            is_told=role is not None and owners.tells_country(view, *role, self._lexicon),
            certain=certain,
            is_subject=is_subject(view, first, sentence, self._lexicon)
            or (name is not None and role is None and speaks(view, *name[:2], sentence, self._lexicon)),
            is_object=is_object(view, first, sentence, self._lexicon),
            is_passing=role is None and is_passing(view, first, sentence, self._lexicon),
            continues=role is not None and name is None and self._continues(role, sentence),
        )

    def _is_certain(self, name: NameAt | None, role: tuple[int, int] | None, sentence: Sentence) -> bool:
        if name is None:
            return role is not None and (self._means_one(*role, sentence) or self._is_speaker(*role, sentence))
        return bool(role or name.titled or name.known or name.last - name.first > 1)

    def _is_speaker(self, first: int, last: int, sentence: Sentence) -> bool:
        """Tell a member, a deputy or an expert who speaks: an office of many, but of one in the article."""
        shared = self._lexicon.roles.shared.length(self._texts, first, last)
        if not shared or last == first + shared or self._is_many(first, sentence) or self._texts[first] == _OFFICIAL:
            return False
        if owners.is_calling(self._view, first, last, self._lexicon):
            return False
        if not is_subject(self._view, first, sentence, self._lexicon):
            return False
        colon = self._texts[last : last + 1] == [":"]
        return colon or speech_verb(self._view, last, sentence, self._lexicon) is not None

    def _continues(self, role: tuple[int, int], sentence: Sentence) -> bool:
        """Tell an office by which somebody is called again who spoke before."""
        verb = speech_verb(self._view, role[1], sentence, self._lexicon)
        goes_on = verb is not None and (
            self._texts[verb] in self._lexicon.speech.continuing
            or (
                not _GOING_ON.isdisjoint(self._texts[role[1] : min(role[1] + 2, verb)])
                and not self._lexicon.roles.alone.length(self._texts, *role)
            )
        )
        return goes_on or self._is_speaker(*role, sentence)

    def _is_said_by_one(self, at: int, sentence: Sentence) -> bool:
        """Tell whether one speaks behind an index, and not several: «گفت», «گفتند»."""
        verb = speech_verb(self._view, at, sentence, self._lexicon)
        return verb is not None and not any(text.endswith("ند") for text in self._texts[verb : verb + 2])
