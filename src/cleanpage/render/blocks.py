"""blocks → HTML where the page's tree is not at hand: kind, level and text give the structure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanpage.render.text import enclosing, table_place
from cleanpage.render.writer import DIRECT, Context, HtmlWriter
from cleanpage.roles import Kind, Role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cleanpage.document import Block

    Place = tuple[str, str | tuple[int, int]]
    """A structure's tag, and what tells it from others of that tag."""


def write_blocks(blocks: Iterable[Block]) -> str:
    """Writes the main blocks as HTML.

    Args:
        blocks: The blocks of a document, in order.

    Returns:
        HTML with lists nested by level, and with the rows of tables where the blocks' paths show them.
    """
    walk = _BlockWalk()
    for block in blocks:
        if block.is_main:
            walk.add(block)
    return walk.finish()


class _BlockWalk:
    """The open structures, outermost first."""

    def __init__(self) -> None:
        self.writer = HtmlWriter()
        self.open: list[Place] = []
        self.context = Context("p")

    def add(self, block: Block) -> None:
        """Writes one block, after closing and opening the structures around it."""
        self._arrange(self._places(block))
        context = self.context
        if block.kind is Kind.CODE:
            self.writer.write(block.text, block.index, Context("pre"))
            return
        if block.kind is Kind.HEADING:
            level = block.level or (1 if block.role is Role.TITLE else 2)  # a line of plain text has none
            context = Context(f"h{min(level, 6)}")
        for line in block.text.split("\n"):
            self.writer.line_break()
            if line:
                self.writer.write(line, block.index, context)

    def finish(self) -> str:
        """Closes what is open and returns the HTML."""
        self._arrange([])
        self.writer.close_run()
        return "".join(self.writer.out)

    def _places(self, block: Block) -> list[Place]:
        """The structures that a block stands in."""
        if block.kind is Kind.LIST_ITEM:
            level = max(block.level, 1)
            parents = [place for place in self.open if isinstance(place[1], tuple) and place[1][0] < level]
            return [*parents, ("ul", (level, -1)), ("li", (level, block.index))]
        if block.kind is Kind.TABLE:
            row, cell = table_place(block.path)
            if cell:
                tag = cell.rpartition("/")[2].partition("[")[0]
                return [("table", enclosing(row, "table")), ("tr", row), (tag, cell)]
        return [("blockquote", "")] if block.kind is Kind.QUOTE else []

    def _arrange(self, places: list[Place]) -> None:
        common = 0
        while common < min(len(places), len(self.open)) and places[common] == self.open[common]:
            common += 1
        if common == len(places) == len(self.open) and places:
            return
        while len(self.open) > common:
            self.writer.close_structure()
            self.open.pop()
        for place in places[common:]:
            if self.writer.open_structure(place[0]):
                self.open.append(place)
        top = self.writer.top
        self.context = Context(top if top in DIRECT else "p")
