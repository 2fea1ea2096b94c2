"""Mutates documents for the fuzz targets: a corpus that grows by what reaches new lines of code.

Knows nothing of what is fuzzed. Input number n of a seed depends on the seed, n and what was kept before it; what fails
is saved, so nothing has to be made again.
"""

import argparse
import hashlib
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import CodeType, FrameType

FAILURES = Path(__file__).resolve().parents[2] / ".local" / "fuzz"
CORPUS_MAX = 4_000
BYTES_MAX = 300_000
"""Larger inputs only make the run slower; size limits have tests of their own."""


class Hang(BaseException):
    """An input took longer than its bound; no handler of the code under test may take it for its own."""


@dataclass(slots=True)
class Coverage:
    """Which lines of some source folders have run; each costs its callback once only."""

    folders: tuple[str, ...]
    lines: int = 0
    _fresh: bool = field(default=False, init=False)

    def start(self) -> None:
        """Watch the lines from now on."""
        tool, events = sys.monitoring.COVERAGE_ID, sys.monitoring.events
        sys.monitoring.use_tool_id(tool, "fuzz")
        sys.monitoring.register_callback(tool, events.LINE, self._line)
        sys.monitoring.set_events(tool, events.LINE)

    def stop(self) -> None:
        """Watch no longer."""
        sys.monitoring.set_events(sys.monitoring.COVERAGE_ID, 0)
        sys.monitoring.free_tool_id(sys.monitoring.COVERAGE_ID)

    def took_new_line(self) -> bool:
        """Tell whether a line ran for the first time since the last call."""
        fresh, self._fresh = self._fresh, False
        return fresh

    def _line(self, code: CodeType, _: int) -> object:
        if any(folder in code.co_filename for folder in self.folders):
            self.lines += 1
            self._fresh = True
        return sys.monitoring.DISABLE


@dataclass(frozen=True, slots=True)
class Target:
    """What is fuzzed: `check` raises whatever it likes for an input that breaks a promise."""

    name: str
    seeds: Sequence[bytes]
    tokens: Sequence[bytes]
    check: Callable[[bytes], None]
    generate: Callable[[Random], bytes] | None = None
    """Makes an input from nothing, for one in ten."""
    folders: tuple[str, ...] = ()
    seconds_per_input: float = 5.0


@dataclass(frozen=True, slots=True)
class Figures:
    """What a run came to."""

    inputs: int
    corpus: int
    lines: int
    cpu_seconds: float
    slowest_seconds: float
    failures: tuple[Path, ...]


def fuzz(
    target: Target, seconds: float, seed: int, folder: Path = FAILURES, inputs_max: float = float("inf")
) -> Figures:
    """Feed `target` mutated inputs for this much processor time or this many; each kind of failure is saved once.

    Processor time, so that a run on a busy machine does as much as on a calm one.
    """
    coverage = Coverage(target.folders)
    corpus, failures = list(target.seeds), dict[str, Path]()
    slowest, inputs, began = 0.0, 0, time.process_time()
    coverage.start()
    try:
        while time.process_time() - began < seconds and inputs < inputs_max:
            random = Random(f"{seed}/{inputs}")
            body = corpus[inputs] if inputs < len(target.seeds) else _next_input(target, corpus, random)
            started = time.process_time()
            failure = _failure(target, body)
            slowest = max(slowest, time.process_time() - started)
            inputs += 1
            if failure and failure not in failures:
                failures[failure] = _saved(folder, target.name, body)
                sys.stderr.write(f"{target.name}: input {inputs} of seed {seed}: {failures[failure]}\n{failure}\n")
            if coverage.took_new_line() and not failure and len(corpus) < CORPUS_MAX:
                corpus.append(body)
    finally:
        coverage.stop()
    spent = time.process_time() - began
    return Figures(inputs, len(corpus), coverage.lines, spent, slowest, tuple(failures.values()))


def main(target: Target) -> int:
    """Run a target from the command line; the exit status tells whether anything was found."""
    parser = argparse.ArgumentParser(description=f"Fuzz {target.name}.")
    parser.add_argument("--seconds", type=float, default=60.0, help="of processor time (default: 60)")
    parser.add_argument("--seed", type=int, default=0, help="of chance (default: from the clock)")
    parser.add_argument("--inputs", type=float, default=float("inf"), help="stop after this many, for a run to repeat")
    parser.add_argument("--input", type=Path, help="check one saved input instead")
    given = parser.parse_args()
    if given.input:
        target.check(given.input.read_bytes())
        return 0
    seed = given.seed or int(time.time())
    figures = fuzz(target, given.seconds, seed, inputs_max=given.inputs)
    sys.stdout.write(
        f"{target.name}: seed {seed}, {figures.inputs} inputs in {figures.cpu_seconds:.0f} s of processor time,"
        f" {figures.lines} lines reached, {figures.corpus} kept,"
        f" slowest {figures.slowest_seconds:.2f} s, {len(figures.failures)} failures\n"
    )
    return 1 if figures.failures else 0


def _failure(target: Target, body: bytes) -> str | None:
    """Return what went wrong and where, the same text for the same fault; None where nothing did."""
    try:
        with _bounded(target.seconds_per_input):
            target.check(body)
    except (Exception, Hang) as error:  # noqa: BLE001 - whatever comes is a finding
        frames = traceback.extract_tb(error.__traceback__)
        where = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames[-4:]))
        return (
            f"{type(error).__name__} at {where}: {str(error)[:200]}"
            if isinstance(error, AssertionError)
            else (f"{type(error).__name__} at {where}")
        )
    return None


@contextmanager
def _bounded(seconds: float) -> Iterator[None]:
    """Raise `Hang` within the block when it takes longer; processor time, so that a busy machine is no fault."""

    def late(_: int, __: FrameType | None) -> None:
        raise Hang(f"more than {seconds} s")

    before = signal.signal(signal.SIGVTALRM, late)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _saved(folder: Path, name: str, body: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{hashlib.sha256(body).hexdigest()[:12]}"
    path.write_bytes(body)
    return path


def _next_input(target: Target, corpus: Sequence[bytes], random: Random) -> bytes:
    made = target.generate(random) if target.generate and random.random() < 0.1 else None
    body = random.choice(corpus) if made is None else made
    for _ in range(random.choice((0, 1, 1, 1, 2, 2, 3, 5, 8))):
        body = random.choice(_MUTATIONS)(body, random, target.tokens, corpus)
    return body[:BYTES_MAX]


Mutation = Callable[[bytes, Random, Sequence[bytes], Sequence[bytes]], bytes]


def _slice(body: bytes, random: Random, longest: int) -> tuple[int, int]:
    start = random.randrange(len(body) + 1)
    return start, min(len(body), start + random.randrange(1, longest + 1))


def _delete(body: bytes, random: Random, *_: Sequence[bytes]) -> bytes:
    start, end = _slice(body, random, random.choice((1, 1, 8, 200)))
    return body[:start] + body[end:]


def _truncate(body: bytes, random: Random, *_: Sequence[bytes]) -> bytes:
    return body[: random.randrange(len(body) + 1)]


def _flip(body: bytes, random: Random, *_: Sequence[bytes]) -> bytes:
    if not body:
        return body
    at = random.randrange(len(body))
    return body[:at] + bytes([body[at] ^ 1 << random.randrange(8)]) + body[at + 1 :]


def _insert_bytes(body: bytes, random: Random, *_: Sequence[bytes]) -> bytes:
    at = random.randrange(len(body) + 1)
    return body[:at] + random.randbytes(random.choice((1, 1, 2, 4, 16))) + body[at:]


def _insert_token(body: bytes, random: Random, tokens: Sequence[bytes], _: Sequence[bytes]) -> bytes:
    at = random.randrange(len(body) + 1)
    return body[:at] + random.choice(tokens) * random.choice((1, 1, 1, 1, 2, 10)) + body[at:]


def _replace_token(body: bytes, random: Random, tokens: Sequence[bytes], _: Sequence[bytes]) -> bytes:
    present = [token for token in random.sample(tokens, min(len(tokens), 20)) if token in body]
    if not present:
        return _insert_token(body, random, tokens, ())
    return body.replace(random.choice(present), random.choice(tokens), random.choice((1, 1, -1)))


def _flood(body: bytes, random: Random, tokens: Sequence[bytes], _: Sequence[bytes]) -> bytes:
    """Repeat one token very often: what takes quadratic time shows here."""
    if random.random() < 0.8:
        return _insert_token(body, random, tokens, ())
    at = random.randrange(len(body) + 1)
    return body[:at] + random.choice(tokens) * random.choice((100, 1_000, 10_000)) + body[at:]


def _repeat(body: bytes, random: Random, *_: Sequence[bytes]) -> bytes:
    start, end = _slice(body, random, 400)
    return body[:end] + body[start:end] * random.choice((1, 1, 2, 20)) + body[end:]


def _move(body: bytes, random: Random, *_: Sequence[bytes]) -> bytes:
    start, end = _slice(body, random, 400)
    rest = body[:start] + body[end:]
    at = random.randrange(len(rest) + 1)
    return rest[:at] + body[start:end] + rest[at:]


def _splice(body: bytes, random: Random, _: Sequence[bytes], corpus: Sequence[bytes]) -> bytes:
    other = random.choice(corpus)
    start, end = _slice(other, random, 2_000)
    at, until = _slice(body, random, 200)
    return body[:at] + other[start:end] + body[until:]


_MUTATIONS: tuple[Mutation, ...] = (
    *(_delete, _truncate, _flip, _insert_bytes, _repeat, _move, _splice, _flood),
    *(_insert_token, _insert_token, _insert_token, _replace_token, _replace_token),
)
