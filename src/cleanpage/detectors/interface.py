"""Interface: player and gallery controls, form labels, buttons, alerts, ratings, weather and stock widgets.

What: text that works the page and is no offer to sign in, subscribe or share.
Why not content: it is a tool; read aloud, it says nothing.
Evidence: phrases such as "Loading" and hints; buttons, form fields and ARIA widgets; class and id names; links that run
a script; counters and time codes.
Known false alarms: labels of data in a specification table; calls to action of a landing page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cleanpage.detectors.base import make_signal, markup_signals, phrase_signals
from cleanpage.detectors.layout import ODD_START, layout_of
from cleanpage.page import Signal
from cleanpage.roles import Kind, Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleanpage.page import Page

COUNTER: Final = re.compile(r"[\d\s.,:/%+()<>|x×-]+[kKmM]?")


@dataclass(frozen=True, slots=True)
class Interface:
    """Finds controls, labels and other text of the user interface.

    Attributes:
        phrase_factor: How far the phrases of the role can be trusted.
        control_weight: Weight for a block of kind control.
        counter_weight: Weight for a block of digits only, such as 1 / 12 or 0:00.
        inside_factor: What is left of it between two paragraphs, where digits are data.
        field_weight: Weight for a short block right after a form field.
        max_words: Longer blocks are no label.
        max_counter_chars: Longer runs of digits are data.
    """

    name: str = "interface"
    phrase_factor: float = 0.75
    control_weight: float = 0.3
    counter_weight: float = 0.45
    inside_factor: float = 0.6
    field_weight: float = 0.35
    max_words: int = 8
    max_counter_chars: int = 16

    def signals(self, page: Page) -> Iterator[Signal]:
        """Yields evidence for the role."""
        role = Role.INTERFACE
        yield from phrase_signals(page, self.name, role, self.phrase_factor)
        yield from markup_signals(page, self.name, role)
        yield from self._shapes(page)

    def _shapes(self, page: Page) -> Iterator[Signal]:
        layout = layout_of(page)
        role, control = Role.INTERFACE, Kind.CONTROL
        texts, counts, kinds, fields = page.texts, page.word_counts, page.kinds, page.input_counts
        controls = [block for block, kind in enumerate(kinds) if kind is control]
        after_fields = [block for block, count in enumerate(fields) if count]
        # of what a counter begins with, "x" alone is a letter
        for block in sorted({*controls, *after_fields, *layout.blocks_with(ODD_START)}):
            text = texts[block]
            if counts[block] > self.max_words:
                continue
            if kinds[block] is control:
                yield make_signal((block, role, self.control_weight, "interface.markup:control", 0))
            elif fields[block]:
                yield make_signal((block, role, self.field_weight, "interface.markup:field", 0))
            if len(text) <= self.max_counter_chars and COUNTER.fullmatch(text):
                weight = self.counter_weight * (self.inside_factor if layout.is_inside(block) else 1.0)
                yield Signal(block, Role.INTERFACE, weight, "interface.shape:counter")
