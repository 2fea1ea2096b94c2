"""Speakers that no list knows, by their place: a name, body or group with which a sentence begins.

Knows nothing of verbs of speech or of what is said. What may stand before them («به گزارش …،», «در همین حال») is
passed over.
"""

from workers.enrich.kinds import SourceKind
from workers.enrich.lexicon_actors import ActorsLexicon
from workers.enrich.reading import folded
from workers.enrich.sources import source_at
from workers.enrich.speakers import Speaker, Speakers
from workers.enrich.word_view import WordView

_PHRASE_WORDS = 5
_REPORT_WORDS = 24
"""Between «به گزارش» and the comma behind whose report it is."""
_HEADING = "*"
"""Before a heading within the text, which the next sentence follows without a mark."""
_LINK_WORDS = 4
"""Before an outlet: «به گزارش», «به نقل از روزنامه»."""
_LIST_WORDS = 4
"""From a comma to the «و» of «وزارت راه، مسکن و شهرسازی»."""
_COMMAS = frozenset("،,؛;")
_SOME = frozenset(map(folded, ("یکی", "برخی", "بعضی", "تعدادی", "شماری", "بسیاری", "گروهی", "جمعی", "نیمی")))
"""Before «از» and those of whom they are."""
_ONE = folded("یک")
_COUNTED = frozenset(
    map(folded, ("روز", "هفته", "ماه", "سال", "ساعت", "دقیقه", "شب", "بار", "سو", "سوی", "طرف", "نفر", "تن", "مورد"))
)
"""Behind «یک», that is no speaker."""
_DAY = folded("روز")
_NEXT = frozenset(map(folded, ("گذشته", "جاری")))
_INTRODUCTIONS = 3
_SUBORDINATE = frozenset(map(folded, ("که", "اینکه", "آنکه", "این‌که", "آن‌که", "چنانکه")))
_PARTICIPLE = folded("ه")
_ADDRESSES = frozenset({"com", "ir", "org", "net", "n"})
"""What stops leave of an address, or of a line break that a feed wrote out."""
_DATE_WORDS = 3
_MONTH = folded("ماه")
_WHILE = folded("درحالی")


class UnknownSpeakers:
    """The subjects of a passage's sentences that no list knows."""

    def __init__(self, view: WordView, speakers: Speakers, lexicon: ActorsLexicon) -> None:
        self._view = view
        self._texts = view.texts
        self._speakers = speakers
        self._lexicon = lexicon

    def past_introduction(self, first: int, last: int) -> int:
        """Return where a clause begins behind «به گزارش …،», «در همین حال» and their like."""
        at = self._view.past_marks(first, last)
        for _ in range(_INTRODUCTIONS):
            past = self._past_one(at, last)
            if past == at:
                break
            at = self._view.past_marks(past, last)
        return at

    def past_heading(self, first: int, last: int) -> int:
        """Return where a clause begins behind a heading with a verb: «** باران می‌آید وزیر نیرو … گفت»."""
        at = self._view.past_marks(first, last)
        again = self.begun_again(at, last) if at > 0 and self._texts[at - 1] == _HEADING else last
        return again if again < last else first

    def _past_one(self, at: int, last: int) -> int:
        if at >= last:
            return at
        if self._texts[at] == _DAY and at + 2 < last:
            return self._past_day(at + 2 + int(self._texts[at + 2] in _NEXT), last)
        if length := self._lexicon.speech.connecting.length(self._texts, at, last):
            return at + length
        if not self._lexicon.sources.reported_by.length(self._texts, at, last):
            return at
        commas = (index for index in range(at, min(at + _REPORT_WORDS, last)) if self._texts[index] in _COMMAS)
        comma = next((index for index in commas if "و" not in self._texts[index + 2 : index + _LIST_WORDS]), at)
        return comma if comma > at else self._past_outlets(at, last)

    def _past_day(self, at: int, last: int) -> int:
        """Return the index after the date of «روز یکشنبه ۸ بهمن‌ماه ۱۴۰۲»."""
        months = (index for index in range(at, min(at + _DATE_WORDS, last)) if self._texts[index].endswith(_MONTH))
        past = next(months, at - 1) + 1
        return past + int(at < past < last and self._texts[past][0].isdigit())

    def _past_outlets(self, at: int, last: int) -> int:
        """Return the index after «به گزارش خبرگزاری … به نقل از روزنامه …» that no comma ends."""
        end = at
        for outlet in self._speakers.between(at, min(at + _REPORT_WORDS, last)):
            if not outlet.is_outlet or outlet.first > end + _LINK_WORDS:
                break
            end = outlet.last
        return end

    def at(self, first: int, last: int) -> Speaker | None:
        """Return whom no list knows where a clause begins with them."""
        at = self._view.past_marks(first, last)
        if at >= last or (at > 0 and self._texts[at - 1] == _HEADING):
            return None
        if self._lexicon.sources.reported_by.length(self._texts, at, last):
            return None
        link = source_at(self._view, at, last, self._lexicon)
        if link and link.source.kind is SourceKind.ORGANISATION:
            return Speaker(at, link.end, link.source.spot, None)
        begins = at + 2 if self._texts[at] in _SOME and self._texts[at + 1 : at + 2] == ["از"] else at
        begins += int(self._texts[at] == _ONE and _COUNTED.isdisjoint(self._texts[at + 1 : at + 2]))
        end = begins
        while end < min(begins + _PHRASE_WORDS, last) and self._is_inside(end):
            end += 1
        if end == begins or self._is_no_speaker(at, end):
            return None
        return Speaker(at, end, self._view.spot(at, end), None)

    def _is_no_speaker(self, at: int, end: int) -> bool:
        """Tell an outlet, somebody who is known, and what is no name at all."""
        if any(each.is_outlet or each.person is not None for each in self._speakers.between(at, end)):
            return True
        text = self._texts[at]
        return self.is_outlet(at) or text in _ADDRESSES or text.startswith(_WHILE)

    def is_outlet(self, at: int) -> bool:
        """Tell «روزنامه …», and a name that stood behind such a word before."""
        text, kinds = self._texts[at], self._lexicon.sources.outlet_words
        if text in self._lexicon.stops:
            return False
        if kinds.length(self._texts, at, at + 3):
            return True
        places = (index for index in range(1, at) if self._texts[index] == text)
        return any(self._is_named_outlet(index) for index in places)

    def _is_named_outlet(self, at: int) -> bool:
        """Tell whether «روزنامه», or «روزنامه» with an adjective, stands right before an index."""
        kinds, before = self._lexicon.sources.outlet_words, at - 1
        if kinds.length(self._texts, before, at):
            return True
        middle = before not in self._view.names and self._texts[before] not in self._lexicon.stops
        return before > 0 and middle and kinds.length(self._texts, before - 1, before) > 0

    def _is_inside(self, at: int) -> bool:
        text = self._texts[at]
        if self._view.is_mark(at) or text in self._lexicon.stops or text in self._lexicon.roles.ends:
            return False
        if text in self._lexicon.speech.verbs.firsts or text[0].isdigit():
            return False
        end = len(self._texts)
        noun = self._lexicon.speech.nouns.length(self._texts, at, end)
        return not (noun and self._lexicon.speech.light_verbs.length(self._texts, at + noun, end))

    def begun_again(self, first: int, last: int) -> int:
        """Return where another clause begins behind a finite verb that nothing joins to it; `last` where none does.

        «آتش‌بس برقرار شد وزیر خارجه … گفت»: a heading that no mark parts from its text.
        """
        finite, stops = self._lexicon.roles.finite, self._lexicon.stops
        for at in range(first, last - 1):
            text, behind = self._texts[at], self._texts[at + 1]
            if text in _SUBORDINATE:
                return last
            ends = text in finite and not text.endswith(_PARTICIPLE)
            if ends and not self._view.is_mark(at + 1) and behind not in stops:
                return last if behind in finite else at + 1
        return last
