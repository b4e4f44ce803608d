"""Spark in local mode: mapInArrow over two partitions."""

from __future__ import annotations

import gc
import shutil
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("pyspark", reason="needs cleanpage[engines]")
if shutil.which("java") is None:
    pytest.skip("Spark needs java, 17 or newer", allow_module_level=True)

from pyspark.sql import SparkSession

import cleanpage
from cleanpage.engines.spark import clean_frame
from tests.tables import COLUMNS, IDS, MAX_BYTES, PAGES, URLS, comparable, expected

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [
    pytest.mark.slow,
    # Spark leaves its sockets to the end of the process.
    pytest.mark.filterwarnings("ignore:unclosed .*socket:ResourceWarning"),
    # What of Spark needs an older pandas is not used here; mapInArrow only asks whether there is one.
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
]

SCHEMA = "id BIGINT, html STRING, url STRING, fetched TIMESTAMP"

FETCHED = datetime(2026, 11, 27, 12, 30)  # noqa: DTZ001 - Spark gives local time without a zone


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    """A small Spark on this machine alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        made = (
            SparkSession.builder.master("local[1]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.memory", "512m")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.sql.shuffle.partitions", "1")
            .config("spark.sql.execution.arrow.maxRecordsPerBatch", "2")
            .getOrCreate()
        )
        yield made
        made.stop()
        gc.collect()  # what is left open is found here, and not in another test


def pages(session: Any) -> Any:
    """The pages in two partitions."""
    rows = [(*row, FETCHED) for row in zip(IDS, PAGES, URLS, strict=True)]
    return session.createDataFrame(rows, SCHEMA).repartition(2, "id")


def test_rows(session: Any) -> None:
    """The rows are those of the kernel, and the schema is known before anything is cleaned."""
    cleaned = clean_frame(pages(session), columns=COLUMNS, max_bytes=MAX_BYTES)
    assert cleaned.columns == ["id", "url", "fetched", *COLUMNS]
    assert cleaned.schema["fetched"] == pages(session).schema["fetched"]
    rows = [row.asDict(recursive=True) for row in cleaned.collect()]
    assert {row.pop("fetched") for row in rows} == {FETCHED}
    assert comparable(rows) == expected()


def test_binary(session: Any) -> None:
    """Pages may be binary, a time limit may be set, and the columns can be asked for in SQL."""
    frame = pages(session).selectExpr("id", "CAST(html AS BINARY) AS html", "url")
    clean_frame(frame, columns=COLUMNS, max_bytes=MAX_BYTES, timeout=60).createOrReplaceTempView("cleaned")
    [(count,)] = session.sql(
        "SELECT COUNT(*) FROM cleaned WHERE status = 'ok' AND blocks[0].role = 'navigation'"
    ).collect()
    assert count == 2


def test_errors(session: Any) -> None:
    """What is wrong with the columns raises before anything is cleaned."""
    with pytest.raises(cleanpage.ConfigError, match="no column is named body or text"):
        clean_frame(pages(session), html="body")
    with pytest.raises(cleanpage.ConfigError, match="the column id holds int64"):
        clean_frame(pages(session), html="id")
