"""The worker's part of a heartbeat: the stages on a text of our own, and the record with which it ends.

Pure: tools and clocks come in. Knows nothing of Kafka; nothing of it is ever an article.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from ingest.stream.heartbeat import Heartbeat, heartbeat_record
from ingest.stream.record import Incoming, Record
from workers.feedless import feedless_entry
from workers.pipeline import StageFailed, StageName, Tools, article_of

TEXT = "وزیران خارجه دو کشور همسایه درباره گسترش همکاری‌های امنیتی در مرزهای مشترک گفت‌وگو کردند."
"""Persian, so that all of the classifier has its part."""


class InvalidHeartbeat(Exception):
    """The record has a heartbeat's type, and is none."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A heartbeat that was taken through the stages."""

    heartbeat: Heartbeat
    record: Record


def taken_through(
    record: Incoming, tools: Tools, topic: str, now: Callable[[], datetime], clock: Callable[[], float]
) -> Ended:
    """Take a heartbeat through all stages. Raises StageFailed as an entry would."""
    try:
        heartbeat = Heartbeat.model_validate_json(record.value or b"")
    except ValidationError as error:
        raise StageFailed(StageName.DECODE, InvalidHeartbeat(f"{error.error_count()} faults")) from error
    seconds: dict[str, float] = {}
    article_of(
        feedless_entry(TEXT, "", heartbeat.sent_at),
        tools,
        lambda stage, took, _: seconds.update({stage.value: round(took, 6)}),
        clock,
    )
    ended = heartbeat.model_copy(update={"taken_at": now(), "stage_seconds": seconds})
    return Ended(ended, heartbeat_record(topic, ended))
