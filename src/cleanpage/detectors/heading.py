"""Headings inside the content.

What: a line that names the part of the content after it.
Why it is content: it is the article's structure.
Evidence: a heading element, or a short line in bold, with running text after it; a heading between two paragraphs of
the main container; names such as "crosshead"; in plain text a short line without a full stop before a paragraph.
Known false alarms: Headings of boilerplate parts ("Most read"), of teasers and cards; bold lines of a dialogue.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanpage.detectors.base import markup_signals
from cleanpage.detectors.evidence import SENTENCE_ENDS, evidence_of
from cleanpage.detectors.layout import is_link, layout_of
from cleanpage.page import Signal
from cleanpage.roles import Kind, Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cleanpage.page import Page


@dataclass(frozen=True, slots=True)
class Heading:
    """Finds headings inside the content.

    Attributes:
        inside_weights: Weights for h1 to h6 between two paragraphs of the main container: the lowest label tools.
        before_weight: Weight for one right before a paragraph elsewhere.
        other_weight: Weight for any other heading element that is no link.
        bold_weight: Weight for a short line in bold between two paragraphs.
        line_weight: Weight for a short line before a paragraph in plain text.
        plain_line_weight: Weight for one on a page with markup that has no other mark.
        max_line_words: Longer lines are sentences.
        max_gap: Blocks between a heading and its first paragraph.
    """

    name: str = "heading"
    inside_weights: tuple[float, ...] = (0.6, 0.85, 0.75, 0.5, 0.2, 0.2)
    before_weight: float = 0.5
    other_weight: float = 0.2
    bold_weight: float = 0.35
    line_weight: float = 0.5
    plain_line_weight: float = 0.2
    max_line_words: int = 14
    max_gap: int = 2

    def signals(self, page: Page) -> Iterator[Signal]:
        """Yields evidence for the role."""
        evidence = evidence_of(page)
        prose, prose_before = evidence.prose_word_counts, evidence.prose_before
        for signal in markup_signals(page, self.name, Role.HEADING):
            if signal.block_end == signal.block + 1 and not prose[signal.block]:
                yield signal
        layout = layout_of(page)
        first, last = layout.first_prose, layout.last_prose
        kinds, levels, heading = page.kinds, page.levels, Kind.HEADING
        for block in sorted({*layout.headings, *[block for block in range(first, last + 1) if not prose[block]]}):
            if kinds[block] is heading and levels[block]:
                if not layout.links[block]:
                    yield self._heading(page, block, prose_before)
            elif not first <= block <= last or prose[block] or not self._has_text_after(block, prose_before):
                continue
            elif self._is_line(page, block):
                is_bold = self._is_bold(page, block)
                plain = self.line_weight if page.is_plain_text else self.plain_line_weight
                weight = self.bold_weight if is_bold else plain
                detail = "bold line" if is_bold else "line"
                yield Signal(block, Role.HEADING, weight, f"heading.shape:{detail} before a paragraph")

    def _heading(self, page: Page, block: int, prose_before: Sequence[int]) -> Signal:
        level = page.levels[block]
        if layout_of(page).is_inside(block):
            weight = self.inside_weights[min(level, len(self.inside_weights)) - 1]
            return Signal(block, Role.HEADING, weight, f"heading.position:h{level} between paragraphs")
        if self._has_text_after(block, prose_before):
            return Signal(block, Role.HEADING, self.before_weight, f"heading.position:h{level} before a paragraph")
        return Signal(block, Role.HEADING, self.other_weight, f"heading.markup:h{level}")

    def _has_text_after(self, block: int, prose_before: Sequence[int]) -> bool:
        end = min(block + 1 + self.max_gap, len(prose_before) - 1)
        return prose_before[end] > prose_before[block + 1]

    def _is_line(self, page: Page, block: int) -> bool:
        text = page.texts[block]
        if is_link(page, block):
            return False
        return page.word_counts[block] <= self.max_line_words and (text[-1] not in SENTENCE_ENDS or text[-1] == "?")

    def _is_bold(self, page: Page, block: int) -> bool:
        tags = page.inline_tags[block]
        return bool(tags) and tags[0] in ("strong", "b") and "a" not in tags
