"""How often title, author and date are those of the gold: python -m benchmarks.metadata_accuracy."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from rapidfuzz import fuzz
from tqdm import tqdm
from trafilatura.metadata import extract_metadata

import cleanpage
from benchmarks.compare import every_nth, head_of, publish, require_benchmark, sample_pages, table
from cleanpage.page import split_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SETS: Final = ("wcxb", "fundus")
MIN_TITLE_RATIO: Final = 90
"""Likeness of two titles, of 100, from which they are the same: quotation marks and dashes differ."""

NAME_BORDER: Final = re.compile(r"\s*(?:;|,| and | & )\s*")


def is_same_title(gold: str, found: str) -> bool:
    """Whether two titles have the same words, or nearly."""
    return fuzz.ratio(_folded(gold), _folded(found)) >= MIN_TITLE_RATIO


def is_same_author(gold: str | list[str], found: str) -> bool:
    """Whether one of the authors was found, or all of what was found is part of one."""
    names = [_folded(name) for name in (gold if isinstance(gold, list) else NAME_BORDER.split(gold))]
    folded = _folded(found)
    return bool(folded) and any(name and (name in folded or folded in name) for name in names)


def is_same_date(gold: str, found: str) -> bool:
    """Whether two dates are the same day; the time is not compared."""
    return bool(found) and gold[:10] == found[:10]


FIELDS: Final[dict[str, Callable[[Any, str], bool]]] = {
    "title": is_same_title,
    "author": is_same_author,
    "date": is_same_date,
}


def _folded(text: str) -> str:
    return " ".join(split_words(text))


def read(gold: Mapping[str, Any]) -> dict[str, Mapping[str, str]]:
    """What each of the two finds on a page."""
    html = Path(gold["path"]).read_bytes()
    url = gold.get("url") or ""
    ours = cleanpage.clean(html, url).metadata
    try:
        theirs = extract_metadata(html, default_url=url or None).as_dict()
    except (ValueError, TypeError, AttributeError):  # what it stumbles over, it does not find
        theirs = {}
    return {
        "cleanpage": {"title": ours.title, "author": ours.author, "date": ours.date},
        "trafilatura": {name: theirs.get(name) or "" for name in FIELDS},
    }


@click.command()
@click.option("--every", type=click.IntRange(1), default=1, show_default=True, help="Take one page in so many.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Also write the table to this file.")
def main(every: int, output: Path | None) -> None:
    """Prints the share of pages with the gold's title, author and date, as Markdown."""
    benchmark = require_benchmark()
    lines = []
    for name in SETS:
        golds = sample_pages(benchmark, name, every)
        found = [read(gold) for gold in tqdm(golds, desc=name, unit="page", disable=None)]
        for field, is_same in FIELDS.items():
            pairs = [(gold[field], page) for gold, page in zip(golds, found, strict=True) if gold.get(field)]
            shares = {
                who: sum(is_same(wanted, page[who][field]) for wanted, page in pairs) / max(len(pairs), 1)
                for who in ("cleanpage", "trafilatura")
            }
            lines.append([name, field, str(len(pairs)), *(f"{share:.3f}" for share in shares.values())])
    report = [
        head_of("Metadata against the gold", f"{every_nth(every)} of {', '.join(SETS)}", ["trafilatura"]),
        table(["set", "field", "pages with it", "cleanpage", "trafilatura"], lines),
    ]
    publish("\n\n".join(report), output)


if __name__ == "__main__":
    main()
