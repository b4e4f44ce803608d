"""What the scripts share that look into cleanpage's documents: which pages, cleaned with which weights."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from benchmarks.compare import SETS, sample_pages
from benchmarks.peers import cleanpage_modules
from cleanpage import Cleaner

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.compare import Benchmark, Gold
    from cleanpage import Document


KINDS: Final = {"html": "HTML", "text": "plain text"}
"""What a page is given as, and what that is called."""

END: Final = "<!-- end -->\n"
"""Where a part of the docs ends that a script writes."""


def read_sets(_context: object, _option: object, value: str) -> list[str]:
    """Reads names of sets with commas between.

    Raises:
        click.BadParameter: No set has that name.
    """
    names = list(dict.fromkeys(name.strip() for name in value.split(",")))
    if unknown := [name for name in names if name not in SETS]:
        raise click.BadParameter(f"no set is named {', '.join(map(repr, unknown))}; there are {', '.join(SETS)}")
    return names


def gold_pages(benchmark: Benchmark, names: Sequence[str], every: int) -> list[Gold]:
    """Every n-th page of some sets, without those that have no gold text."""
    return [gold for name in names for gold in sample_pages(benchmark, name, every) if gold.get("main") is not None]


def input_of(gold: Gold, kind: str) -> bytes | str:
    """A page as HTML, or without its markup as plain text, one segment a line."""
    html = Path(gold["path"]).read_bytes()
    if kind == "html":
        return html
    from segments import segments

    return "\n".join(text for _, text in segments(html))


def with_part(path: Path, begin: str, report: str) -> str:
    """A page of the docs, with a report, without its title, in the place of the part that a script writes.

    Raises:
        click.ClickException: It has no such part.
    """
    head, _, rest = path.read_text(encoding="utf-8").partition(begin)
    _, end, tail = rest.partition(END)
    if not end:
        raise click.ClickException(f"{path.name} has no part that is written here: {begin.strip()} … {END.strip()}")
    figures = report.partition("\n\n")[2]
    return f"{head}{begin}\n{figures}\n\n{END}{tail}"


def is_held_out() -> bool:
    """Whether pages are cleaned with weights that never saw their site."""
    return "CLEANPAGE_FOLDS" in os.environ


def weights_name() -> str:
    """What the weights are called that `clean_page` uses."""
    return next(iter(cleanpage_modules()))


def clean_page(page: bytes | str, url: str = "", **options: Any) -> Document:
    """Cleans a page: with weights that never saw its site if CLEANPAGE_FOLDS has some, else with the shipped ones.

    Args:
        page: HTML as bytes, plain text as str.
        url: Where HTML is from, '' if not known.
        **options: Those of `cleanpage.Cleaner`, tuples rather than lists.
    """
    cleaner = cleaner_of(page, **options)
    return cleaner.clean_text(page) if isinstance(page, str) else cleaner.clean(page, url=url or None)


def require_held_out() -> None:
    """Refuses to write down figures of pages that the weights were trained on."""
    if not is_held_out():
        raise click.UsageError(
            "--write needs weights that never saw a page's site: set CLEANPAGE_FOLDS to their folder"
        )


def cleaner_of(page: bytes | str, **options: Any) -> Cleaner:
    """The Cleaner that `clean_page` takes for a page; what is made of the page is to be cleaned with it as well."""
    if not is_held_out():
        return _shipped(**options)
    from benchmarks.held_out import cleaner_for

    return cleaner_for(page, "text" if isinstance(page, str) else "html", **options)


def clean_dump(dump: str, html: bytes, **options: Any) -> Document:
    """Cleans what another extractor made of a page, with the weights that `clean_page` would take for the page itself.

    Args:
        dump: The plain text.
        html: The page.
        **options: Those of `cleanpage.Cleaner`, tuples rather than lists.
    """
    return cleaner_of(html, **options).clean_text(dump)


@cache
def _shipped(**options: Any) -> Cleaner:
    return Cleaner(**options)
