"""The registry: which sites and feeds are watched, read from TOML and checked before anything is fetched.

Knows nothing of HTTP, of schedules or of what a feed contained.
"""

import re
import zoneinfo
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    StrictBool,
    ValidationError,
    model_validator,
)

from ingest.event import TextPolicy
from ingest.service.toml_document import Problem, key_path, matching, problems_of, read_toml, refusal, shown

MIN_INTERVAL_SECONDS = 60.0
MAX_INTERVAL_SECONDS = 3600.0
LONGEST_INTERVAL_SECONDS = 24 * 3600.0
"""A feed read less than daily loses items on every publisher of the registry: their windows hold hours."""

_USERINFO = re.compile(r"//[^/@\s]*@")


class FeedKind(StrEnum):
    """What sort of publisher a feed belongs to; free for dashboards, nothing decides by it."""

    AGENCY = "agency"
    NEWSPAPER = "newspaper"
    BROADCASTER = "broadcaster"
    GOVERNMENT = "government"
    SITE = "site"


@dataclass(frozen=True, slots=True)
class Site:
    """A publisher's hosts under one stable id; the Kafka partition follows the id."""

    id: str
    publisher: str
    hosts: tuple[str, ...]
    language: str
    """BCP 47 tag."""
    timezone: str
    """IANA name, for dates without a zone."""
    text_policy: TextPolicy
    rights: str | None


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed with all that its site says about it."""

    id: str
    url: str
    """Byte for byte as written."""
    kind: FeedKind
    full_text: bool
    """The feed gives leads only: the article's page is to be fetched for its whole text."""
    allow_private: bool
    """This URL and its alternates may lie at a private address; pages, robots.txt and redirects do not inherit it."""
    user_agent: str | None
    verify_tls: bool
    min_interval_seconds: float
    max_interval_seconds: float
    enabled: bool
    site: str
    """The site's id; this field and those that follow come from the site."""
    publisher: str
    hosts: tuple[str, ...]
    language: str
    timezone: str
    text_policy: TextPolicy
    rights: str | None
    alternates: tuple[str, ...] = ()
    """Other addresses at which the publisher gives the same items, the likeliest first."""
    verified_at: datetime | None = None
    """When the URL was last seen to give entries, aware UTC; null: never."""
    proxy: str | None = None
    """An HTTP proxy for all requests of this feed, where its host shuts out our region; may carry user and password."""
    quarantine: bool = False
    """Hold a document back whose identity has changed: its domain may have been sold."""


@dataclass(frozen=True, slots=True)
class Registry:
    """All sites and feeds by id, in the file's order."""

    sites: Mapping[str, Site]
    feeds: Mapping[str, Feed]

    @property
    def enabled(self) -> tuple[Feed, ...]:
        """Return the feeds that are to be polled."""
        return tuple(feed for feed in self.feeds.values() if feed.enabled)

    def of_site(self, site_id: str) -> tuple[Feed, ...]:
        """Return the enabled feeds of one site."""
        return tuple(feed for feed in self.enabled if feed.site == site_id)

    def feed_at(self, url: str) -> Feed | None:
        """Return the feed that has this address, among its alternates too, in whatever spelling (`address_of`)."""
        wanted = address_of(url)
        return next(
            (feed for feed in self.feeds.values() if wanted in map(address_of, (feed.url, *feed.alternates))), None
        )

    def site_of_host(self, host: str) -> Site | None:
        """Return the site that lists a host, with or without `www.`."""
        wanted = _without_www(host)
        return next((site for site in self.sites.values() if wanted in map(_without_www, site.hosts)), None)


def address_of(url: str) -> str:
    """Return an address without what its spellings differ in: http or https, `www.` or not, a last slash or not."""
    parts = urlsplit(url)
    return f"{_without_www(parts.netloc)}{parts.path.rstrip('/')}?{parts.query}"


def _without_www(host: str) -> str:
    return host.lower().removeprefix("www.")


def checked_url(url: str) -> str:
    """Return a URL that could be asked, byte for byte, or raise ValueError."""
    if any(character.isspace() or not character.isprintable() for character in url):
        raise ValueError("a URL holds no space and no control character")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ValueError(f"not a URL: {error}") from error
    if parts.scheme not in {"http", "https"}:
        raise ValueError("the scheme must be http or https")
    if not parts.hostname:
        raise ValueError("the URL has no host")
    if port == 0:
        raise ValueError("the port must be 1 to 65535")
    return url


def checked_proxy(url: str) -> str:
    """Return the URL of a proxy, an empty text for none, or raise ValueError."""
    if url and urlsplit(checked_url(url)).scheme != "http":
        raise ValueError("a proxy is spoken to over http: http://host:port")
    return url


def checked_timezone(name: str) -> str:
    """Return the name of a zone that exists, or raise ValueError."""
    try:
        zoneinfo.ZoneInfo(name)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError) as error:
        # OSError: `Asia` is a folder of the database and no zone.
        raise ValueError("not a time zone of the IANA database, such as Asia/Tehran") from error
    return name


def _moment(value: object) -> datetime | None:
    """Return a TOML date-time in UTC; an empty string is none."""
    if value == "":
        return None
    if isinstance(value, datetime) and value.tzinfo is not None:
        try:
            return value.astimezone(UTC)
        except OverflowError:  # the first or last day that Python knows, in a zone ahead or behind
            pass
    raise ValueError('must be a date and time with its zone, such as 2026-11-22T18:00:00Z, or ""')


# An id is part of keys that are split at `/` (`f/<feed>`, `e/<site>/<entry>`) and of metric labels.
_Id = Annotated[
    str, matching(r"[a-z0-9][a-z0-9.-]{0,62}", "an id is up to 63 lower-case letters, digits, dots and hyphens")
]
_Host = Annotated[
    str,
    matching(
        r"[^\W_A-Z][^\WA-Z]*([.-]+[^\WA-Z]+)*", "a host is a bare name in lower case, without scheme, port or path"
    ),
]
_Line = Annotated[str, matching(r"[^\x00-\x1f\x7f]{1,512}", "must be one line of 1 to 512 characters")]
_Seconds = Annotated[float, Field(ge=1, le=LONGEST_INTERVAL_SECONDS, strict=True)]


def _at_least_one[Item](items: tuple[Item, ...]) -> tuple[Item, ...]:
    if not items:
        raise ValueError("at least one is needed")
    return items


class _FeedTable(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: _Id
    url: Annotated[str, AfterValidator(checked_url)]
    alternates: tuple[Annotated[str, AfterValidator(checked_url)], ...] = ()
    proxy: Annotated[str, AfterValidator(checked_proxy)] = ""
    verified_at: Annotated[datetime | None, PlainValidator(_moment)] = None
    kind: FeedKind = FeedKind.SITE
    full_text: StrictBool = False
    allow_private: StrictBool = False
    user_agent: Annotated[str, matching(r"[\x20-\x7e]{0,256}", "must be up to 256 characters of ASCII")] = ""
    verify_tls: StrictBool = True
    min_interval_seconds: _Seconds = MIN_INTERVAL_SECONDS
    max_interval_seconds: _Seconds = MAX_INTERVAL_SECONDS
    enabled: StrictBool = True
    quarantine: StrictBool = False

    @model_validator(mode="after")
    def _intervals_in_order(self) -> Self:
        if self.min_interval_seconds > self.max_interval_seconds:
            raise ValueError("min_interval_seconds is greater than max_interval_seconds")
        return self


class _SiteTable(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: _Id
    publisher: _Line
    hosts: Annotated[tuple[_Host, ...], AfterValidator(_at_least_one)]
    language: Annotated[str, matching(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", "must be a BCP 47 tag, such as fa")] = "fa"
    timezone: Annotated[str, AfterValidator(checked_timezone)] = "Asia/Tehran"
    text_policy: TextPolicy = TextPolicy.FULL
    rights: _Line | None = None
    feed: tuple[_FeedTable, ...] = ()


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    site: Annotated[tuple[_SiteTable, ...], AfterValidator(_at_least_one)]


type _Located = tuple[tuple[int | str, ...], object]


def _tables(value: object) -> Iterator[tuple[int, Mapping[str, object]]]:
    # Duplicates are looked for in the raw document, so that they are told together with every other fault.
    if isinstance(value, list):
        yield from ((index, table) for index, table in enumerate(value) if isinstance(table, dict))


def _site_ids(document: Mapping[str, object]) -> Iterator[_Located]:
    for index, site in _tables(document.get("site")):
        yield ("site", index, "id"), site.get("id")


def _hosts(document: Mapping[str, object]) -> Iterator[_Located]:
    for index, site in _tables(document.get("site")):
        hosts = site.get("hosts")
        for place, host in enumerate(hosts if isinstance(hosts, list) else ()):
            yield ("site", index, "hosts", place), host


def _feed_ids(document: Mapping[str, object]) -> Iterator[_Located]:
    for index, site in _tables(document.get("site")):
        for place, feed in _tables(site.get("feed")):
            yield ("site", index, "feed", place, "id"), feed.get("id")


def _urls(document: Mapping[str, object]) -> Iterator[_Located]:
    # Alternates come last: of a feed's URL and an alternate that are the same, the alternate is at fault.
    for index, site in _tables(document.get("site")):
        for place, feed in _tables(site.get("feed")):
            yield ("site", index, "feed", place, "url"), feed.get("url")
    for index, site in _tables(document.get("site")):
        for place, feed in _tables(site.get("feed")):
            alternates = feed.get("alternates")
            for position, alternate in enumerate(alternates if isinstance(alternates, list) else ()):
                yield ("site", index, "feed", place, "alternates", position), alternate


def _repeated(source: str, values: Iterable[_Located], what: str) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for location, value in values:
        if not isinstance(value, str):
            continue
        key = key_path(location)
        if value in first:
            yield Problem(source, key, shown(value), f"{what} already at {first[value]}")
        first.setdefault(value, key)


def _duplicates(source: str, document: Mapping[str, object]) -> list[Problem]:
    return [
        *_repeated(source, _site_ids(document), "this site id is taken"),
        *_repeated(source, _hosts(document), "this host is listed"),
        *_repeated(source, _feed_ids(document), "this feed id is taken"),
        *_repeated(source, _urls(document), "this URL is listed"),
    ]


def _without_userinfo(problem: Problem) -> Problem:
    value = problem.value and _USERINFO.sub("//***@", problem.value)
    return Problem(problem.source, problem.key, value, problem.reason)


def _site(table: _SiteTable) -> Site:
    return Site(
        id=table.id,
        publisher=table.publisher,
        hosts=table.hosts,
        language=table.language,
        timezone=table.timezone,
        text_policy=table.text_policy,
        rights=table.rights,
    )


def _feed(table: _FeedTable, site: Site) -> Feed:
    return Feed(
        id=table.id,
        url=table.url,
        kind=table.kind,
        full_text=table.full_text,
        allow_private=table.allow_private,
        user_agent=table.user_agent or None,
        verify_tls=table.verify_tls,
        min_interval_seconds=table.min_interval_seconds,
        max_interval_seconds=table.max_interval_seconds,
        enabled=table.enabled,
        site=site.id,
        publisher=site.publisher,
        hosts=site.hosts,
        language=site.language,
        timezone=site.timezone,
        text_policy=site.text_policy,
        rights=site.rights,
        alternates=table.alternates,
        proxy=table.proxy or None,
        verified_at=table.verified_at,
        quarantine=table.quarantine,
    )


def _registry(document: _Document) -> Registry:
    sites = {table.id: _site(table) for table in document.site}
    feeds = {feed.id: _feed(feed, sites[table.id]) for table in document.site for feed in table.feed}
    return Registry(MappingProxyType(sites), MappingProxyType(feeds))


def faults_of(source: str, document: Mapping[str, Any]) -> list[Problem]:
    """Return every fault of a parsed document, secrets of its URLs masked."""
    problems = _duplicates(source, document)
    try:
        _Document.model_validate(document)
    except ValidationError as error:
        problems = problems_of(source, error) + problems
    return [_without_userinfo(problem) for problem in problems]


def parse_registry(source: str, document: Mapping[str, Any]) -> Registry:
    """Return the registry of a parsed document, or raise one UsageError that names every fault in it."""
    if problems := faults_of(source, document):
        raise refusal(problems)
    return _registry(_Document.model_validate(document))


def load_registry(path: Path) -> Registry:
    """Return the registry of a TOML file, or raise one UsageError that names every fault in it."""
    return parse_registry(str(path), read_toml(path, "the registry"))
