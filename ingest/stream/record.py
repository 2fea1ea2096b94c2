"""Records as they go to and come from Kafka, and the CloudEvents headers of an event.

Knows nothing of what the values mean; imports no Kafka library, so that pure code can make records.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

Headers = tuple[tuple[str, bytes], ...]

CONTENT_TYPE = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Record:
    """One record to be sent; a `value` of None is a tombstone."""

    topic: str
    key: bytes
    value: bytes | None
    headers: Headers = ()
    partition: int | None = None
    """Given explicitly by the writer where co-partitioning matters; None: by the key (murmur2, as Java does)."""

    @property
    def size(self) -> int:
        """Bytes of key, value and headers, without Kafka's own framing."""
        return len(self.key) + len(self.value or b"") + sum(len(name) + len(value) for name, value in self.headers)


@dataclass(frozen=True, slots=True)
class Incoming:
    """One record as it was read, with its place in the topic."""

    topic: str
    partition: int
    offset: int
    appended_at: datetime
    """Aware UTC; the broker's clock (`message.timestamp.type=LogAppendTime`)."""
    key: bytes | None
    value: bytes | None
    headers: Headers = ()

    def header(self, name: str) -> str | None:
        """Return the last header of this name as text, as CloudEvents' Kafka binding defines them (UTF-8)."""
        for key, value in reversed(self.headers):
            if key == name:
                return value.decode("utf-8", "replace")
        return None


@dataclass(frozen=True, slots=True)
class CloudEvent:
    """The attributes of a CloudEvents 1.0 event in Kafka's binary content mode."""

    id: str
    source: str
    type: str
    time: datetime
    subject: str
    dataschema: str
    traceparent: str
    extensions: Mapping[str, str]

    def headers(self) -> Headers:
        """Return the record headers, in a fixed order."""
        attributes = {
            "ce_specversion": "1.0",
            "ce_id": self.id,
            "ce_source": self.source,
            "ce_type": self.type,
            "ce_time": rfc3339(self.time),
            "ce_subject": self.subject,
            "ce_dataschema": self.dataschema,
            **{f"ce_{name}": value for name, value in sorted(self.extensions.items())},
            "content-type": CONTENT_TYPE,
            "traceparent": self.traceparent,
        }
        return tuple((name, value.encode()) for name, value in attributes.items())


def rfc3339(instant: datetime) -> str:
    """Render an aware instant in UTC with milliseconds and `Z` (RFC 3339)."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def traceparent(trace_id: str) -> str:
    """Return a W3C Trace Context header value; the span id is the trace's own first half, and it is sampled."""
    return f"00-{trace_id}-{trace_id[:16]}-01"
