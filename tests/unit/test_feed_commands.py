"""`rasad feeds test`, `import` and `export` as an operator calls them, against real servers."""

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest

from ingest.feeds import load_registry
from support.article_pages import LEAD, nastooh
from support.feed_site import FeedSite, Item, RegistryFeed, write_registry

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 60

OPML = """<opml version="2.0"><body>
<outline type="rss" text="One" xmlUrl="https://one.example/new"/>
<outline type="rss" text="نو" xmlUrl="https://new.example/rss" htmlUrl="https://new.example/"/>
<outline type="rss" text="x" xmlUrl="https://bad.example/1 /3?token=invented"/>
</body></opml>"""

TOML = """# Kept.
[[site]]
id = "one.example"
publisher = "One"
hosts = ["one.example"]

[[site.feed]]
id = "one-main"
url = "https://one.example/rss"

[[site.feed]]
id = "one-secret"
url = "https://reader:invented@one.example/rss2"
"""


@pytest.fixture
def site() -> Iterator[FeedSite]:
    publisher = FeedSite()
    publisher.add("/rss", Item("10001", "خبر\u202e نخست", "متن"), Item("10002", "خبر دوم", "متن"))
    publisher.serve_document("/page", b"<html><title>Just a moment...</title></html>", "text/html")
    yield publisher
    publisher.close()


@pytest.fixture
def registry(site: FeedSite, tmp_path: Path) -> Path:
    feeds = [
        RegistryFeed("works", site.url("/rss"), "one"),
        RegistryFeed("challenge", site.url("/page"), "one"),
        RegistryFeed("absent", site.url("/absent"), "two"),
    ]
    return write_registry(tmp_path / "feeds.toml", feeds)


def rasad(*arguments: str, registry: Path) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("RASAD_", "KAFKA_"))}
    return subprocess.run(
        [sys.executable, "-m", "ingest.cli", "feeds", *arguments],
        cwd=PROJECT,
        env={**kept, "RASAD_REGISTRY": str(registry)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


def test_a_feed_that_works_is_shown_with_its_entries(registry: Path) -> None:
    result = rasad("test", "works", registry=registry)

    assert result.returncode == 0
    for shown in ("status      200", "reason      ok", "entries     2", "2026-11-22T06:30:00Z", "published", "exact"):
        assert shown in result.stdout
    assert "خبر دوم" in result.stdout
    assert "\u202e" not in result.stdout


def test_a_feed_that_does_not_work_says_why_and_exits_with_1(registry: Path) -> None:
    result = rasad("test", "challenge", "--json", registry=registry)

    (feed,) = json.loads(result.stdout)["feeds"]
    assert result.returncode == 1
    assert (feed["works"], feed["status"], feed["reason"], feed["detail"]) == (False, 200, "not_a_feed", "challenge")


def test_all_feeds_are_tested_and_where_it_worked_the_moment_is_written(registry: Path) -> None:
    before = registry.read_text(encoding="utf-8")

    result = rasad("test", "--all", "--write", registry=registry)

    verdicts = {line.split()[1]: line.split()[0] for line in result.stdout.splitlines()[:3]}
    assert result.returncode == 1
    assert verdicts == {"works": "works", "challenge": "fails", "absent": "fails"}
    assert result.stdout.splitlines()[3:] == ["1 of 3 feeds work", "verified_at is written for 1 feeds"]
    after = load_registry(registry).feeds
    assert [feed.id for feed in after.values() if feed.verified_at] == ["works"]
    kept = [line for line in registry.read_text(encoding="utf-8").splitlines() if not line.startswith("verified_at")]
    assert kept == before.splitlines()


def test_without_write_the_registry_stays_as_it_is(registry: Path) -> None:
    before = registry.read_bytes()

    result = rasad("test", "--all", "--json", registry=registry)

    document = json.loads(result.stdout)
    assert [feed["feed"] for feed in document["feeds"]] == ["works", "challenge", "absent"]
    assert document["verified"] == []
    assert registry.read_bytes() == before


def test_an_address_that_is_not_listed_is_asked_without_the_registrys_leave(site: FeedSite, registry: Path) -> None:
    url = site.url("/rss?other")

    refused = rasad("test", url, "--json", registry=registry)
    allowed = rasad("test", url, "--json", "--allow-private", registry=registry)

    assert json.loads(refused.stdout)["feeds"][0]["reason"] == "address_refused"
    assert json.loads(allowed.stdout)["feeds"][0]["reason"] == "not_found"
    assert (refused.returncode, allowed.returncode) == (1, 1)
    assert site.answers == {"/rss?other": [404]}


def test_a_listed_address_is_asked_as_the_registry_says(site: FeedSite, registry: Path) -> None:
    result = rasad("test", site.url("/rss"), "--json", registry=registry)

    (feed,) = json.loads(result.stdout)["feeds"]
    assert (feed["feed"], feed["site"], feed["works"]) == ("works", "one", True)


def test_what_the_registry_allows_to_an_address_it_allows_to_no_other_spelling(site: FeedSite, registry: Path) -> None:
    result = rasad("test", site.url("/rss/"), "--json", registry=registry)

    (feed,) = json.loads(result.stdout)["feeds"]
    assert (feed["feed"], feed["reason"]) == ("works", "address_refused")
    assert site.answers == {}


def test_a_feed_of_leads_is_tested_with_the_page_of_its_newest_entry(site: FeedSite, tmp_path: Path) -> None:
    title = "ازسرگیری پروازهای مستقیم"
    site.add("/leads", Item("10009", title, LEAD, format_datetime(datetime.now(UTC))))
    site.serve_document("/leads/10009", nastooh(title).encode(), "text/html; charset=utf-8")
    site.serve_document("/robots.txt", b"User-agent: *\nDisallow: /secret\n", "text/plain")
    registry = write_registry(tmp_path / "feeds.toml", [RegistryFeed("leads", site.url("/leads"), "news", pages=True)])

    shown = rasad("test", "leads", registry=registry)
    without = rasad("test", "leads", "--no-page", registry=registry)

    assert (shown.returncode, shown.stderr) == (0, "")
    for line in ("page's text ", "by family nastooh", "taken out   انتهای پیام/ ۱۲۳", "content_source page"):
        assert line in shown.stdout
    assert "page's text" not in without.stdout
    assert site.answers["/leads/10009"] == [200]


def test_an_address_is_tested_with_a_page_when_told(site: FeedSite, registry: Path) -> None:
    site.add("/now", Item("10008", "خبر", "متن", format_datetime(datetime.now(UTC))))

    result = rasad("test", site.url("/now"), "--allow-private", "--page", "--json", registry=registry)

    assert result.returncode == 0
    assert json.loads(result.stdout)["page"] == {"waiting": 0, "at_once": {"foreign_host": 1}, "trial": None}


def test_a_document_on_disk_is_read_with_what_its_site_says_and_without_network(tmp_path: Path) -> None:
    registry = tmp_path / "feeds.toml"
    registry.write_text(TOML.replace('hosts = ["one.example"]', 'hosts = ["one.example"]\ntimezone = "Asia/Kabul"'))
    document = tmp_path / "saved.xml"
    document.write_text(
        "<rss version='2.0'><channel><item><title>A</title><link>https://one.example/news/10001/a</link>"
        "<pubDate>2026-11-22 10:00:00</pubDate></item></channel></rss>"
    )

    told = rasad("test", str(document), "--site", "one.example", "--json", registry=registry)
    shown = rasad("test", str(document), "--site", "one.example", registry=registry)

    (feed,) = json.loads(told.stdout)["feeds"]
    assert (feed["site"], feed["status"], feed["works"]) == ("one.example", None, True)
    assert feed["entries"][0]["published_at"] == "2026-11-22T05:30:00Z"
    assert feed["entries"][0]["date_confidence"] == "assumed_zone"
    assert (told.returncode, shown.returncode) == (0, 0)
    assert "status" not in shown.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["test"], "name one of ID, URL and FILE, or --all"),
        (["test", "works", "--all"], "name one of ID, URL and FILE, or --all"),
        (["test", "nothing"], "nothing: neither a feed of the registry, nor a URL, nor a file"),
        (["test", "file:///etc/passwd"], "the scheme must be http or https"),
        (["test", "ftp://me:invented@one.example/"], "the scheme must be http or https"),
        (["test", "http://one.example/", "--site", "none"], "--site none: the registry has no such site"),
        (["test", "works", "--site", "one"], "--site and --allow-private are for a URL or a FILE"),
        (["test", "http://one.example/", "--write"], "--write: http://one.example/ is no feed of the registry"),
        (["test", "--all", "--page"], "--page is for one feed"),
        (["test", "pyproject.toml", "--page"], "--page: a FILE is read without any network"),
        (["import", "nothing.opml"], "nothing.opml: No such file or directory"),
        (["import", "pyproject.toml"], "pyproject.toml: not OPML"),
    ],
)
def test_what_is_wrong_is_told_in_one_line_and_exits_with_2(registry: Path, arguments: list[str], message: str) -> None:
    result = rasad(*arguments, registry=registry)

    assert result.returncode == 2
    assert len(result.stderr.splitlines()) == 1
    assert message in result.stderr
    assert "invented" not in result.stderr


def test_an_import_prints_what_would_be_added_and_adds_it_when_told(tmp_path: Path) -> None:
    registry, opml = tmp_path / "feeds.toml", tmp_path / "list.opml"
    registry.write_text(TOML, encoding="utf-8")
    opml.write_text(OPML, encoding="utf-8")

    printed = rasad("import", str(opml), registry=registry)
    untouched = registry.read_text(encoding="utf-8")
    written = rasad("import", str(opml), "--write", registry=registry)
    again = rasad("import", str(opml), "--write", registry=registry)

    assert untouched == TOML
    assert printed.returncode == written.returncode == again.returncode == 1  # one address cannot be taken
    assert "# under the site one.example" in printed.stdout
    assert [site["id"] for site in tomllib.loads(printed.stdout[printed.stdout.index("\n[[site]]") :])["site"]] == [
        "new.example"
    ]
    assert printed.stderr.splitlines() == [
        "2 new, 0 known, 1 refused",
        "refused: a URL holds no space and no control character: https://bad.example/1 /3?token=***",
    ]
    feeds = load_registry(registry).feeds
    assert [(feed.id, feed.site) for feed in feeds.values()] == [
        ("one-main", "one.example"),
        ("one-secret", "one.example"),
        ("one-new", "one.example"),
        ("new-main", "new.example"),
    ]
    assert feeds["new-main"].publisher == "نو"
    assert registry.read_text(encoding="utf-8").startswith(TOML)
    assert "0 new, 2 known, 1 refused" in again.stderr


def test_an_export_leaves_out_what_holds_a_secret_and_says_so(tmp_path: Path) -> None:
    registry = tmp_path / "feeds.toml"
    registry.write_text(TOML, encoding="utf-8")

    result = rasad("export", registry=registry)

    assert result.returncode == 0
    assert 'xmlUrl="https://one.example/rss"' in result.stdout
    assert "invented" not in result.stdout + result.stderr
    assert result.stderr == "left out: one-secret: its address holds a secret\n"
