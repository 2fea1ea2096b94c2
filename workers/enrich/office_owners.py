"""Whose an office is: the body within it, and the state that its holder speaks for.

Knows nothing of who holds it.
"""

from workers.enrich.gazetteer_entries import Airport, City, EntryKind, Province
from workers.enrich.lexicon_actors import ActorsLexicon
from workers.enrich.names import Name
from workers.enrich.names_at import NameAt, name_at
from workers.enrich.offices import THIS
from workers.enrich.reading import Sentence, Spot, folded
from workers.enrich.word_view import WordView

_ORGANISATIONS = (EntryKind.BODY, EntryKind.OFFICE, EntryKind.INTERNATIONAL, EntryKind.AIRLINE)
_AGAINST = "ضد"
_AS = frozenset(map(folded, ("عنوان", "به‌عنوان", "بعنوان", "سمت", "پست")))
_STATES = frozenset(map(folded, ("کشور", "رژیم", "دولت", "پارلمان")))
"""After «این»: the state that was named before."""
_REPORTER = folded("خبرنگار")
_TO_REPORTERS = frozenset(map(folded, ("گزارش", "با", "به")))
WITH_SECOND = frozenset(map(folded, ("معاون", "نماینده", "عضو", "مشاور", "قائم‌مقام", "استاد")))
"""Offices beside which one person often has a second: «معاون وزیر و رئیس سازمان …»."""
_ORDERS = frozenset(map(folded, ("حکم", "دستور", "پیشنهاد", "سوی", "ابلاغ", "موافقت", "معرفی")))
_COMMAS = frozenset("،,")
_TITLES_TOO = frozenset(map(folded, ("قاضی", "کاپیتان")))
"""Callings that are titles before a name."""
_CENTRAL = folded("مرکزی")
"""«بانک مرکزی» is a state's."""
_WHERE = frozenset({"در", "نزد"})
_LEADER = "رهبر"
"""Of parties and movements anywhere."""
_OF_IRAN = frozenset(map(folded, ("انقلاب", "معظم", "عالی", "شهید")))
_ALSO = frozenset({"نیز", "هم"})
_BEING = frozenset({"می‌باشد", "می‌باشند", "است", "بود", "بوده", "نیست", "نبود", "شد", "شده", "بوده‌است", "شده‌است"})
_BACK_WORDS = 40
"""From «این کشور» to the country."""
_CLERGY = ("حجت", "ایت", "سردار", "سرتیپ", "دریادار", "دریابان", "امیر", "سرلشکر", "سرلشگر")
"""Titles, folded, that only Iran's own bear in Persian news."""


def body_in(view: WordView, first: int, last: int, lexicon: ActorsLexicon) -> tuple[Spot | None, str | None]:
    """Return the body within an office, and its id where the gazetteers know it."""
    roles = lexicon.roles
    for at in range(first, last):
        if at in view.names:
            name, after = view.names[at]
            if body := name.of(*_ORGANISATIONS):
                return view.spot(at, min(after, last)), body.id
        if view.texts[at - 1] in THIS:
            return None, None
        if at > first and view.texts[at] in roles.bodies and view.texts[at] not in roles.not_organisations:
            return view.spot(at, last), None
    return None, None


def post_of(
    view: WordView, role: tuple[int, int], body: Spot | None, body_id: str | None, lexicon: ActorsLexicon
) -> tuple[str, str] | None:
    """Return head and body of an office that is nothing else: «فرمانده سنتکام»."""
    head = role[0] + lexicon.roles.heads.length(view.texts, *role)
    if body is None or body_id is None or head >= role[1] or body != view.spot(head, role[1]):
        return None
    return view.texts[role[0]], body_id


def is_calling(view: WordView, first: int, last: int, lexicon: ActorsLexicon) -> bool:
    """Tell what somebody is by trade or kin from an office: «نویسنده و شاعر», but not «پژوهشگر مرکز …»."""
    roles = lexicon.roles
    head = roles.callings.length(view.texts, first, last)
    if not head or head < roles.heads.length(view.texts, first, last):
        return False
    for at in range(first + head, last):
        text = view.texts[at]
        named = text in roles.bodies or text in roles.private_bodies or text in lexicon.sources.outlet_words.firsts
        bare = at == last - 1 and at not in view.names and text not in lexicon.people.given.firsts
        if (named and not bare) or text in lexicon.people.given.firsts:
            return False
        if at in view.names and view.names[at][0].of(*_ORGANISATIONS, EntryKind.OUTLET, EntryKind.AIRPORT):
            return False
        office = roles.heads.length(view.texts, at, last)
        if lexicon.people.known.length(view.texts, at, last) or (
            office and not roles.callings.length(view.texts, at, last)
        ):
            return False
    return True


def is_of_somewhere(view: WordView, at: int, last: int) -> bool:
    """Tell an office with its body or country, so that unknown words in front of it are its holder's name."""
    return any(index in view.names for index in range(at + 1, last))


def is_said_of(view: WordView, at: int, last: int, sentence: Sentence) -> bool:
    """Tell what somebody is or becomes from who that is: «به عنوان رئیس …», «… معاون وزیر شد»."""
    before = view.texts[at - 1] if at > sentence.first else ""
    last += int(last < sentence.last and view.texts[last] in _ALSO)
    return before in _AS or (last < sentence.last and view.texts[last] in _BEING)


def is_reporter_asked(view: WordView, at: int, sentence: Sentence) -> bool:
    """Tell the reporter of «به گزارش خبرنگار …» or «در گفت‌وگو با خبرنگار …»: the name behind is another's."""
    return view.texts[at] == _REPORTER and at > sentence.first and view.texts[at - 1] in _TO_REPORTERS


def is_by_order(view: WordView, at: int, last: int) -> bool:
    """Tell who decides on somebody from who that is: «با حکم وزیر نیرو، …»."""
    return at > 0 and view.texts[last] in _COMMAS and view.texts[at - 1] in _ORDERS


def is_titled(view: WordView, at: int, sentence: Sentence, lexicon: ActorsLexicon) -> bool:
    """Tell «قاضی» before a name from «قاضی پرونده»."""
    if view.texts[at] not in _TITLES_TOO or at + 1 >= sentence.last or at + 1 in view.names:
        return False
    name = name_at(view, at, sentence.last, lexicon)
    return name is not None and view.texts[at + 1] not in lexicon.people.not_given


def is_behind_outlet(view: WordView, at: int) -> bool:
    """Tell what stands right behind an outlet's name: «به گزارش خبرنگار مهر …»."""
    outlet = view.names.get(view.inside.get(at - 1, at - 1))
    return outlet is not None and outlet[0].of(EntryKind.OUTLET) is not None


def may_be_anyones(view: WordView, at: int, last: int, lexicon: ActorsLexicon) -> bool:
    """Tell an office that can be said of anybody: no trade, no membership, none that a state has once."""
    many = lexicon.roles.shared.length(view.texts, at, last) or is_calling(view, at, last, lexicon)
    return not many and lexicon.roles.alone.length(view.texts, at, last) != last - at


def country_of(view: WordView, name: NameAt | None, role: tuple[int, int] | None, lexicon: ActorsLexicon) -> str | None:
    """Return the state that the office or the name speaks for."""
    told = _owner(view, *role, lexicon) if role and tells_country(view, *role, lexicon) else None
    if name and told is None and (country := _known_country(view, name, lexicon)):
        return country
    if role is None:
        titled = (
            name
            and name.titled
            and any(text.startswith(_CLERGY) for text in view.texts[max(name.first - 4, 0) : name.first])
        )
        return "IR" if titled else None
    if lexicon.roles.private.length(view.texts, *role):
        return None
    private = (at for at in range(*role) if view.texts[at] in lexicon.roles.private_bodies)
    if any(view.texts[at + 1 : at + 2] != [_CENTRAL] for at in private):
        return None
    return _of_known(view, *role, lexicon) or _owner(view, *role, lexicon)


def tells_country(view: WordView, first: int, last: int, lexicon: ActorsLexicon) -> bool:
    """Tell an office in which its state stands."""
    return any(
        view.texts[at] in lexicon.roles.own_country
        or (at in view.names and view.texts[at - 1] != _AGAINST and view.names[at][0].of(EntryKind.COUNTRY) is not None)
        for at in range(first, last)
    )


def _known_country(view: WordView, name: NameAt, lexicon: ActorsLexicon) -> str | None:
    countries = lexicon.people.countries
    for first in range(name.first, name.last):
        if country := countries.get(tuple(view.texts[first : name.last])):
            return country
    return None


def _of_known(view: WordView, first: int, last: int, lexicon: ActorsLexicon) -> str | None:
    """Return the state for which a well-known name speaks that an office is of: «سخنگوی …»."""
    for at in range(first + 1, last):
        length = lexicon.people.known.length(view.texts, at, last)
        if length and view.texts[at - 1] in lexicon.roles.of_somebody:
            return lexicon.people.countries.get(tuple(view.texts[at : at + length]))
    return None


def _named_before(view: WordView, at: int) -> str | None:
    """Return the country that «این کشور» means: the last one named before."""
    for index in range(at - 1, max(at - _BACK_WORDS, -1), -1):
        country = view.names[index][0].of(EntryKind.COUNTRY) if index in view.names else None
        if country:
            return country.id
    return None


def _owner(view: WordView, first: int, last: int, lexicon: ActorsLexicon) -> str | None:
    place: str | None = None
    roles = lexicon.roles
    for at in range(first, last):
        text = view.texts[at]
        if text in roles.own_country:
            return "IR"
        if text in THIS:
            return _named_before(view, first) if view.texts[at + 1] in _STATES else None
        if text in _WHERE and at > first + 1:
            return place or "IR"
        if at not in view.names:
            continue
        name = view.names[at][0]
        if country := name.of(EntryKind.COUNTRY):
            return country.id
        if name.of(EntryKind.INTERNATIONAL, EntryKind.AIRLINE):
            return place
        place = place or _home_of(name)
    return place or _of_no_state(view, first, last, lexicon)


def _home_of(name: Name) -> str | None:
    """Return the country of a body or a place, which a state that is named behind it corrects."""
    body = name.of(EntryKind.BODY, EntryKind.OFFICE)
    if body and body.country:
        return body.country
    where = name.of(EntryKind.CITY, EntryKind.PROVINCE, EntryKind.AIRPORT)
    return where.entry.country if where and isinstance(where.entry, City | Province | Airport) else None


def _of_no_state(view: WordView, first: int, last: int, lexicon: ActorsLexicon) -> str | None:
    """Return the outlet's country for an office that names no state, unless it may be anybody's."""
    roles = lexicon.roles
    advises = roles.shared.length(view.texts, first, last) and view.texts[first] in roles.of_somebody
    leads = view.texts[first] == _LEADER and _OF_IRAN.isdisjoint(view.texts[first:last])
    return None if advises or leads or roles.foreign.length(view.texts, first, last) else "IR"
