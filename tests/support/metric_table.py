"""The metrics of a real installation's processes, and the table in which `deploy/prometheus/README.md` names them.

Knows nothing of rules and dashboards. `python tests/support/metric_table.py` writes the table anew.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from prometheus_client import CollectorRegistry
from prometheus_client.metrics import MetricWrapperBase

from ingest.control_turns import ControlMetrics
from ingest.metrics import FetchMetrics
from ingest.reload import ReloadMetrics
from ingest.service.lifecycle import Stop
from ingest.service.metrics import new_registry
from ingest.service.settings import RunSettings
from ingest.service.supervisor import Supervisor
from ingest.stream.heartbeat import HeartbeatGauge
from ingest.stream.metrics import StreamMetrics
from workers.metrics import WorkerMetrics

PROJECT = Path(__file__).resolve().parents[2]
README = PROJECT / "deploy" / "prometheus" / "README.md"
LABELS = ("consular", "flights", "security-cooperation")
HEAD = "| metric | type | labels | stage | meaning |\n|---|---|---|---|---|\n"


@dataclass(frozen=True, slots=True)
class Row:
    """One metric as a scrape names it."""

    name: str
    type: str
    labels: tuple[str, ...]
    stage: str
    meaning: str

    def line(self) -> str:
        """Return it as a row of the table."""
        labels = ", ".join(f"`{label}`" for label in self.labels)
        return f"| `{self.name}` | {self.type} | {labels} | {self.stage} | {self.meaning} |"


def registries() -> dict[str, CollectorRegistry]:
    """Return the registries of a fetcher, a worker and a supervisor as they stand when they start."""
    process, fetcher, kafka, worker = new_registry(), CollectorRegistry(), CollectorRegistry(), CollectorRegistry()
    FetchMetrics(fetcher)
    ReloadMetrics(fetcher)
    ControlMetrics(fetcher)
    HeartbeatGauge(fetcher, "sent")
    StreamMetrics(kafka)
    WorkerMetrics(worker, LABELS)
    supervisor = Supervisor((), RunSettings(), Stop(1.0), lambda: 0.5).registry
    return {"every process": process, "fetcher": fetcher, "Kafka": kafka, "worker": worker, "supervisor": supervisor}


def rows() -> list[Row]:
    """Return a row for each of our metrics; a metric of two stages names both."""
    found: dict[str, Row] = {}
    for stage, registry in registries().items():
        for collector in dict.fromkeys(registry._collector_to_names):
            if not isinstance(collector, MetricWrapperBase):
                continue
            row = _row(collector, stage)
            before = found.get(row.name)
            if before is not None and stage == "supervisor" and before.stage == "every process":
                continue
            if before is not None:
                row = Row(row.name, row.type, row.labels, f"{before.stage}, {stage}", row.meaning)
            found[row.name] = row
    # Made at each scrape, so no collector of a registry.
    scraped = "Whether this answer holds the child's series."
    found["rasad_child_scraped"] = Row("rasad_child_scraped", "gauge", ("process",), "supervisor", scraped)
    return [found[name] for name in sorted(found)]


def _row(collector: MetricWrapperBase, stage: str) -> Row:
    kind = collector._type
    suffix = {"counter": "_total", "info": "_info"}.get(kind, "")
    labels = ("model_id", "analysis", "normalizer") if collector._name == "rasad_model" else collector._labelnames
    if collector._name == "rasad_build":
        labels = ("version", "python")
    return Row(
        collector._name + suffix,
        "gauge" if kind == "info" else kind,
        tuple(labels),
        stage,
        collector._documentation,
    )


def table_of(text: str) -> list[Row]:
    """Return the rows of the table as the document has them."""
    found = []
    for line in text.splitlines():
        if match := re.fullmatch(r"\| `(rasad_\w+)` \| (\w+) \| (.*?) ?\| ([^|]+) \| (.+) \|", line):
            name, kind, labels, stage, meaning = match.groups()
            found.append(Row(name, kind, tuple(re.findall(r"`(\w+)`", labels)), stage, meaning))
    return found


def series_names(row: Row) -> set[str]:
    """Return the names under which a scrape has a metric's samples."""
    if row.type == "histogram":
        return {f"{row.name}_{part}" for part in ("bucket", "sum", "count")}
    return {row.name}


def main() -> None:
    """Write the table into the document, between its heading and the next."""
    text = README.read_text(encoding="utf-8")
    head, _, rest = text.partition(HEAD)
    after = rest[rest.index("\n\n") :]
    README.write_text(head + HEAD + "\n".join(row.line() for row in rows()) + after, encoding="utf-8")


if __name__ == "__main__":
    main()
