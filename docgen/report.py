"""The report of the bundled page, as the site shows it."""

from __future__ import annotations

from typing import Final

import cleanpage
from docgen.paths import EXAMPLE

PAGE: Final = "example-report.html"


def report() -> str:
    """The report of the bundled page."""
    return cleanpage.clean(EXAMPLE).to_report(EXAMPLE.name)
