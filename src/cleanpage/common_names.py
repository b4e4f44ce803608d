"""Class names that stand on nearly every element of a page, and so tell nothing about any of them.

A page may give all its elements the same classes, by a careless template or so that its article is taken for an
advertisement. Detectors and features read names as evidence, so these are taken away first.
"""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection

    from cleanpage.blocks import Names
    from cleanpage.page import Page

MIN_SHARE: Final = 0.9
"""Share of the elements with names that have one, from which it tells nothing. Of 707 pages of the benchmark two have
such a name ("chapter", "text")."""

MIN_NAMED_COUNT: Final = 12
"""Elements with names below which a page is too small to tell."""

SAMPLE_SIZE: Final = 50
"""Elements with names that are looked at, evenly from the whole page."""


def forget_common_names(page: Page) -> None:
    """Takes names that are nearly everywhere from the node table and from the inline elements of a page."""
    nodes = page.node_table
    named = [names for names in nodes.names if names]
    if len(named) < MIN_NAMED_COUNT:
        return
    sample = named[:: -(-len(named) // SAMPLE_SIZE)]
    counts = Counter(chain.from_iterable(map(frozenset, sample)))
    common = {name for name, count in counts.items() if count >= MIN_SHARE * len(sample)}
    if common:
        nodes.names = [_without(names, common) for names in nodes.names]
        page.inline_names = [_without(names, common) for names in page.inline_names]


def _without(names: Names, common: Collection[str]) -> Names:
    return tuple([name for name in names if name not in common])
