"""Bags of hashed tokens: a block's words, its elements' tags and names, its link targets, the page's own labels.

Tokens are hashed into buckets (feature hashing, Weinberger et al. 2009), so that no vocabulary is shipped. The hash is
CRC-32: the same in every process and on every platform.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import accumulate, chain
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlsplit
from zlib import crc32

import numpy as np

from cleanpage import native
from cleanpage.features.numbers import word_numbers_of
from cleanpage.features.structure import LOOK_ATTRIBUTES
from cleanpage.page import MAX_NAME_CHARS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence, Sized

    from cleanpage.features.structure import Layout
    from cleanpage.page import Page

KERNEL: Final = native.kernel("bags")

WORD_BUCKETS: Final = 1 << 14
MARKUP_BUCKETS: Final = 1 << 14
MAX_BAG_WORDS: Final = 40
"""Words of a block that go into its bag: its first ones. More change nothing for long text and cost time."""

MAX_HREFS: Final = 6
MAX_STEP_WORDS: Final = 3
"""A step of a path with more words is the slug of a headline."""

MAX_NAMES: Final = 10
NAME_PART: Final = re.compile(r"[a-z]{2,}|[^\W\d_]{2,}")
URL_PART: Final = re.compile(r"[a-z]{2,}")
HAS_DIGIT: Final = re.compile(r"\d")
SCHEMES: Final = frozenset(("javascript", "mailto", "tel", "data", "whatsapp", "sms"))
TYPE: Final = re.compile(r'"@type"\s*:\s*(?:\[\s*)?"([^"]{1,40})"')


class Bag(NamedTuple):
    """Hashed tokens of each row, one after the other.

    Attributes:
        ids: Bucket of each token, int32.
        starts: Where each row's tokens start in ids, int64, one entry more than rows.
    """

    ids: np.ndarray
    starts: np.ndarray


def make_bag(rows: list[tuple[int, ...]]) -> Bag:
    """Joins rows of bucket ids."""
    if KERNEL is not None:
        return Bag(*KERNEL.make_bag(rows))
    return _joined(rows, chain.from_iterable(rows))


def _joined(rows: Sequence[Sized], ids: Iterable[int]) -> Bag:
    """The bag of rows whose tokens' buckets come one after the other."""
    starts = np.fromiter(accumulate(map(len, rows), initial=0), dtype=np.int64, count=len(rows) + 1)
    return Bag(np.fromiter(ids, dtype=np.int32, count=int(starts[-1])), starts)


def _hash(token: str) -> int:
    return crc32(token.encode("utf-8", "surrogatepass"))


def _bucket(token: str) -> int:
    return _hash(token) % MARKUP_BUCKETS


def word_bucket(word: str) -> int:
    """The bucket of a word; numbers of as many digits share one. A word that is as long as a page is not remembered."""
    return _known_bucket(word) if len(word) <= MAX_NAME_CHARS else _known_bucket.__wrapped__(word)


@lru_cache(maxsize=1 << 16)
def _known_bucket(word: str) -> int:
    return _hash(f"#{len(word)}" if word.isdecimal() else word) % WORD_BUCKETS


def word_bag(page: Page) -> Bag:
    """The first words of each block, each once and in order: that of a set, and so sums, would change by process."""
    if KERNEL is not None:
        return Bag(*KERNEL.word_bag(*word_numbers_of(page), MAX_BAG_WORDS, WORD_BUCKETS))
    rows = [dict.fromkeys(words if len(words) <= MAX_BAG_WORDS else words[:MAX_BAG_WORDS]) for words in page.words]
    return _joined(rows, map(word_bucket, chain.from_iterable(rows)))


@lru_cache(maxsize=1 << 16)
def _name_buckets(name: str) -> tuple[int, ...]:
    """The buckets of a class or id token: the whole, and its parts."""
    return (_bucket(name), *[_bucket("." + part) for part in NAME_PART.findall(name)])


@lru_cache(maxsize=1 << 14)
def _names_buckets(names: tuple[str, ...]) -> tuple[int, ...]:
    """The buckets of several tokens, each once."""
    return tuple(dict.fromkeys([bucket for name in names[:MAX_NAMES] for bucket in _name_buckets(name)]))


@lru_cache(maxsize=1 << 10)
def _tags_buckets(prefix: str, tags: tuple[str, ...]) -> tuple[int, ...]:
    return tuple([_bucket(prefix + tag) for tag in tags])


def _attribute_buckets(attributes: dict[str, str]) -> tuple[int, ...]:
    found = [(name, attributes[name]) for name in LOOK_ATTRIBUTES if name in attributes]
    return tuple([_bucket(name + "=" + value.rpartition("/")[2].casefold()) for name, value in found])


def look_bag(page: Page, layout: Layout) -> Bag:
    """The markup tokens of each look of a node: tag, class and id tokens whole and in parts, role, itemprop ..."""
    table, nodes = page.node_table, layout.look_nodes
    if KERNEL is not None:
        columns = table.tags, table.names, table.attributes, nodes
        functions = _names_buckets, _attribute_buckets
        return Bag(*KERNEL.look_bag(*columns, *functions, LOOK_ATTRIBUTES, MARKUP_BUCKETS, MAX_NAMES))
    rows = [
        _tags_buckets("<", (table.tags[node],))
        + _names_buckets(table.names[node])
        + _attribute_buckets(table.attributes[node])
        for node in nodes
    ]
    return make_bag(rows)


def _host_of(url: str) -> str:
    """The host of a page's address without www, '' where it is none."""
    try:
        return urlsplit(url).netloc.casefold().removeprefix("www.") if url else ""
    except ValueError:
        return ""


def inline_bag(page: Page) -> Bag:
    """The tags, class and id tokens of the inline elements in each block, and its link targets."""
    host = _host_of(page.url)
    if KERNEL is not None:
        columns = page.inline_tags, page.inline_names, page.hrefs
        functions = _names_buckets, href_buckets
        return Bag(*KERNEL.inline_bag(*columns, host, *functions, SCHEMES, MARKUP_BUCKETS, MAX_NAMES, MAX_HREFS))
    rows: list[tuple[int, ...]] = []
    for tags, names, hrefs in zip(page.inline_tags, page.inline_names, page.hrefs, strict=True):
        row = _tags_buckets("<i:", tags) if tags else ()
        if names:
            row += _names_buckets(names)
        for href in hrefs[:MAX_HREFS]:
            row += href_buckets(href, host)
        rows.append(row)
    return make_bag(rows)


@lru_cache(maxsize=1 << 14)
def href_buckets(href: str, host: str) -> tuple[int, ...]:
    """The buckets of a link target."""
    return tuple([_bucket("h:" + token) for token in href_tokens(href, host)])


def _step_tokens(step: str) -> list[str]:
    """The words of a step of a path, or that it is the slug of a headline."""
    parts: list[str] = URL_PART.findall(step)
    return parts if len(parts) <= MAX_STEP_WORDS else ["slug"]


def href_tokens(href: str, host: str) -> list[str]:
    """What a link target says: its scheme, whether it leaves the site, the words of its path, its query keys.

    Args:
        href: The target as written.
        host: The page's host without 'www.'; '' if not known.
    """
    href = href[:300].strip().casefold()
    if not href or href[0] == "#":
        return ["anchor", *URL_PART.findall(href)[:3]]
    head, colon, _ = href.partition(":")
    if colon and head in SCHEMES:
        return [head]
    rest, _, fragment = href.partition("#")
    rest, _, query = rest.partition("?")
    _, slashes, rest = rest.rpartition("//")
    tokens: list[str] = ["fragment"] if fragment else []
    if slashes:
        link_host, _, path = rest.partition("/")
        link_host = link_host.removeprefix("www.")
        if host and (link_host == host or link_host.endswith("." + host)):
            tokens.append("same")
        else:
            tokens += ("away", "//" + ".".join(link_host.rsplit(".", 2)[-2:]))
    else:
        path = rest
        tokens.append("relative")
    steps = [step for step in path.split("/") if step]
    tokens.append(f"depth{min(5, len(steps))}")
    for step in steps[:3]:
        tokens += _step_tokens(step)
    if steps and HAS_DIGIT.search(steps[-1]):
        tokens.append("digits")
    if query:
        tokens += ["?" + pair.partition("=")[0] for pair in query.split("&")[:4] if pair]
    return tokens


def page_bag(page: Page) -> Bag:
    """What the page calls itself: og:type, schema.org types, generator, the words of its URL."""
    head = page.head
    tokens = ["og:" + head.meta.get("og:type", "none").casefold()]
    tokens.append("gen:" + head.meta.get("generator", "none").casefold().split(" ")[0])
    for json_ld in head.json_ld:
        tokens += ["ld:" + name for name in TYPE.findall(json_ld)[:30]]
    url = page.url or head.canonical or head.meta.get("og:url", "")
    tokens += ["u:" + token for token in href_tokens(url, "")]
    tokens.append("plain" if page.is_plain_text else "html")
    return make_bag([tuple([_bucket("p:" + token) for token in dict.fromkeys(tokens)])])
