"""UTF-8 → tree: the only module that imports the HTML parser (libxml2, by lxml).

libxml2 is fast and forgiving, but has two weak spots that a page may hit by accident or on purpose: it stops at a
nesting of 2,048 elements and drops the rest of the page, and it takes quadratic time over the attributes of one tag.
Pages that hit the first are flattened and parsed again; tags with thousands of attributes lose the surplus first. What
a page loses to a limit is said in a warning.
"""

from __future__ import annotations

import re
from collections import Counter
from sys import maxsize
from typing import TYPE_CHECKING, Final, NamedTuple

from lxml import etree

from cleanpage import native
from cleanpage.config import Config

if TYPE_CHECKING:
    from collections.abc import Iterator

KERNEL: Final = native.kernel("pages")

DEFAULT_LIMITS: Final = Config()
"""The limits of a page that nobody set others for."""

MOST_ATTRIBUTES: Final = 10_000
"""Most attributes of one tag that are read: libxml2's time grows with their square, 10,000 cost it 80 ms."""

UNLIMITED: Final = Config(max_nodes=maxsize, max_attributes=MOST_ATTRIBUTES, max_attribute_chars=maxsize)
"""What a page is read with that was read within limits before."""

SCAN_STEP: Final = 8192
"""Bytes without '<' that make a tag suspicious. So long a tag holds at most some 2,500 attributes, which cost
libxml2 5 ms (25,000: 0.48 s, 100,000: 11 s)."""

ATTRIBUTE: Final = rb"""[\s/]++[^\s/>=][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+))?+"""

QUOTES: Final = (b'"', b"'", b">")
"""What ends a value of an attribute: a long value is a long stretch without one of them."""

TAG: Final = re.compile(rb"<(?:!--|(/?)([a-zA-Z][^\s/>]*))")
VOID: Final = frozenset(b"area base br col embed hr img input link meta param source track wbr".split())
END_OF_PAGE: Final = re.compile(rb"</html\s*>", re.IGNORECASE)
RAW: Final = frozenset(b"script style textarea title xmp iframe noembed noframes".split())
"""Elements whose content holds no tags."""


class Parsed(NamedTuple):
    """A page's tree.

    Attributes:
        root: The root element, comments kept; None where the page holds no element and no text.
        utf8: The markup that gives the tree, without what the limits took out; empty where no markup gives it.
        warnings: ``code: explanation`` of each limit that the page is over.
    """

    root: etree._Element | None
    utf8: bytes
    warnings: list[str]


def parse_page(utf8: bytes, limits: Config = DEFAULT_LIMITS) -> Parsed:
    """Parses a page within limits.

    Args:
        utf8: The page's markup, as `cleanpage.decode.decode_page` gives it.
        limits: Its limits of nodes, depth and attributes are heeded.

    Returns:
        The tree. Nothing is raised, fetched or read from files.
    """
    warnings: list[str] = []
    shortened = _cut_nodes(utf8, limits.max_nodes)
    if shortened is not utf8:
        warnings.append(f"too_many_nodes: only the first {limits.max_nodes} tags and comments were read")
    kept = _drop_surplus_attributes(shortened, limits.max_attributes)
    if kept is not shortened:
        warnings.append(f"too_many_attributes: of a long tag only the first {limits.max_attributes} were read")
    root, is_cut = _parse(kept)
    if is_cut:
        warnings.append(f"too_deep: elements nested deeper than {limits.max_depth} were read as siblings")
        kept = _flatten(kept, limits.max_depth)
        root = _parse(kept)[0]
    if root is not None and _drop_long_values(root, kept, limits.max_attribute_chars):
        warnings.append(f"long_attribute: a value of over {limits.max_attribute_chars} characters was left out")
        kept = b""
    return Parsed(root, kept, warnings)


def parse(text: str) -> etree._Element | None:
    """The root element of markup that was read within limits before, None where it holds no element and no text."""
    return parse_page(text.encode("utf-8", "replace"), UNLIMITED).root


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


def element_at(root: etree._Element, path: str) -> etree._Element | None:
    """The element that a path of cleanpage's leads to in a tree.

    Args:
        root: Any element of the tree.
        path: A `Block.path`.

    Returns:
        None where there is none, or where the page gave an element a name that no path can hold.
    """
    try:
        found = root.getroottree().xpath(path)
    except (ValueError, etree.XPathError):  # a control character in the name of a tag
        return None
    element = found[0] if isinstance(found, list) and found else None
    return element if isinstance(element, etree._Element) else None


def is_lxml(page: object) -> bool:
    """Whether an object is any node or tree of lxml's."""
    return isinstance(page, (etree._Element, etree._ElementTree))


def _parse(utf8: bytes) -> tuple[etree._Element | None, bool]:
    """Parses a page; the second value tells whether the parser gave up before its end."""
    # A parser of its own for each page: a shared one is neither safe in threads nor freed. Without the table of ids,
    # which is never looked at, it is faster.
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, collect_ids=False)
    try:
        root: etree._Element | None = etree.fromstring(_without_early_end(utf8), parser)
    except etree.XMLSyntaxError:  # "Document is empty"
        return None, False
    is_cut = any(entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for entry in parser.error_log)
    return root, is_cut


def _without_early_end(utf8: bytes) -> bytes:
    """A page without each ``</html>`` before its end: libxml2 2.14 stops there, browsers read on."""
    start = find_end(utf8)
    if utf8.find(b"<", start + 1) < 0:
        return utf8
    return utf8[:start] + END_OF_PAGE.sub(b"", utf8[start:])


def find_end(utf8: bytes) -> int:
    """Where the first ``</html`` of a page starts; its length where it has none."""
    if KERNEL is not None:
        found: int = KERNEL.find_end(utf8)
        return found
    ends = [end for end in (utf8.find(b"</html"), utf8.find(b"</HTML")) if end >= 0]
    return min(ends, default=len(utf8))


def _cut_nodes(utf8: bytes, max_nodes: int) -> bytes:
    """The page up to so many tags and comments."""
    if len(utf8) <= max_nodes or utf8.count(b"<") <= max_nodes:
        return utf8
    position = -1
    for _ in range(max_nodes + 1):
        position = utf8.find(b"<", position + 1)
    return utf8[:position]


def _drop_surplus_attributes(utf8: bytes, max_attributes: int) -> bytes:
    """Shortens tags with thousands of attributes, found by the long stretches without '<' that they leave."""
    surplus: re.Pattern[bytes] | None = None
    pieces: list[bytes] = []
    done = 0
    start = utf8.find(b"<")
    while start >= 0:
        following = utf8.rfind(b"<", start + 1, start + SCAN_STEP)
        if following < 0:
            surplus = surplus or re.compile(
                rb"<[a-zA-Z][^\s/>]*+(?:%b){%d}((?:%b)++)" % (ATTRIBUTE, max_attributes, ATTRIBUTE)
            )
            match = surplus.match(utf8, start)
            if match:
                pieces.append(utf8[done : match.start(1)])
                done = match.end(1)
            # Nothing is sought in what was dropped: a tag that is never closed holds all those after it.
            following = utf8.find(b"<", max(start + SCAN_STEP, done))
        start = following
    return b"".join(pieces) + utf8[done:] if pieces else utf8


def _drop_long_values(root: etree._Element, utf8: bytes, max_chars: int) -> bool:
    """Takes attributes with long values out of a tree; returns whether there were any."""
    if not any(_has_stretch(utf8, mark, max_chars) for mark in QUOTES):
        return False
    found = False
    for element, name in list(_long_values(root, max_chars)):
        del element.attrib[name]
        found = True
    return found


def _has_stretch(utf8: bytes, mark: bytes, length: int) -> bool:
    """Whether a page has a stretch longer than a length without a mark; looks at few bytes of most pages."""
    start = 0
    while len(utf8) - start > length:
        last = utf8.rfind(mark, start, start + length + 1)
        if last < 0:
            return True
        start = last + 1
    return False


def _long_values(root: etree._Element, max_chars: int) -> Iterator[tuple[etree._Element, str | bytes]]:
    """The elements with an attribute whose value is longer, and its name."""
    for element in root.iter(etree.Element):
        for name, value in element.items():
            if len(value) > max_chars:
                yield element, name


def _flatten(utf8: bytes, max_depth: int) -> bytes:
    """Rewrites a page so that no element is nested deeper than a number: deeper ones become siblings.

    End tags without a start are dropped; libxml2 would search all open elements for each.
    """
    pieces: list[bytes] = []
    open_tags = _OpenTags(max_depth)
    done = position = 0
    while match := TAG.search(utf8, position):
        position = match.end()
        slash, name = match.groups()
        if name is None:
            position = utf8.find(b"-->", position)
            if position < 0:
                break
        elif slash:
            if not open_tags.close(name.lower()):
                pieces.append(utf8[done : match.start()])
                done = position = utf8.find(b">", position) + 1 or len(utf8)
        elif name.lower() in RAW:
            position = _end_of_raw(utf8, name, position)
        elif name.lower() not in VOID:
            if open_tags.is_full():
                pieces.append(b"%b</%b>" % (utf8[done : match.start()], open_tags.pop()))
                done = match.start()
            open_tags.push(name.lower())
    return b"".join(pieces) + utf8[done:]


class _OpenTags:
    """The names of the open elements, outermost first, counted so that a name is found without a search."""

    def __init__(self, max_depth: int) -> None:
        self.max_depth = max_depth
        self.names: list[bytes] = []
        self.counts: Counter[bytes] = Counter()

    def is_full(self) -> bool:
        return len(self.names) >= self.max_depth

    def push(self, name: bytes) -> None:
        self.names.append(name)
        self.counts[name] += 1

    def pop(self) -> bytes:
        name = self.names.pop()
        self.counts[name] -= 1
        return name

    def close(self, name: bytes) -> bool:
        """Closes the innermost element of this name and all inside it; False if there is none."""
        if not self.counts[name]:
            return False
        while self.pop() != name:
            pass
        return True


def _end_of_raw(utf8: bytes, name: bytes, position: int) -> int:
    """Where an element without tags inside ends, from the start of its content."""
    match = re.compile(b"</" + name, re.IGNORECASE).search(utf8, position)
    return match.end() if match else len(utf8)
