"""A Document as a cell of a notebook shows it: a table of its blocks, coloured by role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cleanpage.render.palette import PALETTE, role_counts, safe

if TYPE_CHECKING:
    from cleanpage.document import Block, Document
    from cleanpage.roles import Role

MAX_ROWS: Final = 300
"""Blocks that are shown: a notebook keeps every output in its file."""

MAX_CHARS: Final = 160
"""Characters of a block, of a reason or of a title that are shown."""

SCROLLED: Final = "max-height:30em;overflow:auto"
CELL: Final = "text-align:left;vertical-align:top"


def render_notebook(document: Document) -> str:
    """Writes the table; see `Document._repr_html_`.

    Styles stand in the elements, for a style sheet would reach the whole notebook; there are no scripts or links.
    """
    blocks = document.blocks
    main_count = sum(block.is_main for block in blocks)
    title = f'<b dir="auto">{_clipped(document.title)}</b> ' if document.title else ""
    left = f"<div>{len(blocks) - MAX_ROWS} more blocks: see doc.blocks</div>" if len(blocks) > MAX_ROWS else ""
    counts = " ".join(f"{_label(role)} {count}" for role, count in role_counts(document).items())
    return (
        f"<div>{title}{main_count} of {len(blocks)} blocks main, quality {document.quality:.2f}</div>"
        f"<div>{counts}</div>"
        f'<div style="{SCROLLED}"><table><tbody>{"".join(map(_row, blocks[:MAX_ROWS]))}</tbody></table></div>{left}'
    )


def _row(block: Block) -> str:
    reasons = "&#10;".join(map(_clipped, block.reasons))
    return (
        f'<tr title="{reasons}"><td style="{CELL}">{block.index}{"*" if block.is_main else ""}</td>'
        f'<td style="{CELL}">{_label(block.role)}</td><td style="{CELL}">{block.confidence:.2f}</td>'
        f'<td style="{CELL}" dir="auto">{_clipped(block.text)}</td></tr>'
    )


def _label(role: Role) -> str:
    color, ink, stroke = PALETTE[role]
    style = f"background:{color};color:{ink};border:3px {stroke} {ink};padding:0 .3em;white-space:nowrap"
    return f'<span style="{style}">{role}</span>'


def _clipped(text: str) -> str:
    return safe(text if len(text) <= MAX_CHARS else f"{text[: MAX_CHARS - 1]}…")
