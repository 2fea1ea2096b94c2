"""Finds every place of a passage where a person is named or an office stands, each for itself.

Knows nothing of which places mean the same person.
"""

from collections.abc import Iterator

from workers.enrich import office_owners as owners
from workers.enrich.lexicon_actors import ActorsLexicon
from workers.enrich.offices import offices_of
from workers.enrich.person_place import Place
from workers.enrich.persons_at import NameAt, name_at, quoted_name, role_at
from workers.enrich.reading import Sentence, folded
from workers.enrich.unlisted_names import begins_elsewhere, comes_again, names_at_heads
from workers.enrich.word_view import CLOSING, OPENING, WordView

_CLAUSE_WORDS = 40
"""Between an office and its verb: «… با بیان اینکه …، گفت»."""
_VERBAL_ENDINGS = ("ند", "است", "کرد", "شد", "بود", "داد", "\u200cاند")
_SHORTEST = 2
"""Letters of a lone word in front of «، صدراعظم …»: fewer are no name."""
_HOLDER_WORDS = 3
"""Of a name in front of «، معاون …», or behind an office with its country, that no list knows."""
_GOING_ON = frozenset(map(folded, ("پایان", "ادامه", "همچنین", "خاتمه")))
"""Behind an office: it is the one who spoke before."""
_PLURALS = ("\u200cها", "\u200cهای", "\u200cهایی", "\u200cترین")
_MORE_WORDS = 2
"""Behind a name, before the comma of «…، معاون …»."""
_OBJECT_OF = frozenset(map(folded, ("از", "به", "در", "علیه", "برای", "درباره", "بر", "درخصوص", "پیرامون", "مانند")))
_NOT_ONE = frozenset(map(folded, ("یک", "این", "آن", "هر", "چند", "دو", "سه", "کدام", "هیچ", "چنین")))
_ENDS_OF_NAMES = frozenset("،,:؛)(.-–")
_EMPHASIS = frozenset("*_")
"""Marks of emphasis that some feeds leave in their text."""
_BEFORE_SUBJECT = frozenset("،,:|/")
_OFFICIAL = folded("مقام")
"""«مقام یمنی» is anybody."""
_RANKS = frozenset(map(folded, ("پاسدار", "دوم", "یکم", "خلبان", "والمسلمین")))
"""Words inside titles."""
_BEFORE_ROLE = frozenset("،,(-–ـ\\")


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
        both = self._second_role(last, sentence.last) if self._texts[at] in owners.WITH_SECOND else last
        name = self._holder_after(at, last, sentence) or self._holder_after(at, both, sentence)
        name = name or self._holder_before(at, last, sentence)
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
            inside = self._texts[at - 1] in self._lexicon.roles.of_somebody
            if inside and name_at(self._view, at + (self._texts[at] in OPENING), len(self._texts), self._lexicon):
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

    def _holder_after(self, at: int, last: int, sentence: Sentence) -> NameAt | None:
        """Return the name behind an office: at once, in quotation marks, or behind a comma if it is plainly a name."""
        end, texts = sentence.last, self._texts
        if last >= end or owners.is_by_order(self._view, at, last):
            return None
        if quoted := quoted_name(self._view, last, end, self._lexicon):
            return quoted
        comma = texts[last] in {"،", ","}
        first = last + 1 if comma or texts[last] == "(" else last
        if quoted := quoted_name(self._view, first, end, self._lexicon):
            return None if comma and self._role_follows(quoted.last + 1, end) else quoted
        if name := name_at(self._view, first, end, self._lexicon, beside=not comma):
            # «وزیر کشور، علی لاریجانی دبیر شورا»: the name behind the comma has an office of its own.
            return None if comma and self._role_follows(name.last, end) else name
        return None if comma else self._open_holder(at, last, end)

    def _role_follows(self, at: int, end: int) -> bool:
        at = next((index for index in range(at, end) if self._texts[index] not in _BEFORE_ROLE | CLOSING), end)
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
            and text not in self._lexicon.people.usual
            and text not in self._lexicon.people.not_people
            and not text.endswith(_PLURALS)
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

    def _holder_before(self, at: int, last_of_role: int, sentence: Sentence) -> NameAt | None:
        """Return the name in front of «، معاون …», or in quotation marks before an office, that no list knows."""
        if (
            at > sentence.first
            and self._texts[at - 1] in CLOSING
            and (
                quoted := self._quoted_before(
                    at - 1, sentence, 1 if owners.is_of_somewhere(self._view, at, last_of_role) else 2
                )
            )
        ):
            return quoted
        comma = self._texts[at - 1] in _BEFORE_ROLE - {"("}
        if at - 1 - comma < max(sentence.first, self._past) or at < 1:
            return None
        if not comma and last_of_role == at + self._lexicon.roles.heads.length(self._texts, at, last_of_role):
            return None  # «پدافند هوایی فعال شد»
        last = at - 1 if comma else at
        while last > sentence.first and self._texts[last - 1] in CLOSING:
            last -= 1
        first = last
        while first > max(sentence.first, self._past) and last - first < _HOLDER_WORDS and self._is_open(first - 1, at):
            first -= 1
        opened = first in (sentence.first, self._past) or self._bounds(first - 1)
        opened = opened and (first == last or self._texts[first] not in self._lexicon.people.not_given)
        begins = first == sentence.first or self._texts[first - 1] in {"،", ",", ":", "«", '"'}
        titled = self._texts[last - 1] in self._lexicon.people.titles.firsts
        if last - first > _HOLDER_WORDS or not opened or titled:
            return None
        if not (comma or begins) and not owners.is_of_somewhere(self._view, at, last_of_role):
            return None
        head = comma and (
            first == sentence.first or self._lexicon.speech.announcing.length(self._texts, first - 1, first)
        )
        several = last - first > 1 or (
            (head or begins_elsewhere(self._view, first)) and len(self._texts[first]) > _SHORTEST
        )
        return NameAt(first, last, titled=False, known=False) if several and last > first else None

    def _quoted_before(self, closing: int, sentence: Sentence, fewest: int) -> NameAt | None:
        """Return the name of so many words in the quotation marks that close at an index."""
        for opening in range(closing - 1, max(sentence.first, self._past, closing - 6) - 1, -1):
            if self._texts[opening] in OPENING:
                return quoted_name(self._view, opening, closing + 1, self._lexicon, fewest)
        return None

    def _bounds(self, at: int) -> bool:
        text = self._texts[at]
        return self._view.is_mark(at) or text in self._lexicon.stops or text in self._lexicon.people.usual

    def _name_first(self, at: int, sentence: Sentence, head: NameAt | None) -> Place | None:
        """Return the name that begins here, with the office behind it; one that speaks, where no list knows it."""
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
        lone = (
            name.known and name.last - name.first == 1 and first >= sentence.first and self._is_open(first, name.first)
        )
        bounded = lone and (first == sentence.first or self._bounds(first - 1))
        return name._replace(first=first) if bounded and not self._is_title(first) else name

    def _extended(self, name: NameAt, end: int) -> NameAt:
        """Return the name with the words up to the comma before its office: names of more words than the rules know."""
        last = name.last
        while last < min(end, name.last + _MORE_WORDS) and self._is_open(last, end):
            last += 1
        closed = name.last < last < end and self._texts[last] in {"،", ",", "»"}
        return name._replace(last=last) if closed and self._role_behind(last, end) else name

    def _is_byline(self, name: NameAt, sentence: Sentence) -> bool:
        """Tell the reporter of «گروه اجتماعی - نام:», or whose name is a line of the text."""
        alone = name.first == sentence.first and name.last == sentence.last
        if alone and self._view.passage.name == "text" and not name.titled:
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
        again = name.last > name.first + 1 and comes_again(self._view, name.last - 1, self._lexicon)
        return name if again or self._role_behind(name.last, sentence.last) else None

    def _is_usual(self, text: str) -> bool:
        return text in self._lexicon.people.not_given or text in self._lexicon.roles.ends

    def _role_behind(self, at: int, end: int) -> tuple[int, int] | None:
        first = at
        while first < end and (self._texts[first] in CLOSING or self._texts[first] in _BEFORE_ROLE):
            first += 1
        last = role_at(self._view, first, end, self._lexicon)
        if not last:
            return None
        head = self._lexicon.roles.heads.length(self._texts, first, end)
        alone = self._lexicon.roles.alone.length(self._texts, first, last) == last - first
        whole = last > first + head or alone or self._second_role(last, end) > last
        return (first, last) if whole else None

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
            certain=certain,
            is_subject=self._is_subject(first, sentence),
            is_object=self._is_object(first, sentence),
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
        if not self._is_subject(first, sentence):
            return False
        return self._texts[last : last + 1] == [":"] or self._speech_verb(last, sentence) is not None

    def _continues(self, role: tuple[int, int], sentence: Sentence) -> bool:
        """Tell an office by which somebody is called again who spoke before."""
        verb = self._speech_verb(role[1], sentence)
        goes_on = verb is not None and (
            self._texts[verb] in self._lexicon.speech.continuing
            or (
                not _GOING_ON.isdisjoint(self._texts[role[1] : min(role[1] + 2, verb)])
                and not self._lexicon.roles.alone.length(self._texts, *role)
            )
        )
        return goes_on or self._is_speaker(*role, sentence)

    def _speech_verb(self, at: int, sentence: Sentence) -> int | None:
        """Return the index of the first verb of speech behind an index, in its clause or behind «با بیان اینکه …»."""
        firsts = self._lexicon.cues.speech
        for index in range(at, min(at + _CLAUSE_WORDS, sentence.last)):
            if self._texts[index] in firsts and self._says(index, sentence.last):
                return index
        return None

    def _is_said_by_one(self, at: int, sentence: Sentence) -> bool:
        """Tell whether one speaks behind an index, and not several: «گفت», «گفتند»."""
        verb = self._speech_verb(at, sentence)
        return verb is not None and not any(text.endswith("ند") for text in self._texts[verb : verb + 2])

    def _is_object(self, first: int, sentence: Sentence) -> bool:
        """Tell whether a preposition stands before a place, or a noun as in «دفتر …»."""
        before = first - 1
        while before >= sentence.first and (self._texts[before] in OPENING or self._is_title(before)):
            before -= 1
        if before < sentence.first:
            return False
        text = self._texts[before]
        if text in _OBJECT_OF:
            return True
        if self._is_told_by(before + 1, sentence):
            return False
        free = text in self._lexicon.stops or text in self._lexicon.roles.ends or before in self._view.names
        return text[0].isalpha() and not free and before not in self._view.inside and not text.endswith(_VERBAL_ENDINGS)

    def _is_told_by(self, at: int, sentence: Sentence) -> bool:
        """Tell the speaker of «به گفته …»."""
        return self._lexicon.speech.said_by.length_before(self._texts, sentence.first, at) > 0

    def _is_title(self, at: int) -> bool:
        """Tell a word of «سردار سرتیپ دوم پاسدار»."""
        return self._texts[at] in self._lexicon.people.titles.firsts or self._texts[at] in _RANKS

    def _is_subject(self, first: int, sentence: Sentence) -> bool:
        at = first
        while at > sentence.first and self._view.is_mark(at - 1) and self._texts[at - 1] not in _BEFORE_SUBJECT:
            at -= 1
        while at > sentence.first and self._is_title(at - 1):
            at -= 1
        while at > sentence.first and self._texts[at - 1] in _EMPHASIS:
            at -= 1
        if at == sentence.first or self._is_told_by(at, sentence):
            return True
        if self._texts[at - 1] in {":", "|", "/"}:
            return True
        if self._texts[at - 1] not in {"،", ",", "«"} and not owners.is_behind_outlet(self._view, at):
            return False
        first = self._view.past_marks(sentence.first, sentence.last)
        return self._lexicon.sources.reported_by.length(self._texts, first, sentence.last) > 0 and not any(
            self._says(index, sentence.last) for index in range(first + 2, at)
        )
