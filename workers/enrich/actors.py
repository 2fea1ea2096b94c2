"""Who acts and speaks: the persons of an article, each with all places that mean them.

Knows nothing of what they say. Names come in longer and shorter forms, offices with and without their holder: what the
text shows to be one person is one person.
"""

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache

from workers.enrich.found import FoundPerson
from workers.enrich.lexicon_actors import ActorsLexicon
from workers.enrich.names import Names
from workers.enrich.offices import Office, fullness, is_same, office_of, points_back
from workers.enrich.person_place import Place
from workers.enrich.person_places import PlaceFinder
from workers.enrich.reading import Reading, Spot
from workers.enrich.word_view import WordView, views

_NEAR_SENTENCES = 5
"""An agency's lead gives the office, one of the next sentences the name."""
_SPOKE_SENTENCES = 15
"""Through which one speaker goes on, as «وی» most of the time."""
_FEWEST_OF_LIST = 6
"""Names without an office in one sentence."""
_SENTENCES = 10_000
"""More than a passage has: the numbers of sentences of two passages stay apart."""
_FEWEST_FAMILY_LETTERS = 3
_FEWEST_WITH_ARTICLE = 4
_ARTICLE, _ZWNJ = "ال", "\u200c"
_FEWEST_OFFICE_WORDS = 2


@dataclass(slots=True)
class _Somebody:
    """A person while places are gathered."""

    name: Spot | None
    words: tuple[str, ...]
    role: Spot | None
    role_words: tuple[str, ...]
    offices: tuple[Office, ...]
    """The same in one spelling, each of several for itself."""
    post: tuple[str, str] | None
    organisation: Spot | None
    organisation_id: str | None
    country: str | None
    family: str
    """The last word of the name as it is written."""
    certain: bool
    sentence: int
    """Number of the first that names them."""
    named: int
    """Number of the last one."""
    subject: int | None
    """Number of the first sentence that a name or office of theirs begins."""
    last_subject: int | None
    """Number of the last one."""
    acts: bool
    """Not only what prepositions stand before."""
    lent: bool = False
    """The office stood elsewhere than the name: one beside the name goes before it."""
    mentions: list[Spot] = field(default_factory=list)

    def found(self) -> FoundPerson:
        own = {self.name, self.role}
        mentions = tuple(sorted({spot for spot in self.mentions if spot not in own}))
        return FoundPerson(self.name, self.role, self.organisation, self.organisation_id, self.country, mentions)


def persons(reading: Reading, names: Names, lexicon: ActorsLexicon) -> tuple[FoundPerson, ...]:
    """Return the persons in the order in which they first appear."""
    people: list[_Somebody] = []
    seen = views(reading, names)
    for view in seen:
        for place in PlaceFinder(view, lexicon).find():
            _gather(people, place, _sentence_of(view, place.spot))
    people = _without_lists([each for each in people if each.certain])
    for view in seen:
        _add_short_forms(people, view, lexicon)
    people = _with_offices(_with_holders(people, lexicon))
    people = [each for each in people if each.name or each.acts]
    return tuple(sorted((each.found() for each in people), key=_first_place))


def _without_lists(people: list[_Somebody]) -> list[_Somebody]:
    """Return the people without those who are only named, several in one sentence: teams and lists of the dead."""
    only_named = [each for each in people if not each.role_words and each.subject is None and not each.mentions]
    if len(only_named) < _FEWEST_OF_LIST:
        return people
    counts = Counter(each.sentence for each in only_named)
    return [each for each in people if each not in only_named or counts[each.sentence] < _FEWEST_OF_LIST]


def _first_place(person: FoundPerson) -> Spot:
    return min(spot for spot in (person.name, person.role, *person.mentions) if spot)


def _sentence_of(view: WordView, spot: Spot) -> int:
    """Return the number of a sentence, counted over all passages."""
    passage = view.passage
    word = bisect_right(passage.starts, spot.start) - 1
    return view.number * _SENTENCES + bisect_right(passage.firsts, word) - 1


def _gather(people: list[_Somebody], place: Place, sentence: int) -> None:
    """Add a place to whom it means, or as somebody new."""
    if place.is_predicate:
        _say_of(people, place, sentence)
        return
    same = _by_name(people, place) if place.name else _by_office(people, place)
    if place.continues and place.is_subject and place.certain and (same is None or _is_nobody_yet(same)):
        same = _taken_over(people, same, _who_goes_on(people, place, sentence))
    if same is None and place.is_subject and place.certain:
        same = _of_lead(people, place, sentence) or _of_title(people, place, sentence)
    elif place.name and same and same.role is None and place.is_subject and place.certain:
        office = _of_lead(people, place, sentence)
        if office is not None and (same.country is None or office.country in {None, same.country}):
            _give_office(people, same, office)
    if same is None:
        subject = sentence if place.is_subject else None
        people.append(
            _Somebody(
                place.name,
                place.words,
                place.role,
                place.role_words,
                place.offices,
                place.post,
                place.organisation,
                place.organisation_id,
                place.country,
                place.family,
                place.certain,
                sentence,
                sentence,
                subject,
                subject,
                not place.is_object,
            )
        )
    else:
        _join(same, place, sentence)


def _is_nobody_yet(person: _Somebody) -> bool:
    """Tell an office that was only mentioned, and has done nothing."""
    return person.name is None and person.subject is None


def _taken_over(people: list[_Somebody], mentioned: _Somebody | None, speaking: _Somebody | None) -> _Somebody | None:
    """Return who goes on speaking, with the places of an office that was mentioned before; the office where nobody."""
    if speaking is None or mentioned is None:
        return speaking or mentioned
    speaking.mentions += [spot for spot in (mentioned.role, *mentioned.mentions) if spot]
    people.remove(mentioned)
    return speaking


def _say_of(people: list[_Somebody], place: Place, sentence: int) -> None:
    """Give an office to whom it is said of: its holder, or the last one named in the sentence, if without an office."""
    same = _by_office(people, place)
    named = [each for each in people if each.name is not None and each.named == sentence]
    free = place.certain and named and named[-1].role is None and named[-1].country in {None, place.country}
    bearer = named[-1] if free and (same is None or same.name is None) else same
    if bearer is None:
        return
    if same is not None and same is not bearer:
        _give_office(people, bearer, same)
    _join(bearer, place, sentence)


def _give_office(people: list[_Somebody], person: _Somebody, office: _Somebody) -> None:
    """Make one of somebody with a name and no office, and of an office whose holder had no name."""
    people.remove(office)
    person.mentions += office.mentions
    person.role, person.role_words, person.lent = office.role, office.role_words, True
    person.offices, person.post = office.offices, office.post
    person.organisation, person.organisation_id = office.organisation, office.organisation_id
    person.country = person.country or office.country
    person.acts = person.acts or office.acts


def _by_name(people: list[_Somebody], place: Place) -> _Somebody | None:
    for each in people:
        if each.words and _is_name_of(place.words, each.words):
            return each
    return next((each for each in people if place.role and not each.words and _is_office_of(place, each)), None)


def _of_title(people: list[_Somebody], place: Place, sentence: int) -> _Somebody | None:
    """Return whom a title names by an office in short, where the text gives it in full."""
    if place.role is None or sentence // _SENTENCES == 0:
        return None
    for each in people:
        begins_title = each.name is None and each.subject is not None and each.subject // _SENTENCES == 0
        if begins_title and each.role_words[:1] == place.role_words[:1] and each.country == place.country:
            same_body = each.organisation_id is not None and each.organisation_id == place.organisation_id
            short = len(each.role_words) <= _FEWEST_OFFICE_WORDS
            if same_body or short or set(each.role_words[1:]) & set(place.role_words[1:]):
                return each
    return None


def _by_office(people: list[_Somebody], place: Place) -> _Somebody | None:
    return next((each for each in people if _is_office_of(place, each)), None)


def _join(person: _Somebody, place: Place, sentence: int) -> None:
    """Give a person what a place says of them: the fullest name, the first office."""
    if place.name:
        person.named = sentence
        person.lent = person.lent or (person.name is None and place.role is None)
        if len(place.words) > len(person.words):
            if person.name:
                person.mentions.append(person.name)
            person.name, person.words, person.family = place.name, place.words, place.family
        else:
            person.mentions.append(place.name)
    if place.role:
        of_title = person.role is not None and person.role.passage == 0
        short = of_title or points_back(person.role_words)
        fuller = (place.name is not None or short) and fullness(place.role_words) > fullness(person.role_words)
        beside = place.name is not None and person.lent
        if person.role is None or beside or (fuller and _is_office_of(place, person)):
            if person.role:
                person.mentions.append(person.role)
            person.role, person.role_words, person.lent = place.role, place.role_words, place.name is None
            person.offices, person.post = place.offices, place.post
            person.organisation, person.organisation_id = place.organisation, place.organisation_id
            person.country = place.country or person.country
        else:
            person.mentions.append(place.role)
    person.country = person.country or place.country
    person.certain = person.certain or place.certain
    person.acts = person.acts or not place.is_object
    if place.is_subject:
        person.subject = sentence if person.subject is None else person.subject
        person.last_subject = sentence


def _is_name_of(words: tuple[str, ...], others: tuple[str, ...]) -> bool:
    """Tell whether one of two names is the end of the other, or both begin and end alike."""
    short, long = sorted((_without_articles(words), _without_articles(others)), key=len)
    if long[-len(short) :] == short:
        return True
    return len(short) > 1 and short[-1] == long[-1] and short[0] in long


@lru_cache(maxsize=1_024)
def _without_articles(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words of a name without the Arabic article, which writers leave out."""
    return tuple(word.removeprefix(_ARTICLE) if len(word) > _FEWEST_WITH_ARTICLE else word for word in words)


def _is_office_of(place: "Place | _Somebody", person: _Somebody) -> bool:
    """Tell whether an office is one of the person's."""
    if place.country and person.country and place.country != person.country:
        return False
    if place.post is not None and place.post == person.post:
        return True
    return any(is_same(one, other) for one in place.offices for other in person.offices)


def _of_lead(people: list[_Somebody], place: Place, sentence: int) -> _Somebody | None:
    """Return whom a name alone or an office alone means that stands where another half of them stood before.

    Agencies name the office in the lead and the name in the next sentence, or the name first and the office by turns.
    """
    if place.name and place.role:
        return None
    halves = [
        each
        for each in people
        if each.subject is not None
        and each.certain
        and (each.role is None if place.role else each.name is None)
        and (each.country is None or place.country is None or each.country == place.country)
        and (sentence - each.subject <= _NEAR_SENTENCES or each.subject % _SENTENCES == 0)
    ]
    return halves[0] if len(halves) == 1 and halves[0].subject != sentence else None


def _who_goes_on(people: list[_Somebody], place: Place, sentence: int) -> _Somebody | None:
    """Return whom an office means that goes on speaking: who has a name and was the last subject before."""
    near = range(max(sentence - _SPOKE_SENTENCES, sentence // _SENTENCES * _SENTENCES), sentence + 1)
    before = [each for each in people if each.name is not None and each.last_subject in near]
    last = max(before, key=lambda each: each.last_subject or 0, default=None)
    if last and last.role and not last.lent and not _is_office_of(place, last):
        # who has another office beside the name is not meant where somebody spoke who has none yet
        last = max((each for each in before if not each.role), key=lambda each: each.last_subject or 0, default=last)
    same_state = last is not None and (last.country is None or place.country in {None, last.country})
    return last if same_state else None


def _with_holders(people: list[_Somebody], lexicon: ActorsLexicon) -> list[_Somebody]:
    """Return the people with a well-known name and an office that is known to be theirs made one."""
    kept = list(people)
    for person in people:
        held = lexicon.people.holders.get(person.words[-1]) if person.words and not person.role else None
        if held is None:
            continue
        office = next(
            (
                each
                for each in kept
                if not each.name
                and each.country == person.country
                and any(_begins(mine, office_of(of)) for mine in each.offices for of in held)
            ),
            None,
        )
        if office:
            _give_office(kept, person, office)
    return kept


def _with_offices(people: list[_Somebody]) -> list[_Somebody]:
    """Return the people without the offices alone that turned out to be somebody's who is named as well."""
    kept: list[_Somebody] = []
    for person in people:
        holders = [] if person.name else [each for each in people if each.name and _is_office_of(person, each)]
        if len(holders) != 1:
            kept.append(person)
            continue
        holders[0].mentions += [spot for spot in (person.role, *person.mentions) if spot]
        holders[0].country = holders[0].country or person.country
    return kept


def _begins(words: tuple[str, ...], beginning: tuple[str, ...]) -> bool:
    return words[: len(beginning)] == beginning


def _forms(family: str) -> tuple[str, ...]:
    """Return the ways in which a family name is written when it stands alone."""
    plain = family.replace(_ZWNJ, "")
    bare = family.removeprefix(_ARTICLE)
    return (family, plain, bare) if len(bare) > _FEWEST_FAMILY_LETTERS else (family, plain)


def _add_short_forms(people: list[_Somebody], view: WordView, lexicon: ActorsLexicon) -> None:
    """Add the places where the family name stands alone."""
    families = {
        form: person
        for person in reversed(people)
        if len(person.words) > 1
        for form in _forms(person.family)
        if len(form) >= _FEWEST_FAMILY_LETTERS and form not in lexicon.people.common
    }
    alone = [at for at, text in enumerate(view.texts) if text in families] if families else []
    if not alone:
        return
    taken = [spot for person in people for spot in (person.name, person.role, *person.mentions) if spot]
    for at in alone:
        if at in view.names or at in view.inside:
            continue
        person = families[view.texts[at]]
        length = len(person.words)
        whole = tuple(view.texts[max(0, at + 1 - length) : at + 1]) == person.words
        spot = view.spot(at + 1 - length if whole else at, at + 1)
        if not any(spot.touches(other) for other in taken):
            person.mentions.append(spot)
