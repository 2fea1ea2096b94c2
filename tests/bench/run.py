"""What a section of the benchmark is given, and how it says that a figure would be worth nothing.

Knows nothing of the sections.
"""

from collections.abc import Callable
from dataclasses import dataclass

from articles import Replayed

from ingest.service.settings import KafkaSettings

PARTITIONS = 4
"""Of every topic of the benchmark."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much each section does."""

    pairs: int
    articles: int
    """In one pair of the enrich loop on long texts; on articles as they are, which are shorter, three times as many."""
    requests: int
    """Polls of each side of a pair."""
    documents: int
    """Feeds of 50 entries that each side of a pair parses."""
    feeds: int
    """Feeds of 100 entries that one round takes to the topic."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the benchmark."""

    articles: tuple[Replayed, ...]
    """All replay articles, in an order that is the same in every run."""
    sizes: Sizes
    kafka: KafkaSettings | None
    """The broker, for the sections that ask for one."""
    tell: Callable[[str], None]
    """Shows progress."""

    @property
    def broker(self) -> KafkaSettings:
        """Return the broker."""
        if self.kafka is None:
            raise BenchFailed("this section was started without a broker")
        return self.kafka


class BenchFailed(Exception):
    """What was measured did not do its work, so that its speed says nothing."""
