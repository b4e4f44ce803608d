"""Tells which language a page and each of its blocks is in.

Two identifiers look at the text: the n-gram profiles of langdetect, summed for all blocks at once, and py3langid, asked
only about the blocks that these find foreign. A block is taken to be in the page's language until both together leave
little doubt that it is not: names, brands and loan words look foreign in every language.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cleanpage.roles import Kind

if TYPE_CHECKING:
    from cleanpage.page import Page

CODE: Final = Kind.CODE

FOREIGN_CONFIDENCE: Final = 0.9
"""``block_language_confidences`` from which a block in another language than the page's is certainly foreign. Measured
(benchmarks/language_accuracy.py): 98 % of foreign cuts of 8 words and 80 % of those of 4 words reach it; of cuts in the
page's language fewer than 0.1 % do, and of the blocks of 200 whole pages, with their names and brands, 0.03 %."""


def identify(page: Page) -> None:
    """Fills the language columns of a page: ``language``, ``block_languages`` and ``block_language_confidences``.

    Args:
        page: A segmented page. A block that carries no language (too few letters or words, code, names that could be of
            any language) gets '' and 0.0.
    """
    if not len(page):
        page.language, page.block_languages, page.block_language_confidences = "", (), ()
        return
    from cleanpage.language import page_language, verdict
    from cleanpage.language.scoring import Reading

    reading = Reading(page.texts)
    code_blocks = [block for block, kind in enumerate(page.kinds) if kind is CODE]
    page.language, script = page_language.find(page, reading, code_blocks)
    verdicts = verdict.judge(reading, page.language, script)
    for block in code_blocks:
        verdicts.put(block, verdict.NO_LANGUAGE)
    page.block_languages = tuple(verdicts.languages)
    page.block_language_confidences = tuple(verdicts.confidences)


def identify_text(text: str, *, prior: str = "") -> tuple[str, float]:
    """Tells which language a short text is in.

    Args:
        text: Any text; the first 180 characters are read.
        prior: ISO 639-1 code of the language that it is expected to be in: the language of the page it stands on.

    Returns:
        An ISO 639-1 code and the confidence in it, 0..1; '' and 0.0 where the text carries no language.
    """
    from cleanpage.language import verdict
    from cleanpage.language.scoring import Reading
    from cleanpage.language.scripts import script_of

    verdicts = verdict.judge(Reading([text]), prior, script_of(prior))
    return verdicts.languages[0], verdicts.confidences[0]
