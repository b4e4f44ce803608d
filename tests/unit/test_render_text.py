"""render.text: the words of the main blocks and nothing else, with the breaks a reader expects."""

from __future__ import annotations

from hypothesis import given

from cleanpage.page import split_words
from tests.unit.documents import PAGES, document_of, without_notes, words_of_blocks


def text_of(body: str) -> str:
    """The text of an invented page."""
    return document_of(f"<html><body>{body}</body></html>", without_notes).text


def test_paragraphs_stand_apart_and_items_together() -> None:
    """A blank line between paragraphs and headings, a new line between items."""
    body = "<h2>Toren</h2><p>Een.</p><p>Twee<br>regels.</p><ul><li>a<ul><li>b</li></ul></li><li>c</li></ul><p>Drie.</p>"
    assert text_of(body) == "Toren\n\nEen.\n\nTwee\nregels.\n\na\nb\nc\n\nDrie."


def test_only_main_blocks_count() -> None:
    """Boilerplate leaves no gap."""
    assert text_of("<p>Uno.</p><p>note</p><p>Due.</p>") == "Uno.\n\nDue."


def test_table_rows_are_lines() -> None:
    """Cells of a row are parted by a tab, rows by a new line, paragraphs of a cell by a blank line."""
    body = "<table><tr><th>Höhe</th><th>Jahr</th></tr><tr><td>12 m</td><td>1850</td></tr></table>"
    assert text_of(body) == "Höhe\tJahr\n12 m\t1850"
    assert text_of("<table><tr><td>note</td><td><p>a</p><p>b</p></td><td>c</td></tr></table>") == "a\n\nb\tc"


def test_definitions_and_code() -> None:
    """Terms and definitions are lines; code keeps its own, and two listings stay two."""
    assert text_of("<dl><dt>塔</dt><dd>高い建物</dd></dl>") == "塔\n高い建物"
    body = "<pre>a =  1\n\n  b\n</pre><pre>c<div>d</div></pre>"
    assert text_of(body) == "a =  1\n\n  b\n\nc\nd"


@given(PAGES)
def test_every_word_once_and_in_order(html: str) -> None:
    """The text has the words of the main blocks, none lost, doubled, glued or cut."""
    document = document_of(html, without_notes)
    assert split_words(document.text) == words_of_blocks(document.blocks)
