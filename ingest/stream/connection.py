"""How each kind of Kafka client is configured; the derivation of every number stands here.

Knows nothing of transactions or of what is read.
"""

import socket
from collections.abc import Mapping
from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor

from ingest.service.settings import KafkaSettings

RECONNECT_BACKOFF_MAX_MS = 1_000
"""kafka-python's default grows to 30 s: a broker that is back would stay unseen for that long."""

RETRY_BACKOFF_MS = 20
"""A transaction that begins while the last one is still finishing is retried after this; the default of 100 ms
is the p95 of small transactions."""

_NO_METRICS = {"metrics_enabled": False}
"""kafka-python's own figures cost time at every record and nobody reads them; the admin client has no such switch."""

WAITING_PERSON_MS = 8_000
"""A broker that takes the connection and says nothing is given up after this where a person waits; the default of 30 s
suits a process, which tries again."""

RESTORE_FETCH_BYTES = 4 * 1024 * 1024
RESTORE_MAX_RECORDS = 5_000


def common(kafka: KafkaSettings, client_id: str) -> dict[str, Any]:
    """Return what every client takes: addresses, security, names, reconnects."""
    config: dict[str, Any] = {
        "bootstrap_servers": kafka.bootstrap_servers,
        "client_id": client_id,
        "security_protocol": kafka.security_protocol,
        "reconnect_backoff_max_ms": RECONNECT_BACKOFF_MAX_MS,
    }
    if kafka.ssl_cafile is not None:
        config["ssl_cafile"] = str(kafka.ssl_cafile)
    if kafka.sasl_mechanism is not None:
        config["sasl_mechanism"] = kafka.sasl_mechanism
        config["sasl_plain_username"] = kafka.sasl_username
        config["sasl_plain_password"] = kafka.sasl_password.get_secret_value() if kafka.sasl_password else None
    return config


def group_consumer(kafka: KafkaSettings, group: str, slot: str) -> KafkaConsumer:
    """Return the consumer that owns partitions: static membership, read_committed, one assignor only.

    `read_committed` matters for ownership too: only then are committed offsets read with `require_stable`,
    which waits for a predecessor's pending offset commit (KIP-447).
    """
    return KafkaConsumer(
        **common(kafka, f"{group}-{slot}"),
        **_NO_METRICS,
        group_id=group,
        group_instance_id=slot,
        isolation_level="read_committed",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        session_timeout_ms=kafka.session_timeout_ms,
        heartbeat_interval_ms=kafka.heartbeat_interval_ms,
        max_poll_interval_ms=kafka.max_poll_interval_ms,
        # It must outlast both: a JoinGroup is answered when the whole group has come.
        request_timeout_ms=max(kafka.max_poll_interval_ms, kafka.session_timeout_ms) + 5_000,
        partition_assignment_strategy=[CooperativeStickyAssignor],
        # The default of five minutes is how long a group that settled on stale metadata would share out nothing.
        metadata_max_age_ms=15_000,
        allow_auto_create_topics=False,
    )


def reading_consumer(
    kafka: KafkaSettings, client_id: str, *, committed_only: bool, bootstrap_ms: int = 30_000
) -> KafkaConsumer:
    """Return a consumer outside every group, for restores and for people who look."""
    return KafkaConsumer(
        bootstrap_timeout_ms=bootstrap_ms,
        **common(kafka, client_id),
        **_NO_METRICS,
        group_id=None,
        isolation_level="read_committed" if committed_only else "read_uncommitted",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=RESTORE_FETCH_BYTES,
        fetch_max_wait_ms=100,
        allow_auto_create_topics=False,
    )


def producer_config(kafka: KafkaSettings, transactional_id: str) -> dict[str, Any]:
    """Return the settings of a transactional producer; kafka-python 3 adds idempotence and acks=all by itself."""
    return {
        **common(kafka, transactional_id),
        **_NO_METRICS,
        "transactional_id": transactional_id,
        "transaction_timeout_ms": kafka.transaction_timeout_ms,
        "compression_type": None if kafka.compression == "none" else kafka.compression,
        "linger_ms": 5,
        # A transaction is sent as a whole: 16 kB, the default, cuts it into dozens of requests.
        "batch_size": 512 * 1024,
        "acks": "all",
        "retry_backoff_ms": RETRY_BACKOFF_MS,
        # request < delivery < our bound on the flush: the client gives up before we do, and says why.
        "request_timeout_ms": 5_000,
        "delivery_timeout_ms": 8_000,
        "max_block_ms": 15_000,
        "bootstrap_timeout_ms": 5_000,
    }


def admin_client(kafka: KafkaSettings, client_id: str) -> KafkaAdminClient:
    """Return an admin client."""
    return KafkaAdminClient(**common(kafka, client_id), request_timeout_ms=10_000)


def reachable(kafka: KafkaSettings, timeout_seconds: float = 1.0) -> bool:
    """Say whether any bootstrap address takes a TCP connection."""
    for address in kafka.bootstrap_servers.split(","):
        host, _, port = address.strip().rpartition(":")
        try:
            with socket.create_connection((host.strip("[]"), int(port)), timeout=timeout_seconds):
                return True
        except (OSError, ValueError):
            continue
    return False


def describe(kafka: KafkaSettings) -> Mapping[str, str]:
    """Return what may be logged of a connection."""
    return {"bootstrap_servers": kafka.bootstrap_servers, "security_protocol": kafka.security_protocol}
