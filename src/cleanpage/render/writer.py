"""Writes HTML front to back: runs of text with their inline markup, structures around them, nothing to repair after.

A run is one stretch of text in one leaf element: a paragraph, a heading, the line of a list item. Inline markup is
opened when text arrives in it and closed at the run's end, so that it never reaches over a block-level border, however
the page nested it. Tables are written as such and turn into plain paragraphs at their end if they were mere layout.
"""

from __future__ import annotations

import re
from html import escape
from typing import Final

LISTS: Final = frozenset(("ul", "ol"))
TABLE_PARTS: Final = frozenset(("table", "thead", "tbody", "tr"))
HEADINGS: Final = frozenset(f"h{level}" for level in range(1, 7))
DIRECT: Final = frozenset(("li", "dt", "dd", "td", "th", "caption", "figcaption"))
"""Structures whose first run of text stands in them directly, without a paragraph of its own."""

PARENTS: Final = {
    "li": LISTS,
    "dt": frozenset(("dl",)),
    "dd": frozenset(("dl",)),
    "caption": frozenset(("table",)),
    "thead": frozenset(("table",)),
    "tbody": frozenset(("table",)),
    "tr": TABLE_PARTS - {"tr"},
    "td": frozenset(("tr",)),
    "th": frozenset(("tr",)),
    "figcaption": frozenset(("figure",)),
}
"""Structures that only mean something right inside another; elsewhere their text is that of any block."""

CODE_TAGS: Final = frozenset(("code", "kbd", "samp"))
CELLS: Final = frozenset(("td", "th", "caption"))
MAX_STRUCTURE_DEPTH: Final = 60
"""Open structures; deeper ones are left out and their text kept. The deepest of 216 benchmark pages has 18. The parser
behind nh3 is quadratic in the depth (50,000 nested quotes: 4 s); html-to-markdown drops what is over 1,024 deep."""

MAX_INLINE_DEPTH: Final = 40
"""Open inline elements; each is written again in every run, so that without a limit nesting would be quadratic. The
deepest of 216 benchmark pages has 3."""

MAX_CELL_PARAGRAPH_COUNT: Final = 2
"""A cell without ``<th>`` in its table that holds more paragraphs than this is a column of the page's layout. In the 90
tables of data on 216 benchmark pages, a cell has at most 1 without ``<th>``, and 3 with one."""

ITEM_END: Final = "</li>\n"
SPACE: Final = re.compile(r"\s+")


class Context:
    """What the text inside an element is wrapped by; shared by the descendants that bring no wrapper of their own."""

    __slots__ = ("attributes", "code_language", "is_code", "run_count", "tag")

    def __init__(self, tag: str, *, is_code: bool = False, code_language: str = "", attributes: str = "") -> None:
        self.tag = tag
        self.attributes = attributes
        self.is_code = is_code
        self.code_language = code_language
        self.run_count = 0


class _Table:
    """What decides whether a table is data or layout, and where its tags stand in the output."""

    __slots__ = ("cell_paragraph_count", "has_header", "is_layout", "positions", "row_cell_count", "shows_columns")

    def __init__(self, *, is_layout: bool) -> None:
        self.is_layout = is_layout
        self.positions: list[tuple[int, str]] = []
        """Index in the output and what stands there instead in a layout table."""
        self.has_header = False
        self.shows_columns = False
        self.row_cell_count = 0
        self.cell_paragraph_count = 0

    def count_paragraph(self) -> None:
        self.cell_paragraph_count += 1
        if self.cell_paragraph_count > MAX_CELL_PARAGRAPH_COUNT and not self.has_header:
            self.is_layout = True

    def open_part(self, tag: str) -> None:
        if tag == "tr":
            self.row_cell_count = 0
        elif tag in ("td", "th"):
            self.row_cell_count += 1
            self.shows_columns = self.shows_columns or self.row_cell_count > 1
            self.has_header = self.has_header or tag == "th"
            self.cell_paragraph_count = 0


class HtmlWriter:
    """The output so far, the open structures, the open run and the open inline elements."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self._structures: list[tuple[str, bool]] = []  # tag, whether it was implied by what it holds
        self._tables: list[_Table] = []
        self._figures: list[int] = []  # where each open figure starts; -1 once it shows an image or a caption
        self._active: list[tuple[str, str]] = []  # inline elements around the current place: tag, opening tag
        self._written_inline_count = 0  # how many of them the open run has written
        self._context: Context | None = None  # of the open run
        self._block = -1
        self._closing = ""
        self._break_count = 0
        self._last_text = -1  # index in the output of the run's last text
        self._has_rule = False

    @property
    def top(self) -> str:
        """The innermost open structure, '' where there is none."""
        return self._structures[-1][0] if self._structures else ""

    # -- structures ------------------------------------------------------------------------------------------------

    def open_structure(self, tag: str, attributes: str = "", *, is_layout: bool = False) -> bool:
        """Opens a list, table, quote, figure or a part of one; False where it means nothing at this place."""
        parents = PARENTS.get(tag)
        if (parents is not None and self.top not in parents) or len(self._structures) >= MAX_STRUCTURE_DEPTH:
            return False
        if tag == "caption" and not self.out[-1].startswith("<table"):  # below the rows, it is text below a table
            return False
        self.close_run()
        self._imply_item(tag)
        if self._has_rule and parents is None:
            self._write_rule()
        if tag == "table":
            if self._tables:
                self._tables[-1].is_layout = True
            self._tables.append(_Table(is_layout=is_layout))
        elif tag == "figure":
            self._figures.append(len(self.out))
        elif tag == "figcaption":
            self._figures[-1] = -1
        self._structures.append((tag, False))
        if tag in PARENTS and self._tables:
            self._tables[-1].open_part(tag)
        self._write_structure_tag(tag, f"<{tag}{attributes}>")
        return True

    def close_structure(self) -> None:
        """Closes the innermost structure, and the list item that was opened for it alone."""
        self.close_run()
        tag, _ = self._structures.pop()
        self._write_structure_tag(tag, f"</{tag}>\n")
        if tag == "table":
            self._end_table()
        elif tag == "figure":
            start = self._figures.pop()
            if start >= 0:  # a figure around a table or code only
                self.out[start] = self.out[-1] = ""
        if self._structures and self._structures[-1][1]:
            self.close_structure()

    def unwrap_table(self, tag: str) -> None:
        """Takes the table for layout that has a cell for the numbers of lines: the other cell is code."""
        if tag in CELLS and self._tables:
            self._tables[-1].is_layout = True

    def empty_cell(self, tag: str, attributes: str) -> None:
        """Writes a cell whose text is not part of the output: the others stay in their columns."""
        self._write_structure_tag(tag, f"<{tag}{attributes}></{tag}>")

    def _imply_item(self, tag: str) -> None:
        """Opens the list item that anything but an item needs inside a list; a list goes into the item before it."""
        top = self.top
        if top in LISTS and tag in LISTS and self.out[-1] == ITEM_END:
            self.out.pop()
            self._structures.append(("li", True))
            return
        if top in TABLE_PARTS and tag not in PARENTS:
            self._tables[-1].is_layout = True  # nothing but cells can stand there; as paragraphs, it can
        item = "li" if top in LISTS and tag != "li" and tag not in LISTS else ""
        if top == "dl" and tag not in ("dt", "dd"):
            item = "dd"
        if item:
            self._structures.append((item, True))
            self.out.append(f"<{item}>")

    def _write_structure_tag(self, tag: str, markup: str) -> None:
        if tag in TABLE_PARTS or tag in CELLS:
            self._tables[-1].positions.append((len(self.out), ""))
        self.out.append(markup)

    def _end_table(self) -> None:
        table = self._tables.pop()
        if table.is_layout or not (table.shows_columns or table.has_header):
            for position, replacement in table.positions:
                self.out[position] = replacement

    # -- runs ------------------------------------------------------------------------------------------------------

    def write(self, text: str, block: int, context: Context) -> None:
        """Writes one stretch of a block's text.

        Args:
            text: As it stands in the tree.
            block: The block it belongs to; another block starts another run.
            context: That of the element it stands in.
        """
        is_code = context.tag == "pre"
        if self._context is not context or (block != self._block and not is_code):
            self.close_run()
            self._open_run(context)
        elif block != self._block:
            self._break_count = self._break_count or 1
        self._block = block
        if is_code:
            self._write_code(text)
        else:
            self._write_folded(text)

    def boundary(self, context: Context) -> None:
        """Ends the open run at a block-level border; inside ``<pre>`` that is a line's end."""
        if context.tag != "pre" or self._context is not context:
            self.close_run()
        elif not self._break_count:
            self._break_count = 1

    def close_run(self) -> None:
        """Ends the open run, if any."""
        if self._context is None:
            return
        if self._last_text >= 0:
            self.out[self._last_text] = self.out[self._last_text].rstrip()
        for tag, _ in reversed(self._active[: self._written_inline_count]):
            self.out.append(f"</{tag}>")
        if self._closing:
            self.out.append(self._closing)
        elif self.top in CELLS:
            self._tables[-1].positions.append((len(self.out), "</p>\n"))
            self.out.append("")
        self._context = None
        self._block = -1
        self._written_inline_count = self._break_count = 0
        self._last_text = -1

    def _open_run(self, context: Context) -> None:
        tag = context.tag
        if self._has_rule:
            self._write_rule()
        top = self.top
        if top in ("td", "th"):
            self._tables[-1].count_paragraph()
            if tag in HEADINGS:
                self._tables[-1].is_layout = True
        if tag in DIRECT and tag == top and not context.run_count:
            if top in CELLS:
                self._tables[-1].positions.append((len(self.out), "<p>"))
                self.out.append("")
            self._closing = ""
        else:
            self._open_wrapper("p" if tag in DIRECT else tag, context)
        context.run_count += 1
        self._context = context

    def _open_wrapper(self, tag: str, context: Context) -> None:
        top = self.top
        if top in TABLE_PARTS:
            self._tables[-1].is_layout = True
        item = "li" if top in LISTS else "dd" if top == "dl" else ""
        attributes = "" if context.run_count else context.attributes
        opening, closing = f"<{tag}{attributes}>", f"</{tag}>\n"
        if tag == "p" and item:
            opening, closing = f"<{item}>", f"</{item}>\n"
        elif item:
            opening, closing = f"<{item}>{opening}", f"{closing}</{item}>\n"
        if context.is_code:
            name = f' class="language-{escape(context.code_language)}"' if context.code_language else ""
            opening, closing = f"{opening}<code{name}>", f"</code>{closing}"
        self.out.append(opening)
        self._closing = closing

    def _write_code(self, text: str) -> None:
        if self._last_text < 0:
            text = text.lstrip("\r\n")
        elif self._break_count:
            self.out.append("\n" * self._break_count)
        self._break_count = 0
        if text:
            self._last_text = len(self.out)
            self.out.append(escape(text, quote=False))

    def _write_folded(self, text: str) -> None:
        folded = SPACE.sub(" ", text)
        is_first = self._last_text < 0
        if folded[0] == " " and (is_first or self._break_count or self.out[self._last_text].endswith(" ")):
            folded = folded[1:]
        if not folded:
            return
        if folded == " ":  # before markup is opened: the space between two words is not bold
            self._last_text = len(self.out)
            self.out.append(folded)
            return
        self._write_line_breaks()
        if folded[0] == " ":  # in code, a space at the start would be lost
            self.out.append(" ")
            folded = folded[1:]
        self._write_pending_inline()
        self._last_text = len(self.out)
        self.out.append(escape(folded, quote=False))

    # -- inline markup ---------------------------------------------------------------------------------------------

    def open_inline(self, tag: str, attributes: str = "") -> bool:
        """Enters an inline element; False where the same is open already, which would say nothing new."""
        if len(self._active) >= MAX_INLINE_DEPTH:
            return False
        if any(tag == open_tag for open_tag, _ in self._active):
            return False
        self._active.append((tag, f"<{tag}{attributes}>"))
        return True

    def close_inline(self) -> None:
        """Leaves the innermost inline element."""
        tag, _ = self._active.pop()
        if self._written_inline_count > len(self._active):
            self._written_inline_count -= 1
            self.out.append(f"</{tag}>")

    def _write_pending_inline(self) -> None:
        if self._context is not None and self._context.tag != "pre":
            self.out.extend(markup for _, markup in self._active[self._written_inline_count :])
            self._written_inline_count = len(self._active)

    # -- what is not text ------------------------------------------------------------------------------------------

    def line_break(self) -> None:
        """Notes a ``<br>``: it is written before the text that follows in the same run."""
        if self._context is not None:
            self._break_count += 1

    def rule(self) -> None:
        """Notes an ``<hr>``: it is written before the next run or structure, if that stands where a rule can."""
        self.close_run()
        self._has_rule = bool(self.out)

    def image(self, source: str, alternative: str) -> None:
        """Writes an image at the current place, unless only items or cells can stand there, or code."""
        if any(tag in CODE_TAGS for tag, _ in self._active):
            return
        markup = f'<img src="{escape(source)}" alt="{escape(alternative)}">'
        top = self.top
        if self._context is not None:
            if self._context.tag != "pre":
                self._write_pending_inline()
                self._last_text = len(self.out)
                self.out.append(markup)
            return
        if top in LISTS or top in TABLE_PARTS or top == "dl":
            return
        if self._figures:
            self._figures[-1] = -1
        self.out.append(markup if top == "figure" or top in DIRECT else f"<p>{markup}</p>\n")

    def formula(self, markup: str, block: int, context: Context) -> None:
        """Writes a formula as part of a block's text; in code it is left out."""
        if context.tag == "pre":
            return
        if self._context is not context or block != self._block:
            self.close_run()
            self._open_run(context)
            self._block = block
        self.formula_here(markup)

    def formula_here(self, markup: str) -> None:
        """Writes a formula at the end of the open run, if there is one."""
        if self._context is None or self._context.tag == "pre":
            return
        self._write_line_breaks()
        self._write_pending_inline()
        self._last_text = len(self.out)
        self.out.append(markup)

    def _write_line_breaks(self) -> None:
        if self._break_count and self._last_text >= 0:
            self.out[self._last_text] = self.out[self._last_text].rstrip()
            self.out.append("<br>")
        self._break_count = 0

    def _write_rule(self) -> None:
        self._has_rule = False
        if self.top not in TABLE_PARTS and self.top not in LISTS and self.top != "dl":
            self.out.append("<hr>\n")
