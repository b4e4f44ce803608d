"""``Document`` with the methods of readability-lxml; see docs/from-readability.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cleanpage.compat import cleaner, refuse

if TYPE_CHECKING:
    from cleanpage.document import Document as CleanDocument
    from cleanpage.page import Head

NO_TITLE: Final = "[no-title]"
NO_AUTHOR: Final = "[no-author]"
REASON: Final = "the verdict is not made of scores; see the keep and drop of cleanpage.Cleaner"


class Document:
    """A page; it is read once, when something is first asked for."""

    def __init__(
        self,
        input: object,  # noqa: A002
        positive_keywords: object = None,
        negative_keywords: object = None,
        url: str | None = None,
        min_text_length: int = 25,
        retry_length: int = 250,
        xpath: bool = False,
        handle_failures: str | None = "discard",
    ) -> None:
        """Keeps the page.

        Args:
            input: The page: str, bytes, or a tree of lxml.
            positive_keywords: Raises unless None.
            negative_keywords: Raises unless None.
            url: Where the page is from; links and images are made absolute with it.
            min_text_length: Raises unless 25.
            retry_length: Raises unless 250.
            xpath: Raises unless False: `cleanpage.Block.path` has the XPath of every block.
            handle_failures: Raises unless ``discard``: links that are no URLs stay as they are.

        Raises:
            ConfigError: An option has no counterpart.
        """
        refuse({"positive_keywords": (positive_keywords, None), "negative_keywords": (negative_keywords, None)}, REASON)
        refuse({"min_text_length": (min_text_length, 25), "retry_length": (retry_length, 250)}, REASON)
        refuse({"xpath": (xpath, False)}, "Block.path has the XPath of every block")
        refuse({"handle_failures": (handle_failures, "discard")}, "a link that is no URL stays as it is")
        self.input = input
        self.url = url
        self._document: CleanDocument | None = None

    @property
    def document(self) -> CleanDocument:
        """Cleanpage's own document, with every block named."""
        if self._document is None:
            self._document = cleaner("balance").clean(self.input, self.url)
        return self._document

    def summary(self, html_partial: bool = False, keep_all_images: bool = False) -> str:
        """The article as clean HTML.

        Args:
            html_partial: Whether to leave out ``<html>`` and ``<body>`` around the ``<div>``.
            keep_all_images: Raises unless False: images between the article's paragraphs are always kept, others never.

        Raises:
            ConfigError: ``keep_all_images`` was asked for.
        """
        refuse(
            {"keep_all_images": (keep_all_images, False)}, "images between the paragraphs are always kept, others never"
        )
        article = f"<div>{self.document.html}</div>"
        return article if html_partial else f"<html><body>{article}</body></html>"

    def title(self) -> str:
        """The whole ``<title>`` of the page, ``[no-title]`` where it has none."""
        head = self._head()
        return (head.title if head else "") or NO_TITLE

    def short_title(self) -> str:
        """The headline alone, without the site's name."""
        return self.document.title or self.title()

    def author(self) -> str:
        """The author that the page's metadata name, ``[no-author]`` where they name none."""
        return self.document.metadata.author or NO_AUTHOR

    def content(self) -> str:
        """The ``<body>`` of the page as it is, boilerplate included."""
        from lxml import etree

        from cleanpage.inputs import read_page

        read = read_page(self.input, url=self.url, limits=cleaner("balance").config)
        body = read.root.find("body") if read.root is not None else None
        return "" if body is None else str(etree.tostring(body, encoding="unicode", method="html", with_tail=False))

    def _head(self) -> Head | None:
        from cleanpage.head import read_head
        from cleanpage.inputs import read_page

        read = read_page(self.input, url=self.url, limits=cleaner("balance").config)
        return read_head(read.root) if read.root is not None else None
