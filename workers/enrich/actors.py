"""Who acts and speaks: the persons of an article, each with all places that mean them.

Knows nothing of what they say. Names come in longer and shorter forms, offices with and without their holder: what the
text shows to be one person is one person.
"""

from bisect import bisect_right
from collections import Counter

from workers.enrich.found import FoundPerson
from workers.enrich.lexicon_actors import ActorsLexicon
from workers.enrich.names import Names
from workers.enrich.offices import fullness, office_of, points_back
from workers.enrich.person_names import FEWEST_FAMILY_LETTERS, family_forms, is_name_of
from workers.enrich.person_place import Place
from workers.enrich.person_places import PlaceFinder
from workers.enrich.person_stance import is_object, speech_verb
from workers.enrich.reading import Reading, Spot
from workers.enrich.somebody import Somebody, are_same, give_office, is_office_of
from workers.enrich.word_view import WordView, views

_NEAR_SENTENCES = 5
"""An agency's lead gives the office, one of the next sentences the name."""
_FIRST_SENTENCES = 2
_SPOKE_SENTENCES = 15
"""Through which one speaker goes on, as «وی» most of the time."""
_FIRST_LINES = 4
"""Of a post, its signs and its title once more among them."""
_BEFORE_COLON = 30
"""Letters between who is named and the colon: «در گفت‌وگو با …:»."""
_FEWEST_OF_LIST = 6
"""Names without an office in one sentence."""
_SENTENCES = 10_000
"""More than a passage has: the numbers of sentences of two passages stay apart."""
_OWN = "IR"
"""The state of the press that is read: its titles («سردار») tell it too."""
_FEWEST_WORDS = 2


def persons(reading: Reading, names: Names, lexicon: ActorsLexicon) -> tuple[FoundPerson, ...]:
    """Return the persons in the order in which they first appear."""
    people: list[Somebody] = []
    seen = views(reading, names)
    for view in seen:
        for place in PlaceFinder(view, lexicon).find():
            _gather(people, place, _sentence_of(view, place.spot), view, lexicon)
    people = _without_lists([each for each in people if each.certain])
    for view in seen:
        _add_short_forms(people, view, lexicon)
    people = _with_offices(_with_holders(people, lexicon))
    people = [each for each in people if _counts(each)]
    return tuple(sorted((each.found() for each in people), key=_first_place))


def _counts(person: Somebody) -> bool:
    """Tell who does something in the article from an office, or somebody, that is only named in it."""
    if person.name is None:
        return person.acts
    return not person.passing or person.role is not None or bool(person.mentions)


def _without_lists(people: list[Somebody]) -> list[Somebody]:
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


def _gather(people: list[Somebody], place: Place, sentence: int, view: WordView, lexicon: ActorsLexicon) -> None:
    """Add a place to whom it means, or as somebody new."""
    if place.is_predicate:
        _say_of(people, place, sentence)
        return
    same = _by_name(people, place, sentence, lexicon) if place.name else _by_office(people, place)
    if place.continues and place.is_subject and place.certain and (same is None or _is_nobody_yet(same)):
        same = _taken_over(people, same, _who_goes_on(people, place, sentence, view, lexicon))
    if same is None and place.is_subject and place.certain:
        same = _of_lead(people, place, sentence) or _of_title(people, place, sentence)
        same = same or _of_post(people, place, sentence, view)
    elif place.name and same and same.role is None and place.is_subject and place.certain:
        office = _of_lead(people, place, sentence)
        if office is not None and (same.country is None or office.country in {None, same.country}):
            give_office(people, same, office)
    if same is None:
        subject = sentence if place.is_subject else None
        people.append(
            Somebody(
                place.name,
                place.words,
                place.role,
                place.role_words,
                place.offices,
                place.post,
                place.organisation,
                place.organisation_id,
                place.country,
                place.is_told,
                place.family,
                place.certain,
                sentence,
                sentence,
                subject,
                subject,
                not place.is_object,
                place.is_passing and len(place.words) > 1,
            )
        )
    else:
        _join(same, place, sentence)


def _is_nobody_yet(person: Somebody) -> bool:
    """Tell an office that was only mentioned, and has done nothing."""
    return person.name is None and person.subject is None


def _taken_over(people: list[Somebody], mentioned: Somebody | None, speaking: Somebody | None) -> Somebody | None:
    """Return who goes on speaking, with the places of an office that was mentioned before; the office where nobody."""
    if speaking is None or mentioned is None:
        return speaking or mentioned
    speaking.mentions += [spot for spot in (mentioned.role, *mentioned.mentions) if spot]
    people.remove(mentioned)
    return speaking


def _say_of(people: list[Somebody], place: Place, sentence: int) -> None:
    """Give an office to whom it is said of: its holder, or the last one named in the sentence, if without an office."""
    same = _by_office(people, place)
    named = [each for each in people if each.name is not None and each.named == sentence]
    free = place.certain and named and named[-1].role is None and named[-1].country in {None, place.country}
    bearer = named[-1] if free and (same is None or same.name is None) else same
    if bearer is None:
        return
    if same is not None and same is not bearer:
        give_office(people, bearer, same)
    _join(bearer, place, sentence)


def _by_name(people: list[Somebody], place: Place, sentence: int, lexicon: ActorsLexicon) -> Somebody | None:
    for each in people:
        if each.words and is_name_of(place.words, each.words) and not _is_namesake(each, place, lexicon):
            return each
    bearers = [each for each in people if not each.words] if place.role else []
    same = next((each for each in bearers if is_office_of(place, each)), None)
    return same or next((each for each in bearers if _is_in_full(place, each, sentence, lexicon)), None)


def _is_in_full(place: Place, person: Somebody, sentence: int, lexicon: ActorsLexicon) -> bool:
    """Tell whose office a lead says without its country, where one of the next sentences begins with both."""
    if person.told or not place.is_told or not place.is_subject or person.subject is None:
        return False
    if sentence - person.subject > _FIRST_SENTENCES or lexicon.roles.alone.length(
        person.role_words, 0, len(person.role_words)
    ):
        return False
    return are_same(place, person)


def _is_namesake(person: Somebody, place: Place, lexicon: ActorsLexicon) -> bool:
    """Tell who was named by one family name from whose has two words, with no given name before it."""
    longer = len(person.words) == 1 < len(place.words) and place.role is None and person.sentence >= _SENTENCES
    return longer and not lexicon.people.given.length(place.words, 0, len(place.words))


def _of_title(people: list[Somebody], place: Place, sentence: int) -> Somebody | None:
    """Return whom a title names by an office in short, where the text gives it in full."""
    if place.role is None or sentence // _SENTENCES == 0:
        return None
    for each in people:
        begins_title = each.name is None and each.subject is not None and each.subject // _SENTENCES == 0
        if begins_title and each.role_words[:1] == place.role_words[:1] and each.country == place.country:
            same_body = each.organisation_id is not None and each.organisation_id == place.organisation_id
            short = len(each.role_words) <= _FEWEST_WORDS
            if same_body or short or set(each.role_words[1:]) & set(place.role_words[1:]):
                return each
    return None


def _of_post(people: list[Somebody], place: Place, sentence: int, view: WordView) -> Somebody | None:
    """Return whom a title makes say something by one office, and the text's first lines by name and another: «…:»."""
    first = _SENTENCES <= sentence < _SENTENCES + _FIRST_LINES
    if not first or place.name is None or place.role is None or len(people) != 1:
        return None
    in_title, end = people[0], max(place.name.end, place.role.end)
    says = ":" in view.passage.normalized[end : end + _BEFORE_COLON] and in_title.sentence < _SENTENCES
    named = in_title.name is not None or in_title.subject is None
    if not says or named or place.country not in {None, in_title.country}:
        return None
    in_title.lent = True  # the office beside the name goes before the title's
    return in_title


def _by_office(people: list[Somebody], place: Place) -> Somebody | None:
    return next((each for each in people if is_office_of(place, each)), None)


def _join(person: Somebody, place: Place, sentence: int) -> None:
    """Give a person what a place says of them: the fullest name, the first office."""
    person.passing = False
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
        same = is_office_of(place, person) or (place.is_told and not person.told and are_same(place, person))
        if person.role is None or beside or (fuller and same):
            if person.role:
                person.mentions.append(person.role)
            person.role, person.role_words, person.lent = place.role, place.role_words, place.name is None
            person.offices, person.post = place.offices, place.post
            person.organisation, person.organisation_id = place.organisation, place.organisation_id
            person.country = place.country or person.country
            person.told = place.is_told
        else:
            person.mentions.append(place.role)
    person.country = person.country or place.country
    person.certain = person.certain or place.certain
    person.acts = person.acts or not place.is_object
    if place.is_subject:
        person.subject = sentence if person.subject is None else person.subject
        person.last_subject = sentence


def _of_lead(people: list[Somebody], place: Place, sentence: int) -> Somebody | None:
    """Return whom a name alone or an office alone means that stands where another half of them stood before.

    Agencies name the office in the lead and the name in the next sentence, or the name first and the office by turns.
    """
    if place.name and place.role:
        return None
    halves = [
        each
        for each in people
        if each.certain
        and (each.role is None if place.role else each.name is None)
        and (_may_hold(each.country, place.country) if place.role else _may_hold(place.country, each.country))
    ]
    leading = [each for each in halves if each.subject is not None and _is_lead(each.subject, sentence)]
    leading = leading or [each for each in halves if _reacts(each, sentence)]
    return leading[0] if len(leading) == 1 and leading[0].subject != sentence else None


def _reacts(person: Somebody, sentence: int) -> bool:
    """Tell whom a title names by an office as doing something, and the text's first sentences by name."""
    in_title = person.name is None and person.acts and person.sentence < _SENTENCES
    return in_title and _SENTENCES <= sentence < _SENTENCES + _FIRST_SENTENCES


def _is_lead(first: int, sentence: int) -> bool:
    """Tell whether the first sentence that somebody begins is near, or begins a passage."""
    return sentence - first <= _NEAR_SENTENCES or first % _SENTENCES == 0


def _may_hold(bearer: str | None, office: str | None) -> bool:
    """Tell whether who speaks for a state may have an office: one of that state, if it is not the outlet's."""
    return bearer is None or bearer == office or (office is None and bearer == _OWN)


def _who_goes_on(
    people: list[Somebody], place: Place, sentence: int, view: WordView, lexicon: ActorsLexicon
) -> Somebody | None:
    """Return whom an office means that goes on speaking: who has a name and was the last subject before."""
    near = range(max(sentence - _SPOKE_SENTENCES, sentence // _SENTENCES * _SENTENCES), sentence + 1)
    spoke = {id(each): _last_subject(each, near, view, lexicon) for each in people if each.name is not None}
    before = [each for each in people if spoke.get(id(each)) in near]
    last = max(before, key=lambda each: spoke[id(each)] or 0, default=None)
    if last and last.role and not last.lent and not is_office_of(place, last):
        # who has another office beside the name is not meant where somebody spoke who has none yet
        last = max((each for each in before if not each.role), key=lambda each: spoke[id(each)] or 0, default=last)
    same_state = last is not None and (last.country is None or place.country in {None, last.country})
    return last if same_state else None


def _last_subject(person: Somebody, near: range, view: WordView, lexicon: ActorsLexicon) -> int | None:
    """Return the number of the last sentence that a name or office of somebody begins, or the family name speaks in."""
    first = max(person.last_subject or near.start, near.start)
    for at in reversed(view.passage.where(person.family)):
        index = bisect_right(view.passage.firsts, at) - 1
        number, sentence = view.number * _SENTENCES + index, view.passage.sentences[index]
        speaks = first <= number < near.stop - 1 and speech_verb(view, at + 1, sentence, lexicon)
        if speaks and not is_object(view, at, sentence, lexicon):
            return number
    return person.last_subject


def _with_holders(people: list[Somebody], lexicon: ActorsLexicon) -> list[Somebody]:
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
            give_office(kept, person, office)
    return kept


def _with_offices(people: list[Somebody]) -> list[Somebody]:
    """Return the people without the offices alone that turned out to be somebody's who is named as well."""
    kept: list[Somebody] = []
    for person in people:
        holders = [] if person.name else [each for each in people if each.name and is_office_of(person, each)]
        if len(holders) != 1:
            kept.append(person)
            continue
        holders[0].mentions += [spot for spot in (person.role, *person.mentions) if spot]
        holders[0].country = holders[0].country or person.country
    return kept


def _begins(words: tuple[str, ...], beginning: tuple[str, ...]) -> bool:
    return words[: len(beginning)] == beginning


def _add_short_forms(people: list[Somebody], view: WordView, lexicon: ActorsLexicon) -> None:
    """Add the places where the family name stands alone."""
    families = {
        form: person
        for person in reversed(people)
        if len(person.words) > 1
        for form in family_forms(person.family)
        if len(form) >= FEWEST_FAMILY_LETTERS and form not in lexicon.people.common
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
