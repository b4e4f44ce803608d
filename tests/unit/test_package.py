"""The package as its users meet it: its names, its files, what importing it costs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib import metadata, resources

import pytest

import cleanpage

PUBLIC_NAMES = {
    "Block",
    "CleanpageError",
    "Cleaner",
    "Config",
    "ConfigError",
    "Document",
    "FetchError",
    "InputError",
    "Kind",
    "LexiconError",
    "PageTooLarge",
    "Result",
    "Role",
    "SiteTemplate",
    "clean",
    "clean_many",
    "clean_text",
}

HEAVY = {
    "bs4",
    "charset_normalizer",
    "click",
    "html_to_markdown",
    "langdetect",
    "nh3",
    "numpy",
    "pebble",
    "py3langid",
    "tqdm",
    "trafilatura",
}
"""Libraries that are loaded when something first needs them."""

IMPORT_BUDGET = 0.15
"""Seconds that `import cleanpage` may take."""

MAX_IMPORT_RUNS = 10
"""Runs of which one must stay within the budget: the others may have met a busy machine."""


def run_python(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs a Python of its own."""
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True)


def test_public_names() -> None:
    """A name cannot be added to the API, or lost, without a change here."""
    assert set(cleanpage.__all__) == PUBLIC_NAMES


@pytest.mark.parametrize("name", sorted(PUBLIC_NAMES))
def test_public_name_is_described(name: str) -> None:
    """Every public name exists and has a docstring of its own."""
    assert getattr(cleanpage, name).__doc__


def test_errors_have_one_base() -> None:
    """Whoever catches CleanpageError catches all that is raised on purpose."""
    errors = [getattr(cleanpage, name) for name in PUBLIC_NAMES if name.endswith(("Error", "TooLarge"))]
    assert len(errors) == 6
    assert all(issubclass(error, cleanpage.CleanpageError) for error in errors)


def test_import_loads_no_heavy_library() -> None:
    """Importing the package loads none of the libraries that only some pages need."""
    code = "import json, sys, cleanpage; print(json.dumps([name.partition('.')[0] for name in sys.modules]))"
    assert HEAVY.isdisjoint(json.loads(run_python("-c", code).stdout))


def test_import_time() -> None:
    """Importing the package stays within its time budget."""
    seconds = []
    for _ in range(MAX_IMPORT_RUNS):
        report = run_python("-X", "importtime", "-c", "import cleanpage").stderr
        found = re.search(r"\| +(\d+) \| cleanpage$", report, re.MULTILINE)
        assert found
        seconds.append(int(found[1]) / 1e6)
        if seconds[-1] <= IMPORT_BUDGET:
            return
    pytest.fail(f"import cleanpage took {min(seconds):.3f} s at best, its budget is {IMPORT_BUDGET} s")


@pytest.mark.parametrize(
    "path",
    [
        "py.typed",
        "markup.toml",
        "lexicons/en.toml",
        "schema/document.schema.json",
        "arbiter/html.npz",
        "arbiter/text.npz",
        "arbiter/quality.json",
        "render/report.html",
        "render/report.css",
        "render/overview.html",
    ],
)
def test_package_data(path: str) -> None:
    """The files that are no Python are part of the package."""
    assert resources.files("cleanpage").joinpath(path).is_file()


def test_command() -> None:
    """Installing the package brings the `cleanpage` command."""
    [command] = metadata.entry_points(group="console_scripts", name="cleanpage")
    assert command.value == "cleanpage.cli:main"
    assert callable(command.load())
