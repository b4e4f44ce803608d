"""What changes of a page's source that a reader does not see do to it: python -m benchmarks.metamorphic.

Each page is written from its tree, then written again with white space, comments, attributes and so on added, and
cleaned both ways. Printed is, for each change, the share of blocks that keep their role, and the share that keep their
place in or out of the main text. Then one boilerplate block after another is taken out of the page, and the share of
the main text's words is printed that goes with it.

With CLEANPAGE_FOLDS, pages are cleaned with weights that never saw their sites. ``--bound`` fails below a share.
"""

from __future__ import annotations

import copy
import random
import re
from collections import Counter
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from lxml import etree
from tqdm import tqdm

from benchmarks.compare import SETS, head_of, require_benchmark, sample_pages, table
from benchmarks.documents import cleaner_of, weights_name
from cleanpage.inputs import read_page
from cleanpage.page import split_words
from cleanpage.tags import BLOCK, rule_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from benchmarks.compare import Gold
    from cleanpage import Cleaner, Document

    Change = Callable[[etree._Element], str]

PAGE_COUNT: Final = 300
REMOVED_COUNT: Final = 3
"""Boilerplate blocks taken out of each page, one at a time."""

SEED: Final = 8
PRESERVED: Final = frozenset(("pre", "textarea", "script", "style", "title"))
"""Elements whose white space is content, or that hold no elements."""

NO_TAGS: Final = re.compile(r"<!--.*?-->|<(script|style|textarea|title)\b.*?</\1\s*>|(</?)([a-zA-Z][\w:-]*)", re.DOTALL)
SPACE: Final = re.compile(r"[ \t\r\n\f]+")


def written(root: etree._Element) -> str:
    """A tree as HTML."""
    return etree.tostring(root, encoding="unicode", method="html", with_tail=False)


def block_elements(root: etree._Element) -> Iterator[etree._Element]:
    """The block-level elements below the root, outside of what keeps white space."""
    passed: set[etree._Element] = set()
    for element in root.iter(etree.Element):
        parent = element.getparent()
        if parent in passed or element.tag in PRESERVED:
            passed.add(element)
        elif parent is not None and rule_of(element.tag).action == BLOCK:
            yield element


def with_space(root: etree._Element) -> str:
    """White space before and after every block-level element."""
    for element in list(block_elements(root)):
        element.tail = "\n\n\t " + (element.tail or "")
        if len(element) or element.text:
            element.text = " \n" + (element.text or "")
    return written(root)


def with_comments(root: etree._Element) -> str:
    """A comment before every block-level element."""
    for element in list(block_elements(root)):
        if element.tag not in ("head", "body"):
            element.addprevious(etree.Comment(" block "))
    return written(root)


def with_attributes(root: etree._Element) -> str:
    """Attributes that mean nothing on every element."""
    for number, element in enumerate(root.iter(etree.Element)):
        element.set("data-v-7ba5bd90", "")
        element.set("data-n", str(number))
    return written(root)


def with_reversed_attributes(root: etree._Element) -> str:
    """The attributes of every element in the opposite order."""
    for element in root.iter(etree.Element):
        items = element.items()
        element.attrib.clear()
        for name, value in reversed(items):
            element.set(name, value)
    return written(root)


def with_upper_case(root: etree._Element) -> str:
    """Tags in upper case."""
    return NO_TAGS.sub(lambda match: match[2] + match[3].upper() if match[2] else match[0], written(root))


def minified(root: etree._Element) -> str:
    """No comments, and no white space but a blank where words need it."""
    etree.strip_tags(root, etree.Comment)
    borders = set(block_elements(root)) | {root}
    for element in root.iter(etree.Element):
        if element.tag in PRESERVED or next(element.iterancestors(*PRESERVED), None) is not None:
            continue
        starts, ends = element in borders, element in borders and (len(element) == 0 or element[0] in borders)
        element.text = _squeezed(element.text, at_start=starts, at_end=ends)
        for child in element:
            following = child.getnext()
            after = child in borders
            before = following in borders if following is not None else element in borders
            child.tail = _squeezed(child.tail, at_start=after, at_end=before)
    return written(root)


def _squeezed(text: str | None, *, at_start: bool, at_end: bool) -> str:
    squeezed = SPACE.sub(" ", text or "")
    squeezed = squeezed.lstrip(" ") if at_start else squeezed
    return squeezed.rstrip(" ") if at_end else squeezed


def pretty_printed(root: etree._Element) -> str:
    """Every block-level element on a line of its own, indented by its depth."""
    for element in list(block_elements(root)):
        depth = sum(1 for _ in element.iterancestors())
        previous = element.getprevious()
        if previous is not None:
            previous.tail = (previous.tail or "").rstrip(" \n\t") + "\n" + "  " * depth
        else:
            parent = element.getparent()
            assert parent is not None
            parent.text = (parent.text or "").rstrip(" \n\t") + "\n" + "  " * depth
    return written(root)


def wrapped(root: etree._Element) -> str:
    """A div around all that the body holds."""
    body = root.find("body")
    if body is not None:
        wrapper = etree.Element("div")
        wrapper.text, body.text = body.text, None
        wrapper.extend(list(body))
        body.append(wrapper)
    return written(root)


CHANGES: Final[dict[str, Change]] = {
    "white space": with_space,
    "comments": with_comments,
    "attributes": with_attributes,
    "order of attributes": with_reversed_attributes,
    "upper-case tags": with_upper_case,
    "minified": minified,
    "pretty-printed": pretty_printed,
    "wrapper div": wrapped,
}


def kept_counts(before: Document, after: Document) -> tuple[int, int]:
    """How many blocks keep their role, and how many their place in or out of the main text."""
    texts, new_texts = ([" ".join(block.text.split()) for block in document.blocks] for document in (before, after))
    pairs = [(index, index) for index in range(len(texts))]
    if texts != new_texts:
        matcher = SequenceMatcher(None, texts, new_texts, autojunk=False)
        pairs = [(a + step, b + step) for a, b, size in matcher.get_matching_blocks() for step in range(size)]
    matched = [(before.blocks[a], after.blocks[b]) for a, b in pairs]
    return sum(a.role == b.role for a, b in matched), sum(a.is_main == b.is_main for a, b in matched)


def without_block(root: etree._Element, path: str) -> str:
    """A tree written without an element; what follows it stays."""
    root = copy.deepcopy(root)
    found = root.getroottree().xpath(path)
    assert isinstance(found, list)
    element = found[0]
    assert isinstance(element, etree._Element)
    parent = element.getparent()
    assert parent is not None
    if element.tail:
        previous = element.getprevious()
        if previous is not None:
            previous.tail = (previous.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)
    return written(root)


def removable(document: Document) -> list[int]:
    """The boilerplate blocks out of the main text that have an element to themselves."""
    paths = Counter(block.path for block in document.blocks)
    all_paths = [block.path for block in document.blocks]
    return [
        block.index
        for block in document.boilerplate
        if not block.is_main
        and block.path.count("/") > 2  # noqa: PLR2004 - inside the body
        and paths[block.path] == 1
        and not any(path.startswith(block.path + "/") for path in all_paths)
    ]


def lost_words(before: Document, after: Document, removed: str) -> int:
    """The words of a main text that are gone from another, beside those of the block that was taken out."""
    gone = Counter(split_words(before.text))
    gone.subtract(split_words(after.text))
    gone.subtract(split_words(removed) if removed in before.text else ())
    return sum(count for count in gone.values() if count > 0)


class Tally:
    """What is counted over the pages."""

    def __init__(self) -> None:
        self.block_count = 0
        self.roles: Counter[str] = Counter()
        self.main: Counter[str] = Counter()
        self.worst: dict[str, tuple[float, str]] = {}
        self.removal_count = self.word_count = self.lost_count = self.losing_count = 0

    def read(self, gold: Gold, *, removed_count: int = REMOVED_COUNT) -> None:
        """Measures a page."""
        html = Path(gold["path"]).read_bytes()
        cleaner, url = cleaner_of(html), gold.get("url") or ""
        root = read_page(html).root
        if root is None:
            return
        root = _parsed(cleaner, written(root))
        before = cleaner.clean(written(root), url)
        self.block_count += len(before)
        for name, change in CHANGES.items():
            after = cleaner.clean(change(copy.deepcopy(root)), url)
            roles, main = kept_counts(before, after)
            self.roles[name] += roles
            self.main[name] += main
            if len(before):
                worst = (roles / len(before), f"{gold['set']}/{gold['id']}")
                self.worst[name] = min(self.worst.get(name, worst), worst)
        candidates = removable(before)
        generator = random.Random(f"{SEED} {gold['set']}/{gold['id']}")
        for index in generator.sample(candidates, min(removed_count, len(candidates))):
            block = before.blocks[index]
            lost = lost_words(before, cleaner.clean(without_block(root, block.path), url), block.text)
            self.removal_count += 1
            self.word_count += len(split_words(before.text))
            self.lost_count += lost
            self.losing_count += bool(lost)

    def lines(self) -> list[list[str]]:
        """The lines of the table of changes."""
        return [
            [
                name,
                f"{self.roles[name] / self.block_count:.4f}",
                f"{self.main[name] / self.block_count:.4f}",
                "{:.3f} ({})".format(*self.worst[name]),
            ]
            for name in CHANGES
        ]


def _parsed(cleaner: Cleaner, html: str) -> etree._Element:
    """The tree of a page as the Cleaner reads it."""
    root = read_page(html, limits=cleaner.config).root
    assert root is not None
    return root


def sample(golds: Sequence[Gold], count: int) -> list[Gold]:
    """So many pages, evenly from all sets."""
    step = max(1.0, len(golds) / count)
    return [golds[int(number * step)] for number in range(min(count, len(golds)))]


@click.command()
@click.option("--pages", "page_count", type=click.IntRange(1), default=PAGE_COUNT, show_default=True)
@click.option("--bound", type=float, default=0.0, help="Fail where a change leaves less than this share its role.")
def main(page_count: int, bound: float) -> None:
    """Prints what changes of the source do to roles and main text, as Markdown."""
    benchmark = require_benchmark()
    golds = sample([gold for name in SETS for gold in sample_pages(benchmark, name, 1)], page_count)
    tally = Tally()
    for gold in tqdm(golds, unit="page", disable=None):
        tally.read(gold)
    what = f"{len(golds)} pages, {tally.block_count:,} blocks; {weights_name()}"
    click.echo(head_of("Changes that a reader does not see", what, ["cleanpage"]))
    click.echo()
    click.echo(table(["change", "same role", "same side of the main text", "worst page"], tally.lines()))
    click.echo(
        f"\n{tally.removal_count} boilerplate blocks taken out, one at a time: {tally.losing_count} times the main "
        f"text lost words, {tally.lost_count / max(1, tally.word_count):.5f} of its words on average."
    )
    shares = {name: tally.roles[name] / tally.block_count for name in CHANGES}
    if faults := [f"{name}: {share:.4f}" for name, share in shares.items() if share < bound]:
        raise click.ClickException("changes that leave too few blocks their role:\n" + "\n".join(faults))


if __name__ == "__main__":
    main()
