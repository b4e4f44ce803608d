"""What a choice of roles and kinds does to the main text: python -m benchmarks.main_text --drop title --drop byline.

Gold texts differ in what they count as content: some hold the headline and the byline, others the body alone. The
figures are the referee's, without and with what ``--keep`` and ``--drop`` say.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from benchmarks.compare import (
    TYPED_FIGURES,
    every_nth,
    figure_lines,
    head_of,
    publish,
    require_benchmark,
    score_pages,
    table,
)
from benchmarks.documents import clean_page, gold_pages, read_sets, weights_name
from cleanpage.roles import CHOICES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from benchmarks.compare import Row
    from benchmarks.peers import Extract

FIGURES: Final = {key: TYPED_FIGURES[key] for key in ("f1", "p", "r")}


def text_with(options: Mapping[str, tuple[str, ...]]) -> Extract:
    """An extractor that gives the main text as a Cleaner with these options does."""
    return partial(_text, options)


def _text(options: Mapping[str, tuple[str, ...]], html: bytes, url: str) -> str:
    return clean_page(html, url, **options).text


def choice_lines(rows: Mapping[str, list[Row]], names: list[str]) -> list[list[str]]:
    """The lines of the table: for each set and figure a column for each choice."""
    from referee import summary

    lines = []
    for name in names:
        columns = [[row for row in of_choice if row["set"] == name] for of_choice in rows.values()]
        if columns[0]:
            lines += figure_lines([name, str(len(columns[0]))], list(map(summary, columns)), FIGURES)
    return lines


@click.command()
@click.option("--sets", default="fundus", show_default=True, callback=read_sets, help="Names, with commas between.")
@click.option("--every", type=click.IntRange(1), default=1, show_default=True, help="Take one page in so many.")
@click.option("--keep", multiple=True, type=click.Choice(CHOICES), metavar="NAME", help="As cleanpage; repeatable.")
@click.option("--drop", multiple=True, type=click.Choice(CHOICES), metavar="NAME", help="As cleanpage; repeatable.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Also write the table to this file.")
def main(sets: list[str], every: int, keep: tuple[str, ...], drop: tuple[str, ...], output: Path | None) -> None:
    """Prints the quality of the main text without and with a choice of roles and kinds, as Markdown."""
    choice = {name: names for name, names in (("keep", keep), ("drop", drop)) if names}
    if not choice:
        raise click.UsageError("there is nothing to compare: give --keep or --drop")
    label = "; ".join(f"{name} {', '.join(names)}" for name, names in choice.items())
    pages = gold_pages(require_benchmark(), sets, every)
    rows = score_pages(pages, {"as it comes": text_with({}), label: text_with(choice)})
    sample = f"{every_nth(every)} of {', '.join(sets)}, {weights_name()}"
    report = [
        head_of("The main text by choice", sample, ["cleanpage"]),
        table(["set", "pages", "figure", *rows], choice_lines(rows, sets)),
    ]
    publish("\n\n".join(report), output)


if __name__ == "__main__":
    main()
