"""Which elements and attributes of a page the HTML view keeps, and under what name."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from cleanpage.tags import SKIPPED

if TYPE_CHECKING:
    from lxml import etree

STRUCTURES: Final = {
    **{tag: tag for tag in "ul ol dl li dt dd blockquote table caption thead tbody tr td th figure figcaption".split()},
    "menu": "ul",
    "tfoot": "tbody",
}
INLINE_TAGS: Final = {
    **{tag: tag for tag in "a b strong em i sub sup code kbd samp var cite q abbr mark del ins time".split()},
    "s": "del",
    "strike": "del",
    "tt": "code",
}
KEPT_ATTRIBUTES: Final = {
    "a": ("href",),
    "abbr": ("title",),
    "time": ("datetime",),
    "ol": ("start", "reversed"),
    "td": ("colspan", "rowspan"),
    "th": ("colspan", "rowspan", "scope"),
}
SPANS: Final = ("colspan", "rowspan")
MAX_SPAN: Final = 100
"""Columns or rows that a cell may reach over; a page that says more is read as if it said this."""

MAX_VALUE_CHARS: Final = 4096
"""Characters of an address, a title or a date; a longer one is left out. A link around many blocks is written in each
of them, so without a bound the view would grow with the square of the page."""

IMAGELESS: Final = SKIPPED | frozenset(("nav", "aside", "footer", "form", "button"))
"""Elements whose images belong to something else than the text around them."""

LAYOUT_ROLES: Final = frozenset(("presentation", "none"))


def attributes_of(element: etree._Element, tag: str) -> str:
    """The attributes that are kept of an element, as HTML."""
    names = KEPT_ATTRIBUTES.get(tag, ())
    written = ""
    for name in names:
        value = element.get(name)
        if value is not None and len(value) <= MAX_VALUE_CHARS:
            if name in SPANS and value.strip().isdecimal():
                value = str(min(int(value.strip()[:4]), MAX_SPAN))
            written += f' {name}="{escape(value)}"'
    return written
