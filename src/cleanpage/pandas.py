"""pandas: ``series.cleanpage.clean()`` and ``clean_text()`` give a DataFrame; needs ``cleanpage[pandas]``.

``import cleanpage.pandas`` registers the accessor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import pyarrow as pa

from cleanpage.engines.arrow import clean_arrow, new_fields
from cleanpage.engines.rows import SOURCES, columns_handed_on, make_options
from cleanpage.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

ONE_TYPE: Final = "the pages must be bytes, or str, and nothing else; decode them, or leave all as bytes"


def clean_frame(frame: pd.DataFrame, *, workers: int = 1, progress: bool = False, **options: Any) -> pd.DataFrame:
    """Cleans the pages of a DataFrame.

    Args:
        frame: The pages, in a column ``html`` (bytes or str) or ``text``; its other columns are handed on.
        workers: Processes that clean.
        progress: Whether to show a progress bar.
        **options: As for `cleanpage.engines.arrow.clean_arrow`.

    Returns:
        A row a page, with the frame's index: its columns but those with pages, then the new ones.

    Raises:
        ConfigError: As of `clean_arrow`.
        InputError: A column holds something else than pages, or bytes as well as str.
    """
    wanted = make_options(options)
    handed_on = columns_handed_on(list(frame.columns), wanted)
    read = [name for name in (wanted.html, wanted.dump, wanted.url) if name in frame.columns]
    batch = pa.table({name: _array(frame[name]) for name in read})
    cleaned = clean_arrow(batch, workers=workers, progress=progress, **options)
    new = cleaned.select([field.name for field in new_fields(wanted)]).to_pandas()
    return pd.concat([frame[handed_on], new.set_axis(frame.index)], axis="columns")


@pd.api.extensions.register_series_accessor("cleanpage")
class CleanpageAccessor:
    """What a Series of pages has as ``.cleanpage``."""

    def __init__(self, series: pd.Series) -> None:
        self._series = series

    def clean(
        self, url: pd.Series | None = None, *, workers: int = 1, progress: bool = False, **options: Any
    ) -> pd.DataFrame:
        """Cleans web pages.

        Args:
            url: Where the pages are from, with the same index.
            workers: Processes that clean.
            progress: Whether to show a progress bar.
            **options: As for `cleanpage.engines.arrow.clean_arrow`, but for the names of columns that are read.

        Returns:
            A row a page, with the Series' index; its columns are those that ``columns`` names.

        Raises:
            ConfigError: An option means nothing.
            InputError: The Series holds something else than pages, or bytes as well as str.
        """
        make_options(options, without=SOURCES)
        pages = {"html": self._series} | ({"url": url} if url is not None else {})
        cleaned = clean_frame(self._frame(pages), workers=workers, progress=progress, **options)
        return cleaned if url is None else cleaned.drop(columns="url")

    def clean_text(self, *, workers: int = 1, progress: bool = False, **options: Any) -> pd.DataFrame:
        """Cleans plain-text page dumps; see `clean`."""
        make_options(options, without=SOURCES)
        return clean_frame(self._frame({"text": self._series}), workers=workers, progress=progress, **options)

    def _frame(self, columns: Mapping[str, pd.Series]) -> pd.DataFrame:
        return pd.DataFrame({name: column.to_numpy() for name, column in columns.items()}, index=self._series.index)


def _array(column: pd.Series) -> pa.Array | pa.ChunkedArray:
    try:
        made = pa.array(column, from_pandas=True)
    except (pa.ArrowException, TypeError, UnicodeEncodeError) as error:
        raise InputError(f"{column.name}: {ONE_TYPE} ({error})") from error
    # Arrow encodes a str among bytes, and the charset that its page declares is then no longer the right one.
    if pa.types.is_binary(made.type) and any(isinstance(cell, str) for cell in column):
        raise InputError(f"{column.name}: {ONE_TYPE} (there are both)")
    return made
