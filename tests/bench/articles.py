"""Replay articles as the benchmark uses them: as they are, joined to one length, as feeds and as entries.

Knows nothing of what is measured.
"""

import gzip
import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import islice
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

from ingest.event import ContentSource, DateConfidence, DateSource, Entry, TextPolicy
from ingest.parse.identity import article_id
from ingest.parse.wellformed import legal
from ingest.service.errors import UsageError

FILE_NAME = "replay.jsonl.gz"
SITE = "bench"
LEAD_CHARS = 300
"""Of the summary of a long text: about two sentences, as feeds with whole texts give them."""
TITLE_CHARS = 80
"""Of the text, where an article has no title."""

_SHUFFLE_SEED = 20
_PUBLISHED = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)


class Replayed(NamedTuple):
    """One article."""

    id: str
    title: str
    text: str
    summary: str = ""


def load(folder: Path) -> tuple[Replayed, ...]:
    """Return all replay articles, sources mixed, in the same order every time."""
    with gzip.open(folder / FILE_NAME, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    articles = [
        Replayed(row["id"], legal(row["title"] or row["text"][:TITLE_CHARS]), legal(row["text"])) for row in rows
    ]
    random.Random(_SHUFFLE_SEED).shuffle(articles)
    return tuple(articles)


def taken(articles: Iterator[Replayed], count: int) -> list[Replayed]:
    """Take so many articles, as they are. Raises UsageError when there are no more."""
    found = list(islice(articles, count))
    if len(found) < count:
        raise UsageError("there are not enough replay articles for these sizes: no article is used twice")
    return found


def joined(articles: Iterator[Replayed], count: int, chars: int) -> list[Replayed]:
    """Take so many texts of exactly this length, each made of as many articles as it needs."""
    texts = []
    for _ in range(count):
        first = taken(articles, 1)[0]
        text = first.text
        while len(text) < chars:
            text += "\n" + taken(articles, 1)[0].text
        texts.append(first._replace(text=text[:chars], summary=text[:LEAD_CHARS]))
    return texts


def entry_of(article: Replayed) -> Entry:
    """Return the raw event as a fetcher would have committed it."""
    identity = article_id(SITE, f"g:{article.id}")
    now = datetime.now(UTC)
    return Entry(
        article_id=identity,
        revision=1,
        publisher="Bench",
        site=SITE,
        feeds=("bench-main",),
        guid=article.id,
        url=_link(article),
        canonical_url=_link(article),
        published_at=_PUBLISHED,
        updated_at=None,
        first_seen_at=now,
        fetched_at=now,
        date_source=DateSource.PUBLISHED,
        date_confidence=DateConfidence.EXACT,
        title=article.title,
        summary=article.summary,
        text=article.text,
        text_truncated=False,
        text_sha256=hashlib.sha256(article.text.encode()).hexdigest(),
        content_source=ContentSource.FEED,
        text_policy=TextPolicy.FULL,
        language="fa",
        trace_id=hashlib.sha256(f"{identity}/1".encode()).hexdigest()[:32],
    )


def feed_document(articles: Sequence[Replayed], size_bytes: int | None = None) -> bytes:
    """Render an RSS 2.0 feed; texts are cut so that the document has about this size, if one is given."""
    if size_bytes is None:
        return _rss(articles)
    empty = len(_rss([article._replace(text="") for article in articles]))
    room = (size_bytes - empty) // len(articles)
    return _rss([article._replace(text=article.text.encode()[:room].decode(errors="ignore")) for article in articles])


def _rss(articles: Sequence[Replayed]) -> bytes:
    items = "".join(
        f"<item><title>{escape(article.title)}</title><link>{_link(article)}</link>"
        f'<guid isPermaLink="false">{article.id}</guid>'
        f"<pubDate>{format_datetime(_PUBLISHED - timedelta(minutes=number))}</pubDate>"
        f"<description><![CDATA[<p>{escape(article.text)}</p>]]></description></item>"
        for number, article in enumerate(articles)
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Bench</title>'
        f"<link>https://bench.example/</link><description>-</description>{items}</channel></rss>"
    ).encode()


def _link(article: Replayed) -> str:
    return f"https://bench.example/fa/news/{article.id}"
