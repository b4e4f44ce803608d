"""DuckDB: pages cleaned in SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

duckdb = pytest.importorskip("duckdb", reason="needs cleanpage[engines]")
pa = pytest.importorskip("pyarrow", reason="needs cleanpage[engines]")

import cleanpage
from cleanpage.engines.duckdb import register
from tests.tables import COLUMNS, IDS, MAX_BYTES, PAGES, URLS, comparable, expected

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow


@pytest.fixture
def connection() -> Any:
    """A database with the pages in it."""
    made = duckdb.connect()
    made.register("pages", pa.table({"id": IDS, "html": pa.array(PAGES), "url": pa.array(URLS)}))
    return made


@pytest.mark.parametrize("call", ["clean_html(html, url)", "clean_bytes(encode(html), url)"])
def test_rows(connection: Any, call: str) -> None:
    """The fields are the columns of the kernel, for text and for bytes."""
    register(connection, columns=COLUMNS, max_bytes=MAX_BYTES)
    query = f"SELECT id, url, unnest(cleaned) FROM (SELECT id, url, {call} AS cleaned FROM pages)"
    assert comparable(connection.sql(query).to_arrow_table().to_pylist()) == expected()


def test_dumps(connection: Any) -> None:
    """Plain text has a function of its own."""
    register(connection, columns=["text"])
    dump = "Log in\n\nNach zwei Jahren Bauzeit fuhren am Montag die ersten Straßenbahnen über die alte Brücke."
    [(text,)] = connection.execute("SELECT clean_dump(?, NULL).text", [dump]).fetchall()
    assert text == cleanpage.clean_text(dump).text


def test_many_rows(connection: Any, tmp_path: Path) -> None:
    """More rows than a vector holds, to a Parquet file."""
    register(connection, columns=["text", "status"])
    target = tmp_path / "texts.parquet"
    connection.sql(
        "SELECT i, clean_html('<p>' || i || ' gulls came back in March</p>', NULL) AS page FROM range(2100) t(i)"
    ).write_parquet(str(target))
    rows = connection.sql(f"SELECT i, page.text FROM '{target}' WHERE page.status = 'ok' ORDER BY i").fetchall()
    assert rows == [(i, f"{i} gulls came back in March") for i in range(2100)]


def test_errors(connection: Any) -> None:
    """What means nothing raises at once."""
    with pytest.raises(cleanpage.ConfigError, match="no option is named html"):
        register(connection, html="body")
