"""cleanpage beside other extractors, quality and time: python -m benchmarks.compare (`make bench`).

The pages, and the referees that score them, lie outside the repository: in ../shared/bench, or where the environment
variable CLEANPAGE_BENCH says. The weights in the package were trained on these pages, so their figures are training
figures. If CLEANPAGE_FOLDS names the folder that ``python -m training.train --folds FOLDER`` wrote, another column has
those of weights that never saw the page's site.
"""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import click
from tqdm import tqdm

from benchmarks.peers import EXTRACTORS, WARM_UP, cleanpage_modules, extracts_of, read_names
from cleanpage import __version__
from cleanpage.native import described

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.peers import Extract

    Gold = dict[str, Any]
    Row = dict[str, Any]
    Figures = dict[str, Any]

REPOSITORY: Final = Path(__file__).resolve().parent.parent
SETS: Final = ("wcxb", "fundus", "trafilatura", "magic-article", "magic-forum", "readability", "zh")
TYPED_SET: Final = "wcxb"
"""The set whose page types get rows of their own."""

STRAY_CASE_COUNT: Final = 300
"""What the stray referee takes unless told otherwise."""

MIN_STRAY_CASE_COUNT: Final = 30

FIGURES: Final = {"f1": "F1"}
TYPED_FIGURES: Final = FIGURES | {
    "p": "precision",
    "r": "recall",
    "shf1": "F1 of 4-word shingles",
    "with": "snippets kept",
    "without": "unwanted snippets kept (lower is better)",
}
SNIPPET_FIGURES: Final = {"snf1": "F1 of snippets"}
TIMES: Final = {"ms_mean": "mean, ms", "ms_median": "median, ms", "err": "errors"}
ROLE_FIGURES: Final = {
    "macro_f1": "macro F1, 16 roles",
    "boilerplate_macro_f1": "macro F1, 11 boilerplate roles",
    "accuracy": "accuracy",
    "content_f1_segments": "F1 of content, segments",
    "content_f1_words": "F1 of content, words",
    "missing": "missing segments (lower is better)",
}
STRAY_FIGURES: Final = {
    "removed": "foreign prompts: words removed",
    "named": "foreign prompts: named as prompts",
    "kept": "words of the article kept",
    "quotes": "words of foreign quotations kept",
}
SHIPPED_NOTE: Final = "The shipped weights were trained on these pages: what stands under them are training figures."
STRAY_FIGURE: Final = re.compile(r"(\w+) ([\d.]+|nan)(?=\s)")


class Benchmark(NamedTuple):
    """Where the benchmark lies.

    Attributes:
        bench: Folder of the referees and roles.jsonl.
        data: Folder of the unpacked sets.
    """

    bench: Path
    data: Path


def bench_folder() -> Path:
    """The folder of the referees, whether it is there or not."""
    return Path(os.environ.get("CLEANPAGE_BENCH", REPOSITORY.parent / "shared" / "bench")).resolve()


def open_benchmark() -> Benchmark | None:
    """Unpacks the benchmark, once, and makes its referees importable; None where there is no benchmark."""
    bench = bench_folder()
    if not (bench / "referee.py").is_file():
        return None
    if str(bench) not in sys.path:
        sys.path.insert(0, str(bench))
    unpacked = subprocess.run([str(bench / "unpack.sh")], stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603 - our own
    return Benchmark(bench, Path(unpacked.stdout.strip()))


def sample_pages(benchmark: Benchmark, name: str, every: int) -> list[Gold]:
    """Every n-th page of a set, as the referee reads it."""
    from referee import load

    return list(load(benchmark.data, name))[::every]


def sample_labels(benchmark: Benchmark, every: int) -> list[str]:
    """Every n-th of the pages labelled with roles, a line of JSON each."""
    return (benchmark.bench / "roles.jsonl").read_text(encoding="utf-8").splitlines()[::every]


def score_pages(pages: Sequence[Gold], extracts: Mapping[str, Extract]) -> dict[str, list[Row]]:
    """Scores extractors page by page, in turns, so that what slows the machine down slows all of them.

    Args:
        pages: What `sample_pages` gives.
        extracts: Extractors by name.

    Returns:
        For each extractor the referee's row for each page, with its time in milliseconds.
    """
    for extract in extracts.values():
        extract(WARM_UP, "")
    rows: dict[str, list[Row]] = {name: [] for name in extracts}
    for gold in tqdm(pages, unit="page", disable=None):
        html = Path(gold["path"]).read_bytes()
        for name, extract in extracts.items():
            rows[name].append(_score_page(gold, html, extract))
            if "err" in rows[name][-1]:
                tqdm.write(f"{name}: {gold['set']}/{gold['id']}: {rows[name][-1]['err']}", file=sys.stderr)
    return rows


def _score_page(gold: Gold, html: bytes, extract: Extract) -> Row:
    from referee import score

    text, errors = "", {}
    start = time.perf_counter()
    try:
        text = extract(html, gold.get("url") or "")
    except Exception as error:  # noqa: BLE001 - the referees count whatever is raised as an empty answer and an error
        errors["err"] = f"{type(error).__name__}: {error}"
    milliseconds = 1000 * (time.perf_counter() - start)
    return {**score(gold, text), "ms": milliseconds, **errors}


def run_role_referee(benchmark: Benchmark, labels: Sequence[str], run: str, *, plain: bool = False) -> Figures:
    """Runs the role referee on some of the labelled pages.

    Args:
        benchmark: Where it lies.
        labels: Lines of roles.jsonl.
        run: ``module:function`` that it calls for the roles.
        plain: Give the function the page as plain text.

    Returns:
        What the referee writes as JSON.
    """
    with tempfile.TemporaryDirectory() as folder:
        chosen, result = Path(folder) / "roles.jsonl", Path(folder) / "figures.json"
        chosen.write_text("".join(line + "\n" for line in labels), encoding="utf-8")
        options = ["--plain"] if plain else []
        _run_referee(benchmark, "role_referee.py", [chosen, "--run", run, "--json", result, *options])
        figures: Figures = json.loads(result.read_text(encoding="utf-8"))
    return figures


def run_stray_referee(benchmark: Benchmark, case_count: int, run: str, *, plain: bool = False) -> Figures:
    """Runs the stray-language referee on its first cases.

    Args:
        benchmark: Where it lies.
        case_count: Cases.
        run: ``module:function`` that it calls for the roles.
        plain: Give the function plain text rather than a bare page.

    Returns:
        The figures it prints, by name.
    """
    options = [] if plain else ["--html"]
    labels = benchmark.bench / "roles.jsonl"
    printed = _run_referee(benchmark, "stray_referee.py", [labels, "--run", run, "--cases", case_count, *options])
    return {name: float(figure) for name, figure in STRAY_FIGURE.findall(printed)}


def _run_referee(benchmark: Benchmark, script: str, arguments: Sequence[object]) -> str:
    """Runs a referee as a command, from the repository, where it finds benchmarks.held_out; gives what it prints."""
    command = [sys.executable, str(benchmark.bench / script), str(benchmark.data), *map(str, arguments)]
    finished = subprocess.run(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603 - our own
    return finished.stdout


def quality_lines(rows: Mapping[str, list[Row]]) -> list[list[str]]:
    """The lines of the quality table: for each set, and each page type of one of them, a line a figure.

    Args:
        rows: For each extractor the rows of the same pages, set by set.
    """
    lines = []
    keys = [(row["set"], row["page_type"]) for row in next(iter(rows.values()))]
    for name, _ in groupby(keys, key=lambda key: key[0]):
        chosen = [index for index, key in enumerate(keys) if key[0] == name]
        lines += _lines(name, rows, chosen, TYPED_FIGURES if name == TYPED_SET else FIGURES)
        types = sorted({keys[index][1] for index in chosen}) if name == TYPED_SET else []
        for page_type in types:
            of_type = [index for index in chosen if keys[index][1] == page_type]
            lines += _lines(f"{name}/{page_type}", rows, of_type, FIGURES)
    return lines


def _lines(
    group: str, rows: Mapping[str, list[Row]], chosen: Sequence[int], labels: Mapping[str, str]
) -> list[list[str]]:
    from referee import summary

    summaries = [summary([of_extractor[index] for index in chosen]) for of_extractor in rows.values()]
    # A set without main texts has snippets.
    return figure_lines([group, str(len(chosen))], summaries, labels if "f1" in summaries[0] else SNIPPET_FIGURES)


def time_lines(rows: Mapping[str, list[Row]]) -> list[list[str]]:
    """The lines of the table of times and errors, over all pages."""
    from referee import summary

    return figure_lines([], [summary(of_extractor) for of_extractor in rows.values()], TIMES)


def figure_lines(head: Sequence[str], columns: Sequence[Figures], labels: Mapping[str, str]) -> list[list[str]]:
    """A line for each figure, a column for each extractor."""
    return [[*head, label, *(_cell(column[key]) for column in columns)] for key, label in labels.items()]


def _cell(figure: float) -> str:
    """A share with three digits, milliseconds with one, a count with none."""
    if isinstance(figure, int):
        return str(figure)
    return f"{figure:.1f}" if figure > 1 else f"{figure:.3f}"


def role_section(benchmark: Benchmark, every: int) -> str:
    """The tables of what only cleanpage does: roles, and foreign prompts in articles."""
    labels = sample_labels(benchmark, every)
    case_count = max(MIN_STRAY_CASE_COUNT, STRAY_CASE_COUNT // every)
    heads, roles, strays = [], [], []
    for kind, function in (("HTML", "roles"), ("plain text", "plain_roles")):
        for weights, module in cleanpage_modules().items():
            heads.append(f"{kind}, {weights}")
            run, plain = f"{module}:{function}", kind != "HTML"
            roles.append(run_role_referee(benchmark, labels, run, plain=plain))
            strays.append(run_stray_referee(benchmark, case_count, run, plain=plain))
    lines = figure_lines([], roles, ROLE_FIGURES) + figure_lines([], strays, STRAY_FIGURES)
    pairs = zip(roles, strays, strict=True)
    errors = ["errors", *(str(role["errors"] + int(stray["errors"])) for role, stray in pairs)]
    by_role = figure_lines([], [figures["roles"] for figures in roles], {role: role for role in roles[0]["roles"]})
    return "\n\n".join(
        (
            "## Roles and foreign prompts",
            f"{len(labels)} labelled pages; {case_count} articles with prompts in another language put in.",
            table(["figure", *heads], [*lines, errors]),
            "F1 of each role:",
            table(["role", *heads], by_role),
        )
    )


def table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """Writes a Markdown table, its columns padded so that it can be read as it stands."""
    widths = [max(map(len, column)) for column in zip(head, *lines, strict=True)]
    rows = [head, ["-" * width for width in widths], *lines]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    )


def head_of(title: str, sample: str, names: Sequence[str]) -> str:
    """The head of a report: what was measured, when, and with which versions.

    Args:
        title: Heading.
        sample: Which pages.
        names: Names of the packages that were measured.
    """
    own = f"{__version__} ({described()})"
    versions = ", ".join(f"{name} {own if name == 'cleanpage' else version(name)}" for name in names)
    today = datetime.now(UTC).date().isoformat()
    return f"# {title}\n\n{today}, Python {platform.python_version()}, {platform.machine()}; {sample}.\n{versions}."


def every_nth(every: int) -> str:
    """Every n-th page, in words."""
    return "all pages" if every == 1 else f"one page in {every}"


def require_benchmark() -> Benchmark:
    """The benchmark.

    Raises:
        click.ClickException: There is none.
    """
    benchmark = open_benchmark()
    if benchmark is None:
        raise click.ClickException(f"there is no benchmark at {bench_folder()}: set CLEANPAGE_BENCH to its folder")
    return benchmark


def publish(report: str, output: Path | None) -> None:
    """Prints a report, and writes it to a file if one is named."""
    click.echo(report)
    if output is not None:
        output.write_text(report + "\n", encoding="utf-8")


@click.command()
@click.option("--every", type=click.IntRange(1), default=1, show_default=True, help="Take one page in so many.")
@click.option("--extractors", default=",".join(EXTRACTORS), show_default=True, help="Names, with commas between.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Also write the tables to this file.")
def main(every: int, extractors: str, output: Path | None) -> None:
    """Prints quality and time of cleanpage and of other extractors, as Markdown."""
    names = read_names(extractors)
    benchmark = require_benchmark()
    extracts = extracts_of(names)
    pages = [gold for name in SETS for gold in sample_pages(benchmark, name, every)]
    head = head_of("cleanpage beside other extractors", f"{every_nth(every)} of each set, {len(pages)} in all", names)
    rows = score_pages(pages, extracts)
    parts = [
        head,
        "## Main content",
        table(["set", "pages", "figure", *extracts], quality_lines(rows)),
        "## Time a page",
        table(["figure", *extracts], time_lines(rows)),
    ]
    if "cleanpage" in names:
        parts += [SHIPPED_NOTE, role_section(benchmark, every)]
    publish("\n\n".join(parts), output)


if __name__ == "__main__":
    main()
