"""tree + main blocks → HTML: the text of the main blocks with the elements that carry it, in one iterative pass.

Only elements that hold main text are entered, so the rest of the page costs nothing. Layout elements leave no trace but
the border between two runs; images are kept where they stand between main blocks or in their figures.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Final, NamedTuple

from cleanpage.render.images import image_source
from cleanpage.render.writer import DIRECT, HEADINGS, MATH, Context, HtmlWriter
from cleanpage.tags import ENDS_KIND, INLINE, SKIPPED
from cleanpage.visibility import is_hidden

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lxml import etree

    from cleanpage.segment import Slot

STRUCTURES: Final = {
    **{tag: tag for tag in "ul ol dl li dt dd blockquote table caption thead tbody tr td th figure figcaption".split()},
    "menu": "ul",
    "tfoot": "tbody",
}
INLINE_TAGS: Final = {
    **{tag: tag for tag in "a b strong em i sub sup code kbd samp var cite q abbr mark del ins time".split()},
    **{tag: tag for tag in MATH},
    "s": "del",
    "strike": "del",
    "tt": "code",
}
KEPT_ATTRIBUTES: Final = {
    "a": ("href",),
    "abbr": ("title",),
    "time": ("datetime",),
    "ol": ("start", "reversed"),
    "td": ("colspan", "rowspan"),
    "th": ("colspan", "rowspan", "scope"),
}
IMAGELESS: Final = SKIPPED | frozenset(("nav", "aside", "footer", "form", "button"))
"""Elements whose images belong to something else than the text around them."""

CODE_LANGUAGE: Final = re.compile(r"(?:^|\s)(?:language|lang|highlight-source)-([\w+#.-]+)")
"""Class of code in a language: the HTML Standard's own example, and the one that GitHub writes."""


class _Open(NamedTuple):
    """An entered element and what has to be undone when it is left."""

    element: etree._Element
    children: Iterator[etree._Element]
    context: Context
    is_inline: bool
    is_written: bool


def write_tree(root: etree._Element, slots: Sequence[Sequence[Slot]], is_main: Sequence[bool]) -> str:
    """Writes the main blocks of a tree as HTML.

    Args:
        root: The page's root element; it is only read.
        slots: The stretches of text of each block (`segment.trace`).
        is_main: Whether each block is to be written.

    Returns:
        HTML that holds exactly the text of the main blocks; its attributes are as the page wrote them.
    """
    return _TreeWalk(root, slots, is_main).run()


class _TreeWalk:
    """One pass over the elements that hold main text."""

    def __init__(self, root: etree._Element, slots: Sequence[Sequence[Slot]], is_main: Sequence[bool]) -> None:
        self.root = root
        self.texts: dict[etree._Element, int] = {}
        self.tails: dict[etree._Element, int] = {}
        for block, block_slots in enumerate(slots):
            if is_main[block]:
                for element, is_tail in block_slots:
                    (self.tails if is_tail else self.texts)[element] = block
        self.unwritten_count = len(self.texts) + len(self.tails)
        self.has_text = False
        self.entered = _with_ancestors(slots, is_main, wanted=True)
        self.others = _with_ancestors(slots, is_main, wanted=False)
        self.writer = HtmlWriter()
        self.last_image = ""

    def run(self) -> str:
        """Walks the tree and returns the HTML."""
        stack: list[_Open] = []
        if self.root in self.entered:
            stack.append(self._enter(self.root, _tag(self.root), Context("p")))
        while stack:
            top = stack[-1]
            child = next(top.children, None)
            if child is None:
                stack.pop()
                self._leave(top)
                if stack:
                    self._write_tail(top.element, stack[-1].context)
                continue
            tag = _tag(child)
            if child in self.entered:
                stack.append(self._enter(child, tag, top.context))
                continue
            if tag:
                self._pass(child, tag, top.context)
            self._write_tail(child, top.context)
        self.writer.close_run()
        return "".join(self.writer.out)

    def _enter(self, element: etree._Element, tag: str, context: Context) -> _Open:
        is_inline = tag in INLINE
        is_written = False
        if is_inline:
            is_written = self._open_inline(element, tag, context)
        else:
            self.writer.boundary(context)
            context, is_written = self._open_block(element, tag, context)
        block = self.texts.get(element)
        if block is not None and element.text:
            self._write(element.text, block, context)
        return _Open(element, iter(element), context, is_inline, is_written)

    def _leave(self, entered: _Open) -> None:
        if entered.is_inline:
            if entered.is_written:
                self.writer.close_inline()
            return
        self.writer.boundary(entered.context)
        if entered.is_written:
            self.writer.close_structure()

    def _open_block(self, element: etree._Element, tag: str, context: Context) -> tuple[Context, bool]:
        """The context inside a block-level element, and whether a structure was opened for it."""
        structure = STRUCTURES.get(tag)
        if structure is not None:
            is_layout = tag == "table" and element.get("role") in ("presentation", "none")
            if self.writer.open_structure(structure, _attributes(element, structure), is_layout=is_layout):
                return Context(structure if structure in DIRECT else "p"), True
            return (Context("p") if structure == "table" else context), False
        if tag in HEADINGS:
            return Context(tag), False
        if tag in ("pre", "listing"):
            language = _code_language(element)
            is_code = bool(language) or element.find("code") is not None
            return Context("pre", is_code=is_code, code_language=language), False
        return (Context("p") if tag in ENDS_KIND else context), False

    def _open_inline(self, element: etree._Element, tag: str, context: Context) -> bool:
        kept = INLINE_TAGS.get(tag)
        if kept is None or context.tag == "pre" or (tag == "a" and not element.get("href")):
            return False
        return self.writer.open_inline(kept, _attributes(element, kept))

    def _write(self, text: str, block: int, context: Context) -> None:
        self.writer.write(text, block, context)
        self.unwritten_count -= 1
        self.has_text = True
        self.last_image = ""

    def _write_tail(self, element: etree._Element, context: Context) -> None:
        block = self.tails.get(element)
        if block is not None and element.tail:
            self._write(element.tail, block, context)

    def _pass(self, element: etree._Element, tag: str, context: Context) -> None:
        """What is kept of an element without main text: a line break, a rule, an empty cell, images."""
        writer = self.writer
        if tag == "br":
            writer.line_break()
        elif tag == "img":
            self._image(element)
        elif tag == "hr":
            writer.rule()
        elif tag in ("td", "th") and writer.top == "tr":
            writer.empty_cell(tag, _attributes(element, tag))
        else:
            if tag not in INLINE:
                writer.boundary(context)
            if tag not in IMAGELESS and not is_hidden(element) and (tag == "figure" or element not in self.others):
                for inner in element.iter("img", "br"):
                    if inner.tag == "img":
                        self._image(inner)
                    else:
                        writer.line_break()

    def _image(self, image: etree._Element) -> None:
        is_between = self.has_text and self.unwritten_count > 0
        if not is_between and self.writer.top != "figure":
            return
        source = image_source(image)
        if source and source != self.last_image:  # lazy loaders repeat an image for browsers without scripts
            self.writer.image(source, " ".join((image.get("alt") or "").split()))
            self.last_image = source


def _with_ancestors(slots: Sequence[Sequence[Slot]], is_main: Sequence[bool], *, wanted: bool) -> set[etree._Element]:
    """The elements that hold text of the main blocks (or of the others), up to the root."""
    found: set[etree._Element] = set()
    for block, block_slots in enumerate(slots):
        if is_main[block] == wanted:
            for element, is_tail in block_slots:
                holder = element.getparent() if is_tail else element
                while holder is not None and holder not in found:
                    found.add(holder)
                    holder = holder.getparent()
    return found


def _tag(element: etree._Element) -> str:
    """The tag without its namespace; '' for a comment or processing instruction."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _attributes(element: etree._Element, tag: str) -> str:
    names: Iterable[str] = KEPT_ATTRIBUTES.get(tag, ())
    return "".join(f' {name}="{escape(value)}"' for name in names if (value := element.get(name)) is not None)


def _code_language(pre: etree._Element) -> str:
    """The language of a code block, from the classes of its element, the one inside or the one around."""
    for element in (pre, pre.find("code"), pre.getparent()):
        match = CODE_LANGUAGE.search(element.get("class") or "") if element is not None else None
        if match is not None:
            return match[1]
    return ""
