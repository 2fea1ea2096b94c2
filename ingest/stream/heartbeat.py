"""Heartbeats: records of our own that go the way of every entry, and say by their arrival that the way is open.

Pure but for the gauge. Knows nothing of feeds or articles. A fetcher sends them among the entries (`ingest.heartbeat`),
a worker takes them through its stages and ends them in the heartbeats topic; they are never articles.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from prometheus_client import CollectorRegistry, Gauge
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from ingest.stream.record import CONTENT_TYPE, Incoming, Record, rfc3339, traceparent

HEARTBEAT_TYPE = "org.rasad.heartbeat.v1"
HEARTBEAT_SCHEMA = "https://rasad.example/schemas/heartbeat.v1.json"


class Heartbeat(BaseModel):
    """One heartbeat, as it is sent and, with what the worker adds, as it ends."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    slot: Annotated[str, Field(min_length=1)]
    """Of the fetcher that sent it."""
    partition: Annotated[int, Field(ge=0)]
    """Of the entries, through which it went."""
    sent_at: AwareDatetime
    taken_at: AwareDatetime | None = None
    """When a worker had taken it through its stages."""
    stage_seconds: Mapping[str, float] = {}
    """What each stage took."""


def heartbeat_record(topic: str, heartbeat: Heartbeat, *, partition: int | None = None) -> Record:
    """Return the record of a heartbeat: its id is the same among the entries and at its end."""
    headers = {
        "ce_specversion": "1.0",
        "ce_id": f"{heartbeat.slot}/{heartbeat.partition}/{rfc3339(heartbeat.sent_at)}",
        "ce_source": f"/rasad/{heartbeat.slot}",
        "ce_type": HEARTBEAT_TYPE,
        "ce_time": rfc3339(heartbeat.sent_at),
        "ce_dataschema": HEARTBEAT_SCHEMA,
        "content-type": CONTENT_TYPE,
        "traceparent": traceparent(uuid.uuid5(uuid.NAMESPACE_URL, f"{heartbeat.slot}/{heartbeat.sent_at}").hex),
    }
    return Record(
        topic,
        heartbeat.slot.encode(),
        heartbeat.model_dump_json().encode(),
        tuple((name, value.encode()) for name, value in headers.items()),
        partition=partition,
    )


def is_heartbeat(record: Incoming) -> bool:
    """Tell a heartbeat from an entry, without reading its value."""
    return record.header("ce_type") == HEARTBEAT_TYPE


class HeartbeatGauge:
    """When a heartbeat was last at this end of its way."""

    def __init__(self, registry: CollectorRegistry, stage: str) -> None:
        gauge = Gauge(
            "rasad_heartbeat_timestamp_seconds",
            "When a heartbeat was last committed: `sent` by a fetcher, `ended` by a worker, which has taken it through "
            "all stages.",
            ["stage"],
            registry=registry,
        )
        self._gauge = gauge.labels(stage)

    def committed(self, at: datetime) -> None:
        """Show that one was committed."""
        self._gauge.set(at.timestamp())
