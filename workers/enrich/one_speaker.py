"""Whose words a quote is that an office alone says, where the article names only one speaker.

Knows nothing of how quotes are found. An agency gives the office in title and lead and the name behind it, or other
offices of theirs further on: «رئیس سازمان … گفت», «علی نمونه افزود», «معاون وزیر … ادامه داد».
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from workers.enrich.found import FoundPerson, FoundQuote
from workers.enrich.lexicon_actors import ActorsLexicon
from workers.enrich.reading import Reading, Spot, folded

_ALSO = frozenset(map(folded, ("نیز", "هم")))
"""Behind an office: somebody else, who says so too."""
_ALSO_WORDS = 3
_HIGHEST = tuple(map(folded, ("وزیر", "رئیس‌جمهور", "رئیس جمهور", "نخست‌وزیر", "نخست وزیر", "رهبر", "سفیر", "امیر")))
"""Begin offices that are no second one of somebody."""
_ANY = frozenset(map(folded, ("دیپلمات", "مقام", "مسئول", "کارشناس", "تحلیلگر")))
_PLURALS = ("ها", "ان", "ات", "های")
_ONE = folded("یک")
_HOME = "IR"
_FEWEST = 2
_NAME_WORDS = (2, 3)
"""Of a name that no list knows."""
_REPORTER = folded("خبرنگار")
_PRESS = tuple(map(folded, ("گزارشگر", "خبرنگار", "مجری", "خبرنگاری")))


@dataclass(frozen=True, slots=True)
class _Speaker:
    """The only one with a name."""

    index: int
    person: FoundPerson
    first: Spot
    """Of what they say."""
    alone: bool
    """Whether nobody else speaks but offices."""
    before: int
    """Offices that speak before."""


def with_one_speaker(
    reading: Reading, persons: Sequence[FoundPerson], quotes: Sequence[FoundQuote], lexicon: ActorsLexicon
) -> tuple[FoundQuote, ...]:
    """Return the quotes, those of an office without a name given to the only speaker who has one."""
    quotes = _with_names(reading, persons, _with_head(reading, persons, quotes), lexicon)
    named = {quote.person for quote in quotes if quote.person is not None and persons[quote.person].name is not None}
    if not named or len(quotes) == 1:
        return tuple(quotes)
    speakers = [_speaker(reading, persons, quotes, index) for index in sorted(named)]
    return tuple(_given(reading, persons, quote, speakers, lexicon) for quote in quotes)


def _with_head(reading: Reading, persons: Sequence[FoundPerson], quotes: Sequence[FoundQuote]) -> Sequence[FoundQuote]:
    """Return the quotes, those of the office that speaks first given to whom the title names before its colon."""
    if len(quotes) < _FEWEST or quotes[0].verb is not None or reading.passages[quotes[0].spot.passage].name != "title":
        return quotes
    head, office = quotes[0].person, quotes[1].person
    if head is None or office is None or quotes[1].verb is None or quotes[1].spot.passage == quotes[0].spot.passage:
        return quotes
    if persons[head].role is not None or not _is_office(persons[office]) or not _agree(persons[head], persons[office]):
        return quotes
    return [_by(quote, persons[head].spot, head) if quote.person == office else quote for quote in quotes]


def _with_names(
    reading: Reading, persons: Sequence[FoundPerson], quotes: Sequence[FoundQuote], lexicon: ActorsLexicon
) -> Sequence[FoundQuote]:
    """Return the quotes, those of an office given to whose name goes on right behind: «وزیر … گفت: …. علی … افزود»."""
    given = list(quotes)
    for one, other in pairwise(quotes):
        office = one.person
        if office is None or other.person == office or not _is_office(persons[office]):
            continue
        name = _name_that_goes_on(reading, persons, one, other, lexicon)
        if name is None or (other.person is not None and not _agree(persons[office], persons[other.person])):
            continue
        index = office if other.person is None else other.person
        given = [_by(quote, name, index) if quote.person == office or quote is other else quote for quote in given]
    return given


def _name_that_goes_on(
    reading: Reading, persons: Sequence[FoundPerson], one: FoundQuote, other: FoundQuote, lexicon: ActorsLexicon
) -> Spot | None:
    """Return the name behind one quote that goes on with another; None where somebody else may speak."""
    name, verb = other.speaker, other.verb
    if name is None or verb is None or not one.spot.passage == name.passage == other.spot.passage:
        return None
    if not one.spot.end <= name.start < verb.start or not _continues(reading, verb, lexicon):
        return None
    if other.person is None:
        words = [folded(word) for word in reading.text(name).split()]
        able = len(words) in _NAME_WORDS and words[0] not in lexicon.cues.other_sources
        return name if able and not words[0].endswith(_PLURALS) else None
    person = persons[other.person]
    return name if person.name == name and person.role is None else None


def _continues(reading: Reading, verb: Spot, lexicon: ActorsLexicon) -> bool:
    passage = reading.passages[verb.passage]
    at = passage.index_at(verb.start)
    also = _ALSO.isdisjoint(passage.texts[max(at - _ALSO_WORDS, 0) : at])
    return also and passage.texts[at] in lexicon.speech.continuing


def _is_office(person: FoundPerson) -> bool:
    return person.name is None and person.role is not None


def _agree(one: FoundPerson, other: FoundPerson) -> bool:
    return one.country is None or other.country is None or one.country == other.country


def _by(quote: FoundQuote, spot: Spot, person: int) -> FoundQuote:
    return replace(quote, speaker=spot, person=person)


def _speaker(reading: Reading, persons: Sequence[FoundPerson], quotes: Sequence[FoundQuote], index: int) -> _Speaker:
    first = min(quote.spot for quote in quotes if quote.person == index)
    before = {quote.person for quote in quotes if quote.spot < first}
    person = persons[index]
    if person.role and folded(reading.text(person.role)).startswith(_REPORTER):
        person = replace(person, role=None)  # «به گزارش خبرنگار …، علی نمونه» is read as an office
    return _Speaker(index, person, first, all(quote.person is not None for quote in quotes), len(before))


def _given(
    reading: Reading,
    persons: Sequence[FoundPerson],
    quote: FoundQuote,
    speakers: Sequence[_Speaker],
    lexicon: ActorsLexicon,
) -> FoundQuote:
    """Return a quote with whom it is of."""
    if any(quote.person == speaker.index for speaker in speakers):
        return quote
    if len(speakers) == 1:
        theirs = [each for each in speakers if _is_theirs(reading, persons, quote, each, lexicon)]
    else:
        office = persons[quote.person] if quote.person is not None else None
        theirs = [each for each in speakers if office and _holds(reading, office, each)]
    return replace(quote, speaker=theirs[0].person.spot, person=theirs[0].index) if len(theirs) == 1 else quote


def _holds(reading: Reading, office: FoundPerson, speaker: _Speaker) -> bool:
    """Tell whether an office that stands before is named again, in other words, with its holder."""
    person = speaker.person
    if office.role is None or person.role is None or office.country is None or office.country != person.country:
        return False
    begins = min(spot for spot in (office.role, *office.mentions)) < speaker.first
    return begins and _alike(reading, office.role, person.role)


def _is_theirs(
    reading: Reading,
    persons: Sequence[FoundPerson],
    quote: FoundQuote,
    speaker: _Speaker,
    lexicon: ActorsLexicon,
) -> bool:
    """Tell whether somebody with a name says what an office without one is made to say."""
    if quote.person is None:
        return _is_somebody(reading, quote.speaker, lexicon) or _leads(reading, quote, speaker, lexicon)
    office, person = persons[quote.person], speaker.person
    if office.role is None or (office.country and person.country and office.country != person.country):
        return False
    begins = min(spot for spot in (office.role, *office.mentions)) < speaker.first
    if begins:
        unnamed = person.role is None and speaker.before == 1
        return unnamed or (person.role is not None and _alike(reading, office.role, person.role))
    home = {office.country, person.country} <= {None, _HOME}
    return speaker.alone and home and not _is_another(reading, office.role)


def _is_somebody(reading: Reading, spot: Spot | None, lexicon: ActorsLexicon) -> bool:
    """Tell «مقام یمنی», «دیپلمات ایرانی» in a title from a body."""
    if spot is None:
        return False
    head = folded(reading.text(spot).split()[0])
    heads = lexicon.sources.unnamed_heads.firsts | lexicon.roles.heads.firsts
    one = head in _ANY or not head.endswith((*_PLURALS, *_PRESS))
    return reading.passages[spot.passage].name == "title" and head in heads and one


def _leads(reading: Reading, quote: FoundQuote, speaker: _Speaker, lexicon: ActorsLexicon) -> bool:
    """Tell «یک استاد دانشگاه» of a lead, whose name follows, from a source that stays unnamed."""
    spots = (speaker.person.spot, *speaker.person.mentions)
    named = [spot for spot in spots if spot.passage == quote.spot.passage]
    if quote.speaker is None or speaker.before > 1 or not named or not quote.spot < min(named):
        return False
    one, *noun = (folded(word) for word in reading.text(quote.speaker).split())
    return one == _ONE and noun != [] and noun[0] not in lexicon.sources.unnamed_heads.firsts


def _alike(reading: Reading, office: Spot, role: Spot) -> bool:
    """Tell whether two offices begin with one word, or the first with one that any official may have."""
    head = folded(reading.text(office).split()[0])
    return head in _ANY or head == folded(reading.text(role).split()[0])


def _is_another(reading: Reading, office: Spot) -> bool:
    """Tell «سخنگوی دولت نیز گفت», and an office that is nobody's second one."""
    passage = reading.passages[office.passage]
    first, last = passage.index_at(office.start), passage.index_at(office.end)
    also = not _ALSO.isdisjoint(passage.texts[last : last + _ALSO_WORDS])
    return also or passage.texts[first].startswith(_HIGHEST)
