"""Puts the metrics and the readiness of several processes behind one endpoint, each series with a label `process`.

Knows nothing of how the processes are run: their names and addresses are handed in at every question.
"""

import http.client
import json
import re
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.exposition import generate_latest

from ingest.service.health import Verdict

ASK_SECONDS = 2.0
"""A fifth of Prometheus' scrape timeout: a child that hangs must not cost the others their figures."""
LABEL = "process"
OWN_NAME = "supervisor"
MAX_AT_ONCE = 8

_SAMPLE = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)")
_OWN_LABEL = re.compile(rf'(?:^|,){LABEL}="')


@dataclass(frozen=True, slots=True)
class Source:
    """A process and where it serves; null while it is down, or has not said yet."""

    name: str
    url: str | None


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    body: str


def _ask(source: Source, path: str) -> _Reply | None:
    if source.url is None:
        return None
    address = urlsplit(source.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=ASK_SECONDS)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return _Reply(response.status, response.read().decode("utf-8", "replace"))
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _ask_all(sources: Iterable[Source], path: str) -> dict[str, _Reply | None]:
    asked = list(sources)
    with ThreadPoolExecutor(max_workers=MAX_AT_ONCE) as pool:
        replies = pool.map(lambda source: _ask(source, path), asked)
        return {source.name: reply for source, reply in zip(asked, replies, strict=True)}


@dataclass(slots=True)
class _Family:
    """One metric in the text form: what is said of it, and its samples."""

    about: list[str]
    samples: list[str]


def _families(body: str, process: str) -> dict[str, _Family] | None:
    """Read an exposition of ours by families, each sample labelled with its process; null for anything else.

    Lines are moved and not taken apart: 500 feeds are 5,000 lines, and a parser of all that is in them takes longer
    than a scrape may.
    """
    families: dict[str, _Family] = {}
    family: _Family | None = None
    for line in body.splitlines():
        if line.startswith("# HELP "):
            family = families.setdefault(line.split(" ", 3)[2], _Family([], []))
            family.about.append(line)
        elif family is None:
            return None
        elif line.startswith("# TYPE "):
            family.about.append(line)
        elif (match := _SAMPLE.fullmatch(line)) is not None:
            family.samples.append(_labelled(match, process))
        else:
            return None
    return families


def _labelled(sample: re.Match[str], process: str) -> str:
    name, labels, value = sample.groups()
    if labels and process == OWN_NAME and _OWN_LABEL.search(labels):
        return sample.string  # the supervisor's own series about a child carry the label already
    return f'{name}{{{labels or ""}{"," if labels else ""}{LABEL}="{process}"}} {value}'


def merge(parts: Mapping[str, Mapping[str, _Family]]) -> str:
    """Return one family of each name with the samples of all processes; help and type are the first one's."""
    merged: dict[str, _Family] = {}
    for families in parts.values():
        for name, family in families.items():
            merged.setdefault(name, _Family(family.about, [])).samples.extend(family.samples)
    return "".join(f"{line}\n" for family in merged.values() for line in (*family.about, *family.samples))


def render(own: CollectorRegistry, sources: Iterable[Source]) -> bytes:
    """Return the exposition of this process and of every source that answers; who did not has no series."""
    answered = {
        name: _families(reply.body, name) if reply is not None and reply.status == HTTPStatus.OK else None
        for name, reply in _ask_all(sources, "/metrics").items()
    }
    scraped = CollectorRegistry()
    there = Gauge("rasad_child_scraped", "Whether this answer holds the child's series.", [LABEL], registry=scraped)
    for name, families in answered.items():
        there.labels(name).set(families is not None)
    own_text = (generate_latest(own) + generate_latest(scraped)).decode()
    parts = {name: families for name, families in answered.items() if families is not None}
    return merge({OWN_NAME: _families(own_text, OWN_NAME) or {}, **parts}).encode()


def _waits(reply: _Reply | None) -> object:
    if reply is None:
        return "does not answer"
    if reply.status == HTTPStatus.OK:
        return None
    try:
        return json.loads(reply.body)["waits_for"]
    except (ValueError, KeyError, TypeError):
        return f"answers {reply.status}"


def ready(sources: Iterable[Source]) -> Verdict:
    """Answer `/readyz` for all: ready only if every one says so."""
    replies = _ask_all(sources, "/readyz")
    reasons = {name: waits for name, reply in replies.items() if (waits := _waits(reply)) is not None}
    return Verdict(not reasons, {"status": "waiting" if reasons else "ready", "waits_for": reasons})
