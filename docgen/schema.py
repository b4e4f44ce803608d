"""The JSON Schema as tables."""

from __future__ import annotations

from typing import Any, Final

from cleanpage.document import SCHEMA_FILE, json_schema
from docgen.markdown import code, codes, literal, table
from docgen.paths import PACKAGE

FILE: Final = PACKAGE / SCHEMA_FILE
ADDRESS: Final = f"schema/document.{json_schema()['properties']['schema_version']['const']}.schema.json"
"""Where the site has the schema. A new version gets an address of its own."""


def schema_tables() -> str:
    """A table of the fields of the document, and of each part of it."""
    schema = json_schema()
    parts = {"document": schema, **schema["$defs"]}
    return "\n\n".join(f"### {_title(name)}\n\n{_fields(part)}" for name, part in parts.items())


def _title(name: str) -> str:
    return f"The {name}"


def _fields(part: dict[str, Any]) -> str:
    required = set(part.get("required", ()))
    rows = [
        (code(name), _type(field), "always" if name in required else "", literal(field.get("description", "")))
        for name, field in part["properties"].items()
    ]
    return table(("field", "type", "there", "what"), rows)


def _type(field: dict[str, Any]) -> str:
    """The type of a field, for people."""
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        return f"[{name}](#the-{name})"
    if "const" in field:
        return code(str(field["const"]))
    if "enum" in field:
        return "one of " + codes(str(value) or '""' for value in field["enum"])
    if "anyOf" in field:
        return " or ".join(map(_type, field["anyOf"]))
    name = field.get("type", "anything")
    if name == "array":
        return f"array of {_type(field['items'])}" if "items" in field else "array"
    return " or ".join(name) if isinstance(name, list) else str(name)
