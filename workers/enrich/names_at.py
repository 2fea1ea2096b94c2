"""Reads a name at one place in the words: titles stepped over, given names and what may be a family name.

Knows nothing of offices but how they begin, or of other places in the text.
"""

from typing import NamedTuple

from workers.enrich.gazetteer_entries import EntryKind
from workers.enrich.lexicon_actors import ActorsLexicon
from workers.enrich.person_stance import says
from workers.enrich.reading import folded
from workers.enrich.word_view import WordView

_FAMILY_WORDS = 4
_SHORTEST_ARABIC = 4
_ENDINGS = tuple(map(folded, ("زاده", "نژاد", "پور", "وندی", "آبادی", "فسکی", "شویلی", "یانی", "الدین", "الاسلام")))
_CLOSED = frozenset({"،", ",", "»", '"'})
_GIVEN_WORDS = 3
_QUOTED_NAME_WORDS = 4
_FEWEST_QUOTED = 2
_BODIES = (EntryKind.BODY, EntryKind.OFFICE, EntryKind.INTERNATIONAL, EntryKind.AIRLINE, EntryKind.AIRPORT)
_ENDS_OF_BODIES = frozenset(
    map(
        folded,
        (
            "مجلس",
            "پلیس",
            "دادگستری",
            "گمرک",
            "مرزبانی",
            "سپاه",
            "ارتش",
            "دولت",
            "کنگره",
            "سنا",
            "شهرداری",
            "استانداری",
            "فرمانداری",
            "ناجا",
            "فراجا",
            "اورژانس",
            "سنتکام",
            "ناتو",
            "پنتاگون",
            "پارلمان",
            "مرکزی",
            "آتش‌نشانی",
            "سفارت",
            "هواپیمایی",
            "بانک",
            "دانشگاه",
            "باشگاه",
        ),
    )
)
"""Bodies that stand alone, so that a name may follow: «رئیس مجلس …»."""
_SAYYID, _SAYYID_WORDS = folded("سید"), 2
_ZWNJ = "\u200c"
_NAME_QUOTES = frozenset("«\"“'")
_ENDINGS_OF_NOUNS = tuple(f"{_ZWNJ}{ending}" for ending in ("ها", "های", "هایی", "هایش", "تر", "ترین"))
"""Of words that no name is."""


class NameAt(NamedTuple):
    """A name without its titles, half-open."""

    first: int
    last: int
    titled: bool
    known: bool


def name_at(view: WordView, at: int, end: int, lexicon: ActorsLexicon, *, beside: bool = False) -> NameAt | None:
    """Return the name that begins at an index, titles before it stepped over.

    With `beside`, an office stands next to it, so that given names that are usual words count as well.
    """
    first = at
    people = lexicon.people
    while (length := people.titles.length(view.texts, first, end)) and first + length < end:
        following = first + length
        quoted = view.texts[following] in _NAME_QUOTES
        if (view.is_mark(following) and not quoted) or view.texts[following] in lexicon.stops:
            break
        first = following
    titled = first > at
    if titled and first + 1 < end and view.texts[first] in _NAME_QUOTES:
        first += 1
    if first >= end or _is_place(view, first, lexicon):
        return None
    known = people.known.length(view.texts, first, end)
    given = _given(view, first, end, lexicon)
    if given and not (titled or beside) and given == 1 and view.texts[first] in people.common:
        given = 0
    last = _family(view, first + given, end, lexicon) if given or titled else first
    if given and last == first + given:
        last = last if given > 1 or titled else first
    if given == 1 and view.texts[first] == _SAYYID and last == first + _SAYYID_WORDS:
        last += int(_is_family_of(view, last, end, lexicon))
    last = max(last, first + known)
    return NameAt(first, last, titled, bool(known)) if last > first else None


def _is_place(view: WordView, at: int, lexicon: ActorsLexicon) -> bool:
    """Tell names of streets, hospitals and the like, and of the dead, from people of the article."""
    if at in view.inside or (at in view.names and view.names[at][1] - at > 1):
        return True
    quoted = at > 1 and view.texts[at - 1] in _NAME_QUOTES
    before = view.texts[at - 1 - quoted] if at else ""
    return before in lexicon.people.not_people or (before in lexicon.roles.bodies and before not in _ENDS_OF_BODIES)


def past_namesake(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> int:
    """Return the index after the whole name that a street, a prize or a government bears; 0 where none begins."""
    if at in view.inside or at in view.names or not _is_place(view, at, lexicon):
        return 0
    given = _given(view, at, end, lexicon)
    return _family(view, at + given, end, lexicon) if given and at + given < end else 0


def _given(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> int:
    """Return how many words of given names begin at an index."""
    count = 0
    while count < _GIVEN_WORDS and at + count < end:
        length = lexicon.people.given.length(view.texts, at + count, end)
        if not length:
            break
        count += length
    return count


def _family(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> int:
    """Return the index after the family name that begins at an index; the index itself if none does."""
    people, texts = lexicon.people, view.texts
    last = at
    while last < end and texts[last] in people.links and last + 1 < end and not view.is_mark(last + 1):
        last += 1
    if last >= end or not _may_be_name(view, last, end, lexicon):
        return at
    last += 1
    while last < min(end, at + _FAMILY_WORDS) and _may_be_name(view, last, end, lexicon):
        if not (_goes_on(texts[last], lexicon) or _closes(view, last + 1, end, lexicon)):
            break
        last += 1
        if texts[last - 1] in people.links and last < end and _may_be_name(view, last, end, lexicon):
            last += 1
    return last


def _is_family_of(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> bool:
    """Tell the family name behind «سید» and a given name that no list knows."""
    if at >= end or view.texts[at] in lexicon.roles.finite or view.texts[at] in lexicon.roles.ends:
        return False
    return at not in view.names and at not in view.inside and _may_be_name(view, at, end, lexicon)


def _goes_on(text: str, lexicon: ActorsLexicon) -> bool:
    arabic = text.startswith("ال") and len(text) > _SHORTEST_ARABIC
    return arabic or text in lexicon.people.second or text in lexicon.people.links or text.endswith(_ENDINGS)


def _closes(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> bool:
    """Tell whether a name ends for certain before an index: at a comma, a mark, an office or a verb of speech."""
    if at >= end:
        return False
    if view.texts[at] in _CLOSED:
        return True
    return lexicon.roles.heads.length(view.texts, at, end) > 0 or says(view, at, end, lexicon)


def _may_be_name(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> bool:
    text = view.texts[at]
    if not text[0].isalpha() or text.isascii() or len(text) == 1:
        return False
    noun = text.endswith(_ENDINGS_OF_NOUNS) and text not in lexicon.people.second
    if noun or text in lexicon.stops or text in lexicon.people.not_family:
        return False
    if text in lexicon.people.usual and not (at + 1 < end and view.texts[at + 1] in lexicon.people.second):
        return False
    if lexicon.roles.heads.length(view.texts, at, end) or text.startswith(f"می{_ZWNJ}"):
        return False
    said = lexicon.speech.nouns.length(view.texts, at, end)
    if said and lexicon.speech.light_verbs.length(view.texts, at + said, end):
        return False
    return not (at in view.names and view.names[at][0].of(*_BODIES, EntryKind.OUTLET))


def name_begins(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> bool:
    """Tell whether the holder's name begins here, unless the office is that of somebody's adviser or kin."""
    people = lexicon.people
    before = view.texts[at - 1]
    if before in lexicon.roles.of_somebody or (before in lexicon.roles.bodies and before not in _ENDS_OF_BODIES):
        return False
    if people.titles.length(view.texts, at, end) or people.known.length(view.texts, at, end):
        return True
    given = _given(view, at, end, lexicon)
    return bool(given) and at + given < end and _may_be_name(view, at + given, end, lexicon)


def quoted_name(
    view: WordView, at: int, end: int, lexicon: ActorsLexicon, fewest: int = _FEWEST_QUOTED
) -> NameAt | None:
    """Return a name of two words or more, or of `fewest`, in quotation marks that open at an index."""
    if at >= end or view.texts[at] not in _NAME_QUOTES:
        return None
    last = view.closing(at + 1, end)
    if not at + fewest < last <= at + 1 + _QUOTED_NAME_WORDS:
        return None
    if any(not text[0].isalpha() for text in view.texts[at + 1 : last]):
        return None
    opening = view.texts[at + 1]
    if opening in lexicon.people.usual or opening in lexicon.people.not_people or opening in lexicon.roles.bodies:
        return None
    known = view.names.get(at + 1)
    if known and known[0].of(*_BODIES, EntryKind.OUTLET):
        return None
    return NameAt(at + 1, last, titled=False, known=False)
