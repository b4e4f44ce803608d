"""blocks → HTML: the main blocks in the page's own structure, cleaned to an allow-list of semantic tags.

With the page's tree at hand, `render.tree` writes its main blocks with the elements that carry them; without it the
blocks alone (kind, level, text) give the structure. Either way nh3 has the last word on tags, attributes and URLs.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin, urlsplit

from cleanpage.render.blocks import write_blocks
from cleanpage.render.footnotes import with_local_addresses
from cleanpage.render.formulas import MATH
from cleanpage.render.tree import write_tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nh3 import Cleaner

    from cleanpage.document import Block
    from cleanpage.source import PageSource

TAGS: Final = MATH | frozenset(
    "h1 h2 h3 h4 h5 h6 p ul ol li dl dt dd blockquote pre code table thead tbody tr th td caption figure figcaption "
    "img a em strong b i sub sup br hr mark del ins abbr cite q kbd samp var time".split()
)
ATTRIBUTES: Final = {
    "a": {"href"},
    "img": {"src", "alt"},
    "li": {"id"},
    "math": {"alttext", "display"},
    "p": {"id"},
    "abbr": {"title"},
    "time": {"datetime"},
    "code": {"class"},
    "ol": {"start", "reversed"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
URL_SCHEMES: Final = frozenset(("http", "https", "mailto", "tel"))
SURROGATES: Final = re.compile(r"[\ud800-\udfff]")
TEXT: Final = re.compile(r">[^<]+")
AMPERSAND: Final = "\ufdda"
"""Stands for an ampersand in a text where there are many: a noncharacter."""

MAX_AMPERSANDS: Final = 20_000
"""Ampersands of a page that nh3 is given as they are: its time grows with the square of those in one text (400,000:
5 s)."""


def render_html(blocks: Sequence[Block], source: PageSource | None, url: str) -> str:
    """Writes the main blocks as safe HTML.

    Args:
        blocks: The blocks of a document, in order.
        source: What they were read from, if at hand.
        url: Where the page is from: relative links are resolved against it. '' leaves them relative.

    Returns:
        HTML without ``<html>`` and ``<body>``, ready to be put into a page.
    """
    raw = _from_tree(blocks, source)
    base = url
    if raw is None:
        raw = write_blocks(blocks)
    elif source is not None:
        base = _base_url(source, url)
    return with_local_addresses(_sanitized(SURROGATES.sub("\ufffd", raw), base).strip())


def _sanitized(html: str, base: str) -> str:
    """What nh3 leaves of our own HTML."""
    if html.count("&amp;") <= MAX_AMPERSANDS:
        return _cleaner(base).clean(html)
    marked = TEXT.sub(lambda text: text[0].replace("&amp;", AMPERSAND), html.replace(AMPERSAND, "\ufffd"))
    return _cleaner(base).clean(marked).replace(AMPERSAND, "&amp;")


def _from_tree(blocks: Sequence[Block], source: PageSource | None) -> str | None:
    """HTML from the page's tree; None where there is none, or where it is not the one the blocks were made from."""
    read = source.tree() if source is not None else None
    if read is None:
        return None
    root, page = read
    if len(page) != len(blocks):
        return None
    shows_hidden = any(warning.startswith("hidden:") for warning in page.warnings)
    return write_tree(root, page, blocks, shows_hidden=shows_hidden)


def _base_url(source: PageSource, url: str) -> str:
    """The URL that the page's relative links start from: ``<base href>``, itself relative to the page's URL."""
    read = source.tree()
    base = read[1].head.base.strip() if read is not None else ""
    try:
        return urljoin(url, base)
    except ValueError:  # a base that is no URL is none: browsers pass over it as well
        return url


def _cleaner(base: str) -> Cleaner:
    import nh3

    try:
        is_web = urlsplit(base).scheme in ("http", "https")
    except ValueError:  # no URL: links stay as they are
        is_web = False
    return nh3.Cleaner(
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=URL_SCHEMES,
        url_relative=("rewrite_with_base", base) if is_web else "pass_through",
        link_rel=None,
    )
