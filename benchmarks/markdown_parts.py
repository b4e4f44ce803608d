"""How near Markdown comes to what a person would write, part by part: python -m benchmarks.markdown_parts.

The measure is WebMainBench's (https://github.com/opendatalab/WebMainBench): the edit similarity of the text, the code,
the formulas and the tables of a page, and the tree edit similarity (TEDS) of its tables; a part that neither has does
not count. The pages are invented: whole ones with navigation, in the markup of several generators, and small ones of
one structure each. Beside cleanpage stand trafilatura, and html-to-markdown, which takes the whole page.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, Final, NamedTuple

import click
import lxml.html
from apted import APTED, Config
from rapidfuzz.distance import Levenshtein

import cleanpage
from benchmarks.compare import head_of, publish, table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Writer = Callable[[str], str]

FIXTURES: Final = Path(__file__).parents[1] / "tests" / "fixtures"
SETS: Final = {"rich_pages": "whole pages", "views": "small pages"}

FENCE: Final = re.compile(r"^ *(`{3,}|~{3,})[^\n]*\n(.*?)^ *\1[`~]* *$", re.MULTILINE | re.DOTALL)
HTML_TABLE: Final = re.compile(r"<table\b.*?</table>", re.IGNORECASE | re.DOTALL)
PIPE_TABLE: Final = re.compile(
    r"^ *\|?[^\n]*\|[^\n]*\n *\|?(?: *:?-+:? *\|)+(?: *:?-+:?)? *\n?(?:[^\n]*\|[^\n]*(?:\n|$))*", re.MULTILINE
)
FORMULA: Final = re.compile(
    r"(?<!\\)\$\$(.+?)(?<!\\)\$\$|(?<!\\)\\\[(.+?)\\\]|(?<![\\$])\$(?!\s)([^\n$]+?)(?<![\\\s])\$(?![\d$])|(?<!\\)\\\((.+?)\\\)",
    re.DOTALL,
)
CELL_BORDER: Final = re.compile(r"(?<!\\)\|")
BLANK_LINES: Final = re.compile(r"\n\s*\n+")


class Parts(NamedTuple):
    """The parts of a page's Markdown.

    Attributes:
        text: What is neither code nor formula nor table.
        code: The code blocks, without their fences.
        formulas: TeX, without its dollars; those in tables as well.
        tables: Rows of cells, the first one the header.
    """

    text: str
    code: tuple[str, ...]
    formulas: tuple[str, ...]
    tables: tuple[tuple[tuple[str, ...], ...], ...]


def split_markdown(markdown: str) -> Parts:
    """Takes Markdown apart."""
    code = tuple(match[2].strip("\n") for match in FENCE.finditer(markdown))
    rest = FENCE.sub("", markdown)
    formulas = tuple(next(filter(None, match.groups())).strip() for match in FORMULA.finditer(rest))
    tables = tuple(_html_rows(match[0]) for match in HTML_TABLE.finditer(rest))
    rest = HTML_TABLE.sub("", rest)
    tables += tuple(_pipe_rows(match[0]) for match in PIPE_TABLE.finditer(rest))
    text = FORMULA.sub("", PIPE_TABLE.sub("", rest))
    return Parts(BLANK_LINES.sub("\n\n", text).strip(), code, formulas, tables)


def _html_rows(html: str) -> tuple[tuple[str, ...], ...]:
    rows = lxml.html.fragment_fromstring(html).iter("tr")
    return tuple(tuple(" ".join(cell.text_content().split()) for cell in row.iter("td", "th")) for row in rows)


def _pipe_rows(lines: str) -> tuple[tuple[str, ...], ...]:
    header, _, *others = lines.strip().split("\n")
    rows = (line.strip().removeprefix("|").removesuffix("|") for line in (header, *others))
    return tuple(tuple(" ".join(cell.split()) for cell in CELL_BORDER.split(row)) for row in rows)


@dataclass(slots=True)
class Node:
    """A node of the tree of a page's tables; only cells have text."""

    tag: str
    text: str = ""
    children: list[Node] = field(default_factory=list)

    def size(self) -> int:
        """How many nodes there are, this one among them."""
        return 1 + sum(child.size() for child in self.children)


class Costs(Config):  # type: ignore[misc] # apted has no types
    """What it costs to make one tree of the other: 1 for a node, less where only a cell's text is another."""

    valuecls = float

    def rename(self, node1: Node, node2: Node) -> float:
        """Of cells of one kind, the share of their letters that differ."""
        return float(Levenshtein.normalized_distance(node1.text, node2.text)) if node1.tag == node2.tag else 1.0


def _tree(tables: Sequence[Sequence[Sequence[str]]]) -> Node:
    return Node("page", children=[
        Node("table", children=[
            Node("tr", children=[Node("td" if number else "th", cell) for cell in row])
            for number, row in enumerate(rows)
        ])
        for rows in tables
    ])  # fmt: skip


def similarity(gold: Parts, found: Parts) -> dict[str, float]:
    """The figures of a page, 0 to 1; without those of what neither has."""
    pairs = {
        "text": (gold.text, found.text),
        "code": ("\n".join(gold.code), "\n".join(found.code)),
        "formulas": ("\n".join(gold.formulas), "\n".join(found.formulas)),
        "tables": (_lines(gold), _lines(found)),
    }
    figures = {name: float(Levenshtein.normalized_similarity(*texts)) for name, texts in pairs.items() if any(texts)}
    if gold.tables or found.tables:
        trees = _tree(gold.tables), _tree(found.tables)
        distance = APTED(*trees, Costs()).compute_edit_distance()
        figures["TEDS"] = 1.0 - distance / max(tree.size() for tree in trees)
    return figures


def _lines(parts: Parts) -> str:
    return "\n".join(" | ".join(row) for rows in parts.tables for row in rows)


def by_cleanpage(html: str) -> str:
    """The main text as Markdown."""
    return cleanpage.clean(html).markdown


def by_keeping_tables(html: str) -> str:
    """The main text and all tables in content; the gold texts of the benchmarks lack many, so this is no default."""
    return cleanpage.Cleaner(keep=["table"]).clean(html).markdown


def by_trafilatura(html: str) -> str:
    """The main text as Markdown, with all that trafilatura can write."""
    from trafilatura import extract

    return extract(html, output_format="markdown", include_tables=True, include_formatting=True) or ""


def by_html_to_markdown(html: str) -> str:
    """The whole page."""
    from html_to_markdown import convert

    return convert(html).content or ""


WRITERS: Final[Mapping[str, Writer]] = {
    "cleanpage": by_cleanpage,
    'cleanpage, keep=["table"]': by_keeping_tables,
    "trafilatura": by_trafilatura,
    "html-to-markdown": by_html_to_markdown,
}
PACKAGES: Final = ("cleanpage", "trafilatura", "html-to-markdown")
FIGURES: Final = ("text", "code", "formulas", "tables", "TEDS")


def measure(folder: Path) -> tuple[Counter[str], list[list[str]]]:
    """Measures the pages in a folder.

    Returns:
        How many pages, tables, code blocks and formulas the gold has; a line of the table for each writer.
    """
    counts: Counter[str] = Counter()
    figures: dict[str, dict[str, list[float]]] = {name: {figure: [] for figure in FIGURES} for name in WRITERS}
    for page in sorted(folder.iterdir()):
        gold = split_markdown((page / "expected.md").read_text(encoding="utf-8"))
        counts.update(pages=1, tables=len(gold.tables), code=len(gold.code), formulas=len(gold.formulas))
        html = (page / "input.html").read_text(encoding="utf-8")
        for name, write in WRITERS.items():
            for figure, value in similarity(gold, split_markdown(write(html))).items():
                figures[name][figure].append(value)
    lines = []
    for name, columns in figures.items():
        means = [mean(values) for values in columns.values() if values]
        lines.append([name, *(f"{figure:.3f}" for figure in (mean(means), *means))])
    return counts, lines


@click.command()
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Also write the report to this file.")
def main(output: Path | None) -> None:
    """Prints the figures as Markdown."""
    report = [head_of("Markdown, part by part", "invented pages of tests/fixtures", PACKAGES)]
    for name, title in SETS.items():
        counts, lines = measure(FIXTURES / name)
        gold = "{pages} pages, {tables} tables, {code} code blocks, {formulas} formulas".format(**counts)
        report += [f"## {title.capitalize()}: {gold}", table(["Markdown by", "overall", *FIGURES], lines)]
    publish("\n\n".join(report), output)


if __name__ == "__main__":
    main()
