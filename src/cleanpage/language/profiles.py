"""The n-gram profiles of langdetect as tables that numpy can sum for all blocks of a page at once.

A profile holds how often each 1-, 2- and 3-gram of letters occurs in a language, with a space at word borders. The
score of a text in a language is the naive-Bayes sum of their log-probabilities over the text. Every position of a text
ends one n-gram of each order, and the three together are known from the last three letters, so that one table row a
position holds their sum: the trigram's where the profiles know it, else the bigram's, else the letter's.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final, NamedTuple

from cleanpage.language.scripts import LAST_CODE_POINT, SHARED, script_table

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ORDER_WEIGHTS: Final = (0.2, 0.5, 1.0)
"""How much letters, bigrams and trigrams count: the three overlap, and the longest tells most."""

UNSEEN_PROBABILITY: Final = 2e-5
"""Added to every probability: what a profile gives to an n-gram that it does not know (langdetect uses 5e-5)."""

STEPS_PER_NAT: Final = 12
"""Scores are kept as whole steps, so that four languages share a 64-bit number and sums are exact in any order."""

LANE_BITS: Final = 16
LANES: Final = 64 // LANE_BITS
MAX_STEPS: Final = 255
"""Largest score of one position; 2**LANE_BITS / MAX_STEPS = 257 positions fit into a lane."""

LETTER_BITS: Final = 7
"""Bits of a letter's number; the Latin profiles have 100 letters, the others fewer."""


class Profiles(NamedTuple):
    """The profiles of one script's languages.

    Attributes:
        languages: ISO 639-1 codes, one a column.
        letters: Number of each code point's letter, 0 for what is no letter of these languages.
        rows: Row of ``steps`` for each three letters, ``(first << 2 * LETTER_BITS) + (second << LETTER_BITS) + third``.
        steps: How much less likely the n-grams are in each language than in the likeliest, in 1 / STEPS_PER_NAT nat;
            LANES languages packed into each number.
    """

    languages: tuple[str, ...]
    letters: NDArray[np.uint8]
    rows: NDArray[np.uint16]
    steps: NDArray[np.uint64]


@cache
def load(script: int) -> Profiles:
    """The profiles of a script's languages.

    Args:
        script: One of scripts.SHARED.
    """
    import numpy as np

    languages = SHARED[script]
    grams, counts, totals = [], [], []
    for language in languages:
        data = json.loads((resources.files("langdetect") / "profiles" / language).read_bytes())
        grams.append(np.array(list(data["freq"]), dtype="<U3"))
        counts.append(np.fromiter(data["freq"].values(), np.float64, len(data["freq"])))
        totals.append(data["n_words"])
    codes = [array.view(np.uint32).reshape(-1, 3) for array in grams]
    letters = _letters(script, np.concatenate(codes))
    keys = [_keys(array, letters) for array in codes]
    known = np.unique(np.concatenate(keys))
    known = known[known >= 0]
    probabilities = np.zeros((len(known), len(languages)))
    for column, (key, count) in enumerate(zip(keys, counts, strict=True)):
        is_kept = key >= 0
        np.add.at(probabilities[:, column], np.searchsorted(known, key[is_kept]), count[is_kept])
    order = known >> 3 * LETTER_BITS
    probabilities /= np.array(totals, np.float64).T[order]
    weights = np.log(probabilities + UNSEEN_PROBABILITY) * np.array(ORDER_WEIGHTS)[order][:, None]
    rows, scores = _join_orders(known, weights)
    for array in (letters, rows):
        array.setflags(write=False)
    return Profiles(languages, letters, rows, _pack(scores))


def _letters(script: int, grams: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Numbers the letters of the profiles; capital letters share the number of their small ones."""
    import numpy as np

    found = np.unique(grams[(grams != 0) & (script_table()[np.minimum(grams, LAST_CODE_POINT)] == script)])
    small = sorted({_normal_form(chr(code)) for code in found.tolist()})
    numbers = {letter: number for number, letter in enumerate(small, 1)}
    letters = np.zeros(LAST_CODE_POINT + 1, np.uint8)
    for code in np.flatnonzero(script_table() == script).tolist():
        letters[code] = numbers.get(_normal_form(chr(code)), 0)
    return letters


def _normal_form(letter: str) -> str:
    """The letter that stands for another: the small one for a capital, and what langdetect's NGram.normalize merges."""
    small = letter.lower()[0]
    if "\u1ea0" <= small <= "\u1eff":
        return "\u1ec3"
    return {"\u0219": "\u015f", "\u021b": "\u0163", "\u06cc": "\u064a"}.get(small, small)


def _keys(grams: NDArray[np.uint32], letters: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Numbers n-grams by their order and letters; -1 for those with a letter of another script."""
    import numpy as np

    numbers = letters[np.minimum(grams, LAST_CODE_POINT)].astype(np.int64)
    is_known = (numbers > 0) | (grams == 0) | (grams == ord(" "))
    lengths = np.count_nonzero(grams, axis=1)
    shifts = (lengths[:, None] - 1 - np.arange(3)) * LETTER_BITS
    letter_part = np.where(shifts >= 0, numbers << np.maximum(shifts, 0), 0).sum(axis=1)
    return np.where(is_known.all(axis=1), ((lengths - 1) << 3 * LETTER_BITS) + letter_part, -1)


def _join_orders(
    keys: NDArray[np.int64], weights: NDArray[np.float64]
) -> tuple[NDArray[np.uint16], NDArray[np.float64]]:
    """Gives every three letters the row that holds the sum of the n-grams they end with."""
    import numpy as np

    size = 1 << LETTER_BITS
    first, second, third = keys >> 2 * LETTER_BITS & size - 1, keys >> LETTER_BITS & size - 1, keys & size - 1
    single, double, triple = (keys >> 3 * LETTER_BITS == order for order in range(3))
    scores = np.vstack([np.zeros((1, weights.shape[1])), weights])
    own_rows = np.arange(1, len(keys) + 1)
    rows = np.zeros((size, size, size), np.uint16)
    rows[:, :, third[single]] = own_rows[single]
    scores[own_rows[double]] += scores[rows[0, 0, third[double]]]
    rows[:, second[double], third[double]] = own_rows[double]
    scores[own_rows[triple]] += scores[rows[0, second[triple], third[triple]]]
    rows[first[triple], second[triple], third[triple]] = own_rows[triple]
    return rows.reshape(-1), scores


def _pack(scores: NDArray[np.float64]) -> NDArray[np.uint64]:
    """Packs the distance of each language from the row's likeliest one into LANES lanes a number."""
    import numpy as np

    steps = np.rint((scores.max(axis=1, keepdims=True) - scores) * STEPS_PER_NAT).clip(0, MAX_STEPS).astype(np.uint16)
    width = -(-steps.shape[1] // LANES) * LANES
    padded = np.zeros((len(steps), width), np.dtype("<u2"))
    padded[:, : steps.shape[1]] = steps
    packed = padded.view("<u8").astype(np.uint64)
    packed.setflags(write=False)
    return packed
