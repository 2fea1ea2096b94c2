"""The records around ingest: an entry as it is committed to `rasad.entries.v1`, and what fetchers may be asked to do.

Imports nothing of ours; knows nothing of Kafka, HTTP or classification.
"""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

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


class ControlAction(StrEnum):
    """What the owner of a site may be asked to do."""

    PAUSE = "pause"
    RESUME = "resume"
    POLL = "poll"
    """Poll the feed now."""
    RESET = "reset"
    """Forget what makes a poll cheap and where the feed had moved to, and poll it in full now."""


class FeedControl(BaseModel):
    """What an operator asks of the fetcher that owns a site: one record on `rasad.feed-control.v1`, key = site."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    action: ControlAction
    site: str
    """The registry's id of the publisher; the record's key as well."""
    feed: str | None = None
    """Id of the feed that is meant; null where a host is."""
    host: str | None = None
    """Host, with `:port` where only that port is meant; all feeds of the site that are asked there. Null for a feed."""
    until: AwareDatetime | None = None
    """When a pause ends by itself; null: when it is resumed."""
    reason: Annotated[str, StringConstraints(max_length=200)] = ""
    """Of a pause, for whoever looks at the status."""
    issued_at: AwareDatetime

    @model_validator(mode="after")
    def _names_one_target(self) -> Self:
        if (self.feed is None) == (self.host is None):
            raise ValueError("exactly one of feed and host is named")
        if self.host is not None and self.action not in {ControlAction.PAUSE, ControlAction.RESUME}:
            raise ValueError(f"{self.action} is for feeds, not for hosts")
        return self
