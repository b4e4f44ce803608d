# cython: boundscheck=False, wraparound=False, cdivision=True
"""Sums and means over tokens, paths and groups; stands in for functions of `arbiter.model` of the same names.

Sums are added up in the order of numpy's `add.reduceat`, so that they are the same to the last bit: the first row, and to
it the others in pairs (loops_utils.h: pairwise_sum).
"""

from libc.math cimport sqrt
from libc.string cimport memcpy

import numpy as np

cdef enum:
    MAX_WIDTH = 64
    STEP = 8
    BLOCK = 128


cdef void add_pairs(const float *table, const int *rows, Py_ssize_t count, Py_ssize_t width, float *out) noexcept nogil:
    """Sums rows of a table as numpy's pairwise summation does."""
    cdef float parts[STEP * MAX_WIDTH]
    cdef float other[MAX_WIDTH]
    cdef Py_ssize_t place, step, column, half
    cdef const float *row
    if count < STEP:
        for column in range(width):
            out[column] = 0
        for place in range(count):
            row = table + rows[place] * width
            for column in range(width):
                out[column] += row[column]
    elif count <= BLOCK:
        for step in range(STEP):
            row = table + rows[step] * width
            for column in range(width):
                parts[step * width + column] = row[column]
        place = STEP
        while place < count - count % STEP:
            for step in range(STEP):
                row = table + rows[place + step] * width
                for column in range(width):
                    parts[step * width + column] += row[column]
            place += STEP
        for column in range(width):
            out[column] = (
                (parts[column] + parts[width + column]) + (parts[2 * width + column] + parts[3 * width + column])
            ) + (
                (parts[4 * width + column] + parts[5 * width + column])
                + (parts[6 * width + column] + parts[7 * width + column])
            )
        for place in range(count - count % STEP, count):
            row = table + rows[place] * width
            for column in range(width):
                out[column] += row[column]
    else:
        half = count // 2
        half -= half % STEP
        add_pairs(table, rows, half, width, out)
        add_pairs(table, rows + half, count - half, width, other)
        for column in range(width):
            out[column] += other[column]


cdef void add_rows(const float *table, const int *rows, Py_ssize_t count, Py_ssize_t width, float *out) noexcept nogil:
    """Sums rows of a table, at least one."""
    cdef const float *row = table + rows[0] * width
    cdef Py_ssize_t column
    if count == 1:
        for column in range(width):
            out[column] = row[column]
        return
    add_pairs(table, rows + 1, count - 1, width, out)
    for column in range(width):
        out[column] = row[column] + out[column]


cdef int require_width(Py_ssize_t width) except -1:
    if width > MAX_WIDTH:
        raise ValueError(f"rows of {width} numbers are summed; raise MAX_WIDTH, which is {MAX_WIDTH}")
    return 0


def bag_sums(const int[::1] ids, const long long[::1] starts, const float[:, ::1] table):
    """The sum of each row's embeddings over the square root of their number; at most MAX_WIDTH numbers each."""
    cdef Py_ssize_t row, column, size, count = starts.shape[0] - 1, width = table.shape[1]
    cdef float root
    require_width(width)
    sums = np.zeros((count, width), dtype=np.float32)
    cdef float[:, ::1] out = sums
    for row in range(count):
        size = starts[row + 1] - starts[row]
        if size:
            add_rows(&table[0, 0], &ids[starts[row]], size, width, &out[row, 0])
            root = <float>sqrt(<double>size)
            for column in range(width):
                out[row, column] /= root
    return sums


def path_sums(const float[:, ::1] nodes, const long long[::1] parents, const long long[::1] depths, float decay):
    """Each node's embedding and those of its ancestors; parents stand before their children."""
    cdef Py_ssize_t node, column, width = nodes.shape[1]
    cdef float faded
    sums = np.empty((nodes.shape[0], width), dtype=np.float32)
    cdef float[:, ::1] out = sums
    for node in range(nodes.shape[0]):
        if depths[node]:
            for column in range(width):
                faded = decay * out[parents[node], column]
                out[node, column] = nodes[node, column] + faded
        else:
            for column in range(width):
                out[node, column] = nodes[node, column]
    return sums


def standardised(const float[:, ::1] dense, const float[::1] mean, const float[::1] scale, float bound):
    """Dense features in standard deviations, cut off at a bound."""
    cdef Py_ssize_t row, column, width = mean.shape[0]
    cdef float value
    result = np.empty((dense.shape[0], width), dtype=np.float32)
    cdef float[:, ::1] out = result
    for row in range(dense.shape[0]):
        for column in range(width):
            value = (dense[row, column] - mean[column]) * scale[column]
            value = value if value < bound else bound
            out[row, column] = value if value > -bound else -bound
    return result


def group_plan(const long long[:, ::1] groups):
    """For each kind of group the blocks by their group, and where each group ends among them, as often as it has blocks.

    Returns:
        The blocks, kinds × blocks; the end of the group of each of them.
    """
    cdef Py_ssize_t count = groups.shape[1], group, row, place
    order_array = np.empty((groups.shape[0], count), dtype=np.int32)
    ends_array = np.empty((groups.shape[0], count), dtype=np.int32)
    at_array = np.empty(count + 1, dtype=np.int32)
    cdef int[:, ::1] order = order_array, ends = ends_array
    cdef int[::1] at = at_array
    for group in range(groups.shape[0]):
        at[:] = 0
        for row in range(count):
            at[groups[group, row] + 1] += 1
        for place in range(count):
            at[place + 1] += at[place]
        for row in range(count):  # at[id] moves from the group's start to its end
            order[group, at[groups[group, row]]] = row
            at[groups[group, row]] += 1
        for place in range(count):
            ends[group, place] = at[groups[group, order[group, place]]]
    return order_array, ends_array


def group_means(const float[:, ::1] shared, const int[:, ::1] order, const int[:, ::1] ends):
    """For each block the means of its groups, at most MAX_WIDTH numbers each, and of the page."""
    cdef Py_ssize_t count = shared.shape[0], size = shared.shape[1], group_count = order.shape[0]
    cdef Py_ssize_t group, row, column, place, start, end
    cdef float mean[MAX_WIDTH]
    require_width(size)
    means = np.empty((count, (group_count + 1) * size), dtype=np.float32)
    cdef float[:, ::1] out = means
    for group in range(group_count):
        start = 0
        while start < count:
            end = ends[group, start]
            add_rows(&shared[0, 0], &order[group, start], end - start, size, mean)
            for column in range(size):
                mean[column] /= <float>(end - start)
            for place in range(start, end):
                memcpy(&out[order[group, place], group * size], mean, size * sizeof(float))
            start = end
    for column in range(size):
        mean[column] = shared[0, column]
    for row in range(1, count):
        for column in range(size):
            mean[column] += shared[row, column]
    for column in range(size):
        mean[column] /= <float>count
    for row in range(count):
        memcpy(&out[row, group_count * size], mean, size * sizeof(float))
    return means
