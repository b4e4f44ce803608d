"""Arrow: a record batch or table with pages → one with what cleanpage found on them; needs ``cleanpage[arrow]``.

Every engine that gives out Arrow's columns can call `clean_arrow`; the modules beside this one do so.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import fields
from itertools import repeat
from typing import TYPE_CHECKING, Any, Final, TypeVar

import pyarrow as pa

from cleanpage.engines.rows import Given, clean_rows, columns_handed_on, make_options
from cleanpage.errors import ConfigError
from cleanpage.metadata import Metadata

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cleanpage.engines.rows import TableOptions

Batch = TypeVar("Batch", bound="pa.RecordBatch | pa.Table")

STRINGS: Final = pa.list_(pa.string())
BLOCK: Final = pa.struct(
    {
        "index": pa.int32(),
        "role": pa.string(),
        "kind": pa.string(),
        "level": pa.int32(),
        "text": pa.string(),
        "language": pa.string(),
        "confidence": pa.float64(),
        "reasons": STRINGS,
        "is_main": pa.bool_(),
        "path": pa.string(),
        "start": pa.int64(),
        "end": pa.int64(),
    }
)
"""The fields of `cleanpage.Block`; ``path`` is null in plain text, ``start`` and ``end`` in HTML."""

METADATA: Final = pa.struct({field.name: pa.string() if field.type == "str" else STRINGS for field in fields(Metadata)})
OTHER_TYPES: Final = {"quality": pa.float64(), "warnings": STRINGS, "blocks": pa.list_(BLOCK), "metadata": METADATA}
"""The types of the columns that hold no string."""


def clean_arrow(batch: Batch, *, workers: int = 1, progress: bool = False, **options: Any) -> Batch:
    """Cleans the pages of a record batch or table.

    Args:
        batch: The pages, in a column ``html`` (binary or string) or, plain-text dumps, ``text``; with ``url`` if it is
            known. Its other columns are handed on.
        workers: Processes that clean; leave 1 where an engine runs several tasks.
        progress: Whether to show a progress bar.
        **options: The fields of `cleanpage.engines.rows.TableOptions` but ``config``, such as ``columns``, and those of
            `cleanpage.Config`, with ``max_bytes`` 10 MB unless given.

    Returns:
        A row a page: the batch's columns but those with pages, then the new ones, as `arrow_schema` has them. A page
        that failed has a ``status`` and an ``error``, and nulls.

    Raises:
        ConfigError: An option means nothing, there is no column with pages, or a new column has the name of another.
    """
    wanted = make_options(options)
    schema = arrow_schema(batch.schema, **options)
    handed_on = [batch.column(name) for name in columns_handed_on(batch.schema.names, wanted)]
    new: dict[str, list[Any]] = {name: [] for name in wanted.columns}
    with closing(clean_rows(_pages(batch, wanted), wanted, workers)) as rows:
        for row in _with_progress(rows, batch.num_rows) if progress else rows:
            for name, values in new.items():
                values.append(row[name])
    made = [pa.array(values, type=_type_of(name)) for name, values in new.items()]
    return type(batch).from_arrays([*handed_on, *made], schema=schema)


def arrow_schema(given: pa.Schema, **options: Any) -> pa.Schema:
    """The schema of what `clean_arrow` makes of a batch, for engines that want it beforehand.

    Args:
        given: The schema of the batch.
        **options: As for `clean_arrow`.

    Raises:
        ConfigError: As of `clean_arrow`.
    """
    wanted = make_options(options)
    handed_on = columns_handed_on(given.names, wanted)
    for name in (wanted.html, wanted.dump):
        _check_holds_pages(given, name)
    return pa.schema([*(given.field(name) for name in handed_on), *new_fields(wanted)])


def new_fields(wanted: TableOptions) -> list[pa.Field]:
    """The fields of the columns that `clean_arrow` adds, for engines that hand on the others themselves."""
    return [pa.field(wanted.prefix + name, _type_of(name)) for name in wanted.columns]


def _type_of(name: str) -> pa.DataType:
    return OTHER_TYPES.get(name, pa.string())


def _check_holds_pages(given: pa.Schema, name: str) -> None:
    if name not in given.names:
        return
    found = given.field(name).type
    found = found.value_type if pa.types.is_dictionary(found) else found
    text = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    binary = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_binary_view, pa.types.is_null)
    if not any(matches(found) for matches in (*text, *binary)):
        raise ConfigError(f"the column {name} holds {found}; pages are binary or string")


def _pages(batch: pa.RecordBatch | pa.Table, wanted: TableOptions) -> Iterator[Given]:
    """The pages, one at a time: a batch is held once, not twice."""
    cells = (_cells(batch, name) for name in (wanted.html, wanted.dump, wanted.url))
    for html, dump, url in zip(*cells, strict=False):  # a column that is not there has no end
        content = dump if html is None else html
        yield Given(content, html is None and dump is not None, url if isinstance(url, str) else "")


def _cells(batch: pa.RecordBatch | pa.Table, name: str) -> Iterable[Any]:
    return (cell.as_py() for cell in batch.column(name)) if name in batch.schema.names else repeat(None)


def _with_progress(rows: Iterable[dict[str, Any]], count: int) -> Iterator[dict[str, Any]]:
    from tqdm.auto import tqdm

    return iter(tqdm(rows, total=count, unit="page"))
