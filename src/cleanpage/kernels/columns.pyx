# cython: boundscheck=False, wraparound=False, cdivision=True
"""Columns of numbers turned into rows; stands in for `features.columns.rows_of`."""

from libc.string cimport memcpy

import numpy as np

cdef enum:
    STRIP = 16  # blocks whose rows are written at a time: as many floats as a line of the cache holds


def rows_of(list columns, const float[:, ::1] last):
    """The numbers of each block side by side (blocks × columns, float32).

    Args:
        columns: Arrays of columns (columns × blocks, float32).
        last: What comes after them (blocks × columns).
    """
    cdef Py_ssize_t start, block, column, size, at = 0, count = last.shape[0], width = last.shape[1]
    cdef const float[:, ::1] part
    cdef const float *source
    cdef float *target
    for array in columns:
        width += array.shape[0]
    result = np.empty((count, width), dtype=np.float32)
    cdef float[:, ::1] out = result
    for array in columns:
        part = array
        if part.shape[1] != count:
            raise ValueError(f"columns of {part.shape[1]} blocks, not {count}")
        for start in range(0, count, STRIP):
            size = min(STRIP, count - start)
            for column in range(part.shape[0]):
                source, target = &part[column, start], &out[start, at + column]
                for block in range(size):
                    target[block * width] = source[block]
        at += part.shape[0]
    for block in range(count):
        memcpy(&out[block, at], &last[block, 0], last.shape[1] * sizeof(float))
    return result
