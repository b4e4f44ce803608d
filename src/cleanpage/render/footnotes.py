"""Footnotes: the links in the text that lead to one, and the paragraphs or list items that they lead to."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from lxml import etree

MARK: Final = "\ufdd7"
"""Begins the address of a footnote until nh3 has made all others absolute: a noncharacter, so no page's own address."""

MARKED_ADDRESS: Final = re.compile(f' href="[^"]*#(?:{MARK}|%EF%B7%97)([0-9]+)"')
REFERRED: Final = re.compile(f' href="#{MARK}([0-9]+)"')
REFERENCE: Final = re.compile(r"footnote|noteref|fnref|sdfootnote|\bftn|\breference\b|citation", re.IGNORECASE)
"""Class, role or rel of a link to a footnote: Pandoc, DPUB-ARIA, Word, LibreOffice, MediaWiki."""

ADDRESS: Final = re.compile(r"#_?(?:ftn|fn|footnote|edn|endnote|cite_note|sdfootnote|note)[-_:.]?\d", re.IGNORECASE)
"""Address of a footnote, as the same write it."""

TARGETS: Final = frozenset(("li", "p"))
"""Elements that hold a footnote."""

MAX_HOLDERS: Final = 3
"""Elements between an anchor in a footnote and the element that holds the footnote."""


class Footnotes:
    """The footnotes of a tree that main text refers to.

    Attributes:
        numbers: The element of each footnote, and its number, by the order of the references.
    """

    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self.numbers: dict[etree._Element, int] = {}
        self._ids: dict[str, etree._Element] | None = None
        self._addresses: list[str] = []
        self._written: set[int] = set()

    def reference(self, link: etree._Element) -> str:
        """The address to write for a link that leads to a footnote; '' for any other link."""
        address = link.get("href") or ""
        if len(address) < 2 or address[0] != "#" or not _is_reference(link):  # noqa: PLR2004 - the # and a name
            return ""
        target = self._target(address[1:])
        if target is None or target in link.iterancestors():
            return ""
        number = self.numbers.get(target)
        if number is None:
            self._addresses.append(address)
            number = self.numbers[target] = len(self._addresses)
        return f"#{MARK}{number}"

    def identifier(self, element: etree._Element) -> str:
        """The attribute that makes an element a link's target; '' where no footnote stands in it."""
        number = self.numbers.get(element)
        if number is None:
            return ""
        self._written.add(number)
        return f' id="footnote-{number}"'

    def resolved(self, html: str) -> str:
        """Gives the links to footnotes that are not part of the main text their own addresses back."""
        if len(self._written) == len(self._addresses):
            return html
        return REFERRED.sub(lambda match: self._resolved(int(match[1])), html)

    def _resolved(self, number: int) -> str:
        address = f"#{MARK}{number}" if number in self._written else self._addresses[number - 1]
        return f' href="{escape(address)}"'

    def _target(self, name: str) -> etree._Element | None:
        if self._ids is None:
            self._ids = {}
            for element in self.root.iter():
                if identifier := element.get("id") or element.get("name"):
                    self._ids.setdefault(identifier, element)
        holder = self._ids.get(name)
        for _ in range(MAX_HOLDERS):
            if holder is None or holder.tag in TARGETS:
                return holder
            holder = holder.getparent()
        return None


def with_local_addresses(html: str) -> str:
    """Writes the addresses of footnotes as those of places on the same page."""
    return MARKED_ADDRESS.sub(r' href="#footnote-\1"', html)


def _is_reference(link: etree._Element) -> bool:
    parent = link.getparent()
    if link.find("sup") is not None or (parent is not None and parent.tag == "sup"):
        return True
    if ADDRESS.match(link.get("href") or ""):
        return True
    return any(REFERENCE.search(link.get(name) or "") for name in ("class", "role", "rel"))
