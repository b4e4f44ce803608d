"""The report of the bundled page, as the site shows it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import cleanpage
from docgen.paths import EXAMPLE

if TYPE_CHECKING:
    from cleanpage import Document

PAGE: Final = "example-report.html"


@cache
def document() -> Document:
    """The bundled page, read."""
    return cleanpage.clean(EXAMPLE)


def report() -> str:
    """The report of the bundled page."""
    return document().to_report(EXAMPLE.name)
