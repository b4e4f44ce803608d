"""Words as numbers, so that what is asked of a word is asked once, however often it stands on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from cleanpage.page import Page


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
        words, columns = page.words, kept.get("numbered")
        kept["word_numbers"] = numbered(words) if columns is None else _of_bytes(*columns)
    found: WordNumbers = kept["word_numbers"]
    return found


def _of_bytes(numbers: bytes, starts: bytes, words: list[str]) -> WordNumbers:
    return WordNumbers(np.frombuffer(numbers, dtype=np.int32), np.frombuffer(starts, dtype=np.int64), words)


def numbered(blocks: list[list[str]]) -> WordNumbers:
    """Numbers the words of blocks in the order in which they first stand there.

    Args:
        blocks: The words of each block.
    """
    known: dict[str, int] = {}
    numbers = [known.setdefault(word, len(known)) for words in blocks for word in words]
    starts = np.cumsum([0, *map(len, blocks)])
    return WordNumbers(np.array(numbers, dtype=np.int32), starts, list(known))
