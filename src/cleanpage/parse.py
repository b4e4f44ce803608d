"""str → tree: the only module that imports the HTML parser (libxml2, by lxml).

libxml2 is fast and forgiving, but has two weak spots that a page may hit by accident or on purpose: it stops at a
nesting of 2,048 elements and drops the rest of the page, and it takes quadratic time over the attributes of one tag.
Pages that hit the first are flattened and parsed again; tags with thousands of attributes lose the surplus first.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from lxml import etree

MAX_DEPTH: Final = 1024
"""Nesting that a page is flattened to if libxml2 gives up on it (at 2,048; the implied elements need room)."""

MAX_ATTRIBUTE_COUNT: Final = 500
"""Attributes kept of one tag that is longer than SCAN_STEP."""

SCAN_STEP: Final = 8192
"""Characters without '<' that make a tag suspicious. So long a tag holds at most some 2,500 attributes, which cost
libxml2 5 ms (25,000: 0.48 s, 100,000: 11 s)."""

ATTRIBUTE: Final = r"""[\s/]++[^\s/>=][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+))?+"""
SURPLUS: Final = re.compile(rf"<[a-zA-Z][^\s/>]*+(?:{ATTRIBUTE}){{{MAX_ATTRIBUTE_COUNT}}}((?:{ATTRIBUTE})++)")

TAG: Final = re.compile(r"<(?:!--|(/?)([a-zA-Z][^\s/>]*))")
VOID: Final = frozenset("area base br col embed hr img input link meta param source track wbr".split())
RAW: Final = frozenset("script style textarea title xmp iframe noembed noframes".split())
"""Elements whose content holds no tags."""


def parse(text: str, utf8: bytes | None = None) -> etree._Element | None:
    """Parses a page.

    Args:
        text: The page's markup, as `cleanpage.decode.decode_page` or `readable` gives it.
        utf8: The same in UTF-8, if the caller has it; libxml2 reads that faster than str.

    Returns:
        The root element, comments kept; None where the page holds no element and no text. Nothing is raised, fetched
        or read from files.
    """
    shortened = _drop_surplus_attributes(text)
    if utf8 is None or shortened is not text:
        utf8 = _encode(shortened)
    root, is_cut = _parse(utf8)
    return _parse(_encode(_flatten(shortened)))[0] if is_cut else root


def root_of(page: object) -> etree._Element | None:
    """The root of an lxml tree, or the element itself.

    Args:
        page: Anything.

    Returns:
        None for what is no element, no tree with a root, or a comment or processing instruction.
    """
    if isinstance(page, etree._ElementTree):
        page = page.getroot()
    return page if isinstance(page, etree._Element) and isinstance(page.tag, str) else None


def is_lxml(page: object) -> bool:
    """Whether an object is any node or tree of lxml's."""
    return isinstance(page, (etree._Element, etree._ElementTree))


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _parse(utf8: bytes) -> tuple[etree._Element | None, bool]:
    """Parses a page; the second value tells whether the parser gave up before its end."""
    # A parser of its own for each page: a shared one is neither safe in threads nor freed. Without the table of ids,
    # which is never looked at, it is faster.
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, collect_ids=False)
    try:
        root: etree._Element | None = etree.fromstring(utf8, parser)
    except etree.XMLSyntaxError:  # "Document is empty"
        return None, False
    is_cut = any(entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for entry in parser.error_log)
    return root, is_cut


def _drop_surplus_attributes(text: str) -> str:
    """Shortens tags with thousands of attributes, found by the long stretches without '<' that they leave."""
    pieces: list[str] = []
    done = 0
    start = text.find("<")
    while start >= 0:
        following = text.rfind("<", start + 1, start + SCAN_STEP)
        if following < 0:
            match = SURPLUS.match(text, start)
            if match:
                pieces.append(text[done : match.start(1)])
                done = match.end(1)
            following = text.find("<", start + SCAN_STEP)
        start = following
    return "".join(pieces) + text[done:] if pieces else text


def _flatten(text: str) -> str:
    """Rewrites a page so that no element is nested deeper than MAX_DEPTH: deeper ones become siblings.

    End tags without a start are dropped; libxml2 would search all open elements for each.
    """
    pieces: list[str] = []
    open_tags = _OpenTags()
    done = position = 0
    while match := TAG.search(text, position):
        position = match.end()
        slash, name = match.groups()
        if name is None:
            position = text.find("-->", position)
            if position < 0:
                break
        elif slash:
            if not open_tags.close(name.lower()):
                pieces.append(text[done : match.start()])
                done = position = text.find(">", position) + 1 or len(text)
        elif name.lower() in RAW:
            position = _end_of_raw(text, name, position)
        elif name.lower() not in VOID:
            if open_tags.is_full():
                pieces.append(f"{text[done : match.start()]}</{open_tags.pop()}>")
                done = match.start()
            open_tags.push(name.lower())
    return "".join(pieces) + text[done:]


class _OpenTags:
    """The names of the open elements, outermost first, counted so that a name is found without a search."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.counts: Counter[str] = Counter()

    def is_full(self) -> bool:
        return len(self.names) >= MAX_DEPTH

    def push(self, name: str) -> None:
        self.names.append(name)
        self.counts[name] += 1

    def pop(self) -> str:
        name = self.names.pop()
        self.counts[name] -= 1
        return name

    def close(self, name: str) -> bool:
        """Closes the innermost element of this name and all inside it; False if there is none."""
        if not self.counts[name]:
            return False
        while self.pop() != name:
            pass
        return True


def _end_of_raw(text: str, name: str, position: int) -> int:
    """Where an element without tags inside ends, from the start of its content."""
    match = re.compile(f"</{name}", re.IGNORECASE).search(text, position)
    return match.end() if match else len(text)
