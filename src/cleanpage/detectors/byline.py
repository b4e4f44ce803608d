"""Bylines: author, date, reading time, place and source line of the content itself.

What: who wrote the content, when and where; the poster's name and date on a forum post; a label above the title.
Why it is content: it belongs to this text and to no other.
Evidence: phrases such as "Published" and hints; `<time>`, schema.org author and dates; class and id names; links to an
author's page; the author's name as the page declares it; dates and times in a short block, most of all near the title.
Known false alarms: dates and authors of teasers and comments; calendars; dates in tables.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cleanpage.detectors.base import make_signal, markup_signals, phrase_signals, reason
from cleanpage.detectors.declared import declared_of
from cleanpage.detectors.layout import DATE_SIGN, TIME_SIGN, layout_of
from cleanpage.page import Signal
from cleanpage.roles import Kind, Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleanpage.page import Page

# Digits only, so that it holds in every language: 2026-11-22, 22.11.2026, 11/22/26, 22 … 2026, 2026年11月22日.
DIGITS_FIRST: Final = (
    r"(?:19|20)\d\d[-./年]\s?[01]?\d[-./月]\s?[0-3]?\d|[0-3]?\d\s?[-./]\s?[0-3]?\d\s?[-./]\s?(?:(?:19|20)\d\d|\d\d)(?!\d)"
    r"|[0-3]?\d(?:st|nd|rd|th|\.|,|º|er|e)?\s(?:\w+\.?,?\s){1,3}(?:19|20)\d\d(?!\d)"
)
AFTER_MONTH: Final = r"\.?\s[0-3]?\d,?\s(?:19|20)\d\d(?!\d)"
DATE: Final = re.compile(rf"(?<!\d)(?:{DIGITS_FIRST}|\w+{AFTER_MONTH})")
HAS_DATE: Final = re.compile(rf"(?=\d)(?<!\d)(?:{DIGITS_FIRST})|\w{AFTER_MONTH}")
"""Found where DATE is, in half the time: of the month, its last letter will do."""

MAX_CHARS: Final = 1000
"""Characters of a block that are searched for a date: one word may be a million, and be read from each of them."""

TIME: Final = re.compile(r"(?<![\d:])[0-2]?\d[:h][0-5]\d(?![\d:])")


@dataclass(frozen=True, slots=True)
class Byline:
    """Finds bylines and datelines.

    Attributes:
        phrase_factor: How far the phrases of the role can be trusted.
        date_weight: Weight for a date in a short block.
        time_weight: Weight for a time of day there.
        near_factor: Raises the weight near the title.
        far_factor: Lowers all weights after the last paragraph, and well before the title.
        author_weight: Weight for a short block with the declared author's name.
        near_weight: Weight for any other short block between title and first paragraph.
        max_words: Longer blocks are sentences.
        near_blocks: Blocks before and after the title that are near it.
    """

    name: str = "byline"
    phrase_factor: float = 0.6
    date_weight: float = 0.45
    time_weight: float = 0.25
    near_factor: float = 1.7
    far_factor: float = 0.5
    author_weight: float = 0.6
    near_weight: float = 0.3
    max_words: int = 16
    near_blocks: int = 8

    def signals(self, page: Page) -> Iterator[Signal]:
        """Yields evidence for the role."""
        role = Role.BYLINE
        title = title_block(page)
        layout = layout_of(page)
        for block, _, weight, detail, end in (
            *phrase_signals(page, self.name, role, self.phrase_factor),
            *markup_signals(page, self.name, role),
        ):
            is_far = block > layout.last_prose >= 0 or block < title - self.near_blocks
            yield make_signal((block, role, weight * (self.far_factor if is_far else 1.0), detail, end))
        yield from self._dates(page, title)
        yield from self._authors(page, title)
        yield from self._near_title(page, title)

    def _factor(self, page: Page, block: int, title: int) -> float:
        if title >= 0 and abs(block - title) <= self.near_blocks:
            return self.near_factor
        return self.far_factor if block > layout_of(page).last_prose >= 0 else 1.0

    def _dates(self, page: Page, title: int) -> Iterator[Signal]:
        layout, counts, texts = layout_of(page), page.word_counts, page.texts
        signs = layout.signs
        for block in layout.blocks_with(TIME_SIGN):
            if counts[block] > self.max_words:
                continue
            text = texts[block][:MAX_CHARS]
            if signs[block] & DATE_SIGN and HAS_DATE.search(text):
                weight, detail = self.date_weight, "date"
            elif TIME.search(text):
                weight, detail = self.time_weight, "time of day"
            else:
                continue
            yield Signal(block, Role.BYLINE, weight * self._factor(page, block, title), f"byline.shape:{detail}")

    def _authors(self, page: Page, title: int) -> Iterator[Signal]:
        names = declared_of(page).authors
        if not names:
            return
        firsts = frozenset(name[0] for name in names)
        most = self.max_words
        for block, words in enumerate(page.words):
            if len(words) > most or firsts.isdisjoint(words):
                continue
            for name in names:
                place = words.index(name[0]) if name[0] in words else -1
                if place >= 0 and tuple(words[place : place + len(name)]) == name:
                    weight = min(0.9, self.author_weight * self._factor(page, block, title))
                    detail = reason(self.name, "similarity", f"author {' '.join(name)}")
                    yield Signal(block, Role.BYLINE, weight, detail)
                    break

    def _near_title(self, page: Page, title: int) -> Iterator[Signal]:
        first_prose = layout_of(page).first_prose
        if 0 <= title < first_prose < len(page):
            for block in range(title + 1, min(first_prose, title + 1 + self.near_blocks)):
                if page.word_counts[block] <= self.max_words and page.kinds[block] is not Kind.HEADING:
                    yield Signal(block, Role.BYLINE, self.near_weight, "byline.position:between title and text")


MAX_TITLE_LEVEL: Final = 3
"""Lower headings are no titles."""


def title_block(page: Page) -> int:
    """The block that is most likely the title: a heading with the words of a declared title, or else the first h1."""
    titles = {frozenset(words) for words in declared_of(page).titles}
    vocabulary = frozenset().union(*titles)
    first = -1
    levels, all_words = page.levels, page.words
    for block in layout_of(page).headings:
        if levels[block] <= MAX_TITLE_LEVEL:
            words = all_words[block]
            if words and words[0] in vocabulary and frozenset(words) in titles:
                return block
            if first < 0 and levels[block] == 1:
                first = block
    return first
