"""What worker processes gain, and what many pages cost in memory: python -m benchmarks.batches.

`rate` cleans pages of the benchmark with one process and with two, in turns. Where the machine has other work, look at
the processor time: what two workers can gain at the most is twice the time of one process by the time of all of three.

`memory` has the command clean any number of small pages, and prints the memory of its processes on the way.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import click

from benchmarks.compare import SETS, every_nth, head_of, publish, require_benchmark, sample_pages, table
from cleanpage import clean_many

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

WAYS: Final[Mapping[str, dict[str, float]]] = {
    "in this process": {},
    "1 worker": {"workers": 1, "timeout": 60},
    "2 workers": {"workers": 2, "timeout": 60},
}
REPORTED_COUNT: Final = 10
"""How often memory is looked at in a run."""

SENTENCES: Final = (
    "The ferry to the outer islands sails again from Thursday, after the gales of last week broke its landing stage.",
    "Le marché du samedi a retrouvé sa place au pied de la vieille halle, dont le toit a été refait pendant l'hiver.",
    "Der Turm der alten Werft bekommt eine neue Uhr, und im Mai soll sie zum ersten Mal wieder die Stunde schlagen.",
)


class Times(NamedTuple):
    """What a run took, in seconds: on the clock, and of the processors by this process and by its workers."""

    clock: float
    own: float
    workers: float


def timed(pages: Sequence[bytes], options: Mapping[str, float]) -> Times:
    """Cleans pages once."""
    clock, own, workers = time.perf_counter(), time.process_time(), _children_seconds()
    for _ in clean_many(pages, **options):  # type: ignore[arg-type]
        pass
    return Times(time.perf_counter() - clock, time.process_time() - own, _children_seconds() - workers)


def _children_seconds() -> float:
    used = os.times()
    return used.children_user + used.children_system


def rate_lines(rounds: Sequence[Mapping[str, Times]], page_count: int) -> list[list[str]]:
    """The lines of the table: medians, and the ratios to one process within the same round.

    Args:
        rounds: For each round what each way took; the first way is the one that others are compared to.
        page_count: How many pages were cleaned in a round.
    """
    first = next(iter(rounds[0]))
    lines = []
    for name in rounds[0]:
        clock = statistics.median(times[name].clock for times in rounds)
        own, workers = (statistics.median(times[name][part] for times in rounds) for part in (1, 2))
        gain = statistics.median(times[first].clock / times[name].clock for times in rounds)
        bound = statistics.median(2 * sum(times[first][1:]) / sum(times[name][1:]) for times in rounds)
        milliseconds = [f"{1000 * seconds / page_count:.2f}" for seconds in (clock, own, workers)]
        lines.append([name, *milliseconds, f"{gain:.2f}", f"{bound:.2f}" if name.startswith("2") else ""])
    return lines


def memory_of(process: int) -> list[int]:
    """Resident memory of a process and of each of its children, in MiB; needs the files of Linux's kernel."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="utf-8").split()
    threads = Path(f"/proc/{process}/task").iterdir()  # pebble starts a worker anew from a thread of its own
    for thread in threads:
        children += (thread / "children").read_text(encoding="utf-8").split()
    found = []
    for number in (process, *sorted({int(child) for child in children})):
        status = Path(f"/proc/{number}/status").read_text(encoding="utf-8")
        found.append(int(status.partition("VmRSS:")[2].split()[0]) // 1024)
    return found


def small_pages(count: int) -> Iterator[bytes]:
    """Lines of JSON with small pages that differ from each other."""
    for number in range(count):
        sentence = SENTENCES[number % len(SENTENCES)]
        html = f"<nav><a href=/>Home</a></nav><h1>Number {number}</h1><p>{sentence}</p><p>{number}: {sentence}</p>"
        yield json.dumps({"id": number, "html": f"<html><body>{html}</body></html>"}).encode() + b"\n"


def watch(count: int, workers: int, output: str) -> Iterator[tuple[int, list[int]]]:
    """Has the command clean small pages from a pipe, and looks at its memory each time so many have gone in.

    Args:
        count: How many pages.
        workers: Processes that clean.
        output: Name of the file that is written, which says how.

    Yields:
        How many pages have gone in, and what `memory_of` found.

    Raises:
        RuntimeError: The command failed.
    """
    with tempfile.TemporaryDirectory() as folder:
        pipe = Path(folder, "pages.jsonl")
        os.mkfifo(pipe)
        command = [sys.executable, "-m", "cleanpage", "-q", str(pipe), "--workers", str(workers)]
        command += ["-o", str(Path(folder, output))]
        with subprocess.Popen(command) as process, pipe.open("wb") as file:  # noqa: S603 - our own
            for number, line in enumerate(small_pages(count), 1):
                file.write(line)
                if number % max(count // REPORTED_COUNT, 1) == 0:
                    yield number, memory_of(process.pid)
            file.close()  # the command reads to the end
        if process.returncode:
            raise RuntimeError(f"the command ended with {process.returncode}")


@click.group()
def main() -> None:
    """Prints what worker processes gain, and what many pages cost in memory."""


@main.command()
@click.option("--every", type=click.IntRange(1), default=10, show_default=True, help="Take one page in so many.")
@click.option("--rounds", type=click.IntRange(1), default=5, show_default=True, help="Rounds to take the medians of.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Also write the table to this file.")
def rate(every: int, rounds: int, output: Path | None) -> None:
    """Prints how long pages of the benchmark take with workers, as Markdown."""
    benchmark = require_benchmark()
    pages = [Path(gold["path"]).read_bytes() for name in SETS for gold in sample_pages(benchmark, name, every)]
    timed(pages[:20], {})
    found = [{name: timed(pages, options) for name, options in WAYS.items()} for _ in range(rounds)]
    head = ["", "ms a page", "own processor, ms", "workers' processor, ms", "rate to one process", "at most"]
    sample = f"{every_nth(every)}, {len(pages)} in all; medians of {rounds} rounds; {os.cpu_count()} processors"
    report = [head_of("Rate of worker processes", sample, ["cleanpage"]), table(head, rate_lines(found, len(pages)))]
    publish("\n\n".join(report), output)


@main.command()
@click.option("--pages", type=click.IntRange(1), default=100_000, show_default=True, help="How many small pages.")
@click.option("--workers", type=click.IntRange(1), default=2, show_default=True, help="Processes that clean.")
@click.option("--name", default="out.jsonl", show_default=True, help="Name of the output, which says how it is packed.")
def memory(pages: int, workers: int, name: str) -> None:
    """Prints resident memory of the command and of its workers on the way."""
    for count, found in watch(pages, workers, name):
        click.echo(f"{count:>9,} pages: {' + '.join(map(str, found))} MiB")


if __name__ == "__main__":
    main()
