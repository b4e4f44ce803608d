"""blocks → text: the main blocks, joined by what stood between them on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cleanpage.roles import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cleanpage.document import Block

PARAGRAPH_BREAK: Final = "\n\n"
CELL_BREAK: Final = "\t"
"""Between the cells of a row: a tab is no word, needs no escape and can be told from what a cell holds."""

TIGHT_KINDS: Final = frozenset((Kind.LIST_ITEM, Kind.DEFINITION))
"""Kinds of which two in a row stand on neighbouring lines."""


def render_text(blocks: Iterable[Block]) -> str:
    """Joins the texts of the main blocks.

    Args:
        blocks: The blocks of a document, in order.

    Returns:
        A blank line between paragraphs, a new line between list items and between table rows, a tab between the cells
        of a row; code as it was.
    """
    parts: list[str] = []
    last: Block | None = None
    for block in blocks:
        if block.is_main:
            if last is not None:
                parts.append(_separator(last, block))
            parts.append(block.text)
            last = block
    return "".join(parts)


def _separator(before: Block, after: Block) -> str:
    kind = after.kind
    if before.kind is not kind:
        return PARAGRAPH_BREAK
    if kind in TIGHT_KINDS:
        return "\n"
    if kind is Kind.TABLE:
        row, cell = table_place(after.path)
        row_before, cell_before = table_place(before.path)
        if row != row_before:
            return "\n"
        return CELL_BREAK if cell != cell_before else PARAGRAPH_BREAK
    if kind is Kind.CODE and before.path and enclosing(before.path, "pre") == enclosing(after.path, "pre"):
        return "\n"
    return PARAGRAPH_BREAK


def table_place(path: str) -> tuple[str, str]:
    """The row and the cell that a block stands in.

    Args:
        path: `Block.path` of a block of kind table.

    Returns:
        The paths of the innermost row and of the cell in it; '' where there is none.
    """
    cell = max(enclosing(path, "td"), enclosing(path, "th"), key=len)
    return cell.rpartition("/")[0], cell


def enclosing(path: str, tag: str) -> str:
    """The path of the innermost element of a tag on an XPath, '' where there is none."""
    # the second form is that of a page whose names are in a namespace
    start = max(path.rfind(f"/{tag}["), path.rfind(f'/*[local-name()="{tag}"]['))
    end = path.find("/", start + 1)
    return path[: end if end >= 0 else len(path)] if start >= 0 else ""
