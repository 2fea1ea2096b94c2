"""A registry read for running: what is wrong with one entry costs that entry, and is told; the others run.

Knows nothing of files' changes and of fetching. What makes the rest ambiguous is refused as a whole: no TOML, an
unknown key at the top, an id or a host that stands twice (`rasad check-config` refuses every fault).
"""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from ingest.feeds import Registry, faults_of, parse_registry
from ingest.service.errors import UsageError
from ingest.service.toml_document import Problem, refusal

_PLACE = re.compile(r"site\[(\d+)\](?:\.feed\[(\d+)\](\.alternates(?:\[(\d+)\])?)?)?(.*)")


class Part(StrEnum):
    """What one fault of a registry costs; the rest of it runs."""

    SITE = "site"
    FEED = "feed"
    ALTERNATE = "alternate"
    """The feed runs, and has one address less."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A registry with what it had to leave out."""

    registry: Registry
    problems: tuple[Problem, ...]
    sha256: str
    """Hex, of the file's bytes."""

    def problems_beyond(self, other: "Reading") -> tuple[str, ...]:
        """Return the problems that another reading did not have, wherever in the file they stand."""
        known = {(problem.value, problem.reason) for problem in other.problems}
        return tuple(str(problem) for problem in self.problems if (problem.value, problem.reason) not in known)

    @property
    def left_out(self) -> tuple[tuple[Part, Problem], ...]:
        """Return each problem with what it costs."""
        return tuple((_part(_PLACE.fullmatch(problem.key)), problem) for problem in self.problems)


def read_registry(source: str, body: bytes) -> Reading:
    """Return the registry of a file's bytes without its faulty entries. Raises UsageError where it is refused."""
    try:
        document = tomllib.loads(body.decode())
    except UnicodeDecodeError as error:
        raise UsageError(f"{source}: the registry is not UTF-8 (byte {error.start})") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{source}: the registry is not TOML: {error}") from error
    problems = faults_of(source, document)
    sound = document
    if problems:
        if any(_is_of_all(problem) for problem in problems):
            raise refusal(problems)
        sound = _without(document, problems)
        if not any(site.get("feed") for site in sound["site"]):
            raise refusal(problems)
    return Reading(parse_registry(source, sound), tuple(problems), hashlib.sha256(body).hexdigest())


def read_registry_file(path: Path) -> Reading:
    """Return the registry of a file without its faulty entries. Raises UsageError where it is refused."""
    try:
        return read_registry(str(path), path.read_bytes())
    except FileNotFoundError as error:
        raise UsageError(f"{path}: the registry does not exist") from error
    except OSError as error:
        raise UsageError(f"{path}: the registry cannot be read: {error.strerror}") from error


def _part(place: re.Match[str] | None) -> Part:
    if place is None or place[2] is None:
        return Part.SITE
    return Part.FEED if place[3] is None else Part.ALTERNATE


def _is_of_all(problem: Problem) -> bool:
    """Tell whether a fault is not one entry's alone: whose state and whose articles are meant must never be a guess."""
    found = _PLACE.fullmatch(problem.key)
    return found is None or ("already at" in problem.reason and not problem.reason.startswith("this URL"))


def _without(document: Mapping[str, Any], problems: list[Problem]) -> dict[str, Any]:
    """Return the document without the sites, feeds and alternates that have a fault."""
    places = [found for problem in problems if (found := _PLACE.fullmatch(problem.key))]
    sites = {int(found[1]) for found in places if _part(found) is Part.SITE}
    feeds = {(int(found[1]), int(found[2])) for found in places if _part(found) is Part.FEED}
    alternates: dict[tuple[int, int], set[str | None]] = {}
    for found in places:
        if _part(found) is Part.ALTERNATE:
            alternates.setdefault((int(found[1]), int(found[2])), set()).add(found[4])
    kept = []
    for number, site in enumerate(document["site"]):
        if number in sites:
            continue
        sound = dict(site)
        if isinstance(site.get("feed"), list):
            sound["feed"] = [
                _without_alternates(feed, alternates.get((number, place), set()))
                for place, feed in enumerate(site["feed"])
                if (number, place) not in feeds
            ]
        kept.append(sound)
    return {**document, "site": kept}


def _without_alternates(feed: dict[str, Any], faulty: set[str | None]) -> dict[str, Any]:
    """Return a feed without the alternates of these numbers; null: they are no list, and none is left."""
    if not faulty:
        return feed
    left = () if None in faulty else enumerate(feed["alternates"])
    return {**feed, "alternates": [alternate for number, alternate in left if str(number) not in faulty]}
