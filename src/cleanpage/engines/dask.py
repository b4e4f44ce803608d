"""Dask: a DataFrame with pages → one with what cleanpage found on them; needs ``cleanpage[dask]``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cleanpage.pandas import clean_frame as clean_partition

if TYPE_CHECKING:
    from dask.dataframe import DataFrame


def clean_frame(frame: DataFrame, **options: Any) -> DataFrame:
    """Cleans the pages of a DataFrame, partition by partition.

    Args:
        frame: The pages, in a column ``html`` (bytes or str) or ``text``; its other columns are handed on. For bytes,
            Dask's setting ``dataframe.convert-string`` must be off.
        **options: As for `cleanpage.pandas.clean_frame`.

    Returns:
        The DataFrame that `cleanpage.pandas.clean_frame` makes of each partition; nothing is cleaned before it is asked
        for.

    Raises:
        ConfigError: As of `cleanpage.engines.arrow.clean_arrow`.
    """
    made = clean_partition(frame._meta, **options)  # noqa: SLF001 - what Dask's own functions look at; it has no rows
    return frame.map_partitions(clean_partition, meta=made, **options)
