"""Edits of the registry's file by lines: what was asked for changes, every other byte stays."""

import tomllib
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from ingest.feeds import load_registry, parse_registry
from ingest.registry_file import NewFeed, NewFeeds, read_text, replace_file, toml_of, with_additions, with_verified
from ingest.service.errors import UsageError

SHIPPED = Path(__file__).resolve().parents[2] / "seeds/feeds.toml"
NOON = datetime(2026, 11, 22, 12, 0, 30, 999, tzinfo=UTC)

TEXT = """# At the top.

[[site]]
id = "one.example"  # never changed
publisher = "One"
hosts = [
  "one.example",
]

# The main feed.
[[ site.feed ]]
url = "https://one.example/rss"
id = 'one-main'
# right below

# Of the second site.
[[site]]
id = "two.example"
publisher = "Two"
hosts = ["two.example"]

[[site.feed]]
id = "two-main"
url = "https://two.example/rss"
verified_at = ""  # nobody has looked
kind = "agency"

[[site.feed]]
id = "two-sport"
url = "https://two.example/sport"
verified_at = 2020-01-01 00:00:00Z
"""


def test_only_the_moments_of_the_feeds_that_worked_are_written() -> None:
    text = with_verified("feeds.toml", TEXT, {"two-main": NOON, "two-sport": NOON})

    assert text == TEXT.replace('verified_at = ""  #', "verified_at = 2026-11-22T12:00:30Z  #").replace(
        "2020-01-01 00:00:00Z", "2026-11-22T12:00:30Z"
    )


def test_a_feed_that_never_had_a_moment_gets_its_line_below_its_id() -> None:
    text = with_verified("feeds.toml", TEXT, {"one-main": NOON})

    assert text == TEXT.replace("id = 'one-main'\n", "id = 'one-main'\nverified_at = 2026-11-22T12:00:30Z\n")


def test_a_moment_in_another_zone_is_written_in_utc() -> None:
    tehran = NOON.astimezone(timezone(timedelta(hours=3, minutes=30)))

    assert "verified_at = 2026-11-22T12:00:30Z" in with_verified("feeds.toml", TEXT, {"two-main": tehran})


def test_windows_line_ends_stay() -> None:
    text = with_verified("feeds.toml", TEXT.replace("\n", "\r\n"), {"one-main": NOON, "two-main": NOON})

    assert text.count("\r\n") == text.count("\n") == TEXT.count("\n") + 1


def test_a_feed_that_has_left_the_file_meanwhile_is_passed_over() -> None:
    assert with_verified("feeds.toml", TEXT, {"gone": NOON}) == TEXT


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace("[[ site.feed ]]", "[[site . feed]]"),
        TEXT.replace("'one-main'", '"one\\u002dmain"'),
        """site = [{id = "one", publisher = "One", hosts = ["one"], feed = [{id = "one-main", url = "http://one/"}]}]""",
    ],
)
def test_a_way_of_writing_that_lines_do_not_show_is_refused(text: str) -> None:
    assert "one-main" in parse_registry("feeds.toml", tomllib.loads(text)).feeds

    with pytest.raises(UsageError, match=r"feeds\.toml: it is written in a way that this command cannot edit"):
        with_verified("feeds.toml", text, {"one-main": NOON})


def test_the_shipped_registry_can_be_edited_and_changes_in_these_lines_only() -> None:
    text = read_text(SHIPPED)
    feeds = load_registry(SHIPPED).feeds

    edited = with_verified("feeds.toml", text, dict.fromkeys(feeds, NOON))

    changed = [(old, new) for old, new in zip(text.splitlines(), edited.splitlines(), strict=True) if old != new]
    assert len(changed) == len(feeds)
    assert all(old.startswith("verified_at = ") for old, _ in changed)
    assert {new for _, new in changed} == {"verified_at = 2026-11-22T12:00:30Z"}


def test_a_new_feed_goes_below_its_sites_last_one_and_a_new_site_to_the_end() -> None:
    old = NewFeeds("one.example", (NewFeed("one-sport", "https://one.example/sport"),))
    new = NewFeeds("three.example", (NewFeed("three", "https://three.example/"),), 'The "Three"', ("three.example",))

    text = with_additions("feeds.toml", TEXT, [new, old])

    assert text == TEXT.replace("# right below\n", "# right below\n" + toml_of(old)) + toml_of(new)
    registry = parse_registry("feeds.toml", tomllib.loads(text))
    assert [feed.id for feed in registry.of_site("one.example")] == ["one-main", "one-sport"]
    assert registry.sites["three.example"].publisher == 'The "Three"'


def test_a_feed_of_the_last_site_goes_to_the_end_also_where_the_last_line_is_not_ended() -> None:
    addition = NewFeeds("two.example", (NewFeed("two-art", "https://two.example/art"),))

    assert with_additions("feeds.toml", TEXT.rstrip("\n"), [addition]) == TEXT + toml_of(addition)


@pytest.mark.parametrize(
    ("feed", "message"),
    [
        (NewFeed("one-main", "https://one.example/x"), "this feed id is taken already"),
        (NewFeed("x", "https://two.example/rss"), "this URL is listed already"),
        (NewFeed("X", "https://one.example/x"), "an id is up to 63 lower-case letters"),
    ],
)
def test_an_addition_that_the_registry_would_refuse_is_refused(feed: NewFeed, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        with_additions("feeds.toml", TEXT, [NewFeeds("one.example", (feed,))])


def test_a_file_that_was_broken_meanwhile_is_told_by_name() -> None:
    with pytest.raises(UsageError, match=r"feeds\.toml: the registry is not TOML"):
        with_verified("feeds.toml", "[[site", {})


@pytest.mark.parametrize("text", ['quote " and backslash \\', "tab\tand DEL \x7f", "خبر\u200cگزاری"])
def test_any_name_survives_the_way_into_toml(text: str) -> None:
    addition = NewFeeds("x.example", (NewFeed("x", "https://x.example/"),), text, ("x.example",))

    assert tomllib.loads(toml_of(addition))["site"][0]["publisher"] == text


def test_the_file_is_replaced_whole_with_its_mode_also_behind_a_link(tmp_path: Path) -> None:
    file, link = tmp_path / "feeds.toml", tmp_path / "link.toml"
    file.write_text("old", encoding="utf-8")
    file.chmod(0o640)
    link.symlink_to(file)

    replace_file(link, "new\r\n")

    assert file.read_bytes() == b"new\r\n"
    assert file.stat().st_mode & 0o777 == 0o640
    assert link.is_symlink()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["feeds.toml", "link.toml"]


def test_a_file_that_cannot_be_written_is_told_and_nothing_is_left_behind(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the registry cannot be written: No such file"):
        replace_file(tmp_path / "absent.toml", "new")

    assert list(tmp_path.iterdir()) == []
