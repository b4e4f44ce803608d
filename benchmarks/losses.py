"""Whether the article is ever lost: python -m benchmarks.losses.

Lists every page whose main text keeps less than half of the gold words, or of the snippets that must be in it where the
gold is snippets. Then all pages are cleaned with their class names scrambled, with every class set to names of
boilerplate, and without classes, and the fall of the mean recall of the gold words is printed. ``--names`` says whether
ids are changed as well.

With CLEANPAGE_FOLDS, pages are cleaned with weights that never saw their sites.
"""

from __future__ import annotations

import copy
import hashlib
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, Any, Final

import click
from tqdm import tqdm

from benchmarks.compare import SETS, every_nth, head_of, publish, require_benchmark, sample_pages, table
from benchmarks.documents import cleaner_of, read_sets, weights_name
from benchmarks.metamorphic import written
from cleanpage.inputs import read_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml import etree

    from benchmarks.compare import Gold

    Change = Callable[[str], str]

HOSTILE_NAMES: Final = "ad paywall sponsored cookie"
LOST: Final = 0.5
"""A recall of the gold words below this has lost the article."""

AS_IT_IS: Final = "as it is"


def scrambled(value: str) -> str:
    """Names without meaning, the same for the same name."""
    return " ".join("x" + hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()[:7] for name in value.split())


CHANGES: Final[dict[str, tuple[Change, float]]] = {
    "class names scrambled": (scrambled, 0.03),
    f"every class '{HOSTILE_NAMES}'": (lambda _: HOSTILE_NAMES, 0.05),
    "no classes": (lambda _: "", 0.02),
}
"""What becomes of the value of each class attribute, and how far the recall of the gold words may fall."""

ATTRIBUTES: Final = {"class": ("class",), "class and id": ("class", "id")}


def changed(root: etree._Element, change: Change, names: tuple[str, ...]) -> str:
    """A tree as HTML, with the values of some attributes changed; one that becomes empty is taken out."""
    root = copy.deepcopy(root)
    for element in root.iter():
        for name in names:
            value = element.get(name)
            if value is not None:
                if new := change(value):
                    element.set(name, new)
                else:
                    del element.attrib[name]
    return written(root)


def recall_of(gold: Gold, text: str) -> float | None:
    """The share of the gold words that a main text has, or of the gold snippets; None where the gold asks for none."""
    from referee import score

    row: dict[str, Any] = score(gold, text)
    if "r" in row:
        return float(row["r"])
    kept, count = row["with"]
    return kept / count if count else None


def read(gold: Gold, names: tuple[str, ...]) -> dict[str, tuple[float, list[str]]]:
    """The recall of a page as it is and under each change, with what was said of it; none where gold asks for none."""
    html = Path(gold["path"]).read_bytes()
    cleaner, url = cleaner_of(html), gold.get("url") or ""
    root = read_page(html).root
    pages: dict[str, bytes | str] = {AS_IT_IS: html}
    if root is not None:
        pages |= {name: changed(root, change, names) for name, (change, _) in CHANGES.items()}
    found: dict[str, tuple[float, list[str]]] = {}
    for name, page in pages.items():
        document = cleaner.clean(page, url)
        recall = recall_of(gold, document.text)
        if recall is not None:
            warnings = [warning.partition(":")[0] for warning in document.warnings]
            found[name] = (recall, [f"quality {document.quality:.2f}", *warnings])
    return found


def fall_lines(rows: list[dict[str, tuple[float, list[str]]]]) -> list[list[str]]:
    """A line for each change: mean recall, its fall, the bar, and the pages lost."""
    whole = [row for row in rows if set(CHANGES) <= set(row)]
    start = mean(row[AS_IT_IS][0] for row in whole)
    lines = [[AS_IT_IS, f"{start:.4f}", "", "", str(_lost_count(whole, AS_IT_IS))]]
    for name, (_, bar) in CHANGES.items():
        recall = mean(row[name][0] for row in whole)
        lines.append([name, f"{recall:.4f}", f"{start - recall:.4f}", f"{bar:.2f}", str(_lost_count(whole, name))])
    return lines


def _lost_count(rows: list[dict[str, tuple[float, list[str]]]], name: str) -> int:
    return sum(row[name][0] < LOST for row in rows)


@click.command()
@click.option("--every", type=click.IntRange(1), default=1, show_default=True, help="Take one page in so many.")
@click.option(
    "--sets", callback=read_sets, default=",".join(SETS), show_default=True, help="Names, with commas between."
)
@click.option("--names", type=click.Choice(list(ATTRIBUTES)), default="class", show_default=True)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Also write the tables to this file.")
def main(every: int, sets: list[str], names: str, output: Path | None) -> None:
    """Prints the pages that are lost, and how recall falls without honest class names, as Markdown."""
    benchmark = require_benchmark()
    golds = [gold for name in sets for gold in sample_pages(benchmark, name, every)]
    read_rows = [(gold, read(gold, ATTRIBUTES[names])) for gold in tqdm(golds, unit="page", disable=None)]
    rows = [(gold, row) for gold, row in read_rows if row]
    lost = sorted(
        (row[AS_IT_IS][0], f"{gold['set']}/{gold['id']}", str(gold.get("page_type") or ""), ", ".join(row[AS_IT_IS][1]))
        for gold, row in rows
        if row[AS_IT_IS][0] < LOST
    )
    parts = [
        head_of(
            "Articles lost",
            f"{every_nth(every)} of each set, {len(rows)} with a gold text; {weights_name()}",
            ["cleanpage"],
        ),
        f"## Recall of the gold words, with changes of {names}",
        table(["page", "recall", "fall", "bar", f"pages below {LOST}"], fall_lines([row for _, row in rows])),
        f"## Pages below {LOST}",
        table(["recall", "page", "type", "said"], [[f"{line[0]:.3f}", *line[1:]] for line in lost]),
    ]
    publish("\n\n".join(parts), output)


if __name__ == "__main__":
    main()
