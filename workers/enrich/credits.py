"""The outlets that are credited at the end of a line: «/ ایسنا», «منبع: …».

Knows nothing of chains, nor of what the line says.
"""

from collections.abc import Container, Iterator

from workers.enrich.found import FoundSource
from workers.enrich.kinds import SourceKind
from workers.enrich.lexicon_actors import ActorsLexicon
from workers.enrich.persons_at import somebody_at
from workers.enrich.reading import Sentence
from workers.enrich.sources import Link, head_at, source_at
from workers.enrich.word_view import WordView

_NAME_WORDS = 12
"""Of an outlet or address that no list knows."""
_SHORT_WORDS = 3
"""Of a short name behind a stroke."""


def signatures(view: WordView, lexicon: ActorsLexicon, used: Container[int]) -> Iterator[Link]:
    """Yield the sources that are credited, those left out that begin with a word that belongs to something."""
    credit = lexicon.sources.signatures
    for sentence, first in zip(view.passage.sentences, view.passage.openings, strict=True):
        may_credit = first < sentence.last and view.texts[first] in credit.firsts
        length = credit.length(view.texts, first, min(first + 3, sentence.last)) if may_credit else 0
        colon = first + length
        if length and colon < sentence.last and view.texts[colon] in {":", "/", "-"}:
            if link := _named(view, lexicon, colon + 1, sentence.last):
                yield link
        elif link := _credit(view, lexicon, sentence, used):
            yield link


def _named(view: WordView, lexicon: ActorsLexicon, at: int, end: int) -> Link | None:
    """Return the source after «منبع:»: one that is known, or what stands there as a name or an address."""
    at = view.past_marks(at, end)
    if at < end and (link := source_at(view, at, end, lexicon)):
        return link
    if last := somebody_at(view, at, end, lexicon):
        return Link(FoundSource(view.spot(at, last), SourceKind.PERSON), last)
    last = at
    while last < end and (view.texts[last].isascii() or view.texts[last] not in lexicon.stops):
        last += 1
    while last == end < len(view.texts) and view.texts[end].isascii() and not _breaks(view, end):
        last = end = end + 1  # «cnn. com», as normalization leaves an address, is two sentences
    while last > at and view.is_mark(last - 1):
        last -= 1
    if at < last <= at + _NAME_WORDS:
        return Link(FoundSource(view.spot(at, last), SourceKind.OUTLET), last)
    return None


def _breaks(view: WordView, at: int) -> bool:
    """Tell whether a line ends before an index."""
    passage = view.passage
    return "\n" in passage.normalized[passage.ends[at - 1] : passage.starts[at]]


def _credit(view: WordView, lexicon: ActorsLexicon, sentence: Sentence, used: Container[int]) -> Link | None:
    """Return the outlet that stands alone at the end of a sentence, behind a stroke or in brackets."""
    last = sentence.last
    while last > sentence.first and view.is_mark(last - 1):
        last -= 1
    first = last - 1
    first = view.inside.get(first, first)
    if first <= sentence.first or first in used:
        return None
    link = source_at(view, first, last, lexicon) if first in view.names else _short(view, sentence.first, last, lexicon)
    if link is None or link.end != last or link.source.kind is not SourceKind.OUTLET or link.source.id is None:
        return None
    before = view.texts[view.passage.index_at(link.source.spot.start) - 1]
    return link if before in {"/", "("} and link.source.id not in lexicon.sources.own_signatures else None


def _short(view: WordView, first: int, last: int, lexicon: ActorsLexicon) -> Link | None:
    """Return the outlet of «/ مهر», whose short name is a usual word elsewhere."""
    for at in range(last - 2, max(first, last - 2 - _SHORT_WORDS) - 1, -1):
        if view.texts[at] == "/":
            return head_at(view, at + 1, last, lexicon)
    return None
