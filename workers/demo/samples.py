"""The invented publishers of the demo as data: read from `seeds/samples/`, checked, and counted.

Knows nothing of HTTP, of XML or of what the pipeline makes of the articles.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal, Self
from urllib.parse import quote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ingest.service.errors import UsageError
from ingest.service.toml_document import problems_of, read_toml, refusal

FIRST_WAVE = 1
LAST_WAVE = 3
SLUG_WORDS = 8
"""As much of the title as Persian agencies put into a permalink."""


class Format(StrEnum):
    """How a publisher writes its feed."""

    RSS_CONTENT = "rss-content"
    """RSS 2.0: the lead in `description`, the body in `content:encoded`, a number as guid."""
    RSS_DESCRIPTION = "rss-description"
    """RSS 2.0: the whole article in `description`, the permalink as guid."""
    ATOM = "atom"
    """Atom 1.0: the lead in `summary`, the body in `content`."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Version(_Table):
    """What an article says at one time, and the labels that it was written to carry."""

    labels: tuple[str, ...]
    title: Annotated[str, Field(min_length=1)]
    lead: str = ""
    body: str = ""
    """Paragraphs and `## ` subheadings, parted by empty lines."""


class SampleArticle(Version):
    """One invented article; `edit` is its second version."""

    id: int
    wave: Annotated[int, Field(ge=FIRST_WAVE, le=LAST_WAVE)]
    feeds: Annotated[tuple[str, ...], Field(min_length=1)]
    section: str
    published: str | None = None
    """As the feed prints it."""
    updated: str | None = None
    note: str = ""
    """Why the article is there, for who reads the file."""
    edit: Version | None = None

    @model_validator(mode="after")
    def _one_order_of_versions(self) -> Self:
        # A second feed may still be answering with the first version while the other shows the edit: the article
        # would flap, and the number of its revisions would depend on the order of the polls.
        if self.edit and (self.wave != FIRST_WAVE or len(self.feeds) != 1):
            raise ValueError("an edited article is in one feed and in wave 1")
        return self

    def version(self, *, edited: bool) -> Version:
        """Return what stands in the feed before or after the edits were published."""
        return self.edit if edited and self.edit else self


class FeedTable(_Table):
    """One feed document of a publisher."""

    id: str
    format: Format
    path: Annotated[str, Field(pattern=r"^/[a-z0-9/._-]+$")]
    title: str


class PublisherTable(_Table):
    """Who publishes."""

    id: str
    name: str
    permalink: Annotated[str, Field(pattern=r"^https://[a-z.]+\.example/.*\{id\}")]
    """May hold `{id}` and `{slug}`; the host lies under `.example`, which nobody owns (RFC 2606)."""
    rights: str


class Publisher(_Table):
    """One file of `seeds/samples/`."""

    sample: Literal[True]
    publisher: PublisherTable
    feed: Annotated[tuple[FeedTable, ...], Field(min_length=1)]
    article: tuple[SampleArticle, ...]

    @model_validator(mode="after")
    def _references_hold(self) -> Self:
        known = {feed.id for feed in self.feed}
        for article in self.article:
            if unknown := set(article.feeds) - known:
                raise ValueError(f"article {article.id}: no feed has the id {min(unknown)}")
        if repeated := _repeated(article.id for article in self.article):
            raise ValueError(f"article {repeated[0]} is there twice")
        return self

    @property
    def host(self) -> str:
        """Return the host of the permalinks."""
        return urlsplit(self.publisher.permalink).netloc

    def permalink(self, article: SampleArticle) -> str:
        """Return the article's URL; an edited title does not change it."""
        slug = quote("-".join(re.findall(r"\w+", article.title)[:SLUG_WORDS]))
        return self.publisher.permalink.replace("{id}", str(article.id)).replace("{slug}", slug)

    def in_feed(self, feed_id: str, wave: int) -> tuple[SampleArticle, ...]:
        """Return the articles that a feed shows when `wave` is out, newest first."""
        shown = (article for article in self.article if feed_id in article.feeds and article.wave <= wave)
        return tuple(shown)[::-1]


@dataclass(frozen=True, slots=True)
class Expected:
    """What should come out of the stream for what was shown; the demo reconciles with it."""

    articles: int
    """Distinct articles."""
    entries: int
    """Articles over all their revisions."""
    updates: int
    several_feeds: int
    """Articles that more than one feed shows."""
    labels: Mapping[str, int]
    """Distinct articles that were written to carry a label, in any of their versions."""


def _repeated(values: Iterable[int]) -> list[int]:
    return [value for value, count in Counter(values).items() if count > 1]


def _publisher(path: Path) -> Publisher:
    document = read_toml(path, "the sample publisher")
    try:
        return Publisher.model_validate(document)
    except ValidationError as error:
        raise refusal(problems_of(str(path), error)) from error


def load_samples(folder: Path) -> tuple[Publisher, ...]:
    """Return the publishers of a folder in the order of their file names, or raise UsageError."""
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        raise UsageError(f"{folder}: no sample publisher (*.toml) is there")
    return tuple(_publisher(path) for path in paths)


def expected(publishers: Iterable[Publisher], *, wave: int = LAST_WAVE, edits: bool = True) -> Expected:
    """Return the counts that follow from the data, for all waves up to `wave`."""
    shown = [article for publisher in publishers for article in publisher.article if article.wave <= wave]
    updates = sum(article.edit is not None for article in shown) if edits else 0
    labels = Counter(label for article in shown for label in _labels_ever(article, edits))
    return Expected(
        articles=len(shown),
        entries=len(shown) + updates,
        updates=updates,
        several_feeds=sum(len(article.feeds) > 1 for article in shown),
        labels=MappingProxyType(dict(sorted(labels.items()))),
    )


def _labels_ever(article: SampleArticle, edits: bool) -> set[str]:
    return {*article.labels, *article.version(edited=edits).labels}
