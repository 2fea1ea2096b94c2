"""Which organisations an article names: those of the gazetteers, and others by the word of their kind.

Knows nothing of what they do. Outlets, airlines and airports are no organisations here: other parts name them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict

from workers.enrich.found import FoundOrganisation
from workers.enrich.gazetteer import Candidate
from workers.enrich.gazetteer_entries import EntryKind
from workers.enrich.gazetteer_words import words_of
from workers.enrich.kind_words import ByFirst, Ends, by_first, heads_in, tail
from workers.enrich.lexicon import Phrases, load_lexicon
from workers.enrich.names import Name, Names
from workers.enrich.reading import Passage, Reading, Spot

_KINDS = (EntryKind.BODY, EntryKind.OFFICE, EntryKind.INTERNATIONAL)
_PLACES = (EntryKind.COUNTRY, EntryKind.CITY, EntryKind.PROVINCE)
_LONGEST_NAME, _SHORT_NAME = 5, 2
_QUOTE = "«"


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    heads: Phrases
    pairs: Phrases
    quoted_only: Phrases
    placed_only: Phrases
    parts: Phrases
    anyones: Phrases
    needs_owner: tuple[str, ...]
    never: tuple[str, ...]
    named: Phrases
    not_placed: Phrases
    through: Phrases
    numbered: Phrases
    generic: Phrases
    short: Phrases
    stops: Phrases


@dataclass(frozen=True, slots=True)
class OrganisationLexicon:
    """How names of organisations begin and end; build once per process."""

    heads: ByFirst
    named: ByFirst
    pairs: frozenset[str]
    quoted_only: frozenset[str]
    """Kinds of which any number stand in a text without a name: only one in quotation marks is named."""
    placed_only: frozenset[str]
    """Kinds that are named by a place alone: «پلیس تهران»."""
    parts: frozenset[str]
    """Kinds of parts of bodies: «معاونت», «کمیسیون»."""
    anyones: frozenset[str]
    """Words before a kind by which no name follows: «این شرکت …», «با شرکت …»."""
    needs_owner: frozenset[str]
    """Offices that are only named together with whose they are."""
    never: frozenset[str]
    """Offices that are no organisation even with their country."""
    ends: Ends
    not_placed: frozenset[str]
    """Words that are of no kind before a place: «مرکز قم»."""
    short: frozenset[str]
    """Kinds whose names are short: what goes on is the sentence."""
    short_ends: Ends

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Return the lexicon of a folder. Raises UsageError that names file, key and reason."""
        file = load_lexicon(folder / "organisations.toml", _File)
        stops, generic = frozenset((*file.stops, *file.heads)), frozenset(file.generic)
        numbered = frozenset(file.numbered)
        through = frozenset((first, second) for first, _, second in (each.partition(" ") for each in file.through))
        return cls(
            by_first(file.heads),
            by_first(file.named),
            frozenset(file.pairs),
            frozenset(file.quoted_only),
            frozenset(file.placed_only),
            frozenset(file.parts),
            frozenset(file.anyones),
            frozenset(file.needs_owner),
            frozenset(file.never),
            Ends(stops, generic, _LONGEST_NAME, through, numbered),
            frozenset(file.not_placed),
            frozenset(file.short),
            Ends(stops, generic, _SHORT_NAME, through, numbered),
        )


@dataclass(frozen=True, slots=True)
class _Mention:
    spot: Spot
    id: str | None = None
    country: str | None = None
    office: str | None = None
    """Id of the entry, where any state may have one."""


def organisations(reading: Reading, names: Names, lexicon: OrganisationLexicon) -> tuple[FoundOrganisation, ...]:
    """Return the organisations in order of their first mention, each with all its mentions."""
    named = tuple(_named(reading, names, lexicon))
    known = (each for each in _known(reading, names, lexicon) if not any(one.spot.covers(each.spot) for one in named))
    unknown = (
        each for each in _unknown(reading, names, lexicon) if not any(one.spot.touches(each.spot) for one in named)
    )
    mentions = _joined(reading, sorted((*named, *known, *unknown), key=lambda each: each.spot), lexicon)
    return tuple(
        FoundOrganisation(tuple(each.spot for each in group), group[0].id, group[0].country)
        for group in _grouped(reading, _owned(mentions))
    )


def _joined(reading: Reading, mentions: Sequence[_Mention], lexicon: OrganisationLexicon) -> Sequence[_Mention]:
    """Return the mentions, a part of a body and the body right behind it made one: «کمیسیون عمران مجلس …»."""
    found: list[_Mention] = []
    for mention in mentions:
        before = found[-1] if found else None
        if before and _follows(reading, before.spot, mention.spot) and _is_part(reading, before.spot, lexicon):
            spot = Spot(before.spot.passage, before.spot.start, mention.spot.end)
            found[-1] = _Mention(spot, None, mention.country or before.country)
        else:
            found.append(mention)
    return found


def _follows(reading: Reading, before: Spot, spot: Spot) -> bool:
    passage = reading.passages[spot.passage].normalized
    return before.passage == spot.passage and passage[before.end : spot.start] == " "


def _is_part(reading: Reading, spot: Spot, lexicon: OrganisationLexicon) -> bool:
    """Tell a body that may be a part of another by its first word."""
    passage = reading.passages[spot.passage]
    return passage.texts[passage.index_at(spot.start)] in lexicon.parts


def _owned(mentions: Sequence[_Mention]) -> Iterator[_Mention]:
    """Yield the mentions; an office without its country is that of the one country of which the article names it."""
    owners: dict[str, set[tuple[str | None, str | None]]] = defaultdict(set)
    for mention in mentions:
        if mention.office and mention.country:
            owners[mention.office].add((mention.id, mention.country))
    for mention in mentions:
        known = owners.get(mention.office or "", ())
        if mention.id is None and len(known) == 1:
            owner, country = next(iter(known))
            yield replace(mention, id=owner, country=country)
        else:
            yield mention


def _grouped(reading: Reading, mentions: Iterable[_Mention]) -> Iterable[Sequence[_Mention]]:
    """Return the mentions of each organisation: of one id, or of one name that begins the other."""
    groups: list[list[_Mention]] = []
    keys: dict[str, list[_Mention]] = {}
    for mention in mentions:
        text = " ".join(word for word in words_of(reading.text(mention.spot)))
        group = keys.get(mention.id or text) or (None if mention.id else _begun(text, keys))
        if group is None:
            group = []
            groups.append(group)
        keys[mention.id or text] = keys[text] = group
        group.append(mention)
    return groups


def _begun(text: str, keys: Mapping[str, list[_Mention]]) -> list[_Mention] | None:
    """Return the group of a name that begins this one, or that this one begins, without an id on either."""
    if text.count(" ") < 1:
        return None
    for known, group in keys.items():
        longer, shorter = (known, text) if len(known) > len(text) else (text, known)
        if longer.startswith(f"{shorter} ") and shorter.count(" ") >= 1 and group[0].id is None:
            return group
    return None


def _known(reading: Reading, names: Names, lexicon: OrganisationLexicon) -> Iterator[_Mention]:
    """Yield what the gazetteers know, an office without its country with the place after it."""
    for name, candidate in names.of(*_KINDS):
        if candidate is not name.candidates[0] or candidate.entry.id in lexicon.never:
            continue
        spot, placed = name.spot, candidate.country is not None or candidate.host is not None
        if candidate.kind is EntryKind.OFFICE and candidate.country is None:
            spot = _with_place(reading, names, name)
            placed = placed or spot != name.spot
        if not placed and candidate.entry.id in lexicon.needs_owner:
            continue
        office = candidate.entry.id if candidate.kind is EntryKind.OFFICE else None
        yield _Mention(spot, None if _is_anybodys(candidate) else candidate.id, candidate.country, office)


def _is_anybodys(candidate: Candidate) -> bool:
    """Tell an office of which the text does not say whose it is."""
    return candidate.kind is EntryKind.OFFICE and candidate.country is None


def _with_place(reading: Reading, names: Names, name: Name) -> Spot:
    passage = reading.passages[name.spot.passage]
    at = passage.index_at(name.spot.end - 1) + 1
    if at < len(passage.texts):
        following = names.within(Spot(name.spot.passage, passage.starts[at], passage.ends[at]))
        if (
            following
            and passage.normalized[name.spot.end : following[0].spot.start] == " "
            and following[0].of(*_PLACES)
        ):
            return Spot(name.spot.passage, name.spot.start, following[0].spot.end)
    return name.spot


def _named(reading: Reading, names: Names, lexicon: OrganisationLexicon) -> Iterator[_Mention]:
    """Yield the organisations of the lexicon, which may hold a name of the gazetteers but not begin within one."""
    for number, passage in enumerate(reading.passages):
        past = 0
        for at, end, _ in heads_in(passage, lexicon.named):
            spot = Spot(number, passage.starts[at], passage.ends[end - 1])
            numbered = end < len(passage.texts) and passage.texts[end][0].isdigit()  # «بوئینگ ۷۷۷»
            if at >= past and not numbered and all(spot.covers(name.spot) for name in names.within(spot)):
                past = end
                yield _Mention(spot)


def _unknown(reading: Reading, names: Names, lexicon: OrganisationLexicon) -> Iterator[_Mention]:
    for number, passage in enumerate(reading.passages):
        past = 0
        for at, end, phrase in heads_in(passage, lexicon.heads):
            start = passage.starts[at]
            if at < past or names.within(Spot(number, start, passage.ends[at])):
                continue
            if (
                at > 0
                and passage.texts[at - 1] in lexicon.anyones
                and passage.texts[min(end, len(passage.texts) - 1)] != _QUOTE
            ):
                continue
            last = _end(number, names, passage, end, " ".join(phrase), lexicon)
            if last is not None:
                past = last
                yield _Mention(Spot(number, start, passage.ends[last - 1]))


def _end(number: int, names: Names, passage: Passage, at: int, head: str, lexicon: OrganisationLexicon) -> int | None:
    """Return the word after the last one of the name after a kind word; None where none is named."""
    if at >= len(passage.texts):
        return None
    if head in lexicon.quoted_only and passage.texts[at] != _QUOTE:
        return None
    following = next(iter(names.within(Spot(number, passage.starts[at], passage.ends[at]))), None)
    placed = following is not None and following.of(*_PLACES) is not None
    if placed if head in lexicon.not_placed else not placed and head in lexicon.placed_only:
        return None
    ends = lexicon.short_ends if head in lexicon.short else lexicon.ends
    return tail(number, names, passage, at, ends, pairs=head in lexicon.pairs)
