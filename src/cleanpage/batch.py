"""Many pages: one result an input, in order, with failures kept to the page they belong to."""

from __future__ import annotations

import os
import sys
from collections import deque
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from functools import partial
from operator import length_hint
from pathlib import Path, PurePath
from queue import SimpleQueue
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from cleanpage.errors import CleanpageError, ConfigError, InputError, PageTooLarge

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator
    from concurrent.futures import Future
    from multiprocessing.context import BaseContext

    from pebble import ProcessPool

    from cleanpage.api import Cleaner
    from cleanpage.config import Config
    from cleanpage.document import Document

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
class Result:
    """What became of one input.

    Attributes:
        index: Its place among the inputs, from 0.
        status: 'ok', 'empty' (a document without blocks), 'too_large', 'timeout' or 'error'.
        document: The document; None where the status is 'too_large', 'timeout' or 'error'.
        error: What went wrong, '' where nothing did.
    """

    index: int
    status: str
    document: Document | None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Portable:
    """A page as it is sent to another process: plain values, which unpickle anywhere.

    `cleanpage.clean` takes it as it is, for the attributes have the names that httpx gives them.

    Attributes:
        content: The page; for an lxml tree its HTML.
        charset_encoding: The charset of the content-type header, '' if there was none.
        url: Where the page is from, '' if not known.
        root: Tag of the lxml element that was given; '' for other inputs.
    """

    content: bytes | str
    charset_encoding: str = ""
    url: str = ""
    root: str = ""


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


def clean_many(
    pages: Iterable[object],
    *,
    workers: int = 1,
    timeout: float | None = None,
    progress: bool = False,
    cleaner: Cleaner | None = None,
) -> Iterator[Result]:
    """Cleans pages one after the other, or in worker processes.

    Pages may be without end: few are read ahead. Responses, files, soups and lxml trees are read in this process, and
    sent to the workers as bytes or HTML. The workers end with the iterator: when it is used up, closed or dropped.

    On Linux, workers are forked, unless `multiprocessing.set_start_method` says otherwise; elsewhere a script has to
    call this under ``if __name__ == "__main__":``.

    Args:
        pages: What `cleanpage.clean` takes, any number of it.
        workers: Processes that clean; 1 without a timeout cleans in this process.
        timeout: Seconds a page may take, counted from when a worker takes it; the worker is then replaced.
        progress: Show a progress bar on standard error.
        cleaner: A Cleaner with options; with worker processes it must have no detectors, lexicons
            or filter lists of its own.

    Yields:
        One result an input, in the order of the inputs.

    Raises:
        ConfigError: ``workers`` or ``timeout`` means nothing, the cleaner cannot be sent to worker processes, its
            weights cannot be used, or worker processes cannot be started.
        InputError: ``pages`` is a single page, or cannot be iterated over.
    """
    from cleanpage.api import default_cleaner

    if workers < 1:
        raise ConfigError(f"workers={workers} means nothing; give 1 or more")
    if timeout is not None and not timeout > 0:
        raise ConfigError(f"timeout={timeout} means nothing; give seconds, more than 0")
    if isinstance(pages, (str, bytes, bytearray, memoryview)) or not hasattr(pages, "__iter__"):
        raise InputError(f"clean_many() takes several pages, not one {type(pages).__name__}: give a list of them")
    chosen = cleaner or default_cleaner()
    if workers == 1 and timeout is None:
        results = _in_this_process(chosen, pages)
    elif chosen.is_portable:
        results = in_processes(Work(chosen.config, _clean_portable, _pack, timeout), pages, workers)
    else:
        raise ConfigError("a cleaner with detectors, lexicons or filter lists of its own: use workers=1 and no timeout")
    return _with_progress(results, pages) if progress else results


def attempt(index: int, clean: Callable[[], Document]) -> Result:
    """Calls a function that cleans one page; its failure becomes the result.

    Args:
        index: Place of the page among the inputs.
        clean: What to call.

    Returns:
        The result; of an exception that cleanpage did not foresee, ``error`` says where it arose.

    Raises:
        ConfigError: The options are wrong, for every page.
    """
    try:
        document = clean()
        return Result(index, "ok" if document.blocks else "empty", document)
    except ConfigError:
        raise
    except Exception as error:  # noqa: BLE001 - a defect that one page among thousands meets must not cost the others
        return failed(index, error)


def failed(index: int, error: Exception) -> Result:
    """The result of a page whose reading or cleaning raised."""
    if isinstance(error, CleanpageError):
        return Result(index, "too_large" if isinstance(error, PageTooLarge) else "error", None, str(error))
    from traceback import extract_tb

    place = extract_tb(error.__traceback__)[-1]
    where = f"{Path(place.filename).name}, line {place.lineno}"
    message = f"cleanpage failed with {type(error).__name__}: {error} ({where}); please report it, with the page"
    return Result(index, "error", None, message)


def _in_this_process(cleaner: Cleaner, pages: Iterable[object]) -> Generator[Result]:
    for index, page in enumerate(pages):
        yield attempt(index, partial(cleaner.clean, page))


def _with_progress(results: Generator[Result], pages: Iterable[object]) -> Generator[Result]:
    from tqdm.auto import tqdm

    with closing(results), tqdm(results, total=length_hint(pages) or None, unit="page") as shown:
        yield from shown


def in_processes(work: Work, pages: Iterable[object], workers: int) -> Generator[Any]:
    """Gives pages out to worker processes, each fed by a thread, and hands back the results in order.

    Args:
        work: What is done with each page.
        pages: The pages; few are read ahead.
        workers: How many processes.

    Yields:
        What ``work.clean`` returned; a Result for a page that could not be packed, took too long or ended its worker.

    Raises:
        ConfigError: The options are wrong, or worker processes cannot be started.
    """
    from concurrent.futures import ThreadPoolExecutor

    _warm_up(work.config)  # raises what is wrong with the options; forked workers have all that it loads
    results: deque[Future[Any]] = deque()
    idle: SimpleQueue[_Worker] = SimpleQueue()
    with ThreadPoolExecutor(workers) as threads, ExitStack() as stack:
        for _ in range(workers):
            idle.put(stack.enter_context(closing(_Worker(work))))
        stack.callback(_cancel, results)  # runs before the workers end, as their end does before that of the threads
        for index, page in enumerate(pages):
            results.append(threads.submit(_task(idle, work, index, page)))
            if len(results) >= PAGES_IN_FLIGHT * workers:
                yield results.popleft().result()
        while results:
            yield results.popleft().result()


def _cancel(results: Iterable[Future[Any]]) -> None:
    for result in results:
        result.cancel()


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

    _ = Cleaner(replace(config, max_bytes=len(WARM_UP_PAGE))).clean(WARM_UP_PAGE).blocks


def _clean_portable(config: Config, index: int, page: Portable | Path) -> Result:
    """Cleans a page in a worker process."""
    from cleanpage.api import Cleaner

    return attempt(index, lambda: Cleaner(config).clean(_unpack(page)))


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

        try:
            return self._run(self.work.clean, self.work.config, index, page)
        except TimeoutError:
            message = f"the page took more than {self.work.timeout} s; give it more with timeout="
            return Result(index, "timeout", None, message)
        except ProcessExpired as error:
            return Result(index, "error", None, f"{DIED} (exit code {error.exitcode})")
        except RuntimeError:
            self._check_start()
            return Result(index, "error", None, DIED)

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


def _pack(page: object, max_bytes: int) -> Portable | Path:
    """A page as it can be sent to another process."""
    from cleanpage.inputs import content_of, read_page
    from cleanpage.parse import is_lxml, root_of

    if isinstance(page, PurePath):
        return Path(page)
    if not is_lxml(page):
        content, charset, url = content_of(page, max_bytes)
        # A subclass could bring a whole soup along.
        return Portable(str(content) if isinstance(content, str) else bytes(content), charset, url)
    root = root_of(page)
    if root is None:
        read_page(page)  # raises, if it is a comment; a tree without a root is an empty page
        return Portable("")
    from lxml import etree

    html = etree.tostring(root, encoding="unicode", method="html", with_tail=False)
    return Portable(html, root=etree.QName(root).localname)


def _unpack(page: Portable | Path) -> object:
    """What `cleanpage.clean` is given in the other process."""
    if isinstance(page, Path) or page.root in ("", "html"):
        return page
    from cleanpage.parse import parse

    # The parser wraps an element that is no document in html and body, which the paths of its blocks must not have.
    root = parse(str(page.content))
    return page if root is None else next(root.iter(page.root), root)
