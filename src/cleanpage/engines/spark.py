"""Spark: a DataFrame with pages → one with what cleanpage found on them; needs ``cleanpage[spark]``."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from cleanpage.engines.arrow import arrow_schema, clean_arrow
from cleanpage.engines.rows import columns_handed_on, make_options

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pyarrow as pa
    from pyspark.sql import DataFrame


def clean_frame(frame: DataFrame, **options: Any) -> DataFrame:
    """Cleans the pages of a DataFrame, where its partitions are.

    Args:
        frame: The pages, in a column ``html`` (binary or string) or ``text``; its other columns are handed on.
        **options: As for `cleanpage.engines.arrow.clean_arrow`.

    Returns:
        The DataFrame that `clean_arrow` makes of each batch; nothing is cleaned before it is asked for.

    Raises:
        ConfigError: As of `clean_arrow`.
    """
    from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema
    from pyspark.sql.types import StructType

    wanted = make_options(options)
    own = {field.name: field for field in frame.schema}
    handed_on = [own[name] for name in columns_handed_on(frame.columns, wanted)]
    pages = StructType([own[name] for name in (wanted.html, wanted.dump) if name in own])
    new = from_arrow_schema(arrow_schema(to_arrow_schema(pages), **options))
    schema = StructType([*handed_on, *new])
    return frame.mapInArrow(partial(_clean_batches, options), schema)


def _clean_batches(options: dict[str, Any], batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        yield clean_arrow(batch, **options)
