"""Whether blocks say why they have their roles: python -m benchmarks.reasons.

On the pages that are labelled with roles: the share of boilerplate blocks, and of content blocks in doubt, that have
another reason than the arbiter's own opinion.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from tqdm import tqdm

from benchmarks.compare import every_nth, head_of, publish, require_benchmark, sample_labels, table
from benchmarks.documents import clean_page, weights_name
from cleanpage.roles import ROLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from benchmarks.compare import Benchmark
    from cleanpage import Block, Document

DOUBTFUL_MAIN: Final = (0.2, 0.8)
"""Between these the arbiter is unsure whether a block is main text."""

DOUBTFUL_CONFIDENCE: Final = 0.5
"""Below it, all other roles together are likelier than the one that a block was given."""

BOILERPLATE: Final = "boilerplate"
IN_DOUBT: Final = "content_in_doubt"


def is_in_doubt(block: Block) -> bool:
    """Whether a block might as well have been something else."""
    low, high = DOUBTFUL_MAIN
    main = float(block.reasons[-1].rpartition(":")[2])
    return low < main < high or block.confidence < DOUBTFUL_CONFIDENCE


def is_explained(block: Block) -> bool:
    """Whether a block has another reason than the arbiter's own opinion."""
    return len(block.reasons) > 1


def count(documents: Iterable[Document]) -> tuple[Counter[str], Counter[str]]:
    """How many blocks should have a reason, and how many have one: by group, and boilerplate by role too."""
    all_blocks: Counter[str] = Counter()
    explained: Counter[str] = Counter()
    for document in documents:
        for block in document.blocks:
            groups = [] if block.role.is_content else [BOILERPLATE, block.role.value]
            if block.role.is_content and is_in_doubt(block):
                groups = [IN_DOUBT]
            for group in groups:
                all_blocks[group] += 1
                explained[group] += is_explained(block)
    return all_blocks, explained


def labelled_documents(benchmark: Benchmark, labels: Iterable[str], *, plain: bool) -> Iterator[Document]:
    """The documents of labelled pages, as HTML or flattened to a segment a line.

    Args:
        benchmark: Where it lies.
        labels: Lines of roles.jsonl.
        plain: Flatten them.
    """
    from segments import segments

    for line in labels:
        page = json.loads(line)
        html = (benchmark.data / page["set"] / "pages" / f"{page['id']}.html").read_bytes()
        yield clean_page("\n".join(text for _, text in segments(html)) if plain else html)


@click.command()
@click.option("--every", type=click.IntRange(1), default=1, show_default=True, help="Take one page in so many.")
@click.option("--plain", is_flag=True, help="Take the pages as plain text.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Also write the table to this file.")
def main(every: int, *, plain: bool, output: Path | None) -> None:
    """Prints the share of blocks with a reason, as Markdown."""
    benchmark = require_benchmark()
    labels = sample_labels(benchmark, every)
    pages = tqdm(labels, unit="page", disable=None)
    blocks, explained = count(labelled_documents(benchmark, pages, plain=plain))
    groups = [group for group in (BOILERPLATE, IN_DOUBT, *ROLES) if blocks[group]]
    lines = [[group, str(blocks[group]), f"{explained[group] / blocks[group]:.3f}"] for group in groups]
    form = "plain text" if plain else "HTML"
    sample = f"{every_nth(every)} of those labelled with roles, {len(labels)} in all, as {form}, {weights_name()}"
    report = [head_of("Reasons", sample, ["cleanpage"]), table(["blocks", "number", "with a reason"], lines)]
    publish("\n\n".join(report), output)


if __name__ == "__main__":
    main()
