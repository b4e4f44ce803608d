"""The current block of a pass over a tree: a buffer of texts, and the block table that it ends up in.

The columns of the table grow as one list, row after row, and are cut out of it at the end: that saves a call for each
column of each row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cleanpage.roles import Kind

if TYPE_CHECKING:
    from lxml import etree

    from cleanpage.page import Page

    Names = tuple[str, ...]
    """Class and id tokens of an element."""

    Inline = tuple[str, Names]
    """An inline element: its tag and its names."""

BREAK: Final = "\0"
"""Stands for ``<br>`` in a text buffer: libxml2's strings are NUL-terminated, so no page can hold one."""

MAX_INLINE_DEPTH: Final = 8
"""Inline elements around a block that it is told of: the innermost ones."""

BLOCK_COLUMNS: Final = (
    *("kinds", "levels", "nodes", "inline_names", "inline_tags", "link_char_counts", "hrefs"),
    *("image_counts", "input_counts"),
)
"""The columns that grow as one list, in the order of a row."""

CODE: Final = Kind.CODE


class Node:
    """A row of the node table while its element is open: what a text belongs to.

    Attributes:
        row: The row, -1 outside the root.
        kind: Kind of its blocks.
        level: Level of its blocks.
        depth: Number of its ancestors.
    """

    __slots__ = ("depth", "kind", "level", "row")

    def __init__(self, row: int, kind: Kind, level: int, depth: int) -> None:
        self.row = row
        self.kind = kind
        self.level = level
        self.depth = depth


class FullError(Exception):
    """The page has more blocks than are wanted."""


class BlockWriter:
    """Texts in document order → rows of the block table; the pass over the tree says where a block ends."""

    def __init__(self, max_blocks: int) -> None:
        self.max_blocks = max_blocks
        self.texts: list[str] = []
        self.cells: list[object] = []
        # the current block
        self.buffer: list[str] = []
        self.link_texts: list[str] = []
        self.block_hrefs: list[str] = []
        self.block_inline: list[Inline] = []
        self.image_count = 0
        self.input_count = 0
        # the open elements
        self.node = Node(-1, Kind.PARAGRAPH, 0, -1)
        self.kind = Kind.PARAGRAPH
        self.open_hrefs: list[str] = []
        self.open_inline: list[Inline] = []

    def _fill(self, page: Page) -> None:
        """Gives a page its block table."""
        page.texts = self.texts
        for offset, name in enumerate(BLOCK_COLUMNS):
            setattr(page, name, self.cells[offset :: len(BLOCK_COLUMNS)])

    def _add(self, text: str, element: etree._Element, part: str) -> None:  # noqa: ARG002 - a walk that traces needs them
        """Adds an element's text or tail to the current block."""
        self.buffer.append(text)
        if self.open_hrefs:
            self.link_texts.append(text)
            href = self.open_hrefs[-1]
            if not self.block_hrefs or self.block_hrefs[-1] != href:
                self.block_hrefs.append(href)

    def _break(self) -> None:
        """A ``<br>``: a line end, or a block's end where only white space stands between it and the one before."""
        buffer = self.buffer
        if self.kind is CODE:
            buffer.append(BREAK)
            return
        for piece in reversed(buffer):
            if piece == BREAK:
                self._flush()
                return
            if not piece.isspace():
                buffer.append(BREAK)
                return

    def _flush(self) -> None:
        """Ends the current block."""
        buffer, inline = self.buffer, self.block_inline
        if buffer:
            text = "".join(buffer)
            text = self._folded(text) if self.kind is CODE or BREAK in text else " ".join(text.split())
            if text and (text[0].isalnum() or any(map(str.isalnum, text))):
                self._emit(text, inline)
            buffer.clear()
            if self.link_texts:
                self.link_texts.clear()
                self.block_hrefs.clear()
        if inline:
            inline.clear()
            if self.open_inline:
                inline += self.open_inline[-MAX_INLINE_DEPTH:]

    def _folded(self, text: str) -> str:
        """The text of a block of code, or of one with line breaks."""
        if self.kind is CODE:
            return text.replace(BREAK, "\n").strip("\r\n").rstrip()
        return "\n".join([" ".join(line.split()) for line in text.split(BREAK)]).strip()

    def _emit(self, text: str, inline: list[Inline]) -> None:
        """Adds a row to the block table."""
        if len(self.texts) >= self.max_blocks:
            raise FullError
        self.texts.append(text)
        names: Names = ()
        tags: Names = ()
        hrefs: Names = ()
        link_char_count = 0
        if len(inline) == 1:
            tag, names = inline[0]
            tags = (tag,)
        elif inline:
            names = tuple([name for _, names in inline for name in names])
            tags = tuple(dict(inline))
        if self.link_texts:
            for piece in self.link_texts:
                link_char_count += len(piece.strip())
            link_char_count = min(link_char_count, len(text))
            hrefs = tuple(self.block_hrefs)
        node, images, inputs = self.node, self.image_count, self.input_count
        self.cells += node.kind, node.level, node.row, names, tags, link_char_count, hrefs, images, inputs
        self.image_count = self.input_count = 0
