"""Class names that are nearly everywhere are no evidence."""

from __future__ import annotations

import cleanpage
from cleanpage.common_names import MIN_NAMED_COUNT, forget_common_names
from cleanpage.segment import segment
from tests.builders import tree_of

SENTENCE = "The ferry to the island was late again because of the fog over the bay, said the harbour master on Monday. "


def names_of(html: str) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """The names of a page's nodes and of its inline elements that are left."""
    page = segment(tree_of(html))
    forget_common_names(page)
    return [names for names in page.node_table.names if names], page.inline_names


def test_what_is_everywhere_is_forgotten() -> None:
    """A name of nine in ten elements goes, others stay, also those of the same element and of inline ones."""
    pages = "".join(f"<p class='ad p{number}'>one <b class='ad bold'>two</b></p>" for number in range(20))
    nodes, inline = names_of(f"<div class=odd>{pages}</div>")
    assert nodes == [("odd",), *[(f"p{number}",) for number in range(20)]]
    assert inline == [("bold",)] * 20


def test_what_is_not_everywhere_stays() -> None:
    """A name of four in five elements stays: a list may be most of a page; so does all on a small page."""
    page = "<div class=list>" + "<p class=item>one</p>" * 16 + "<p class=other>two</p>" * 3
    assert names_of(page)[0].count(("item",)) == 16
    small = "<p class=ad>one</p>" * (MIN_NAMED_COUNT - 1)
    assert names_of(small)[0] == [("ad",)] * (MIN_NAMED_COUNT - 1)


def test_an_article_in_hostile_names_is_kept() -> None:
    """An article all of whose elements are called advertisements is read as if they had no names."""
    paragraphs = "".join(f"<p CLASS>{SENTENCE * (2 + number % 3)}</p>" for number in range(12))
    page = f"<nav CLASS><a href=/>Home</a></nav><div CLASS><h1 CLASS>Fog over the bay</h1>{paragraphs}</div>"
    hostile = cleanpage.clean(page.replace("CLASS", 'class="ad paywall sponsored cookie"'))
    assert hostile.text == cleanpage.clean(page.replace(" CLASS", "")).text
    assert hostile.text.count(SENTENCE.strip()) >= 24
