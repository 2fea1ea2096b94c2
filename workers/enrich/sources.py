"""Reads one source at a place in the words: an outlet, a reporter, an organisation, an unnamed source.

Knows nothing of chains, and nothing of persons.
"""

from collections.abc import Sequence
from typing import NamedTuple

from workers.enrich.found import FoundSource
from workers.enrich.gazetteer_entries import EntryKind
from workers.enrich.gazetteer_forms import Sense
from workers.enrich.kinds import SourceKind
from workers.enrich.lexicon_actors import ActorsLexicon
from workers.enrich.reading import folded
from workers.enrich.word_view import CLOSING, OPENING, WordView

_BODIES = (EntryKind.BODY, EntryKind.OFFICE, EntryKind.INTERNATIONAL, EntryKind.AIRLINE)
_ISSUE, _ISSUE_WORDS = folded("شماره"), 5
"""«به نوشته شماره دیروز روزنامه …»."""
_OPEN_WORDS = 3
"""Of the name of an outlet or body that the gazetteers do not know."""
_ZWNJ = "\u200c"
_THIS = folded("این")
_MEDIUM = folded("رسانه")
_QUOTED_WORDS = 6
_ENDED_LETTERS = 6
"""Of the shortest name that ends like an outlet's."""
"""Of an outlet's name in quotation marks."""
_PRINTED = frozenset(map(folded, ("چاپ", "ارگان", "وابسته", "متعلق")))
"""Behind an outlet's name, before where it appears or whose it is."""
_VERBAL = ("می\u200c", "نمی\u200c")
_NEAR = folded("نزدیک")
_PLURALS = ("ان", "ها", "های", "ات")
_MANY = ("ان", "ین", "ها", "های")
_BODY_WORDS = 8
"""Of a body that no list knows: «تیم فنی اعزامی سازمان …»."""
_UNNAMED_WORDS = 5
"""That tell more of an unnamed source: «منبع آگاه نزدیک به دولت»."""
_REPORTER_WORDS = 6
"""Between «خبرنگار» and the outlet: «خبرنگار حوزه دولت گروه سیاسی خبرگزاری …»."""


class Link(NamedTuple):
    """A source and the index after it."""

    source: FoundSource
    end: int


def source_at(view: WordView, at: int, end: int, lexicon: ActorsLexicon, *, unknown: bool = False) -> Link | None:
    """Return the source that begins at an index; with `unknown`, also one that nothing but its place makes a source."""
    opened = at
    at = view.past_quotes(at, end)
    if at >= end:
        return None
    found = _outlet(view, at, end, lexicon)
    if found is None and (at in view.names or view.texts[at] in lexicon.cues.other_sources):
        found = (
            _reporter(view, at, end, lexicon)
            or unnamed_at(view, at, end, lexicon)
            or _organisation(view, at, end, lexicon)
        )
    if found is None and unknown:
        quoted = opened < at and view.texts[at - 1] != "*"
        found = head_at(view, at, end, lexicon) or _unknown(view, at, end, lexicon, quoted=quoted)
    if found is None:
        return None
    after = found.end
    while after < end and view.texts[after] in CLOSING:
        after += 1
    return Link(found.source, _past_other_name(view, after, end))


def _past_other_name(view: WordView, at: int, end: int) -> int:
    """Return the index after the brackets in which an outlet is named again: «خبرگزاری دانشجویان ایران (ایسنا)»."""
    name = view.names.get(at + 1) if at < end and view.texts[at] == "(" else None
    closed = name is not None and name[1] < end and view.texts[name[1]] == ")"
    return name[1] + 1 if name and closed and name[0].of(EntryKind.OUTLET) else at


def _outlet(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> Link | None:
    words = lexicon.sources
    if at in view.names:
        name, after = view.names[at]
        if outlet := name.of(EntryKind.OUTLET):
            return Link(FoundSource(view.spot(at, after), SourceKind.OUTLET, outlet.id), after)
    if length := words.same_outlet.length(view.texts, at, end):
        return Link(FoundSource(view.spot(at, at + length), SourceKind.OUTLET), at + length)
    length = words.heads.length(view.texts, at, end)
    if length > 1 or (length and _ZWNJ in view.texts[at]):
        outlet_id = words.head_ids[tuple(view.texts[at : at + length])]
        return Link(FoundSource(view.spot(at, at + length), SourceKind.OUTLET, outlet_id), at + length)
    length = words.outlet_words.length(view.texts, at, end)
    if not length:
        issue = at + _ISSUE_WORDS if view.texts[at] == _ISSUE else at
        later = next((index for index in range(at + 1, min(issue, end)) if index in view.names), at)
        return _outlet(view, later, end, lexicon) if later > at else _by_ending(view, at, end, lexicon)
    return _after_kind_word(view, at, at + length, end, lexicon)


def _by_ending(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> Link | None:
    """Return an outlet that no list knows, by the end of its name: «شرق نیوز», «شرق‌نیوز»."""
    words, text = lexicon.sources, view.texts[at]
    if at in view.names or not text[0].isalpha() or text in lexicon.stops:
        return None
    if at + 1 < end and view.texts[at + 1] in words.outlet_endings:
        return Link(FoundSource(view.spot(at, at + 2), SourceKind.OUTLET), at + 2)
    if len(text) >= _ENDED_LETTERS and text.endswith(words.joined_endings):
        return Link(FoundSource(view.spot(at, at + 1), SourceKind.OUTLET), at + 1)
    return None


def _after_kind_word(view: WordView, at: int, first: int, end: int, lexicon: ActorsLexicon) -> Link | None:
    """Return the outlet whose kind is told before its name: «روزنامه اسرائیلی هاآرتص», «شبکه «افق»»."""
    for index in range(first, min(first + _OPEN_WORDS + 1, end)):
        if index in view.names:
            name, after = view.names[index]
            if outlet := name.of(EntryKind.OUTLET):
                return Link(FoundSource(view.spot(at, after), SourceKind.OUTLET, outlet.id), after)
        elif (length := lexicon.sources.heads.length(view.texts, index, end)) > 1 or (
            length and (index == first or _ZWNJ in view.texts[index] or is_country(view, index - 1))
        ):
            outlet_id = lexicon.sources.head_ids[tuple(view.texts[index : index + length])]
            return Link(FoundSource(view.spot(at, index + length), SourceKind.OUTLET, outlet_id), index + length)
        elif view.texts[index] in OPENING:
            if index + 1 in view.names and view.names[index + 1][0].of(EntryKind.OUTLET):
                continue
            last = view.closing(index + 1, end)
            if index + 1 < last <= index + _QUOTED_WORDS:
                return Link(FoundSource(view.spot(at, last), SourceKind.OUTLET), last)
        elif view.is_mark(index) or view.texts[index] in lexicon.stops:
            break
    last = _open_end(view, first, end, lexicon)
    if first < last and all(is_people(view, index) for index in range(first, last)):
        return Link(FoundSource(view.spot(at, last), SourceKind.ANONYMOUS), last)
    weak = first == at + 1 and view.texts[at] in lexicon.sources.weak_outlet_words
    reports = last < end and (
        view.texts[last] == ":"
        or (view.texts[at] == _MEDIUM and lexicon.sources.report_verbs.length(view.texts, last, end))
    )
    weak = weak and not reports
    return None if weak or last == first else Link(FoundSource(view.spot(at, last), SourceKind.OUTLET), last)


def is_country(view: WordView, at: int) -> bool:
    """Tell whether a country or its people is named at an index."""
    return at in view.names and view.names[at][0].of(EntryKind.COUNTRY) is not None


def is_people(view: WordView, at: int) -> bool:
    """Tell the adjective of a people, of which many outlets are: «اسرائیلی», «ژاپنی»."""
    name = view.names.get(at)
    country = name[0].of(EntryKind.COUNTRY) if name else None
    return country is not None and country.sense is Sense.PEOPLE


def _open_end(view: WordView, first: int, end: int, lexicon: ActorsLexicon) -> int:
    """Return the end of an unknown name: a few words up to a mark, a preposition or a verb."""
    last = first
    while last < min(first + _OPEN_WORDS, end) and not view.is_mark(last) and view.texts[last] not in lexicon.stops:
        if (
            view.texts[last].startswith(_VERBAL)
            or view.texts[last] in _PRINTED
            or lexicon.sources.report_verbs.length(view.texts, last, end)
        ):
            break
        last = view.names[last][1] if last in view.names else last + 1
    return min(last, end)


def _reporter(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> Link | None:
    length = lexicon.sources.reporters.length(view.texts, at, end)
    if not length:
        return None
    kind = SourceKind.OUTLET if view.texts[at] in lexicon.sources.desks else SourceKind.REPORTER
    for index in range(at + length, min(at + length + _REPORTER_WORDS, end)):
        if index in view.names:
            name, after = view.names[index]
            if outlet := name.of(EntryKind.OUTLET):
                return Link(FoundSource(view.spot(index, after), kind, outlet.id), after)
        if short := lexicon.sources.heads.length(view.texts, index, end):
            outlet_id = lexicon.sources.head_ids[tuple(view.texts[index : index + short])]
            return Link(FoundSource(view.spot(index, index + short), kind, outlet_id), index + short)
        if view.texts[index] in lexicon.sources.own:
            return Link(FoundSource(view.spot(at, index + 1), kind), index + 1)
        if (view.is_mark(index) and view.texts[index] not in OPENING) or view.texts[index] in lexicon.prepositions:
            break
    return None


def body_at(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> Link | None:
    """Return the body whose name begins at an index, whether a list knows it or not."""
    if known := _organisation(view, at, end, lexicon):
        return known
    last = at
    while last < min(at + _BODY_WORDS, end) and not view.is_mark(last) and view.texts[last] not in lexicon.stops:
        last = view.names[last][1] if last in view.names else last + 1
    return Link(FoundSource(view.spot(at, last), SourceKind.ORGANISATION), last) if last > at + 1 else None


def one_or_many_at(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> Link | None:
    """Return «یک خلبان» or «مسافران …», of which «به گفته» makes a source, whoever they are."""
    text = view.texts[at]
    one = int(text == "یک")
    if view.is_mark(at) or text in lexicon.stops - {"یک"} or not (one or text.endswith(_MANY)):
        return None
    last = _open_end(view, at + one, end, lexicon)
    return Link(FoundSource(view.spot(at, last), SourceKind.ANONYMOUS), last) if last > at + one else None


def may_be_unnamed(texts: Sequence[str], at: int, lexicon: ActorsLexicon) -> bool:
    """Tell a number or «این» before a source, or a source's own word, from all others, at a glance."""
    nouns = lexicon.cues.nouns
    return texts[at] in nouns or not nouns.isdisjoint(texts[at + 1 : at + 4])


def unnamed_at(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> Link | None:
    """Return the source without a name that begins at an index."""
    words = lexicon.sources
    counted = words.unnamed_counts.length(view.texts, at, end)
    head = words.unnamed_heads.length(view.texts, at + counted, end)
    if not head:
        return _one_medium(view, at, at + counted, end, lexicon) if counted else None
    first = last = at + counted + head
    while last < min(first + _UNNAMED_WORDS, end):
        if view.texts[last] in words.unnamed_modifiers:
            last += 3 if view.texts[last] == _NEAR and last + 2 < end and view.texts[last + 1] == "به" else 1
        elif last in view.names and not view.names[last][0].of(EntryKind.OUTLET):
            last = view.names[last][1]
        else:
            break
    if first < end and view.texts[first] in words.not_sources:
        return None
    plural = view.texts[first - 1].endswith(("ها", "ان", "ات", "های", "هایی", "منابع", "منابعی"))
    if not counted and last == first and not plural:
        return None
    return Link(FoundSource(view.spot(at, min(last, end)), SourceKind.ANONYMOUS), min(last, end))


def _one_medium(view: WordView, at: int, first: int, end: int, lexicon: ActorsLexicon) -> Link | None:
    """Return «یک رسانه فلسطینی», «چند روزنامه محلی»: an outlet of which nothing but its people or kind is told."""
    last = first + (lexicon.sources.outlet_words.length(view.texts, first, end) if first < end else 0)
    begun = last
    while first < last < end and (is_people(view, last) or view.texts[last] in lexicon.sources.unnamed_modifiers):
        last = view.names[last][1] if last in view.names else last + 1
    if last == begun or view.texts[at] == _THIS or (last < end and view.texts[last] in OPENING):
        return None
    return Link(FoundSource(view.spot(at, last), SourceKind.ANONYMOUS), last)


def _organisation(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> Link | None:
    if at in view.names:
        name, after = view.names[at]
        if body := name.of(*_BODIES):
            return Link(FoundSource(view.spot(at, after), SourceKind.ORGANISATION, body.id), after)
    length = lexicon.sources.organisation_words.length(view.texts, at, end)
    if not length:
        return None
    first = at + length
    if inner := (_organisation(view, first, end, lexicon) if first < end else None):
        return Link(
            FoundSource(view.spot(at, inner.end), SourceKind.ORGANISATION, inner.source.id),
            inner.end,
        )
    last = _open_end(view, first, end, lexicon)
    if last == first:
        return None
    return Link(FoundSource(view.spot(at, last), SourceKind.ORGANISATION), last)


def head_at(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> Link | None:
    """Return the outlet at an index by a short name, which may be a usual word elsewhere."""
    length = lexicon.sources.heads.length(view.texts, at, end)
    if not length:
        return None
    outlet_id = lexicon.sources.head_ids[tuple(view.texts[at : at + length])]
    return Link(FoundSource(view.spot(at, at + length), SourceKind.OUTLET, outlet_id), at + length)


def _unknown(view: WordView, at: int, end: int, lexicon: ActorsLexicon, *, quoted: bool) -> Link | None:
    """Return an outlet that is known by its place alone: in quotation marks, in Latin letters, or before a comma."""
    if quoted:
        last = view.closing(at, end)
        if at < last <= at + 4:
            return Link(FoundSource(view.spot(at, last), SourceKind.OUTLET), last)
        return None
    return None if view.texts[at] in lexicon.people.not_family else _by_place(view, at, end, lexicon)


def _by_place(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> Link | None:
    if view.texts[at].endswith(_PLURALS) or view.texts[at] == "یک":
        last = _open_end(view, at + int(view.texts[at] == "یک"), end, lexicon)
        if last > at + 1:
            return Link(FoundSource(view.spot(at, last), SourceKind.ANONYMOUS), last)
    last = _open_end(view, at, end, lexicon)
    latin = last > at and view.texts[at].isascii() and view.texts[at].isalpha()
    closed = at < last < end and view.texts[last] in "،,:"
    if last == at + 1 and view.texts[at] in lexicon.sources.unnamed_modifiers:
        return None
    if latin:
        while last > at + 1 and not view.texts[last - 1].isascii():
            last -= 1
    if latin or closed:
        return Link(FoundSource(view.spot(at, last), SourceKind.OUTLET), last)
    return None
