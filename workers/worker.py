"""One worker process: entries in, article events out, a batch a transaction.

Knows nothing of feeds. Pipeline, publishing and dead letters are pure; the loop in `ingest.stream` commits what
this task yields, and drops and restores its state when a commit fails.
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog
from pydantic import ValidationError

from ingest.event import Entry
from ingest.service.lifecycle import Watchdog
from ingest.stream.attempts import ATTEMPTS, Attempts, Portion
from ingest.stream.dead_letter import dead_letter
from ingest.stream.heartbeat import is_heartbeat
from ingest.stream.producer import Offset
from ingest.stream.record import Incoming, Record
from ingest.stream.restore import Restored
from ingest.stream.topics import Topics
from ingest.stream.transform import Turn
from workers.article import Article, Draft
from workers.heartbeat import Ended, taken_through
from workers.metrics import ItemOutcome, WorkerMetrics
from workers.pipeline import StageFailed, StageName, Tools, article_of, reason_of
from workers.publish import ArticleState, article_records

log = structlog.get_logger(__name__)

STATE_KEPT_FOR = timedelta(days=30)
"""An article that is edited later than this after its last event starts anew on its label's topic."""

SWEEP_SECONDS = 3_600.0

FORGOTTEN_AT_ONCE = 100
"""Of a partition in an hour: fifty times what becomes due in one, and a clock that was set months ahead has not made
every article forget its labels before somebody looks."""


@dataclass(slots=True)
class _Batch:
    """What a portion of records comes to, until it is committed."""

    records: list[Record] = field(default_factory=list)
    outcomes: Counter[tuple[StageName, ItemOutcome]] = field(default_factory=Counter)
    seconds: list[tuple[StageName, float]] = field(default_factory=list)
    articles: list[Article] = field(default_factory=list)
    words: int = 0
    unknown_words: int = 0
    heartbeats: list[Ended] = field(default_factory=list)


@dataclass(slots=True)
class Worker:
    """The task of a worker process; see `ingest.stream.transform.Task`."""

    tools: Tools
    topics: Topics
    metrics: WorkerMetrics
    watchdog: Watchdog
    attempts: Attempts
    record_deadline_seconds: float
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _states: dict[int, dict[str, ArticleState]] = field(default_factory=dict)
    _swept_at: float | None = None

    def restored(self, partition: int, state: Restored) -> None:
        """Take the labelled articles of a partition, and where its records stand."""
        self._states[partition] = {
            key.decode(): ArticleState.model_validate_json(value) for key, value in state.values.items()
        }
        self.attempts.restored(partition, state.offset)

    def dropped(self, partition: int) -> None:
        """Forget a partition."""
        self._states.pop(partition, None)
        self.attempts.dropped(partition)

    def farewell(self) -> Mapping[int, Offset]:
        """Say that no record is under way."""
        return self.attempts.clean()

    def turns(self, incoming: Sequence[Incoming], owned: frozenset[int]) -> Iterable[Turn]:
        """Work on the records, portion by portion; each is counted when it is committed, and only then."""
        for portion in self.attempts.portions(incoming):
            marks = self.attempts.begin(portion)
            if marks:
                yield Turn(offsets=marks)
            with self.metrics.at_work(len(portion.records)):
                batch = self._condemn(portion.records[0]) if portion.condemned else self._work(portion)
                yield Turn(records=tuple(batch.records), offsets=self.attempts.done(portion))
            self._count(batch)
        yield from self._sweep(owned)

    def _work(self, portion: Portion) -> _Batch:
        batch = _Batch()
        for record in portion.records:
            # A record that hangs must cost this process, and be counted as a death, rather than hold its partition.
            with self.watchdog.limit(self.record_deadline_seconds, "one record"):
                self._take(record, batch)
        return batch

    def _take(self, record: Incoming, batch: _Batch) -> None:
        """Take one record through all stages; whatever goes wrong with it stays with it."""
        try:
            if is_heartbeat(record):
                ended = taken_through(record, self.tools, self.topics.heartbeats, self.now, self.clock)
                batch.records.append(ended.record)
                batch.heartbeats.append(ended)
                return
            entry = _decoded(record)
            batch.outcomes[StageName.DECODE, ItemOutcome.OK] += 1
            article = article_of(
                entry, self.tools, lambda name, seconds, draft: self._passed(batch, name, seconds, draft), self.clock
            )
            records = self._records(record.partition, article)
        except StageFailed as failure:
            self._bury(record, batch, failure.stage, reason_of(failure.cause), failure.cause)
            return
        batch.records.extend(records)
        batch.outcomes[StageName.PUBLISH, ItemOutcome.OK] += 1
        batch.articles.append(article)

    def _records(self, partition: int, article: Article) -> list[Record]:
        """Return what an article puts on the topics. Raises StageFailed for what cannot be written."""
        ever = self._ever_labelled(partition, article)
        try:
            # A label that is retired has no topic for certain, and one missing topic would stop the whole partition.
            served = frozenset(ever).intersection(self.tools.classifier.labels)
            records = list(article_records(article, topics=self.topics, ever_labels=served))
        except Exception as error:
            raise StageFailed(StageName.PUBLISH, error) from error
        if ever:
            records.append(self._remember(partition, article, ever))
        return records

    def _passed(self, batch: _Batch, name: StageName, seconds: float, draft: Draft) -> None:
        batch.outcomes[name, ItemOutcome.OK] += 1
        batch.seconds.append((name, seconds))
        if name is StageName.CLASSIFY:
            batch.words += draft.words
            batch.unknown_words += draft.unknown_words

    def _ever_labelled(self, partition: int, article: Article) -> tuple[str, ...]:
        known = self._states[partition].get(article.article_id)
        return tuple(sorted({*article.assigned(), *(known.labels if known else ())}))

    def _remember(self, partition: int, article: Article, labels: tuple[str, ...]) -> Record:
        state = ArticleState(labels=labels, revision=article.revision, analysis=article.analysis, at=article.fetched_at)
        self._states[partition][article.article_id] = state
        return Record(
            topic=self.topics.article_state,
            key=article.article_id.encode(),
            value=state.model_dump_json().encode(),
            # The partition of the entry, whatever its topic's size: state is restored with the entries' partition.
            partition=partition,
        )

    def _bury(self, record: Incoming, batch: _Batch, stage: StageName, reason: str, cause: Exception | None) -> None:
        outcome = ItemOutcome.UNEXPECTED if reason == "unexpected" else ItemOutcome.REJECTED
        batch.outcomes[stage, outcome] += 1
        log.warning(
            "dead_letter",
            stage=stage,
            reason=reason,
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            error=repr(cause)[:300] if cause else None,
        )
        batch.records.append(
            dead_letter(
                record,
                topic=self.topics.dead_letters,
                stage=stage,
                reason=reason,
                exception=cause,
                attempts=ATTEMPTS if cause is None else 1,
                pipeline_version=self.tools.version,
            )
        )

    def _condemn(self, record: Incoming) -> _Batch:
        batch = _Batch()
        self._bury(record, batch, StageName.DECODE, "unexpected", None)
        return batch

    def _count(self, batch: _Batch) -> None:
        for (stage, outcome), count in batch.outcomes.items():
            self.metrics.counted(stage, outcome, count, self.now())
        for stage, seconds in batch.seconds:
            self.metrics.stage_seconds.labels(stage).observe(seconds)
        self.metrics.read(batch.words, batch.unknown_words)
        now = self.now()
        for article in batch.articles:
            self.metrics.committed(article, now)
        for ended in batch.heartbeats:
            self.metrics.heartbeat_ended(ended.heartbeat, now)

    def _sweep(self, owned: frozenset[int]) -> Iterator[Turn]:
        """Once an hour, forget articles whose last event is long ago, the oldest first."""
        if self._swept_at is not None and self.clock() - self._swept_at < SWEEP_SECONDS:
            return
        self._swept_at = self.clock()
        until = self.now() - STATE_KEPT_FOR
        for partition in sorted(owned):
            states = self._states[partition]
            due = sorted((state.at, article_id) for article_id, state in states.items() if state.at < until)
            expired = [article_id for _, article_id in due[:FORGOTTEN_AT_ONCE]]
            if expired:
                yield Turn(
                    records=tuple(
                        Record(self.topics.article_state, article_id.encode(), None, partition=partition)
                        for article_id in expired
                    ),
                    offsets={partition: self.attempts.standing(partition)},
                )
                for article_id in expired:
                    del states[article_id]


def _decoded(record: Incoming) -> Entry:
    """Read an entry. Raises StageFailed for what is not one."""
    try:
        return Entry.model_validate_json(record.value or b"")
    except ValidationError as error:
        fields = json.dumps([".".join(map(str, problem["loc"])) for problem in error.errors()[:5]])
        raise StageFailed(StageName.DECODE, InvalidEntry(fields)) from error


class InvalidEntry(Exception):
    """The record is not an entry; names the fields that are wrong, never their values."""
