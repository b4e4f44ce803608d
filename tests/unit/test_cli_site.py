"""The command's --learn-site and --site-template."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from cleanpage import SiteTemplate, cli
from tests import sites

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result


def run(*arguments: object, **options: Any) -> Result:
    """Runs the command in this process."""
    return CliRunner().invoke(cli.main, [str(argument) for argument in arguments], **options)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the first six pages of a site, and one of rows with the same."""
    pages = sites.pages_of("havenbode")[:6]
    place = tmp_path / "site"
    place.mkdir()
    for number, page in enumerate(pages):
        (place / f"{number}.html").write_text(page.html, encoding="utf-8")
    rows = [json.dumps({"html": page.html, "url": page.url}) for page in pages]
    (tmp_path / "rows.jsonl").write_text("\n".join(rows), encoding="utf-8")
    return place


def test_learn_and_use(folder: Path, tmp_path: Path) -> None:
    """What is learned from a folder is heeded where it is given, by worker processes as well."""
    template = tmp_path / "site.json"
    result = run("--learn-site", template, folder)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "cleanpage: learned from 6 pages\n"
    pages = []
    for number, page in enumerate(sites.pages_of("havenbode")[6:8]):
        pages.append(tmp_path / f"new{number}.html")
        pages[-1].write_text(page.html, encoding="utf-8")
    promise = "Deze krant wordt gemaakt"
    assert promise in run(pages[0]).stdout
    told = run("--site-template", template, pages[0])
    assert (told.exit_code, promise in told.stdout) == (0, False)
    one, two = (run("--site-template", template, *pages, "--workers", count, "-q") for count in (1, 2))
    assert one.exit_code == two.exit_code == 0
    assert one.stdout == two.stdout
    assert promise not in one.stdout


def test_rows_tell_their_address(folder: Path, tmp_path: Path) -> None:
    """Rows bring their addresses, so that the template knows its host; it is told apart from a list of text files."""
    template = tmp_path / "site.json"
    assert run("--learn-site", template, folder.parent / "rows.jsonl", "-q").stderr == ""
    assert SiteTemplate.load(template).hosts == {"havenbode.example"}


def test_plain_text(tmp_path: Path) -> None:
    """Text files are learned as such."""
    files = []
    for number, page in enumerate(sites.pages_of("aldana")[:6]):
        files.append(tmp_path / f"{number}.txt")
        files[-1].write_text(page.dump, encoding="utf-8")
    template = tmp_path / "site.json"
    assert run("--learn-site", template, *files[:5]).exit_code == 0
    assert run("--site-template", template, files[5]).stdout != run(files[5]).stdout


def test_failures(folder: Path, tmp_path: Path) -> None:
    """A page that fails costs only itself and the exit code; what was passed over is told, and too few pages."""
    template = tmp_path / "site.json"
    (folder / "bad.html").write_bytes(b"%PDF-1.7 no page")
    (folder / "more.jsonl").write_text('{"no page": 1}\n', encoding="utf-8")
    result = run("--learn-site", template, folder, folder / "0.html")
    assert result.exit_code == 1
    assert "more.jsonl" in result.stderr
    assert "learned from 6 pages; 1 were near-duplicates; 1 had no text; 1 failed" in result.stderr
    assert SiteTemplate.load(template).page_count == 6
    few = run("--learn-site", template, folder / "0.html", folder / "none.html")
    assert few.exit_code == 1
    assert "none.html: there is no such file" in few.stderr
    assert "give 5 at least" in few.stderr


def test_nothing_learned(tmp_path: Path) -> None:
    """Where nothing can be learned, nothing is written."""
    empty = tmp_path / "empty.html"
    empty.write_text("<p></p>", encoding="utf-8")
    result = run("--learn-site", tmp_path / "site.json", empty)
    assert result.exit_code == 1
    assert "no page of the site has text" in result.stderr
    assert not (tmp_path / "site.json").exists()


@pytest.mark.parametrize(
    "options",
    [["-f", "json"], ["-o", "out"], ["--blocks"], ["--favor", "recall"], ["--workers", "2"], ["--site-template", "x"]],
    ids=lambda options: options[0],
)
def test_useless_options(options: list[str], folder: Path, tmp_path: Path) -> None:
    """Options that would do nothing beside --learn-site are refused."""
    result = run("--learn-site", tmp_path / "site.json", folder, *options)
    assert result.exit_code == 2
    assert "--learn-site" in result.stderr
    assert not (tmp_path / "site.json").exists()


def test_bad_template(folder: Path, tmp_path: Path) -> None:
    """A file that is no template is a wrong command, and names the file."""
    (tmp_path / "bad.json").write_text("{}", encoding="utf-8")
    result = run("--site-template", tmp_path / "bad.json", folder / "0.html")
    assert result.exit_code == 2
    assert "bad.json" in result.stderr
