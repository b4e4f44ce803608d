"""Shows that time and memory grow with the size of a page and not with its square: python -m benchmarks.growth.

Doubles pages made to be slow and cleans each in a process of its own, then reads every view of the document. The table
has the processor time and the memory of the largest page, and the power of the size that they grow with over the last
two doublings, where what a page costs at the least weighs little: 1 is linear, 2 quadratic. ``--bound`` fails where a
power is above it. ``--full`` cleans the largest pages instead, once each, and fails where one takes more than a minute
or than 4 GB.
"""

from __future__ import annotations

import math
import multiprocessing
import resource
from time import process_time
from typing import TYPE_CHECKING, Any, Final

import click

import cleanpage
from benchmarks.compare import head_of, table
from benchmarks.growth_pages import FULL_SIZES, HTML_PAGES, PLAIN, TEXT_PAGES, WORDS

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

    from benchmarks.growth_pages import Maker
    from cleanpage import Document

VIEWS: Final[dict[str, Callable[[Document], object]]] = {
    "blocks": lambda document: document.blocks,
    "text": lambda document: document.text,
    "html": lambda document: document.html,
    "markdown": lambda document: document.markdown,
    "footnotes": lambda document: document.to_markdown(links="footnotes", images="footnotes", front_matter=True),
    "tei": lambda document: document.tei,
    "tables": lambda document: document.tables,
    "chunks": lambda document: document.chunks(),
    "metadata": lambda document: document.metadata,
    "json": lambda document: document.to_json(),
    "lines": lambda document: document.lines if document.blocks and document.blocks[0].start >= 0 else None,
    "explain": lambda document: document.explain(),
    "report": lambda document: document.to_report(),
    "notebook": lambda document: document._repr_html_(),
    "locate": lambda document: [document.locate(block) for block in document.blocks[-1:]],
}
START: Final = 1000
DOUBLINGS: Final = 4
MIB: Final = 1 << 20
KIB: Final = 1 << 10
MIN_SECONDS: Final = 0.05
"""Times below are not compared: the machine's other work is in them."""

WINDOW: Final = 2
"""Doublings that a power is read from."""

MAX_SECONDS: Final = 20.0
"""A page that takes longer is not doubled again: what it grows with can be told by then."""

MIN_MEMORY: Final = 8.0
"""The same for memory, MiB."""

FULL_SECONDS: Final = 60.0
"""Processor time that cleaning one of the largest pages may take, and each view of it."""

FULL_BYTES: Final = 4 << 30
"""Memory that the process of one of the largest pages may take."""


def measure(maker: Maker, size: int, *, plain: bool, max_bytes: int = 0) -> dict[str, float]:
    """Cleans a page in a process of its own and reads every view of it.

    Args:
        maker: Makes the page.
        size: Its number of pieces.
        plain: Whether it is plain text.
        max_bytes: Memory that the process may take; 0 sets no bound.

    Returns:
        The processor time of cleaning ('clean') and of each view, seconds; 'memory', what the process grew by, MiB.

    Raises:
        EOFError: The process died: of the bound, or of a defect.
    """
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(sender, maker, size, plain, max_bytes))
    process.start()
    sender.close()
    try:
        found: dict[str, float] = receiver.recv()
    finally:
        process.join()
    return found


def _work(
    sender: Connection,
    maker: Maker,
    size: int,
    plain: bool,  # noqa: FBT001 - a process is given it
    max_bytes: int,
) -> None:
    if max_bytes:
        resource.setrlimit(resource.RLIMIT_AS, (max_bytes, max_bytes))
    page = maker(size)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    times: dict[str, float] = {}
    start = process_time()
    document = cleanpage.clean_text(page) if plain else cleanpage.clean(page)
    times["clean"] = process_time() - start
    for name, view in VIEWS.items():
        start = process_time()
        view(document)
        times[name] = process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sender.send(times | {"memory": (peak - before) * KIB / MIB})


def power(figures: list[float], least: float) -> float:
    """The power of the size that a figure grows with over the last two doublings; NaN where it stays small."""
    if figures[-1] < least:
        return math.nan
    return math.log2(figures[-1] / max(figures[-1 - WINDOW], least / 4)) / WINDOW


def growth(maker: Maker, *, plain: bool, start: int = START, doublings: int = DOUBLINGS) -> dict[str, Any]:
    """Measures how the time and memory of a page grow with its size.

    Returns:
        'figures' of the largest page, and 'powers', both by the names that `measure` gives.
    """
    rows: list[dict[str, float]] = []
    for step in range(doublings + 1):
        rows.append(measure(maker, start << step, plain=plain))
        if step >= WINDOW and sum(rows[-1].values()) - rows[-1]["memory"] > MAX_SECONDS:
            break
    return {
        "figures": rows[-1],
        "powers": {
            name: power([row[name] for row in rows], MIN_MEMORY if name == "memory" else MIN_SECONDS)
            for name in rows[-1]
        },
    }


def line_of(name: str, found: dict[str, Any]) -> list[str]:
    """The line of the table for one kind of page: cleaning, memory, and the view that grows most."""
    figures, powers = found["figures"], found["powers"]
    views = sorted(VIEWS, key=lambda view: (-1 if math.isnan(powers[view]) else powers[view], figures[view]))
    view = views[-1]
    return [
        name,
        f"{figures['clean']:.2f} s",
        _power(powers["clean"]),
        f"{figures['memory']:.0f} MiB",
        _power(powers["memory"]),
        f"{view}, {figures[view]:.2f} s",
        _power(powers[view]),
    ]


def full_line(label: str, found: dict[str, float]) -> list[str]:
    """The line of one of the largest pages: pieces, cleaning, memory, and the view that takes longest."""
    view = max(VIEWS, key=found.__getitem__)
    return [
        label,
        f"{FULL_SIZES[label]:,}",
        f"{found['clean']:.1f} s",
        f"{found['memory']:.0f} MiB",
        f"{view}, {found[view]:.1f} s",
    ]


def full_table(only: str) -> None:
    """Prints what the largest pages take; raises where one takes too much."""
    lines: list[list[str]] = []
    faults: list[str] = []
    for label, size in FULL_SIZES.items():
        if only not in label:
            continue
        name = label.removeprefix(PLAIN)
        plain = name != label
        try:
            found = measure((TEXT_PAGES if plain else HTML_PAGES)[name], size, plain=plain, max_bytes=FULL_BYTES)
        except EOFError:
            faults.append(f"{label}: died")
            continue
        lines.append(full_line(label, found))
        faults += [f"{label}: {part} {found[part]:.0f} s" for part in ("clean", *VIEWS) if found[part] > FULL_SECONDS]
        click.echo(" | ".join(lines[-1]), err=True)
    click.echo(head_of("Growth", "the largest pages", ["cleanpage"]))
    click.echo()
    click.echo(table(["page", "pieces", "clean", "memory", "slowest view"], lines))
    if faults:
        raise click.ClickException("over the bounds:\n" + "\n".join(faults))


def _power(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.1f}"


@click.command()
@click.option("--only", default="", help="Take the pages with this in their names.")
@click.option("--start", type=click.IntRange(1), default=START, show_default=True, help="Pieces of the smallest page.")
@click.option("--doublings", type=click.IntRange(2), default=DOUBLINGS, show_default=True)
@click.option("--bound", type=float, default=math.inf, help="Fail where a power is above this.")
@click.option("--full", is_flag=True, help="Clean the largest pages, once each.")
def main(only: str, start: int, doublings: int, bound: float, *, full: bool) -> None:
    """Prints the table."""
    for document in (cleanpage.clean(f"<p>{WORDS}</p><table><tr><td>a<td>b</table>"), cleanpage.clean_text(WORDS)):
        for view in VIEWS.values():
            view(document)  # what is loaded at first use is loaded before the processes are made
    if full:
        full_table(only)
        return
    lines: list[list[str]] = []
    faults: list[str] = []
    kinds = [(False, HTML_PAGES), (True, TEXT_PAGES)]
    for plain, pages in kinds:
        for name, maker in pages.items():
            if only not in name:
                continue
            found = growth(maker, plain=plain, start=start, doublings=doublings)
            label = PLAIN + name if plain else name
            lines.append(line_of(label, found))
            faults += [f"{label}: {part} {value:.2f}" for part, value in found["powers"].items() if value > bound]
            click.echo(" | ".join(lines[-1]), err=True)
    click.echo(head_of("Growth", f"{start << doublings:,} pieces of each page", ["cleanpage"]))
    click.echo()
    click.echo(table(["page", "clean", "power", "memory", "power", "view that grows most", "power"], lines))
    if faults:
        raise click.ClickException("powers above the bound:\n" + "\n".join(faults))


if __name__ == "__main__":
    main()
