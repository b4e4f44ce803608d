"""Readers' comments and the form to write one.

What: the comments with their names and dates, their headings, the comment form; customers' reviews of a product.
Why not content: readers wrote it after the page was published; it may be long, and about anything.
Evidence: comment phrases and hints; the names of comment systems; schema.org Comment; links to a single comment;
a number of comments; what a label such as "3 comments" heads, running text included.
Known false alarms: forum and question pages, where posts are the content and often carry the same names; testimonials.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanpage.detectors.base import LabelRule, label_signals, make_signal, markup_signals, phrase_signals, reason
from cleanpage.detectors.evidence import evidence_of, is_forum
from cleanpage.roles import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleanpage.page import Page, Signal


@dataclass(frozen=True, slots=True)
class Comments:
    """Finds readers' comments and the form to write one.

    Attributes:
        phrase_factor: How far the phrases of the role can be trusted.
        forum_factor: What is left of the weights on a forum page, whose posts are its content.
        max_labelled_blocks: Blocks that a part under a label has at most.
        count_weight: Weight for a number of comments ("3 comments").
    """

    name: str = "comments"
    phrase_factor: float = 0.75
    forum_factor: float = 0.35
    max_labelled_blocks: int = 400
    count_weight: float = 0.8

    def signals(self, page: Page) -> Iterator[Signal]:
        """Yields evidence for the role."""
        role = Role.COMMENTS
        if not page.phrase_hits.get(role) and not evidence_of(page).by_role.get(role):
            return  # whether it is a forum takes longer to find out
        factor = self.forum_factor if is_forum(page) else 1.0
        yield from phrase_signals(page, self.name, role, self.phrase_factor * factor)
        yield from self._counts(page, factor)
        yield from markup_signals(page, self.name, role, factor)
        if factor == 1.0:
            yield from label_signals(page, self.name, role, LabelRule(self.max_labelled_blocks, heads_prose=True))

    def _counts(self, page: Page, factor: float) -> Iterator[Signal]:
        """Numbers of comments: a phrase that is the whole block but for a number."""
        role = Role.COMMENTS
        for block, pattern, _ in page.phrase_hits.get(role, ()):
            if pattern.kind == "whole_block" and page.word_counts[block] > len(pattern.words):
                detail = reason(self.name, "shape", f"number of {pattern.phrase}")
                yield make_signal((block, role, self.count_weight * factor, detail, 0))
