"""The registry of sites and feeds: one file for each rule, and what the good ones say."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.event import TextPolicy
from ingest.feeds import Feed, FeedKind, load_registry
from ingest.service.errors import UsageError

PROJECT = Path(__file__).resolve().parents[2]
FILES = PROJECT / "tests/data/registry"
INVALID = sorted(FILES.glob("invalid-*.toml"))


def test_there_is_a_file_for_every_rule() -> None:
    assert len(INVALID) >= 50


@pytest.mark.parametrize("file", INVALID, ids=lambda file: file.stem)
def test_a_fault_is_told_with_file_key_value_and_reason(file: Path) -> None:
    expected = re.findall(r"^# expect: (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)

    with pytest.raises(UsageError) as raised:
        load_registry(file)

    told = str(raised.value).splitlines()
    assert len(told) == len(expected)
    for line, expectation in zip(told, expected, strict=True):
        assert line.startswith(f"{file}: {expectation.strip()}")


def test_a_registry_that_does_not_exist_is_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"absent\.toml: the registry does not exist"):
        load_registry(tmp_path / "absent.toml")


def test_a_registry_that_is_a_folder_is_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the registry cannot be read: Is a directory"):
        load_registry(tmp_path)


def test_a_registry_that_is_not_utf8_is_told_by_byte(tmp_path: Path) -> None:
    file = tmp_path / "feeds.toml"
    file.write_bytes(b"# \xd8\xff")

    with pytest.raises(UsageError, match=r"feeds\.toml: the registry is not UTF-8 \(byte 2\)"):
        load_registry(file)


def test_a_feed_carries_everything_that_its_site_says() -> None:
    registry = load_registry(FILES / "valid-everything.toml")

    assert registry.feeds["one-main"] == Feed(
        id="one-main",
        url="http://127.0.0.1:8080/rss?a=1,2&b=$x+%D8%AE",
        kind=FeedKind.AGENCY,
        full_text=True,
        allow_private=True,
        user_agent="Reader/1.0",
        verify_tls=False,
        min_interval_seconds=5.0,
        max_interval_seconds=10.5,
        enabled=False,
        site="one.example",
        publisher="One",
        hosts=("one.example", "www.one.example", "127.0.0.1", "خبر.example"),
        language="ps",
        timezone="Asia/Kabul",
        text_policy=TextPolicy.EXCERPT,
        rights="CC BY 4.0",
        alternates=("https://www.one.example/rss?a=1,2", "http://xn--mgbt3d.example/fa/feed"),
        verified_at=datetime(2026, 11, 22, 18, tzinfo=UTC),
        proxy="http://user:word@proxy.example:3128",
        quarantine=True,
    )


def test_a_feed_that_says_little_gets_careful_defaults() -> None:
    feed = load_registry(FILES / "valid-everything.toml").feeds["one-sport"]

    assert (feed.allow_private, feed.verify_tls, feed.enabled, feed.user_agent) == (False, True, True, None)
    assert (feed.min_interval_seconds, feed.max_interval_seconds) == (60.0, 3600.0)
    assert (feed.alternates, feed.verified_at) == ((), None)


def test_a_site_that_says_little_is_persian_and_in_tehran() -> None:
    site = load_registry(FILES / "valid-everything.toml").sites["two.example"]

    assert (site.language, site.timezone, site.text_policy) == ("fa", "Asia/Tehran", TextPolicy.FULL)


def test_feeds_that_are_off_are_not_polled() -> None:
    registry = load_registry(FILES / "valid-everything.toml")

    assert [feed.id for feed in registry.enabled] == ["one-sport"]
    assert [feed.id for feed in registry.of_site("one.example")] == ["one-sport"]
    assert registry.of_site("two.example") == ()


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8080/rss?a=1,2&b=$x+%D8%AE",
        "https://127.0.0.1:8080/rss/?a=1,2&b=$x+%D8%AE",
        "http://one.example/rss?a=1,2",
    ],
)
def test_a_feed_is_found_by_its_address_in_other_spellings(url: str) -> None:
    found = load_registry(FILES / "valid-everything.toml").feed_at(url)

    assert found is not None
    assert found.id == "one-main"


@pytest.mark.parametrize("url", ["https://one.example/rss?a=1,3", "https://two.example/sport", "https://one.example/"])
def test_an_address_that_differs_in_more_than_spelling_is_no_feed_of_the_registry(url: str) -> None:
    assert load_registry(FILES / "valid-everything.toml").feed_at(url) is None


def test_a_site_is_found_by_any_of_its_hosts() -> None:
    registry = load_registry(FILES / "valid-everything.toml")

    sites = [registry.site_of_host(host) for host in ("WWW.one.example", "127.0.0.1", "www.two.example", "example")]

    assert [site and site.id for site in sites] == ["one.example", "one.example", "two.example", None]
