"""Finds the name beside an office, also one that no list knows: behind it, in front of it, in quotation marks.

Knows nothing of what the office is, or of which places mean the same person.
"""

from typing import NamedTuple

from workers.enrich import office_owners as owners
from workers.enrich.lexicon_actors import ActorsLexicon
from workers.enrich.names_at import NameAt, name_at, quoted_name
from workers.enrich.person_stance import says, speech_verb
from workers.enrich.persons_at import role_at
from workers.enrich.reading import Sentence
from workers.enrich.unlisted_names import begins_elsewhere, speaks_alone
from workers.enrich.word_view import CLOSING, OPENING, WordView

BEFORE_ROLE = frozenset("،,؛(-–ـ\\")
"""Marks between a name and its office."""
_DASHES = frozenset("-–ـ")
_COMMAS = frozenset("،,")
_SHORTEST = 2
"""Letters of a lone word in front of «، صدراعظم …»: fewer are no name."""
_HOLDER_WORDS = 3
"""Of a name in front of «، معاون …», or behind an office with its country, that no list knows."""
_QUOTED_BACK = 6
"""From a closing quotation mark to the opening one before a name."""
_OUTLET_WORDS = 4
"""From the word for an outlet's kind to its name in quotation marks."""
_PLURALS = ("\u200cها", "\u200cهای", "\u200cهایی", "ترین")
_ENDS_OF_NAMES = frozenset("،,:؛)(.-–")


class Gap(NamedTuple):
    """An office and where its holder may stand, half-open."""

    first: int
    last: int
    """Of the office."""
    free: int
    """The first index in its sentence that belongs to nobody before."""
    sentence: Sentence


def holder_after(view: WordView, gap: Gap, lexicon: ActorsLexicon) -> NameAt | None:
    """Return the name behind an office: at once, in quotation marks, or behind a comma if it is plainly a name."""
    end, texts, last = gap.sentence.last, view.texts, gap.last
    if last >= end or owners.is_by_order(view, gap.first, last):
        return None
    if quoted := quoted_name(view, last, end, lexicon):
        return quoted
    comma = texts[last] in _COMMAS
    first = last + 1 if comma or texts[last] == "(" else last
    if quoted := quoted_name(view, first, end, lexicon):
        return None if comma and _role_follows(view, quoted.last + 1, end, lexicon) else quoted
    if name := name_at(view, first, end, lexicon, beside=not comma):
        # «وزیر کشور، علی لاریجانی دبیر شورا»: the name behind the comma has an office of its own.
        return None if comma and _role_follows(view, name.last, end, lexicon) else name
    return None if comma else _open_holder(view, gap, lexicon)


def _role_follows(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> bool:
    at = next((index for index in range(at, end) if view.texts[index] not in BEFORE_ROLE | CLOSING), end)
    return at < end and role_at(view, at, end, lexicon) > 0


def _open_holder(view: WordView, gap: Gap, lexicon: ActorsLexicon) -> NameAt | None:
    """Return a name that no list knows, behind an office that its country or body has ended."""
    last, end = gap.last, gap.sentence.last
    owner = view.inside.get(last - 1, last - 1)
    if owner < gap.first or owner not in view.names:
        return None
    stop = last
    while stop < end and stop < last + _HOLDER_WORDS and is_open(view, stop, end, lexicon):
        stop += 1
    if stop - last < 2 or stop >= end:  # noqa: PLR2004 - one unknown word is no name
        return None
    closes = view.texts[stop] in _ENDS_OF_NAMES or says(view, stop, end, lexicon)
    return NameAt(last, stop, titled=False, known=False) if closes else None


def is_open(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> bool:
    """Tell a word of which nothing is known but that it may be of a name."""
    text = view.texts[at]
    return (
        text[0].isalpha()
        and len(text) > 1
        and not text.isascii()
        and text not in lexicon.stops
        and text not in lexicon.roles.ends
        and text not in lexicon.people.usual
        and text not in lexicon.people.not_people
        and not text.endswith(_PLURALS)
        and text not in lexicon.speech.announcing.firsts
        and at not in view.names
        and at not in view.inside
        and not lexicon.roles.heads.length(view.texts, at, end)
        and not says(view, at, end, lexicon)
    )


def bounds(view: WordView, at: int, lexicon: ActorsLexicon) -> bool:
    """Tell a word or mark before which no name goes on."""
    text = view.texts[at]
    return view.is_mark(at) or text in lexicon.stops or text in lexicon.people.usual


def holder_before(view: WordView, gap: Gap, lexicon: ActorsLexicon) -> NameAt | None:
    """Return the name in front of «، معاون …», or in quotation marks before an office, that no list knows."""
    at, sentence = gap.first, gap.sentence
    if at > sentence.first and view.texts[at - 1] in CLOSING:
        fewest = 1 if owners.is_of_somewhere(view, at, gap.last) else 2
        if quoted := _quoted_before(view, gap, lexicon, fewest):
            return quoted
    comma = at > 0 and view.texts[at - 1] in BEFORE_ROLE - {"("}
    bare = gap.last == at + lexicon.roles.heads.length(view.texts, at, gap.last)
    if at - 1 - comma < gap.free or at < 1 or (bare and not comma):  # «پدافند هوایی فعال شد»
        return None
    last = at - 1 if comma else at
    while last > sentence.first and view.texts[last - 1] in CLOSING:
        last -= 1
    first = last
    while first > gap.free and last - first < _HOLDER_WORDS and is_open(view, first - 1, at, lexicon):
        first -= 1
    named = first < last and _is_bounded(view, first, last, gap, lexicon) and _is_told(view, first, last, gap, lexicon)
    return NameAt(first, last, titled=False, known=False) if named else None


def _is_bounded(view: WordView, first: int, last: int, gap: Gap, lexicon: ActorsLexicon) -> bool:
    """Tell whether a name may begin at an index, and is no more than a title."""
    free = first == gap.free or bounds(view, first - 1, lexicon)
    return (
        free
        and view.texts[first] not in lexicon.people.not_given
        and view.texts[last - 1] not in lexicon.people.titles.firsts
    )


def _is_told(view: WordView, first: int, last: int, gap: Gap, lexicon: ActorsLexicon) -> bool:
    """Tell whether comma, place, body or other sentences show that unknown words before an office are its holder."""
    comma = view.texts[gap.first - 1] in BEFORE_ROLE - {"("}
    begins = first == gap.sentence.first or view.texts[first - 1] in {"،", ",", ":", "«", '"'}
    if last - first > 1:
        return comma or begins or owners.is_of_somewhere(view, gap.first, gap.last)
    if len(view.texts[first]) <= _SHORTEST:
        return False
    if not (comma or begins or owners.is_of_somewhere(view, gap.first, gap.last)):
        return speaks_alone(view, first, lexicon)
    marked = comma and last < gap.first - 1 and view.texts[first - 1] in OPENING
    marked = marked and not _is_outlets(view, first - 1, gap, lexicon)
    dashed = view.texts[gap.first - 1] in _DASHES and owners.is_of_somewhere(view, gap.first, gap.last)
    return marked or dashed or _leads(view, first, gap, lexicon, comma=comma) or begins_elsewhere(view, first)


def _is_outlets(view: WordView, opening: int, gap: Gap, lexicon: ActorsLexicon) -> bool:
    """Tell an outlet's name in quotation marks: «خبرگزاری دولتی … «نام»، وزیر …»."""
    before = view.texts[max(gap.sentence.first, opening - _OUTLET_WORDS) : opening]
    return not lexicon.sources.outlet_words.firsts.isdisjoint(before)


def _leads(view: WordView, first: int, gap: Gap, lexicon: ActorsLexicon, *, comma: bool) -> bool:
    """Tell one word that a sentence begins with before an office: with a comma, or with a body and with speech."""
    if comma:
        return (
            first == gap.sentence.first
            or view.texts[first - 1] == ":"
            or lexicon.speech.announcing.length(view.texts, first - 1, first) > 0
        )
    return (
        first == gap.sentence.first
        and view.passage.name == "text"
        and owners.is_of_somewhere(view, gap.first, gap.last)
        and speech_verb(view, gap.last, gap.sentence, lexicon) is not None
    )


def _quoted_before(view: WordView, gap: Gap, lexicon: ActorsLexicon, fewest: int) -> NameAt | None:
    """Return the name of so many words in the quotation marks that close right before an office."""
    closing = gap.first - 1
    for opening in range(closing - 1, max(gap.free, closing - _QUOTED_BACK) - 1, -1):
        if view.texts[opening] in OPENING:
            if opening == closing - 2 and _is_outlets(view, opening, gap, lexicon):
                return None
            return quoted_name(view, opening, closing + 1, lexicon, fewest)
    return None
