# cython: boundscheck=False, wraparound=False, cdivision=True
"""Why blocks have their roles; stands in for functions of `reasons`."""

from cpython.dict cimport PyDict_GetItem
from cpython.list cimport PyList_GET_ITEM, PyList_New, PyList_SET_ITEM
from cpython.mem cimport PyMem_Calloc, PyMem_Free
from cpython.object cimport PyObject
from cpython.ref cimport Py_INCREF
from cpython.tuple cimport PyTuple_New, PyTuple_SET_ITEM
from cpython.unicode cimport PyUnicode_Compare
from libc.math cimport fabs, rint

cdef extern from "Python.h":
    void PyObject_GC_UnTrack(PyObject *container)
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
    if end == MAX_KEPT and weight < reasons.kept[end - 1].weight:
        return 0
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


cdef int find_seen(Reasons *seen, list told, list roles, dict role_index, int content_count) except -1:
    """Finds the reasons of signals, two a block: those for its role, and those of content for other content."""
    cdef Py_ssize_t at, block, end, count = len(roles)
    cdef int wanted, role
    cdef double weight
    cdef PyObject *text
    for at in range(0, len(told), FIELD_COUNT):
        block, weight, end = told[at], told[at + 2], told[at + 4]
        wanted = <object>PyDict_GetItem(role_index, told[at + 1])
        text = PyList_GET_ITEM(told, at + 3)
        for block in range(block, min(end, count) if end else block + 1):
            role = roles[block]
            if role == wanted:
                keep(&seen[2 * block], weight, text)
            elif wanted < content_count and role < content_count:
                keep(&seen[2 * block + 1], weight, text)
    return 0


cdef inline Reasons *best_of(Reasons *seen, Py_ssize_t block) noexcept:
    """The reasons for a block's role; for content that has none, those for other content."""
    return &seen[2 * block] if seen[2 * block].count else &seen[2 * block + 1]


cdef class _Context:
    """Blocks before each one that are of a group, and those of them that a detector knows.

    Attributes:
        counts: Two rows a group: how many a detector knows, how many there are; in each one entry more than blocks.
    """

    cdef int *counts
    cdef Py_ssize_t width
    cdef double min_share

    def __cinit__(self, Py_ssize_t group_count, Py_ssize_t block_count, double min_share):
        self.width, self.min_share = block_count + 1, min_share
        self.counts = <int *>PyMem_Calloc(2 * group_count * self.width, sizeof(int))
        if self.counts == NULL:
            raise MemoryError

    def __dealloc__(self):
        PyMem_Free(self.counts)

    cdef str share(self, str evidence, str group, const int *of_seen, Py_ssize_t first, Py_ssize_t end):
        """The reason that most of a run of blocks is of a group, '' where it is not."""
        cdef int count = of_seen[self.width + end] - of_seen[self.width + first]
        if count < self.min_share * (end - first):
            return ""
        return f"context.{evidence}:{count} of {end - first} blocks are {group}"

    cdef str explain(self, Py_ssize_t block, str group, const int *of_seen, Py_ssize_t node, tuple table):
        """What stands around a block that no detector knows, '' where that tells nothing."""
        cdef list parents = table[0], first_blocks = table[1], end_blocks = table[2]
        cdef Py_ssize_t first, end, other, climb, count = self.width - 1
        cdef str why = ""
        for climb in range(MAX_CLIMB):
            if node <= 0:  # the whole page explains nothing
                break
            first, end = first_blocks[node], end_blocks[node]
            if of_seen[end] > of_seen[first]:
                why = self.share("container", group, of_seen, first, end)
                break
            node = parents[node]
        if not why:
            first, end = max(0, block - AROUND_BLOCKS), min(count, block + AROUND_BLOCKS + 1)
            if of_seen[end] > of_seen[first]:
                why = self.share("around", group, of_seen, first, end)
        if not why:
            for other in (block - 1, block + 1):
                if 0 <= other < count and of_seen[other + 1] > of_seen[other]:
                    return f"context.beside:{group}"
        return why


cdef str opinion(double share):
    """What the model thinks of a block, in words."""
    cdef double hundredths = rint(100 * share)
    if 0 <= hundredths <= 100 and fabs(100 * share - hundredths) < SURE:
        return OPINIONS[<int>hundredths]
    return f"model.content:{share:.2f}"


cdef tuple joined(const Reasons *found, str why, str last):
    """The reasons of detectors, or else what stands around the block, and the model's opinion."""
    cdef Py_ssize_t place, count = found.count + (1 if why else 0)
    cdef tuple made = PyTuple_New(count + 1)
    for place in range(count):
        text = <object>found.kept[place].text if place < found.count else why
        Py_INCREF(text)
        PyTuple_SET_ITEM(made, place, text)
    Py_INCREF(last)
    PyTuple_SET_ITEM(made, count, last)
    PyObject_GC_UnTrack(<PyObject *>made)  # texts alone: the garbage collector would do the same when it comes by
    return made


def reasons_of(
    list told, list roles, list shares, list nodes, tuple table, dict role_index, int content_count, tuple groups,
    dict group_index, double min_share
):
    """For each block what speaks for its role, strongest first, and the model's opinion.

    Args:
        told: The fields of all signals, one after the other.
        roles: The role of each block.
        shares: The probability of each block to be main text.
        nodes: The node of each block.
        table: Three lists, a number a node: parents, first blocks, end blocks.
        role_index: The number of each role.
        content_count: Roles of content, which are the first ones.
        groups: The group of each role.
        group_index: The number of each group.
        min_share: The share of blocks that must be of a group to explain it.
    """
    cdef Py_ssize_t block, group, count = len(roles)
    cdef _Context context = _Context(len(group_index), count, min_share)
    cdef int *of_seen
    cdef list numbers = [2 * <Py_ssize_t>group_index[name] for name in groups], found = []
    cdef Reasons *seen = <Reasons *>PyMem_Calloc(2 * count + 1, sizeof(Reasons))
    if seen == NULL:
        raise MemoryError
    try:
        find_seen(seen, told, roles, role_index, content_count)
        for block in range(count):
            for group in range(2 * len(group_index)):
                of_seen = &context.counts[group * context.width]
                of_seen[block + 1] = of_seen[block]
            of_seen = &context.counts[<Py_ssize_t>numbers[roles[block]] * context.width]
            of_seen[block + 1] += best_of(seen, block).count > 0
            of_seen[context.width + block + 1] += 1
        for block in range(count):
            why = ""
            if not best_of(seen, block).count:
                of_seen = &context.counts[<Py_ssize_t>numbers[roles[block]] * context.width]
                why = context.explain(block, groups[roles[block]], of_seen, nodes[block], table)
            found.append(joined(best_of(seen, block), why, opinion(shares[block])))
    finally:
        PyMem_Free(seen)
    return found
