"""Records at which a process dies: found by ever smaller portions, and condemned when it died of them alone, twice.

Knows nothing of what the records mean. A death leaves one trace only, the metadata of the committed offset: how often
work at this offset was begun, and up to which offset. A batch that was begun and not finished is worked on again in
tens, then one by one. A record that was there at four deaths, the last two with nothing else in hand, goes to the
dead letters unseen. Deaths that have other causes (a kill, a lost machine) do not come back at the same record.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ingest.stream.producer import Offset
from ingest.stream.record import Incoming

GROUP_ATTEMPTS = 2
"""The batch, then tens: deaths that tell of a group only."""

ATTEMPTS = GROUP_ATTEMPTS + 2
"""Deaths after which a record is condemned. One death alone with it may be a kill that met it by chance."""

SMALL_PORTION = 10
"""Of the second attempt: a tenth of a batch, so that a false alarm (a restart in mid work) costs little."""


PORTION_BYTES = 4 * 1_024 * 1_024
"""A hundred usual entries are 1 MB; a hundred of the longest texts take a minute of work, after which the group has
given up on us: without a commit on the way the same batch would come again, for ever."""


@dataclass(frozen=True, slots=True)
class Portion:
    """Records that are worked on and committed together."""

    records: tuple[Incoming, ...]
    condemned: bool = False
    """The only record is one of which the process has died again and again: it must not be touched."""


@dataclass(slots=True)
class _Partition:
    next_offset: int
    begun: int
    """Attempts at `next_offset` that ended in a death."""
    until: int
    """The records before this offset were part of the attempts."""
    marked: bool
    """The committed metadata already counts the attempt that comes next."""

    @property
    def suspect(self) -> bool:
        return self.begun > 0 and self.next_offset < self.until


@dataclass(slots=True)
class Attempts:
    """The attempts at each partition that is ours."""

    batch_records: int
    _partitions: dict[int, _Partition] = field(default_factory=dict)

    def restored(self, partition: int, offset: Offset | None) -> None:
        """Take over a partition at its committed offset."""
        next_offset = offset.next_offset if offset else 0
        begun, until = _decode(offset.metadata if offset else "")
        self._partitions[partition] = _Partition(next_offset, begun, until, marked=False)

    def dropped(self, partition: int) -> None:
        """Forget a partition."""
        self._partitions.pop(partition, None)

    def portions(self, incoming: Sequence[Incoming]) -> Iterator[Portion]:
        """Split records into portions, in order within each partition; ask for the next when the last is done."""
        calm: list[Incoming] = []
        suspects: dict[int, list[Incoming]] = {}
        for record in incoming:
            state = self._partitions[record.partition]
            if state.suspect and record.offset < state.until:
                suspects.setdefault(record.partition, []).append(record)
            elif record.partition in suspects:
                suspects[record.partition].append(record)
            else:
                calm.append(record)
        while calm:
            portion = Portion(_fitting(calm))
            yield portion
            calm = calm[len(portion.records) :]
        for partition, records in suspects.items():
            yield from self._careful(self._partitions[partition], records)

    def _careful(self, state: _Partition, records: list[Incoming]) -> Iterator[Portion]:
        while records:
            if state.suspect and records[0].offset < state.until:
                size = 1 if state.begun >= GROUP_ATTEMPTS else SMALL_PORTION
                head = tuple(record for record in records[:size] if record.offset < state.until)
                condemned = state.begun >= ATTEMPTS and not state.marked
            else:
                head, condemned = _fitting(records), False
            yield Portion(head, condemned)
            records = records[len(head) :]

    def begin(self, portion: Portion) -> Mapping[int, Offset]:
        """Return the offsets to commit before the work, so that a death in it is counted; empty if it already is."""
        marks: dict[int, Offset] = {}
        if portion.condemned:
            return marks
        first = {record.partition: record.offset for record in reversed(portion.records)}
        for partition, last in _last(portion).items():
            state = self._partitions[partition]
            if not state.marked:
                if first[partition] >= state.until:
                    # Only transaction markers were left of what the attempts had begun.
                    state.begun = 0
                state.marked = True
                state.until = max(state.until, last + 1)
                marks[partition] = Offset(state.next_offset, _encode(state.begun + 1, state.until))
        return marks

    def done(self, portion: Portion) -> Mapping[int, Offset]:
        """Return the offsets to commit with the portion's results; they count the next attempt in advance."""
        offsets: dict[int, Offset] = {}
        for partition, last in _last(portion).items():
            state = self._partitions[partition]
            state.next_offset = last + 1
            if state.suspect:
                # What comes next was in the same groups as what has just passed, and has not been alone yet.
                state.begun = min(state.begun, GROUP_ATTEMPTS)
            else:
                state.begun = 0
                # Twice: each transaction's marker takes an offset too.
                state.until = state.next_offset + 2 * self.batch_records
            state.marked = True
            offsets[partition] = Offset(state.next_offset, _encode(state.begun + 1, state.until))
        return offsets

    def standing(self, partition: int) -> Offset:
        """Return the offset as it stands, for a commit that works on no record."""
        state = self._partitions[partition]
        return Offset(state.next_offset, _encode(state.begun + state.marked, state.until))

    def clean(self) -> Mapping[int, Offset]:
        """Return the offsets of a clean end: nothing is under way."""
        return {
            partition: Offset(state.next_offset, _encode(state.begun, state.until) if state.suspect else "")
            for partition, state in self._partitions.items()
        }


def _fitting(records: Sequence[Incoming]) -> tuple[Incoming, ...]:
    """Return the first records, at least one, as many as fit into a portion."""
    size = 0
    for number, record in enumerate(records):
        size += len(record.value or b"")
        if number and size > PORTION_BYTES:
            return tuple(records[:number])
    return tuple(records)


def _last(portion: Portion) -> dict[int, int]:
    return {record.partition: record.offset for record in portion.records}


def _encode(begun: int, until: int) -> str:
    return f"{begun}:{until}"


def _decode(metadata: str) -> tuple[int, int]:
    """Read what `_encode` wrote; anything else, such as an operator's own commit, means a clean start."""
    begun, _, until = metadata.partition(":")
    if begun.isdecimal() and until.isdecimal():
        return int(begun), int(until)
    return 0, 0
