"""What other pages of a site tell, weighed against what the network thinks of a page.

The network was trained on single pages and knows nothing of it: its opinion is averaged with those that it had about
the same texts and places on the other pages, and what repeats as no article does is taken for boilerplate.

The constants were set on half of the benchmark's sites with three pages and more; on the other half they gain as well.
See benchmarks/site_templates.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from cleanpage.arbiter.model import PAGE_TYPES, Probabilities
from cleanpage.detectors.site_template import SiteTemplateDetector
from cleanpage.roles import CONTENT_ROLES, ROLES

if TYPE_CHECKING:
    from cleanpage.page import SiteEvidence
    from cleanpage.pipeline import Evidence
    from cleanpage.sites import SiteTemplate

MAIN_BOUND: Final = 9.2
"""Logarithm of odds at which a probability of main text is cut off: 0.0001."""

MIN_ROLE_LOG: Final = -7.0
"""Logarithm at which a probability of a role is cut off: 0.001."""

MAX_VOTES: Final = 3
"""Pages that count: more are surer of what they say, but not of its being right."""

ROLE_VOTE: Final = 0.4
"""Weight of a page's opinion on the role of the same text, or of the same place, beside 1 for the page's own."""

MAIN_VOTE: Final = 0.3
"""The same for how likely the blocks at a place are main text."""

SUREST: Final = 2.0
"""Logarithm of odds, 0.88, above which the network is not believed about a long text that repeats: it saw one page, and
what stands on all of them was written to look like this one's own."""

REPEAT_FACTOR: Final = 0.6
MAX_REPEAT: Final = 6.0
"""Logarithms of odds by which each page that has a long text too makes it less likely to be content, and at most.
Below even odds it gets no role of content."""


def with_template(
    evidence: Evidence, probabilities: Probabilities, template: SiteTemplate
) -> tuple[Probabilities, np.ndarray]:
    """What the network thinks, and the signals to weigh it by, corrected by what a template tells.

    Args:
        evidence: The page; what the template tells, and the signals about it, are added.
        probabilities: What the network thinks.
        template: The template of a site.

    Returns:
        The probabilities, and the signals as in `Features.signals`; as they were where the template tells nothing.
    """
    page = evidence.page
    signals = evidence.features.signals
    page.site_evidence = template.find(page, PAGE_TYPES[int(np.argmax(probabilities.page_types))])
    if page.site_evidence is None:
        return probabilities, signals
    evidence.signals.extend(SiteTemplateDetector().signals(page))
    signals = signals.copy()
    # What looks like an article to the network does so to the detectors.
    content = np.arange(signals.shape[1]) % len(ROLES) < len(CONTENT_ROLES)
    signals[np.ix_(page.site_evidence.is_repeat, content)] = 0
    return corrected(probabilities, page.site_evidence), signals


def corrected(probabilities: Probabilities, found: SiteEvidence) -> Probabilities:
    """The probabilities, averaged with those of the other pages and lowered where a long text repeats.

    Args:
        probabilities: What the network thinks of the page.
        found: What the other pages tell.
    """
    text_votes = np.minimum(found.text_pages, MAX_VOTES)
    # Among the blocks at the place of one that repeats are those of the articles.
    place_votes = np.minimum(found.place_pages, MAX_VOTES) * ~found.is_repeat
    repeat = np.minimum(REPEAT_FACTOR * found.text_pages, MAX_REPEAT)
    main = log_odds(probabilities.main) + MAIN_VOTE * place_votes * found.place_main
    main /= 1 + MAIN_VOTE * place_votes
    main = _sigmoid(np.where(found.is_repeat, np.minimum(main, SUREST) - repeat, main))
    votes = ROLE_VOTE * np.stack([text_votes, place_votes])[:, :, None]
    logs = role_logs(probabilities.roles) + votes[0] * found.text_roles + votes[1] * found.place_roles
    roles = np.exp(logs / (1 + votes.sum(axis=0)))
    content = roles[:, : len(CONTENT_ROLES)].sum(axis=1) / roles.sum(axis=1)
    is_boilerplate = found.is_repeat & (np.minimum(log_odds(content), SUREST) < repeat)
    roles[is_boilerplate, : len(CONTENT_ROLES)] = 0
    roles /= roles.sum(axis=1, keepdims=True)
    is_told = text_votes + place_votes > 0
    return Probabilities(
        np.where(is_told, main, probabilities.main),
        np.where(is_told[:, None], roles, probabilities.roles),
        probabilities.page_types,
    )


def _sigmoid(logits: np.ndarray) -> np.ndarray:
    chances: np.ndarray = 1 / (1 + np.exp(-logits))
    return chances


def log_odds(chances: np.ndarray) -> np.ndarray:
    """Probabilities as logarithms of odds, cut off at MAIN_BOUND."""
    bound = _sigmoid(np.array(-MAIN_BOUND))
    clipped = np.clip(chances, bound, 1 - bound)
    odds: np.ndarray = np.log(clipped / (1 - clipped))
    return odds


def role_logs(roles: np.ndarray) -> np.ndarray:
    """The logarithms of probabilities of roles, cut off at MIN_ROLE_LOG."""
    logs: np.ndarray = np.log(np.maximum(roles, np.exp(MIN_ROLE_LOG)))
    return logs
