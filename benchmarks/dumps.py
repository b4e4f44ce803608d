"""What clean_text does to dumps as corpora have them: python -m benchmarks.dumps.

A dump is the output of another extractor with leftovers in it: trafilatura set to recall, with comments and tables, and
two that write down all visible text of a page, html-text and inscriptis. The referee's words are counted: precision,
recall and F1 of a dump against the gold text before and after cleaning, and the share of the gold text's words that
cleaning lost.
"""

from __future__ import annotations

from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, Final

import click
from tqdm import tqdm

from benchmarks.compare import (
    SHIPPED_NOTE,
    every_nth,
    figure_lines,
    head_of,
    publish,
    require_benchmark,
    table,
)
from benchmarks.documents import clean_dump, gold_pages, is_held_out, read_sets, weights_name
from benchmarks.peers import resiliparse_decode
from cleanpage.api import BETAS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.compare import Gold

    Dumper = Callable[[bytes], str]

FIGURES: Final = {
    "p_before": "precision before",
    "p_after": "precision after",
    "r_before": "recall before",
    "r_after": "recall after",
    "f1_before": "F1 before",
    "f1_after": "F1 after",
    "lost": "share of gold words lost",
    "lost_median": "the same, median page",
}


def trafilatura_recall(html: bytes) -> str:
    """Main text by trafilatura in favour of recall, with comments and tables."""
    from trafilatura import extract

    return extract(html, favor_recall=True, include_comments=True, include_tables=True) or ""


def html_text(html: bytes) -> str:
    """All visible text by html-text, its lines guessed from the layout."""
    from html_text import extract_text

    text: str = extract_text(resiliparse_decode(html))
    return text


def inscriptis(html: bytes) -> str:
    """All visible text by inscriptis, laid out as a browser would."""
    from inscriptis import get_text

    text: str = get_text(resiliparse_decode(html))
    return text


DUMPERS: Final[dict[str, Dumper]] = {
    "trafilatura": trafilatura_recall,
    "html-text": html_text,
    "inscriptis": inscriptis,
}
"""By the names that their packages are installed by."""


def examine(gold: Gold, html: bytes, dump: str, favor: str) -> dict[str, float]:
    """What cleaning does to a dump: the referee's precision, recall and F1 before and after it.

    Args:
        gold: The page as the referee reads it.
        html: The page.
        dump: What an extractor made of it.
        favor: As `cleanpage.Config` takes it.
    """
    from referee import score

    before, after = score(gold, dump), score(gold, clean_dump(dump, html, favor=favor).text)
    figures = {
        f"{key}_{when}": float(row[key])
        for key in ("p", "r", "f1")
        for when, row in (("before", before), ("after", after))
    }
    return figures | {"lost": figures["r_before"] - figures["r_after"]}


def summary(rows: Sequence[dict[str, float]]) -> dict[str, float]:
    """The means over all pages, and the median of what was lost.

    Raises:
        click.ClickException: There are no pages.
    """
    if not rows:
        raise click.ClickException("no page of the sample gave a dump with text: take more pages")
    losses = sorted(row["lost"] for row in rows)
    return {key: mean(row[key] for row in rows) for key in rows[0]} | {"lost_median": losses[len(losses) // 2]}


@click.command()
@click.option("--sets", default="wcxb", show_default=True, callback=read_sets, help="Names, with commas between.")
@click.option("--every", type=click.IntRange(1), default=1, show_default=True, help="Take one page in so many.")
@click.option(
    "--favor", type=click.Choice(tuple(BETAS)), default="balance", show_default=True, help="What to prefer in doubt."
)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Also write the table to this file.")
def main(sets: list[str], every: int, favor: str, output: Path | None) -> None:
    """Prints what clean_text does to the output of other extractors, as Markdown."""
    pages = [gold for gold in gold_pages(require_benchmark(), sets, every) if gold["main"]]
    rows: dict[str, list[dict[str, float]]] = {name: [] for name in DUMPERS}
    for gold in tqdm(pages, unit="page", disable=None):
        html = Path(gold["path"]).read_bytes()
        for name, dumper in DUMPERS.items():
            if dump := dumper(html):  # trafilatura gives up on some pages: there is nothing to clean
                rows[name].append(examine(gold, html, dump, favor))
    sample = f"{every_nth(every)} of {', '.join(sets)}, {len(pages)} with a gold text, {weights_name()}, favor={favor}"
    lines = figure_lines([], [summary(of_dumper) for of_dumper in rows.values()], FIGURES)
    report = [head_of("Dumps before and after clean_text", sample, ["cleanpage", *DUMPERS])]
    if not is_held_out():
        report.append(SHIPPED_NOTE)
    publish("\n\n".join([*report, table(["figure", *rows], lines)]), output)


if __name__ == "__main__":
    main()
