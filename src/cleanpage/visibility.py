"""Which elements of a tree say that they are not shown."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from lxml import etree

HIDDEN_STYLE: Final = re.compile(r"display\s*:\s*none", re.IGNORECASE)


@cache
def _style_finder() -> etree.XPath:
    from lxml import etree

    return etree.XPath("descendant-or-self::*[@hidden or @style]")


def hidden_elements(root: etree._Element) -> set[etree._Element]:
    """The elements that say that they are not shown, found by libxml2 in one go."""
    found = cast("list[etree._Element]", _style_finder()(root))
    return {
        element
        for element in found
        if element.get("hidden") is not None or HIDDEN_STYLE.search(element.get("style", ""))
    }
