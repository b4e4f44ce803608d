"""Login prompts: sign in, register, open an account.

What: banners, boxes and buttons that ask to sign in or register, and the forms behind them.
Why not content: it asks the reader to act and tells nothing; the same words stand on every page of the site.
Evidence: login phrases and hints; class and id names; links to login and registration pages; forms with a password
field; what a label such as "Sign in" heads.
Known false alarms: articles that quote a login form or explain how to sign in; help pages of a service.
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
class LoginPrompt:
    """Finds login prompts.

    Attributes:
        max_labelled_blocks: Blocks that a part under a label has at most.
    """

    name: str = "login_prompt"
    max_labelled_blocks: int = 12

    def signals(self, page: Page) -> Iterator[Signal]:
        """Yields evidence for the role."""
        role = Role.LOGIN_PROMPT
        yield from phrase_signals(page, self.name, role)
        yield from markup_signals(page, self.name, role)
        yield from label_signals(page, self.name, role, LabelRule(self.max_labelled_blocks, headings_only=True))
