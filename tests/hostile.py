"""Documents that hold a text wherever a page's own words may come to stand, and what HTML views make of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import html

from cleanpage.document import Block, Document
from cleanpage.roles import Kind, Role

if TYPE_CHECKING:
    from lxml.html import HtmlElement

HOSTILE = [
    "</title><script>alert(1)</script>",
    "</div></li></ol><img src=x onerror=alert(1)>",
    "\"><svg onload='alert(1)'>",
    "' autofocus onfocus='alert(1)",
    "<!-- ",
    "]]></style><link rel=stylesheet href=https://evil.example/a.css>",
    "$policy ${blocks} $$",
    "javascript:alert(1)",
    "&lt;b&gt; &amp;",
    "\u202egnp.exe\u0000\ud800\x1b[31m",
]


def document_with(text: str, *, role: Role = Role.TEXT, count: int = 2) -> Document:
    """A document that holds a text wherever a page's own words may come to stand."""
    blocks = tuple(
        Block(index, role, Kind.PARAGRAPH, 0, text, text, 0.5, (text, text), is_main=bool(index), path=text)
        for index in range(count)
    )
    return Document(blocks=blocks, title=text, url=text, language=text, page_type=text, warnings=(text,))


def parsed(view: str) -> HtmlElement:
    """The tree of an HTML view, as a browser's parser would build it."""
    root: HtmlElement = html.document_fromstring(view)
    return root


def shape(view: str) -> list[tuple[str, tuple[str, ...]]]:
    """The elements and their attributes, in order: what a page's text must not add to."""
    return [(str(element.tag), tuple(element.attrib)) for element in parsed(view).iter()]
