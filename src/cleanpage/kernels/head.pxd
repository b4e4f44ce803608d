# What the kernel for the pass over a tree takes from the one for the head.

from lxml.includes.tree cimport xmlNode


cdef class HeadReader:
    cdef str title, canonical, base
    cdef dict meta
    cdef list json_ld

    cdef int read(self, xmlNode* node) except -1
    cdef int read_meta(self, xmlNode* node) except -1
    cdef int read_inside(self, xmlNode* root) except -1
    cdef int fill(self, head) except -1
