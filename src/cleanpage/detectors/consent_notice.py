"""Consent notices: cookie, privacy and tracking consent.

What: cookie banners and dialogs with their categories, buttons and vendor lists; controls that open them again.
Why not content: it is about the visit, not about what the page is about, and stands on every page of the site.
Evidence: consent phrases and hints; the names that consent managers give their dialogs; links to consent settings;
what a label such as "We value your privacy" heads.
Known false alarms: articles about cookies and data protection; the privacy policy itself, the content of its page.
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
class ConsentNotice:
    """Finds consent notices.

    Attributes:
        max_labelled_blocks: Blocks that a part under a label has at most.
    """

    name: str = "consent_notice"
    max_labelled_blocks: int = 80

    def signals(self, page: Page) -> Iterator[Signal]:
        """Yields evidence for the role."""
        role = Role.CONSENT_NOTICE
        yield from phrase_signals(page, self.name, role)
        yield from markup_signals(page, self.name, role)
        yield from label_signals(page, self.name, role, LabelRule(self.max_labelled_blocks, heads_prose=True))
