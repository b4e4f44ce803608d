"""Shows that time grows with the size of a page and not with its square: `python -m benchmarks.growth`.

Doubles pages made to be slow (nothing closed, thousands of levels, one endless line, rows of cells) and prints the time
of each doubling against the one before: about 2 is linear, 4 quadratic. A table to look at: the machine's other work is
in it, so nothing is asserted.
"""

from __future__ import annotations

from itertools import pairwise
from time import process_time
from typing import TYPE_CHECKING

import click

import cleanpage

if TYPE_CHECKING:
    from collections.abc import Callable

HTML_PIECES = {
    "paragraphs never closed": "<p>a few words, <b>some bold</b>, and a full stop.",
    "list items and lists never closed": "<li>item<ul>",
    "table cells": "<td>cell</td>",
    "line breaks": "<br>line",
    "links": "<a href='/x?y=1'>link</a>",
    "nested divs": "<div class='wrap'>w ",
    "hidden elements": "<div style='display:none'>x</div>y",
}
TEXT_PIECES = {
    "lines": "A line of words without an end\n",
    "one line, glued sentences": "One two three.Four five six ",
    "one line, camel case": "one two abcDef ",
    "one line, Latin in Japanese": "日本Python語",
    "bullets": "- \na -\n",
    "login phrases": "Log in or sign up to continue. ",
}
START = 1000
DOUBLINGS = 4
ROUNDS = 3


def seconds(work: Callable[[], object]) -> float:
    """The least processor time of some rounds: what else the machine does only adds."""
    times = []
    for _ in range(ROUNDS):
        start = process_time()
        work()
        times.append(process_time() - start)
    return min(times)


def row(name: str, work: Callable[[int], object]) -> str:
    """The line of the table for one kind of page."""
    times = [seconds(lambda size=START * 2**step: work(size)) for step in range(DOUBLINGS + 1)]  # type: ignore[misc]
    ratios = [later / earlier for earlier, later in pairwise(times)]
    cells = " | ".join(f"{ratio:.1f}" for ratio in ratios)
    return f"| {name} | {1e3 * times[0]:.0f} ms | {cells} |"


@click.command()
def main() -> None:
    """Prints the table."""
    steps = " | ".join(f"x{2**step}" for step in range(1, DOUBLINGS + 1))
    print(f"| {START} pieces of | time | {steps} |\n|---|---|{'---|' * DOUBLINGS}")
    for name, piece in HTML_PIECES.items():
        print(row(name, lambda size, piece=piece: cleanpage.clean(f"<body>{piece * size}")), flush=True)  # type: ignore[misc]
    for name, piece in TEXT_PIECES.items():
        print(row(name, lambda size, piece=piece: cleanpage.clean_text(piece * size)), flush=True)  # type: ignore[misc]


if __name__ == "__main__":
    main()
