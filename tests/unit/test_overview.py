"""The report on many pages: figures that add up, links that lead to a page's report, safe whatever the pages hold."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

import cleanpage
from cleanpage import cli
from cleanpage.render import overview
from cleanpage.render.overview import EXTREME_COUNT, Overview, Row
from tests.hostile import HOSTILE, parsed, shape
from tests.reports import assert_own_script_alone

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "The mill at the weir grinds twice a week, and the flour is sold at the gate to whoever brings a bag."
PAGE = f"""<html lang="en"><body><nav><a href="/">Home</a></nav><article><h1>The mill at the weir</h1><p>{TEXT}</p>
</article></body></html>"""


def run(*arguments: object) -> Result:
    """Runs the command in this process."""
    return CliRunner().invoke(cli.main, [str(argument) for argument in arguments])


def row(number: int, **known: Any) -> Row:
    """A page that went well, but for what is said of it."""
    return Row(number, f"page {number}", "ok", 0.1, quality=0.5, language="en", page_type="article")._replace(**known)


def filled(count: int, text: str = "plain") -> str:
    """A report on pages that hold a text wherever one may come to stand."""
    figures = Overview()
    for number in range(1, count + 1):
        texts = dict.fromkeys(("name", "error", "title", "language", "page_type", "link"), text)
        figures.add(row(number, **texts), {"text": 2})
    return figures.render(1.0, text)


def table(root: Any, title: str) -> dict[str, str]:
    """What a chart says: a number for each name."""
    [rows] = root.xpath(f"//section[h2='{title}']/table")
    return {line[0].text_content(): line[-1].text_content() for line in rows.iter("tr")}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Three pages and a PDF."""
    root = tmp_path / "site"
    root.mkdir()
    for name in ("a.html", "b.html", "c.html"):
        (root / name).write_text(PAGE)
    (root / "d.html").write_bytes(b"%PDF-1.7")
    return root


# The report


def test_figures() -> None:
    """Statuses, roles, languages, types and quality are counted; a page that failed has no part in the latter."""
    figures = Overview()
    figures.add(row(1, quality=1.0, language="fr"), {"text": 3, "legal": 1})
    figures.add(row(2, quality=0.31, language=""), {"text": 1})
    figures.add(Row(3, "c", "timeout", 9.0, "too slow"), {})
    root = parsed(figures.render(10.0))
    assert table(root, "Statuses") == {"ok": "2 (66.7 %)", "timeout": "1 (33.3 %)"}
    assert table(root, "Roles") == {"text": "4 (80.0 %)", "legal": "1 (20.0 %)"}
    assert table(root, "Languages") == {"fr": "1 (50.0 %)", "not known": "1 (50.0 %)"}
    assert table(root, "Page types") == {"article": "2 (100.0 %)"}
    quality = table(root, "Quality")
    assert len(quality) == 10
    assert {name: number for name, number in quality.items() if number[0] != "0"} == {
        "0.3 to 0.4": "1 (50.0 %)",
        "0.9 to 1.0": "1 (50.0 %)",
    }
    assert table(root, "Slowest pages") == {"c": "9.000 s", "page 1": "0.100 s", "page 2": "0.100 s"}
    assert table(root, "Least sure pages") == {"page 2": "0.31", "page 1": "1.00"}
    assert "10.0 s, 0.3 pages a second" in root.xpath("//dd/text()")
    [failed] = root.xpath("//tr[@data-status='timeout']")
    assert failed.xpath(".//small/text()") == ["too slow"]
    assert root.xpath("//fieldset//input/@value") == ["ok", "timeout"]


def test_many_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is held and listed is bounded; the figures and extremes are those of all pages, and the report says so."""
    monkeypatch.setattr(overview, "MAX_ROW_COUNT", 50)
    monkeypatch.setattr(overview, "MAX_FAILED_COUNT", 10)
    figures = Overview()
    for number in range(1, 201):
        figures.add(row(number, seconds=number / 100, quality=number / 200, error="bad" if number > 100 else ""), {})
    assert len(figures.rows) == 60
    assert len(figures.slowest) == len(figures.least_sure) == EXTREME_COUNT
    report = figures.render(1.0)
    assert list(table(parsed(report), "Slowest pages")) == [f"page {200 - place}" for place in range(EXTREME_COUNT)]
    assert list(table(parsed(report), "Least sure pages")) == [f"page {place + 1}" for place in range(EXTREME_COUNT)]
    assert "60 of the 200 pages are listed" in report


def test_ten_thousand_pages() -> None:
    """As many as are listed make a file of moderate size."""
    figures = Overview()
    for number in range(1, 10_001):
        figures.add(row(number, title="The mill at the weir grinds twice a week", link=f"pages/{number:06}.html"), {})
    assert len(figures.render(1.0)) < 4_000_000


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text(text: str) -> None:
    """Markup in a name, title or error is shown as the text that it is."""
    assert shape(filled(3, text)) == shape(filled(3))
    filled(3, text).encode()  # no lone surrogates


def test_long_text() -> None:
    """A name or an error of any length takes its place and no more."""
    figures = Overview()
    figures.add(row(1, name="x" * 100_000, error="y" * 100_000, title="z" * 100_000), {})
    assert len(figures.render(1.0)) < len(filled(1)) + 3_000


def test_no_network_and_one_script() -> None:
    """Nothing is loaded from anywhere, and the policy lets only the report's own script run."""
    root = parsed(filled(2))
    assert root.xpath("//@src | //@action | //link") == []
    assert_own_script_alone(root)
    assert "prefers-color-scheme: dark" in next(root.iter("style")).text


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node to check the script")
def test_script_is_valid(tmp_path: Path) -> None:
    """The script has no syntax error."""
    [script] = parsed(filled(1)).iter("script")
    path = tmp_path / "overview.js"
    path.write_text(script.text, encoding="utf-8")
    subprocess.run(["node", "--check", path], check=True)


# The command


@pytest.mark.parametrize("workers", [1, 2])
def test_folder(site: Path, tmp_path: Path, workers: int) -> None:
    """The index links to the report on each page that has one; nothing is printed in its place."""
    target = tmp_path / "out"
    result = run(site, "--report", f"{target}/", "--workers", workers)
    assert (result.exit_code, result.stdout) == (1, "")
    root = parsed((target / "index.html").read_text(encoding="utf-8"))
    links = root.xpath("//table[@id='pages']//a/@href")
    assert links == ["pages/000001.html", "pages/000002.html", "pages/000003.html"]
    assert sorted(path.name for path in target.iterdir()) == ["index.html", "pages"]
    expected = cleanpage.clean(PAGE).to_report(str(site / "b.html"))
    assert (target / links[1]).read_text(encoding="utf-8") == f"{expected}\n"
    assert table(root, "Statuses") == {"ok": "3 (75.0 %)", "not_html": "1 (25.0 %)"}
    assert root.xpath("string(//header/p)") == ""


def test_beside_an_output(site: Path, tmp_path: Path) -> None:
    """With an output both are written, in the format that was asked for; one page may have such a report as well."""
    run(site, "--report", f"{tmp_path}/out/", "-o", tmp_path / "texts.jsonl", "-f", "markdown")
    assert len((tmp_path / "texts.jsonl").read_text().splitlines()) == 4
    assert '"markdown"' in (tmp_path / "texts.jsonl").read_text()
    run(site / "a.html", "--report", f"{tmp_path}/out/")
    assert [path.name for path in (tmp_path / "out" / "pages").iterdir()] == ["000001.html"]


def test_reports_beyond_the_list(site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that is not listed has no report."""
    monkeypatch.setattr(overview, "MAX_ROW_COUNT", 2)
    assert run(site, "--report", f"{tmp_path}/out/").exit_code == 1
    assert len(list((tmp_path / "out" / "pages").iterdir())) == 2


def test_own_report_is_not_read(site: Path) -> None:
    """A report in the folder that is read is not read with it."""
    for _ in range(2):
        run(site, "--report", f"{site}/out/")
        root = parsed((site / "out" / "index.html").read_text(encoding="utf-8"))
        assert root.findtext(".//h1") == "4 pages"


def test_interrupted_run(site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was done before Ctrl-C is reported, and that it is not all."""
    clean = cleanpage.Cleaner.clean
    count = 0

    def interrupt(self: cleanpage.Cleaner, page: Any, url: str | None = None) -> cleanpage.Document:
        nonlocal count
        count += 1
        if count == 3:
            raise KeyboardInterrupt
        return clean(self, page, url)

    monkeypatch.setattr(cleanpage.Cleaner, "clean", interrupt)
    assert run(site, "--report", f"{tmp_path}/out/").exit_code == 1
    root = parsed((tmp_path / "out" / "index.html").read_text(encoding="utf-8"))
    assert root.findtext(".//h1") == "2 pages"
    assert "has not ended" in root.xpath("string(//header/p)")


def test_folder_of_others_is_left_alone(site: Path, tmp_path: Path) -> None:
    """A folder that is somebody's own is neither overwritten nor added to."""
    own = tmp_path / "own"
    own.mkdir()
    (own / "index.html").write_text(PAGE)
    result = run(site, "--report", own)
    assert result.exit_code == 2
    assert "give one of its own" in result.stderr
    assert [path.name for path in own.iterdir()] == ["index.html"]
    assert (own / "index.html").read_text() == PAGE


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--report", "out.html"), "is a folder"),
        (("--report", "SITE/"), "is an input"),
        (("--report", "out/", "-o", "out/"), "or the --output"),
        (("--report", "out/", "-o", "out.jsonl", "--resume"), "without --resume"),
        (("--report", "out/", "-f", "json"), "shows every block"),
    ],
)
def test_usage(site: Path, arguments: tuple[str, ...], message: str) -> None:
    """What contradicts itself is refused before anything is read or written."""
    result = run(site, *(argument.replace("SITE", str(site)) for argument in arguments))
    assert result.exit_code == 2
    assert message in result.stderr
