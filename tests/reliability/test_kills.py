"""Exactly once under read_committed, whatever happens to the processes."""

import random
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.stream.local_broker import LocalBroker
from support.broker import eventually, read_topic
from support.feed_site import Item
from support.installation import Installation, event_ids, revisions_in_order
from support.poisoned_worker import DEADLY, RAISING
from support.processes import RasadProcess

TITLE = "خبری برای آزمون پایداری"
KILLS = 10
pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("installations")]


def publish(installation: Installation, batch: str, items: int = 10) -> int:
    """Put new items into every feed and return how many."""
    for number in range(installation.sites):
        installation.site.add(
            installation.path(number),
            *(Item(f"{batch}-{item}", f"{TITLE} {batch} {number} {item}", "") for item in range(items)),
        )
    return installation.sites * items


def full_answers(installation: Installation) -> int:
    """Return how many documents were given out in full."""
    return sum(answers.count(200) for answers in installation.site.answers.values())


def kills_in_mid_work(
    process: RasadProcess,
    publish_more: Callable[[], Callable[[], bool]],
    unfinished: Callable[[], bool],
    within_seconds: float,
) -> None:
    """Kill ten times while work is in flight, each time after another moment; a kill that came too late counts not."""
    chance = random.Random(20261122)
    counted = 0
    for _ in range(3 * KILLS):
        busy = publish_more()
        eventually(busy, bool, 30, "work in flight", pause=0.01)
        threading.Event().wait(chance.uniform(0, within_seconds))
        process.kill()
        counted += unfinished()
        process.start().wait_ready()
        if counted == KILLS:
            return
    pytest.fail(f"only {counted} kills met work in flight")


def test_d13_ten_kills_of_a_fetcher_in_mid_work_lose_and_repeat_nothing(
    broker: LocalBroker, namespace: str, tmp_path: Path
) -> None:
    published: list[int] = []
    with Installation(broker, namespace, tmp_path) as installation:
        fetcher = installation.start("fetcher-0").wait_ready()

        def more() -> Callable[[], bool]:
            before = full_answers(installation)
            published.append(publish(installation, str(len(published))))
            return lambda: full_answers(installation) > before

        # A new document was given out; the tick of half a second may or may not have committed some of them.
        kills_in_mid_work(fetcher, more, lambda: len(installation.entries()) < sum(published), 0.6)

        entries = eventually(installation.entries, lambda records: len(records) >= sum(published), 60, "all entries")
        fetcher.terminate()

    assert set(event_ids(entries).values()) == {1}
    assert len(entries) == sum(published)
    assert revisions_in_order(entries)


def test_ten_kills_of_a_worker_in_mid_work_lose_and_repeat_nothing(
    broker: LocalBroker, namespace: str, tmp_path: Path
) -> None:
    published: list[int] = []
    with Installation(broker, namespace, tmp_path) as installation:
        installation.start("fetcher-0").wait_ready()
        worker = installation.start("worker-0").wait_ready()

        def more() -> Callable[[], bool]:
            done = len(installation.articles())
            published.append(publish(installation, str(len(published)), items=40))
            return lambda: len(installation.articles()) > done

        kills_in_mid_work(worker, more, lambda: len(installation.articles()) < sum(published), 0.3)

        articles = installation.wait_for_articles(sum(published))
        dead = read_topic(installation.kafka, installation.topics.dead_letters)

    assert dead == []
    assert set(event_ids(articles).values()) == {1}
    assert len(articles) == sum(published)
    assert revisions_in_order(articles)


@pytest.mark.parametrize("slot", ["fetcher-0", "worker-0"])
def test_s3_a_process_that_sleeps_past_its_session_is_fenced(
    broker: LocalBroker, namespace: str, tmp_path: Path, slot: str
) -> None:
    with Installation(broker, namespace, tmp_path) as installation:
        for name in ("fetcher-0", "fetcher-1", "worker-0", "worker-1"):
            installation.start(name)
        for process in installation.processes.values():
            process.wait_ready()
            share = lambda process=process: process.metric("rasad_partitions_owned")  # noqa: E731 - bound per process
            eventually(share, lambda owned: owned == 2, 60, "its share")
        sleeper = installation.processes[slot]
        other = installation.processes[slot.replace("0", "1")]
        published = publish(installation, "before")
        sleeper.signal(signal.SIGSTOP)
        published += publish(installation, "while")

        # The other has all partitions: it has taken over what the sleeper held.
        eventually(lambda: other.metric("rasad_partitions_owned"), lambda owned: owned == 4, 60, "the takeover")
        installation.wait_for_articles(published)
        sleeper.signal(signal.SIGCONT)
        published += publish(installation, "after")
        articles = installation.wait_for_articles(published)
        # It found out, and works again (by itself, or started anew as its supervisor would).
        eventually(
            lambda: sleeper.running.poll() is not None or sleeper.metric("rasad_partitions_owned") > 0,
            bool,
            60,
            "the sleeper's return",
        )
        assert sleeper.running.poll() in (None, 3), sleeper.tail()
        entries = installation.entries()

    assert len(entries) == len(articles) == published
    assert set(event_ids(articles).values()) == {1}
    assert set(event_ids(entries).values()) == {1}


def test_s3_two_fetchers_and_two_workers_share_the_partitions_and_take_over_from_each_other(
    broker: LocalBroker, namespace: str, tmp_path: Path
) -> None:
    with Installation(broker, namespace, tmp_path) as installation:
        slots = ("fetcher-0", "fetcher-1", "worker-0", "worker-1")
        for name in slots:
            installation.start(name)
        for name in slots:
            installation.processes[name].wait_ready()
            eventually(
                lambda process=installation.processes[name]: process.metric("rasad_partitions_owned"),
                lambda owned: owned == 2,
                60,
                f"{name}'s share",
            )
        published = publish(installation, "shared")
        installation.wait_for_articles(published)

        installation.processes["fetcher-1"].kill()
        installation.processes["worker-0"].kill()
        published += publish(installation, "alone")

        articles = installation.wait_for_articles(published)
        for name in ("fetcher-0", "worker-1"):
            assert installation.processes[name].metric("rasad_partitions_owned") == 4

    assert len(articles) == published
    assert set(event_ids(articles).values()) == {1}


def test_s6_a_broker_that_goes_away_and_comes_back_is_survived_without_a_restart(
    kafka_libs: Path, namespace: str, tmp_path: Path
) -> None:
    (tmp_path / "work").mkdir()
    with (
        LocalBroker(tmp_path / "kafka", kafka_libs) as broker,
        Installation(broker, namespace, tmp_path / "work") as installation,
    ):
        fetcher = installation.start("fetcher-0").wait_ready()
        worker = installation.start("worker-0").wait_ready()
        pids = (fetcher.running.pid, worker.running.pid)
        published = publish(installation, "before")
        installation.wait_for_articles(published)

        broker.kill()
        published += publish(installation, "away")
        polled = len(installation.site.answers[installation.path(0)])
        eventually(lambda: fetcher.get("/readyz")[0], lambda status: status == 503, 60, "not ready")
        # A fetcher that cannot commit polls each feed once more at most, then waits.
        assert len(installation.site.answers[installation.path(0)]) <= polled + 2
        broker.start()
        broker.wait_ready()

        articles = installation.wait_for_articles(published, seconds=90)
        assert (fetcher.running.pid, worker.running.pid) == pids
        assert (fetcher.running.poll(), worker.running.poll()) == (None, None)

    assert len(articles) == published
    assert set(event_ids(articles).values()) == {1}


def test_poison_lands_in_the_dead_letters_and_its_neighbours_pass(
    broker: LocalBroker, namespace: str, tmp_path: Path
) -> None:
    script = (str(Path(__file__).parents[1] / "support" / "poisoned_worker.py"),)
    with Installation(broker, namespace, tmp_path) as installation:
        items = [Item(f"good-{number}", f"{TITLE} {number}", "") for number in range(40)]
        items[13] = Item("deadly", f"{TITLE} مرگبار", DEADLY)
        items[27] = Item("raising", f"{TITLE} خطادار", RAISING)
        installation.site.add(installation.path(0), *items)
        installation.start("fetcher-0").wait_ready()
        eventually(installation.entries, lambda records: len(records) == 40, 30, "the entries")
        worker = installation.start("worker-0", script=script)
        deaths = 0
        while len(installation.articles()) < 38:
            if worker.running.poll() is not None:
                assert worker.running.returncode == -signal.SIGKILL, worker.tail()
                deaths += 1
                assert deaths <= 5
                worker.start()
            threading.Event().wait(0.2)
        letters = eventually(
            lambda: read_topic(installation.kafka, installation.topics.dead_letters),
            lambda records: len(records) == 2,
            30,
            "the dead letters",
        )

    assert deaths == 4
    assert {
        (letter.header("rasad-stage"), letter.header("rasad-reason"), letter.header("rasad-attempts"))
        for letter in letters
    } == {
        ("decode", "unexpected", "4"),
        ("normalize", "unexpected", "1"),
    }
    assert all(letter.value for letter in letters)
