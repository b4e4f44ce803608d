"""The code that the docs show.

A line before a block may say what it needs, or why it is not run:

    <!-- needs: pandas, pyarrow -->
    <!-- not run: it fetches ten thousand pages -->

A block that needs what is not installed is skipped; every other one is run.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[1]
PAGES: Final = sorted(
    [
        *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "benchmarks/README.md")),
        *(ROOT / "docs").glob("*.md"),
    ]
)
ENGINE_PAGES: Final = frozenset({"engines.md", "notebooks.md", "scraping.md"})
"""Pages whose Python needs ``cleanpage[engines]``; tests/engines runs it."""

CODE: Final = re.compile(r"(?:^<!-- (needs|not run): ([^\n]+) -->\n+)?^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FENCE: Final = re.compile(r"^\s*(?:```|~~~)", re.MULTILINE)


class Code(NamedTuple):
    """A block of code.

    Attributes:
        page: The page that shows it.
        line: Its first line there.
        language: Its language, '' if it has none.
        text: The code.
        needs: What has to be installed, as it is imported.
        why_not_run: Why it is not run, '' if it is.
    """

    page: Path
    line: int
    language: str
    text: str
    needs: tuple[str, ...]
    why_not_run: str

    def __str__(self) -> str:
        """Where it is."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def all_code() -> list[Code]:
    """All blocks of code, in order."""
    return [code for page in PAGES for code in _code_on(page)]


def code_of(page: Path, language: str) -> list[str]:
    """The code blocks of a page in one language that are run."""
    return [code.text for code in _code_on(page) if code.language == language and not code.why_not_run]


def _code_on(page: Path) -> list[Code]:
    text = page.read_text(encoding="utf-8")
    return [
        Code(
            page,
            text.count("\n", 0, found.start(4)) + 1,
            found[3],
            found[4],
            tuple(found[2].split(", ")) if found[1] == "needs" else (),
            found[2] if found[1] == "not run" else "",
        )
        for found in CODE.finditer(text)
    ]
