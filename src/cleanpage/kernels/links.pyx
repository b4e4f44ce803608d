# cython: boundscheck=False, wraparound=False
"""Which links `markup.link_clues` need not be asked about, as most say nothing."""

from libc.string cimport memchr, memcmp, strchr

from cleanpage.kernels.names cimport TextTable

cdef extern from "Python.h":
    bint PyUnicode_IS_ASCII(object text)
    const unsigned char *PyUnicode_1BYTE_DATA(object text)

cdef enum:
    MAX_LINK_CHARS = 400
    MAX_SCHEME_CHARS = 16  # markup.split_href
    MAX_LINK_STEPS = 3  # markup.MAX_STEPS
    MAX_LINK_PARTS = 3  # markup.MAX_STEP_PARTS


cdef class LinkTable:
    """The entries of markup.toml for links: tells which links say nothing, and most say nothing."""

    def __cinit__(self, vocabulary):
        """Takes the tables."""
        links = vocabulary.links
        self.schemes = TextTable(("mailto", *links["schemes"]))
        self.paths = TextTable({**links["paths"], **links["ends"]})
        self.queries, self.anchors = TextTable(links["queries"]), TextTable(links["anchors"])
        self.sites = TextTable(vocabulary.site_names)

    cpdef bint may_tell(self, str href):
        """Whether `markup.link_clues` may find anything in a link; True where it is too long, or not ASCII."""
        cdef unsigned char text[MAX_LINK_CHARS]
        cdef const unsigned char *source
        cdef Py_ssize_t place, length = len(href)
        cdef unsigned char character
        if length > MAX_LINK_CHARS or not PyUnicode_IS_ASCII(href):
            return True
        source = PyUnicode_1BYTE_DATA(href)
        for place in range(length):
            character = source[place]
            text[place] = character | 0x20 if b"A" <= character <= b"Z" else character
        return self.may_tell_spans(text, length)

    cdef bint may_tell_spans(self, const unsigned char *text, Py_ssize_t length) noexcept nogil:
        """The same for a link in lower case, cut as by `markup.split_href`."""
        cdef Span rest, anchor, query, host
        cdef Py_ssize_t place
        while length and is_space(text[length - 1]):
            length -= 1
        while length and is_space(text[0]):
            text, length = text + 1, length - 1
        rest.text, rest.length = text, length
        anchor = cut(&rest, b"#")
        query = cut(&rest, b"?")
        place = index_of(rest, b":")
        if 0 < place < MAX_SCHEME_CHARS and place < index_of(rest, b"/"):
            if self.schemes.find(rest.text, place):
                return True
            rest.text, rest.length = rest.text + place + 1, rest.length - place - 1
        if rest.length > 1 and rest.text[0] == b"/" and rest.text[1] == b"/":
            host.text, host.length = rest.text + 2, rest.length - 2
            rest = cut(&host, b"/")
            if self.may_tell_host(host):
                return True
        return self.may_tell_path(rest) or self.may_tell_query(query) or self.may_tell_anchor(anchor)

    cdef bint may_tell_host(self, Span host) noexcept nogil:
        cdef Span after
        cdef Py_ssize_t place, dot_count = 0
        while True:
            after = host
            after = cut(&after, b"@")
            if not after.text:
                break
            host = after
        cut(&host, b":")
        if host.length >= 4 and memcmp(host.text, b"www.", 4) == 0:
            host.text, host.length = host.text + 4, host.length - 4
        after.text, after.length = host.text, index_of(host, b".")
        if self.paths.find(after.text, after.length) or self.has_known_part(after):
            return True
        for place in range(host.length - 1, -1, -1):
            if host.text[place] == b".":
                if dot_count and self.sites.find(host.text + place + 1, host.length - place - 1):
                    return True
                dot_count += 1
        return dot_count > 0 and self.sites.find(host.text, host.length) > 0

    cdef bint may_tell_path(self, Span path) noexcept nogil:
        cdef unsigned char stem[MAX_LINK_CHARS]
        cdef Span step
        cdef Py_ssize_t place, end = path.length, size, step_count = 0
        while end > 0 and step_count < MAX_LINK_STEPS:
            place = end
            while place > 0 and path.text[place - 1] != b"/":
                place -= 1
            step.text, step.length = path.text + place, end - place
            end = place - 1
            if not step.length:
                continue
            step_count += 1
            cut(&step, b".")
            size = without(step, b"-_+. %", stem)
            if self.paths.find(stem, size) or self.has_known_part(step):
                return True
        return False

    cdef bint has_known_part(self, Span step) noexcept nogil:
        """Whether an entry is among the parts of a step, where those count at all."""
        cdef Py_ssize_t place, hyphen_count = 0
        cdef Span part
        for place in range(step.length):
            hyphen_count += step.text[place] == b"-"
        if hyphen_count == 0 or hyphen_count >= MAX_LINK_PARTS:
            return False
        while step.text:
            part = step
            step = cut(&part, b"-")
            if self.paths.find(part.text, part.length):
                return True
        return False

    cdef bint may_tell_query(self, Span query) noexcept nogil:
        cdef Span part
        while query.text:
            part = query
            query = cut(&part, b"&")
            if self.queries.find(part.text, part.length):
                return True
            cut(&part, b"=")
            if self.queries.find(part.text, part.length):
                return True
        return False

    cdef bint may_tell_anchor(self, Span anchor) noexcept nogil:
        cdef unsigned char stem[MAX_LINK_CHARS]
        return anchor.text and self.anchors.find(stem, without(anchor, b"0123456789-_#!/=", stem)) > 0


cdef inline bint is_space(unsigned char character) noexcept nogil:
    """Whether str.strip takes a character away."""
    return character == b" " or 9 <= character <= 13 or 28 <= character <= 31


cdef inline Py_ssize_t index_of(Span span, char character) noexcept nogil:
    """Where a character stands first; the length if it is not there."""
    cdef const void *found = memchr(span.text, character, span.length) if span.length else NULL
    return <const unsigned char *>found - span.text if found else span.length


cdef inline Span cut(Span *span, char character) noexcept nogil:
    """Shortens a span to what stands before a character; returns what stands after it, without text if it is not there."""
    cdef Py_ssize_t place = index_of(span[0], character)
    cdef Span after
    after.text, after.length = NULL, 0
    if place < span.length:
        after.text, after.length = span.text + place + 1, span.length - place - 1
        span.length = place
    return after


cdef inline Py_ssize_t without(Span span, const char *left_out, unsigned char *target) noexcept nogil:
    """Copies a span without some characters; returns the length."""
    cdef Py_ssize_t place, size = 0
    for place in range(span.length):
        if not span.text[place] or not strchr(left_out, span.text[place]):
            target[size] = span.text[place]
            size += 1
    return size
