"""Series that are there before anything happens: `rate` and `increase` miss what a series is born with."""

import pytest
from prometheus_client import CollectorRegistry

from ingest.control import ControlOutcome
from ingest.control_turns import ControlMetrics
from ingest.event import ControlAction
from ingest.fetch.outcome import Outcome, Reason
from ingest.fetch.robots import RobotsVerdict
from ingest.metrics import FetchMetrics
from ingest.page.outcome import PageOutcome, PageReason
from workers.metrics import WorkerMetrics
from workers.pipeline import STAGES

SERIES_MAX = 250
"""Of a fetcher without feeds: what closed sets cost, in each process."""


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


def labels_of(registry: CollectorRegistry, name: str) -> list[dict[str, str]]:
    """Return the labels of all series of a name; each stands at 0."""
    samples = [sample for family in registry.collect() for sample in family.samples if sample.name == name]
    assert all(sample.value == 0 for sample in samples)
    return [dict(sample.labels) for sample in samples]


def test_every_reason_of_a_poll_has_a_series_from_the_start(registry: CollectorRegistry) -> None:
    FetchMetrics(registry)

    polls = labels_of(registry, "rasad_polls_total")
    assert {labels["outcome"] for labels in polls} == set(Outcome)
    assert {labels["reason"] for labels in polls} == set(Reason) - {Reason.NOT_A_PAGE}
    assert {"outcome": "fetched", "reason": "same_body"} in polls
    assert {"outcome": "failed", "reason": "parse_crash"} in polls


def test_every_reason_of_a_page_and_every_verdict_has_a_series_from_the_start(registry: CollectorRegistry) -> None:
    FetchMetrics(registry)

    pages = labels_of(registry, "rasad_pages_total")
    assert {labels["outcome"] for labels in pages} == set(PageOutcome)
    assert {labels["reason"] for labels in pages} >= set(PageReason)
    assert {"outcome": "skipped", "reason": "old"} in pages
    attempts = {labels["reason"] for labels in labels_of(registry, "rasad_page_attempts_total")}
    assert attempts >= {"ok", "not_found", "not_a_page", "robots"}
    assert {labels["verdict"] for labels in labels_of(registry, "rasad_robots_total")} == set(RobotsVerdict)


def test_every_control_action_and_what_may_become_of_it_has_a_series_from_the_start(
    registry: CollectorRegistry,
) -> None:
    ControlMetrics(registry)

    records = labels_of(registry, "rasad_control_records_total")
    assert {labels["action"] for labels in records} == {*ControlAction, "none"}
    assert {labels["outcome"] for labels in records} == set(ControlOutcome)


def test_every_stage_that_is_timed_has_its_buckets_from_the_start(registry: CollectorRegistry) -> None:
    WorkerMetrics(registry, ["flights"])

    assert {labels["stage"] for labels in labels_of(registry, "rasad_stage_seconds_count")} == {
        name for name, _ in STAGES
    }


def test_what_is_there_from_the_start_stays_small(registry: CollectorRegistry) -> None:
    FetchMetrics(registry)
    ControlMetrics(registry)

    samples = [sample.name for family in registry.collect() for sample in family.samples]
    assert sum(not name.endswith("_created") for name in samples) < SERIES_MAX
