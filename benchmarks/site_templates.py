"""What a site template is worth: python -m benchmarks.site_templates.

Invented sites (tests/fixtures/sites): the first half of their pages is learned, the other half cleaned. Sites of the
benchmark with at least three pages: each page is cleaned with a template of the others. The constants were set on the
sites of the first half; the figures of the second stood beside them meanwhile. With CLEANPAGE_FOLDS, both the pages and
those learned from are read with weights that never saw the site.
"""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from functools import cache, partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import click
from tqdm import tqdm

from benchmarks.compare import (
    SETS,
    figure_lines,
    head_of,
    open_benchmark,
    publish,
    require_benchmark,
    run_role_referee,
    sample_labels,
    sample_pages,
    table,
)
from benchmarks.documents import cleaner_of, weights_name
from cleanpage import Cleaner, SiteTemplate
from cleanpage.page import split_words
from cleanpage.roles import Role
from cleanpage.sites.learning import SiteLearner
from tests import sites

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from benchmarks.compare import Benchmark, Figures, Gold
    from cleanpage import Document
    from tests.sites import SitePage

    Roles = list[tuple[str, str]]

MIN_PAGES: Final = 3
HALVES: Final = ("set on", "held out")
ARCHIVE: Final = "web.archive.org"
TEXT_FIGURES: Final = {"f1": "F1 of the main text", "snf1": "F1 of snippets"}
INVENTED_FIGURES: Final = {"accuracy": "accuracy of roles", "content": "F1 of the main text, words"}
ROLE_FIGURES: Final = {
    "macro_f1": "macro F1, 16 roles",
    "accuracy": "accuracy of roles",
    "content_f1_words": "F1 of content, words",
}
COLUMNS: Final = ("without", "with")
STRANGER_EVERY: Final = 25
TEMPLATE_PAGES: Final = 6
"""Pages of a site whose template is tried on pages of other sites."""


def half_of(site: str) -> str:
    """Which half a site of the benchmark belongs to."""
    return HALVES[zlib.crc32(site.encode()) % len(HALVES)]


@cache
def pages_by_site() -> dict[str, list[Gold]]:
    """The pages of every site of the benchmark that has enough of them, by their host."""
    benchmark = open_benchmark()
    assert benchmark is not None
    found: defaultdict[str, list[Gold]] = defaultdict(list)
    for gold in chain.from_iterable(sample_pages(benchmark, name, 1) for name in SETS):
        host = (urlsplit(gold.get("url") or "").hostname or "").removeprefix("www.")
        if host not in ("", ARCHIVE):
            found[host].append(gold)
    return {site: golds for site, golds in found.items() if len(golds) >= MIN_PAGES}


@cache
def _index(*, plain: bool) -> dict[bytes | str, tuple[Gold, list[Gold]]]:
    """Every such page as it is given to cleanpage, with what is known of it, and the other pages of its site."""
    return {
        read(gold, plain=plain): (gold, [other for other in golds if other is not gold])
        for golds in pages_by_site().values()
        for gold in golds
    }


@cache
def _read(path: str) -> str:
    from segments import segments

    return "\n".join(text for _, text in segments(Path(path).read_bytes()))


def read(gold: Gold, *, plain: bool) -> bytes | str:
    """A page of the benchmark, or what the referees flatten it to."""
    return _read(gold["path"]) if plain else Path(gold["path"]).read_bytes()


def learn(pages: Iterable[bytes | str], cleaner: Cleaner, urls: Iterable[str]) -> SiteTemplate:
    """Learns from pages, plain text where they are str."""
    learner = SiteLearner(cleaner)
    for page, url in zip(pages, urls, strict=True):
        if isinstance(page, str):
            learner.add_text(page)
        else:
            learner.add(page, url or None)
    return learner.template()


def clean(page: bytes | str, *, with_template: bool) -> Document:
    """Cleans a page of a benchmark's site, if wanted with a template of the other pages of the site."""
    plain = isinstance(page, str)
    gold, others = _index(plain=plain)[page]
    cleaner = cleaner_of(page)
    if with_template:
        urls = [other.get("url") or "" for other in others]
        template = learn((read(other, plain=plain) for other in others), cleaner, urls)
        cleaner = Cleaner(weights=cleaner.config.weights, site_template=template)
    return cleaner.clean_text(page) if plain else cleaner.clean(page, url=gold["url"])


def _roles(page: bytes | str, *, with_template: bool) -> Roles:
    return [(block.role.value, block.text) for block in clean(page, with_template=with_template).blocks]


def roles_without(page: bytes | str, url: str) -> Roles:  # noqa: ARG001 - the role referee passes none but ''
    """Adapter for the role referee: every block of a page."""
    return _roles(page, with_template=False)


def roles_with(page: bytes | str, url: str) -> Roles:  # noqa: ARG001 - as above
    """The same with a template."""
    return _roles(page, with_template=True)


def real_lines(benchmark: Benchmark, half: str, *, plain: bool) -> list[list[str]]:
    """The lines of the table about one half of the benchmark's sites."""
    from referee import score, summary

    golds = [gold for site, golds in pages_by_site().items() if half_of(site) == half for gold in golds]
    if not golds:
        return []
    rows: dict[str, list[Figures]] = {name: [] for name in COLUMNS}
    for gold in tqdm(golds, unit="page", disable=None):
        page = read(gold, plain=plain)
        for name in COLUMNS:
            document = clean(page, with_template=name == "with")
            rows[name].append({**score(gold, document.text), "ms": 0.0})
    keys = {(gold["set"], gold["id"]) for gold in golds}
    labels = [line for line in sample_labels(benchmark, 1) if (json.loads(line)["set"], json.loads(line)["id"]) in keys]
    found = [run_role_referee(benchmark, labels, f"{__spec__.name}:roles_{name}", plain=plain) for name in COLUMNS]
    kind = "plain text" if plain else "HTML"
    summaries = [summary(of_column) for of_column in rows.values()]
    labels_of_text = {figure: label for figure, label in TEXT_FIGURES.items() if figure in summaries[0]}
    return [
        *figure_lines([half, kind, f"{len(golds)}"], summaries, labels_of_text),
        *figure_lines([half, kind, f"{len(labels)}"], found, ROLE_FIGURES),
    ]


def invented_lines(name: str, *, plain: bool) -> list[list[str]]:
    """The lines of the table about one invented site, half of whose pages are learned."""
    pages = sites.pages_of(name)
    half = len(pages) // 2
    urls = [page.url for page in pages[:half]]
    cleaner = cleaner_of("" if plain else b"")
    template = learn([page.dump if plain else page.html.encode() for page in pages[:half]], cleaner, urls)
    columns = [
        invented_figures(pages[half:], partial(_invented, cleaner=cleaner, template=given, plain=plain))
        for given in (None, template)
    ]
    return figure_lines([name, "plain text" if plain else "HTML", f"{len(pages) - half}"], columns, INVENTED_FIGURES)


def _invented(page: SitePage, *, cleaner: Cleaner, template: SiteTemplate | None, plain: bool) -> Document:
    chosen = Cleaner(weights=cleaner.config.weights, site_template=template)
    return chosen.clean_text(page.dump) if plain else chosen.clean(page.html, url=page.url)


def invented_figures(pages: Sequence[SitePage], clean_page: Callable[[SitePage], Document]) -> dict[str, float]:
    """The share of blocks with their role, and the F1 of the main text against the blocks that are content, in words.

    Args:
        pages: Pages of an invented site.
        clean_page: What cleans one.
    """
    right = total = shared = kept = wanted = 0
    for page in pages:
        found = {block.text: block for block in clean_page(page).blocks}
        for role, text in page.blocks:
            block, count = found.get(text), len(split_words(text))
            total += 1
            right += block is not None and block.role == role
            is_kept, is_wanted = block is not None and block.is_main, Role(role).is_content
            shared, kept, wanted = (
                shared + count * (is_kept and is_wanted),
                kept + count * is_kept,
                wanted + count * is_wanted,
            )
    return {"accuracy": right / total, "content": 2 * shared / (kept + wanted)}


def stranger_count(benchmark: Benchmark) -> tuple[int, int]:
    """How many pages of other sites a template was tried on, with an address and without, and how many it changed."""
    strangers = sample_pages(benchmark, "wcxb", STRANGER_EVERY)
    tried = changed = 0
    for site, golds in pages_by_site().items():
        if len(golds) < TEMPLATE_PAGES:
            continue
        pages = [read(gold, plain=False) for gold in golds]
        template = learn(pages, Cleaner(), [gold["url"] for gold in golds])
        bare, heeding = Cleaner(), Cleaner(site_template=template)
        for gold in strangers:
            if site in (gold.get("url") or ""):
                continue
            for url in (gold.get("url"), None):
                page = read(gold, plain=False)
                tried += 1
                changed += bare.clean(page, url=url).to_dict() != heeding.clean(page, url=url).to_dict()
    return tried, changed


@click.command()
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Also write the tables to this file.")
def main(output: Path | None) -> None:
    """Prints roles and main text without and with site templates, as Markdown."""
    benchmark = require_benchmark()
    kinds = (False, True)
    invented = [line for name in sites.NAMES for plain in kinds for line in invented_lines(name, plain=plain)]
    real = [line for half in HALVES for plain in kinds for line in real_lines(benchmark, half, plain=plain)]
    tried, changed = stranger_count(benchmark)
    head = ["sites", "pages are", "pages", "figure", *COLUMNS]
    parts = [
        head_of(
            "Site templates",
            f"{len(pages_by_site())} sites with {MIN_PAGES} pages at least, {weights_name()}",
            ["cleanpage"],
        ),
        "## Invented sites",
        table(head, invented),
        "## Sites of the benchmark",
        table(head, real),
        f"Of {tried:,} pages cleaned with the template of another site, {changed} changed.",
    ]
    publish("\n\n".join(parts), output)


if __name__ == "__main__":
    main()
