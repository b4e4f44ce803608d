"""Everything that the version of the package speaks of, a line each: `python -m tests.public_api` writes it down.

Public is what `cleanpage` exports and what docs/api.md names, with the options of the command and the fields of the
JSON. Signatures are read from the sources, so that they are the same in every Python, compiled or not.
"""

from __future__ import annotations

import ast
import inspect
import re
from importlib import import_module
from pathlib import Path
from types import ModuleType
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
READ = ("property", "cached_property")
"""Decorators of methods that are read as fields."""


def public_names() -> list[str]:
    """What the package exports, and what the docs name."""
    documented = DOCUMENTED.findall(API_PAGE.read_text(encoding="utf-8"))
    return sorted({*documented, *(f"cleanpage.{name}" for name in cleanpage.__all__)})


def found(name: str) -> Any:
    """The module, class or function of a name."""
    path, _, last = name.rpartition(".")
    try:
        return import_module(name)
    except ModuleNotFoundError:
        return getattr(import_module(path), last)


def public_api() -> str:
    """The snapshot."""
    lines = {line for name in public_names() for line in described(name, found(name))}
    lines.update(line for command in (main, serve) for line in options(command))
    lines.update(f"JSON {line}" for line in fields(json_schema(), json_schema()))
    return "".join(f"{line}\n" for line in sorted(lines))


def described(name: str, what: Any) -> Iterator[str]:
    """The lines of a module, class or function."""
    if isinstance(what, ModuleType):
        own = [key for key, value in vars(what).items() if getattr(value, "__module__", "") == what.__name__]
        for key in getattr(what, "__all__", [key for key in own if not key.startswith("_")]):
            yield from described(f"{name}.{key}", getattr(what, key))
    elif not getattr(what, "__module__", "cleanpage").startswith("cleanpage"):
        yield f"{name}: that of {what.__module__}"
    elif inspect.isclass(what):
        node = source_of(what)
        assert isinstance(node, ast.ClassDef)
        yield f"{name}: class of {', '.join(map(ast.unparse, node.bases)) or 'object'}"
        for member in node.body:
            yield from described_member(name, member)
    elif callable(what):
        node = source_of(what)
        assert isinstance(node, ast.FunctionDef)
        yield f"{name}{signature(node)}"
    else:
        yield f"{name}: {type(what).__name__}"


def source_of(what: Any) -> ast.stmt:
    """The definition of a class or function."""
    module = Path(str(import_module(what.__module__).__file__))
    source = module.with_name(module.name.partition(".")[0] + ".py")  # lies beside the module if that is compiled
    body: list[ast.stmt] = ast.parse(source.read_text(encoding="utf-8")).body
    return next(node for node in body if getattr(node, "name", None) == what.__name__)


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
