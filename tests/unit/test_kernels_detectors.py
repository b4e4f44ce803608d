"""The kernels of detectors: each gives what its reference in Python gives."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanpage import native
from cleanpage.detectors import base, evidence, layout
from cleanpage.markup import link_clues, names_clues, vocabulary
from cleanpage.pipeline import page_of
from cleanpage.roles import Role
from tests.kernels import both, needs_kernels

pytestmark = needs_kernels


VOCABULARY = vocabulary()
NAME_BITS = sorted({*VOCABULARY.first_parts, *VOCABULARY.state_prefixes})
NAMES = st.lists(
    st.sampled_from(NAME_BITS) | st.sampled_from(["-", "_", "#", "1", "22", ".", "x", "é", "İ", "A", "a" * 300]),
    max_size=6,
).map("".join)
ENTRIES = [entry for table in VOCABULARY.links.values() for entry in table]
WHOLE_LINKS = {
    "hosts": "//{}",
    "paths": "/{}",
    "ends": "/{}",
    "queries": "?{}",
    "anchors": "#{}",
    "schemes": "{}:",
}
"""A link that is an entry of each table and nothing else."""

LINK_BITS = [*"?#&=@:.- X/é", "//", "http:", "mailto:", "www.", "%20", "a" * 500]
LINKS = st.lists(
    st.sampled_from([*ENTRIES, *sorted(VOCABULARY.site_names)]) | st.sampled_from(LINK_BITS), max_size=8
).map("".join)
MARKUP = st.lists(
    st.tuples(
        st.sampled_from(["div", "p", "li", "ul", "nav", "h2", "a", "time", "form", "input", "section"]),
        st.lists(NAMES, max_size=2).map(" ".join),
        st.sampled_from(["", "role=navigation", "itemprop=author", "data-testid=share-bar", "type=password"]),
        LINKS,
        st.sampled_from(["", "Text", "Running text, twenty words of it or so. " * 4]),
    ),
    max_size=12,
)


def html_of(elements: list[tuple[str, str, str, str, str]]) -> bytes:
    """Elements, nested in pairs, with a name, an attribute, a link and a text each."""
    parts = []
    for place, (tag, names, attribute, href, said) in enumerate(elements):
        link = f'<a href="{href}" class="{names}">{said[:30]}</a>'.replace("\n", "")
        parts.append(f'<{tag} {attribute} class="{names}">{said}{link}' + (f"</{tag}>" if place % 2 else ""))
    return "".join(parts).encode()


@given(st.lists(NAMES, max_size=4).map(tuple))
def test_names(names: tuple[str, ...]) -> None:
    """Names say to the kernel what they say to markup."""
    assert native.kernel("names").NameTable(VOCABULARY).clues_of(names) == names_clues(names)


@given(LINKS)
def test_links(href: str) -> None:
    """No link that says something is passed over."""
    assert native.kernel("links").LinkTable(VOCABULARY).may_tell(href) or not link_clues(href)


@pytest.mark.parametrize("table", WHOLE_LINKS)
def test_every_link_that_is_known(table: str) -> None:
    """No entry is passed over, whichever table it stands in."""
    links = native.kernel("links").LinkTable(VOCABULARY)
    told = [WHOLE_LINKS[table].format(entry) for entry in VOCABULARY.links[table]]
    assert all(map(link_clues, told))
    assert [href for href in told if not links.may_tell(href)] == []


def test_every_table_of_links() -> None:
    """What the test above goes through is all that markup.toml has."""
    assert WHOLE_LINKS.keys() == VOCABULARY.links.keys()


@given(MARKUP)
def test_markup(elements: list[tuple[str, str, str, str, str]]) -> None:
    """The kernel finds the same in the markup of a page, and makes the same signals of it."""
    page = page_of(html_of(elements), "https://www.example.org/")
    if page is None:
        return
    found = evidence.evidence_of(page)
    kernel, reference = both(lambda: evidence._read(page, found), evidence)
    assert kernel == reference
    for role in Role:
        kernel, reference = both(partial(base.markup_signals, page, "detector", role, 0.5), base)
        assert kernel == reference
        assert [type(signal) for signal in kernel] == [type(signal) for signal in reference]


@given(MARKUP)
def test_layout(elements: list[tuple[str, str, str, str, str]]) -> None:
    """The kernel finds the same links and cards."""
    page = page_of(html_of(elements * 3))
    if page is None:
        return
    kernel, reference = both(lambda: layout._lay_out(page), layout)
    assert kernel == reference


SIGN_BITS = [*"0123456789.-/:h年月©(+ x \u00a0٣é_", "19", "20", " 2026", "22.11.26", "12:30", "a.org"]


@given(st.lists(st.lists(st.sampled_from(SIGN_BITS), min_size=1).map("".join) | st.text(min_size=1), max_size=5))
def test_text_signs(texts: list[str]) -> None:
    """The kernel sees the same signs in texts, and gives the same blocks with them."""
    kernel, reference = both(lambda: layout.text_signs(texts), layout)
    assert kernel == reference
