"""render.lines: every line of a dump with its role and offsets, nothing left out and nothing reordered."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cleanpage
from cleanpage.document import Block, Document
from cleanpage.plaintext import segment_text
from cleanpage.render.lines import lines_of
from cleanpage.roles import CONTENT_ROLES, ROLES, Role

DUMP = """Home | News | Sport
The bridge reopens

After two years of work, the old bridge over the river opened again on Monday, and the first to cross it was a dog.
The mayor spoke of a day that the town had waited for; the work had taken a year longer than she had hoped.
-
- Log in or create an account to keep reading.
"""

PIECES = st.sampled_from(
    [
        "Log in.",
        "Aussi dans l'actualité du jour",
        "The boats came back at nine.",
        "- ",
        "•",
        " ",
        "",
        "日本の橋",
        "## A",
    ]
)
BREAKS = st.sampled_from(["\n", "\r\n", "\r", "\n\n", "\u2028", "\x0b", "\x85", ""])
DUMPS = st.lists(st.tuples(PIECES, PIECES, BREAKS)).map(lambda parts: "".join(map("".join, parts)))
"""Dumps with marks, blank and glued lines, and with every kind of line break."""


def blocks_of(dump: str) -> tuple[Block, ...]:
    """The blocks of a dump, their roles taken in turn."""
    page = segment_text(dump)
    return tuple(
        Block(
            index=index,
            role=ROLES[index % len(ROLES)],
            kind=page.kinds[index],
            level=0,
            text=page.texts[index],
            language="",
            confidence=0.9,
            reasons=(),
            is_main=ROLES[index % len(ROLES)] in CONTENT_ROLES,
            start=page.starts[index],
            end=page.ends[index],
        )
        for index in range(len(page))
    )


@given(DUMPS | st.text())
def test_lines_are_the_dump(dump: str) -> None:
    """Each line starts where the one before it ends, and together they are the dump, character for character."""
    lines = lines_of(dump, blocks_of(dump))
    assert "".join(dump[line.start : line.end] for line in lines) == dump
    assert [line.start for line in lines] == [0, *(line.end for line in lines)][: len(lines)]
    assert [line.index for line in lines] == list(range(len(lines)))
    assert [line.text for line in lines] == dump.splitlines()


@given(DUMPS | st.text())
def test_lines_hold_the_blocks(dump: str) -> None:
    """A block is on the lines that its offsets meet and on no other; a line has the role of one of its blocks."""
    blocks = blocks_of(dump)
    lines = lines_of(dump, blocks)
    for line in lines:
        met = [block for block in blocks if block.start < line.end and block.end > line.start]
        assert line.blocks == tuple(block.index for block in met)
        assert (line.role, line.is_main) in {(block.role, block.is_main) for block in met} or not met
        assert met or (line.role, line.confidence, line.is_main) == (None, 0.0, False)
    assert sorted({index for line in lines for index in line.blocks}) == list(range(len(blocks)))


def test_lines_of_a_dump() -> None:
    """Menus and prompts, paragraphs, blank lines and lone marks: each line says what it is."""
    document = cleanpage.clean_text(DUMP)
    lines = document.lines
    assert [line.text for line in lines] == DUMP.splitlines()
    assert [line.role for line in lines if not line.text.strip("- ")] == [None, None]
    assert [line.role for line in lines[3:5]] == [Role.TEXT, Role.TEXT]
    assert all(line.is_main for line in lines[3:5])
    assert lines[6].role is Role.LOGIN_PROMPT
    assert not lines[6].is_main
    kept = [line.text for line in lines if line.is_main]
    assert kept == [text for text in DUMP.splitlines() if text in document.text.split("\n\n") and text]


def test_glued_pieces_share_a_line() -> None:
    """A line of two blocks names both, and has the role of the longer one."""
    dump = "Log in to read it all.The council decided on Tuesday evening to keep the old lighthouse by the harbour.\n"
    first, second = blocks_of(dump)
    [line] = lines_of(dump, (first, second))
    assert line.blocks == (0, 1)
    assert line.role is second.role


def test_a_wrapped_paragraph_is_on_all_its_lines() -> None:
    """One block on three lines gives each of them its role."""
    dump = (
        "The council of the harbour town decided on Tuesday evening to keep the\n"
        "old lighthouse, although the repair will cost more than twice as much as\n"
        "a new one."
    )
    [block] = blocks_of(dump)
    assert [line.blocks for line in lines_of(dump, [block])] == [(0,)] * 3


def test_lines_survive_pickling_and_are_gone_in_json() -> None:
    """The dump is pickled with its document; JSON has the blocks alone."""
    document = cleanpage.clean_text(DUMP)
    assert pickle.loads(pickle.dumps(document)).lines == document.lines
    assert Document.from_json(document.to_json()).lines == ()


@pytest.mark.parametrize("page", ["<p>A page.</p>", "<p></p>"])
def test_html_has_no_lines(page: str) -> None:
    """What a browser would break into lines is not in the page."""
    assert cleanpage.clean(page).lines == ()


def test_bytes_count_in_the_decoded_text() -> None:
    """Offsets are those of characters, not of bytes."""
    dump = "Мост через реку снова открыт для пешеходов.\nЧитайте также\n"
    lines = cleanpage.clean_text(dump.encode()).lines
    assert [dump[line.start : line.end] for line in lines] == dump.splitlines(keepends=True)


def test_an_empty_dump_has_no_lines() -> None:
    """There is nothing to tell."""
    assert cleanpage.clean_text("").lines == ()


def test_a_dump_without_blocks_has_its_lines() -> None:
    """Blank lines and marks alone are lines as well."""
    lines = cleanpage.clean_text("\n-----\n").lines
    assert [(line.text, line.role) for line in lines] == [("", None), ("-----", None)]
