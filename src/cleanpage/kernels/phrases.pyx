# cython: boundscheck=False, wraparound=False
"""Phrases found word by word; stands in for `lexicon.Search`."""

from cpython.object cimport PyObject
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_KIND, PyUnicode_READ
from libc.stdint cimport uint32_t, uintptr_t

cdef enum:
    STEM_BITS = 13
    STEM_COUNT = 1 << STEM_BITS
    MAX_STEM_LETTERS = 4  # of a stem that are looked at before it is looked up
    ENDS = 1  # what a filter tells of some letters: they are a stem, or begin a longer one
    GOES_ON = 2
    LOOK_BITS = 13
    LOOK_COUNT = 1 << LOOK_BITS
    HASH_FACTOR = 0x9E3779B1  # 2 ** 32 divided by the golden ratio: spreads neighbouring addresses
    SLOT_BITS = 12
    SLOT_COUNT = 1 << SLOT_BITS  # strings whose candidates are kept; a page has some 700 different words
    MAX_PROBES = 8
    ASCII_END = 128
    # fields of lexicon._Entry and lexicon.Pattern
    RANK = 0
    OFFSET = 1
    PATTERN = 3
    WORDS = 0
    IS_STEM = 1
    SECTION = 2
    KIND = 3

cdef object new_tuple = tuple.__new__

cdef class Candidates:
    """The phrases that may stand where a word does.

    Attributes:
        at_start: Entries of phrases that start a block with it, or are the whole of it.
        inside: Entries of phrases that may stand anywhere.
        is_first: Whether a phrase begins with it that starts a block or is the whole of it.
    """

    cdef list at_start, inside
    cdef bint is_first


cdef class Index:
    """The phrases of one lexicon by their words.

    What a word may belong to is kept from page to page: no more of it than the lexicon has words.
    """

    cdef dict at_start_words, inside_words, at_start_stems, inside_stems, whole
    cdef frozenset whole_firsts
    cdef dict known
    cdef Py_ssize_t stem_length, max_whole_words, max_start_words
    cdef unsigned char stems[STEM_COUNT]
    cdef unsigned char has_look[LOOK_COUNT]

    def __init__(self, lexicon, Py_ssize_t stem_length):
        """Takes a lexicon.

        Args:
            lexicon: A `lexicon.Lexicon`.
            stem_length: Characters of a starred word that index it.
        """
        self.at_start_words, self.inside_words = lexicon.at_start.by_word, lexicon.inside.by_word
        self.at_start_stems, self.inside_stems = lexicon.at_start.by_stem, lexicon.inside.by_stem
        self.whole, self.whole_firsts = lexicon.whole, lexicon.whole_firsts
        self.stem_length = stem_length
        self.max_whole_words, self.max_start_words = lexicon.max_whole_words, lexicon.max_start_words
        self.known = dict.fromkeys(lexicon.indexed)
        for word in lexicon.indexed:
            self.has_look[look_of(word)] = True
        for entries in (*self.at_start_stems.values(), *self.inside_stems.values()):
            for entry in entries:
                self.add_stem((<tuple>(<tuple>entry)[PATTERN])[WORDS][<Py_ssize_t>(<tuple>entry)[OFFSET]])

    cdef int add_stem(self, str stem) except -1:
        """Adds a stem to those that a word may begin with."""
        cdef uint32_t hashed = 0
        cdef Py_ssize_t place, length = len(stem)
        for place in range(min(length, MAX_STEM_LETTERS)):
            hashed = after_letter(hashed, stem[place])
            self.stems[stem_place(hashed)] |= ENDS if place + 1 == length else GOES_ON
        return 0

    cdef Candidates of_word(self, str word):
        """What a word may belong to, but for stems; None for nothing."""
        cdef Candidates found
        if not self.has_look[look_of(word)] or word not in self.known:
            return None
        found = self.known[word]
        if found is None:
            found = self.known[word] = candidates_of(self.at_start_words.get(word), self.inside_words.get(word))
            found.is_first = found.is_first or word in self.whole_firsts
        return found

    cdef Candidates of_stem(self, str stem, str word):
        """What the stems that a word begins with may belong to; None for nothing."""
        at_start, inside = stemmed(self.at_start_stems.get(stem), word), stemmed(self.inside_stems.get(stem), word)
        return candidates_of(at_start, inside) if at_start or inside else None


cdef class Search:
    """The phrases of some lexicons in the texts of a page.

    What a word may belong to is looked up once for each string. Equal words are mostly the same string.
    """

    cdef list indexes, kept
    cdef Py_ssize_t stem_length, max_whole_words, letter_limit
    cdef unsigned char stems[STEM_COUNT]
    cdef unsigned char has_look[LOOK_COUNT]
    cdef uintptr_t words[SLOT_COUNT]  # addresses, borrowed: the texts hold their words; odd where there are candidates
    cdef PyObject *found[SLOT_COUNT]  # borrowed from `kept`

    def __cinit__(self, list indexes):
        cdef Index index
        cdef Py_ssize_t place
        self.indexes, self.kept = indexes, []
        # One letter more than the longest phrase tells that a block is none.
        self.letter_limit = 1
        for index in indexes:
            self.stem_length = index.stem_length
            self.max_whole_words = max(self.max_whole_words, index.max_whole_words)
            self.letter_limit = max(self.letter_limit, index.max_start_words + 1)
            for place in range(LOOK_COUNT):
                self.has_look[place] |= index.has_look[place]
            for place in range(STEM_COUNT):
                self.stems[place] |= index.stems[place]

    cdef PyObject *candidates(self, PyObject *word) except? NULL:
        """What a word may belong to; NULL for nothing. It is kept if there is room for it."""
        cdef uintptr_t address = <uintptr_t>word
        cdef uint32_t place = <uint32_t>(address >> 4) * HASH_FACTOR >> (32 - SLOT_BITS)
        cdef int probe
        for probe in range(MAX_PROBES):
            if self.words[place] & ~<uintptr_t>1 == address:
                return self.found[place] if self.words[place] & 1 else NULL
            if self.words[place] == 0:
                break
            place = (place + 1) & (SLOT_COUNT - 1)
        found = self.look_up(<str>word)
        if found is not None:
            self.kept.append(found)
        if self.words[place] == 0:
            self.words[place] = address
            if found is not None:
                self.words[place] |= 1
                self.found[place] = <PyObject *>found
        return NULL if found is None else <PyObject *>found

    cdef Candidates look_up(self, str word):
        """What a word may belong to; None for nothing."""
        cdef Candidates found = None
        if self.has_look[look_of(word)]:
            for index in self.indexes:
                found = together(found, (<Index>index).of_word(word))
        if self.may_have_stem(word):
            stem = word[: self.stem_length]
            for index in self.indexes:
                found = together(found, (<Index>index).of_stem(stem, word))
        return found

    cdef bint may_have_stem(self, str word) noexcept:
        """Whether a word may begin with a stem: few of the words do that begin with some letters of one."""
        cdef int kind = PyUnicode_KIND(word)
        cdef void *data = PyUnicode_DATA(word)
        cdef Py_ssize_t place
        cdef uint32_t hashed = 0
        cdef unsigned char told
        for place in range(len(word)):
            hashed = after_letter(hashed, PyUnicode_READ(kind, data, place))
            told = self.stems[stem_place(hashed)]
            if told & ENDS or told and place + 1 == MAX_STEM_LETTERS:
                return True
            if not told:
                return False
        return False

    cdef list find(self, list words):
        """The phrases in a text, as pattern and index of its first word; None if there is none."""
        cdef Py_ssize_t index, start, first = 0, count = len(words)
        cdef list found = None, hits = None
        cdef PyObject *candidates
        cdef object entry, pattern  # named tuples: no `tuple` to Cython, but read like one
        while first < count and is_decimal(<str>words[first]):
            first += 1
        if first == count:
            return None
        candidates = self.candidates(<PyObject *>words[first])
        if candidates != NULL and (<Candidates>candidates).is_first:
            found = self.find_at_start(words, (<Candidates>candidates).at_start)
        for index in range(count):
            candidates = self.candidates(<PyObject *>words[index])
            if candidates == NULL or (<Candidates>candidates).inside is None:
                continue
            for entry in (<Candidates>candidates).inside:
                pattern, start = (<tuple>entry)[PATTERN], index - <Py_ssize_t>(<tuple>entry)[OFFSET]
                if start >= 0 and starts_at(pattern, words, start):
                    if hits is None:
                        hits = []
                    hits.append((start, (<tuple>entry)[RANK], pattern))
        if hits is None:
            return found
        if len(hits) > 1:
            hits.sort()  # ranks differ: no two patterns are ever compared
        return joined(found, [(place[2], place[0]) for place in hits])

    cdef list find_at_start(self, list words, list entries):
        """The patterns that start a block or are the whole of it."""
        cdef list found = None, hits = None, letters = []
        cdef Py_ssize_t count
        cdef bint fits
        cdef object entry, pattern
        for word in words:
            if not is_decimal(<str>word):
                letters.append(word)
                if len(letters) == self.letter_limit:
                    break
        count = len(letters)
        if count <= self.max_whole_words:
            key = tuple(letters)
            for index in self.indexes:
                patterns = (<Index>index).whole.get(key)
                if patterns is not None:
                    found = joined(found, [(pattern, 0) for pattern in patterns])
        for entry in entries if entries is not None else ():
            pattern = (<tuple>entry)[PATTERN]
            fits = <str>(<tuple>pattern)[KIND] == "starts" or len(<tuple>(<tuple>pattern)[WORDS]) == count
            if fits and starts_at(pattern, letters, 0):
                if hits is None:
                    hits = []
                hits.append(((<tuple>entry)[RANK], pattern))
        if hits is None:
            return found
        if len(hits) > 1:
            hits.sort()
        return joined(found, [(place[1], 0) for place in hits])


cdef Candidates candidates_of(list at_start, list inside):
    """Candidates of these entries."""
    cdef Candidates found = Candidates()
    found.at_start, found.inside, found.is_first = at_start, inside, bool(at_start)
    return found


cdef Candidates together(Candidates first, Candidates second):
    """The candidates of two lexicons as one, either of which may be None."""
    cdef Candidates both
    if first is None or second is None:
        return second if first is None else first
    both = candidates_of(joined(first.at_start, second.at_start), joined(first.inside, second.inside))
    both.is_first = first.is_first or second.is_first
    return both


cdef inline uint32_t after_letter(uint32_t hashed, Py_UCS4 letter) noexcept:
    """A number for some letters, from that of those before the last."""
    return (hashed + <uint32_t>letter + 1) * HASH_FACTOR


cdef inline uint32_t stem_place(uint32_t hashed) noexcept:
    """Where the number of some letters stands in the filter of stems."""
    return hashed >> (32 - STEM_BITS)


cdef inline uint32_t look_of(str text):
    """What can be told of a text, not an empty one, at a glance: its length, its first, middle and last character."""
    cdef int kind = PyUnicode_KIND(text)
    cdef void *data = PyUnicode_DATA(text)
    cdef uint32_t length = len(text), look = PyUnicode_READ(kind, data, 0)
    look ^= <uint32_t>PyUnicode_READ(kind, data, length >> 1) << 8
    look ^= <uint32_t>PyUnicode_READ(kind, data, length - 1) << 16 ^ length << 24
    return look * HASH_FACTOR >> (32 - LOOK_BITS)


cdef inline bint is_decimal(str word):
    cdef Py_UCS4 first = PyUnicode_READ(PyUnicode_KIND(word), PyUnicode_DATA(word), 0)
    if first < ASCII_END and not u"0" <= first <= u"9":
        return False
    return word.isdecimal()


cdef list joined(list first, list second):
    """Two lists as one, either of which may be None."""
    if not first:
        return second
    return first + second if second else first


cdef list stemmed(list entries, str word):
    """Those of the entries whose word, without its star, begins a word; None if there is none."""
    cdef list found = None
    cdef object entry
    cdef tuple wanted
    for entry in entries or ():
        wanted = <tuple>(<tuple>(<tuple>entry)[PATTERN])[WORDS]
        if word.startswith(<str>wanted[<Py_ssize_t>(<tuple>entry)[OFFSET]]):
            if found is None:
                found = []
            found.append(entry)
    return found


cdef bint starts_at(object pattern, list words, Py_ssize_t start):
    """Whether all words of a pattern stand at a place."""
    cdef tuple wanted = <tuple>(<tuple>pattern)[WORDS]
    cdef Py_ssize_t index, count = len(wanted)
    if start + count > len(words):
        return False
    for index in range(count):
        if <str>words[start + index] != <str>wanted[index] and not (
            (<tuple>(<tuple>pattern)[IS_STEM])[index] and (<str>words[start + index]).startswith(<str>wanted[index])
        ):
            return False
    return True


def find_hits(list texts, list searches, Py_ssize_t max_words, hit_class):
    """Finds phrases in the blocks of a page.

    Args:
        texts: The casefolded words of each block.
        searches: Lists of Index; the phrases of each list are sorted among themselves.
        max_words: Words of a block that are searched.
        hit_class: `lexicon.PhraseHit`.

    Returns:
        The hits by role section, in block order.
    """
    cdef list prepared = [Search(indexes) for indexes in searches]
    cdef dict hits = {}
    cdef Py_ssize_t block
    cdef list words, found
    cdef object pattern
    for block in range(len(texts)):
        words = texts[block]
        if not words:
            continue
        if len(words) > max_words:
            words = words[:max_words]
        found = None
        for search in prepared:
            found = joined(found, (<Search>search).find(words))
        if found is None:
            continue
        for place in found:
            pattern = (<tuple>place)[0]
            section = (<tuple>pattern)[SECTION]
            own = hits.get(section)
            if own is None:
                own = hits[section] = []
            (<list>own).append(new_tuple(hit_class, (block, pattern, (<tuple>place)[1])))
    return hits
