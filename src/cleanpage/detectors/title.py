"""The title: the main headline of the page's own content.

What: the article's, product's or thread's headline; once, or twice if it is truly repeated.
Why it is content: a reader wants it above the text.
Evidence: likeness to the headline that the page declares (og:title, JSON-LD, `<title>` without the site's name);
`<h1>`; class names and itemprop headline; the last heading before the first paragraph; in plain text the
line before the text that shares most words with it.
Known false alarms: headlines of teasers that repeat the title; the last crumb of a breadcrumb; the site's name as h1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cleanpage.detectors.base import make_signal, markup_signals
from cleanpage.detectors.declared import declared_of
from cleanpage.detectors.layout import is_line, is_link, layout_of
from cleanpage.page import Signal
from cleanpage.roles import Kind, Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleanpage.page import Page

MAX_TITLE_LEVEL: Final = 3
"""Lower headings are no titles."""

OTHER_BLOCK: Final = 7
"""Stands for the heading level of a block that is no heading."""


@dataclass(frozen=True, slots=True)
class Title:
    """Finds the title.

    Attributes:
        max_words: Longer blocks are no title (a CJK character is a word).
        min_likeness: Share of words in common below which a block is not like a declared title.
        sure_likeness: Share from which a heading is the title, and later ones repeat it.
        like_weights: Weight of full likeness by heading level: 1, 2 and 3, others and no heading.
        repeat_factor: What is left of the weight after the first heading like the title, for links, and for names after
            the first paragraph.
        h1_weight: Weight for the only h1; shared where there are several.
        heading_weight: Weight for the last heading before the first paragraph, where there is no h1.
        first_line_weight: Weight for the line before a plain text's main run that shares most words with it.
        max_distance: Lines before the run that may be the title.
        min_line_words: Shorter lines are labels (a CJK character is a word).
        compared_blocks: Paragraphs whose words are compared.
        min_word_chars: Shorter words are articles and prepositions.
        distance_cost: What each line between it and the run takes from its share of words in common.
        length_bonus: What each shared word adds beside its share of the line.
    """

    name: str = "title"
    max_words: int = 60
    min_likeness: float = 0.6
    sure_likeness: float = 0.8
    like_weights: tuple[float, float, float] = (0.95, 0.75, 0.5)
    repeat_factor: float = 0.5
    h1_weight: float = 0.6
    heading_weight: float = 0.35
    first_line_weight: float = 0.5
    max_distance: int = 30
    distance_cost: float = 0.02
    min_line_words: int = 3
    compared_blocks: int = 5
    min_word_chars: int = 4
    length_bonus: float = 0.05

    def signals(self, page: Page) -> Iterator[Signal]:
        """Yields evidence for the role."""
        yield from self._named(page)
        yield from self._like_declared(page)
        if page.is_plain_text:
            yield from self._first_line(page)
        else:
            yield from self._headings(page)

    def _named(self, page: Page) -> Iterator[Signal]:
        """Names count on short blocks only: they also stand on the frames around headline and text."""
        layout = layout_of(page)
        for block, role, weight, detail, end in markup_signals(page, self.name, Role.TITLE):
            if end == block + 1 and page.word_counts[block] <= self.max_words:
                level = page.levels[block] if page.kinds[block] is Kind.HEADING else OTHER_BLOCK
                factor = 1.0 if level == 1 else 0.6 if level < OTHER_BLOCK else 0.4
                if block > layout.first_prose or layout.links[block]:
                    factor *= self.repeat_factor
                yield make_signal((block, role, weight * factor, detail, end))

    def _like_declared(self, page: Page) -> Iterator[Signal]:
        titles = {frozenset(words) for words in declared_of(page).titles}
        if not titles:
            return
        vocabulary = frozenset().union(*titles)
        least = self.min_likeness * min(map(len, titles))
        has_heading = False
        all_words, most = page.words, self.max_words
        for block in [
            block for block, words in enumerate(all_words) if least <= len(words) <= most and words[0] in vocabulary
        ]:
            own = frozenset(all_words[block])
            likeness = max(len(own & title) / max(len(own), len(title)) for title in titles)
            if likeness < self.min_likeness:
                continue
            is_heading = page.kinds[block] is Kind.HEADING
            level = page.levels[block] if is_heading else OTHER_BLOCK
            weight = self.like_weights[0 if level == 1 else 1 if level <= MAX_TITLE_LEVEL else 2] * likeness
            if has_heading or is_link(page, block):
                weight *= self.repeat_factor
            has_heading = has_heading or (is_heading and likeness >= self.sure_likeness)
            detail = f"title.similarity:{likeness:.2f} like the declared title"
            yield Signal(block, Role.TITLE, weight, detail)

    def _headings(self, page: Page) -> Iterator[Signal]:
        layout = layout_of(page)
        site = list(declared_of(page).site_name)
        first_ones: list[int] = []
        before_text = -1
        for block in layout.headings:
            if page.word_counts[block] > self.max_words:
                continue
            if page.levels[block] == 1 and page.words[block] != site:
                first_ones.append(block)
            if block < layout.first_prose and not layout.links[block]:
                before_text = block
        for block in first_ones:
            weight = self.h1_weight / len(first_ones) ** 0.5
            yield Signal(block, Role.TITLE, weight, f"title.markup:h1 of {len(first_ones)}")
        if before_text >= 0 and layout.last_prose >= 0 and not first_ones:
            yield Signal(before_text, Role.TITLE, self.heading_weight, "title.position:heading before the text")

    def _first_line(self, page: Page) -> Iterator[Signal]:
        """The line before the text of a plain text that shares most words with it."""
        prose = layout_of(page).first_prose
        text = {word for words in page.words[prose : prose + self.compared_blocks] for word in words}
        best, best_score = "", 0.0
        for block in range(max(0, prose - self.max_distance), min(prose, len(page))):
            words = page.words[block]
            if self.min_line_words <= len(words) <= self.max_words and is_line(page, block):
                shared = sum(len(word) >= self.min_word_chars and word in text for word in words)
                score = shared / len(words) + shared * self.length_bonus - (prose - block) * self.distance_cost
                if score >= best_score:
                    best, best_score = page.texts[block], score
        for block in range(min(prose, len(page)) if best else 0):
            if page.texts[block] == best:
                yield Signal(block, Role.TITLE, self.first_line_weight, "title.position:line before the text")
