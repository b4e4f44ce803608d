"""tree → Head: what a page says about itself outside its visible text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanpage.page import Head

if TYPE_CHECKING:
    from lxml import etree


def read_head(root: etree._Element) -> Head:
    """Reads what the page says about itself: title, meta elements, canonical link, JSON-LD."""
    head = Head(language=root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or "")
    for element in root.iter("title", "meta", "link", "script"):
        if element.tag == "title":
            _read_title(element, head)
        elif element.tag == "meta":
            _read_meta(element, head)
        elif element.tag == "link":
            if element.get("rel") == "canonical" and not head.canonical:
                head.canonical = element.get("href") or ""
        elif (element.get("type") or "").startswith("application/ld+json") and element.text:
            head.json_ld.append(element.text)
    return head


def _read_title(element: etree._Element, head: Head) -> None:
    parent = element.getparent()
    is_image_title = parent is not None and parent.tag == "svg"
    if not head.title and not is_image_title:
        head.title = " ".join((element.text or "").split())


def _read_meta(element: etree._Element, head: Head) -> None:
    name = element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
    content = element.get("content")
    if name and content:
        head.meta.setdefault(name.casefold(), content.strip())
