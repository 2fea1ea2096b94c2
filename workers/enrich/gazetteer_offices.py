"""Whose ministry, whose embassy: an office and the country that follows it become one match.

Knows nothing of tries or files: it reads what the matcher found, in order.
"""

from collections.abc import Sequence
from dataclasses import replace

from workers.enrich.gazetteer_entries import EntryKind, Function, Office
from workers.enrich.gazetteer_forms import Sense
from workers.enrich.gazetteer_match import Candidate, Match

_BETWEEN = frozenset({" ", " کشور "})
"""What may stand between an office and its country: «سفارت کشور ترکیه»."""
_IN = " در "
_PLACES = (EntryKind.CITY, EntryKind.COUNTRY)
_MISSIONS = frozenset({Function.EMBASSY, Function.CONSULATE})


def with_countries(text: str, matches: Sequence[Match]) -> tuple[Match, ...]:
    """Return the matches with each office joined to the country after it, and missions told where they are."""
    if not any(candidate.kind is EntryKind.OFFICE for match in matches for candidate in match.candidates):
        return tuple(matches)
    joined: list[Match] = []
    at = 0
    while at < len(matches):
        match, at = matches[at], at + 1
        office = match.of(EntryKind.OFFICE)
        if office:
            following = matches[at] if at < len(matches) else None
            owner = following.of(EntryKind.COUNTRY) if following else None
            country = None
            if (
                following
                and owner
                and owner.sense is not Sense.METONYM
                and text[match.end : following.start] in _BETWEEN
            ):
                match = Match(match.start, following.end, text[match.start : following.end], match.candidates)
                country, at = owner.entry.id, at + 1
            elif isinstance(office.entry, Office) and office.entry.needs_country:
                continue
            host = _host(text, match, matches[at] if at < len(matches) else None, office)
            match = match._replace(candidates=(replace(office, country=country, host=host),))
        joined.append(match)
    return tuple(joined)


def _host(text: str, match: Match, following: Match | None, office: Candidate) -> str | None:
    """Return the id of the place that follows a mission after «در»."""
    if not isinstance(office.entry, Office) or office.entry.function not in _MISSIONS:
        return None
    if following is None or text[match.end : following.start] != _IN:
        return None
    return next((place.id for kind in _PLACES if (place := following.of(kind))), None)
