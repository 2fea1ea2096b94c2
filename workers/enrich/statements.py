"""Whose paper or report says so: «در بیانیه وزارت … آمده است», «بر اساس اطلاعیه …», «گزارش خبرنگار … حاکی است».

Knows nothing of chains, nor of what the paper says.
"""

from collections.abc import Container, Iterator

from workers.enrich.found import FoundSource
from workers.enrich.kinds import SourceKind
from workers.enrich.lexicon_actors import ActorsLexicon
from workers.enrich.reading import folded
from workers.enrich.sources import Link, body_at, source_at
from workers.enrich.word_view import WordView

_THIS = folded("این")
_REPORT = frozenset(map(folded, ("گزارش", "گزارش‌های", "آمار", "اخبار")))
_TELLING_WORDS = 5
"""Between whose report it is and «حاکی»: «گزارش … در این‌باره حاکی است»."""
_PRESS = frozenset({SourceKind.OUTLET, SourceKind.REPORTER, SourceKind.ORGANISATION})
_LATEST = frozenset(map(folded, ("آخرین", "تازه‌ترین", "جدیدترین", "نخستین", "اولین")))
_BASES = frozenset({"اساس", "طبق", "موجب", "براساس"})
"""Before a paper that a report rests on."""


def statements(view: WordView, lexicon: ActorsLexicon, used: Container[int]) -> Iterator[Link]:
    """Yield the papers with the name of their body, those left out whose first word belongs to something."""
    words, texts = lexicon.sources, view.texts
    for at in view.passage.places_of(words.statements.firsts):
        if at == 0 or at in used:
            continue
        end = view.passage.sentence_of(at).last
        told = texts[at - 1] == "در" and not words.stating.isdisjoint(texts[at:end])
        begins = at - int((texts[at - 1] == _THIS or texts[at - 1] in _LATEST) and at > 1)
        if begins < at:
            told = texts[begins - 1] == "در" and not words.stating.isdisjoint(texts[at:end])
        if texts[begins] == _THIS and (told or texts[begins - 1] in _BASES):
            yield Link(FoundSource(view.spot(begins, at + 1), SourceKind.ORGANISATION), at + 1)
            continue
        first = at + words.statements.length(texts, at, end)
        link = (
            body_at(view, first, end, lexicon) if (told or texts[begins - 1] in _BASES) and at < first < end else None
        )
        if link:
            yield Link(FoundSource(view.spot(at, link.end), link.source.kind, link.source.id), link.end)


def reports(view: WordView, lexicon: ActorsLexicon, used: Container[int]) -> Iterator[Link]:
    """Yield whose report is said to tell something, those left out that belong to something."""
    telling, texts = lexicon.sources.telling, view.texts
    for at in view.passage.places_of(_REPORT):
        end = view.passage.sentence_of(at).last
        told = telling if texts[at - 1] != "در" else lexicon.sources.stating
        if at in used or at + 1 >= end or told.isdisjoint(texts[at:end]):
            continue
        link = source_at(view, at + 1, end, lexicon)
        if link and link.source.kind in _PRESS and not told.isdisjoint(texts[link.end : link.end + _TELLING_WORDS]):
            yield link
