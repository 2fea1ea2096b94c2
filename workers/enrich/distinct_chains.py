"""Which of the chains that were found are published: what «این منبع» takes up, and each chain once.

Knows nothing of how chains are found.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from workers.enrich.found import FoundSource
from workers.enrich.kinds import SourceKind
from workers.enrich.reading import Reading, folded

_ORIGINAL = frozenset({SourceKind.ANONYMOUS, SourceKind.ORGANISATION})

type Chain = tuple[FoundSource, ...]


def with_taken_up(reading: Reading, found: Sequence[Chain]) -> Iterator[Chain]:
    """Yield the chains with the outlet or unnamed source that «این خبرگزاری» or «این منبع» takes up."""
    outlet: str | None = None
    unnamed: FoundSource | None = None
    for chain in found:
        taken: list[FoundSource] = []
        for source in chain:
            again = reading.text(source.spot).startswith("این ")
            if again and source.kind is SourceKind.ANONYMOUS:
                taken.append(unnamed or source)
            else:
                taken.append(replace(source, id=outlet) if again and source.id is None else source)
        yield tuple(taken)
        outlet = next((source.id for source in taken if source.kind is SourceKind.OUTLET and source.id), outlet)
        unnamed = next((source for source in taken if source.kind is SourceKind.ANONYMOUS), unnamed)


def distinct(reading: Reading, found: Iterable[Chain]) -> tuple[Chain, ...]:
    """Return each chain once, at its first place; a source whom an outlet quotes is no chain of its own.

    Another outlet is one all the same: it reports, too.
    """
    seen: dict[tuple[str, ...], Chain] = {}
    for chain in found:
        if len(chain) == 1 and chain[0].kind is SourceKind.ANONYMOUS and reading.text(chain[0].spot).startswith("این "):
            continue
        key = tuple(source.id or folded(reading.text(source.spot)).removeprefix("یک ") for source in chain)
        seen.setdefault(key, chain)
    quoted = {key[-1] for key in seen if len(key) > 1}
    return tuple(
        chain for key, chain in seen.items() if len(key) > 1 or chain[0].kind not in _ORIGINAL or key[0] not in quoted
    )
