"""Runs of text → blocks: what stands between two block-level borders is gathered, and written if it is main text.

The rules by which a run ends and by which it is a block are those of `cleanpage.blocks`; a run that is not the block it
should be shows that the tree is not the one that the blocks were made from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cleanpage.render.writer import Context, HtmlWriter

if TYPE_CHECKING:
    from collections.abc import Sequence

TEXT: Final = 0
OPEN: Final = 1
CLOSE: Final = 2
BREAK: Final = 3
IMAGE: Final = 4
FORMULA: Final = 5
"""What a run is made of."""

NOTHING: Final = 0
WORDS: Final = 1
LINE_END: Final = 2
"""What a run ends with so far, white space aside."""

Part = tuple[int, str, str]
"""One part of a run: which of the above, and its text, tag or address with the attributes or the alternative text."""


class MismatchError(Exception):
    """The tree does not hold the blocks."""


class RunWriter:
    """The current run, and the writer that it goes to when it has ended.

    Attributes:
        writer: Holds what is written.
        block: Index of the next block.
        remaining_count: Main blocks that are not written yet.
    """

    def __init__(self, texts: Sequence[str], is_main: Sequence[bool]) -> None:
        self.writer = HtmlWriter()
        self.texts = texts
        self.is_main = is_main
        self.block = 0
        self.remaining_count = sum(is_main)
        self._parts: list[Part] = []
        self._pieces: list[str] = []  # all text of the run, also what is not shown
        self._end = NOTHING
        self._opened: list[bool] = []
        self._key = -1  # what the writer knows the run by
        self._joins = False
        self._last_is_main = False
        self._has_text = False
        self._last_image = ""

    # -- the current run -------------------------------------------------------------------------------------------

    def add(self, text: str, context: Context, *, is_code: bool, is_shown: bool) -> None:
        """Adds a stretch of text.

        Args:
            text: As it stands in the tree.
            context: That of the element it stands in.
            is_code: Whether the blocks of that element are of kind code.
            is_shown: Whether it is to be written, if the run is.
        """
        is_space = text.isspace()
        if is_space and not self._pieces and not is_code:
            if context.tag == "pre" and is_shown:
                self._parts.append((TEXT, text, ""))
            return
        self._pieces.append(text)
        if not is_space:
            self._end = WORDS
        if is_shown:
            self._parts.append((TEXT, text, ""))

    def add_part(self, kind: int, text: str, more: str) -> None:
        """Adds markup, an image or a formula."""
        self._parts.append((kind, text, more))

    def line_break(self, context: Context, *, is_code: bool) -> None:
        """Adds a ``<br>``; the second in a row ends the run."""
        if is_code or context.tag == "pre":
            self._parts.append((BREAK, "", ""))
            if is_code:
                self._pieces.append("\n")
        elif self._end == LINE_END:
            self.flush(context)
        elif self._end == WORDS:
            self._end = LINE_END
            self._pieces.append("\n")
            self._parts.append((BREAK, "", ""))

    def join(self, context: Context) -> None:
        """Ends the run as a block, but writes what follows right after it: a formula has cut a sentence in two."""
        self.flush(context)
        self._joins = True

    def border(self, context: Context) -> None:
        """Ends the run at a block-level border."""
        self.flush(context)
        self._joins = False
        self.writer.boundary(context)

    def skip(self, block: int) -> None:
        """Passes over all blocks before one."""
        self.remaining_count -= sum(self.is_main[self.block : block])
        self.block = block

    def flush(self, context: Context) -> None:
        """Ends the run."""
        pieces, parts = self._pieces, self._parts
        is_block = is_main = False
        if pieces:
            text = pieces[0] if len(pieces) == 1 else "".join(pieces)
            pieces.clear()
            self._end = NOTHING
            is_block = any(map(str.isalnum, text))
            if is_block:
                is_main = self._count(text)
        if not parts:
            return
        self._parts = []
        if is_main:
            self._write(parts, context)
        elif is_block:
            self._write_other(parts)
        else:
            self._write_wordless(parts, context)
        if is_block:
            self._last_is_main = is_main

    def _count(self, text: str) -> bool:
        """Takes the run for the next block; returns whether that is main text."""
        block = self.block
        self.block += 1
        if block >= len(self.is_main) or not self.is_main[block]:
            return False
        if "".join(text.split()) != "".join(self.texts[block].split()):
            raise MismatchError
        self.remaining_count -= 1
        return True

    # -- what has ended --------------------------------------------------------------------------------------------

    def _write(self, parts: list[Part], context: Context) -> None:
        if not self._joins:
            self._key = self.block
        self._joins = False
        writer, key = self.writer, self._key
        last_text = max([index for index, part in enumerate(parts) if part[0] == TEXT], default=-1)
        for index, (kind, text, more) in enumerate(parts):
            if kind == TEXT:
                writer.write(text, key, context)
                self._has_text = True
                self._last_image = ""
            elif kind == BREAK:
                writer.line_break()
            elif kind == IMAGE:
                self._image(text, more, is_inside=index < last_text)
            elif kind == FORMULA:
                writer.formula(text, key, context)
                self._has_text = True
            else:
                self._inline(kind, text, more)

    def _write_other(self, parts: list[Part]) -> None:
        """Of a run that is no main text, only images of a figure are kept, and the formula at the end of the last."""
        joins = self._joins and self._last_is_main
        self._joins = False
        for kind, text, more in parts:
            if kind == TEXT:
                joins = False
            elif kind == IMAGE:
                if self.writer.top == "figure":
                    self._image(text, more, is_inside=False)
            elif kind == FORMULA:
                if joins:
                    self.writer.formula_here(text)
            elif kind != BREAK:
                self._inline(kind, text, more)

    def _write_wordless(self, parts: list[Part], context: Context) -> None:
        """A run without words is no block: signs count in code only, images and formulas between main blocks."""
        is_code = context.tag == "pre"
        has_signs = is_code and any(kind == TEXT and not text.isspace() for kind, text, _ in parts)
        for kind, text, more in parts:
            if kind == TEXT:
                if has_signs:
                    self.writer.write(text, self._key, context)
            elif kind == BREAK:
                self.writer.line_break()
            elif kind == IMAGE:
                self._image(text, more, is_inside=False)
            elif kind == FORMULA:
                if (self._joins and self._last_is_main) or self.is_between:
                    self.writer.formula(text, self._key, context)
            else:
                self._inline(kind, text, more)

    def _inline(self, kind: int, tag: str, attributes: str) -> None:
        if kind == OPEN:
            self._opened.append(self.writer.open_inline(tag, attributes))
        elif self._opened.pop():
            self.writer.close_inline()

    @property
    def is_between(self) -> bool:
        """Whether main text stands before this place and after it."""
        return self._has_text and self.remaining_count > 0

    def _image(self, source: str, alternative: str, *, is_inside: bool) -> None:
        is_wanted = self.is_between or (is_inside and self._has_text) or self.writer.top == "figure"
        # Lazy loaders repeat an image for browsers without scripts.
        if is_wanted and source != self._last_image:
            self.writer.image(source, alternative)
            self._last_image = source
