"""Pages in columns, and what cleaning them must come to, whatever engine does it."""

from __future__ import annotations

from typing import Any, Final

import cleanpage
from cleanpage.engines.rows import VIEWS

PAGE: Final = """<html lang="de"><head><title>Die Brücke</title></head><body><nav><a href="/">Start</a></nav><article>
<h1>Die Brücke ist wieder offen</h1><p>Nach zwei Jahren Bauzeit fuhren am Montag die ersten Straßenbahnen über die alte
Brücke, und viele Leute sahen dabei zu.</p></article></body></html>"""

URL: Final = "https://zeitung.example/bruecke"
IDS: Final = [7, 8, 9, 10, 11]
PAGES: Final = [PAGE, "", None, "<p>" + "a few more words " * 40, PAGE.replace("zwei", "drei")]
URLS: Final = [URL, None, None, None, URL]
STATUSES: Final = ["ok", "empty", "error", "too_large", "ok"]
MAX_BYTES: Final = 600
"""Of PAGES one is longer."""

COLUMNS: Final = ("text", "quality", "blocks", "status", "error")


def expected(columns: tuple[str, ...] = COLUMNS) -> list[dict[str, Any]]:
    """The rows for PAGES, URLS and IDS, each as `cleanpage.clean` gives it."""
    return [_row(*given, columns) for given in zip(IDS, PAGES, URLS, STATUSES, strict=True)]


def _row(number: int, page: str | None, url: str | None, status: str, columns: tuple[str, ...]) -> dict[str, Any]:
    row: dict[str, Any] = {"id": number, "url": url, "status": status}
    document = cleanpage.clean(page, url) if page is not None and status in {"ok", "empty"} else None
    row |= {name: VIEWS[name](document) if document else None for name in columns if name in VIEWS}
    if row.get("blocks"):
        row["blocks"] = [{"path": None, "start": None, "end": None} | block for block in row["blocks"]]
    return row


def comparable(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows without their errors, in the order of their ids; those that failed must say why, and no other."""
    for row in rows:
        assert bool(row["error"]) == (row["status"] in {"error", "too_large", "timeout"})
    return sorted(({k: v for k, v in row.items() if k != "error"} for row in rows), key=lambda row: row["id"])
