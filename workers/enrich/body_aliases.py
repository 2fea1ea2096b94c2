"""Other names of a body in brackets behind its name, and wherever else they stand: «سازمان سبزآب (سبزا) … سبزا».

Knows nothing of how names begin or end.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from workers.enrich.body_lexicon import OrganisationLexicon
from workers.enrich.body_mentions import Mention, keys_of
from workers.enrich.kind_words import NamedPassage
from workers.enrich.names import Names
from workers.enrich.reading import Reading, Spot

_OPENING, _CLOSING = "(", ")"
_FEWEST_LETTERS = 3
"""Shorter ones are blessings: «(ره)», «(عج)»."""


@dataclass(frozen=True, slots=True)
class Aliases:
    """Mentions by other names, and whose they are."""

    mentions: Sequence[Mention]
    same: Mapping[str, str]
    """By the key of an alias: the key of the body."""


def aliases(reading: Reading, names: Names, mentions: Sequence[Mention], lexicon: OrganisationLexicon) -> Aliases:
    """Return the other names of the bodies that are mentioned."""
    bracketed = {number for number, passage in enumerate(reading.passages) if _OPENING in passage.normalized}
    by_spot = {mention.spot: mention for mention in mentions}
    same: dict[str, str] = {}
    found: dict[Spot, Mention] = {}
    for mention in mentions:
        if mention.spot.passage not in bracketed:
            continue
        named = NamedPassage(mention.spot.passage, reading.passages[mention.spot.passage], names)
        spot = _in_brackets(named, mention.spot)
        if spot is None:
            continue
        known = by_spot.get(spot)
        if not (_may_be_name(named, spot, lexicon) if known is None else _may_be_same(mention, known)):
            continue
        alias = known or Mention(spot)
        other, key = keys_of(reading, alias)[0], keys_of(reading, mention)[0]
        if other != key:
            same[other] = key
        if known is None:
            found.update((each, Mention(each)) for each in _everywhere(reading, reading.text(spot), mentions))
    return Aliases(tuple(found.values()), same)


def _in_brackets(named: NamedPassage, spot: Spot) -> Spot | None:
    """Return what stands in the brackets right behind a spot."""
    texts = named.passage.texts
    at = named.passage.index_at(spot.end - 1) + 1
    if texts[at : at + 1] != [_OPENING] or _CLOSING not in texts[at + 2 : at + 5]:
        return None
    return named.spot(at + 1, texts.index(_CLOSING, at + 2))


def _may_be_same(mention: Mention, known: Mention) -> bool:
    """Tell two known bodies that may be one: of one state, or one of them without an id."""
    return mention.id is None or known.id is None or (mention.country is not None and mention.country == known.country)


def _may_be_name(named: NamedPassage, spot: Spot, lexicon: OrganisationLexicon) -> bool:
    """Tell a single word that is no usual one, nor a place."""
    at = named.passage.index_at(spot.start)
    text = named.passage.texts[at]
    plain = text in lexicon.words.usual or text in lexicon.ends.stops or text in lexicon.ends.generic
    alone = named.passage.ends[at] == spot.end and len(text) >= _FEWEST_LETTERS and text.isalpha()
    return alone and not plain and not named.names.within(spot)


def _everywhere(reading: Reading, word: str, mentions: Iterable[Mention]) -> Iterator[Spot]:
    """Yield where a word stands that is in no other mention."""
    for number, passage in enumerate(reading.passages):
        for at in passage.where(word.lower()):
            spot = Spot(number, passage.starts[at], passage.ends[at])
            if not any(each.spot.touches(spot) for each in mentions):
                yield spot
