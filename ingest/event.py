"""The raw event: an entry of a feed as ingest commits it to `rasad.entries.v1`.

Imports nothing of ours; knows nothing of Kafka, HTTP or classification.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

TITLE_MAX_BYTES = 2_048
SUMMARY_MAX_BYTES = 64 * 1_024
TEXT_MAX_BYTES = 128 * 1_024
"""DESIGN's caps, in bytes of UTF-8; longer values are cut at a character and said to be cut."""

ArticleId = Annotated[str, StringConstraints(pattern=r"^[a-z2-7]{26}$")]
"""130 bits of SHA-256 over site and entry key, base32 in lower case: the Kafka key of an article everywhere."""


class DateSource(StrEnum):
    """Where `published_at` came from."""

    PUBLISHED = "published"
    UPDATED = "updated"
    URL = "url"
    FIRST_SEEN = "first_seen"


class DateConfidence(StrEnum):
    """How sure the instant in `published_at` is."""

    EXACT = "exact"
    """The document names the zone or the offset."""
    ASSUMED_ZONE = "assumed_zone"
    """The document gives a local time; the zone is the site's."""
    DAY = "day"
    """Only the day is known."""
    NONE = "none"
    """No date was found that can be believed; `published_at` is null."""


class DateFlag(StrEnum):
    """Why a date that the document gave was not believed."""

    UNPARSABLE = "unparsable"
    FUTURE = "future"
    ANCIENT = "ancient"


class LinkFlag(StrEnum):
    """Why an entry has no `url` although its document gave a link."""

    INVALID = "invalid"
    """Nobody could open it: no http(s) URL, or a host that no name can have."""


class TextSuspect(StrEnum):
    """Why a text is not what its author wrote."""

    MOJIBAKE = "mojibake"
    """The publisher read its letters in another encoding, and they could not be mended: no model should read it."""


class ContentSource(StrEnum):
    """Where `text` came from."""

    FEED = "feed"
    PAGE = "page"
    SUMMARY = "summary"
    NONE = "none"
    """The document has a title only."""


class TextPolicy(StrEnum):
    """How much of a publisher's text may be published; the operator answers for rights."""

    FULL = "full"
    EXCERPT = "excerpt"
    NONE = "none"


class Entry(BaseModel):
    """One revision of one article as its publisher's feed gave it; frozen, JSON-serialisable."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    article_id: ArticleId
    revision: Annotated[int, Field(ge=1)]
    publisher: str
    site: str
    feeds: tuple[str, ...]
    """Ids of the feeds that showed this article up to now, sorted."""
    guid: str | None
    url: str | None
    canonical_url: str | None
    link_flag: LinkFlag | None = None
    rights: str | None = None
    published_at: AwareDatetime | None
    updated_at: AwareDatetime | None
    first_seen_at: AwareDatetime
    fetched_at: AwareDatetime
    date_source: DateSource
    date_confidence: DateConfidence
    date_flag: DateFlag | None = None
    title: str
    summary: str
    text: str
    text_truncated: bool
    text_sha256: str
    """Hex SHA-256 of the whole text's UTF-8, before it was cut."""
    content_source: ContentSource
    text_suspect: TextSuspect | None = None
    text_policy: TextPolicy
    language: str
    """BCP 47 tag that the registry gives the feed, not a detection."""
    backfill: bool = False
    """Old or first-time content that came in numbers (a new feed, a migrated site): no news of the moment."""
    trace_id: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
