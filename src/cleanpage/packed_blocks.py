"""Blocks as columns, a list a field: what they are made from, and what a pickled document holds of them, as bytes.

Pickling takes a third of the time that it takes block by block, and whoever unpickles the document, as `clean_many`
does with what its workers send, pays for the blocks only if they are asked for.
"""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, cast

from cleanpage import native

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleanpage.document import Block

KERNEL: Final = native.kernel("document")


@cache
def _slots() -> tuple[Any, ...]:
    """The descriptors of the fields of a block."""
    from cleanpage.document import Block

    return tuple(vars(Block)[field.name] for field in fields(Block))


def blocks_of(columns: list[list[Any]]) -> tuple[Block, ...]:
    """Makes blocks.

    Args:
        columns: A list a field of Block, in their order; all are of the same length.
    """
    from cleanpage.document import Block

    if KERNEL is not None:
        return cast("tuple[Block, ...]", KERNEL.objects_of(Block, _slots(), columns))
    return tuple(map(Block, *columns))


def rounded(shares: list[float]) -> list[float]:
    """Shares, 0..1, as blocks tell them."""
    if KERNEL is not None:
        kernel_shares: list[float] = KERNEL.rounded(shares)
        return kernel_shares
    return [round(share, 4) for share in shares]


def pack_blocks(blocks: Sequence[Block]) -> bytes:
    """Writes blocks as bytes."""
    import pickle

    from cleanpage.document import Block

    rows = map(attrgetter(*(field.name for field in fields(Block))), blocks)
    columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in fields(Block)]
    return pickle.dumps(columns, pickle.HIGHEST_PROTOCOL)


def unpack_blocks(packed: bytes) -> tuple[Block, ...]:
    """Reads what `pack_blocks` wrote."""
    import pickle

    return blocks_of(pickle.loads(packed))  # noqa: S301 - whoever reads it has unpickled the document around it
