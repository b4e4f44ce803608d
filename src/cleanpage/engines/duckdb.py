"""DuckDB: functions of SQL that clean pages; needs ``cleanpage[duckdb]``."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from cleanpage.engines.arrow import clean_arrow, new_fields
from cleanpage.engines.rows import SOURCES, make_options

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FUNCTIONS: Final = {
    "clean_html": ("html", "VARCHAR"),
    "clean_bytes": ("html", "BLOB"),
    "clean_dump": ("text", "VARCHAR"),
}
"""The functions: what the page is, and its type. DuckDB has one function of each name, with one type."""


def register(connection: DuckDBPyConnection, **options: Any) -> None:
    """Adds ``clean_html(html, url)``, ``clean_bytes(html, url)`` and ``clean_dump(text, url)`` to a connection.

    Each gives a STRUCT with the wanted columns; the ``url`` may be NULL.

    Args:
        connection: The connection.
        **options: As for `cleanpage.engines.arrow.clean_arrow`, but for the names of columns that are read.

    Raises:
        ConfigError: An option means nothing.
    """
    import duckdb

    struct = pa.struct(new_fields(make_options(options, without=SOURCES)))
    returned = duckdb.from_arrow(pa.table({"cleaned": pa.array([], struct)})).types[0]
    for name, (column, kind) in FUNCTIONS.items():
        connection.create_function(
            name,
            partial(_clean_vector, column, options),
            [kind, "VARCHAR"],
            returned,
            type="arrow",
            null_handling="special",
        )


def _clean_vector(column: str, options: dict[str, Any], pages: pa.Array, urls: pa.Array) -> pa.Array:
    cleaned = clean_arrow(pa.table({column: pages, "url": urls}), **options).drop_columns(["url"])
    return cleaned.to_struct_array()
