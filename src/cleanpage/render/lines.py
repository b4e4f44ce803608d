"""blocks → lines: every line of a plain-text dump with the role of what stands on it, nothing left out or reordered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleanpage.document import Block
    from cleanpage.roles import Role


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a plain-text dump.

    Attributes:
        index: Its place in the dump, from 0.
        start: Character offset of its first character in the dump.
        end: Offset one past its line break: where the next line starts.
        text: Its characters without the line break.
        role: What it is for: the role of the block that has most of the line. None where no block has any of it: the
            line is blank, has only marks, or lies beyond the last block that was read.
        confidence: Probability of the role, 0..1.
        is_main: Whether the main text holds that block.
        blocks: The indexes of the blocks on it: several where pieces were glued together. A hard-wrapped paragraph is
            one block on several lines.
    """

    index: int
    start: int
    end: int
    text: str
    role: Role | None
    confidence: float
    is_main: bool
    blocks: tuple[int, ...]


def lines_of(dump: str, blocks: Sequence[Block]) -> tuple[Line, ...]:
    """Gives every line of a dump the role of its blocks.

    Args:
        dump: The text that the blocks' offsets count in.
        blocks: The blocks of its document, in order.

    Returns:
        The lines in order; each starts where the one before it ends, and together they are the dump.
    """
    lines: list[Line] = []
    start = first = 0
    for index, line in enumerate(dump.splitlines(keepends=True)):
        end = start + len(line)
        while first < len(blocks) and blocks[first].end <= start:
            first += 1
        after = first
        while after < len(blocks) and blocks[after].start < end:
            after += 1
        lines.append(_line(index, (start, line), blocks[first:after]))
        start = end
    return tuple(lines)


def _line(index: int, placed: tuple[int, str], blocks: Sequence[Block]) -> Line:
    start, line = placed
    end = start + len(line)
    most = max(blocks, key=lambda block: min(block.end, end) - max(block.start, start), default=None)
    return Line(
        index=index,
        start=start,
        end=end,
        text=line.splitlines()[0],
        role=most.role if most is not None else None,
        confidence=most.confidence if most is not None else 0.0,
        is_main=most is not None and most.is_main,
        blocks=tuple(block.index for block in blocks),
    )
