"""Where somebody holds an office: the state behind it, and the place over «در», «نزد» or «به».

Knows nothing of names of people, or of where an office begins.
"""

from collections.abc import Sequence

from workers.enrich.gazetteer_entries import EntryKind
from workers.enrich.gazetteer_forms import Sense
from workers.enrich.lexicon_actors import RoleLexicon
from workers.enrich.offices import THIS
from workers.enrich.reading import folded
from workers.enrich.word_view import WordView

_MISSION_WORDS = 4
"""Between «نمایندگی» and where it is."""
_PLACES = (EntryKind.CITY, EntryKind.COUNTRY, EntryKind.PROVINCE, EntryKind.INTERNATIONAL, EntryKind.AIRPORT)
_BODIES = (EntryKind.BODY, EntryKind.OFFICE, EntryKind.INTERNATIONAL, EntryKind.AIRLINE, EntryKind.AIRPORT)
_AFFAIRS = folded("امور")
"""«نماینده … در امور حج»."""
PARLIAMENTS = frozenset(map(folded, ("مجلس", "پارلمان", "کنگره", "سنا")))
_TOWNS = frozenset(map(folded, ("شهر", "استان", "ولایت", "ایالت")))
IN = "در"
_POSTED: frozenset[str] = frozenset({IN, "نزد"})
IN_PLACE = frozenset({*_POSTED, "به", "برای"})
"""Before where somebody is, and before where somebody is sent."""
_ENVOY = folded("فرستاده")
_SHARED_BY_TWO = frozenset(map(folded, ("پارلمانی", "دوستی", "مشترک")))
_SHARED_WORDS = 4
_GOING = frozenset(map(folded, ("سفر", "رفت", "می‌رود", "وارد", "عزیمت", "خواهد", "بازگشت", "اعزام")))
"""Behind «فرستاده … به عراق»: he goes there now."""


def prepositions(head: str, *, is_post: bool) -> frozenset[str]:
    """Return the prepositions over which a post goes on to where it is."""
    if not is_post:
        return frozenset()
    return IN_PLACE if head == _ENVOY else _POSTED


def holds_post(texts: Sequence[str], first: int, last: int, roles: RoleLexicon) -> bool:
    """Tell an office of a post abroad: «سفیر …», «معاون سفیر …»."""
    return any(roles.posted.length(texts, at, last) for at in range(first, last))


def is_where_sent(preposition: str, through: frozenset[str]) -> bool:
    """Tell the last piece of an envoy's office: «فرستاده … به عراق»."""
    return preposition in through and preposition not in _POSTED


def tells_state(view: WordView, at: int, roles: RoleLexicon) -> bool:
    """Tell whether the piece of an office at an index says whose or where it is, so that little may follow."""
    text = view.texts[at]
    if text in THIS:
        return True
    if text in IN_PLACE:
        place = view.names.get(at + 1)
        posted = place is not None and place[0].of(*_PLACES) is not None
        return posted or (view.texts[at + 1] in roles.regions and view.texts[at + 1] != _AFFAIRS)
    owner = view.names.get(at)
    return bool(owner and owner[0].of(EntryKind.COUNTRY) and not owner[0].of(*_BODIES))


def goes_on_with(view: WordView, at: int) -> bool:
    """Tell a name that an office goes on with behind a state: a body, or any behind «… آمریکایی»."""
    of_state = view.names[at][0].of(EntryKind.COUNTRY, EntryKind.CITY)
    return view.names[at][0].of(*_BODIES) is not None or (of_state is not None and is_adjective(view, at - 1))


def is_adjective(view: WordView, at: int) -> bool:
    """Tell «آمریکایی» from «آمریکا»."""
    name = view.names.get(at)
    country = name[0].of(EntryKind.COUNTRY) if name else None
    return country is not None and country.sense is Sense.PEOPLE


def past_place(view: WordView, at: int, end: int, roles: RoleLexicon, *, through: frozenset[str]) -> int:
    """Return the index after «در امور», or after where somebody is posted; that of the «در» where neither follows."""
    following = view.texts[at + 1] if at + 1 < end else ""
    if following == _AFFAIRS and at + 2 < end:
        return at + 2
    place = view.names.get(at + 1)
    abroad = through or not roles.missions.isdisjoint(view.texts[max(at - _MISSION_WORDS, 0) : at])
    if abroad and place and place[0].of(*_PLACES, *_BODIES):
        goes = view.texts[at] not in _POSTED and place[1] < len(view.texts) and view.texts[place[1]] in _GOING
        return at if goes else _past_state(view, place[1])
    if abroad and following in roles.regions:
        return at + 2
    town = view.names.get(at + 2)
    if abroad and following in _TOWNS and town and town[0].of(*_PLACES):
        return _past_state(view, town[1])
    return at + 2 if through and not place and following in PARLIAMENTS else at


def _past_state(view: WordView, at: int) -> int:
    """Return the index after the state of a town: «جلال‌آباد افغانستان»; the index itself where none follows."""
    town = view.inside.get(at - 1, at - 1)
    state = view.names.get(at)
    in_state = state and state[0].of(EntryKind.COUNTRY) and town in view.names
    return state[1] if state and in_state and view.names[town][0].of(EntryKind.CITY) else at


def is_shared_by_two(view: WordView, at: int) -> bool:
    """Tell the «دو کشور» of «گروه دوستی پارلمانی دو کشور»."""
    return not _SHARED_BY_TWO.isdisjoint(view.texts[max(at - _SHARED_WORDS, 0) : at])
