"""How a page is laid out: where its running text stands, what a label heads, which siblings repeat.

Computed once a page and kept with it, for all detectors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cleanpage.detectors.evidence import MAX_PROSE_SHARE, MIN_PROSE_WORDS, SENTENCE_ENDS, evidence_of
from cleanpage.roles import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleanpage.page import NodeTable, Page

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
    """

    content_first: int
    content_end: int
    first_prose: int
    last_prose: int
    prose_word_count: int
    own_site: str
    cards: list[Cards]
    lists: dict[int, int]

    def is_mostly_prose(self, word_count: int) -> bool:
        """Whether so many words of running text are most of the page's."""
        return word_count > MIN_PROSE_WORDS and word_count > MAX_PROSE_SHARE * self.prose_word_count

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
    nodes = page.node_table
    before, counts = evidence.prose_before, evidence.prose_word_counts
    total = evidence.prose_word_count
    first, end = 0, len(page)
    if page.is_plain_text:
        first, end = _densest_run(counts)
    elif total:
        wanted = CONTENT_SHARE * total
        # Elements with more than half of the text lie inside each other, so the last one is the smallest.
        for node_first, node_end in zip(nodes.first_blocks, nodes.end_blocks, strict=True):
            if before[node_end] - before[node_first] >= wanted:
                first, end = node_first, node_end
    prose = [block for block in range(first, end) if counts[block]]
    return Layout(
        content_first=first,
        content_end=end,
        first_prose=prose[0] if prose else len(page),
        last_prose=prose[-1] if prose else -1,
        prose_word_count=total,
        own_site=evidence.own_site,
        cards=[] if page.is_plain_text else _cards(page),
        lists=_lists(nodes),
    )


def _lists(nodes: NodeTable) -> dict[int, int]:
    """The outermost list that starts at each block."""
    found: dict[int, int] = {}
    for tag, first, end in zip(nodes.tags, nodes.first_blocks, nodes.end_blocks, strict=True):
        if tag in LIST_TAGS and end - first >= MIN_LIST_BLOCKS:
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
    nodes = page.node_table
    groups: dict[tuple[int, str, str], list[int]] = {}
    firsts, ends = nodes.first_blocks, nodes.end_blocks
    for row, (parent, tag, names) in enumerate(zip(nodes.parents, nodes.tags, nodes.names, strict=True)):
        first, end = firsts[row], ends[row]
        # an element that holds all of its parent's blocks has no siblings
        if first < end and parent >= 0 and end - first < ends[parent] - firsts[parent]:
            key = (parent, tag, names[0] if names else "")
            group = groups.get(key)
            if group is None:
                groups[key] = [row]
            else:
                group.append(row)
    cards = []
    for (_, tag, _), rows in groups.items():
        if len(rows) >= MIN_CARDS and tag != "p":
            first, end = nodes.first_blocks[rows[0]], nodes.end_blocks[rows[-1]]
            if found := _card_run(page, rows, first, end):
                cards.append(found)
    return cards


def _card_run(page: Page, rows: list[int], first: int, end: int) -> Cards | None:
    """Describes a run of siblings, if most of them hold a link."""
    nodes, hrefs, counts = page.node_table, page.hrefs, page.word_counts
    linked = sum(1 for row in rows if any(hrefs[nodes.first_blocks[row] : nodes.end_blocks[row]]))
    if linked < MIN_CARDS or linked * 3 < len(rows) * 2:
        return None
    words = linked_words = 0.0
    for block in range(first, end):
        words += counts[block]
        if page.link_char_counts[block]:
            linked_words += counts[block] * page.link_char_counts[block] / len(page.texts[block])
    return Cards(first, end, len(rows), linked_words / len(rows), words / len(rows))


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
