"""Puts the metrics and the readiness of several processes behind one endpoint, each series with a label `process`.

Knows nothing of how the processes are run: their names and addresses are handed in at every question.
"""

import http.client
import json
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from prometheus_client import CollectorRegistry, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample

from ingest.service.health import Verdict

ASK_SECONDS = 2.0
"""A fifth of Prometheus' scrape timeout: a child that hangs must not cost the others their figures."""
LABEL = "process"
OWN_NAME = "supervisor"
MAX_AT_ONCE = 8


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


def _families(reply: _Reply | None) -> list[Metric] | None:
    if reply is None or reply.status != HTTPStatus.OK:
        return None
    try:
        return list(text_string_to_metric_families(reply.body))
    except (ValueError, KeyError, IndexError):  # what the parser raises at a text that it cannot read
        return None


def _labelled(sample: Sample, process: str) -> Sample:
    return sample._replace(labels={**sample.labels, LABEL: process})


def merge(parts: Mapping[str, Iterable[Metric]]) -> list[Metric]:
    """Return one family of each name with the samples of all processes; help and type are the first one's."""
    merged: dict[str, Metric] = {}
    for process, families in parts.items():
        for family in families:
            whole = merged.setdefault(family.name, Metric(family.name, family.documentation, family.type))
            # The supervisor's own series about a child carry the label already.
            whole.samples += [
                sample if process == OWN_NAME and LABEL in sample.labels else _labelled(sample, process)
                for sample in family.samples
            ]
    return list(merged.values())


class _Collected(Collector):
    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> list[Metric]:
        return self._families


def render(own: CollectorRegistry, sources: Iterable[Source]) -> bytes:
    """Return the exposition of this process and of every source that answers; who did not has no series."""
    answered = {name: _families(reply) for name, reply in _ask_all(sources, "/metrics").items()}
    scraped = GaugeMetricFamily("rasad_child_scraped", "Whether this answer holds the child's series", labels=[LABEL])
    for name, families in answered.items():
        scraped.add_metric([name], float(families is not None))
    # Through the text form, in which an Info is the gauge that the children's are.
    own_families = [*text_string_to_metric_families(generate_latest(own).decode()), scraped]
    parts = {name: families for name, families in answered.items() if families is not None}
    return generate_latest(_Collected(merge({OWN_NAME: own_families, **parts})))


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
