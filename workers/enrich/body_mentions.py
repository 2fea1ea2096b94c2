"""Where an article names a body: by a name of the gazetteers or the lexicon, by the word of its kind, or in a list.

Knows nothing of which mentions are of one body. Indexes are of a passage's words.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from workers.enrich.body_lexicon import OrganisationLexicon
from workers.enrich.body_names import before_verb, begins, past_list, past_place, to_fields, to_owner
from workers.enrich.gazetteer import Candidate
from workers.enrich.gazetteer_entries import EntryKind
from workers.enrich.gazetteer_words import words_of
from workers.enrich.kind_words import NamedPassage, heads_in, passages, phrase_end, stays, tail
from workers.enrich.names import Name, Names
from workers.enrich.reading import Passage, Reading, Spot

_KINDS = (EntryKind.BODY, EntryKind.OFFICE, EntryKind.INTERNATIONAL)
_PLACES = (EntryKind.COUNTRY, EntryKind.CITY, EntryKind.PROVINCE)
_TO_PLACE, _SHORT_TO_PLACE = 2, 4
"""Words of a name beyond the longest, when it ends in a place."""
_DESCRIBED = 3
"""Words that may stand between a part of a body and the body."""
_QUOTE, _AND = "«", "و"


@dataclass(frozen=True, slots=True)
class Mention:
    """A place that names a body."""

    spot: Spot
    id: str | None = None
    country: str | None = None
    office: str | None = None
    """Id of the entry, where any state may have one."""
    alone: bool = True
    """Whether it is named without a part of it before it."""
    kind: str = ""
    """The word for its kind, where one before it stands for several: «وزارت» of «…، کشور»."""


def keys_of(reading: Reading, mention: Mention) -> tuple[str, ...]:
    """Return what mentions of one body have in common, the surest first: id, office and name."""
    name = " ".join(words_of(f"{mention.kind} {reading.text(mention.spot)}"))
    office = f"?/{mention.office}" if mention.office and mention.id is None else None
    return tuple(key for key in (mention.id, office, name) if key)


def mentions_of(reading: Reading, names: Names, lexicon: OrganisationLexicon) -> list[Mention]:
    """Return the mentions in order; of those that overlap the surer one: by name, by kind, in a list."""
    found: list[Mention] = []
    listed: list[tuple[Spot, str]] = []
    for named in passages(reading, names):
        unknown = tuple(_unknown(named, lexicon))
        by_name = tuple(
            each
            for each in _named(named, lexicon)
            if not any(one.spot.covers(each.spot) for one in unknown if one.spot.start < each.spot.start)
        )
        found += by_name
        found += (each for each in unknown if not any(one.spot.touches(each.spot) for one in by_name))
        listed += lexicon.lists.spots(named)
    found += [each for each in _known(reading, names, lexicon) if not any(one.spot.covers(each.spot) for one in found)]
    for spot, kind in listed:
        if not any(one.spot.touches(spot) for one in found):
            found.append(Mention(spot, kind=kind))
    return sorted(found, key=lambda each: each.spot)


def _known(reading: Reading, names: Names, lexicon: OrganisationLexicon) -> Iterator[Mention]:
    """Yield what the gazetteers know."""
    for name, candidate in names.of(*_KINDS):
        if candidate is name.candidates[0] and candidate.entry.id not in lexicon.never:
            if candidate.kind is EntryKind.OFFICE:
                passage = reading.passages[name.spot.passage]
                yield _office(NamedPassage(name.spot.passage, passage, names), name, candidate, lexicon)
            else:
                yield Mention(name.spot, candidate.id, candidate.country)


def _office(named: NamedPassage, name: Name, candidate: Candidate, lexicon: OrganisationLexicon) -> Mention:
    """Return an office of the gazetteers, without its country with the place behind it or what else it is for."""
    entry, first, end = candidate.entry.id, named.passage.index_at(name.spot.start), named.end_of(name)
    if candidate.country is not None:
        return Mention(name.spot, candidate.id, candidate.country, entry)
    last = past_list(named.passage, end, lexicon.words, ministry=True)
    between = named.follows(last) and named.passage.texts[last] in lexicon.between  # «ارتش تروریستی آمریکا»
    placed = named.place_end(last + between)
    if placed is not None:
        country = _country_at(named, last + between)
        spot = named.spot(first, placed)
        return Mention(spot, f"{country}/{entry}", country, entry) if country is not None else Mention(spot)
    spot = name.spot if last == end else named.spot(first, last)
    alone = candidate.host is not None or entry not in lexicon.needs_owner or _body_at(named, end)
    return Mention(spot, None, None, entry, alone)


def _country_at(named: NamedPassage, at: int) -> str | None:
    name = named.name_at(at)
    if name is None or name.candidates[0].kind is not EntryKind.COUNTRY:
        return None
    return name.candidates[0].id


def _body_at(named: NamedPassage, at: int) -> bool:
    """Tell whether a known body follows at a word: «نیروی هوایی ارتش …»."""
    name = named.name_at(at) if named.follows(at) else None
    return name is not None and name.of(*_KINDS) is not None


def _named(named: NamedPassage, lexicon: OrganisationLexicon) -> Iterator[Mention]:
    """Yield the organisations of the lexicon, which may hold a name of the gazetteers but not begin within one."""
    texts, past = named.passage.texts, 0
    for at, end, _ in heads_in(named.passage, lexicon.named):
        spot, needed = named.spot(at, end), lexicon.only_after.get(texts[at])
        numbered = end < len(texts) and texts[end][0].isdigit()  # «بوئینگ ۷۷۷»
        out_of_place = needed is not None and (at == 0 or texts[at - 1] not in needed)
        if at < past or numbered or out_of_place:
            continue
        inside = named.names.within(spot)
        if all(spot.covers(name.spot) for name in inside):
            past = past_place(named, end, lexicon.ends, 0) if texts[at] in lexicon.of_place else end
            known = any(name.spot == spot and name.of(EntryKind.BODY, EntryKind.INTERNATIONAL) for name in inside)
            if past != end or not known:  # else it has an id
                yield Mention(named.spot(at, past))


def _unknown(named: NamedPassage, lexicon: OrganisationLexicon) -> Iterator[Mention]:
    """Yield what is named by the word of its kind."""
    past = 0
    for at, end, phrase in heads_in(named.passage, lexicon.heads):
        if at < past or named.names.within(named.spot(at, at + 1)) or _is_any(named.passage, at, end, lexicon):
            continue
        head = " ".join(phrase)
        last = _end(named, end, head, lexicon)
        if last is None and head in lexicon.of_body:
            last = _before_body(named, end, lexicon)
        if last is not None:
            past = last
            yield Mention(named.spot(at, last))


def _is_any(passage: Passage, at: int, end: int, lexicon: OrganisationLexicon) -> bool:
    """Tell a kind word before which another one says that no name follows; in quotation marks one does."""
    texts = passage.texts
    if at == 0 or texts[end : end + 1] == [_QUOTE]:
        return False
    return texts[at - 1] in lexicon.anyones or texts[at - 1] in lexicon.doing.get(texts[at], ())


def _before_body(named: NamedPassage, at: int, lexicon: OrganisationLexicon) -> int | None:
    """Return where a known body begins to which words lead that describe a part of it; None where none does."""
    for end in range(at, at + _DESCRIBED + 1):
        if named.name_at(end) is not None:
            return end if _body_at(named, end) and named.passage.texts[end - 1] != _AND else None
        following = named.passage.texts[end : end + 2]
        of_two = following[:1] == [_AND] and following[-1] in lexicon.words.fields
        if not of_two and not stays(named, end, lexicon.ends):
            return None
    return None


def _end(named: NamedPassage, at: int, head: str, lexicon: OrganisationLexicon) -> int | None:
    """Return the word after the last one of the name after a kind word; None where none is named."""
    texts = named.passage.texts
    if at >= len(texts):
        return None
    if head in lexicon.by_name and (known := phrase_end(named.passage, lexicon.named, at)) is not None:
        return past_place(named, known, lexicon.ends, 0)
    if named.people_at(at) and begins(named, at + 1, lexicon.ends, lexicon.words):
        at += 1  # «شرکت اتریشی آبگینه»
    end = (
        tail(named, at, lexicon.ends_of(head), pairs=head in lexicon.pairs)
        if _is_named(named, at, head, lexicon)
        else None
    )
    return end if end is None or texts[at] == _QUOTE else _whole(named, at, end, head, lexicon)


def _is_named(named: NamedPassage, at: int, head: str, lexicon: OrganisationLexicon) -> bool:
    """Tell whether a kind may be named by what stands at a word: a place, a quotation or other words."""
    if head in lexicon.quoted_only and named.passage.texts[at] != _QUOTE:
        return False
    placed = any(each.of(*_PLACES) for each in named.names.within(named.spot(at, at + 1)))
    return not (placed if head in lexicon.not_placed else not placed and head in lexicon.placed_only)


def _whole(named: NamedPassage, at: int, end: int, head: str, lexicon: OrganisationLexicon) -> int | None:
    """Return the end of a name that goes on behind, or holds what is of the sentence; None where nothing is left."""
    if head in lexicon.ministries:
        end = to_fields(named, at, end, lexicon.words)
    last = _further(named, at, end, head, lexicon)
    if last == end and not named.ends_in_place(end):
        return before_verb(named.passage, at, end, lexicon.words)
    return last


def _further(named: NamedPassage, at: int, end: int, head: str, lexicon: OrganisationLexicon) -> int:
    """Return the end of a name that goes on behind the words that are usually of one."""
    words = lexicon.words
    last = to_owner(named, at, end, words)
    if last != end:
        return last
    if head in lexicon.pairs and (last := past_list(named.passage, end, words, head in lexicon.ministries)) != end:
        return past_place(named, to_owner(named, last, last, words), lexicon.ends, _TO_PLACE)
    if end - at < lexicon.ends_of(head).longest:
        return end
    return past_place(named, end, lexicon.ends, _SHORT_TO_PLACE if head in lexicon.short else _TO_PLACE)
