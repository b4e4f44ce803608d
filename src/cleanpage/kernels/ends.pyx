# cython: boundscheck=False, wraparound=False
"""Where a page ends by its own word; stands in for `parse.find_end`."""

from libc.string cimport memchr, memcmp

cdef enum:
    MARK_LENGTH = 6  # of </html


def find_end(bytes page):
    """Where the first ``</html`` or ``</HTML`` of a page starts; its length where it has none.

    Few of a page's bytes begin a tag: these are all that is looked at.
    """
    cdef const char *start = page
    cdef const char *end = start + len(page)
    cdef const char *at = start
    while end - at >= MARK_LENGTH:
        at = <const char *>memchr(at, c"<", end - at - MARK_LENGTH + 1)
        if at is NULL:
            break
        if at[1] == c"/" and (memcmp(at + 2, b"html", 4) == 0 or memcmp(at + 2, b"HTML", 4) == 0):
            return at - start
        at += 1
    return len(page)
