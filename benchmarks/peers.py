"""cleanpage's peers: the extractors that it is compared with, each called as its own documentation shows.

Every function takes a page's bytes and its URL, as the referees call them, and returns the main text, '' if there is
none.
"""

from __future__ import annotations

import importlib
import os
import re
import warnings
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Extract = Callable[[bytes, str], str]

BLOCK_TAGS: Final = tuple("article aside br details figcaption figure footer header main nav section summary".split())
"""Tags that end a line, beside those that lxml knows: its list is that of HTML 4."""

INDEPENDENT: Final[dict[str, Any]] = {"stoplist": frozenset(), "stopwords_low": 0, "stopwords_high": 0}
"""What jusText is called with for a language whose stop words it does not have."""

DECLARED_LANGUAGE: Final = re.compile(rb"""<html[^>]*\slang=["']?([a-zA-Z]{2})""", re.IGNORECASE)


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


def justext(html: bytes, url: str) -> str:  # noqa: ARG001 - it does not ask for one
    """Main text by jusText with the stop words of the language that the page declares.

    Of English where it declares none; without stop words where jusText has none for the language, as its manual says.
    """
    from justext import get_stoplist
    from justext import justext as paragraphs_of
    from trafilatura.settings import JUSTEXT_LANGUAGES

    declared = DECLARED_LANGUAGE.search(html)
    language = JUSTEXT_LANGUAGES.get(declared[1].decode().lower() if declared else "en")
    options = {"stoplist": get_stoplist(language)} if language else INDEPENDENT
    return "\n".join(found.text for found in paragraphs_of(html, **options) if not found.is_boilerplate)


def newspaper4k(html: bytes, url: str) -> str:
    """Main text by newspaper4k, which finds out the page's language and fetches no images here."""
    with warnings.catch_warnings(action="ignore"):  # it warns that nltk, for summaries, is not installed
        import newspaper
    return str(newspaper.article(url, input_html=html, fetch_images=False).text)


def turbohtml(html: bytes, url: str) -> str:  # noqa: ARG001 - it does not ask for one
    """Main text by turbohtml; its ``extract.boilerplate`` flags paragraphs by the same scoring."""
    from turbohtml import parse

    return parse(html, detect_encoding=True).main_text()


PEERS: Final[dict[str, Extract]] = {
    "trafilatura": trafilatura,
    "resiliparse": resiliparse,
    "readability-lxml": readability_lxml,
    "newspaper4k": newspaper4k,
    "jusText": justext,
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
