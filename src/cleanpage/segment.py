"""tree → Page: cuts a parsed page into blocks in one iterative pass.

A block is one run of visible text between two block-level borders: the start or end of a block-level element, or two
``<br>`` in a row. Inline elements never cut a block. Elements that a browser does not show (scripts, templates,
``hidden``, inline ``display:none``) are passed over, unless that would leave next to nothing: pages that hide their
body until a script runs are read whole.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

from cleanpage import native
from cleanpage.common_names import drop_common_names
from cleanpage.page import MAX_NAME_CHARS
from cleanpage.walk import Walk, read_tree

if TYPE_CHECKING:
    from lxml import etree

    from cleanpage.page import Page

    Slot = tuple[etree._Element, bool]
    """One stretch of a block's text: an element, and whether it is the element's tail (else its text)."""

KERNEL: Final = native.kernel("walk")

MIN_VISIBLE_WORD_COUNT: Final = 40
"""With fewer visible words, hidden elements and ``<noscript>`` are read as well."""

HIDDEN_GAIN: Final = 3
"""... and kept if that multiplies the words by this much."""


def segment(root: etree._Element, *, url: str = "", max_blocks: int = 50_000) -> Page:
    """Cuts a parsed page into blocks.

    Args:
        root: The page's root element; it is only read.
        url: Where the page is from, if known.
        max_blocks: More blocks are dropped, with a warning.

    Returns:
        The page as a table of blocks.
    """
    page, has_hidden = _read(root, shows_hidden=False, max_blocks=max_blocks)
    # Each block has a word: no need to count those of a page with many.
    if has_hidden and len(page) < MIN_VISIBLE_WORD_COUNT and sum(page.word_counts) < MIN_VISIBLE_WORD_COUNT:
        whole, _ = _read(root, shows_hidden=True, max_blocks=max_blocks)
        if sum(whole.word_counts) > HIDDEN_GAIN * sum(page.word_counts):
            page = whole
            page.warnings.append("hidden: nearly all of the page is hidden until a script runs; read as if shown")
    drop_common_names(page)
    page.node_table.names = _shortened(page.node_table.names)
    page.inline_names = _shortened(page.inline_names)
    page.hrefs = _shortened(page.hrefs)
    page.url = url
    return page


def _shortened(rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Rows of names without overlong ones; equal rows stay one object, as kernels know them by that."""
    if not _has_longer(rows, MAX_NAME_CHARS):
        return rows
    kept: dict[tuple[str, ...], tuple[str, ...]] = {}
    return [kept.setdefault(row, tuple([name[:MAX_NAME_CHARS] for name in row])) for row in rows]


def _has_longer(rows: list[tuple[str, ...]], limit: int) -> bool:
    """Whether rows have a name of more characters than a limit."""
    if KERNEL is not None:
        found: bool = KERNEL.has_longer(rows, limit)
        return found
    return max(map(len, chain.from_iterable(rows)), default=0) > limit


def _read(root: etree._Element, *, shows_hidden: bool, max_blocks: int) -> tuple[Page, bool]:
    """Reads a tree: the page, and whether elements were passed over that a script may show."""
    read: tuple[Page, bool] | None = None
    if KERNEL is not None:
        read = KERNEL.read_tree(root, shows_hidden=shows_hidden, max_blocks=max_blocks)
    return read or read_tree(root, shows_hidden=shows_hidden, max_blocks=max_blocks)


def trace(root: etree._Element, page: Page) -> list[list[Slot]]:
    """The stretches of text in the tree that each block of a page was made from.

    Args:
        root: The tree that the page was segmented from, unchanged.
        page: What `segment` made of it.

    Returns:
        For each block its (element, is_tail) slots in document order.
    """
    shows_hidden = any(warning.startswith("hidden:") for warning in page.warnings)
    walk = _TracingWalk(root, shows_hidden=shows_hidden, max_blocks=len(page))
    walk.run()
    return walk.slots


class _TracingWalk(Walk):
    """A pass that also remembers which stretches of text each block was made from.

    Attributes:
        slots: The stretches of each block.
    """

    def __init__(self, root: etree._Element, *, shows_hidden: bool, max_blocks: int) -> None:
        super().__init__(root, shows_hidden=shows_hidden, max_blocks=max_blocks)
        self.slots: list[list[Slot]] = []
        self.current_slots: list[Slot] = []

    def _add(self, text: str, element: etree._Element, part: str) -> None:
        super()._add(text, element, part)
        self.current_slots.append((element, part == "tail"))

    def _flush(self) -> None:
        super()._flush()
        if len(self.texts) > len(self.slots):
            self.slots.append(self.current_slots)
        self.current_slots = []
