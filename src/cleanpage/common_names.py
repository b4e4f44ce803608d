"""Class names that tell nothing: those that nearly all of a page's elements share.

A name says something of an element because others lack it. One that is on all, by a careless template or to mislead,
would speak for its role everywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cleanpage.page import Page

    Names = tuple[str, ...]

COMMON_SHARE: Final = 0.95
"""Share of the block-level elements with classes from which a name is common: no name of 1,027 pages of the benchmark
reaches it, two are on 0.92 of theirs."""

MIN_CLASSED_COUNT: Final = 12
"""Elements with classes below which sharing a name may be chance."""


def drop_common_names(page: Page) -> None:
    """Takes class names that nearly all elements share out of a page's tables."""
    nodes = page.node_table
    common = _common_names(nodes.names)
    if common:
        nodes.names = _without(nodes.names, common)
        page.inline_names = _without(page.inline_names, common)


def _common_names(rows: Sequence[Names]) -> set[str]:
    """The class names that nearly all elements with classes share."""
    middle = len(rows) // 2
    candidates = _first_classes(rows) & _first_classes(rows[middle:]) & _first_classes(reversed(rows))
    if not candidates:  # as on nearly every page: three elements are looked at, not all
        return set()
    classed = [row for row in rows if _classes(row)]
    if len(classed) < MIN_CLASSED_COUNT:
        return set()
    return {name for name in candidates if sum(name in row for row in classed) >= COMMON_SHARE * len(classed)}


def _classes(names: Names) -> set[str]:
    """The class tokens among class and id tokens."""
    return {name for name in names if name[0] != "#"}


def _first_classes(rows: Iterable[Names]) -> set[str]:
    """The classes of the first element that has any."""
    return next(filter(None, map(_classes, rows)), set())


def _without(rows: Iterable[Names], dropped: set[str]) -> list[Names]:
    """Rows without some names; equal rows stay one object, as kernels know them by that."""
    kept: dict[Names, Names] = {}
    return [kept.setdefault(row, tuple(name for name in row if name not in dropped)) for row in rows]
