# cython: boundscheck=False, wraparound=False
"""What markup says, read from the columns of a page; stands in for functions of `detectors.evidence` and of
`detectors.base`."""

from cpython.ref cimport Py_INCREF, PyTypeObject
from libc.stdint cimport uintptr_t

from cleanpage.kernels.links cimport LinkTable
from cleanpage.kernels.names cimport MAX_ROLES, NameTable, place_of

from cleanpage.page import Signal
from cleanpage.roles import ROLES

cdef extern from "Python.h":
    object PyType_GenericAlloc(PyTypeObject *type, Py_ssize_t length)
    void PyTuple_SET_ITEM(object row, Py_ssize_t place, object value)

cdef enum:
    SEEN_SLOTS = 256

cdef tuple ROLE_TUPLE = ROLES
cdef object TEXT = ROLES[2]


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
