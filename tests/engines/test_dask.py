"""Dask: map_partitions over two partitions."""

from __future__ import annotations

from typing import Any

import pytest

pd = pytest.importorskip("pandas", reason="needs cleanpage[engines]")
dask = pytest.importorskip("dask", reason="needs cleanpage[engines]")
dd = pytest.importorskip("dask.dataframe", reason="needs cleanpage[engines]")

import cleanpage
from cleanpage.engines.dask import clean_frame
from cleanpage.pandas import clean_frame as clean_pandas
from tests.tables import COLUMNS, IDS, MAX_BYTES, PAGES, STATUSES, URLS

pytestmark = pytest.mark.slow


def frame(pages: list[Any]) -> Any:
    """Pages with an index of their own."""
    return pd.DataFrame({"id": IDS, "html": pages, "url": URLS}, index=range(10, 15))


def test_rows() -> None:
    """The rows and the index are those that pandas gives, and so are the types, beforehand."""
    cleaned = clean_frame(dd.from_pandas(frame(PAGES), npartitions=2), columns=COLUMNS, max_bytes=MAX_BYTES)
    computed = cleaned.compute(scheduler="threads", num_workers=2)
    single = clean_pandas(frame(PAGES), columns=COLUMNS, max_bytes=MAX_BYTES)
    assert list(computed["status"]) == STATUSES
    assert list(computed.index) == list(range(10, 15))
    assert computed["text"].fillna("").tolist() == single["text"].fillna("").tolist()
    assert [kind.kind for kind in cleaned.dtypes] == [kind.kind for kind in computed.dtypes]


def test_bytes() -> None:
    """Bytes stay bytes where Dask does not make strings of them, and a process may clean them."""
    given = frame([None if page is None else page.encode() for page in PAGES])
    with dask.config.set({"dataframe.convert-string": False}):
        cleaned = clean_frame(dd.from_pandas(given, npartitions=2), columns=["status"], max_bytes=MAX_BYTES)
        assert cleaned.compute(scheduler="processes", num_workers=1)["status"].tolist() == STATUSES


def test_errors() -> None:
    """What is wrong with the columns raises before anything is cleaned."""
    with pytest.raises(cleanpage.ConfigError, match="no column is named body or text"):
        clean_frame(dd.from_pandas(frame(PAGES), npartitions=1), html="body")
