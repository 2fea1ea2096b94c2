"""Who is a link because an outlet stands before: «به گزارش ایسنا، در بیانیه … آمده است», «…، یک مقام … گفت».

Knows nothing of chains, nor of what is said.
"""

from workers.enrich.found import FoundSource
from workers.enrich.gazetteer_entries import EntryKind, Outlet
from workers.enrich.kinds import SourceKind
from workers.enrich.lexicon_actors import ActorsLexicon
from workers.enrich.reading import folded
from workers.enrich.sources import Link, body_at, source_at, unnamed_at
from workers.enrich.word_view import WordView

_IN, _THIS = folded("در"), folded("این")
_COUNTS = frozenset(map(folded, ("یک", "دو", "سه", "چند", "یکی")))
_WHERE, _WHERE_WORDS = frozenset(map(folded, ("در", "از", "نزدیک"))), 7
_HOME = "IR"
_OUTLET_WORDS = 9
"""Between the first word of an outlet's name and the official: «خبرگزاری فرانسه از نیویورک،»."""
_FILED = frozenset(map(folded, ("از", "در")))
_PLACE_WORDS = 3
"""Of where a report was filed."""
_SPEECH_WORDS = 12
"""Between an unnamed official and the verb: «… که نخواست نامش فاش شود … گفت»."""


def link_behind(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> Link | None:
    """Return the paper or the unnamed official that the outlet before an index reports."""
    if at >= end:
        return None
    return paper_at(view, at + 1, end, lexicon) if view.texts[at] == _IN else _official(view, at, end, lexicon)


def paper_at(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> Link | None:
    """Return «بیانیه وزارت …» or «این بیانیه», where a verb tells what is in it."""
    words, texts = lexicon.sources, view.texts
    if at >= end or words.stating.isdisjoint(texts[at:end]):
        return None
    taken_up = int(texts[at] == _THIS)
    first = at + taken_up + words.statements.length(texts, at + taken_up, end)
    if first == at + taken_up:
        return None
    if taken_up:
        return Link(FoundSource(view.spot(at, first), SourceKind.ORGANISATION), first)
    body = body_at(view, first, end, lexicon) if first < end else None
    return Link(FoundSource(view.spot(at, body.end), body.source.kind, body.source.id), body.end) if body else None


def _official(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> Link | None:
    """Return «یک مقام …», «یکی از دیپلمات‌های …» who speaks."""
    if view.texts[at] not in _COUNTS or not _from_abroad(view, at):
        return None
    link = unnamed_at(view, at, end, lexicon)
    if link is None or link.source.kind is not SourceKind.ANONYMOUS:
        return None
    verbs = lexicon.speech.verbs.firsts | lexicon.speech.nouns.firsts
    return None if verbs.isdisjoint(view.texts[link.end : min(link.end + _SPEECH_WORDS, end)]) else link


def _from_abroad(view: WordView, at: int) -> bool:
    """Tell whether the outlet before an index is a foreign one: who speaks is quoted from it, and not met."""
    for before in range(at - 1, max(at - _OUTLET_WORDS, -1), -1):
        outlet = view.names[before][0].of(EntryKind.OUTLET) if before in view.names else None
        if outlet:
            return isinstance(outlet.entry, Outlet) and outlet.entry.country != _HOME
    return False


def past_place(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> int:
    """Return the index after «از واشنگتن» or «در دوشنبه،»: where the report was filed, not who says so."""
    if at + 1 >= end or view.texts[at] not in _FILED:
        return at
    name = view.names.get(at + 1)
    if name and name[0].of(EntryKind.CITY) and not name[0].of(EntryKind.OUTLET):
        return name[1] + int(name[1] < end and view.texts[name[1]] in {"،", ","})
    for comma in range(at + 2, min(at + 2 + _PLACE_WORDS, end)):
        if view.texts[comma] in {"،", ","}:
            return at if source_at(view, at + 1, end, lexicon) else comma + 1
    return at


def past_where(view: WordView, at: int, end: int) -> int:
    """Return the index after «در دولت …», where a source is or what it is near to, before a mark."""
    if at >= end or view.texts[at] not in _WHERE:
        return at
    return next((index for index in range(at, min(at + _WHERE_WORDS, end)) if view.is_mark(index)), at)
