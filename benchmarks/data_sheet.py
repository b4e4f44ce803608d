"""How good the weights are by language and by type of page: python -m benchmarks.data_sheet.

With ``--write`` the tables go into the weights' data sheet, docs/data-sheet.md. That needs weights that never saw a
page's site: ``CLEANPAGE_FOLDS=folds``. The language of a page is the one that cleanpage finds.
"""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import click
from tqdm import tqdm

from benchmarks.compare import SETS, SHIPPED_NOTE, every_nth, head_of, publish, require_benchmark, sample_pages, table
from benchmarks.documents import (
    KINDS,
    clean_page,
    input_of,
    is_held_out,
    read_sets,
    require_held_out,
    weights_name,
    with_part,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.compare import Gold, Row

ROOT: Final = Path(__file__).resolve().parent.parent
DOCS_FILE: Final = ROOT / "docs" / "data-sheet.md"
WEIGHTS: Final = tuple(ROOT / "src" / "cleanpage" / "arbiter" / f"{kind}.npz" for kind in KINDS)
BEGIN: Final = "<!-- written by benchmarks.data_sheet -->\n"

MIN_PAGES: Final = 10
"""Pages of a group with a line of its own: means over fewer say little."""

LOW_F1: Final = 0.5
"""Below it a main text is more wrong than right."""

HEADS: Final = ("pages", "F1, HTML", "F1, plain text", "F1 below 0.5, HTML", "F1 below 0.5, plain text")
SNIPPET_HEADS: Final = ("pages with snippets alone", "F1 of snippets, HTML", "F1 of snippets, plain text")


class Case(NamedTuple):
    """A page, cleaned as HTML and as plain text.

    Attributes:
        language: The language found, '' if none was.
        page_type: What the gold says that it is.
        rows: The referee's figures, by kind of input.
    """

    language: str
    page_type: str
    rows: dict[str, Row]


def weights_line() -> str:
    """Which weights the package has."""
    return "; ".join(f"`{path.name}`, SHA-256 `{sha256(path.read_bytes()).hexdigest()}`" for path in WEIGHTS)


def examine(gold: Gold) -> Case:
    """Cleans and scores a page."""
    from referee import score

    url = gold.get("url") or ""
    documents = {kind: clean_page(input_of(gold, kind), url) for kind in KINDS}
    rows = {kind: {**score(gold, document.text), "ms": 0.0} for kind, document in documents.items()}
    return Case(documents["html"].language, gold["page_type"], rows)


def section(title: str, cases: Sequence[Case], key: Callable[[Case], str]) -> str:
    """A table with a line a group, the largest first; small groups share one."""
    counts = Counter(map(key, cases))
    large = [name for name, count in counts.most_common() if name and count >= MIN_PAGES]
    small = sorted(name or "none found" for name in counts if name not in large)
    lines = [[name, *_cells([case for case in cases if key(case) == name])] for name in large]
    if small:
        lines.append([f"other ({', '.join(small)})", *_cells([case for case in cases if key(case) not in large])])
    return f"### {title}\n\n{table([title.lower(), *HEADS, *SNIPPET_HEADS], lines)}"


def _cells(cases: Sequence[Case]) -> list[str]:
    """The cells of a group: pages with a gold text, then those that have snippets alone."""
    with_text = [case.rows for case in cases if "f1" in case.rows["html"]]
    with_snippets = [case.rows for case in cases if "f1" not in case.rows["html"]]
    columns: list[list[float]] = [[rows[kind]["f1"] for rows in with_text] for kind in KINDS]
    cells = [f"{sum(column) / len(column):.3f}" if column else "" for column in columns]
    cells += [f"{sum(f1 < LOW_F1 for f1 in column) / len(column):.3f}" if column else "" for column in columns]
    return [str(len(with_text)), *cells, str(len(with_snippets)), *_snippet_cells(with_snippets)]


def _snippet_cells(with_snippets: Sequence[dict[str, Row]]) -> list[str]:
    if not with_snippets:
        return [""] * len(KINDS)
    from referee import summary

    return [f"{summary([rows[kind] for rows in with_snippets])['snf1']:.3f}" for kind in KINDS]


@click.command()
@click.option("--sets", default=",".join(SETS), callback=read_sets, help="Names, with commas between.  [default: all]")
@click.option("--every", type=click.IntRange(1), default=1, show_default=True, help="Take one page in so many.")
@click.option("--write", "is_written", is_flag=True, help="Write the tables into the data sheet.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Also write the tables to this file.")
def main(sets: list[str], every: int, output: Path | None, *, is_written: bool) -> None:
    """Prints the quality of the main text by language and by type of page, as Markdown."""
    if is_written:
        require_held_out()
    benchmark = require_benchmark()
    pages = [gold for name in sets for gold in sample_pages(benchmark, name, every)]
    cases = [examine(gold) for gold in tqdm(pages, unit="page", disable=None)]
    sample = f"{every_nth(every)} of {', '.join(sets)}, {len(cases)} in all, {weights_name()}"
    parts = [head_of("Figures of the weights", sample, ["cleanpage"])]
    if not is_held_out():
        parts.append(SHIPPED_NOTE)
    parts.append(f"Shipped: {weights_line()}.")
    parts.append(section("Language", cases, lambda case: case.language))
    parts.append(section("Page type", cases, lambda case: case.page_type))
    report = "\n\n".join(parts)
    publish(report, output)
    if is_written:
        DOCS_FILE.write_text(with_part(DOCS_FILE, BEGIN, report), encoding="utf-8")


if __name__ == "__main__":
    main()
