"""blocks → a table for people: what each block was taken for, and why."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from cleanpage.roles import Role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cleanpage.document import Block

HEADINGS: Final = ("#", "role", "conf.", "main", "lang", "text", "reasons")
MODEL: Final = "model.content:"
"""How the arbiter's own opinion begins, which every block has: it gets a column of its own."""

BETWEEN: Final = "; "
"""Between two reasons: the details of some have commas."""

TEXT_COLUMNS: Final = 70
"""Width of the text column on a terminal: enough to find the block on the page."""

JOINERS: Final = "\u200c\u200d"
"""Format characters that belong to words (Persian, Indic scripts); the others could turn a line around."""


def render_explanation(blocks: Iterable[Block]) -> str:
    """Draws the table; main blocks carry a ``*`` after their index.

    Args:
        blocks: The blocks of a document, in order.

    Returns:
        One line a block under a line of headings, without colour codes or control characters: the role and its
        probability, how much of the block the arbiter expects in the main text, the language, the first words, and
        the reasons without the name of the role's own detector.
    """
    rows = [HEADINGS, *(_row(block) for block in blocks)]
    widths = [max(_columns(row[column]) for row in rows) for column in range(len(HEADINGS) - 1)]
    lines = []
    for row in rows:
        cells = [cell + " " * (width - _columns(cell)) for cell, width in zip(row, widths, strict=False)]
        lines.append("  ".join((*cells, row[-1])).rstrip())
    return "\n".join(lines)


def _row(block: Block) -> tuple[str, ...]:
    opinion = next((reason for reason in block.reasons if reason.startswith(MODEL)), "")
    # The role stands in the line already: what its own detector saw is clear without it.
    own = "main_content." if block.role is Role.TEXT else f"{block.role}."
    reasons = [reason.removeprefix(own) for reason in block.reasons if reason != opinion]
    return (
        f"{block.index}{'*' if block.is_main else ''}",
        block.role.value,
        f"{block.confidence:.2f}",
        opinion.removeprefix(MODEL),
        block.language,
        _clip(_printable(block.text[: 4 * TEXT_COLUMNS]), TEXT_COLUMNS),
        _printable(BETWEEN.join(reasons)),
    )


def _printable(text: str) -> str:
    """One line without control and format characters: a page must not steer the terminal."""
    shown = (char if char.isprintable() or char in JOINERS else " " if char.isspace() else "" for char in text)
    return " ".join("".join(shown).split())


def _clip(text: str, columns: int) -> str:
    if _columns(text) <= columns:
        return text
    end = width = 0
    for char in text:
        width += _char_columns(char)
        if width >= columns:
            break
        end += 1
    return text[:end] + "…"


def _columns(text: str) -> int:
    """Terminal columns of a text: East Asian wide characters take two, combining marks and joiners none."""
    return len(text) if text.isascii() else sum(map(_char_columns, text))


def _char_columns(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
