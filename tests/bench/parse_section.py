"""Parsing: entries a second of our parser, here and in its child process, beside bare feedparser.

Knows nothing of HTTP and of what was seen before.
"""

import io
from collections.abc import Callable
from datetime import UTC, datetime

import feedparser
from articles import feed_document, joined
from figures import Figure, in_turns, per_second
from run import BenchFailed, Run

from ingest.parse.document import ParseContext
from ingest.parse.feed import parse_feed
from ingest.parse.pool import ParserPool
from ingest.service.settings import FetchLimits

ENTRIES = 50
FEED_BYTES = 60_000
TEXT_CHARS = 800
"""More than an entry of such a feed has room for."""

CONTEXT = ParseContext(
    site="bench",
    url="https://bench.example/rss",
    content_type="application/rss+xml",
    timezone="Asia/Tehran",
    language="fa",
    fetched_at=datetime.now(UTC),
)

type Parse = Callable[[list[bytes]], int]
"""Parses documents and returns how many entries they had."""


def figures(run: Run) -> list[Figure]:
    """Return parsing in this process, and through the pool of children."""
    replay = iter(run.articles)
    rounds = [
        [feed_document(joined(replay, ENTRIES, TEXT_CHARS), FEED_BYTES) for _ in range(run.sizes.documents)]
        for _ in range(run.sizes.pairs + 1)
    ]
    limits = FetchLimits()
    with ParserPool(limits.parse_workers, limits.parse_deadline_seconds) as pool:

        def pooled(documents: list[bytes]) -> int:
            futures = [pool.submit(document, CONTEXT) for document in documents]
            return sum(len(future.result().entries) for future in futures)

        sides = (_bare, _ours, pooled)
        for parse in sides:
            _rate(parse, rounds[-1])
        run.tell("parse: feeds of 60 kB")
        bare, ours, through = in_turns(
            run.sizes.pairs, *(lambda pair, parse=parse: _rate(parse, rounds[pair]) for parse in sides)
        )
    facts = {
        "bytes of a feed": sum(map(len, rounds[0])) / len(rounds[0]),
        "entries in it": ENTRIES,
        "feeds a side": run.sizes.documents,
    }
    name = "bare feedparser"
    return [
        Figure("parse.function", "parse a feed", "entries/s", ours, name, bare, facts=facts),
        Figure(
            "parse.pool",
            "parse a feed in a child process",
            "entries/s",
            through,
            name,
            bare,
            facts={**facts, "children": limits.parse_workers},
        ),
    ]


def _bare(documents: list[bytes]) -> int:
    return sum(len(feedparser.parse(io.BytesIO(document)).entries) for document in documents)


def _ours(documents: list[bytes]) -> int:
    return sum(len(parse_feed(document, CONTEXT).entries) for document in documents)


def _rate(parse: Parse, documents: list[bytes]) -> float:
    expected = ENTRIES * len(documents)

    def work() -> None:
        if (found := parse(documents)) != expected:
            raise BenchFailed(f"{found} entries were found in place of {expected}")

    return per_second(expected, work)
