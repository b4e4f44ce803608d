"""Loads lexicons/<language>.toml and finds their phrases in the blocks of a page.

A lexicon file has one section a role and, in each, lists of phrases by the way they must match: ``whole_block``,
``starts``, ``anywhere`` or ``hint``. ``*`` at the end of a word matches any ending. Files are read when a page first
needs their language; a language without a file has no phrases.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Final, NamedTuple

from cleanpage.errors import LexiconError
from cleanpage.page import UNSPACED, split_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from cleanpage.page import Page

MATCH_KINDS: Final = ("whole_block", "starts", "anywhere", "hint")
SECTIONS: Final = frozenset(
    "navigation login_prompt subscribe_prompt consent_notice sponsored related sharing author_bio comments legal "
    "interface byline caption".split()
)
STEM_LENGTH: Final = 2
"""Characters of a starred word that index it; the shortest stem allowed."""

MAX_PHRASE_WORDS: Final = 80
"""Words of a block that are searched for phrases: a prompt says what it wants early, and prose stays cheap."""

FALLBACK_LANGUAGE: Final = "en"
"""Pages in every language carry English buttons and banners."""

CONFUSABLE: Final = (
    ("da", "no", "sv"),
    ("cs", "sk"),
    ("es", "pt", "ca", "it"),
    ("ru", "uk", "bg"),
    ("de", "nl"),
    ("ar", "fa"),
)
"""Languages that identifiers take for each other on a few words: their lexicons are searched together."""

UNWRITTEN_SPACE: Final = re.compile(rf"(?<=[{UNSPACED}]) (?=[{UNSPACED}])")
"""Between characters that are words of their own, nobody writes a space."""


class Pattern(NamedTuple):
    """One lexicon phrase, ready to match.

    Attributes:
        words: Its words, without stars.
        is_stem: For each word whether any ending matches.
        section: The role section it stands in.
        kind: How it must match.
        language: The lexicon it is from.
    """

    words: tuple[str, ...]
    is_stem: tuple[bool, ...]
    section: str
    kind: str
    language: str

    @property
    def phrase(self) -> str:
        """The phrase as a person would read it."""
        spaced = " ".join(word + "*" * star for word, star in zip(self.words, self.is_stem, strict=True))
        return UNWRITTEN_SPACE.sub("", spaced)


class PhraseHit(NamedTuple):
    """A phrase found in a block."""

    block: int
    pattern: Pattern
    word: int
    """Index of the phrase's first word in the block."""


class Candidates(NamedTuple):
    """The patterns that may start at a word, by what decides whether they do.

    Attributes:
        single: Patterns of this one word.
        by_second: Patterns of several words, by their second one.
        stemmed: Patterns whose second word matches any ending.
    """

    single: list[Pattern]
    by_second: dict[str, list[Pattern]]
    stemmed: list[Pattern]


NO_CANDIDATES: Final = Candidates([], {}, [])


class _Index:
    """Patterns by their first word."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self.by_word: dict[str, list[Pattern]] = {}
        self.by_stem: dict[str, list[Pattern]] = {}
        for pattern in patterns:
            word = pattern.words[0]
            if pattern.is_stem[0]:
                self.by_stem.setdefault(word[:STEM_LENGTH], []).append(pattern)
            else:
                self.by_word.setdefault(word, []).append(pattern)

    def candidates(self, word: str) -> Candidates:
        """The patterns that may start at a word."""
        patterns = list(self.by_word.get(word, ()))
        patterns += [
            pattern for pattern in self.by_stem.get(word[:STEM_LENGTH], ()) if word.startswith(pattern.words[0])
        ]
        if not patterns:
            return NO_CANDIDATES
        found = Candidates([], {}, [])
        for pattern in patterns:
            if len(pattern.words) == 1:
                found.single.append(pattern)
            elif pattern.is_stem[1]:
                found.stemmed.append(pattern)
            else:
                found.by_second.setdefault(pattern.words[1], []).append(pattern)
        return found


class Lexicon:
    """Phrases ready to be found, of one language or of several."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self.patterns = tuple(patterns)
        self.whole: dict[tuple[str, ...], list[Pattern]] = {}
        at_start: list[Pattern] = []
        for pattern in self.patterns:
            if pattern.kind == "whole_block" and not any(pattern.is_stem):
                self.whole.setdefault(pattern.words, []).append(pattern)
            elif pattern.kind in ("whole_block", "starts"):
                at_start.append(pattern)
        self.at_start = _Index(at_start)
        self.inside = _Index(pattern for pattern in self.patterns if pattern.kind in ("anywhere", "hint"))

    def find(self, words: Sequence[str], block: int, memo: dict[str, Candidates]) -> list[PhraseHit]:
        """The phrases in a block's words.

        Args:
            words: Casefolded words of the block (`page.split_words`).
            block: The block's index, for the hits.
            memo: What `inside` said of each word of the page so far.
        """
        letters = tuple([word for word in words if not word.isdecimal()])
        if not letters:
            return []
        hits = [PhraseHit(block, pattern, 0) for pattern in self.whole.get(letters, ())]
        hits += [PhraseHit(block, pattern, 0) for pattern in self._at_start(letters)]
        candidates = self.inside.candidates
        last = len(words) - 1
        for index, word in enumerate(words):
            known = memo.get(word)
            if known is None:
                known = memo[word] = candidates(word)
            if known is NO_CANDIDATES:
                continue
            hits += [PhraseHit(block, pattern, index) for pattern in known.single]
            if index < last:
                for pattern in (*known.by_second.get(words[index + 1], ()), *known.stemmed):
                    if _matches(pattern, words, index):
                        hits.append(PhraseHit(block, pattern, index))
        return hits

    def _at_start(self, letters: Sequence[str]) -> list[Pattern]:
        """The patterns that start the block or are the whole of it, but for those found in ``whole``."""
        known = self.at_start.candidates(letters[0])
        if known is NO_CANDIDATES:
            return []
        second = letters[1] if len(letters) > 1 else ""
        return [
            pattern
            for pattern in (*known.single, *known.by_second.get(second, ()), *known.stemmed)
            if (pattern.kind == "starts" or len(pattern.words) == len(letters)) and _matches(pattern, letters, 0)
        ]


def _matches(pattern: Pattern, words: Sequence[str], index: int) -> bool:
    """Whether the words after the first are those of the pattern."""
    length = len(pattern.words)
    if index + length > len(words):
        return False
    for offset in range(1, length):
        word, wanted = words[index + offset], pattern.words[offset]
        if word != wanted and not (pattern.is_stem[offset] and word.startswith(wanted)):
            return False
    return True


def read_lexicon(path: Path) -> Lexicon:
    """Reads one lexicon file.

    Raises:
        LexiconError: The file is not TOML, or has an unknown section or match kind, or a phrase without words.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise LexiconError(f"{path}: cannot be read as a lexicon ({error}); write it as UTF-8 TOML") from error
    language = data.pop("language", path.stem)
    return Lexicon(_patterns(path, data, language))


def _patterns(path: Path, data: dict[str, object], language: str) -> Iterable[Pattern]:
    for section, kinds in data.items():
        if section not in SECTIONS or not isinstance(kinds, dict):
            raise LexiconError(f"{path}: unknown section [{section}]; the sections are {', '.join(sorted(SECTIONS))}")
        for kind, phrases in kinds.items():
            if kind not in MATCH_KINDS:
                raise LexiconError(f"{path}: unknown match kind {kind!r} in [{section}]; use {', '.join(MATCH_KINDS)}")
            if not isinstance(phrases, list) or not all(isinstance(phrase, str) for phrase in phrases):
                raise LexiconError(f'{path}: [{section}] {kind} is not a list of phrases; write {kind} = ["..."]')
            for phrase in phrases:
                yield _pattern(path, phrase, section, kind, language)


def _pattern(path: Path, phrase: str, section: str, kind: str, language: str) -> Pattern:
    words: list[str] = []
    is_stem: list[bool] = []
    for part in phrase.split():
        pieces = split_words(part)
        words += pieces
        is_stem += [False] * len(pieces)
        if part.endswith("*") and pieces:
            is_stem[-1] = True
    if not words or any(star and len(word) < STEM_LENGTH for word, star in zip(words, is_stem, strict=True)):
        raise LexiconError(f"{path}: {phrase!r} in [{section}] {kind} has no word, or a starred word that is too short")
    return Pattern(tuple(words), tuple(is_stem), section, kind, language)


@cache
def languages() -> tuple[str, ...]:
    """The languages that have a lexicon, sorted."""
    folder = resources.files("cleanpage") / "lexicons"
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")))


@cache
def load(language: str) -> Lexicon:
    """The lexicon of a language; one without phrases where there is no file for it.

    Args:
        language: ISO 639-1 code.
    """
    if language not in languages():
        return Lexicon(())
    with resources.as_file(resources.files("cleanpage") / "lexicons" / f"{language}.toml") as path:
        return read_lexicon(path)


@lru_cache(maxsize=64)
def merged(languages: tuple[str, ...]) -> Lexicon:
    """The lexicons of several languages as one: pages of a site need the same few."""
    return Lexicon(pattern for language in languages for pattern in load(language).patterns)


def languages_of(page: Page) -> tuple[str, ...]:
    """The lexicons that a page needs: its own language, English, and those of its foreign blocks.

    All of them where the page's language is not known.
    """
    if not page.language:
        return languages()
    foreign = set(filter(None, page.block_languages)) - {page.language}
    wanted = {page.language, FALLBACK_LANGUAGE, *foreign}
    for group in CONFUSABLE:
        if foreign.intersection(group) or (page.is_plain_text and page.language in group):
            wanted.update(group)
    return tuple(sorted(wanted.intersection(languages())))


def find_phrases(page: Page, extra: Sequence[Lexicon] = ()) -> dict[str, list[PhraseHit]]:
    """Finds the phrases of all lexicons that a page needs.

    Args:
        page: A page whose languages are known.
        extra: Lexicons of the user's own, searched on every page.

    Returns:
        The hits by role section, in block order.
    """
    hits: dict[str, list[PhraseHit]] = {}
    memos: list[tuple[Lexicon, dict[str, Candidates]]] = [
        (lexicon, {}) for lexicon in (merged(languages_of(page)), *extra)
    ]
    for block, words in enumerate(page.words):
        searched = words if len(words) <= MAX_PHRASE_WORDS else words[:MAX_PHRASE_WORDS]
        for lexicon, memo in memos:
            for hit in lexicon.find(searched, block, memo):
                hits.setdefault(hit.pattern.section, []).append(hit)
    return hits
