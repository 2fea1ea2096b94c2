"""The registry as a file that people edit: a few lines are put in, and every comment and the order stay.

Knows nothing of what feeds mean. Each edit is proved: the new text must read as the old document with just that change,
so a way of writing TOML that the edit by lines does not know is refused and never spoiled.
"""

import json
import os
import re
import stat
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from ingest.feeds import parse_registry
from ingest.service.errors import UsageError

_HEADER = re.compile(r"\s*\[\[?\s*([^\]]*?)\s*\]\]?\s*(?:#.*)?")
_ID = re.compile(r"""\s*id\s*=\s*(?:"([^"\\]*)"|'([^']*)')\s*(?:#.*)?""")
_VERIFIED = re.compile(r"""(\s*verified_at\s*=\s*)(?:"[^"]*"|'[^']*'|[^\s#"']+(?: [\d:.+Zz-]+)?)(\s*(?:#.*)?)""")


@dataclass(frozen=True, slots=True)
class NewFeed:
    """A feed to be put into the registry."""

    id: str
    url: str


@dataclass(frozen=True, slots=True)
class NewFeeds:
    """Feeds of one site to be put into the registry, with the site if it is new."""

    site: str
    feeds: tuple[NewFeed, ...]
    publisher: str | None = None
    """Null for a site that is in the registry."""
    hosts: tuple[str, ...] = ()


def toml_of(addition: NewFeeds) -> str:
    """Return the tables of an addition, each after a blank line."""
    tables = []
    if addition.publisher is not None:
        hosts = ", ".join(map(_quoted, addition.hosts))
        tables.append(
            f"\n[[site]]\nid = {_quoted(addition.site)}\npublisher = {_quoted(addition.publisher)}\nhosts = [{hosts}]\n"
        )
    tables += [
        f'\n[[site.feed]]\nid = {_quoted(feed.id)}\nurl = {_quoted(feed.url)}\nkind = "site"\nverified_at = ""\n'
        for feed in addition.feeds
    ]
    return "".join(tables)


def with_additions(source: str, text: str, additions: Sequence[NewFeeds]) -> str:
    """Return the registry's text with feeds put in: under their site where it is there, else at the end.

    Raises UsageError where the result would be no valid registry.
    """
    expected = _document(source, text)
    lines = text.splitlines(keepends=True)
    if not text.endswith("\n"):
        lines[-1] += "\n"
    for addition in additions:
        at = len(lines) if addition.publisher is not None else _end_of_site(source, lines, addition.site)
        lines[at:at] = toml_of(addition).splitlines(keepends=True)
        _add(expected, addition)
    return _proved(source, "".join(lines), expected)


def with_verified(source: str, text: str, moments: Mapping[str, datetime]) -> str:
    """Return the registry's text with `verified_at` of these feeds set; ids that are not there are passed over."""
    expected = _document(source, text)
    for site in expected["site"]:
        for feed in site.get("feed", ()):
            if feed["id"] in moments:
                feed["verified_at"] = moments[feed["id"]].astimezone(UTC).replace(microsecond=0)
    lines = text.splitlines(keepends=True)
    for start, end in reversed(_tables(lines, "site.feed")):
        at, found = _id_of(lines, start, end)
        if found is not None and found in moments:
            _set_verified(lines, (start, end), at, moments[found])
    return _proved(source, "".join(lines), expected)


def replace_file(path: Path, text: str) -> None:
    """Put a new text in the file's place at once: a reader sees the old one or the new one, whole."""
    target = path.resolve()
    try:
        mode = stat.S_IMODE(target.stat().st_mode)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(mode)
            Path(name).replace(target)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        raise UsageError(f"{path}: the registry cannot be written: {error.strerror}") from error


def read_text(path: Path) -> str:
    """Return the text as it is, line ends included."""
    return path.read_bytes().decode()


def _quoted(value: str) -> str:
    """Return a TOML basic string, which is JSON's string with one more character that must be escaped."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _tables(lines: Sequence[str], name: str) -> list[tuple[int, int]]:
    """Return first and last line (exclusive) of each table of a name."""
    headers = [(number, found[1]) for number, line in enumerate(lines) if (found := _HEADER.fullmatch(line.rstrip()))]
    return [(start, end) for (start, header), (end, _) in pairwise([*headers, (len(lines), "")]) if header == name]


def _id_of(lines: Sequence[str], start: int, end: int) -> tuple[int, str | None]:
    for number in range(start + 1, end):
        if found := _ID.fullmatch(lines[number].rstrip()):
            return number, found[1] if found[1] is not None else found[2]
    return start, None


def _end_of_site(source: str, lines: Sequence[str], site: str) -> int:
    """Return the line after the last one that belongs to a site, comments ahead of the next site left to it."""
    starts = _tables(lines, "site")
    for index, (start, end) in enumerate(starts):
        if _id_of(lines, start, end)[1] == site:
            at = starts[index + 1][0] if index + 1 < len(starts) else len(lines)
            last = at
            while at > start + 1 and (not lines[at - 1].strip() or lines[at - 1].lstrip().startswith("#")):
                at -= 1
            while at < last and lines[at].strip():  # a comment right below the last line belongs to it
                at += 1
            return at
    raise UsageError(f"{source}: the site {site} is not written as a [[site]] table of its own: edit it by hand")


def _set_verified(lines: list[str], table: tuple[int, int], id_at: int, moment: datetime) -> None:
    value = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    for number in range(*table):
        body = lines[number].rstrip("\r\n")
        if found := _VERIFIED.fullmatch(body):
            lines[number] = f"{found[1]}{value}{found[2]}{lines[number][len(body) :]}"
            return
    body = lines[id_at].rstrip("\r\n")
    line_end = lines[id_at][len(body) :] or "\n"
    lines[id_at] = f"{body}{line_end}verified_at = {value}{line_end}"


def _document(source: str, text: str) -> dict[str, Any]:
    """Return the document of a text that is a valid registry."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{source}: the registry is not TOML: {error}") from error
    parse_registry(source, document)
    return document


def _add(document: dict[str, Any], addition: NewFeeds) -> None:
    if addition.publisher is not None:
        new = {"id": addition.site, "publisher": addition.publisher, "hosts": list(addition.hosts)}
        document["site"].append(new)
    site = next(site for site in document["site"] if site["id"] == addition.site)
    site.setdefault("feed", []).extend(
        {"id": feed.id, "url": feed.url, "kind": "site", "verified_at": ""} for feed in addition.feeds
    )


def _proved(source: str, text: str, expected: dict[str, Any]) -> str:
    """Return the text if it says what it should, and is a valid registry."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        document = None
    if document != expected:
        raise UsageError(f"{source}: it is written in a way that this command cannot edit: edit it by hand")
    parse_registry(source, expected)
    return text
