"""The report on a page: complete, without network, and safe whatever the page holds."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cleanpage
from cleanpage.document import Document
from cleanpage.render.palette import PALETTE, UNSHOWN
from cleanpage.roles import Role
from tests.hostile import HOSTILE, document_with, parsed, shape
from tests.reports import assert_own_script_alone

if TYPE_CHECKING:
    from pathlib import Path

COLOR = re.compile("#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})")
MIN_CONTRAST = 4.5
"""Of text and what is behind it, as WCAG 2.2 asks for at level AA."""


def luminance(color: str) -> float:
    """Relative luminance of a colour, as WCAG defines it."""
    found = COLOR.fullmatch(color)
    assert found
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (int(part, 16) / 255 for part in found.groups())
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_every_block_in_order() -> None:
    """A block has its role as class and as text, its text, confidence, reasons and XPath; main text is marked."""
    document = cleanpage.clean(
        "<html><body><nav><a href=/>Home</a> <a href=/news>News</a></nav><article><h1>The weir at Olmstead</h1><p>The "
        "weir was built in 1911 and still turns the wheel of the mill, which grinds twice a week.</p></article></body>"
    )
    root = parsed(document.to_report("weir.html"))
    rows = root.xpath("//ol[@id='blocks']/li")
    assert len(rows) == len(document) > 2
    for row, block in zip(rows, document.blocks, strict=True):
        assert row.get("class") == row.get("data-role") == row.findtext("span[@class='role']") == block.role
        assert row.xpath("string(div[@class='text'])") == block.text
        assert ("data-main" in row.attrib) == (row.findtext("span[@class='main']") == "main text") == block.is_main
        [why] = row.xpath(f"div[@id='{row.get('aria-describedby')}']")
        assert f"confidence {block.confidence:.2f}" in why.findtext("p")
        assert [item.text for item in why.iterfind("ul/li")] == list(block.reasons)
        assert why.findtext("code") == block.path
    assert root.xpath("string(//div[@class='kept'])") == document.text
    assert "weir.html" in root.xpath("//dd/text()")


def test_filters() -> None:
    """There is a filter for each role that the page has, with its count."""
    blocks = (*document_with("a", role=Role.LEGAL, count=3).blocks, *document_with("b", count=1).blocks)
    labels = parsed(Document(blocks=blocks).to_report()).xpath("//fieldset/label")
    assert [(label.find("input").get("value"), label.text_content().split()) for label in labels] == [
        ("text", ["text", "1"]),
        ("legal", ["legal", "3"]),
    ]


def test_keyboard() -> None:
    """Every block takes the focus, and shows on focus what it shows under the mouse, even without the script."""
    report = document_with("a").to_report()
    assert all(row.get("tabindex") == "0" for row in parsed(report).xpath("//ol/li"))
    assert "li:hover > .why, li:focus > .why" in report


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text(text: str) -> None:
    """Markup in a page's text is shown as the text that it is."""
    report = document_with(text).to_report(text)
    assert shape(report) == shape(document_with("plain").to_report("plain"))
    shown = UNSHOWN.sub("\ufffd", text)
    root = parsed(report)
    assert root.xpath("//ol/li/div[@class='text']/text()") == [shown] * 2
    assert root.findtext(".//title") == f"{shown} · cleanpage"
    report.encode()  # no lone surrogates


@given(st.text(st.characters(exclude_characters="\r"), min_size=1))
def test_any_text(text: str) -> None:
    """No text adds an element or an attribute."""
    assert shape(document_with(text).to_report()) == shape(document_with("plain").to_report())


def test_no_network_and_one_script() -> None:
    """Nothing is loaded from anywhere, and the policy lets only the report's own script run."""
    root = parsed(document_with("https://example.org/a.js").to_report())
    assert root.xpath("//@src | //@href | //@action | //@style") == []
    assert_own_script_alone(root)


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node to check the script")
def test_script_is_valid(tmp_path: Path) -> None:
    """The script has no syntax error."""
    [script] = parsed(document_with("a").to_report()).iter("script")
    path = tmp_path / "report.js"
    path.write_text(script.text, encoding="utf-8")
    subprocess.run(["node", "--check", path], check=True)


def test_large_page() -> None:
    """3,000 blocks make a file of moderate size, in which what is off the screen is not laid out."""
    report = document_with("word " * 20, count=3000).to_report()
    assert len(parsed(report).xpath("//ol/li")) == 3000
    assert len(report) < 3_000_000
    assert "content-visibility: auto" in report


def test_page_without_blocks() -> None:
    """An empty page has a report as well."""
    root = parsed(cleanpage.clean("").to_report())
    assert root.xpath("//ol/li") == []
    assert root.findtext(".//h1")


def test_dump() -> None:
    """A block of plain text shows its offsets in place of an XPath."""
    document = cleanpage.clean_text("The tide tables\n\nHigh water is at nine in the morning at the old harbour wall.")
    places = parsed(document.to_report()).xpath("//ol/li//code/text()")
    assert places == [f"characters {block.start} to {block.end}" for block in document.blocks]


def test_palette() -> None:
    """Every role has its look, no two the same, and its name can be read on its colour in light and dark alike."""
    assert set(PALETTE) == set(Role)
    assert set(Counter(PALETTE.values()).values()) == {1}
    for paint in PALETTE.values():
        lighter, darker = sorted((luminance(paint.color), luminance(paint.ink)), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= MIN_CONTRAST


def test_light_and_dark() -> None:
    """The scheme follows the reader's, and text can be read in both."""
    report = document_with("a").to_report()
    assert "prefers-color-scheme: dark" in report
    schemes = re.findall(r"--back: (#\w+); --card: (#\w+); --fore: (#\w+); --faint: (#\w+)", report)
    assert len(schemes) == 2
    for back, card, *inks in schemes:
        for ink in inks:
            for behind in (back, card):
                lighter, darker = sorted((luminance(ink), luminance(behind)), reverse=True)
                assert (lighter + 0.05) / (darker + 0.05) >= MIN_CONTRAST
