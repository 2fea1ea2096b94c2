"""The state records of feeds and entries: what is remembered of a feed, and of an entry that was seen.

Knows nothing of Kafka's clients, of HTTP or of parsing. Keys on the compacted topic are `f/<feed_id>` and
`e/<site>/<entry key>` (and `c/<partition>`, see `pause`); a partition holds all records of its sites, so one owner sees
every feed of a publisher.
"""

import base64
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from ingest.alternates import Detour
from ingest.event import DateConfidence, DateFlag, DateSource, Entry
from ingest.fetch.outcome import Reason, Validators
from ingest.fetch.redact import fingerprint
from ingest.moves import Move
from ingest.pause import Pause, pause_json, pause_of_json
from ingest.quiet import Quiet
from ingest.schedule import FeedHistory

STATE_MAX_BYTES = 64 * 1024
ENTRY_KEYS_MAX = 2_000
"""As many as a document may have entries; 2,000 keys of 18 bytes stay far below the cap of a record."""


@dataclass(frozen=True, slots=True)
class FeedState:
    """What is remembered of a feed between two polls."""

    history: FeedHistory = field(default_factory=FeedHistory)
    next_poll_at: datetime | None = None
    validators: Validators = field(default_factory=Validators)
    body_sha256: str | None = None
    full_at: datetime | None = None
    """When the document was last asked for without validators, or came as a 200."""
    entry_keys: tuple[str, ...] = ()
    """Primary keys of the entries of the last document that had any: what a 304 shows to be still there."""
    url_digest: str | None = None
    """Of the registered URL that all this was learnt at, which may hold secrets; null in earlier releases' records."""
    move: Move | None = None
    link_hosts: tuple[str, ...] = ()
    """Of the last document that had entries."""
    gaps: int = 0
    """Times that two documents in a row shared no entry."""
    reason: Reason | None = None
    """Of the last poll."""
    pause: Pause | None = None
    """By an operator; it stays when the URL changes."""
    detour: Detour | None = None
    """The alternate that is tried or used instead of the registered URL."""
    quiet: Quiet = Quiet()
    """When the last document asked not to be polled."""
    left_at: datetime | None = None
    """When the registry was first seen without the feed; null while it is there."""

    def at(self, url: str) -> "FeedState":
        """Return what of this holds when the registry gives the feed this URL: a new one starts afresh, and at once.

        What was seen stays seen: the feed's identity is its id.
        """
        if self.url_digest is None or self.url_digest == digest_of_url(url):
            return self
        history = replace(self.history, failures=0, weight=0.0, gone=False)
        return FeedState(
            history=history,
            entry_keys=self.entry_keys,
            url_digest=digest_of_url(url),
            gaps=self.gaps,
            pause=self.pause,
        )


@dataclass(frozen=True, slots=True)
class SeenDate:
    """The publication date as the first revision gave it; later revisions keep it."""

    published_at: datetime | None
    source: DateSource
    confidence: DateConfidence
    flag: DateFlag | None


@dataclass(frozen=True, slots=True)
class Edits:
    """How often an entry was edited on one day."""

    on: date | None = None
    count: int = 0

    def today(self, day: date) -> "Edits":
        """Return the edits of this day."""
        return self if self.on == day else Edits(day)


@dataclass(frozen=True, slots=True)
class Pending:
    """A revision that is not published yet: it waits for its article's page, with the feed's own content."""

    entry: Entry
    feed: str
    """Id of the feed that showed it: its page is asked for as that feed is."""
    since: datetime
    """When the article first waited; a newer revision that takes its place waits no longer than it would have."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is remembered of an entry."""

    site: str
    keys: tuple[str, ...]
    """Identity keys; the first names the record, the others find it."""
    article_id: str
    revision: int
    first_seen_at: datetime
    last_seen_on: date
    date: SeenDate
    digests: tuple[tuple[str, str], ...]
    """The content digest that each feed showed last, sorted by feed: a main and a category feed may carry the same
    article with different texts, and neither is an edit of the other."""
    past: tuple[str, ...] = ()
    """Digests that were shown before, the latest last: a feed that goes back to one has not edited again."""
    edits: Edits = Edits()
    pending: Pending | None = None

    @property
    def feeds(self) -> tuple[str, ...]:
        """Ids of the feeds that showed this entry, sorted."""
        return tuple(feed for feed, _ in self.digests)


@lru_cache(maxsize=4_096)  # asked for every feed at every look for what is due
def digest_of_url(url: str) -> str:
    """Return what a registered URL is known again by, without the secrets that it may hold (HARDCASES N20)."""
    return fingerprint(url)


def feed_key(feed_id: str) -> bytes:
    """Return the key of a feed's state record."""
    return f"f/{feed_id}".encode()


def seen_key(seen: Seen) -> bytes:
    """Return the key of an entry's state record."""
    return f"e/{seen.site}/{seen.keys[0]}".encode()


def seen_of_record(key: bytes, value: bytes) -> Seen | None:
    """Return the entry of a state record; null for a record of something else."""
    kind, _, rest = key.decode().partition("/")
    return decode_seen(rest.partition("/")[0], value) if kind == "e" else None


def encode_feed(state: FeedState) -> bytes:
    """Encode a feed's state; entry keys give way when the record would pass its cap."""
    body = {
        "failures": state.history.failures,
        "failure_weight": state.history.weight,
        "interval_seconds": state.history.interval_seconds,
        "last_success_at": _at(state.history.last_success_at),
        "last_new_at": _at(state.history.last_new_at),
        "gone": state.history.gone,
        "turnover_seconds": state.history.turnover_seconds,
        "next_poll_at": _at(state.next_poll_at),
        "etag": state.validators.etag,
        "last_modified": state.validators.last_modified,
        "validators_url_digest": state.validators.url_digest,
        "body_sha256": state.body_sha256,
        "full_at": _at(state.full_at),
        "url_digest": state.url_digest,
        "move": state.move and [state.move.target, state.move.times, state.move.doubted],
        "link_hosts": state.link_hosts,
        "gaps": state.gaps,
        "reason": state.reason,
        "pause": pause_json(state.pause),
        "detour": state.detour and [state.detour.name, state.detour.proven, _at(state.detour.registered_at)],
        "quiet": [state.quiet.hours, state.quiet.days],
        "left_at": _at(state.left_at),
        "entry_keys": state.entry_keys[:ENTRY_KEYS_MAX],
    }
    encoded = _encode(body)
    return encoded if len(encoded) <= STATE_MAX_BYTES else _encode({**body, "entry_keys": []})


def decode_feed(value: bytes) -> FeedState:
    """Decode a feed's state; what an earlier release did not write has its default."""
    body = json.loads(value)
    return FeedState(
        history=FeedHistory(
            failures=body["failures"],
            weight=body.get("failure_weight", float(body["failures"])),
            interval_seconds=body["interval_seconds"],
            last_success_at=_instant(body["last_success_at"]),
            last_new_at=_instant(body["last_new_at"]),
            gone=body["gone"],
            turnover_seconds=body.get("turnover_seconds"),
        ),
        next_poll_at=_instant(body["next_poll_at"]),
        validators=Validators(body["etag"], body["last_modified"], body["validators_url_digest"]),
        body_sha256=body["body_sha256"],
        full_at=_instant(body["full_at"]),
        entry_keys=tuple(body["entry_keys"]),
        url_digest=body.get("url_digest"),
        move=Move(*body["move"]) if body.get("move") else None,
        link_hosts=tuple(body.get("link_hosts", ())),
        gaps=body.get("gaps", 0),
        reason=Reason(body["reason"]) if body.get("reason") in Reason else None,
        pause=pause_of_json(body.get("pause")),
        detour=_detour(body.get("detour")),
        quiet=Quiet(*map(tuple, body.get("quiet", ()))),
        left_at=_instant(body.get("left_at")),
    )


def _detour(body: Sequence[Any] | None) -> Detour | None:
    if not body:
        return None
    name, proven, registered_at = body
    return Detour(name, proven, datetime.fromisoformat(registered_at))


def encode_seen(seen: Seen) -> bytes:
    """Encode an entry's state; the site and the key are in the record's key."""
    return _encode(
        {
            "keys": seen.keys,
            "article_id": seen.article_id,
            "revision": seen.revision,
            "first_seen_at": _at(seen.first_seen_at),
            "last_seen_on": seen.last_seen_on.isoformat(),
            "published_at": _at(seen.date.published_at),
            "date_source": seen.date.source,
            "date_confidence": seen.date.confidence,
            "date_flag": seen.date.flag,
            "digests": dict(seen.digests),
        }
        | _history_of(seen)
    )


def fits(seen: Seen) -> bool:
    """Tell whether an entry's record stays under the cap of a record; only what waits in it can be large."""
    return len(encode_seen(seen)) <= STATE_MAX_BYTES


def _history_of(seen: Seen) -> dict[str, Any]:
    """Return what only edited and waiting entries have: the others are many, and stay small."""
    body: dict[str, Any] = {}
    if seen.past:
        body["past"] = seen.past
    if seen.edits.on:
        body |= {"edited_on": seen.edits.on.isoformat(), "edits": seen.edits.count}
    if seen.pending:
        packed = base64.b64encode(zlib.compress(seen.pending.entry.model_dump_json().encode())).decode()
        body["pending"] = {"entry": packed, "feed": seen.pending.feed, "since": _at(seen.pending.since)}
    return body


def decode_seen(site: str, value: bytes) -> Seen:
    """Decode an entry's state; what an earlier release did not write has its default."""
    body = json.loads(value)
    return Seen(
        site=site,
        keys=tuple(body["keys"]),
        article_id=body["article_id"],
        revision=body["revision"],
        first_seen_at=datetime.fromisoformat(body["first_seen_at"]),
        last_seen_on=date.fromisoformat(body["last_seen_on"]),
        date=SeenDate(
            published_at=_instant(body["published_at"]),
            source=DateSource(body["date_source"]),
            confidence=DateConfidence(body["date_confidence"]),
            flag=DateFlag(body["date_flag"]) if body["date_flag"] else None,
        ),
        digests=tuple(sorted(body["digests"].items())),
        past=tuple(body.get("past", ())),
        edits=Edits(_day(body.get("edited_on")), body.get("edits", 0)),
        pending=_pending(body["pending"]) if "pending" in body else None,
    )


def _pending(body: Mapping[str, str]) -> Pending:
    entry = Entry.model_validate_json(zlib.decompress(base64.b64decode(body["entry"])))
    return Pending(entry, body["feed"], datetime.fromisoformat(body["since"]))


def _encode(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _at(instant: datetime | None) -> str | None:
    return None if instant is None else instant.astimezone(UTC).isoformat()


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
