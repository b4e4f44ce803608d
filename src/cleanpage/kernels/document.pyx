# cython: boundscheck=False, wraparound=False
"""What blocks of a document are made from; stands in for functions of `packed_blocks` and for `page.NodeTable.xpaths`."""

from cpython.object cimport PyObject, PyTypeObject
from cpython.ref cimport Py_INCREF
from cpython.tuple cimport PyTuple_New, PyTuple_SET_ITEM
from libc.math cimport fabs, rint

cdef extern from "Python.h":
    PyObject *PyTuple_GET_ITEM(object row, Py_ssize_t place)
    PyObject *PyList_GET_ITEM(object column, Py_ssize_t place)


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


def xpaths(list tags, list parents, list positions, dict steps):
    """The XPath of every node.

    Args:
        tags: The tag of each node.
        parents: The row of each node's parent, -1 for the root; it comes before its children.
        positions: The place of each node among siblings of its tag.
        steps: What each tag is in an XPath.
    """
    cdef Py_ssize_t node, parent
    cdef list paths = []
    cdef str above
    for node in range(len(tags)):
        parent = parents[node]
        above = paths[parent] if parent >= 0 else ""
        paths.append(f"{above}/{<str>steps[tags[node]]}[{<long long>positions[node]}]")
    return paths


def objects_of(type kind, tuple slots, list columns):
    """Objects of a class with slots, made without calling it.

    Args:
        kind: The class.
        slots: The descriptor of each slot.
        columns: A list a slot, all of the same length: what it has in each object.
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
        Py_INCREF(one)
        PyTuple_SET_ITEM(made, row, one)
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
