"""One process around one loop: signals, metrics, health, the broker's absence, and what the exit code says.

Knows nothing of feeds or articles; `ingest.assemble` and `workers.assemble` bring the task.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

import structlog
from kafka.errors import KafkaError
from prometheus_client import CollectorRegistry

from ingest.service.errors import UsageError
from ingest.service.hangup import Hangup
from ingest.service.health import Health
from ingest.service.lifecycle import ExitCode, Stop, Watchdog, follow_supervisor
from ingest.service.metrics import new_registry, serve
from ingest.service.settings import KafkaSettings, Settings
from ingest.stream.admin import describe_topics
from ingest.stream.connection import reachable
from ingest.stream.metrics import StreamMetrics
from ingest.stream.producer import SlotFenced
from ingest.stream.topics import TopicSpec
from ingest.stream.transform import BrokerTrouble, Loop, Place, Task

log = structlog.get_logger(__name__)

WAIT_FOR_BROKER_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Frame:
    """What a task may use of its process."""

    registry: CollectorRegistry
    health: Health
    watchdog: Watchdog
    stop: Stop
    hangup: Hangup = field(default_factory=Hangup)


MakeTask = Callable[[Frame], AbstractContextManager[Task]]
"""Builds the task, warm; leaving the context lets go of its threads and children."""


def run(
    settings: Settings, place: Place, topics: Sequence[TopicSpec], make_task: MakeTask, batch: tuple[int, float]
) -> ExitCode:
    """Run a loop until a signal, and say by the exit code how it ended.

    Raises UsageError for what a restart cannot put right. Call it from the main thread.
    """
    frame = Frame(new_registry(), Health(), Watchdog(), Stop(settings.run.drain_seconds))
    with (
        # First: whoever is told where we serve may send SIGHUP, which would end us.
        frame.hangup.on_signal(),
        serve(settings.metrics, frame.registry, frame.health),
        frame.stop.on_signals(),
    ):
        follow_supervisor(frame.stop)
        with make_task(frame) as task:
            if not _broker_came(settings.kafka, topics, frame):
                return ExitCode.OK
            try:
                loop = Loop(
                    settings.kafka,
                    place,
                    task,
                    batch=batch,
                    metrics=StreamMetrics(frame.registry),
                    health=frame.health,
                    watchdog=frame.watchdog,
                )
            except KafkaError as error:
                log.critical("broker_trouble", error=repr(error))
                return ExitCode.BROKER_UNREACHABLE
            frame.health.waits_for("partitions", "the consumer group is not settled")
            frame.health.started()
            return _loop(loop, frame.stop)


def _loop(loop: Loop, stop: Stop) -> ExitCode:
    try:
        loop.run(stop)
    except SlotFenced as error:
        log.critical("slot_fenced", error=str(error))
        return ExitCode.FENCED
    except BrokerTrouble as error:
        log.critical("broker_trouble", error=str(error))
        return ExitCode.BROKER_UNREACHABLE
    log.info("ended", reason=stop.reason)
    return ExitCode.OK


def _broker_came(kafka: KafkaSettings, topics: Sequence[TopicSpec], frame: Frame) -> bool:
    """Wait for the broker and its topics, however long; False when the process was told to end meanwhile.

    Raises UsageError when a topic has other partitions than the settings say.
    """
    told = ""
    while not frame.stop.requested:
        frame.health.beat()
        missing = _missing(kafka, topics)
        if not missing:
            frame.health.arrived("broker")
            return True
        frame.health.waits_for("broker", missing)
        if missing != told:
            log.warning("waiting", reason=missing)
            told = missing
        frame.stop.wait(WAIT_FOR_BROKER_SECONDS)
    return False


def _missing(kafka: KafkaSettings, topics: Sequence[TopicSpec]) -> str:
    """Say what is missing; an empty string when all is there."""
    if not reachable(kafka):
        return f"no Kafka answers at {kafka.bootstrap_servers}"
    try:
        standing = describe_topics(kafka, topics)
    except (UsageError, KafkaError) as error:
        return str(error)
    for topic in standing:
        if topic.exists and topic.partitions != topic.wanted_partitions:
            raise UsageError(
                f"topic {topic.name} has {topic.partitions} partitions, the settings say {topic.wanted_partitions}: "
                "set `partitions` to the topic's number"
            )
    absent = [topic.name for topic in standing if not topic.exists]
    return f"topics are missing ({', '.join(absent)}): run `rasad topics create`" if absent else ""
