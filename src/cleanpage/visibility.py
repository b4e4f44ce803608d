"""Which elements say that they are not shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from lxml import etree

HIDDEN_STYLE: Final = re.compile(r"display\s*:\s*none", re.IGNORECASE)


def is_hidden(element: etree._Element) -> bool:
    """Whether an element says that it is not shown."""
    return element.get(b"hidden") is not None or HIDDEN_STYLE.search(element.get(b"style", "")) is not None


def is_drawn_formula(element: etree._Element) -> bool:
    """Whether an element draws for the eye the formula that MathML beside it says, as KaTeX and MathJax write it."""
    if element.get(b"aria-hidden") != "true":
        return False
    beside = next(element.itersiblings("*", preceding=True), None), next(element.itersiblings("*"), None)
    return any(_is_math(sibling) or _is_math(_first_child(sibling)) for sibling in beside if sibling is not None)


def _first_child(element: etree._Element) -> etree._Element | None:
    return next(element.iterchildren("*"), None)


def _is_math(element: etree._Element | None) -> bool:
    return element is not None and element.tag.rpartition("}")[2] == "math"
