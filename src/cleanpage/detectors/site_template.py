"""What other pages of the site tell about a block: its text is on them too, or its place had this role there.

It stands in no list of detectors: it is asked where a Cleaner has a site template, after the network, which was trained
without it. The arbiter weighs what it goes by in arbiter/site.py.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cleanpage.detectors.base import make_signal
from cleanpage.roles import BOILERPLATE_ROLES, ROLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleanpage.page import Page, Signal

PLACE_WEIGHT: Final = 0.5
"""What a place says beside a text, at best: several kinds of blocks may share it."""


@dataclass(frozen=True, slots=True)
class SiteTemplateDetector:
    """Speaks about what the page's site has on its other pages."""

    name: str = "site_template"

    def signals(self, page: Page) -> Iterator[Signal]:
        """Yields evidence for the roles that the same texts and places have on the other pages."""
        found = page.site_evidence
        if found is None:
            return
        total, is_repeat = found.page_count, found.is_repeat.tolist()
        likeliest = found.text_roles.argmax(axis=1).tolist()
        for block, count in enumerate(found.text_pages.tolist()):
            if count:
                told = f"{self.name}.repeat:{count} of {total} pages"
                # A long text on most pages is boilerplate, whichever.
                for role in BOILERPLATE_ROLES if is_repeat[block] else (ROLES[likeliest[block]],):
                    yield make_signal((block, role, count / total, told, 0))
        likeliest, logs = found.place_roles.argmax(axis=1).tolist(), found.place_roles.max(axis=1).tolist()
        for block, count in enumerate(found.place_pages.tolist()):
            if count and not is_repeat[block]:  # the articles' own blocks may stand at such a place
                told = f"{self.name}.place:{count} of {total} pages"
                weight = PLACE_WEIGHT * math.exp(logs[block]) * count / total
                yield make_signal((block, ROLES[likeliest[block]], weight, told, 0))
