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
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cleanpage import native
from cleanpage.errors import LexiconError
from cleanpage.page import UNSPACED, split_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from cleanpage.page import Page

KERNEL = native.kernel("phrases")

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
        return _written(self.words, self.is_stem)


@lru_cache(maxsize=1 << 12)
def _written(words: tuple[str, ...], is_stem: tuple[bool, ...]) -> str:
    spaced = " ".join(word + "*" * star for word, star in zip(words, is_stem, strict=True))
    return UNWRITTEN_SPACE.sub("", spaced)


class PhraseHit(NamedTuple):
    """A phrase found in a block."""

    block: int
    pattern: Pattern
    word: int
    """Index of the phrase's first word in the block."""


Place = tuple[Pattern, int]
"""A pattern, and the index of the word of a text that it starts at."""


class _Entry(NamedTuple):
    """A pattern in an index.

    Attributes:
        rank: Where it stands among the patterns that start at the same word: by `_precedence`, language, and place.
        offset: Index of the pattern's word that it is indexed by.
        needed: Its other words, without those that match any ending: a page that lacks one cannot have the phrase.
        pattern: The pattern.
    """

    rank: tuple[int, bool, str, int]
    offset: int
    needed: tuple[str, ...]
    pattern: Pattern

    def starts_at(self, words: list[str], start: int) -> bool:
        """Whether all words of the pattern stand at a place."""
        pattern = self.pattern
        there = tuple(words[start : start + len(pattern.words)])
        return there == pattern.words or (
            len(there) == len(pattern.words)
            and any(pattern.is_stem)
            and all(
                word == wanted or (is_stem and word.startswith(wanted))
                for word, wanted, is_stem in zip(there, pattern.words, pattern.is_stem, strict=True)
            )
        )


class _Index:
    """Patterns by one of their words.

    A process may hold tens of thousands of patterns for good, and Python's collector looks at each object that holds
    others: so an entry holds strings and numbers as far as it can, and no sets or lists.
    """

    def __init__(self, patterns: Sequence[Pattern], *, by_longest: bool) -> None:
        """Indexes patterns.

        Args:
            patterns: The patterns.
            by_longest: Whether by the longest word, which the fewest texts have, instead of the first.
        """
        self.by_word: dict[str, list[_Entry]] = {}
        self.by_stem: dict[str, list[_Entry]] = {}
        for place, pattern in enumerate(patterns):
            words, is_stem = pattern.words, pattern.is_stem
            places = range(len(words)) if by_longest else range(1)
            offset = max(places, key=lambda place: (not is_stem[place], len(words[place])))
            needed = {word for word, star in zip(words, is_stem, strict=True) if not star} - {words[offset]}
            rank = (*_precedence(pattern), pattern.language, place)
            entry = _Entry(rank, offset, tuple(needed), pattern)
            if is_stem[offset]:
                self.by_stem.setdefault(words[offset][:STEM_LENGTH], []).append(entry)
            else:
                self.by_word.setdefault(words[offset], []).append(entry)

    def find_entries(self, vocabulary: set[str], stemmed: Iterable[str], found: dict[str, list[_Entry]]) -> None:
        """Adds the patterns whose words a page has, by the word of the page that they are indexed by.

        Args:
            vocabulary: All words of the page.
            stemmed: Those that begin like a stem of some lexicon.
            found: What they are added to.
        """
        has_all = vocabulary.issuperset
        for word in self.by_word.keys() & vocabulary:
            if entries := [entry for entry in self.by_word[word] if has_all(entry.needed)]:
                found.setdefault(word, []).extend(entries)
        for word in stemmed:
            for entry in self.by_stem.get(word[:STEM_LENGTH], ()):
                if word.startswith(entry.pattern.words[entry.offset]) and has_all(entry.needed):
                    found.setdefault(word, []).append(entry)


def _precedence(pattern: Pattern) -> tuple[int, bool]:
    """The order of the hits at one word: single words first, patterns with stems after those without."""
    words, is_stem = pattern.words, pattern.is_stem
    return (0 if len(words) == 1 else 2 if is_stem[1] else 1), is_stem[0]


class Lexicon:
    """Phrases ready to be found, of one language or of a file."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self.patterns = tuple(patterns)
        self.whole: dict[tuple[str, ...], list[Pattern]] = {}
        at_start: list[Pattern] = []
        for pattern in self.patterns:
            if pattern.kind == "whole_block" and not any(pattern.is_stem):
                self.whole.setdefault(pattern.words, []).append(pattern)
            elif pattern.kind in ("whole_block", "starts"):
                at_start.append(pattern)
        self.whole_firsts = frozenset(words[0] for words in self.whole)
        self.max_whole_words = max(map(len, self.whole), default=0)
        self.max_start_words = max([self.max_whole_words, *[len(pattern.words) for pattern in at_start]])
        self.at_start = _Index(at_start, by_longest=False)
        self.inside = _Index([p for p in self.patterns if p.kind in ("anywhere", "hint")], by_longest=True)
        self.stems = frozenset(self.at_start.by_stem.keys() | self.inside.by_stem.keys())
        self.indexed = frozenset(self.at_start.by_word.keys() | self.inside.by_word.keys() | self.whole_firsts)
        self.kernel_index: Any = KERNEL.Index(self, STEM_LENGTH) if KERNEL is not None else None


class Search:
    """The phrases of some lexicons that the words of a page allow: a small part of all.

    Attributes:
        lexicons: The lexicons.
        at_start: Patterns that start a block, or are the whole of it, by their first word.
        inside: Patterns that may stand anywhere, by one of their words.
        firsts: Words of the page that a phrase may begin with which starts a block or is the whole of it.
    """

    def __init__(self, lexicons: Sequence[Lexicon], vocabulary: set[str]) -> None:
        """Looks up the words of a page.

        Args:
            lexicons: What is searched for.
            vocabulary: All words of the texts that are going to be searched.
        """
        self.lexicons = lexicons
        self.at_start: dict[str, list[_Entry]] = {}
        self.inside: dict[str, list[_Entry]] = {}
        stems: set[str] = set().union(*[lexicon.stems for lexicon in lexicons])
        stemmed = [word for word in vocabulary if word[:STEM_LENGTH] in stems]
        for lexicon in lexicons:
            lexicon.at_start.find_entries(vocabulary, stemmed, self.at_start)
            lexicon.inside.find_entries(vocabulary, stemmed, self.inside)
        self.firsts: set[str] = set(self.at_start)
        for lexicon in lexicons:
            self.firsts |= lexicon.whole_firsts & vocabulary
        self.max_whole_words = max([lexicon.max_whole_words for lexicon in lexicons], default=0)

    def find_all(self, texts: Mapping[int, list[str]]) -> dict[int, list[Place]]:
        """The phrases in several texts of the page.

        Args:
            texts: Casefolded words by any key.

        Returns:
            What there is, by the same keys: most texts have no phrase.
        """
        firsts = self.firsts
        has_none_inside = self.inside.keys().isdisjoint
        return {
            key: found
            for key, words in texts.items()
            if words
            and (words[0] in firsts or words[0].isdecimal() or not has_none_inside(words))
            and (found := self.find(words))
        }

    def find(self, words: list[str]) -> list[Place]:
        """The phrases in a text of the page.

        Args:
            words: Its casefolded words (`page.split_words`).
        """
        if not words:
            return []
        found: list[Place] = []
        letters = words
        if words[0].isdecimal():
            letters = [word for word in words if not word.isdecimal()]
            if not letters:
                return []
        if letters[0] in self.firsts:
            found = self._find_at_start([word for word in letters if not word.isdecimal()])
        inside = self.inside
        if inside.keys().isdisjoint(words):
            return found
        hits = [
            (index - entry.offset, entry.rank, entry.pattern)
            for index, word in enumerate(words)
            if word in inside
            for entry in inside[word]
            if len(entry.pattern.words) == 1 or (index >= entry.offset and entry.starts_at(words, index - entry.offset))
        ]
        hits.sort()  # ranks differ: no two patterns are ever compared
        return found + [(pattern, start) for start, _, pattern in hits]

    def _find_at_start(self, letters: list[str]) -> list[Place]:
        """The patterns that start a block or are the whole of it."""
        found: list[Place] = []
        if len(letters) <= self.max_whole_words:
            key = tuple(letters)
            found = [(pattern, 0) for lexicon in self.lexicons for pattern in lexicon.whole.get(key, ())]
        entries = [
            (entry.rank, entry.pattern)
            for entry in self.at_start.get(letters[0], ())
            if (entry.pattern.kind == "starts" or len(entry.pattern.words) == len(letters))
            and entry.starts_at(letters, 0)
        ]
        return found + [(pattern, 0) for _, pattern in sorted(entries)]


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
    own = [load(language) for language in languages_of(page)]
    lexicons = [own, *[[lexicon] for lexicon in extra]]
    if KERNEL is not None:
        indexes = [[lexicon.kernel_index for lexicon in together] for together in lexicons]
        hits: dict[str, list[PhraseHit]] = KERNEL.find_hits(page.words, indexes, MAX_PHRASE_WORDS, PhraseHit)
        return hits
    # Blocks of the same text share their words: each list is searched once.
    searched = {
        id(words): words if len(words) <= MAX_PHRASE_WORDS else words[:MAX_PHRASE_WORDS] for words in page.words
    }
    vocabulary: set[str] = set().union(*searched.values())
    searches = [Search(together, vocabulary) for together in lexicons]
    found: dict[int, list[Place]] = {}
    for search in searches:
        for key, places in search.find_all(searched).items():
            found.setdefault(key, []).extend(places)
    hits = {}
    for block, key in enumerate(map(id, page.words)):
        for pattern, word in found.get(key, ()):
            hits.setdefault(pattern.section, []).append(PhraseHit(block, pattern, word))
    return hits
