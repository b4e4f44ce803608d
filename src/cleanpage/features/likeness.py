"""How alike each block is to what the page calls itself, and to other blocks: its headline says what the title says."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import numpy as np

from cleanpage import native
from cleanpage.features.numbers import word_numbers_of
from cleanpage.page import split_all

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleanpage.page import Page

KERNEL: Final = native.kernel("likeness")

MIN_LIKENESS: Final = 0.5
"""Share of common words (of the block times of the title) from which the most alike block counts as the headline."""

MAX_SIMILARITY_WORDS: Final = 40
"""Longer blocks are not compared with what the page says of itself: they are no headline."""


def similarity_columns(page: Page) -> list[np.ndarray]:
    """Likeness of each block with what the page calls itself, and the distance to the most alike block."""
    head = page.head
    description = head.meta.get("og:description", "") or head.meta.get("description", "")
    wanted = tuple(map(set, split_all([head.title, head.meta.get("og:title", ""), description])))
    if KERNEL is not None:
        return [KERNEL.similarity_columns(*word_numbers_of(page), wanted, MAX_SIMILARITY_WORDS, MIN_LIKENESS)]
    count = len(page)
    rows = _word_likeness(page.words, wanted[:2], wanted[2])
    likeness = rows[:, 0] * rows[:, 1] + rows[:, 2] * rows[:, 3]
    index = np.arange(count)
    best = int(np.argmax(likeness)) if count else 0
    is_found = likeness[best] > MIN_LIKENESS if count else False
    return [
        *rows.T,
        np.where(is_found, (index == best) * 1.0, 0.0),
        np.where(is_found, np.clip((index - best) / 20, -1, 1), 0.0),
        np.where(is_found, (index > best) * 1.0, 0.5),
    ]


def _word_likeness(blocks: list[list[str]], titles: Sequence[set[str]], description: set[str]) -> np.ndarray:
    """Share of each block's words in each title, and of the title's in the block; share in the description."""
    rows = np.zeros((len(blocks), 5), dtype=np.float64)
    known = description.union(*titles)
    for block, words in enumerate(blocks):
        if len(words) > MAX_SIMILARITY_WORDS or known.isdisjoint(words):
            continue
        own = set(words)
        for place, title in enumerate(titles):
            if title:
                shared = len(own & title)
                rows[block, 2 * place] = shared / len(own)
                rows[block, 2 * place + 1] = shared / len(title)
        if description:
            rows[block, 4] = len(own & description) / len(own)
    return rows


def repeat_columns(page: Page) -> list[np.ndarray]:
    """How often the block's text stands on the page."""
    if KERNEL is not None:
        return [KERNEL.repeat_columns(page.texts)]
    counts = Counter(page.texts)
    repeats = np.fromiter(map(counts.__getitem__, page.texts), dtype=np.int64, count=len(page))
    is_repeated = np.zeros(len(page))
    if len(counts) < len(page):
        seen: set[str] = set()
        for block in np.flatnonzero(repeats > 1):
            text = page.texts[block]
            is_repeated[block] = text in seen
            seen.add(text)
    return [np.log1p(repeats - 1), is_repeated]


def likeness_columns(page: Page) -> list[np.ndarray]:
    """Dense features of what each block repeats."""
    return [*similarity_columns(page), *repeat_columns(page)]
