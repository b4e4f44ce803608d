"""Polars: ``cleanpage.clean()`` and ``clean_text()`` of a Series give a DataFrame, of an expression a struct.

``import cleanpage.polars`` registers both; it needs ``cleanpage[polars]``.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow as pa

from cleanpage.engines.arrow import clean_arrow, new_fields
from cleanpage.engines.rows import SOURCES, make_options

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cleanpage.engines.rows import TableOptions


@pl.api.register_series_namespace("cleanpage")
class CleanpageSeries:
    """What a Series of pages has as ``.cleanpage``."""

    def __init__(self, series: pl.Series) -> None:
        self._series = series

    def clean(
        self, url: pl.Series | None = None, *, workers: int = 1, progress: bool = False, **options: Any
    ) -> pl.DataFrame:
        """Cleans web pages.

        Args:
            url: Where the pages are from.
            workers: Processes that clean.
            progress: Whether to show a progress bar.
            **options: As for `cleanpage.engines.arrow.clean_arrow`, but for the names of columns that are read.

        Returns:
            A row a page; its columns are those that ``columns`` names.

        Raises:
            ConfigError: An option means nothing, or the Series holds something else than pages.
        """
        wanted = make_options(options, without=SOURCES)
        columns = {"html": self._series} | ({"url": url} if url is not None else {})
        table = pa.table({name: column.to_arrow() for name, column in columns.items()})
        return _frame(clean_arrow(table, workers=workers, progress=progress, **options), wanted)

    def clean_text(self, *, workers: int = 1, progress: bool = False, **options: Any) -> pl.DataFrame:
        """Cleans plain-text page dumps; see `clean`."""
        wanted = make_options(options, without=SOURCES)
        table = pa.table({"text": self._series.to_arrow()})
        return _frame(clean_arrow(table, workers=workers, progress=progress, **options), wanted)


@pl.api.register_expr_namespace("cleanpage")
class CleanpageExpression:
    """What an expression has as ``.cleanpage``: for lazy frames, and beside other columns."""

    def __init__(self, expression: pl.Expr) -> None:
        self._expression = expression

    def clean(self, url: pl.Expr | None = None, **options: Any) -> pl.Expr:
        """Cleans web pages.

        Args:
            url: Where the pages are from.
            **options: As of `CleanpageSeries.clean`.

        Returns:
            A struct a page; ``unnest`` makes columns of it.

        Raises:
            ConfigError: An option means nothing.
        """
        given = [self._expression] if url is None else [self._expression, url]
        return pl.map_batches(given, partial(_clean_columns, options), return_dtype=_struct(options))

    def clean_text(self, **options: Any) -> pl.Expr:
        """Cleans plain-text page dumps; see `clean`."""
        return pl.map_batches([self._expression], partial(_clean_dumps, options), return_dtype=_struct(options))


def _clean_columns(options: dict[str, Any], columns: Sequence[pl.Series]) -> pl.Series:
    page, *url = columns
    return CleanpageSeries(page).clean(*url, **options).to_struct(page.name)


def _clean_dumps(options: dict[str, Any], columns: Sequence[pl.Series]) -> pl.Series:
    [page] = columns
    return CleanpageSeries(page).clean_text(**options).to_struct(page.name)


def _frame(cleaned: pa.Table, wanted: TableOptions) -> pl.DataFrame:
    frame = pl.from_arrow(cleaned.select([field.name for field in new_fields(wanted)]))
    assert isinstance(frame, pl.DataFrame)
    return frame


def _struct(options: Mapping[str, Any]) -> pl.Struct:
    calls = ("workers", "progress")  # of them a schema does not depend
    wanted = make_options({name: value for name, value in options.items() if name not in calls}, without=SOURCES)
    return pl.Struct(_frame(pa.schema(new_fields(wanted)).empty_table(), wanted).schema)
