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
    from collections.abc import Iterator, Sequence

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


def overlook(containers: Sequence[list[Any] | tuple[str, ...]]) -> None:
    """Takes lists and tuples out of what the collector looks through, where there are kernels.

    Whenever it runs, it looks at each entry of each column of each document that is held. They hold text, numbers and
    tuples of text, which lead to nothing that leads back to them: there is no cycle to be found.

    Args:
        containers: Nothing else may be put into them later on.
    """
    if KERNEL is not None:
        KERNEL.untrack(containers)
