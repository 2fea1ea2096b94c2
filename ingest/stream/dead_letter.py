"""Dead letters: a record that no stage could take, with its original bytes and what went wrong, in headers.

Pure; knows nothing of stages, of what the bytes mean, or of who reads the topic.

As Kafka Streams (KIP-1034) and Connect (KIP-298) do, the original headers stay and ours are added under a prefix of
our own. A header of that prefix on the original is left out: it tells of an earlier burial of a record that was sent
again.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from ingest.service.logging import MASK, without_control_characters, without_secrets
from ingest.stream.record import Headers, Incoming, Record

PREFIX = "rasad-"

VALUE_MAX_BYTES = 512 * 1_024
"""With key and headers at their limits too, a dead letter stays well below Kafka's default limit of 1 MiB."""

KEY_MAX_BYTES = 64 * 1_024
HEADERS_MAX_BYTES = 64 * 1_024
EXCEPTION_MAX_BYTES = 1_024

_SECRET_ASSIGNED = re.compile(
    r"""([\w-]{0,40}(?:password|passwd|secret|token|api[_-]?key|authorization)["']?\s{0,2}[=:]\s{0,2}["']?)"""
    r"""(?:(?:bearer|basic)\s{1,2})?[^\s,;"')]+""",
    re.IGNORECASE,
)


def dead_letter(
    incoming: Incoming,
    *,
    topic: str,
    stage: str,
    reason: str,
    exception: BaseException | None,
    attempts: int,
    pipeline_version: str,
) -> Record:
    """Return the record that buries `incoming` on `topic`; a given `exception` is told by type and message."""
    about = {
        "stage": stage,
        "reason": reason,
        "exception": None if exception is None else exception_text(exception),
        "topic": incoming.topic,
        "partition": str(incoming.partition),
        "offset": str(incoming.offset),
        "attempts": str(attempts),
        "pipeline": pipeline_version,
        **_cut_marks(incoming),
    }
    ours = tuple((PREFIX + name, text.encode()) for name, text in about.items() if text is not None)
    return Record(
        topic=topic,
        key=(incoming.key or b"")[:KEY_MAX_BYTES],
        value=None if incoming.value is None else incoming.value[:VALUE_MAX_BYTES],
        headers=_original_headers(incoming.headers) + ours,
    )


def exception_text(exception: BaseException) -> str:
    """Return type and message in one line of at most EXCEPTION_MAX_BYTES, without secrets and control characters."""
    kind = type(exception)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    # Cut first: a message may quote a whole document, and the expressions below look at each character of it.
    text = f"{name}: {exception}"[: 4 * EXCEPTION_MAX_BYTES]
    text = _SECRET_ASSIGNED.sub(rf"\g<1>{MASK}", without_secrets(text))
    return _cut(without_control_characters(text), EXCEPTION_MAX_BYTES)


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A dead letter as it was read; None where a foreign record on the topic does not say."""

    place: tuple[str, int, int]
    """Topic, partition and offset of the dead letter itself."""
    buried_at: datetime
    key: bytes
    value: bytes | None
    """The original bytes, or their beginning."""
    headers: Headers
    """The original ones."""
    stage: str | None
    reason: str | None
    exception: str | None
    topic: str | None
    """Where the original stands, as are partition and offset."""
    partition: int | None
    offset: int | None
    attempts: int | None
    pipeline: str | None
    original_length: int
    original_sha256: str | None
    """Hex, of all of the original bytes; given when `value` is cut."""

    @property
    def is_cut(self) -> bool:
        """Tell whether the original value is longer than what was kept."""
        return self.original_length > len(self.value or b"")

    @classmethod
    def parse(cls, incoming: Incoming) -> Self:
        """Read a record of the dead letters' topic; takes any record, for an operator must see them all."""

        def text(name: str) -> str | None:
            return incoming.header(PREFIX + name)

        def number(name: str) -> int | None:
            given = text(name) or ""
            return int(given) if re.fullmatch(r"[0-9]{1,19}", given) else None

        length = number("original-length")
        return cls(
            place=(incoming.topic, incoming.partition, incoming.offset),
            buried_at=incoming.appended_at,
            key=incoming.key or b"",
            value=incoming.value,
            headers=tuple(header for header in incoming.headers if not header[0].startswith(PREFIX)),
            stage=text("stage"),
            reason=text("reason"),
            exception=text("exception"),
            topic=text("topic"),
            partition=number("partition"),
            offset=number("offset"),
            attempts=number("attempts"),
            pipeline=text("pipeline"),
            original_length=len(incoming.value or b"") if length is None else length,
            original_sha256=text("original-sha256"),
        )


def _cut_marks(incoming: Incoming) -> dict[str, str]:
    """Return what identifies the original where less than all of it is kept."""
    marks = {}
    if incoming.value is not None and len(incoming.value) > VALUE_MAX_BYTES:
        marks["original-length"] = str(len(incoming.value))
        marks["original-sha256"] = hashlib.sha256(incoming.value).hexdigest()
    if incoming.key is not None and len(incoming.key) > KEY_MAX_BYTES:
        marks["original-key-length"] = str(len(incoming.key))
    return marks


def _original_headers(headers: Headers) -> Headers:
    """Return the original headers, as many from the first on as fit in HEADERS_MAX_BYTES."""
    kept, size = [], 0
    for name, value in headers:
        size += len(name.encode()) + len(value)
        if size > HEADERS_MAX_BYTES:
            break
        if not name.startswith(PREFIX):
            kept.append((name, value))
    return tuple(kept)


def _cut(text: str, max_bytes: int) -> str:
    """Return the beginning of the text that fits, cut between two characters."""
    return text.encode()[:max_bytes].decode("utf-8", "ignore")
