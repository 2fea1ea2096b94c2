"""Reads an office at one place in the words, with its body, its country and whoever it is of.

Knows nothing of who says or does what, or of other places in the text.
"""

from workers.enrich.gazetteer_entries import EntryKind
from workers.enrich.lexicon_actors import ActorsLexicon
from workers.enrich.names_at import name_at, name_begins, quoted_name
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
from workers.enrich.offices import THIS
from workers.enrich.person_stance import says
from workers.enrich.reading import folded
from workers.enrich.word_view import CLOSING, OPENING, WordView

_ROLE_WORDS = 14
_DEPUTY = folded("نماینده")
_ATTACHED = folded("وابسته")
"""«وابسته نظامی» is an attaché, «وابسته به» is none."""
_COUNTRY = folded("کشور")
_ACTING = folded("عامل")
_BOARDS = frozenset(map(folded, ("هیئت", "هیات", "هیأت")))
"""«هیئت عامل» is a board."""
_GOVERNMENT = folded("دولت")
_REGIONS = frozenset(
    map(folded, ("ایالت", "استان", "شهر", "منطقه", "شهرستان", "ناحیه", "بندر", "جزیره", "جبهه", "جنبش"))
)
_RANK = folded("مقام")
"""«مقام سوم» is a place among competitors."""
_ORDINALS = frozenset(map(folded, ("اول", "دوم", "سوم", "چهارم", "پنجم", "نخست", "قهرمانی", "نایب‌قهرمانی", "برتر")))
_ZWNJ = "\u200c"
_GOING_OVER = THIS | frozenset({"دو", "و", "با", "از", "بر", "به"})
_SHARED = frozenset(map(folded, ("مشترک", "دوستی", "پارلمانی", "بازرگانی", "اتاق", "همکاری", "همکاری‌های", "روابط")))
"""Words after which two states are named of whom an office is: «اتاق مشترک ایران و …»."""
_SHARED_WORDS = 3
_DAY = folded("شنبه")
"""Also within «پنج‌شنبه‌شب»."""


def somebody_at(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> int:
    """Return the index after the name or office that begins at an index; 0 if none does."""
    if at >= end:
        return 0
    if name := name_at(view, at, end, lexicon):
        return name.last
    return role_at(view, at, end, lexicon)


def role_at(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> int:
    """Return the index after the office that begins at an index, with its body and country; 0 if none does."""
    roles, texts = lexicon.roles, view.texts
    head = roles.heads.length(texts, at, end)
    if not head or (texts[at] == _RANK and at + 1 < end and texts[at + 1] in _ORDINALS):
        return 0
    if texts[at] == _ATTACHED and texts[at + 1 : at + 2] == ["به"]:
        return 0
    through: frozenset[str] = frozenset()
    limit = min(end, at + _ROLE_WORDS)
    last = _past_constituency(view, at + head, limit) if texts[at] == _DEPUTY else at + head
    in_country = False
    while last < limit:
        if texts[last - 1] in roles.of_somebody and (past := _past_somebody(view, last, end, lexicon)):
            return role_at(view, past, limit, lexicon) or past
        if texts[last] in IN_PLACE and not through:
            through = prepositions(texts[at], is_post=holds_post(texts, at, last, roles))
        step = _step(view, last, limit, lexicon, through=through, in_country=in_country)
        again = texts[last] in THIS and not {*texts[last + 1 : last + 2]}.isdisjoint(texts[at:last])
        if step == last or again:  # «سرمربی تیم فوتبال … این تیم»: what has its body goes on to no other of its kind
            break
        sent = is_where_sent(texts[last], through)
        in_country = tells_state(view, last + (texts[last] == "و"), roles)
        last = step
        if sent:
            break
    last = min(last, limit)
    while last > at + head and view.is_mark(last - 1) and texts[last - 1] != ")":
        if texts[last - 1] in CLOSING and not OPENING.isdisjoint(texts[at:last]):
            break
        last -= 1
    return last


def _past_somebody(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> int:
    """Return the index after the name of whom an office is, as in «مشاور …», with its quotation marks; 0 if none."""
    if somebody := name_at(view, at, end, lexicon):
        return somebody.last
    quoted = quoted_name(view, at, end, lexicon)
    return quoted.last + 1 if quoted else 0


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
        ends = in_country and (text == _GOVERNMENT or not goes_on_with(view, at))
        return at if ends else view.names[at][1]
    if text in _GOING_OVER:
        return _past_joint(view, at, end, lexicon)
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
    if text in OPENING and (past := quoted_body(view, at, end, lexicon.roles)) > at:
        return past
    bracketed = at + 2 < end and (text == "(" or (text in OPENING and _names_body(view, at, lexicon)))
    bracketed = bracketed and not name_at(view, at + 1, end, lexicon)
    return at + 3 if bracketed and view.texts[at + 2] in CLOSING else at


def _names_body(view: WordView, at: int, lexicon: ActorsLexicon) -> bool:
    """Tell quotation marks around the name of a body or place: «رهبر گروه «…»»."""
    before = view.texts[at - 1]
    return before in lexicon.roles.bodies or before in lexicon.roles.private_bodies or before in _REGIONS


def _past_joint(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> int:
    """Return the index after «این», «و» or a preposition and what it joins; that of the word where an office ends."""
    if _is_shared(view, at):
        return view.names[at + 1][1]
    return at + 2 if at + 1 < end and _goes_over(view, at, end, lexicon) else at


def _is_shared(view: WordView, at: int) -> bool:
    """Tell the «و» between the two states of «گروه دوستی پارلمانی ایران و …», and the two towns of a deputy."""
    first = view.inside.get(at - 1, at - 1)
    one, other = view.names.get(first), view.names.get(at + 1)
    if view.texts[at] != "و" or one is None or other is None:
        return False
    if one[0].of(EntryKind.CITY) and other[0].of(EntryKind.CITY):
        return view.texts[first - 1] == _DEPUTY
    states = one[0].of(EntryKind.COUNTRY) and other[0].of(EntryKind.COUNTRY)
    return bool(states) and not _SHARED.isdisjoint(view.texts[max(first - _SHARED_WORDS, 0) : first])


def _goes_over(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> bool:
    """Tell whether an office goes on over «این», «و» or a preposition."""
    text = view.texts[at]
    if text in THIS:
        return view.texts[at + 1] in lexicon.roles.these
    if text == "دو":
        return view.texts[at + 1] == _COUNTRY and is_shared_by_two(view, at)
    if text == "و":
        return _is_joined(view, at, end, lexicon)
    return (view.texts[at - 1], text) in lexicon.roles.across


def _ends_role(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> bool:
    """Tell whether a word that no gazetteer knows is no part of an office any more."""
    text = view.texts[at]
    if text == _ACTING and view.texts[at - 1] in _BOARDS:
        return False
    if text in lexicon.stops or text in lexicon.roles.ends or text.startswith((f"می{_ZWNJ}", f"نمی{_ZWNJ}")):
        return True
    if _DAY in text:
        return True
    if holder_acts(view, at, end, lexicon) or is_behind_whole_office(view, at, end, lexicon.roles):
        return True
    return says(view, at, end, lexicon) or name_begins(view, at, end, lexicon)


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
    return joined and not name_begins(view, at + 1, end, lexicon)
