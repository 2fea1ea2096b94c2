"""Publishing: from a finished draft to the article event, and from the article to its records.

Pure. Knows nothing of brokers, of transactions or of how labels were found.
"""

import re
from dataclasses import fields as dataclass_fields
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any, Protocol
from urllib.parse import quote
from zoneinfo import ZoneInfo

from persiantools.jdatetime import JalaliDate
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from ingest.event import Entry, TextPolicy
from ingest.service.errors import Reject
from ingest.stream.record import CloudEvent, Record, traceparent
from workers.article import Article, ArticleKind, Decision, Draft, Evidence, LabelResult
from workers.enrich.facts import Facts
from workers.enrich.visible import visible
from workers.language import published_tag
from workers.parts import FieldName

ARTICLE_SCHEMA = "https://rasad.example/schemas/article.v1.json"
"""`$id` of `deploy/schemas/article.v1.json` and `ce_dataschema` of the events: a name, not an address."""

EVENT_MAX_BYTES = 768 * 1_024
"""Of the JSON value: leaves a quarter of Kafka's default limit of 1 MiB to headers and framing."""

EXCERPT_MAX_CHARS = 400
"""About three sentences, what a search engine shows of a page; in code points."""

_ESCAPED_MAX_BYTES = 6
"""What one character can take in JSON: a control character as a backslash, a `u` and four digits."""

_REST_MAX_BYTES = 16 * 1_024
"""Field names, instants, ids and numbers; an event without texts and with three labels has about 1.6 kB."""

_LAST_BORDER = re.compile(r"\s+\S*\Z")

_TEHRAN = ZoneInfo("Asia/Tehran")


class ArticleTopics(Protocol):
    """The names of the topics that articles go to."""

    @property
    def articles(self) -> str:
        """The topic of every article."""

    def label_topic(self, label: str) -> str:
        """Return the topic of one label."""


class ArticleState(BaseModel):
    """What is remembered of an article that ever carried a label, by article_id."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    labels: tuple[str, ...]
    """All labels that it ever carried, sorted."""
    revision: Annotated[int, Field(ge=1)]
    analysis: Annotated[int, Field(ge=1)]
    at: AwareDatetime
    """When its last event's revision was fetched."""


class PublishRefusal(StrEnum):
    """Why an article cannot be published."""

    TOO_LARGE = "too_large"


def article_from(
    draft: Draft, *, analysis: int, model_id: str, normalizer: str, publish_normalized_text: bool
) -> Article:
    """Return the event of a draft, with no more of it than its publisher's text policy allows.

    Raises Reject when the event is above EVENT_MAX_BYTES even without its text.
    """
    entry = draft.entry
    full = entry.text_policy is TextPolicy.FULL
    fields = _published_fields(entry)
    article = Article(
        article_id=entry.article_id,
        revision=entry.revision,
        analysis=analysis,
        publisher=entry.publisher,
        site=entry.site,
        feeds=entry.feeds,
        guid=entry.guid,
        url=entry.url,
        canonical_url=entry.canonical_url,
        link_flag=entry.link_flag,
        rights=entry.rights,
        published_at=entry.published_at,
        published_at_jalali=jalali(entry.published_at) if entry.published_at else None,
        updated_at=entry.updated_at,
        first_seen_at=entry.first_seen_at,
        fetched_at=entry.fetched_at,
        date_source=entry.date_source,
        date_confidence=entry.date_confidence,
        date_flag=entry.date_flag,
        title=entry.title,
        summary=fields["summary"],
        text=fields["text"],
        text_truncated=entry.text_truncated or fields["text"] != entry.text,
        text_sha256=entry.text_sha256,
        content_source=entry.content_source,
        text_suspect=entry.text_suspect,
        language=published_tag(draft.recognised.language, entry.language) if draft.recognised else entry.language,
        persian_share=round(draft.recognised.persian_share, 3) if draft.recognised else None,
        text_policy=entry.text_policy.value,
        backfill=entry.backfill,
        title_normalized=draft.title_normalized,
        text_normalized=draft.text_normalized if publish_normalized_text and full else None,
        normalizer=normalizer,
        labels=draft.labels if full else _visible(draft.labels, fields),
        model_id=model_id,
        trace_id=entry.trace_id,
        **fields_of(draft.facts if full else visible(draft.facts, fields)),
    )
    return article if draft.facts == Facts() and _surely_fits(article) else _fitted(article)


def article_records(article: Article, *, topics: ArticleTopics, ever_labels: frozenset[str]) -> tuple[Record, ...]:
    """Return the event for the articles topic and for the topic of each label that it carries or ever carried."""
    assigned = article.assigned()
    key = article.article_id.encode()
    value = article.model_dump_json().encode()
    headers = _cloud_event(article, assigned).headers()
    labels = sorted(ever_labels.union(assigned))
    names = (topics.articles, *map(topics.label_topic, labels))
    return tuple(Record(topic=name, key=key, value=value, headers=headers) for name in names)


def jalali(instant: datetime) -> str | None:
    """Render an aware instant in the Jalali calendar and Tehran time; None outside the calendar's years."""
    try:
        local = instant.astimezone(_TEHRAN)
        return f"{_jalali_day(local.date())} {local.time().isoformat('seconds')}"
    except (ValueError, OverflowError):
        return None


def excerpt(text: str) -> str:
    """Return the beginning of a text, at most EXCERPT_MAX_CHARS long, cut between two words where there are any."""
    if len(text) <= EXCERPT_MAX_CHARS:
        return text
    # One character more, so that a word which ends exactly at the limit is kept.
    border = _LAST_BORDER.search(text[: EXCERPT_MAX_CHARS + 1])
    return text[: (border and border.start()) or EXCERPT_MAX_CHARS]


@lru_cache(maxsize=1_024)
def _jalali_day(day: date) -> str:
    return str(JalaliDate(day).isoformat())  # type: ignore[no-untyped-call]  # annotated in part


def _cloud_event(article: Article, assigned: tuple[str, ...]) -> CloudEvent:
    """Return the event's attributes: the same on every machine and in every run, so nothing of now."""
    return CloudEvent(
        id=f"{article.article_id}/{article.revision}.{article.analysis}",
        source=f"/rasad/{quote(article.site, safe='')}",
        type=ArticleKind.PUBLISHED if article.revision == 1 else ArticleKind.UPDATED,
        # When this revision was seen: the time at which the occurrence became known.
        time=article.fetched_at,
        subject=article.article_id,
        dataschema=ARTICLE_SCHEMA,
        traceparent=traceparent(article.trace_id),
        extensions={"rasadlabels": ",".join(assigned)},
    )


def _published_fields(entry: Entry) -> dict[FieldName, str]:
    """Return the fields that spans point into, as far as the text policy lets them out; titles always are."""
    match entry.text_policy:
        case TextPolicy.FULL:
            return {"title": entry.title, "summary": entry.summary, "text": entry.text}
        case TextPolicy.EXCERPT:
            return {"title": entry.title, "summary": excerpt(entry.summary), "text": excerpt(entry.text)}
        case TextPolicy.NONE:
            return {"title": entry.title, "summary": "", "text": ""}


def _visible(labels: tuple[LabelResult, ...], fields: dict[FieldName, str]) -> tuple[LabelResult, ...]:
    """Return the labels with evidence that a consumer can find in the published fields, and none of the rest.

    An assigned label whose evidence is all hidden gets the title with weight 0: nothing there was weighed.
    """
    return tuple(
        result.model_copy(update={"evidence": _visible_evidence(result, fields)}) if result.evidence else result
        for result in labels
    )


def _visible_evidence(result: LabelResult, fields: dict[FieldName, str]) -> tuple[Evidence, ...]:
    shown = tuple(span for given in result.evidence if (span := _clipped(given, fields[given.field])) is not None)
    title = fields["title"]
    if shown or not title or result.decision is not Decision.ASSIGNED:
        return shown
    return (Evidence(field="title", start=0, end=len(title), surface=title, weight=0.0),)


def _clipped(span: Evidence, published: str) -> Evidence | None:
    """Return the part of a span that is within the published field; None when there is no word of it."""
    if span.end <= len(published):
        return span
    surface = published[span.start :].rstrip()
    if not surface:
        return None
    return span.model_copy(update={"end": span.start + len(surface), "surface": surface})


def fields_of(facts: Facts) -> dict[str, Any]:
    """Return the facts as the event's fields."""
    parts = {field.name: getattr(facts, field.name) for field in dataclass_fields(Facts)}
    flights = parts.pop("flights")
    return {**parts, "flight_status": flights}


def _surely_fits(article: Article) -> bool:
    """Tell by lengths alone whether the event is small enough: true for all but the longest articles."""
    spans = (span.surface for result in article.labels for span in result.evidence)
    texts = (article.title, article.summary, article.text, article.title_normalized, article.text_normalized,
             article.guid, article.url, article.canonical_url, article.rights)  # fmt: skip
    chars = sum(map(len, filter(None, texts))) + sum(map(len, article.feeds)) + sum(map(len, spans))
    return chars * _ESCAPED_MAX_BYTES + _REST_MAX_BYTES <= EVENT_MAX_BYTES


def _fitted(article: Article) -> Article:
    """Return the article, without its facts where it is too large, and then without its text, which they point into.

    Raises Reject when that is not enough.
    """
    if _bytes(article) <= EVENT_MAX_BYTES:
        return article
    article = article.model_copy(update={**fields_of(Facts()), "facts_dropped": True})
    if _bytes(article) <= EVENT_MAX_BYTES:
        return article
    fields: dict[FieldName, str] = {"title": article.title, "summary": article.summary, "text": ""}
    update = {"text": "", "text_truncated": True, "text_normalized": None, "labels": _visible(article.labels, fields)}
    without_text = article.model_copy(update=update)
    if (size := _bytes(without_text)) > EVENT_MAX_BYTES:
        raise Reject(PublishRefusal.TOO_LARGE, f"the event has {size} bytes without its text")
    return without_text


def _bytes(article: Article) -> int:
    return len(article.model_dump_json().encode())
