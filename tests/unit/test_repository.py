"""The house rules that no linter checks: sizes, names that must agree, examples that must run."""

from __future__ import annotations

import ast
import re
import tomllib
from importlib import metadata
from typing import TYPE_CHECKING

import click
import pytest

import cleanpage
from cleanpage import lexicon
from cleanpage.cli import main
from cleanpage.detectors import DEFAULT
from docgen.names import ROLES
from tests.docs import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PACKAGE = ROOT / "src" / "cleanpage"
MODULES = sorted(
    path for folder in ("src", "training", "benchmarks", "docgen") for path in (ROOT / folder).rglob("*.py")
)

MAX_MODULE_LINES = 400
MAX_FUNCTION_LINES = 40
"""Lines of a function without its docstring."""

REASON = re.compile(r"([a-z_]+)\.([a-z_]+):(.+)")
RELEASE = re.compile(r"^## \[(\d+\.\d+\.\d+)\]", re.MULTILINE)


def relative(path: Path) -> str:
    """A file's name from the root of the repository."""
    return str(path.relative_to(ROOT))


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """All functions and methods of a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def line_count(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The lines of a function without its docstring."""
    count = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function, clean=False) is not None:
        count -= (first.end_lineno or first.lineno) - first.lineno + 1
    return count


def test_version() -> None:
    """The version is the same in the project, the package, what is installed, the changelog and the citation."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    releases = RELEASE.findall((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    cited = re.findall(r"^version: (.+)$", (ROOT / "CITATION.cff").read_text(encoding="utf-8"), re.MULTILINE)
    assert {project["version"], cleanpage.__version__, metadata.version("cleanpage"), *cited} == {releases[0]}
    assert len(cited) == 1


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_module_length(path: Path) -> None:
    """A module can be read in one go."""
    length = len(path.read_text(encoding="utf-8").splitlines())
    assert length <= MAX_MODULE_LINES


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_function_length(path: Path) -> None:
    """A function fits on a screen."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert {f.name: line_count(f) for f in functions(tree) if line_count(f) > MAX_FUNCTION_LINES} == {}


def test_detector_names() -> None:
    """Detectors are named after their roles, unless docgen/names.py says otherwise, and every role has one."""
    names = [detector.name for detector in DEFAULT]
    assert len(names) == len(set(names))
    assert set(names) - set(ROLES) == set(cleanpage.Role) - {"text"}
    assert set(names) >= set(ROLES)


@pytest.mark.parametrize("name", [detector.name for detector in DEFAULT])
def test_detector_is_complete(name: str) -> None:
    """A detector has its module, its line in the docs, its fixtures and, if it has words, its lexicon section."""
    english = tomllib.loads((PACKAGE / "lexicons" / "en.toml").read_text(encoding="utf-8"))
    assert (PACKAGE / "detectors" / f"{name}.py").is_file()
    assert f"`{name}`" in (ROOT / "docs" / "roles.md").read_text(encoding="utf-8")
    assert list((ROOT / "tests" / "fixtures" / name).glob("*/expected.json"))
    assert (name in english) == (name in lexicon.SECTIONS)


def test_options_are_documented() -> None:
    """Every option of the command is in docs/cli.md."""
    documented = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    context = click.Context(main)
    options = [name for option in main.get_params(context) for name in (*option.opts, *option.secondary_opts)]
    assert [name for name in options if name.startswith("-") and f"`{name}`" not in documented] == []


@pytest.mark.parametrize("name", ["french-news.html", "french-news.txt"])
def test_reasons_are_documented(name: str) -> None:
    """Every reason has the form that docs/reasons.md gives, with a kind of evidence that it lists."""
    documented = (ROOT / "docs" / "reasons.md").read_text(encoding="utf-8")
    path = ROOT / "examples" / name
    document = cleanpage.clean_text(path) if path.suffix == ".txt" else cleanpage.clean(path)
    assert document.blocks
    for reason in (reason for block in document.blocks for reason in block.reasons):
        found = REASON.fullmatch(reason)
        assert found, reason
        detector, evidence, _ = found.groups()
        assert f"`{evidence}`" in documented or f"`{detector}.{evidence}:" in documented, reason
