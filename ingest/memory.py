"""All that a fetcher remembers of a partition, and what a transaction changes in it.

Knows nothing of Kafka's clients, of HTTP or of parsing; how records look is `feed_state`'s.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import islice

from ingest.feed_state import FeedState, Seen, decode_feed, decode_seen
from ingest.pause import ControlState, decode_control
from ingest.seen_store import SeenStore

REMEMBERED_FOR = timedelta(days=400)
"""After an entry was last seen in its feed. Feeds keep items for months; a year and a month also outlives a feed that
is away for a year. What is remembered of a feed itself is kept as long after it left the registry."""


@dataclass(slots=True)
class Memory:
    """All that is remembered in one partition; changed only by `apply`, after the commit."""

    feeds: dict[str, FeedState] = field(default_factory=dict)
    control: ControlState = ControlState()
    pending: dict[tuple[str, str], Seen] = field(default_factory=dict)
    """The entries that wait for their page, by site and first key, in the order in which they began to wait."""
    _entries: SeenStore = field(default_factory=SeenStore)
    """All entries, without what of them waits."""

    @classmethod
    def restored(cls, values: Mapping[bytes, bytes]) -> "Memory":
        """Build the memory from a partition's live records."""
        memory = cls()
        for key, value in values.items():
            kind, _, rest = key.decode().partition("/")
            if kind == "f":
                memory.feeds[rest] = decode_feed(value)
            elif kind == "c":
                memory.control = decode_control(value)
            else:
                memory._remember(decode_seen(rest.partition("/")[0], value))
        return memory

    def find(self, site: str, keys: Sequence[str]) -> Seen | None:
        """Return the entry that any of these keys names, the strongest key first."""
        found = self._entries.find(site, keys)
        return None if found is None else self._whole(found)

    def seen(self) -> Iterator[Seen]:
        """Iterate over all remembered entries."""
        return map(self._whole, self._entries)

    def apply(self, changes: "Changes") -> None:
        """Take over what was committed."""
        self.feeds.update(changes.feeds)
        self.control = changes.control or self.control
        for seen in changes.seen.values():
            self._remember(seen)
        for gone in changes.forgotten:
            self._forget(gone)
        for feed in changes.forgotten_feeds:
            self.feeds.pop(feed, None)

    def expired(self, today: date, at_most: int | None = None) -> tuple[Seen, ...]:
        """Return the entries whose time is over, or so many of them."""
        return tuple(islice(self._entries.last_seen_before(today - REMEMBERED_FOR), at_most))

    def _whole(self, seen: Seen) -> Seen:
        return self.pending.get((seen.site, seen.keys[0]), seen) if self.pending else seen

    def _remember(self, seen: Seen) -> None:
        self._entries.put(seen)
        if seen.pending is None:
            self.pending.pop((seen.site, seen.keys[0]), None)
        else:
            self.pending[seen.site, seen.keys[0]] = seen

    def _forget(self, seen: Seen) -> None:
        self._entries.remove(seen)
        self.pending.pop((seen.site, seen.keys[0]), None)


@dataclass(slots=True)
class Changes:
    """What a transaction will change in one partition: read through it, and commit it."""

    memory: Memory
    feeds: dict[str, FeedState] = field(default_factory=dict)
    seen: dict[tuple[str, str], Seen] = field(default_factory=dict)
    forgotten: list[Seen] = field(default_factory=list)
    forgotten_feeds: list[str] = field(default_factory=list)
    control: ControlState | None = None
    """Null where no control record was read."""
    _primary: dict[tuple[str, str], str] = field(default_factory=dict)

    def feed(self, feed_id: str) -> FeedState:
        """Return a feed's state with the changes so far."""
        return self.feeds.get(feed_id) or self.memory.feeds.get(feed_id) or FeedState()

    def find(self, site: str, keys: Sequence[str]) -> Seen | None:
        """Return the entry that any of these keys names, with the changes so far."""
        for key in keys:
            primary = self._primary.get((site, key))
            if primary is not None:
                return self.seen[site, primary]
        found = self.memory.find(site, keys)
        return None if found is None else self.seen.get((site, found.keys[0]), found)

    def remember(self, seen: Seen) -> None:
        """Put an entry that is new or changed."""
        self.seen[seen.site, seen.keys[0]] = seen
        for key in seen.keys:
            self._primary[seen.site, key] = seen.keys[0]

    def touch(self, site: str, keys: Iterable[str], today: date) -> None:
        """Refresh `last_seen_on` of entries that are still in their feed; at most one record a day each."""
        for key in keys:
            seen = self.find(site, (key,))
            if seen is not None and seen.last_seen_on < today:
                self.remember(replace(seen, last_seen_on=today))
