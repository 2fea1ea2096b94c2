"""Which organisations an article names: its mentions of bodies, those of one body together.

Knows nothing of what they do. Outlets, airlines and airports are no organisations here: other parts name them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from workers.enrich.body_aliases import aliases
from workers.enrich.body_lexicon import OrganisationLexicon
from workers.enrich.body_mentions import Mention, keys_of, mentions_of
from workers.enrich.found import FoundOrganisation
from workers.enrich.names import Names
from workers.enrich.reading import Reading, Spot


def organisations(reading: Reading, names: Names, lexicon: OrganisationLexicon) -> tuple[FoundOrganisation, ...]:
    """Return the organisations in order of their first mention, each with all its mentions."""
    joined = _joined(reading, mentions_of(reading, names, lexicon), lexicon)
    mentions = tuple(_owned(tuple(each for each in joined if each.alone)))
    others = aliases(reading, names, mentions, lexicon)
    if others.mentions:
        mentions = tuple(sorted((*mentions, *others.mentions), key=lambda each: each.spot))
    return tuple(
        FoundOrganisation(
            tuple(each.spot for each in group),
            next((each.id for each in group if each.id), None),
            next((each.country for each in group if each.country), None),
        )
        for group in _grouped(reading, mentions, others.same)
    )


def _joined(reading: Reading, mentions: Sequence[Mention], lexicon: OrganisationLexicon) -> Sequence[Mention]:
    """Return the mentions, a part of a body and the body right behind it made one: «کمیسیون عمران مجلس …»."""
    found: list[Mention] = []
    for mention in mentions:
        before = found[-1] if found else None
        if before and _follows(reading, before.spot, mention.spot) and _is_part(reading, before.spot, lexicon):
            spot = Spot(before.spot.passage, before.spot.start, mention.spot.end)
            found[-1] = Mention(spot, None, mention.country or before.country)
        else:
            found.append(mention)
    return found


def _follows(reading: Reading, before: Spot, spot: Spot) -> bool:
    passage = reading.passages[spot.passage].normalized
    return before.passage == spot.passage and passage[before.end : spot.start] in {" ", "  "}


def _is_part(reading: Reading, spot: Spot, lexicon: OrganisationLexicon) -> bool:
    """Tell a body that may be a part of another by its first word."""
    passage = reading.passages[spot.passage]
    return passage.texts[passage.index_at(spot.start)] in lexicon.parts


def _owned(mentions: Sequence[Mention]) -> Iterator[Mention]:
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


def _grouped(reading: Reading, mentions: Iterable[Mention], same: Mapping[str, str]) -> Iterable[Sequence[Mention]]:
    """Return the mentions of each organisation: of one id, of one name that begins the other, or of its alias."""
    groups: list[list[Mention]] = []
    by_key: dict[str, list[Mention]] = {}
    for mention in mentions:
        keys = keys_of(reading, mention)
        keys = (same.get(keys[0], keys[0]), *keys[1:])
        found = (by_key[key] for key in (keys[:1] if mention.id else keys) if key in by_key)
        group = next(found, None) or (None if mention.id else _begun(keys[-1], by_key))
        if group is None:
            group = []
            groups.append(group)
        by_key.update(dict.fromkeys(keys, group))
        group.append(mention)
    return groups


def _begun(text: str, keys: Mapping[str, list[Mention]]) -> list[Mention] | None:
    """Return the group of a name that begins this one, or that this one begins, without an id on either."""
    if text.count(" ") < 1:
        return None
    for known, group in keys.items():
        longer, shorter = (known, text) if len(known) > len(text) else (text, known)
        if longer.startswith(f"{shorter} ") and shorter.count(" ") >= 1 and group[0].id is None:
            return group
    return None
