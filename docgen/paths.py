"""Where the sources of the docs are."""

from __future__ import annotations

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
PACKAGE: Final = ROOT / "src" / "cleanpage"
DOCS: Final = ROOT / "docs"
EXAMPLE: Final = ROOT / "examples" / "french-news.html"
"""The bundled page."""
