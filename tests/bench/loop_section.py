"""The enrich loop on a real Kafka, beside bare hazm over the same texts in the same process.

Knows nothing of feeds: entries are put on their topic as a fetcher would have committed them. The yardstick normalizes
the text alone; the loop reads, decodes, normalizes title, summary and text, classifies, and publishes.
"""

import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from unittest.mock import patch

import hazm
from articles import Replayed, entry_of, joined, taken
from figures import Figure, in_turns, per_second
from kafka.structs import ConsumerGroupMetadata
from run import PARTITIONS, BenchFailed, Run
from through import Counted, run_through, verify_count

import workers.pipeline
import workers.worker
from ingest.event import Entry
from ingest.service.health import Health
from ingest.service.lifecycle import Stop, Watchdog
from ingest.service.metrics import new_registry
from ingest.service.settings import KafkaSettings, WorkerSettings, seeds_dir
from ingest.stream.admin import create_topics
from ingest.stream.attempts import Attempts
from ingest.stream.connection import producer_config
from ingest.stream.process import Frame
from ingest.stream.producer import BoundedProducer
from ingest.stream.record import CloudEvent, Incoming, traceparent
from ingest.stream.topics import Topics, partition_of
from ingest.stream.transform import Loop, Place, Turn
from workers.assemble import warm_tools, workers_group
from workers.classify.labels import load_labels
from workers.metrics import WorkerMetrics
from workers.worker import Worker

NAMESPACE = "bench-loop"
TEXT_CHARS = 3_000
TARGET = 0.70
SHORTER = 3
"""Replay articles as they are have a quarter of the long texts' length: more of them make a pair of like length."""

STAGES = ("consume", "decode", "normalize", "classify", "enrich", "publish", "transaction", "rest")

WHAT = {"long": "enrich loop, texts of 3 kB", "as-is": "enrich loop, replay articles"}
MEASURED_BY_WORKER = ("normalize", "classify", "enrich")
TIMED = (
    ("decode", workers.worker, "_decoded"),
    ("publish", workers.pipeline, "article_from"),
    ("publish", workers.worker, "article_records"),
)
"""Where the worker does the rest."""

FLUSH_SECONDS = 8.0

type Draw = Callable[[], list[Replayed]]


@dataclass(slots=True)
class _Spent:
    """Seconds by stage, from the poll that brought the first records to the last commit."""

    seconds: defaultdict[str, float] = field(default_factory=partial(defaultdict, float))
    started_at: float | None = None

    @contextmanager
    def watching(self) -> Iterator[type[Loop]]:
        """Time the steps for which the worker has no metric of its own; yield the loop that times the others."""
        spent = self

        class TimedLoop(Loop):
            def _gather(self) -> tuple[Incoming, ...]:
                started = time.perf_counter()
                incoming = super()._gather()
                if incoming:
                    spent.started_at = spent.started_at or started
                    spent.seconds["consume"] += time.perf_counter() - started
                return incoming

            def _commit(self, turn: Turn, membership: ConsumerGroupMetadata) -> None:
                spent.timed("transaction", super()._commit)(turn, membership)

            def _say_farewell(self) -> None:
                counted = spent.seconds.copy()
                super()._say_farewell()
                spent.seconds = counted

        with ExitStack() as stack:
            for stage, module, name in TIMED:
                stack.enter_context(patch.object(module, name, self.timed(stage, getattr(module, name))))
            yield TimedLoop

    def timed[**Args, Result](self, stage: str, function: Callable[Args, Result]) -> Callable[Args, Result]:
        """Return the same function, its time added to a stage's."""

        def wrapper(*args: Args.args, **kwargs: Args.kwargs) -> Result:
            started = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                self.seconds[stage] += time.perf_counter() - started

        return wrapper


class _Enricher:
    """A worker's slot: each run is one process's life, on what was produced since the last."""

    def __init__(self, kafka: KafkaSettings) -> None:
        self.topics = Topics(NAMESPACE)
        self.produced = 0
        self._kafka = kafka
        self._labels = tuple(label.name for label in load_labels(seeds_dir() / "labels.toml"))
        self._tools = warm_tools()
        self._watchdog = Watchdog()
        create_topics(kafka, self.topics.specs(self._labels, PARTITIONS))

    @property
    def model_id(self) -> str:
        """Return which model classifies: its cost is part of the figure."""
        return self._tools.classifier.model_id

    def produce(self, articles: Sequence[Replayed]) -> None:
        """Commit the articles to the entries topic, batched and compressed as a fetcher's are."""
        producer = BoundedProducer(**producer_config(self._kafka, "bench-producer"))
        producer.init_transactions()
        producer.begin_transaction()
        sent = [self._send(producer, entry_of(article)) for article in articles]
        producer.flush(FLUSH_SECONDS)
        for future in sent:
            future.get(timeout=0)
        producer.commit_transaction()
        producer.close()
        self.produced += len(articles)

    def _send(self, producer: BoundedProducer, entry: Entry) -> Any:
        key = entry.article_id.encode()
        event = CloudEvent(
            id=f"{entry.article_id}/{entry.revision}",
            source=f"/rasad/{entry.site}",
            type="org.rasad.entry.seen.v1",
            time=entry.fetched_at,
            subject=entry.article_id,
            dataschema="https://rasad.example/schemas/entry.v1.json",
            traceparent=traceparent(entry.trace_id),
            extensions={},
        )
        return producer.send(
            self.topics.entries,
            key=key,
            value=entry.model_dump_json().encode(),
            headers=list(event.headers()),
            partition=partition_of(key, PARTITIONS),
        )

    def run(self, count: int, stages: dict[str, float]) -> float:
        """Take what was produced through the loop; return articles a second, and add up the seconds by stage."""
        settings = WorkerSettings()
        frame = Frame(new_registry(), Health(), self._watchdog, Stop(1.0))
        place = Place(workers_group(NAMESPACE), "bench", self.topics.entries, self.topics.article_state, reads=True)
        worker = Worker(
            tools=self._tools,
            topics=self.topics,
            metrics=WorkerMetrics(frame.registry, self._labels),
            watchdog=frame.watchdog,
            attempts=Attempts(settings.batch_records),
            record_deadline_seconds=settings.record_deadline_seconds,
        )
        counted = Counted(worker, self.topics.articles, count, frame)
        batch = (settings.batch_records, settings.batch_seconds)
        spent = _Spent()
        with spent.watching() as loop_type:
            ended_at = run_through(self._kafka, place, counted, batch, loop_type)
        if spent.started_at is None:
            raise BenchFailed("the loop saw no records")
        seconds = ended_at - spent.started_at
        for stage in MEASURED_BY_WORKER:
            taken_seconds = frame.registry.get_sample_value("rasad_stage_seconds_sum", {"stage": stage})
            spent.seconds[stage] = taken_seconds or 0.0
        spent.seconds["rest"] = seconds - sum(spent.seconds.values())
        for stage in STAGES:
            stages[stage] += spent.seconds[stage]
        return count / seconds

    def verify(self) -> None:
        """See that every article has its event and none went to the dead letters."""
        verify_count(self._kafka, self.topics.articles, self.produced)
        verify_count(self._kafka, self.topics.dead_letters, 0)


def figures(run: Run) -> list[Figure]:
    """Return the loop on long texts and on replay articles as they are."""
    run.tell("loop: warming up")
    enricher = _Enricher(run.broker)
    yardstick = hazm.Normalizer()
    replay = iter(run.articles)
    count = run.sizes.articles
    found = [
        _figure(run, enricher, yardstick, lambda: joined(replay, count, TEXT_CHARS), "long"),
        _figure(run, enricher, yardstick, lambda: taken(replay, count * SHORTER), "as-is"),
    ]
    enricher.verify()
    return found


def _figure(run: Run, enricher: _Enricher, yardstick: Any, draw: Draw, name: str) -> Figure:
    """Measure one kind of text. Every pair has texts of its own: what the loop remembers is from other texts."""
    texts: list[list[Replayed]] = []
    stages = dict.fromkeys(STAGES, 0.0)

    def begin(pair: int) -> list[Replayed]:
        """Draw and produce the pair's texts, before either side has begun."""
        if len(texts) == pair:
            run.tell(f"loop: {name}, pair {pair + 1} of {run.sizes.pairs}")
            texts.append(draw())
            enricher.produce(texts[pair])
        return texts[pair]

    def bare(pair: int) -> float:
        articles = begin(pair)
        return per_second(len(articles), lambda: [yardstick.normalize(article.text) for article in articles])

    warm_up = draw()
    enricher.produce(warm_up)
    enricher.run(len(warm_up), dict.fromkeys(STAGES, 0.0))
    theirs, ours = in_turns(run.sizes.pairs, bare, lambda pair: enricher.run(len(begin(pair)), stages))
    return Figure(
        id=f"loop.{name}",
        what=WHAT[name],
        unit="articles/s",
        ours=ours,
        yardstick="bare hazm",
        theirs=theirs,
        target=TARGET if name == "long" else None,
        shares={stage: stages[stage] / sum(stages.values()) for stage in STAGES},
        facts={
            **_facts([article for drawn in texts for article in drawn]),
            "articles a side": len(texts[0]),
            "model": enricher.model_id,
        },
    )


def _facts(articles: Sequence[Replayed]) -> dict[str, float]:
    return {
        "characters of a text": statistics.mean(len(article.text) for article in articles),
        "bytes": statistics.mean(len(article.text.encode()) for article in articles),
        "batch": WorkerSettings().batch_records,
        "partitions": PARTITIONS,
    }
