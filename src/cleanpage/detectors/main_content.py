"""The main content: running text, and what stands among it. Speaks for content only.

What: paragraphs, quotes, tables, code and list items that a reader came for.
Why it is content: it is long, punctuated, has few links, and stands in the container that holds most of such text.
Evidence: schema.org articleBody and other types, `<article>`, `<main>`, class and id names; the shape of running text;
the place between the first and the last paragraph of the main container.
Known false alarms: comments, terms and second articles, which are running text as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cleanpage.detectors.base import begins_with_prompt, make_signal, markup_signals
from cleanpage.detectors.evidence import evidence_of
from cleanpage.detectors.layout import layout_of
from cleanpage.roles import Kind, Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleanpage.page import Page, Signal


INSIDE: Final = "main_content.shape:running text in the main container"
OUTSIDE: Final = "main_content.shape:running text elsewhere"
AMONG: Final = {kind: f"main_content.position:{kind} among paragraphs" for kind in Kind}
"""The reasons; a page has a hundred."""

STRUCTURES: Final = frozenset((Kind.QUOTE, Kind.CODE, Kind.TABLE, Kind.LIST_ITEM, Kind.DEFINITION, Kind.FORMULA))


@dataclass(frozen=True, slots=True)
class MainContent:
    """Finds running text and what belongs to it.

    Attributes:
        inside_weight: Weight for running text in the main container.
        outside_weight: Weight for running text elsewhere.
        long_words: Paragraphs of so many words get the full weight.
        short_factor: What the shortest ones get of it.
        among_weight: Weight for other blocks between two paragraphs of the main container.
        prompt_factor: What is left of the weight for running text that begins like a prompt.
        structure_weight: Weight for quotes, code, tables, list items and formulas there.
    """

    name: str = "main_content"
    inside_weight: float = 0.85
    outside_weight: float = 0.35
    long_words: int = 45
    short_factor: float = 0.7
    among_weight: float = 0.25
    structure_weight: float = 0.4
    prompt_factor: float = 0.5

    def signals(self, page: Page) -> Iterator[Signal]:
        """Yields evidence for running text."""
        yield from markup_signals(page, self.name, Role.TEXT)
        layout = layout_of(page)
        text, heading, links = Role.TEXT, Kind.HEADING, layout.links
        first, last = layout.first_prose, layout.last_prose
        prompts, kinds = begins_with_prompt(page), page.kinds
        for block, prose in enumerate(evidence_of(page).prose_word_counts):
            if prose:
                is_inside = first <= block <= last
                weight = self.inside_weight if is_inside else self.outside_weight
                weight *= self.short_factor + (1 - self.short_factor) * min(1.0, prose / self.long_words)
                if block in prompts:
                    weight *= self.prompt_factor
                yield make_signal((block, text, weight, INSIDE if is_inside else OUTSIDE, 0))
            elif first <= block <= last and not links[block] and (kind := kinds[block]) is not heading:
                weight = self.structure_weight if kind in STRUCTURES else self.among_weight
                yield make_signal((block, text, weight, AMONG[kind], 0))
