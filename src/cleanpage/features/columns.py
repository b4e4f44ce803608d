"""Columns of numbers, one number a block, joined into one table.

A page has hundreds of columns and a few hundred blocks, so what counts is how often numpy is called: joining flat
arrays takes a seventh of the time of numpy.stack.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence


def joined(columns: Sequence[np.ndarray], count: int) -> np.ndarray:
    """Joins columns into a table (columns × blocks, float32).

    Args:
        columns: Arrays of one column (blocks) or of several (columns × blocks).
        count: Blocks.
    """
    flat = [column.ravel() for column in columns]
    return np.concatenate(flat, dtype=np.float32, casting="unsafe").reshape(-1, count)


def constant(values: Sequence[float], count: int) -> np.ndarray:
    """Columns that say the same of every block, one after the other."""
    return np.repeat(np.array(values, dtype=np.float64), count)
