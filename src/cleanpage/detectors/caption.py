"""Captions: what is said under an image or video, and who took it.

What: caption or credit of an image or video that belongs to the content.
Why it is content: it tells what the picture shows; a reader of the article wants it, a corpus may not.
Evidence: `<figcaption>` and schema.org; class and id names; phrases such as "Photo:" and hints; a short block right
after an image inside the main container.
Known false alarms: teasers with an image above the headline; image galleries of a shop.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanpage.detectors.base import markup_signals, phrase_signals
from cleanpage.detectors.layout import COPYRIGHT_SIGN, layout_of
from cleanpage.page import Signal
from cleanpage.roles import Kind, Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleanpage.page import Page


@dataclass(frozen=True, slots=True)
class Caption:
    """Finds captions and credits.

    Attributes:
        phrase_factor: How far the phrases of the role can be trusted.
        figure_weight: Weight for a block inside `<figure>`.
        after_image_weight: Weight for a short block right after an image in the main container.
        sign_weight: Weight for a copyright sign in a short block between two paragraphs.
        outside_factor: What is left of what markup says outside the main container, where teasers have images.
        max_words: Longer blocks are paragraphs.
    """

    name: str = "caption"
    phrase_factor: float = 0.85
    figure_weight: float = 0.75
    after_image_weight: float = 0.35
    sign_weight: float = 0.5
    outside_factor: float = 0.5
    max_words: int = 45

    def signals(self, page: Page) -> Iterator[Signal]:
        """Yields evidence for the role."""
        role = Role.CAPTION
        yield from phrase_signals(page, self.name, role, self.phrase_factor)
        layout = layout_of(page)
        for first, _, weight, detail, end in markup_signals(page, self.name, role):
            if max(page.word_counts[first:end]) <= 3 * self.max_words:
                is_inside = layout.content_first <= first <= layout.last_prose
                yield Signal(first, role, weight * (1.0 if is_inside else self.outside_factor), detail, end)
        yield from self._shapes(page)

    def _shapes(self, page: Page) -> Iterator[Signal]:
        layout = layout_of(page)
        figure, heading = Kind.FIGURE, Kind.HEADING
        figures = [block for block, kind in enumerate(page.kinds) if kind is figure]
        after_images = [block for block, count in enumerate(page.image_counts) if count]
        signed = [block for block in layout.blocks_with(COPYRIGHT_SIGN) if "©" in page.texts[block]]
        kinds, counts = page.kinds, page.word_counts
        for block in sorted({*figures, *after_images, *signed}):
            kind = kinds[block]
            if counts[block] > self.max_words:
                continue
            if kind is figure:
                yield Signal(block, Role.CAPTION, self.figure_weight, "caption.markup:figure")
            if not layout.content_first <= block <= layout.last_prose or kind is heading:
                continue
            if page.image_counts[block] and not page.hrefs[block]:
                yield Signal(block, Role.CAPTION, self.after_image_weight, "caption.position:after an image")
            if "©" in page.texts[block]:
                yield Signal(block, Role.CAPTION, self.sign_weight, "caption.shape:copyright sign")
