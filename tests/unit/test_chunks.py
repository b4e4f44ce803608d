"""chunks: pieces of the main text for retrieval."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanpage.errors import ConfigError
from cleanpage.page import split_words
from tests.unit.documents import PAGES, document_of, without_notes

PAGE = (
    "<h1>Log</h1><p>one two three</p><h2>Oil</h2><h3>Whale</h3><p>four five</p><p>note six</p><p>seven eight</p>"
    "<p>nine</p>"
    "<h2>Code</h2><pre><div>a b</div><div>c d</div></pre><p>ten</p>"
    "<table><tr><th>A</th><th>B</th></tr><tr><td>e f</td><td>g h</td></tr></table><p>eleven</p>"
)


def test_chunks_are_sections_with_their_headings() -> None:
    """Each chunk names its section and its blocks; boilerplate is in none."""
    chunks = document_of(PAGE, without_notes, "https://example.org/").chunks()
    assert [(chunk.headings, chunk.text.split("\n\n")[0]) for chunk in chunks] == [
        (("Log",), "Log"),
        (("Log", "Oil", "Whale"), "Oil"),
        (("Log", "Code"), "Code"),
    ]
    assert chunks[1].text == "Oil\n\nWhale\n\nfour five\n\nseven eight\n\nnine"
    assert chunks[1].blocks == (2, 3, 4, 6, 7)
    assert (chunks[1].word_count, chunks[1].url) == (7, "https://example.org/")
    assert chunks[1].to_dict()["headings"] == ["Log", "Oil", "Whale"]


def test_tables_and_code_are_never_cut() -> None:
    """A table of six words is a chunk of its own where chunks have three."""
    texts = [chunk.text for chunk in document_of(PAGE, without_notes).chunks(max_words=3)]
    assert texts == [
        "Log\n\none two three",
        "Oil\n\nWhale\n\nfour five",
        "seven eight\n\nnine",
        "Code\n\na b\nc d",
        "ten",
        "A\tB\ne f\tg h",
        "eleven",
    ]


def test_overlap_repeats_whole_blocks_of_the_section() -> None:
    """As many of the last blocks as fit, never across a heading, never so many that a chunk grows too long."""
    html = "<p>a b</p><p>c</p><p>d e f</p><p>g h i j</p><h2>K</h2><p>l</p>"
    texts = [chunk.text.replace("\n\n", "|") for chunk in document_of(html).chunks(max_words=4, overlap=2)]
    assert texts == ["a b|c", "c|d e f", "g h i j", "K|l"]


@pytest.mark.parametrize(("max_words", "overlap"), [(0, 0), (5, 5), (5, -1)])
def test_numbers_that_mean_nothing(max_words: int, overlap: int) -> None:
    """They are an error, not a guess."""
    with pytest.raises(ConfigError, match="mean nothing"):
        document_of(PAGE).chunks(max_words=max_words, overlap=overlap)


@given(PAGES, st.integers(1, 20))
def test_every_main_block_is_in_one_chunk(html: str, max_words: int) -> None:
    """Without overlap, chunks are the main text cut up: in order, nothing lost, nothing twice."""
    document = document_of(html, without_notes)
    chunks = document.chunks(max_words=max_words)
    assert [index for chunk in chunks for index in chunk.blocks] == [b.index for b in document.blocks if b.is_main]
    assert [word for chunk in chunks for word in split_words(chunk.text)] == split_words(document.text)
    assert all(chunk.word_count == len(split_words(chunk.text)) for chunk in chunks)


@given(PAGES, st.integers(2, 20), st.data())
def test_overlap_keeps_to_its_bound(html: str, max_words: int, data: st.DataObject) -> None:
    """A chunk begins with blocks of the one before, of so many words at most, and has new ones."""
    overlap = data.draw(st.integers(0, max_words - 1))
    chunks = document_of(html).chunks(max_words=max_words, overlap=overlap)
    texts = {block.index: len(split_words(block.text)) for block in document_of(html).blocks}
    for before, chunk in pairwise(chunks):
        repeated = [index for index in chunk.blocks if index in before.blocks]
        assert sum(texts[index] for index in repeated) <= overlap
        assert set(chunk.blocks) - set(before.blocks)
