"""Decides which language a page is in: the one with the most running text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cleanpage import native
from cleanpage.language import second_opinion
from cleanpage.language.codes import declared_language
from cleanpage.language.scoring import Reading
from cleanpage.language.scripts import COMMON, SCRIPTS, SHARED, script_of
from cleanpage.language.verdict import EVEN_CONFIDENCE, PROFILE_WEIGHT, STAND_INS, judge, likeliest_unprofiled

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from cleanpage.page import Page

KERNEL = native.kernel("verdicts")

MIN_RUNNING_WORD_COUNT: Final = 8
"""Words from which a block is taken for running text."""

MAX_LINK_DENSITY: Final = 0.5
"""Share of link characters up to which it is."""

MIN_VOTE_WORD_COUNT: Final = 40
"""Words with less of which there is no vote: first of running text, then of all blocks."""

DECLARED_SHARE: Final = 0.1
"""What the declared language adds to its votes, as a share of all: templates often declare one that nobody set."""

CLEAR_SHARE: Final = 0.8
"""Share of the votes with which the declared language needs no second opinion."""

SAMPLE_BLOCK_COUNT: Final = 5
"""Blocks of running text that py3langid is asked about, as one text: about 600 letters."""

UNPROFILED_MARGIN: Final = 20.0
"""Nats by which py3langid must prefer a language without a profile on that sample, unless the page declares it."""

RELATED: Final = (frozenset(("hr", "sr", "bs")), frozenset(("id", "ms")))
"""Languages so close that the page's own word decides between them."""


def find(page: Page, reading: Reading, code_blocks: Sequence[int]) -> tuple[str, int]:
    """Decides which language a page is in.

    Args:
        page: The page, with at least one block.
        reading: Its blocks.
        code_blocks: Those of kind code.

    Returns:
        An ISO 639-1 code, '' if there is too little to tell, and the script that it is written in.
    """
    import numpy as np

    declared = declared_language(page.head)
    words, running = _word_counts(page, reading)
    running[code_blocks] = 0
    if running.sum() >= MIN_VOTE_WORD_COUNT:
        words = running
    elif words.sum() < MIN_VOTE_WORD_COUNT:
        return _of_little_text(reading, declared)
    script = int(np.bincount(reading.scripts, weights=words).argmax())
    if script not in SHARED:
        return SCRIPTS[script].language, script
    blocks = np.flatnonzero((reading.scripts == script) & (words > 0))
    return _elect(reading, blocks, words, script, declared), script


def _word_counts(page: Page, reading: Reading) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The words of each block that carries a language, and of those that are running text too; 0 elsewhere."""
    import numpy as np

    carries = reading.carries_language(reading.scripts)
    if KERNEL is not None:
        words: NDArray[np.float64] = np.empty(len(page))
        running: NDArray[np.float64] = np.empty(len(page))
        limits = MIN_RUNNING_WORD_COUNT, MAX_LINK_DENSITY
        read = reading.lengths, reading.word_counts, carries
        KERNEL.weigh_words(page.texts, page.link_char_counts, *read, *limits, words, running)
        return words, running
    # A block longer than what was read of it has as many words more.
    lengths = np.fromiter(map(len, page.texts), np.float64, len(page))
    words = reading.word_counts * np.maximum(lengths / np.maximum(reading.lengths, 1), 1)
    words[~carries] = 0
    is_linked = np.array(page.link_char_counts) > MAX_LINK_DENSITY * lengths
    return words, np.where((reading.word_counts >= MIN_RUNNING_WORD_COUNT) & ~is_linked, words, 0)


def _of_little_text(reading: Reading, declared: str) -> tuple[str, int]:
    """The language of a page with a few words: what it declares, unless these are clearly in another one."""
    whole = Reading([" ".join(reading.texts)])
    script = int(whole.scripts[0])
    prior = declared if script in (COMMON, script_of(declared)) else ""
    verdicts = judge(whole, prior, script if prior else COMMON)
    language = verdicts.languages[0] if verdicts.confidences[0] >= EVEN_CONFIDENCE else ""
    return language or prior, script


def _elect(reading: Reading, blocks: NDArray[np.int64], words: NDArray[np.float64], script: int, declared: str) -> str:
    """The language of most words, confirmed by the second identifier where the page declares another one or none."""
    import numpy as np

    languages = SHARED[script]
    scores = reading.scores(script)
    votes: NDArray[np.float64] = np.zeros(len(languages))
    choices: NDArray[np.int64] = np.empty(len(blocks), np.int64)
    if KERNEL is not None:
        KERNEL.elect(scores, blocks, words, choices, votes)
    else:
        choices = scores[blocks].argmax(axis=1)
        votes += np.bincount(choices, weights=words[blocks], minlength=len(languages))
    profile = STAND_INS.get(declared, declared)
    if profile in languages:
        votes[languages.index(profile)] += DECLARED_SHARE * words[blocks].sum()
    elected = int(votes.argmax())
    if languages[elected] == profile and votes[elected] >= CLEAR_SHARE * votes.sum():
        return declared
    sample = blocks[np.flatnonzero(choices == elected)[:SAMPLE_BLOCK_COUNT]]
    text = " ".join(reading.texts[block] for block in sample.tolist())
    pooled = dict(zip(languages, scores[sample].sum(axis=0).tolist(), strict=True))
    return _confirm(text, pooled, script, declared)


def _confirm(text: str, profile_scores: dict[str, float], script: int, declared: str) -> str:
    """The likeliest language of a sample of running text, by both identifiers."""
    opinions = second_opinion.log_likelihoods(text)
    best = max(profile_scores, key=lambda language: PROFILE_WEIGHT * profile_scores[language] + opinions[language])
    if any(best in group and declared in group for group in RELATED):
        return declared
    unprofiled = likeliest_unprofiled(opinions, script)
    if unprofiled and not any(best in group and unprofiled in group for group in RELATED):
        margin = 0.0 if unprofiled == declared else UNPROFILED_MARGIN
        if opinions[unprofiled] > opinions[best] + margin:
            return unprofiled
    return best
