"""How each feed fares, from what the fetchers remember: one row a feed, the worst first.

Pure: the state topic's records and the time come in. Knows nothing of Kafka's clients and of terminals.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from statistics import median

from ingest.address import address, names_of
from ingest.alternates import still_listed
from ingest.feed_state import FeedState, decode_feed, decode_seen
from ingest.feeds import Feed, Registry
from ingest.fetch.politeness import host_of
from ingest.fetch.redact import redact
from ingest.memory import REMEMBERED_FOR
from ingest.pause import ControlState, Pause, decode_control

RHYTHM_GAPS = 50
"""The latest gaps between moments at which something new was there; older ones say nothing of today's pace."""
SILENT_RHYTHMS = 10
"""Gaps of ten times the usual are rare for any publisher that is at work."""
SILENT_AT_LEAST = timedelta(hours=12)
"""Nights, and the morning after, are no silence."""


class Standing(StrEnum):
    """How a feed stands, the worst first."""

    FAILING = "failing"
    SILENT = "silent"
    """It answers, and has had nothing new for many times its rhythm."""
    NEVER_POLLED = "never_polled"
    PAUSED = "paused"
    DETOUR = "detour"
    """It works, at an alternate."""
    OK = "ok"
    OFF = "off"


@dataclass(slots=True)
class Remembered:
    """What the state topic says, by partition as sites have moved between partitions at times."""

    feeds: dict[tuple[int, str], FeedState] = field(default_factory=dict)
    controls: dict[int, ControlState] = field(default_factory=dict)
    _shown: dict[tuple[int, bytes], tuple[datetime, tuple[str, ...]]] = field(default_factory=dict)
    """When each entry was first seen, and by which feeds."""

    def take(self, partition: int, key: bytes, value: bytes | None) -> None:
        """Take the topic's next record; a later one of the same key replaces it."""
        kind, _, rest = key.decode("utf-8", "replace").partition("/")
        match kind, value:
            case "f", None:
                self.feeds.pop((partition, rest), None)
            case "f", bytes():
                self.feeds[partition, rest] = decode_feed(value)
            case "c", bytes():
                self.controls[partition] = decode_control(value)
            case "e", None:
                self._shown.pop((partition, key), None)
            case "e", bytes():
                seen = decode_seen(rest.partition("/")[0], value)
                self._shown[partition, key] = (seen.first_seen_at, seen.feeds)

    def left(self, registry: Registry) -> list[tuple[str, datetime]]:
        """Return the feeds that left the registry, with the time until which they may come back and go on."""
        return sorted(
            (feed_id, state.left_at + REMEMBERED_FOR)
            for (_, feed_id), state in self.feeds.items()
            if state.left_at is not None and feed_id not in registry.feeds
        )

    def rhythms(self) -> Mapping[tuple[int, str], timedelta]:
        """Return the median gap between moments at which a feed had something new, by partition and feed."""
        moments: dict[tuple[int, str], set[datetime]] = {}
        for (partition, _), (first_seen_at, feeds) in self._shown.items():
            for feed in feeds:
                moments.setdefault((partition, feed), set()).add(first_seen_at)
        return {place: gap for place, found in moments.items() if (gap := _median_gap(found)) is not None}


@dataclass(frozen=True, slots=True)
class FeedStatus:
    """One feed as an operator wants to see it."""

    feed: Feed
    standing: Standing
    state: FeedState
    asked_at: str
    """The URL that is asked now, secrets masked."""
    rhythm: timedelta | None
    """Median time between two moments with something new; null where there were not two yet."""
    freshness: timedelta | None
    """Since something was new."""
    pause: Pause | None
    """The one that holds: its own, or its host's."""


def statuses(
    registry: Registry, remembered: Remembered, partition_of: Callable[[str], int], now: datetime
) -> list[FeedStatus]:
    """Return every feed of the registry, the worst first."""
    rhythms = remembered.rhythms()
    rows = [
        _status(
            feed,
            remembered.feeds.get((partition, feed.id), FeedState()).at(feed.url),
            remembered.controls.get(partition, ControlState()),
            rhythms.get((partition, feed.id)),
            now,
        )
        for feed in registry.feeds.values()
        for partition in (partition_of(feed.site),)
    ]
    return sorted(rows, key=_badness)


def _status(feed: Feed, state: FeedState, control: ControlState, rhythm: timedelta | None, now: datetime) -> FeedStatus:
    history = state.history
    url = address(feed, state, now)
    own = state.pause if state.pause is not None and state.pause.holds(now) else None
    pause = own or control.pause_of_host(feed.site, host_of(url), now)
    freshness = now - history.last_new_at if history.last_new_at else None
    return FeedStatus(
        feed, _standing(feed, state, pause, freshness, rhythm), state, redact(url), rhythm, freshness, pause
    )


def _standing(
    feed: Feed, state: FeedState, pause: Pause | None, freshness: timedelta | None, rhythm: timedelta | None
) -> Standing:
    detour = still_listed(state.detour, names_of(feed))
    if not feed.enabled:
        return Standing.OFF
    if pause is not None:
        return Standing.PAUSED
    if state.history.failures or state.history.gone or (detour is not None and not detour.proven):
        return Standing.FAILING
    if state.history.last_success_at is None:
        return Standing.NEVER_POLLED
    if rhythm and freshness and freshness > max(SILENT_RHYTHMS * rhythm, SILENT_AT_LEAST):
        return Standing.SILENT
    return Standing.DETOUR if detour is not None else Standing.OK


def _badness(row: FeedStatus) -> tuple[int, float, float, str]:
    """Order by standing, then by the weight of the failures, then by how long nothing was new."""
    fresh = row.freshness.total_seconds() if row.freshness else 0.0
    return list(Standing).index(row.standing), -row.state.history.weight, -fresh, row.feed.id


def _median_gap(moments: Iterable[datetime]) -> timedelta | None:
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(sorted(moments))][-RHYTHM_GAPS:]
    return timedelta(seconds=median(gaps)) if gaps else None
