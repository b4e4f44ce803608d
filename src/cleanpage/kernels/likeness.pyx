# cython: boundscheck=False, wraparound=False, cdivision=True
"""Blocks beside what the page calls itself and beside one another; stands in for functions of `features.likeness`."""

from cpython.dict cimport PyDict_GetItem
from cpython.object cimport PyObject

from cleanpage.kernels.logarithms cimport fill_logarithms, logarithm
from cleanpage.kernels.sets cimport sets_with

import numpy as np

fill_logarithms()


def similarity_columns(
    const int[::1] numbers, const long long[::1] starts, list words, tuple wanted, Py_ssize_t max_words,
    double min_likeness
):
    """Likeness of each block with two titles and a description, and the place beside the most alike block.

    Args:
        numbers: The words of all blocks, as numbers.
        starts: Where each block's begin.
        words: The word of each number.
        wanted: The sets of words of two titles and of the description.
        max_words: Longer blocks are not compared.
        min_likeness: What the most alike block must be above.

    Returns:
        Columns × blocks, float32.
    """
    cdef Py_ssize_t block, row, at, best = 0, count = starts.shape[0] - 1
    cdef int number, own_count
    cdef int[3] shared, sizes
    cdef double likeness, most = 0
    result = np.zeros((8, count), dtype=np.float32)
    in_array, last_array = sets_with(words, wanted), np.full(len(words), -1, dtype=np.int32)
    cdef float[:, ::1] out = result
    cdef const unsigned char[::1] sets = in_array
    cdef int[::1] last = last_array  # the last block with each word
    for row in range(3):
        sizes[row] = <int>len(<set>wanted[row])
    for block in range(count):
        if starts[block + 1] - starts[block] > max_words:
            continue
        own_count = shared[0] = shared[1] = shared[2] = 0
        for at in range(starts[block], starts[block + 1]):
            number = numbers[at]
            if last[number] != block:
                last[number] = <int>block
                own_count += 1
                for row in range(3):
                    shared[row] += sets[number] >> row & 1
        for row in range(3):
            if shared[row]:
                out[2 * row, block] = <float>(shared[row] / <double>own_count)
                if row < 2:
                    out[2 * row + 1, block] = <float>(shared[row] / <double>sizes[row])
        likeness = 0
        for row in range(2):
            if shared[row]:
                likeness += shared[row] / <double>own_count * (shared[row] / <double>sizes[row])
        if likeness > most:
            best, most = block, likeness
    for block in range(count):
        if most > min_likeness:
            out[5, block] = block == best
            out[6, block] = <float>min(1.0, max(-1.0, (block - best) / 20.0))
            out[7, block] = block > best
        else:
            out[7, block] = 0.5
    return result


def repeat_columns(list texts):
    """How often each text stands on the page, and whether it stood before (columns × blocks, float32)."""
    cdef Py_ssize_t block, count = len(texts)
    cdef dict ids = {}
    cdef PyObject *found
    result = np.zeros((2, count), dtype=np.float32)
    counts_array = np.zeros(count, dtype=np.int64)
    ids_array = np.empty(count, dtype=np.int64)
    cdef float[:, ::1] out = result
    cdef long long[::1] counts = counts_array, own = ids_array
    for block in range(count):
        found = PyDict_GetItem(ids, texts[block])
        if found == NULL:
            own[block] = block
            ids[texts[block]] = block
        else:
            own[block] = <object>found
            out[1, block] = 1
        counts[own[block]] += 1
    for block in range(count):
        out[0, block] = <float>logarithm(counts[own[block]] - 1)
    return result
