"""Legal: copyright, terms, imprint, disclaimers, contact and address lines.

What: what the publisher must or wants to say about itself and the use of the page.
Why not content: it is the same on every page and not what a reader came for.
Evidence: phrases such as "All rights reserved" and hints; class and id names; `<address>` and `<footer>`; links to
terms, privacy policy, imprint, telephone numbers; a copyright sign with a year, away from the text; text in the
footer of the page.
Known false alarms: the privacy policy or imprint page itself, where it is the content; articles about copyright.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cleanpage.detectors.base import LabelRule, label_signals, markup_signals, phrase_signals
from cleanpage.detectors.layout import COPYRIGHT_SIGN, PHONE_SIGN, layout_of
from cleanpage.page import Signal
from cleanpage.roles import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleanpage.page import Page

COPYRIGHT: Final = re.compile(r"©|\([cC]\)\s*(?:19|20)\d\d|&copy;|℗")
YEAR: Final = re.compile(r"(?:19|20)\d\d")
PHONE: Final = re.compile(r"(?:\+|\b00|\b0)\d[\d\s()/.-]{6,}\d")


@dataclass(frozen=True, slots=True)
class Legal:
    """Finds copyright lines, terms, imprints and addresses.

    Attributes:
        max_labelled_blocks: Blocks that a part under a label has at most.
        sign_weight: Weight for a copyright sign after the text.
        inside_sign_weight: Weight for one inside the text, where it mostly credits a photograph.
        last_weight: Weight for a line that is no link among the last blocks of the page.
        phone_weight: Weight for a telephone number in a short block after the text.
        max_phone_chars: Longer blocks with a telephone number tell something else, too.
        max_words: Longer blocks with a copyright sign are read only for phrases.
        last_blocks: Blocks from the end that are the foot of the page.
    """

    name: str = "legal"
    max_labelled_blocks: int = 25
    sign_weight: float = 0.8
    inside_sign_weight: float = 0.2
    last_weight: float = 0.2
    phone_weight: float = 0.45
    max_phone_chars: int = 200
    max_words: int = 60
    last_blocks: int = 4

    def signals(self, page: Page) -> Iterator[Signal]:
        """Yields evidence for the role."""
        role = Role.LEGAL
        yield from phrase_signals(page, self.name, role)
        yield from markup_signals(page, self.name, role)
        yield from label_signals(page, self.name, role, LabelRule(self.max_labelled_blocks, headings_only=True))
        yield from self._signs(page)

    def _signs(self, page: Page) -> Iterator[Signal]:
        layout = layout_of(page)
        last_prose, foot = layout.last_prose, max(0, len(page) - self.last_blocks)
        signed = layout.blocks_with(COPYRIGHT_SIGN)
        called = [block for block in layout.blocks_with(PHONE_SIGN) if block > last_prose]
        for block in sorted({*signed, *called, *range(foot, len(page))}):
            text = page.texts[block]
            if page.word_counts[block] <= self.max_words:
                if layout.signs[block] & COPYRIGHT_SIGN and COPYRIGHT.search(text):
                    has_year = YEAR.search(text) is not None
                    weight = self.sign_weight if block > last_prose else self.inside_sign_weight
                    yield Signal(block, Role.LEGAL, weight if has_year else weight * 0.8, "legal.shape:copyright sign")
                elif block > last_prose and len(text) < self.max_phone_chars and PHONE.search(text):
                    yield Signal(block, Role.LEGAL, self.phone_weight, "legal.shape:telephone number")
            if block >= foot and block > last_prose and not layout.links[block]:
                yield Signal(block, Role.LEGAL, self.last_weight, "legal.position:foot of the page")
