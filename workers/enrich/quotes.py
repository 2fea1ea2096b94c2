"""Who said what: quotes with their speaker, the verb of speech and what is said.

Knows nothing of whether it is true. «وی» and «او» mean the last who spoke; where nobody did, there is no quote.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

from workers.enrich.found import FoundOrganisation, FoundPerson, FoundQuote, FoundSource
from workers.enrich.lexicon_actors import ActorsLexicon
from workers.enrich.names import Names
from workers.enrich.one_speaker import with_one_speaker
from workers.enrich.reading import Reading, Sentence, Spot, folded
from workers.enrich.said import Said
from workers.enrich.speakers import Speaker, Speakers
from workers.enrich.speech_verbs import SpeechVerb, speech_verbs
from workers.enrich.taken_up import TakenUp
from workers.enrich.unknown_speakers import UnknownSpeakers
from workers.enrich.word_view import OPENING, WordView, line_starts, views
from workers.enrich.written import Papers, written_verbs

_HEAD_WORDS = 26
"""Before the colon of «سخنگوی وزارت خارجه در نشست خبری:»."""
_SHORT_HEAD = 16
"""The same where no name or office begins it; with one: «… رئیس … در حاشیه … در جمع خبرنگاران:»."""
_ELIDED = 8
"""Words before a verb whose subject is left out: «در ادامه این نشست افزود»."""
_IN, _TAG, _TAG_WORDS = folded("در"), "#", 8
_UNKNOWN_WORDS = 4
_POST_WORDS = 200
_COLON = frozenset({":"})
_OWN = "خود"
"""«موافقت خود را اعلام کرد» tells what was done, not what was said."""
_THIS, _THIS_WORDS = folded("این"), 2
_SAYING = frozenset(
    map(folded, ("مطلب", "مطالب", "سخنان", "سخن", "خبر", "نکته", "اظهارات", "موضوع", "موضوعات", "جمله"))
)
"""«این مطلب را بیان کرد» says what was said before."""
_ACTED = frozenset(map(folded, ("دانست", "خواند", "برشمرد", "پرداخت", "کرد", "شد", "داد", "نمود")))
"""End a sentence that tells of somebody, between their words."""
_PLURAL = ("ند",)


def quotes(
    reading: Reading,
    names: Names,
    persons: Sequence[FoundPerson],
    chains: Sequence[tuple[FoundSource, ...]],
    organisations: Sequence[FoundOrganisation],
    lexicon: ActorsLexicon,
) -> tuple[FoundQuote, ...]:
    """Return the quotes in the order in which they stand; what a title said before is not said again."""
    found: list[FoundQuote] = []
    last: Speaker | None = None
    announced: Announced = None
    for view in views(reading, names):
        spoken = speech_verbs(view, lexicon, iter(view.passage.sentences))
        verbs = tuple(sorted((*spoken, *written_verbs(view, lexicon))))
        if not verbs and not announced and not view.passage.places_of(_COLON) and not _said_by(view, lexicon):
            continue
        speakers = Speakers(view, persons, organisations, chains, lexicon)
        finder = _QuoteFinder(view, lexicon, speakers, verbs, last)
        found += finder.find(announced)
        last, announced = finder.last, finder.announces
    return with_one_speaker(reading, persons, _distinct(reading, found), lexicon)


def _said_by(view: WordView, lexicon: ActorsLexicon) -> bool:
    return bool(view.passage.places_of(lexicon.speech.said_by.firsts))


type Announced = Literal["post", "line"] | None
"""What a title's head lets expect of the text: a post that is speech as a whole, or speech in its first line."""


class _QuoteFinder:
    """Finds the quotes of one passage."""

    def __init__(
        self,
        view: WordView,
        lexicon: ActorsLexicon,
        speakers: Speakers,
        verbs: Sequence[SpeechVerb],
        last: Speaker | None,
    ) -> None:
        self._view = view
        self._texts = view.texts
        self._lexicon = lexicon
        self._speakers = speakers
        self._unknown = UnknownSpeakers(view, speakers, lexicon)
        self._taken_up = TakenUp(view, speakers, lexicon)
        self._papers = Papers(view, speakers, lexicon)
        self._verbs = verbs
        self.last = last
        """Who spoke last."""
        self._past = 0
        """Index after the last quote."""
        self._heads = self._find_heads()
        self._said = Said(view, lexicon, verbs, tuple(self._heads), speakers.begins_person)
        self.announces: Announced = None
        if view.passage.name == "title" and self._heads:
            ends = self._view.past_marks(max(self._heads), len(self._texts)) == len(self._texts)
            self.announces = "line" if ends else "post"

    def find(self, announced: Announced) -> list[FoundQuote]:
        """Return the quotes in order."""
        if announced and self.last and not self._verbs and not self._heads and len(self._texts) < _POST_WORDS:
            span = self._said.from_start()
            return [self._quote(self.last, None, span, direct=True)] if span else []
        first = self._said.first_line() if announced == "line" else None
        begun = [self._quote(self.last, None, first, direct=True)] if first and self.last else []
        return [*begun, *self._found(first[1] if begun and first else 0)]

    def _found(self, begin: int) -> list[FoundQuote]:
        """Return the quotes behind an index, in order."""
        events: list[tuple[int, SpeechVerb | Sentence | int]] = []
        events += [(verb.first, verb) for verb in self._verbs]
        events += [(colon, colon) for colon in self._heads]
        events += self._said_by_places()
        found: list[FoundQuote] = []
        past = self._past = begin
        for at, event in sorted(events, key=lambda each: each[0]):
            if at < past:
                continue
            quote = (
                self._after_verb(event)
                if isinstance(event, SpeechVerb)
                else self._after_head(event)
                if isinstance(event, int)
                else self._after_said_by(at, event)
            )
            if quote:
                found.append(quote[0])
                past = self._past = quote[1]
        return found

    def _find_heads(self) -> dict[int, Speaker]:
        """Return the speakers at the beginnings of lines, by the index of their colon."""
        heads: dict[int, Speaker] = {}
        if not self._view.passage.places_of(_COLON):
            return heads
        for start, sentence in self._head_starts():
            first = self._view.past_marks(start, sentence.last)
            first += self._lexicon.speech.announcing.length(self._texts, first, sentence.last)
            last = self._past_tag(sentence.last)
            limit = min(last, first + _HEAD_WORDS)
            if ":" not in self._texts[first:limit]:
                continue
            colon = self._texts.index(":", first)
            if last == sentence.last and any(first <= verb.first < colon for verb in self._verbs):
                continue
            ending = self._before_colon(first, colon)
            speaker = self._speakers.heading(first) or ending
            if speaker is None and self._lexicon.roles.heads.length(self._texts, first, colon) == colon - first > 0:
                speaker = Speaker(first, colon, self._view.spot(first, colon), None)
            outlets = any(each.is_outlet for each in self._speakers.between(first, colon))
            long = colon - first > _SHORT_HEAD and not (ending or self._speakers.begins_person(first))
            if long or (speaker and outlets and speaker.person is None):
                continue
            if speaker and speaker.last <= colon and not speaker.is_outlet and self._plain(speaker, colon):
                heads[colon] = speaker
        return heads

    def _past_tag(self, end: int) -> int:
        """Return where the line of a head may end, behind a tag that breaks it: «علی نمونه در / #گفتگو / با …:»."""
        return end + _TAG_WORDS if self._texts[end - 1 : end + 1] == [_IN, _TAG] else end

    def _head_starts(self) -> Iterator[tuple[int, Sentence]]:
        """Yield where heads may begin: lines, and in a title what strokes part."""
        for sentence in line_starts(self._view):
            yield sentence.first, sentence
        if self._view.passage.name != "title" or ":" not in self._texts:
            return
        for sentence in self._view.passage.sentences:
            for at in range(sentence.first + 1, sentence.last - 1):
                if self._texts[at] in {"|", "/", "؛"} or (at > 0 and self._texts[at - 1] in {"؟", "!"}):
                    yield at + 1, sentence

    def _before_colon(self, first: int, colon: int) -> Speaker | None:
        """Return the person whose name or office ends a line with its colon, whatever stands before."""
        if not self._line_ends(colon):
            return None
        ending = (each for each in self._speakers.between(first, colon) if each.last == colon)
        return next((each for each in ending if each.person is not None), None)

    def _plain(self, speaker: Speaker, colon: int) -> bool:
        """Tell a head from a sentence with a colon: no comma, and no other speaker as the subject of something."""
        if speaker.person is None and colon - speaker.last > _UNKNOWN_WORDS and colon + 1 < len(self._texts):
            return self._texts[speaker.last] in {"در", "به"} or self._line_ends(colon)
        return "،" not in self._texts[speaker.last : colon - 1] or speaker.person is not None

    def _line_ends(self, colon: int) -> bool:
        """Tell whether nothing but marks follows in the line of a colon."""
        sentence = self._view.passage.sentence_of(colon)
        return self._view.past_marks(colon, sentence.last) >= sentence.last

    def _said_by_places(self) -> Iterator[tuple[int, Sentence]]:
        said_by = self._lexicon.speech.said_by
        for at in self._view.passage.places_of(said_by.firsts):
            if said_by.length(self._texts, at, len(self._texts)):
                yield at, self._view.passage.sentence_of(at)

    def _after_said_by(self, at: int, sentence: Sentence) -> tuple[FoundQuote, int] | None:
        """Return what «به گفته» a person, body or source, or «وی», is so."""
        first = at + self._lexicon.speech.said_by.length(self._texts, at, sentence.last)
        first = self._view.past_quotes(first, sentence.last)
        if first >= sentence.last:
            return None
        taken_up = self._taken_up.past(first, sentence.last)
        if taken_up:
            speaker, begin = self._taken_up.meant(first, sentence.last, self.last), taken_up
        else:
            named = next(iter(self._speakers.between(first, first + 2)), None)
            speaker = named if named and not (named.is_state or named.is_outlet) else None
            begin = speaker.last if speaker else first
        span = self._said.to_sentence_end(begin, sentence) if speaker else None
        if speaker is None or span is None:
            return None
        self.last = speaker
        verb = self._view.spot(at, first if self._texts[first - 1] not in OPENING else first - 1)
        return self._quote(speaker, verb, span, direct=False), span[1]

    def _after_head(self, colon: int) -> tuple[FoundQuote, int] | None:
        speaker = self._heads[colon]
        span = self._said.after_head(colon)
        if span is None:
            self.last = speaker
            return None
        self.last = speaker
        return self._quote(speaker, None, span, direct=True), span[1]

    def _after_verb(self, verb: SpeechVerb) -> tuple[FoundQuote, int] | None:
        speaker = self._papers.owner(verb, self.last) if verb.paper else self._speaker_of(verb)
        if speaker is None:
            return None
        self.last = speaker
        if verb.has_object and speaker.person is None:
            return None
        if verb.has_object:
            span, direct = self._object(verb), False
            past = verb.last
        elif verb.from_first:
            span, direct = self._said.trimmed(verb.from_first, verb.first), False
            past = verb.last
        else:
            span, direct = self._said.after(verb)
            past = span[1] if span else 0
        if span is None:
            if self._texts[verb.last :] == [":"] and self._view.passage.name == "title":
                self.announces = "line"
            return None
        return self._quote(speaker, self._view.spot(verb.first, verb.last), span, direct=direct), past

    def _object(self, verb: SpeechVerb) -> tuple[int, int] | None:
        """Return what stands between the subject of a verb and the verb: «علت بارش را باد اعلام کرد»."""
        first, last = self._clause_before(verb)
        named = self._speakers.subject(first, last)
        taken_up = (past for at in range(first, last) if (past := self._taken_up.past(at, last)))
        begin = named.last if named and not named.is_state else next(taken_up, first)
        for each in self._speakers.between(first, last):
            if named and each.person is not None and each.person == named.person and each.first <= begin + 1:
                begin = each.last
        object_at = next((at for at in range(begin, verb.first) if self._texts[at] == "را"), begin)
        before = self._texts[max(object_at - _THIS_WORDS, begin) : object_at]
        own = before[-1:] == [_OWN] or (_THIS in before and before[-1] in _SAYING)
        return None if own or object_at == begin else self._said.trimmed(begin, verb.first)

    def _quote(self, speaker: Speaker, verb: Spot | None, span: tuple[int, int], *, direct: bool) -> FoundQuote:
        return FoundQuote(speaker.spot, speaker.person, verb, self._view.spot(*span), direct)

    def _speaker_of(self, verb: SpeechVerb) -> Speaker | None:
        """Return who is the subject of a verb: named before it, taken up, or left out."""
        first, last = self._clause_before(verb)
        quoted = self._speakers.quoted(first, last) or (self.last if self._quotes_again(first, last) else None)
        acting = self._speakers.subject(quoted.last, last) if quoted and quoted is not self.last else None
        if quoted and (acting is None or acting.person is None):
            # Of somebody without a name only their own words are a quote; the rest is the outlet's report.
            return quoted if quoted.person is not None or self._is_direct(verb) else None
        named = self._speakers.subject(first, last)
        if self._speakers.outlet_before(first, verb.first) or (named and self._speakers.outlet_begins(first, named)):
            return None
        begins = self._unknown.past_introduction(first, last)
        taken_up = self._taken_up.in_clause(first, last, begins)
        if taken_up is not None and (named is None or taken_up < named.first):
            return self._taken_up.meant(taken_up, last, self._acting(first) or self.last) or self._nearest(first)
        starts = first == verb.sentence.first or self._texts[first - 1] == ":"
        if starts and (unknown := self._phrase(begins, last, named)):
            return unknown
        if named and not (named.is_state and not self._state_speaks(named, begins, verb)):
            return named
        outlet = self._speakers.outlet_says(first, last) or (begins < last and self._unknown.is_outlet(begins))
        return None if outlet else self._left_out(first, verb)

    def _quotes_again(self, first: int, last: int) -> bool:
        """Tell «این روزنامه به نقل از وی نوشت»."""
        quoting, pronouns = self._lexicon.sources.quoting, self._lexicon.speech.pronouns
        places = (
            at + quoting.length(self._texts, at, last) for at in range(first, last) if self._texts[at] in quoting.firsts
        )
        return any(
            first < past < last and pronouns.length(self._texts, past, last) > 0 for past in places if past > first
        )

    def _is_direct(self, verb: SpeechVerb) -> bool:
        """Tell whether a colon or a quotation mark follows a verb, right behind or after «که»."""
        following = self._texts[verb.last : verb.last + 2]
        return following[:1] == [":"] or any(text in OPENING for text in following)

    def _clause_before(self, verb: SpeechVerb) -> tuple[int, int]:
        """Return the words in which a verb's subject would stand."""
        first = max(
            (other.last for other in self._verbs if other.sentence is verb.sentence and other.last <= verb.first),
            default=verb.sentence.first,
        )
        first = max(first, min(self._past, verb.first))
        last = min(verb.first, verb.from_first - 1) if verb.from_first else verb.first
        return self._unknown.past_heading(self._speakers.past_head(first, last), last), last

    def _phrase(self, first: int, last: int, named: Speaker | None) -> Speaker | None:
        """Return the body, group or name at the beginning of a sentence that no list knows, where it is the subject."""
        if named and named.person is not None and self._stands_free(named.first, first):
            return None
        phrase = self._unknown.at(first, last)
        again = self._unknown.begun_again(phrase.last, last) if phrase else last
        if again < last:
            known = self._speakers.subject(again, last)
            return known if known and known.first <= again + 1 else self._unknown.at(again, last)
        if phrase and named and named.is_unnamed and phrase.last <= named.first:
            return None
        if phrase is None or named is None or phrase.first < named.first:
            return phrase
        return phrase if named.is_state and phrase.first < named.first and named.last < phrase.last else None

    def _stands_free(self, at: int, first: int) -> bool:
        """Tell whether nothing but a mark or «و», «که» and their like stands right before."""
        return at > first and (self._view.is_mark(at - 1) or self._texts[at - 1] in self._lexicon.stops)

    def _left_out(self, first: int, verb: SpeechVerb) -> Speaker | None:
        """Return who is meant by a verb without a subject."""
        asked = first == verb.sentence.first > 0 and self._texts[first - 1] == "؟"
        if (asked or (self.last is None and self._texts[first] == "و")) and (nearest := self._nearest(first)):
            return nearest
        if verb.first - first <= _ELIDED or first > verb.sentence.first:
            return self.last if not self._texts[verb.last - 1].endswith(_PLURAL) else None
        return None

    def _state_speaks(self, state: Speaker, first: int, verb: SpeechVerb) -> bool:
        """Tell a state that says something from one that is only named."""
        begins = state.first <= first + 1 or self._texts[state.first - 1] in {"،", ",", "؛"}
        return begins or verb.first - state.last <= 1

    def _acting(self, first: int) -> Speaker | None:
        """Return whom the sentence before tells of, where it is nobody's speech: «… علی نمونه رفت. وی گفت»."""
        sentence = self._view.passage.sentence_of(first)
        before = self._view.sentence_before(sentence)
        if before is None or sentence.first != first:
            return None
        goes_on = self._past and self._view.passage.sentence_of(self._past - 1).line == before.line
        acted = not _ACTED.isdisjoint(self._texts[before.last - 2 : before.last])
        if before.first < self._past or (goes_on and not acted) or any(verb.sentence is before for verb in self._verbs):
            return None
        begins = self._unknown.past_introduction(before.first, before.last)
        found = self._speakers.subject(begins, before.last)
        return found if found and found.person is not None and found.first <= begins + 1 else None

    def _nearest(self, first: int) -> Speaker | None:
        """Return the subject of the sentence before, where nobody spoke yet."""
        previous = self._view.sentence_before(self._view.passage.sentence_of(first))
        found = self._speakers.subject(previous.first, previous.last) if previous else None
        if previous is None or found is None:
            return None
        return found if found.person is not None or found.first <= previous.first + 1 else None


def _distinct(reading: Reading, found: Sequence[FoundQuote]) -> tuple[FoundQuote, ...]:
    """Return the quotes without what an earlier one of the title said word for word."""
    said: list[str] = []
    kept: list[FoundQuote] = []
    for quote in found:
        text = reading.text(quote.spot)
        again = next((earlier for earlier in said if text.startswith(earlier)), None)
        if again is None:
            said.append(text)
            kept.append(quote)
        elif rest := _rest(reading, quote.spot, len(again)):
            kept.append(replace(quote, spot=rest))
    return tuple(kept)


def _rest(reading: Reading, spot: Spot, length: int) -> Spot | None:
    """Return what a spot holds behind so many characters, from its next word on."""
    passage = reading.passages[spot.passage]
    start = spot.start + length
    texts, starts = passage.texts, passage.starts
    for at in range(passage.index_at(start), len(texts)):
        if texts[at][0].isalnum() and starts[at] >= start:
            return Spot(spot.passage, starts[at], spot.end) if starts[at] < spot.end else None
    return None
