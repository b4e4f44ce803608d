"""How often title, author and date are those of the gold: python -m benchmarks.metadata_accuracy."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import click
import dateparser
import lxml.html
from rapidfuzz import fuzz
from tqdm import tqdm
from trafilatura.metadata import extract_metadata

import cleanpage
from benchmarks.compare import every_nth, head_of, publish, require_benchmark, sample_pages, table
from cleanpage.page import split_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from cleanpage import Block

SETS: Final = ("wcxb", "fundus")
MIN_TITLE_RATIO: Final = 90
"""Likeness of two titles, of 100, from which they are the same: quotation marks and dashes differ."""

SITE_NAME: Final = re.compile(r"\s+[|–—-]\s+[^|–—-]*$")
"""What stands after the last separator of a title."""

NAME_BORDER: Final = re.compile(r"\s*(?:;|,| and | & )\s*")
DATE_IN_FIGURES: Final = re.compile(r"(?<!\d)(\d{1,4})\D{1,3}(\d{1,2})\D{1,3}(\d{1,4})(?!\d)")
NAMED_MONTH: Final = re.compile(
    r"\d{1,2}(?:st|nd|rd|th|er|º|\.)?(?:\s+de)?\s+[^\W\d]+\.?,?(?:\s+de)?\s+\d{4}"
    r"|[^\W\d]+\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}"
)


def is_same_title(gold: str, found: str) -> bool:
    """Whether two titles have the same words, or nearly; the name of a site that ends one of them does not count."""
    pairs = ((gold, found), (SITE_NAME.sub("", gold), found), (gold, SITE_NAME.sub("", found)))
    return any(fuzz.ratio(_folded(one), _folded(other)) >= MIN_TITLE_RATIO for one, other in pairs)


def is_same_author(gold: str | list[str], found: str) -> bool:
    """Whether one of the authors was found, or all of what was found is part of one."""
    folded = _folded(found)
    return bool(folded) and any(name in folded or folded in name for name in _names(gold))


def is_same_date(gold: str, found: str) -> bool:
    """Whether two dates are the same day; the time is not compared."""
    return bool(found) and gold[:10] == found[:10]


def shows_title(gold: str, shown: str) -> bool:
    """Whether a page says these words one after the other."""
    return f" {_folded(gold)} " in f" {_folded(shown)} "


def shows_author(gold: str | list[str], shown: str) -> bool:
    """Whether a page says the name of one of the authors."""
    words = f" {_folded(shown)} "
    return any(f" {name} " in words for name in _names(gold))


def shows_date(gold: str, shown: str) -> bool:
    """Whether a page says a day: in figures, in any order, or with the name of its month in any language."""
    try:
        day = date.fromisoformat(gold[:10])
    except ValueError:  # a month alone
        return gold in shown
    wanted = sorted((day.year, day.month, day.day))
    if any(sorted(map(int, match.groups())) == wanted for match in DATE_IN_FIGURES.finditer(shown)):
        return True
    named = {match[0] for match in NAMED_MONTH.finditer(shown)}
    near = (text for text in named if {day.year, day.day} == set(map(int, re.findall(r"\d+", text))))
    return any((parsed := dateparser.parse(text)) is not None and parsed.date() == day for text in near)


def shown_on(html: bytes, blocks: Iterable[Block]) -> str:
    """All that a page shows or says about itself: its blocks, head, JSON-LD and the times in its markup."""
    said = [block.text for block in blocks]
    for element in lxml.html.document_fromstring(html).iter("title", "meta", "time", "script"):
        said += [element.get("content") or "", element.get("datetime") or ""]
        if element.tag == "title" or element.get("type") == "application/ld+json":
            said.append(_unescaped(element.text or ""))
    return "\n".join(said)


def _unescaped(text: str) -> str:
    """JSON with its letters as they are, other text as it is."""
    try:
        return json.dumps(json.loads(text, strict=False), ensure_ascii=False)
    except ValueError:
        return text


FIELDS: Final[dict[str, tuple[Callable[[Any, str], bool], Callable[[Any, str], bool]]]] = {
    "title": (is_same_title, shows_title),
    "author": (is_same_author, shows_author),
    "date": (is_same_date, shows_date),
}
"""For each field, whether what was found is the gold's, and whether the page shows the gold's."""


def _folded(text: str) -> str:
    return " ".join(split_words(unicodedata.normalize("NFKC", text)))


def _names(gold: str | list[str]) -> list[str]:
    names = map(_folded, gold if isinstance(gold, list) else NAME_BORDER.split(gold))
    return [name for name in names if name]


class Read(NamedTuple):
    """What each of the two finds on a page, and which fields of the gold the page shows."""

    found: dict[str, Mapping[str, str]]
    shown: frozenset[str]


def read(gold: Mapping[str, Any]) -> Read:
    """Reads a page of the benchmark."""
    html = Path(gold["path"]).read_bytes()
    url = gold.get("url") or ""
    document = cleanpage.clean(html, url)
    ours = document.metadata
    try:
        theirs = extract_metadata(html, default_url=url or None).as_dict()
    except (ValueError, TypeError, AttributeError):  # what it stumbles over, it does not find
        theirs = {}
    shown = shown_on(html, document.blocks)
    return Read(
        found={
            "cleanpage": {"title": ours.title, "author": ours.author, "date": ours.date},
            "trafilatura": {name: theirs.get(name) or "" for name in FIELDS},
        },
        shown=frozenset(name for name, (_, shows) in FIELDS.items() if gold.get(name) and shows(gold[name], shown)),
    )


def lines_of(name: str, golds: Sequence[Mapping[str, Any]], pages: Sequence[Read]) -> list[list[str]]:
    """A line of the table for each field, over all of the gold and over what the pages show of it."""
    lines = []
    for field, (is_same, _) in FIELDS.items():
        every = [(gold[field], page) for gold, page in zip(golds, pages, strict=True) if gold.get(field)]
        shown = [(wanted, page) for wanted, page in every if field in page.shown]
        shares = [
            sum(is_same(wanted, page.found[who][field]) for wanted, page in pairs) / max(len(pairs), 1)
            for pairs in (every, shown)
            for who in ("cleanpage", "trafilatura")
        ]
        cells = [f"{share:.3f}" for share in shares]
        lines.append([name, field, str(len(every)), *cells[:2], str(len(shown)), *cells[2:]])
    return lines


@click.command()
@click.option("--every", type=click.IntRange(1), default=1, show_default=True, help="Take one page in so many.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Also write the table to this file.")
def main(every: int, output: Path | None) -> None:
    """Prints the share of pages with the gold's title, author and date, as Markdown."""
    benchmark = require_benchmark()
    lines = []
    for name in SETS:
        golds = sample_pages(benchmark, name, every)
        lines += lines_of(name, golds, [read(gold) for gold in tqdm(golds, desc=name, unit="page", disable=None)])
    columns = ["set", "field", "pages with it", "cleanpage", "trafilatura", "that show it", "cleanpage", "trafilatura"]
    report = [
        head_of("Metadata against the gold", f"{every_nth(every)} of {', '.join(SETS)}", ["cleanpage", "trafilatura"]),
        table(columns, lines),
    ]
    publish("\n\n".join(report), output)


if __name__ == "__main__":
    main()
