"""tree → Page: cuts a parsed page into blocks in one iterative pass.

A block is one run of visible text between two block-level borders: the start or end of a block-level element, or two
``<br>`` in a row. Inline elements never cut a block. Elements that a browser does not show (scripts, templates,
``hidden``, inline ``display:none``) are passed over, unless that would leave next to nothing: pages that hide their
body until a script runs are read whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cleanpage.head import read_head
from cleanpage.page import NodeTable, Page
from cleanpage.roles import Kind
from cleanpage.tags import ENDS_KIND, FIELDS, INLINE, KINDS, LISTS, SKIPPED, VOID_INLINE
from cleanpage.visibility import hidden_elements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

    Slot = tuple[etree._Element, bool]
    """One stretch of a block's text: an element, and whether it is the element's tail (else its text)."""

ATTRIBUTES: Final = frozenset(
    (
        "role itemprop itemtype aria-label aria-hidden rel type name href action for "
        "data-testid data-component data-nosnippet"
    ).split()
)
"""Attributes of block-level elements that are kept for detectors and features."""

BREAK: Final = "\0"
"""Stands for ``<br>`` in a text buffer: libxml2's strings are NUL-terminated, so no page can hold one."""

MAX_NODE_DEPTH: Final = 400
"""Deeper elements count as part of their ancestor at this depth. The deepest block of 2,119 benchmark pages stands at
45; paths of unbounded length would make the page's table quadratic."""

NO_NODE: Final = -1
"""Row of an inline element."""

TOO_DEEP: Final = -2
"""Row of an element below MAX_NODE_DEPTH: it is block-level, but has no node of its own."""

MAX_NAMES: Final = 24
"""Class and id tokens of an element that are read."""

MAX_INLINE_DEPTH: Final = 8
"""Inline elements around a block that it is told of: the innermost ones."""

MIN_VISIBLE_WORD_COUNT: Final = 40
"""With fewer visible words, hidden elements and ``<noscript>`` are read as well."""

HIDDEN_GAIN: Final = 3
"""... and kept if that multiplies the words by this much."""

NO_ATTRIBUTES: Final[dict[str, str]] = {}


def segment(root: etree._Element, *, url: str = "", max_blocks: int = 50_000) -> Page:
    """Cuts a parsed page into blocks.

    Args:
        root: The page's root element; it is only read.
        url: Where the page is from, if known.
        max_blocks: More blocks are dropped, with a warning.

    Returns:
        The page as a table of blocks.
    """
    walk = _Walk(root, shows_hidden=False, max_blocks=max_blocks)
    page = walk.run()
    if walk.has_hidden and sum(page.word_counts) < MIN_VISIBLE_WORD_COUNT:
        whole = _Walk(root, shows_hidden=True, max_blocks=max_blocks).run()
        if sum(whole.word_counts) > HIDDEN_GAIN * sum(page.word_counts):
            page = whole
            page.warnings.append("hidden: nearly all of the page is hidden until a script runs; read as if shown")
    page.url = url
    page.head = read_head(root)
    return page


def trace(root: etree._Element, page: Page) -> list[list[Slot]]:
    """The stretches of text in the tree that each block of a page was made from.

    Args:
        root: The tree that the page was segmented from, unchanged.
        page: What `segment` made of it.

    Returns:
        For each block its (element, is_tail) slots in document order.
    """
    shows_hidden = any(warning.startswith("hidden:") for warning in page.warnings)
    walk = _Walk(root, shows_hidden=shows_hidden, max_blocks=len(page), has_slots=True)
    walk.run()
    return walk.slots


class _Frame:
    """An open element: its children still to come, how many of each tag there were, and its row in the node table."""

    __slots__ = ("children", "counts", "element", "is_inline", "position", "row", "tag")

    def __init__(self, element: etree._Element, tag: str, row: int, position: int) -> None:
        self.element = element
        self.tag = tag
        self.children: Iterator[etree._Element] = iter(element)
        self.counts: dict[str, int] = {}
        self.row = row
        self.position = position
        self.is_inline = row == NO_NODE


class _Walk:
    """One pass over the tree: the open elements as explicit stacks, the text of the current block as a buffer."""

    def __init__(self, root: etree._Element, *, shows_hidden: bool, max_blocks: int, has_slots: bool = False) -> None:
        self.root = root
        self.shows_hidden = shows_hidden
        self.max_blocks = max_blocks
        self.hidden = hidden_elements(root)
        self.has_hidden = False
        self.is_full = False
        self.page = Page()
        self.nodes: NodeTable = self.page.node_table
        self.slots: list[list[Slot]] = []
        self.current_slots: list[Slot] | None = [] if has_slots else None
        self.names_memo: dict[tuple[str | None, str | None], tuple[str, ...]] = {}
        self.rel_memo: dict[str, tuple[str, ...]] = {}
        # the current block
        self.buffer: list[str] = []
        self.has_break = False
        self.link_char_count = 0
        self.block_hrefs: list[str] = []
        self.block_names: list[str] = []
        self.block_tags: list[str] = []
        self.image_count = 0
        self.input_count = 0
        # the open elements
        self.node = -1
        self.node_kinds: list[Kind] = []
        self.node_levels: list[int] = []
        self.open_hrefs: list[str] = []
        self.open_inline: list[tuple[str, tuple[str, ...]]] = []

    def run(self) -> Page:
        """Walks the whole tree and returns the filled page."""
        root = self.root
        tag = root.tag.rpartition("}")[2].lower() if isinstance(root.tag, str) else "?"
        self._open_node(root, tag, 1)
        if root.text:
            self._add(root.text, root, is_tail=False)
        self.nodes.has_namespaces = root.tag[0] == "{"
        stack = [_Frame(root, tag, self.node, 1)]
        while stack and not self.is_full:
            frame = stack[-1]
            for child in frame.children:
                if not isinstance(child.tag, str):  # a comment or processing instruction
                    self._add_tail(child)
                    continue
                opened = self._open(child, stack)
                if opened is not None:
                    stack.append(opened)
                    break
                if self.is_full:
                    break
            else:
                stack.pop()
                self._close(frame.element, frame.tag, frame.row, is_inline=frame.is_inline)
        self._finish()
        return self.page

    def _open(self, element: etree._Element, stack: list[_Frame]) -> _Frame | None:
        """Opens an element; returns its frame if it has children, else reads it whole."""
        tag = element.tag if element.tag[0] != "{" else element.tag.rpartition("}")[2]
        counts = stack[-1].counts
        position = counts[tag] = counts.get(tag, 0) + 1
        is_inline = tag in INLINE
        if self._is_passed_over(element, tag):
            if not is_inline:
                self._flush()
        elif is_inline and tag in VOID_INLINE:
            self._read_void(tag)
        else:
            if is_inline:
                self._open_inline(element, tag)
                row = NO_NODE
            else:
                row = self._open_block(element, tag, position, stack)
            if text := element.text:
                self._add(text, element, is_tail=False)
            if len(element):
                return _Frame(element, tag, row, position)
            self._close(element, tag, row, is_inline=is_inline)
            return None
        self._add_tail(element)
        return None

    def _read_void(self, tag: str) -> None:
        if tag == "br":
            self._break()
        else:
            self.image_count += 1

    def _open_block(self, element: etree._Element, tag: str, position: int, stack: list[_Frame]) -> int:
        if self.buffer or self.block_tags:
            self._flush()
        if stack[-1].row == NO_NODE:
            self._open_inline_ancestors(stack)
        return self._open_node(element, tag, position)

    def _finish(self) -> None:
        """Closes what is open when the block limit was reached, and the columns of the page."""
        self._flush()
        if self.is_full:
            self.page.warnings.append(f"too_many_blocks: only the first {self.max_blocks} blocks were read")
        total = len(self.page.texts)
        self.nodes.end_blocks = [end if end >= 0 else total for end in self.nodes.end_blocks]

    def _is_passed_over(self, element: etree._Element, tag: str) -> bool:
        """Whether an element shows nothing."""
        if tag in FIELDS:
            self.input_count += 1
        if tag in SKIPPED:
            if tag != "noscript":
                return True
            self.has_hidden = True
            return not self.shows_hidden
        if element not in self.hidden or tag == "body":
            return False
        self.has_hidden = True
        return not self.shows_hidden

    def _open_inline(self, element: etree._Element, tag: str) -> None:
        names = self._names(element)
        if tag == "a":
            self.open_hrefs.append(element.get("href") or "")
            if rel := element.get("rel"):
                names += self.rel_memo.setdefault(rel, tuple("rel=" + token for token in rel.casefold().split()))
        self.open_inline.append((tag, names))
        self.block_tags.append(tag)
        if names:
            self.block_names.extend(names)

    def _open_inline_ancestors(self, stack: list[_Frame]) -> None:
        """Gives inline elements that turn out to hold block-level ones a node, so that paths lead through them."""
        level = len(stack) - 1
        while level >= 0 and stack[level].row == NO_NODE:
            level -= 1
        for frame in stack[level + 1 :]:
            frame.row = self._open_node(frame.element, frame.tag, frame.position)

    def _open_node(self, element: etree._Element, tag: str, position: int) -> int:
        """Adds a row to the node table; returns it, or the current one where elements are nested too deep."""
        nodes, parent = self.nodes, self.node
        if parent >= 0:
            depth, kind, level = nodes.depths[parent] + 1, self.node_kinds[parent], self.node_levels[parent]
            if depth > MAX_NODE_DEPTH:
                return TOO_DEEP
        else:
            depth, kind, level = 0, Kind.PARAGRAPH, 0
        if tag in KINDS:
            kind = KINDS[tag]
            if kind is Kind.HEADING:
                level = int(tag[1])
        elif tag in LISTS:
            level += 1
        elif tag in ENDS_KIND:
            kind, level = Kind.PARAGRAPH, 0
        self.node_kinds.append(kind)
        self.node_levels.append(level)
        row = self.node = len(nodes.tags)
        nodes.tags.append(tag)
        nodes.parents.append(parent)
        nodes.depths.append(depth)
        nodes.positions.append(position)
        nodes.first_blocks.append(len(self.page.texts))
        nodes.end_blocks.append(-1)
        nodes.names.append(self._names(element))
        kept = {name: element.get(name, "") for name in element.keys() if name in ATTRIBUTES}  # noqa: SIM118 - no dict
        nodes.attributes.append(kept or NO_ATTRIBUTES)
        return row

    def _names(self, element: etree._Element) -> tuple[str, ...]:
        """Class and id tokens, remembered: most elements of a page share a few class attributes."""
        key = (element.get("class"), element.get("id"))
        names = self.names_memo.get(key)
        if names is None:
            classes = key[0].casefold().split() if key[0] else []
            ids = ["#" + name for name in key[1].casefold().split()] if key[1] else []
            names = self.names_memo[key] = tuple((classes + ids)[:MAX_NAMES])
        return names

    def _close(self, element: etree._Element, tag: str, row: int, *, is_inline: bool) -> None:
        if is_inline:
            self.open_inline.pop()
            if tag == "a":
                self.open_hrefs.pop()
        elif self.buffer or self.block_tags:
            self._flush()
        if row >= 0:
            self.nodes.end_blocks[row] = len(self.page.texts)
            self.node = self.nodes.parents[row]
        if element is not self.root:
            self._add_tail(element)

    def _add_tail(self, element: etree._Element) -> None:
        if tail := element.tail:
            self._add(tail, element, is_tail=True)

    def _add(self, text: str, element: etree._Element, *, is_tail: bool) -> None:
        buffer = self.buffer
        if not buffer and text.isspace() and self.node_kinds[self.node] is not Kind.CODE:
            return
        buffer.append(text)
        if self.current_slots is not None:
            self.current_slots.append((element, is_tail))
        if self.open_hrefs:
            self.link_char_count += len(text.strip())
            href = self.open_hrefs[-1]
            if not self.block_hrefs or self.block_hrefs[-1] != href:
                self.block_hrefs.append(href)

    def _break(self) -> None:
        """A ``<br>``: a line end, or a block's end where only white space stands between it and the one before."""
        buffer = self.buffer
        if self.node_kinds[self.node] is Kind.CODE:
            buffer.append(BREAK)
            return
        for index in range(len(buffer) - 1, -1, -1):
            if buffer[index] == BREAK:
                self._flush()
                return
            if not buffer[index].isspace():
                buffer.append(BREAK)
                self.has_break = True
                return

    def _flush(self) -> None:
        """Ends the current block."""
        buffer = self.buffer
        if buffer:
            kind = self.node_kinds[self.node]
            text = buffer[0] if len(buffer) == 1 else "".join(buffer)
            if kind is Kind.CODE:
                text = text.replace(BREAK, "\n").strip("\r\n").rstrip()
            elif self.has_break:
                text = "\n".join(" ".join(line.split()) for line in text.split(BREAK)).strip()
            else:
                text = " ".join(text.split())
            if text and (text[0].isalnum() or any(map(str.isalnum, text))):
                self._emit(text, kind)
            elif self.current_slots is not None:
                self.current_slots = []
            self.buffer = []
            self.has_break = False
            self.link_char_count = 0
            self.block_hrefs = []
        if self.block_tags:
            around = self.open_inline[-MAX_INLINE_DEPTH:]
            self.block_tags = [tag for tag, _ in around]
            self.block_names = [name for _, names in around for name in names]

    def _emit(self, text: str, kind: Kind) -> None:
        page = self.page
        if len(page.texts) >= self.max_blocks:
            self.is_full = True
            return
        page.texts.append(text)
        page.kinds.append(kind)
        page.levels.append(self.node_levels[self.node])
        page.nodes.append(self.node)
        page.inline_names.append(tuple(self.block_names) if self.block_names else ())
        page.inline_tags.append(tuple(dict.fromkeys(self.block_tags)) if self.block_tags else ())
        page.link_char_counts.append(min(self.link_char_count, len(text)))
        page.hrefs.append(tuple(self.block_hrefs) if self.block_hrefs else ())
        page.image_counts.append(self.image_count)
        page.input_counts.append(self.input_count)
        self.image_count = self.input_count = 0
        if self.current_slots is not None:
            self.slots.append(self.current_slots)
            self.current_slots = []
