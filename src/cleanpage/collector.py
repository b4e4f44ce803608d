"""Keeps Python's cyclic garbage collector from running in the middle of a page, and from looking through documents.

A page makes some ten thousand objects that all live until it is done. Every few hundred of them made the collector look
for cycles among them in vain, and every thirty pages it looked through all that the process holds: 7 % of the time of
`Cleaner.clean` on pages of wcxb, 3.5 % where it runs between pages only.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from cleanpage import native

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleanpage.page import Page

KERNEL: Final = native.kernel("document")


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pauses the collector, unless it is off: who turned it off turns it on.

    The collector is the whole process's. Where threads overlap, one that finishes turns it on while others are still
    at work, which costs them time and changes nothing else.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def overlook(page: Page, told: list[Any]) -> None:
    """Takes the columns of a page out of what the collector looks through, where there are kernels.

    Whenever it runs, it looks at each entry of each column of each document that is held. They hold text, numbers and
    tuples of text, which lead to nothing that leads back to them: there is no cycle to be found.

    Args:
        page: A page that nothing is added to any more.
        told: The fields of its signals, one after the other.
    """
    if KERNEL is None:
        return
    table = page.node_table
    values = *vars(page).values(), *[getattr(table, name) for name in table.__slots__]
    KERNEL.untrack([told, *[value for value in values if isinstance(value, list)]])
    for column in (page.inline_names, page.inline_tags, page.hrefs, table.names):
        KERNEL.untrack(column)
