"""The per-host gate: one request in flight, a gap, and holds."""

import math
import threading

import pytest

from ingest.fetch.politeness import HostGate, host_of


def test_a_host_never_seen_is_free_now() -> None:
    assert HostGate().next_free("a.example", 5.0) == 5.0


def test_h7_one_request_at_a_time_and_others_are_not_in_its_way() -> None:
    gate = HostGate(min_gap_seconds=1.0)

    assert gate.take("a.example", 10.0)
    assert not gate.take("a.example", 99.0)
    assert gate.next_free("a.example", 99.0) == math.inf
    assert gate.take("b.example", 10.0)


def test_h7_the_gap_is_counted_from_start_to_start() -> None:
    gate = HostGate(min_gap_seconds=1.0)
    gate.take("a.example", 10.0)

    assert gate.release("a.example", 10.2) == 11.0
    assert not gate.take("a.example", 10.9)
    assert gate.take("a.example", 11.0)
    assert gate.release("a.example", 15.0) == 15.0


def test_a_host_of_the_operators_own_network_may_have_a_shorter_gap() -> None:
    gate = HostGate(min_gap_seconds=1.0)
    gate.take("a.example", 10.0, gap_seconds=0.0)

    assert gate.release("a.example", 10.0) == 10.0


def test_h6_a_hold_silences_the_host_and_the_longer_one_counts() -> None:
    gate = HostGate(min_gap_seconds=1.0)
    gate.take("a.example", 0.0)
    gate.hold("a.example", 0.5, 600.0)
    gate.hold("a.example", 0.6, 5.0)

    assert gate.release("a.example", 1.0) == 600.5
    assert not gate.take("a.example", 600.0)
    assert gate.next_free("b.example", 1.0) == 1.0
    assert gate.take("a.example", 600.5)


def test_idle_hosts_are_forgotten_and_busy_and_held_ones_are_not() -> None:
    gate = HostGate(min_gap_seconds=1.0)
    gate.take("busy.example", 0.0)
    gate.hold("held.example", 0.0, 1_000_000.0)
    for number in range(5_000):
        host = f"{number}.example"
        assert gate.take(host, 10.0 * number)
        gate.release(host, 10.0 * number)

    assert len(gate._hosts) < 2_100
    assert not gate.take("busy.example", 60_000.0)
    assert not gate.take("held.example", 60_000.0)


def test_many_threads_get_one_turn_between_them() -> None:
    gate = HostGate()
    barrier = threading.Barrier(8)
    turns: list[bool] = []

    def try_once() -> None:
        barrier.wait()
        turns.append(gate.take("a.example", 1.0))

    threads = [threading.Thread(target=try_once) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(turns) == [False] * 7 + [True]


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://WWW.A.example./rss", "www.a.example"),
        ("https://me:pw@a.example:443/rss", "a.example"),
        ("http://a.example:8080/rss", "a.example:8080"),
        ("http://[::1]:9/rss", "::1:9"),
        ("http://[broken/rss", ""),
        ("http://a.example:port/rss", ""),
    ],
)
def test_a_host_has_one_key(url: str, host: str) -> None:
    assert host_of(url) == host
