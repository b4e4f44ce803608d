"""The views of small invented pages: one folder a case in tests/fixtures/views.

A case is a page (input.html) and what its Markdown is (expected.md); where expected.html stands beside it, what its
HTML is. Every block whose text has no word that begins with 'note' is main text; the page is https://example.org/log/page.html.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lxml import etree
from markdown_it import MarkdownIt

from tests.unit.documents import document_of, without_notes, words_of_blocks, words_of_html

if TYPE_CHECKING:
    from cleanpage.document import Document

FIXTURES = Path(__file__).parents[1] / "fixtures" / "views"
CASES = sorted(path for path in FIXTURES.iterdir() if path.is_dir())
URL = "https://example.org/log/page.html"
RENDERER = MarkdownIt("commonmark").enable(["table", "strikethrough"])

OTHER_WORDS = ("math-", "footnote", "code-pygments", "code-hexo", "code-line-")
"""How cases begin whose views have other words than the blocks: formulas stand on the page twice, the numbers of lines
are no code, and the labels of footnotes are notation."""

SAME_WORDS = [case for case in CASES if not case.name.startswith(OTHER_WORDS)]

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def read(case: Path) -> Document:
    """The document of a case."""
    return document_of((case / "input.html").read_text(encoding="utf-8"), without_notes, URL)


@each_case
def test_markdown(case: Path) -> None:
    """The Markdown is what a person would write."""
    assert read(case).markdown + "\n" == (case / "expected.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "case", [case for case in CASES if (case / "expected.html").exists()], ids=lambda case: case.name
)
def test_html(case: Path) -> None:
    """The HTML has the page's structure and nothing else of it."""
    assert read(case).html + "\n" == (case / "expected.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("case", SAME_WORDS, ids=lambda case: case.name)
def test_no_word_is_lost_or_doubled(case: Path) -> None:
    """Rendered Markdown, and the HTML, hold the words of the main blocks in order."""
    document = read(case)
    expected = words_of_blocks(document.blocks)
    assert words_of_html(document.html) == expected
    assert words_of_html(str(RENDERER.render(document.markdown))) == expected


@each_case
def test_addresses_are_absolute(case: Path) -> None:
    """Links and images lead somewhere wherever the HTML is put, but for those to its own footnotes."""
    root = etree.fromstring(f"<html>{read(case).html}</html>", etree.HTMLParser())
    addresses = [element.get("href") or element.get("src") or "https://" for element in root.iter("a", "img")]
    assert [a for a in addresses if not a.startswith(("https://", "mailto:", "#footnote-"))] == []


def test_cases_are_many() -> None:
    """None is lost by accident."""
    assert len(CASES) >= 49
