"""The publishers of a simulated year: what a server answers to a request at a moment.

Knows nothing of the schedule. Documents are built as the parser would give them, so no byte is parsed.
"""

import math
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np

from ingest.event import ContentSource, DateConfidence, DateSource, TextPolicy
from ingest.feeds import Feed, FeedKind
from ingest.fetch.outcome import Fetched, FetchRequest, Outcome, Reason, Validators
from ingest.fetch.redact import fingerprint
from ingest.parse.document import ParsedEntry, ParsedFeed
from ingest.service.errors import Reject
from simulation.rhythm import (
    DAY,
    HIDES,
    START,
    Kind,
    Spell,
    Trouble,
    feed_spells,
    host_spells,
    kind_of,
    moments,
    network_spells,
    reachable_seconds,
)

MIN_SECONDS, MAX_SECONDS = 60.0, 3_600.0
"""The registry's defaults."""
OLD_URL_SECONDS = 60 * DAY
"""For which the old address of a feed that moved still redirects."""
ROLLED_BACK_SECONDS = 2 * DAY

_VALIDATORS = (("etag", 0.55), ("modified", 0.2), ("none", 0.15), ("volatile", 0.1))
_MAX_AGES = ((None, 0.6), (0.0, 0.15), (300.0, 0.15), (3_600.0, 0.05), (7 * DAY, 0.05))

type Answer = tuple[Fetched, ParsedFeed | Reject | None]

_FAILURES = {
    Trouble.CONNECT: (Outcome.FAILED, Reason.CONNECT, None),
    Trouble.DEADLINE: (Outcome.FAILED, Reason.DEADLINE, None),
    Trouble.SERVER_ERROR: (Outcome.FAILED, Reason.SERVER_ERROR, None),
    Trouble.UNAVAILABLE: (Outcome.FAILED, Reason.UNAVAILABLE, 600.0),
    Trouble.NOT_FOUND: (Outcome.FAILED, Reason.NOT_FOUND, None),
    Trouble.GONE: (Outcome.GONE, Reason.GONE, None),
}


@dataclass(slots=True)
class Spells:
    """Times of trouble, asked in the order of time."""

    spells: list[Spell]
    _next: int = 0

    def at(self, now: float) -> Spell | None:
        """Return the one that is on."""
        while self._next < len(self.spells) and self.spells[self._next].end <= now:
            self._next += 1
        on = self._next < len(self.spells) and self.spells[self._next].start <= now
        return self.spells[self._next] if on else None


@dataclass(slots=True)
class Host:
    """One server."""

    name: str
    spells: Spells
    min_gap: float
    """Seconds: who asks sooner again is answered 429; zero where nobody counts."""
    asked_at: float = -DAY


@dataclass(slots=True)
class Publisher:
    """One feed, as its publisher has it."""

    feed: Feed
    kind: Kind
    host: Host
    spells: Spells
    published: list[float]
    edited: list[float]
    """When each item is edited; infinite where it never is."""
    edits: list[float]
    """The same in the order of time."""
    window: int
    lifetime: float
    """Seconds after which an item leaves the document; infinite where only newer ones push it out."""
    validators: str
    """`etag`, `modified`, `none`, or `volatile` where each document differs from all others."""
    max_age: float | None
    moved_at: float
    _built: dict[tuple[int, bool], ParsedEntry] = field(default_factory=dict)

    @property
    def moved_url(self) -> str:
        """Return the address after the move."""
        return f"https://{self.host.name}/new/{self.feed.id}"

    def span(self, now: float) -> tuple[int, int]:
        """Return the numbers of the first item of the document, and of the one after its last."""
        last = bisect_right(self.published, now)
        first = max(0, last - self.window)
        return (
            first if math.isinf(self.lifetime) else max(first, bisect_right(self.published, now - self.lifetime))
        ), last

    def version(self, now: float) -> str:
        """Return what differs between any two documents."""
        first, last = self.span(now)
        return f"{first}-{last}-{bisect_right(self.edits, now)}"

    def document(self, now: float) -> ParsedFeed:
        """Return what the parser would give, the newest item first."""
        first, last = self.span(now)
        if len(self._built) > 4 * self.window:
            self._built.clear()
        return ParsedFeed(
            tuple(self._entry(number, self.edited[number] <= now) for number in range(last - 1, first - 1, -1)),
            "rss20",
            "utf-8",
        )

    def _entry(self, number: int, edited: bool) -> ParsedEntry:
        entry = self._built.get((number, edited))
        if entry is None:
            entry = self._built[number, edited] = self._new_entry(number, edited)
        return entry

    def _new_entry(self, number: int, edited: bool) -> ParsedEntry:
        url = f"https://{self.host.name}/{number}"
        return ParsedEntry(
            keys=(key_of(number),),
            guid=str(number),
            url=url,
            canonical_url=url,
            title="خبر",
            summary="",
            text="متن",
            text_truncated=False,
            text_sha256="0" * 64,
            content_source=ContentSource.FEED,
            published_at=START + timedelta(seconds=self.published[number]),
            updated_at=None,
            date_source=DateSource.PUBLISHED,
            date_confidence=DateConfidence.EXACT,
            date_flag=None,
            digest="b" if edited else "a",
        )

    def visible(self, network: list[Spell], until: float) -> np.ndarray:
        """Return which items a reader could have read for as long as the shortest interval of the policy."""
        starts = np.array(self.published)
        pushed = np.concatenate([starts[self.window :], np.full(min(self.window, len(starts)), math.inf)])
        ends = np.minimum(np.minimum(pushed, starts + self.lifetime), until)
        # What came before the first poll counts from then on, and what came at the very end may still be caught.
        spells = [
            spell for spell in (*network, *self.host.spells.spells, *self.spells.spells) if spell.trouble in HIDES
        ]
        seen = reachable_seconds(np.maximum(starts, 0), np.maximum(ends, np.maximum(starts, 0)), spells)
        return (seen >= MIN_SECONDS) & (starts <= until - 2 * MAX_SECONDS)


def key_of(number: int) -> str:
    """Return the identity key of an item."""
    return f"g:{number}"


@dataclass(slots=True)
class World:
    """All publishers, and our own network."""

    publishers: list[Publisher]
    network: Spells

    def answer(self, publisher: Publisher, request: FetchRequest, now: float) -> Answer:
        """Return what a fetch comes to."""
        if self.network.at(now):
            reason = Reason.DNS_TEMPORARY if len(publisher.host.name) % 2 else Reason.CONNECT
            return _answer(request, now, Outcome.FAILED, reason), None
        host = publisher.host
        too_soon = now - host.asked_at < host.min_gap
        host.asked_at = now
        spell = host.spells.at(now) or publisher.spells.at(now)
        if spell is None and too_soon:
            return _answer(request, now, Outcome.RATE_LIMITED, Reason.TOO_MANY_REQUESTS, 2 * host.min_gap), None
        if spell is None or spell.trouble is Trouble.ROLLED_BACK:
            return _served(publisher, request, now, now - (ROLLED_BACK_SECONDS if spell else 0.0))
        if spell.trouble is Trouble.CHALLENGE:
            return _answer(request, now, Outcome.FETCHED, Reason.OK, body=b"<html>"), Reject(
                Reason.NOT_A_FEED, "challenge"
            )
        if spell.trouble is Trouble.EMPTY:
            return _answer(request, now, Outcome.FETCHED, Reason.OK, body=b"<rss/>"), ParsedFeed((), "rss20", "utf-8")
        outcome, reason, retry_after = _FAILURES[spell.trouble]
        return _answer(request, now, outcome, reason, retry_after), None


def _served(publisher: Publisher, request: FetchRequest, now: float, shown: float) -> Answer:
    """Answer with the document of a moment, after the redirect of a feed that has moved."""
    moved, final = now >= publisher.moved_at, request.url
    if request.url == publisher.feed.url and moved:
        final = publisher.moved_url
        if now >= publisher.moved_at + OLD_URL_SECONDS:
            return _answer(request, now, Outcome.FAILED, Reason.NOT_FOUND), None
    version = publisher.version(shown)
    given = _given(publisher.validators, version, final)
    sent = request.validators
    known = sent == given
    facts: dict[str, object] = {
        "final_url": final,
        "permanent_url": final if final != request.url else None,
        "max_age_seconds": publisher.max_age,
        "validators": given,
        "conditional": sent.url_digest == fingerprint(final) and (sent.etag or sent.last_modified) is not None,
    }
    if known and (given.etag or given.last_modified):
        return _answer(request, now, Outcome.NOT_MODIFIED, Reason.NOT_MODIFIED, **facts), None
    body = f"{version}-{now if publisher.validators == 'volatile' else ''}".encode()
    return _answer(request, now, Outcome.FETCHED, Reason.OK, body=body, **facts), publisher.document(shown)


def _given(kind: str, version: str, url: str) -> Validators:
    where = fingerprint(url)
    if kind == "etag":
        return Validators(etag=f'"{version}"', url_digest=where)
    return Validators(last_modified=version if kind == "modified" else None, url_digest=where)


def _answer(
    request: FetchRequest,
    now: float,
    outcome: Outcome,
    reason: Reason,
    retry_after: float | None = None,
    **facts: object,
) -> Fetched:
    given: dict[str, object] = {"final_url": request.url, **facts}
    return Fetched(
        outcome, reason, request.url, fetched_at=START + timedelta(seconds=now), elapsed_seconds=0.1,
        retry_after_seconds=retry_after, **given,
    )  # type: ignore[arg-type]  # fmt: skip


def build(feeds: int, days: int, seed: int, share: range) -> World:
    """Return a share of the publishers of a year; each depends on the seed and its own number alone."""
    network = network_spells(days, np.random.default_rng([seed, 1]))
    hosts: dict[str, Host] = {}
    publishers = [
        _publisher(number, kind_of(number, feeds), days, seed, hosts)
        for number in range(feeds)
        if _host(number, feeds) in share
    ]
    return World(publishers, Spells(network))


def _host(number: int, feeds: int) -> int:
    """Return the number of a feed's host: the first feed that lives on it."""
    return number - number % kind_of(number, feeds).per_host


def _publisher(number: int, kind: Kind, days: int, seed: int, hosts: dict[str, Host]) -> Publisher:
    chance = np.random.default_rng([seed, 2, number])
    name = f"host-{kind.name}-{number - number % kind.per_host}.example"
    if name not in hosts:
        counts = chance.random() < 0.1
        hosts[name] = Host(name, Spells(host_spells(kind, days, chance)), 30.0 if counts else 0.0)
    published = moments(kind, float(chance.uniform(*kind.a_day)), days, chance)
    window = int(chance.integers(*kind.window, endpoint=True))
    edited = np.where(
        chance.random(len(published)) < 0.1, published + chance.exponential(2 * 3_600, len(published)), math.inf
    )
    return Publisher(
        feed=_feed(number, name),
        kind=kind,
        host=hosts[name],
        spells=Spells(feed_spells(kind, days, chance)),
        published=published.tolist(),
        edited=edited.tolist(),
        edits=np.sort(edited[np.isfinite(edited)]).tolist(),
        window=window,
        lifetime=12 * 3_600.0 if chance.random() < 0.05 and kind.name != "slow" else math.inf,
        validators=str(chance.choice([name for name, _ in _VALIDATORS], p=[share for _, share in _VALIDATORS])),
        max_age=_MAX_AGES[int(chance.choice(len(_MAX_AGES), p=[share for _, share in _MAX_AGES]))][0],
        moved_at=float(chance.random() * days * DAY) if chance.random() < 0.05 else math.inf,
    )


def _feed(number: int, host: str) -> Feed:
    return Feed(
        id=f"feed-{number}",
        url=f"https://{host}/feed-{number}",
        kind=FeedKind.AGENCY,
        full_text=False,
        allow_private=False,
        user_agent=None,
        verify_tls=True,
        min_interval_seconds=MIN_SECONDS,
        max_interval_seconds=MAX_SECONDS,
        enabled=True,
        site=f"site-{number}",
        publisher=host,
        hosts=(host,),
        language="fa",
        timezone="Asia/Tehran",
        text_policy=TextPolicy.FULL,
        rights=None,
    )
