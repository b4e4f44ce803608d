"""datatrove: a pipeline run for real, in this process: files in, extractor or line filter, files out."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("datatrove", reason="needs cleanpage[engines]")

from datatrove.data import Document
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter

import cleanpage
from cleanpage.engines.datatrove import CleanpageExtractor, CleanpageLineFilter
from tests.tables import PAGE, URL

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

DUMP = """Log in or create an account

The gulls came back in March and took the roof of the fish market, as they have for twenty years.
Nobody in the harbour was surprised, and the ice seller moved his cart under the awning again.

Accept all cookies
"""


def run(folder: Path, rows: list[dict[str, Any]], step: Any) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Runs a pipeline of one step over rows; gives what it wrote, and what the step counted."""
    (folder / "in").mkdir()
    (folder / "in" / "pages.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    executor = LocalPipelineExecutor(
        [JsonlReader(str(folder / "in")), step, JsonlWriter(str(folder / "out"))], logging_dir=str(folder / "logs")
    )
    _, counted, _ = executor.run().stats
    written = [
        json.loads(line)
        for file in (folder / "out").glob("*.gz")
        for line in gzip.decompress(file.read_bytes()).decode().splitlines()
    ]
    return written, {name: int(count.total) for name, count in counted.stats.items()}


def test_extractor(tmp_path: Path) -> None:
    """The text takes the place of the page, what is known beside it goes into the metadata, other pages are dropped."""
    rows = [
        {"text": PAGE, "id": "a", "url": URL},
        {"text": "<p>" + "a few more words " * 40, "id": "too large"},
        {"text": "<!-- empty -->", "id": "b"},
        {"text": PAGE.replace("zwei", "drei"), "id": "c"},
    ]
    written, counts = run(tmp_path, rows, CleanpageExtractor(max_bytes=600, prefix="clean_"))
    document = cleanpage.clean(PAGE, URL)
    assert [row["id"] for row in written] == ["a", "c"]
    assert written[0]["text"] == document.text
    known = {name: written[0]["metadata"][f"clean_{name}"] for name in ("title", "language", "page_type", "quality")}
    assert known == {name: getattr(document, name) for name in known}
    assert (counts["total"], counts["clean_error"], counts["dropped"], counts["forwarded"]) == (4, 1, 1, 2)


def test_line_filter(tmp_path: Path) -> None:
    """The lines of the main text stay as they are; a document without any goes."""
    rows = [
        {"text": DUMP, "id": "a"},
        {"text": "   ", "id": "b"},
        {"text": "x" * 1001, "id": "c"},
    ]
    written, counts = run(tmp_path, rows, CleanpageLineFilter(max_bytes=1000))
    assert [(row["id"], row["text"]) for row in written] == [("a", "\n".join(DUMP.splitlines()[2:4]))]
    assert (counts["line-total"], counts["line-kept"]) == (4, 2)
    assert (counts["dropped_no_main_text"], counts["dropped_too_large"]) == (1, 1)


def test_line_filter_alone() -> None:
    """It changes the document that it is given."""
    document = Document(text=DUMP, id="a")
    assert CleanpageLineFilter().filter(document) is True
    assert document.text == "\n".join(DUMP.splitlines()[2:4])


def test_errors() -> None:
    """What means nothing raises when the step is made."""
    with pytest.raises(cleanpage.ConfigError, match="no option is named html"):
        CleanpageExtractor(html="body")
    with pytest.raises(cleanpage.ConfigError, match="no option is named columns"):
        CleanpageLineFilter(columns=["text"])
