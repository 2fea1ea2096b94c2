"""Article events for tests, made of what a test says and of nothing in particular."""

from datetime import UTC, datetime
from itertools import count

from ingest.event import ContentSource, DateConfidence, DateSource
from workers.article import Article, Decision, Evidence, LabelResult
from workers.enrich.facts import Facts
from workers.parts import Span
from workers.publish import fields_of

SEEN = datetime(2026, 11, 22, 10, 15, 30, tzinfo=UTC)
NOTHING = Facts()
_numbers = count(1)


def found(article_text: str, field: str, *words: str) -> tuple[Evidence, ...]:
    """Return evidence for words of a text, each at its first place."""
    return tuple(
        Evidence(field=field, start=at, end=at + len(word), surface=word, weight=1.0)  # type: ignore[arg-type]
        for word in words
        for at in (article_text.index(word),)
    )


def places(article_text: str, field: str, *words: str) -> tuple[Span, ...]:
    """Return spans of words of a text, each at its first place."""
    return tuple(
        Span(field=field, start=at, end=at + len(word), surface=word)  # type: ignore[arg-type]
        for word in words
        for at in (article_text.index(word),)
    )


def label(name: str, score: float, decision: Decision, evidence: tuple[Evidence, ...] = ()) -> LabelResult:
    return LabelResult(label=name, score=score, decision=decision, evidence=evidence)


def article(
    *labels: LabelResult,
    title: str = "",
    summary: str = "",
    text: str = "",
    publisher: str = "خبرگزاری نارون",
    revision: int = 1,
    language: str = "fa",
    url: str | None = "https://www.narvan.example/news/1",
    article_id: str | None = None,
    facts: Facts = NOTHING,
) -> Article:
    return Article(
        article_id=article_id or format(next(_numbers), "b").translate({48: "a", 49: "b"}).rjust(26, "a"),
        revision=revision,
        analysis=1,
        publisher=publisher,
        site="narvan",
        feeds=("narvan-main",),
        guid=None,
        url=url,
        canonical_url=None,
        published_at=None,
        published_at_jalali=None,
        updated_at=None,
        first_seen_at=SEEN,
        fetched_at=SEEN,
        date_source=DateSource.FIRST_SEEN,
        date_confidence=DateConfidence.NONE,
        title=title,
        summary=summary,
        text=text,
        text_truncated=False,
        text_sha256="",
        content_source=ContentSource.NONE,
        language=language,
        text_policy="full",
        title_normalized=title,
        normalizer="none",
        labels=labels,
        model_id="none",
        trace_id="",
        **fields_of(facts),
    )
