"""Every option of a Cleaner, once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from cleanpage.sites import SiteTemplate


@dataclass(frozen=True, slots=True)
class Config:
    """The options of a Cleaner; unknown names raise.

    Attributes:
        max_bytes: Largest input read, bytes; larger raises PageTooLarge.
        max_blocks: Blocks kept of one page; more are dropped with a warning (the rest of such pages is no prose).
        max_nodes: Tags and comments read of one page's markup; what comes after is dropped with a warning.
        max_depth: Nesting that a page is flattened to, with a warning, where the parser gives up on it (at 2,048
            elements): deeper elements become siblings.
        max_attributes: Attributes kept of one tag of 8,192 bytes or more; others are dropped with a warning.
        max_attribute_chars: Characters of an attribute's value; a longer one is dropped with a warning.
        max_seconds: Processor time that reading and deciding a page may take, looked at between their steps; more
            raises PageTooLarge. What must end within a time needs a process: `cleanpage.clean_many` has ``timeout``.
        disable: Names of detectors to leave out.
        keep: Roles and kinds that belong to the main text beside what the arbiter chose: a role wherever it stands, a
            kind where its blocks have a content role. "heading", which is both, means the role.
        drop: Roles and kinds that never belong to the main text; goes before ``keep``.
        favor: 'precision', 'balance' or 'recall' of the main text.
        weights: Folder with html.npz and text.npz that training/ made; None takes the ones in the package.
        site_template: A SiteTemplate of the pages, or its file; pages of other sites are left alone.
    """

    max_bytes: int = 100_000_000
    max_blocks: int = 50_000
    max_nodes: int = 2_000_000
    max_depth: int = 1024
    max_attributes: int = 500
    max_attribute_chars: int = 1_000_000
    max_seconds: float = 300.0
    disable: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    favor: str = "balance"
    weights: Path | None = None
    site_template: SiteTemplate | Path | str | None = None
