"""From decided polls to transactions: an entry goes with its own state, and no transaction grows past its bound.

Knows nothing of how polls are decided and of how transactions are made.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ingest.event import Entry
from ingest.feed_state import encode_feed, encode_seen, feed_key, seen_key
from ingest.memory import Changes
from ingest.parse.document import ParsedFeed
from ingest.poll import Poll
from ingest.stream.record import CloudEvent, Record, traceparent
from ingest.stream.topics import Topics, partition_of
from ingest.stream.transform import Turn

ENTRY_TYPE = "org.rasad.entry.seen.v1"
ENTRY_SCHEMA = "https://rasad.example/schemas/entry.v1.json"

TURN_BYTES = 8 * 1024 * 1024
"""Of one transaction: a burst of full feeds is committed in several, each entry together with its state."""


@dataclass(frozen=True, slots=True)
class TurnWriter:
    """Writes the records of a fetcher's transactions."""

    topics: Topics
    partitions: int

    def polls(self, changes: Mapping[int, Changes], entries: Iterable[Entry]) -> Iterator[Turn]:
        """Cut what was decided into transactions: an entry goes with its own state, the feeds' states go last.

        The revisions of an article that several feeds have edited at once go together: its state says the latest.
        """
        states = {
            seen.article_id: self._state(partition, seen_key(seen), encode_seen(seen))
            for partition, change in changes.items()
            for seen in change.seen.values()
        }
        revisions: dict[str, list[Entry]] = {}
        for entry in entries:
            revisions.setdefault(entry.article_id, []).append(entry)
        records: list[Record] = []
        size = 0
        for article_id, own in revisions.items():
            together = [self._entry(entry) for entry in own]
            state = states.pop(article_id, None)
            if state is not None:
                together.append(state)
            added = sum(record.size for record in together)
            if size + added > TURN_BYTES and records:
                yield Turn(tuple(records))
                records, size = [], 0
            records += together
            size += added
        records += states.values()
        records += [
            self._state(partition, feed_key(feed_id), encode_feed(state))
            for partition, change in changes.items()
            for feed_id, state in change.feeds.items()
        ]
        if records:
            yield Turn(tuple(records))

    def sweep(self, partition: int, changes: Changes) -> Turn:
        """Return the transaction that deletes what is to be forgotten, and marks feeds that left or came back."""
        gone = [*map(seen_key, changes.forgotten), *map(feed_key, changes.forgotten_feeds)]
        marked = [(feed_key(feed_id), encode_feed(state)) for feed_id, state in changes.feeds.items()]
        return Turn(
            tuple(self._state(partition, key, value) for key, value in (*((key, None) for key in gone), *marked))
        )

    def _state(self, partition: int, key: bytes, value: bytes | None) -> Record:
        return Record(self.topics.feed_state, key, value, partition=partition)

    def _entry(self, entry: Entry) -> Record:
        key = entry.article_id.encode()
        event = CloudEvent(
            id=f"{entry.article_id}/{entry.revision}",
            source=f"/rasad/{entry.site}",
            type=ENTRY_TYPE,
            time=entry.fetched_at,
            subject=entry.article_id,
            dataschema=ENTRY_SCHEMA,
            traceparent=traceparent(entry.trace_id),
            extensions={},
        )
        return Record(
            self.topics.entries,
            key,
            entry.model_dump_json().encode(),
            event.headers(),
            partition=partition_of(key, self.partitions),
        )


def weight(poll: Poll) -> int:
    """Return about how many bytes a poll adds to a transaction: texts are UTF-8 of two bytes a letter."""
    if not isinstance(poll.parsed, ParsedFeed):
        return 1_024
    return sum(2 * (len(item.title) + len(item.summary) + len(item.text)) + 2_048 for item in poll.parsed.entries)
