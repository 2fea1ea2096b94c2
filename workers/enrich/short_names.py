"""Where an outlet stands by a short name that is a usual word elsewhere: «بازتاب نوشت».

Knows nothing of chains.
"""

from workers.enrich.lexicon_actors import ActorsLexicon
from workers.enrich.reading import folded
from workers.enrich.word_view import WordView

_WRITES = frozenset(map(folded, ("نوشت", "می‌نویسد", "نوشته")))


def short_subjects(view: WordView, lexicon: ActorsLexicon) -> set[int]:
    """Return the places right before a verb that outlets have."""
    heads, texts, found = lexicon.sources.heads, view.texts, set[int]()
    for at in view.passage.places_of(heads.firsts):
        last = at + heads.length(texts, at, len(texts))
        if at < last < len(texts) and texts[last] in _WRITES and at not in view.names:
            found.add(at)
    return found
