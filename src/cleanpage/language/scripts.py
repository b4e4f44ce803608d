"""Which writing systems there are, and the languages that a writing system alone decides."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray


class Script(NamedTuple):
    """A writing system.

    Attributes:
        name: Its name in the Unicode standard.
        language: ISO 639-1 code of the one language that web pages write in it, '' where there are several.
        letter_weight: How many Latin letters one of its characters counts for where a block mixes scripts.
        ranges: First and last code points of its letters, in pairs.
        letters_per_word: Characters that say as much as an English word, where no spaces part the words; else 0.
    """

    name: str
    language: str
    letter_weight: int
    ranges: tuple[int, ...]
    letters_per_word: float = 0.0


ALPHABET: Final = 2
"""Weight of a letter of any alphabet but the Latin: names and product names in Latin letters stand in texts of every
script, names in other letters hardly ever in a Latin text."""

SYLLABLE: Final = 4
"""Weight of a character that stands for a syllable or a word."""

# Letters per word: measured on the Universal Declaration of Human Rights (English: 1,753 words).
SCRIPTS: Final = (
    Script("Common", "", 0, ()),
    Script("Latin", "", 1, (0x41, 0x5A, 0x61, 0x7A, 0xC0, 0xD6, 0xD8, 0xF6, 0xF8, 0x24F, 0x1E00, 0x1EFF)),
    Script("Cyrillic", "", ALPHABET, (0x400, 0x481, 0x48A, 0x52F)),
    Script(
        "Arabic", "", ALPHABET, (0x620, 0x64A, 0x66E, 0x6D3, 0x6FA, 0x6FF, 0x750, 0x77F, 0xFB50, 0xFDFF, 0xFE70, 0xFEFC)
    ),
    Script("Devanagari", "", ALPHABET, (0x900, 0x963, 0x971, 0x97F)),
    Script("Han", "zh", SYLLABLE, (0x3400, 0x4DBF, 0x4E00, 0x9FFF, 0xF900, 0xFAFF), 1.5),
    # Without の, an ornament on Chinese signs and pages.
    Script("Kana", "ja", SYLLABLE, (0x3041, 0x306D, 0x306F, 0x3096, 0x30A1, 0x30FA), 2.0),
    Script("Hangul", "ko", SYLLABLE, (0x1100, 0x11FF, 0x3131, 0x318E, 0xAC00, 0xD7A3)),
    Script(
        "Greek", "el", ALPHABET, (0x370, 0x373, 0x376, 0x377, 0x37B, 0x37D, 0x386, 0x386, 0x388, 0x3FF, 0x1F00, 0x1FFF)
    ),
    Script("Hebrew", "he", ALPHABET, (0x5D0, 0x5F2)),
    Script("Armenian", "hy", ALPHABET, (0x531, 0x587)),
    Script("Georgian", "ka", ALPHABET, (0x10A0, 0x10FF, 0x1C90, 0x1CBF)),
    Script("Thai", "th", ALPHABET, (0xE01, 0xE4E), 5.1),
    Script("Bengali", "bn", ALPHABET, (0x980, 0x9E3)),
    Script("Gurmukhi", "pa", ALPHABET, (0xA01, 0xA4D, 0xA59, 0xA5E, 0xA70, 0xA76)),
    Script("Gujarati", "gu", ALPHABET, (0xA81, 0xAE3)),
    Script("Oriya", "or", ALPHABET, (0xB01, 0xB63)),
    Script("Tamil", "ta", ALPHABET, (0xB82, 0xBD7)),
    Script("Telugu", "te", ALPHABET, (0xC00, 0xC63)),
    Script("Kannada", "kn", ALPHABET, (0xC80, 0xCE3)),
    Script("Malayalam", "ml", ALPHABET, (0xD00, 0xD63)),
    Script("Sinhala", "si", ALPHABET, (0xD81, 0xDDF)),
    Script("Lao", "lo", ALPHABET, (0xE81, 0xECD), 5.5),
    Script("Tibetan", "bo", ALPHABET, (0xF40, 0xFBC), 5.3),
    Script("Myanmar", "my", ALPHABET, (0x1000, 0x103F, 0x104C, 0x109F), 7.8),
    Script("Ethiopic", "am", SYLLABLE, (0x1200, 0x135A)),
    Script("Khmer", "km", ALPHABET, (0x1780, 0x17D3), 5.7),
    Script("Thaana", "dv", ALPHABET, (0x780, 0x7B1)),
)
COMMON, LATIN, CYRILLIC, ARABIC, DEVANAGARI, HAN, KANA = range(7)
CASED: Final = (LATIN, CYRILLIC)
"""The shared scripts that have capital letters."""

SHARED: Final[Mapping[int, tuple[str, ...]]] = MappingProxyType(
    {
        LATIN: tuple(
            "af ca cs cy da de en es et fi fr hr hu id it lt lv nl no pl pt ro sk sl so sq sv sw tl tr vi".split()
        ),
        CYRILLIC: ("bg", "mk", "ru", "uk"),
        ARABIC: ("ar", "fa", "ur"),
        DEVANAGARI: ("hi", "mr", "ne"),
    }
)
"""The scripts that several languages share, with those that langdetect has a profile of."""

UNPROFILED: Final[Mapping[int, tuple[str, ...]]] = MappingProxyType(
    {
        CYRILLIC: ("be", "sr", "kk", "ky", "mn", "tg", "tt"),
        ARABIC: ("ps", "ug", "sd", "ku"),
        DEVANAGARI: ("sa",),
    }
)
"""Languages of these scripts without a profile; all that are named nowhere here are written in Latin letters."""

LAST_CODE_POINT: Final = 0xFFFF
"""Everything above is taken for this one, which is no character: emoji, mathematical letters and rare ideographs."""


@cache
def script_table() -> NDArray[np.uint8]:
    """The script of each code point up to LAST_CODE_POINT, as an index into SCRIPTS."""
    import numpy as np

    table = np.zeros(LAST_CODE_POINT + 1, np.uint8)
    for index, script in enumerate(SCRIPTS):
        for first, last in zip(script.ranges[::2], script.ranges[1::2], strict=True):
            table[first : last + 1] = index
    table.setflags(write=False)
    return table


@cache
def _scripts_of_languages() -> Mapping[str, int]:
    found = {script.language: index for index, script in enumerate(SCRIPTS) if script.language}
    for table in (SHARED, UNPROFILED):
        found.update((language, script) for script, languages in table.items() for language in languages)
    return MappingProxyType(found)


def script_of(language: str) -> int:
    """The script that a language is written in, an index into SCRIPTS; COMMON for ''."""
    return _scripts_of_languages().get(language, LATIN) if language else COMMON
