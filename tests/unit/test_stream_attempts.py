"""Attempts: a record that kills its process is found and condemned, and its neighbours pass."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from ingest.stream.attempts import PORTION_BYTES, Attempts
from ingest.stream.producer import Offset
from ingest.stream.record import Incoming

BATCH = 100


class Died(Exception):
    """The process of the model below has died."""


@dataclass
class Broker:
    """A partition and the group's committed offset: all that outlives a process."""

    poison: frozenset[int]
    records: int
    committed: Offset | None = None
    passed: list[int] = field(default_factory=list)
    condemned: list[int] = field(default_factory=list)
    deaths: dict[int, int] = field(default_factory=dict)

    def incoming(self) -> list[Incoming]:
        start = self.committed.next_offset if self.committed else 0
        # Every third offset is a transaction's marker, which no consumer sees.
        offsets = [offset for offset in range(start, self.records) if offset % 3]
        return [Incoming("t", 0, offset, datetime.now(UTC), b"k", b"v") for offset in offsets[:BATCH]]

    def live(self, killed_after: int | None = None) -> None:
        """Run a process until all is done, or it is killed at work; raises Died when it touches poison."""
        attempts = Attempts(BATCH)
        attempts.restored(0, self.committed)
        while incoming := self.incoming():
            for portion in attempts.portions(incoming):
                marks = attempts.begin(portion)
                self.committed = marks.get(0, self.committed)
                offsets = [record.offset for record in portion.records]
                if killed_after == 0:
                    return
                killed_after = None if killed_after is None else killed_after - 1
                if portion.condemned:
                    self.condemned += offsets
                else:
                    self.work(offsets)
                    self.passed += offsets
                self.committed = attempts.done(portion)[0]

    def work(self, offsets: list[int]) -> None:
        for offset in offsets:
            if offset in self.poison:
                self.deaths[offset] = self.deaths.get(offset, 0) + 1
                raise Died

    def live_until_done(self) -> None:
        for _ in range(10 * len(self.poison) + 1):
            try:
                self.live()
            except Died:
                continue
            return
        raise AssertionError("still dying")


def test_a_record_that_kills_again_and_again_is_condemned_and_its_neighbours_pass() -> None:
    broker = Broker(poison=frozenset({55}), records=300)

    broker.live_until_done()

    assert broker.condemned == [55]
    assert broker.deaths[55] == 4
    assert broker.passed == [offset for offset in range(300) if offset % 3 and offset != 55]


@given(st.sets(st.integers(0, 399).filter(lambda offset: offset % 3), max_size=6))
def test_whatever_is_poison_only_poison_is_condemned_and_the_rest_passes_once(poison: set[int]) -> None:
    broker = Broker(poison=frozenset(poison), records=400)

    broker.live_until_done()

    assert broker.condemned == sorted(poison)
    assert broker.passed == [offset for offset in range(400) if offset % 3 and offset not in poison]
    # At least the two deaths alone; the deaths of a group may have been a neighbour's.
    assert all(2 <= deaths <= 5 for deaths in broker.deaths.values())


@given(st.lists(st.integers(1, 30), max_size=40))
def test_kills_that_have_nothing_to_do_with_the_records_condemn_none(portions_until_kill: list[int]) -> None:
    """Each process gets through one portion at least, and is killed in a later one, whichever that is."""
    broker = Broker(poison=frozenset(), records=900)
    for portions in portions_until_kill:
        broker.live(killed_after=portions)

    broker.live()

    assert broker.condemned == []
    assert sorted(broker.passed) == [offset for offset in range(900) if offset % 3]


def test_a_process_that_is_killed_while_it_is_idle_condemns_nothing() -> None:
    broker = Broker(poison=frozenset(), records=30)
    broker.live()
    for _ in range(10):
        attempts = Attempts(BATCH)
        attempts.restored(0, broker.committed)

    broker.records = 60
    broker.live()

    assert broker.condemned == []
    assert broker.passed == [offset for offset in range(60) if offset % 3]


def test_a_clean_end_leaves_no_suspicion() -> None:
    attempts = Attempts(BATCH)
    attempts.restored(0, None)
    (portion,) = attempts.portions([Incoming("t", 0, 7, datetime.now(UTC), b"k", b"v")])
    attempts.begin(portion)
    attempts.done(portion)

    assert attempts.clean() == {0: Offset(8, "")}


def test_metadata_that_is_not_ours_means_a_clean_start() -> None:
    attempts = Attempts(BATCH)
    attempts.restored(0, Offset(5, "reset by an operator"))

    (portion,) = attempts.portions([Incoming("t", 0, 5, datetime.now(UTC), b"k", b"v")])

    assert not portion.condemned
    assert attempts.begin(portion) == {0: Offset(5, "1:6")}


def test_partitions_without_suspicion_share_one_portion() -> None:
    attempts = Attempts(BATCH)
    for partition in range(3):
        attempts.restored(partition, Offset(10, ""))
    incoming = [Incoming("t", number % 3, 10 + number, datetime.now(UTC), b"k", b"v") for number in range(9)]

    portions = list(attempts.portions(incoming))

    assert [len(portion.records) for portion in portions] == [9]


def test_a_batch_of_long_records_is_committed_in_parts_so_that_none_outlasts_the_groups_patience() -> None:
    """Else a hundred of the longest texts would be worked on, refused and read again, for ever."""
    attempts = Attempts(BATCH)
    attempts.restored(0, None)
    long = b"v" * (PORTION_BYTES // 2)
    values = [b"v", long, b"v", long, b"v", 3 * long, b"v"]
    incoming = [Incoming("t", 0, offset, datetime.now(UTC), b"k", value) for offset, value in enumerate(values)]
    offsets: list[list[int]] = []
    committed: list[Offset] = []

    for portion in attempts.portions(incoming):
        attempts.begin(portion)
        offsets.append([record.offset for record in portion.records])
        committed.append(attempts.done(portion)[0])

    assert offsets == [[0, 1, 2], [3, 4], [5], [6]]
    assert [offset.next_offset for offset in committed] == [3, 5, 6, 7]
