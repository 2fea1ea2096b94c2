"""The shipped registry: enough feeds of enough outlets, each of which could be asked, on hosts of its own publisher."""

import csv
from collections import Counter
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ingest.feeds import Feed, Registry, address_of, checked_url, load_registry
from ingest.parse.identity import Marks, entry_keys

REGISTRY = Path(__file__).resolve().parents[2] / "seeds/feeds.toml"

LEFT_OUT = {
    "https://pashto.pajhwok.com/feed": "not Persian",
    "https://news.google.com/rss/search?q=site:farsnews.ir+when:2d&hl=fa&gl=IR&ceid=IR:fa": "a search, no publisher",
}


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry(REGISTRY)


def addresses(feed: Feed) -> tuple[str, ...]:
    return (feed.url, *feed.alternates)


def test_at_least_a_hundred_feeds_of_sixty_publishers_are_polled(registry: Registry) -> None:
    assert len(registry.enabled) >= 100
    assert len({feed.publisher for feed in registry.enabled}) >= 60


def test_no_address_stands_twice_in_any_spelling(registry: Registry) -> None:
    # An alternate may be another spelling of its own feed's URL: a host that answers with www. and not without is one.
    seen = Counter(address for feed in registry.feeds.values() for address in set(map(address_of, addresses(feed))))

    assert [address for address, times in seen.items() if times > 1] == []


def test_every_address_is_sound_and_ready_for_the_wire(registry: Registry) -> None:
    for feed in registry.feeds.values():
        for url in addresses(feed):
            assert checked_url(url) == url
            assert url.isascii()
            assert urlsplit(url).port is None
            assert "@" not in urlsplit(url).netloc


def test_every_feed_lies_on_a_host_of_its_site(registry: Registry) -> None:
    strangers = [
        (feed.id, url)
        for feed in registry.feeds.values()
        for url in addresses(feed)
        if urlsplit(url).hostname not in feed.hosts
    ]

    assert strangers == []


def test_every_site_has_a_feed_and_lists_hosts_with_and_without_www(registry: Registry) -> None:
    for site in registry.sites.values():
        assert any(feed.site == site.id for feed in registry.feeds.values())
        for host in site.hosts:
            if host.startswith("www."):
                assert host.removeprefix("www.") in site.hosts


def test_every_feed_is_in_persian_and_none_gives_up_a_safeguard(registry: Registry) -> None:
    for feed in registry.feeds.values():
        assert not feed.allow_private
        assert feed.verify_tls
        assert feed.language in {"fa", "fa-AF"}


@pytest.mark.parametrize("site_id", ["farsnews.ir", "tasnimnews.com", "ilna.ir", "yjc.ir"])
def test_an_article_that_moves_between_a_publishers_hosts_is_the_same_article(registry: Registry, site_id: str) -> None:
    hosts = registry.sites[site_id].hosts
    keys = [
        set(entry_keys([Marks(None, f"https://{host}/fa/story/a-headline", "تیتر", "")], hosts)[0]) for host in hosts
    ]

    assert len({host.removeprefix("www.") for host in hosts}) >= 2
    assert all(one & other for one, other in pairwise(keys))


def test_every_address_that_is_likely_is_in_the_registry_or_left_out_by_name(
    registry: Registry, data_dir: Path
) -> None:
    with (data_dir / "feeds.csv").open(encoding="utf-8", newline="") as file:
        likely = {row["feed_url"] for row in csv.DictReader(file) if row["confidence"] in {"high", "medium"}}
    known = {url for feed in registry.feeds.values() for url in addresses(feed)}

    assert len(likely) >= 100
    assert likely - known == set(LEFT_OUT)
