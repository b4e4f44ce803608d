"""Never lose the article: what is done when the arbiter leaves next to nothing of a page that has text.

Step by step: what the arbiter chose; the blocks that a reader would take for running text; trafilatura's opinion. Each
step says so in the warnings and lowers the quality.
"""

from __future__ import annotations

from itertools import compress
from typing import TYPE_CHECKING, Final

import numpy as np

from cleanpage.page import split_words
from cleanpage.roles import ROLE_INDEX, Kind, Role

if TYPE_CHECKING:
    from cleanpage.arbiter import Verdict
    from cleanpage.page import Page
    from cleanpage.source import PageSource

MIN_MAIN_WORDS: Final = 12
"""A main text with fewer words is next to nothing ..."""

MIN_RUNNING_WORDS: Final = 60
"""... when the page has at least this many words of running text."""

MIN_RUNNING_SHARE: Final = 0.08
"""A main text with less than this share of the running text's words has lost it."""

RUNNING_BLOCK_WORDS: Final = 15
RUNNING_LINK_DENSITY: Final = 0.3
FALLBACK_QUALITY: Final = 0.3
"""Upper bound of the quality of a verdict that was overruled."""

SECOND_OPINION_SHARE: Final = 0.5
"""Share of a block's words that trafilatura must have kept for the block to be kept."""


def protect(page: Page, verdict: Verdict, source: PageSource) -> None:
    """Overrules a verdict that loses nearly all running text.

    Args:
        page: The page.
        verdict: The arbiter's verdict; changed in place where it is overruled.
        source: What the page was read from, for a second opinion; plain text gives none.
    """
    main_count = sum(compress(page.word_counts, verdict.is_main.tolist()))
    if main_count >= MIN_MAIN_WORDS and main_count >= MIN_RUNNING_SHARE * sum(page.word_counts):
        return  # enough even if all words were running text
    words = np.asarray(page.word_counts)
    running = running_text(page)
    running_count = int(words[running].sum())
    if running_count < MIN_RUNNING_WORDS:
        return
    if main_count >= MIN_MAIN_WORDS and main_count >= MIN_RUNNING_SHARE * running_count:
        return
    html = source.html
    kept = second_opinion(page, html) if html else np.zeros(len(page), dtype=bool)
    chosen = "trafilatura's opinion"
    if words[kept].sum() < MIN_MAIN_WORDS:
        kept, chosen = running, "all running text"
    verdict.is_main = verdict.is_main | kept
    boilerplate = kept & (verdict.roles != ROLE_INDEX[Role.HEADING]) & (verdict.roles != ROLE_INDEX[Role.TITLE])
    headings = np.fromiter((kind is Kind.HEADING for kind in page.kinds), dtype=bool, count=len(page))
    verdict.roles[boilerplate & ~headings] = ROLE_INDEX[Role.TEXT]
    verdict.roles[boilerplate & headings] = ROLE_INDEX[Role.HEADING]
    verdict.confidences[boilerplate] = np.minimum(verdict.confidences[boilerplate], FALLBACK_QUALITY)
    verdict.quality = min(verdict.quality, FALLBACK_QUALITY)
    verdict.warnings.append(
        f"fallback: the verdict left {main_count} of {running_count} words of running text; {chosen} was kept instead"
    )


def running_text(page: Page) -> np.ndarray:
    """Which blocks are long and have few links."""
    lengths = np.maximum(1, np.fromiter(map(len, page.texts), dtype=np.int64, count=len(page)))
    link_density = np.asarray(page.link_char_counts) / lengths
    return (np.asarray(page.word_counts) >= RUNNING_BLOCK_WORDS) & (link_density <= RUNNING_LINK_DENSITY)


def second_opinion(page: Page, html: str) -> np.ndarray:
    """Which blocks trafilatura keeps of the page."""
    from trafilatura import extract

    kept = set(split_words(extract(html, include_comments=False, favor_recall=True) or ""))
    if not kept:
        return np.zeros(len(page), dtype=bool)
    return np.fromiter(
        (
            len(words) >= RUNNING_BLOCK_WORDS
            and sum(word in kept for word in words) >= SECOND_OPINION_SHARE * len(words)
            for words in page.words
        ),
        dtype=bool,
        count=len(page),
    )
