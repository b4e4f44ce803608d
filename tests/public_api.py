"""Everything that the version of the package speaks of, a line each: `python -m tests.public_api` writes it down.

Public is what `cleanpage` exports and what docs/api.md names, with the options of the command and the fields of the
JSON. Signatures are read from the sources: they are the same in every Python, compiled or not, with and without extras.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cleanpage
from cleanpage.cli import main
from cleanpage.command.serve import serve
from cleanpage.document import json_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    import click

SNAPSHOT = Path(__file__).parent / "public_api.txt"
DOCUMENTED = re.compile(r"^::: ([\w.]+)$", re.MULTILINE)
API_PAGE = Path(__file__).parents[1] / "docs" / "api.md"
PACKAGE = Path(cleanpage.__file__).parent
READ = ("property", "cached_property")
"""Decorators of methods that are read as fields."""


def public_names() -> list[str]:
    """What the package exports, and what the docs name."""
    documented = DOCUMENTED.findall(API_PAGE.read_text(encoding="utf-8"))
    return sorted({*documented, *(f"cleanpage.{name}" for name in cleanpage.__all__)})


def public_api() -> str:
    """The snapshot."""
    lines = {line for name in public_names() for line in described(name)}
    lines.update(line for command in (main, serve) for line in options(command))
    lines.update(f"JSON {line}" for line in fields(json_schema(), json_schema()))
    return "".join(f"{line}\n" for line in sorted(lines))


def described(name: str) -> Iterator[str]:
    """The lines of a module, class or function."""
    if body := read_module(name):
        for key in exported(body):
            yield from described(f"{name}.{key}")
        return
    node = defined(name)
    if isinstance(node, str):
        yield f"{name}: that of {node}"
    elif isinstance(node, ast.ClassDef):
        yield f"{name}: class of {', '.join(map(ast.unparse, node.bases)) or 'object'}"
        for member in node.body:
            yield from described_member(name, member)
    else:
        yield f"{name}{signature(node)}"


@cache
def read_module(name: str) -> list[ast.stmt]:
    """The statements of a module; none if no module has this name."""
    path = PACKAGE.joinpath(*name.split(".")[1:])
    for file in (path / "__init__.py", path.with_suffix(".py")):
        if file.is_file():
            return ast.parse(file.read_text(encoding="utf-8")).body
    return []


def exported(body: list[ast.stmt]) -> list[str]:
    """The names in ``__all__``, else of the public classes and functions that a module defines."""
    for node in body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return list(ast.literal_eval(node.value))
    names = [node.name for node in body if isinstance(node, ast.ClassDef | ast.FunctionDef)]
    return [name for name in names if not name.startswith("_")]


def defined(name: str) -> ast.ClassDef | ast.FunctionDef | str:
    """The definition of a class or function, wherever it is imported from; of one of another package, its module."""
    module, _, own = name.rpartition(".")
    for node in read_module(module):
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name == own:
            return node
        if isinstance(node, ast.ImportFrom) and own in [alias.asname or alias.name for alias in node.names]:
            original = next(alias.name for alias in node.names if own in (alias.name, alias.asname))
            source = str(node.module)
            return defined(f"{source}.{original}") if source.startswith("cleanpage") else source
    raise LookupError(name)


def described_member(name: str, member: ast.stmt) -> Iterator[str]:
    """The line of a field or method of a class, if it is public."""
    if isinstance(member, ast.AnnAssign) and isinstance(member.target, ast.Name):
        key, line = member.target.id, f": {ast.unparse(member.annotation)}"
        line += f" = {ast.unparse(member.value)}" if member.value else ""
    elif isinstance(member, ast.Assign) and isinstance(member.targets[0], ast.Name):
        key, line = member.targets[0].id, f" = {ast.unparse(member.value)}"
    elif isinstance(member, ast.FunctionDef):
        if member.name == "__init__":
            yield from (f"{name}.{key}: set" for key in attributes_set(member))
        decorators = [ast.unparse(decorator) for decorator in member.decorator_list]
        is_read = any(decorator.endswith(READ) for decorator in decorators)
        returned = ast.unparse(member.returns) if member.returns else "Any"
        key, line = member.name, f": {returned}" if is_read else signature(member)
        line += "".join(f" @{decorator}" for decorator in decorators if decorator in ("classmethod", "staticmethod"))
    else:
        return
    if not key.startswith("_") or key in ("__init__", "__call__"):
        yield f"{name}.{key}{line}"


def attributes_set(node: ast.FunctionDef) -> Iterator[str]:
    """The public attributes that a method sets."""
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Store) and ast.unparse(part.value) == "self":
            yield from [part.attr] * (not part.attr.startswith("_"))


def signature(node: ast.FunctionDef) -> str:
    """The arguments and the result of a function."""
    returned = ast.unparse(node.returns) if node.returns else "Any"
    return f"({ast.unparse(node.args)}) -> {returned}"


def options(command: click.Command) -> Iterator[str]:
    """The options of a command, with what they take."""
    name = "cleanpage" if command is main else f"cleanpage {command.name}"
    for option in command.params:
        taken = "|".join(getattr(option.type, "choices", ())) or option.type.name
        yield f"$ {name} {' '.join((*option.opts, *option.secondary_opts))} <{taken}>"


def fields(schema: dict[str, Any], part: dict[str, Any], path: str = "") -> Iterator[str]:
    """The fields that a part of the JSON Schema names, with their types."""
    if reference := part.get("$ref"):
        yield from fields(schema, schema["$defs"][reference.rpartition("/")[2]], path)
    kind = part.get("type") or next((f"{key} {part[key]}" for key in ("enum", "const") if key in part), "")
    if path and kind:
        yield f"{path}: {kind}"
    for key, value in part.get("properties", {}).items():
        yield from fields(schema, value, f"{path}.{key}" if path else key)
    for key in ("items", "additionalProperties"):
        if isinstance(part.get(key), dict):
            yield from fields(schema, part[key], f"{path}[]")


if __name__ == "__main__":
    SNAPSHOT.write_text(public_api(), encoding="utf-8")
