"""Builds pages for tests: from a line or two of markup, or any tree of tags that hypothesis thinks of."""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from lxml import etree

from cleanpage.parse import parse
from cleanpage.segment import segment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cleanpage.page import Page

    Node = tuple[str, Sequence["Node | str"]]
    """A tag and what is inside: texts and further nodes."""

BLOCK_TAGS = (
    "div p section li ul h2 td tr table blockquote figure figcaption button details summary my-card nav".split()
)
INLINE_TAGS = "a b em span i code small label time sup mark ruby rt".split()
SKIPPED_TAGS = "script style template svg iframe select textarea canvas object".split()
LEAF_TAGS = "br hr img input".split()


def tree_of(html: str) -> etree._Element:
    """The root of a page's tree."""
    root = parse(html)
    assert root is not None
    return root


def page_of(*items: str, **options: Any) -> Page:
    """The page with these items in its body, in order: markup as it stands, any other text as a paragraph.

    Args:
        *items: For example ``page_of("A tale.", "<nav>Home</nav>")``.
        **options: As `segment` takes them.
    """
    body = "".join(item if item.startswith("<") else f"<p>{item}</p>" for item in items)
    return segment(tree_of(f"<html><body>{body}</body></html>"), **options)


def element_of(node: Node) -> etree._Element:
    """The lxml element of a node, exactly as it is nested: no parser tidies it."""
    root = etree.Element(node[0])
    open_nodes: list[tuple[etree._Element, Iterator[Node | str]]] = [(root, iter(node[1]))]
    while open_nodes:
        parent, children = open_nodes[-1]
        child = next(children, None)
        if child is None:
            open_nodes.pop()
        elif isinstance(child, str):
            _append_text(parent, child)
        else:
            open_nodes.append((etree.SubElement(parent, child[0]), iter(child[1])))
    return root


def _append_text(parent: etree._Element, text: str) -> None:
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text


def nested(tags: Sequence[str], depth: int, *, text: str = "") -> etree._Element:
    """A chain of elements, their tags taken in turn, with a text in each and words in the innermost."""
    chain = [etree.Element(tags[0])]
    for level in range(1, depth):
        chain[-1].text = text
        chain.append(etree.SubElement(chain[-1], tags[level % len(tags)]))
    chain[-1].text = "the innermost words"
    while len(chain) > 1:  # lxml looks for a parent in use when it lets go of an element: the innermost first is fast
        chain.pop()
    return chain[0]


def _grown(inner: st.SearchStrategy[Node | str]) -> st.SearchStrategy[Node]:
    tags = st.sampled_from(BLOCK_TAGS) | st.sampled_from(INLINE_TAGS) | st.sampled_from(SKIPPED_TAGS)
    return st.tuples(tags, st.lists(inner, max_size=5))


def _numbered(node: Node, numbers: Iterator[int]) -> Node:
    """The same tree with every word made unique, so that a lost or moved one shows."""
    tag, children = node
    return tag, [
        re.sub("w", lambda _: f"w{next(numbers)}", child) if isinstance(child, str) else _numbered(child, numbers)
        for child in children
    ]


_texts = st.sampled_from(["w", " w", "w ", " w ", "w\nw", "日本w", " ", "\n", "—"])
_leaves = _texts | st.sampled_from(LEAF_TAGS).map(lambda tag: (tag, ()))
_roots = st.sampled_from(["body", "div", "span"])

TREES: st.SearchStrategy[Node] = st.tuples(_roots, st.lists(st.recursive(_leaves, _grown, max_leaves=40))).map(
    lambda tree: _numbered(tree, count())
)
"""Trees that nest every element into every other, with the words w0, w1, w2... in document order."""
