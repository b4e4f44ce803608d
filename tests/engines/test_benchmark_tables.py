"""The arithmetic of the benchmark of tables, on an invented page."""

from __future__ import annotations

import pytest

pytest.importorskip("pyarrow", reason="needs cleanpage[arrow]")

from benchmarks import tables
from tests.tables import PAGE


def test_cost() -> None:
    """Every choice of columns can be measured, over all batches, and blocks take more bytes than text."""
    batches = tables.batches_of([PAGE.encode()] * (tables.BATCH_SIZE + 1), [""] * (tables.BATCH_SIZE + 1))
    assert [batch.num_rows for batch in batches] == [tables.BATCH_SIZE, 1]
    costs = {name: tables.cost_of(batches[1:], columns) for name, columns in tables.COLUMNS.items()}
    assert all(cost.seconds > 0 for cost in costs.values())
    assert costs["text and blocks"].output_bytes > costs["text"].output_bytes > 0


def test_lines() -> None:
    """The rates are those of the median round."""
    rounds = [tables.Cost(seconds, 3000) for seconds in (1.0, 2.0, 9.0)]
    assert tables.lines_of({"text": rounds}, 10, 40_000_000) == [["text", "5", "20.0", "200.0", "300"]]
