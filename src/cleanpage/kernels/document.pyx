# cython: boundscheck=False, wraparound=False
"""What blocks of a document are made from; stands in for functions of `packed_blocks` and for `page.NodeTable.xpaths`."""

from cpython.mem cimport PyMem_Free, PyMem_Malloc, PyMem_Realloc
from cpython.object cimport PyObject, PyTypeObject
from cpython.ref cimport Py_INCREF
from cpython.tuple cimport PyTuple_New, PyTuple_SET_ITEM
from libc.math cimport fabs, rint
from libc.string cimport memcpy

cdef extern from "Python.h":
    void PyObject_GC_UnTrack(PyObject *container)
    bint PyList_CheckExact(object container)
    bint PyTuple_CheckExact(object container)
    PyObject *PyTuple_GET_ITEM(object row, Py_ssize_t place)
    PyObject *PyList_GET_ITEM(object column, Py_ssize_t place)


cdef enum:
    MAX_STEP_MARKS = 23  # characters of a step beside its name: a slash, brackets, the digits of a number


cdef double SURE = 0.499  # parts of the last digit: beyond, only Python's own rounding tells to which side


cdef extern from *:
    """
    static CYTHON_INLINE int set_slot(PyObject *slot, PyObject *made, PyObject *value) {
        return Py_TYPE(slot)->tp_descr_set(slot, made, value);
    }
    static CYTHON_INLINE PyObject *new_of(PyTypeObject *kind, PyObject *nothing) {
        return kind->tp_new(kind, nothing, NULL);
    }
    """
    int set_slot(PyObject *slot, object made, PyObject *value) except -1
    object new_of(PyTypeObject *kind, object nothing)


cdef Py_ssize_t write_number(char *text, long long number) noexcept:
    """Writes a number above 0 in digits; returns how many."""
    cdef Py_ssize_t digit, count = 1
    cdef long long rest = number
    while rest >= 10:
        rest //= 10
        count += 1
    for digit in range(count - 1, -1, -1):
        text[digit] = <char>(48 + number % 10)
        number //= 10
    return count


def xpaths(list tags, list parents, list positions, dict steps, list nodes):
    """The XPath of some nodes.

    A node's own step is written behind its parent's, where the last of its siblings had theirs: nodes are in document
    order.

    Args:
        tags: The tag of each node.
        parents: The row of each node's parent, -1 for the root; it comes before its children.
        positions: The place of each node among siblings of its tag.
        steps: What each tag is in an XPath, as UTF-8.
        nodes: The rows of the nodes.
    """
    cdef Py_ssize_t node, parent, start, size, longest = 0, space = 0, count = len(tags)
    cdef bytes step
    cdef char *path = NULL
    cdef char *wider
    cdef Py_ssize_t *ends = <Py_ssize_t *>PyMem_Malloc((count + 1) * sizeof(Py_ssize_t))
    cdef list paths = [None] * count
    for step in steps.values():
        longest = max(longest, len(step))
    longest += MAX_STEP_MARKS
    if ends == NULL:
        raise MemoryError
    try:
        for node in nodes:
            paths[node] = ""
        for node in range(count):
            parent = parents[node]
            start = ends[parent] if parent >= 0 else 0
            if start + longest > space:
                space = 2 * (start + longest)
                wider = <char *>PyMem_Realloc(path, space)
                if wider == NULL:
                    raise MemoryError
                path = wider
            step = steps[tags[node]]
            size = len(step)
            path[start] = b"/"
            memcpy(&path[start + 1], <const char *>step, size)
            start += size + 1
            path[start] = b"["
            start += 1 + write_number(&path[start + 1], positions[node])
            path[start] = b"]"
            ends[node] = start + 1
            if paths[node] is not None:
                paths[node] = path[:start + 1].decode("utf-8")
    finally:
        PyMem_Free(ends)
        PyMem_Free(path)
    return [paths[node] for node in nodes]


def untrack(list containers):
    """Takes lists and tuples out of what Python's garbage collector looks through."""
    for container in containers:
        if not PyList_CheckExact(container) and not PyTuple_CheckExact(container):
            raise TypeError(f"{container!r} is no list and no tuple")
        PyObject_GC_UnTrack(<PyObject *>container)


def objects_of(type kind, tuple slots, list columns):
    """Objects of a class with slots, made without calling it, and not looked through by the garbage collector.

    Args:
        kind: The class.
        slots: The descriptor of each slot.
        columns: A list a slot, all of the same length: what it has in each object, which must lead to none of them.
    """
    cdef Py_ssize_t row, field, count = len(<list?>columns[0]) if columns else 0
    cdef tuple made = PyTuple_New(count)
    if len(columns) != len(slots):
        raise ValueError(f"{len(columns)} columns for {len(slots)} slots")
    for column in columns:
        if len(<list?>column) != count:
            raise ValueError("columns of different lengths")
    for row in range(count):
        one = new_of(<PyTypeObject *>kind, ())
        for field in range(len(slots)):
            set_slot(PyTuple_GET_ITEM(slots, field), one, PyList_GET_ITEM(<object>PyList_GET_ITEM(columns, field), row))
        PyObject_GC_UnTrack(<PyObject *>one)
        Py_INCREF(one)
        PyTuple_SET_ITEM(made, row, one)
    PyObject_GC_UnTrack(<PyObject *>made)
    return made


def rounded(list shares):
    """Shares, 0..1, rounded to 4 digits."""
    cdef double share, whole
    cdef list found = []
    for value in shares:
        share = <double>value * 10000
        whole = rint(share)
        found.append(whole / 10000 if fabs(share - whole) < SURE else round(value, 4))
    return found
