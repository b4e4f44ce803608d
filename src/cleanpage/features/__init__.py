"""Page → features: numbers about each block, computed over columns; the arbiter reads nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from cleanpage import native
from cleanpage.features.bags import Bag, inline_bag, look_bag, page_bag, word_bag
from cleanpage.features.columns import joined, rows_of
from cleanpage.features.context import context_columns
from cleanpage.features.likeness import likeness_columns
from cleanpage.features.structure import Layout, group_ids, layout_of, structure_columns
from cleanpage.features.text import text_columns
from cleanpage.roles import ROLE_INDEX, ROLES

if TYPE_CHECKING:
    from cleanpage.page import Page, Signal


KERNEL: Final = native.kernel("signals")


class Features(NamedTuple):
    """Everything the arbiter reads of a page.

    Attributes:
        dense: Numbers about each block, blocks × columns, float32.
        words: Hashed words of each block.
        inline: Hashed inline markup and link targets of each block.
        looks: Hashed markup of each look of a node (`Layout.looks`).
        page: Hashed labels of the page, one row.
        layout: The page's tables as arrays.
        groups: Blocks that belong together, groups × blocks.
        signals: The strongest signal for each role, blocks × 32; the last columns of dense.
    """

    dense: np.ndarray
    words: Bag
    inline: Bag
    looks: Bag
    page: Bag
    layout: Layout
    groups: np.ndarray
    signals: np.ndarray


def signal_columns(page: Page, signals: list[Signal]) -> np.ndarray:
    """The strongest signal for each role: about the block itself, and about its container.

    Args:
        page: The page.
        signals: What the detectors said.

    Returns:
        blocks × (2 · 16), float32.
    """
    if KERNEL is not None:
        kernel_columns: np.ndarray = KERNEL.signal_columns(signals, len(page), ROLE_INDEX)
        return kernel_columns
    count = len(ROLES)
    own = [0.0] * (len(page) * count)
    around = np.zeros((len(page), count), dtype=np.float32)
    for block, role, weight, _, block_end in signals:
        column = ROLE_INDEX[role]
        if block_end <= block + 1:
            place = block * count + column
            own[place] = max(own[place], weight)
        else:
            run = around[block:block_end, column]
            np.maximum(run, weight, out=run)
    return np.concatenate([np.asarray(own, dtype=np.float32).reshape(-1, count), around], axis=1)


def language_columns(page: Page) -> np.ndarray:
    """Whether a block's language is known, and how surely it is another than the page's (columns × blocks, float32)."""
    count = len(page)
    if not len(page.block_languages):
        return np.zeros((3, count), dtype=np.float32)
    if KERNEL is not None:
        columns = tuple(page.block_languages), tuple(page.block_language_confidences)
        kernel_columns: np.ndarray = KERNEL.language_columns(*columns, page.language)
        return kernel_columns
    languages, own = page.block_languages, page.language
    is_known = np.fromiter([language != "" for language in languages], dtype=bool, count=count)
    is_own = np.fromiter([language == own for language in languages], dtype=bool, count=count)
    confidences = np.asarray(page.block_language_confidences)
    return joined([is_known, confidences * (is_known & ~is_own), confidences * (is_known & is_own)], count)


def compute(page: Page, signals: list[Signal]) -> Features:
    """Computes the features of a page.

    Args:
        page: A page with at least one block, its languages known.
        signals: What the detectors said about it.
    """
    layout = layout_of(page)
    groups = group_ids(layout)
    strongest = signal_columns(page, signals)
    columns = [
        text_columns(page),
        *structure_columns(page, layout),
        *likeness_columns(page),
        *context_columns(page, layout, groups),
        language_columns(page),
    ]
    return Features(
        dense=rows_of(columns, strongest),
        words=word_bag(page),
        inline=inline_bag(page),
        looks=look_bag(page, layout),
        page=page_bag(page),
        layout=layout,
        groups=groups,
        signals=strongest,
    )
