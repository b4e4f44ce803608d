"""The Page: every block of a page in columns, and the Signal that detectors yield about blocks.

A page is two tables held as parallel columns. The block table has one row a block (one run of visible text).
The node table has one row a block-level element, in document order, so that a node's blocks are the contiguous
range ``node_first_blocks[n] .. node_end_blocks[n]`` and any sum over a container is a difference of two cumulative
sums. Detectors and features read the Page and nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from cleanpage import native

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from cleanpage.lexicon import PhraseHit
    from cleanpage.roles import Kind, Role

UNSPACED = r"\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
"""Hiragana, Katakana and Han are written without spaces: every character is a word."""

MARKS = r"\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0966-\u109f"
"""Combining marks, which ``\\w`` leaves out, and the Indic and South-East Asian scripts that cannot be read without."""

# The inner runs spare most characters the alternative: four fifths of the time.
WORD = re.compile(rf"[{UNSPACED}]|(?:[^\W_{UNSPACED}]+|[{MARKS}]+)+")

FOLDED_CODE_COUNT: Final = 0x3040
"""Code points below this are folded by a table, and of those above only the Hangul syllables and the wide forms of
letters and punctuation: what is left is written without spaces or seldom."""

HANGUL: Final = (0xAC00, 0xD7A4)
FULL_WIDTH: Final = (0xFF00, 0xFFF0)
NO_LETTERS: Final = ((0xE000, 0xF900), (0xFE00, 0xFE10), (0xFEFF, 0xFF00))
"""What icon fonts draw, variation selectors, the mark of byte order: in no word."""

LIGATURES: Final = (0xFB00, 0xFB07)
"""Latin letters that casefolding takes apart, beyond FOLDED_CODE_COUNT."""

NOT_FOLDED: Final = 0xFFFF
"""Stands in the table for what one character cannot replace; no text has this one."""

KERNEL: Final = native.kernel("words")
DOCUMENT_KERNEL: Final = native.kernel("document")

MAX_NAME_CHARS: Final = 4096
"""Characters of a class or id token and of a link's target that are kept: what is known of thousands of them is
remembered from page to page."""

STEP = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)
"""A tag that can stand in an XPath as it is."""


def split_words(text: str) -> list[str]:
    """Splits a text into casefolded words; a CJK character is a word of its own.

    Args:
        text: Any text.

    Returns:
        The words in order, without punctuation. The dot that casefolding leaves on Turkish İ is dropped.
    """
    folded = text.casefold()
    if "\u0307" in folded:
        folded = folded.replace("\u0307", "")
    return WORD.findall(folded)


@cache
def _folding() -> NDArray[np.uint16]:
    """What stands for each code point in a text that only has to be cut at its spaces; NOT_FOLDED where nothing can."""
    import numpy as np

    folding = np.full(NOT_FOLDED + 1, NOT_FOLDED, np.dtype("<u2"))
    for code in (*range(1, FOLDED_CODE_COUNT), *range(*FULL_WIDTH)):
        words = split_words(chr(code))
        if not words and chr(code) != "\u0307":
            folding[code] = ord(" ")
        elif words and len(words[0]) == 1:
            folding[code] = ord(words[0])
    folding[0] = 0
    folding[slice(*HANGUL)] = np.arange(*HANGUL)
    for part in NO_LETTERS:
        folding[slice(*part)] = ord(" ")
    folding.setflags(write=False)
    return folding


@cache
def _expansions() -> dict[int, str]:
    """What casefolding makes of the letters that one character cannot replace, ligatures among them."""
    folding = _folding()
    folded = {
        code: chr(code).casefold().replace("\u0307", "")
        for code in (*range(FOLDED_CODE_COUNT), *range(*LIGATURES))
        if folding[code] == NOT_FOLDED
    }
    return {code: letters for code, letters in folded.items() if not letters or WORD.fullmatch(letters)}


def split_all(texts: Sequence[str]) -> list[list[str]]:
    """Splits many texts as `split_words` does, all at once: a quarter of the time.

    Args:
        texts: Any texts.

    Returns:
        The words of each; equal texts share one list.
    """
    return split_and_number(texts)[0]


def split_and_number(texts: Sequence[str]) -> tuple[list[list[str]], tuple[bytes, bytes, list[str]] | None]:
    """Splits texts, and numbers their words where a kernel does both at once.

    Args:
        texts: Any texts.

    Returns:
        What `split_all` returns, and the columns of a features.numbers.WordNumbers, the arrays as bytes; None where the
        words are still to be numbered.
    """
    if KERNEL is not None:
        return cast(
            "tuple[list[list[str]], tuple[bytes, bytes, list[str]] | None]",
            KERNEL.split_and_number(texts, _folding(), _expansions(), split_words),
        )
    return _split_all(texts), None


def _split_all(texts: Sequence[str]) -> list[list[str]]:
    """Splits texts all at once, if none of them has a NUL."""
    import numpy as np

    distinct = dict.fromkeys(texts)
    codes = np.frombuffer("\0".join(distinct).encode("utf-16-le", "surrogatepass"), np.dtype("<u2"))
    folded = _folding().take(codes, mode="clip").tobytes().decode("utf-16-le")
    parts = folded.split("\0")
    if len(parts) != len(distinct):  # a text with a NUL of its own, or none at all
        return [split_words(text) for text in texts]
    is_folded = chr(NOT_FOLDED) not in folded
    words = {
        text: part.split() if is_folded or chr(NOT_FOLDED) not in part else split_words(text)
        for text, part in zip(distinct, parts, strict=True)
    }
    return [words[text] for text in texts]


class Signal(NamedTuple):
    """One piece of evidence about a run of blocks.

    Attributes:
        block: Index of the first block it speaks about.
        role: The role it speaks for (a content role protects).
        weight: Strength of the evidence, 0..1; 1 leaves no doubt to a person.
        reason: ``detector.evidence:detail``.
        block_end: One past the last block it speaks about; 0 means ``block + 1``.
    """

    block: int
    role: Role
    weight: float
    reason: str
    block_end: int = 0

    @property
    def blocks(self) -> range:
        """The indexes of the blocks it speaks about."""
        return range(self.block, self.block_end or self.block + 1)


class FilterHit(NamedTuple):
    """What a rule of a filter list hides.

    Attributes:
        block: Index of the first block.
        block_end: One past the last.
        role: What the list hides.
        selector: The rule's.
    """

    block: int
    block_end: int
    role: Role
    selector: str


@dataclass(frozen=True, slots=True)
class SiteEvidence:
    """What a site template tells about the blocks of a page, a row a block; zeros where it tells nothing.

    Attributes:
        page_count: Pages that the template was learned from.
        text_pages: How many of them have the block's text.
        text_roles: Mean logarithm of the probability of each role that the text had there.
        is_repeat: Whether the text is so long, and on so many of them, that it is no content of any.
        place_pages: How many of them have a block at the same place.
        place_main: Mean logarithm of the odds that blocks there are main text.
        place_roles: Mean logarithm of the probability of each role that they had.
    """

    page_count: int
    text_pages: NDArray[np.int64]
    text_roles: NDArray[np.float64]
    is_repeat: NDArray[np.bool_]
    place_pages: NDArray[np.int64]
    place_main: NDArray[np.float64]
    place_roles: NDArray[np.float64]


@dataclass(slots=True)
class Head:
    """What the page says about itself outside its visible blocks.

    Attributes:
        title: Text of ``<title>``.
        language: ``<html lang>`` or the content-language header, as written; '' where absent.
        meta: ``name`` or ``property`` of each ``<meta>`` (casefolded) to its first content.
        canonical: ``<link rel=canonical>`` href.
        base: ``<base>`` href, from which relative links start.
        json_ld: The raw texts of the JSON-LD scripts.
    """

    title: str = ""
    language: str = ""
    meta: dict[str, str] = field(default_factory=dict)
    canonical: str = ""
    base: str = ""
    json_ld: list[str] = field(default_factory=list)


@dataclass(slots=True)
class NodeTable:
    """The block-level elements of a page in document order, as columns of equal length.

    Attributes:
        tags: Tag name, lower-case.
        parents: Row of the parent node, -1 for the root.
        depths: Number of ancestors.
        positions: 1-based position among siblings of the same tag (for XPath).
        names: Class and id tokens as written, casefolded, class tokens first, ids with a leading '#'.
        attributes: The other attributes that detectors read (tags.ATTRIBUTES), as written.
        first_blocks: Index of the first block inside.
        end_blocks: One past the index of the last block inside.
        has_namespaces: Whether the page was read as XML with namespaces, so that a bare tag finds nothing.
    """

    tags: list[str] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    depths: list[int] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    names: list[tuple[str, ...]] = field(default_factory=list)
    attributes: list[dict[str, str]] = field(default_factory=list)
    first_blocks: list[int] = field(default_factory=list)
    end_blocks: list[int] = field(default_factory=list)
    has_namespaces: bool = False

    def __len__(self) -> int:
        return len(self.tags)

    def xpaths(self, nodes: list[int] | None = None) -> list[str]:
        """The XPath of nodes on the page as given.

        Args:
            nodes: Their rows; None takes all.
        """
        nodes = list(range(len(self))) if nodes is None else nodes
        # A prefixed or odd name is no valid step, and in a namespace a bare name finds nothing.
        steps = {
            tag: tag if not self.has_namespaces and STEP.fullmatch(tag) else f"*[local-name()={_quoted(tag)}]"
            for tag in set(self.tags)
        }
        if DOCUMENT_KERNEL is not None:
            encoded = {tag: step.encode() for tag, step in steps.items()}
            kernel_paths: list[str] = DOCUMENT_KERNEL.xpaths(self.tags, self.parents, self.positions, encoded, nodes)
            return kernel_paths
        paths: list[str] = []
        for tag, parent, position in zip(self.tags, self.parents, self.positions, strict=True):
            paths.append(f"{paths[parent] if parent >= 0 else ''}/{steps[tag]}[{position}]")
        return [paths[node] for node in nodes]

    def ancestors(self, node: int) -> list[int]:
        """The node and its ancestors, innermost first."""
        chain: list[int] = []
        while node >= 0:
            chain.append(node)
            node = self.parents[node]
        return chain


def _quoted(name: str) -> str:
    """A name as an XPath string; XPath 1.0 can only write both kinds of quotation marks by joining pieces."""
    if '"' not in name:
        return f'"{name}"'
    if "'" not in name:
        return f"'{name}'"
    pieces = ", '\"', ".join(f'"{piece}"' for piece in name.split('"'))
    return f"concat({pieces})"


@dataclass
class Page:
    """A page cut into blocks: the only thing that detectors and features read.

    Attributes:
        texts: Visible text of each block, white space folded; ``<br>`` is a newline, code keeps its own.
        kinds: Structure of each block.
        levels: Heading level (1-6) or list depth (1-); 0 elsewhere.
        nodes: Row of the block's element in the node table.
        inline_names: Class and id tokens of the inline elements inside each block, and rel tokens of links as 'rel=x'.
        inline_tags: Tags of the inline elements inside each block (without repetition).
        link_char_counts: Characters of each block inside ``<a>``.
        hrefs: Link targets of each block, as written.
        image_counts: Images in each block or since the block before it.
        input_counts: Form fields in each block or since the block before it.
        starts: Character offset of each block in a plain-text input; empty for HTML.
        ends: Offset one past each block's last character.
        node_table: The block-level elements.
        head: What the page says about itself.
        url: Where the page is from, if known.
        is_plain_text: Whether the page came without markup.
        language: Main language of the content, an ISO 639-1 code, '' if not known; filled by cleanpage.language.
        block_languages: Language of each block that can carry one, '' elsewhere; filled with ``language``.
        block_language_confidences: 0..1 for each of these.
        phrase_hits: Lexicon phrases found, by role section; filled by cleanpage.lexicon.
        filter_hits: What filter lists hide, if the caller brings some; filled by cleanpage.filter_lists.
        site_evidence: What other pages of its site tell, if the caller brings a template; filled by the arbiter.
        warnings: What was unusual while reading it.
    """

    texts: list[str] = field(default_factory=list)
    kinds: list[Kind] = field(default_factory=list)
    levels: list[int] = field(default_factory=list)
    nodes: list[int] = field(default_factory=list)
    inline_names: list[tuple[str, ...]] = field(default_factory=list)
    inline_tags: list[tuple[str, ...]] = field(default_factory=list)
    link_char_counts: list[int] = field(default_factory=list)
    hrefs: list[tuple[str, ...]] = field(default_factory=list)
    image_counts: list[int] = field(default_factory=list)
    input_counts: list[int] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    node_table: NodeTable = field(default_factory=NodeTable)
    head: Head = field(default_factory=Head)
    url: str = ""
    is_plain_text: bool = False
    language: str = ""
    block_languages: Sequence[str] = ()
    block_language_confidences: Sequence[float] = ()
    phrase_hits: dict[str, list[PhraseHit]] = field(default_factory=dict)
    filter_hits: Sequence[FilterHit] = ()
    site_evidence: SiteEvidence | None = None
    warnings: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.texts)

    def forget(self) -> None:
        """Drops what was worked out about the page and is not in its columns: words, phrases, evidence, layout.

        The words are split again where they are asked for.
        """
        kept = vars(self)
        for name in kept.keys() - self.__dataclass_fields__.keys():
            del kept[name]
        self.phrase_hits = {}
        self.site_evidence = None

    @property
    def address(self) -> str:
        """Where it is from, by the caller's word or by its own; '' where neither tells."""
        told = (self.url, self.head.canonical, self.head.meta.get("og:url", ""))
        return next((url for url in told if url.startswith(("https://", "http://"))), "")

    @cached_property
    def words(self) -> list[list[str]]:
        """The casefolded words of each block; blocks of the same text share one list."""
        words, vars(self)["numbered"] = split_and_number(self.texts)  # for features.numbers
        return words

    @cached_property
    def word_counts(self) -> list[int]:
        """The number of words of each block."""
        return list(map(len, self.words))
