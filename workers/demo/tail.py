"""Follows the published events in a terminal or a pipe, as any consumer would.

Knows nothing of who publishes them.
"""

import os
import shutil
import sys
from collections.abc import Sequence
from functools import cache

from pydantic import ValidationError

from ingest.service.lifecycle import Stop
from ingest.service.settings import KafkaSettings, seeds_dir
from ingest.stream.reading import Follower
from ingest.stream.record import Incoming
from workers.consumed import consumed_article
from workers.demo.show import line, wants_colour
from workers.persian.country_names import country_names
from workers.persian.phrases import Countries

POLL_SECONDS = 0.5


def follow(
    kafka: KafkaSettings, topics: Sequence[str], *, from_beginning: bool, as_json: bool, count: int | None
) -> None:
    """Print events until the count is reached, Ctrl-C, or nobody reads any more.

    Raises UsageError when the broker or a topic is not there.
    """
    stop = Stop(budget_seconds=5.0)
    follower = Follower(kafka, topics, from_beginning=from_beginning)
    shown = 0
    try:
        with stop.on_signals():
            while not stop.requested:
                for record in follower.poll(POLL_SECONDS):
                    sys.stdout.write(rendered(record, as_json=as_json) + "\n")
                    shown += 1
                    if shown == count:
                        return
                sys.stdout.flush()
    except BrokenPipeError:
        # `rasad tail | head`: the reader has what it wanted; what is buffered has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    finally:
        follower.close()


def rendered(record: Incoming, *, as_json: bool = False) -> str:
    """Return one event as a line for a person, or as its JSON."""
    value = record.value or b""
    if as_json:
        return value.decode("utf-8", "replace")
    on_terminal = sys.stdout.isatty()
    width = shutil.get_terminal_size().columns if on_terminal else None
    try:
        article = consumed_article(value)
    except ValidationError:
        # The topic may hold what somebody else has put there.
        return f"not an article: {record.topic}, partition {record.partition}, offset {record.offset}"
    return line(
        article,
        width=width,
        colour=wants_colour(on_terminal, os.environ),
        countries=_countries(),
    )


@cache
def _countries() -> Countries:
    return country_names(seeds_dir())
