"""Where an office goes on and where it ends, word by word: «وزیر راه و ترابری», «رئیس پلیس | اعلام کرد».

Knows nothing of names or of who holds an office.
"""

from workers.enrich.gazetteer_entries import EntryKind
from workers.enrich.lexicon_actors import ActorsLexicon, RoleLexicon
from workers.enrich.offices import THIS_COUNTRY
from workers.enrich.reading import folded
from workers.enrich.word_view import WordView

_LISTED_WORDS = 3
"""Between the comma and the «و» of «علوم، تحقیقات و فناوری»."""
_ZWNJ = "\u200c"
_VERBAL = (f"می{_ZWNJ}", f"نمی{_ZWNJ}")
_COMMAS = frozenset("،,")
_NUMBERED = frozenset(
    map(folded, ("منطقه", "ایستگاه", "شعبه", "ناحیه", "اصل", "ماده", "گروه", "سرتیپ", "لشکر", "دوره", "شماره"))
)
"""Before a number that belongs to an office: «شهردار منطقه ۷»."""
_AGED = folded("ساله")
_OWNERS = frozenset(
    map(folded, ("کشور", "ایالت", "اقلیم", "دولت", "جمهوری", "فدرال", "رژیم", "استان", "شهر", "کشورش", "کشورشان"))
)
_DESCRIBING = frozenset(
    map(
        folded,
        (
            "سابق",
            "اسبق",
            "پیشین",
            "وقت",
            "جدید",
            "فعلی",
            "کنونی",
            "منتخب",
            "موقت",
            "محترم",
            "قبلی",
            "معزول",
            "شهید",
            "فقید",
            "مرحوم",
        ),
    )
)
_OWNERS_TOO = frozenset(map(folded, ("حکومت", "کابینه", "پیشنهادی", "مستعفی", "اسلامی")))
_KINDS = frozenset(
    map(folded, ("امور", "دانشکده", "کانون", "فرهنگستان", "پژوهشگاه", "معاونت", "کارگروه", "دبیرخانه", "مجمع"))
)
"""Kinds of bodies that stand in no other list."""
_KIND_WORDS = 4
"""From the kind of a body to an «و» inside its name."""
_OF_PEOPLE = ("ان", "انش", "شان", "ین")
"""Endings of who comes along with a holder."""
_MINISTER = folded("وزیر")
_JOINED_AND = "و"
_ADJECTIVE = "ی"
_WHOLE_LOOKAHEAD = 3
"""«رئیس‌جمهور خودخوانده و … سوریه»: words up to the country that an office may still come to."""
_FIELDS_BACK = 7
"""From a word back to «وزیر» over the fields of the longest ministry."""
_QUOTED_BODY_WORDS = 6
_BODIES = (EntryKind.BODY, EntryKind.OFFICE, EntryKind.INTERNATIONAL)
_WHOLE_BODY_WORDS = 3
_HEAD_WORDS = 3
_WHOLE_WORDS = 4


def fields_joined(view: WordView, at: int, end: int, roles: RoleLexicon) -> bool:
    """Tell the «و» between two things that one body is for: «راه و ترابری», «آب و فاضلاب»."""
    left, right = at - 1, at + 1
    if right >= end or left in view.names or left in view.inside:
        return False
    return view.texts[left] in roles.fields and view.texts[right] in roles.fields and right not in view.names


def fields_listed(view: WordView, at: int, end: int, roles: RoleLexicon) -> bool:
    """Tell the comma of «علوم، تحقیقات و فناوری»: a list of what one body is for, with an «و» before the last."""
    texts = view.texts
    if at + 1 >= end or texts[at - 1] not in roles.fields or texts[at + 1] not in roles.fields:
        return False
    for index in range(at + 2, min(at + 2 + _LISTED_WORDS, end - 1)):
        if texts[index] == "و" or texts[index] in _COMMAS:
            joined = fields_joined(view, index, end, roles)
            return joined if texts[index] == "و" else fields_listed(view, index, end, roles)
        if not texts[index][0].isalpha():
            return False
    return False


def body_goes_on(view: WordView, at: int, end: int, roles: RoleLexicon) -> bool:
    """Tell the «و» inside the name of a body: «اتحادیه طلا و جواهر», but not «رئیس اتحادیه و همراهانش»."""
    left, right = view.texts[at - 1], view.texts[at + 1]
    following = view.texts[at + 2] if at + 2 < end else ""
    named = at - 1 in view.names or at - 1 in view.inside
    if named or _is_kind(left, roles) or left in roles.own_country or left in _OWNERS or not left[0].isalpha():
        return False
    if right.endswith(_OF_PEOPLE) or right in roles.ends or right in roles.finite or not right[0].isalpha():
        return False
    acts = following in roles.finite or following.startswith(_VERBAL)
    whole = _is_behind_ministry(view, at, roles) or _is_behind_state_office(view, at, roles)
    return not acts and not whole and _is_of_kind(view, at, roles)


def _is_of_kind(view: WordView, at: int, roles: RoleLexicon) -> bool:
    """Tell what stands behind the kind of a body, with no head of an office between."""
    for index in range(at - 2, max(at - _KIND_WORDS, 0) - 1, -1):
        if _is_kind(view.texts[index], roles):
            return True
        if roles.heads.length(view.texts, index, at):
            return False
    return False


def _is_kind(text: str, roles: RoleLexicon) -> bool:
    return text in roles.bodies or text in roles.quoted or text in _KINDS


def holder_acts(view: WordView, at: int, end: int, lexicon: ActorsLexicon) -> bool:
    """Tell a word of what the holder does: a verb, or the noun of one («تشکر کرد»)."""
    texts, roles = view.texts, lexicon.roles
    text, before = texts[at], texts[at - 1]
    if at in view.inside:
        return False
    following = texts[at + 1] if at + 1 < end else ""
    if text in roles.finite or before in roles.own_country or tuple(view.texts[max(at - 2, 0) : at]) in THIS_COUNTRY:
        return True
    if text[0].isdigit():
        return not (before in _NUMBERED or before in roles.of_somebody or following == _AGED)
    if before in roles.bodies or text in roles.fields or text in roles.bodies or text not in lexicon.people.usual:
        return False
    if text in roles.own_country or text in _OWNERS or text in _DESCRIBING:
        return False
    predicate = following in roles.light or following.startswith(_VERBAL)
    return (
        _is_behind_body(view, at)
        or _is_behind_whole(view, at, roles)
        or (predicate and not _is_behind_head(view, at, roles))
    )


def _is_behind_body(view: WordView, at: int) -> bool:
    """Tell what follows a body with a long name: that name is whole."""
    first = view.inside.get(at - 1, at - 1)
    return at - first >= _WHOLE_BODY_WORDS and first in view.names and view.names[first][0].of(*_BODIES) is not None


def _is_behind_whole(view: WordView, at: int, roles: RoleLexicon) -> bool:
    """Tell what follows an office that says all: «وزیر کشور تشکیل و …»."""
    return any(
        roles.alone.length(view.texts, first, at) == at - first > 1 for first in range(max(at - _WHOLE_WORDS, 0), at)
    )


def _is_behind_head(view: WordView, at: int, roles: RoleLexicon) -> bool:
    """Tell what follows a head that says nothing alone: «مدیرعامل استقلال شد»."""
    for first in range(max(at - _HEAD_WORDS, 0), at):
        if roles.heads.length(view.texts, first, at) == at - first:
            return roles.alone.length(view.texts, first, at) != at - first
    return False


def is_behind_whole_office(view: WordView, at: int, end: int, roles: RoleLexicon) -> bool:
    """Tell a word that nothing ties to an office which says all: «وزیر بهداشت رشد …», «رئیس‌جمهور نحوه …»."""
    text = view.texts[at]
    if (
        at in view.inside
        or text.endswith(_ADJECTIVE)
        or text in roles.fields
        or text in roles.bodies
        or text in roles.own_country
    ):
        return False
    if text in _OWNERS or text in _DESCRIBING or text in _OWNERS_TOO or text.removeprefix(_JOINED_AND) in roles.fields:
        return False
    whole = (
        _is_behind_ministry(view, at, roles) or _is_behind_state_office(view, at, roles) or _is_behind_body(view, at)
    )
    return whole and not any(
        index in view.names and view.names[index][0].of(EntryKind.COUNTRY) is not None
        for index in range(at + 1, min(at + _WHOLE_LOOKAHEAD, end))
    )


def _is_behind_ministry(view: WordView, at: int, roles: RoleLexicon) -> bool:
    """Tell what stands right behind «وزیر» and nothing but what a ministry is for."""
    texts = view.texts
    first = at - 1
    while first > max(at - _FIELDS_BACK, 0) and (texts[first] in roles.fields or texts[first] == "و"):
        first -= 1
    return texts[first] == _MINISTER and first < at - 1 and texts[at - 1] in roles.fields


def _is_behind_state_office(view: WordView, at: int, roles: RoleLexicon) -> bool:
    """Tell what stands right behind «رئیس‌جمهور» and the like."""
    return any(roles.whole.length(view.texts, first, at) == at - first for first in range(max(at - _HEAD_WORDS, 0), at))


def quoted_body(view: WordView, at: int, end: int, roles: RoleLexicon) -> int:
    """Return the index after the quotation that opens at an index and names a body; the index itself if none does.

    «مدیرعامل شرکت «آفتاب»», «سخنگوی «جنبش باران»».
    """
    before = view.texts[at - 1]
    of_somebody = before in roles.of_somebody and roles.heads.length(view.texts, at - 1, at) == 1
    if before not in roles.quoted and not of_somebody:
        return at
    closing = view.closing(at + 1, min(end, at + 2 + _QUOTED_BODY_WORDS))
    closes = at + 1 < closing < min(end, at + 2 + _QUOTED_BODY_WORDS)
    return closing + 1 if closes else at
