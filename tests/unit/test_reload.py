"""The registry's file while a fetcher runs: a change is taken, a fault changes nothing. Row S10 at the start."""

import os
import signal
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from ingest.feeds import load_registry
from ingest.fetch.outcome import Fetched, FetchRequest
from ingest.registry_reading import read_registry, read_registry_file
from ingest.reload import CHECK_SECONDS, RegistryFile, ReloadMetrics
from ingest.service.errors import UsageError
from ingest.service.hangup import Hangup
from support.operating import Asked, with_file
from support.polling import Polling, answer, rss

PROJECT = Path(__file__).resolve().parents[2]
SITE = '[[site]]\nid = "{0}"\npublisher = "{0}"\nhosts = ["{0}.example"]\n'
FEED = '[[site.feed]]\nid = "{0}"\nurl = "{1}"\n'


def feed(name: str, url: str | None = None) -> str:
    return FEED.format(name, url or f"https://{name}.example/rss")


def one_entry(request: FetchRequest) -> Fetched:
    return answer(request, rss("a"))


class Running:
    """A fetcher over a registry file."""

    def __init__(self, path: Path, *tables: str) -> None:
        self.path = path / "feeds.toml"
        self.write(*tables)
        registry = read_registry_file(self.path).registry
        self.polling = Polling(registry.enabled, one_entry)
        self.asked: Asked = with_file(self.polling, self.path)

    def write(self, *tables: str) -> None:
        self.path.write_text("\n".join(tables), encoding="utf-8")

    def pass_time(self, seconds: float = 10) -> None:
        self.polling.pass_time(seconds)

    @property
    def polled(self) -> set[str]:
        return {url for _, url in self.polling.requests}

    def outcome(self, outcome: str) -> float | None:
        return self.polling.metric("rasad_registry_reloads_total", outcome=outcome)

    def shown(self, feed_id: str) -> bool:
        return f'rasad_feed_consecutive_failures{{feed="{feed_id}",' in generate_latest(self.polling.metrics).decode()


@pytest.fixture
def running(tmp_path: Path) -> Running:
    return Running(tmp_path, SITE.format("one"), feed("a"), feed("b"))


def test_a_new_feed_is_polled_within_seconds_of_the_change(running: Running) -> None:
    running.pass_time()
    running.write(SITE.format("one"), feed("a"), feed("b"), feed("c"), SITE.format("two"), feed("d"))

    running.pass_time(CHECK_SECONDS + 2)

    assert running.polled == {f"https://{name}.example/rss" for name in "abcd"}
    assert running.outcome("loaded") == 1
    assert running.shown("d")


def test_a_feed_that_left_is_polled_and_shown_no_longer(running: Running) -> None:
    running.pass_time()
    running.write(SITE.format("one"), feed("a"))
    running.pass_time()
    running.polling.requests.clear()

    running.pass_time(7_200)

    assert running.polled == {"https://a.example/rss"}
    assert (running.shown("a"), running.shown("b")) == (True, False)


def test_a_changed_url_is_asked_at_once_and_publishes_nothing_again(running: Running) -> None:
    running.pass_time()
    running.write(SITE.format("one"), feed("a", "https://new.example/rss"), feed("b"))
    published = len(running.polling.entries())

    running.pass_time()

    assert "https://new.example/rss" in running.polled
    assert len(running.polling.entries()) == published


def test_a_poll_that_runs_ends_under_the_feed_that_it_was_begun_with(running: Running) -> None:
    began = next(iter(running.polling.task.registry.feeds.values()))
    running.pass_time(5)
    running.write(SITE.format("one"), feed("b"))
    running.asked.came = True
    running.polling.task._poll(0, 1, began, running.polling.state("a"), running.polling.now)
    requests = len(running.polling.requests)

    running.pass_time(5)

    assert len(running.polling.requests) == requests
    assert running.polling.state("a").history.last_success_at is not None
    assert not running.shown("a")


@pytest.mark.parametrize(
    "broken",
    [
        "[[site",
        "",
        SITE.format("one") + feed("a") + feed("a", "https://x.example/"),
        SITE.format("one") + feed("a", "https://bad url/") + feed("b"),
        SITE.format("one") + "colour = 1\n" + feed("a"),
    ],
)
def test_a_broken_file_changes_nothing_and_is_told_once(running: Running, broken: str) -> None:
    running.pass_time()
    running.write(broken)
    running.pass_time(60)
    running.polling.requests.clear()

    running.pass_time(7_200)

    assert running.polled == {"https://a.example/rss", "https://b.example/rss"}
    assert (running.outcome("refused"), running.outcome("loaded")) == (1, 0)


def test_a_file_that_is_gone_changes_nothing_and_its_return_is_taken(running: Running) -> None:
    running.pass_time()
    running.path.unlink()
    running.pass_time()
    refused = running.outcome("refused")
    running.write(SITE.format("one"), feed("a"))

    running.pass_time()

    assert (refused, running.outcome("loaded")) == (1, 1)
    assert not running.shown("b")


class CoarsePath(type(Path())):  # type: ignore[misc]
    """A file on a file system whose clock ticks every two seconds, and which knows no change time."""

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        found = super().stat(follow_symlinks=follow_symlinks)
        return os.stat_result((*found[:7], *(int(at) // 2 * 2 for at in (found.st_atime, found.st_mtime)), 0))


def test_a_change_between_two_ticks_of_the_file_systems_clock_is_seen(tmp_path: Path) -> None:
    path = CoarsePath(tmp_path / "feeds.toml")
    path.write_text(SITE.format("one") + feed("a"), encoding="utf-8")
    os.utime(path, (1_000, 1_000))
    clock = [0.0]
    file = RegistryFile(
        path,
        read_registry_file(path),
        ReloadMetrics(CollectorRegistry()),
        clock=lambda: clock[0],
        now=lambda: 1_000 + clock[0],
    )
    before = file.changed()
    clock[0] += CHECK_SECONDS
    path.write_text(SITE.format("one") + feed("b"), encoding="utf-8")
    os.utime(path, (1_001, 1_001))

    after = file.changed()

    assert before is None
    assert after is not None
    assert list(after.feeds) == ["b"]


def test_a_file_that_was_touched_is_not_read_as_a_change(running: Running) -> None:
    running.pass_time()
    running.path.touch()

    running.pass_time()

    assert [running.outcome(name) for name in ("loaded", "refused", "unchanged")] == [0, 0, 0]


def test_sighup_reads_the_file_at_once_and_says_when_nothing_has_changed(running: Running) -> None:
    running.pass_time(3)
    running.asked.came = True
    running.polling.look()
    unchanged = running.outcome("unchanged")
    running.write(SITE.format("one"), feed("a"))
    running.asked.came = True

    running.polling.look()

    assert (unchanged, running.outcome("loaded")) == (1, 1)


def test_the_registry_that_runs_is_told_by_digest_and_time(tmp_path: Path) -> None:
    path = tmp_path / "feeds.toml"
    path.write_text(SITE.format("one") + feed("a"), encoding="utf-8")
    metrics, reading, now = CollectorRegistry(), read_registry_file(path), [1000.0]
    file = RegistryFile(path, reading, ReloadMetrics(metrics), asked=lambda: True, now=lambda: now[0])
    path.write_text(SITE.format("one") + feed("b"), encoding="utf-8")
    now[0] = 2000.0

    registry = file.changed()

    assert registry is not None
    sha256 = read_registry_file(path).sha256
    assert metrics.get_sample_value("rasad_registry_loaded_timestamp_seconds") == 2000.0
    assert metrics.get_sample_value("rasad_registry_info", {"sha256": sha256[:12]}) == 1
    assert metrics.get_sample_value("rasad_registry_info", {"sha256": reading.sha256[:12]}) is None


BAD = {
    "asriran.com/fa/rss/1 /3": "no-scheme",
    "https://asriran.com/fa/rss/1 /3": "a-space",
    "ftp://x.example/": "scheme",
}
GOOD = [
    "https://x.example/rss?a=1,2&b=$x+%D8%AE",
    "https://x.example/خبر/rss",
    "https://x.example/rss?q=ZGF0ZVJhbmdlPS00MzIwMA==",
]


@pytest.mark.parametrize("url", BAD, ids=list(BAD.values()))
def test_s10_one_bad_url_is_listed_and_the_other_feeds_run(tmp_path: Path, url: str) -> None:
    path = tmp_path / "feeds.toml"
    path.write_text(SITE.format("one") + feed("a", url) + feed("b"), encoding="utf-8")

    reading = read_registry_file(path)

    assert list(reading.registry.feeds) == ["b"]
    (problem,) = map(str, reading.problems)
    assert problem.startswith(f"{path}: site[0].feed[0].url = ")
    with pytest.raises(UsageError):
        load_registry(path)


@pytest.mark.parametrize("url", GOOD)
def test_s10_commas_dollars_and_persian_in_a_url_are_sent_byte_for_byte(tmp_path: Path, url: str) -> None:
    running = Running(tmp_path, SITE.format("one"), feed("a", url))

    running.pass_time(2)

    assert running.polled == {url}


def test_s10_a_fault_of_a_site_costs_that_site_only() -> None:
    text = SITE.format("one") + 'timezone = "Mars"\n' + feed("a") + SITE.format("two") + feed("b")

    reading = read_registry("x", text.encode())

    assert (list(reading.registry.sites), list(reading.registry.feeds)) == (["two"], ["b"])


@pytest.mark.parametrize(
    ("alternates", "left", "faults"),
    [
        ('["https://good.example/rss", "https://a b/", "https://last.example/rss"]', ("good", "last"), ("[1] = ",)),
        ('["ftp://x.example/", "https://good.example/rss", "https://[/"]', ("good",), ("[0] = ", "[2] = ")),
        ('["https://b.example/rss"]', (), ("[0] = ",)),
        ('"https://x.example/rss"', (), (" = ",)),
    ],
    ids=["a-space", "two-of-three", "anothers-url", "no-list"],
)
def test_s10_a_fault_in_an_alternate_costs_that_alternate_only(
    tmp_path: Path, alternates: str, left: tuple[str, ...], faults: tuple[str, ...]
) -> None:
    tables = (SITE.format("one"), feed("a") + f"alternates = {alternates}\n", feed("b"))
    running = Running(tmp_path, *tables)

    running.pass_time(5)

    reading = read_registry_file(running.path)
    assert reading.registry.feeds["a"].alternates == tuple(f"https://{name}.example/rss" for name in left)
    assert running.polled == {"https://a.example/rss", "https://b.example/rss"}
    told = [(part, str(problem)) for part, problem in reading.left_out]
    assert [part for part, _ in told] == ["alternate"] * len(faults)
    for (_, problem), fault in zip(told, faults, strict=True):
        assert problem.startswith(f"{running.path}: site[0].feed[0].alternates{fault}")


@pytest.mark.parametrize(
    ("table", "part"), [(feed("x", "https://a b/"), "feed"), ("language = 7\n", "site")], ids=["feed", "site"]
)
def test_s10_what_a_fault_costs_is_told(table: str, part: str) -> None:
    text = SITE.format("zero") + feed("z") + SITE.format("one") + table

    reading = read_registry("x", text.encode())

    assert [cost for cost, _ in reading.left_out] == [part]


@pytest.mark.parametrize(
    "file", ["duplicate-feed", "duplicate-site", "shared-host", "unknown-top-key", "not-toml", "empty"]
)
def test_s9_s10_what_makes_the_rest_ambiguous_is_refused_at_the_start(file: str) -> None:
    with pytest.raises(UsageError):
        read_registry_file(PROJECT / f"tests/data/registry/invalid-{file}.toml")


def test_s10_a_registry_without_one_good_feed_is_refused_at_the_start() -> None:
    with pytest.raises(UsageError, match="no space"):
        read_registry("x", (SITE.format("one") + feed("a", "https://a b/")).encode())


def test_s10_a_fault_that_was_there_at_the_start_keeps_no_later_change_out(tmp_path: Path) -> None:
    bad = feed("bad", "https://a b/")
    running = Running(tmp_path, SITE.format("one"), bad, feed("a"))
    running.write(SITE.format("zero"), feed("z"), SITE.format("one"), bad, feed("a"))

    running.pass_time()

    assert running.polled == {"https://a.example/rss", "https://z.example/rss"}
    assert running.polling.metric("rasad_registry_faults") == 1


def test_the_shipped_registry_has_no_fault() -> None:
    assert read_registry_file(PROJECT / "seeds/feeds.toml").problems == ()


def test_sighup_is_counted_and_ends_nothing() -> None:
    hangup = Hangup()
    with hangup.on_signal():
        before = hangup.taken()
        os.kill(os.getpid(), signal.SIGHUP)
        os.kill(os.getpid(), signal.SIGHUP)
        taken = [hangup.taken(), hangup.taken()]

    assert (before, taken) == (False, [True, False])
