# cython: boundscheck=False, wraparound=False
"""The bytes of a page: whether they are UTF-8, and where the page ends; stands in for functions of `decode` and `parse`."""

from libc.stdint cimport uint64_t
from libc.string cimport memchr, memcmp, memcpy

cdef enum:
    MARK_LENGTH = 6  # of </html
    ASCII_END = 0x80

cdef uint64_t BEYOND_ASCII = 0x8080808080808080


def count_beyond_ascii(bytes page):
    """The characters beyond ASCII of a page in UTF-8; -1 where it is not valid UTF-8."""
    cdef const unsigned char *at = page
    cdef const unsigned char *end = at + len(page)
    cdef uint64_t eight
    cdef Py_ssize_t count = 0
    cdef int size
    while at < end:
        if end - at >= 8:  # most stretches are ASCII
            memcpy(&eight, at, 8)
            if not eight & BEYOND_ASCII:
                at += 8
                continue
        if at[0] < ASCII_END:
            at += 1
            continue
        size = size_beyond_ascii(at, end)
        if not size:
            return -1
        at += size
        count += 1
    return count


cdef inline int size_beyond_ascii(const unsigned char *at, const unsigned char *end) noexcept:
    """The bytes of the character beyond ASCII that starts at a place; 0 where none does (RFC 3629)."""
    cdef unsigned char lead = at[0], least = 0x80, most = 0xBF
    cdef int place, size = 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4
    if not 0xC2 <= lead <= 0xF4 or end - at < size:
        return 0
    if lead == 0xE0 or lead == 0xF0:  # no character is written longer than it need be
        least = 0xA0 if lead == 0xE0 else 0x90
    elif lead == 0xED or lead == 0xF4:  # no surrogates, nothing above U+10FFFF
        most = 0x9F if lead == 0xED else 0x8F
    if not least <= at[1] <= most:
        return 0
    for place in range(2, size):
        if at[place] & 0xC0 != 0x80:
            return 0
    return size


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
