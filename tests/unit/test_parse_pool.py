"""Children that hang, die or eat memory: each costs its own document and nothing else."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from concurrent.futures import wait
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest

from ingest.parse.document import ParseContext
from ingest.parse.pool import ParserPool
from ingest.service.errors import Reject

PROJECT = Path(__file__).resolve().parents[2]
CONTEXT = ParseContext("n", "https://n.example/rss", None, "Asia/Tehran", "fa", datetime(2026, 11, 22, tzinfo=UTC))
RSS = '<rss version="2.0"><channel><item><title>تیتر</title></item></channel></rss>'.encode()
SECONDS = 30.0
"""How long a test waits for what should take a moment."""

# A parser that does what the body tells it to; it lives in a file, so that children can import it.
OBEDIENT = """
    import os, re, signal
    from ingest.parse.feed import parse_feed
    from ingest.service.errors import Reject

    def obey(body, context):
        if body == b"hang":
            while True:
                pass
        if body == b"hang in C":
            re.match(r"(a*)*b", "a" * 50)
        if body == b"die":
            os.kill(os.getpid(), signal.SIGKILL)
        if body == b"crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        if body == b"eat":
            return b"x" * (3 << 30)
        if body == b"fault":
            raise ZeroDivisionError("a fault of ours")
        if body == b"pid":
            return os.getpid()
        return parse_feed(body, context)
"""


@pytest.fixture(scope="module")
def obedient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    folder = tmp_path_factory.mktemp("children")
    (folder / "obedient_parser.py").write_text(textwrap.dedent(OBEDIENT), encoding="utf-8")
    sys.path.insert(0, str(folder))
    import obedient_parser  # noqa: PLC0415 - written just now

    yield obedient_parser
    sys.path.remove(str(folder))


@pytest.fixture
def pool(obedient: ModuleType) -> Iterator[ParserPool]:
    pool = ParserPool(workers=2, deadline_seconds=1.0, parse=obedient.obey)
    yield pool
    pool.abort()


def refusal(pool: ParserPool, body: bytes) -> str:
    with pytest.raises(Reject) as refused:
        pool.submit(body, CONTEXT).result(SECONDS)
    return refused.value.reason


def parses(pool: ParserPool) -> bool:
    return pool.submit(RSS, CONTEXT).result(SECONDS).entries[0].title == "تیتر"


def test_a_document_is_parsed_in_a_child(pool: ParserPool) -> None:
    assert parses(pool)
    assert pool.submit(b"pid", CONTEXT).result(SECONDS) != os.getpid()


@pytest.mark.parametrize("body", [b"hang", b"hang in C"])
def test_n8_n9_a_child_that_hangs_is_killed_at_the_deadline_and_others_go_on(pool: ParserPool, body: bytes) -> None:
    assert parses(pool)
    started = time.monotonic()
    hanging = [pool.submit(body, CONTEXT) for _ in range(2)]
    after = pool.submit(RSS, CONTEXT)

    for future in hanging:
        with pytest.raises(Reject) as refused:
            future.result(SECONDS)
        assert refused.value.reason == "parse_deadline"

    assert after.result(SECONDS).entries
    assert 1.0 <= time.monotonic() - started < 5


@pytest.mark.parametrize("body", [b"die", b"crash", b"eat"])
def test_a_child_that_dies_costs_its_own_document_only(pool: ParserPool, body: bytes) -> None:
    futures = [pool.submit(RSS, CONTEXT) for _ in range(5)]

    assert refusal(pool, body) == "parse_crash"

    assert all(future.result(SECONDS).entries for future in futures)
    assert parses(pool)


def test_children_that_are_killed_while_idle_are_replaced(pool: ParserPool) -> None:
    pids = {pool.submit(b"pid", CONTEXT).result(SECONDS) for _ in range(20)}

    for pid in pids:
        assert isinstance(pid, int)
        os.kill(pid, signal.SIGKILL)

    assert [parses(pool) for _ in range(5)] == [True] * 5


def test_what_the_parser_raises_reaches_the_caller_as_it_is(pool: ParserPool) -> None:
    with pytest.raises(Reject) as refused:
        pool.submit(b"{}", CONTEXT).result(SECONDS)
    with pytest.raises(ZeroDivisionError):
        pool.submit(b"fault", CONTEXT).result(SECONDS)

    assert (refused.value.reason, refused.value.detail) == ("not_a_feed", "json")


def test_n7_a_child_is_replaced_after_its_share_of_documents(obedient: ModuleType) -> None:
    with ParserPool(workers=1, deadline_seconds=10, max_tasks_per_child=2, parse=obedient.obey) as pool:
        pids = [pool.submit(b"pid", CONTEXT).result(SECONDS) for _ in range(6)]

    assert len(set(pids)) == 3


def test_closing_lets_what_was_submitted_finish(obedient: ModuleType) -> None:
    pool = ParserPool(workers=1, deadline_seconds=10, parse=obedient.obey)
    futures = [pool.submit(RSS, CONTEXT) for _ in range(10)]

    pool.close(SECONDS)

    assert all(future.done() and future.result().entries for future in futures)
    with pytest.raises(RuntimeError, match="closed"):
        pool.submit(RSS, CONTEXT)


def test_aborting_cancels_what_is_not_finished_at_once(obedient: ModuleType) -> None:
    pool = ParserPool(workers=1, deadline_seconds=60, parse=obedient.obey)
    assert parses(pool)
    futures = [pool.submit(b"hang", CONTEXT) for _ in range(3)]
    started = time.monotonic()

    pool.abort()

    assert time.monotonic() - started < 5
    assert all(future.cancelled() for future in futures)
    assert wait(futures, timeout=SECONDS).not_done == set()


def test_a_cancelled_parse_frees_its_child(obedient: ModuleType) -> None:
    with ParserPool(workers=1, deadline_seconds=60, parse=obedient.obey) as pool:
        hanging = pool.submit(b"hang", CONTEXT)
        started = time.monotonic()
        hanging.cancel()

        assert parses(pool)
        assert time.monotonic() - started < 20


def test_many_threads_may_submit_at_once(pool: ParserPool) -> None:
    done: list[bool] = []
    threads = [threading.Thread(target=lambda: done.append(parses(pool))) for _ in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)

    assert done == [True] * 8


MAIN = """
    import sys
    sys.path.insert(0, {folder!r})
    from obedient_parser import obey
    from ingest.parse.document import ParseContext
    from ingest.parse.pool import ParserPool
    from ingest.service.lifecycle import Stop
    from datetime import UTC, datetime

    if __name__ == "__main__":
        context = ParseContext("n", "https://n.example/rss", None, "Asia/Tehran", "fa", datetime.now(UTC))
        # As the service does it: a test run in the background has SIGINT ignored, and so has what it starts.
        with Stop(5).on_signals() as stop:
            pool = ParserPool(2, {deadline}, parse=obey)
            pids = set()
            while len(pids) < 2:
                pids |= {{future.result() for future in [pool.submit(b"pid", context) for _ in range(8)]}}
            pool.submit(b"hang", context)
            print(*pids, flush=True)
            stop.wait(60)
            pool.abort()
            print(stop.reason, flush=True)
"""


@contextmanager
def started(obedient: ModuleType, tmp_path: Path, deadline: float) -> Iterator[subprocess.Popen[str]]:
    """Start a process of its own group with a pool; it says its children's ids when one of them hangs.

    Nothing of it is left when the test fails: neither a child that turns for a minute, nor a pipe that the collector
    would meet in another test.
    """
    folder = str(Path(obedient.__file__ or "").parent)
    script = tmp_path / "main.py"
    script.write_text(textwrap.dedent(MAIN).format(folder=folder, deadline=deadline), encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def children_of(process: subprocess.Popen[str]) -> list[int]:
    """Wait for the ids that it says."""
    assert process.stdout is not None
    return [int(pid) for pid in process.stdout.readline().split()]


def wait_for_fork_server(group: int) -> None:
    """Wait until a process of the group is a fork server; it is busy with its imports for a good while yet."""
    until = time.monotonic() + SECONDS
    while not any(map(is_fork_server, members(group))):
        assert time.monotonic() < until, "no fork server came"
        threading.Event().wait(0.01)


def members(group: int) -> list[int]:
    """Return the living processes of a group."""
    pids = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(ProcessLookupError):
            if os.getpgid(int(folder.name)) == group:
                pids.append(int(folder.name))
    return pids


def is_fork_server(pid: int) -> bool:
    try:
        return b"multiprocessing.forkserver" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def ended(pids: list[int], seconds: float) -> bool:
    """Wait until none of the processes is alive; a zombie of an init that does not reap counts as dead."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not any(alive(pid) for pid in pids):
            return True
        threading.Event().wait(0.05)
    return False


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in {"Z", "X"}


def test_ctrl_c_on_the_whole_group_prints_nothing_from_the_children(obedient: ModuleType, tmp_path: Path) -> None:
    with started(obedient, tmp_path, deadline=60) as process:
        pids = children_of(process)

        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=SECONDS)

        assert (out.strip(), err, process.returncode) == ("SIGINT", "", 0)
        assert ended(pids, SECONDS)


def test_ctrl_c_while_the_fork_server_starts_kills_no_part_of_it(obedient: ModuleType, tmp_path: Path) -> None:
    with started(obedient, tmp_path, deadline=60) as process:
        wait_for_fork_server(process.pid)

        os.killpg(process.pid, signal.SIGINT)
        pids = children_of(process)
        out, err = process.communicate(timeout=SECONDS)

        assert (out.strip(), err, process.returncode) == ("SIGINT", "", 0)
        assert len(pids) == 2
        assert ended(pids, SECONDS)


def test_children_do_not_outlive_a_parent_that_was_killed(obedient: ModuleType, tmp_path: Path) -> None:
    with started(obedient, tmp_path, deadline=1) as process:
        pids = children_of(process)

        process.kill()
        process.communicate(timeout=SECONDS)

        assert len(pids) == 2
        assert ended(pids, SECONDS)
