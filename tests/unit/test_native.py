"""The compiled modules: they say what their sources say, and never what those said before."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import cleanpage
from cleanpage import native

ROOT = Path(__file__).parents[2]
PAGES = sorted([*(ROOT / "examples").glob("*.*"), *(ROOT / "tests" / "fixtures").glob("*/*/input.*")])
COMPILED = ("*.so", "*.pyd", native.MANIFEST)


def documents(paths: list[str]) -> list[str]:
    """The JSON of pages."""
    pages = [(cleanpage.clean_text if path.endswith(".txt") else cleanpage.clean)(Path(path)) for path in paths]
    return [page.to_json() for page in pages]


@pytest.mark.skipif(not native.is_compiled(), reason="nothing is compiled: make native")
def test_compiled_and_pure_agree(tmp_path: Path) -> None:
    """The sources give the same documents as what was compiled from them."""
    source = tmp_path / "src"
    shutil.copytree(ROOT / "src", source, ignore=shutil.ignore_patterns(*COMPILED, "__pycache__"))
    paths = [str(path) for path in PAGES]
    done = subprocess.run(
        [sys.executable, __file__, *paths],
        env={**os.environ, "PYTHONPATH": str(source)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    is_compiled, pure = json.loads(done.stdout)
    assert not is_compiled
    assert len(paths) > 100
    for path, expected, found in zip(paths, pure, documents(paths), strict=True):
        assert found == expected, path


@pytest.mark.parametrize(
    ("source", "wanted"), [(b"FACT = 1\n", False), (b"FACT = 2\n", True), (None, True)], ids=["same", "edited", "gone"]
)
def test_stale_modules_are_known(tmp_path: Path, source: bytes | None, wanted: bool) -> None:  # noqa: FBT001 - a parameter
    """Compiled modules are stale once a source is not what it was, and never where there is no manifest."""
    assert not native.is_stale(tmp_path)
    if source is not None:
        (tmp_path / "walk.py").write_bytes(source)
    digest = hashlib.sha256(b"FACT = 1\n").hexdigest()
    (tmp_path / native.MANIFEST).write_text(json.dumps({"walk.py": digest}), encoding="utf-8")
    assert native.is_stale(tmp_path) is wanted


@pytest.mark.skipif(not native.is_compiled(), reason="nothing is compiled: make native")
def test_edited_sources_run(tmp_path: Path) -> None:
    """After an edit the sources run in place of all that was compiled, and the version says so."""
    source = tmp_path / "src"
    shutil.copytree(Path(cleanpage.__file__).parents[1], source, ignore=shutil.ignore_patterns("__pycache__"))
    package = source / "cleanpage"
    (package / native.MANIFEST).write_text(json.dumps({"walk.py": "0"}), encoding="utf-8")
    command = [sys.executable, "-m", "cleanpage", "--version"]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(source)}, stdout=subprocess.PIPE, check=True)
    assert b"pure Python, as sources were changed" in done.stdout


def test_compiled_modules_exist() -> None:
    """What hatch_build.py compiles is there, and it leaves its manifest where it is looked for."""
    tree = ast.parse((ROOT / "hatch_build.py").read_text(encoding="utf-8"))
    constants = {
        node.target.id: ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None
    }
    assert constants["MANIFEST"] == native.MANIFEST
    assert native.PROBE.removeprefix("cleanpage.") in constants["MODULES"]
    for name in constants["MODULES"]:
        assert (ROOT / "src" / "cleanpage" / f"{name}.py").is_file(), name


if __name__ == "__main__":
    json.dump((native.is_compiled(), documents(sys.argv[1:])), sys.stdout)
