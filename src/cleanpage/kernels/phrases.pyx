# cython: boundscheck=False, wraparound=False
"""Phrases found word by word; stands in for `lexicon.Search`."""

from cpython.object cimport PyObject
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_KIND, PyUnicode_READ
from libc.stdint cimport uint32_t, uintptr_t

cdef enum:
    FILTER_SIZE = 1 << 12
    HASH_FACTOR = 0x9E3779B1  # 2 ** 32 divided by the golden ratio: spreads neighbouring addresses
    HASH_SHIFT = 20
    SLOT_COUNT = 1 << 12  # strings whose candidates are kept; a page has some 700 different words
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

cdef struct Slot:
    PyObject *word  # borrowed: the texts hold their words
    PyObject *candidates  # borrowed from `kept`; NULL for none


cdef class Candidates:
    """The phrases that may stand where a word does.

    Attributes:
        at_start: Entries of phrases that start a block with it, or are the whole of it.
        inside: Entries of phrases that may stand anywhere.
        is_first: Whether a phrase begins with it that starts a block or is the whole of it.
    """

    cdef list at_start, inside
    cdef bint is_first


cdef class Search:
    """The phrases of some lexicons in the texts of a page.

    What the words of the page may belong to is looked up once for each of them.
    """

    cdef list lexicons, indexed, at_start_words, inside_words, at_start_stems, inside_stems, whole_firsts, whole
    cdef Py_ssize_t stem_length, max_whole_words
    cdef Py_ssize_t letter_limit
    cdef list kept
    cdef Slot slots[SLOT_COUNT]
    cdef unsigned char has_stem[FILTER_SIZE]

    def __cinit__(self, list lexicons, Py_ssize_t stem_length):
        self.lexicons = lexicons
        self.indexed = [lexicon.indexed for lexicon in lexicons]
        self.at_start_words = [lexicon.at_start.by_word for lexicon in lexicons]
        self.inside_words = [lexicon.inside.by_word for lexicon in lexicons]
        self.at_start_stems = [lexicon.at_start.by_stem for lexicon in lexicons]
        self.inside_stems = [lexicon.inside.by_stem for lexicon in lexicons]
        self.whole_firsts = [lexicon.whole_firsts for lexicon in lexicons]
        self.whole = [lexicon.whole for lexicon in lexicons]
        self.max_whole_words = max([lexicon.max_whole_words for lexicon in lexicons], default=0)
        self.stem_length = stem_length
        # One letter more than the longest phrase tells that a block is none.
        self.letter_limit = max([lexicon.max_start_words for lexicon in lexicons], default=0) + 1
        self.kept = []
        for lexicon in lexicons:
            for stem in lexicon.stems:
                self.has_stem[filter_place(stem)] = True

    cdef PyObject *candidates(self, PyObject *word) except? NULL:
        """What a word may belong to; NULL for nothing.

        The same string is looked up once, if there is room for it. Equal words are mostly the same string.
        """
        cdef uint32_t place = <uint32_t>(<uintptr_t>word >> 4) * HASH_FACTOR >> HASH_SHIFT
        cdef Slot *slot = NULL
        cdef int probe
        for probe in range(MAX_PROBES):
            slot = &self.slots[(place + probe) & (SLOT_COUNT - 1)]
            if slot.word == word:
                return slot.candidates
            if slot.word == NULL:
                break
        else:
            slot = NULL
        found = self.look_up(<str>word)
        if found is not None:
            self.kept.append(found)
        if slot != NULL:
            slot.word, slot.candidates = word, NULL if found is None else <PyObject *>found
        return NULL if found is None else <PyObject *>found

    cdef Candidates look_up(self, str word):
        cdef Candidates found = None
        cdef Py_ssize_t index
        for index in range(len(self.lexicons)):
            if word in <frozenset>self.indexed[index]:
                found = found or Candidates()
                found.at_start = joined(found.at_start, (<dict>self.at_start_words[index]).get(word))
                found.inside = joined(found.inside, (<dict>self.inside_words[index]).get(word))
                found.is_first = found.is_first or word in <frozenset>self.whole_firsts[index]
        if len(word) >= self.stem_length and self.has_stem[filter_place(word)]:
            stem = word[: self.stem_length]
            for index in range(len(self.lexicons)):
                at_start = stemmed((<dict>self.at_start_stems[index]).get(stem), word)
                inside = stemmed((<dict>self.inside_stems[index]).get(stem), word)
                if at_start or inside:
                    found = found or Candidates()
                    found.at_start = joined(found.at_start, at_start)
                    found.inside = joined(found.inside, inside)
        if found is not None and found.at_start:
            found.is_first = True
        return found

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
            for whole in self.whole:
                patterns = (<dict>whole).get(key)
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


cdef inline Py_ssize_t filter_place(str text):
    """Where the first two characters of a text stand in a filter."""
    cdef int kind = PyUnicode_KIND(text)
    cdef void *data = PyUnicode_DATA(text)
    cdef unsigned int first = PyUnicode_READ(kind, data, 0), second = PyUnicode_READ(kind, data, 1)
    return (61 * first + second) % FILTER_SIZE


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


def find_hits(list texts, list searches, Py_ssize_t max_words, Py_ssize_t stem_length, hit_class):
    """Finds phrases in the blocks of a page.

    Args:
        texts: The casefolded words of each block; blocks of the same text share one list.
        searches: Lists of lexicons; the phrases of each list are sorted among themselves.
        max_words: Words of a block that are searched.
        stem_length: Characters of a starred word that index it.
        hit_class: `lexicon.PhraseHit`.

    Returns:
        The hits by role section, in block order.
    """
    cdef list prepared = [Search(lexicons, stem_length) for lexicons in searches]
    cdef dict known = {}, hits = {}
    cdef Py_ssize_t block
    cdef list words, found
    cdef object pattern
    for block in range(len(texts)):
        words = texts[block]
        if not words:
            continue
        key = <size_t><PyObject *>words
        if key in known:
            found = known[key]
        else:
            found = None
            if len(words) > max_words:
                words = words[:max_words]
            for search in prepared:
                found = joined(found, (<Search>search).find(words))
            known[key] = found
        for place in found or ():
            pattern = (<tuple>place)[0]
            section = (<tuple>pattern)[SECTION]
            own = hits.get(section)
            if own is None:
                own = hits[section] = []
            (<list>own).append(new_tuple(hit_class, (block, pattern, (<tuple>place)[1])))
    return hits
