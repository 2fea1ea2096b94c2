"""A worker process, put together from the settings.

Knows nothing of what the parts do.
"""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from ingest.service.errors import UsageError
from ingest.service.lifecycle import ExitCode
from ingest.service.settings import Settings, seeds_dir
from ingest.service.toml_document import read_toml
from ingest.stream.attempts import Attempts
from ingest.stream.process import Frame, run
from ingest.stream.topics import Topics, TopicSpec
from ingest.stream.transform import Place
from workers.classify.labels import load_labels
from workers.classify.model import Classifier
from workers.enrich.enrich import Enricher
from workers.metrics import WorkerMetrics
from workers.normalize import Normalizer
from workers.pipeline import Tools
from workers.worker import Worker


def workers_group(namespace: str) -> str:
    """Return the consumer group that shares out the entries."""
    return f"{namespace}-workers"


def analysis_release(seeds: Path) -> int:
    """Return the release of the pipeline from `pipeline.toml`. Raises UsageError when it is not there."""
    path = seeds / "pipeline.toml"
    analysis = read_toml(path, "the pipeline's release").get("analysis")
    if type(analysis) is not int or analysis < 1:
        raise UsageError(f"{path}: analysis: {analysis!r} is not a whole number from 1 on")
    return analysis


def warm_tools(publish_normalized_text: bool = False) -> Tools:
    """Build what the stages work with, and use each once, so that the first article waits for nothing."""
    seeds = seeds_dir()
    with _made_to_stay():
        tools = Tools(
            normalizer=Normalizer(),
            classifier=Classifier.load(seeds),
            enricher=Enricher.load(seeds),
            analysis=analysis_release(seeds),
            publish_normalized_text=publish_normalized_text,
        )
        tools.normalizer("گرم شدن پیش از نخستین خبر")
        tools.enricher.enrich((("title", "گرم شدن", "گرم شدن"),), None, "")
    return tools


@contextmanager
def _made_to_stay() -> Iterator[None]:
    """Make what lives as long as the process: no collection looks at its million objects, now or later.

    Half a second of a worker's start went into that. What nobody needs of them is some thousand objects.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        if collects:
            gc.enable()


def needed_topics(topics: Topics, labels: Sequence[str], partitions: int) -> tuple[TopicSpec, ...]:
    """Return the topics without which a worker waits: one that it has no right to see would look missing for ever."""
    fetchers_own = {topics.feed_state, topics.feed_control}
    return tuple(spec for spec in topics.specs(labels, partitions) if spec.name not in fetchers_own)


def run_worker(settings: Settings, slot: str) -> ExitCode:
    """Run one worker under a slot's stable name until it is told to stop."""
    topics = Topics(settings.namespace)
    labels = tuple(label.name for label in load_labels(seeds_dir() / "labels.toml"))
    place = Place(workers_group(settings.namespace), slot, topics.entries, topics.article_state, reads=True)
    needed = needed_topics(topics, labels, settings.partitions)
    batch = (settings.worker.batch_records, settings.worker.batch_seconds)
    return run(settings, place, needed, partial(_task, settings, topics, labels), batch)


@contextmanager
def _task(settings: Settings, topics: Topics, labels: tuple[str, ...], frame: Frame) -> Iterator[Worker]:
    tools = warm_tools(settings.worker.publish_normalized_text)
    metrics = WorkerMetrics(frame.registry, labels)
    metrics.serves(tools.classifier.model_id, tools.analysis, tools.normalizer.version)
    yield Worker(
        tools=tools,
        topics=topics,
        metrics=metrics,
        watchdog=frame.watchdog,
        attempts=Attempts(settings.worker.batch_records),
        record_deadline_seconds=settings.worker.record_deadline_seconds,
    )
