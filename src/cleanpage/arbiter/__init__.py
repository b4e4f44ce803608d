"""Features and signals → a role, a confidence and a place in or out of the main text for every block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cleanpage.arbiter.decide import (
    LEAST_MAIN,
    PAGE_DOUBT,
    assign_roles,
    banners_of,
    choose_main,
    join_headline,
    lowered_by_prompts,
)
from cleanpage.arbiter.model import ARTICLE, PAGE_TYPES, Probabilities, load_weights, run
from cleanpage.arbiter.quality import calibrated
from cleanpage.roles import ROLES, Role

if TYPE_CHECKING:
    from pathlib import Path

    from cleanpage.pipeline import Evidence
    from cleanpage.sites import SiteTemplate


@dataclass(slots=True)
class Verdict:
    """What was decided about a page.

    Attributes:
        roles: Index in ROLES of each block.
        confidences: Probability of each block's role.
        main: Probability of each block to belong to the main text.
        is_main: Whether the main text holds the block.
        quality: Expected F1 of the main text, calibrated, 0..1.
        page_type: One of model.PAGE_TYPES.
        page_type_confidence: Its probability.
        warnings: What was done against the arbiter's first verdict, and why.
    """

    roles: np.ndarray
    confidences: np.ndarray
    main: np.ndarray
    is_main: np.ndarray
    quality: float
    page_type: str
    page_type_confidence: float
    warnings: list[str]

    def role(self, block: int) -> Role:
        """The role of a block."""
        return ROLES[int(self.roles[block])]


def probabilities_of(evidence: Evidence, weights_folder: Path | None = None) -> Probabilities:
    """What the network thinks of a page.

    Args:
        evidence: The page with its signals and features, at least one block.
        weights_folder: Where html.npz and text.npz are; None takes the ones in the package.
    """
    return run(evidence.features, load_weights(_kind_of(evidence), weights_folder))


def _kind_of(evidence: Evidence) -> str:
    return "text" if evidence.page.is_plain_text else "html"


def judge(
    evidence: Evidence,
    beta: float = 1.0,
    weights_folder: Path | None = None,
    template: SiteTemplate | None = None,
) -> Verdict:
    """Decides the role of every block of a page, and which blocks are its main text.

    Args:
        evidence: The page with its signals and features, at least one block; signals of the template are added.
        beta: Weight of recall against precision in the main text.
        weights_folder: Where html.npz and text.npz are; None takes the ones in the package.
        template: What is known of the page's site.
    """
    page = evidence.page
    probabilities = probabilities_of(evidence, weights_folder)
    signals = evidence.features.signals
    if template is not None:
        from cleanpage.arbiter.site import with_template

        probabilities, signals = with_template(evidence, probabilities, template)
    main = lowered_by_prompts(probabilities.main, signals)
    doubt = PAGE_DOUBT * (1 - float(probabilities.page_types[ARTICLE]))
    is_main, expected = choose_main(main, evidence.features.layout.word_counts, beta, doubt)
    is_main &= main.max() >= LEAST_MAIN
    roles, confidences = assign_roles(probabilities, signals, is_main, banners_of(evidence.signals))
    join_headline(page, roles, is_main)
    kind = int(np.argmax(probabilities.page_types))
    return Verdict(
        roles=roles,
        confidences=confidences,
        main=main,
        is_main=is_main,
        quality=calibrated(expected, _kind_of(evidence)),
        page_type=PAGE_TYPES[kind],
        page_type_confidence=float(probabilities.page_types[kind]),
        warnings=[],
    )
