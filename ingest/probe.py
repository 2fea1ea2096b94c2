"""One poll of a feed with nothing remembered: what would be fetched, parsed, dated and identified now.

Knows nothing of schedules, of Kafka or of how a person reads the result (`probe_report`); nothing is stored.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol
from urllib.parse import urlsplit

from ingest.event import ContentSource
from ingest.feed_state import FeedState
from ingest.feeds import Feed, address_of
from ingest.fetch.outcome import Fetched, FetchRequest, Outcome, Reason
from ingest.parse.document import ParseContext, ParsedFeed
from ingest.poll import context_for, request_for
from ingest.service.errors import Reject

HOSTS_NAMED = 3
"""Of foreign hosts in a note; an aggregator links to hundreds."""

_LASTING = "gpl"
"""Kinds of identity keys that an edit of the title leaves as they are (`parse.identity`)."""

Parse = Callable[[bytes, ParseContext], ParsedFeed]


class Fetches(Protocol):
    """What a probe needs of `ingest.fetch.client.Fetcher`."""

    def fetch(self, request: FetchRequest) -> Fetched:
        """Do one GET; whatever happens comes back as a value."""
        ...


@dataclass(frozen=True, slots=True)
class Probe:
    """What one address of a feed gave."""

    feed: Feed
    """With the address that was asked as its URL."""
    fetched: Fetched | None
    """Null for a document from disk."""
    parsed: ParsedFeed | Reject | None
    """Null where there was nothing to parse."""

    @property
    def reason(self) -> str:
        """Return why it works or does not: a value of `Reason`."""
        if isinstance(self.parsed, Reject):
            return self.parsed.reason
        return self.fetched.reason if self.fetched else Reason.OK

    @property
    def detail(self) -> str:
        """Return the raw message that goes with a failure."""
        if isinstance(self.parsed, Reject):
            return self.parsed.detail
        return self.fetched.detail if self.fetched else ""

    @property
    def document(self) -> ParsedFeed | None:
        """Return the feed that was read."""
        return self.parsed if isinstance(self.parsed, ParsedFeed) else None

    @property
    def works(self) -> bool:
        """Tell whether there is anything to publish: an empty feed proves nothing."""
        return self.document is not None and bool(self.document.entries)


def probe_document(feed: Feed, body: bytes, parse: Parse, now: datetime) -> Probe:
    """Read a document from disk as if it had come from the feed's URL."""
    stand_in = Fetched(Outcome.FETCHED, Reason.OK, feed.url, feed.url, now, 0.0, body=body)
    return Probe(feed, None, _parsed(feed, stand_in, parse))


def probe(feed: Feed, fetcher: Fetches, parse: Parse, now: datetime) -> Probe:
    """Ask the feed's URL once."""
    fetched = fetcher.fetch(request_for(feed, FeedState(), now))
    parsed = _parsed(feed, fetched, parse) if fetched.outcome is Outcome.FETCHED else None
    return Probe(feed, fetched, parsed)


def probe_until_works(feed: Feed, fetcher: Fetches, parse: Parse, now: datetime) -> tuple[Probe, ...]:
    """Ask the feed's URL, then its alternates in their order, and stop at the first that works."""
    probes: list[Probe] = []
    for url in (feed.url, *feed.alternates):
        probes.append(probe(replace(feed, url=url), fetcher, parse, now))
        if probes[-1].works:
            break
    return tuple(probes)


def survey(
    feeds: Iterable[Feed],
    new_fetcher: Callable[[], AbstractContextManager[Fetches]],
    parse: Parse,
    now: Callable[[], datetime],
    threads: int,
    gap_seconds: float,
) -> Iterator[tuple[Probe, ...]]:
    """Probe many feeds, as they finish: a site's one after the other with a gap between, sites side by side.

    Where the caller stops listening, what has not begun is left out.
    """
    sites: dict[str, list[Feed]] = {}
    for feed in feeds:
        sites.setdefault(feed.site, []).append(feed)
    stopped = threading.Event()

    def of_site(members: Sequence[Feed]) -> list[tuple[Probe, ...]]:
        probes: list[tuple[Probe, ...]] = []
        with new_fetcher() as fetcher:
            for member in members:
                # The gap is a matter of manners towards publishers, not towards the operator's own network.
                if probes and stopped.wait(0.0 if member.allow_private else gap_seconds):
                    break
                probes.append(probe_until_works(member, fetcher, parse, now()))
        return probes

    executor = ThreadPoolExecutor(threads, thread_name_prefix="probe")
    try:
        for future in as_completed([executor.submit(of_site, members) for members in sites.values()]):
            yield from future.result()
    finally:
        stopped.set()
        executor.shutdown(cancel_futures=True)


def _parsed(feed: Feed, fetched: Fetched, parse: Parse) -> ParsedFeed | Reject:
    try:
        return parse(fetched.body, context_for(feed, fetched))
    except Reject as error:
        return error
    except Exception as error:  # noqa: BLE001 - a fault of ours at one document must not take the others' report
        return Reject(Reason.UNEXPECTED, repr(error))


def notes(found: Probe) -> tuple[str, ...]:
    """Return what an operator may want to change in the registry, a sentence each."""
    return (*_notes_on_addresses(found), *_notes_on_entries(found))


def _notes_on_addresses(found: Probe) -> Iterator[str]:
    fetched = found.fetched
    if fetched is None:
        return
    if fetched.permanent_url and address_of(fetched.permanent_url) != address_of(found.feed.url):
        yield f"the feed has moved for good to {fetched.permanent_url}"
    host = _host(fetched.final_url)
    if found.works and host and not _is_of_site(host, found.feed):
        yield f"the document came from {host}, which is no host of the site"


def _notes_on_entries(found: Probe) -> Iterator[str]:
    document = found.document
    if document is None:
        return
    if document.dropped:
        yield f"items beyond the cap, or without anything to publish: {document.dropped}"
    if not document.entries:
        yield "the document has no entries"
        return
    of_all = f"of {len(document.entries)} entries"
    undated = sum(entry.published_at is None for entry in document.entries)
    if undated:
        yield f"{undated} {of_all} have no date that can be believed: they count from when they are first seen"
    unnamed = sum(entry.keys[0][0] not in _LASTING for entry in document.entries)
    if unnamed:
        yield f"{unnamed} {of_all} have no guid and no link of their own: an edit of the title makes a new article"
    if not found.feed.full_text and all(entry.content_source is not ContentSource.FEED for entry in document.entries):
        yield "no entry carries more than a summary: full_text = true is for such feeds"
    foreign = Counter(
        host for entry in document.entries if (host := _host(entry.url or "")) and not _is_of_site(host, found.feed)
    )
    if foreign:
        named = ", ".join(host for host, _ in foreign.most_common(HOSTS_NAMED))
        more = ", …" if len(foreign) > HOSTS_NAMED else ""
        yield f"{foreign.total()} {of_all} link to hosts that are not the site's: {named}{more}"


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_of_site(host: str, feed: Feed) -> bool:
    """Tell whether a host is the site's; a document from disk that is of no known site has no hosts to compare."""
    return not feed.hosts or host.removeprefix("www.") in {known.removeprefix("www.") for known in feed.hosts}
