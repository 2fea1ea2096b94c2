"""The robots.txt that are kept: how many, whatever a publisher links to."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from prometheus_client import CollectorRegistry

from ingest.fetch.outcome import Fetched, FetchRequest
from ingest.fetch.politeness import HostGate
from ingest.page import robots
from ingest.page.metrics import PageMetrics
from ingest.page.robots import RobotsCache
from support.polling import FEED, AtOnce, answer


def test_rules_without_end_from_origins_without_number_are_kept_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = b"User-agent: *\nDisallow: /x\n" * 40
    monkeypatch.setattr(robots, "KEPT_BYTES", 10 * len(rules))
    gate = HostGate(0.0)

    def fetch(request: FetchRequest) -> Fetched:
        return answer(request, rules)

    threads: ThreadPoolExecutor = AtOnce()  # type: ignore[assignment]
    cache = RobotsCache(gate, threads, fetch, PageMetrics(CollectorRegistry()))
    origins = [f"https://news.example:{port}" for port in range(8_000, 8_040)]

    for origin in origins:
        cache.ask(origin, replace(FEED, full_text=True), 1.0)
        cache.take(1.0)

    kept = [origin for origin in origins if cache.of(origin, 1.0) is not None]
    assert 1 < len(kept) < 10
    assert kept == origins[-len(kept) :]
