# What the kernel for links and that for the evidence of markup take from the one for names.

from cpython.ref cimport PyObject
from libc.stdint cimport uint8_t, uint16_t, uint32_t

cdef enum:
    MAX_ROLES = 32
    MAX_NAME_CHARS = 200
    MAX_PARTS = 40
    LOOK_COUNT = 4096


cdef struct Entry:
    uint32_t start
    uint16_t length

cdef struct Meaning:
    uint16_t first_clue
    uint8_t clue_count
    uint8_t starts
    uint8_t is_state

cdef struct Told:
    double weight
    uint8_t role

cdef struct Strongest:
    Py_ssize_t count
    Py_ssize_t roles[MAX_ROLES]
    double weights[MAX_ROLES]
    PyObject *clues[MAX_ROLES]

cdef struct Parts:
    Py_ssize_t count
    Py_ssize_t starts[MAX_PARTS + 1]
    unsigned char text[MAX_NAME_CHARS]


cdef class TextTable:
    cdef bytes text
    cdef Entry *entries
    cdef uint16_t *places
    cdef uint32_t mask
    cdef unsigned char looks[LOOK_COUNT]  # whether any of the texts looks so
    cdef list keys

    cdef uint32_t slot_of(self, const unsigned char *text, Py_ssize_t length) noexcept nogil
    cdef int find(self, const unsigned char *text, Py_ssize_t length) noexcept nogil


cdef class NameTable:
    cdef TextTable texts
    cdef Meaning *meanings
    cdef Told *told
    cdef list clues

    cdef Meaning *meaning_of(self, Parts *parts, Py_ssize_t first, Py_ssize_t end) noexcept nogil
    cpdef tuple clues_of(self, tuple names)
    cdef int collect(self, str name, Strongest *best) except -1
    cdef void add(self, Meaning *meaning, Strongest *best) noexcept


cdef Py_ssize_t place_of(object role) except -1
