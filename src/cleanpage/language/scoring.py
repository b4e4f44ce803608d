"""Reads the starts of all blocks at once and scores them against the profiles of the scripts that they are in."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from cleanpage import native
from cleanpage.language import profiles
from cleanpage.language.profiles import LANE_BITS, LETTER_BITS, STEPS_PER_NAT
from cleanpage.language.scripts import COMMON, HAN, KANA, LAST_CODE_POINT, LATIN, SCRIPTS, SHARED, script_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

KERNEL: Final = native.kernel("ngrams")

MAX_CHARACTER_COUNT: Final = 180
"""Characters of a block that are read: about 150 letters, after which the verdict hardly changes. The sums of longer
stretches would not fit into a lane of the profiles."""

CHUNK_LENGTH: Final = 1 << 17
"""Characters that are scored at a time, 8 MiB of table rows: more than nearly every page has."""

MIN_LETTER_WEIGHT: Final = 6
"""Letters (in units of Script.letter_weight) without which a block carries no language."""

MIN_WORD_COUNT: Final = 2
"""Words without which a block in a script that several languages share carries none."""

MIN_KANA_SHARE: Final = 0.1
"""Share of kana among the CJK characters from which a block is Japanese rather than Chinese with a Japanese word."""

ADDRESS: Final = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\S+")
"""Web and mail addresses are in no language."""

INVISIBLE: Final = "\u00ad\u200b\u2060\ufeff"
"""Soft hyphens, zero-width spaces and joiners stand inside words."""

NO_INVISIBLE: Final = str.maketrans("", "", INVISIBLE)


class _ScriptColumns(NamedTuple):
    """What SCRIPTS say, one entry a script."""

    letter_weights: NDArray[np.int64]
    letters_per_word: NDArray[np.float64]
    is_shared: NDArray[np.bool_]


@cache
def _script_columns() -> _ScriptColumns:
    import numpy as np

    columns = _ScriptColumns(
        np.array([script.letter_weight for script in SCRIPTS]),
        np.array([script.letters_per_word for script in SCRIPTS]),
        np.array([script in SHARED for script in range(len(SCRIPTS))]),
    )
    for column in columns:
        column.setflags(write=False)
    return columns


class Reading:
    """The starts of a page's blocks, with what their characters tell.

    Attributes:
        texts: What was read of each block.
        lengths: Characters of these.
        weights: Letters of each block (rows) in each script (columns, as in SCRIPTS), in units of Script.letter_weight.
        scripts: The main script of each block; COMMON where it has no letters.
        word_counts: Words read of each block: runs of letters, or letters by Script.letters_per_word.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        """Reads blocks.

        Args:
            texts: The blocks' texts, at least one.
        """
        import numpy as np

        self.texts = _clean(texts)
        self.lengths: NDArray[np.int64] = np.fromiter(map(len, self.texts), np.int64, len(texts))
        counts, runs = self._count_letters()
        self.weights: NDArray[np.int64]
        self.scripts: NDArray[np.int64]
        self.word_counts: NDArray[np.float64]
        if counts[:, LATIN + 1 :].any():
            _part_kana(counts)
            self.weights = counts * _script_columns().letter_weights
            self.scripts = self.weights.argmax(axis=1)
            self.word_counts = _word_counts(runs, counts, self.scripts)
        else:
            self.weights = counts
            self.scripts = (counts[:, LATIN] > 0).astype(np.int64)
            self.word_counts = runs
        self._scores: dict[int, NDArray[np.float32]] = {}

    @cached_property
    def _codes(self) -> NDArray[np.uint16]:
        """The code points of all texts, each of them followed by a space."""
        return _codes(" ".join(self.texts) + " ")

    @cached_property
    def _starts(self) -> NDArray[np.int64]:
        """Where each text starts in these."""
        import numpy as np

        return np.cumsum(self.lengths) - self.lengths + np.arange(len(self.lengths))

    @cached_property
    def _chunks(self) -> list[tuple[slice, slice]]:
        """The blocks and the characters of each run of blocks that is scored at a time."""
        import numpy as np

        count, length = len(self._starts), len(self._codes)
        borders = np.searchsorted(self._starts, np.arange(0, length, CHUNK_LENGTH)).tolist()
        pairs = zip(borders, [*borders[1:], count], strict=True)
        offsets = [*self._starts.tolist(), length]
        return [(slice(first, end), slice(offsets[first], offsets[end])) for first, end in pairs if first < end]

    def _count_letters(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The letters of each block in each script, none in COMMON, and its runs of letters."""
        import numpy as np

        count, width = len(self.texts), len(SCRIPTS)
        counts = np.zeros((count, width), np.int64)
        if KERNEL is not None:
            runs = np.empty(count, np.float64)
            KERNEL.count_letters(self.texts, script_table(), counts, runs)
            return counts, runs
        scripts = script_table().take(self._codes)
        if scripts.max() <= LATIN:
            counts[:, LATIN] = np.add.reduceat(scripts, self._starts, dtype=np.int64)
        else:
            for blocks, characters in self._chunks:
                starts, found = self._starts[blocks], scripts[characters]
                lengths = np.diff(starts, append=starts[0] + len(found))
                rows = np.repeat(np.arange(len(starts)) * width, lengths)
                counts[blocks] = np.bincount(rows + found, minlength=len(starts) * width).reshape(-1, width)
            counts[:, COMMON] = 0
        is_start = scripts > 0
        is_start[1:] &= ~is_start[:-1]
        return counts, np.add.reduceat(is_start, self._starts, dtype=np.float64)

    def carries_language(self, scripts: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether each block has enough letters and words of a script to be in a language.

        Args:
            scripts: The script that each block is taken to be in.
        """
        import numpy as np

        has_letters = self.weights[np.arange(len(scripts)), scripts] >= MIN_LETTER_WEIGHT
        is_shared = _script_columns().is_shared[scripts]
        carries: NDArray[np.bool_] = has_letters & ((self.word_counts >= MIN_WORD_COUNT) | ~is_shared)
        return carries

    def scores(self, script: int) -> NDArray[np.float32]:
        """The log-likelihood of each block (rows) in each language of a script (columns), up to a constant a block.

        Args:
            script: One of SHARED, which names the columns.
        """
        scores = self._scores.get(script)
        if scores is None:
            scores = self._scores[script] = self._score(script)
        return scores

    def _score(self, script: int) -> NDArray[np.float32]:
        import numpy as np

        table = profiles.load(script)
        scores = np.empty((len(self.texts), len(table.languages)), np.float32)
        if KERNEL is not None:
            KERNEL.sum_steps(self.texts, table.letters, table.rows, table.steps, LETTER_BITS, LANE_BITS, scores)
            scores /= -STEPS_PER_NAT
            return scores
        for blocks, characters in self._chunks:
            numbers = table.letters.take(self._codes[characters]).astype(np.int32)
            keys = numbers.copy()
            keys[1:] += numbers[:-1] << LETTER_BITS
            keys[2:] += numbers[:-2] << 2 * LETTER_BITS
            steps = table.steps.take(table.rows.take(keys), axis=0)
            sums = np.add.reduceat(steps, self._starts[blocks] - characters.start, axis=0)
            scores[blocks] = sums.astype("<u8").view(f"<u{LANE_BITS // 8}")[:, : len(table.languages)]
        scores /= -STEPS_PER_NAT
        return scores


def _codes(text: str) -> NDArray[np.uint16]:
    """The code points of a text, those above LAST_CODE_POINT as this one."""
    import numpy as np

    narrow = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), np.dtype("<u2"))
    if len(narrow) == len(text):
        return narrow
    wide = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.dtype("<u4"))
    return np.minimum(wide, LAST_CODE_POINT).astype(np.uint16)


def _part_kana(counts: NDArray[np.int64]) -> None:
    """Counts the ideographs of each block as kana where these make it Japanese, and all kana as ideographs elsewhere."""
    import numpy as np

    kana, both = counts[:, KANA], counts[:, KANA] + counts[:, HAN]
    is_japanese = (kana > 0) & (kana >= MIN_KANA_SHARE * both)
    counts[:, KANA] = np.where(is_japanese, both, 0)
    counts[:, HAN] = both - counts[:, KANA]


def _word_counts(
    runs: NDArray[np.float64], counts: NDArray[np.int64], scripts: NDArray[np.int64]
) -> NDArray[np.float64]:
    """The words of each block: its runs of letters, or its letters by Script.letters_per_word."""
    import numpy as np

    letters_per_word = _script_columns().letters_per_word[scripts]
    if not letters_per_word.any():
        return runs
    letters = counts[np.arange(len(counts)), scripts]
    return np.where(letters_per_word > 0, letters / np.maximum(letters_per_word, 1), runs)


def _clean(texts: Sequence[str]) -> list[str]:
    """The starts of the texts without what is in no language."""
    cut = [text[:MAX_CHARACTER_COUNT] for text in texts]
    if KERNEL is None:
        joined = " ".join(cut)
        is_odd = not joined.isascii() and not (unicodedata.is_normalized("NFC", joined) and _is_visible(joined))
        unclear = [index for index, text in enumerate(cut) if not text.isascii()] if is_odd else []
        addresses = range(len(cut)) if _may_hold_address(joined) else ()
    else:
        unclear, addresses = KERNEL.find_odd(cut)
    for index in unclear:
        text = cut[index]
        if not _is_visible(text):
            text = text.translate(NO_INVISIBLE)
        # Again cut: a few letters fall into two.
        cut[index] = unicodedata.normalize("NFC", text)[:MAX_CHARACTER_COUNT]
    for index in {*addresses, *unclear} if addresses else ():
        if _may_hold_address(cut[index]):
            cut[index] = ADDRESS.sub(" ", cut[index])
    return cut


def _is_visible(text: str) -> bool:
    """Whether a text holds no invisible characters."""
    return not any(character in text for character in INVISIBLE)


def _may_hold_address(text: str) -> bool:
    return "://" in text or "@" in text or "www." in text
