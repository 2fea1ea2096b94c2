"""Bring the local Kafka's jars, unless KAFKA_BOOTSTRAP_SERVERS names a Kafka that is there: part of `make setup`."""

import os
import sys
from pathlib import Path

from ingest.service.errors import UsageError
from ingest.stream.local_broker import ensure_jars


def main() -> int:
    """Return the exit code."""
    if os.environ.get("KAFKA_BOOTSTRAP_SERVERS"):
        return 0
    try:
        ensure_jars(Path(__file__).resolve().parents[2], lambda line: print(f"setup: {line}", flush=True))
    except UsageError as error:
        print(f"setup: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
