"""The code that the docs show."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]

ENGINE_PAGES: Final = frozenset({"engines.md", "notebooks.md", "scraping.md"})
"""Pages whose Python needs ``cleanpage[engines]``; tests/engines runs it."""

CODE: Final = re.compile(r"^```(python|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def code_of(path: Path, language: str) -> list[str]:
    """The code blocks of a page of the docs in one language."""
    return [code for name, code in CODE.findall(path.read_text(encoding="utf-8")) if name == language]
