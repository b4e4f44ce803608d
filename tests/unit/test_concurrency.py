"""Threads and processes read pages alike, and nothing is left behind."""

from __future__ import annotations

import gc
import threading
from pathlib import Path

import pytest

import cleanpage
from benchmarks.concurrency import POOLS, THREADS, differing, digest_of, forked, spawned
from benchmarks.growth_pages import HTML_PAGES
from benchmarks.soak import open_files, resident, soak

pytestmark = pytest.mark.filterwarnings(
    # Python 3.12 and later; what the threads of the tests before held is free by then.
    "ignore:This process .* is multi-threaded, use of fork:DeprecationWarning"
)

FOLDER = Path(__file__).parents[1] / "fixtures" / "rich_pages"
EXAMPLES = Path(__file__).parents[2] / "examples"
PAGES = [path.read_bytes() for path in sorted([*FOLDER.glob("*/input.html"), *EXAMPLES.glob("*.html")])]
ODD = [maker(50).encode("utf-8", "replace") for maker in HTML_PAGES.values()]

THREADED = next(iter(POOLS))


@pytest.fixture(scope="module")
def expected() -> list[str]:
    """What one thread of one process makes of the pages."""
    return list(map(digest_of, PAGES + ODD))


def test_sample() -> None:
    """There is something to compare."""
    assert len(PAGES) >= 5


def test_threads(expected: list[str]) -> None:
    """Threads that share the default Cleaner, each several pages at a time, read them as one thread does."""
    assert differing((PAGES + ODD) * 2, expected * 2, POOLS[THREADED]) == []


def test_forked_processes(expected: list[str]) -> None:
    """Forked processes do as well."""
    assert differing(PAGES + ODD, expected, forked) == []


def test_spawned_processes(expected: list[str]) -> None:
    """Spawned processes do as well."""
    assert differing(PAGES, expected[: len(PAGES)], spawned) == []


def test_one_document_in_many_threads() -> None:
    """Views are made when first asked for: threads that ask at once all get the whole view."""
    for page in PAGES:
        expected = cleanpage.clean(page)
        wanted = (expected.to_json(with_metadata=True), expected.markdown, expected.html, expected.tei)
        document = cleanpage.clean(page)
        barrier = threading.Barrier(THREADS)
        found: list[object] = []

        def read(document: cleanpage.Document = document, barrier: threading.Barrier = barrier) -> None:
            barrier.wait()
            found.append((document.to_json(with_metadata=True), document.markdown, document.html, document.tei))  # noqa: B023

        workers = [threading.Thread(target=read) for _ in range(THREADS)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert found == [wanted] * THREADS


def test_nothing_is_left_behind() -> None:
    """After some hundred pages the process has the files open that it had, and hardly more memory or objects."""
    soak(PAGES, 20, samples=1)
    gc.collect()
    before = (open_files(), len(gc.get_objects()), resident())
    soak(PAGES, 200, samples=1)
    gc.collect()
    after = (open_files(), len(gc.get_objects()), resident())
    assert after[0] <= before[0]
    assert after[1] <= before[1] + 200
    assert after[2] <= before[2] + 30
