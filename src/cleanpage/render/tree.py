"""tree + main blocks → HTML: the text of the main blocks with the elements that carry it, in one iterative pass.

Only elements that hold main text are entered, so the rest of the page costs nothing. The pass cuts the text of what it
enters into runs as `cleanpage.walk` did, and finds their blocks by the rows of the page's node table. Layout elements
leave no trace but the border between two runs; images are kept where they stand between main blocks or in figures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cleanpage.render.code import code_language, is_gutter
from cleanpage.render.elements import IMAGELESS, INLINE_TAGS, LAYOUT_ROLES, STRUCTURES, attributes_of
from cleanpage.render.footnotes import Footnotes
from cleanpage.render.formulas import Formula, formula_of
from cleanpage.render.images import image_source, replaces_image
from cleanpage.render.runs import CLOSE, FORMULA, IMAGE, OPEN, MismatchError, RunWriter
from cleanpage.render.writer import DIRECT, HEADINGS, Context
from cleanpage.roles import Kind
from cleanpage.tags import (
    ANNOTATION,
    BLOCK,
    ENDS_KIND,
    INLINE_ELEMENT,
    LINE_BREAK,
    NO_ELEMENT,
    NO_SCRIPT,
    RULES,
    TagRule,
    rule_of,
)
from cleanpage.tags import IMAGE as IMAGE_ELEMENT
from cleanpage.visibility import is_drawn_formula, is_hidden
from cleanpage.walk import MAX_NODE_DEPTH, tag_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lxml import etree

    from cleanpage.document import Block
    from cleanpage.page import Page

FORMULA_TAGS: Final = frozenset(("math", "script", "img", "span", "div", "mjx-container"))
GUTTER_TAGS: Final = frozenset(("td", "th", "span", "div", "pre", "a", "code"))
NO_ROW: Final = -1


class _Open:
    """An entered element, and what has to be undone when it is left."""

    __slots__ = (
        "children",
        "context",
        "counts",
        "element",
        "is_code",
        "is_inline",
        "is_shown",
        "is_written",
        "next_row",
        "row",
    )

    def __init__(self, element: etree._Element, row: int, context: Context, *, is_inline: bool, is_code: bool) -> None:
        self.element = element
        self.children: Iterator[etree._Element] = iter(element)
        self.row = row
        self.next_row = row + 1
        self.context = context
        self.is_inline = is_inline
        self.is_code = is_code
        self.is_shown = True
        self.is_written = False
        self.counts: dict[str, int] = {}


def write_tree(root: etree._Element, page: Page, blocks: Sequence[Block], *, shows_hidden: bool) -> str | None:
    """Writes the main blocks of a tree as HTML.

    Args:
        root: The page's root element; it is only read.
        page: What `segment` made of it.
        blocks: As many as the page has; of the main ones the text is written.
        shows_hidden: Whether hidden elements were read as well.

    Returns:
        HTML that holds exactly the text of the main blocks; its attributes are as the page wrote them. None where the
        tree is not the one that the page was made from.
    """
    walk = _TreeWalk(root, page, blocks, shows_hidden=shows_hidden)
    try:
        return walk.run()
    except MismatchError:
        return None


class _TreeWalk:
    """One pass over the elements that hold main text."""

    def __init__(self, root: etree._Element, page: Page, blocks: Sequence[Block], *, shows_hidden: bool) -> None:
        self.root = root
        self.nodes = page.node_table
        self.shows_hidden = shows_hidden
        self.rules = RULES.copy()
        if shows_hidden:
            self.rules["noscript"] = RULES["div"]._replace(tag="noscript")
        is_main = [block.is_main for block in blocks]
        self.runs = RunWriter([block.text for block in blocks], is_main)
        self.writer = self.runs.writer
        self.main_before = [0]
        for flag in is_main:
            self.main_before.append(self.main_before[-1] + flag)
        self.row_ends = _row_ends(self.nodes.parents)
        self.footnotes = Footnotes(root)

    def run(self) -> str:
        """Walks the tree and returns the HTML."""
        outside = _Open(self.root, NO_ROW, Context("p"), is_inline=False, is_code=False)
        stack = [self._enter_block(self.root, rule_of(tag_of(self.root)), 0, outside)]
        while stack:
            top = stack[-1]
            child = next(top.children, None)
            if child is None:
                stack.pop()
                self._leave(top)
                if stack:
                    self._tail(top.element, stack[-1])
                continue
            entered = self._child(child, top)
            if entered is not None:
                stack.append(entered)
            else:
                self._tail(child, top)
        self.writer.close_run()
        return self.footnotes.resolved("".join(self.writer.out))

    # -- one element -----------------------------------------------------------------------------------------------

    def _child(self, element: etree._Element, top: _Open) -> _Open | None:
        """Reads an element: enters it, or takes from it what it has besides text."""
        tag = tag_of(element)
        rule = self.rules.get(tag) or self._new_rule(tag)
        action = rule.action
        if action == INLINE_ELEMENT:
            return self._inline(element, rule.tag, top)
        if action == BLOCK:
            return self._block(element, rule, top)
        if action == LINE_BREAK:
            if self._is_visible(element):
                self.runs.line_break(top.context, is_code=top.is_code)
        elif action == IMAGE_ELEMENT:
            if top.is_shown and self._is_visible(element):
                self._image(element)
        elif action not in (NO_ELEMENT, ANNOTATION):
            self._skipped(element, rule, top)
        return None

    def _new_rule(self, tag: object) -> TagRule:
        rule = rule_of(tag)
        self.rules[tag] = rule = self.rules.get(rule.tag, rule)
        return rule

    def _is_visible(self, element: etree._Element) -> bool:
        return (self.shows_hidden or not is_hidden(element)) and not is_drawn_formula(element)

    def _skipped(self, element: etree._Element, rule: TagRule, top: _Open) -> None:
        """An element that shows nothing: a script may hold a formula, and a ``<noscript>`` the image before it."""
        formula = formula_of(element, "script") if rule.tag == "script" else None
        if formula is not None:
            self.runs.join(top.context)
            self.runs.add_part(FORMULA, formula.markup, "")
            return
        if not top.is_shown:
            self.runs.join(top.context)
            return
        self.runs.border(top.context)
        if rule.action == NO_SCRIPT:
            for image in element.iter("img"):
                if not replaces_image(element):
                    self._image(image)

    def _image(self, element: etree._Element) -> None:
        formula = formula_of(element, "img")
        if formula is not None:
            self.runs.add_part(FORMULA, formula.markup, "")
        elif source := image_source(element):
            self.runs.add_part(IMAGE, source, " ".join((element.get("alt") or "").split()))

    def _tail(self, element: etree._Element, top: _Open) -> None:
        text = element.tail
        if text:
            self.runs.add(text, top.context, is_code=top.is_code, is_shown=top.is_shown)

    # -- inline elements -------------------------------------------------------------------------------------------

    def _inline(self, element: etree._Element, tag: str, top: _Open) -> _Open | None:
        row = self._inline_row(tag, top) if top.row >= 0 else NO_ROW
        if not self._is_visible(element):
            return None
        context = top.context
        is_shown = top.is_shown and not self._is_passed_over(element, tag, context)
        if is_shown and tag in FORMULA_TAGS:
            formula = formula_of(element, tag)
            if formula is not None and row == NO_ROW:
                is_shown = False
                if formula.tex:
                    self.runs.add_part(FORMULA, formula.markup, "")
        is_written = is_shown and self._open_inline(element, tag, context)
        if len(element):
            entered = _Open(element, row, context, is_inline=True, is_code=top.is_code)
            entered.is_shown, entered.is_written = is_shown, is_written
            if element.text:
                self.runs.add(element.text, context, is_code=top.is_code, is_shown=is_shown)
            return entered
        if element.text:
            self.runs.add(element.text, context, is_code=top.is_code, is_shown=is_shown)
        if is_written:
            self.runs.add_part(CLOSE, tag, "")
        return None

    def _inline_row(self, tag: str, top: _Open) -> int:
        """The row of an inline element that holds block-level ones; NO_ROW for any other."""
        position = top.counts[tag] = top.counts.get(tag, 0) + 1
        row, nodes = top.next_row, self.nodes
        if row < self.row_ends[top.row] and nodes.tags[row] == tag and nodes.positions[row] == position:
            top.next_row = self.row_ends[row]
            return row
        return NO_ROW

    def _is_passed_over(self, element: etree._Element, tag: str, context: Context) -> bool:
        """Whether an inline element is no text to read: a line's number, or a sign that links to its own place."""
        if context.tag == "pre":
            return tag in GUTTER_TAGS and is_gutter(element, tag, is_code=True)
        if tag != "a" or not (element.get("href") or "").startswith("#"):
            return False
        return not any(map(str.isalnum, "".join(map(str, element.itertext())))) and element.find(".//img") is None

    def _open_inline(self, element: etree._Element, tag: str, context: Context) -> bool:
        kept = INLINE_TAGS.get(tag)
        if kept is None or context.tag == "pre":
            return False
        attributes = attributes_of(element, kept)
        if kept == "a":
            if not element.get("href"):
                return False
            if footnote := self.footnotes.reference(element):
                attributes = f' href="{footnote}"'
        self.runs.add_part(OPEN, kept, attributes)
        return True

    # -- block-level elements --------------------------------------------------------------------------------------

    def _block(self, element: etree._Element, rule: TagRule, top: _Open) -> _Open | None:
        nodes = self.nodes
        if rule.tag != "body" and not self._is_visible(element):
            self.runs.border(top.context)
            return None
        if top.row < 0 or nodes.depths[top.row] >= MAX_NODE_DEPTH:
            return self._enter_block(element, rule, NO_ROW, top)
        row = top.next_row
        if row >= len(nodes) and not self.runs.remaining_count:
            return None  # the page was cut where it had too many blocks
        if row >= len(nodes) or nodes.tags[row] != rule.tag:
            raise MismatchError
        top.next_row = self.row_ends[row]
        formula = formula_of(element, rule.tag) if rule.tag in FORMULA_TAGS else None
        if formula is not None:
            self._formula_block(formula, row, top)
        elif not self._is_left_out(element, rule.tag, row, top.context):
            return self._enter_block(element, rule, row, top)
        return None

    def _is_left_out(self, element: etree._Element, tag: str, row: int, context: Context) -> bool:
        """Passes over an element that holds no main text, or only the numbers of lines."""
        first, end = self.nodes.first_blocks[row], self.nodes.end_blocks[row]
        if tag in GUTTER_TAGS and is_gutter(element, tag, is_code=context.tag == "pre"):
            self.runs.border(context)
            self.runs.skip(end)
            self.writer.unwrap_table(tag)
            return True
        if self.main_before[end] > self.main_before[first]:
            return False
        if first == end and _shows_without_words(element, tag, context):
            return False
        self.runs.border(context)
        self._pass(element, tag, has_text=end > first)
        self.runs.flush(context)
        self.runs.block = end
        return True

    def _formula_block(self, formula: Formula, row: int, top: _Open) -> None:
        if formula.is_display:
            self.runs.border(top.context)
        else:
            self.runs.join(top.context)
        self.runs.skip(self.nodes.end_blocks[row])
        if formula.tex:
            self.runs.add_part(FORMULA, formula.markup, "")
            if formula.is_display:
                self.runs.border(top.context)

    def _enter_block(self, element: etree._Element, rule: TagRule, row: int, top: _Open) -> _Open:
        self.runs.border(top.context)
        context, is_written = self._open_block(element, rule.tag, top.context)
        is_code = rule.kind is Kind.CODE if rule.kind is not None and row >= 0 else top.is_code
        entered = _Open(element, row, context, is_inline=False, is_code=is_code)
        entered.is_written = is_written
        if element.text:
            self.runs.add(element.text, context, is_code=is_code, is_shown=True)
        return entered

    def _leave(self, entered: _Open) -> None:
        if entered.is_inline:
            if entered.is_written:
                self.runs.add_part(CLOSE, "", "")
            return
        self.runs.border(entered.context)
        if entered.is_written:
            self.writer.close_structure()

    def _open_block(self, element: etree._Element, tag: str, context: Context) -> tuple[Context, bool]:
        """The context inside a block-level element, and whether a structure was opened for it."""
        if context.tag == "pre":
            return context, False
        structure = STRUCTURES.get(tag)
        if structure is not None:
            attributes = attributes_of(element, structure) + self.footnotes.identifier(element)
            is_layout = tag == "table" and element.get("role") in LAYOUT_ROLES
            if self.writer.open_structure(structure, attributes, is_layout=is_layout):
                return Context(structure if structure in DIRECT else "p"), True
        return self._context(element, tag, context), False

    def _context(self, element: etree._Element, tag: str, context: Context) -> Context:
        """The context inside a block-level element that no structure is opened for."""
        if tag in HEADINGS:
            return Context(tag)
        if tag in ("pre", "listing"):
            language = code_language(element)
            is_code = bool(language) or element.find("code") is not None
            return Context("pre", is_code=is_code, code_language=language)
        if identifier := self.footnotes.identifier(element):
            return Context("p", attributes=identifier)
        return Context("p") if tag in ENDS_KIND else context

    def _pass(self, element: etree._Element, tag: str, *, has_text: bool) -> None:
        """What is kept of an element without main text: a rule, an empty cell, images."""
        if tag == "hr":
            self.writer.rule()
        elif tag in ("td", "th") and self.writer.top == "tr":
            self.writer.empty_cell(tag, attributes_of(element, tag))
        elif tag not in IMAGELESS and (tag == "figure" or not has_text):
            for inner in element.iter("img", "script"):
                if inner.tag == "img":
                    self._image(inner)
                elif (formula := formula_of(inner, "script")) is not None:
                    self.runs.add_part(FORMULA, formula.markup, "")


def _shows_without_words(element: etree._Element, tag: str, context: Context) -> bool:
    """Whether an element without words is to be entered: a line of code may hold a brace, a cell an image."""
    if context.tag == "pre":
        return True
    return tag in ("td", "th") and next(element.iter("img", "script"), None) is not None


def _row_ends(parents: Sequence[int]) -> list[int]:
    """For each row of a node table one past the last row inside it."""
    ends = list(range(1, len(parents) + 1))
    for row in range(len(parents) - 1, 0, -1):
        parent = parents[row]
        ends[parent] = max(ends[parent], ends[row])
    return ends
