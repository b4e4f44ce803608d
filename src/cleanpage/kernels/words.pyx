# cython: boundscheck=False, wraparound=False
"""Texts split into casefolded words, and these numbered; stands in for `page.split_all` and `features.numbers.numbered`."""

from cpython.bytes cimport PyBytes_FromStringAndSize
from cpython.mem cimport PyMem_Free, PyMem_Malloc, PyMem_Realloc
from cpython.object cimport PyObject
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_FromKindAndData, PyUnicode_KIND, PyUnicode_READ
from libc.stdint cimport uint16_t, uint32_t
from libc.string cimport memcmp, memcpy, memset

cdef enum:
    TWO_BYTES = 2
    LAST_CODE = 0xFFFF
    NOT_FOLDED = 0xFFFF  # as in cleanpage.page
    SEPARATOR = 0x20  # what stands for all that is in no word; only NUL, which stands for itself, is below
    MAX_EXPANSION = 3  # characters that one is folded to
    FIRST_SLOTS = 1 << 10
    HASH_START = 2166136261
    HASH_FACTOR = 16777619

cdef struct Slot:
    PyObject *word  # borrowed: `words` of the table holds it
    uint32_t hashed
    uint32_t length
    size_t start  # in the codes of the table
    int number

cdef void *with_room(void *memory, size_t *space, size_t wanted, size_t item_size) except? NULL:
    """Memory with room for as many items as are wanted; where it is made longer, for twice as many."""
    cdef void *wider = memory
    if wanted > space[0]:
        wider = PyMem_Realloc(memory, 2 * wanted * item_size)
        if wider == NULL:
            raise MemoryError
        space[0] = 2 * wanted
    return wider


cdef class WordTable:
    """The different words of some texts, each of them one string and one number however often it stands there."""

    cdef list words
    cdef Slot *slots
    cdef size_t slot_count
    cdef uint16_t *codes
    cdef size_t code_count, code_space
    cdef uint16_t *word
    cdef size_t word_space
    cdef int *numbers  # of all words, one after the other
    cdef size_t count, space

    def __cinit__(self):
        self.words = []
        self.slot_count = FIRST_SLOTS
        self.slots = <Slot *>PyMem_Malloc(FIRST_SLOTS * sizeof(Slot))
        self.code_space = 8 * FIRST_SLOTS
        self.codes = <uint16_t *>PyMem_Malloc(self.code_space * sizeof(uint16_t))
        if self.slots == NULL or self.codes == NULL:
            raise MemoryError
        memset(self.slots, 0, FIRST_SLOTS * sizeof(Slot))

    def __dealloc__(self):
        PyMem_Free(self.slots)
        PyMem_Free(self.codes)
        PyMem_Free(self.word)
        PyMem_Free(self.numbers)

    cdef uint16_t *room_for(self, size_t length) except NULL:
        """Where a word of so many characters can be put together."""
        self.word = <uint16_t *>with_room(self.word, &self.word_space, length, sizeof(uint16_t))
        return self.word

    cdef int have_room(self, size_t count) except -1:
        """Makes room for the numbers of so many more words."""
        self.numbers = <int *>with_room(self.numbers, &self.space, self.count + count, sizeof(int))
        return 0

    cdef int repeat(self, size_t start, size_t end) except -1:
        """Adds the numbers of some words once more."""
        self.have_room(end - start)
        memcpy(&self.numbers[self.count], &self.numbers[start], (end - start) * sizeof(int))
        self.count += end - start
        return 0

    cdef int add(self, list words, const uint16_t *codes, size_t length, uint32_t hashed) except -1:
        """Adds the word of so many characters to a list, and its number to those of all words."""
        cdef size_t mask = self.slot_count - 1
        cdef size_t place = (hashed ^ hashed >> 15) & mask
        cdef Slot *slot = &self.slots[place]
        while slot.word != NULL:
            if (
                slot.hashed == hashed
                and slot.length == length
                and memcmp(&self.codes[slot.start], codes, length * sizeof(uint16_t)) == 0
            ):
                words.append(<object>slot.word)
                self.numbers[self.count] = slot.number
                self.count += 1
                return 0
            place = (place + 1) & mask
            slot = &self.slots[place]
        word = PyUnicode_FromKindAndData(TWO_BYTES, codes, length)
        words.append(word)
        self.numbers[self.count] = <int>len(self.words)
        self.count += 1
        slot[0] = Slot(<PyObject *>word, hashed, length, self.code_count, <int>len(self.words))
        self.words.append(word)
        self.keep(codes, length)
        if 2 * <size_t>len(self.words) > self.slot_count:
            self.grow()
        return 0

    cdef int keep(self, const uint16_t *codes, size_t length) except -1:
        """Adds a word's characters to those that words are compared with."""
        self.codes = <uint16_t *>with_room(self.codes, &self.code_space, self.code_count + length, sizeof(uint16_t))
        memcpy(&self.codes[self.code_count], codes, length * sizeof(uint16_t))
        self.code_count += length
        return 0

    cdef int grow(self) except -1:
        """Doubles the number of slots."""
        cdef size_t index, place, count = 2 * self.slot_count
        cdef Slot *slot
        cdef Slot *wider = <Slot *>PyMem_Malloc(count * sizeof(Slot))
        if wider == NULL:
            raise MemoryError
        memset(wider, 0, count * sizeof(Slot))
        for index in range(self.slot_count):
            slot = &self.slots[index]
            if slot.word != NULL:
                place = (slot.hashed ^ slot.hashed >> 15) & (count - 1)
                while wider[place].word != NULL:
                    place = (place + 1) & (count - 1)
                wider[place] = slot[0]
        PyMem_Free(self.slots)
        self.slots = wider
        self.slot_count = count
        return 0


def split_and_number(texts, const uint16_t[::1] folding, dict expansions, split_words):
    """Splits texts.

    Args:
        texts: Any texts.
        folding: What stands for each code point up to 0xFFFF (`page._folding`).
        expansions: What stands for those that several characters replace, or none (`page._expansions`).
        split_words: Called for a text with a character that none of these knows.

    Returns:
        The words of each text, equal texts share one list. And, as bytes, the number of each word, int32, and where each
        text's begin in it, int64, one entry more than texts; with the word of each number. None in place of these where
        `split_words` was called.
    """
    cdef WordTable table = WordTable()
    cdef dict known = {}
    cdef list found = []
    cdef bint is_numbered = True
    cdef Py_ssize_t block = 0, other, count = len(texts)
    cdef bytes starts_bytes = PyBytes_FromStringAndSize(NULL, (count + 1) * sizeof(long long))
    cdef long long *starts = <long long *><char *>starts_bytes
    for text in texts:
        starts[block] = table.count
        place = known.get(text)
        if place is None:
            known[text] = block
            words = _split(text, folding, expansions, table)
            if words is None:
                words = split_words(text)
                is_numbered = False
        else:
            other = place
            words = found[other]
            table.repeat(starts[other], starts[other + 1])
        found.append(words)
        block += 1
        starts[block] = table.count
    if not is_numbered:
        return found, None
    return found, (PyBytes_FromStringAndSize(<char *>table.numbers, table.count * sizeof(int)), starts_bytes, table.words)


cdef list _split(str text, const uint16_t[::1] folding, dict expansions, WordTable table):
    """The words of a text; None where it has a character that the tables do not know."""
    cdef list words = []
    cdef int kind = PyUnicode_KIND(text)
    cdef void *data = PyUnicode_DATA(text)
    cdef Py_ssize_t place, size = len(text)
    cdef size_t length = 0
    cdef uint32_t hashed = HASH_START
    cdef Py_UCS4 code
    cdef uint16_t folded
    cdef uint16_t *word = table.room_for(MAX_EXPANSION * size + 1)
    table.have_room(size + 1)
    for place in range(size + 1):
        code = PyUnicode_READ(kind, data, place) if place < size else SEPARATOR
        folded = folding[code] if code <= LAST_CODE else SEPARATOR if is_emoji(code) else NOT_FOLDED
        if folded == NOT_FOLDED:
            if not is_unspaced(code):
                expansion = expansions.get(<int>code)  # Py_UCS4 itself would be looked up as a str
                if expansion is None:
                    return None
                for letter in <str>expansion:
                    word[length] = letter
                    hashed = (hashed ^ word[length]) * HASH_FACTOR
                    length += 1
                continue
            if length:
                table.add(words, word, length, hashed)
            word[0], length = code, 1
            hashed = (<uint32_t>HASH_START ^ word[0]) * HASH_FACTOR
        elif folded > SEPARATOR:
            word[length] = folded
            length += 1
            hashed = (hashed ^ folded) * HASH_FACTOR
            continue
        if length:
            table.add(words, word, length, hashed)
            length, hashed = 0, HASH_START
    return words


cdef inline bint is_unspaced(Py_UCS4 code) noexcept:
    """Whether a character is a word of its own (`page.UNSPACED`)."""
    return 0x3040 <= code <= 0x30FF or 0x3400 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF


cdef inline bint is_emoji(Py_UCS4 code) noexcept:
    """Whether a character is a flag's letter or in the blocks of pictures behind them, which hold no letter."""
    return 0x1F1E6 <= code <= 0x1FAFF
