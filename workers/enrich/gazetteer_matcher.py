"""Finds the names of the gazetteers in a normalized text: the longest form at each place, what it may stand for.

Knows nothing of files or of articles, and decides nothing about them. A chunk between two spaces is split and folded
once and then remembered, so that an article costs one look-up per chunk and a walk where a form may begin.
"""

from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import Literal, NamedTuple

from workers.enrich.gazetteer_entries import Body, EntryKind
from workers.enrich.gazetteer_forms import Sense
from workers.enrich.gazetteer_match import Candidate, Match
from workers.enrich.gazetteer_offices import with_countries
from workers.enrich.gazetteer_trie import End, Node, Trie
from workers.enrich.gazetteer_words import WORD, ZWNJ, context, folded

_CONTEXT = 32
"""Characters looked at on either side of an ambiguous form: more than any rule asks for."""
_REMEMBERED = 100_000
"""Chunks kept, at about 200 bytes each; then all are forgotten."""
_REMEMBERED_LENGTH = 40
"""Longer chunks are links and noise that do not come again."""
_QUOTES = frozenset("«»\"'“”()")
"""Marks that may stand inside a name: خبرگزاری «مهر», فرودگاه امام خمینی (ره)."""
_CLOSING = {"»": "«", ")": "("}

_AFTER_ZWNJ = frozenset(
    ("ها", "های", "هایی", "هایش", "هایشان", "هایمان", "ی", "یی", "ام", "ات", "اش", "شان", "مان", "تان", "اند", "ست")
)
"""What may follow a name after a ZWNJ and leave it that name."""
_PLURALS = ("هایی", "های", "ها")
_POSSESSIVES = ("شان", "مان", "ش")
_ATTACHED = (*_PLURALS, *_POSSESSIVES, "ی")
_ORGANISATIONS = frozenset({EntryKind.BODY, EntryKind.OFFICE, EntryKind.OUTLET, EntryKind.AIRLINE})


class _Link(IntEnum):
    """How a word stands to the one before it."""

    NEXT = 0
    JOINED = 1
    """By a ZWNJ."""
    APART = 2
    """By a mark that no name reaches over."""


class _Word(NamedTuple):
    """A word of a chunk."""

    stem: str
    suffix: str
    start: int
    end: int
    link: _Link


class _Ending(NamedTuple):
    """What ends at a word of a chunk."""

    end: int
    """In the chunk, past a closing mark; 0 where nothing ends."""
    ends: tuple[End, ...]
    named: tuple[Candidate, ...]
    """What these stand for in every text; empty where that depends on the text, or where it is no name."""


_NOTHING = _Ending(0, (), ())


class _Start(NamedTuple):
    """A word of a chunk with which a form may begin, read as far as the chunk goes."""

    start: int
    longest: _Ending
    node: Node | None
    """From where to go on in the next chunk; None where no form does."""


class _Reading(NamedTuple):
    """What is known of a chunk with a word of the vocabulary."""

    starts: tuple[_Start, ...]
    words: tuple[_Word, ...]
    open: bool
    """No mark stands after the last word."""


class _Found(NamedTuple):
    start: int
    end: int
    ends: tuple[End, ...]
    named: tuple[Candidate, ...]


class _Starting(dict[str, _Reading | Literal[False]]):
    """What is known of chunks; False where no form begins. The matcher forgets it all when it is too much."""

    def __init__(self, read: Callable[[str], _Reading | Literal[False]]) -> None:
        super().__init__({"": False})
        self._read = read

    def __missing__(self, chunk: str) -> _Reading | Literal[False]:
        return self._read(chunk)


class Matcher:
    """Finds names in texts. Its memory of chunks changes nothing about what it returns; one thread at a time."""

    def __init__(self, trie: Trie) -> None:
        self._trie = trie
        self._forget()

    def _forget(self) -> None:
        self._starting = _Starting(self._reading)
        self._read: dict[str, _Reading] = {}
        """What holds a word of the vocabulary, wherever in a form."""

    def find(self, text: str, chunks: Sequence[str], starts: Sequence[int]) -> tuple[Match, ...]:
        """Return the names in a normalized text, in order, none inside another.

        `chunks` are what stands between spaces and line breaks, `starts` where each begins.
        """
        matches: list[Match] = []
        unsure: list[tuple[int, Match]] = []
        for found in self._found(text, chunks, starts):
            start, end, ends, now = found
            later: tuple[Candidate, ...] = ()
            if not now and ends:
                now, later = self._candidates(text, found)
            if now:
                matches.append(Match(start, end, text[start:end], now))
            elif later:
                unsure.append((len(matches), Match(start, end, text[start:end], later)))
        sure = {each.entry.id for match in matches for each in match.candidates} if unsure else set()
        for at, match in reversed(unsure):
            if named := tuple(each for each in match.candidates if each.entry.id in sure):
                matches.insert(at, Match(match.start, match.end, match.surface, named))
        return with_countries(text, matches)

    def _found(self, text: str, chunks: Sequence[str], starts: Sequence[int]) -> list[_Found]:
        """Return the longest form at each place."""
        if len(self._starting) > _REMEMBERED:
            self._forget()
        found: list[_Found] = []
        past = 0
        # all are read before one is asked what follows it
        for at, reading in enumerate(list(map(self._starting.__getitem__, chunks))):
            if not reading:
                continue
            place = starts[at]
            for begun in reading.starts:
                start, ending, node = begun
                if place + start < past:
                    continue
                if node is None:
                    longest: _Found | None = _Found(place + start, place + ending.end, ending.ends, ending.named)
                else:
                    longest = self._longest(text, chunks, starts, at, begun)
                if longest:
                    past = longest.end
                    found.append(longest)
        return found

    def _longest(
        self, text: str, chunks: Sequence[str], starts: Sequence[int], at: int, begun: _Start
    ) -> _Found | None:
        """Return the longest form that begins at a word of a chunk; one without ends is a phrase that is no name."""
        place = starts[at]
        start, longest, node = begun
        start += place
        end = place + longest.end if longest.end else 0
        while node is not None and at + 1 < len(chunks):
            at += 1
            place = starts[at]
            reading = self._read.get(chunks[at])
            if reading is None or reading.words[0].link is _Link.APART or text[place - 1] == "\n":
                break
            ending, node = self._walk(text, place, reading, 0, node, start)
            if ending.end:
                longest, end = ending, ending.end
        return _Found(start, end, longest.ends, longest.named) if end else None

    def _walk(
        self, text: str, place: int, reading: _Reading, index: int, node: Node, start: int
    ) -> tuple[_Ending, Node | None]:
        """Return the longest form that goes on in a chunk from a node, and from where it may go on behind the chunk."""
        longest = _NOTHING
        for at in range(index, len(reading.words)):
            word = reading.words[at]
            child = node.children.get(word.stem)
            if child is None or (at > index and word.link is _Link.APART):
                return longest, None
            node = child
            if node.ends or node.barrier:
                end, ends = _ending(node, reading, at)
                if end:
                    longest = _Ending(_closed(text, start, place + end), ends, self._named(node, ends))
            if word.suffix:
                return longest, None
        return longest, node if reading.open and node.children else None

    def _named(self, node: Node, ends: tuple[End, ...]) -> tuple[Candidate, ...]:
        """Return what stands for some of a node's ends in every text; empty where that depends on the text."""
        if ends is not node.ends:
            return self._always(ends)
        if node.named is None:
            node.named = self._always(ends)
        return node.named

    def _always(self, ends: tuple[End, ...]) -> tuple[Candidate, ...]:
        if any(condition for _, condition in ends):
            return ()
        return self._candidates("", _Found(0, 0, ends, ()))[0]

    def _reading(self, chunk: str) -> _Reading | Literal[False]:
        """Return what there is to know of a chunk in which a form may begin, and remember it."""
        vocabulary, known = self._trie.vocabulary, False
        stems: list[tuple[str, str]] = []
        for word in (chunk,) if chunk.isalpha() else WORD.findall(chunk):
            stem = self._stem(folded(word))
            known = known or stem[0] in vocabulary
            stems.append(stem)
        reading = self._known(chunk, stems) if known else None
        starting: _Reading | Literal[False] = reading if reading and reading.starts else False
        if len(chunk) <= _REMEMBERED_LENGTH:
            self._starting[chunk] = starting
            if reading:
                self._read[chunk] = reading
        return starting

    def _known(self, chunk: str, stems: list[tuple[str, str]]) -> _Reading:
        """Return the reading of a chunk that holds a word of the vocabulary."""
        words: list[_Word] = []
        past = 0
        for match, (stem, suffix) in zip(WORD.finditer(chunk), stems, strict=True):
            gap = chunk[past : match.start()]
            link = _Link.JOINED if gap == ZWNJ else _Link.NEXT if _QUOTES.issuperset(gap) else _Link.APART
            words.append(_Word(stem, suffix, match.start(), match.end(), link))
            past = match.end()
        root = self._trie.root
        reading = _Reading((), tuple(words), _QUOTES.issuperset(chunk[past:]))
        starts = [
            _Start(word.start, *self._walk(chunk, 0, reading, at, root, word.start))
            for at, word in enumerate(words)
            if word.stem in root.children and word.link is not _Link.JOINED
        ]
        return reading._replace(starts=tuple(each for each in starts if each.longest.end or each.node))

    def _stem(self, word: str) -> tuple[str, str]:
        """Return a word of the vocabulary and the suffix that is written onto it, or the word itself."""
        vocabulary = self._trie.vocabulary
        if word not in vocabulary and word.endswith(_ATTACHED):
            for suffix in _ATTACHED:
                if word.endswith(suffix) and (stem := word.removesuffix(suffix)) in vocabulary:
                    return stem, suffix
        return word, ""

    def _candidates(self, text: str, found: _Found) -> tuple[tuple[Candidate, ...], tuple[Candidate, ...]]:
        """Return the readings that count, and those that count if the text names their entry elsewhere."""
        now: dict[tuple[str, Sense], Candidate] = {}
        later: dict[tuple[str, Sense], Candidate] = {}
        before = after = ""
        for form, condition in found.ends:
            if condition and not before:
                before = context(text[max(0, found.start - _CONTEXT) : found.start])
            if condition and condition.looks_after and not after:
                after = context(text[found.end : found.end + _CONTEXT])
            holds = condition.holds(before, after) if condition else True
            if holds is False:
                continue
            country = form.entry.country if isinstance(form.entry, Body) else None
            candidate = Candidate(form.entry, form.sense, country)
            (later if holds is None else now).setdefault((form.entry.id, form.sense), candidate)
        return tuple(now.values()), tuple(later.values())


def _ending(node: Node, reading: _Reading, place: int) -> tuple[int, tuple[End, ...]]:
    """Return where a form that ends at a word ends with its suffix, and the forms; 0 where none does."""
    word = reading.words[place]
    ends = node.ends
    if word.suffix:
        ends = tuple(end for end in ends if _takes(end, word.stem, word.suffix))
        if not ends:
            return 0, ()
    if place + 1 < len(reading.words):
        following = reading.words[place + 1]
        if following.link is _Link.JOINED:
            whole = len(reading.words) == place + 2 or reading.words[place + 2].link is not _Link.JOINED
            if not whole or following.stem + following.suffix not in _AFTER_ZWNJ:
                return 0, ()
            return following.end, ends
    return word.end, ends


def _takes(end: End, stem: str, suffix: str) -> bool:
    """Tell whether a form is still itself with a suffix written onto it."""
    if suffix in _PLURALS:
        return end.form.sense is Sense.PEOPLE
    if suffix in _POSSESSIVES:
        return end.form.entry.kind in _ORGANISATIONS
    return stem.endswith(("ا", "و"))


def _closed(text: str, start: int, end: int) -> int:
    """Return the end past a closing mark whose opening one lies inside the name."""
    opening = _CLOSING.get(text[end : end + 1])
    return end + 1 if opening and opening in text[start:end] else end
