"""Who says so: the chains of sources that an article names, each from the nearest to the original one.

Knows nothing of what is said. `tests/data/gold/README.md` says what counts as a source.
"""

from collections.abc import Iterator

from workers.enrich.credits import signatures
from workers.enrich.distinct_chains import Chain, distinct, joined, with_taken_up
from workers.enrich.found import FoundSource
from workers.enrich.gazetteer_entries import EntryKind
from workers.enrich.interviews import interview_in, interviews, told
from workers.enrich.kinds import SourceKind
from workers.enrich.lexicon_actors import ActorsLexicon
from workers.enrich.names import Names
from workers.enrich.persons_at import somebody_at
from workers.enrich.reading import Reading, Sentence, folded
from workers.enrich.same_sentence import link_behind, past_place, past_where
from workers.enrich.short_names import ShortNames, past_announcing, past_dateline, short_subjects
from workers.enrich.sources import Link, body_at, head_at, may_be_unnamed, one_or_many_at, source_at, unnamed_at
from workers.enrich.statements import reports, statements
from workers.enrich.word_view import WordView, line_starts, views

_LINKS = 5
"""More links than any article gives."""
_BEFORE_QUOTING = 10
"""Words between an outlet and «به نقل از»: «رویترز در گزارشی اختصاصی به نقل از»."""
_BEFORE_VERB = 16
"""Words between an outlet and its verb: «بلومبرگ روز سه‌شنبه ۳۰ تیرماه گزارش داد»."""
_TO_LAST_VERB, _CONNECTING = 28, 2
"""The same where the outlet begins the sentence, or «همچنین» and its like do."""
_KNOWING = frozenset(map(folded, ("آگاه", "مطلع", "ناشناس", "شاهدان", "مسئولان")))
_MEDIA = tuple(map(folded, ("منبع", "منابع", "رسانه", "روزنامه", "خبرگزاری", "شبکه", "نشریه", "مطبوعات", "سایت")))
_AMONG = ["از", "جمله"]
"""«مقامات … از جمله X»: the one who is named speaks."""
_THIS = folded("این")
_THAT = folded("که")
_TO_OUTLET = 8
"""Words from «آن‌طور که» somebody to the outlet that was told."""
_PLURAL = "های"
"""«گزارش‌های اولیه», «داده‌های پروازی» are as often nobody's: only a source that is known follows."""
_BETWEEN_LINKS = frozenset({"،", ",", ")", "»", "*", "و", "؛", ":"})
_CLAUSE_ENDS = frozenset({":", "؛", "که"})
_HEAD_WORDS = 12
"""Before the colon of «رویترز:»."""


def chains(reading: Reading, names: Names, lexicon: ActorsLexicon) -> tuple[Chain, ...]:
    """Return the distinct chains in the order in which they stand."""
    found: list[Chain] = []
    for view in views(reading, names):
        found += _ChainFinder(view, lexicon).find()
    return distinct(reading, with_taken_up(reading, tuple(joined(reading, found))))


class _ChainFinder:
    """Finds the chains of one passage; a name that is in one chain is in no other."""

    def __init__(self, view: WordView, lexicon: ActorsLexicon) -> None:
        self._view = view
        self._texts = view.texts
        self._lexicon = lexicon
        self._words = lexicon.sources
        self._outlets = {at for at, (name, _) in view.names.items() if name.of(EntryKind.OUTLET)}
        self._used: set[int] = set()
        """Indexes of words that belong to a chain."""
        self._short = ShortNames(view, lexicon)

    def find(self) -> list[Chain]:
        """Return the chains in order."""
        cues = self._lexicon.cues
        places_of = self._view.passage.places_of
        words = self._words
        if not (
            self._outlets
            or places_of(cues.sources)
            or places_of(cues.reports)
            or places_of(words.statements.firsts)
            or places_of(words.heads.firsts)
            or places_of(words.outlet_endings)
        ):
            return []
        found: list[Chain] = []
        found += self._heads()
        found += self._quoted()
        found += self._subjects()
        found += [self._take([link]) for link in self._short.subjects(self._used)]
        found += self._interviews()
        found += self._statements()
        found += self._signatures()
        return sorted(found, key=lambda chain: min(source.spot for source in chain))

    def _sentence_end(self, at: int) -> int:
        return self._view.passage.sentence_of(at).last

    def _sentence_start(self, at: int) -> int:
        return self._view.passage.sentence_of(at).first

    def _take(self, links: list[Link]) -> Chain:
        firsts = [self._view.passage.index_at(link.source.spot.start) for link in links]
        if firsts == sorted(firsts):
            self._used.update(range(firsts[0], links[-1].end))
        for first, link in zip(firsts, links, strict=True):
            self._used.update(range(first, link.end))
            self._short.remember(link)
        return tuple(link.source for link in links)

    def _quoted(self) -> Iterator[Chain]:
        """Yield the chains that «به گزارش», «به نقل از» and their like begin."""
        words, texts, past = self._words, self._texts, 0
        for at in self._view.passage.places_of(self._lexicon.cues.reports):
            begins = words.reported_by.length(texts, at, len(texts)) or words.said_by.length(texts, at, len(texts))
            if not begins or at < past or at in self._used:
                continue
            end = self._sentence_end(at)
            if length := words.reported_by.length(texts, at, end):
                links = self._reported_by(at, length, end)
                if links:
                    past = links[-1].end
                    yield self._take(links)
                    yield from self._also(links, end)
            elif chain := self._said_by(at, end):
                yield chain

    def _reported_by(self, at: int, length: int, end: int) -> list[Link]:
        """Return the chain behind «به گزارش»: the first source, whom it quotes, and to whom somebody spoke."""
        announced = self._words.announced_by.length(self._texts, at, end)
        plural = self._texts[at + length - 1].endswith(_PLURAL)
        first = self._announcer(at, length, end) if announced else self._source(at + length, end, unknown=not plural)
        if first is None:
            return []
        links = [first, *self._onward(first.end, end)]
        if self._words.onward.length(self._texts, at, end) and (outlet := self._quoting(at)):
            links.insert(0, outlet)
        interview = interview_in(self._view, self._lexicon, links[-1].end, end, now=True)
        own = links[0].source.kind is SourceKind.REPORTER and links[0].source.id is None
        if interview and not own and interview.source.id not in {link.source.id for link in links}:
            links.append(interview)
        return links

    def _also(self, links: list[Link], end: int) -> Iterator[Chain]:
        """Yield the second outlet of «به نوشته X و Y»."""
        at = links[-1].end
        if len(links) > 1 or links[0].source.kind is not SourceKind.OUTLET or at >= end or self._texts[at] != "و":
            return
        link = source_at(self._view, at + 1, end, self._lexicon)
        if link and link.source.kind is SourceKind.OUTLET:
            yield self._take([link])

    def _announcer(self, at: int, length: int, end: int) -> Link | None:
        """Return the body behind «بر اساس اعلام»."""
        if not self._words.announced_by.length(self._texts, at, end) or at + length >= end:
            return None
        known = source_at(self._view, at + length, end, self._lexicon)
        return known or body_at(self._view, at + length, end, self._lexicon)

    def _said_by(self, at: int, end: int) -> Chain | None:
        """Return the unnamed source or the outlet after «به گفته»."""
        length = self._words.said_by.length(self._texts, at, end)
        if not length:
            return None
        first = self._view.past_quotes(at + length, end)
        if first >= end:
            return None
        link = unnamed_at(self._view, first, end, self._lexicon) or one_or_many_at(
            self._view, first, end, self._lexicon
        )
        if link is None or self._texts[at + length] == _THIS:
            return None
        if self._texts[at + length - 1] == _THAT and not self._reports(link.end, end):
            return None
        if self._texts[link.end : link.end + 2] == _AMONG:
            return None
        outlet = told(self._view, self._lexicon, link.end, min(link.end + _TO_OUTLET, end))
        return self._take([*([outlet] if outlet else []), link, *self._onward(link.end, end)])

    def _source(self, at: int, end: int, *, unknown: bool) -> Link | None:
        named = source_at(self._view, at, end, self._lexicon) or self._short.at(at, end) or self._person(at, end)
        return named or (source_at(self._view, at, end, self._lexicon, unknown=True) if unknown else None)

    def _person(self, at: int, end: int) -> Link | None:
        first = self._view.past_quotes(at, end)
        last = somebody_at(self._view, first, end, self._lexicon)
        return Link(FoundSource(self._view.spot(first, last), SourceKind.PERSON), last) if last else None

    def _onward(self, at: int, end: int) -> Iterator[Link]:
        """Yield the links that follow: «… به نقل از Y از Z»."""
        for _ in range(_LINKS):
            while at < end and self._texts[at] in _BETWEEN_LINKS:
                if self._texts[at] == "و" and not self._words.onward.length(self._texts, at + 1, end):
                    return
                at += 1
            length = self._words.onward.length(self._texts, at, end)
            if length <= 1 and (filed := past_place(self._view, at, end, self._lexicon)) > at:
                at, length = filed, self._words.onward.length(self._texts, filed, end)
            if not length:
                if link := self._reporting(at, end):
                    yield link
                    yield from self._quoted_by(link.end, end)
                elif link := link_behind(self._view, at, end, self._lexicon):
                    yield link
                return
            # «از» alone is as often «از سوی»: only what is plainly a source follows it.
            link = self._announcer(at, length, end) or self._source(at + length, end, unknown=length > 1)
            if link is None or (length == 1 and link.source.kind is SourceKind.PERSON):
                return
            yield link
            at = link.end

    def _quoted_by(self, at: int, end: int) -> Iterator[Link]:
        """Yield whom an outlet quotes a few words behind its name: «… در گزارشی به نقل از Y»."""
        for index in range(at, min(at + _BEFORE_QUOTING, end)):
            if self._texts[index] in _CLAUSE_ENDS:
                return
            length = self._words.quoting.length(self._texts, index, end)
            if length and (original := self._source(index + length, end, unknown=True)):
                yield original
                yield from self._onward(original.end, end)
                return

    def _reporting(self, at: int, end: int) -> Link | None:
        """Return the outlet or unnamed source that is the subject of what «به گزارش …،» begins."""
        link = source_at(self._view, at, end, self._lexicon) if at < end else None
        if link is None or link.source.kind not in {SourceKind.OUTLET, SourceKind.ANONYMOUS}:
            return None
        known = link.source.kind is SourceKind.OUTLET and link.source.id
        official = self._texts[at] == _THIS and not self._is_media(at, link.end)
        if link.source.kind is SourceKind.ANONYMOUS and (official or not self._is_source(at, link.end)):
            return None
        return link if known or self._reports(link.end, end) else None

    def _quoting(self, at: int) -> Link | None:
        """Return the outlet that stands before «به نقل از» in its sentence."""
        start = max(self._sentence_start(at), at - _BEFORE_QUOTING)
        for first in range(at - 1, start - 1, -1):
            if first in self._used or self._texts[first] == ":":
                return None
            link = source_at(self._view, first, at, self._lexicon)
            if link and self._may_quote(link, first) and not self._is_object(first):
                begins = self._view.inside.get(first, first)
                return source_at(self._view, begins, at, self._lexicon) if begins != first else self._wider(first, at)
        return None

    def _may_quote(self, link: Link, first: int) -> bool:
        unnamed = link.source.kind is SourceKind.ANONYMOUS and self._is_media(first, link.end)
        return link.source.kind is SourceKind.OUTLET or unnamed

    def _wider(self, first: int, end: int) -> Link | None:
        """Return the outlet with the word for its kind, or the unnamed source with its number, where one stands."""
        for before in range(max(0, first - 3), first):
            wider = source_at(self._view, before, end, self._lexicon)
            if wider and wider.source.kind in {SourceKind.OUTLET, SourceKind.ANONYMOUS} and wider.end > first:
                return wider
        return source_at(self._view, first, end, self._lexicon)

    def _is_object(self, at: int) -> bool:
        before = at - 1
        while before >= 0 and self._texts[before] in {"«", '"', "*", "("}:
            before -= 1
        return before >= 0 and self._texts[before] in self._words.not_subject_after

    def _heads(self) -> Iterator[Chain]:
        """Yield the outlets that a line begins with, before a colon or dash."""
        for sentence in line_starts(self._view):
            first = self._head_start(sentence)
            link = self._head_source(first, sentence.last)
            if link is None or first in self._used:
                continue
            colon = self._after_head(link.end, sentence.last)
            names_outlet = link.source.kind in {SourceKind.OUTLET, SourceKind.REPORTER}
            if link.source.kind is SourceKind.ANONYMOUS and (
                outlet := told(self._view, self._lexicon, link.end, sentence.last)
            ):
                yield self._take([outlet, link])
            elif colon and (names_outlet or self._is_media(first, link.end)):
                yield self._take([link, *self._headed(link.end, sentence.last)])

    def _head_source(self, at: int, end: int) -> Link | None:
        """Return the source at a head; there a colon tells outlets from the words that they also are."""
        if at >= end:
            return None
        length = self._words.heads.length(self._texts, at, end)
        if length and self._after_head(at + length, end):
            outlet = self._words.head_ids[tuple(self._texts[at : at + length])]
            return Link(FoundSource(self._view.spot(at, at + length), SourceKind.OUTLET, outlet), at + length)
        return source_at(self._view, at, end, self._lexicon)

    def _headed(self, at: int, end: int) -> Iterator[Link]:
        """Yield the chain that a head's outlet reports: «فارس: روزنامه … به نقل از …»."""
        first = next((index for index in range(at, min(at + _HEAD_WORDS, end)) if self._texts[index] == ":"), end) + 1
        link = source_at(self._view, first, end, self._lexicon) if first < end else None
        unnamed = link is not None and link.source.kind is SourceKind.ANONYMOUS and self._is_source(first, link.end)
        if link and unnamed and self._reports(link.end, end):
            yield link
        if link is None or link.source.kind is not SourceKind.OUTLET:
            return
        for index in range(link.end, min(link.end + _BEFORE_QUOTING, end)):
            length = self._words.onward.length(self._texts, index, end)
            if length > 1 and (original := self._source(index + length, end, unknown=True)):
                yield from (link, original, *self._onward(original.end, end))
                return
        if self._reports(link.end, end):
            yield link

    def _head_start(self, sentence: Sentence) -> int:
        """Return where the outlet would begin: after marks, «گزارش», or the city of a dateline."""
        first = self._view.past_marks(sentence.first, sentence.last)
        first = past_announcing(self._view, first, sentence.last, self._lexicon, self._outlets)
        return past_dateline(self._view, first, sentence.last, self._outlets)

    def _after_head(self, at: int, end: int) -> bool:
        """Tell whether the colon or dash of a head follows."""
        while at < end and self._texts[at] in {"*", "»", ")", '"'}:
            at += 1
        if at + 1 < end and self._texts[at] == "،" and self._words.reporters.length(self._texts, at + 1, end):
            at = next((index for index in range(at, min(at + _HEAD_WORDS, end)) if self._texts[index] == ":"), at)
        while at < end and self._texts[at] in self._words.unnamed_modifiers:
            at += 1
        if at in self._view.names and self._view.names[at][0].of(EntryKind.COUNTRY):
            at = self._view.names[at][1]
        at = past_where(self._view, at, end)
        return at < end and self._texts[at] in {":", "-", "–", "ـ", "_"}

    def _is_source(self, first: int, last: int) -> bool:
        """Tell who speaks as a source from an official who acts under his office."""
        return self._is_media(first, last) or not _KNOWING.isdisjoint(self._texts[first:last])

    def _is_media(self, first: int, last: int) -> bool:
        """Tell unnamed outlets and sources from unnamed officials, who are speakers."""
        return any(self._texts[at].startswith(_MEDIA) for at in range(first, last))

    def _subjects(self) -> Iterator[Chain]:
        """Yield the outlets that are subjects of a verb of reporting."""
        cues = self._lexicon.cues.sources
        outlets = self._outlets
        short = short_subjects(self._view, self._lexicon)
        past = 0
        for at in sorted({*self._view.passage.places_of(cues), *outlets, *short}):
            # «کانال ۱۴ تلویزیون اسرائیل»: what follows a source at once is of it.
            taken = at in self._used or at in self._view.inside or (at > 0 and self._texts[at - 1] == _THIS)
            if at < past or at == past > 0 or taken:
                continue
            known = at in outlets or at in short or may_be_unnamed(self._texts, at, self._lexicon)
            if not known or self._is_object(at):
                continue
            end = self._sentence_end(at)
            link = source_at(self._view, at, end, self._lexicon)
            link = link or (head_at(self._view, at, end, self._lexicon) if at in short else None)
            if link is None or link.source.kind is SourceKind.ORGANISATION or self._is_owned(at, link):
                continue
            behind, past = past, link.end
            if link.source.kind is SourceKind.ANONYMOUS:
                if behind > 0 and self._view.past_marks(behind, at) == at and self._sentence_start(at) < behind:
                    continue  # «رویترز»، خبرگزاری انگلیسی
                outlet = told(self._view, self._lexicon, link.end, end)
                if outlet or not self._is_media(at, link.end):
                    yield from self._told_by(link, outlet, end)
                    continue
            if self._reports(link.end, end, begins=at):
                passed_on = self._texts[link.end : link.end + 1] == ["،"] and self._reporting(link.end + 1, end)
                yield self._take([link, passed_on] if passed_on else [link])

    def _told_by(self, link: Link, outlet: Link | None, end: int) -> Iterator[Chain]:
        """Yield the outlet that an unnamed source told something."""
        if outlet and (self._reports(outlet.end, end) or self._after_head(outlet.end, end)):
            yield self._take([outlet, link])

    def _is_owned(self, at: int, link: Link) -> bool:
        """Tell «معاون رسانه …» from an outlet that no list knows."""
        return link.source.id is None and at > 0 and self._texts[at - 1] in self._lexicon.roles.heads.firsts

    def _reports(self, at: int, end: int, *, begins: int = -1) -> bool:
        """Tell whether a verb of reporting follows in the same clause."""
        verbs = self._words.report_verbs
        first = begins >= 0 and begins - self._view.past_marks(self._sentence_start(at - 1), end) <= _CONNECTING
        for index in range(at, min(at + (_TO_LAST_VERB if first else _BEFORE_VERB), end)):
            if self._texts[index] in verbs.firsts and verbs.length(self._texts, index, end):
                return True
            if self._texts[index] in {"که", ":", "؛", "است", "شد", "بود", "کرد"}:
                return False
        return False

    def _interviews(self) -> Iterator[Chain]:
        """Yield the outlets to whom somebody spoke: «در گفت‌وگو با خبرنگار …»."""
        for links in interviews(self._view, self._lexicon, self._used):
            if self._view.passage.index_at(links[0].source.spot.start) not in self._used:
                yield self._take(links)

    def _statements(self) -> Iterator[Chain]:
        """Yield the bodies of «در بیانیه وزارت … آمده است»."""
        for found in (statements, reports):
            for link in found(self._view, self._lexicon, self._used):
                yield self._take([link])

    def _signatures(self) -> Iterator[Chain]:
        """Yield «/ ایسنا» and «منبع: …» at the ends of lines."""
        for link in signatures(self._view, self._lexicon, self._used):
            yield self._take([link])
