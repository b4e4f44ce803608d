# cython: boundscheck=False, wraparound=False, cdivision=True
"""Bags of hashed tokens; stands in for functions of `features.bags`."""

from cpython.dict cimport PyDict_GetItem
from cpython.object cimport PyObject
from libc.string cimport memchr, memcmp

import numpy as np

cdef extern from "Python.h":
    bint PyUnicode_IS_ASCII(object text)
    char *PyUnicode_DATA(object text)

cdef enum:
    MAX_HREF_CHARS = 300
    MAX_HREF_TOKENS = 24
    MAX_STEPS = 3
    MAX_STEP_WORDS = 3
    MAX_ANCHOR_WORDS = 3
    MAX_QUERY_KEYS = 4
    MAX_DEPTH = 5
    MAX_SCHEME_CHARS = 10

ctypedef unsigned int crc

cdef crc[256] CRC_TABLE


def _fill_table():
    """The table of CRC-32 (zlib's polynomial, reversed)."""
    cdef crc number, bit, value
    for number in range(256):
        value = number
        for bit in range(8):
            value = (value >> 1) ^ (0xEDB88320 if value & 1 else 0)
        CRC_TABLE[number] = value


_fill_table()


cdef inline crc extended(crc state, const char *text, Py_ssize_t length) noexcept nogil:
    """The state of CRC-32 after more characters."""
    cdef Py_ssize_t index
    for index in range(length):
        state = CRC_TABLE[(state ^ <unsigned char>text[index]) & 0xFF] ^ (state >> 8)
    return state


cdef class _Tokens:
    """The buckets of the tokens of one link target."""

    cdef int[MAX_HREF_TOKENS] buckets
    cdef int count
    cdef crc start
    cdef crc bucket_count

    cdef void add(self, const char *text, Py_ssize_t length, const char *prefix, Py_ssize_t prefix_length) noexcept:
        cdef crc state = extended(extended(self.start, prefix, prefix_length), text, length)
        self.buckets[self.count] = <int>((state ^ 0xFFFFFFFF) % self.bucket_count)
        self.count += 1

    cdef int add_words(self, const char *text, Py_ssize_t length, int limit) noexcept:
        """Adds runs of two letters or more; returns how many there are, without adding those beyond a limit."""
        cdef Py_ssize_t index, first = 0
        cdef int found = 0
        for index in range(length + 1):
            if index == length or not b"a" <= text[index] <= b"z":
                if index - first >= 2:
                    if found < limit:
                        self.add(text + first, index - first, b"", 0)
                    found += 1
                first = index + 1
        return found

    cdef void read(self, char *text, Py_ssize_t length, str host, frozenset schemes) except *:
        """Adds the tokens of a target that is ASCII, stripped and lower-case."""
        cdef Py_ssize_t end, query = -1, fragment = -1, index, path
        cdef const char *found
        if length == 0 or text[0] == b"#":
            self.add(b"anchor", 6, b"", 0)
            self.add_words(text, length, MAX_ANCHOR_WORDS)
            return
        found = <const char *>memchr(text, b":", length)
        if found != NULL and found - text <= MAX_SCHEME_CHARS and text[: found - text].decode("ascii") in schemes:
            self.add(text, found - text, b"", 0)
            return
        end = length
        found = <const char *>memchr(text, b"#", end)
        if found != NULL:
            end = found - text
            if end + 1 < length:
                self.add(b"fragment", 8, b"", 0)
            length = end
        found = <const char *>memchr(text, b"?", end)
        if found != NULL:
            query, end = found - text + 1, found - text
        path = 0
        for index in range(end - 2, -1, -1):
            if text[index] == b"/" and text[index + 1] == b"/":
                path = self.read_host(text, index + 2, end, host)
                break
        else:
            self.add(b"relative", 8, b"", 0)
        self.read_path(text, path, end)
        if query >= 0:
            self.read_query(text, query, length)

    cdef Py_ssize_t read_host(self, const char *text, Py_ssize_t start, Py_ssize_t end, str host) except -1:
        """Adds whether a link leaves the site, and where to; returns where its path begins."""
        cdef Py_ssize_t slash = start, index, dot_count = 0
        while slash < end and text[slash] != b"/":
            slash += 1
        if slash - start >= 4 and memcmp(text + start, b"www.", 4) == 0:
            start += 4
        link_host = text[start:slash].decode("ascii")
        if host and (link_host == host or link_host.endswith("." + host)):
            self.add(b"same", 4, b"", 0)
        else:
            self.add(b"away", 4, b"", 0)
            index = slash
            while index > start:
                if text[index - 1] == b".":
                    dot_count += 1
                    if dot_count == 2:
                        break
                index -= 1
            self.add(text + index, slash - index, b"//", 2)
        return slash + 1 if slash < end else end

    cdef void read_path(self, const char *text, Py_ssize_t start, Py_ssize_t end) noexcept:
        """Adds the depth of a path, the words of its first steps, and whether its last one has digits."""
        cdef Py_ssize_t index, first = start, last_start = 0, last_end = 0
        cdef Py_ssize_t[MAX_STEPS] starts, ends
        cdef int step_count = 0, step, word_count, before
        cdef char depth
        for index in range(start, end + 1):
            if index == end or text[index] == b"/":
                if index > first:
                    if step_count < MAX_STEPS:
                        starts[step_count], ends[step_count] = first, index
                    step_count += 1
                    last_start, last_end = first, index
                first = index + 1
        depth = <char>(48 + min(MAX_DEPTH, step_count))  # a digit
        self.add(&depth, 1, b"depth", 5)
        for step in range(min(MAX_STEPS, step_count)):
            before = self.count
            word_count = self.add_words(text + starts[step], ends[step] - starts[step], MAX_STEP_WORDS)
            if word_count > MAX_STEP_WORDS:
                self.count = before
                self.add(b"slug", 4, b"", 0)
        for index in range(last_start, last_end):
            if b"0" <= text[index] <= b"9":
                self.add(b"digits", 6, b"", 0)
                break

    cdef void read_query(self, const char *text, Py_ssize_t start, Py_ssize_t end) noexcept:
        """Adds the keys of a query."""
        cdef Py_ssize_t index, first = start, equals = -1
        cdef int pair_count = 0
        for index in range(start, end + 1):
            if index == end or text[index] == b"&":
                if index > first:
                    self.add(text + first, (equals if equals >= 0 else index) - first, b"?", 1)
                pair_count += 1
                if pair_count == MAX_QUERY_KEYS:
                    break
                first, equals = index + 1, -1
            elif text[index] == b"=" and equals < 0:
                equals = index


cdef inline bint is_space(char sign) noexcept nogil:
    """Whether str.strip takes off an ASCII character."""
    return sign == b" " or 9 <= sign <= 13 or 28 <= sign <= 31


cdef int read_href(_Tokens tokens, str href, str host, frozenset schemes) except -1:
    """Reads the tokens of a target; returns whether it is ASCII, so that it could be."""
    cdef char[MAX_HREF_CHARS] lower
    cdef const char *text
    cdef Py_ssize_t index, start = 0, end = min(len(href), MAX_HREF_CHARS)
    if not PyUnicode_IS_ASCII(href):
        return False
    text = PyUnicode_DATA(href)
    while start < end and is_space(text[start]):
        start += 1
    while end > start and is_space(text[end - 1]):
        end -= 1
    for index in range(start, end):
        lower[index - start] = text[index] + 32 if b"A" <= text[index] <= b"Z" else text[index]
    tokens.count = 0
    tokens.read(lower, end - start, host, schemes)
    return True


cdef _Tokens new_tokens(int bucket_count):
    tokens = _Tokens()
    tokens.start = extended(0xFFFFFFFF, b"h:", 2)
    tokens.bucket_count = bucket_count
    return tokens


def href_buckets(str href, str host, frozenset schemes, int bucket_count):
    """The buckets of a link target; None where it is not ASCII."""
    cdef int index
    tokens = new_tokens(bucket_count)
    if not read_href(tokens, href, host, schemes):
        return None
    return [tokens.buckets[index] for index in range(tokens.count)]


cdef class _Bag:
    """A bag that grows row by row."""

    cdef object ids_array
    cdef int[::1] ids
    cdef long long[::1] starts
    cdef object starts_array
    cdef Py_ssize_t count, row

    def __init__(self, Py_ssize_t row_count):
        self.ids_array = np.empty(1024, dtype=np.int32)
        self.ids = self.ids_array
        self.starts_array = np.zeros(row_count + 1, dtype=np.int64)
        self.starts = self.starts_array
        self.count = self.row = 0

    cdef int add(self, int bucket) except -1:
        if self.count == self.ids.shape[0]:
            self.ids_array = np.concatenate([self.ids_array, np.empty_like(self.ids_array)])
            self.ids = self.ids_array
        self.ids[self.count] = bucket
        self.count += 1
        return 0

    cdef int add_all(self, tuple buckets) except -1:
        for bucket in buckets:
            self.add(bucket)
        return 0

    cdef void end_row(self) noexcept:
        self.row += 1
        self.starts[self.row] = self.count

    cdef tuple arrays(self):
        return self.ids_array[: self.count].copy(), self.starts_array


def make_bag(list rows):
    """Joins rows of bucket ids."""
    bag = _Bag(len(rows))
    for row in rows:
        bag.add_all(row)
        bag.end_row()
    return bag.arrays()


def word_bag(list blocks, buckets, Py_ssize_t max_words):
    """The buckets of the first words of each block, each word once."""
    cdef Py_ssize_t index, other, first
    cdef int bucket
    cdef list words
    cdef PyObject *known
    bag = _Bag(len(blocks))
    for words in blocks:
        first = bag.count
        kept = []
        for index in range(min(max_words, len(words))):
            word = words[index]
            known = PyDict_GetItem(buckets, word)
            bucket = <object>known if known != NULL else buckets[word]
            for other in range(first, bag.count):
                if bag.ids[other] == bucket and kept[other - first] == word:
                    break
            else:
                kept.append(word)
                bag.add(bucket)
        bag.end_row()
    return bag.arrays()


def inline_bag(
    list tags, list names, list hrefs, str host, object tags_buckets, object names_buckets, object href_buckets,
    frozenset schemes, int bucket_count, Py_ssize_t max_hrefs
):
    """The buckets of the tags, names and link targets inside each block."""
    cdef Py_ssize_t block, index
    cdef int place
    cdef tuple block_hrefs
    bag = _Bag(len(tags))
    tokens = new_tokens(bucket_count)
    for block in range(len(tags)):
        if tags[block]:
            bag.add_all(tags_buckets("<i:", tags[block]))
        if names[block]:
            bag.add_all(names_buckets(names[block]))
        block_hrefs = hrefs[block]
        for index in range(min(max_hrefs, len(block_hrefs))):
            if read_href(tokens, block_hrefs[index], host, schemes):
                for place in range(tokens.count):
                    bag.add(tokens.buckets[place])
            else:
                bag.add_all(href_buckets(block_hrefs[index], host))
        bag.end_row()
    return bag.arrays()
