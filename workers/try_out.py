"""Classifying a text by hand: the same stages as the stream's, without feeds or Kafka.

Knows nothing of where the text came from.
"""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from ingest.event import ContentSource, DateConfidence, DateSource, Entry, TextPolicy
from workers.article import Draft, LabelResult
from workers.demo.show import clean
from workers.pipeline import STAGES, Tools

EVIDENCE_SHOWN = 5


def classified(tools: Tools, title: str, text: str) -> tuple[LabelResult, ...]:
    """Return what the pipeline says of a title and a text, sorted by label."""
    draft = Draft(_entry(title, text))
    for _, stage in STAGES:
        draft = stage(draft, tools)
    return draft.labels


def _entry(title: str, text: str) -> Entry:
    """Return an entry of no feed: the stages look at its texts only."""
    now = datetime.now(UTC)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Entry(
        article_id="a" * 26,
        revision=1,
        publisher="-",
        site="-",
        feeds=(),
        guid=None,
        url=None,
        canonical_url=None,
        published_at=None,
        updated_at=None,
        first_seen_at=now,
        fetched_at=now,
        date_source=DateSource.FIRST_SEEN,
        date_confidence=DateConfidence.NONE,
        title=title,
        summary="",
        text=text,
        text_truncated=False,
        text_sha256=digest,
        content_source=ContentSource.FEED,
        text_policy=TextPolicy.FULL,
        language="fa",
        trace_id=digest[:32],
    )


def verdict_lines(results: Sequence[LabelResult], model_id: str) -> Iterator[str]:
    """Yield the verdict for a person: a line a label, and the words that spoke for it."""
    for result in results:
        yield f"{result.label:<22} {result.score:.3f}  {result.decision}"
        for evidence in result.evidence[:EVIDENCE_SHOWN]:
            where = f"{evidence.field} {evidence.start}-{evidence.end}"
            yield f"    {evidence.weight:+.2f}  {where}  {clean(evidence.surface)}"
    yield f"model {model_id}"
