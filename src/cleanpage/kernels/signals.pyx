# cython: boundscheck=False, wraparound=False
"""The strongest signal for each role; stands in for `features.signal_columns`."""

from cpython.dict cimport PyDict_GetItem

import numpy as np


def signal_columns(list signals, Py_ssize_t count, dict role_index):
    """The strongest signal for each role, about the block itself and about its container.

    Args:
        signals: Tuples of block, role, weight, reason and end.
        count: Blocks.
        role_index: The column of each role.
    """
    cdef Py_ssize_t role_count = len(role_index), block, end, row, column
    cdef float weight
    cdef tuple fields
    result = np.zeros((count, 2 * role_count), dtype=np.float32)
    cdef float[:, ::1] out = result
    for signal in signals:
        fields = <tuple>signal  # a named tuple, which Cython does not take for a tuple unasked
        block, end = fields[0], fields[4]
        column = <object>PyDict_GetItem(role_index, fields[1])
        weight = fields[2]
        if end <= block + 1:
            out[block, column] = max(out[block, column], weight)
        else:
            column += role_count
            for row in range(block, end):
                out[row, column] = max(out[row, column], weight)
    return result
