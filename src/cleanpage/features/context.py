"""What each block belongs with: look-alikes, sections, landmarks near it, and what kind of page it is on."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

import numpy as np

from cleanpage import native
from cleanpage.features.columns import constant
from cleanpage.features.numbers import word_numbers_of
from cleanpage.page import split_all
from cleanpage.roles import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleanpage.features.structure import Layout
    from cleanpage.page import NodeTable, Page

KERNEL: Final = native.kernel("context")

LOOK_GROUPS: Final = slice(4, 6)
"""Which of `structure.group_ids` are look-alikes: on the whole page, and inside one great-grandparent."""

NEARBY_GROUP: Final = 5
MIN_REPEATS: Final = 4
"""So many look-alikes are a list."""

SECTION_TAGS: Final = "main article nav header footer aside form table ul section figure dialog".split()
SECTION_INDEX: Final = {tag: index for index, tag in enumerate(SECTION_TAGS)}
CURRENCY: Final = "$€£"

NAME_KEYS: Final = frozenset(("headline", "name"))
JSON_KEYS: Final = ("description", "articleBody", "text", "reviewBody", *sorted(NAME_KEYS))
MAX_SCRIPTS: Final = 10
MAX_SCRIPT_CHARS: Final = 60_000
MIN_JSON_CHARS: Final = 3
MAX_JSON_CHARS: Final = 6000
JSON_TEXT: Final = re.compile(
    rf'"({"|".join(JSON_KEYS)})"\s*:\s*"((?:[^"\\]|\\.){{{MIN_JSON_CHARS},{MAX_JSON_CHARS}}})'
)
"""The texts of a JSON-LD script, found without parsing it: many are broken."""

MAX_COMPARED_WORDS: Final = 80
"""Words of a block that are compared with the texts of JSON-LD."""


def group_columns(groups: np.ndarray, layout: Layout) -> list[np.ndarray]:
    """How many look-alikes a block has, how much text they hold, how linked and how even they are, where they stand."""
    words, links = layout.word_counts, layout.link_word_counts
    count = len(words)
    total = max(1.0, float(words.sum()))
    if KERNEL is not None:
        return [KERNEL.group_columns(groups[LOOK_GROUPS], words, links, total)]
    index = np.arange(count)
    columns: list[np.ndarray] = []
    for ids in groups[LOOK_GROUPS]:
        sizes = np.bincount(ids)
        sums = np.bincount(ids, weights=words)
        means = sums / sizes
        spread = np.sqrt(np.maximum(0, np.bincount(ids, weights=words * words) / sizes - means * means)) / (1 + means)
        first, last = np.empty(len(sizes)), np.empty(len(sizes))
        first[ids[::-1]] = index[::-1]
        last[ids] = index
        by_group = np.array(
            [
                np.log1p(sizes) / 3,
                np.log1p(means) / 4,
                sums / total,
                np.bincount(ids, weights=links) / np.maximum(1, sums),
                np.minimum(3, spread),
                first / count,
                last / count,
            ]
        )
        columns.append(by_group[:, ids])
    return columns


def landmark_columns(page: Page, layout: Layout) -> list[np.ndarray]:
    """How near each block is, in the tree and in the text, to the first h1 and to the longest paragraph."""
    running = layout.running_words
    if KERNEL is not None:
        of_nodes = layout.parents, layout.depths, layout.first_blocks, layout.end_blocks
        arrays = running, layout.nodes, *of_nodes, layout.word_counts
        return [KERNEL.landmark_columns(page.kinds, page.levels, Kind.HEADING, *arrays)]
    headings = zip(page.kinds, page.levels, strict=True)
    headline = next((block for block, found in enumerate(headings) if found == (Kind.HEADING, 1)), -1)
    longest = int(running.argmax()) if running.any() else -1
    return [
        _nearness(page.node_table, layout, headline),
        np.full(len(page), headline >= 0),
        _nearness(page.node_table, layout, longest)[:3],
    ]


def _nearness(table: NodeTable, layout: Layout, landmark: int) -> np.ndarray:
    """Depth of the deepest element around both a block and a landmark, and the distances to it."""
    count = len(layout.nodes)
    if landmark < 0:
        return np.zeros((5, count))
    common = np.zeros(count)
    node = int(layout.nodes[landmark])
    for ancestor in reversed(table.ancestors(node)):
        common[table.first_blocks[ancestor] : table.end_blocks[ancestor]] = table.depths[ancestor]
    depth = table.depths[node]
    offset = np.arange(count) - landmark
    before = np.cumsum(layout.word_counts)
    return np.array(
        [
            common / max(1, depth),
            (max(1, depth) - common) / 10,
            (layout.depths[layout.nodes] - common) / 10,
            np.sign(offset) * np.log1p(np.abs(offset)) / 5,
            np.clip((before - before[landmark]) / max(1.0, before[-1]), -1, 1),
        ]
    )


def section_columns(table: NodeTable, layout: Layout) -> np.ndarray:
    """In how many elements of each sectioning tag a block stands, and how many of them the page has."""
    count = len(layout.nodes)
    if KERNEL is not None:
        kernel_columns: np.ndarray = KERNEL.section_columns(
            table.tags, SECTION_INDEX, layout.first_blocks, layout.end_blocks, count
        )
        return kernel_columns
    get = SECTION_INDEX.get
    found = [(node, index) for node, tag in enumerate(table.tags) if (index := get(tag)) is not None]
    steps = np.zeros((count + 1, len(SECTION_TAGS)))
    totals = np.zeros(len(SECTION_TAGS))
    if found:
        nodes, indexes = np.array(found).T
        np.add.at(steps, (layout.first_blocks[nodes], indexes), 1)
        np.add.at(steps, (layout.end_blocks[nodes], indexes), -1)
        totals += np.bincount(indexes, minlength=len(SECTION_TAGS))
    columns = np.empty((len(SECTION_TAGS), 2, count))
    columns[:, 0] = np.minimum(3, np.cumsum(steps, axis=0)[:count]).T
    columns[:, 1] = (np.log1p(totals) / 3)[:, None]
    return columns.reshape(-1, count)


def json_ld_words(scripts: Sequence[str]) -> tuple[set[str], set[str]]:
    """The words of the descriptions and bodies, and of the names and headlines, in a page's JSON-LD."""
    found = [pair for script in scripts[:MAX_SCRIPTS] for pair in _json_texts(script)]
    texts: set[str] = set()
    names: set[str] = set()
    for (key, _), words in zip(found, split_all([_unescaped(value) for _, value in found]), strict=True):
        (names if key in NAME_KEYS else texts).update(words)
    return texts, names


def _json_texts(script: str) -> list[tuple[str, str]]:
    """The texts of a JSON-LD script with their keys."""
    if KERNEL is not None:
        bounds = MAX_SCRIPT_CHARS, MIN_JSON_CHARS, MAX_JSON_CHARS
        kernel_texts: list[tuple[str, str]] = KERNEL.json_texts(script, JSON_KEYS, *bounds)
        return kernel_texts
    return JSON_TEXT.findall(script[:MAX_SCRIPT_CHARS])


def _unescaped(value: str) -> str:
    if "\\" not in value:
        return value
    try:
        return str(json.loads(f'"{value}"', strict=False))
    except ValueError:
        return value


def json_ld_columns(page: Page, layout: Layout) -> list[np.ndarray]:
    """Likeness of each block with what the page's JSON-LD tells of it."""
    count = len(page)
    texts, names = json_ld_words(page.head.json_ld)
    if KERNEL is not None:
        told = texts, names
        return [KERNEL.json_ld_columns(*word_numbers_of(page), told, layout.word_counts, MAX_COMPARED_WORDS)]
    likeness = _shared_words(page.words, texts, names) if texts or names else np.zeros((2, count))
    return [
        likeness,
        likeness[0] * np.log1p(layout.word_counts) / 4,
        constant([np.log1p(len(texts)) / 6, np.log1p(len(names)) / 6], count),
    ]


def _shared_words(blocks: list[list[str]], texts: set[str], names: set[str]) -> np.ndarray:
    """The share of each block's words in two sets (2 × blocks)."""
    shares = np.zeros((2, len(blocks)))
    for block, words in enumerate(blocks):
        own = set(words if len(words) <= MAX_COMPARED_WORDS else words[:MAX_COMPARED_WORDS])
        if own:
            shares[:, block] = len(own & texts) / len(own), len(own & names) / len(own)
    return shares


def page_columns(page: Page, layout: Layout, groups: np.ndarray) -> np.ndarray:
    """What kind of page it is: lists, running text, headings, images and prices; the same for every block."""
    if KERNEL is not None:
        arrays = groups[NEARBY_GROUP], layout.word_counts, layout.running_words
        lists = page.kinds, page.levels, page.image_counts, page.texts
        kernel_columns: np.ndarray = KERNEL.page_columns(*arrays, *lists, Kind.HEADING, MIN_REPEATS, CURRENCY)
        return kernel_columns
    count = len(page)
    words = layout.word_counts
    sizes = np.bincount(groups[NEARBY_GROUP])
    is_repeated = sizes[groups[NEARBY_GROUP]] >= MIN_REPEATS
    running = layout.running_words
    levels = [level for kind, level in zip(page.kinds, page.levels, strict=True) if kind is Kind.HEADING]
    priced_count = _count_with(page.texts, CURRENCY)
    values = [
        (words * is_repeated).sum() / max(1.0, words.sum()),
        np.log1p((sizes >= MIN_REPEATS).sum()) / 3,
        np.log1p(running.sum()) / 8,
        np.log1p(np.count_nonzero(running)) / 5,
        np.log1p(sizes.max()) / 4,
        *[np.log1p(levels.count(level)) / 3 for level in (1, 2, 3)],
        np.log1p(sum(page.image_counts)) / 4,
        np.log1p(priced_count) / 3,
    ]
    return constant(values, count)


def _count_with(texts: list[str], signs: str) -> int:
    """How many texts have any of some characters."""
    return sum([any(sign in text for sign in signs) for text in texts])


def context_columns(page: Page, layout: Layout, groups: np.ndarray) -> list[np.ndarray]:
    """Dense features of what each block belongs with."""
    return [
        *group_columns(groups, layout),
        *landmark_columns(page, layout),
        section_columns(page.node_table, layout),
        *json_ld_columns(page, layout),
        page_columns(page, layout, groups),
    ]
