# cython: boundscheck=False, wraparound=False
"""What markup says, read from the columns of a page; stands in for functions of `detectors.evidence` and of
`detectors.base`."""

from cpython.mem cimport PyMem_Calloc, PyMem_Free
from cpython.ref cimport Py_INCREF, PyObject, PyTypeObject
from libc.stdint cimport UINT16_MAX, uint8_t, uint16_t, uint32_t, uint64_t, uintptr_t
from libc.string cimport memchr, memcmp, strchr

from cleanpage.markup import name_clues
from cleanpage.page import Signal
from cleanpage.roles import ROLES

cdef extern from "Python.h":
    bint PyUnicode_IS_ASCII(object text)
    const unsigned char *PyUnicode_1BYTE_DATA(object text)
    object PyType_GenericAlloc(PyTypeObject *type, Py_ssize_t length)
    const char *PyBytes_AS_STRING(object text) nogil
    PyObject *PyList_GET_ITEM(object row, Py_ssize_t place)
    void PyTuple_SET_ITEM(object row, Py_ssize_t place, object value)

cdef enum:
    MAX_ROLES = 32
    MAX_NAME_CHARS = 200
    MAX_PARTS = 40
    MAX_LINK_CHARS = 400
    MAX_SCHEME_CHARS = 16  # markup.split_href
    MAX_LINK_STEPS = 3  # markup.MAX_STEPS
    MAX_LINK_PARTS = 3  # markup.MAX_STEP_PARTS
    MAX_JOINED = 3  # markup.MAX_NAME_PARTS
    MIN_AFTER_DIGIT = 3  # in markup.NAME_PART
    SEEN_SLOTS = 256

cdef uint64_t HASH_FACTOR = 0x9E3779B97F4A7C15ULL
"""2⁶⁴ divided by the golden ratio, which spreads what it is multiplied with (Knuth, The Art of Computer Programming 3,
6.4)."""

cdef str NUMBER_CHARS = "0123456789-_"
cdef tuple ROLE_TUPLE = ROLES
cdef object TEXT = ROLES[2]


cdef struct Entry:
    uint32_t start
    uint16_t length

cdef struct Meaning:
    uint16_t first_clue
    uint8_t clue_count
    uint8_t starts
    uint8_t is_state

cdef struct Told:
    double weight
    uint8_t role

cdef struct Strongest:
    Py_ssize_t count
    Py_ssize_t roles[MAX_ROLES]
    double weights[MAX_ROLES]
    PyObject *clues[MAX_ROLES]

cdef struct Parts:
    Py_ssize_t count
    Py_ssize_t starts[MAX_PARTS + 1]
    unsigned char text[MAX_NAME_CHARS]


cdef class TextTable:
    """ASCII texts in a hash table that is small enough to stay in the cache: what is found in it is faster worked out
    than remembered."""

    cdef bytes text
    cdef Entry *entries
    cdef uint16_t *places
    cdef uint32_t mask
    cdef list keys

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
        return self.places[self.slot_of(text, length)]


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

    cdef TextTable texts
    cdef Meaning *meanings
    cdef Told *told
    cdef list clues

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


cdef struct Span:
    const unsigned char *text
    Py_ssize_t length


cdef class LinkTable:
    """The entries of markup.toml for links: tells which links say nothing, and most say nothing."""

    cdef TextTable schemes
    cdef TextTable sites
    cdef TextTable paths
    cdef TextTable queries
    cdef TextTable anchors

    def __cinit__(self, vocabulary):
        """Takes the tables."""
        links = vocabulary.links
        self.schemes, self.paths = TextTable(("mailto", *links["schemes"])), TextTable(links["paths"])
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


cdef class Found:
    """What is found on one page: its findings by role, and what was seen before."""

    cdef list by_role
    cdef list kept
    cdef void *seen[SEEN_SLOTS]
    cdef void *told[SEEN_SLOTS]
    cdef Py_ssize_t cover_ends[MAX_ROLES]
    cdef double cover_weights[MAX_ROLES]

    def __cinit__(self):
        cdef Py_ssize_t place
        self.by_role = [None] * len(ROLE_TUPLE)
        self.kept = []
        for place in range(SEEN_SLOTS):
            self.seen[place] = NULL
        for place in range(MAX_ROLES):
            self.cover_ends[place] = 0
            self.cover_weights[place] = 0.0

    cdef tuple clues_of(self, NameTable known, tuple names):
        """What names say together; a page shares one tuple among elements with the same names."""
        cdef Py_ssize_t place = (<uintptr_t><void *>names >> 4) % SEEN_SLOTS
        if self.seen[place] is <void *>names:
            return <tuple>self.told[place]
        cdef tuple clues = known.clues_of(names)
        self.kept.append(clues)
        self.seen[place], self.told[place] = <void *>names, <void *>clues
        return clues

    cdef int add(self, Py_ssize_t place, object first, object end, double weight, object clue) except -1:
        """Adds a finding for the role at a place in ROLES."""
        cdef list findings
        found = self.by_role[place]
        if found is None:
            found = self.by_role[place] = []
        findings = <list>found
        findings.append((first, end, weight, (<tuple>clue)[2], (<tuple>clue)[3]))
        return 0

    cdef dict roles(self):
        """The findings for each role that has some."""
        cdef Py_ssize_t place
        return {ROLE_TUPLE[place]: self.by_role[place] for place in range(len(ROLE_TUPLE)) if self.by_role[place]}


cdef inline Py_ssize_t place_of(object role) except -1:
    """The place of a role in ROLES."""
    cdef Py_ssize_t place
    for place in range(len(ROLE_TUPLE)):
        if ROLE_TUPLE[place] is role:
            return place
    raise ValueError(role)


cdef class MarkupReader:
    """Reads the markup of pages as `evidence.read_nodes` and `evidence.read_blocks` do."""

    cdef NameTable known
    cdef LinkTable links
    cdef dict tags
    cdef dict inline_tags
    cdef frozenset telling
    cdef object attribute_clues
    cdef object field_clue
    cdef object link_clues
    cdef object links_clues
    cdef double max_prose_share
    cdef double min_prose_words
    cdef double fade_words
    cdef double span_factor
    cdef double text_span_factor
    cdef Py_ssize_t short_chars

    def __init__(self, vocabulary, frozenset telling, calls, numbers):
        """Takes what does not change from page to page.

        Args:
            vocabulary: The tables of markup.toml.
            telling: TELLING_ATTRIBUTES.
            calls: The functions of evidence that read attributes, form fields, one link, and several links.
            numbers: MAX_PROSE_SHARE, MIN_PROSE_WORDS, PROSE_FADE_WORDS, SPAN_FACTOR, TEXT_SPAN_FACTOR, SHORT_TEXT_CHARS.
        """
        self.known, self.links = NameTable(vocabulary), LinkTable(vocabulary)
        self.tags, self.inline_tags = vocabulary.tags["tags"], vocabulary.tags["inline_tags"]
        self.telling = telling
        self.attribute_clues, self.field_clue, self.link_clues, self.links_clues = calls
        self.max_prose_share, self.min_prose_words, self.fade_words = numbers[:3]
        self.span_factor, self.text_span_factor, self.short_chars = numbers[3:]

    def read(self, page, list prose_before, str own_site):
        """The findings for each role that has some.

        Args:
            page: The page.
            prose_before: For each block (and the page's end) the words of running text before it.
            own_site: The site that the page is from.
        """
        cdef Found found = Found()
        self.read_nodes(found, page.node_table, prose_before)
        self.read_blocks(found, page, own_site)
        return found.roles()

    cdef int read_nodes(self, Found found, nodes, list prose_before) except -1:
        cdef list tags = nodes.tags, names = nodes.names, all_attributes = nodes.attributes
        cdef list firsts = nodes.first_blocks, ends = nodes.end_blocks
        cdef double total = max(<Py_ssize_t>prose_before[len(prose_before) - 1], 1)
        cdef Py_ssize_t row
        cdef dict attributes
        cdef tuple clues
        for row in range(len(tags)):
            attributes = <dict>all_attributes[row]
            if <Py_ssize_t>firsts[row] == <Py_ssize_t>ends[row]:
                if attributes and "type" in attributes and <str>tags[row] == "input":
                    field = self.field_clue(nodes, row)
                    if field is not None:
                        clue, form = field
                        self.tell(found, (clue,), firsts[form], ends[form], prose_before, total)
                continue
            names_of = <tuple>names[row]
            clues = found.clues_of(self.known, <tuple>names_of) if names_of else ()
            if attributes and self.is_telling(attributes):
                told = self.attribute_clues(attributes)
                if told:
                    clues = (*told, *clues)
            told = self.tags.get(tags[row])
            if told is not None:
                clues = (told, *clues)
            if clues and <str>tags[row] != "body" and <str>tags[row] != "html":
                self.tell(found, clues, firsts[row], ends[row], prose_before, total)
        return 0

    cdef bint is_telling(self, dict attributes) except -1:
        for name in attributes:
            if name in self.telling:
                return True
        return False

    cdef int tell(self, Found found, tuple clues, first_block, end_block, list prose_before, double total) except -1:
        """Adds what the clues of one element say about its blocks."""
        cdef Py_ssize_t first = first_block, end = end_block, place
        cdef double prose = <Py_ssize_t>prose_before[end] - <Py_ssize_t>prose_before[first]
        cdef bint protects = prose > self.max_prose_share * total and prose > self.min_prose_words, is_text
        cdef double fade = self.fade_words / (self.fade_words + prose), weight
        for clue in clues:
            role = (<tuple>clue)[0]
            is_text = role is TEXT
            if protects and not is_text:
                continue
            weight = (<tuple>clue)[1]
            if not is_text:
                weight *= fade
            place = place_of(role)
            if first < found.cover_ends[place] and weight <= found.cover_weights[place]:
                continue
            found.cover_ends[place], found.cover_weights[place] = end, weight
            if end > first + 1:
                weight *= self.text_span_factor if is_text else self.span_factor
            found.add(place, first_block, end_block, weight, clue)
        return 0

    cdef int read_blocks(self, Found found, page, str own_site) except -1:
        cdef list texts = page.texts, names = page.inline_names, all_tags = page.inline_tags
        cdef list all_hrefs = page.hrefs, link_char_counts = page.link_char_counts
        cdef Py_ssize_t block, link_chars
        cdef tuple tags, hrefs
        cdef double length, fade, share
        for block in range(len(texts)):
            tags, hrefs = <tuple>all_tags[block], <tuple>all_hrefs[block]
            if not tags and not hrefs:
                continue
            length = len(<str>texts[block])
            fade = 1.0 if length <= self.short_chars else self.short_chars / length
            names_of = <tuple>names[block]
            if names_of:
                for clue in found.clues_of(self.known, <tuple>names_of):
                    self.add_block(found, block, fade, clue)
            for tag in tags:
                clue = self.inline_tags.get(tag)
                if clue is not None:
                    self.add_block(found, block, fade, clue)
            if not hrefs:
                continue
            link_chars = link_char_counts[block]
            share = min(1.0, link_chars / length) if link_chars else fade
            if not self.may_tell(hrefs):
                continue
            if len(hrefs) == 1:
                linked = self.link_clues(hrefs[0])
            else:
                linked, share = self.links_clues(hrefs, own_site, share), 1.0
            for clue in linked:
                if <str>(<tuple>clue)[3] != own_site:
                    self.add_block(found, block, share, clue)
        return 0

    cdef bint may_tell(self, tuple hrefs) except -1:
        for href in hrefs:
            if self.links.may_tell(<str>href):
                return True
        return False

    cdef int add_block(self, Found found, Py_ssize_t block, double factor, object clue) except -1:
        found.add(place_of((<tuple>clue)[0]), block, block + 1, <double>(<tuple>clue)[1] * factor, clue)
        return 0


REASONS: dict[str, dict[str, dict[str, str]]] = {}
"""The reasons that markup gave, by detector, evidence and detail: as many as there are entries in the tables."""


def markup_signals(list findings, str detector, role, double factor):
    """Signals for what was found for a role; see `detectors.base.markup_signals`."""
    cdef dict known = REASONS.setdefault(detector, {}), by_detail
    cdef list signals = []
    cdef tuple finding
    for found in findings:
        finding = <tuple>found
        evidence, detail = finding[3], finding[4]
        by_detail = <dict>known.get(evidence)
        if by_detail is None:
            by_detail = known[evidence] = {}
        reason = by_detail.get(detail)
        if reason is None:
            reason = by_detail[detail] = f"{detector}.{evidence}:{detail}"
        signals.append(make_signal(finding[0], role, <double>finding[2] * factor, reason, finding[1]))
    return signals


cdef inline object make_signal(block, role, weight, reason, end):
    """A Signal of all its fields, made as the constructor of tuple makes it."""
    signal = PyType_GenericAlloc(<PyTypeObject *>Signal, 5)
    set_item(signal, 0, block)
    set_item(signal, 1, role)
    set_item(signal, 2, weight)
    set_item(signal, 3, reason)
    set_item(signal, 4, end)
    return signal


cdef inline void set_item(object row, Py_ssize_t place, object value) noexcept:
    Py_INCREF(value)
    PyTuple_SET_ITEM(row, place, value)


def prose_word_counts(page, Py_ssize_t least, Py_ssize_t enough, double link_density, frozenset ends, heading):
    """The words of each block that is running text; see `detectors.evidence.prose_word_counts`."""
    cdef list texts = page.texts, counts = page.word_counts, link_char_counts = page.link_char_counts, kinds = page.kinds
    cdef list found = [0] * len(texts)
    cdef Py_ssize_t block, count
    cdef str text
    for block in range(len(texts)):
        count = counts[block]
        if count < least or kinds[block] is heading:
            continue
        text = texts[block]
        if <Py_ssize_t>link_char_counts[block] > link_density * <double>len(text):
            continue
        if count >= enough or text[len(text) - 1] in ends or ". " in text:
            found[block] = counts[block]
    return found
