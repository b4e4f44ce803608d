# cython: boundscheck=False, wraparound=False, cdivision=True
"""Where blocks stand; stands in for functions of `features.structure`."""

from cpython.dict cimport PyDict_GetItem
from cpython.object cimport PyObject
from libc.stdlib cimport calloc, free, qsort
from libc.string cimport memset

from cleanpage.kernels.logarithms cimport fill_logarithms, logarithm

import numpy as np

fill_logarithms()

cdef enum:
    LEVEL_COUNT = 5
    CONTAINER_VALUE_COUNT = 8


def int_array(list values):
    """A list of whole numbers as an array of int64."""
    cdef Py_ssize_t index
    result = np.empty(len(values), dtype=np.int64)
    cdef long long[::1] out = result
    for index in range(len(values)):
        out[index] = values[index]
    return result


cdef struct Pair:
    void *first
    void *second
    long long look


def looks_of(list tags, list names, list attributes, tuple wanted):
    """An id a node: same tag, names and wanted attributes give the same id; and the first node of each id.

    Nodes that share the very objects of their tag and names, as most do, are known by these.
    """
    cdef Py_ssize_t node, count = len(tags), size = 64, place
    cdef Pair *known
    cdef dict ids = {}, own
    cdef PyObject *found
    cdef long long look
    result = np.empty(count, dtype=np.int64)
    cdef long long[::1] out = result
    look_nodes = []
    while size < 2 * count:
        size *= 2
    known = <Pair *>calloc(size, sizeof(Pair))
    if known == NULL:
        raise MemoryError
    try:
        for node in range(count):
            tag, node_names, own = tags[node], names[node], attributes[node]
            has_wanted = False
            if own:
                for name in wanted:
                    if name in own:
                        has_wanted = True
                        break
            if has_wanted:
                key = (tag, node_names, *[own.get(name) for name in wanted])
                place = -1
            else:
                place = ((<size_t><void *>tag >> 4) * 31 + (<size_t><void *>node_names >> 4)) & (size - 1)
                while known[place].first != NULL and (
                    known[place].first != <void *>tag or known[place].second != <void *>node_names
                ):
                    place = (place + 1) & (size - 1)
                if known[place].first != NULL:
                    out[node] = known[place].look
                    continue
                key = (tag, node_names)
            found = PyDict_GetItem(ids, key)
            if found == NULL:
                look = len(look_nodes)
                ids[key] = look
                look_nodes.append(node)
            else:
                look = <object>found
            out[node] = look
            if place >= 0:
                known[place] = Pair(<void *>tag, <void *>node_names, look)
    finally:
        free(known)
    return result, look_nodes


cdef int compare_keys(const void *left, const void *right) noexcept nogil:
    cdef long long a = (<const long long *>left)[0], b = (<const long long *>right)[0]
    return (a > b) - (a < b)


cdef void rank(const long long *keys, long long *ranks, Py_ssize_t count, long long *sorted_keys) noexcept nogil:
    """The place of each key among the distinct ones, in ascending order."""
    cdef Py_ssize_t index, distinct = 0, low, high, middle
    for index in range(count):
        sorted_keys[index] = keys[index]
    qsort(sorted_keys, count, sizeof(long long), compare_keys)
    for index in range(count):
        if index == 0 or sorted_keys[index] != sorted_keys[distinct - 1]:
            sorted_keys[distinct] = sorted_keys[index]
            distinct += 1
    for index in range(count):
        low, high = 0, distinct - 1
        while low < high:
            middle = (low + high) // 2
            if sorted_keys[middle] < keys[index]:
                low = middle + 1
            else:
                high = middle
        ranks[index] = low


def group_ids(const long long[:, ::1] nodes, const long long[::1] looks):
    """The groups of blocks, groups × blocks."""
    cdef Py_ssize_t block, group, count = nodes.shape[1]
    cdef long long base = looks.shape[0] + 1
    result = np.empty((6, count), dtype=np.int64)
    buffer = np.empty((2, count), dtype=np.int64)
    cdef long long[:, ::1] out = result, spare = buffer
    for group in range(4):
        rank(&nodes[group, 0], &out[group, 0], count, &spare[0, 0])
    for block in range(count):
        spare[1, block] = (looks[nodes[0, block]] * base + looks[nodes[1, block]]) * base + looks[nodes[2, block]]
    rank(&spare[1, 0], &out[4, 0], count, &spare[0, 0])
    for block in range(count):
        spare[1, block] = out[4, block] * base + nodes[4, block]
    rank(&spare[1, 0], &out[5, 0], count, &spare[0, 0])
    return result


def container_columns(
    const long long[:, ::1] ancestors,
    const long long[::1] first,
    const long long[::1] end,
    const double[::1] words,
    const double[::1] link_words,
    list image_counts,
    list input_counts,
    double running_words,
):
    """For each level of containers: how much text, how linked, how even (columns × blocks, float32)."""
    cdef Py_ssize_t block, level, column, node, at, count = words.shape[0], node_count = first.shape[0]
    cdef double node_words, block_count, total
    sums_array = np.zeros((count + 1, 5))
    values_array = np.empty((node_count, CONTAINER_VALUE_COUNT), dtype=np.float32)
    known_array = np.zeros(node_count, dtype=np.uint8)
    result = np.empty((LEVEL_COUNT * CONTAINER_VALUE_COUNT, count), dtype=np.float32)
    cdef double[:, ::1] sums = sums_array
    cdef float[:, ::1] values = values_array, out = result
    cdef unsigned char[::1] known = known_array
    for block in range(count):
        sums[block + 1, 0] = sums[block, 0] + words[block]
        sums[block + 1, 1] = sums[block, 1] + link_words[block]
        sums[block + 1, 2] = sums[block, 2] + min(3, <long long>image_counts[block])
        sums[block + 1, 3] = sums[block, 3] + min(3, <long long>input_counts[block])
        sums[block + 1, 4] = sums[block, 4] + (words[block] if words[block] >= running_words else 0)
    total = max(1.0, sums[count, 0])
    for level in range(LEVEL_COUNT):
        at = level * CONTAINER_VALUE_COUNT
        for block in range(count):
            node = ancestors[level, block]
            if not known[node]:
                known[node] = 1
                node_words = sums[end[node], 0] - sums[first[node], 0]
                block_count = max(1, end[node] - first[node])
                values[node, 0] = <float>(logarithm(node_words) / 6)
                values[node, 1] = <float>(logarithm(block_count) / 4)
                values[node, 2] = <float>(node_words / total)
                values[node, 3] = <float>((sums[end[node], 1] - sums[first[node], 1]) / max(1, node_words))
                values[node, 4] = <float>(logarithm(node_words / block_count) / 4)
                values[node, 5] = <float>((sums[end[node], 4] - sums[first[node], 4]) / max(1, node_words))
                values[node, 6] = <float>(logarithm(sums[end[node], 2] - sums[first[node], 2]) / 3)
                values[node, 7] = <float>(logarithm(sums[end[node], 3] - sums[first[node], 3]) / 3)
            for column in range(CONTAINER_VALUE_COUNT):
                out[at + column, block] = values[node, column]
    return result


cdef void count_siblings(
    const long long *parents, const long long *ids, Py_ssize_t count, long long *keys, int *counts, Py_ssize_t size, int *slots
) noexcept nogil:
    """How many nodes have the same parent and the same id, by a hash table of `size` slots."""
    cdef Py_ssize_t node, place
    cdef long long key
    memset(counts, 0, size * sizeof(int))
    for node in range(count):
        key = parents[node] * (count + 1) + ids[node]
        place = <Py_ssize_t>((<unsigned long long>key * 11400714819323198485ULL) >> 20) & (size - 1)
        while counts[place] and keys[place] != key:
            place = (place + 1) & (size - 1)
        keys[place] = key
        counts[place] += 1
        slots[node] = <int>place


def sibling_columns(
    list tags,
    list positions,
    const long long[::1] parents,
    const long long[::1] looks,
    const long long[:, ::1] ancestors,
    const long long[::1] first,
    const long long[::1] end,
):
    """Repetition of a container's tag and look among its siblings, and its place (columns × blocks, float32)."""
    cdef Py_ssize_t node, block, level, kind, node_count = len(tags), count = ancestors.shape[1], size = 64
    cdef dict tag_ids = {}
    cdef PyObject *found
    while size < 2 * node_count:
        size *= 2
    result = np.empty((13, count), dtype=np.float32)
    ids_array = np.empty(node_count, dtype=np.int64)
    keys_array = np.empty(size, dtype=np.int64)
    counts_array = np.empty(size, dtype=np.int32)
    slots_array = np.empty(node_count, dtype=np.int32)
    cdef float[:, ::1] out = result
    cdef long long[::1] ids = ids_array, keys = keys_array
    cdef int[::1] counts = counts_array, slots = slots_array
    for node in range(node_count):
        found = PyDict_GetItem(tag_ids, tags[node])
        if found == NULL:
            ids[node] = len(tag_ids)
            tag_ids[tags[node]] = len(tag_ids)
        else:
            ids[node] = <object>found
    for kind in range(2):
        count_siblings(
            &parents[0], &ids[0] if kind == 0 else &looks[0], node_count, &keys[0], &counts[0], size, &slots[0]
        )
        for level in range(4):
            for block in range(count):
                out[4 * kind + level, block] = <float>(logarithm(counts[slots[ancestors[level, block]]]) / 3)
    for level in range(3):
        for block in range(count):
            out[8 + level, block] = <float>(logarithm(<long long>positions[ancestors[level, block]]) / 3)
    for block in range(count):
        out[11, block] = first[ancestors[1, block]] == block
        out[12, block] = end[ancestors[1, block]] == block + 1
    return result


def main_container_columns(
    const long long[::1] first, const long long[::1] end, const double[::1] running, tuple shares
):
    """Whether a block is inside the smallest containers of most running text (columns × blocks, float32)."""
    cdef Py_ssize_t block, node, row, holder, count = running.shape[0], node_count = first.shape[0]
    cdef double wanted, total
    cdef long long start, stop
    sums_array = np.zeros(count + 1)
    result = np.empty((3 * len(shares) + 3, count), dtype=np.float32)
    cdef double[::1] sums = sums_array
    cdef float[:, ::1] out = result
    for block in range(count):
        sums[block + 1] = sums[block] + running[block]
    total = sums[count]
    for row in range(len(shares)):
        wanted = <double>shares[row] * total
        holder = 0
        if wanted:
            for node in range(node_count - 1, -1, -1):
                if sums[end[node]] - sums[first[node]] >= wanted:
                    holder = node
                    break
        start, stop = first[holder], end[holder]
        for block in range(count):
            out[3 * row, block] = start <= block < stop
            out[3 * row + 1, block] = <float>(logarithm(max(0, start - block)) / 5)
            out[3 * row + 2, block] = <float>(logarithm(max(0, block - stop + 1)) / 5)
    row = 3 * len(shares)
    total = max(1.0, total)
    for block in range(count):
        out[row, block] = <float>(sums[block] / total)
        out[row + 1, block] = <float>(1 - sums[block + 1] / total)
        out[row + 2, block] = running[block] > 0
    return result


def heading_columns(list kinds, list levels, object heading):
    """The headings above and below each block (columns × blocks, float32)."""
    cdef Py_ssize_t block, above = -1, below, count = len(kinds), heading_count = 0
    cdef long long level
    cdef bint is_heading, has_h1 = False
    result = np.empty((7, count), dtype=np.float32)
    levels_array = np.zeros(count, dtype=np.int64)
    cdef float[:, ::1] out = result
    cdef long long[::1] own = levels_array
    for block in range(count):
        is_heading = kinds[block] is heading
        if is_heading:
            own[block] = levels[block]
            above = block
            heading_count += 1
        level = own[block]
        has_h1 = has_h1 or level == 1
        out[0, block] = <float>(logarithm(block - above if above >= 0 else count) / 4)
        out[1, block] = <float>((own[above] if above >= 0 else 0) / 6.0)
        out[3, block] = is_heading and heading_count == 1
        out[4, block] = level == 1
        out[5, block] = has_h1
        out[6, block] = <float>(level / 6.0)
    below = count
    for block in range(count - 1, -1, -1):
        if kinds[block] is heading:
            below = block
        out[2, block] = <float>(logarithm(below - block) / 4)
    return result


def word_likeness(list words, set first, set second, set description, Py_ssize_t max_words):
    """Share of a block's words in each of three sets, and that of the first two sets' in the block (blocks × 5)."""
    cdef Py_ssize_t block, count = len(words), shared_first, shared_second, shared_description, own_count
    cdef list block_words
    cdef set own
    result = np.zeros((count, 5))
    cdef double[:, ::1] out = result
    known = description.union(first, second)
    for block in range(count):
        block_words = words[block]
        if len(block_words) > max_words:
            continue
        own = set(block_words)
        own_count = len(own)
        shared_first = shared_second = shared_description = 0
        own &= known
        if not own:
            continue
        for word in own:
            shared_first += word in first
            shared_second += word in second
            shared_description += word in description
        if first:
            out[block, 0] = shared_first / <double>own_count
            out[block, 1] = shared_first / <double>len(first)
        if second:
            out[block, 2] = shared_second / <double>own_count
            out[block, 3] = shared_second / <double>len(second)
        if description:
            out[block, 4] = shared_description / <double>own_count
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
