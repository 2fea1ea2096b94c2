"""Bodies whose paper is quoted: «در بیانیه وزارت … آمده است», «بر اساس اطلاعیه …».

Knows nothing of chains, nor of what the paper says.
"""

from collections.abc import Container, Iterator

from workers.enrich.found import FoundSource
from workers.enrich.lexicon_actors import ActorsLexicon
from workers.enrich.sources import Link, body_at
from workers.enrich.word_view import WordView

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
        first = at + words.statements.length(texts, at, end)
        link = body_at(view, first, end, lexicon) if (told or texts[at - 1] in _BASES) and at < first < end else None
        if link:
            yield Link(FoundSource(view.spot(at, link.end), link.source.kind, link.source.id), link.end)
