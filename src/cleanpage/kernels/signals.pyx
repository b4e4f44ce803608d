# cython: boundscheck=False, wraparound=False
"""What detectors and languages say of blocks, in numbers; stands in for functions of `features` and of what follows."""

from cpython.dict cimport PyDict_GetItem
from cpython.object cimport PyObject
from cpython.unicode cimport PyUnicode_Tailmatch

import numpy as np

cdef extern from "Python.h":
    bint PyTuple_Check(object signal)
    PyObject *PyTuple_GET_ITEM(object signal, Py_ssize_t field)
    Py_ssize_t PY_SSIZE_T_MAX

cdef enum:
    FIELD_COUNT = 5  # of page.Signal


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
    cdef PyObject *found
    result = np.zeros((count, 2 * role_count), dtype=np.float32)
    cdef float[:, ::1] out = result
    for signal in signals:
        fields = <tuple>signal  # a named tuple, which Cython does not take for a tuple unasked
        if not PyTuple_Check(signal) or len(fields) != FIELD_COUNT:
            raise ValueError(f"{signal!r} is no Signal")
        block, end, weight = fields[0], fields[4], fields[2]
        found = PyDict_GetItem(role_index, fields[1])
        if found == NULL:
            raise KeyError(fields[1])
        if not 0 <= block < count:
            raise IndexError(f"{signal!r} is about no block")
        column, end = <object>found, min(end, count)
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
    cdef double share
    cdef str language
    result = np.zeros((3, count), dtype=np.float32)
    cdef float[:, ::1] out = result
    for block in range(count):
        language = languages[block]
        if language:
            share = confidences[block]
            out[0, block] = 1
            out[2 if language == own else 1, block] = <float>share
    return result


def blocks_with(list signals, str start):
    """The blocks of the signals whose reason starts so."""
    cdef list found = []
    for signal in signals:
        if PyUnicode_Tailmatch(<object>PyTuple_GET_ITEM(signal, 3), start, 0, PY_SSIZE_T_MAX, -1):
            found.append(<object>PyTuple_GET_ITEM(signal, 0))
    return found
