# cython: boundscheck=False, wraparound=False, cdivision=True
"""Signs in texts, links and siblings alike; stands in for functions of `detectors.layout`."""

from cpython.mem cimport PyMem_Calloc, PyMem_Free
from cpython.ref cimport PyObject

cdef extern from "Python.h":
    int PyUnicode_KIND(object text)
    void *PyUnicode_DATA(object text)
    Py_UCS4 PyUnicode_READ(int kind, void *data, Py_ssize_t index) nogil
    bint Py_UNICODE_ISALNUM(Py_UCS4 character) nogil
    bint Py_UNICODE_ISALPHA(Py_UCS4 character) nogil
    bint Py_UNICODE_ISDECIMAL(Py_UCS4 character) nogil
    bint Py_UNICODE_ISSPACE(Py_UCS4 character) nogil

cdef enum:
    DOMAIN_SIGN = 1  # as in detectors.layout
    COPYRIGHT_SIGN = 2
    PHONE_SIGN = 4
    TIME_SIGN = 8
    DATE_SIGN = 16
    ODD_START = 32
    ASCII = 128
    ZERO = 0x30
    NINE = 0x39
    YEAR = 0x5E74
    MONTH = 0x6708

cdef unsigned char TELLING[256]
for _code in range(256):
    TELLING[_code] = chr(_code) in ".-/:h120+(©"


cdef struct Text:
    int kind
    void *data
    Py_ssize_t length


cdef inline Py_UCS4 at(Text *text, Py_ssize_t place) noexcept nogil:
    """The character at a place, 0 outside the text."""
    return PyUnicode_READ(text.kind, text.data, place) if 0 <= place < text.length else 0


cdef inline Py_ssize_t after_space(Text *text, Py_ssize_t place) noexcept nogil:
    """The place itself, or the next one if a space stands there."""
    return place + Py_UNICODE_ISSPACE(at(text, place))


cdef inline bint is_digit(Text *text, Py_ssize_t place) noexcept nogil:
    return Py_UNICODE_ISDECIMAL(at(text, place))


cdef inline bint is_date_mark(Py_UCS4 character) noexcept nogil:
    return character == u"-" or character == u"." or character == u"/"


def text_signs(list texts):
    """What stands in each text; see `detectors.layout.text_signs`."""
    cdef list found = [0] * len(texts)
    cdef Text text
    cdef const unsigned char *narrow
    cdef Py_ssize_t row, place
    cdef Py_UCS4 character
    cdef int signs
    for row in range(len(texts)):
        text.kind, text.data = PyUnicode_KIND(texts[row]), PyUnicode_DATA(texts[row])
        text.length = len(<str>texts[row])
        character = at(&text, 0)
        signs = ODD_START if character == u"x" or not Py_UNICODE_ISALPHA(character) else 0
        if text.kind == 1:  # most texts, read in half the time
            narrow = <const unsigned char *>text.data
            for place in range(text.length):
                if TELLING[narrow[place]]:
                    signs |= signs_at(&text, place, narrow[place])
        else:
            for place in range(text.length):
                character = PyUnicode_READ(text.kind, text.data, place)
                if character == YEAR or character <= 0xFF and TELLING[character]:
                    signs |= signs_at(&text, place, character)
        if not signs & TIME_SIGN:
            signs &= ~DATE_SIGN
        if signs:
            found[row] = signs
    return found


cdef int signs_at(Text *text, Py_ssize_t place, Py_UCS4 character) noexcept nogil:
    """What a telling character and those around it are a sign of."""
    cdef int signs = 0
    cdef Py_UCS4 following
    if character == u"(" or character == u"©":
        return COPYRIGHT_SIGN
    if character == u"+" or character == ZERO:
        return PHONE_SIGN
    following = at(text, place + 1)
    if character == u"1" or character == u"2":
        if following == (NINE if character == u"1" else ZERO):
            if is_digit(text, place + 2) and is_digit(text, place + 3):
                signs = TIME_SIGN
                if place and Py_UNICODE_ISSPACE(at(text, place - 1)):
                    signs |= DATE_SIGN
        return signs
    if character == u".":
        if following >= ASCII or following == u"-" or following == u"_" or Py_UNICODE_ISALNUM(following):
            signs = DOMAIN_SIGN
    if is_digit(text, place - 1) and is_digit(text, after_space(text, place + 1)):
        signs |= TIME_SIGN
    if (is_date_mark(character) or character == YEAR) and is_date_at(text, place):
        signs |= DATE_SIGN
    return signs


cdef bint is_date_at(Text *text, Py_ssize_t place) noexcept nogil:
    """Whether digits stand on both sides of a mark, and after another one behind them."""
    cdef Py_UCS4 mark
    if not is_digit(text, place - 1 - Py_UNICODE_ISSPACE(at(text, place - 1))):
        return False
    place = after_space(text, place + 1)
    if not is_digit(text, place):
        return False
    while is_digit(text, place):
        place += 1
    place = after_space(text, place)
    mark = at(text, place)
    return (is_date_mark(mark) or mark == MONTH) and is_digit(text, after_space(text, place + 1))


def blocks_with(list signs, int wanted):
    """The blocks with any of the wanted signs."""
    cdef Py_ssize_t block
    return [block for block in range(len(signs)) if <int>signs[block] & wanted]


def links(list texts, list link_char_counts, double linked_density):
    """Whether most of each block's characters stand in links."""
    cdef Py_ssize_t block, count
    cdef list found = [False] * len(texts)
    for block in range(len(texts)):
        count = link_char_counts[block]
        if count > 0 and count > linked_density * <double>len(<str>texts[block]):
            found[block] = True
    return found


cdef list sibling_runs(nodes, Py_ssize_t least):
    """The rows of siblings alike that hold a block, at least so many."""
    cdef list parents = nodes.parents, tags = nodes.tags, names = nodes.names
    cdef list firsts = nodes.first_blocks, ends = nodes.end_blocks
    cdef Py_ssize_t row, parent, count = len(tags)
    cdef dict groups = {}
    cdef list rows
    cdef PyObject **last = <PyObject **>PyMem_Calloc(count + 1, sizeof(PyObject *))
    cdef Py_ssize_t *child_counts = <Py_ssize_t *>PyMem_Calloc(count + 1, sizeof(Py_ssize_t))
    try:
        if last is NULL or child_counts is NULL:
            raise MemoryError
        for row in range(count):
            child_counts[<Py_ssize_t>parents[row] + 1] += 1
        for row in range(count):
            parent = parents[row]
            # the root has no parent, and no siblings either
            if parent < 0 or child_counts[parent + 1] < least or <Py_ssize_t>firsts[row] >= <Py_ssize_t>ends[row]:
                continue
            tag = tags[row]
            if <str>tag == "p":
                continue
            name = (<tuple>names[row])[0] if <tuple>names[row] else ""
            if last[parent] is not NULL:  # most siblings are like the one before
                rows = <list>last[parent]
                if rows[0] is tag and rows[1] is name:
                    rows.append(row)
                    continue
            key = (parents[row], tag, name)
            known = groups.get(key)
            if known is None:
                known = groups[key] = [tag, name]
            (<list>known).append(row)
            last[parent] = <PyObject *>known
    finally:
        PyMem_Free(last)
        PyMem_Free(child_counts)
    return [found[2:] for found in groups.values() if len(<list>found) >= least + 2]


def cards(page, Py_ssize_t least):
    """Runs of siblings alike that mostly hold a link, as the fields of `detectors.layout.Cards`."""
    cdef list runs = sibling_runs(page.node_table, least), found = [], rows
    if not runs:
        return found
    cdef list counts = page.word_counts, link_char_counts = page.link_char_counts, texts = page.texts
    cdef list hrefs = page.hrefs, firsts = page.node_table.first_blocks, ends = page.node_table.end_blocks
    cdef Py_ssize_t block, linked, first, end, word_count, row_count
    cdef double linked_words
    cdef Py_ssize_t *links_before = <Py_ssize_t *>PyMem_Calloc(len(texts) + 1, sizeof(Py_ssize_t))
    try:
        if links_before is NULL:
            raise MemoryError
        for block in range(len(texts)):
            links_before[block + 1] = links_before[block] + (1 if <tuple>hrefs[block] else 0)
        for group in runs:
            rows = <list>group
            linked, row_count = 0, len(rows)
            for row in rows:
                linked += links_before[<Py_ssize_t>ends[<Py_ssize_t>row]] > links_before[<Py_ssize_t>firsts[<Py_ssize_t>row]]
            if linked < least or linked * 3 < row_count * 2:
                continue  # most of them hold no link
            first, end = firsts[<Py_ssize_t>rows[0]], ends[<Py_ssize_t>rows[row_count - 1]]
            linked_words, word_count = 0.0, 0
            for block in range(first, end):
                word_count += <Py_ssize_t>counts[block]
                linked_words += linked_words_of(counts[block], link_char_counts[block], <str>texts[block])
            found.append((first, end, row_count, linked_words / row_count, <double>word_count / row_count))
    finally:
        PyMem_Free(links_before)
    return found


cdef inline double linked_words_of(Py_ssize_t word_count, Py_ssize_t link_char_count, str text):
    """A block's words, by the share of its characters that stand in links."""
    return <double>(word_count * link_char_count) / <double>len(text) if link_char_count else 0.0
