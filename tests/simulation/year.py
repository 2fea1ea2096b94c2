"""`make year`: a year of 500 feeds under the real schedule, decisions and state, without sockets and without waiting.

Knows nothing of what publishers do (`world`). Each share of the feeds is one fetcher's: with its own memory, its own
politeness and its own sight of the network, restarted four times.
"""

import argparse
import gc
import math
import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush
from itertools import pairwise
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from ingest.feed_state import FeedState, encode_feed, encode_seen, feed_key, seen_key
from ingest.fetch.outcome import Fetched, Outcome
from ingest.fetch.politeness import HostGate
from ingest.fetcher import FAILING_WEIGHT, STARTS_PER_SECOND
from ingest.memory import Changes, Memory
from ingest.outage import UNREACHED, Outage
from ingest.poll import Poll, Verdict, body_sha256, decide, request_for
from ingest.schedule import spread_overdue
from simulation.rhythm import DAY, START
from simulation.world import World, build, key_of

FIXED_SECONDS = 600.0
"""Of the poller that everything is compared with."""
RESTART_SECONDS = 91 * DAY
SHOWN_AGAIN_SECONDS = 14 * DAY
"""What left its document so long ago is never shown again here, and is taken out of memory: the real one keeps it for
400 days, which would be the same figures and many gigabytes."""
CAUGHT_FLOOR = 0.999
REQUESTS_CEILING = 0.5
"""What the project promises of a year."""
DEAD_SECONDS = 25 * 3_600.0
"""Without a success at the end, after nine calm days: longer than the longest backoff."""


@dataclass(slots=True)
class Tally:
    """What came of some feeds' year."""

    feeds: int = 0
    visible: int = 0
    caught: int = 0
    """Of the visible ones."""
    entries: int = 0
    """Published as new, visible for long enough or not."""
    repeated: int = 0
    """Published as new a second time."""
    edits: int = 0
    requests: int = 0
    fixed_requests: int = 0
    """Of a poller that asks every ten minutes."""
    gaps: int = 0
    dead: list[str] = field(default_factory=list)
    polls: Counter[str] = field(default_factory=Counter)
    """By outcome and reason."""
    waits: list[float] = field(default_factory=list)
    """Seconds from an item's publication to its event, of one in fifty."""
    by_kind: dict[str, list[int]] = field(default_factory=dict)
    """Visible, caught and requests."""

    def add(self, other: "Tally") -> None:
        """Count another share in."""
        for name in ("feeds", "visible", "caught", "entries", "repeated", "edits", "requests", "fixed_requests"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.gaps += other.gaps
        self.dead += other.dead
        self.polls += other.polls
        self.waits += other.waits
        for kind, counts in other.by_kind.items():
            self.by_kind[kind] = [a + b for a, b in zip(self.by_kind.get(kind, [0, 0, 0]), counts, strict=True)]

    @property
    def caught_share(self) -> float:
        """Return the share of visible items that were published."""
        return self.caught / self.visible

    @property
    def requests_to_fixed(self) -> float:
        """Return our requests per item as a share of the fixed poller's, which is taken to catch everything."""
        return (self.requests / self.caught) / (self.fixed_requests / self.visible)

    @property
    def not_modified_share(self) -> float:
        """Return the share of requests that were answered 304."""
        return self.polls["not_modified/not_modified"] / self.requests


@dataclass(slots=True)
class _Life:
    """One fetcher process and the world that it polls."""

    world: World
    days: int
    random: Random
    memory: Memory = field(default_factory=Memory)
    gate: HostGate = field(default_factory=HostGate)
    outage: Outage = field(default_factory=Outage)
    tally: Tally = field(default_factory=Tally)
    caught: list[bytearray] = field(default_factory=list)
    kept_from: list[int] = field(default_factory=list)
    """The first item of each feed that memory still holds."""
    asked: Counter[int] = field(default_factory=Counter)

    def live(self) -> Tally:
        """Poll until the time is over."""
        publishers = self.world.publishers
        self.caught = [bytearray(len(publisher.published)) for publisher in publishers]
        self.kept_from = [0] * len(publishers)
        end, restart = self.days * DAY, min(RESTART_SECONDS, self.days * DAY / 2)
        due = self._planned(0.0)
        while due:
            now, index = heappop(due)
            if now >= end:
                break
            if now >= restart:
                restart += RESTART_SECONDS
                self._restart()
                due = self._planned(now)
                continue
            host = publishers[index].host.name
            if not self.gate.take(host, now):
                heappush(due, (self.gate.next_free(host, now), index))
                continue
            heappush(due, (self._poll(index, now), index))
        self._count(end)
        return self.tally

    def _planned(self, now: float) -> list[tuple[float, int]]:
        """Return when each feed is polled first after a start."""
        number = {publisher.feed.id: index for index, publisher in enumerate(self.world.publishers)}
        states = {feed_id: self.memory.feeds.get(feed_id, FeedState()).next_poll_at for feed_id in number}
        plan = spread_overdue(states.items(), _at(now), STARTS_PER_SECOND)
        due = [((at - START).total_seconds(), number[feed_id]) for feed_id, at in plan.items()]
        heapify(due)
        return due

    def _restart(self) -> None:
        """Come back with what the records say, and nothing else."""
        records = {feed_key(feed_id): encode_feed(state) for feed_id, state in self.memory.feeds.items()}
        records |= {seen_key(seen): encode_seen(seen) for seen in self.memory.seen()}
        self.memory = Memory.restored(records)
        self.gate, self.outage = HostGate(), Outage()

    def _poll(self, index: int, now: float) -> float:
        """Poll a feed as a fetcher does, and return when it is due again."""
        publisher = self.world.publishers[index]
        feed, at = publisher.feed, _at(now)
        state = self.memory.feeds.get(feed.id, FeedState()).at(feed.url)
        fetched, parsed = self.world.answer(publisher, request_for(feed, state, at), now)
        if fetched.outcome is Outcome.FETCHED and body_sha256(fetched) == state.body_sha256:
            parsed = None
        host = publisher.host.name
        self.gate.release(host, now)
        if fetched.outcome is Outcome.RATE_LIMITED:
            self.gate.turned_away({host}, now, fetched.retry_after_seconds)
        verdict = self._decided(Poll(feed, fetched, parsed, self._excused(host, fetched, state, now)), at)
        self.asked[index] += 1
        self.tally.polls[f"{verdict.outcome}/{verdict.reason}"] += 1
        self.tally.gaps += verdict.gap
        if verdict.entries:
            self._publish(index, verdict, now)
            self._forget(index, now)
        assert verdict.next_poll_at is not None
        return (verdict.next_poll_at - START).total_seconds()

    def _excused(self, host: str, fetched: Fetched, state: FeedState, now: float) -> bool:
        was_well = state.history.last_success_at is not None and state.history.weight < FAILING_WEIGHT
        self.outage.saw(host, fetched.reason, now, was_well=was_well)
        return fetched.reason in UNREACHED and self.outage.is_on(now)

    def _decided(self, poll: Poll, at: datetime) -> Verdict:
        changes = Changes(self.memory)
        verdict = decide(poll, changes, at, self.random.random)
        self.memory.apply(changes)
        return verdict

    def _publish(self, index: int, verdict: Verdict, now: float) -> None:
        caught, published = self.caught[index], self.world.publishers[index].published
        for entry in verdict.entries:
            number = int(entry.guid or "")
            if entry.revision > 1:
                self.tally.edits += 1
                continue
            self.tally.repeated += caught[number]
            self.tally.entries += 1
            caught[number] = 1
            if published[number] > 0 and number % 50 == 0:
                self.tally.waits.append(now - published[number])

    def _forget(self, index: int, now: float) -> None:
        publisher = self.world.publishers[index]
        first, _ = publisher.span(now - SHOWN_AGAIN_SECONDS)
        gone = [
            seen
            for number in range(self.kept_from[index], first)
            if (seen := self.memory.find(publisher.feed.site, (key_of(number),))) is not None
        ]
        self.kept_from[index] = max(first, self.kept_from[index])
        if gone:
            self.memory.apply(Changes(self.memory, forgotten=gone))

    def _count(self, end: float) -> None:
        """Hold what was caught against what was to be seen."""
        for index, publisher in enumerate(self.world.publishers):
            visible = publisher.visible(self.world.network.spells, end)
            caught = np.frombuffer(self.caught[index], dtype=np.uint8).astype(bool)
            counts = [int(visible.sum()), int((visible & caught).sum()), self.asked[index]]
            self.tally.visible += counts[0]
            self.tally.caught += counts[1]
            self.tally.requests += counts[2]
            before = self.tally.by_kind.get(publisher.kind.name, [0, 0, 0])
            self.tally.by_kind[publisher.kind.name] = [a + b for a, b in zip(before, counts, strict=True)]
            self.tally.fixed_requests += math.floor(end / FIXED_SECONDS)
            success = self.memory.feeds[publisher.feed.id].history.last_success_at
            if success is None or (_at(end) - success).total_seconds() > DEAD_SECONDS:
                self.tally.dead.append(publisher.feed.id)
        self.tally.feeds = len(self.world.publishers)


def _at(now: float) -> datetime:
    return START + timedelta(seconds=now)


def live(feeds: int, days: int, seed: int, share: range) -> Tally:
    """Return what came of some hosts' feeds."""
    gc.set_threshold(100_000, 50, 100)  # a large memory without circles: looking for them was a third of the time
    return _Life(build(feeds, days, seed, share), days, Random(f"{seed}/{share.start}")).live()


def simulate(feeds: int = 500, days: int = 365, seed: int = 1, jobs: int = 1, shares: int = 4) -> Tally:
    """Return what came of all feeds; the figures depend on everything but `jobs`."""
    edges = [feeds * number // shares for number in range(shares + 1)]
    ranges = [range(start, end) for start, end in pairwise(edges)]
    total = Tally()
    if jobs == 1:
        for share in ranges:
            total.add(live(feeds, days, seed, share))
        return total
    with ProcessPoolExecutor(jobs) as pool:
        for tally in pool.map(live, [feeds] * shares, [days] * shares, [seed] * shares, ranges):
            total.add(tally)
    return total


def report(tally: Tally, days: int) -> str:
    """Return the figures for a person to read."""
    each, half, most = tally.requests / tally.caught, _minutes(tally.waits, 0.5), _minutes(tally.waits, 0.95)
    lines = [
        f"{tally.feeds} feeds, {days} days, {tally.requests:,} requests, {tally.visible:,} items to be seen",
        f"caught                      {tally.caught_share:.4%} ({tally.visible - tally.caught:,} missed)",
        f"requests per item           {each:.2f}, {tally.requests_to_fixed:.3f} x those of a poller every ten minutes",
        f"304                         {tally.not_modified_share:.1%} of the requests",
        f"repeated                    {tally.repeated} items; {tally.edits:,} edits published",
        f"documents that share none   {tally.gaps:,}",
        f"dead at the end             {len(tally.dead)} feeds {' '.join(tally.dead)}".rstrip(),
        f"wait for an event           median {half} min, 95 % {most} min",
        "",
        *(
            f"{kind:<8} {caught / visible:.4%} of {visible:>9,} items, {requests / caught:.2f} requests each"
            for kind, (visible, caught, requests) in tally.by_kind.items()
        ),
        "",
        *(f"{count / tally.requests:8.3%}  {what}" for what, count in tally.polls.most_common()),
    ]
    return "\n".join(lines)


def _minutes(seconds: list[float], share: float) -> str:
    return f"{np.quantile(seconds, share) / 60:.0f}"


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Live through a year of polling.")
    parser.add_argument("--feeds", type=int, default=500)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    started = time.perf_counter()
    tally = simulate(given.feeds, given.days, given.seed, given.jobs)
    sys.stdout.write(f"{report(tally, given.days)}\n\n{time.perf_counter() - started:.0f} s\n")
    held = tally.caught_share >= CAUGHT_FLOOR and tally.requests_to_fixed <= REQUESTS_CEILING
    return 0 if held and not tally.dead and not tally.repeated else 1


if __name__ == "__main__":
    sys.exit(main())
