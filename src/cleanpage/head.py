"""tree → Head: what a page says about itself outside its visible text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleanpage.page import Head

if TYPE_CHECKING:
    from lxml import etree


def read_head(root: etree._Element) -> Head:
    """Reads what the page says about itself: title, meta elements, canonical link, JSON-LD."""
    head = Head(language=root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or "")
    for element in root.iter("script", "meta", "link", "title"):
        tag = element.tag
        if tag == "script":
            kind = element.get(b"type")
            if kind and kind.startswith("application/ld+json") and element.text:
                head.json_ld.append(element.text)
        elif tag == "meta":
            _read_meta(element, head)
        elif tag == "title":
            _read_title(element, head)
        elif not head.canonical and element.get(b"rel") == "canonical":
            head.canonical = element.get(b"href") or ""
    return head


def _read_title(element: etree._Element, head: Head) -> None:
    parent = element.getparent()
    is_image_title = parent is not None and parent.tag == "svg"
    if not head.title and not is_image_title:
        head.title = " ".join((element.text or "").split())


def _read_meta(element: etree._Element, head: Head) -> None:
    name = element.get(b"property") or element.get(b"name") or element.get(b"itemprop") or element.get(b"http-equiv")
    if name and (content := element.get(b"content")):
        head.meta.setdefault(name.casefold(), content.strip())
