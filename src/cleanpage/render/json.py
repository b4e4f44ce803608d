"""Document ↔ dict and JSON, as schema/document.schema.json describes them."""

from __future__ import annotations

import json
import re
from typing import Any, Final, TypeVar

from cleanpage.document import Block, Document
from cleanpage.errors import InputError
from cleanpage.metadata import Metadata
from cleanpage.roles import Kind, Role
from cleanpage.tables import Table

SCHEMA_VERSION: Final = 1
"""Raised when a reader of the version before could misread the output; added fields do not raise it."""

DIGITS: Final = 4
"""Decimals of every number: the same on every machine, and finer than what a probability here can tell."""

SURROGATES: Final = re.compile("[\ud800-\udfff]")

LINE_ENDS: Final = {"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"}
"""What JSON may hold as it is, and some readers of lines, such as str.splitlines, take for the end of one."""

Member = TypeVar("Member", Role, Kind)


def written(data: object, *, indent: int | None = None) -> str:
    """JSON text, not restricted to ASCII; without an indent it is one line, whoever cuts it into lines."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, indent=indent)
    if not text.isascii():
        for character, escape in LINE_ENDS.items():
            text = text.replace(character, escape)
    return text


def document_to_dict(document: Document, *, with_metadata: bool) -> dict[str, Any]:
    """Writes a document as a dict of plain values; see `Document.to_dict`."""
    data: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "title": encodable(document.title),
        "language": document.language,
        "url": encodable(document.url),
        "page_type": document.page_type,
        "page_type_confidence": round(document.page_type_confidence, DIGITS),
        "quality": round(document.quality, DIGITS),
        "warnings": [encodable(warning) for warning in document.warnings],
        "blocks": [],
    }
    places: dict[int, int] = {}  # by the table's id: its place among the tables
    tables: list[Table] = []
    for block in document.blocks:
        fields = _block_to_dict(block)
        if block.table is not None:
            fields["table"] = places.setdefault(id(block.table), len(tables))
            if fields["table"] == len(tables):
                tables.append(block.table)
        data["blocks"].append(fields)
    if tables:
        data["tables"] = [_table_to_dict(table) for table in tables]
    if with_metadata:
        data["metadata"] = metadata_to_dict(document)
    return data


def metadata_to_dict(document: Document) -> dict[str, Any]:
    """Writes the metadata of a document as a dict of plain values."""
    return {name: _plain(value) for name, value in document.metadata.to_dict().items()}


def document_to_row(document: Document, identifier: str, *, with_metadata: bool) -> dict[str, Any]:
    """Writes a document as a row of a corpus; see `Document.to_row`."""
    known: dict[str, Any] = {
        "title": document.title,
        "language": document.language,
        "page_type": document.page_type,
        "quality": round(document.quality, DIGITS),
        "warnings": list(document.warnings),
    }
    read = document.metadata.to_dict() if with_metadata else {}
    metadata = {name: value for name, value in read.items() if value} | {
        name: value for name, value in known.items() if value
    }
    return {
        "text": encodable(document.text),
        "id": identifier,
        "url": encodable(document.url),
        "metadata": {name: _plain(value) for name, value in metadata.items()},
    }


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [encodable(item) for item in value]
    return encodable(value) if isinstance(value, str) else value


def _block_to_dict(block: Block) -> dict[str, Any]:
    data: dict[str, Any] = {
        "index": block.index,
        "role": block.role.value,
        "kind": block.kind.value,
        "level": block.level,
        "text": encodable(block.text),
        "language": block.language,
        "confidence": round(block.confidence, DIGITS),
        "reasons": [encodable(reason) for reason in block.reasons],
        "is_main": block.is_main,
    }
    if block.path:
        data["path"] = encodable(block.path)
    if block.start >= 0:
        data["start"] = block.start
        data["end"] = block.end
    return data


def _table_to_dict(table: Table) -> dict[str, Any]:
    data = table.to_dict()
    data["rows"] = [[encodable(cell) for cell in row] for row in data["rows"]]
    return data | {"caption": encodable(table.caption), "path": encodable(table.path)}


def encodable(text: str) -> str:
    """The text without lone surrogates."""
    return text if text.isascii() else SURROGATES.sub("\ufffd", text)


def document_from_json(text: str | bytes) -> Document:
    """Reads a document from JSON; see `Document.from_json`."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"the text is not JSON ({error}); give what Document.to_json wrote") from None
    return document_from_dict(data)


def document_from_dict(data: object) -> Document:
    """Reads a document from a dict; see `Document.from_dict`."""
    reader = _Reader(data, "document")
    version = reader.whole("schema_version")
    if version != SCHEMA_VERSION:
        raise InputError(f"document.schema_version is {version}; this release of cleanpage reads {SCHEMA_VERSION}")
    tables = [
        _table_from_dict(_Reader(table, f"tables[{index}]"))
        for index, table in enumerate(reader.list("tables") if reader.has("tables") else ())
    ]
    return Document(
        blocks=tuple(
            _block_from_dict(_Reader(block, f"blocks[{index}]"), tables)
            for index, block in enumerate(reader.list("blocks"))
        ),
        title=reader.string("title"),
        language=reader.string("language"),
        url=reader.string("url"),
        page_type=reader.string("page_type"),
        page_type_confidence=reader.number("page_type_confidence"),
        quality=reader.number("quality"),
        warnings=reader.strings("warnings"),
        metadata=_metadata_from_dict(_Reader(reader.fields["metadata"], "metadata"))
        if reader.has("metadata")
        else None,
    )


def _block_from_dict(reader: _Reader, tables: list[Table]) -> Block:
    return Block(
        index=reader.whole("index"),
        role=reader.member("role", Role),
        kind=reader.member("kind", Kind),
        level=reader.whole("level"),
        text=reader.string("text"),
        language=reader.string("language"),
        confidence=reader.number("confidence"),
        reasons=reader.strings("reasons"),
        is_main=reader.flag("is_main"),
        path=reader.string("path") if reader.has("path") else "",
        start=reader.whole("start") if reader.has("start") else -1,
        end=reader.whole("end") if reader.has("end") else -1,
        table=tables[reader.place("table", len(tables))] if reader.has("table") else None,
    )


def _table_from_dict(reader: _Reader) -> Table:
    rows = [_Reader({"row": row}, f"{reader.name}.rows[{index}]") for index, row in enumerate(reader.list("rows"))]
    return Table(
        rows=tuple(row.strings("row") for row in rows),
        header_row_count=reader.whole("header_row_count"),
        caption=reader.string("caption"),
        path=reader.string("path"),
    )


def _metadata_from_dict(reader: _Reader) -> Metadata:
    return Metadata(
        title=reader.string("title"),
        author=reader.string("author"),
        date=reader.string("date"),
        site_name=reader.string("site_name"),
        description=reader.string("description"),
        image=reader.string("image"),
        tags=reader.strings("tags"),
        categories=reader.strings("categories"),
        license=reader.string("license"),
        language=reader.string("language"),
        url=reader.string("url"),
        page_type=reader.string("page_type"),
        modified=reader.string("modified") if reader.has("modified") else "",
        warnings=reader.strings("warnings"),
    )


class _Reader:
    """Reads the fields of one object, and names the one that is not what it must be."""

    def __init__(self, fields: object, name: str) -> None:
        if not isinstance(fields, dict):
            raise InputError(f"{name} is {fields!r:.60}, not an object; give what Document.to_dict wrote")
        self.fields = fields
        self.name = name

    def has(self, key: str) -> bool:
        return key in self.fields

    def string(self, key: str) -> str:
        value = self.fields.get(key)
        if not isinstance(value, str):
            raise self._error(key, "a string")
        return value

    def whole(self, key: str) -> int:
        value = self.fields.get(key)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._error(key, "a whole number")
        return value

    def place(self, key: str, length: int) -> int:
        """The place of an item in a list of some length."""
        value = self.whole(key)
        if not 0 <= value < length:
            raise self._error(key, f"below {length}, the number of tables" if length else "absent: there are no tables")
        return value

    def number(self, key: str) -> float:
        value = self.fields.get(key)
        if not isinstance(value, (int, float)) or isinstance(value, bool):
            raise self._error(key, "a number")
        return float(value)

    def flag(self, key: str) -> bool:
        value = self.fields.get(key)
        if not isinstance(value, bool):
            raise self._error(key, "true or false")
        return value

    def list(self, key: str) -> list[object]:
        value = self.fields.get(key)
        if not isinstance(value, (list, tuple)):  # other formats, such as Parquet, may have made it a tuple
            raise self._error(key, "a list")
        return list(value)

    def strings(self, key: str) -> tuple[str, ...]:
        values = tuple(value for value in self.list(key) if isinstance(value, str))
        if len(values) != len(self.fields[key]):
            raise self._error(key, "a list of strings")
        return values

    def member(self, key: str, members: type[Member]) -> Member:
        value = self.string(key)
        try:
            return members(value)
        except ValueError:
            raise self._error(key, f"one of {', '.join(members)}") from None

    def _error(self, key: str, expected: str) -> InputError:
        found = f"{self.fields[key]!r:.60}" if key in self.fields else "missing"
        return InputError(f"{self.name}.{key} is {found}; it must be {expected}")
