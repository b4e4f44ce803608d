"""Related: teasers and links to other content of the same site.

What: related, most read, latest and recommended items with their headings, standfirsts and dates; next and
previous article; "read also" lines inside an article.
Why not content: it is about other pages and ends where this one would begin to tell.
Evidence: phrases such as "Read also" and hints; class and id names; what a label such as "Most read" heads; runs of
cards alike, each with a link of several words; lines that are one link, most of all after the last paragraph.
Known false alarms: listings and home pages, whose cards are the content; reference lists; link lists in an article.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanpage.detectors.base import LabelRule, label_signals, markup_signals, phrase_signals, reason
from cleanpage.detectors.evidence import evidence_of
from cleanpage.detectors.layout import is_line, layout_of
from cleanpage.page import Signal
from cleanpage.roles import Kind, Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleanpage.page import Page


@dataclass(frozen=True, slots=True)
class Related:
    """Finds teasers and links to other content of the site.

    Attributes:
        phrase_factor: How far the phrases of the role can be trusted.
        max_labelled_blocks: Blocks that a part under a label has at most.
        cards_weight: Weight for a run of cards outside the running text.
        min_linked_words: Cards and lines with fewer words in links are menus.
        max_card_words: Cards with more words each are texts of their own.
        after_weight: Weight for a linked line after the last paragraph.
        inside_weight: Weight for a linked line between two paragraphs.
        before_weight: Weight for a linked line before the first paragraph.
        min_before_words: Shorter lines there are menu items.
        plain_after_weight: Weight for a line like a headline after the main run of a plain text.
        plain_labelled_weight: Weight for one that also stands under a label.
        plain_before_weight: Weight for one before it.
        max_headline_words: Longer lines are no headlines.
    """

    name: str = "related"
    phrase_factor: float = 0.85
    max_labelled_blocks: int = 120
    cards_weight: float = 0.45
    min_linked_words: int = 4
    max_card_words: int = 80
    after_weight: float = 0.5
    inside_weight: float = 0.3
    before_weight: float = 0.25
    min_before_words: int = 6
    plain_after_weight: float = 0.4
    plain_labelled_weight: float = 0.7
    plain_before_weight: float = 0.25
    max_headline_words: int = 30

    def signals(self, page: Page) -> Iterator[Signal]:
        """Yields evidence for the role."""
        role = Role.RELATED
        yield from phrase_signals(page, self.name, role, self.phrase_factor)
        yield from markup_signals(page, self.name, role)
        labels = list(label_signals(page, self.name, role, LabelRule(self.max_labelled_blocks)))
        yield from labels
        yield from self._cards(page)
        yield from self._plain_lines(page, labels) if page.is_plain_text else self._lines(page)

    def _cards(self, page: Page) -> Iterator[Signal]:
        layout = layout_of(page)
        prose_before = evidence_of(page).prose_before
        for first, end, count, linked_words, words in layout.cards:
            if linked_words < self.min_linked_words or words > self.max_card_words:
                continue
            if layout.is_mostly_prose(prose_before[end] - prose_before[first]):
                continue
            weight = self.cards_weight * (0.6 if layout.is_inside(first) else 1.0)
            yield Signal(first, Role.RELATED, weight, reason(self.name, "repeat", f"{count} cards"), end)

    def _lines(self, page: Page) -> Iterator[Signal]:
        layout = layout_of(page)
        kinds, counts, hrefs = page.kinds, page.word_counts, page.hrefs
        for block in [block for block, is_one in enumerate(layout.links) if is_one]:
            count = counts[block]
            if count < self.min_linked_words or not hrefs[block]:
                continue
            if layout.is_inside(block):
                if kinds[block] is not Kind.TABLE:
                    yield Signal(block, Role.RELATED, self.inside_weight, "related.link:line between paragraphs")
            elif block > layout.last_prose >= 0:
                yield Signal(block, Role.RELATED, self.after_weight, "related.link:line after the text")
            elif count >= self.min_before_words:
                yield Signal(block, Role.RELATED, self.before_weight, "related.link:line before the text")

    def _plain_lines(self, page: Page, labels: list[Signal]) -> Iterator[Signal]:
        """Lines of a plain text that read like headlines, outside its main run of text."""
        layout = layout_of(page)
        labelled = {block for label in labels for block in label.blocks}
        for block, count in enumerate(page.word_counts):
            if self.min_before_words <= count <= self.max_headline_words and is_line(page, block):
                if block >= layout.content_end:
                    weight = self.plain_labelled_weight if block in labelled else self.plain_after_weight
                    yield Signal(block, Role.RELATED, weight, "related.shape:line after the text")
                elif block < layout.content_first:
                    yield Signal(block, Role.RELATED, self.plain_before_weight, "related.shape:line before the text")
