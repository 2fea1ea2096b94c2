"""Sources that are bodies, each with the whole name of the body: «به گزارش سازمان سبزآب و آبگینه».

Knows nothing of how sources or bodies are found.
"""

from collections.abc import Sequence
from dataclasses import replace

from workers.enrich.found import FoundOrganisation, FoundSource
from workers.enrich.kinds import SourceKind
from workers.enrich.reading import Spot


def whole(
    chains: Sequence[Sequence[FoundSource]], bodies: Sequence[FoundOrganisation]
) -> tuple[tuple[FoundSource, ...], ...]:
    """Return the chains; a source that ends within a body's name goes on to its end, but not into another source."""
    names = [spot for body in bodies for spot in body.spots]
    taken = [source.spot for chain in chains for source in chain]
    return tuple(tuple(_whole(source, names, taken) for source in chain) for chain in chains)


def _whole(source: FoundSource, names: Sequence[Spot], taken: Sequence[Spot]) -> FoundSource:
    if source.kind is not SourceKind.ORGANISATION:
        return source
    first, last = source.spot.start, source.spot.end
    for name in names:
        if name.passage == source.spot.passage and first <= name.start < last < name.end:
            rest = Spot(name.passage, last, name.end)
            if not any(spot.touches(rest) for spot in taken):
                return replace(source, spot=Spot(name.passage, first, name.end))
    return source
