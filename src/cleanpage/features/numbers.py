"""Words as numbers, so that what is asked of a word is asked once, however often it stands on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from cleanpage import native

if TYPE_CHECKING:
    from cleanpage.page import Page

KERNEL: Final = native.kernel("numbers")


class WordNumbers(NamedTuple):
    """The words of some blocks as numbers.

    Attributes:
        numbers: The number of each word, the blocks one after the other, int32.
        starts: Where each block's words begin in it, int64, one entry more than blocks.
        words: The word of each number.
    """

    numbers: np.ndarray
    starts: np.ndarray
    words: list[str]


def word_numbers_of(page: Page) -> WordNumbers:
    """The words of a page, numbered when they are first asked for; the page forgets it with its words."""
    kept = vars(page)
    if "word_numbers" not in kept:
        kept["word_numbers"] = numbered(page.words)
    found: WordNumbers = kept["word_numbers"]
    return found


def numbered(blocks: list[list[str]]) -> WordNumbers:
    """Numbers the words of blocks in the order in which they first stand there.

    Args:
        blocks: The words of each block.
    """
    if KERNEL is not None:
        return WordNumbers(*KERNEL.numbered(blocks))
    known: dict[str, int] = {}
    numbers = [known.setdefault(word, len(known)) for words in blocks for word in words]
    starts = np.cumsum([0, *map(len, blocks)])
    return WordNumbers(np.array(numbers, dtype=np.int32), starts, list(known))
