"""The Document: what cleanpage found on a page, block by block; text, Markdown and HTML are views on it.

Nothing is computed before it is asked for: no block, view or metadata; then it is kept. All threads get the same.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from cleanpage.errors import ConfigError
from cleanpage.packed_blocks import pack_blocks, unpack_blocks
from cleanpage.roles import ROLES, Kind, Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from cleanpage.chunks import Chunk
    from cleanpage.metadata import Metadata
    from cleanpage.provenance import Place
    from cleanpage.render.lines import Line
    from cleanpage.source import PageSource
    from cleanpage.tables import Table

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
        table: The table of data that it stands in; None where it stands in none.
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
    table: Table | None = None


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
        self._blocks: tuple[Block, ...] | bytes | Callable[[], tuple[Block, ...]] = blocks
        self._source = source
        self._metadata = metadata
        self._text: str | None = None
        self._html: str | None = None
        self._markdown: str | None = None

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Every block of the page, content and boilerplate, in document order."""
        blocks = self._blocks
        if isinstance(blocks, bytes):
            blocks = self._blocks = unpack_blocks(blocks)
        elif not isinstance(blocks, tuple):
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

    def to_markdown(self, *, links: str = "keep", images: str = "keep", front_matter: bool = False) -> str:
        """The main text as Markdown, with links and images as wanted.

        Args:
            links: ``keep``, ``text`` (only what a link shows) or ``footnotes`` (its address at the end).
            images: The same for images, whose text is their alternative text.
            front_matter: Whether to write `metadata` above it, as YAML.

        Raises:
            ConfigError: There is no such style.
        """
        from cleanpage.render.front_matter import render_front_matter
        from cleanpage.render.markdown import render_markdown

        markdown = render_markdown(self.html, links=links, images=images)
        return f"{render_front_matter(self)}\n\n{markdown}".strip() if front_matter else markdown

    @property
    def tei(self) -> str:
        """The main text as XML-TEI with a header, as trafilatura writes it; reading the metadata takes its time."""
        from cleanpage.render.exchange import render_tei

        return render_tei(self)

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables of data in the main text, as rows and columns."""
        tables = (block.table for block in self.blocks if block.is_main and block.table is not None)
        return tuple({id(table): table for table in tables}.values())

    @property
    def link_char_counts(self) -> tuple[int, ...]:
        """How many characters of each block are inside links; all 0 where the page is not at hand."""
        read = self._source.tree() if self._source is not None else None
        counts = tuple(read[1].link_char_counts) if read is not None else ()
        return counts if len(counts) == len(self) else (0,) * len(self)

    def locate(self, block: Block) -> Place:
        """Where a block is on the page as given: XPath, CSS selector, line of the source, character offsets."""
        from cleanpage.provenance import locate

        return locate(block, self._source)

    def chunks(self, *, max_words: int = 200, overlap: int = 0) -> list[Chunk]:
        """The main text in pieces for retrieval, each within one section, with the headings above it.

        Args:
            max_words: Words of a chunk. Cuts are made between blocks alone: a longer paragraph, table or piece of code
                is a chunk of its own, and a heading stays with what follows it.
            overlap: Words at most that a chunk repeats of the one before it in its section, in whole blocks.

        Raises:
            ConfigError: The numbers mean nothing.
        """
        from cleanpage.chunks import make_chunks

        return make_chunks(self.blocks, self.url, max_words=max_words, overlap=overlap)

    def to_row(self, identifier: str = "", *, with_metadata: bool = False) -> dict[str, Any]:
        """A row of a corpus: ``text``, ``id``, ``url`` and ``metadata``, as corpus tools read it.

        Args:
            identifier: The row's ``id``.
            with_metadata: Whether to add the page's own metadata to what is known without reading them.
        """
        from cleanpage.render.json import document_to_row

        return document_to_row(self, identifier, with_metadata=with_metadata)

    @property
    def metadata(self) -> Metadata:
        """Author, date, site name and the like, read from the page; empty for plain text."""
        if self._metadata is None:
            from cleanpage.metadata import Metadata, read_metadata

            source = self._source.html if self._source is not None else ""
            read = self._source.tree() if self._source is not None else None
            headline = self.title if any(block.role is Role.TITLE for block in self.blocks) else ""
            head = read[1].head if read is not None else None
            bylines = [block.text for block in self.blocks if block.role is Role.BYLINE]
            self._metadata = (
                read_metadata(source, url=self.url, head=head, headline=headline, bylines=bylines)
                if source
                else Metadata()
            )
        return self._metadata

    def explain(self) -> str:
        """A table for people, a line a block: role, confidence, share of main text, language, first words, reasons."""
        from cleanpage.render.explain import render_explanation

        return render_explanation(self.blocks)

    def to_report(self, name: str = "") -> str:
        """An HTML file to look at: every block with role, confidence and reasons, filters, search, the main text.

        It needs no network, and nothing of the page runs in it.

        Args:
            name: What the page is called, such as its file; shown beside its title.
        """
        from cleanpage.render.report import render_report

        return render_report(self, name)

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
        from cleanpage.render.json import written

        return written(self.to_dict(with_metadata=with_metadata), indent=indent)

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

    def _repr_html_(self) -> str:
        """What a notebook shows: the blocks in a table, coloured by role, with the reasons on hover."""
        from cleanpage.render.notebook import render_notebook

        return render_notebook(self)

    def __getstate__(self) -> dict[str, Any]:
        state = {name: getattr(self, name) for name in self.__slots__ if name != "__weakref__"}
        if not isinstance(self._blocks, bytes):
            state["_blocks"] = pack_blocks(self.blocks)
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            setattr(self, name, value)


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of what `Document.to_dict` and `Document.to_json` write."""
    from importlib import resources

    text = resources.files("cleanpage").joinpath(SCHEMA_FILE).read_text(encoding="utf-8")
    return cast("dict[str, Any]", json.loads(text))
