# cython: boundscheck=False, wraparound=False, cdivision=True
"""What stands between the network's matrix products; stands in for functions of `arbiter.model` of the same names.

Sums are added up in the order of numpy's `add.reduceat`, so that they are the same to the last bit: the first row, and to
it the others in pairs (loops_utils.h: pairwise_sum).
"""

from libc.math cimport sqrt

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


def pool_input(const float[:, ::1] hidden, const float[:, ::1] shared, const long long[:, ::1] groups):
    """Each block's state beside the means of its groups, at most MAX_WIDTH numbers each, and of the page."""
    cdef Py_ssize_t count = hidden.shape[0], width = hidden.shape[1], size = shared.shape[1]
    cdef Py_ssize_t group, row, column, at, place, start, group_count = groups.shape[0]
    cdef float mean[MAX_WIDTH]
    require_width(size)
    joined = np.empty((count, width + (group_count + 1) * size), dtype=np.float32)
    order_array = np.empty(count, dtype=np.int32)
    ends_array = np.empty(count + 1, dtype=np.int32)
    cdef float[:, ::1] out = joined
    cdef int[::1] order = order_array, ends = ends_array
    for row in range(count):
        for column in range(width):
            out[row, column] = hidden[row, column]
    for group in range(group_count):
        at = width + group * size
        ends[:] = 0
        for row in range(count):
            ends[groups[group, row] + 1] += 1
        for place in range(count):
            ends[place + 1] += ends[place]
        for row in range(count):  # ends[id] moves from the group's start to its end
            order[ends[groups[group, row]]] = row
            ends[groups[group, row]] += 1
        start = 0
        for place in range(count):
            if ends[place] == start:
                continue
            add_rows(&shared[0, 0], &order[start], ends[place] - start, size, mean)
            for column in range(size):
                mean[column] /= <float>(ends[place] - start)
            for row in range(start, ends[place]):
                for column in range(size):
                    out[order[row], at + column] = mean[column]
            start = ends[place]
    at = width + group_count * size
    for column in range(size):
        mean[column] = shared[0, column]
    for row in range(1, count):
        for column in range(size):
            mean[column] += shared[row, column]
    for row in range(count):
        for column in range(size):
            out[row, at + column] = mean[column] / <float>count
    return joined


def window(const float[:, ::1] hidden, Py_ssize_t reach):
    """Each block's state between those of its neighbours at a distance."""
    cdef Py_ssize_t row, column, part, near, count = hidden.shape[0], width = hidden.shape[1]
    joined = np.empty((count, 3 * width), dtype=np.float32)
    cdef float[:, ::1] out = joined
    for row in range(count):
        for part in range(3):
            near = row + (part - 1) * reach
            if 0 <= near < count:
                for column in range(width):
                    out[row, part * width + column] = hidden[near, column]
            else:
                for column in range(width):
                    out[row, part * width + column] = 0
    return joined


def add_positive(float[:, ::1] change, const float[::1] bias, const float[:, ::1] hidden):
    """Adds the positive part of a layer's result to the state, in place of the result."""
    cdef Py_ssize_t row, column
    cdef float value
    for row in range(change.shape[0]):
        for column in range(change.shape[1]):
            value = change[row, column] + bias[column]
            change[row, column] = hidden[row, column] + (value if value > 0 else 0)
