"""What the docs show and say of the code is so: code runs, commands exist, generated pages are whole."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import tomllib
from importlib import util
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

from cleanpage import fetch
from cleanpage.cli import main
from cleanpage.fetch import Fetched
from tests.docs import CODE, ENGINE_PAGES, FENCE, PAGES, ROOT, Code, all_code

if TYPE_CHECKING:
    from collections.abc import Callable

ALL_CODE = all_code()
RUN = [code for code in ALL_CODE if not code.why_not_run]
PYTHON = [code for code in RUN if code.language == "python" and code.page.name not in ENGINE_PAGES]
CONSOLE = [code for code in RUN if code.language == "console"]
DATA: dict[str, Callable[[str], Any]] = {"json": json.loads, "toml": tomllib.loads}
SHOWN = {"html", "text"}
"""Languages of blocks that show what something looks like."""

WRITING = {"-o", "--report", "--learn-site"}
"""Options with which the command prints nothing."""

LINK = re.compile(r"\]\(([^)#\s]+)")
MODULE = re.compile(r"python -m ((?:benchmarks|training|docgen)\.\w+)((?: +(?:--[\w-]+|[\w./*]+))*)")
TARGET = re.compile(r"^([a-z]+):", re.MULTILINE)
EXTRA = re.compile(r"cleanpage\[([\w,]+)\]|\.\[([\w,]+)\]")
TARGETS = set(TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8")))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def relative(path: Path) -> str:
    """A file's name from the root of the repository."""
    return str(path.relative_to(ROOT))


@pytest.fixture
def with_examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Changes to a folder that has the bundled pages; what is fetched is one of them."""
    page = (ROOT / "examples" / "french-news.html").read_bytes()
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    (tmp_path / "page.html").write_bytes(page)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(fetch, "fetch", lambda url, **_: Fetched(page, "", url))


@pytest.mark.parametrize("path", PAGES, ids=relative)
def test_all_code_is_found(path: Path) -> None:
    """No fence is written so that the tests pass over it."""
    text = path.read_text(encoding="utf-8")
    assert len(FENCE.findall(CODE.sub("", text))) == 0


@pytest.mark.parametrize("code", ALL_CODE, ids=str)
def test_language_is_known(code: Code) -> None:
    """Code is in a language that the tests know what to do with, or says why it is not run."""
    assert code.why_not_run or code.language in {"python", "console", *DATA, *SHOWN}


@pytest.mark.usefixtures("with_examples")
@pytest.mark.parametrize("code", PYTHON, ids=str)
def test_python_runs(code: Code) -> None:
    """The Python that the docs show runs as it stands."""
    for module in code.needs:
        pytest.importorskip(module)
    exec(compile(code.text, str(code), "exec", dont_inherit=True), {"__name__": "example"})


@pytest.mark.parametrize("code", [code for code in RUN if code.language in DATA], ids=str)
def test_data_can_be_read(code: Code) -> None:
    """The JSON and TOML that the docs show is JSON and TOML."""
    assert DATA[code.language](code.text)


@pytest.mark.usefixtures("with_examples")
@pytest.mark.parametrize("code", CONSOLE, ids=str)
def test_commands(code: Code) -> None:
    """The commands that the docs show do something and succeed, or, if they take long, exist."""
    for module in code.needs:
        pytest.importorskip(module)
    commands = [line.removeprefix("$ ").partition("  #")[0] for line in code.text.splitlines() if line[:2] == "$ "]
    assert commands
    for command in commands:
        words = shlex.split(command)
        while "=" in words[0]:
            words.pop(0)  # a variable of the environment
        if words[:2] == ["cleanpage", "serve"]:  # goes on until it is ended
            run_cleanpage("cleanpage serve --help")
        elif words[0] == "cleanpage":
            run_cleanpage(command)
        elif words[0] == "make":
            assert {word for word in words[1:] if "=" not in word} <= TARGETS
        elif words[0] == "bash":
            assert (ROOT / words[1]).is_file()
        else:
            assert words[0].removeprefix(".venv/bin/") in ("python", "pre-commit")


def run_cleanpage(command: str) -> None:
    """Runs the command in this process."""
    line, _, page = command.partition(" < ")
    arguments = shlex.split(line.partition(" > ")[0])[1:]
    result = CliRunner().invoke(main, arguments, input=Path(page.strip()).read_bytes() if page else None)
    assert result.exit_code == 0, result.output
    assert result.stdout or WRITING & set(arguments)


@pytest.mark.parametrize("path", PAGES, ids=relative)
def test_modules_and_extras_exist(path: Path) -> None:
    """What the docs say to run with `python -m` is there and has the options; extras are there."""
    text = path.read_text(encoding="utf-8")
    for name, rest in MODULE.findall(text):
        found = util.find_spec(name)
        assert found, name
        assert found.origin
        source = Path(found.origin).read_text(encoding="utf-8")
        assert [word for word in rest.split() if word.startswith("--") and f'"{word}"' not in source] == [], name
    extras = {extra for pair in EXTRA.findall(text) for extra in "".join(pair).split(",")}
    assert extras <= set(PROJECT["optional-dependencies"])


@pytest.mark.parametrize("path", PAGES, ids=relative)
def test_links(path: Path) -> None:
    """A link to another host is secure and whole; outside docs/, which mkdocs checks, a file is there."""
    for target in LINK.findall(path.read_text(encoding="utf-8")):
        if ":" in target:
            address = urlsplit(target)
            assert (address.scheme, "." in address.netloc) == ("https", True), target
        elif path.parent.name != "docs":
            assert (path.parent / target).exists(), target


def test_tree_is_described() -> None:
    """CONTRIBUTING.md says of each module and folder of the package what it is for."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    entries = {path.name for path in (ROOT / "src" / "cleanpage").iterdir() if path.suffix in ("", ".py", ".toml")} - {
        "__init__.py",
        "__main__.py",
        "__pycache__",
    }
    assert {name for name in entries if f"`{name}" not in text} == set()


def test_code_is_found() -> None:
    """The pages are searched for code."""
    assert len(PYTHON) >= 25
    assert len(CONSOLE) >= 18
