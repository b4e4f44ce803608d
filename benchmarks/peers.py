"""cleanpage's peers: the extractors that it is compared with, each called as its own documentation shows.

Every function takes a page's bytes and its URL, as the referees call them, and returns the main text, '' if there is
none.
"""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Extract = Callable[[bytes, str], str]

BLOCK_TAGS: Final = tuple("article aside br details figcaption figure footer header main nav section summary".split())
"""Tags that end a line, beside those that lxml knows: its list is that of HTML 4."""


def trafilatura(html: bytes, url: str) -> str:
    """Main text by trafilatura with its defaults."""
    from trafilatura import extract

    return extract(html, url=url or None) or ""


def resiliparse(html: bytes, url: str) -> str:  # noqa: ARG001 - it does not ask for one
    """Main text by resiliparse; it takes a str, so its own decoder goes first."""
    return resiliparse_decoded(resiliparse_decode(html))


def resiliparse_decode(html: bytes) -> str:
    """Decodes a page by resiliparse: what the page declares, else what uchardet guesses."""
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding

    return bytes_to_str(html, detect_encoding(html, from_html_meta=True) or "utf-8")


def resiliparse_decoded(html: str) -> str:
    """Main text by resiliparse of a page that is decoded already."""
    from resiliparse.extract.html2text import extract_plain_text

    return extract_plain_text(html, main_content=True)


def readability_lxml(html: bytes, url: str) -> str:
    """Main text by readability-lxml: its summary, which is HTML, a line for each block-level element."""
    import lxml.html
    from lxml.html.defs import block_tags
    from readability import Document

    root = lxml.html.document_fromstring(Document(html, url=url or None).summary())
    for element in root.iter(*block_tags, *BLOCK_TAGS):
        element.text = "\n" + (element.text or "")
        element.tail = "\n" + (element.tail or "")
    return str(root.xpath("string()"))


def turbohtml(html: bytes, url: str) -> str:  # noqa: ARG001 - it does not ask for one
    """Main text by turbohtml; its ``extract.boilerplate`` flags paragraphs by the same scoring."""
    from turbohtml import parse

    return parse(html, detect_encoding=True).main_text()


PEERS: Final[dict[str, Extract]] = {
    "trafilatura": trafilatura,
    "resiliparse": resiliparse,
    "readability-lxml": readability_lxml,
    "turbohtml": turbohtml,
}
"""By the names that their packages are installed by."""

EXTRACTORS: Final = ("cleanpage", *PEERS)
SHIPPED: Final = "adapter"
"""The module beside the referees that calls cleanpage with the weights in the package."""

WARM_UP: Final = b"<html><body><article>%s</article></body></html>" % (b"<p>Tea, poured slowly, warms the cup.</p>" * 9)
"""A page that every extractor is called with first, so that no time holds what is loaded once."""


def read_names(value: str) -> list[str]:
    """Reads names of extractors with commas between.

    Raises:
        click.BadParameter: No extractor has that name.
    """
    names = list(dict.fromkeys(name.strip() for name in value.split(",")))
    if unknown := [name for name in names if name not in EXTRACTORS]:
        message = f"no extractor is named {', '.join(map(repr, unknown))}; there are {', '.join(EXTRACTORS)}"
        raise click.BadParameter(message, param_hint="--extractors")
    return names


def cleanpage_modules() -> dict[str, str]:
    """The modules with the functions that call cleanpage, by the weights they use."""
    held_out = {"held out by site": "benchmarks.held_out"} if "CLEANPAGE_FOLDS" in os.environ else {}
    return held_out | {"shipped weights": SHIPPED}


def extracts_of(names: Sequence[str]) -> dict[str, Extract]:
    """The extractors of these names, by the heads of their columns: cleanpage gets one for each kind of weights."""
    extracts: dict[str, Extract] = {}
    for name in names:
        if name in PEERS:
            extracts[name] = PEERS[name]
            continue
        for weights, module in cleanpage_modules().items():
            extracts[f"{name}, {weights}"] = importlib.import_module(module).text
    return extracts
