"""The judge of a chaos run sees each promise that does not hold, its faults follow from the seed, and a run holds."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest

from chaos.schedule import Kind, steps
from chaos.verdict import Outcome, broken
from ingest.stream.record import Incoming

RUN = Path(__file__).resolve().parent / "run.py"


def event(item: str, revision: int, title: str, labels: Sequence[str] = (), topic: str = "t") -> Incoming:
    value = {
        "article_id": f"id-{item}",
        "revision": revision,
        "guid": item,
        "title": title,
        "labels": [{"label": label, "decision": "assigned"} for label in labels],
    }
    headers = (("ce_id", f"id-{item}/{revision}.1".encode()),)
    at = datetime(2026, 11, 22, tzinfo=UTC)
    return Incoming(topic, 0, revision, at, f"id-{item}".encode(), json.dumps(value).encode(), headers)


def letter(value: bytes) -> Incoming:
    headers = (("rasad-stage", b"decode"), ("rasad-reason", b"malformed"))
    return Incoming("d", 0, 0, datetime(2026, 11, 22, tzinfo=UTC), b"poison", value, headers)


ONE, EDITED, TWO = event("1", 1, "a"), event("1", 2, "a, edited", ["flights"]), event("2", 1, "b")
GOOD = Outcome(
    served={"1": ("a", "seen by nobody", "a, edited"), "2": ("b",)},
    poison=(b"p",),
    entries=(ONE, EDITED, TWO),
    articles=(ONE, EDITED, TWO),
    dead_letters=(letter(b"p"),),
    labels={"flights": (EDITED,), "consular": ()},
)


def test_a_run_in_which_all_holds_has_nothing_to_say() -> None:
    assert broken(GOOD) == []


@pytest.mark.parametrize(
    ("outcome", "says"),
    [
        (replace(GOOD, entries=(ONE, ONE, EDITED, TWO)), "more than once"),
        (replace(GOOD, articles=(ONE, EDITED, EDITED, TWO)), "more than once"),
        (replace(GOOD, articles=(EDITED, ONE, TWO)), "not in order"),
        (replace(GOOD, articles=(ONE, EDITED)), "1 of 2 items are not among the articles: 2"),
        (replace(GOOD, entries=(ONE, TWO)), "the last edit of 1 items is not the last among the entries: 1"),
        (replace(GOOD, entries=(ONE, EDITED, TWO, event("3", 1, "c"))), "items that nobody served are among the entr"),
        (replace(GOOD, served={"1": ("a, edited", "a", "a, edited"), "2": ("x", "b")}), ""),
        (replace(GOOD, served={"1": ("x", "a, edited"), "2": ("b",)}), "revisions that were not served"),
        (replace(GOOD, articles=(ONE, EDITED)), "1 entries have no article"),
        (replace(GOOD, entries=(ONE, EDITED)), "1 articles have no entry"),
        (replace(GOOD, labels={"flights": ()}), "the topic of flights does not hold"),
        (replace(GOOD, labels={"flights": (EDITED, EDITED)}), "the topic of flights does not hold"),
        (replace(GOOD, labels={"flights": (ONE, EDITED)}), "the topic of flights does not hold"),
        (replace(GOOD, dead_letters=()), "1 poison records are not among the dead letters"),
        (replace(GOOD, dead_letters=(letter(b"p"), letter(b"p"))), "1 dead letters too many: ('decode', 'malformed')"),
        (replace(GOOD, dead_letters=(letter(b"p"), letter(b"news"))), "1 dead letters too many"),
    ],
)
def test_each_promise_that_does_not_hold_is_said(outcome: Outcome, says: str) -> None:
    said = broken(outcome)

    assert any(says in line for line in said) if says else said == []


def test_the_faults_follow_from_the_seed_and_none_is_left_out() -> None:
    some = list(islice(steps(1), 40))

    assert some == list(islice(steps(1), 40))
    assert some != list(islice(steps(2), 40))
    one_round = [fault.kind for step in islice(steps(1), len(Kind)) for fault in step.faults]
    assert set(one_round[: len(Kind)]) == set(Kind)
    assert any(len(step.faults) > 1 for step in some)
    for step in some:
        assert {Kind.POISON, Kind.KILL_BROKER} != {fault.kind for fault in step.faults}
        assert sum(fault.kind.name.startswith("FEEDS_") for fault in step.faults) <= 1


@pytest.mark.full
@pytest.mark.timeout(600)
@pytest.mark.xdist_group("installations")
def test_a_short_run_holds_every_promise(kafka_libs: Path) -> None:
    done = subprocess.run(
        [sys.executable, RUN, "--seconds", "30", "--seed", "7"], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, ""), done.stdout[-3000:] + done.stderr[-3000:]
    assert "every revision of every item exactly once" in done.stdout
    assert kafka_libs.is_dir()
