# cython: boundscheck=False, wraparound=False, cdivision=True
"""What blocks belong with; stands in for functions of `features.context`."""

from cpython.dict cimport PyDict_GetItem
from cpython.object cimport PyObject
from libc.math cimport sqrt

from cleanpage.kernels.logarithms cimport fill_logarithms, logarithm

import numpy as np

fill_logarithms()

cdef enum:
    GROUP_VALUE_COUNT = 7


def count_with(list texts, str signs):
    """How many texts have any of some characters."""
    cdef Py_ssize_t found = 0
    cdef str text
    for text in texts:
        for sign in signs:
            if sign in text:
                found += 1
                break
    return found


def group_columns(const long long[:, ::1] groups, const double[::1] words, const double[::1] links, double total):
    """Size, text, links and place of the groups of each block (columns × blocks, float32)."""
    cdef Py_ssize_t block, row, at, count = words.shape[0], group_count
    cdef long long id
    cdef double size, mean, spread
    result = np.empty((GROUP_VALUE_COUNT * groups.shape[0], count), dtype=np.float32)
    cdef float[:, ::1] out = result
    cdef double[:, ::1] sums
    cdef float[:, ::1] values
    for row in range(groups.shape[0]):
        group_count = 0
        for block in range(count):
            group_count = max(group_count, groups[row, block] + 1)
        sums = np.zeros((group_count, 6))
        values = np.empty((group_count, GROUP_VALUE_COUNT), dtype=np.float32)
        for block in range(count):
            id = groups[row, block]
            if sums[id, 0] == 0:
                sums[id, 4] = block
            sums[id, 0] += 1
            sums[id, 1] += words[block]
            sums[id, 2] += words[block] * words[block]
            sums[id, 3] += links[block]
            sums[id, 5] = block
        for id in range(group_count):
            size = sums[id, 0]
            mean = sums[id, 1] / size
            spread = sqrt(max(0.0, sums[id, 2] / size - mean * mean)) / (1 + mean)
            values[id, 0] = <float>(logarithm(size) / 3)
            values[id, 1] = <float>(logarithm(mean) / 4)
            values[id, 2] = <float>(sums[id, 1] / total)
            values[id, 3] = <float>(sums[id, 3] / max(1.0, sums[id, 1]))
            values[id, 4] = <float>min(3.0, spread)
            values[id, 5] = <float>(sums[id, 4] / count)
            values[id, 6] = <float>(sums[id, 5] / count)
        for block in range(count):
            id = groups[row, block]
            for at in range(GROUP_VALUE_COUNT):
                out[row * GROUP_VALUE_COUNT + at, block] = values[id, at]
    return result


def nearness(
    const long long[::1] nodes,
    const long long[::1] parents,
    const long long[::1] depths,
    const long long[::1] first,
    const long long[::1] end,
    const double[::1] words,
    Py_ssize_t landmark,
):
    """Depth of the deepest element around a block and a landmark, and the distances to it (5 × blocks, float32)."""
    cdef Py_ssize_t block, count = nodes.shape[0]
    cdef long long node = nodes[landmark], depth = depths[node], own, common, filled_from, filled_end
    cdef double before, at_landmark = 0, total = 0, share, some_depth = max(1, depth)
    cdef double distance
    result = np.empty((5, count), dtype=np.float32)
    common_array = np.zeros(count, dtype=np.int64)
    cdef float[:, ::1] out = result
    cdef long long[::1] deepest = common_array
    filled_from = filled_end = landmark
    while True:  # innermost first: each ancestor fills what its child left
        for block in range(first[node], filled_from):
            deepest[block] = depths[node]
        for block in range(filled_end, end[node]):
            deepest[block] = depths[node]
        filled_from, filled_end = min(filled_from, first[node]), max(filled_end, end[node])
        if parents[node] == node:
            break
        node = parents[node]
    for block in range(count):
        total += words[block]
        if block == landmark:
            at_landmark = total
    total = max(1.0, total)
    before = 0
    for block in range(count):
        before += words[block]
        common = deepest[block]
        distance = logarithm(abs(block - landmark)) / 5
        share = (before - at_landmark) / total
        out[0, block] = <float>(common / some_depth)
        out[1, block] = <float>((some_depth - common) / 10)
        out[2, block] = <float>((depths[nodes[block]] - common) / 10.0)
        out[3, block] = <float>(distance if block >= landmark else -distance)
        out[4, block] = <float>min(1.0, max(-1.0, share))
    return result


def section_columns(list tags, dict indexes, const long long[::1] first, const long long[::1] end, Py_ssize_t count):
    """In how many elements of each sectioning tag a block stands, and how many there are (columns × blocks, float32)."""
    cdef Py_ssize_t node, block, index, tag_count = len(indexes)
    cdef PyObject *found
    cdef long long inside
    cdef float total
    steps_array = np.zeros((tag_count, count + 1), dtype=np.int64)
    totals_array = np.zeros(tag_count, dtype=np.int64)
    result = np.empty((2 * tag_count, count), dtype=np.float32)
    cdef long long[:, ::1] steps = steps_array
    cdef long long[::1] totals = totals_array
    cdef float[:, ::1] out = result
    for node in range(len(tags)):
        found = PyDict_GetItem(indexes, tags[node])
        if found != NULL:
            index = <object>found
            steps[index, first[node]] += 1
            steps[index, end[node]] -= 1
            totals[index] += 1
    for index in range(tag_count):
        inside = 0
        total = <float>(logarithm(totals[index]) / 3)
        for block in range(count):
            inside += steps[index, block]
            out[2 * index, block] = min(3, inside)
            out[2 * index + 1, block] = total
    return result


def shared_words(list blocks, set texts, set names, Py_ssize_t max_words):
    """Share of each block's words in two sets (2 × blocks)."""
    cdef Py_ssize_t block, count = len(blocks), in_texts, in_names
    cdef list words
    cdef set own
    result = np.zeros((2, count))
    cdef double[:, ::1] out = result
    for block in range(count):
        words = blocks[block]
        own = set(words if len(words) <= max_words else words[:max_words])
        if not own:
            continue
        in_texts = in_names = 0
        for word in own:
            in_texts += word in texts
            in_names += word in names
        out[0, block] = in_texts / <double>len(own)
        out[1, block] = in_names / <double>len(own)
    return result
