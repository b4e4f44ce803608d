"""The pass over a tree that fills a Page: one flat loop over its elements, the open ones on a stack.

Where the package is compiled, kernels/walk.pyx stands in for it, except for traces and for what it leaves to lxml.

Most of the time that segmenting takes goes here, so the loop is written for speed: libxml2 gives the elements in
document order, and one has ended when the next is not inside it; one look-up tells what a tag does; an element is
asked for no more than is needed; white space between blocks is dropped at once. lxml takes names of attributes as
bytes faster than as str.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Final, cast

from cleanpage.blocks import CODE, BlockWriter, FullError, Node
from cleanpage.head import read_head
from cleanpage.page import Page
from cleanpage.tags import (
    ANNOTATION,
    BLOCK,
    IMAGE,
    INLINE_ELEMENT,
    NO_ELEMENT,
    NO_SCRIPT,
    NOT_SHOWN,
    RULES,
    TagRule,
    rule_of,
)
from cleanpage.visibility import is_drawn_formula, is_hidden

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from lxml import etree

    from cleanpage.blocks import Names

    Keys = Sequence[str | bytes]
    """The names of an element's attributes."""

ATTRIBUTES: Final = frozenset(
    (
        "role itemprop itemtype aria-label aria-hidden rel type name href action for "
        "data-testid data-component data-nosnippet"
    ).split()
)
"""Attributes of block-level elements that are kept for detectors and features."""

MAX_NODE_DEPTH: Final = 400
"""Deeper elements count as part of their ancestor at this depth. The deepest block of 2,119 benchmark pages stands at
45; paths of unbounded length would make the page's table quadratic."""

NO_NODE: Final = -1
"""Row of an inline element."""

TOO_DEEP: Final = -2
"""Row of an element below MAX_NODE_DEPTH: it is block-level, but has no node of its own."""

MAX_NAMES: Final = 24
"""Class and id tokens of an element that are read, and rel tokens of a link: each block inside has them all."""

NODE_COLUMNS: Final = ("tags", "parents", "depths", "positions", "names", "attributes", "first_blocks")
"""The columns of the node table that grow as one list, in the order of a row."""

CLASS_ALONE: Final = ["class"]
"""The attributes of a third of all elements."""

NO_ATTRIBUTES: Final[dict[str, str]] = {}

tag_of: Final[Callable[[etree._Element], object]] = attrgetter("tag")
"""What lxml calls the tag of an element: for comments and processing instructions a function, unlike its types say."""


class Frame:
    """An open element.

    Attributes:
        element: The element.
        row: Its row in the node table, NO_NODE or TOO_DEEP.
        tag: Its tag.
        counts: How many children of each block-level tag it had so far; None: it is inline.
        outer: The node around it, which its end returns to.
    """

    __slots__ = ("counts", "element", "outer", "row", "tag")

    def __init__(self, element: etree._Element, row: int, tag: str, counts: dict[str, int] | None, outer: Node) -> None:
        self.element = element
        self.row = row
        self.tag = tag
        self.counts = counts
        self.outer = outer


class Walk(BlockWriter):
    """One pass over a tree: the open elements on a stack, the text of the current block in a buffer.

    Attributes:
        has_hidden: Whether elements were passed over that a script may show.
    """

    def __init__(self, root: etree._Element, *, shows_hidden: bool, max_blocks: int) -> None:
        super().__init__(max_blocks)
        self.root = root
        self.shows_hidden = shows_hidden
        self.has_hidden = False
        self.rules = RULES.copy()
        if shows_hidden:
            self.rules["noscript"] = RULES["div"]._replace(tag="noscript")
        self.frames: list[Frame] = []
        self.node_cells: list[object] = []
        self.end_blocks: list[int] = []
        self.names_memo: dict[str, Names] = {}
        self.positions: dict[etree._Element, int] = {}

    def run(self) -> Page:
        """Walks the whole tree and returns the filled page."""
        page, root = Page(), self.root
        keys = root.keys()
        self._open_block(root, root_rule(root), self._names(root, keys), _kept(root, keys), position=1)
        is_full = False
        try:
            self._read()
            self._close_inside(root)
            self._flush()
        except FullError:
            is_full = True
        while self.positions:  # the innermost first, for the reason in _skip_inside
            self.positions.popitem()
        self._fill(page)
        nodes = page.node_table
        for offset, name in enumerate(NODE_COLUMNS):
            setattr(nodes, name, self.node_cells[offset :: len(NODE_COLUMNS)])
        nodes.end_blocks = [end if end >= 0 else len(page) for end in self.end_blocks]
        return finished(page, root, is_full=is_full, max_blocks=self.max_blocks)

    def _read(self) -> None:  # noqa: C901 - each call that an element is spared is 2 % of the time
        """Opens the elements below the root, and closes each before the first that is not inside it."""
        rules, memo, buffer = self.rules, self.names_memo, self.buffer
        elements = self.root.iter()
        top: etree._Element | None = next(elements)
        if (text := self.root.text) and (not text.isspace() or self.kind is CODE):
            self._add(text, self.root, "text")
        for element in elements:
            parent = element.getparent()
            if top is not parent:
                self._close_inside(parent)
                top = parent
            tag = tag_of(element)
            rule = rules.get(tag) or self._new_rule(tag)
            action = rule[0]
            if action > INLINE_ELEMENT:
                self._read_other(element, rule, elements)
                continue
            keys = element.keys()
            names: Names = ()
            kept = NO_ATTRIBUTES
            if keys == CLASS_ALONE:
                classes = element.get(b"class", "")
                names = memo.get(classes) or self._class_names(classes)
            elif keys:
                if (("hidden" in keys or "style" in keys) and self._hides(element, rule)) or (
                    "aria-hidden" in keys and is_drawn_formula(element)
                ):
                    self._pass_over(element, rule, elements)
                    continue
                names = self._names(element, keys)
                if action == BLOCK and not ATTRIBUTES.isdisjoint(keys):
                    kept = _kept(element, keys)
            if action == BLOCK:
                self._open_block(element, rule, names, kept)
            elif not self._open_inline(element, rule[1], names):
                continue
            top = element
            text = element.text
            if text and (buffer or not text.isspace() or self.kind is CODE):
                self._add(text, element, "text")

    def _close_inside(self, parent: etree._Element | None) -> None:
        """Closes all open elements inside another one."""
        frames, buffer, block_inline = self.frames, self.buffer, self.block_inline
        while True:
            frame = frames[-1]
            element = frame.element
            if element is parent:
                return
            frames.pop()
            if frame.counts is None:
                self.open_inline.pop()
                if frame.tag == "a":
                    self.open_hrefs.pop()
            elif buffer or block_inline:
                self._flush()
            if frame.row >= 0:
                self.end_blocks[frame.row] = len(self.texts)
                self.node = node = frame.outer
                self.kind = node.kind
            text = element.tail
            if text and (buffer or not text.isspace() or self.kind is CODE):
                self._add(text, element, "tail")

    def _new_rule(self, tag: object) -> TagRule:
        """Finds the rule of a tag that the page did not have so far."""
        rule = rule_of(tag)
        self.rules[tag] = rule = self.rules.get(rule.tag, rule)
        return rule

    def _hides(self, element: etree._Element, rule: TagRule) -> bool:
        """Whether an element is to be passed over because it says that it is hidden."""
        if rule.tag == "body" or not is_hidden(element):
            return False
        self.has_hidden = True
        return not self.shows_hidden

    def _read_other(self, element: etree._Element, rule: TagRule, elements: Iterator[etree._Element]) -> None:
        """Reads what has no text inside: images, line breaks, comments, and what is not shown."""
        action = rule.action
        if action in (NOT_SHOWN, NO_SCRIPT, ANNOTATION):
            self._pass_over(element, rule, elements)
            return
        if action != NO_ELEMENT:
            if self._hides(element, rule):
                pass
            elif action == IMAGE:
                self.image_count += 1
            else:
                self._break()
            _skip_inside(element, elements)
        self._add_tail(element)

    def _pass_over(self, element: etree._Element, rule: TagRule, elements: Iterator[etree._Element]) -> None:
        """Leaves out an element that shows nothing."""
        if rule.is_field:
            self.input_count += 1
        if rule.action == NO_SCRIPT:
            self.has_hidden = True
        elif rule.action == BLOCK and (counts := self.frames[-1].counts) is not None:
            counts[rule.tag] = counts.get(rule.tag, 0) + 1
        if rule.action not in (INLINE_ELEMENT, ANNOTATION) and (self.buffer or self.block_inline):
            self._flush()
        _skip_inside(element, elements)
        self._add_tail(element)

    def _open_inline(self, element: etree._Element, tag: str, names: Names) -> bool:
        """Opens an inline element with others inside, reads one without whole; returns whether it is open."""
        if tag == "a":
            self.open_hrefs.append(element.get(b"href", ""))
            if rel := element.get(b"rel"):
                names += tuple(["rel=" + token for token in rel.casefold().split()[:MAX_NAMES]])
        inline = (tag, names)
        self.block_inline.append(inline)
        if len(element):
            self.open_inline.append(inline)
            self.frames.append(Frame(element, NO_NODE, tag, None, self.node))
            return True
        text = element.text
        if text and (self.buffer or not text.isspace() or self.kind is CODE):
            self._add(text, element, "text")
        if tag == "a":
            self.open_hrefs.pop()
        text = element.tail
        if text and (self.buffer or not text.isspace() or self.kind is CODE):
            self._add(text, element, "tail")
        return False

    def _open_block(
        self, element: etree._Element, rule: TagRule, names: Names, attributes: dict[str, str], *, position: int = 0
    ) -> None:
        """Ends the current block, and adds a row to the node table unless elements are nested too deep."""
        _, tag, kind, level, level_step, is_field = rule
        if is_field:
            self.input_count += 1
        if self.buffer or self.block_inline:
            self._flush()
        frames = self.frames
        if not position:
            counts = frames[-1].counts
            if counts is not None:
                position = counts[tag] = counts.get(tag, 0) + 1
            else:
                if frames[-1].row == NO_NODE:
                    self._open_inline_ancestors()
                position = self._position(element)
        outer = self.node
        depth = outer.depth + 1
        row = TOO_DEEP
        if depth <= MAX_NODE_DEPTH:
            ends = self.end_blocks
            row = len(ends)
            ends.append(-1)
            self.node_cells += tag, outer.row, depth, position, names, attributes, len(self.texts)
            if kind is None:
                kind = outer.kind
            else:
                self.kind = kind
            self.node = Node(row, kind, outer.level + level_step if level is None else level, depth)
        frames.append(Frame(element, row, tag, {}, outer))

    def _open_inline_ancestors(self) -> None:
        """Gives inline elements that turn out to hold block-level ones a node, so that paths lead through them."""
        frames = self.frames
        first = len(frames)
        while frames[first - 1].row == NO_NODE:
            first -= 1
        inline = frames[first:]
        del frames[first:]
        for frame in inline:
            element = frame.element
            keys = element.keys()
            rule, names = self.rules[frame.tag], self._names(element, keys)
            self._open_block(element, rule, names, _kept(element, keys), position=self._position(element))
            frames[-1].counts = None

    def _position(self, element: etree._Element) -> int:
        """Position among siblings of the same tag; inline elements are only counted where they need it."""
        positions = self.positions
        if element not in positions:
            counts: dict[str, int] = {}
            for child in cast("etree._Element", element.getparent()):
                tag = tag_of(child)
                rule = self.rules.get(tag) or self._new_rule(tag)
                if rule.action != NO_ELEMENT:
                    positions[child] = counts[rule.tag] = counts.get(rule.tag, 0) + 1
        return positions[element]

    def _names(self, element: etree._Element, keys: Keys) -> Names:
        """Class and id tokens."""
        names: Names = ()
        if "class" in keys:
            classes = element.get(b"class", "")
            names = self.names_memo.get(classes) or self._class_names(classes)
        if "id" in keys:
            names = (*names, *["#" + name for name in element.get(b"id", "").casefold().split()])[:MAX_NAMES]
        return names

    def _class_names(self, classes: str) -> Names:
        """Class tokens, remembered: most elements of a page share a few class attributes."""
        names = self.names_memo[classes] = tuple(classes.casefold().split()[:MAX_NAMES])
        return names

    def _add_tail(self, element: etree._Element) -> None:
        text = element.tail
        if text and (self.buffer or not text.isspace() or self.kind is CODE):
            self._add(text, element, "tail")


def read_tree(root: etree._Element, *, shows_hidden: bool, max_blocks: int) -> tuple[Page, bool]:
    """Reads a tree and what the page says about itself; kernels/walk.pyx does the same on libxml2's nodes.

    Args:
        root: The page's root element; it is only read.
        shows_hidden: Whether what is hidden is read as well.
        max_blocks: More blocks are dropped.

    Returns:
        The page, and whether elements were passed over that a script may show.
    """
    walk = Walk(root, shows_hidden=shows_hidden, max_blocks=max_blocks)
    page = walk.run()
    page.head = read_head(root)
    return page, walk.has_hidden


def root_rule(root: etree._Element) -> TagRule:
    """The rule of a page's root, which is opened as a block-level element whatever its tag."""
    rule = rule_of(root.tag.rpartition("}")[2].lower())
    return rule._replace(is_field=False) if rule.is_field else rule


def finished(page: Page, root: etree._Element, *, is_full: bool, max_blocks: int) -> Page:
    """Adds to a page what is to be said of the tree as a whole."""
    if is_full:
        page.warnings.append(f"too_many_blocks: only the first {max_blocks} blocks were read")
    page.node_table.has_namespaces = root.tag[0] == "{"
    return page


def _skip_inside(element: etree._Element, elements: Iterator[etree._Element]) -> None:
    """Moves an iterator in document order to the end of the element that it gave last.

    What is passed over is held until the end: lxml searches the ancestors of an element that it lets go of for one that
    is still held, which would be quadratic in the depth.
    """
    chain = [element]
    while len(chain[-1]):
        chain.append(chain[-1][-1])
    if len(chain) > 1:
        list(iter(elements.__next__, chain[-1]))


def _kept(element: etree._Element, keys: Keys) -> dict[str, str]:
    """The attributes of an element that detectors read."""
    return {name: element.get(name, "") for name in keys if name in ATTRIBUTES} or NO_ATTRIBUTES
