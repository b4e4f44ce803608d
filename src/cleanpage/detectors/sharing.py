"""Sharing: share, follow, like, save and print buttons, links to social networks.

What: the buttons, their counts and labels, and the site's own pages on social networks.
Why not content: it offers the reader a tool and says nothing.
Evidence: sharing phrases and hints; class and id names; links to the share endpoints of social networks, to a
profile there, or to a letter with a subject; what a label such as "Follow us" heads.
Known false alarms: posts of social networks quoted in an article; pages about a social network.
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
class Sharing:
    """Finds sharing.

    Attributes:
        max_labelled_blocks: Blocks that a part under a label has at most.
    """

    name: str = "sharing"
    max_labelled_blocks: int = 14

    def signals(self, page: Page) -> Iterator[Signal]:
        """Yields evidence for the role."""
        role = Role.SHARING
        yield from phrase_signals(page, self.name, role)
        yield from markup_signals(page, self.name, role)
        yield from label_signals(page, self.name, role, LabelRule(self.max_labelled_blocks))
