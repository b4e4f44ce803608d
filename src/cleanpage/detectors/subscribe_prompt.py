"""Subscription prompts: paywalls, memberships, donations, newsletters, push messages, apps.

What: offers of the site to come back, pay or install, with their forms, prices and buttons.
Why not content: it sells the page instead of being it.
Evidence: subscription phrases and hints; the names of paywall and newsletter tools; links to subscription pages, app
stores and donation services; forms with an e-mail field; what a label such as "Our newsletter" heads.
Known false alarms: articles about subscriptions; the page of the offer itself, where it is the content.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanpage.detectors.base import LabelRule, label_signals, markup_signals, phrase_signals
from cleanpage.roles import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleanpage.page import Page, Signal


@dataclass(frozen=True, slots=True)
class SubscribePrompt:
    """Finds subscription prompts.

    Attributes:
        max_labelled_blocks: Blocks that a part under a label has at most.
    """

    name: str = "subscribe_prompt"
    max_labelled_blocks: int = 14

    def signals(self, page: Page) -> Iterator[Signal]:
        """Yields evidence for the role."""
        role = Role.SUBSCRIBE_PROMPT
        yield from phrase_signals(page, self.name, role)
        yield from markup_signals(page, self.name, role)
        yield from label_signals(page, self.name, role, LabelRule(self.max_labelled_blocks, headings_only=True))
