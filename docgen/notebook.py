"""The example notebook as a page, with what its cells gave when it was run."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from docgen.paths import DOCS

if TYPE_CHECKING:
    from collections.abc import Iterator

NOTEBOOK: Final = DOCS / "example.ipynb"
PAGE: Final = "example-notebook.md"
STYLE: Final = re.compile(r"<style.*?</style>", re.DOTALL)
"""What pandas and Polars bring along for notebooks; the site has its own."""


def page() -> str:
    """The cells in order, each with what it gave."""
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    return "\n\n".join(part for cell in cells for part in _parts(cell)) + "\n"


def _parts(cell: dict[str, Any]) -> Iterator[str]:
    source = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        yield source
        return
    yield _fenced("python", source)
    for output in cell["outputs"]:
        data = output.get("data", {})
        if "text/html" in data:
            # On one line: Markdown would take what is indented for code.
            yield f"<div class=output>{' '.join(STYLE.sub('', ''.join(data['text/html'])).split())}</div>"
        else:
            yield _fenced("text", "".join(data.get("text/plain") or output["text"]).rstrip())


def _fenced(language: str, text: str) -> str:
    return f"```{language}\n{text}\n```"
