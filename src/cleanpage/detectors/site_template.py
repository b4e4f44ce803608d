"""What other pages of the site tell about a block: its text is on them too, or its place had this role there.

It stands in no list of detectors: it is asked where a Cleaner has a site template, after the network, which was trained
without it. The arbiter weighs what it goes by in arbiter/site.py.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cleanpage.detectors.base import reason
from cleanpage.page import Signal
from cleanpage.roles import CONTENT_ROLES, ROLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleanpage.page import Page

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
        texts = zip(found.text_pages.tolist(), found.text_roles.tolist(), found.is_repeat.tolist(), strict=True)
        for block, (count, roles, is_repeat) in enumerate(texts):
            if count:
                first = len(CONTENT_ROLES) if is_repeat else 0
                role = max(range(first, len(ROLES)), key=roles.__getitem__)
                told = reason(self.name, "repeat", f"{count} of {found.page_count} pages")
                yield Signal(block, ROLES[role], count / found.page_count, told)
        places = zip(found.place_pages.tolist(), found.place_roles.tolist(), found.is_repeat.tolist(), strict=True)
        for block, (count, roles, is_repeat) in enumerate(places):
            if count and not is_repeat:  # the articles' own blocks may stand at such a place
                role = max(range(len(ROLES)), key=roles.__getitem__)
                told = reason(self.name, "place", f"{count} of {found.page_count} pages")
                yield Signal(block, ROLES[role], PLACE_WEIGHT * math.exp(roles[role]) * count / found.page_count, told)
