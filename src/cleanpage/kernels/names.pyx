# cython: boundscheck=False, wraparound=False
"""What class and id tokens say; stands in for `markup.names_clues`."""

from cpython.mem cimport PyMem_Calloc, PyMem_Free
from cpython.ref cimport PyObject
from libc.stdint cimport UINT16_MAX, uint8_t, uint16_t, uint32_t, uint64_t

from cleanpage.markup import name_clues
from cleanpage.roles import ROLES

cdef extern from "Python.h":
    bint PyUnicode_IS_ASCII(object text)
    const unsigned char *PyUnicode_1BYTE_DATA(object text)
    const char *PyBytes_AS_STRING(object text) nogil
    PyObject *PyList_GET_ITEM(object row, Py_ssize_t place)

cdef enum:
    MAX_JOINED = 3  # markup.MAX_NAME_PARTS
    MIN_AFTER_DIGIT = 3  # in markup.NAME_PART

cdef uint64_t HASH_FACTOR = 0x9E3779B97F4A7C15ULL
"""2⁶⁴ divided by the golden ratio, which spreads what it is multiplied with (Knuth, The Art of Computer Programming 3,
6.4)."""

cdef str NUMBER_CHARS = "0123456789-_"
cdef tuple ROLE_TUPLE = ROLES


cdef Py_ssize_t place_of(object role) except -1:
    """The place of a role in ROLES."""
    cdef Py_ssize_t place
    for place in range(len(ROLE_TUPLE)):
        if ROLE_TUPLE[place] is role:
            return place
    raise ValueError(role)


cdef class TextTable:
    """ASCII texts in a hash table that is small enough to stay in the cache: what is found in it is faster worked out
    than remembered."""

    def __cinit__(self, texts):
        """Takes the texts that are ASCII; no other can be looked up."""
        cdef Py_ssize_t place, start = 0
        cdef Entry *entry
        self.keys = [text for text in texts if text and text.isascii()]
        self.text = "".join(self.keys).encode()
        self.mask = 63
        while self.mask < 3 * len(self.keys):
            self.mask = 2 * self.mask + 1
        if len(self.keys) > UINT16_MAX:
            raise OverflowError(len(self.keys))
        self.entries = <Entry *>PyMem_Calloc(len(self.keys) + 1, sizeof(Entry))
        self.places = <uint16_t *>PyMem_Calloc(<size_t>self.mask + 1, sizeof(uint16_t))
        if self.entries is NULL or self.places is NULL:
            raise MemoryError
        for place in range(len(self.keys)):
            entry = &self.entries[place + 1]
            entry.start, entry.length = <uint32_t>start, len(self.keys[place])
            start += entry.length
            self.places[self.slot_of(<const unsigned char *>self.text + entry.start, entry.length)] = <uint16_t>(place + 1)
            self.looks[look_of(<const unsigned char *>self.text + entry.start, entry.length)] = True

    def __dealloc__(self):
        PyMem_Free(self.entries)
        PyMem_Free(self.places)

    cdef uint32_t slot_of(self, const unsigned char *text, Py_ssize_t length) noexcept nogil:
        """Where a text stands in ``places``, or would."""
        cdef uint64_t code = length, word = 0
        cdef uint32_t slot
        cdef Py_ssize_t place
        cdef Entry *entry
        for place in range(length):
            word = (word << 8) | text[place]
            if place % 8 == 7:
                code = mixed(code, word)
                word = 0
        slot = <uint32_t>mixed(code, word) & self.mask
        while self.places[slot]:
            entry = &self.entries[self.places[slot]]
            if entry.length == length and is_same(PyBytes_AS_STRING(self.text) + entry.start, text, length):
                break
            slot = (slot + 1) & self.mask
        return slot

    cdef int find(self, const unsigned char *text, Py_ssize_t length) noexcept nogil:
        """The number of a text among ``keys``, from 1; 0 if it is not there."""
        if length == 0 or not self.looks[look_of(text, length)]:  # as most are
            return 0
        return self.places[self.slot_of(text, length)]


cdef inline uint32_t look_of(const unsigned char *text, Py_ssize_t length) noexcept nogil:
    """What can be told of a text at a glance: its length, and letters from its start, middle and end."""
    cdef uint32_t look = text[0] & 31 | (text[length - 1] & 31) << 5
    return look ^ (text[length >> 1] & 31) << 3 ^ <uint32_t>(length & 15) << 8


cdef inline bint is_same(const char *one, const unsigned char *other, Py_ssize_t length) noexcept nogil:
    """Whether two texts, most of them of a few letters, are one."""
    cdef Py_ssize_t place
    for place in range(length):
        if <unsigned char>one[place] != other[place]:
            return False
    return True


cdef inline uint64_t mixed(uint64_t code, uint64_t word) noexcept nogil:
    code = (code ^ word) * HASH_FACTOR
    return code ^ (code >> 32)


cdef class NameTable:
    """The names of markup.toml."""

    def __cinit__(self, vocabulary):
        """Takes the tables; entries that are not ASCII are left to `markup.name_clues`, as such names are."""
        cdef dict names = vocabulary.names
        cdef Py_ssize_t place
        cdef Meaning *meaning
        self.texts = TextTable(dict.fromkeys((*names, *vocabulary.first_parts, *vocabulary.state_prefixes)))
        self.clues = [clue for text in self.texts.keys for clue in names.get(text, ())]
        if len(self.clues) > UINT16_MAX:
            raise OverflowError(len(self.clues))
        self.meanings = <Meaning *>PyMem_Calloc(len(self.texts.keys) + 1, sizeof(Meaning))
        self.told = <Told *>PyMem_Calloc(len(self.clues) + 1, sizeof(Told))
        if self.meanings is NULL or self.told is NULL:
            raise MemoryError
        for place in range(len(self.clues)):
            self.told[place].role = <uint8_t>place_of(self.clues[place].role)
            self.told[place].weight = self.clues[place].weight
        cdef Py_ssize_t clue_count = 0
        for place in range(len(self.texts.keys)):
            text, meaning = self.texts.keys[place], &self.meanings[place + 1]
            meaning.first_clue = <uint16_t>clue_count
            meaning.clue_count = <uint8_t>len(names.get(text, ()))
            meaning.starts = text in vocabulary.name_starts
            meaning.is_state = text in vocabulary.state_prefixes
            clue_count += meaning.clue_count

    def __dealloc__(self):
        PyMem_Free(self.meanings)
        PyMem_Free(self.told)

    cdef Meaning *meaning_of(self, Parts *parts, Py_ssize_t first, Py_ssize_t end) noexcept nogil:
        """What parts of a name mean when joined; nothing if there is no such entry."""
        cdef Py_ssize_t start = parts.starts[first]
        return &self.meanings[self.texts.find(&parts.text[start], parts.starts[end] - start)]

    cpdef tuple clues_of(self, tuple names):
        """What `markup.names_clues` gives."""
        cdef Strongest best
        cdef Py_ssize_t place
        best.count = 0
        for name in names:
            if not self.collect(<str>name, &best):
                for clue in name_clues((<str>name).rstrip(NUMBER_CHARS)):
                    keep_strongest(&best, place_of(clue.role), clue.weight, <PyObject *>clue)
        return tuple([<object>best.clues[place] for place in range(best.count)]) if best.count else ()

    cdef int collect(self, str name, Strongest *best) except -1:
        """Adds what one name says, as `markup.name_clues` finds it; 0 if the name must be left to that."""
        cdef Parts parts
        cdef Py_ssize_t index, end, covered = 0
        cdef Meaning *meaning
        cdef Meaning *longer
        if not PyUnicode_IS_ASCII(name) or not split_name(PyUnicode_1BYTE_DATA(name), len(name), &parts):
            return 0
        for index in range(parts.count):
            meaning = self.meaning_of(&parts, index, index + 1)
            if meaning.is_state and index == 0 and parts.count > 1:
                return 1
            if meaning.starts:
                end = min(index + MAX_JOINED, parts.count)
                while end > max(index + 1, covered):
                    longer = self.meaning_of(&parts, index, end)
                    if longer.clue_count:
                        self.add(longer, best)
                        covered = end
                        break
                    end -= 1
            if index >= covered:
                self.add(meaning, best)
        return 1

    cdef void add(self, Meaning *meaning, Strongest *best) noexcept:
        cdef Py_ssize_t place
        for place in range(meaning.first_clue, meaning.first_clue + meaning.clue_count):
            keep_strongest(best, self.told[place].role, self.told[place].weight, PyList_GET_ITEM(self.clues, place))


cdef void keep_strongest(Strongest *best, Py_ssize_t role, double weight, PyObject *clue) noexcept nogil:
    """Keeps a clue if it is the strongest of its role, the first of equals, as `markup.strongest` does."""
    cdef Py_ssize_t place
    for place in range(best.count):
        if best.roles[place] == role:
            if best.weights[place] < weight:
                best.weights[place], best.clues[place] = weight, clue
            return
    best.roles[best.count], best.weights[best.count], best.clues[best.count] = role, weight, clue
    best.count += 1


cdef bint split_name(const unsigned char *name, Py_ssize_t length, Parts *parts) noexcept nogil:
    """Splits an ASCII name into parts as `markup.name_clues` does, one after the other in ``text``.

    Returns:
        Whether there was room for it.
    """
    cdef Py_ssize_t place, first = 0, run = 0, size = 0
    cdef bint is_plain = True
    if length > MAX_NAME_CHARS:
        return False
    while length and (is_digit(name[length - 1]) or name[length - 1] == b"-" or name[length - 1] == b"_"):
        length -= 1
    while first < length and name[first] == b"#":
        first += 1
    for place in range(first, length):
        if not is_letter(name[place]) and name[place] != b"-" and name[place] != b"_":
            is_plain = False
            break
    parts.count = parts.starts[0] = 0
    for place in range(first, length + 1):
        if place < length and is_letter(name[place]):
            parts.text[size] = name[place]
            size += 1
            run += 1
            continue
        # a plain name is cut at each hyphen, of others only runs of letters are parts, not the short ones after a digit
        if not is_plain and (run == 0 or (run < MIN_AFTER_DIGIT and place > run and is_digit(name[place - run - 1]))):
            size -= run
        elif parts.count == MAX_PARTS:
            return False
        else:
            parts.count += 1
            parts.starts[parts.count] = size
        run = 0
    return True


cdef inline bint is_digit(unsigned char character) noexcept nogil:
    return b"0" <= character <= b"9"


cdef inline bint is_letter(unsigned char character) noexcept nogil:
    return b"a" <= (character | 0x20) <= b"z"
