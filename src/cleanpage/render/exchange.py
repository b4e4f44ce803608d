"""HTML → the XML that trafilatura writes all of its formats from, XML-TEI among them.

Its tags are those of TEI where TEI has one: ``head``, ``list`` and ``item``, ``hi``, ``ref``, ``graphic``, ``row`` and
``cell``. trafilatura knows how such a tree is written, and whoever works with its XML knows how it is read.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from lxml import etree

from cleanpage.parse import parse
from cleanpage.render.palette import UNSHOWN

if TYPE_CHECKING:
    from collections.abc import Collection

    from trafilatura.settings import Document as ForeignDocument

    from cleanpage.document import Document

HIGHLIGHTS: Final = {
    "b": "#b",
    "strong": "#b",
    "i": "#i",
    "em": "#i",
    "var": "#i",
    "cite": "#i",
    "kbd": "#t",
    "samp": "#t",
    "sub": "#sub",
    "sup": "#sup",
    "ins": "#u",
}
NAMES: Final = {
    "ul": "list",
    "ol": "list",
    "dl": "list",
    "li": "item",
    "dt": "item",
    "dd": "item",
    **{f"h{level}": "head" for level in range(1, 7)},
    "p": "p",
    "blockquote": "quote",
    "q": "quote",
    "pre": "code",
    "code": "code",
    "del": "del",
    "br": "lb",
    "table": "table",
    "tr": "row",
    "td": "cell",
    "th": "cell",
    "a": "ref",
    "img": "graphic",
    "figcaption": "p",
    "caption": "p",
}
"""trafilatura's names of our tags; those that are not here leave their text."""


LEFT_OUT: Final = "left-out"
"""Stands for the tags that are taken away at the end."""


def exchange_tree(html: str, *, omit: Collection[str] = ()) -> etree._Element:
    """Builds the tree.

    Args:
        html: What `render.html` wrote.
        omit: Of ``links``, ``images``, ``formatting`` and ``tables`` those to leave out; the text of all but the last
            stays.

    Returns:
        A ``<body>``.
    """
    root = parse(f"<html><body>{_shown(html)}</body></html>")
    body = root.find("body") if root is not None else None
    if body is None:
        return etree.Element("body")
    for element in list(body.iter("math", "caption", "table", "code", "thead", "tbody")):
        _prepare(element, omit)
    left_out: list[str] = []
    terms: Counter[etree._Element | None] = Counter()
    for element in body.iterdescendants("*"):
        if element.tag in ("dt", "dd"):
            terms[element.getparent()] += element.tag == "dt"
        if not _rename(element, omit, terms[element.getparent()]):
            element.tag = LEFT_OUT
            left_out.append(LEFT_OUT)
    if left_out:
        etree.strip_tags(body, LEFT_OUT)
    return body


def _prepare(element: etree._Element, omit: Collection[str]) -> None:
    """Writes formulas as TeX, takes captions out of their tables, and drops what is not wanted."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tag == "math":
        signs = ("\\[", "\\]") if element.get("display") == "block" else ("\\(", "\\)")
        tex = f"{signs[0]}{element.get('alttext', '')}{signs[1]}"
        for child in list(element):
            element.remove(child)
        element.text = tex
    elif element.tag == "caption":
        place = parent.getparent()
        if place is not None:
            place.insert(place.index(parent), element)
            element.tail = None
    elif element.tag == "table" and "tables" in omit:
        for child in list(element):
            element.remove(child)
        element.text = None
    elif element.tag == "code" and parent.tag == "pre":  # its language is no text
        element.tag = LEFT_OUT


def _rename(element: etree._Element, omit: Collection[str], term_count: int) -> bool:
    """Gives an element trafilatura's name and attributes; False where it has none.

    Args:
        element: The element.
        omit: As `exchange_tree` has it.
        term_count: The terms of its list up to it, if it stands in a list of definitions.
    """
    tag = str(element.tag)
    attributes = {str(key): str(value) for key, value in element.items()}
    element.attrib.clear()
    if tag in HIGHLIGHTS:
        if "formatting" in omit:
            return False
        element.tag = "hi"
        element.set("rend", HIGHLIGHTS[tag])
        return True
    name = NAMES.get(tag)
    if (
        name is None
        or (name == "ref" and ("links" in omit or "href" not in attributes))
        or (name == "graphic" and "images" in omit)
        or (name == "table" and "tables" in omit)
    ):
        return False
    element.tag = name
    _set_attributes(element, tag, attributes, term_count)
    return True


def _set_attributes(element: etree._Element, tag: str, attributes: dict[str, str], term_count: int) -> None:
    if element.tag in ("list", "head"):
        element.set("rend", tag)
    elif tag in ("dt", "dd"):
        element.set("rend", f"{tag}-{max(term_count, 1)}")
    elif tag == "th":
        element.set("role", "head")
    elif tag == "a":
        element.set("target", attributes["href"])
    elif tag == "img":
        element.set("src", attributes.get("src", ""))
        if attributes.get("alt"):
            element.set("alt", attributes["alt"])


def foreign_document(document: Document, body: etree._Element) -> ForeignDocument:
    """A document of trafilatura's own, with our text and metadata.

    Args:
        document: The page.
        body: Its tree, of which the text is taken.
    """
    from urllib.parse import urlsplit

    from trafilatura.settings import Document as Foreign

    metadata = document.metadata
    url = _shown(metadata.url or document.url)
    try:
        host = urlsplit(url).hostname
    except ValueError:  # no URL has a host
        host = None
    return Foreign(
        title=_shown(metadata.title or document.title) or None,
        author=_shown(metadata.author) or None,
        url=url or None,
        hostname=host,
        description=_shown(metadata.description) or None,
        sitename=_shown(metadata.site_name) or None,
        date=_shown(metadata.date) or None,
        categories=list(map(_shown, metadata.categories)),
        tags=list(map(_shown, metadata.tags)),
        license_val=_shown(metadata.license) or None,
        body=body,
        language=_shown(document.language) or None,
        image=_shown(metadata.image) or None,
        pagetype=_shown(metadata.page_type) or None,
    )


def _shown(text: str) -> str:
    """A text as XML can hold it: no control characters."""
    return UNSHOWN.sub("\ufffd", text)


def render_tei(document: Document) -> str:
    """The main text as a TEI document with a header, as trafilatura writes it."""
    from trafilatura.xml import build_tei_output

    body = exchange_tree(document.html)
    # trafilatura drops the attributes of images; TEI has names of its own for them.
    images = [(image.attrib.pop("src", ""), image.attrib.pop("alt", "")) for image in body.iter("graphic")]
    tei = build_tei_output(foreign_document(document, body))
    for image, (address, alternative) in zip(tei.iter("{*}graphic"), images, strict=True):
        image.set("url", str(address))
        if alternative:
            etree.SubElement(image, "desc").text = str(alternative)
    return str(etree.tostring(tei, encoding="unicode", pretty_print=True)).strip()
