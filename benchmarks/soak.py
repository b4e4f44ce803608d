"""Shows that a process that cleans pages for long stays as it is: python -m benchmarks.soak.

Cleans the benchmark's small and average pages again and again in one process, with some views of each, and writes down
resident memory, open files and cleanings a second of processor time as it goes. ``--output`` draws them.
"""

from __future__ import annotations

import os
from html import escape
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from time import process_time
from typing import TYPE_CHECKING, Final, NamedTuple

import click

import cleanpage
from benchmarks.compare import SETS, head_of, require_benchmark, sample_pages, table

if TYPE_CHECKING:
    from collections.abc import Sequence

COUNT: Final = 100_000
SAMPLES: Final = 100
"""Points of each line of the figure."""

MAX_PAGE_BYTES: Final = 20_000
"""Larger pages only make the run longer."""

PLAIN_EVERY: Final = 10
"""One cleaning in so many is of the page's text, as a dump."""

MIB: Final = 1 << 20
WIDTH: Final = 560
PANEL: Final = 90
LEFT: Final = 60
TOP: Final = 28
GAP: Final = 40

STYLE: Final = """
:root { --back: #ffffff; --text: #24292f; --grid: #d8dee4; --line: #0969da; }
@media (prefers-color-scheme: dark) {
:root { --back: #161b22; --text: #e6edf3; --grid: #373e47; --line: #58a6ff; }
}
text { fill: var(--text); font: 12px sans-serif; }
.end { text-anchor: end; }
.back { fill: var(--back); }
.grid { stroke: var(--grid); fill: none; }
.line { stroke: var(--line); fill: none; stroke-width: 1.5; }
"""


class Sample(NamedTuple):
    """How the process was after a number of cleanings.

    Attributes:
        number: The cleanings.
        memory: Resident memory, MiB.
        files: Open file descriptors.
        rate: Cleanings a second of processor time since the sample before.
    """

    number: int
    memory: float
    files: int
    rate: float


LABELS: Final = {"memory": "resident memory, MiB", "files": "open files", "rate": "cleanings a CPU second"}


def resident() -> float:
    """The resident memory of this process, MiB (Linux)."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / MIB


def open_files() -> int:
    """The open file descriptors of this process, but for the one that lists them (Linux)."""
    return len(os.listdir("/proc/self/fd")) - 1  # noqa: PTH208 - Path.iterdir keeps its descriptor open no less


def clean_one(number: int, page: bytes) -> None:
    """Cleans a page and reads some views, as a batch would."""
    document = cleanpage.clean(page)
    if number % PLAIN_EVERY == 0:
        document = cleanpage.clean_text("\n".join(block.text for block in document.blocks))
    assert len(document.to_json()) >= len(document.text)
    assert document.markdown is not None


def soak(pages: Sequence[bytes], count: int, samples: int = SAMPLES) -> list[Sample]:
    """Cleans pages in turn.

    Args:
        pages: Pages.
        count: Cleanings.
        samples: Samples taken.

    Returns:
        The samples. What is loaded by the first pass over all pages is in the first of them.
    """
    for number, page in enumerate(pages):
        clean_one(number, page)
    found = [Sample(0, resident(), open_files(), 0.0)]
    numbered = enumerate(islice(cycle(pages), count))
    step = max(1, count // samples)
    start = process_time()
    for number, page in numbered:
        clean_one(number, page)
        if (number + 1) % step == 0:
            now = process_time()
            found.append(Sample(number + 1, resident(), open_files(), step / (now - start)))
            start = now
    return found


def draw(samples: Sequence[Sample]) -> str:
    """Draws the samples as SVG, a panel a figure, each from zero."""
    height = TOP + len(LABELS) * (PANEL + GAP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" role="img">',
        f"<title>{samples[-1].number:,} cleanings in one process</title>",
        f"<style>{STYLE}</style>",
        f'<rect class="back" width="{WIDTH}" height="{height}"/>',
    ]
    for number, (name, label) in enumerate(LABELS.items()):
        top = TOP + number * (PANEL + GAP)
        parts += _panel(top, label, [(sample.number, getattr(sample, name)) for sample in samples[1:]])
    return "\n".join([*parts, "</svg>", ""])


def _panel(top: int, label: str, points: Sequence[tuple[int, float]]) -> list[str]:
    width, bottom = WIDTH - LEFT - 20, top + PANEL
    last, highest = points[-1][0], max(value for _, value in points)
    places = " ".join(
        f"{LEFT + width * count / last:.1f},{bottom - PANEL * value / highest:.1f}" for count, value in points
    )
    return [
        f'<text x="{LEFT}" y="{top - 8}">{escape(label)}</text>',
        f'<path class="grid" d="M{LEFT} {top}H{LEFT + width}M{LEFT} {top}V{bottom}H{LEFT + width}"/>',
        f'<text class="end" x="{LEFT - 6}" y="{top + 4}">{highest:,.0f}</text>',
        f'<text class="end" x="{LEFT - 6}" y="{bottom + 4}">0</text>',
        f'<text class="end" x="{LEFT + width}" y="{bottom + 16}">{last:,}</text>',
        f'<polyline class="line" points="{places}"/>',
    ]


def lines_of(samples: Sequence[Sample]) -> list[list[str]]:
    """A line of the table for each figure: the medians of each fifth of the run, which noise moves less than points."""
    fifth = max(1, (len(samples) - 1) // 5)
    parts = [samples[1 + number * fifth : 1 + (number + 1) * fifth] for number in range(5)]
    return [
        [label, *(f"{median(getattr(sample, name) for sample in part):,.0f}" for part in parts)]
        for name, label in LABELS.items()
    ]


@click.command()
@click.option("--count", type=click.IntRange(10), default=COUNT, show_default=True, help="Cleanings.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Draw the figure into this file.")
def main(count: int, output: Path | None) -> None:
    """Prints how memory, open files and rate change over the run, as Markdown."""
    benchmark = require_benchmark()
    files = [Path(gold["path"]) for name in SETS for gold in sample_pages(benchmark, name, 1)]
    pages = [file.read_bytes() for file in files if file.stat().st_size <= MAX_PAGE_BYTES]
    samples = soak(pages, count)
    what = f"{count:,} cleanings of {len(pages)} pages of at most {MAX_PAGE_BYTES:,} bytes"
    click.echo(head_of("A long run", what, ["cleanpage"]))
    click.echo()
    click.echo(table(["median of each fifth of the run", *(f"{number}." for number in range(1, 6))], lines_of(samples)))
    if output is not None:
        output.write_text(draw(samples), encoding="utf-8")


if __name__ == "__main__":
    main()
