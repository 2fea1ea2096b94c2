"""An entry of no feed: what stages are given where somebody tries a text, or to see that they work.

Knows nothing of stages. Nothing of it is published: its ids and times mean nothing.
"""

import hashlib
from datetime import datetime

from ingest.event import ContentSource, DateConfidence, DateSource, Entry, TextPolicy


def feedless_entry(title: str, text: str, at: datetime) -> Entry:
    """Return the entry of these texts, first seen and fetched at `at`."""
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
        first_seen_at=at,
        fetched_at=at,
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
