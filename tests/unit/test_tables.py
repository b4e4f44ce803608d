"""tables: rows and columns of tables of data."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from cleanpage.document import Document
from cleanpage.render.elements import MAX_SPAN
from cleanpage.tables import Table
from tests.unit.documents import document_of, without_notes

if TYPE_CHECKING:
    from collections.abc import Sequence


def rows_of(html: str) -> tuple[tuple[str, ...], ...]:
    """The rows of the only table of a page."""
    [table] = document_of(html).tables
    return table.rows


def test_a_table_has_rows_a_heading_and_a_caption() -> None:
    """Cells without text keep their columns; a foot is part of the body."""
    html = (
        "<p>x</p><table><caption>Tides</caption><thead><tr><th>Port</th><th>High</th></tr></thead>"
        "<tr><td>Brest</td><td></td></tr><tfoot><tr><td>Cadiz</td><td>1<br>2</td></tr></tfoot></table>"
    )
    [table] = document_of(html).tables
    assert table == Table(
        rows=(("Port", "High"), ("Brest", ""), ("Cadiz", "1\n2")),
        header_row_count=1,
        caption="Tides",
        path="/html[1]/body[1]/table[1]",
    )
    assert table.columns == ("Port", "High")
    assert (list(table), len(table)) == (list(table.rows), 3)


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        (
            (
                "<tr><th rowspan=2>S</th><th colspan=2>C</th></tr><tr><th>a</th><th>b</th></tr>"
                "<tr><td>1</td><td>2</td><td>3</td></tr>"
            ),
            (("S", "C", "C"), ("S", "a", "b"), ("1", "2", "3")),
        ),
        ("<tr><td>a</td><td>b</td></tr><tr><td>c</td></tr>", (("a", "b"), ("c", ""))),
        ("<tr><td>a</td><td rowspan=3>b</td></tr><tr><td>c</td></tr>", (("a", "b"), ("c", "b"))),
        ("<tr><td>a</td><td colspan='9007199254740991'>b</td></tr>", (("a", "b", "b"),)),
        (
            "<tr><td colspan=x>a</td><td rowspan='0'>b</td></tr><tr><td hidden>h</td><td>c</td><td>d</td></tr>",
            (("a", "b"), ("c", "d")),
        ),
        ("<tr><td>a</td><td><ul><li>b</li><li>c</li></ul></td></tr>", (("a", "b\nc"),)),
    ],
)  # fmt: skip
def test_rows(table: str, rows: Sequence[Sequence[str]]) -> None:
    """A cell stands in each place that it reaches over, within bounds."""
    assert rows_of(f"<table>{table}</table>") == rows


def test_a_cell_reaches_only_so_far_down() -> None:
    """Rows below the bound have their own cells again."""
    rows = rows_of(f"<table><tr><td>a</td><td rowspan=100000>b</td></tr>{'<tr><td>c</td></tr>' * MAX_SPAN}</table>")
    assert rows[MAX_SPAN - 1] == ("c", "b")
    assert rows[MAX_SPAN] == ("c", "")


@pytest.mark.parametrize(
    "table",
    [
        "<table role='presentation'><tr><td>a</td><td>b</td></tr></table>",
        "<table><tr><td>a</td></tr><tr><td>b</td></tr></table>",
        "<table><tr><td>a</td><td><h2>b</h2>c</td></tr></table>",
        "<table><tr><td>a</td><td><p>b</p><p>c</p><p>d</p></td></tr></table>",
        "<table><caption>a</caption></table>",
    ],
)
def test_layout_is_no_table(table: str) -> None:
    """What the HTML view unwraps is no table of data either."""
    document = document_of(table)
    assert document.tables == ()
    assert {block.table for block in document.blocks} == {None}


def test_a_table_in_a_table_is_the_table() -> None:
    """The one around it is layout."""
    html = "<table><tr><td>x</td><td><table><tr><td>a</td><td>b</td></tr></table></td></tr></table>"
    document = document_of(html)
    assert [(block.text, block.table is not None) for block in document.blocks] == [
        ("x", False),
        ("a", True),
        ("b", True),
    ]
    assert rows_of(html) == (("a", "b"),)


def test_a_table_that_would_be_quadratic_is_none() -> None:
    """A row of 2,000 cells above 2,000 rows of one cell: paragraphs, and no table of four million cells."""
    document = document_of(f"<table><tr>{'<td>a</td>' * 2_000}</tr>{'<tr><td>b</td></tr>' * 2_000}</table>")
    assert document.tables == ()
    assert len(document.markdown) < 20_000


def test_blocks_know_their_table() -> None:
    """Also those of a table that is no main text; JSON and pickles keep it."""
    document = document_of(
        "<table><tr><td>a</td><td>b</td></tr></table><table><tr><td>note</td><td>note</td></tr></table>", without_notes
    )
    tables = [block.table for block in document.blocks]
    assert tables[0] is tables[1]
    assert tables[2] is tables[3]
    assert document.tables == (tables[0],)
    data = document.to_dict()
    assert [block["table"] for block in data["blocks"]] == [0, 0, 1, 1]
    assert [table["rows"] for table in data["tables"]] == [[["a", "b"]], [["note", "note"]]]
    assert Document.from_dict(data).blocks == document.blocks


def test_pandas(monkeypatch: pytest.MonkeyPatch) -> None:
    """A data frame is made of the rows below the heading; pandas is asked for when it is needed."""
    pandas: Any = ModuleType("pandas")
    pandas.DataFrame = lambda rows, columns: (rows, columns)
    monkeypatch.setitem(sys.modules, "pandas", pandas)
    with_head = Table((("A", "B"), ("1", "2")), 1, "", "")
    assert with_head.to_pandas() == ([["1", "2"]], ["A", "B"])
    assert Table((("1", "2"),), 0, "", "").to_pandas() == ([["1", "2"]], None)
