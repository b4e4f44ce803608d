"""How a page is laid out: where its running text stands, what a label heads, which siblings repeat.

Computed once a page and kept with it, for all detectors.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from functools import reduce
from itertools import accumulate
from operator import add
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cleanpage import native
from cleanpage.detectors.evidence import MAX_PROSE_SHARE, MIN_PROSE_WORDS, SENTENCE_ENDS, evidence_of
from cleanpage.roles import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleanpage.page import NodeTable, Page

KERNEL = native.kernel("layout")

CONTENT_SHARE: Final = 0.6
"""The main container is the smallest one with this share of the page's running text."""

MAX_SCOPE_BLOCKS: Final = 40
"""A label inside a larger container, or in plain text, speaks about so many blocks at most."""

MAX_LIST_BLOCKS: Final = 400
"""A label that stands first in its container speaks about so many blocks at most."""

MIN_SCOPE_BLOCKS: Final = 2
"""A container with fewer blocks after its label is a frame around the label: the one around it is looked at."""

GAP_WORDS: Final = 12
"""Words of running text in a plain text that make up for one line of something else."""

MAX_CLIMB: Final = 8
"""Elements above a label that are looked at."""

LIST_TAGS: Final = frozenset(("ul", "ol"))
MIN_LIST_BLOCKS: Final = 3
MIN_CARDS: Final = 3
"""So many siblings alike are a list."""

LINKED_DENSITY: Final = 0.5
"""Blocks with this share of their characters in links are links."""

DOMAIN_SIGN: Final = 1
COPYRIGHT_SIGN: Final = 2
PHONE_SIGN: Final = 4
TIME_SIGN: Final = 8
DATE_SIGN: Final = 16
ODD_START: Final = 32
"""Signs of what may stand in a text, as bits: a domain, a copyright line, a telephone number, a time or date, a date; a
counter. Without its sign it does not stand there."""

DOMAIN_MARK: Final = re.compile(r"\.[\w\x80-\U0010ffff-]")
TIME_MARK: Final = re.compile(r"\d[-./:h年]\s?\d|(?:19|20)\d\d")
DATE_MARK: Final = re.compile(r"\s(?:19|20)\d\d|\d\s?[-./年]\s?\d+\s?[-./月]\s?\d")


class Cards(NamedTuple):
    """A run of siblings alike, each with a link."""

    first: int
    end: int
    card_count: int
    linked_words: float
    """Words in links a sibling."""
    words: float
    """Words a sibling."""


@dataclass(slots=True)
class Layout:
    """How one page is laid out.

    Attributes:
        content_first: First block of the main container.
        content_end: One past its last block.
        first_prose: First block of running text in it; the number of blocks where there is none.
        last_prose: Last one; -1 where there is none.
        prose_word_count: Words of running text on the page.
        own_site: The site the page is from, '' if it does not say.
        cards: Runs of siblings alike.
        lists: First block of each list to one past its last, for lists of at least MIN_LIST_BLOCKS.
        links: Whether each block is a link: most of its characters stand in links.
        headings: The blocks of kind heading.
        signs: The signs of each block (DOMAIN_SIGN and the others), as bits.
    """

    content_first: int
    content_end: int
    first_prose: int
    last_prose: int
    prose_word_count: int
    own_site: str
    cards: list[Cards]
    lists: dict[int, int]
    links: list[bool]
    headings: list[int]
    signs: list[int]

    def is_mostly_prose(self, word_count: int) -> bool:
        """Whether so many words of running text are most of the page's."""
        return word_count > MIN_PROSE_WORDS and word_count > MAX_PROSE_SHARE * self.prose_word_count

    def blocks_with(self, signs: int) -> list[int]:
        """The blocks with any of the signs."""
        if KERNEL is not None:
            found: list[int] = KERNEL.blocks_with(self.signs, signs)
            return found
        return [block for block, own in enumerate(self.signs) if own & signs]

    def is_inside(self, block: int) -> bool:
        """Whether a block stands between the first and the last paragraph of the main container."""
        return self.first_prose <= block <= self.last_prose


def layout_of(page: Page) -> Layout:
    """The layout of a page; computed once a page and kept with it."""
    kept: dict[str, Any] = vars(page)
    layout: Layout | None = kept.get("layout")
    if layout is None:
        layout = kept["layout"] = _lay_out(page)
    return layout


def _lay_out(page: Page) -> Layout:
    evidence = evidence_of(page)
    nodes, heading = page.node_table, Kind.HEADING
    before, counts = evidence.prose_before, evidence.prose_word_counts
    total = evidence.prose_word_count
    first, end = 0, len(page)
    if page.is_plain_text:
        first, end = _densest_run(counts)
    elif total:
        # What has more than half of the text is around the block in which the second half begins.
        row = page.nodes[bisect_left(before, total / 2) - 1]
        while row >= 0 and before[nodes.end_blocks[row]] - before[nodes.first_blocks[row]] < CONTENT_SHARE * total:
            row = nodes.parents[row]
        if row >= 0:
            first, end = nodes.first_blocks[row], nodes.end_blocks[row]
    return Layout(
        content_first=first,
        content_end=end,
        first_prose=next((block for block in range(first, end) if counts[block]), len(page)),
        last_prose=next((block for block in range(end - 1, first - 1, -1) if counts[block]), -1),
        prose_word_count=total,
        own_site=evidence.own_site,
        cards=[] if page.is_plain_text else _cards(page),
        lists=_lists(nodes),
        links=_links(page),
        headings=[block for block, kind in enumerate(page.kinds) if kind is heading],
        signs=text_signs(page.texts),
    )


def text_signs(texts: list[str]) -> list[int]:
    """What each text may hold, by its signs (DOMAIN_SIGN and the others), as bits."""
    if KERNEL is not None:
        found: list[int] = KERNEL.text_signs(texts)
        return found
    return [_signs_of(text) for text in texts]


def _signs_of(text: str) -> int:
    signs = ODD_START if text[0] == "x" or not text[0].isalpha() else 0
    if "." in text and DOMAIN_MARK.search(text):
        signs |= DOMAIN_SIGN
    if "(" in text or "©" in text:
        signs |= COPYRIGHT_SIGN
    if "0" in text or "+" in text:
        signs |= PHONE_SIGN
    if TIME_MARK.search(text):
        signs |= TIME_SIGN | (DATE_SIGN if DATE_MARK.search(text) else 0)
    return signs


def _links(page: Page) -> list[bool]:
    if KERNEL is not None:
        found: list[bool] = KERNEL.links(page.texts, page.link_char_counts, LINKED_DENSITY)
        return found
    columns = zip(page.link_char_counts, page.texts, strict=True)
    return [chars > 0 and chars > LINKED_DENSITY * len(text) for chars, text in columns]


def _lists(nodes: NodeTable) -> dict[int, int]:
    """The outermost list that starts at each block."""
    found: dict[int, int] = {}
    for row in [row for row, tag in enumerate(nodes.tags) if tag in LIST_TAGS]:
        first, end = nodes.first_blocks[row], nodes.end_blocks[row]
        if end - first >= MIN_LIST_BLOCKS:
            found.setdefault(first, end)
    return found


def _densest_run(prose: Sequence[int]) -> tuple[int, int]:
    """The run of lines with the most running text, where a line without any costs a few words (Kadane's algorithm).

    It is what a plain text has for a main container.
    """
    best, best_first, best_end = 0, 0, 0
    score, first = 0, 0
    for block, words in enumerate(prose):
        if score <= 0:
            score, first = 0, block
        score += words or -GAP_WORDS
        if score > best:
            best, best_first, best_end = score, first, block + 1
    return (best_first, best_end) if best else (0, len(prose))


def _cards(page: Page) -> list[Cards]:
    if KERNEL is not None:
        return [Cards._make(fields) for fields in KERNEL.cards(page, MIN_CARDS)]
    nodes = page.node_table
    groups: dict[tuple[int, str, str], list[int]] = {}
    firsts, ends, tags, names = nodes.first_blocks, nodes.end_blocks, nodes.tags, nodes.names
    # the root has no parent, and no siblings either
    parents = {parent for parent, count in Counter(nodes.parents).items() if count >= MIN_CARDS and parent >= 0}
    for row in [row for row, parent in enumerate(nodes.parents) if parent in parents]:
        if firsts[row] < ends[row] and tags[row] != "p":
            own_names = names[row]
            key = (nodes.parents[row], tags[row], own_names[0] if own_names else "")
            if key in groups:
                groups[key].append(row)
            else:
                groups[key] = [row]
    runs = [rows for rows in groups.values() if len(rows) >= MIN_CARDS]
    if not runs:
        return []
    links_before = [0, *accumulate(map(bool, page.hrefs))]
    words_before = [0, *accumulate(page.word_counts)]
    columns_of_links = zip(page.word_counts, page.link_char_counts, page.texts, strict=True)
    linked_words = [count * chars / len(text) if chars else 0.0 for count, chars, text in columns_of_links]
    cards = []
    for rows in runs:
        linked = sum([links_before[ends[row]] > links_before[firsts[row]] for row in rows])
        if linked < MIN_CARDS or linked * 3 < len(rows) * 2:
            continue  # most of them hold no link
        first, end = firsts[rows[0]], ends[rows[-1]]
        linked_count = reduce(add, linked_words[first:end], 0.0)
        word_count = words_before[end] - words_before[first]
        cards.append(Cards(first, end, len(rows), linked_count / len(rows), word_count / len(rows)))
    return cards


def is_line(page: Page, block: int) -> bool:
    """Whether a block of a plain text does not end like a sentence: a menu item, a headline, a label."""
    return page.texts[block][-1] not in SENTENCE_ENDS


def is_link(page: Page, block: int) -> bool:
    """Whether most of a block's characters stand in links."""
    return page.link_char_counts[block] > LINKED_DENSITY * len(page.texts[block])


def label_scope(page: Page, block: int, *, heads_prose: bool) -> int:
    """How far a label speaks: to the end of its container or the next heading of its rank.

    A label that is no heading speaks only where it stands first in its container.

    Args:
        page: The page.
        block: The label.
        heads_prose: Whether running text after the label belongs to it.

    Returns:
        One past the last block that it heads; ``block + 1`` where it heads none.
    """
    prose = evidence_of(page).prose_word_counts
    if page.is_plain_text:
        return min(len(page), block + MAX_SCOPE_BLOCKS)
    end, is_first = _container_of_label(page.node_table, page.nodes[block], block)
    if not is_first and page.kinds[block] is not Kind.HEADING:
        return block + 1
    end = min(end, block + (MAX_LIST_BLOCKS if is_first else MAX_SCOPE_BLOCKS))
    level = page.levels[block] if page.kinds[block] is Kind.HEADING else 6
    kinds, levels = page.kinds, page.levels
    for other in range(block + 1, end):
        if kinds[other] is Kind.HEADING and levels[other] <= level and not is_link(page, other):
            return other
        if prose[other] and not is_first and not heads_prose:
            return other
    return end


def _container_of_label(nodes: NodeTable, node: int, block: int) -> tuple[int, bool]:
    """The end of the container that a label heads, and whether the label stands first in it."""
    for _ in range(MAX_CLIMB):
        if nodes.end_blocks[node] - block - 1 >= MIN_SCOPE_BLOCKS or nodes.parents[node] < 0:
            break
        node = nodes.parents[node]
    return nodes.end_blocks[node], nodes.first_blocks[node] == block
