"""Tables of data as rows and columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cleanpage.parse import element_at
from cleanpage.render.elements import LAYOUT_ROLES, MAX_SPAN
from cleanpage.render.writer import HEADINGS, MAX_CELL_PARAGRAPH_COUNT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lxml import etree

    from cleanpage.page import NodeTable, Page

MAX_CELL_COUNT: Final = 1_000_000
"""Cells of a table with all its rows filled up to one length; one that would have more is taken for none."""

CELLS: Final = frozenset(("td", "th"))


@dataclass(frozen=True, slots=True)
class Table:
    """A table of data.

    Attributes:
        rows: The text of each cell, row by row, all rows of one length; a cell that reaches over several columns or
            rows stands in each of them.
        header_row_count: How many rows at the top are headings.
        caption: Its caption, '' where it has none.
        path: XPath of the table on the page as given.
    """

    rows: tuple[tuple[str, ...], ...]
    header_row_count: int
    caption: str
    path: str

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def columns(self) -> tuple[str, ...]:
        """The heading of each column: what its heading rows say, without repetition; '' where there is none."""
        heads = self.rows[: self.header_row_count]
        width = len(self.rows[0]) if self.rows else 0
        return tuple(" ".join(dict.fromkeys(filter(None, (row[i] for row in heads)))) for i in range(width))

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain values, tuples as lists."""
        return {
            "caption": self.caption,
            "header_row_count": self.header_row_count,
            "rows": [list(row) for row in self.rows],
            "path": self.path,
        }

    def to_pandas(self) -> Any:
        """The table as a pandas DataFrame of strings, which needs pandas; its columns are named by `columns`."""
        import pandas as pd

        columns = list(self.columns) if self.header_row_count else None
        return pd.DataFrame([list(row) for row in self.rows[self.header_row_count :]], columns=columns)


class _Cell:
    """A cell before the rows are laid out."""

    __slots__ = ("column_span", "is_head", "row_span", "text")

    def __init__(self, text: str, *, is_head: bool, spans: tuple[int, int] = (1, 1)) -> None:
        self.text = text
        self.is_head = is_head
        self.column_span, self.row_span = spans


def tables_of(page: Page, root: etree._Element, paths: Sequence[str]) -> dict[int, Table]:
    """Finds the tables of data of a page.

    Args:
        page: The page.
        root: The tree that it was segmented from, which says how far cells reach.
        paths: XPath of each block.

    Returns:
        For each block in a table of data that table, by the block's index. Tables that hold other tables, that say they
        are layout, or that show no columns are not among them.
    """
    nodes = page.node_table
    holders = _holders(nodes)
    if not holders:
        return {}
    found: dict[int, Table] = {}
    for row, inner in holders.items():
        if nodes.attributes[row].get("role") in LAYOUT_ROLES or _is_layout(nodes, inner):
            continue
        steps = paths[nodes.first_blocks[row]].split("/")
        table = _table(page, inner, "/".join(steps[: nodes.depths[row] + 2]), root)
        if table is not None:
            found.update(dict.fromkeys(range(nodes.first_blocks[row], nodes.end_blocks[row]), table))
    return found


def _holders(nodes: NodeTable) -> dict[int, list[int]]:
    """For each table with text the rows of the node table inside it; in a table in a table, those of both."""
    holders: dict[int, list[int]] = {}
    open_tables: list[tuple[int, int]] = []  # row, depth
    for row, tag in enumerate(nodes.tags):
        depth = nodes.depths[row]
        while open_tables and open_tables[-1][1] >= depth:
            open_tables.pop()
        for table, _ in open_tables[-2:]:
            holders[table].append(row)
        if tag == "table" and nodes.end_blocks[row] > nodes.first_blocks[row]:
            open_tables.append((row, depth))
            holders[row] = []
    return holders


def _is_layout(nodes: NodeTable, inner: Sequence[int]) -> bool:
    """Whether a table is the layout of the page, by what the rows of the node table inside it are."""
    tags = [nodes.tags[row] for row in inner]
    if "table" in tags or not HEADINGS.isdisjoint(tags):
        return True
    return "th" not in tags and any(
        nodes.tags[row] == "td" and nodes.end_blocks[row] - nodes.first_blocks[row] > MAX_CELL_PARAGRAPH_COUNT
        for row in inner
    )


def _table(page: Page, inner: Sequence[int], path: str, root: etree._Element) -> Table | None:
    nodes = page.node_table
    spans = _spans(root, path)
    lines: list[list[_Cell]] = []
    caption = ""
    done_count = 0
    cell_count = sum(nodes.tags[node] in CELLS for node in inner)
    has_spans = len(spans) == cell_count  # else hidden cells stand among them
    for node in inner:
        tag = nodes.tags[node]
        if tag == "tr":
            lines.append([])
        elif tag in CELLS and lines:
            text = _text(page, node)
            lines[-1].append(_Cell(text, is_head=tag == "th", spans=spans[done_count] if has_spans else (1, 1)))
            done_count += 1
        elif tag == "caption" and not caption:
            caption = _text(page, node)
    if max(map(len, lines), default=0) < 2:  # noqa: PLR2004 - one column is a list
        return None
    rows_of_text = _laid_out(lines)
    return Table(rows_of_text, _header_count(lines), caption, path) if rows_of_text else None


def _text(page: Page, node: int) -> str:
    nodes = page.node_table
    return "\n".join(page.texts[nodes.first_blocks[node] : nodes.end_blocks[node]])


def _spans(root: etree._Element, path: str) -> list[tuple[int, int]]:
    """The columns and rows that each cell of a table reaches over, in order."""
    table = element_at(root, path)
    if table is None:
        return []
    return [(_number(cell.get("colspan")), _number(cell.get("rowspan"))) for cell in table.iter("{*}td", "{*}th")]


def _number(value: str | None) -> int:
    """A span: at least 1, at most MAX_SPAN."""
    digits = (value or "").strip()[:4]
    return max(1, min(int(digits), MAX_SPAN)) if digits.isdecimal() else 1


def _laid_out(lines: Sequence[Sequence[_Cell]]) -> tuple[tuple[str, ...], ...]:
    """The cells in their columns. No cell reaches over more columns than the row with most cells has."""
    width = max(map(len, lines))
    reaching: dict[int, tuple[str, int]] = {}  # column: text, rows that are left
    rows: list[list[str]] = []
    count = 0
    for line in lines:
        row: list[str] = []
        for cell in line:
            _fill(row, reaching)
            for _ in range(min(cell.column_span, width)):
                if cell.row_span > 1:
                    reaching[len(row)] = (cell.text, cell.row_span)
                row.append(cell.text)
        _fill(row, reaching)
        reaching = {column: (text, left - 1) for column, (text, left) in reaching.items() if left > 1}
        if row:
            rows.append(row)
        count += len(row)
        if count > MAX_CELL_COUNT:
            return ()
    longest = max(map(len, rows), default=0)
    if longest * len(rows) > MAX_CELL_COUNT:
        return ()
    return tuple(tuple(row + [""] * (longest - len(row))) for row in rows)


def _fill(row: list[str], reaching: dict[int, tuple[str, int]]) -> None:
    """Adds what reaches down from the rows above."""
    while len(row) in reaching:
        row.append(reaching[len(row)][0])


def _header_count(lines: Sequence[Sequence[_Cell]]) -> int:
    """The rows at the top that hold headings only; all rows of headings are none."""
    filled = [line for line in lines if line]
    count = next((index for index, line in enumerate(filled) if not all(cell.is_head for cell in line)), 0)
    return count if count < len(filled) else 0
