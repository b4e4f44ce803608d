"""What a notebook shows of a Document."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cleanpage
from cleanpage.render.notebook import MAX_CHARS, MAX_ROWS
from cleanpage.render.palette import PALETTE, UNSHOWN
from cleanpage.roles import Role
from tests.hostile import HOSTILE, document_with, parsed, shape


def test_table() -> None:
    """A row a block: index, role in its colour, confidence, text; the reasons on hover; counts of roles above."""
    document = cleanpage.clean(
        "<html><body><nav><a href=/>Home</a> <a href=/news>News</a></nav><article><h1>Gulls on the roof</h1><p>The "
        "gulls came back in March and took the roof of the fish market, as they have for twenty years.</p></article>"
    )
    root = parsed(f"<body>{document._repr_html_()}")
    rows = list(root.iter("tr"))
    assert len(rows) == len(document) > 2
    for row, block in zip(rows, document.blocks, strict=True):
        index, role, confidence, text = (cell.text_content() for cell in row)
        assert (index.rstrip("*"), role, confidence) == (str(block.index), block.role, f"{block.confidence:.2f}")
        assert index.endswith("*") == block.is_main
        assert text == block.text
        assert row.get("title") == "\n".join(block.reasons)
        assert PALETTE[block.role].color in row[1][0].get("style")
    counts = root.find("body")[1].text_content()
    assert all(f"{role} {len(document.with_role(role))}" in counts for role in {b.role for b in document.blocks})


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text(text: str) -> None:
    """Markup in a page's text is shown as the text that it is."""
    shown = document_with(text)._repr_html_()
    assert shape(shown) == shape(document_with("plain")._repr_html_())
    expected = UNSHOWN.sub("\ufffd", text)
    assert parsed(shown).xpath("//tr/td[4]/text()") == [expected] * 2


@given(st.text(st.characters(exclude_characters="\r"), min_size=1))
def test_any_text(text: str) -> None:
    """No text adds an element or an attribute."""
    assert shape(document_with(text)._repr_html_()) == shape(document_with("plain")._repr_html_())


def test_only_style() -> None:
    """There is nothing in it that loads or runs."""
    shown = shape(document_with("a")._repr_html_())
    assert {tag for tag, _ in shown} <= {"html", "body", "div", "b", "span", "table", "tbody", "tr", "td"}
    assert {name for _, names in shown for name in names} == {"style", "title", "dir"}


def test_large_page() -> None:
    """A notebook stays small: long texts are cut, and so is a long table, which says so."""
    document = document_with("word " * 200, role=Role.LEGAL, count=3000)
    shown = document._repr_html_()
    root = parsed(shown)
    assert len(root.xpath("//tr")) == MAX_ROWS
    assert f"{3000 - MAX_ROWS} more blocks" in shown
    assert {len(text) for text in root.xpath("//tr/td[4]/text()")} == {MAX_CHARS}


def test_page_without_blocks() -> None:
    """An empty page is shown as well."""
    assert "0 of 0 blocks" in cleanpage.clean("")._repr_html_()
