# What the kernel for the evidence of markup takes from the one for links.

from cleanpage.kernels.names cimport TextTable

cdef struct Span:
    const unsigned char *text
    Py_ssize_t length


cdef class LinkTable:
    cdef TextTable schemes
    cdef TextTable sites
    cdef TextTable paths
    cdef TextTable queries
    cdef TextTable anchors

    cpdef bint may_tell(self, str href)
    cdef bint may_tell_spans(self, const unsigned char *text, Py_ssize_t length) noexcept nogil
    cdef bint may_tell_host(self, Span host) noexcept nogil
    cdef bint may_tell_path(self, Span path) noexcept nogil
    cdef bint has_known_part(self, Span step) noexcept nogil
    cdef bint may_tell_query(self, Span query) noexcept nogil
    cdef bint may_tell_anchor(self, Span anchor) noexcept nogil
