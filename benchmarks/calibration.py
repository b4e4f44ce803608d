"""Whether doc.quality is the F1 that pages have: python -m benchmarks.calibration.

``doc.quality`` is the F1 that the arbiter expects of the main text. Each page with a gold text tells what it has. With
``--write`` a map from the one to the other is fitted and written into the package, with the reliability diagram and
the figures in the docs. That needs weights that never saw the page's site: ``CLEANPAGE_FOLDS=folds``.

The map is isotonic regression by pooling adjacent violators, linear between the means of the pools. What it is worth
is told by cross-validation: fitted on the sites of four folds, judged on those of the fifth.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple
from unittest.mock import patch

import click
import numpy as np
from tqdm import tqdm

from benchmarks.compare import SETS, SHIPPED_NOTE, every_nth, head_of, publish, require_benchmark, table
from benchmarks.documents import (
    KINDS,
    clean_page,
    gold_pages,
    input_of,
    is_held_out,
    read_sets,
    require_held_out,
    weights_name,
    with_part,
)
from benchmarks.reliability import Point, draw
from cleanpage.arbiter.quality import calibrated
from cleanpage.guard import FALLBACK_QUALITY
from training.dataset import site_of
from training.folds import FOLD_COUNT, fold_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.compare import Gold

    Curve = list[tuple[float, float]]

ROOT: Final = Path(__file__).resolve().parent.parent
CURVES_FILE: Final = ROOT / "src" / "cleanpage" / "arbiter" / "quality.json"
PLOT_FILE: Final = ROOT / "docs" / "reliability.svg"
DOCS_FILE: Final = ROOT / "docs" / "quality.md"
BEGIN: Final = "<!-- written by benchmarks.calibration -->\n"
BIN_COUNT: Final = 10
MIN_KNOT_PAGES: Final = 25
"""Pages that a knot of the map is the mean of, at least: the F1 of single pages scatters by 0.2."""

DIGITS: Final = 3
IDENTITY: Final[Curve] = [(0.0, 0.0), (1.0, 1.0)]


class Case(NamedTuple):
    """A page with a gold text.

    Attributes:
        expected: The arbiter's expected F1, before any map.
        f1: The F1 that its main text has.
        fold: The fold of its site.
        is_overruled: Whether the guard put other blocks in the place of the arbiter's choice.
    """

    expected: float
    f1: float
    fold: int
    is_overruled: bool


def measure(pages: Sequence[Gold], kind: str) -> list[Case]:
    """Cleans pages and scores their main text; those without a block are left out.

    Args:
        pages: What `gold_pages` gives.
        kind: 'html', or 'text' for the pages without their markup, one segment a line.
    """
    from referee import score

    cases = []
    for gold in tqdm(pages, unit="page", disable=None):
        given = input_of(gold, kind)
        with patch("cleanpage.arbiter.calibrated", side_effect=calibrated) as recorder:
            document = clean_page(given, gold.get("url") or "")
        if not recorder.called:
            continue
        is_overruled = any(warning.startswith("fallback: ") for warning in document.warnings)
        fold = fold_of(site_of(gold["set"], gold))
        cases.append(Case(recorder.call_args.args[0], score(gold, document.text)["f1"], fold, is_overruled))
    return cases


def fit(cases: Sequence[Case]) -> Curve:
    """The rising curve nearest to the pages' F1: isotonic regression, linear between the means of the pools.

    Args:
        cases: The pages; those that the guard overruled say nothing about the arbiter's choice.

    Returns:
        Knots from 0 to 1; the identity if there is no page.
    """
    rows = np.array([(case.expected, case.f1, 1.0) for case in cases if not case.is_overruled]).reshape(-1, 3)
    if not len(rows):
        return IDENTITY
    rows = rows[np.argsort(rows[:, 0], kind="stable")]
    pools: list[np.ndarray] = []
    for group in np.array_split(rows, max(1, len(rows) // MIN_KNOT_PAGES)):
        pools.append(group.sum(axis=0))
        while len(pools) > 1 and not _rises(pools[-2], pools[-1]):
            last = pools.pop()
            pools[-1] = pools[-1] + last
    knots = dict(_knot(pool) for pool in pools)
    return sorted(({0.0: 0.0, 1.0: max(knots.values())} | knots).items())


def _knot(pool: np.ndarray) -> tuple[float, float]:
    """What was expected in a pool and what it came to, on average."""
    expected, f1, count = pool.tolist()
    return round(expected / count, DIGITS), round(f1 / count, DIGITS)


def _rises(first: np.ndarray, second: np.ndarray) -> bool:
    return all(before < after for before, after in zip(_knot(first), _knot(second), strict=True))


def qualities_of(cases: Sequence[Case], curve: Curve) -> np.ndarray:
    """The quality of each page under a map: the guard bounds that of a verdict it overruled."""
    knots = np.array(curve)
    mapped = np.interp([case.expected for case in cases], knots[:, 0], knots[:, 1])
    bounds = [FALLBACK_QUALITY if case.is_overruled else 1.0 for case in cases]
    qualities: np.ndarray = np.minimum(mapped, bounds)
    return qualities


def cross_validated(cases: Sequence[Case]) -> np.ndarray:
    """The quality of each page under a map that was fitted on the pages of other folds of sites."""
    curves = [fit([case for case in cases if case.fold != fold]) for fold in range(FOLD_COUNT)]
    return np.array([qualities_of([case], curves[case.fold])[0] for case in cases])


def bins_of(qualities: np.ndarray, scores: np.ndarray) -> dict[int, Point]:
    """The mean quality, the mean F1 and the number of pages of each tenth of the range that has pages."""
    tenths = np.minimum((qualities * BIN_COUNT).astype(int), BIN_COUNT - 1)
    found = {}
    for tenth in np.unique(tenths).tolist():
        chosen = tenths == tenth
        found[tenth] = Point(float(qualities[chosen].mean()), float(scores[chosen].mean()), int(chosen.sum()))
    return found


def calibration_error(qualities: np.ndarray, scores: np.ndarray) -> float:
    """The expected calibration error: the distance of mean quality and mean F1 in each bin, weighted by its pages."""
    points = bins_of(qualities, scores).values()
    return sum(abs(point.quality - point.f1) * point.page_count for point in points) / len(scores)


def correlation(qualities: np.ndarray, scores: np.ndarray) -> float:
    """Pearson's; 0 where one of them does not vary."""
    if not qualities.std() or not scores.std():
        return 0.0
    return float(np.corrcoef(qualities, scores)[0, 1])


def columns_of(cases: Sequence[Case]) -> dict[str, np.ndarray]:
    """The qualities that are judged: without a map, and with one that was fitted on other sites."""
    return {"before": qualities_of(cases, IDENTITY), "after": cross_validated(cases)}


def section(kind: str, cases: Sequence[Case]) -> str:
    """The tables about one kind of page."""
    scores = np.array([case.f1 for case in cases])
    columns = columns_of(cases)
    figures = [
        ["mean quality", *(f"{values.mean():.3f}" for values in columns.values())],
        ["correlation with F1", *(f"{correlation(values, scores):.3f}" for values in columns.values())],
        ["expected calibration error", *(f"{calibration_error(values, scores):.3f}" for values in columns.values())],
    ]
    bins = {name: bins_of(values, scores) for name, values in columns.items()}
    lines = []
    for tenth in sorted(set().union(*bins.values())):
        cells = [cell for of_column in bins.values() for cell in _cells(of_column.get(tenth))]
        lines.append([f"{tenth / BIN_COUNT:.1f} to {(tenth + 1) / BIN_COUNT:.1f}", *cells])
    heads = [f"{figure}, {name}" for name in bins for figure in ("pages", "mean quality", "mean F1")]
    knots = ", ".join(f"{expected:g} → {worth:g}" for expected, worth in fit(cases))
    overruled_count = sum(case.is_overruled for case in cases)
    return "\n\n".join(
        (
            f"### {KINDS[kind][0].upper()}{KINDS[kind][1:]}",
            f"{len(cases)} pages, {overruled_count} of them overruled by the guard; mean F1 {scores.mean():.3f}.",
            table(["figure", "before", "after, cross-validated"], figures),
            table(["quality", *heads], lines),
            f"The map fitted on all pages: {knots}.",
        )
    )


def _cells(point: Point | None) -> list[str]:
    return ["0", "", ""] if point is None else [str(point.page_count), f"{point.quality:.3f}", f"{point.f1:.3f}"]


def plot(found: Mapping[str, Sequence[Case]]) -> str:
    """The reliability diagram: a panel a kind of page."""
    panels = {}
    for kind, cases in found.items():
        scores = np.array([case.f1 for case in cases])
        points = {name: list(bins_of(values, scores).values()) for name, values in columns_of(cases).items()}
        panels[f"{KINDS[kind]}, {len(cases):,} pages"] = points
    return draw(panels)


def report_of(found: Mapping[str, Sequence[Case]], sample: str) -> str:
    """The whole report.

    Args:
        found: The pages of each kind.
        sample: Which pages they are.
    """
    parts = [head_of("Calibration of the quality", f"{sample} with a gold text, {weights_name()}", ["cleanpage"])]
    if not is_held_out():
        parts.append(SHIPPED_NOTE)
    return "\n\n".join([*parts, *(section(kind, cases) for kind, cases in found.items())])


def write(found: Mapping[str, Sequence[Case]], report: str) -> None:
    """Writes the map into the package, and the diagram and the figures, without their title, into the docs."""
    docs = with_part(DOCS_FILE, BEGIN, report)
    curves = ",\n".join(f' "{kind}": {json.dumps(fit(cases))}' for kind, cases in found.items())
    CURVES_FILE.write_text(f"{{\n{curves}\n}}\n", encoding="utf-8")
    PLOT_FILE.write_text(plot(found), encoding="utf-8")
    DOCS_FILE.write_text(docs, encoding="utf-8")


@click.command()
@click.option("--sets", default=",".join(SETS), callback=read_sets, help="Names, with commas between.  [default: all]")
@click.option("--every", type=click.IntRange(1), default=1, show_default=True, help="Take one page in so many.")
@click.option("--write", "is_written", is_flag=True, help="Write the map into the package, the figures into the docs.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Also write the tables to this file.")
def main(sets: list[str], every: int, output: Path | None, *, is_written: bool) -> None:
    """Prints how far doc.quality is the F1 of the main text, as Markdown."""
    if is_written:
        require_held_out()
    pages = gold_pages(require_benchmark(), sets, every)
    found = {kind: measure(pages, kind) for kind in KINDS}
    if not all(found.values()):
        raise click.ClickException("there is no page with a gold text: take more sets, or a smaller --every")
    report = report_of(found, f"{every_nth(every)} of {', '.join(sets)}")
    publish(report, output)
    if is_written:
        write(found, report)


if __name__ == "__main__":
    main()
