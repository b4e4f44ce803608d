# cython: boundscheck=False, wraparound=False, cdivision=True
"""Bags of hashed tokens; stands in for functions of `features.bags`.

Link targets are read here too, not in a kernel of their own: their tokens go into the bag of their block one by one.
"""

from cpython.dict cimport PyDict_GetItem
from cpython.mem cimport PyMem_Free, PyMem_Malloc, PyMem_Realloc
from cpython.object cimport PyObject
from cpython.unicode cimport PyUnicode_READ_CHAR
from libc.string cimport memchr, memcmp, memcpy

from cleanpage.kernels.crc32 cimport START, crc, extended, extended_by, extended_by_all, fill_table

import numpy as np

fill_table()

cdef extern from "Python.h":
    bint PyUnicode_IS_ASCII(object text)
    char *PyUnicode_DATA(object text)
    bint Py_UNICODE_ISALNUM(Py_UCS4 sign)
    bint Py_UNICODE_ISDECIMAL(Py_UCS4 sign)

cdef enum:
    MAX_HREF_CHARS = 300
    MAX_HREF_TOKENS = 24
    MAX_STEPS = 3
    MAX_STEP_WORDS = 3
    MAX_ANCHOR_WORDS = 3
    MAX_QUERY_KEYS = 4
    MAX_DEPTH = 5
    MAX_COMPARED = 64  # tokens of one place; more are made distinct by a dict, as comparing grows with their square


cdef inline int bucket_of(crc state, crc bucket_count) noexcept nogil:
    return <int>(~state % bucket_count)


cdef inline bint is_small(crc sign) noexcept nogil:
    return 97 <= sign <= 122


cdef inline bint is_letter(crc sign) noexcept:
    """Whether [^\\W\\d_] matches a character."""
    if sign < 0x80:
        return is_small(sign | 0x20)
    return Py_UNICODE_ISALNUM(<Py_UCS4>sign) and not Py_UNICODE_ISDECIMAL(<Py_UCS4>sign)


cdef Py_ssize_t part_end(str name, Py_ssize_t start, Py_ssize_t length) noexcept:
    """Where a part of a name ends that begins at a place: the place itself if none does (bags.NAME_PART)."""
    cdef Py_ssize_t end = start
    while end < length and is_small(PyUnicode_READ_CHAR(name, end)):
        end += 1
    if end - start >= 2:
        return end
    while end < length and is_letter(PyUnicode_READ_CHAR(name, end)):
        end += 1
    return end if end - start >= 2 else start


cdef class _Tokens:
    """The buckets of the tokens of one link target."""

    cdef int[MAX_HREF_TOKENS] buckets
    cdef int count
    cdef crc start
    cdef crc bucket_count
    cdef bytes host
    cdef list schemes

    cdef void add(self, const char *text, Py_ssize_t length, const char *prefix, Py_ssize_t prefix_length) noexcept:
        cdef crc state = extended(extended(self.start, prefix, prefix_length), text, length)
        self.buckets[self.count] = bucket_of(state, self.bucket_count)
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

    cdef bint is_scheme(self, const char *text, Py_ssize_t length) except -1:
        """Whether a text is a scheme other than those of pages."""
        for scheme in self.schemes:
            if length == len(<bytes>scheme) and memcmp(text, <const char *><bytes>scheme, length) == 0:
                return True
        return False

    cdef bint is_own(self, const char *text, Py_ssize_t length) noexcept:
        """Whether a host is the page's, or below it."""
        cdef Py_ssize_t before = length - len(self.host)
        if before < 0 or before == length or memcmp(text + before, <const char *>self.host, length - before) != 0:
            return False
        return before == 0 or text[before - 1] == b"."

    cdef void read(self, char *text, Py_ssize_t length) except *:
        """Adds the tokens of a target that is ASCII, stripped and lower-case."""
        cdef Py_ssize_t end, query = -1, fragment = -1, index, path
        cdef const char *found
        if length == 0 or text[0] == b"#":
            self.add(b"anchor", 6, b"", 0)
            self.add_words(text, length, MAX_ANCHOR_WORDS)
            return
        found = <const char *>memchr(text, b":", length)
        if found != NULL and self.is_scheme(text, found - text):
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
                path = self.read_host(text, index + 2, end)
                break
        else:
            self.add(b"relative", 8, b"", 0)
        self.read_path(text, path, end)
        if query >= 0:
            self.read_query(text, query, length)

    cdef Py_ssize_t read_host(self, const char *text, Py_ssize_t start, Py_ssize_t end) noexcept:
        """Adds whether a link leaves the site, and where to; returns where its path begins."""
        cdef Py_ssize_t slash = start, index, dot_count = 0
        while slash < end and text[slash] != b"/":
            slash += 1
        if slash - start >= 4 and memcmp(text + start, b"www.", 4) == 0:
            start += 4
        if self.is_own(text + start, slash - start):
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


cdef int read_href(_Tokens tokens, str href) except -1:
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
    tokens.read(lower, end - start)
    return True


cdef _Tokens new_tokens(str host, frozenset schemes, int bucket_count):
    tokens = _Tokens()
    tokens.host, tokens.schemes = host.encode("utf-8", "surrogatepass"), [scheme.encode() for scheme in schemes]
    tokens.start = extended(START, b"h:", 2)
    tokens.bucket_count = bucket_count
    return tokens


def href_buckets(str href, str host, frozenset schemes, int bucket_count):
    """The buckets of a link target; None where it is not ASCII."""
    cdef int index
    tokens = new_tokens(host, schemes, bucket_count)
    if not read_href(tokens, href):
        return None
    return [tokens.buckets[index] for index in range(tokens.count)]


cdef class _Bag:
    """A bag that grows row by row."""

    cdef int *ids
    cdef long long[::1] starts
    cdef object starts_array
    cdef Py_ssize_t count, space, row

    def __cinit__(self, Py_ssize_t row_count, Py_ssize_t space=1024):
        self.space = max(1, space)
        self.ids = <int *>PyMem_Malloc(self.space * sizeof(int))
        if self.ids == NULL:
            raise MemoryError
        self.starts_array = np.zeros(row_count + 1, dtype=np.int64)
        self.starts = self.starts_array

    def __dealloc__(self):
        PyMem_Free(self.ids)

    cdef int grow(self) except -1:
        """Doubles the room for buckets."""
        cdef int *wider = <int *>PyMem_Realloc(self.ids, 2 * self.space * sizeof(int))
        if wider == NULL:
            raise MemoryError
        self.ids, self.space = wider, 2 * self.space
        return 0

    cdef inline int add(self, int bucket) except -1:
        if self.count == self.space:
            self.grow()
        self.ids[self.count] = bucket
        self.count += 1
        return 0

    cdef int add_new(self, int bucket, Py_ssize_t first) except -1:
        """Adds a bucket that is not among those from a place on."""
        cdef Py_ssize_t other
        for other in range(first, self.count):
            if self.ids[other] == bucket:
                return 0
        return self.add(bucket)

    cdef int repeat(self, Py_ssize_t first, Py_ssize_t end) except -1:
        """Adds once more what stands between two places."""
        cdef Py_ssize_t place
        for place in range(first, end):
            self.add(self.ids[place])
        return 0

    cdef int add_names(self, tuple names, object names_buckets, Py_ssize_t max_names, crc bucket_count) except -1:
        """Adds class and id tokens, whole and in parts, each once."""
        cdef Py_ssize_t first = self.count, index
        for index in range(min(max_names, len(names))):
            if not self.add_plain_name(names[index], first, bucket_count):
                self.add_name(names[index], first, bucket_count)
            if self.count - first > MAX_COMPARED:
                self.count = first
                return self.add_all(names_buckets(names))
        return 0

    cdef bint add_plain_name(self, str name, Py_ssize_t first, crc bucket_count) except -1:
        """Adds a name and its parts; False, and nothing is added, where it is not ASCII, has capitals or many parts."""
        cdef const char *text
        cdef Py_ssize_t index, run = 0, length = len(name)
        cdef int part_count = 0, part
        cdef int[MAX_COMPARED] parts
        cdef char sign
        cdef crc whole = START, start = extended(START, b".", 1), state = start
        if not PyUnicode_IS_ASCII(name):
            return False
        text = PyUnicode_DATA(name)
        for index in range(length + 1):
            sign = text[index]  # a NUL ends the text
            if is_small(sign):
                state = extended_by(state, sign)
                run += 1
            elif run:
                if run > 1:
                    if part_count == MAX_COMPARED:
                        return False
                    parts[part_count] = bucket_of(state, bucket_count)
                    part_count += 1
                run, state = 0, start
            if is_small(sign | 0x20) and not is_small(sign):
                return False
            if index < length:
                whole = extended_by(whole, sign)
        self.add_new(bucket_of(whole, bucket_count), first)
        for part in range(part_count):
            self.add_new(parts[part], first)
        return True

    cdef int add_name(self, str name, Py_ssize_t first, crc bucket_count) except -1:
        """Adds a name of any characters and its parts, until there are more than are compared."""
        cdef Py_ssize_t start = 0, end, length = len(name)
        self.add_new(bucket_of(extended_by_all(START, name, 0, length), bucket_count), first)
        while start < length and self.count - first <= MAX_COMPARED:
            end = part_end(name, start, length)
            if end > start:
                self.add_new(bucket_of(extended_by_all(extended(START, b".", 1), name, start, end), bucket_count), first)
                start = end
            else:
                start += 1
        return 0

    cdef int add_attributes(
        self, dict attributes, tuple wanted, object attribute_buckets, crc bucket_count
    ) except -1:
        """Adds the wanted attributes, each with what its value ends in."""
        cdef const char *text
        cdef Py_ssize_t index, slash, length, first = self.count
        cdef crc state
        cdef PyObject *value
        for name in wanted:
            value = PyDict_GetItem(attributes, name)
            if value == NULL:
                continue
            if not PyUnicode_IS_ASCII(<object>value):
                self.count = first
                return self.add_all(attribute_buckets(attributes))
            text, length = PyUnicode_DATA(<object>value), len(<str>value)
            slash = length
            while slash > 0 and text[slash - 1] != b"/":
                slash -= 1
            state = extended(extended_by_all(START, name, 0, len(<str>name)), b"=", 1)
            for index in range(slash, length):
                state = extended_by(state, text[index] + 32 if b"A" <= text[index] <= b"Z" else text[index])
            self.add(bucket_of(state, bucket_count))
        return 0

    cdef int add_all(self, tuple buckets) except -1:
        for bucket in buckets:
            self.add(bucket)
        return 0

    cdef void end_row(self) noexcept:
        self.row += 1
        self.starts[self.row] = self.count

    cdef tuple arrays(self):
        """The buckets, and where each row's begin."""
        ids_array = np.empty(self.count, dtype=np.int32)
        cdef int[::1] ids = ids_array
        if self.count:
            memcpy(&ids[0], self.ids, self.count * sizeof(int))
        return ids_array, self.starts_array


def make_bag(list rows):
    """Joins rows of bucket ids."""
    bag = _Bag(len(rows))
    for row in rows:
        bag.add_all(row)
        bag.end_row()
    return bag.arrays()


cdef int word_bucket(str word, crc bucket_count) except -1:
    """The bucket of a word; numbers of as many digits share one."""
    cdef Py_ssize_t length = len(word)
    if length and Py_UNICODE_ISDECIMAL(PyUnicode_READ_CHAR(word, 0)) and word.isdecimal():
        word = f"#{length}"
        length = len(word)
    return bucket_of(extended_by_all(START, word, 0, length), bucket_count)


def word_bag(
    const int[::1] numbers, const long long[::1] starts, list words, Py_ssize_t max_words, int bucket_count
):
    """The buckets of the first words of each block, each word once.

    Args:
        numbers: The words of all blocks, as numbers.
        starts: Where each block's begin.
        words: The word of each number.
        max_words: How many of each block are taken.
        bucket_count: The number of buckets.
    """
    cdef Py_ssize_t block, at, count = starts.shape[0] - 1
    cdef int number
    known_array = np.full((2, len(words)), -1, dtype=np.int32)
    cdef int[:, ::1] known = known_array  # the bucket of each word, and the last block that has it
    bag = _Bag(count, numbers.shape[0])
    for block in range(count):
        for at in range(starts[block], min(starts[block + 1], starts[block] + max_words)):
            number = numbers[at]
            if known[1, number] != block:
                known[1, number] = <int>block
                if known[0, number] < 0:
                    known[0, number] = word_bucket(words[number], bucket_count)
                bag.ids[bag.count] = known[0, number]
                bag.count += 1
        bag.end_row()
    return bag.arrays()


cdef inline int tag_bucket(crc start, str tag, crc bucket_count) noexcept:
    """The bucket of a tag behind what a state was extended by."""
    return bucket_of(extended_by_all(start, tag, 0, len(tag)), bucket_count)


def look_bag(
    list tags, list names, list attributes, list nodes, object names_buckets, object attribute_buckets,
    tuple wanted, int bucket_count, Py_ssize_t max_names
):
    """The buckets of the tag, names and wanted attributes of some nodes."""
    cdef Py_ssize_t node
    cdef crc start = extended(START, b"<", 1)
    bag = _Bag(len(nodes))
    for node in nodes:
        bag.add(tag_bucket(start, tags[node], bucket_count))
        bag.add_names(names[node], names_buckets, max_names, bucket_count)
        if attributes[node]:
            bag.add_attributes(attributes[node], wanted, attribute_buckets, bucket_count)
        bag.end_row()
    return bag.arrays()


def inline_bag(
    list tags, list names, list hrefs, str host, object names_buckets, object href_buckets,
    frozenset schemes, int bucket_count, Py_ssize_t max_names, Py_ssize_t max_hrefs
):
    """The buckets of the tags, names and link targets inside each block."""
    cdef Py_ssize_t block, index, first
    cdef int place
    cdef tuple block_hrefs
    cdef crc start = extended(START, b"<i:", 3)
    cdef dict known = {}  # where the buckets of names that stood in a block before begin and end
    bag = _Bag(len(tags))
    tokens = new_tokens(host, schemes, bucket_count)
    for block in range(len(tags)):
        for tag in tags[block]:
            bag.add(tag_bucket(start, tag, bucket_count))
        place_of_names = known.get(names[block])
        if place_of_names is None:
            first = bag.count
            bag.add_names(names[block], names_buckets, max_names, bucket_count)
            known[names[block]] = (first, bag.count)
        else:
            bag.repeat(place_of_names[0], place_of_names[1])
        block_hrefs = hrefs[block]
        for index in range(min(max_hrefs, len(block_hrefs))):
            if read_href(tokens, block_hrefs[index]):
                for place in range(tokens.count):
                    bag.add(tokens.buckets[place])
            else:
                bag.add_all(href_buckets(block_hrefs[index], host))
        bag.end_row()
    return bag.arrays()
