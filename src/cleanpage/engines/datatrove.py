"""datatrove: steps of a pipeline, an extractor of text and a filter of lines; needs ``cleanpage[datatrove]``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from datatrove.pipeline.extractors.base import BaseExtractor
from datatrove.pipeline.filters.base_filter import BaseFilter

from cleanpage.engines.rows import OUTCOME, SOURCES, Given, clean_page, cleaner_of, make_options, make_table_config
from cleanpage.errors import CleanpageError
from cleanpage.results import attempt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from datatrove.data import Document
    from datatrove.pipeline.writers.disk_base import DiskWriter

TIMEOUT: Final = 10.0
"""Seconds that a page may take, and that its process may take to start."""


class _Text(str):
    """The text of a page, and what else is known of it: what `extract` gives comes back from another process."""

    __slots__ = ("known",)

    known: dict[str, Any]


class CleanpageExtractor(BaseExtractor):
    """Extracts the main text of HTML pages, and adds title, language, page type and quality to their metadata.

    It takes the place of datatrove's `Trafilatura`. The address of a page is read from its ``url`` metadata, which
    datatrove's WARC reader writes. Pages that fail are dropped and counted, as those of datatrove's other extractors.
    """

    name = "🧹 cleanpage"

    def __init__(self, timeout: float = TIMEOUT, **options: Any) -> None:
        """Checks the options.

        Args:
            timeout: Seconds that a page may take; datatrove ends its process after that.
            **options: As for `cleanpage.engines.arrow.clean_arrow`, but for the names of columns that are read. Of
                ``columns`` all but text go into the metadata, with ``prefix`` before their names.

        Raises:
            ConfigError: An option means nothing.
        """
        super().__init__(timeout)
        self.options = make_options(options, without=SOURCES)

    def extract(self, text: str, url: str = "") -> str | CleanpageError:
        """The main text of a page.

        Args:
            text: The page.
            url: Where it is from, '' if not known.

        Returns:
            The text; for a page that failed its error, which datatrove raises where it counts them.
        """
        columns = [name for name in dict.fromkeys(("text", *self.options.columns)) if name not in OUTCOME]
        row = clean_page((*columns, *OUTCOME), self.options.config, 0, Given(text, url=url))
        if row["error"]:
            return CleanpageError(row["error"])
        extracted = _Text(row["text"])
        extracted.known = {self.options.prefix + name: row[name] for name in columns[1:]}
        return extracted

    def run(self, data: Iterable[Document], rank: int = 0, world_size: int = 1) -> Iterator[Document]:
        """Extracts the text of each document; see `BaseExtractor.run`.

        Args:
            data: The documents.
            rank: Number of the task.
            world_size: How many tasks there are.

        Yields:
            The documents that have text.
        """
        self.extract("<p>These words load all that is loaded once, here, where no time is counted.</p>")
        for document in super().run(map(_with_url, data), rank, world_size):
            extracted = document.text
            document.text = str(extracted)
            document.metadata.update(extracted.known)
            yield document


def _with_url(document: Document) -> Document:
    """Makes the text a tuple, which datatrove gives to `extract` as its arguments."""
    document.text = (document.text, document.metadata.get("url") or "")
    return document


class CleanpageLineFilter(BaseFilter):
    """Keeps the lines of plain-text pages that are main text, as they are; drops documents without any.

    It counts ``line-total``, ``line-kept`` and, by role, ``line-filter-...``.
    """

    name = "🧹 cleanpage lines"

    def __init__(self, exclusion_writer: DiskWriter | None = None, **options: Any) -> None:
        """Checks the options.

        Args:
            exclusion_writer: Writes the documents that are dropped.
            **options: Fields of `cleanpage.Config`, with ``max_bytes`` 10 MB unless given.

        Raises:
            ConfigError: An option means nothing.
        """
        super().__init__(exclusion_writer)
        self.config = make_table_config(options)

    def filter(self, doc: Document) -> bool | tuple[bool, str]:
        """Whether to keep a document, whose text becomes the lines that stay.

        Args:
            doc: The document.

        Returns:
            True, or False and why.
        """
        result = attempt(0, lambda: cleaner_of(self.config).clean_text(doc.text))
        if result.document is None:
            return False, result.status
        kept = []
        for line in result.document.lines:
            if line.role is not None:
                self.stat_update("line-total", "line-kept" if line.is_main else f"line-filter-{line.role}")
            if line.is_main:
                kept.append(line.text)
        doc.text = "\n".join(kept)
        return True if kept else (False, "no_main_text")
