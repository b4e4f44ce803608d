"""The worst pages and what went wrong on them: python -m benchmarks.errors.

A block is wrongly kept if it is in the main text and the gold text holds less than half of its words, and wrongly
dropped the other way round. Pages are cleaned with weights that never saw their site if CLEANPAGE_FOLDS names some.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import click
from tqdm import tqdm

from benchmarks.compare import SETS, SHIPPED_NOTE, every_nth, head_of, publish, require_benchmark, table
from benchmarks.documents import clean_page, gold_pages, is_held_out, read_sets, weights_name
from cleanpage.page import split_words
from training.labels import coverage_labels

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.compare import Gold, Row
    from cleanpage import Block

MIN_SHARE: Final = 0.5
"""Share of a block's words in the gold text from which it belongs to it."""

MAX_CHARS: Final = 100
"""Characters of a block's text that are shown."""

MAX_BLOCKS: Final = 12
"""Wrong blocks of each sort that are shown of a page: those with the most words."""

MAX_REASONS: Final = 3
NO_DETECTOR: Final = "no detector"
HEADS: Final = ("text", "words", "role", "confidence", "probability", "reasons")


class Wrong(NamedTuple):
    """A block that is wrongly in the main text, or wrongly not.

    Attributes:
        block: The block.
        word_count: Its words.
    """

    block: Block
    word_count: int

    @property
    def detector(self) -> str:
        """The detector that gave the strongest reason for its role."""
        name = self.block.reasons[0].partition(".")[0]
        return NO_DETECTOR if name in ("context", "model") else name

    @property
    def probability(self) -> str:
        """The expected share of it that is main text, as the arbiter's own reason says."""
        return self.block.reasons[-1].rpartition(":")[2]


class Case(NamedTuple):
    """A page with what went wrong on it.

    Attributes:
        gold: The page as the referee reads it.
        row: The referee's figures.
        kept: The blocks wrongly in its main text, longest first.
        dropped: The blocks wrongly not in it, longest first.
        found_share: Share of the gold text's words that the page's blocks hold: where it is low, no choice is good.
    """

    gold: Gold
    row: Row
    kept: list[Wrong]
    dropped: list[Wrong]
    found_share: float


def examine(gold: Gold) -> Case:
    """Cleans and scores a page, and compares its blocks with its gold text."""
    from referee import score

    document = clean_page(Path(gold["path"]).read_bytes(), gold.get("url") or "")
    words = [split_words(block.text) for block in document.blocks]
    shares = coverage_labels(words, gold["main"])
    found_count = sum(share * len(own_words) for share, own_words in zip(shares.tolist(), words, strict=True))
    found_share = min(1.0, found_count / max(1, len(split_words(gold["main"]))))
    wrong_blocks: dict[bool, list[Wrong]] = {True: [], False: []}
    for block, own_words, belongs in zip(document.blocks, words, (shares >= MIN_SHARE).tolist(), strict=True):
        if own_words and block.is_main != belongs:
            wrong_blocks[block.is_main].append(Wrong(block, len(own_words)))
    for wrong in wrong_blocks.values():
        wrong.sort(key=lambda one: -one.word_count)
    return Case(gold, score(gold, document.text), wrong_blocks[True], wrong_blocks[False], found_share)


def page_section(case: Case) -> str:
    """What is told about one page."""
    gold, row = case.gold, case.row
    parts = [
        f"### {gold['set']}/{gold['id']}: F1 {row['f1']:.3f}, precision {row['p']:.3f}, recall {row['r']:.3f}",
        " ".join(part for part in (gold.get("page_type"), gold.get("url")) if part),
        f"Of the gold text's words {case.found_share:.2f} are on the page.",
        *_wrong_part("Wrongly kept", case.kept),
        *_wrong_part("Wrongly dropped", case.dropped),
    ]
    return "\n\n".join(part for part in parts if part)


def _wrong_part(title: str, wrong: Sequence[Wrong]) -> list[str]:
    words = sum(one.word_count for one in wrong)
    if not words:
        return [f"{title}: nothing."]
    rest = len(wrong) - MAX_BLOCKS
    return [
        f"{title} (words: {words}, blocks: {len(wrong)}" + (f", not shown: {rest}):" if rest > 0 else "):"),
        table(HEADS, [_cells(one) for one in wrong[:MAX_BLOCKS]]),
    ]


def _cells(wrong: Wrong) -> list[str]:
    block = wrong.block
    reasons = ", ".join(block.reasons[:-1][:MAX_REASONS])
    return [
        _shown(block.text),
        str(wrong.word_count),
        block.role.value,
        f"{block.confidence:.2f}",
        wrong.probability,
        _shown(reasons) or NO_DETECTOR,
    ]


def _shown(text: str) -> str:
    """A text on one line of a table, cut to what is shown."""
    line = " ".join(text.split())
    cut = line if len(line) <= MAX_CHARS else line[: MAX_CHARS - 1] + "…"
    return cut.replace("|", "\\|")


def totals_section(cases: Sequence[Case]) -> str:
    """The words of all wrong blocks, by role and by the detector that spoke first."""
    parts = ["## Totals"]
    for title, sort in (("Wrongly kept", "kept"), ("Wrongly dropped", "dropped")):
        wrong: list[Wrong] = [one for case in cases for one in getattr(case, sort)]
        parts.append(f"{title} (words: {sum(one.word_count for one in wrong)}, blocks: {len(wrong)}):")
        if wrong:
            parts.append(_counts("role given", wrong, lambda one: one.block.role.value))
            parts.append(_counts("strongest reason", wrong, lambda one: one.detector))
    return "\n\n".join(parts)


def _counts(head: str, wrong: Sequence[Wrong], key: Callable[[Wrong], str]) -> str:
    words: Counter[str] = Counter()
    blocks: Counter[str] = Counter()
    for one in wrong:
        words[key(one)] += one.word_count
        blocks[key(one)] += 1
    return table(
        [head, "words", "blocks"], [[name, str(count), str(blocks[name])] for name, count in words.most_common()]
    )


@click.command()
@click.option("--sets", default=",".join(SETS), callback=read_sets, help="Names, with commas between.  [default: all]")
@click.option("--worst", type=click.IntRange(0), default=20, show_default=True, help="Pages to show.")
@click.option("--every", type=click.IntRange(1), default=1, show_default=True, help="Take one page in so many.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Also write the report to this file.")
def main(sets: list[str], worst: int, every: int, output: Path | None) -> None:
    """Prints the worst pages, with the blocks that are wrong on them, and totals over all pages, as Markdown."""
    pages = gold_pages(require_benchmark(), sets, every)
    cases = [examine(gold) for gold in tqdm(pages, unit="page", disable=None)]
    cases.sort(key=lambda case: case.row["f1"])
    sample = f"{every_nth(every)} of {', '.join(sets)}, {len(cases)} with a gold text, {weights_name()}"
    parts = [head_of("Errors", sample, ["cleanpage"])]
    if not is_held_out():
        parts.append(SHIPPED_NOTE)
    parts += ["## Worst pages", *map(page_section, cases[:worst]), totals_section(cases)]
    publish("\n\n".join(parts), output)


if __name__ == "__main__":
    main()
