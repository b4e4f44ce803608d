# cython: boundscheck=False, wraparound=False
"""Words as numbers; stands in for `features.numbers.numbered`."""

from cpython.mem cimport PyMem_Calloc, PyMem_Free
from cpython.object cimport PyObject

import numpy as np

cdef extern from "Python.h":
    Py_ssize_t PyObject_Hash(object word) except -1


cdef struct Number:
    PyObject *word  # borrowed: its block holds it
    Py_ssize_t hashed
    int number


def numbered(list blocks):
    """Numbers the words of all blocks in the order in which they first stand there.

    Args:
        blocks: The words of each block.

    Returns:
        The number of each word, int32; where each block's begin in it, int64, one entry more than blocks; the words.
    """
    cdef list words, distinct = []
    cdef Py_ssize_t block, at = 0, count = 0, hashed, place, size = 64
    cdef Number *known
    for words in blocks:
        count += len(words)
    while size < 2 * count:
        size *= 2
    numbers_array, starts_array = np.empty(count, dtype=np.int32), np.zeros(len(blocks) + 1, dtype=np.int64)
    cdef int[::1] numbers = numbers_array
    cdef long long[::1] starts = starts_array
    known = <Number *>PyMem_Calloc(size, sizeof(Number))
    if known == NULL:
        raise MemoryError
    try:
        for block in range(len(blocks)):
            words = blocks[block]
            for word in words:
                hashed = PyObject_Hash(word)
                place = hashed & (size - 1)
                while known[place].word != NULL and known[place].word != <PyObject *>word and (
                    known[place].hashed != hashed or <str><object>known[place].word != <str>word
                ):
                    place = (place + 1) & (size - 1)
                if known[place].word == NULL:
                    known[place] = Number(<PyObject *>word, hashed, <int>len(distinct))
                    distinct.append(word)
                numbers[at] = known[place].number
                at += 1
            starts[block + 1] = at
    finally:
        PyMem_Free(known)
    return numbers_array, starts_array, distinct
