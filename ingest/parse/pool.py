"""Parsing in child processes that are killed at a deadline: a hostile document costs its own poll and nothing else.

Knows nothing of what parsing is; it runs one function of body and context.

    done        the function's result, or the exception it raised
    deadline    the child is killed; `Reject` with `Reason.PARSE_DEADLINE`
    crash       the child died, or ran out of memory; `Reject` with `Reason.PARSE_CRASH`

Children come from a fork server, which has no threads and has the parser imported: a new child costs some
milliseconds, and no lock of this process can be inherited locked. They ignore SIGINT (Ctrl-C reaches the whole
process group; the parent ends them) and die of SIGTERM without a word. A child that outlives its parent ends when its
pipe closes, or, caught in a document, when it has used up its share of processor time.
"""

import multiprocessing
import resource
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future, InvalidStateError
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from types import TracebackType
from typing import Self

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from ingest.fetch.outcome import Reason
from ingest.parse.document import ParseContext, ParsedFeed
from ingest.parse.feed import parse_feed
from ingest.service.errors import Reject

MEMORY_MAX_BYTES = 2 * 1_024**3
"""Address space of a child: a document of 15 MB takes about 0.5 GB, so what asks for more is an attack."""
CPU_SLACK_SECONDS = 5


class ChildPool[Context, Document]:
    """A fixed number of children that run one function; `submit` may be called from any thread.

    `deadline_seconds` runs from the moment that a child takes the document up, waiting in the queue is not counted.
    After `max_tasks_per_child` documents a child is replaced, as feedparser's memory grows (0: never).
    """

    def __init__(
        self,
        workers: int,
        deadline_seconds: float,
        max_tasks_per_child: int = 1_000,
        *,
        parse: Callable[[bytes, Context], Document],
    ) -> None:
        self._workers = workers
        self._deadline_seconds = deadline_seconds
        self._max_tasks_per_child = max_tasks_per_child
        self._parse = parse
        self._lock = threading.Lock()
        self._closed = False
        self._unfinished: set[Future[Document]] = set()
        self._pool = self._new_pool()

    def submit(self, body: bytes, context: Context) -> Future[Document]:
        """Return the future of one parse; cancelling it stops the parse, also when it runs already.

        Raises `RuntimeError` after `close` or `abort`.
        """
        outer: Future[Document] = Future()
        self._unfinished.add(outer)
        outer.add_done_callback(self._finished)
        try:
            self._schedule(outer, body, context, again=True)
        except BaseException:
            outer.cancel()
            raise
        return outer

    def close(self, timeout_seconds: float | None = None) -> None:
        """Let what was submitted finish, at most this long, then end the children."""
        with self._lock:
            self._closed = True
            self._pool.close()  # type: ignore[no-untyped-call]
        try:
            self._pool.join(timeout_seconds)
        except TimeoutError:
            self.abort()

    def abort(self) -> None:
        """End the children at once; what was not finished is cancelled."""
        with self._lock:
            self._closed = True
            self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()
        for future in tuple(self._unfinished):  # pebble forgets what is queued
            future.cancel()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.abort()

    def _finished(self, outer: Future[Document]) -> None:
        self._unfinished.discard(outer)
        if outer.cancelled():
            outer.set_running_or_notify_cancel()  # wakes `wait` and `as_completed`, which `cancel` alone does not

    def _new_pool(self) -> ProcessPool:
        # It unblocks SIGINT when it has started its process: that must not happen while we hold it blocked.
        resource_tracker.ensure_running()
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([__name__])
        return ProcessPool(
            max_workers=self._workers,
            max_tasks=self._max_tasks_per_child,
            initializer=_enter_child,
            initargs=(self._deadline_seconds,),
            context=context,
        )

    def _schedule(self, outer: Future[Document], body: bytes, context: Context, *, again: bool) -> None:
        with self._lock, _interrupts_blocked():
            if self._closed:
                raise RuntimeError("the parser pool is closed")
            if not self._pool.active:
                # A child that dies while idle, of the kernel's memory killer say, breaks pebble's pool for good.
                # It is joined apart, as its own thread may be the one that came here.
                threading.Thread(target=self._pool.join, name="broken-parser-pool", daemon=True).start()
                self._pool = self._new_pool()
            inner = self._pool.schedule(_in_child, (self._parse, body, context), timeout=self._deadline_seconds)

        def settle(done: Future[Document]) -> None:
            if again and not done.cancelled() and isinstance(done.exception(), BrokenProcessPool):
                try:  # the pool broke before a child took the document: not the document's fault
                    self._schedule(outer, body, context, again=False)
                except RuntimeError:
                    outer.cancel()
            else:
                _settle(outer, done)

        inner.add_done_callback(settle)
        outer.add_done_callback(lambda future: _cancel(inner) if future.cancelled() else None)


class ParserPool(ChildPool[ParseContext, ParsedFeed]):
    """Children that parse feed documents."""

    def __init__(
        self,
        workers: int,
        deadline_seconds: float,
        max_tasks_per_child: int = 1_000,
        *,
        parse: Callable[[bytes, ParseContext], ParsedFeed] = parse_feed,
    ) -> None:
        super().__init__(workers, deadline_seconds, max_tasks_per_child, parse=parse)


def _cancel[Document](inner: ProcessFuture[Document]) -> None:
    inner.cancel()  # type: ignore[no-untyped-call]


def _settle[Document](outer: Future[Document], done: Future[Document]) -> None:
    """Hand the outcome on, in the project's own exceptions, unless the caller has cancelled meanwhile."""
    if done.cancelled() or isinstance(error := done.exception(), CancelledError):
        outer.cancel()
        return
    with suppress(InvalidStateError):
        if error is None:
            outer.set_result(done.result())
        else:
            outer.set_exception(_as_reject(error))


def _as_reject(error: BaseException) -> BaseException:
    if isinstance(error, TimeoutError):
        return Reject(Reason.PARSE_DEADLINE.value)
    if isinstance(error, ProcessExpired):
        return Reject(Reason.PARSE_CRASH.value, f"exit code {error.exitcode}")
    if isinstance(error, BrokenProcessPool | MemoryError):
        return Reject(Reason.PARSE_CRASH.value, type(error).__name__)
    return error


def _enter_child(deadline_seconds: float) -> None:
    """Set the child's signals and limits; runs in each child before its first document."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # a handler in Python would wait for C code to return
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX_BYTES, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _grant(deadline_seconds)
    global _deadline_seconds  # noqa: PLW0603 - the child has one deadline, given once by its initializer
    _deadline_seconds = deadline_seconds


_deadline_seconds = 0.0


def _in_child[Context, Document](
    parse: Callable[[bytes, Context], Document], body: bytes, context: Context
) -> Document:
    _grant(_deadline_seconds)
    return parse(body, context)


def _grant(seconds: float) -> None:
    """Allow processor time for one more document: the kernel's deadline, for when no parent is left to keep one."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    allowed = int(used.ru_utime + used.ru_stime + seconds) + CPU_SLACK_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (allowed, resource.RLIM_INFINITY))


@contextmanager
def _interrupts_blocked() -> Iterator[None]:
    """Block SIGINT for the threads and processes started within, so that no child sees it before it ignores it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
