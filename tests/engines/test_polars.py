"""The namespaces of Polars: of a Series a DataFrame, of an expression a struct."""

from __future__ import annotations

import pytest

pl = pytest.importorskip("polars", reason="needs cleanpage[polars]")
pytest.importorskip("pyarrow", reason="needs cleanpage[polars]")

import cleanpage
import cleanpage.polars
from tests.tables import COLUMNS, IDS, MAX_BYTES, PAGE, PAGES, URLS, comparable, expected


def test_series() -> None:
    """The columns are those asked for, a row a page."""
    cleaned = pl.Series(PAGES).cleanpage.clean(pl.Series(URLS), columns=COLUMNS, max_bytes=MAX_BYTES)
    assert cleaned.columns == list(COLUMNS)
    rows = cleaned.with_columns(id=pl.Series(IDS), url=pl.Series(URLS)).to_dicts()
    assert comparable(rows) == expected()


def test_expression() -> None:
    """A lazy frame knows the columns beforehand, and has the same rows."""
    frame = pl.LazyFrame({"id": IDS, "html": PAGES, "url": URLS}, schema_overrides={"url": pl.String})
    cleaned = frame.select(
        "id", "url", pl.col("html").cleanpage.clean(pl.col("url"), columns=COLUMNS, max_bytes=MAX_BYTES).struct.unnest()
    )
    assert cleaned.collect_schema().names() == ["id", "url", *COLUMNS]
    assert comparable(cleaned.collect().to_dicts()) == expected()


def test_dumps() -> None:
    """Plain text has methods of its own."""
    dump = "Log in\n\nNach zwei Jahren Bauzeit fuhren am Montag die ersten Straßenbahnen über die alte Brücke."
    text = cleanpage.clean_text(dump).text
    assert pl.Series([dump]).cleanpage.clean_text(columns=["text"]).to_dicts() == [{"text": text}]
    frame = pl.DataFrame({"dump": [dump]})
    assert frame.select(pl.col("dump").cleanpage.clean_text(columns=["text"]).struct.unnest()).to_dicts() == [
        {"text": text}
    ]


def test_options_without_effect() -> None:
    """A Series has no columns to be named."""
    with pytest.raises(cleanpage.ConfigError, match="no option is named html"):
        pl.Series([PAGE]).cleanpage.clean(html="page")
