"""Where a block is on the page as given."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from cleanpage.document import Block
    from cleanpage.source import PageSource

STEP: Final = re.compile(
    r"/(?:\*\[local-name\(\)=(?P<name>\"[^\"]*\"|'[^']*'|concat\(.*?\))\]|(?P<tag>[^/\[]+))\[(?P<position>\d+)\]"
)
PIECE: Final = re.compile(r"'([^']*)'|\"([^\"]*)\"")
PLAIN: Final = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)


class Place(NamedTuple):
    """The place of a block on the page as given.

    Attributes:
        xpath: XPath of its element; '' for plain text.
        css: CSS selector of the same element; '' for plain text.
        line: Line of the source on which the element's start tag ends, from 1; 0 where that is not known.
        start: Character offset of a plain-text block; -1 for HTML.
        end: Offset one past its last character; -1 for HTML.
    """

    xpath: str
    css: str
    line: int
    start: int
    end: int


def locate(block: Block, source: PageSource | None) -> Place:
    """Finds the place of a block; see `Document.locate`.

    Args:
        block: A block of the document.
        source: What the document was read from, if at hand.
    """
    return Place(block.path, css_path(block.path), _line(block.path, source), block.start, block.end)


def css_path(xpath: str) -> str:
    """The CSS selector of the element that an XPath of cleanpage's leads to.

    Args:
        xpath: A `Block.path`.

    Returns:
        A selector with one ``:nth-of-type`` a step; '' for ''.
    """
    steps = []
    for match in STEP.finditer(xpath):
        tag = match["tag"] or "".join(first or second for first, second in PIECE.findall(match["name"]))
        name = tag if PLAIN.fullmatch(tag) else "".join(_escaped(char) for char in tag)
        steps.append(f"{name}:nth-of-type({match['position']})")
    return " > ".join(steps)


def _escaped(char: str) -> str:
    """A character of a name as CSS writes it."""
    return char if char.isalnum() or char in "-_" else f"\\{ord(char):x} "


def _line(path: str, source: PageSource | None) -> int:
    from cleanpage.parse import element_at

    read = source.tree() if source is not None and path else None
    element = element_at(read[0], path) if read is not None else None
    line = getattr(element, "sourceline", None)
    return line if isinstance(line, int) else 0
