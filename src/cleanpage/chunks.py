"""Chunks of the main text for retrieval: cut between blocks, never inside one, with the headings above them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from cleanpage.errors import ConfigError
from cleanpage.page import split_all
from cleanpage.render.text import enclosing, render_text
from cleanpage.roles import Kind, Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cleanpage.document import Block

LOWEST_LEVEL = 6
"""Level of a heading that no markup makes one."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of the main text.

    Attributes:
        text: Its blocks, joined as in `Document.text`.
        headings: The headings above it, the page's title first; the last is that of its own section.
        blocks: Indexes of its blocks.
        word_count: Its words; a CJK character is one.
        url: Where the page is from.
    """

    text: str
    headings: tuple[str, ...]
    blocks: tuple[int, ...]
    word_count: int
    url: str

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain values, tuples as lists."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}


class _Unit:
    """Blocks that are not parted: one, or all of a table or of a piece of code."""

    __slots__ = ("blocks", "level", "word_count")

    def __init__(self, blocks: Sequence[Block], word_count: int) -> None:
        self.blocks = tuple(blocks)
        self.level = _heading_level(blocks[0])
        self.word_count = word_count


def make_chunks(blocks: Iterable[Block], url: str, *, max_words: int, overlap: int) -> list[Chunk]:
    """Cuts the main text; see `Document.chunks`."""
    if max_words < 1 or not 0 <= overlap < max_words:
        raise ConfigError(
            f"max_words={max_words!r}, overlap={overlap!r} mean nothing; give at least one word, and a smaller overlap"
        )
    chunks: list[Chunk] = []
    for headings, units in _sections(_units([block for block in blocks if block.is_main])):
        for part in _parts(units, max_words, overlap):
            chosen = [block for unit in part for block in unit.blocks]
            count = sum(unit.word_count for unit in part)
            indexes = tuple(block.index for block in chosen)
            chunks.append(Chunk(render_text(chosen), headings, indexes, count, url))
    return chunks


def _units(blocks: Sequence[Block]) -> list[_Unit]:
    units: list[list[Block]] = []
    last_place = ""
    for block in blocks:
        place = _place(block)
        if place and place == last_place:
            units[-1].append(block)
        else:
            units.append([block])
        last_place = place
    counts = map(len, split_all([block.text for block in blocks]))
    return [_Unit(unit, sum(islice(counts, len(unit)))) for unit in units]


def _place(block: Block) -> str:
    """The path of the table or of the code that a block is part of; '' for any other block."""
    if block.kind is Kind.TABLE:
        return enclosing(block.path, "table")
    return enclosing(block.path, "pre") if block.kind is Kind.CODE else ""


def _sections(units: Iterable[_Unit]) -> list[tuple[tuple[str, ...], list[_Unit]]]:
    """The sections: each begins with its heading; headings without text between them are one section."""
    open_headings: list[tuple[int, str]] = []
    sections: list[tuple[tuple[str, ...], list[_Unit]]] = []
    has_text = True  # whether the last section is more than headings
    for unit in units:
        level = unit.level
        if level:
            while open_headings and open_headings[-1][0] >= level:
                open_headings.pop()
            open_headings.append((level, " ".join(unit.blocks[0].text.split())))
        headings = tuple(text for _, text in open_headings)
        if not sections or (level and has_text):
            sections.append((headings, [unit]))
        else:
            sections[-1][1].append(unit)
            sections[-1] = (headings, sections[-1][1])
        has_text = not level
    return sections


def _heading_level(block: Block) -> int:
    """How far below the top a heading stands, from 1: the headline is above all; 0 for what is no heading."""
    if block.role is Role.TITLE:
        return 1
    if block.kind is Kind.HEADING:
        return 1 + (block.level or 2)  # a line of plain text has no level
    return 1 + LOWEST_LEVEL if block.role is Role.HEADING else 0


def _parts(units: Sequence[_Unit], max_words: int, overlap: int) -> list[list[_Unit]]:
    """Fills chunks one by one; a unit that is too long for any is a chunk of its own."""
    parts: list[list[_Unit]] = []
    current: list[_Unit] = []
    count = 0
    has_text = False  # a heading stays with what follows it
    for unit in units:
        if has_text and count + unit.word_count > max_words:
            parts.append(current)
            current = _end_of(current, min(overlap, max_words - unit.word_count))
            count = sum(kept.word_count for kept in current)
            has_text = False
        current.append(unit)
        count += unit.word_count
        has_text = has_text or not unit.level
    return [*parts, current]


def _end_of(units: Sequence[_Unit], word_count: int) -> list[_Unit]:
    """The last units that together have at most so many words."""
    start = len(units)
    while start and units[start - 1].word_count <= word_count:
        start -= 1
        word_count -= units[start].word_count
    return list(units[start:])
