"""What the characters of each block look like: counts by class of character, vectorised over the whole page."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

from cleanpage import native
from cleanpage.features.columns import joined

if TYPE_CHECKING:
    from cleanpage.page import Page

OTHER, LETTER, UPPER, DIGIT, SPACE, STOP, COMMA, COLON, QUOTE, UNSPACED, SEPARATOR, CURRENCY, AT, COPYRIGHT = range(14)
CLASS_COUNT: Final = 14
CLASSED_CODES: Final = 0x3100
"""Code points below this have an entry each; the CJK blocks above are one class, but for their punctuation."""

KERNEL: Final = native.kernel("text")

YEAR_DIGITS: Final = 4
LONG_WORDS: Final = 20
ALL_LINK_DENSITY: Final = 0.95

SIGNS: Final = {
    STOP: ".!?\u2026\u061f\u06d4\u0964\u3002\uff01\uff1f\uff0e",
    COMMA: ",;\u060c\u061b\u3001\uff0c\uff1b",
    COLON: ":\uff1a",
    QUOTE: "\"'()[]\u00ab\u00bb\u2018\u2019\u201a\u201c\u201d\u201e\u2039\u203a"
    "\u300c\u300d\u300e\u300f\u300a\u300b\uff08\uff09",
    SEPARATOR: "|/\\\u2022\u00b7>\u2192\u2190\u25b6\u2013\u2014-_+*#=~",
    CURRENCY: "$\u20ac\u00a3\u00a5\u20b9\u20bd\u20a9\uffe5",
    AT: "@",
    COPYRIGHT: "\u00a9\u00ae\u2122",
}


@cache
def _class_table() -> np.ndarray:
    """The class of every code point up to 0x10000; everything above counts as the last entry."""
    table = np.full(0x10001, UNSPACED, dtype=np.uint8)
    for code in range(CLASSED_CODES):
        char = chr(code)
        if char.isupper():
            table[code] = UPPER
        elif char.isdigit():
            table[code] = DIGIT
        elif char.isspace():
            table[code] = SPACE
        else:
            table[code] = LETTER if char.isalpha() else OTHER
    table[0x3040:CLASSED_CODES] = UNSPACED
    table[0xAC00:0xD7B0] = LETTER  # Hangul is written with spaces
    table[0xD800:0xF900] = OTHER
    table[0xFB00:0xFE00] = LETTER  # Hebrew and Arabic presentation forms
    table[0xFE00:0xFFFF] = OTHER
    table[0x10000] = OTHER
    for class_, signs in SIGNS.items():
        for sign in signs:
            table[ord(sign)] = class_
    return table


def character_classes(page: Page) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Counts each block's characters by class.

    Args:
        page: The page, with at least one block.

    Returns:
        Counts (blocks × CLASS_COUNT, int), and the class of each block's first and last character.
    """
    texts = page.texts
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    joined = "\n".join(texts).encode("utf-32-le", "surrogatepass")
    codes = np.frombuffer(joined, dtype="<u4")
    classes = _class_table()[np.minimum(codes, 0x10000)]
    starts = np.concatenate(([0], np.cumsum(lengths + 1)[:-1]))
    inside = np.repeat(np.arange(len(texts)), lengths + 1)[:-1]
    counts = np.bincount(inside * CLASS_COUNT + classes, minlength=len(texts) * CLASS_COUNT)
    counts = counts.reshape(len(texts), CLASS_COUNT)
    counts[:-1, SPACE] -= 1  # the joining newline
    return counts, classes[starts], classes[starts + lengths - 1]


def _flags(counts: np.ndarray, first: np.ndarray, last: np.ndarray, word_counts: np.ndarray) -> list[np.ndarray]:
    """What a block's text has or starts or ends with."""
    has = [counts.T[[SEPARATOR, CURRENCY, AT, COPYRIGHT, COLON]] > 0]
    ends = [last == STOP, last == COLON]
    starts = [first == class_ for class_ in (UPPER, DIGIT, SEPARATOR, QUOTE)]
    sizes = [counts[:, DIGIT] >= YEAR_DIGITS, word_counts <= 1, word_counts >= LONG_WORDS]
    return [*has, *ends, *starts, *sizes]


def text_columns(page: Page) -> np.ndarray:
    """Dense features of each block's own text (columns × blocks, float32)."""
    if KERNEL is not None:
        columns = page.word_counts, page.link_char_counts, page.hrefs, page.image_counts, page.input_counts
        bounds = ALL_LINK_DENSITY, YEAR_DIGITS, LONG_WORDS
        kernel_columns: np.ndarray = KERNEL.text_columns(page.texts, *columns, _class_table(), *bounds)
        return kernel_columns
    counts, first, last = character_classes(page)
    char_counts = np.maximum(1, counts.sum(axis=1))
    word_counts = np.asarray(page.word_counts)
    words = np.maximum(1, word_counts)
    letters = np.maximum(1, counts[:, LETTER] + counts[:, UPPER] + counts[:, UNSPACED])
    link_density = np.minimum(1.0, np.asarray(page.link_char_counts) / char_counts)
    by_class = counts.T
    parts = [
        np.log1p(word_counts) / 4,
        np.log1p(char_counts) / 6,
        np.minimum(2.0, letters / words / 8),
        by_class[UPPER] / letters,
        by_class[UPPER] == letters,
        by_class[UNSPACED] / letters,
        by_class[[DIGIT, QUOTE, SEPARATOR]] / char_counts,
        np.log1p(by_class[[STOP, COMMA]]),
        by_class[[STOP, COMMA]] / words,
        link_density,
        link_density > ALL_LINK_DENSITY,
        np.log1p([list(map(len, page.hrefs)), page.image_counts, page.input_counts]),
        np.fromiter(["\n" in text for text in page.texts], dtype=bool, count=len(page)),
        *_flags(counts, first, last, word_counts),
    ]
    return joined(parts, len(page))
