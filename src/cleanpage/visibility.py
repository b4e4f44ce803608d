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
