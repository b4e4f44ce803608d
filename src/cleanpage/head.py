"""tree → Head: what a page says about itself outside its visible text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cleanpage import native
from cleanpage.page import Head

if TYPE_CHECKING:
    from lxml import etree

KERNEL: Final = native.kernel("head")


def read_head(root: etree._Element) -> Head:
    """Reads what the page says about itself: title, meta elements, canonical link, base, JSON-LD."""
    head = empty_head(root)
    if KERNEL is None or not KERNEL.read_elements(root, head):
        read_elements(root, head)
    return head


def empty_head(root: etree._Element) -> Head:
    """A head of which only the language is known, which the root tells."""
    return Head(language=root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or "")


def read_elements(root: etree._Element, head: Head) -> None:
    """Reads all but the language; kernels/head.pyx does the same on libxml2's nodes.

    Args:
        root: The page's root element.
        head: Filled.
    """
    for element in root.iter("script", "meta", "link", "title", "base"):
        tag = element.tag
        if tag == "script":
            kind = element.get(b"type")
            if kind and kind.startswith("application/ld+json") and element.text:
                head.json_ld.append(element.text)
        elif tag == "meta":
            _read_meta(element, head)
        elif tag == "title":
            _read_title(element, head)
        elif tag == "base":
            head.base = head.base or element.get(b"href") or ""
        elif not head.canonical and element.get(b"rel") == "canonical":
            head.canonical = element.get(b"href") or ""


def _read_title(element: etree._Element, head: Head) -> None:
    parent = element.getparent()
    is_image_title = parent is not None and parent.tag == "svg"
    if not head.title and not is_image_title:
        head.title = " ".join((element.text or "").split())


def _read_meta(element: etree._Element, head: Head) -> None:
    name = element.get(b"property") or element.get(b"name") or element.get(b"itemprop") or element.get(b"http-equiv")
    if name and (content := element.get(b"content")):
        head.meta.setdefault(name.casefold(), content.strip())
