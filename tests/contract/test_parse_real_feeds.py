"""Real feed documents come through whole: all entries, unique ids, the dates that are believable.

The expectations are the table of `feeds-real/SOURCES.md`, made with feedparser alone; where our rules differ on
purpose, `DATED` says how and why.
"""

import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.event import DateFlag
from ingest.parse.document import ParseContext, ParsedFeed
from ingest.parse.feed import parse_feed
from ingest.parse.identity import article_id

FETCHED_AT = datetime(2026, 11, 22, tzinfo=UTC)

DATED = {
    "real-korean-times": (195, "`Thu,28 Jul 2022 4:35:5 GMT+9` is a date, which feedparser does not read"),
    "picturingjordan.com__public_ar": (19, "one item is of the year 1: ancient"),
    "picturingjordan.com__public_fa": (15, "one item is of the year 1: ancient"),
    "aaaamirabbas.github.io__fa_index": (15, "three items are of the year 1: ancient"),
}
"""Part of a file's name: how many entries we date, and why that is not the table's number."""


@dataclass(frozen=True)
class Row:
    """What the table says of one document."""

    path: Path
    version: str
    encoding: str
    entries: int
    dated: int
    duplicates: int

    @property
    def language(self) -> str:
        prefix = self.path.name.partition("__")[0]
        return prefix if prefix in {"fa", "ar"} else "en"


@pytest.fixture(scope="module")
def rows(data_dir: Path) -> list[Row]:
    folder = data_dir / "feeds-real"
    table = (folder / "SOURCES.md").read_text(encoding="utf-8")
    cells = [[cell.strip() for cell in line.strip("|\n ").split("|")] for line in table.splitlines()]
    rows = [
        Row(folder / line[0], line[5], line[6], int(line[7]), int(line[8]), int(line[10]))
        for line in cells
        if len(line) == 13 and line[4].isdecimal()
    ]
    assert {row.path for row in rows} == {path for path in folder.iterdir() if path.suffix in {".xml", ".rss"}}
    return rows


def parsed(body: bytes, language: str) -> ParsedFeed:
    context = ParseContext("site", "https://feed.example/rss", None, "Asia/Tehran", language, FETCHED_AT)
    return parse_feed(body, context)


def text_of(row: Row) -> str:
    """Return the document's text without byte order mark and XML declaration."""
    text = row.path.read_bytes().decode(row.encoding).removeprefix("\ufeff")
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", text)


def test_every_document_gives_all_its_entries_with_ids_and_dates(rows: list[Row]) -> None:
    for row in rows:
        feed = parsed(row.path.read_bytes(), row.language)
        dated = next((count for part, (count, _) in DATED.items() if part in row.path.name), row.dated)

        assert len(feed.entries) == row.entries, row.path.name
        assert feed.dropped == 0, row.path.name
        assert feed.version == row.version, row.path.name
        assert len({article_id("site", entry.keys[0]) for entry in feed.entries}) == row.entries - row.duplicates, (
            row.path
        )
        assert sum(entry.published_at is not None for entry in feed.entries) == dated, row.path.name
        assert all(entry.title or entry.guid or entry.url for entry in feed.entries), row.path.name


def test_entries_that_share_a_key_are_the_listed_duplicates(rows: list[Row]) -> None:
    for row in rows:
        feed = parsed(row.path.read_bytes(), row.language)
        shown = Counter(key for entry in feed.entries for key in entry.keys)

        assert sum(min(shown[key] for key in entry.keys) > 1 for entry in feed.entries) == 2 * row.duplicates, row.path


def test_dates_that_are_passed_over_say_why(rows: list[Row]) -> None:
    flags = Counter(
        entry.date_flag
        for row in rows
        for entry in parsed(row.path.read_bytes(), row.language).entries
        if entry.date_flag
    )

    assert flags == {DateFlag.ANCIENT: 5, DateFlag.UNPARSABLE: 4}


def test_no_text_carries_markup_or_characters_that_xml_forbids(rows: list[Row]) -> None:
    markup = re.compile(r"</?(?:p|div|span|a|img|br|script|style)(?:\s[^<>]*)?/?>", re.IGNORECASE)
    illegal = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

    for row in rows:
        for entry in parsed(row.path.read_bytes(), row.language).entries:
            for text in (entry.title, entry.summary, entry.text, entry.guid or "", entry.url or ""):
                assert not illegal.search(text), row.path.name
            assert not markup.search(entry.title), row.path.name


@pytest.mark.parametrize(("codec", "declared"), [("utf-16", "utf-16"), ("utf-16-le", "utf-16"), ("utf-8-sig", "utf-8")])
def test_another_unicode_encoding_gives_the_same_entries(rows: list[Row], codec: str, declared: str) -> None:
    for row in rows:
        again = f'<?xml version="1.0" encoding="{declared}"?>{text_of(row)}'.encode(codec)

        assert parsed(again, row.language).entries == parsed(row.path.read_bytes(), row.language).entries, row.path.name


def test_windows_1256_gives_the_same_entries_where_it_has_the_letters(rows: list[Row]) -> None:
    compared = 0
    for row in rows:
        try:
            body = text_of(row).encode("cp1256")
        except UnicodeEncodeError:
            continue
        again = parsed(b'<?xml version="1.0" encoding="windows-1256"?>' + body, row.language)
        assert again.entries == parsed(row.path.read_bytes(), row.language).entries, row.path.name
        compared += not body.isascii()

    assert compared > 0


def test_e2_e3_every_document_in_windows_1256_with_references_for_what_it_lacks_gives_the_same_entries(
    rows: list[Row],
) -> None:
    for row in rows:
        body = f'<?xml version="1.0" encoding="windows-1256"?>{text_of(row)}'.encode("cp1256", "xmlcharrefreplace")

        again = parsed(body, row.language)

        assert again.encoding == ("utf-8" if body.isascii() else "cp1256"), row.path.name
        assert again.entries == parsed(row.path.read_bytes(), row.language).entries, row.path.name


def test_persian_in_the_spelling_of_windows_1256_has_the_same_digests(rows: list[Row]) -> None:
    spelling = str.maketrans("یۀ۰۱۲۳۴۵۶۷۸۹", "يه0123456789")
    persian = [row for row in rows if row.language == "fa"]
    for row in persian:
        undeclared = text_of(row).translate(spelling).encode("cp1256", "xmlcharrefreplace")

        again = parsed(undeclared, row.language)

        digests = [entry.digest for entry in parsed(row.path.read_bytes(), row.language).entries]
        assert [entry.digest for entry in again.entries] == digests, row.path.name

    assert persian


def test_one_broken_byte_leaves_all_other_entries_as_they_were(rows: list[Row]) -> None:
    for row in rows:
        if row.encoding != "utf-8" or row.language != "fa" or row.entries < 2:
            continue
        body = row.path.read_bytes()
        found = re.search(rb"<(?:item|entry)[\s>].*?<title[^>]*>(?:<!\[CDATA\[)?", body, re.DOTALL)
        assert found is not None

        again = parsed(body[: found.end()] + b"\xd9" + body[found.end() :], row.language)

        first, *others = parsed(body, row.language).entries
        assert again.entries[1:] == tuple(others), row.path.name
        assert again.entries[0].title == "\ufffd" + first.title, row.path.name


def test_the_same_document_twice_and_in_other_order_gives_the_same_identities(rows: list[Row]) -> None:
    for row in rows:
        feed = parsed(row.path.read_bytes(), row.language)
        items = re.findall(r"<(?:item|entry)[\s>].*?</(?:item|entry)>", text_of(row), re.DOTALL)
        if len(items) != len(feed.entries):
            continue
        turned = text_of(row)
        for number, item in enumerate(items):
            turned = turned.replace(item, f"\0{number}\0", 1)
        for number, item in enumerate(reversed(items)):
            turned = turned.replace(f"\0{number}\0", item, 1)

        again = parsed(turned.encode(), row.language)

        assert again == replace(feed, entries=feed.entries[::-1], encoding="utf-8"), row.path.name
