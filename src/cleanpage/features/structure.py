"""Where each block stands: its containers, siblings, headings, and the page's main container.

A node's blocks are a contiguous range, so every container sum is a difference of two cumulative sums.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from cleanpage import native
from cleanpage.features.columns import constant
from cleanpage.roles import Kind

if TYPE_CHECKING:
    from cleanpage.page import NodeTable, Page

KERNEL: Final = native.kernel("structure")

KINDS: Final = tuple(Kind)
LOOK_ATTRIBUTES: Final = ("role", "itemprop", "itemtype", "rel", "type", "data-testid", "data-component")
LOOK_ATTRIBUTE_SET: Final = frozenset(LOOK_ATTRIBUTES)
CONTAINER_LEVELS: Final = 5
"""How many containers above a block are described: its own element and four ancestors."""

MAIN_SHARES: Final = (0.5, 0.75, 0.95)
"""The smallest containers that hold these shares of the page's running text."""

RUNNING_TEXT_WORDS: Final = 12
"""Words from which a block with few links counts as running text."""

RUNNING_TEXT_LINK_DENSITY: Final = 0.4


@dataclass(slots=True)
class Layout:
    """The page's tables as arrays, shared by the structural features.

    Attributes:
        nodes: Node row of each block.
        parents: Parent row of each node; the root is its own parent.
        depths: Number of ancestors of each node.
        first_blocks: First block of each node.
        end_blocks: One past the last block of each node.
        ancestors: Node rows, CONTAINER_LEVELS × blocks.
        looks: An id a node: same tag, class and id tokens and attributes give the same id.
        look_nodes: The first node of each look.
        word_counts: Words of each block.
        link_word_counts: Words of each block inside links, as a share of its characters.
        running_words: Words of each block that is running text, 0 of others.
    """

    nodes: np.ndarray
    parents: np.ndarray
    depths: np.ndarray
    first_blocks: np.ndarray
    end_blocks: np.ndarray
    ancestors: np.ndarray
    looks: np.ndarray
    look_nodes: list[int]
    word_counts: np.ndarray
    link_word_counts: np.ndarray
    running_words: np.ndarray


def layout_of(page: Page) -> Layout:
    """Reads the page's tables into arrays."""
    table = page.node_table
    looks, look_nodes = _looks(table)
    if KERNEL is not None:
        node_columns = table.parents, table.depths, table.first_blocks, table.end_blocks
        block_columns = page.word_counts, page.link_char_counts, page.texts
        bounds = RUNNING_TEXT_WORDS, RUNNING_TEXT_LINK_DENSITY
        of_nodes, levels, words = KERNEL.layout_arrays(page.nodes, node_columns, *block_columns, *bounds)
        parents, depths, first, end = of_nodes
        return Layout(levels[0], parents, depths, first, end, levels, looks, look_nodes, *words)
    nodes = np.array(page.nodes, dtype=np.int64)
    parents = np.maximum(0, np.array(table.parents, dtype=np.int64))
    ancestors = [nodes]
    for _ in range(CONTAINER_LEVELS - 1):
        ancestors.append(parents[ancestors[-1]])
    word_counts = np.array(page.word_counts, dtype=np.float64)
    char_counts = np.maximum(1, np.fromiter(map(len, page.texts), dtype=np.int64, count=len(page)))
    link_word_counts = word_counts * np.minimum(1.0, np.array(page.link_char_counts, dtype=np.int64) / char_counts)
    is_running = (word_counts >= RUNNING_TEXT_WORDS) & (link_word_counts <= RUNNING_TEXT_LINK_DENSITY * word_counts)
    return Layout(
        nodes,
        parents,
        np.array(table.depths, dtype=np.int64),
        np.array(table.first_blocks, dtype=np.int64),
        np.array(table.end_blocks, dtype=np.int64),
        np.stack(ancestors),
        looks,
        look_nodes,
        word_counts,
        link_word_counts,
        word_counts * is_running,
    )


def _looks(table: NodeTable) -> tuple[np.ndarray, list[int]]:
    if KERNEL is not None:
        kernel_looks: tuple[np.ndarray, list[int]] = KERNEL.looks_of(
            table.tags, table.names, table.attributes, LOOK_ATTRIBUTES
        )
        return kernel_looks
    ids: dict[tuple[object, ...], int] = {}
    looks: list[int] = []
    look_nodes: list[int] = []
    for node, (tag, names, attributes) in enumerate(zip(table.tags, table.names, table.attributes, strict=True)):
        key: tuple[object, ...] = (tag, names)
        if attributes and not LOOK_ATTRIBUTE_SET.isdisjoint(attributes):
            key = (tag, names, *map(attributes.get, LOOK_ATTRIBUTES))
        look = ids.get(key)
        if look is None:
            look = ids[key] = len(look_nodes)
            look_nodes.append(node)
        looks.append(look)
    return np.array(looks, dtype=np.int64), look_nodes


def group_ids(layout: Layout) -> np.ndarray:
    """The groups over which the model shares what it thinks of blocks (groups × blocks; ids 0.. in each).

    In order: the block's element, its parent, grandparent and great-grandparent; blocks that look the same
    (tag and names of three levels); children of the same great-grandparent that look the same.
    """
    nodes, looks = layout.ancestors, layout.looks
    if KERNEL is not None:
        kernel_groups: np.ndarray = KERNEL.group_ids(nodes, looks)
        return kernel_groups
    base = len(looks) + 1
    look = (looks[nodes[0]] * base + looks[nodes[1]]) * base + looks[nodes[2]]
    _, look = np.unique(look, return_inverse=True)
    nearby = look.astype(np.int64) * base + nodes[4]
    keys = [nodes[0], nodes[1], nodes[2], nodes[3], look, nearby]
    return np.stack([np.unique(key, return_inverse=True)[1] for key in keys])


def _cumulative(values: np.ndarray) -> np.ndarray:
    return np.concatenate(([0.0], np.cumsum(values)))


def _container_columns(page: Page, layout: Layout) -> list[np.ndarray]:
    """For each level of containers: how much text, how linked, how even."""
    first, end = layout.first_blocks, layout.end_blocks
    words = layout.word_counts
    if KERNEL is not None:
        summed = words, layout.link_word_counts, page.image_counts, page.input_counts
        return [KERNEL.container_columns(layout.ancestors, first, end, *summed, RUNNING_TEXT_WORDS)]
    sums = np.zeros((5, len(words) + 1))
    amounts = (
        words,
        layout.link_word_counts,
        np.minimum(3, page.image_counts),
        np.minimum(3, page.input_counts),
        words * (words >= RUNNING_TEXT_WORDS),
    )
    np.cumsum(amounts, axis=1, out=sums[:, 1:])
    node_words, node_links, node_images, node_fields, node_running = sums[:, end] - sums[:, first]
    block_counts = np.maximum(1, end - first)
    some_words = np.maximum(1, node_words)
    by_node = np.array(
        [
            np.log1p(node_words) / 6,
            np.log1p(block_counts) / 4,
            node_words / max(1.0, sums[0, -1]),
            node_links / some_words,
            np.log1p(node_words / block_counts) / 4,
            node_running / some_words,
            np.log1p(node_images) / 3,
            np.log1p(node_fields) / 3,
        ]
    )
    return [by_node[:, level] for level in layout.ancestors]


def _sibling_columns(page: Page, layout: Layout) -> list[np.ndarray]:
    """Repetition: how many siblings of a container share its tag, or its whole look, and where it stands among them."""
    table = page.node_table
    if KERNEL is not None:
        arrays = layout.parents, layout.looks, layout.ancestors, layout.first_blocks, layout.end_blocks
        return [KERNEL.sibling_columns(table.tags, table.positions, *arrays)]
    tag_ids: dict[str, int] = {}
    tags = np.fromiter([tag_ids.setdefault(tag, len(tag_ids)) for tag in table.tags], dtype=np.int64, count=len(table))
    near = layout.ancestors[:4]
    columns: list[np.ndarray] = []
    for key in (layout.parents * (len(tag_ids) + 1) + tags, layout.parents * (len(layout.looks) + 1) + layout.looks):
        _, inverse, counts = np.unique(key, return_inverse=True, return_counts=True)
        columns.append((np.log1p(counts) / 3)[inverse[near]])
    index = np.arange(len(page))
    columns.append((np.log1p(table.positions) / 3)[layout.ancestors[:3]])
    columns.append(layout.first_blocks[layout.ancestors[1]] == index)
    columns.append(layout.end_blocks[layout.ancestors[1]] == index + 1)
    return columns


def _main_container_columns(layout: Layout) -> list[np.ndarray]:
    """Whether a block is inside the smallest containers that hold most of the running text, and how far outside."""
    running = layout.running_words
    if KERNEL is not None:
        return [KERNEL.main_container_columns(layout.first_blocks, layout.end_blocks, running, MAIN_SHARES)]
    count = len(running)
    sums = _cumulative(running)
    node_sums = sums[layout.end_blocks] - sums[layout.first_blocks]
    deepest = [_last_holder(node_sums, share * sums[-1]) for share in MAIN_SHARES]
    first = layout.first_blocks.take(deepest).reshape(-1, 1)
    end = layout.end_blocks.take(deepest).reshape(-1, 1)
    index = np.arange(count)
    inside = (index >= first) & (index < end)
    before_it = np.log1p(np.maximum(0, first - index)) / 5
    after_it = np.log1p(np.maximum(0, index - end + 1)) / 5
    places = [part[row] for row in range(len(MAIN_SHARES)) for part in (inside, before_it, after_it)]
    total = max(1.0, sums[-1])
    return [*places, sums[:-1] / total, 1 - sums[1:] / total, running > 0]


def _last_holder(node_sums: np.ndarray, wanted: float) -> int:
    """The last node with so many words of running text: the smallest one, if it is more than half; else the root."""
    holders = np.flatnonzero(node_sums >= wanted)
    return int(holders[-1]) if wanted and len(holders) else 0


def _heading_columns(page: Page) -> list[np.ndarray]:
    """The heading above each block: how far, which level; and the same for the one below."""
    if KERNEL is not None:
        return [KERNEL.heading_columns(page.kinds, page.levels, Kind.HEADING)]
    count = len(page)
    is_heading = np.fromiter([kind is Kind.HEADING for kind in page.kinds], dtype=bool, count=count)
    levels = np.asarray(page.levels) * is_heading
    index = np.arange(count)
    above = np.maximum.accumulate(np.where(is_heading, index, -1))
    below = np.minimum.accumulate(np.where(is_heading, index, count)[::-1])[::-1]
    is_first_heading = is_heading & (np.cumsum(is_heading) == 1)
    is_h1 = levels == 1
    return [
        np.log1p(np.where(above >= 0, index - above, count)) / 4,
        np.where(above >= 0, levels[np.maximum(0, above)], 0) / 6,
        np.log1p(below - index) / 4,
        is_first_heading,
        is_h1,
        np.cumsum(is_h1) > 0,
        levels / 6,
    ]


def _place_columns(page: Page, layout: Layout) -> list[np.ndarray]:
    """Kind and level of each block, where it stands on the page, and how large that is."""
    link_words = layout.link_word_counts.sum()
    if KERNEL is not None:
        arrays = layout.nodes, layout.depths, layout.word_counts
        return [KERNEL.place_columns(page.kinds, KINDS, page.levels, *arrays, link_words, RUNNING_TEXT_WORDS)]
    count = len(page)
    index = np.arange(count)
    kinds = np.zeros((len(KINDS), count))
    kinds[[KINDS.index(kind) for kind in page.kinds], index] = 1
    words = _cumulative(layout.word_counts)
    total = max(1.0, words[-1])
    page_values = [
        np.log1p(count) / 6,
        np.log1p(total) / 8,
        link_words / total,
        np.mean(layout.word_counts >= RUNNING_TEXT_WORDS),
    ]
    return [
        kinds,
        np.asarray(page.levels) / 6,
        layout.depths[layout.nodes] / 20,
        index / max(1, count),
        words[:-1] / total,
        np.log1p(index) / 5,
        np.log1p(count - index) / 5,
        constant(page_values, count),
    ]


def structure_columns(page: Page, layout: Layout) -> list[np.ndarray]:
    """Dense features of each block's place on the page."""
    return [
        *_place_columns(page, layout),
        *_container_columns(page, layout),
        *_sibling_columns(page, layout),
        *_main_container_columns(layout),
        *_heading_columns(page),
    ]
