# cython: boundscheck=False, wraparound=False
"""The strongest signal for each role, and the language of blocks; stands in for functions of `features`."""

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


def language_columns(tuple languages, tuple confidences, str own):
    """Whether a block's language is known, and how surely it is another than the page's (columns × blocks, float32).

    Args:
        languages: The language of each block, '' where it is not known.
        confidences: 0..1 for each of these.
        own: The page's.
    """
    cdef Py_ssize_t block, count = len(languages)
    cdef str language
    result = np.zeros((3, count), dtype=np.float32)
    cdef float[:, ::1] out = result
    for block in range(count):
        language = languages[block]
        if language == own:
            out[2, block] = <float>(<double>confidences[block] * (language != ""))
        elif language != "":
            out[1, block] = <float><double>confidences[block]
        out[0, block] = language != ""
    return result
