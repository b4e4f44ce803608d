"""Worker processes that clean pages: replaced when a page takes too long or ends them, gone with what they work for."""

from __future__ import annotations

import os
import sys
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from functools import partial
from math import inf
from queue import SimpleQueue
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from cleanpage.errors import ConfigError
from cleanpage.results import Result, failed

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable
    from concurrent.futures import Future
    from multiprocessing.context import BaseContext

    from pebble import ProcessPool

    from cleanpage.config import Config

PAGES_IN_FLIGHT: Final = 4
"""Pages given out a worker: enough to keep it busy while an earlier page takes long or the caller looks at a result,
few enough to bound memory. 200 pages of uneven length take 1.5 times as long with 1, and no less with 16."""

POLL_SECONDS: Final = 1.0
"""How often a page that takes long is checked to have a process still, seconds."""

DIED: Final = "the worker process died on this page"
NO_WORKERS: Final = (
    "workers: the processes end before they take a page; call clean_many() under if __name__ == '__main__':, as "
    "multiprocessing asks for where processes are not forked, or use workers=1 and no timeout"
)
WARM_UP_PAGE: Final = "<p>The words of this page load all that is loaded once: libraries, weights and lexicons.</p>"


@dataclass(frozen=True, slots=True)
class Work:
    """What worker processes do with each page.

    Attributes:
        config: The options of the Cleaner.
        clean: Cleans a page in a worker: gets the options, the page's index and what ``pack`` made of it. It, and what
            it returns, are pickled.
        pack: Reads a page in this process, at most so many bytes of it, into what can be pickled.
        timeout: Seconds a page may take; None for any time.
    """

    config: Config
    clean: Callable[[Config, int, Any], Any]
    pack: Callable[[Any, int], Any]
    timeout: float | None


class _InFlight:
    """The pages that workers have; at the front is the one whose result is to be given next."""

    def __init__(self, *, in_order: bool) -> None:
        self.in_order = in_order
        self.given: dict[Future[Any], None] = {}
        self.done: SimpleQueue[Future[Any]] = SimpleQueue()

    def __len__(self) -> int:
        return len(self.given)

    def add(self, future: Future[Any]) -> None:
        self.given[future] = None
        if not self.in_order:
            future.add_done_callback(self.done.put)

    def has_result(self) -> bool:
        """Whether taking the next result does not wait."""
        return next(iter(self.given)).done() if self.in_order else not self.done.empty()

    def take(self) -> Any:
        future = next(iter(self.given)) if self.in_order else self.done.get()
        del self.given[future]
        return future.result()

    def cancel(self) -> None:
        for future in list(self.given):
            future.cancel()


def in_processes(work: Work, pages: Iterable[object], workers: int, *, in_order: bool = True) -> Generator[Any]:
    """Gives pages out to worker processes, each fed by a thread, and hands back the results.

    Args:
        work: What is done with each page.
        pages: The pages; few are read ahead.
        workers: How many processes.
        in_order: Whether results come in the order of the pages; False gives each as soon as it is there.

    Yields:
        What ``work.clean`` returned; a Result for a page that could not be packed, took too long or ended its worker.

    Raises:
        ConfigError: The options are wrong, or worker processes cannot be started.
    """
    from concurrent.futures import ThreadPoolExecutor

    _warm_up(work.config)  # raises what is wrong with the options; forked workers have all that it loads
    flight = _InFlight(in_order=in_order)
    idle: SimpleQueue[_Worker] = SimpleQueue()
    with ThreadPoolExecutor(workers) as threads, ExitStack() as stack:
        for _ in range(workers):
            idle.put(stack.enter_context(closing(_Worker(work))))
        stack.callback(flight.cancel)  # runs before the workers end, as their end does before that of the threads
        for index, page in enumerate(pages):
            flight.add(threads.submit(_task(idle, work, index, page)))
            while flight and (flight.has_result() or len(flight) >= PAGES_IN_FLIGHT * workers):
                yield flight.take()
        while flight:
            yield flight.take()


def _task(idle: SimpleQueue[_Worker], work: Work, index: int, page: object) -> Callable[[], Any]:
    """What a thread does for a page, which is read here: it may be a connection that no other thread may touch."""
    try:
        portable = work.pack(page, work.config.max_bytes)
    except Exception as error:  # noqa: BLE001 - whatever a caller's object raises is this page's result
        return partial(failed, index, error)
    return partial(_clean_in_worker, idle, index, portable)


def _clean_in_worker(idle: SimpleQueue[_Worker], index: int, page: object) -> Any:
    """Has a page cleaned by a worker that has nothing else to do."""
    worker = idle.get()
    try:
        return worker.clean(index, page)
    finally:
        idle.put(worker)


def _warm_up(config: Config) -> None:
    """Loads what the first page would load, for that page's time is limited."""
    from cleanpage.api import Cleaner

    _ = Cleaner(replace(config, max_bytes=len(WARM_UP_PAGE), max_seconds=inf)).clean(WARM_UP_PAGE).blocks


class _Worker:
    """A worker process: one of pebble's pools, which ends the process and starts another when a page's time is up.

    The pool has one process and gets one page at a time: with more, pebble may take a process that died for that of
    another page, and wait for ever for the page that it was. It gives up a pool whose process dies before it knows the
    page, or between two pages (out of memory, or ended from outside); the page then gets a new pool.
    """

    def __init__(self, work: Work) -> None:
        self.work = work
        self.lock = Lock()
        self.is_closed = False
        self.pool = self._make_pool()
        self.future: Future[Any] | None = None

    def close(self) -> None:
        """Ends the process, and the page that it is at."""
        with self.lock:
            self.is_closed = True
            if self.future is not None:
                self.future.cancel()  # nobody is left waiting
            _end(self.pool)

    def clean(self, index: int, page: object) -> Any:
        """Has a page cleaned, and waits for the result."""
        from pebble import ProcessExpired

        start = time.perf_counter()
        try:
            return self._run(self.work.clean, self.work.config, index, page)
        except TimeoutError:
            status, message = "timeout", f"the page took more than {self.work.timeout} s; give it more with timeout="
        except ProcessExpired as error:
            status, message = "error", f"{DIED} (exit code {error.exitcode})"
        except SystemExit as error:  # pebble hands it on; it would end this process
            status, message = "error", f"{DIED} (exit code {error.code})"
        except RuntimeError:
            self._check_start()
            status, message = "error", DIED
        return Result(index, status, None, message, seconds=time.perf_counter() - start)

    def _check_start(self) -> None:
        """Raises if no process can be started at all."""
        try:
            self._run(os.getpid)
        except RuntimeError as error:
            raise ConfigError(NO_WORKERS) from error

    def _run(self, function: Callable[..., Any], *args: Any) -> Any:
        """Calls a function in the process; raises RuntimeError if two pools break over it."""
        try:
            return self._call(function, *args)
        except RuntimeError:
            with self.lock:
                if self.is_closed:
                    raise
                _end(self.pool)
                self.pool = self._make_pool()
            return self._call(function, *args)

    def _call(self, function: Callable[..., Any], *args: Any) -> Any:
        from concurrent.futures import wait

        self.future = self.pool.schedule(function, args, timeout=self.work.timeout)
        while not wait([self.future], timeout=POLL_SECONDS).done:
            if not self.pool.active:  # it broke before it noticed that it had a page
                raise RuntimeError(DIED)
        return self.future.result()

    def _make_pool(self) -> ProcessPool:
        from pebble import ProcessPool

        pool = ProcessPool(1, initializer=_warm_up, initargs=(self.work.config,), context=_context())
        try:
            # Starts the process in this thread: of two that fork at the same time, each waits for both to end.
            pool.schedule(os.getpid)
        except RuntimeError as error:
            raise ConfigError(NO_WORKERS) from error
        return pool


def _end(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()


def _context() -> BaseContext:
    """How processes are started: forked on Linux, where a script without a guard then works, unless somebody chose."""
    import multiprocessing

    default = multiprocessing.get_all_start_methods()[0]
    chosen = multiprocessing.get_start_method(allow_none=True) or default
    return multiprocessing.get_context("fork" if chosen == default and sys.platform == "linux" else chosen)
