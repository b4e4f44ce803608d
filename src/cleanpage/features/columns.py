"""Columns of numbers, one number a block, joined into one table.

A page has hundreds of columns and a few hundred blocks, so what counts is how often numpy is called: joining flat
arrays takes a seventh of the time of numpy.stack.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from cleanpage import native

if TYPE_CHECKING:
    from collections.abc import Sequence

KERNEL: Final = native.kernel("columns")


def joined(columns: Sequence[np.ndarray], count: int) -> np.ndarray:
    """Joins columns into a table (columns × blocks, float32).

    Args:
        columns: Arrays of one column (blocks) or of several (columns × blocks).
        count: Blocks.
    """
    flat = [column.ravel() for column in columns]
    return np.concatenate(flat, dtype=np.float32, casting="unsafe").reshape(-1, count)


def rows_of(columns: Sequence[np.ndarray], last: np.ndarray) -> np.ndarray:
    """The numbers of each block side by side (blocks × columns, float32).

    Args:
        columns: As in `joined`; where there are kernels, each is one of several columns, in float32.
        last: What comes after them (blocks × columns, float32).
    """
    if KERNEL is not None:
        kernel_rows: np.ndarray = KERNEL.rows_of(columns, last)
        return kernel_rows
    return np.ascontiguousarray(np.concatenate([joined(columns, len(last)).T, last], axis=1))


def constant(values: Sequence[float], count: int) -> np.ndarray:
    """Columns that say the same of every block (columns × blocks)."""
    return np.repeat(np.array(values, dtype=np.float64), count).reshape(-1, count)
