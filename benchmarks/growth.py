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

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

    from cleanpage import Document

    Maker = Callable[[int], str]

WORDS: Final = "The old bridge was closed on Tuesday, and the council met again to speak about it. "


def repeated(piece: str, before: str = "", after: str = "") -> Maker:
    """A page that repeats a piece."""
    return lambda size: f"{before}{piece * size}{after}"


def numbered(piece: str, before: str = "", after: str = "") -> Maker:
    """A page that repeats a piece with a number in it."""
    return lambda size: before + "".join(piece.replace("#", str(number)) for number in range(size)) + after


def around(opening: str, closing: str, middle: str = WORDS) -> Maker:
    """A page that nests elements, all of them closed."""
    return lambda size: opening * size + middle + closing * size


LONG_TAGS: Final = "long tags, never closed"
"""The kind of page that is over a limit at any size: of attributes."""

HTML_PAGES: Final[dict[str, Maker]] = {
    "paragraphs, never closed": repeated("<p>a few words, <b>some bold</b>, and a full stop."),
    "paragraphs": repeated(f"<p>{WORDS}</p>"),
    "list items and lists, never closed": repeated("<li>item<ul>"),
    "lists in lists": around("<ul><li>one", "</li></ul>"),
    "divs in divs": around("<div class='wrap'>w ", "</div>"),
    "divs in divs, never closed": repeated("<div class='wrap'>w "),
    "inline in inline, a block inside": around("<b><i><span class=x>", "</span></i></b>", f"<p>{WORDS}</p>"),
    "inline, never closed, around blocks": repeated("<b class=x><p>word"),
    "siblings": repeated("<div></div>"),
    "inline siblings, a block in each": repeated("<span><div>x y</div></span>"),
    "one text": repeated(WORDS, "<p>"),
    "one word": repeated("a", "<p>", " end of it"),
    "one word in Chinese": repeated("的", "<p>"),
    "one script": repeated("if (a < b) { c('</div>'); }\n", "<p>words</p><script>", "</script>"),
    "JSON-LD": repeated('{"@type": "Person", "name": "A"},', '<script type="application/ld+json">[', "{}]</script>"),
    "JSON-LD in JSON-LD": around('{"author": [', "]}", "{}"),
    "attributes": numbered(" a#=#", "<p", f">{WORDS}</p>"),
    "attributes, alike": repeated(" class=a", "<p", f">{WORDS}</p>"),
    LONG_TAGS: lambda size: ("<a" + " b" * 5000) * (size // 20),
    "classes": numbered(" name-#", "<p class='", f"'>{WORDS}</p>"),
    "a long address around blocks": lambda size: f"<a href='/{'x/' * size}'>" + "<p>word</p>" * size,
    "a long label around blocks": lambda size: f"<div aria-label='{'x ' * size}'>" + "<p>word</p>" * size,
    "a long style": repeated("display : ", "<p style='", f"'>{WORDS}</p>"),
    "links": numbered("<a href='/x/#?y=#'>link #</a> "),
    "links in a list": numbered("<li><a href='/x/#'>link #</a>"),
    "images": numbered("<img src='/#.png' alt='image #' srcset='/#.png 1x, /#-2.png 2x'>"),
    "line breaks": repeated("<br>line"),
    "line breaks, empty": repeated("<br>", f"<p>{WORDS}", WORDS),
    "line breaks and white space": repeated(" <br>\n", f"<p>{WORDS}", WORDS),
    "table cells": repeated("<td>cell</td>", "<table><tr>"),
    "table rows": repeated("<tr><td>cell<td>cell</tr>", "<table>"),
    "tables in tables": repeated("<table><tr><td>cell"),
    "spans of cells": repeated("<tr><td rowspan=65534 colspan=1000>cell<td>x", "<table>"),
    "definitions": repeated(f"<dt>word<dd>{WORDS}", "<dl>"),
    "headings": numbered("<h2 id=a#>Heading #</h2><p>A few words.</p>"),
    "footnotes": numbered(
        "<p>word<sup id=r#><a href='#n#'>#</a></sup></p><p id=n#><a href='#r#'>#</a> note</p>".replace("'#", "'&#35;")
    ),
    "entities": repeated("&amp;&lt;&copy;&#8364;", "<p>"),
    "ampersands": repeated("&amp;amp;", "<p>"),
    "lines in quotations": lambda size: "<blockquote>" * 400 + f"<p>{WORDS}" + "x<br>" * size,
    "entities that are none": repeated("&&#&x;&#xffffffff;", "<p>"),
    "comments": repeated("<!-- a -->"),
    "comments, never closed": repeated("<!-- <p> "),
    "end tags without a start": repeated("</div></b></p>x"),
    "markup that is none": repeated("<<a <!x <? </ "),
    "formatting that crosses": repeated("<b><i>x</b>y</i>"),
    "hidden elements": repeated("<div style='display:none'>x</div>y"),
    "hidden in hidden": around("<div hidden>", "</div>"),
    "code": repeated("<pre><code>  if x:\n\n    y()</code></pre>"),
    "one code block": repeated("    if x: y() # ``` \n", "<pre>"),
    "formulas": repeated("<p>$x^2$ and \\(y_1\\) and $$z$$ "),
    "inline formulas, never closed": repeated("\\(x ", f"<p>{WORDS}"),
    "display formulas, never closed": repeated("\\[x ", f"<p>{WORDS}"),
    "formulas, never closed": repeated("$ \\( $$ \\[ {", "<p>"),
    "MathML": around("<mrow><mi>x</mi>", "</mrow>"),
    "forms": repeated("<form><input name=a><label>word</label><select><option>x"),
    "frames of a page": repeated("<html><head><title>x</title></head><body>y"),
    "svg": repeated("<svg><g><path d='M0 0'/><text>x</text></g></svg>"),
    "Markdown's own marks": repeated("*_`[](<>#+-~|", "<p>"),
    "login phrases": repeated("<p>Log in or sign up to continue reading this article.</p>"),
    "login phrases in one block": repeated("Log in or sign up to continue. ", "<p>"),
    "half phrases": repeated("sign up sign log in or sign up for our ", "<p>"),
    "bylines": numbered("<p>By Anna Author # | 12 May 2026, 10:#</p>"),
    "dates": repeated("12/05/2026 12 May 2026 2026-05-12T10:00 ", "<p>"),
    "white space": repeated(" \n\t\xa0", "<p>x", "y"),
    "white space in the declared title": repeated(" ", "<meta property='og:title' content='a", f"b'><p>{WORDS}"),
    "a long word and a year": repeated("a", "<p>", f" 2026</p><p>{WORDS}"),
    "a formula with brackets": repeated("&lt;a ", f"<p>{WORDS}\\[", "\\]"),
    "formulas that are none": around("<span class=katex>", "</span>", f"<p>{WORDS}" + "<i>x</i>" * 99),
    "spans over spans": repeated("<tr><td rowspan=100 colspan=100>a b", "<table><tr>" + "<td>a b" * 100),
    "parts that JSON-LD declares": repeated(
        '<script type="application/ld+json">{"wordCount": 99999, "cssSelector": ".a"}</script><p class=b>a few words',
        after="<p class=a>x",
    ),
    "bidi controls and NULs": repeated("\u202ea\u0000b\u2066", "<p>"),
}
TEXT_PAGES: Final[dict[str, Maker]] = {
    "lines": repeated("A line of words without an end\n"),
    "one line, glued sentences": repeated("One two three.Four five six "),
    "one line, camel case": repeated("one two abcDef "),
    "one line, Latin in Japanese": repeated("日本Python語"),
    "one line, one word": repeated("a"),
    "bullets": repeated("- \na -\n"),
    "login phrases": repeated("Log in or sign up to continue. "),
    "empty lines": repeated("\n \n", "a", "b"),
    "addresses": repeated("www.example.org/a?b=c user@example.org "),
    "bars": repeated("Home | News | Sport | "),
    "capitals": repeated("READ MORE\n"),
}
FULL_SIZES: Final[dict[str, int]] = {
    "divs in divs": 10**5,
    "divs in divs, never closed": 10**5,
    "formulas that are none": 10**5,
    "lists in lists": 10**5,
    "list items and lists, never closed": 10**5,
    "tables in tables": 10**5,
    "inline in inline, a block inside": 10**5,
    "inline, never closed, around blocks": 10**5,
    "attributes": 10**5,
    "attributes, alike": 10**5,
    LONG_TAGS: 10**5,
    "white space in the declared title": 10**6 - 2,
    "spans of cells": 5 * 10**5,
    "spans over spans": 5 * 10**5,
    "parts that JSON-LD declares": 5 * 10**5,
    "a long word and a year": 5 * 10**7,
    "inline formulas, never closed": 10**6,
    "display formulas, never closed": 10**6,
    "a formula with brackets": 8 * 10**6,
    "siblings": 10**6,
    "paragraphs, never closed": 10**6,
    "inline siblings, a block in each": 10**6,
    "links": 10**6,
    "links in a list": 10**6,
    "table cells": 10**6,
    "table rows": 10**6,
    "line breaks": 3 * 10**6,
    "line breaks, empty": 3 * 10**6,
    "line breaks and white space": 3 * 10**6,
    "one text": 600_000,
    "one word": 5 * 10**7,
    "one word in Chinese": 5 * 10**7,
    "one script": 1_600_000,
    "white space": 10**7,
    "entities": 2 * 10**6,
    "ampersands": 5 * 10**6,
    "lines in quotations": 3 * 10**6,
    "entities that are none": 2 * 10**6,
    "comments": 2 * 10**6,
    "login phrases": 800_000,
    "login phrases in one block": 1_600_000,
    "half phrases": 1_200_000,
    "dates": 10**6,
    "text: lines": 1_600_000,
    "text: one line, glued sentences": 1_800_000,
    "text: one line, one word": 5 * 10**7,
    "text: login phrases": 1_600_000,
    "text: addresses": 1_200_000,
    "text: bars": 2_400_000,
}
"""Pieces of the largest pages, for ``--full``: 10^5 elements in one another, 10^6 beside one another, 50 MB of text."""

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
PLAIN: Final = "text: "
"""What the names of plain-text pages begin with in the tables."""

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
