"""The benchmarks' own arithmetic, on invented figures, pages and a benchmark of two pages."""

from __future__ import annotations

import json
import math
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import click
import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

import cleanpage
from benchmarks import (
    batches,
    calibration,
    compare,
    data_sheet,
    documents,
    dumps,
    errors,
    floors,
    held_out,
    main_text,
    peers,
    reasons,
    reliability,
    site_templates,
    speed,
)
from cleanpage import Cleaner, Role
from cleanpage.arbiter import quality
from training.dataset import digest_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SENTENCE = "Le phare de Kerlan, éteint depuis dix ans, éclaire de nouveau la côte, et les pêcheurs s'en réjouissent."
PAGE = f"""<html lang="fr"><head><meta charset="utf-8"><title>Le phare</title></head><body>
<nav><ul><li><a href="/">Accueil</a></li><li><a href="/mer">Mer</a></li></ul></nav>
<article><h1>Le phare de Kerlan</h1><p>{SENTENCE}</p><p>{SENTENCE}</p><p>{SENTENCE}</p><p>{SENTENCE}</p></article>
<footer><a href="/legal">Mentions légales</a></footer></body></html>""".encode()

REFEREE = """
import json
from pathlib import Path

def load(data, name):
    for line in (Path(data) / name / "gold.jsonl").read_text("utf-8").splitlines():
        gold = json.loads(line)
        yield {**gold, "set": name, "path": str(Path(data) / name / "pages" / (gold["id"] + ".html"))}

def score(gold, text):
    found = float(gold["main"] in text)
    return {"set": gold["set"], "page_type": gold["page_type"], "f1": found, "p": found, "r": found}

def summary(rows):
    mean = sum(row["f1"] for row in rows) / len(rows)
    figures = dict.fromkeys(["f1", "p", "r", "shf1", "with", "without"], mean)
    return {**figures, "ms_mean": 1.0, "ms_median": 1.0, "err": sum("err" in row for row in rows)}
"""

SEGMENTS = """
import re

def segments(html):
    return [("p", text) for text in re.findall("<(?:p|h1)>(.+?)</", html.decode())]
"""


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A benchmark of two pages in each set."""
    folder = tmp_path / "bench"
    folder.mkdir()
    (folder / "referee.py").write_text(REFEREE, encoding="utf-8")
    (folder / "segments.py").write_text(SEGMENTS, encoding="utf-8")
    (folder / "unpack.sh").write_text(f"#!/bin/sh\necho {tmp_path / 'data'}\n", encoding="utf-8")
    (folder / "unpack.sh").chmod(0o755)
    for name in compare.SETS:
        pages = tmp_path / "data" / name / "pages"
        pages.mkdir(parents=True)
        lines = []
        for key, page_type in (("a", "article"), ("b", "forum")):
            (pages / f"{key}.html").write_bytes(PAGE)
            lines.append(json.dumps({"id": key, "page_type": page_type, "main": SENTENCE if key == "a" else "Absent."}))
        (pages.parent / "gold.jsonl").write_text("\n".join(lines), encoding="utf-8")
    monkeypatch.setenv("CLEANPAGE_BENCH", str(folder))
    monkeypatch.setattr(sys, "path", sys.path.copy())
    for module in ("referee", "segments"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.delenv("CLEANPAGE_FOLDS", raising=False)
    held_out._folds.cache_clear()
    held_out._cleaner.cache_clear()
    yield folder
    for module in ("referee", "segments"):  # no later test may meet these
        sys.modules.pop(module, None)


@pytest.fixture
def floors_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A floors.toml of its own, nothing pinned."""
    path = tmp_path / "floors.toml"
    path.write_text(floors.write_floors({name: {"every": 2} for name in floors.FIGURES}), encoding="utf-8")
    monkeypatch.setattr(floors, "FLOORS_FILE", path)
    return path


def measured(value: float, **changes: Any) -> Callable[..., dict[str, Any]]:
    """A stand-in for `floors.measure`: the same value for every figure."""

    def measure(_benchmark: object, name: str, _sample: object) -> dict[str, Any]:
        return {"page_ids": "cafe", "errors": 0, "figures": dict.fromkeys(floors.FIGURES[name], value)} | changes

    return measure


@pytest.mark.parametrize("name", peers.PEERS)
def test_peers(name: str) -> None:
    """Every peer finds an article, takes bytes and decodes them."""
    page = PAGE.replace(b"</p><p>", b" ")  # jusText wants a paragraph of 200 characters
    text = peers.PEERS[name](page, "https://example.org/phare")
    assert SENTENCE in text
    assert "Mentions légales" not in text


def test_readability_keeps_blocks_apart() -> None:
    """Words of neighbouring blocks are not glued together, and inline elements do not cut words."""
    paragraph = f"<p>{SENTENCE}</p>" * 4
    page = f"<body><article>{paragraph}<figure>Bild<figcaption>Foto</figcaption></figure><p>W<b>or</b>t.</p></article>"
    words = peers.readability_lxml(page.encode(), "").split()
    assert words[-3:] == ["Bild", "Foto", "Wort."]


def test_unknown_extractor() -> None:
    """A name that is no extractor's is refused, with those that are."""
    with pytest.raises(click.BadParameter, match=r"'tea'; there are cleanpage, trafilatura"):
        peers.read_names("turbohtml, tea")
    assert peers.read_names("turbohtml, cleanpage") == ["turbohtml", "cleanpage"]


def test_cleanpage_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is a held-out column if, and only if, there are weights of folds."""
    monkeypatch.delenv("CLEANPAGE_FOLDS", raising=False)
    assert list(peers.cleanpage_modules()) == ["shipped weights"]
    monkeypatch.setenv("CLEANPAGE_FOLDS", "folds")
    assert list(peers.cleanpage_modules()) == ["held out by site", "shipped weights"]


def test_table() -> None:
    """A table has a line for each row, and its columns line up."""
    assert compare.table(["set", "n"], [["wcxb", "12"]]) == "| set  | n  |\n| ---- | -- |\n| wcxb | 12 |"


def test_compare(bench: Path, tmp_path: Path) -> None:
    """The report has the mean of each set and page type, and goes to the file that is named."""
    output = tmp_path / "report.md"
    result = CliRunner().invoke(compare.main, ["--extractors", "turbohtml", "--output", str(output)])
    assert result.exit_code == 0, result.output
    lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in output.read_text("utf-8").splitlines()]
    assert ["wcxb", "2", "F1", "0.500"] in lines
    assert ["wcxb/article", "1", "F1", "1.000"] in lines
    assert ["zh", "2", "F1", "0.500"] in lines
    assert "turbohtml 1." in result.output
    assert "Roles" not in result.output


def test_compare_needs_the_benchmark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the benchmark the command fails, and names the variable that says where it is."""
    monkeypatch.setenv("CLEANPAGE_BENCH", str(tmp_path))
    result = CliRunner().invoke(compare.main, [])
    assert result.exit_code == 1
    assert "set CLEANPAGE_BENCH" in result.output


def test_errors_are_counted(bench: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An extractor that raises gives an empty answer; the error is named and counted, and the others go on."""

    def fails(html: bytes, _url: str) -> str:
        if html == PAGE:
            message = "no"
            raise ValueError(message)
        return ""

    benchmark = compare.open_benchmark()
    assert benchmark is not None
    pages = compare.sample_pages(benchmark, "zh", 2)
    rows = compare.score_pages(pages, {"fails": fails, "works": lambda _html, _url: SENTENCE})
    assert [row["f1"] for row in rows["fails"] + rows["works"]] == [0.0, 1.0]
    assert rows["fails"][0]["err"] == "ValueError: no"
    assert "fails: zh/a: ValueError: no" in capsys.readouterr().err


def test_stray_figures_are_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What the stray referee prints comes out by name."""
    printed = "cases 60  removed 0.250  named nan  kept 1.000  quotes 0.960  errors 2  ms_mean 3.14\n"
    monkeypatch.setattr(compare, "_run_referee", lambda *_: printed)
    figures = compare.run_stray_referee(compare.Benchmark(tmp_path, tmp_path), 60, "adapter:roles")
    assert math.isnan(figures.pop("named"))
    assert figures == {"cases": 60, "removed": 0.25, "kept": 1, "quotes": 0.96, "errors": 2, "ms_mean": 3.14}


@pytest.mark.parametrize(
    ("value", "changes", "fault"),
    [
        (0.9, {}, None),
        (0.8999, {}, "zh: f1 is 0.8999, below its floor, 0.9000"),
        (math.nan, {}, "zh: f1 is nan"),
        (0.95, {"errors": 3}, "zh: cleanpage raised an error on 3 pages"),
        (0.95, {"page_ids": "beef"}, "zh: its floors were measured on other pages"),
    ],
)
def test_faults(value: float, changes: dict[str, Any], fault: str | None) -> None:
    """A figure below its floor is named, as is what makes figures worthless."""
    section = {"every": 1, "page_ids": "cafe", "floors": {"f1": 0.9}}
    faults = floors.faults_of("zh", section, measured(value, **changes)(None, "zh", None))
    assert [found[: len(fault or "")] for found in faults] == ([fault] if fault else [])


def test_floors_rise_only(bench: Path, floors_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--update pins floors below what was measured, raises them, and lowers none."""

    def update(value: float) -> tuple[int, float]:
        monkeypatch.setattr(floors, "measure", measured(value))
        code = CliRunner().invoke(floors.main, ["--update"]).exit_code
        return code, floors.read_floors(floors_file.read_text("utf-8"))["zh"].get("floors", {}).get("f1", 0.0)

    assert update(0.9) == (0, 0.895)
    assert update(0.95) == (0, 0.945)
    assert update(0.946) == (0, 0.945)
    assert update(0.944) == (1, 0.945)
    assert update(math.nan) == (1, 0.945)


def test_floors_check(bench: Path, floors_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check fails while nothing is pinned, passes at the floor, and fails below it."""
    monkeypatch.setattr(floors, "measure", measured(0.9))
    unpinned = CliRunner().invoke(floors.main, [])
    assert unpinned.exit_code == 1
    assert "zh: no floor is pinned for f1" in unpinned.output
    assert CliRunner().invoke(floors.main, ["--update"]).exit_code == 0
    assert CliRunner().invoke(floors.main, []).exit_code == 0
    monkeypatch.setattr(floors, "measure", measured(0.8))
    fallen = CliRunner().invoke(floors.main, [])
    assert fallen.exit_code == 1
    assert "stray-text: quotes is 0.8000, below its floor, 0.8950" in fallen.output


def test_floors_are_skipped_without_the_benchmark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the benchmark is absent, the check passes and says that it checked nothing."""
    monkeypatch.setenv("CLEANPAGE_BENCH", str(tmp_path))
    result = CliRunner().invoke(floors.main, [])
    assert result.exit_code == 0
    assert result.output.startswith("skipped: ")


def test_floors_measure_the_sample(bench: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is measured is every n-th page of the set, and its digest tells samples apart."""
    (bench / "invented.py").write_text(f"def text(html, url):\n    return {SENTENCE!r}\n", encoding="utf-8")
    monkeypatch.setattr(floors, "SHIPPED", "invented")
    benchmark = compare.open_benchmark()
    assert benchmark is not None
    whole, half = (floors.measure(benchmark, "zh", {"every": every}) for every in (1, 2))
    assert (whole["figures"], half["figures"]) == ({"f1": 0.5}, {"f1": 1.0})
    assert half["page_ids"] == floors.digest_of(["a"]) != whole["page_ids"]


def test_odd_floors_are_refused() -> None:
    """A section or floor that nothing measures is no floor, and is named."""
    whole: dict[str, dict[str, Any]] = {name: {"every": 2} for name in floors.FIGURES}
    with pytest.raises(click.ClickException, match="not measured: tea"):
        floors.read_floors(floors.write_floors(whole | {"tea": {"every": 1}}))
    with pytest.raises(click.ClickException, match="zh has floors for what is not measured: f2"):
        floors.read_floors(floors.write_floors(whole | {"zh": {"every": 1, "floors": {"f2": 0.5}}}))


def test_floors_file() -> None:
    """The file in the repository has the sections that are measured, in the form that --update writes."""
    text = floors.FLOORS_FILE.read_text(encoding="utf-8")
    assert floors.write_floors(floors.read_floors(text)) == text


def test_race(monkeypatch: pytest.MonkeyPatch) -> None:
    """Times are medians over the rounds, and ratios are taken within each round."""
    now = [0.0]
    speeds = {
        "trafilatura": iter([4.0, 40.0, 4.0]),
        "resiliparse, decoded": iter([1.0, 10.0, 1.0]),
        "mine": iter([2.0, 20.0, 3.0]),
    }

    def contestant(name: str) -> Callable[[speed.Input], None]:
        def run(_page: speed.Input) -> None:
            now[0] += next(speeds[name])

        return run

    monkeypatch.setattr(speed, "perf_counter", lambda: now[0])
    seconds = speed.race({name: contestant(name) for name in speeds}, [speed.Input(PAGE, "", "")], 3)
    assert speed.race_lines(seconds, 1)[-1] == ["mine", "3000.000", "0.500", "2.000"]


def test_pages_that_raise_are_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody is timed on a page that a contestant raises on, and it is named."""

    def fails(page: speed.Input) -> None:
        if page.url:
            message = "no"
            raise ValueError(message)

    (tmp_path / "page.html").write_bytes(PAGE)
    pages = [{"id": url or "fine", "url": url, "path": tmp_path / "page.html"} for url in ("", "https://example.org")]
    inputs = speed.read_inputs({"fails": fails}, pages)
    assert [(page.html, page.decoded, page.url) for page in inputs] == [(PAGE, PAGE.decode(), "")]
    assert "left out: https://example.org: fails: ValueError: no" in capsys.readouterr().err


def test_stages() -> None:
    """Every stage and every detector is timed, and the whole is the sum of its parts."""
    seconds = speed.time_stages([speed.Input(PAGE, PAGE.decode(), "")])
    detectors = [detector.name for detector in Cleaner().detectors]
    assert set(seconds) == {*speed.STAGES, *detectors, speed.DETECTORS, speed.DOCUMENT, speed.BLOCKS}
    assert min(seconds.values()) > 0
    assert math.isclose(seconds[speed.DETECTORS], sum(seconds[name] for name in detectors))


def test_stage_that_is_not_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stage that the pipeline does not call is an error, not a zero."""
    monkeypatch.setitem(speed.STAGES, "tea", ("cleanpage.plaintext", "segment_text"))
    with pytest.raises(RuntimeError, match=r"cleanpage\.plaintext\.segment_text"):
        speed.time_stages([speed.Input(PAGE, PAGE.decode(), "")])


def cells_of(report: str) -> list[list[str]]:
    """The cells of each line of a report."""
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in report.splitlines()]


def test_main_text(bench: Path, tmp_path: Path) -> None:
    """Without and with a choice the referee judges the same pages of the sets that are named."""
    output = tmp_path / "report.md"
    command = ["--sets", "zh, fundus", "--drop", "text", "--drop", "table", "--output", str(output)]
    result = CliRunner().invoke(main_text.main, command)
    assert result.exit_code == 0, result.output
    lines = cells_of(output.read_text("utf-8"))
    assert lines[5] == ["set", "pages", "figure", "as it comes", "drop text, table"]
    assert [line[0] for line in lines if "F1" in line] == ["zh", "fundus"]
    assert ["zh", "2", "F1", "0.500", "0.000"] in lines
    assert "shipped weights" in result.output


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "give --keep or --drop"),
        (["--drop", "tea"], "'tea' is not one of"),
        (["--sets", "zh,tea", "--drop", "text"], "no set is named 'tea'; there are wcxb"),
    ],
)
def test_main_text_refuses(options: list[str], message: str) -> None:
    """Names that do not exist, and nothing to compare, end the command before a page is read."""
    result = CliRunner().invoke(main_text.main, options)
    assert result.exit_code == 2
    assert message in " ".join(result.output.split())


@pytest.mark.parametrize("name", dumps.DUMPERS)
def test_dumpers(name: str) -> None:
    """Each extractor keeps the paragraphs of a page, on lines of their own."""
    pytest.importorskip(name.replace("-", "_"))
    lines = [line.strip() for line in dumps.DUMPERS[name](PAGE).splitlines()]
    assert SENTENCE in lines


def test_dumps(bench: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The referee judges each dump before and after cleaning; a dump without text is left out."""
    output = tmp_path / "report.md"
    menu = "Accueil | Mer | Plage\n\n"
    pieces = {"trafilatura": f"{menu}{SENTENCE}\n\n{SENTENCE}\n", "click": f"{menu}{SENTENCE}\n"}
    monkeypatch.setattr(dumps, "DUMPERS", {name: lambda _, text=text: text for name, text in pieces.items()})
    result = CliRunner().invoke(dumps.main, ["--sets", "zh", "--favor", "recall", "--output", str(output)])
    assert result.exit_code == 0, result.output
    lines = cells_of(output.read_text("utf-8"))
    assert ["figure", "trafilatura", "click"] in lines
    assert ["F1 before", "0.500", "0.500"] in lines
    assert ["share of gold words lost", "0.000", "0.000"] in lines
    assert "favor=recall" in result.output
    monkeypatch.setattr(dumps, "DUMPERS", {"click": lambda _: ""})
    result = CliRunner().invoke(dumps.main, ["--sets", "zh"])
    assert "no page" in result.output


@pytest.mark.parametrize("options", [[], ["--plain"]])
def test_reasons(bench: Path, tmp_path: Path, options: list[str]) -> None:
    """Boilerplate is counted by role, and content only where it is in doubt."""
    (bench / "roles.jsonl").write_text('{"set": "zh", "id": "a"}\n', encoding="utf-8")
    output = tmp_path / "report.md"
    result = CliRunner().invoke(reasons.main, [*options, "--output", str(output)])
    assert result.exit_code == 0, result.output
    lines = {line[0]: line[1:] for line in cells_of(output.read_text("utf-8")) if len(line) == 3}
    count = int(lines["boilerplate"][0]) if "boilerplate" in lines else 0
    assert count == sum(int(line[0]) for name, line in lines.items() if name in list(Role))
    assert ("as plain text" if options else "as HTML") in result.output


def test_reasons_are_counted() -> None:
    """A block is in doubt where its role is or its place in the main text; the model's opinion is no reason."""

    def block(role: Role, confidence: float, *given: str) -> cleanpage.Block:
        return cleanpage.Block(0, role, cleanpage.Kind.PARAGRAPH, 0, "a", "", confidence, given, is_main=False)

    blocks = (
        block(Role.LEGAL, 0.9, "model.content:0.00"),
        block(Role.LEGAL, 0.9, "legal.phrase:imprint", "model.content:0.00"),
        block(Role.TEXT, 0.9, "model.content:0.90"),
        block(Role.TEXT, 0.4, "model.content:0.90"),
        block(Role.TEXT, 0.9, "title.markup:h1", "model.content:0.50"),
    )
    blocks_by_group, explained = reasons.count([cleanpage.Document(blocks=blocks)])
    assert blocks_by_group == {"boilerplate": 2, "legal": 2, "content_in_doubt": 2}
    assert explained == {"boilerplate": 1, "legal": 1, "content_in_doubt": 1}


def test_weights_of_documents(bench: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A page is cleaned with the weights of its fold where there are folds, else with the shipped ones."""
    package = Path(cleanpage.__file__).parent / "arbiter"
    assert documents.weights_name() == "shipped weights"
    shipped = [documents.clean_page(page).to_dict() for page in (PAGE, SENTENCE)]
    for kind, page in (("html", PAGE), ("text", SENTENCE)):
        (tmp_path / "fold3").mkdir(exist_ok=True)
        shutil.copy(package / f"{kind}.npz", tmp_path / "fold3")
        (tmp_path / f"{kind}.json").write_text(json.dumps({digest_of(page): 3}), encoding="utf-8")
    monkeypatch.setenv("CLEANPAGE_FOLDS", str(tmp_path))
    assert documents.weights_name() == "held out by site"
    assert [documents.clean_page(page).to_dict() for page in (PAGE, SENTENCE)] == shipped
    assert documents.clean_dump(SENTENCE, PAGE).to_dict() == shipped[1]
    assert documents.clean_page(PAGE, drop=("text", "title")).text == ""
    with pytest.raises(cleanpage.ConfigError, match="fold0"):
        documents.clean_page(PAGE + b" ")


def folds_of_shipped(folder: Path) -> Path:
    """A folder of folds in which the shipped weights stand for those of every page."""
    (folder / "fold0").mkdir(parents=True)
    for kind in ("html", "text"):
        shutil.copy(Path(cleanpage.__file__).parent / "arbiter" / f"{kind}.npz", folder / "fold0")
        (folder / f"{kind}.json").write_text("{}", encoding="utf-8")
    return folder


def cases_of(*rows: tuple[float, float, int], is_overruled: bool = False) -> list[calibration.Case]:
    """Pages by expected F1, F1 and fold."""
    return [calibration.Case(*row, is_overruled=is_overruled) for row in rows]


shares = st.integers(0, 50).map(lambda value: value / 50)


@given(st.lists(st.tuples(shares, shares, st.integers(0, 4)), max_size=40), st.integers(1, 9))
def test_fitted_curve(rows: list[tuple[float, float, int]], page_count: int) -> None:
    """Whatever the pages, the curve goes from 0 to 1, stays within and never falls."""
    with patch.object(calibration, "MIN_KNOT_PAGES", page_count):
        expected, worth = zip(*calibration.fit(cases_of(*rows)), strict=True)
    assert (expected[0], expected[-1]) == (0, 1)
    assert list(expected) == sorted(set(expected))
    assert list(worth) == sorted(worth)
    assert worth[0] >= 0
    assert worth[-1] <= 1


def test_curve_by_example(monkeypatch: pytest.MonkeyPatch) -> None:
    """What rises is left alone, what falls is pooled, and pages that the guard overruled say nothing."""
    monkeypatch.setattr(calibration, "MIN_KNOT_PAGES", 1)
    cases = cases_of((0.9, 0.8, 0), (0.2, 0.1, 0), (0.5, 0.5, 0), (0.7, 0.3, 0))
    overruled = cases_of((0.3, 1.0, 0), is_overruled=True)
    curve = calibration.fit(cases + overruled)
    assert curve == [(0, 0), (0.2, 0.1), (0.6, 0.4), (0.9, 0.8), (1, 0.8)]
    assert calibration.fit(overruled) == calibration.IDENTITY
    given_pages = [*cases_of((0.4, 0, 0), (0.95, 0, 0)), *overruled, *cases_of((0.9, 0, 0), is_overruled=True)]
    assert calibration.qualities_of(given_pages, curve) == pytest.approx([0.25, 0.8, 0.175, 0.3])


def test_cross_validation(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page's own fold of sites has no part in the map that it is judged with."""
    monkeypatch.setattr(calibration, "MIN_KNOT_PAGES", 2)
    cases = cases_of((0.5, 0.0, 0), (0.5, 0.0, 0), (0.5, 0.6, 1), (0.5, 0.6, 1))
    assert calibration.cross_validated(cases) == pytest.approx([0.6, 0.6, 0, 0])


def test_calibration_error() -> None:
    """The error is that of the bins' means, weighted by their pages; pages of one bin may make up for each other."""
    qualities, scores = np.array([0.91, 0.99, 0.25, 1.0]), np.array([1.0, 0.9, 0.75, 1.0])
    assert calibration.calibration_error(qualities, scores) == pytest.approx(0.5 / 4)
    assert calibration.bins_of(qualities, scores)[2] == reliability.Point(0.25, 0.75, 1)
    assert calibration.correlation(scores, scores) == pytest.approx(1)
    assert calibration.correlation(np.ones(4), scores) == 0


def test_calibration(bench: Path, tmp_path: Path) -> None:
    """The report has a section a kind of page, and calls the figures of the shipped weights what they are."""
    output = tmp_path / "report.md"
    result = CliRunner().invoke(calibration.main, ["--sets", "zh,fundus", "--output", str(output)])
    assert result.exit_code == 0, result.output
    report = output.read_text("utf-8")
    assert re.findall("^### (.+)$", report, re.MULTILINE) == ["HTML", "Plain text"]
    assert report.count("4 pages, 0 of them overruled by the guard; mean F1 0.500.") == 2
    assert "training figures" in report


def test_expectation_is_the_one_before_the_map(bench: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is compared and fitted is the arbiter's own expectation, whichever map the package has."""
    benchmark = compare.open_benchmark()
    assert benchmark is not None
    pages = documents.gold_pages(benchmark, ["zh"], 2)
    first = calibration.measure(pages, "html")
    monkeypatch.setattr(quality, "load_curve", lambda _name: (np.array([0, 1]), np.array([0.2, 0.3])))
    assert calibration.measure(pages, "html") == first
    assert first[0].expected > 0.3
    assert 0.2 < documents.clean_page(PAGE).quality < 0.3


def test_calibration_writes(bench: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--write puts the map, the diagram and the figures in their places, once more over what it wrote; no page else."""
    docs = tmp_path / "quality.md"
    docs.write_text(f"Before.\n{calibration.BEGIN}old\n{documents.END}After.\n", encoding="utf-8")
    curves, plot = tmp_path / "quality.json", tmp_path / "reliability.svg"
    for name, path in (("DOCS_FILE", docs), ("CURVES_FILE", curves), ("PLOT_FILE", plot)):
        monkeypatch.setattr(calibration, name, path)
    refused = CliRunner().invoke(calibration.main, ["--write"])
    assert refused.exit_code == 2
    assert "set CLEANPAGE_FOLDS" in " ".join(refused.output.split())
    monkeypatch.setenv("CLEANPAGE_FOLDS", str(folds_of_shipped(tmp_path / "folds")))
    written = []
    for _ in range(2):
        result = CliRunner().invoke(calibration.main, ["--sets", "zh", "--write"])
        assert result.exit_code == 0, result.output
        written.append(docs.read_text("utf-8"))
    assert written[0] == written[1]
    assert re.fullmatch(
        r"Before\.\n<!-- .+ -->\n\n\d{4}-.+held out by site.+<!-- end -->\nAfter\.\n", written[0], re.DOTALL
    )
    assert set(json.loads(curves.read_text("utf-8"))) == {"html", "text"}
    assert plot.read_text("utf-8").startswith("<svg ")


def test_calibration_needs_a_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Docs without the part that is written are left alone, and so is the rest."""
    docs = tmp_path / "quality.md"
    docs.write_text("Nothing.", encoding="utf-8")
    monkeypatch.setattr(calibration, "DOCS_FILE", docs)
    monkeypatch.setattr(calibration, "CURVES_FILE", tmp_path / "quality.json")
    with pytest.raises(click.ClickException, match=r"quality\.md has no part"):
        calibration.write({"html": cases_of((0.5, 0.5, 0))}, "report")
    assert not (tmp_path / "quality.json").exists()


def test_what_calibration_wrote() -> None:
    """The docs have the part that is written and show the diagram; the package's curves are in the form written."""
    docs = calibration.DOCS_FILE.read_text("utf-8")
    assert docs.index(f"]({calibration.PLOT_FILE.name})") < docs.index(calibration.BEGIN) < docs.index(documents.END)
    curves = json.loads(calibration.CURVES_FILE.read_text("utf-8"))
    assert list(curves) == list(documents.KINDS)
    assert all(
        round(value, calibration.DIGITS) == value for knots in curves.values() for knot in knots for value in knot
    )


def test_diagram() -> None:
    """The diagram is well-formed, with a point for each bin where its means say, in colours for light and dark."""
    points = [reliability.Point(0.5, 0.25, 3), reliability.Point(1.0, 1.0, 1)]
    svg = reliability.draw({"A & B": {"before": points, "after": points[:1]}, "C": {"before": [], "after": []}})
    root = etree.fromstring(svg.encode())
    assert [text.text for text in root.iter("{*}text") if text.text in ("A & B", "C")] == ["A & B", "C"]
    circles = [circle for circle in root.iterchildren("{*}circle") if circle.get("r") != "4"]
    left, bottom = reliability.LEFT, reliability.TOP + reliability.SIZE
    assert [(float(circle.attrib["cx"]) - left) / reliability.SIZE for circle in circles] == [0.5, 1, 0.5]
    assert [(bottom - float(circle.attrib["cy"])) / reliability.SIZE for circle in circles] == [0.25, 1, 0.25]
    assert float(circles[0].attrib["r"]) > float(circles[1].attrib["r"])
    assert "prefers-color-scheme: dark" in svg


def test_errors(bench: Path, tmp_path: Path) -> None:
    """The worst page comes first, with what was wrongly kept and dropped of it; the totals count all pages."""
    output = tmp_path / "errors.md"
    command = ["--sets", "zh", "--worst", "1", "--output", str(output)]
    result = CliRunner().invoke(errors.main, command)
    assert result.exit_code == 0, result.output
    report = output.read_text("utf-8")
    assert re.findall("^### (.+)$", report, re.MULTILINE) == ["zh/b: F1 0.000, precision 0.000, recall 0.000"]
    assert "Of the gold text's words 0.00 are on the page." in report
    assert "Wrongly dropped: nothing." in report
    blocks = [line for line in cells_of(report) if line and line[0].startswith("Le phare de Kerlan, éteint")]
    shown = SENTENCE if len(SENTENCE) <= errors.MAX_CHARS else SENTENCE[: errors.MAX_CHARS - 1] + "…"
    assert [line[:3] for line in blocks] == [[shown, "19", "text"]] * 4
    [total] = [line for line in cells_of(report.partition("## Totals")[2]) if line and line[0] == "text"]
    assert int(total[1]) >= 4 * 19
    assert "training figures" in report


def test_errors_of_a_page(bench: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Less than half of its words in the gold text is wrong to keep, half of them wrong to drop; longest first."""

    def block(index: int, text: str, *reasons: str, is_main: bool) -> cleanpage.Block:
        role = Role.TEXT if is_main else Role.RELATED
        kind, language = cleanpage.Kind.PARAGRAPH, "en"
        return cleanpage.Block(index, role, kind, 0, text, language, 0.7512, (*reasons, "model.content:0.42"), is_main)

    blocks = (
        block(0, "one two three four", is_main=True),
        block(1, "five six seven | eight", "related.phrase:read", "related.link:x", is_main=False),
        block(2, "wrong", is_main=True),
        block(3, "quite wrong", "main_content.shape:a|b", is_main=True),
        block(4, "left out", is_main=False),
        block(5, "—", is_main=True),
    )
    monkeypatch.setattr(errors, "clean_page", lambda *_: cleanpage.Document(blocks=blocks))
    (tmp_path / "page.html").write_bytes(b"")
    sys.path.insert(0, str(bench))
    gold = {"set": "zh", "id": "a", "path": tmp_path / "page.html", "page_type": None}
    case = errors.examine(gold | {"main": "one two three four five six seven eight nine ten"})
    assert [wrong.block.index for wrong in case.kept] == [3, 2]
    assert [wrong.block.index for wrong in case.dropped] == [1]
    assert [wrong.detector for wrong in case.kept + case.dropped] == ["main_content", "no detector", "related"]
    assert case.found_share == 0.8
    section = errors.page_section(case)
    assert "Wrongly kept (words: 3, blocks: 2):" in section
    reasons = "related.phrase:read, related.link:x"
    assert f"| five six seven \\| eight | 4     | related | 0.75       | 0.42        | {reasons} |" in section
    assert "| quite wrong | 2 " in section
    assert "main_content.shape:a\\|b" in section
    totals = errors.totals_section([case, case])
    assert "Wrongly dropped (words: 8, blocks: 2):" in totals
    assert ["no detector", "2", "2"] in cells_of(totals)


def test_data_sheet(bench: Path, tmp_path: Path) -> None:
    """Small groups share a line, sets with snippets alone have figures of their own, and the weights are named."""
    output = tmp_path / "report.md"
    result = CliRunner().invoke(data_sheet.main, ["--output", str(output)])
    assert result.exit_code == 0, result.output
    report = output.read_text("utf-8")
    assert re.findall("^### (.+)$", report, re.MULTILINE) == ["Language", "Page type"]
    assert "| fr " in report
    assert data_sheet.weights_line() in report
    assert "training figures" in report


def test_data_sheet_groups() -> None:
    """A group with enough pages has a line; its figures are means and shares over them, of each kind of input."""
    rows = [{"html": {"f1": f1}, "text": {"f1": f1 / 2}} for f1 in [1.0] * 9 + [0.4]]
    cases = [data_sheet.Case("en", "article", row) for row in rows] + [data_sheet.Case("", "forum", rows[0])]
    lines = data_sheet.section("Language", cases, lambda case: case.language).splitlines()[4:]
    cells = [[cell.strip() for cell in line.strip("| ").split("|")] for line in lines]
    assert cells[0][:6] == ["en", "10", "0.940", "0.470", "0.100", "0.100"]
    assert cells[1][:4] == ["other (none found)", "1", "1.000", "0.500"]


def test_data_sheet_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--write is for weights that never saw the pages, and needs its place in the docs."""
    refused = CliRunner().invoke(data_sheet.main, ["--write"])
    assert refused.exit_code == 2
    assert "set CLEANPAGE_FOLDS" in " ".join(refused.output.split())
    docs = tmp_path / "data-sheet.md"
    docs.write_text(f"Before.\n{data_sheet.BEGIN}old\n{documents.END}After.\n", encoding="utf-8")
    written = documents.with_part(docs, data_sheet.BEGIN, "# Title\n\nnew")
    assert written == f"Before.\n{data_sheet.BEGIN}\nnew\n\n{documents.END}After.\n"


def test_data_sheet_is_of_these_weights() -> None:
    """The data sheet in the docs has the figures of the weights in the package."""
    assert data_sheet.weights_line() in data_sheet.DOCS_FILE.read_text("utf-8"), (
        "python -m benchmarks.data_sheet --write"
    )


# Batches


def test_rate_of_workers() -> None:
    """Ratios are taken within a round; what can be gained at the most is reckoned from the processors' time."""
    rounds = [
        {"one": batches.Times(10, 8, 0), "2 workers": batches.Times(5, 1, 9)},
        {"one": batches.Times(30, 8, 0), "2 workers": batches.Times(10, 1, 7)},
        {"one": batches.Times(20, 8, 0), "2 workers": batches.Times(10, 1, 7)},
    ]
    assert batches.rate_lines(rounds, 1000) == [
        ["one", "20.00", "8.00", "0.00", "1.00", ""],
        ["2 workers", "10.00", "1.00", "7.00", "2.00", "2.00"],
    ]


def test_rate_is_printed(bench: Path) -> None:
    """The table has a line for each way to clean."""
    result = CliRunner().invoke(batches.main, ["rate", "--every", "2", "--rounds", "1"])
    assert result.exit_code == 0
    assert all(f"| {name} " in result.stdout for name in batches.WAYS)


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from the files of Linux's kernel")
def test_memory_of_a_run() -> None:
    """The memory of the command and of its two workers is looked at while pages go in."""
    found = list(batches.watch(50, 2, "out.jsonl"))
    assert [count for count, _ in found] == list(range(5, 51, 5))
    assert all(10 < size < 1000 for _, sizes in found for size in sizes)
    assert len(found[-1][1]) == 3


def test_site_templates(bench: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each page is cleaned with a template of the other pages of its site, and with none; so are strangers."""
    for number, name in enumerate(compare.SETS):
        path = tmp_path / "data" / name / "gold.jsonl"
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        for row in rows:
            host = "one.example" if number else f"{row['id']}.example"
            page = PAGE.replace(b"</h1>", f"</h1><p>{name} {row['id']}: {SENTENCE}</p>".encode())
            (path.parent / "pages" / f"{row['id']}.html").write_bytes(page)
            row["url"] = f"https://{host}/{name}/{row['id']}"
        path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    (bench / "roles.jsonl").write_text('{"set": "zh", "id": "a"}\n{"set": "wcxb", "id": "a"}\n', encoding="utf-8")
    asked = []

    def run_role_referee(_benchmark: object, labels: list[str], run: str, *, plain: bool) -> dict[str, float]:
        asked.append((run.partition(":")[2], plain, len(labels)))
        adapter = getattr(site_templates, asked[-1][0])
        gold = site_templates.pages_by_site()["one.example"][0]
        told = adapter(site_templates.read(gold, plain=plain), "")
        assert told
        return dict.fromkeys(site_templates.ROLE_FIGURES, float(asked[-1][0] == "roles_with"))

    monkeypatch.setattr(site_templates, "run_role_referee", run_role_referee)
    monkeypatch.setattr(site_templates, "STRANGER_EVERY", 1)
    for cached in (site_templates.pages_by_site, site_templates._index, site_templates._read):
        cached.cache_clear()
    output = tmp_path / "report.md"
    result = CliRunner().invoke(site_templates.main, ["--output", str(output)], catch_exceptions=False)
    report = output.read_text("utf-8")
    for cached in (site_templates.pages_by_site, site_templates._index, site_templates._read):
        cached.cache_clear()
    assert result.exit_code == 0
    assert set(asked) == {(f"roles_{name}", plain, 1) for name in ("with", "without") for plain in (False, True)}
    half = site_templates.half_of("one.example")
    assert [half, "HTML", "12", "F1 of the main text", "0.500", "0.500"] in cells_of(report)
    assert [half, "plain text", "1", "accuracy of roles", "0.000", "1.000"] in cells_of(report)
    # Strangers that have the site's own text are told by their address alone, and sure of their text.
    assert report.endswith("Of 4 pages cleaned with the template of another site, 0 changed.\n")
