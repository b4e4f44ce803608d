"""Shows that pages are read alike by threads and processes: python -m benchmarks.concurrency.

Cleans pages one by one, then by threads that share the default Cleaner, then by pools of forked and of spawned
processes, and compares the JSON of every document byte by byte. Exit 1 names the pages that differ.
"""

from __future__ import annotations

import hashlib
import multiprocessing
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

import cleanpage
from benchmarks.compare import SETS, every_nth, head_of, require_benchmark, sample_pages, table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

THREADS: Final = 8
PROCESSES: Final = 2
CHUNK: Final = 8
"""Pages sent to a process at once."""


def digest_of(page: bytes) -> str:
    """The SHA-1 of a page's JSON and Markdown, and of the JSON of its text cleaned as a dump."""
    document = cleanpage.clean(page)
    dump = cleanpage.clean_text("\n".join(block.text for block in document.blocks))
    parts = (document.to_json(with_metadata=True), document.markdown, dump.to_json())
    return hashlib.sha1("\0".join(parts).encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def threads() -> Executor:
    """Threads that share one Cleaner."""
    return ThreadPoolExecutor(THREADS)


def forked() -> Executor:
    """Processes that inherit what this one has loaded and used."""
    return ProcessPoolExecutor(PROCESSES, multiprocessing.get_context("fork"))


def spawned() -> Executor:
    """Processes that begin with nothing."""
    return ProcessPoolExecutor(PROCESSES, multiprocessing.get_context("spawn"))


POOLS: Final[dict[str, Callable[[], Executor]]] = {
    f"{THREADS} threads": threads,
    f"{PROCESSES} forked processes": forked,
    f"{PROCESSES} spawned processes": spawned,
}


def differing(pages: Sequence[bytes], expected: Sequence[str], make_pool: Callable[[], Executor]) -> list[int]:
    """The pages that a pool reads otherwise than it was expected."""
    with make_pool() as pool:
        found = list(pool.map(digest_of, pages, chunksize=CHUNK))
    return [index for index, pair in enumerate(zip(found, expected, strict=True)) if pair[0] != pair[1]]


@click.command()
@click.option("--every", type=click.IntRange(1), default=1, show_default=True, help="Take one page in so many.")
def main(every: int) -> None:
    """Prints how many pages differ, as Markdown."""
    benchmark = require_benchmark()
    golds = [gold for name in SETS for gold in sample_pages(benchmark, name, every)]
    pages = [Path(gold["path"]).read_bytes() for gold in golds]
    # Forked before any thread is made: a child of a process with threads may inherit a lock that nobody will free.
    expected = list(map(digest_of, pages))
    found = {name: differing(pages, expected, POOLS[name]) for name in reversed(POOLS)}
    click.echo(head_of("Threads and processes", f"{every_nth(every)}, {len(pages)} in all", ["cleanpage"]))
    click.echo()
    click.echo(table(["read by", "pages that differ"], [[name, str(len(found[name]))] for name in POOLS]))
    if faults := [f"{name}: {golds[row]['set']}/{golds[row]['id']}" for name in POOLS for row in found[name]]:
        raise click.ClickException("not read alike:\n" + "\n".join(faults))


if __name__ == "__main__":
    main()
