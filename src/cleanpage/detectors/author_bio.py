"""Author boxes: who wrote this, with portrait, life and links.

What: the box that describes the author, a blogger's welcome box, forum signatures.
Why not content: it is about a person, stands under all of that person's pages, and is written by the site.
Evidence: phrases such as "About the author" and hints; class and id names; what such a label heads; a block outside
the article that begins with the author's name as the page gives it and goes on for some words.
Known false alarms: portraits and interviews; pages about a person; bylines with a long job title.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanpage.detectors.base import LabelRule, label_signals, markup_signals, phrase_signals, reason
from cleanpage.detectors.declared import declared_of
from cleanpage.detectors.layout import layout_of
from cleanpage.page import Signal
from cleanpage.roles import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleanpage.page import Page


@dataclass(frozen=True, slots=True)
class AuthorBio:
    """Finds author boxes.

    Attributes:
        phrase_factor: How far the phrases of the role can be trusted.
        max_labelled_blocks: Blocks that a part under a label has at most.
        name_weight: Weight for a block after the text that begins with the author's name.
        part_weight: Weight for one that begins with a part of the name.
        alone_weight: Weight for a block after the text that is just the author's name.
        min_words: Words that a description has beside the name.
        tail_share: Share of the article's blocks, from its end, where the box may stand.
    """

    name: str = "author_bio"
    phrase_factor: float = 0.75
    max_labelled_blocks: int = 10
    name_weight: float = 0.65
    part_weight: float = 0.45
    alone_weight: float = 0.35
    min_words: int = 6
    tail_share: float = 0.15

    def signals(self, page: Page) -> Iterator[Signal]:
        """Yields evidence for the role."""
        role = Role.AUTHOR_BIO
        yield from phrase_signals(page, self.name, role, self.phrase_factor)
        yield from markup_signals(page, self.name, role)
        yield from label_signals(page, self.name, role, LabelRule(self.max_labelled_blocks, heads_prose=True))
        yield from self._named(page)

    def _named(self, page: Page) -> Iterator[Signal]:
        names = declared_of(page).authors
        if not names:
            return
        layout = layout_of(page)
        span = layout.last_prose - layout.first_prose
        start = max(layout.last_prose - int(span * self.tail_share), layout.first_prose + 1)
        for block in range(max(start, 0), len(page)):
            words = page.words[block]
            for name in names:
                size = len(name)
                if tuple(words[:size]) != name:
                    if len(words) > self.min_words and words[0] in (name[0], name[-1]):
                        yield Signal(block, Role.AUTHOR_BIO, self.part_weight, self._reason(name))
                    continue
                if len(words) >= size + self.min_words:
                    yield Signal(block, Role.AUTHOR_BIO, self.name_weight, self._reason(name))
                elif len(words) == size and block > layout.last_prose:
                    yield Signal(block, Role.AUTHOR_BIO, self.alone_weight, self._reason(name))

    def _reason(self, name: tuple[str, ...]) -> str:
        return reason(self.name, "similarity", f"author {' '.join(name)}")
