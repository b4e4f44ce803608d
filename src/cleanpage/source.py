"""What a Document was made from: the decoded page, its tree and its table of blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml import etree

    from cleanpage.page import Page


class PageSource:
    """What a Document was made from: its HTML view, its Markdown view and its metadata are read from here.

    Pickling keeps the text alone. A tree that came without text is written out as HTML first; after unpickling, the
    text is parsed and segmented again when a view first needs the tree.
    """

    __slots__ = ("_block_count", "_is_html", "_page", "_root", "_text")

    def __init__(self, *, text: str | bytes, root: etree._Element | None, page: Page) -> None:
        """Keeps what the pipeline read.

        Args:
            text: The decoded page, or the same in UTF-8; empty where it came as a tree.
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
        return self._given

    @property
    def dump(self) -> str:
        """The decoded plain text; '' for HTML."""
        return "" if self._is_html else self._given

    @property
    def _given(self) -> str:
        """The text, decoded when it is first asked for."""
        text = self._text
        if isinstance(text, bytes):
            text = self._text = text.decode("utf-8", "surrogatepass")
        return text

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

        root = parse(self._given)
        if root is not None:
            self._page = segment(root, max_blocks=self._block_count)
            self._root = root

    def __getstate__(self) -> tuple[bytes, bool, int]:
        # As bytes: most of what unpickling took was to decode a text that is seldom asked for.
        text = self._text or self.html
        utf8 = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
        return utf8, self._is_html, self._block_count

    def __setstate__(self, state: tuple[bytes, bool, int]) -> None:
        self._text, self._is_html, self._block_count = state
        self._root = self._page = None
