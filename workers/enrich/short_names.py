"""Where an outlet stands by a short name: «بازتاب نوشت», «روزنامه نمونه … نمونه افزود», «وین _ ایرنا:».

Knows nothing of chains.
"""

from collections.abc import Container, Iterator

from workers.enrich.found import FoundSource
from workers.enrich.gazetteer_entries import EntryKind
from workers.enrich.kinds import SourceKind
from workers.enrich.lexicon_actors import ActorsLexicon
from workers.enrich.reading import folded
from workers.enrich.sources import Link, is_people
from workers.enrich.word_view import OPENING, WordView

_WRITES = frozenset(map(folded, ("نوشت", "می‌نویسد", "نوشته")))
_ALSO = frozenset(map(folded, ("نیز", "هم", "همچنین")))
_STROKES = frozenset("-–ـ_/،|")
_PLACE_WORDS = 3
"""Of the place in a dateline."""
_SHORT_WORDS = 3
_FEWEST_LETTERS = 3


def short_subjects(view: WordView, lexicon: ActorsLexicon) -> set[int]:
    """Return the places right before a verb that outlets have, or what kind of outlet it is: «فارس، خبرگزاری …»."""
    heads, texts, found = lexicon.sources.heads, view.texts, set[int]()
    kinds = lexicon.sources.outlet_words.firsts
    for at in view.passage.places_of(heads.firsts):
        last = at + heads.length(texts, at, len(texts))
        if at == last or last + 1 >= len(texts) or at in view.names:
            continue
        if texts[last] in _WRITES or (texts[last] == "،" and texts[last + 1] in kinds):
            found.add(at)
    return found


class ShortNames:
    """The names that outlets had after the word for their kind: further on they stand alone."""

    def __init__(self, view: WordView, lexicon: ActorsLexicon) -> None:
        self._view = view
        self._lexicon = lexicon
        self._ids: dict[tuple[str, ...], str | None] = {}

    def remember(self, link: Link) -> None:
        """Keep what stands behind the word for an outlet's kind."""
        view, source = self._view, link.source
        first = view.passage.index_at(source.spot.start)
        length = self._lexicon.sources.outlet_words.length(view.texts, first, link.end)
        if source.kind is not SourceKind.OUTLET or not length:
            return
        at = first + length
        while at < link.end and (view.texts[at] in OPENING or is_people(view, at)):
            at += 1
        name = tuple(text for text in view.texts[at : link.end] if text[0].isalnum())
        letters = sum(map(len, name))
        if len(name) <= _SHORT_WORDS and letters >= _FEWEST_LETTERS and name[0] not in self._lexicon.stops:
            self._ids[name] = source.id

    def at(self, at: int, end: int) -> Link | None:
        """Return the outlet of such a name at an index, where the gazetteers know nothing else by it."""
        at = self._view.past_quotes(at, end)
        for name, outlet_id in self._ids.items():
            last = at + len(name)
            if last <= end and at not in self._view.names and tuple(self._view.texts[at:last]) == name:
                return Link(FoundSource(self._view.spot(at, last), SourceKind.OUTLET, outlet_id), last)
        return None

    def subjects(self, used: Container[int]) -> Iterator[Link]:
        """Yield the outlets of such names right before a verb of reporting, those left out that are in a chain."""
        texts, verbs = self._view.texts, self._lexicon.sources.report_verbs
        firsts = {name[0] for name in self._ids}
        for at, text in enumerate(texts if firsts else ()):
            link = self.at(at, len(texts)) if text in firsts and at not in used else None
            if link is None:
                continue
            last = link.end + int(link.end < len(texts) and texts[link.end] in _ALSO)
            if verbs.length(texts, last, len(texts)):
                yield link


def past_dateline(view: WordView, first: int, end: int, outlets: Container[int]) -> int:
    """Return where the outlet begins behind the place of a dateline, «تهران - ایسنا:»; else `first`."""
    if first in view.names and view.names[first][0].of(EntryKind.CITY):
        after = view.names[first][1]
        if after < end and view.texts[after] in _STROKES:
            return after + 1
        if after in outlets:  # «تهران _ ایسنا:», where the line between is no word
            return after
    if first in outlets:
        return first
    for at in range(first + 1, min(first + 1 + _PLACE_WORDS, end)):
        between = view.passage.normalized[view.passage.ends[at - 1] : view.passage.starts[at]]
        if at in outlets and ("_" in between or view.texts[at - 1] in _STROKES):
            return at
    return first


def past_announcing(view: WordView, first: int, end: int, lexicon: ActorsLexicon, outlets: Container[int]) -> int:
    """Return the index behind «ادعای», «ادعای عجیب» before an outlet at a head."""
    words = lexicon.sources
    if first >= end or not (length := words.announcing.length(view.texts, first, end)):
        return first
    at = first + length
    names = [
        index in outlets or view.texts[index] in words.outlet_words.firsts for index in range(at, min(at + 2, end))
    ]
    return at + 1 if names == [False, True] else at
