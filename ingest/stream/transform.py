"""The loop: what a process does with the partitions it owns, one transaction at a time.

Knows nothing of feeds or articles: a `Task` does the work. Here is all that a kill, a pause, a rebalance or a broker
that goes away may do to it, and what follows: state and producer are dropped, then restored and opened again.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import structlog
from kafka.errors import FencedInstanceIdError, KafkaError
from kafka.structs import ConsumerGroupMetadata

from ingest.service.health import Health
from ingest.service.lifecycle import Stop, Watchdog
from ingest.service.settings import KafkaSettings
from ingest.stream.connection import reachable
from ingest.stream.membership import Membership
from ingest.stream.metrics import StreamMetrics
from ingest.stream.producer import MembershipLost, Offset, SlotFenced, TransactionFailed, Transactions, Written
from ingest.stream.record import Incoming, Record
from ingest.stream.restore import Restored, RestoreFailed, restore

log = structlog.get_logger(__name__)

IDLE_COMMIT_SECONDS = 30.0
"""A process whose slot was taken by another learns it at a commit only (its polls go on without an error)."""

ITERATION_LIMIT_SECONDS = 120.0
"""Restore (45 s), a batch and a transaction (26 s) fit in; a loop that stands still for longer hangs for ever."""

RESTORE_AT_ONCE = 4
"""Partitions that are read together: until the task has taken them, their records are in memory as they are."""
RESTORE_SLICE_SECONDS = 10.0
"""Then the group is polled before more is restored: a year of all partitions takes minutes, and a member that does not
poll for a minute (max_poll_interval) is thrown out and begins anew, for ever."""

FAILURE_PAUSE_SECONDS = (0.1, 0.2, 0.5, 1.0, 2.0)


@dataclass(frozen=True, slots=True)
class Turn:
    """What commits together: records, and group offsets by partition."""

    records: tuple[Record, ...] = ()
    offsets: Mapping[int, Offset] = field(default_factory=dict)


class Task(Protocol):
    """The work of one process, as the loop sees it. Called from the loop's thread only."""

    def restored(self, partition: int, state: Restored) -> None:
        """Take the state of a partition that is ours from now on."""

    def dropped(self, partition: int) -> None:
        """Forget a partition: it is no longer ours, or its state may be wrong."""

    def turns(self, incoming: Sequence[Incoming], owned: frozenset[int]) -> Iterable[Turn]:
        """Do the work, turn by turn; the code after a `yield` runs when that turn was committed, and only then.

        When a commit fails the generator is closed and every partition is dropped.
        """

    def farewell(self) -> Mapping[int, Offset]:
        """Return the offsets of a clean end, to be committed last; empty where there is nothing to say."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a loop works: its group, its slot, what it reads and where its state is."""

    group: str
    slot: str
    topic: str
    state_topic: str
    reads: bool
    """False: the group only shares out the state topic's partitions (fetchers)."""

    @property
    def transactional_id(self) -> str:
        """Stable for the slot: whoever starts with it ends what its predecessor left open."""
        return f"{self.group}-{self.slot}"


class Loop:
    """Runs a task until it is told to stop."""

    def __init__(
        self,
        kafka: KafkaSettings,
        place: Place,
        task: Task,
        *,
        batch: tuple[int, float],
        metrics: StreamMetrics,
        health: Health,
        watchdog: Watchdog,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._kafka = kafka
        self._place = place
        self._task = task
        self._batch_records, self._batch_seconds = batch
        self._metrics = metrics
        self._health = health
        self._watchdog = watchdog
        self._clock = clock
        self._member = self._join()
        self._settled_at = clock()
        self._transactions = Transactions(kafka, place.transactional_id)
        self._held: dict[int, Offset | None] = {}
        """Partitions whose state is restored, with the offset that an idle commit repeats."""
        self._carried: tuple[Incoming, ...] = ()
        """Read and not worked on yet, as the group was not settled or had just given us more: the client, which reads
        on meanwhile (cooperative rebalance), will not give them again."""
        self._committed_at = clock()
        self._succeeded_at = clock()
        self._failures = 0
        self._refused: ConsumerGroupMetadata | None = None

    def run(self, stop: Stop) -> None:
        """Loop until `stop` is set; raises SlotFenced, or BrokerTrouble after a minute of failures."""
        log.info("loop_started", group=self._place.group, slot=self._place.slot)
        try:
            while not stop.requested:
                self._health.beat()
                with self._watchdog.limit(ITERATION_LIMIT_SECONDS, "one turn of the loop"):
                    self._guarded_iteration(stop)
            self._say_farewell()
        finally:
            self._transactions.drop()
            self._member.close()
            log.info("loop_ended", slot=self._place.slot)

    def _guarded_iteration(self, stop: Stop) -> None:
        try:
            self._iteration()
        except (SlotFenced, FencedInstanceIdError) as error:
            self._metrics.fenced.inc()
            raise SlotFenced(str(error)) from error
        except (TransactionFailed, RestoreFailed, KafkaError, OSError) as error:
            self._recover(error)
            pause = FAILURE_PAUSE_SECONDS[min(self._failures, len(FAILURE_PAUSE_SECONDS)) - 1]
            stop.wait(pause)

    def _say_farewell(self) -> None:
        """Tell the successor that nothing was under way; what fails here costs it a little caution, no more."""
        membership = self._member.snapshot()
        offsets = self._task.farewell()
        if membership is None or membership == self._refused or not offsets:
            return
        try:
            self._commit(Turn(offsets=offsets), membership)
        except (TransactionFailed, SlotFenced) as error:
            log.warning("farewell_not_committed", error=str(error)[:300])

    def _iteration(self) -> None:
        self._carried = incoming = self._gather()
        membership = self._member.snapshot()
        if membership == self._refused:
            # The client learns of a lost membership at its next heartbeat only; until then restores are futile.
            membership = None
        if membership is not None:
            self._settled_at = self._clock()
        if membership is None or not self._member.owned:
            if membership is None:
                self._join_anew_if_stuck()
                self._health.waits_for("partitions", "the consumer group is not settled")
            else:
                # A spare process commits nothing: that it has its place in the group is all it can succeed in.
                self._succeeded_at, self._failures = self._clock(), 0
                self._health.arrived("partitions")
            return
        if self._restore_missing(membership):
            return
        self._health.arrived("partitions")
        self._carried = ()
        self._work(incoming, membership)
        if self._clock() - self._committed_at > IDLE_COMMIT_SECONDS:
            self._commit(Turn(), membership)
        self._metrics.lag_of(self._place.topic, self._member.lag())

    def _join(self) -> Membership:
        place = self._place
        return Membership(self._kafka, place.group, place.slot, place.topic, reads=place.reads)

    def _join_anew_if_stuck(self) -> None:
        """Replace a member that has not settled in the time that the slowest rebalance may take.

        The last resort for a client that waits for an answer that does not come, as it once did (`_keep_joining` of
        the membership mends the cause that was found). A static member may come back at once, as a new client.
        """
        limit = (self._kafka.max_poll_interval_ms + self._kafka.session_timeout_ms) / 1000
        if self._clock() - self._settled_at < limit:
            return
        self._settled_at = self._clock()
        if reachable(self._kafka):
            log.warning("joining_anew", group=self._place.group, unsettled_seconds=round(limit))
            self._let_go(tuple(self._held))
            self._carried = ()
            self._member.close()
            self._member = self._join()

    def _gather(self) -> tuple[Incoming, ...]:
        """Poll until the batch is full or its time is over; with nothing read, one poll.

        What was carried over comes first, without the partitions that have gone since.
        """
        until = self._clock() + self._batch_seconds
        gathered = list(self._carried)
        wait = self._batch_seconds
        while True:
            # Also with a full batch: the group goes on in the polls.
            records, gone = self._member.poll(wait, max(1, self._batch_records - len(gathered)))
            gathered.extend(records)
            if gone:
                self._let_go(gone)
                gathered = [record for record in gathered if record.partition not in gone]
                # Here and not with the work: who owns nothing has none, and its lag would be shown for ever.
                self._metrics.lag_of(self._place.topic, self._member.lag())
            wait = until - self._clock()
            if not records or len(gathered) >= self._batch_records or wait <= 0:
                self._metrics.rebalances_seen(self._member.rebalances)
                return tuple(gathered)

    def _let_go(self, partitions: Iterable[int]) -> None:
        for partition in partitions:
            if partition in self._held:
                del self._held[partition]
                self._task.dropped(partition)
        self._metrics.owned.set(len(self._held))

    def _restore_missing(self, membership: ConsumerGroupMetadata) -> bool:
        """Restore what is owned and not yet held, or a part of it; True when there was something: then poll again."""
        missing = sorted(self._member.owned - self._held.keys())
        if not missing:
            return False
        self._transactions.open()
        started, records, done = self._clock(), 0, 0
        while done < len(missing) and (not done or self._clock() - started < RESTORE_SLICE_SECONDS):
            some = missing[done : done + RESTORE_AT_ONCE]
            restored = list(
                restore(
                    self._kafka, self._member, self._place.state_topic, some, client_id=self._place.transactional_id
                )
            )
            if self._member.snapshot() != membership:
                # The group moved on while we read: the next poll says what is still ours.
                return True
            while restored:
                records += self._hold(restored.pop(0))
            done += len(some)
        self._metrics.owned.set(len(self._held))
        if not self._failures:  # a restore between two commits that fail is no success
            self._succeeded_at = self._clock()
        log.info(
            "partitions_restored",
            partitions=missing[:done],
            left=len(missing) - done,
            records=records,
            seconds=round(self._clock() - started, 3),
        )
        return True

    def _hold(self, state: Restored) -> int:
        """Hold a partition from now on; return how many records its state had."""
        self._held[state.partition] = state.offset
        self._task.restored(state.partition, state)
        self._member.start(state.partition, state.offset)
        return len(state.values)

    def _work(self, incoming: Sequence[Incoming], membership: ConsumerGroupMetadata) -> None:
        turns = self._task.turns(incoming, frozenset(self._held))
        iterator = iter(turns)
        try:
            for turn in iterator:
                self._commit(turn, membership)
        finally:
            close = getattr(iterator, "close", None)
            if close is not None:
                close()

    def _commit(self, turn: Turn, membership: ConsumerGroupMetadata) -> None:
        self._metrics.in_flight.set(sum(record.size for record in turn.records))
        started = self._clock()
        offsets: dict[int, Offset] = {}

        def offsets_of(written: Written) -> Mapping[tuple[str, int], Offset]:
            offsets.update(self._offsets(turn, written))
            return {(self._place.topic, partition): offset for partition, offset in offsets.items()}

        try:
            self._transactions.commit(turn.records, offsets_of, membership)
        except MembershipLost:
            self._refused = membership
            self._metrics.transactions.labels("refused").inc()
            raise
        except (TransactionFailed, SlotFenced):
            self._metrics.transactions.labels("failed").inc()
            raise
        finally:
            self._metrics.in_flight.set(0)
        self._metrics.transactions.labels("committed").inc()
        self._metrics.committed_at.set_to_current_time()
        self._metrics.commit_seconds.observe(self._clock() - started)
        self._held.update(offsets)
        self._committed_at = self._succeeded_at = self._clock()
        self._failures = 0

    def _offsets(self, turn: Turn, written: Written) -> Mapping[int, Offset]:
        """Return the group offsets of a turn: every partition that it touched must be fenced by one.

        A fetcher's offset is the next offset after its own last state record, which gives the lag a meaning. A commit
        that touches no state repeats what stands, for every partition that is held: none goes out unfenced.
        """
        touched = turn.offsets or {
            partition: Offset(last + 1)
            for (topic, partition), last in written.items()
            if topic == self._place.state_topic
        }
        return touched or {partition: offset or Offset(0) for partition, offset in self._held.items()}

    def _recover(self, error: Exception) -> None:
        """Drop what may be wrong: the producer and all state; the next iterations open and restore them again."""
        self._failures += 1
        lost = isinstance(error, MembershipLost)
        log.warning("transaction_lost" if lost else "loop_failed", error=str(error)[:300], failures=self._failures)
        self._transactions.drop()
        self._let_go(tuple(self._held))
        self._carried = ()
        self._member.stop_all()
        self._health.waits_for("partitions", "the last transaction failed; its state is restored next")
        if not reachable(self._kafka):
            # The broker is away: that is not ours to repair by a restart, however long it takes.
            self._succeeded_at = self._clock()
        elif self._clock() - self._succeeded_at > self._kafka.exit_after_seconds:
            raise BrokerTrouble(
                f"the broker answers, but nothing succeeded for {self._kafka.exit_after_seconds:.0f} s: {error}"
            ) from error


class BrokerTrouble(Exception):
    """The loop cannot go on in this process; a new one may."""
