"""The colour of each role, and text made safe: what the report and the notebook's table share."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Final, NamedTuple

from cleanpage.roles import Role

if TYPE_CHECKING:
    from collections import Counter

    from cleanpage.document import Document

UNSHOWN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Characters that HTML may not hold or no encoding can write."""


class Paint(NamedTuple):
    """How a role is shown; its name stands beside it, so nobody has to tell colours apart.

    Attributes:
        color: Background of the role's name.
        ink: Colour of the name on it.
        stroke: Style of the line around it, for two roles share a colour.
    """

    color: str
    ink: str
    stroke: str


LIGHT_INK: Final = "#ffffff"
DARK_INK: Final = "#000000"
GREEN: Final = ("#009e73", DARK_INK)
BLUE: Final = ("#0072b2", LIGHT_INK)
SKY: Final = ("#56b4e9", DARK_INK)
VERMILION: Final = ("#d55e00", DARK_INK)
ORANGE: Final = ("#e69f00", DARK_INK)
YELLOW: Final = ("#f0e442", DARK_INK)
PURPLE: Final = ("#cc79a7", DARK_INK)
GREY: Final = ("#999999", DARK_INK)

PALETTE: Final = {
    Role.TITLE: Paint(*BLUE, "double"),
    Role.HEADING: Paint(*BLUE, "solid"),
    Role.TEXT: Paint(*GREEN, "solid"),
    Role.CAPTION: Paint(*GREEN, "double"),
    Role.BYLINE: Paint(*SKY, "solid"),
    Role.AUTHOR_BIO: Paint(*SKY, "double"),
    Role.LOGIN_PROMPT: Paint(*VERMILION, "solid"),
    Role.SUBSCRIBE_PROMPT: Paint(*VERMILION, "double"),
    Role.CONSENT_NOTICE: Paint(*ORANGE, "double"),
    Role.SPONSORED: Paint(*ORANGE, "solid"),
    Role.RELATED: Paint(*PURPLE, "solid"),
    Role.COMMENTS: Paint(*PURPLE, "double"),
    Role.SHARING: Paint(*YELLOW, "solid"),
    Role.INTERFACE: Paint(*YELLOW, "double"),
    Role.NAVIGATION: Paint(*GREY, "solid"),
    Role.LEGAL: Paint(*GREY, "double"),
}
"""Okabe and Ito's colours, which people with any common colour blindness tell apart (Color Universal Design, 2008)."""


def safe(text: object) -> str:
    """Text of a page as HTML shows it, in an element or a quoted attribute: no tags, only characters it may hold."""
    return escape(UNSHOWN.sub("\ufffd", str(text)), quote=True)


def role_counts(document: Document) -> Counter[Role]:
    """How many blocks have each role, the roles in the order of the taxonomy."""
    from collections import Counter

    found = Counter(block.role for block in document.blocks)
    return Counter({role: found[role] for role in Role if found[role]})
