"""What the docs show of the engines runs as it stands, each piece in a Python of its own, in the order of the page."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.docs import ENGINE_PAGES, ROOT, code_of

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

NEEDED = (
    "pyspark",
    "ray",
    "dask",
    "duckdb",
    "datatrove",
    "pandas",
    "polars",
    "scrapy",
    "httpx",
    "nbclient",
    "ipykernel",
)
if missing := [name for name in NEEDED if importlib.util.find_spec(name) is None]:
    pytest.skip(f"needs cleanpage[engines]: there is no {', '.join(missing)}", allow_module_level=True)


@pytest.mark.parametrize("name", sorted(ENGINE_PAGES))
def test_examples_run(name: str, tmp_path: Path) -> None:
    """Every piece of Python succeeds, with the files that those before it left."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    pieces = code_of(ROOT / "docs" / name, "python")
    assert pieces
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(sys.path),
        "PYSPARK_PYTHON": sys.executable,
        "RAY_USAGE_STATS_ENABLED": "0",
        "SPARK_LOCAL_IP": "127.0.0.1",
    }
    for number, code in enumerate(pieces):
        script = tmp_path / f"piece_{number}.py"
        script.write_text(code, encoding="utf-8")
        ran = subprocess.run(
            [sys.executable, script.name],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert ran.returncode == 0, f"{code}\n{ran.stdout}\n{ran.stderr}"


def test_notebook() -> None:
    """The example notebook runs from its folder, and shows the page's blocks."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(ROOT / "docs" / "example.ipynb", as_version=4)
    stored = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
    assert stored == list(range(1, len(stored) + 1))  # it was saved after a run from top to bottom
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(ROOT / "docs")}}).execute()
    shown = [
        output.get("data", {}).get("text/html", "") for cell in notebook.cells for output in cell.get("outputs", [])
    ]
    assert any("login_prompt" in html and "<table" in html for html in shown)
