"""What a list of feeds would add to the registry: new feeds under known sites, new sites with their feeds.

Pure; knows nothing of files. What is there already is passed over, what could not be asked is told.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from ingest.feeds import Registry, address_of, checked_url
from ingest.opml import Outline
from ingest.registry_file import NewFeed, NewFeeds

ID_MAX_CHARS = 63
PUBLISHER_MAX_CHARS = 200

_USUAL = frozenset(
    {"rss", "feed", "feeds", "xml", "index", "atom", "fa", "www", "rdf", "php", "aspx", "all", "allnews"}
)
"""Words of a feed's address that tell no feed from another."""
_HOST = re.compile(r"[a-z0-9]+(?:[.-]+[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import comes to."""

    additions: tuple[NewFeeds, ...]
    known: int
    """Outlines whose address is in the registry already, or stands twice in the list."""
    refused: tuple[str, ...]
    """A line for each outline that could not be taken: why, and its address."""


def plan_import(outlines: Iterable[Outline], registry: Registry) -> Plan:
    """Say what the outlines would add to the registry."""
    taken = set(registry.feeds)
    known_addresses = {address_of(url) for feed in registry.feeds.values() for url in (feed.url, *feed.alternates)}
    additions: dict[str, NewFeeds] = {}
    refused: list[str] = []
    known = 0
    for outline in outlines:
        try:
            host = _host(checked_url(outline.url))
        except ValueError as error:
            refused.append(f"{error}: {outline.url}")
            continue
        if address_of(outline.url) in known_addresses:
            known += 1
            continue
        known_addresses.add(address_of(outline.url))
        addition = _addition(outline, host, registry, additions)
        feed = NewFeed(_free_id(outline.url, addition.site, taken), outline.url)
        taken.add(feed.id)
        additions[addition.site] = replace(addition, feeds=(*addition.feeds, feed))
    return Plan(tuple(additions.values()), known, tuple(refused))


def _host(url: str) -> str:
    """Return a URL's host in the registry's form, or raise ValueError."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    if not host.isascii():
        host = host.encode("idna").decode()
    if not _HOST.fullmatch(host):
        raise ValueError("the host is no name that a site could have")
    return host


def _addition(outline: Outline, host: str, registry: Registry, additions: dict[str, NewFeeds]) -> NewFeeds:
    """Return the addition that a feed belongs to: its publisher's page decides, for many feeds live at a proxy."""
    page = _page_host(outline.page) or host
    site = registry.site_of_host(page)
    if site is not None:
        return additions.get(site.id, NewFeeds(site.id, ()))
    bare = page.removeprefix("www.")
    known = next((addition for addition in additions.values() if bare in addition.hosts), None)
    if known is not None:
        return known
    hosts = [bare]
    if bare.count(".") == 1 or page != bare:
        hosts.append(f"www.{bare}")
    if host.endswith(f".{bare}") and host not in hosts and registry.site_of_host(host) is None:
        hosts.append(host)
    site_id = _free_name(bare[:ID_MAX_CHARS].rstrip(".-"), {*registry.sites, *additions})
    publisher = outline.title[:PUBLISHER_MAX_CHARS] or bare
    return NewFeeds(site_id, (), publisher, tuple(hosts))


def _page_host(page: str) -> str | None:
    try:
        return _host(checked_url(page))
    except ValueError:
        return None


def _free_id(url: str, site: str, taken: set[str]) -> str:
    """Return an id made of the site's name and what tells the feed from the site's others."""
    parts = urlsplit(url.lower())
    words = [word for word in re.findall(r"[a-z0-9]+", f"{parts.path} {parts.query}") if word not in _USUAL]
    name = "-".join((site.split(".", maxsplit=1)[0], *(words or ["main"])))
    return _free_name(name[:ID_MAX_CHARS].rstrip("-"), taken)


def _free_name(name: str, taken: set[str]) -> str:
    number = 1
    free = name
    while free in taken:
        number += 1
        free = f"{name[: ID_MAX_CHARS - 1 - len(str(number))]}-{number}"
    return free
