# cython: boundscheck=False, wraparound=False, cdivision=True
"""Where blocks stand; stands in for functions of `features.structure`."""

from cpython.dict cimport PyDict_GetItem
from cpython.object cimport PyObject
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memcpy, memset

from cleanpage.kernels.logarithms cimport fill_logarithms, logarithm

import numpy as np

fill_logarithms()

cdef enum:
    LEVEL_COUNT = 5
    CONTAINER_VALUE_COUNT = 8


def layout_arrays(
    list nodes, tuple node_columns, list word_counts, list link_char_counts, list texts,
    double running_words, double running_link_density
):
    """A page's tables as arrays.

    Args:
        nodes: The node of each block.
        node_columns: Four lists, a number a node: parents, depths, first blocks, end blocks.
        word_counts: Words of each block.
        link_char_counts: Characters of each block inside links.
        texts: The text of each block.
        running_words: From how many words on a block may be running text.
        running_link_density: Up to which share of linked words it is.

    Returns:
        The lists of nodes (4 × nodes), the ancestors of each block (LEVEL_COUNT × blocks); words, linked words and words
        of running text of each block (3 × blocks).
    """
    cdef Py_ssize_t row, index, level, count = len(nodes), node_count = len(<list>node_columns[0])
    cdef list values
    by_node = np.empty((4, node_count), dtype=np.int64)
    by_level = np.empty((LEVEL_COUNT, count), dtype=np.int64)
    by_block = np.empty((3, count))
    cdef long long[:, ::1] columns = by_node, ancestors = by_level
    cdef double[:, ::1] words = by_block
    for row in range(4):
        values = node_columns[row]
        for index in range(node_count):
            columns[row, index] = values[index]
    for index in range(node_count):
        columns[0, index] = max(0, columns[0, index])  # the root is its own parent
    for index in range(count):
        ancestors[0, index] = nodes[index]
        for level in range(1, LEVEL_COUNT):
            ancestors[level, index] = columns[0, ancestors[level - 1, index]]
        words[0, index] = <long long>word_counts[index]
        words[1, index] = words[0, index] * min(
            1.0, <long long>link_char_counts[index] / <double>max(1, len(<str>texts[index]))
        )
        words[2, index] = (
            words[0, index]
            if words[0, index] >= running_words and words[1, index] <= running_link_density * words[0, index]
            else 0
        )
    return by_node, by_level, by_block


cdef struct Pair:
    void *first
    void *second
    long long look


cdef tuple telling_of(dict attributes, tuple wanted):
    """The wanted ones among attributes, names and values; None where there are none."""
    cdef list found = None
    cdef PyObject *value
    for name in wanted:
        value = PyDict_GetItem(attributes, name)
        if value != NULL:
            if found is None:
                found = []
            found.append(name)
            found.append(<object>value)
    return None if found is None else tuple(found)


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
            telling = telling_of(own, wanted) if own else None
            if telling is not None:
                key = (tag, node_names, telling)
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


cdef void sort_by(
    const long long *keys, Py_ssize_t count, Py_ssize_t bound, int *order, int *spare, int *places
) noexcept nogil:
    """Sorts an order of blocks by keys below a bound, those of the same key as they are."""
    cdef Py_ssize_t index
    memset(places, 0, (bound + 1) * sizeof(int))
    for index in range(count):
        places[keys[index] + 1] += 1
    for index in range(bound):
        places[index + 1] += places[index]
    for index in range(count):
        spare[places[keys[order[index]]]] = order[index]
        places[keys[order[index]]] += 1
    memcpy(order, spare, count * sizeof(int))


def group_ids(const long long[:, ::1] nodes, const long long[::1] looks):
    """The groups of blocks, groups × blocks: each the rank of a block's key among the distinct ones.

    Keys are sorted digit by digit, the last one first.
    """
    cdef Py_ssize_t group, digit, index, count = nodes.shape[1], bound = max(count, looks.shape[0])
    cdef int *order
    cdef long long id
    cdef bint is_other
    result = np.empty((6, count), dtype=np.int64)
    digits_array = np.empty((3, count), dtype=np.int64)
    cdef long long[:, ::1] out = result, digits = digits_array
    cdef int digit_count
    order = <int *>malloc((2 * count + bound + 1) * sizeof(int))
    if order == NULL:
        raise MemoryError
    for group in range(6):
        digit_count = 1 if group < 4 else 3 if group == 4 else 2
        for index in range(count):
            order[index] = <int>index
            if group < 4:
                digits[0, index] = nodes[group, index]
            elif group == 4:
                for digit in range(3):
                    digits[digit, index] = looks[nodes[digit, index]]
            else:
                digits[0, index], digits[1, index] = out[4, index], nodes[4, index]
        for digit in range(digit_count - 1, -1, -1):
            sort_by(&digits[digit, 0], count, bound, order, order + count, order + 2 * count)
        id = 0
        for index in range(count):
            is_other = False
            if index:
                for digit in range(digit_count):
                    is_other |= digits[digit, order[index]] != digits[digit, order[index - 1]]
            id += is_other
            out[group, order[index]] = id
    free(order)
    return result


def place_columns(
    list kinds, tuple all_kinds, list levels, const long long[::1] nodes, const long long[::1] depths,
    const double[::1] words, double link_words, double running_words
):
    """Kind and level of each block, where it stands on the page, and how large that is (columns × blocks, float32).

    Args:
        kinds: The kind of each block.
        all_kinds: All kinds, in the order of their columns.
        levels: The level of each block.
        nodes: The node of each block.
        depths: The depth of each node.
        words: Words of each block.
        link_words: Words inside links, of all blocks.
        running_words: From how many words on a block may be running text.
    """
    cdef Py_ssize_t block, kind = 0, row, at = len(all_kinds), count = len(kinds)
    cdef double total = 0, before = 0, running = 0
    result = np.zeros((at + 10, count), dtype=np.float32)
    cdef float[:, ::1] out = result
    cdef float[4] of_page
    for block in range(count):
        total += words[block]
        running += words[block] >= running_words
    total = max(1.0, total)
    of_page[0] = <float>(logarithm(count) / 6)
    of_page[1] = <float>(logarithm(total) / 8)
    of_page[2] = <float>(link_words / total)
    of_page[3] = <float>(running / count)
    for block in range(count):
        if kinds[block] is not all_kinds[kind]:
            kind = all_kinds.index(kinds[block])
        out[kind, block] = 1
        out[at, block] = <float>(<long long>levels[block] / 6.0)
        out[at + 1, block] = <float>(depths[nodes[block]] / 20.0)
        out[at + 2, block] = <float>(block / <double>max(1, count))
        out[at + 3, block] = <float>(before / total)
        out[at + 4, block] = <float>(logarithm(block) / 5)
        out[at + 5, block] = <float>(logarithm(count - block) / 5)
        before += words[block]
        for row in range(4):
            out[at + 6 + row, block] = of_page[row]
    return result


def container_columns(
    const long long[:, ::1] ancestors, const long long[::1] first, const long long[::1] end, const double[::1] words,
    const double[::1] link_words, list image_counts, list input_counts, double running_words
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
    list tags, list positions, const long long[::1] parents, const long long[::1] looks,
    const long long[:, ::1] ancestors, const long long[::1] first, const long long[::1] end
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
