"""`justext` with jusText's paragraphs; see docs/from-justext.md."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from justext import get_stoplist, get_stoplists

from cleanpage.compat import cleaner, refuse
from cleanpage.errors import ConfigError, InputError
from cleanpage.roles import Kind, Role

if TYPE_CHECKING:
    from collections.abc import Collection

    from cleanpage.document import Block

__all__ = ["Paragraph", "get_stoplist", "get_stoplists", "justext"]

REASON: Final = "the verdict is not made of lengths and densities; see the favor, keep and drop of cleanpage.Cleaner"
POSITION: Final = re.compile(r"\[\d+\]")
GOOD: Final = "good"
BAD: Final = "bad"


class Paragraph:
    """One block of a page, with jusText's names.

    Attributes:
        text: Its text.
        class_type: ``good`` or ``bad``; jusText's ``short`` and ``neargood`` are steps on the way to these.
        cf_class: The same.
        xpath: XPath of its element.
        dom_path: The names of its element and those around it, dots between them.
        chars_count_in_links: Characters inside links.
        block: cleanpage's own block: its role, its reasons.
    """

    def __init__(self, block: Block, link_char_count: int) -> None:
        self.block = block
        self.text = block.text
        self.xpath = block.path
        self.dom_path = POSITION.sub("", block.path).strip("/").replace("/", ".")
        self.chars_count_in_links = link_char_count
        self.class_type = self.cf_class = GOOD if block.is_main else BAD

    @property
    def is_boilerplate(self) -> bool:
        """Whether it is no part of the main text."""
        return self.class_type != GOOD

    @property
    def is_heading(self) -> bool:
        """Whether it is a heading."""
        return self.block.kind is Kind.HEADING or self.block.role in (Role.TITLE, Role.HEADING)

    @property
    def heading(self) -> bool:
        """The same, by jusText's older name."""
        return self.is_heading

    @property
    def words_count(self) -> int:
        """Words, by the spaces between them."""
        return len(self.text.split())

    def __len__(self) -> int:
        return len(self.text)

    def contains_text(self) -> bool:
        """Whether it has text: every block has."""
        return bool(self.text)

    def stopwords_count(self, stopwords: Collection[str]) -> int:
        """How many of its words are among some."""
        return sum(word.lower() in stopwords for word in self.text.split())

    def stopwords_density(self, stopwords: Collection[str]) -> float:
        """The same as a share of its words."""
        return self.stopwords_count(stopwords) / self.words_count if self.words_count else 0.0

    def links_density(self) -> float:
        """The share of its characters that are inside links."""
        return self.chars_count_in_links / len(self.text) if self.text else 0.0


def justext(
    html_text: object,
    stoplist: Collection[str] = (),
    length_low: int = 70,
    length_high: int = 200,
    stopwords_low: float = 0.30,
    stopwords_high: float = 0.32,
    max_link_density: float = 0.2,
    max_heading_distance: int = 200,
    no_headings: bool = False,
    encoding: str | None = None,
    default_encoding: str = "utf8",
    enc_errors: str = "replace",
    preprocessor: object = None,
) -> list[Paragraph]:
    """The paragraphs of a page, each good or boilerplate.

    Args:
        html_text: The page, str or bytes.
        stoplist: Not needed; whatever the language, the verdict does without. It may be left out.
        length_low: This and the next five raise unless they have jusText's default.
        length_high: See ``length_low``.
        stopwords_low: See ``length_low``.
        stopwords_high: See ``length_low``.
        max_link_density: See ``length_low``.
        max_heading_distance: See ``length_low``.
        no_headings: Whether to take headings for boilerplate.
        encoding: Encoding of ``html_text``, if it is bytes; None finds out.
        default_encoding: Raises unless ``utf8``: a page that does not say its encoding is looked at.
        enc_errors: Raises unless ``replace``, but with ``encoding``, where it is what Python's ``decode`` takes.
        preprocessor: Raises unless None.

    Returns:
        The paragraphs, in order.

    Raises:
        ConfigError: An option has no counterpart.
        InputError: ``html_text`` is no page, or not in ``encoding``.
    """
    del stoplist
    thresholds = {"length_low": (length_low, 70), "length_high": (length_high, 200)}
    shares = {"stopwords_low": (stopwords_low, 0.30), "stopwords_high": (stopwords_high, 0.32)}
    refuse({**thresholds, **shares, "max_link_density": (max_link_density, 0.2)}, REASON)
    refuse({"max_heading_distance": (max_heading_distance, 200), "preprocessor": (preprocessor, None)}, REASON)
    refuse({"default_encoding": (default_encoding, "utf8")}, "a page that does not say its encoding is looked at")
    if not encoding:
        refuse({"enc_errors": (enc_errors, "replace")}, "it is for pages whose encoding is given")
    document = cleaner("balance").clean(_decoded(html_text, encoding, enc_errors) if encoding else html_text)
    paragraphs = [
        Paragraph(block, count) for block, count in zip(document.blocks, document.link_char_counts, strict=True)
    ]
    if no_headings:
        for paragraph in paragraphs:
            if paragraph.is_heading:
                paragraph.class_type = BAD
    return paragraphs


def _decoded(page: object, encoding: str, errors: str) -> object:
    if not isinstance(page, bytes):
        return page
    try:
        return page.decode(encoding, errors)
    except LookupError:
        raise ConfigError(
            f"encoding={encoding!r}, enc_errors={errors!r}: Python knows no such encoding or way"
        ) from None
    except UnicodeDecodeError as error:
        raise InputError(f"the page is not in {encoding}: {error}; leave encoding out, and it is found out") from None
