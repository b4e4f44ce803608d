# cython: boundscheck=False, wraparound=False, cdivision=True
"""Why blocks have their roles; stands in for functions of `reasons`."""

from cpython.dict cimport PyDict_GetItem
from cpython.list cimport PyList_GET_ITEM, PyList_New, PyList_SET_ITEM
from cpython.mem cimport PyMem_Calloc, PyMem_Free
from cpython.object cimport PyObject
from cpython.ref cimport Py_INCREF
from cpython.unicode cimport PyUnicode_Compare
from libc.math cimport fabs, rint

cdef extern from "Python.h":
    PyObject *PyTuple_GET_ITEM(object signal, Py_ssize_t field)

cdef enum:
    FIELD_COUNT = 5  # of page.Signal
    MAX_KEPT = 6  # as reasons.MAX_REASONS
    MAX_CLIMB = 12  # as in reasons
    AROUND_BLOCKS = 5  # as in reasons

cdef double SURE = 0.499  # parts of a hundredth: beyond, only Python's own rounding tells to which side

cdef list OPINIONS = [f"model.content:{number / 100:.2f}" for number in range(101)]


cdef struct Why:
    double weight
    PyObject *text  # borrowed: the signal holds it

cdef struct Reasons:
    int count
    Why[MAX_KEPT] kept  # each text once, the strongest first


def flattened(list signals):
    """The fields of all signals, one after the other."""
    cdef Py_ssize_t at = 0, field
    cdef PyObject *value
    cdef list found = PyList_New(FIELD_COUNT * len(signals))
    for signal in signals:
        for field in range(FIELD_COUNT):
            value = PyTuple_GET_ITEM(signal, field)
            Py_INCREF(<object>value)
            PyList_SET_ITEM(found, at, <object>value)
            at += 1
    return found


cdef bint is_before(double weight, PyObject *text, Why *other) except -1:
    """Whether a reason comes before another: the stronger one, of two of the same weight by their texts."""
    if weight != other.weight:
        return weight > other.weight
    return PyUnicode_Compare(<object>text, <object>other.text) < 0


cdef int keep(Reasons *reasons, double weight, PyObject *text) except -1:
    """Adds a reason if it is among the strongest."""
    cdef int place, end = reasons.count
    for place in range(reasons.count):
        if reasons.kept[place].text == text or PyUnicode_Compare(<object>reasons.kept[place].text, <object>text) == 0:
            if weight <= reasons.kept[place].weight:
                return 0
            end = place
            break
    else:
        if end < MAX_KEPT:
            reasons.count += 1
        elif is_before(weight, text, &reasons.kept[end - 1]):
            end -= 1
        else:
            return 0
    while end > 0 and is_before(weight, text, &reasons.kept[end - 1]):
        reasons.kept[end] = reasons.kept[end - 1]
        end -= 1
    reasons.kept[end] = Why(weight, text)
    return 0


def seen_by_detectors(list told, list roles, dict role_index, int content_count):
    """The reasons of the signals that speak for each block's role; for content that has none, for other content.

    Args:
        told: The fields of all signals, one after the other.
        roles: The role of each block.
        role_index: The number of each role.
        content_count: Roles of content, which are the first ones.
    """
    cdef Py_ssize_t at, block, end, count = len(roles)
    cdef int wanted, role, place
    cdef double weight
    cdef Reasons *own = <Reasons *>PyMem_Calloc(2 * count + 1, sizeof(Reasons))
    cdef Reasons *found
    cdef PyObject *text
    cdef list rows = [], row
    if own == NULL:
        raise MemoryError
    try:
        for at in range(0, len(told), FIELD_COUNT):
            block, weight, end = told[at], told[at + 2], told[at + 4]
            wanted = <object>PyDict_GetItem(role_index, told[at + 1])
            text = PyList_GET_ITEM(told, at + 3)
            for block in range(block, min(end, count) if end else block + 1):
                role = roles[block]
                if role == wanted:
                    keep(&own[2 * block], weight, text)
                elif wanted < content_count and role < content_count:
                    keep(&own[2 * block + 1], weight, text)
        for block in range(count):
            found = &own[2 * block] if own[2 * block].count else &own[2 * block + 1]
            row = []
            for place in range(found.count):
                row.append(<object>found.kept[place].text)
            rows.append(row)
    finally:
        PyMem_Free(own)
    return rows


def explanations(
    list groups, list seen, list nodes, list parents, list first_blocks, list end_blocks, dict numbers, double min_share
):
    """For each block without a reason of a detector's what stands around it, '' where that tells nothing or it has one.

    Args:
        groups: The group of each block.
        seen: The reasons of detectors for each block.
        nodes: The node of each block.
        parents: The parent of each node.
        first_blocks: The first block of each node.
        end_blocks: One past the last block of each node.
        numbers: The number of each group.
        min_share: The share of blocks that must be of a group to explain it.
    """
    cdef Py_ssize_t block, node, first, end, climb, other, count = len(groups), width = count + 1
    cdef int group
    cdef int *of_group = <int *>PyMem_Calloc(2 * len(numbers) * width + 1, sizeof(int))
    cdef int *of_seen
    cdef list found = []
    if of_group == NULL:
        raise MemoryError
    try:
        for block in range(count):
            for group in range(<int>len(numbers)):  # how many there are before each block
                of_seen = &of_group[2 * group * width]
                of_seen[block + 1] = of_seen[block]
                of_seen[width + block + 1] = of_seen[width + block]
            of_seen = &of_group[2 * <int>numbers[groups[block]] * width]
            of_seen[block + 1] += 1 if seen[block] else 0
            of_seen[width + block + 1] += 1
        for block in range(count):
            why = ""
            if not seen[block]:
                of_seen = &of_group[2 * <int>numbers[groups[block]] * width]
                node = nodes[block]
                for climb in range(MAX_CLIMB):
                    if node <= 0:  # the whole page explains nothing
                        break
                    first, end = first_blocks[node], end_blocks[node]
                    if of_seen[end] > of_seen[first]:
                        why = share("container", groups[block], of_seen + width, first, end, min_share)
                        break
                    node = parents[node]
                if not why:
                    first, end = max(0, block - AROUND_BLOCKS), min(count, block + AROUND_BLOCKS + 1)
                    if of_seen[end] > of_seen[first]:
                        why = share("around", groups[block], of_seen + width, first, end, min_share)
                if not why:
                    for other in (block - 1, block + 1):
                        if 0 <= other < count and of_seen[other + 1] > of_seen[other]:
                            why = f"context.beside:{groups[block]}"
                            break
            found.append(why)
    finally:
        PyMem_Free(of_group)
    return found


cdef str share(str evidence, str group, const int *before, Py_ssize_t first, Py_ssize_t end, double min_share):
    """The reason that most of a run of blocks is of a group, '' where it is not."""
    cdef int count = before[end] - before[first]
    if count < min_share * (end - first):
        return ""
    return f"context.{evidence}:{count} of {end - first} blocks are {group}"


def opinions(list shares):
    """What the model thinks of each block, in words."""
    cdef double share, hundredths
    cdef list found = []
    for value in shares:
        share = value
        hundredths = rint(100 * share)
        if 0 <= hundredths <= 100 and fabs(100 * share - hundredths) < SURE:
            found.append(OPINIONS[<int>hundredths])
        else:
            found.append(f"model.content:{value:.2f}")
    return found
