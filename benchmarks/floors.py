"""Checks that quality has not fallen: python -m benchmarks.floors.

Measures the weights in the package on a fixed sample of the benchmark and compares each figure with its floor in
floors.toml. Exit 1 names the figures that fell below. ``--update`` raises the floors to just below what was measured,
and lowers none. Without the benchmark nothing is checked, and it says so.

These are training figures: they tell a change for the worse, not how good the weights are on other pages.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import math
import time
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from benchmarks.compare import (
    bench_folder,
    open_benchmark,
    run_role_referee,
    run_stray_referee,
    sample_labels,
    sample_pages,
    score_pages,
)
from benchmarks.peers import SHIPPED
from benchmarks.reasons import BOILERPLATE, IN_DOUBT, count, labelled_documents

if TYPE_CHECKING:
    from collections.abc import Mapping

    from benchmarks.compare import Benchmark

    Section = dict[str, Any]
    Floors = dict[str, Section]

FLOORS_FILE: Final = Path(__file__).with_name("floors.toml")
MARGIN: Final = 0.005
"""How far below the measured figure ``--update`` puts a floor: another processor may round differently."""

DIGITS: Final = 4
STRAY_FIGURES: Final = ("removed", "named", "kept", "quotes")
REASON_FIGURES: Final = (BOILERPLATE, IN_DOUBT)
FIGURES: Final = {
    "wcxb": ("f1",),
    "fundus": ("f1",),
    "trafilatura": ("snf1",),
    "magic-article": ("f1",),
    "zh": ("f1",),
    "roles-html": ("macro_f1",),
    "roles-text": ("macro_f1",),
    "stray-html": STRAY_FIGURES,
    "stray-text": STRAY_FIGURES,
    "reasons-html": REASON_FIGURES,
    "reasons-text": REASON_FIGURES,
}
"""What is measured, each a section of floors.toml: sets, the role referee and the stray-language referee, on HTML and
on plain text, with the names that the referees give their figures; the shares of blocks with a reason."""

HEADER: Final = """\
# Quality floors: python -m benchmarks.floors checks them, --update raises them.
# A section is a set of pages, or a referee of roles on HTML or plain text. `every`: one page in so many is taken;
# `cases`: the first so many are. `page_ids` is the SHA-1 of the ids of the pages, so that no floor is compared with
# another sample's figure. To change a sample, change its number, delete its page_ids and floors, and run --update.
"""


def digest_of(page_ids: list[str]) -> str:
    """The SHA-1 of page ids in their order."""
    return hashlib.sha1("\n".join(page_ids).encode(), usedforsecurity=False).hexdigest()


def measure(benchmark: Benchmark, name: str, sample: Section) -> Section:
    """Measures the weights in the package.

    Args:
        benchmark: Where it lies.
        name: A key of FIGURES.
        sample: Its section of floors.toml.

    Returns:
        ``page_ids``, ``errors`` (pages or cases on which cleanpage raised) and ``figures``.
    """
    kind, _, form = name.partition("-")
    is_plain = form == "text"
    run = f"{SHIPPED}:{'plain_roles' if is_plain else 'roles'}"
    if kind == "roles":
        labels = sample_labels(benchmark, sample["every"])
        page_ids, figures = _ids_of(labels), run_role_referee(benchmark, labels, run, plain=is_plain)
    elif kind == "reasons":
        labels = sample_labels(benchmark, sample["every"])
        blocks, explained = count(labelled_documents(benchmark, labels, plain=is_plain))
        page_ids, figures = _ids_of(labels), {name: explained[name] / blocks[name] for name in REASON_FIGURES}
        figures["errors"] = 0
    elif kind == "stray":
        # A case is drawn from all articles and all labelled pages.
        page_ids = [gold["id"] for gold in sample_pages(benchmark, "fundus", 1)] + _ids_of(sample_labels(benchmark, 1))
        figures = run_stray_referee(benchmark, sample["cases"], run, plain=is_plain)
    else:
        return _measure_main(benchmark, name, sample["every"])
    chosen = {figure: figures[figure] for figure in FIGURES[name]}
    return {"page_ids": digest_of(page_ids), "errors": int(figures["errors"]), "figures": chosen}


def _ids_of(labels: list[str]) -> list[str]:
    return ["{set}/{id}".format(**json.loads(line)) for line in labels]


def _measure_main(benchmark: Benchmark, name: str, every: int) -> Section:
    from referee import summary

    pages = sample_pages(benchmark, name, every)
    figures = summary(score_pages(pages, {"cleanpage": importlib.import_module(SHIPPED).text})["cleanpage"])
    chosen = {figure: figures[figure] for figure in FIGURES[name]}
    return {"page_ids": digest_of([gold["id"] for gold in pages]), "errors": figures["err"], "figures": chosen}


def faults_of(name: str, section: Section, measured: Section) -> list[str]:
    """What is wrong with what was measured, floors that are not pinned yet aside.

    Args:
        name: A key of FIGURES.
        section: Its section of floors.toml.
        measured: What `measure` gives.
    """
    if section.get("page_ids", measured["page_ids"]) != measured["page_ids"]:
        return [f"{name}: its floors were measured on other pages; the head of {FLOORS_FILE.name} says what to do"]
    faults = [f"{name}: cleanpage raised an error on {measured['errors']} pages"] if measured["errors"] else []
    for figure, value in measured["figures"].items():
        floor = section.get("floors", {}).get(figure, 0.0)
        if not value >= floor:  # also true of NaN
            faults.append(f"{name}: {figure} is {value:.4f}, below its floor, {floor:.4f}")
    return faults


def unpinned(section: Section, measured: Section) -> list[str]:
    """The figures that have no floor."""
    return [figure for figure in measured["figures"] if figure not in section.get("floors", {})]


def raised(section: Section, measured: Section) -> Section:
    """A section of floors.toml with its floors raised to MARGIN below what was measured; none is lowered."""
    floors = dict(section.get("floors", {}))
    for figure, value in measured["figures"].items():
        below = math.floor((value - MARGIN) * 10**DIGITS) / 10**DIGITS
        floors[figure] = max(below, floors.get(figure, 0.0))
    return {**section, "page_ids": measured["page_ids"], "floors": floors}


def read_floors(text: str) -> Floors:
    """Reads floors.toml.

    Raises:
        click.ClickException: Its sections are not those that are measured.
    """
    floors = tomllib.loads(text)
    if set(floors) != set(FIGURES):
        odd = ", ".join(sorted(set(floors) ^ set(FIGURES)))
        raise click.ClickException(f"{FLOORS_FILE.name}: sections missing or not measured: {odd}")
    for name, section in floors.items():
        if odd := ", ".join(set(section.get("floors", {})) - set(FIGURES[name])):
            raise click.ClickException(f"{FLOORS_FILE.name}: {name} has floors for what is not measured: {odd}")
    return floors


def write_floors(floors: Floors) -> str:
    """Writes floors.toml."""
    parts = [HEADER]
    for name, section in floors.items():
        parts.append(f"\n[{name}]\n")
        parts += [f"{key} = {json.dumps(value)}\n" for key, value in section.items() if key != "floors"]
        pinned = ", ".join(f"{figure} = {floor}" for figure, floor in section.get("floors", {}).items())
        parts.append(f"floors = {{ {pinned} }}\n" if pinned else "floors = {}\n")
    return "".join(parts)


@click.command()
@click.option("--update", is_flag=True, help="Raise the floors to just below what is measured.")
def main(*, update: bool) -> None:
    """Checks the quality floors, or raises them."""
    benchmark = open_benchmark()
    if benchmark is None:
        click.echo(f"skipped: the quality floors need the benchmark, and there is none at {bench_folder()}")
        return
    floors = read_floors(FLOORS_FILE.read_text(encoding="utf-8"))
    found: Floors = {}
    faults: list[str] = []
    for name, section in floors.items():
        start = time.perf_counter()
        found[name] = measure(benchmark, name, section)
        click.echo(f"{name:<14} {_listed(found[name]['figures'])}  ({time.perf_counter() - start:.0f} s)")
        faults += faults_of(name, section, found[name])
        if not update and (missing := unpinned(section, found[name])):
            faults.append(f"{name}: no floor is pinned for {', '.join(missing)}: --update pins one")
    if faults:
        refusal = "the floors were left as they were:\n" if update else ""
        raise click.ClickException(refusal + "\n".join(faults))
    if update:
        risen = {name: raised(section, found[name]) for name, section in floors.items()}
        FLOORS_FILE.write_text(write_floors(risen), encoding="utf-8")
    click.echo(f"the floors in {FLOORS_FILE.name} were raised" if update else "no figure is below its floor")


def _listed(figures: Mapping[str, float]) -> str:
    return "  ".join(f"{figure} {value:.4f}" for figure, value in figures.items())


if __name__ == "__main__":
    main()
