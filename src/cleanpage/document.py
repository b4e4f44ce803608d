"""The Document: what cleanpage found on a page, block by block; text, Markdown and HTML are views on it.

Nothing is computed before it is asked for: not the blocks, not a view, not the metadata. What was computed is kept.
Asking twice, or from two threads at once, gives the same.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from cleanpage.errors import ConfigError
from cleanpage.roles import ROLES, Kind, Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml import etree

    from cleanpage.metadata import Metadata
    from cleanpage.page import Page
    from cleanpage.render.lines import Line

SCHEMA_FILE: Final = "schema/document.schema.json"


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a page.

    Attributes:
        index: Its place in the document, from 0.
        role: What it is for.
        kind: The structure its markup gave it.
        level: Heading level (1-6) or list depth; 0 elsewhere.
        text: Its visible text.
        language: ISO 639-1 code, '' where it is too short to tell.
        confidence: Probability of the role, 0..1.
        reasons: ``detector.evidence:detail`` each, the strongest first.
        is_main: Whether the main text (``doc.text``) holds it.
        path: XPath of its element on the page as given; '' for plain text.
        start: Character offset of a plain-text block in the input; -1 for HTML.
        end: Offset one past its last character; -1 for HTML.
    """

    index: int
    role: Role
    kind: Kind
    level: int
    text: str
    language: str
    confidence: float
    reasons: tuple[str, ...]
    is_main: bool
    path: str = ""
    start: int = -1
    end: int = -1


class PageSource:
    """What a Document was made from: its HTML view, its Markdown view and its metadata are read from here.

    Pickling keeps the text alone. A tree that came without text is written out as HTML first; after unpickling, the
    text is parsed and segmented again when a view first needs the tree.
    """

    __slots__ = ("_block_count", "_is_html", "_page", "_root", "_text")

    def __init__(self, *, text: str, root: etree._Element | None, page: Page) -> None:
        """Keeps what the pipeline read.

        Args:
            text: The decoded page; '' where it came as a tree.
            root: The tree that ``page`` was segmented from; None for plain text. It must not change afterwards.
            page: The page as a table of blocks.
        """
        self._text = text
        self._root = root
        self._page: Page | None = page
        self._is_html = root is not None
        self._block_count = len(page)

    @property
    def html(self) -> str:
        """The page as HTML: the decoded input, or the tree written out; '' for plain text."""
        if not self._is_html:
            return ""
        if not self._text and self._root is not None:
            from lxml import etree

            # Assigned, so that it is written once; a second thread would write the same.
            self._text = etree.tostring(self._root, encoding="unicode", method="html", with_tail=False)
        return self._text

    @property
    def dump(self) -> str:
        """The decoded plain text; '' for HTML."""
        return "" if self._is_html else self._text

    def tree(self) -> tuple[etree._Element, Page] | None:
        """The page's tree and its table of blocks; None for plain text, or where the text no longer parses."""
        if self._is_html and self._root is None:
            self._restore()
        if self._root is None or self._page is None:
            return None
        return self._root, self._page

    def _restore(self) -> None:
        from cleanpage.parse import parse
        from cleanpage.segment import segment

        root = parse(self._text)
        if root is not None:
            self._page = segment(root, max_blocks=self._block_count)
            self._root = root

    def __getstate__(self) -> tuple[str, bool, int]:
        return self.html or self._text, self._is_html, self._block_count

    def __setstate__(self, state: tuple[str, bool, int]) -> None:
        self._text, self._is_html, self._block_count = state
        self._root = self._page = None


class Document:
    """A page with every block named. Made by `cleanpage.clean` and `cleanpage.clean_text`.

    Attributes:
        title: The page's own headline, '' where it has none.
        language: Main language of the content, an ISO 639-1 code; '' if not known.
        url: Where the page is from, '' if not known.
        page_type: article, forum, product, collection, listing, documentation or service; '' if not known.
        page_type_confidence: Probability of the page type, 0..1.
        quality: How far the verdict can be trusted, 0..1: the F1 to expect of the main text, before keep and drop.
        warnings: What was unusual about the page or the verdict, ``name: explanation`` each.
    """

    __slots__ = (
        "__weakref__",
        "_blocks",
        "_html",
        "_markdown",
        "_metadata",
        "_source",
        "_text",
        "language",
        "page_type",
        "page_type_confidence",
        "quality",
        "title",
        "url",
        "warnings",
    )

    def __init__(  # noqa: PLR0913 - one argument a field, by name only
        self,
        *,
        blocks: tuple[Block, ...] | Callable[[], tuple[Block, ...]],
        title: str = "",
        language: str = "",
        url: str = "",
        page_type: str = "",
        page_type_confidence: float = 0.0,
        quality: float = 0.0,
        warnings: tuple[str, ...] = (),
        source: PageSource | None = None,
        metadata: Metadata | None = None,
    ) -> None:
        """Keeps what the pipeline found; the fields are described at the class.

        Args:
            blocks: The blocks, or what makes them when they are first asked for.
            title: See class.
            language: See class.
            url: See class.
            page_type: See class.
            page_type_confidence: See class.
            quality: See class.
            warnings: See class.
            source: What the page was read from; without it the views are built from the blocks.
            metadata: Metadata already known; None reads them from the source when first asked for.
        """
        self.title = title
        self.language = language
        self.url = url
        self.page_type = page_type
        self.page_type_confidence = page_type_confidence
        self.quality = quality
        self.warnings = warnings
        self._blocks = blocks
        self._source = source
        self._metadata = metadata
        self._text: str | None = None
        self._html: str | None = None
        self._markdown: str | None = None

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Every block of the page, content and boilerplate, in document order."""
        blocks = self._blocks
        if not isinstance(blocks, tuple):
            blocks = self._blocks = blocks()
        return blocks

    @property
    def content(self) -> tuple[Block, ...]:
        """The blocks with a content role: title, heading, text, caption, byline."""
        return tuple(block for block in self.blocks if block.role.is_content)

    @property
    def boilerplate(self) -> tuple[Block, ...]:
        """The blocks with any other role."""
        return tuple(block for block in self.blocks if not block.role.is_content)

    def with_role(self, role: Role | str) -> tuple[Block, ...]:
        """The blocks of one role, in document order.

        Args:
            role: A Role or its name.

        Raises:
            ConfigError: There is no role of that name.
        """
        try:
            wanted = Role(role)
        except ValueError:
            message = f"there is no role {role!r}; the roles are: {', '.join(ROLES)}"
            raise ConfigError(message) from None
        return tuple(block for block in self.blocks if block.role is wanted)

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every line of a plain-text dump with its role and offsets, in order: together they are the dump.

        Empty for HTML, and for a Document from JSON, which does not hold the dump.
        """
        from cleanpage.render.lines import lines_of

        return lines_of(self._source.dump, self.blocks) if self._source is not None else ()

    @property
    def text(self) -> str:
        """The main text: the blocks with ``is_main``, a blank line between paragraphs."""
        if self._text is None:
            from cleanpage.render.text import render_text

            self._text = render_text(self.blocks)
        return self._text

    @property
    def html(self) -> str:
        """The main text as clean HTML: semantic tags, no scripts; links and images absolute where the URL is known.

        It has the structure of the page's own markup. Where that is not at hand (plain text, a Document from JSON, or
        an unpickled one whose page came as a tree that no HTML text describes) it is built from the blocks alone.
        """
        if self._html is None:
            from cleanpage.render.html import render_html

            self._html = render_html(self.blocks, self._source, self.url)
        return self._html

    @property
    def markdown(self) -> str:
        """The main text as Markdown (CommonMark with GitHub's tables and strike-through), made from ``html``."""
        if self._markdown is None:
            from cleanpage.render.markdown import render_markdown

            self._markdown = render_markdown(self.html)
        return self._markdown

    @property
    def metadata(self) -> Metadata:
        """Author, date, site name and the like, read from the page by trafilatura; empty for plain text."""
        if self._metadata is None:
            from cleanpage.metadata import Metadata, read_metadata

            source = self._source.html if self._source is not None else ""
            self._metadata = read_metadata(source, url=self.url) if source else Metadata()
        return self._metadata

    def explain(self) -> str:
        """A table for people, a line a block: role, confidence, share of main text, language, first words, reasons."""
        from cleanpage.render.explain import render_explanation

        return render_explanation(self.blocks)

    def to_dict(self, *, with_metadata: bool = False) -> dict[str, Any]:
        """The document as a dict of plain values, as `json_schema` describes it.

        Args:
            with_metadata: Whether to add ``metadata``, which takes longer than all the rest.

        Returns:
            Numbers are rounded to 4 digits, and lone surrogates, which no encoding can write, are U+FFFD.
        """
        from cleanpage.render.json import document_to_dict

        return document_to_dict(self, with_metadata=with_metadata)

    def to_json(self, indent: int | None = None, *, with_metadata: bool = False) -> str:
        """The document as JSON text, not restricted to ASCII; two runs give the same.

        Args:
            indent: Spaces a level; None writes one line.
            with_metadata: As in `to_dict`.
        """
        data = self.to_dict(with_metadata=with_metadata)
        return json.dumps(data, ensure_ascii=False, allow_nan=False, indent=indent)

    @classmethod
    def from_dict(cls, data: object) -> Document:
        """The document that `to_dict` wrote. Fields beside those of the schema are passed over.

        Raises:
            InputError: A field is missing or has a wrong type or value, or the schema version is not known.
        """
        from cleanpage.render.json import document_from_dict

        return document_from_dict(data)

    @classmethod
    def from_json(cls, text: str | bytes) -> Document:
        """The document that `to_json` wrote.

        Raises:
            InputError: The text is not JSON, or not a document (see `from_dict`).
        """
        from cleanpage.render.json import document_from_json

        return document_from_json(text)

    def __len__(self) -> int:
        """The number of blocks."""
        return len(self.blocks)

    def __bool__(self) -> bool:
        """True: a page without blocks is a document as well."""
        return True

    def __repr__(self) -> str:
        main_count = sum(block.is_main for block in self.blocks)
        return f"<Document {self.title[:60]!r}: {main_count} of {len(self)} blocks main, quality {self.quality:.2f}>"

    def __getstate__(self) -> dict[str, Any]:
        state = {name: getattr(self, name) for name in self.__slots__ if name != "__weakref__"}
        state["_blocks"] = self.blocks
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            setattr(self, name, value)


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of what `Document.to_dict` and `Document.to_json` write."""
    from importlib import resources

    text = resources.files("cleanpage").joinpath(SCHEMA_FILE).read_text(encoding="utf-8")
    return cast("dict[str, Any]", json.loads(text))
