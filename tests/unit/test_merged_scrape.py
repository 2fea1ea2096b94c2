"""One scrape of a whole installation: quick, of bounded size, and in the form that Prometheus wants."""

import subprocess
import time

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from ingest.feed_state import FeedState
from ingest.metrics import FetchMetrics
from ingest.service.merged_metrics import _families, render
from support.metric_table import README, registries, rows, series_names, table_of
from support.polling import FEED
from support.scraped import HISTORY, endpoints, fetcher_registry, worker_registry

FEEDS = 500
PER_FEED = 5
FIXED = 1_800
"""Series of two fetchers, two workers and a supervisor with three feeds; most are buckets of histograms."""
SCRAPE_SECONDS = 0.1


def installation(feeds: int) -> dict[str, CollectorRegistry]:
    """Return two fetchers that share the feeds, and two workers."""
    return {
        "fetcher-0": fetcher_registry(feeds // 2, 12),
        "fetcher-1": fetcher_registry(feeds - feeds // 2, 12),
        "worker-0": worker_registry(12),
        "worker-1": worker_registry(12),
    }


def scraped(feeds: int) -> str:
    with endpoints(installation(feeds)) as sources:
        return render(registries()["supervisor"], sources).decode()


@pytest.fixture(scope="module")
def small() -> str:
    """Return a scrape of an installation with three feeds."""
    return scraped(3)


def series(text: str) -> list[str]:
    return [line.rpartition(" ")[0] for line in text.splitlines() if not line.startswith("#")]


def test_a_scrape_of_500_feeds_takes_a_tenth_of_a_second_at_most() -> None:
    """Processor time of all processes together, the best of some: on an idle machine a scrape takes no longer."""
    took = []
    with endpoints(installation(FEEDS)) as sources:
        own = registries()["supervisor"]
        for _ in range(7):
            before = time.process_time()
            render(own, sources)
            took.append(time.process_time() - before)

    assert min(took) <= SCRAPE_SECONDS


def test_a_feed_costs_five_series_and_all_else_is_bounded(small: str) -> None:
    fixed, whole = series(small), series(scraped(FEEDS))

    assert len(whole) - len(fixed) == (FEEDS - 3) * PER_FEED
    assert len(fixed) <= FIXED
    assert len(set(whole)) == len(whole)


def test_a_feed_that_leaves_takes_its_series_along() -> None:
    registry = CollectorRegistry()
    metrics = FetchMetrics(registry)

    def shown() -> int:
        return sum(1 for family in registry.collect() for sample in family.samples if "feed" in sample.labels)

    metrics.owns(FEED, FeedState(history=HISTORY))
    assert shown() == PER_FEED
    metrics.disowns(FEED.id)
    assert shown() == 0


def test_each_family_comes_once_and_each_series_says_its_process(small: str) -> None:
    families = list(text_string_to_metric_families(small))

    assert len({family.name for family in families}) == len(families)
    assert all("process" in sample.labels for family in families for sample in family.samples)


def test_what_is_no_exposition_is_left_out() -> None:
    assert _families("<html>no metrics here</html>", "x") is None
    assert _families("# HELP a b\n# TYPE a gauge\nnot a sample at all", "x") is None


def test_the_table_of_the_documentation_is_what_the_processes_show() -> None:
    """Write it anew with `PYTHONPATH=tests python tests/support/metric_table.py`."""
    assert table_of(README.read_text(encoding="utf-8")) == rows()


def test_every_series_of_a_scrape_is_in_the_table(small: str) -> None:
    names = {name.partition("{")[0] for name in series(small)}
    known = {name for row in table_of(README.read_text(encoding="utf-8")) for name in series_names(row)}

    ours = {name for name in names if name.startswith("rasad_")}
    assert len(ours) > 60
    assert ours <= known
    assert {name.partition("_")[0] for name in names - ours} == {"process", "python"}


def test_help_is_a_sentence() -> None:
    for row in rows():
        assert row.meaning[0].isupper() or row.meaning[0].isdigit(), row.name
        assert row.meaning.endswith("."), row.name


def test_promtool_finds_nothing_to_say_about_a_scrape(promtool: str, small: str) -> None:
    told = subprocess.run([promtool, "check", "metrics"], input=small, capture_output=True, text=True, check=False)

    assert (told.returncode, told.stdout, told.stderr) == (0, "", "")
