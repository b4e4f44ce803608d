"""What of a block can be found again on other pages of its site: its text, and the place that it stands in."""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from cleanpage.page import Page

KEY_BYTES: Final = 8
"""Of a hash: among the 10,000 keys of a template, a strange key meets one by chance once in 10^15."""

PLACE_DEPTH: Final = 4
"""Elements that make a place: the block's own and those around it. On half of the benchmark's sites with several pages,
3 and 6 did as well; outside stand the names of single pages and sections ("post-4711")."""

NUMBER: Final = re.compile(r"\d+")
MAX_LENGTH_CLASS: Final = 5
"""Lengths of lines are told apart by powers of two, up to this one: from 32 words on, all are long."""

LINKED_SHARE: Final = 0.5
"""Share of a block's characters in links from which it is one."""


def text_keys(page: Page) -> list[str]:
    """The key of each block's text, whatever its case, white space and punctuation; '' for one without a word."""
    return [_key(" ".join(words)) if words else "" for words in page.words]


def place_keys(page: Page, page_type: str) -> list[str]:
    """The key of the place of each block, among pages of one type: a card is an item of a listing, or below an article.

    The place is the block's structure, and the tags and classes of the elements around it. In plain text it is the line
    before, and about how long the block is.

    Args:
        page: The page.
        page_type: What the arbiter takes it for.
    """
    places = _lines_before(page) if page.is_plain_text else _paths(page)
    keys = {place: _key(f"{page_type}\n{place}") for place in set(places)}
    return [keys[place] for place in places]


def _lines_before(page: Page) -> list[str]:
    before = ["", *(" ".join(words) for words in page.words[:-1])]
    lengths = (min(MAX_LENGTH_CLASS, max(1, count).bit_length() - 1) for count in page.word_counts)
    return [f"{length} {line}" for length, line in zip(lengths, before, strict=True)]


def _paths(page: Page) -> list[str]:
    nodes = page.node_table
    looks = list(zip(nodes.tags, nodes.names, strict=True))
    steps = {look: _step(*look) for look in set(looks)}  # a page has few
    around: dict[int, str] = {}
    for node in page.nodes:
        if node not in around:
            around[node] = "/".join([steps[looks[row]] for row in _innermost(nodes.parents, node)])
    return [
        f"{kind} {level} {links > LINKED_SHARE * len(text)} {around[node]}"
        for kind, level, links, text, node in zip(
            page.kinds, page.levels, page.link_char_counts, page.texts, page.nodes, strict=True
        )
    ]


def _step(tag: str, names: tuple[str, ...]) -> str:
    """A tag with its classes; ids and numbers are often those of one page."""
    classes = {NUMBER.sub("0", name) for name in names if not name.startswith("#")}
    return ".".join([tag, *sorted(classes)])


def _innermost(parents: list[int], node: int) -> list[int]:
    rows: list[int] = []
    while node >= 0 and len(rows) < PLACE_DEPTH:
        rows.append(node)
        node = parents[node]
    return rows


def _key(text: str) -> str:
    return blake2b(text.encode(errors="surrogatepass"), digest_size=KEY_BYTES).hexdigest()


def host_of(page: Page) -> str:
    """The host that a page is from, without its ``www.``; '' where neither the caller nor the page tells it."""
    try:
        host = urlsplit(page.address).hostname or ""
    except ValueError:  # an address that only looks like one
        return ""
    return host.removeprefix("www.")
