"""Reads a name or an office at one place in the words.

Knows nothing of who says or does what, or of other places in the text.
"""

from typing import NamedTuple

from workers.enrich.gazetteer_entries import EntryKind
from workers.enrich.lexicon_actors import ActorsLexicon
from workers.enrich.office_places import (
    IN,
    IN_PLACE,
    PARLIAMENTS,
    goes_on_with,
    holds_post,
    is_adjective,
    is_shared_by_two,
    is_where_sent,
    past_place,
    prepositions,
    shared_by_states,
    tells_state,
)
from workers.enrich.office_words import (
    body_goes_on,
    fields_joined,
    fields_listed,
    holder_acts,
    is_behind_whole_office,
    quoted_body,
)
from workers.enrich.reading import folded
from workers.enrich.word_view import WordView

_FAMILY_WORDS = 4
_SHORTEST_ARABIC = 4
_ENDINGS = tuple(map(folded, ("زاده", "نژاد", "پور", "وندی", "آبادی", "فسکی", "شویلی", "یانی", "الدین", "الاسلام")))
_CLOSED = frozenset({"،", ",", "»", '"'})
_GIVEN_WORDS = 3
_ROLE_WORDS = 14
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
_DEPUTY = folded("نماینده")
_ATTACHED = folded("وابسته")
"""«وابسته نظامی» is an attaché, «وابسته به» is none."""
_ZWNJ = "\u200c"
_CLOSING_PARTS = frozenset(")»”\"'")
"""Marks inside an office: «شرکت «آفتاب»»."""
_NAME_QUOTES = frozenset("«\"“'")
_GOING_OVER = frozenset({"این", "دو", "و", "با", "از", "بر", "به"})
_COUNTRY = folded("کشور")


class NameAt(NamedTuple):
    """A name without its titles, half-open."""

    first: int
    last: int
    titled: bool
    known: bool


def somebody_at(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> int:
    """Return the index after the name or office that begins at an index; 0 if none does."""
    if at >= end:
        return 0
    if name := name_at(view, at, end, lexicon):
        return name.last
    return role_at(view, at, end, lexicon)


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
    last = max(last, first + known)
    return NameAt(first, last, titled, bool(known)) if last > first else None


def _is_place(view: WordView, at: int, lexicon: ActorsLexicon) -> bool:
    """Tell names of streets, hospitals and the like, and of the dead, from people of the article."""
    if at in view.inside or (at in view.names and view.names[at][1] - at > 1):
        return True
    before = view.texts[at - 1] if at else ""
    return before in lexicon.people.not_people or (before in lexicon.roles.bodies and before not in _ENDS_OF_BODIES)


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


def _goes_on(text: str, lexicon: ActorsLexicon) -> bool:
    arabic = text.startswith("ال") and len(text) > _SHORTEST_ARABIC
    return arabic or text in lexicon.people.second or text in lexicon.people.links or text.endswith(_ENDINGS)


def _closes(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> bool:
    """Tell whether a name ends for certain before an index: at a comma, a mark, an office or a verb of speech."""
    if at >= end:
        return False
    if view.texts[at] in _CLOSED:
        return True
    return lexicon.roles.heads.length(view.texts, at, end) > 0 or _is_speech(view, at, end, lexicon)


def _may_be_name(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> bool:
    text = view.texts[at]
    if not text[0].isalpha() or len(text) == 1 or text in lexicon.stops or text in lexicon.people.not_family:
        return False
    if text in lexicon.people.usual and not (at + 1 < end and view.texts[at + 1] in lexicon.people.second):
        return False
    if lexicon.roles.heads.length(view.texts, at, end) or text.startswith(f"می{_ZWNJ}"):
        return False
    if lexicon.speech.nouns.length(view.texts, at, end) and at + 1 < end:
        noun = lexicon.speech.nouns.length(view.texts, at, end)
        if lexicon.speech.light_verbs.length(view.texts, at + noun, end):
            return False
    return not (at in view.names and view.names[at][0].of(*_BODIES, EntryKind.OUTLET))


def role_at(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> int:
    """Return the index after the office that begins at an index, with its body and country; 0 if none does."""
    roles, texts = lexicon.roles, view.texts
    head = roles.heads.length(texts, at, end)
    if not head or (texts[at] == _ATTACHED and texts[at + 1 : at + 2] == ["به"]):
        return 0
    through: frozenset[str] = frozenset()
    limit = min(end, at + _ROLE_WORDS)
    last = _past_constituency(view, at + head, limit) if texts[at] == _DEPUTY else at + head
    in_country = False
    while last < limit:
        if texts[last - 1] in roles.of_somebody and (somebody := name_at(view, last, end, lexicon)):
            return role_at(view, somebody.last, limit, lexicon) or somebody.last
        if texts[last] in IN_PLACE and not through:
            through = prepositions(texts[at], is_post=holds_post(texts, at, last, roles))
        step = _step(view, last, limit, lexicon, through=through, in_country=in_country)
        again = texts[last] == "این" and not {*texts[last + 1 : last + 2]}.isdisjoint(texts[at:last])
        if step == last or again:  # «سرمربی تیم فوتبال … این تیم»: what has its body goes on to no other of its kind
            break
        sent, in_country = is_where_sent(texts[last], through), tells_state(view, last, roles)
        last = step
        if sent:
            break
    last = min(last, limit)
    while last > at + head and (view.is_mark(last - 1) and texts[last - 1] not in _CLOSING_PARTS):
        last -= 1
    return last


def _past_constituency(view: WordView, first: int, end: int) -> int:
    """Return the index of the «در» of «نماینده مردم … و … در مجلس», else `first`."""
    for index in range(first, min(end - 1, first + _ROLE_WORDS)):
        if view.is_mark(index):
            break
        if view.texts[index] == "در":
            return index if view.texts[index + 1] in PARLIAMENTS else first
    return first


def _step(
    view: WordView, at: int, end: int, lexicon: ActorsLexicon, *, through: frozenset[str], in_country: bool
) -> int:
    """Return the index after the next piece of an office; the index itself where the office has ended."""
    text = view.texts[at]
    if not text[0].isalnum():
        return _past_mark(view, at, end, lexicon)
    if text == IN or text in through:
        return past_place(view, at, end, lexicon.roles, through=through)
    if at in view.names:
        return at if in_country and not goes_on_with(view, at) else view.names[at][1]
    if text in _GOING_OVER:
        return at + 2 if at + 1 < end and _goes_over(view, at, end, lexicon) else at
    if in_country and text != "کشور":
        goes_on = is_adjective(view, at - 1) and text in lexicon.roles.bodies
    else:
        goes_on = not _ends_role(view, at, end, lexicon)
    return at + goes_on


def _past_mark(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> int:
    """Return the index after what a mark brings into an office: the next of a list, «(ره)», a body in quotes."""
    text = view.texts[at]
    if text in {"،", ","} and at + 1 < end:
        listed = (view.texts[at - 1], view.texts[at + 1]) in lexicon.roles.listed
        return at + 2 if listed or fields_listed(view, at, end, lexicon.roles) else at
    if text in _NAME_QUOTES:
        return quoted_body(view, at, end, lexicon.roles)
    bracketed = text == "(" and at + 2 < end and view.texts[at + 2] == ")"
    return at + 3 if bracketed and not name_at(view, at + 1, end, lexicon) else at


def _goes_over(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> bool:
    """Tell whether an office goes on over «این», «و» or a preposition."""
    text = view.texts[at]
    if text == "این":
        return view.texts[at + 1] in lexicon.roles.these
    if text == "دو":
        return view.texts[at + 1] == _COUNTRY and is_shared_by_two(view, at)
    if text == "و":
        return _is_joined(view, at, end, lexicon) or shared_by_states(view, at)
    return (view.texts[at - 1], text) in lexicon.roles.across


def _ends_role(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> bool:
    """Tell whether a word that no gazetteer knows is no part of an office any more."""
    text = view.texts[at]
    if text in lexicon.stops or text in lexicon.roles.ends or text.startswith((f"می{_ZWNJ}", f"نمی{_ZWNJ}")):
        return True
    if holder_acts(view, at, end, lexicon) or is_behind_whole_office(view, at, end, lexicon.roles):
        return True
    return _is_speech(view, at, end, lexicon) or _name_begins(view, at, end, lexicon)


def _is_joined(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> bool:
    """Tell the «و» of «امنیتی و انتظامی» or «راه و شهرسازی» from one between two offices."""
    if at + 1 >= end:
        return False
    left, right = view.texts[at - 1], view.texts[at + 1]
    if (left, right) in lexicon.roles.joined:
        return True
    if right in lexicon.stops or lexicon.roles.heads.length(view.texts, at + 1, end) or at + 1 in view.names:
        return False
    if right in lexicon.roles.companions:
        return False
    if fields_joined(view, at, end, lexicon.roles):
        return True
    # «امنیتی و انتظامی», «فرهنگی و تبلیغات دفاعی»
    ends = view.texts[at + 1 : min(at + 3, end)]
    alike = right.endswith("ی") or (len(ends) > 1 and ends[1].endswith("ی") and ends[1] not in lexicon.stops)
    joined = (left.endswith("ی") and alike) or body_goes_on(view, at, end, lexicon.roles)
    return joined and not _name_begins(view, at + 1, end, lexicon)


def _is_speech(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> bool:
    speech = lexicon.speech
    if speech.verbs.length(view.texts, at, end):
        return True
    noun = speech.nouns.length(view.texts, at, end)
    return bool(noun and speech.light_verbs.length(view.texts, at + noun, end))


def _name_begins(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> bool:
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
