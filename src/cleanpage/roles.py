"""The taxonomy: what a block is for (Role) and what structure its markup gave it (Kind)."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a block is for on its page. The first five are content, the others boilerplate."""

    TITLE = "title"
    HEADING = "heading"
    TEXT = "text"
    CAPTION = "caption"
    BYLINE = "byline"
    NAVIGATION = "navigation"
    LOGIN_PROMPT = "login_prompt"
    SUBSCRIBE_PROMPT = "subscribe_prompt"
    CONSENT_NOTICE = "consent_notice"
    SPONSORED = "sponsored"
    RELATED = "related"
    SHARING = "sharing"
    AUTHOR_BIO = "author_bio"
    COMMENTS = "comments"
    LEGAL = "legal"
    INTERFACE = "interface"

    # Enum's own is a Python function, and dozens of tables of a page are keyed by role.
    __hash__ = str.__hash__

    @property
    def is_content(self) -> bool:
        """Whether blocks of this role are what a reader came for."""
        return self in CONTENT_ROLES


ROLES: tuple[Role, ...] = tuple(Role)
CONTENT_ROLES: tuple[Role, ...] = ROLES[:5]
BOILERPLATE_ROLES: tuple[Role, ...] = ROLES[5:]
ROLE_INDEX: dict[Role, int] = {role: index for index, role in enumerate(ROLES)}


class Kind(StrEnum):
    """The structure that the markup (or the line, in plain text) gave a block."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    LIST_ITEM = "list_item"
    DEFINITION = "definition"
    QUOTE = "quote"
    CODE = "code"
    TABLE = "table"
    FIGURE = "figure"
    FORMULA = "formula"
    CONTROL = "control"

    __hash__ = str.__hash__  # as above


CHOICES: tuple[str, ...] = tuple(dict.fromkeys([*map(str, Role), *map(str, Kind)]))
"""What the main text can be chosen by: names of roles and of kinds. "heading", which is both, means the role."""
