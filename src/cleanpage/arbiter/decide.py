"""Probabilities → which blocks are the main text: the choice with the highest expected F-measure."""

from __future__ import annotations

from itertools import groupby
from statistics import NormalDist
from typing import TYPE_CHECKING, Final

import numpy as np

from cleanpage import native
from cleanpage.detectors.stray_language import STRAY
from cleanpage.roles import CONTENT_ROLES, ROLE_INDEX, ROLES, Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleanpage.arbiter.model import Probabilities
    from cleanpage.page import Page, Signal

KERNEL: Final = native.kernel("signals")
CHOICE_KERNEL: Final = native.kernel("choice")

MIN_PROBABILITY: Final = 1e-6
HINT_FACTOR: Final = 1.0
PROOF_FACTOR: Final = 3.0
AROUND_FACTOR: Final = 0.5
"""Logarithms by which a signal of weight 1, about the block (hint and proof) or about its container, raises a role. The
weight of one about the block counts squared as a hint, to the power of 6 as a proof: two hints are no proof. On the 345
labelled pages, held out by site and counted by labels of blocks, the macro F1 over the roles is 0.807 with these, 0.807
with hints of factor 2 alone, 0.808 with proofs of factor 3 alone; the table of prompts (tests/fixtures/prompts) needs
the proofs, titles of plain texts the hints."""

BANNER_FACTOR: Final = 0.5
"""How far the piece of a foreign banner heeds the others: "Unlimited access? Just do it!" may sell a subscription, and
above "Log in or open an account" it does not."""

PROMPT_ROLES: Final = (
    Role.LOGIN_PROMPT,
    Role.SUBSCRIBE_PROMPT,
    Role.CONSENT_NOTICE,
    Role.SPONSORED,
    Role.SHARING,
    Role.AUTHOR_BIO,
    Role.COMMENTS,
    Role.LEGAL,
)
"""Roles of what speaks to its reader in its own words; navigation and related links are what some pages consist of."""

PROMPT_COLUMNS: Final = [ROLE_INDEX[role] for role in PROMPT_ROLES]
CONTENT_COLUMNS: Final = [ROLE_INDEX[role] for role in CONTENT_ROLES]

PROMPT_FACTOR: Final = 4.0
"""Logarithms of odds by which a signal of weight 1 for a prompt, about the block itself, lowers its place in the main
text; its weight counts squared here. Counted by labels of blocks, held out by site, the F1 on wcxb is 0.8944 without
and 0.8939 with it, on fundus 0.9728 and 0.9735, on zh 0.8988 and 0.8995; the table of prompts (tests/fixtures/prompts)
needs it."""

PAGE_DOUBT: Final = 2.2
"""Standard deviation, in logarithms of odds, of what is misjudged about all blocks of a page alike, on pages that are
no articles: what belongs to a listing or a shop's page is a matter of opinion, which holds for all cards of it.

Counted by labels of blocks, on all benchmark pages held out by site, the F1 on wcxb was 0.8801 without it and with a
model.MAIN_SHARPNESS of 0.65, the best one there; with it and a sharpness of 0.8 it was 0.8819, on listings 0.766
instead of 0.760, on collections 0.723 instead of 0.716. With 2.5, and on articles too, it was 0.8835, but lower on
magic-forum (0.850, 0.856) and on the articles that the weights were trained on."""

PAGE_SHIFT_COUNT: Final = 9
PAGE_SHIFTS: Final = np.array(
    [[NormalDist().inv_cdf((step + 0.5) / PAGE_SHIFT_COUNT)] for step in range(PAGE_SHIFT_COUNT)]
)
"""What is misjudged, in standard deviations, each as likely as the others (shifts × 1)."""

ROLE_SHARES: Final = {
    Role.TITLE: 0.0056,
    Role.HEADING: 0.0341,
    Role.TEXT: 0.1929,
    Role.CAPTION: 0.0100,
    Role.BYLINE: 0.0391,
    Role.NAVIGATION: 0.3627,
    Role.LOGIN_PROMPT: 0.0160,
    Role.SUBSCRIBE_PROMPT: 0.0269,
    Role.CONSENT_NOTICE: 0.0129,
    Role.SPONSORED: 0.0297,
    Role.RELATED: 0.0999,
    Role.SHARING: 0.0307,
    Role.AUTHOR_BIO: 0.0053,
    Role.COMMENTS: 0.0328,
    Role.LEGAL: 0.0280,
    Role.INTERFACE: 0.0733,
}
"""Share of each role among the blocks of the 345 labelled pages."""

SHARE_POWER: Final = 0.2
"""Training counts a role by its share to the power of -0.4 (role_balance in training/settings.py), so that rare ones
are learned at all; here half of that is taken back.

On the 345 labelled pages, held out by site and counted by labels of blocks, the macro F1 is 0.8041 with 0.1, 0.8056
with 0.2 and 0.8051 with 0.3; as plain text 0.6332, 0.6333 and 0.6313."""

ROLE_LOGS: Final = SHARE_POWER * np.log([ROLE_SHARES[role] for role in ROLES])

HEADLINE_SHARE: Final = 0.5
"""Share of the main text's words that stand beside the headline for it to be one of them."""


LEAST_MAIN: Final = 0.09
"""A page whose likeliest block is less likely to be main text has none, such as one that is only a form to log in. Of
the 1,640 pages with a gold text, held out by site, two are such, and show nothing of their gold; the next has 0.155."""


def lowered_by_prompts(main: np.ndarray, signals: np.ndarray) -> np.ndarray:
    """Makes blocks that detectors take for prompts, more than for content, less likely to be main text.

    Args:
        main: Expected share of each block's words in the main text.
        signals: The strongest signal for each role, about each block and about its containers (blocks × 32).
    """
    by_role = signals.T  # columns are taken as copies: numpy is slow to find the largest of few numbers side by side
    prompt = by_role[PROMPT_COLUMNS].max(axis=0)
    content = by_role[CONTENT_COLUMNS].max(axis=0)
    kept = np.exp(-PROMPT_FACTOR * np.maximum(0.0, prompt**2 - content**2))
    lowered: np.ndarray = main * kept / (main * kept + 1 - main)
    return lowered


def choose_main(
    main: np.ndarray, word_counts: np.ndarray, beta: float = 1.0, doubt: float = PAGE_DOUBT
) -> tuple[np.ndarray, float]:
    """Takes the blocks by falling probability up to the point where the expected F-measure is highest.

    With p the expected share of a block's words in the gold text and w its words, a choice S has the expected
    F-measure (1 + β²) Σ_S pw / (Σ_S w + β² Σ pw) (the plug-in rule for F-measure maximisation, Ye et al. 2012). That
    rule takes blocks as independent, but a page's blocks are misjudged alike: its comments are main text, or none of
    them is. So the mean is taken over pages whose blocks are all more, or all less likely than they seem.

    Args:
        main: Expected share of each block's words in the main text.
        word_counts: Words of each block.
        beta: Weight of recall against precision: 0.5 favours precision, 2 recall.
        doubt: Standard deviation of what is misjudged about all blocks alike, in logarithms of odds.

    Returns:
        Whether each block is chosen, and the expected F-measure of the choice.
    """
    word_counts = np.asarray(word_counts, dtype=np.float64)
    order = np.argsort(-main, kind="stable")
    is_main = np.zeros(len(main), dtype=bool)
    shifts = np.exp(doubt * PAGE_SHIFTS)
    if CHOICE_KERNEL is not None and len(main) > 1:  # the mean over one column is summed in another order
        best, score = CHOICE_KERNEL.best_choice(main, word_counts, order, shifts[:, 0], beta**2, MIN_PROBABILITY)
        is_main[order[: best + 1]] = True
        return is_main, score
    words = np.maximum(word_counts, 1e-3)[order]
    odds = np.clip(main[order], MIN_PROBABILITY, 1 - MIN_PROBABILITY)
    odds /= 1 - odds
    shifted = odds * shifts
    hits = np.cumsum(shifted / (1 + shifted) * words, axis=1)
    chosen = np.cumsum(words)
    expected_gold = hits[:, -1:]
    scores = ((1 + beta**2) * hits / (chosen + beta**2 * expected_gold + 1e-9)).mean(axis=0)
    best = int(np.argmax(scores))
    is_main[order[: best + 1]] = True
    return is_main, float(scores[best])


def _blocks_with(signals: list[Signal], start: str) -> list[int]:
    """The blocks of the signals whose reason starts so."""
    return [signal.block for signal in signals if signal.reason.startswith(start)]


def banners_of(signals: list[Signal]) -> list[slice]:
    """The foreign prompts that follow one another, two or more: the pieces of a banner.

    Args:
        signals: What the detectors said of a page.
    """
    stray = sorted(set(KERNEL.blocks_with(signals, STRAY) if KERNEL is not None else _blocks_with(signals, STRAY)))
    runs = [[block for _, block in run] for _, run in groupby(enumerate(stray), lambda pair: pair[1] - pair[0])]
    return [slice(run[0], run[-1] + 1) for run in runs if len(run) > 1]


def assign_roles(
    probabilities: Probabilities, signals: np.ndarray, is_main: np.ndarray, banners: Sequence[slice] = ()
) -> tuple[np.ndarray, np.ndarray]:
    """Gives every block its most probable role; boilerplate roles are closed to blocks of the main text.

    The network's probabilities are multiplied with what the detectors say outright: it saw few pages with labels, and
    what a person would accept as proof must not drown in what is usual at such a place. A block of the main text is
    content; one outside it may be content too: a headline, a caption, an aside that the main text goes without.

    Args:
        probabilities: What the network thinks.
        signals: The strongest signal for each role, about each block and about its containers (blocks × 32).
        is_main: Whether each block is in the main text.
        banners: Blocks of which each heeds what the others seem to be: a banner wants one thing of its reader.

    Returns:
        The role index of each block, and the probability of that role, 0..1.
    """
    count = probabilities.roles.shape[1]
    scores = np.log(probabilities.roles + MIN_PROBABILITY) + ROLE_LOGS
    hints = signals[:, :count] * signals[:, :count]
    scores += HINT_FACTOR * hints + PROOF_FACTOR * hints * hints * hints + AROUND_FACTOR * signals[:, count:]
    for banner in banners:
        own = scores[banner]
        scores[banner] = own + BANNER_FACTOR * (own.sum(axis=0) - own) / (len(own) - 1)
    scores[is_main, len(CONTENT_ROLES) :] = -np.inf
    chosen = scores.argmax(axis=1)
    scores -= scores[np.arange(len(scores)), chosen, None]
    return chosen, 1 / np.exp(scores).sum(axis=1)


def join_headline(page: Page, roles: np.ndarray, is_main: np.ndarray) -> None:
    """Takes a headline into the main text where it stands in one run with it.

    Most gold texts leave the headline out (267 of the 306 hand-labelled titles on pages with gold text), since a page
    keeps it apart: above a byline, in a header of its own. Where it is a sibling of most of the main text and directly
    above it, or the first line of a plain text, a reader sees one text.

    Args:
        page: The page.
        roles: Role index of each block.
        is_main: Whether the main text holds each block; changed in place.
    """
    parents = page.node_table.parents
    for block in np.flatnonzero((roles[:-1] == ROLE_INDEX[Role.TITLE]) & ~is_main[:-1] & is_main[1:]).tolist():
        if page.is_plain_text:
            is_in_run = block == 0
        else:
            words, parent = np.asarray(page.word_counts), parents[page.nodes[block]]
            siblings = np.array([parents[node] == parent for node in page.nodes])
            is_in_run = words[siblings & is_main].sum() > HEADLINE_SHARE * words[is_main].sum()
        is_main[block] |= is_in_run
