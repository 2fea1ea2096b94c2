"""Liveness by heartbeat, readiness by reasons."""

from ingest.service.health import Health


class Clock:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def test_a_loop_that_beats_is_alive_and_one_that_stops_is_hung() -> None:
    clock = Clock()
    health = Health(unhealthy_after_seconds=10, clock=clock)

    clock.seconds += 10
    assert health.live().ok

    clock.seconds += 0.5
    assert not health.live().ok
    assert health.live().body == {"status": "hung", "seconds_since_beat": 10.5}

    health.beat()
    assert health.live().body == {"status": "ok", "seconds_since_beat": 0.0}


def test_a_process_is_not_ready_before_it_has_started() -> None:
    health = Health()

    assert not health.ready().ok

    health.started()
    assert health.ready().ok


def test_a_process_is_ready_only_when_nothing_is_waited_for() -> None:
    health = Health()
    health.started()
    health.waits_for("partitions", "no partition is assigned")
    health.waits_for("model", "the normalizer is being built")

    assert health.ready().body == {
        "status": "waiting",
        "waits_for": {"model": "the normalizer is being built", "partitions": "no partition is assigned"},
    }

    health.arrived("model")
    health.arrived("partitions")
    assert health.ready().ok
    assert health.ready().body == {"status": "ready", "waits_for": {}}
