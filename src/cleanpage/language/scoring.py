"""Reads the starts of all blocks at once and scores them against the profiles of the scripts that they are in."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
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

        self.texts, self.lengths, counts, runs = _read(texts)
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

    def carries_language(self, scripts: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether each block has enough letters and words of a script to be in a language.

        Args:
            scripts: The script that each block is taken to be in.
        """
        import numpy as np

        if KERNEL is not None:
            found = np.empty(len(scripts), np.bool_)
            KERNEL.find_carrying(
                self.weights,
                scripts,
                self.word_counts,
                _script_columns().is_shared,
                MIN_LETTER_WEIGHT,
                MIN_WORD_COUNT,
                found,
            )
            return found
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
        else:
            _sum_steps(_Characters.of(self.texts, self.lengths), table, scores)
        scores /= -STEPS_PER_NAT
        return scores


class _Characters(NamedTuple):
    """All characters of several texts, each of them followed by a space.

    Attributes:
        codes: Their code points.
        starts: Where each text starts.
    """

    codes: NDArray[np.uint16]
    starts: NDArray[np.int64]

    @classmethod
    def of(cls, texts: Sequence[str], lengths: NDArray[np.int64]) -> _Characters:
        """The characters of texts, whose lengths are known."""
        import numpy as np

        return cls(_codes(" ".join(texts) + " "), np.cumsum(lengths) - lengths + np.arange(len(texts)))

    def chunks(self) -> list[tuple[slice, slice]]:
        """The blocks and the characters of each run of blocks that is scored at a time."""
        import numpy as np

        count, length = len(self.starts), len(self.codes)
        borders = np.searchsorted(self.starts, np.arange(0, length, CHUNK_LENGTH)).tolist()
        pairs = zip(borders, [*borders[1:], count], strict=True)
        offsets = [*self.starts.tolist(), length]
        return [(slice(first, end), slice(offsets[first], offsets[end])) for first, end in pairs if first < end]


class _Letters(NamedTuple):
    """What was read of several texts.

    Attributes:
        texts: The starts of the texts, without what is in no language.
        lengths: Characters of these.
        counts: Letters of each text (rows) in each script (columns), none in COMMON.
        runs: Runs of letters in each text.
    """

    texts: list[str]
    lengths: NDArray[np.int64]
    counts: NDArray[np.int64]
    runs: NDArray[np.float64]


def _read(texts: Sequence[str]) -> _Letters:
    """Reads the starts of texts."""
    import numpy as np

    if KERNEL is None:
        cut = _clean([text[:MAX_CHARACTER_COUNT] for text in texts])
        lengths = np.fromiter(map(len, cut), np.int64, len(cut))
        return _Letters(cut, lengths, *_count_letters(_Characters.of(cut, lengths)))
    read, unclear, addresses = _count_in_kernel(list(texts))
    # An address anywhere, and those are looked for that invisible characters hid: all of these texts at once.
    if odd := sorted({*unclear, *addresses}):
        again, _, _ = _count_in_kernel(_clean([read.texts[index] for index in odd]))
        for index, text in zip(odd, again.texts, strict=True):
            read.texts[index] = text
        read.lengths[odd], read.counts[odd], read.runs[odd] = again[1:]
    return read


def _count_in_kernel(texts: list[str]) -> tuple[_Letters, list[int], list[int]]:
    """Cuts and reads texts as they are; the indexes of those that may not be in normal form, or hold an address."""
    import numpy as np

    count = len(texts)
    counts = np.zeros((count, len(SCRIPTS)), np.int64)
    read = _Letters(texts, np.empty(count, np.int64), counts, np.empty(count, np.float64))
    return read, *KERNEL.count_letters(texts, MAX_CHARACTER_COUNT, script_table(), counts, read.lengths, read.runs)


def _count_letters(characters: _Characters) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The letters of each text in each script, none in COMMON, and its runs of letters."""
    import numpy as np

    scripts, starts = script_table().take(characters.codes), characters.starts
    counts = np.zeros((len(starts), len(SCRIPTS)), np.int64)
    if scripts.max() <= LATIN:
        counts[:, LATIN] = np.add.reduceat(scripts, starts, dtype=np.int64)
    else:
        for blocks, places in characters.chunks():
            own_starts, found = starts[blocks], scripts[places]
            lengths = np.diff(own_starts, append=own_starts[0] + len(found))
            rows = np.repeat(np.arange(len(own_starts)) * len(SCRIPTS), lengths)
            sums = np.bincount(rows + found, minlength=len(own_starts) * len(SCRIPTS))
            counts[blocks] = sums.reshape(-1, len(SCRIPTS))
        counts[:, COMMON] = 0
    is_start = scripts > 0
    is_start[1:] &= ~is_start[:-1]
    return counts, np.add.reduceat(is_start, starts, dtype=np.float64)


def _sum_steps(characters: _Characters, table: profiles.Profiles, sums: NDArray[np.float32]) -> None:
    """Adds up the rows of the profiles that the letters of each text lead to."""
    import numpy as np

    for blocks, places in characters.chunks():
        numbers = table.letters.take(characters.codes[places]).astype(np.int32)
        keys = numbers.copy()
        keys[1:] += numbers[:-1] << LETTER_BITS
        keys[2:] += numbers[:-2] << 2 * LETTER_BITS
        steps = table.steps.take(table.rows.take(keys), axis=0)
        packed = np.add.reduceat(steps, characters.starts[blocks] - places.start, axis=0)
        sums[blocks] = packed.astype("<u8").view(f"<u{LANE_BITS // 8}")[:, : len(table.languages)]


def _codes(text: str) -> NDArray[np.uint16]:
    """The code points of a text, those above LAST_CODE_POINT as this one."""
    import numpy as np

    narrow = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), np.dtype("<u2"))
    if len(narrow) == len(text):
        return narrow
    wide = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.dtype("<u4"))
    return np.minimum(wide, LAST_CODE_POINT).astype(np.uint16)


def _part_kana(counts: NDArray[np.int64]) -> None:
    """Counts ideographs as kana in blocks that these make Japanese, and kana as ideographs in the others."""
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


def _clean(texts: list[str]) -> list[str]:
    """The starts of texts without what is in no language."""
    joined = " ".join(texts)
    cleaned = texts
    if not joined.isascii() and not (_is_visible(joined) and unicodedata.is_normalized("NFC", joined)):
        # Again cut: a few letters fall into two.
        cleaned = [
            text if text.isascii() else unicodedata.normalize("NFC", text.translate(NO_INVISIBLE))[:MAX_CHARACTER_COUNT]
            for text in texts
        ]
    if _may_hold_address(joined):
        cleaned = [ADDRESS.sub(" ", text) if _may_hold_address(text) else text for text in cleaned]
    return cleaned


def _is_visible(text: str) -> bool:
    """Whether a text holds no invisible characters."""
    return not any(character in text for character in INVISIBLE)


def _may_hold_address(text: str) -> bool:
    return "://" in text or "@" in text or "www." in text
