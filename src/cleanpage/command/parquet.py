"""Parquet files: pages from their rows, and what came of pages as rows of fixed types."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from cleanpage.command.inputs import Input, input_error
from cleanpage.command.rows import page_of
from cleanpage.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from cleanpage.command.options import Options

READ_COLUMNS: Final = ("html", "text", "url", "id")
READ_ROW_COUNT: Final = 16
"""Rows that are held at once: few, for each has a whole page."""

BUFFER_BYTES: Final = 1 << 20
"""Bytes of a column that are read from the file at once, in place of its whole row group."""

MAX_GROUP_BYTES: Final = 64 << 20
"""Bytes of JSON whose rows make a row group: what is held while it is written, and what a reader of the file has to
hold of each column at the most. Readers are told to expect groups of up to ten times the size."""

MAX_GROUP_ROWS: Final = 50_000
"""Rows of a row group: those of small pages are many, and some readers work in parallel by groups."""

NO_PARQUET: Final = "Parquet files are read and written by pyarrow: install cleanpage[batch]"


def pyarrow() -> Any:
    """The library, with its module for Parquet.

    Raises:
        InputError: It is not installed.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet
    except ImportError as error:
        raise InputError(NO_PARQUET) from error
    return pa


def read_parquet(name: str, place: str, max_bytes: int) -> Iterator[Input]:
    """The pages of a Parquet file, row group by row group.

    Args:
        name: The file.
        place: Its path below a folder of outputs.
        max_bytes: Largest page that is cleaned.

    Yields:
        A page a row, called by its number, from 1; one with an error in place of what cannot be read.
    """
    number = 0
    try:
        pa = pyarrow()
    except InputError as error:
        yield Input(name, place, error)
        return
    try:
        with pa.parquet.ParquetFile(name, buffer_size=BUFFER_BYTES, pre_buffer=False) as file:
            columns = [column for column in READ_COLUMNS if column in file.schema_arrow.names]
            if not {"html", "text"} & set(columns):
                yield Input(name, place, InputError("has no column html or text: name that of the pages so"))
                return
            for batch in file.iter_batches(READ_ROW_COUNT, columns=columns, use_threads=False):
                for row in _rows(batch):
                    number += 1
                    page = page_of(row, f"{name}:{number}", f"{place}/{number}", max_bytes)
                    yield replace(page, share=number / file.metadata.num_rows)
    except (OSError, pa.ArrowException) as error:
        yield Input(f"{name}:{number + 1}", f"{place}/{number + 1}", input_error(error))


def _rows(batch: Any) -> Iterator[dict[str, Any]]:
    columns = {name: batch.column(name) for name in batch.schema.names}
    for index in range(len(batch)):
        row = {name: _value(column[index]) for name, column in columns.items()}
        yield row | {"id": _identifier(row.get("id"))}


def _value(scalar: Any) -> Any:
    try:
        return scalar.as_py()
    except UnicodeDecodeError:  # Parquet does not check what is written as UTF-8; the charset is found out as of a file
        return bytes(scalar.as_buffer())


def _identifier(value: Any) -> Any:
    """The id as JSON has it."""
    if isinstance(value, bytes):
        return value.hex()
    if value is None or value != value:  # noqa: PLR0124 - NaN, which pandas puts where there is none
        return None
    return value if isinstance(value, str | int | float) else str(value)


def schema_of(options: Options) -> Any:
    """The columns, by what is wanted of each page: the same types whatever the pages hold."""
    pa = pyarrow()
    text, texts, number, share = pa.string(), pa.list_(pa.string()), pa.int32(), pa.float64()
    columns = dict.fromkeys(("input", "status", "error", "id", "url", "date", "title", "language", "page_type"), text)
    columns |= {"quality": share, "warnings": texts}
    if options.format != "json":
        return pa.schema(columns | {options.view: text})
    names = {"index": number, "role": text, "kind": text, "level": number, "text": text, "language": text}
    names |= {"confidence": share, "reasons": texts, "is_main": pa.bool_(), "path": text}
    block = names | {"start": number, "end": number, "table": number}
    table = {"caption": text, "header_row_count": number, "rows": pa.list_(texts), "path": text}
    nested = {"blocks": pa.list_(pa.struct(block)), "tables": pa.list_(pa.struct(table))}
    return pa.schema(columns | {"page_type_confidence": share, "schema_version": number} | nested)


def write_parquet(lines: Iterable[bytes], path: Path, options: Options) -> None:
    """Writes what came of pages as a Parquet file.

    Args:
        lines: A line of JSON each.
        path: The file; one that is there is overwritten.
        options: They say which columns it has.
    """
    pa, schema = pyarrow(), schema_of(options)
    with pa.parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        rows: list[dict[str, Any]] = []
        length = 0
        for line in lines:
            rows.append(_cells(json.loads(line)))
            length += len(line)
            if length >= MAX_GROUP_BYTES or len(rows) >= MAX_GROUP_ROWS:
                writer.write_batch(pa.RecordBatch.from_pylist(rows, schema))
                rows, length = [], 0
        if rows:
            writer.write_batch(pa.RecordBatch.from_pylist(rows, schema))


def _cells(line: dict[str, Any]) -> dict[str, Any]:
    """The line with its id as text, the one field that may hold anything."""
    identifier = line.get("id")
    if not isinstance(identifier, str | None):
        line["id"] = json.dumps(identifier, ensure_ascii=False)
    return line


def lines_of(path: Path, options: Options) -> Iterator[bytes]:
    """The lines that `write_parquet` made a file of.

    Raises:
        InputError: The file has other columns, or is none.
    """
    pa = pyarrow()
    try:
        with pa.parquet.ParquetFile(path, buffer_size=BUFFER_BYTES, pre_buffer=False) as file:
            if not file.schema_arrow.equals(schema_of(options)):
                raise InputError("it has other columns")
            for batch in file.iter_batches(READ_ROW_COUNT, use_threads=False):
                for row in batch.to_pylist():
                    yield json.dumps(_without_nulls(row), ensure_ascii=False).encode() + b"\n"
    except (OSError, pa.ArrowException) as error:
        raise input_error(error) from error


def _without_nulls(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None}
