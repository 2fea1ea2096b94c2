"""The outlets that somebody spoke to: «در گفت‌وگو با خبرنگار …», «به ایسنا گفت».

Knows nothing of chains, nor of what was said.
"""

from collections.abc import Container, Iterator

from workers.enrich.found import FoundSource
from workers.enrich.gazetteer_entries import EntryKind
from workers.enrich.kinds import SourceKind
from workers.enrich.lexicon_actors import ActorsLexicon
from workers.enrich.reading import folded
from workers.enrich.sources import Link, source_at
from workers.enrich.word_view import CLOSING, OPENING, WordView

_INTERVIEW_WORDS = 14
"""«در گفت‌وگوی اختصاصی با خبرنگار حوزه … خبرگزاری …»."""
_TOLD_WORDS = 16
"""Between an unnamed source and the outlet: «یک مقام … روز سه‌شنبه ۳۰ تیرماه به رویترز گفت»."""
_OFFICE_WORDS = 10
_PRESS_OFFICE, _PUBLIC = folded("روابط"), folded("عمومی")
_PRESS = frozenset({SourceKind.OUTLET, SourceKind.REPORTER})


def interviews(view: WordView, lexicon: ActorsLexicon, used: Container[int]) -> Iterator[list[Link]]:
    """Yield the outlet of each interview, and each outlet that was told something, with the body that told it."""
    for at in view.passage.places_of(lexicon.sources.interviews.firsts):
        if at not in used:
            end = _sentence_end(view, at)
            if link := interview_in(view, lexicon, at, min(at + _INTERVIEW_WORDS, end)):
                yield [link]
    for at, (name, after) in view.names.items():
        if name.of(EntryKind.OUTLET) and at not in used and (links := _told_outlet(view, lexicon, at, after)):
            yield links


def _sentence_end(view: WordView, at: int) -> int:
    return view.passage.sentence_of(at).last


def interview_in(view: WordView, lexicon: ActorsLexicon, at: int, end: int, *, now: bool = False) -> Link | None:
    """Return the outlet of the first interview in a range of words.

    «در گفت‌وگو با X», «با X گفت‌وگو کرد», «گفت‌وگوی X با …»: all name one. With `now`, none that was before:
    «پس از مصاحبه با X».
    """
    words = lexicon.sources.interviews
    for first in range(at, end):
        length = words.length(view.texts, first, end) if view.texts[first] in words.firsts else 0
        if not length or (now and view.texts[first - 1] == "از"):
            continue
        before = view.inside.get(first - 1, first - 1)
        if before > 1 and view.texts[before - 1] == "با" and (link := _press_at(view, before, first, lexicon)):
            return link
        for index in range(first + length, min(first + length + 3, end - 1)):
            if view.texts[index] == "با":
                return _press_at(view, index + 1, end, lexicon)
            if index in view.names and (link := _press_at(view, index, end, lexicon)):
                return link if link.end < end and view.texts[link.end] == "با" else None
    return None


def _press_at(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> Link | None:
    """Return the outlet or reporter at an index, also by a name that is a usual word elsewhere."""
    words = lexicon.sources
    if at < end and (length := words.heads.length(view.texts, at, end)):
        outlet_id = words.head_ids[tuple(view.texts[at : at + length])]
        return Link(FoundSource(view.spot(at, at + length), SourceKind.OUTLET, outlet_id), at + length)
    link = source_at(view, at, end, lexicon)
    return link if link and link.source.kind in _PRESS else None


def _told_outlet(view: WordView, lexicon: ActorsLexicon, at: int, after: int) -> list[Link] | None:
    """Return the outlet of «به ایسنا گفت», with a press office that said so."""
    words = lexicon.sources
    begins = at
    while begins > 0 and (
        view.texts[begins - 1] in OPENING
        or view.texts[begins - 1] in words.outlet_words.firsts
        or view.texts[begins - 1] in words.reporters.firsts
    ):
        begins -= 1
    if begins == 0 or view.texts[begins - 1] != "به":
        return None
    while after < len(view.texts) and view.texts[after] in CLOSING:
        after += 1
    end = _sentence_end(view, at)
    if after >= end or not words.report_verbs.length(view.texts, after, end):
        return None
    link = _press_at(view, begins, end, lexicon)
    return [link, *_press_office(view, lexicon, begins - 1)] if link else None


def _press_office(view: WordView, lexicon: ActorsLexicon, at: int) -> Iterator[Link]:
    """Yield «روابط عمومی …» that stands right before an index."""
    for first in range(at - 1, max(at - _OFFICE_WORDS, -1), -1):
        if view.texts[first] == _PRESS_OFFICE and view.texts[first + 1] == _PUBLIC:
            link = source_at(view, first, at, lexicon)
            if link and link.source.kind is SourceKind.ORGANISATION and link.end == at:
                yield link
            return


def told(view: WordView, lexicon: ActorsLexicon, at: int, end: int) -> Link | None:
    """Return the outlet that an unnamed source spoke to: «مقام‌های مطلع به اکسیوس:», «در گفت‌وگو با ایسنا گفت»."""
    for index in range(at, min(at + _TOLD_WORDS, end - 1)):
        if view.texts[index] in {":", "؛"}:
            return None
        if view.texts[index] in {"به", "با"}:
            link = source_at(view, index + 1, end, lexicon)
            if link and link.source.kind in _PRESS:
                return link
    return None
