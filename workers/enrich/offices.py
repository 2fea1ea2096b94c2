"""Offices as they are compared: their words in one spelling, and the several that one person holds.

Knows nothing of people, or of where in a text an office stands.
"""

from collections.abc import Iterator, Mapping, Sequence

from workers.enrich.lexicon_actors import RoleLexicon
from workers.enrich.reading import folded

type Office = tuple[str, ...]
"""The words of one office, in one spelling."""

_SAME: Mapping[str, tuple[str, ...]] = {
    folded(word): tuple(map(folded, words))
    for word, words in {
        "وزارت": ("وزیر",),
        "جمهوری": ("جمهور",),
        "رئیسجمهوری": ("رئیس", "جمهور"),
        "رئیسجمهور": ("رئیس", "جمهور"),
        "پرزیدنت": ("رئیس", "جمهور"),
        "نخستوزیر": ("نخست", "وزیر"),
        "شورایعالی": ("شورا", "عالی"),
        "امورخارجه": ("خارجه",),
        "وزیرخارجه": ("وزیر", "خارجه"),
        "وزیرامورخارجه": ("وزیر", "خارجه"),
        "دبیرکل": ("دبیر", "کل"),
        "مدیرکل": ("مدیر", "کل"),
        "مدیرعامل": ("مدیر", "عامل"),
        "نایبرئیس": ("نایب", "رئیس"),
        "نائبرئیس": ("نایب", "رئیس"),
        "نائب": ("نایب",),
        "سخنگوی": ("سخنگو",),
        "جنگ": ("دفاع",),
        "امریکا": ("آمریکا",),
        "ایالات": ("آمریکا",),
        "متحده": (),
        "متحد": (),
        "کشورمان": ("ایران",),
        "بریتانیا": ("انگلیس",),
        "هندوستان": ("هند",),
        "خلق": (),
        "انگلستان": ("انگلیس",),
        "رژیم": (),
        "صهیونیستی": ("اسرائیل",),
        "صهیونیست": ("اسرائیل",),
        "امور": (),
        "پارلمان": ("مجلس",),
        "اخراجی": ("سابق",),
        "محترم": (),
        "معظم": (),
        "جدید": (),
        "فعلی": (),
        "جمهوریاسلامی": (),
    }.items()
}
"""«معاون وزیر کشور» and «معاون وزارت کشور» are one office; «رژیم صهیونیستی» is «اسرائیل»."""
_FOREIGN_OFFICE = (folded("دستگاه"), folded("دیپلماسی"))
"""«سخنگوی دستگاه دیپلماسی» is the foreign ministry's, and its head the minister."""
_MINISTER = (folded("وزیر"), folded("خارجه"))
_HEAD, _STATE, _ISLAMIC, _IRAN = map(folded, ("رئیس", "جمهور", "اسلامی", "ایران"))
_OWN = frozenset(map(folded, ("ایران", "کشورمان", "جمهوری", "جمهور", "اسلامی")))
"""Behind an office: whose it is, as the country tells too."""
_FEWEST_OFFICE_WORDS = 2
_FORMER = frozenset(map(folded, ("سابق", "پیشین", "اسبق", "وقت", "منتخب")))
"""Words that make it another office."""
THIS_COUNTRY = frozenset({("این", folded("کشور")), (folded("آن"), folded("کشور"))})
"""The state that was named before."""
THIS = frozenset(this for this, _ in THIS_COUNTRY)
_THIS_WORDS = 2
_HIGHEST_WORDS = 2
_ENDING = "ی"
_SHORTEST = 3
_AND = "و"
_HIGHEST = frozenset({(folded("وزیر"),), (folded("رئیس"), folded("جمهور")), (folded("نخست"), folded("وزیر"))})
"""How an office begins of which a state has one."""


def office_of(words: Sequence[str]) -> Office:
    """Return the words of an office in one form, without Iran's name at its end or «این» before its body."""
    same = _without_forms_of_state([part for word in words for part in _SAME.get(word, (word,))])
    if tuple(same[1:3]) == _FOREIGN_OFFICE:
        same[same[0] != _HEAD : 3] = _MINISTER
    while len(same) > _FEWEST_OFFICE_WORDS and same[-1] in _OWN and same[-2:] != ["رئیس", "جمهور"]:
        same.pop()
    if tuple(same[-_THIS_WORDS:]) in THIS_COUNTRY and len(same) > _THIS_WORDS + 1:
        del same[-_THIS_WORDS:]
    same = [word for word in same if word not in THIS]
    return tuple(word.removesuffix(_ENDING) if len(word) > _SHORTEST else word for word in same)


def _without_forms_of_state(words: list[str]) -> list[str]:
    """Return the words with «جمهوری اسلامی ایران» and «جمهوری ترکیه» as plain «ایران» and «ترکیه»."""
    kept: list[str] = []
    for at, word in enumerate(words):
        if word != _STATE or words[at - 1 : at] in ([], [_HEAD]):
            if not (word == _ISLAMIC and at > 1 and words[at - 1] == _STATE and words[at - 2] != _HEAD):
                kept.append(word)
        elif words[at + 1 : at + 2] == [_ISLAMIC] and words[at + 2 : at + 3] != [_IRAN]:
            kept.append(_IRAN)
    return kept


def offices_of(words: Sequence[str], roles: RoleLexicon) -> tuple[Office, ...]:
    """Return the offices that one person holds: «معاون نخست‌وزیر و وزیر کشور» are two."""
    parts = tuple(office for part in _parts(words, roles) if (office := office_of(part)))
    return (*parts, office_of(words)) if len(parts) > 1 else parts


def _parts(words: Sequence[str], roles: RoleLexicon) -> Iterator[Sequence[str]]:
    start = 0
    for at in range(1, len(words) - 1):
        if words[at] == "و" and roles.heads.length(words, at + 1, len(words)):
            yield words[start:at]
            start = at + 1
    yield words[start:]


def points_back(words: Sequence[str]) -> bool:
    """Tell «رئیس این سازمان»: the body was named before."""
    return not THIS.isdisjoint(words)


def fullness(words: Sequence[str]) -> int:
    """Return how many words of an office say something; one that points back says least."""
    return 1 if points_back(words) else len(words)


def is_same(one: Office, other: Office) -> bool:
    """Tell whether two are one office: in full, without its country, or with words less inside."""
    short, long = sorted((one, other), key=len)
    if not short or _FORMER & {*short} != _FORMER & {*long}:
        return False
    if long[: len(short)] == short:
        return len(short) == len(long) or len(short) > 1
    rest = iter(long)
    inside = short[0] == long[0] and len(short) > 1 and all(word in rest for word in short)
    return inside and (short[-1] == long[-1] or _AND in long)


def is_highest(ones: tuple[Office, ...], others: tuple[Office, ...]) -> bool:
    """Tell whether both name an office that a state has once, whatever else they say: «وزیر خارجه … کهنسال»."""
    heads = {one[:_HIGHEST_WORDS] for one in ones if one[:1] in _HIGHEST or one[:_HIGHEST_WORDS] in _HIGHEST}
    former = {bool(_FORMER & {*one}) for one in (*ones, *others)}
    return len(former) == 1 and any(other[:_HIGHEST_WORDS] in heads for other in others)
