"""Which of the chains that were found are published: what «این منبع» takes up, and each chain once.

Knows nothing of how chains are found.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from workers.enrich.found import FoundSource
from workers.enrich.kinds import SourceKind
from workers.enrich.reading import Reading, folded

_ORIGINAL = frozenset({SourceKind.ANONYMOUS, SourceKind.ORGANISATION})

_PRESS = frozenset({SourceKind.OUTLET, SourceKind.REPORTER})
_TOLD = 2
"""Links of an outlet and who told it."""

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
    before = {SourceKind.ANONYMOUS}
    for chain in found:
        again = len(chain) == 1 and chain[0].id is None and reading.text(chain[0].spot).startswith("این ")
        if again and chain[0].kind in before:
            continue
        before |= {source.kind for source in chain}
        key = tuple(source.id or folded(reading.text(source.spot)).removeprefix("یک ") for source in chain)
        if not any(_is_again(reading, chain, earlier) for earlier in seen.values()):
            seen.setdefault(key, chain)
    quoted = {key[-1] for key in seen if len(key) > 1}
    return tuple(
        chain for key, chain in seen.items() if len(key) > 1 or chain[0].kind not in _ORIGINAL or key[0] not in quoted
    )


def _is_again(reading: Reading, chain: Chain, earlier: Chain) -> bool:
    """Tell a chain that another names in full: «روزنامه «نمونه»» and later «نمونه»."""
    if len(chain) != len(earlier):
        return False
    return all(
        one.kind is other.kind
        and (one.id is None or other.id is None)
        and folded(reading.text(other.spot)).endswith(folded(reading.text(one.spot)))
        for one, other in zip(chain, earlier, strict=True)
    )


def joined(reading: Reading, found: Sequence[Chain]) -> Iterator[Chain]:
    """Yield the chains, those of one sentence as one where an outlet begins it and another is told something behind.

    «به گزارش ایسنا، یک منبع … به رویترز گفت»: the second chain is what the first outlet passes on.
    """
    before: Chain | None = None
    for chain in found:
        if before is not None and _passes_on(reading, before, chain):
            before = (*before, *chain)
            continue
        if before is not None:
            yield before
        before = chain
    if before is not None:
        yield before


def _passes_on(reading: Reading, before: Chain, chain: Chain) -> bool:
    first, last = before[0], before[-1]
    if len(before) > 1 or last.kind not in _PRESS or last.id is None or len(chain) != _TOLD or chain[0].id == last.id:
        return False
    told = chain[0].kind is SourceKind.OUTLET and chain[-1].kind is SourceKind.ANONYMOUS
    passage = reading.passages[first.spot.passage]
    begin, end = first.spot.start, max(source.spot.start for source in chain)
    same = first.spot.passage == chain[0].spot.passage and begin < min(source.spot.start for source in chain)
    return told and same and passage.sentence_at(begin) == passage.sentence_at(end)
