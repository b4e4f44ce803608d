"""Writes an HTML page as the plain-text dumps that corpora hold: with bullets, dashes at line ends, or blank lines."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cleanpage.page import Page

BLANK_LINE_SHARE = 0.6
"""Share of the dumps that set containers apart by blank lines."""

END_DASH_SHARE = 0.6
"""Share of the bullets that stand at the end of the line before, in dumps that have them there."""

DUMP_SHARE = 0.3
"""Share of the pages that are also trained on as a dump; of those with the benchmark's own role labels all are."""


def is_dumped(key: str, *, is_scored: bool) -> bool:
    """Whether a page is also trained on as a dump: decided by its key, so that every run takes the same.

    Args:
        key: 'set/id'.
        is_scored: Whether the benchmark has labels of its roles.
    """
    return is_scored or zlib.crc32(key.encode()) % 1000 < 1000 * DUMP_SHARE


def dump_of(page: Page, key: str) -> str:
    """Writes a page as a plain-text dump, in a style drawn by its key.

    Args:
        page: An HTML page.
        key: What the style is drawn by.
    """
    rng = np.random.default_rng(zlib.crc32(key.encode()))
    bullets = rng.choice(("none", "start", "end"))
    has_blank_lines = rng.random() < BLANK_LINE_SHARE
    table = page.node_table
    items = _items(page)
    lines: list[str] = []
    for block, text in enumerate(page.texts):
        line = " ".join(text.split())
        is_new_item = items[block] >= 0 and (block == 0 or items[block] != items[block - 1])
        is_apart = block > 0 and table.parents[page.nodes[block]] != table.parents[page.nodes[block - 1]]
        if has_blank_lines and is_apart and items[block] < 0:
            lines.append("")
        if is_new_item and bullets == "start":
            line = "- " + line
        elif is_new_item and bullets == "end":
            if lines and lines[-1] and rng.random() < END_DASH_SHARE:
                lines[-1] += " -"
            else:
                lines.append("-")
        lines.append(line)
    return "\n".join(lines)


def _items(page: Page) -> list[int]:
    """The list item that each block is in, -1 for none."""
    table = page.node_table
    item_of: list[int] = []
    for node, (tag, parent) in enumerate(zip(table.tags, table.parents, strict=True)):
        item_of.append(node if tag == "li" else item_of[parent] if parent >= 0 else -1)
    return [item_of[node] for node in page.nodes]
