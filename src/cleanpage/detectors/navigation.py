"""Navigation: menus, breadcrumbs, paging, search boxes, site names, tag lists, site maps.

What: everything that leads around the site instead of telling what this page is about.
Why not content: it stands on every page of the site.
Evidence: phrases such as "Skip to content" and hints; `<nav>` and ARIA landmarks; schema.org breadcrumbs; class and id
names; links to sections, tags and anchors of the page; runs of short links; the site's own name.
Known false alarms: short lists of links that are the content, such as indexes; tables of contents of long documents.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanpage.detectors.base import LabelRule, label_signals, markup_signals, phrase_signals, reason
from cleanpage.detectors.declared import declared_of
from cleanpage.detectors.layout import is_line, layout_of
from cleanpage.page import Signal, split_words
from cleanpage.roles import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleanpage.page import Page


@dataclass(frozen=True, slots=True)
class Navigation:
    """Finds menus and other ways around the site.

    Attributes:
        max_labelled_blocks: Blocks that a part under a label has at most.
        background_factor: What markup says here, against other roles: a menu also holds "Log in" and "Subscribe".
        max_link_words: Longer links are headlines.
        min_run: So many short links one after the other are a menu.
        run_weight: Weight for a run outside the running text.
        plain_line_weight: Weight of a run of short lines in plain text, a line.
        inside_run_weight: Weight for a run between two paragraphs.
        cards_weight: Weight for siblings alike with a short link each.
        site_name_weight: Weight for a block that is the site's name.
        lone_weight: Weight for a short link before the first paragraph or after the last.
    """

    name: str = "navigation"
    max_labelled_blocks: int = 80
    background_factor: float = 0.85
    max_link_words: int = 3
    min_run: int = 3
    run_weight: float = 0.6
    plain_line_weight: float = 0.07
    inside_run_weight: float = 0.35
    cards_weight: float = 0.6
    site_name_weight: float = 0.6
    lone_weight: float = 0.3

    def signals(self, page: Page) -> Iterator[Signal]:
        """Yields evidence for the role."""
        role = Role.NAVIGATION
        yield from phrase_signals(page, self.name, role)
        yield from markup_signals(page, self.name, role, self.background_factor)
        yield from label_signals(page, self.name, role, LabelRule(self.max_labelled_blocks))
        yield from self._cards(page)
        yield from self._runs(page)
        yield from self._site_name(page)

    def _cards(self, page: Page) -> Iterator[Signal]:
        for first, end, count, linked_words, words in layout_of(page).cards:
            if linked_words <= self.max_link_words and words < self.max_link_words * 2:
                detail = reason(self.name, "repeat", f"{count} links")
                yield Signal(first, Role.NAVIGATION, self.cards_weight, detail, end)

    def _runs(self, page: Page) -> Iterator[Signal]:
        layout = layout_of(page)
        first = -1
        counts, most, links = page.word_counts, self.max_link_words, layout.links
        if page.is_plain_text:
            noun = "lines"
            is_item = [count <= most and is_line(page, block) for block, count in enumerate(counts)]
        else:
            noun = "links"
            is_item = [count <= most and links[block] for block, count in enumerate(counts)]
        for block, is_one in enumerate([*is_item, False]):
            if is_one:
                first = block if first < 0 else first
            elif first >= 0:
                is_inside = layout.is_inside(first)
                if block - first >= self.min_run:
                    weight = self.inside_run_weight if is_inside else self.run_weight
                    if page.is_plain_text:
                        weight = min(weight, self.plain_line_weight * (block - first))
                    detail = f"{block - first} short {noun}"
                    yield Signal(first, Role.NAVIGATION, weight, reason(self.name, "shape", detail), block)
                elif not is_inside and not page.is_plain_text:
                    yield Signal(first, Role.NAVIGATION, self.lone_weight, f"navigation.shape:short {noun}", block)
                first = -1

    def _site_name(self, page: Page) -> Iterator[Signal]:
        words = declared_of(page).site_name or tuple(split_words(layout_of(page).own_site))
        if not words:
            return
        joined = "".join(words)
        detail = reason(self.name, "similarity", f"site {' '.join(words)}")
        for block in [block for block, count in enumerate(page.word_counts) if count <= len(words)]:
            if "".join(page.words[block]) == joined:
                yield Signal(block, Role.NAVIGATION, self.site_name_weight, detail)
