"""Counts the words of a text that speak to its reader, from appeals.toml."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

from cleanpage.page import split_words

if TYPE_CHECKING:
    from collections.abc import Sequence


class Appeals(NamedTuple):
    """The words of one language that speak to the reader.

    Attributes:
        words: Whole words.
        phrases: Entries of several words, as in languages where each character is one.
        endings: Ends of words.
    """

    words: frozenset[str]
    phrases: tuple[tuple[str, ...], ...]
    endings: tuple[str, ...]


@cache
def _read() -> dict[str, list[str]]:
    return tomllib.loads((resources.files("cleanpage") / "appeals.toml").read_text(encoding="utf-8"))


@cache
def appeals_of(language: str) -> Appeals:
    """The words of a language that speak to the reader; none for a language that the file does not know.

    Args:
        language: ISO 639-1 code.
    """
    entries = _read().get(language, [])
    split = [tuple(split_words(entry)) for entry in entries if not entry.startswith("*")]
    return Appeals(
        frozenset(words[0] for words in split if len(words) == 1),
        tuple(words for words in split if len(words) > 1),
        tuple(entry[1:] for entry in entries if entry.startswith("*")),
    )


def appeal_count(words: Sequence[str], language: str) -> int:
    """How many words (or phrases) of a text speak to its reader.

    Args:
        words: Casefolded words of the text (`page.split_words`).
        language: The text's language.
    """
    appeals = appeals_of(language)
    count = 0
    for index, word in enumerate(words):
        if (
            word in appeals.words
            or (len(word) > 1 and word.endswith(appeals.endings))
            or any(tuple(words[index : index + len(phrase)]) == phrase for phrase in appeals.phrases)
        ):
            count += 1
    return count
