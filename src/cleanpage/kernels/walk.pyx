# cython: boundscheck=False, wraparound=False, nonecheck=False, initializedcheck=False
"""The pass over a tree, on libxml2's nodes in place; stands in for `walk.Walk`, which explains what is done and why.

lxml makes an object for each element that it is asked for, and a string for each of its names, values and texts: four
fifths of the time of a page. Here a string is made when a column takes it, and text is gathered and folded as UTF-8.

While nodes are held no code in Python runs, so no other thread can change the tree in between.

The module is longer than others, since what `walk.Walk` and `blocks.BlockWriter` do is one class here: opening and closing
an element changes the block at hand, the block's links and tags come from the open elements, and both run for every node,
where calls from module to module, which no compiler inlines, would tell.
"""

from cpython.ref cimport PyObject
from cpython.unicode cimport PyUnicode_DecodeUTF8
from libc.stdlib cimport free, realloc
from libc.string cimport memcmp, memcpy, memset, strcmp, strlen
from lxml.includes.tree cimport (
    XML_COMMENT_NODE,
    XML_ELEMENT_NODE,
    XML_ENTITY_REF_NODE,
    XML_PI_NODE,
    xmlAttr,
    xmlNode,
)

from cleanpage.kernels.head cimport HeadReader
from cleanpage.kernels.nodes cimport joined, node_of, require_layout, text_node, value_of
from cleanpage.kernels.utf8 cimport decoded, is_ascii, is_white, is_word, space_size, stripped_length

from cleanpage import blocks, tags, walk
from cleanpage.blocks import FullError
from cleanpage.head import empty_head
from cleanpage.page import NodeTable, Page
from cleanpage.roles import Kind
from cleanpage.visibility import HIDDEN_STYLE, is_revealed

require_layout()

cdef extern from "Python.h":
    str PyUnicode_New(Py_ssize_t size, Py_UCS4 largest)
    unsigned char* PyUnicode_1BYTE_DATA(object text)


ctypedef struct Tag:
    # What a tag says, and how often it was met.
    PyObject* name
    PyObject* kind  # NULL hands on the parent's
    int action
    int level  # INHERITED hands on the parent's
    int level_step
    bint is_field
    int owner  # the open element whose children are counted
    int count  # its children of this tag so far
    Py_ssize_t block  # the last block that had it inside

ctypedef struct Counted:
    # What a tag had counted before another element's children were.
    int tag
    int owner
    int count

ctypedef struct Place:
    # A row of the node table while its element is open; see blocks.Node.
    PyObject* kind
    int row
    int level
    int depth

ctypedef struct Frame:
    # An open element; see walk.Frame.
    xmlNode* node
    xmlNode* uncounted  # the first child whose position has not been asked for
    Place outer
    int row
    int tag
    bint is_inline
    int counted_start

ctypedef struct Inline:
    # An inline element; see blocks.Inline.
    PyObject* names
    int tag

ctypedef struct Link:
    # The target of a link, and the same as a str, NULL until a block has it.
    const char* target
    PyObject* href

ctypedef struct Attributes:
    # The attributes of an element that the pass asks for; NULL where absent.
    xmlAttr* classes
    xmlAttr* id
    xmlAttr* style
    xmlAttr* href
    xmlAttr* rel
    xmlAttr* aria_hidden
    xmlAttr* role
    bint is_labelled
    bint is_hidden
    bint has_kept

ctypedef struct TagSlot:
    const void* name
    const void* namespace
    int tag

ctypedef struct CodeSlot:
    const void* name
    int code

ctypedef struct NamesSlot:
    const char* classes
    size_t size
    PyObject* names

ctypedef struct Stack:
    # An array that grows.
    void* items
    Py_ssize_t count
    Py_ssize_t room

cdef enum:
    SLOT_COUNT = 256
    INHERITED = -1
    NOBODY = -1
    # what attributes are asked for; above KEPT the row in KEPT_NAMES
    OTHER = 0
    CLASS = 1
    ID = 2
    HIDDEN = 3
    STYLE = 4
    HREF = 5
    REL = 6
    ARIA_HIDDEN = 7
    LABELLED = 8
    ROLE = 9
    KEPT = 10
    # the last piece of a block that is not white space
    NOTHING = 0
    LINE_END = 1
    WORDS = 2

cdef int BLOCK = tags.BLOCK, INLINE_ELEMENT = tags.INLINE_ELEMENT, IMAGE = tags.IMAGE
cdef int NOT_SHOWN = tags.NOT_SHOWN, NO_SCRIPT = tags.NO_SCRIPT, ANNOTATION = tags.ANNOTATION
cdef int NO_NODE = walk.NO_NODE, TOO_DEEP = walk.TOO_DEEP, MAX_NODE_DEPTH = walk.MAX_NODE_DEPTH
cdef int MAX_NAMES = walk.MAX_NAMES, MAX_INLINE_DEPTH = blocks.MAX_INLINE_DEPTH
cdef object CODE = Kind.CODE, PARAGRAPH = Kind.PARAGRAPH
cdef dict NO_ATTRIBUTES = walk.NO_ATTRIBUTES

cdef list KNOWN_RULES = list(tags.RULES.values())
cdef dict KNOWN_TAGS = {tag: row for row, tag in enumerate(tags.RULES)}
cdef int LINK = KNOWN_TAGS["a"], BODY = KNOWN_TAGS["body"], NOSCRIPT = KNOWN_TAGS["noscript"], DIV = KNOWN_TAGS["div"]

cdef list KEPT_NAMES = sorted(walk.ATTRIBUTES)
cdef dict CODES = {b"class": CLASS, b"id": ID, b"hidden": HIDDEN, b"style": STYLE, b"href": HREF, b"rel": REL}
CODES |= {b"aria-hidden": ARIA_HIDDEN, b"aria-labelledby": LABELLED, b"role": ROLE}
for row, name in enumerate(KEPT_NAMES):
    CODES[name.encode()] = CODES.get(name.encode(), OTHER) + KEPT * (row + 1)


cdef int reserve(Stack* stack, size_t size, Py_ssize_t count) except -1:
    """Makes room for more items of a size on a stack."""
    cdef Py_ssize_t room
    cdef void* items
    if stack.count + count > stack.room:
        room = max(2 * stack.room, stack.count + count, 64)
        items = realloc(stack.items, room * size)
        if items is NULL:
            raise MemoryError
        stack.items, stack.room = items, room
    return 0


cdef inline void* pushed(Stack* stack, size_t size) except NULL:
    """The place of a new item on a stack."""
    if stack.count == stack.room:
        reserve(stack, size, 1)
    stack.count += 1
    return <char*>stack.items + (stack.count - 1) * size


cdef Tag unknown_tag(str name):
    """What is true of tags that have no rule: they are block-level. The name has to be kept alive."""
    return Tag(
        name=<PyObject*>name,
        kind=NULL,
        action=BLOCK,
        level=INHERITED,
        level_step=0,
        is_field=False,
        owner=NOBODY,
        count=0,
        block=-1,
    )


cdef Tag tag_of_rule(rule):
    """What a rule says about a tag. The rule has to be kept alive."""
    cdef Tag tag = unknown_tag(rule.tag)
    cdef object kind = rule.kind
    if kind is not None:
        tag.kind = <PyObject*>kind
    if rule.level is not None:
        tag.level = rule.level
    tag.action, tag.level_step, tag.is_field = rule.action, rule.level_step, rule.is_field
    return tag


cdef Stack KNOWN
memset(&KNOWN, 0, sizeof(Stack))
for rule in KNOWN_RULES:
    (<Tag*>pushed(&KNOWN, sizeof(Tag)))[0] = tag_of_rule(rule)


cdef int add_tokens(list into, const char* value, str prefix, Py_ssize_t limit) except -1:
    """Adds the casefolded tokens of a value, each behind a prefix in ASCII, until so many are there."""
    cdef const unsigned char* at = <const unsigned char*>value
    cdef const unsigned char* start
    cdef unsigned char* data
    cdef Py_ssize_t place, before = len(prefix)
    cdef str token
    if not is_ascii(at):
        into += [prefix + word for word in decoded(value).casefold().split()][: limit - len(into)]
        return 0
    while len(into) < limit:
        while space_size(at):
            at += 1
        start = at
        while at[0] and not space_size(at):
            at += 1
        if at is start:
            return 0
        token = PyUnicode_New(before + (at - start), 127)
        data = PyUnicode_1BYTE_DATA(token)
        memcpy(data, PyUnicode_1BYTE_DATA(prefix), before)
        for place in range(at - start):
            data[before + place] = start[place] | 0x20 if c"A" <= start[place] <= c"Z" else start[place]
        into.append(token)
    return 0


cdef str text_of(xmlAttr* attribute):
    """The value of an attribute, '' where absent."""
    return "" if attribute is NULL else decoded(value_of(attribute))


cdef bint hides(const char* style) except -1:
    """Whether a style says that an element is not shown: what visibility.HIDDEN_STYLE finds."""
    cdef const unsigned char* at = <const unsigned char*>style
    cdef const unsigned char* after
    if not is_ascii(at):
        return HIDDEN_STYLE.search(decoded(style)) is not None
    while at[0]:
        if is_word(at, b"display"):
            after = at + 7
            while space_size(after):
                after += 1
            if after[0] == c":":
                after += 1
                while space_size(after):
                    after += 1
                if is_word(after, b"none"):
                    return True
        at += 1
    return False


cdef bint has_word(str text) noexcept:
    """Whether a text has a letter or digit."""
    cdef Py_UCS4 character
    for character in text:
        if character.isalnum():
            return True
    return False


cdef bint has_child(xmlNode* node) noexcept:
    """Whether an element has children besides text, comments among them."""
    cdef xmlNode* child = node.children
    while child is not NULL:
        if (
            child.type == XML_ELEMENT_NODE
            or child.type == XML_COMMENT_NODE
            or child.type == XML_ENTITY_REF_NODE
            or child.type == XML_PI_NODE
        ):
            return True
        child = child.next
    return False


cdef inline xmlNode* element_from(xmlNode* node) noexcept:
    """The first element among a node and those after it."""
    while node is not NULL and node.type != XML_ELEMENT_NODE:
        node = node.next
    return node


cdef inline xmlNode* element_before(xmlNode* node) noexcept:
    """The first element among a node and those before it."""
    while node is not NULL and node.type != XML_ELEMENT_NODE:
        node = node.prev
    return node


cdef bint holds_math(xmlNode* node) noexcept:
    """Whether an element, if there is one, is MathML, or its first child is."""
    if node is NULL:
        return False
    if not strcmp(<const char*>node.name, b"math"):
        return True
    node = element_from(node.children)
    return node is not NULL and not strcmp(<const char*>node.name, b"math")


cdef class Pass:
    """One pass over a tree; `walk.Walk` and `blocks.BlockWriter` in one."""

    cdef:
        # the columns
        list texts, kinds, levels, nodes, inline_names, inline_tags, link_char_counts, hrefs, image_counts, input_counts
        list tags, parents, depths, positions, names, attributes, first_blocks, end_blocks
        # what is kept alive, and what is remembered
        HeadReader head
        list held
        dict new_tags, class_names
        object block_count  # that of the blocks so far: rows of the node table share one number
        TagSlot tag_slots[SLOT_COUNT]
        CodeSlot code_slots[SLOT_COUNT]
        NamesSlot names_slots[SLOT_COUNT]
        Stack known, frames, counted, inline, open_inline, open_links, block_links, text, folded
        # the current block, its text in `text`
        int last_piece, image_count, input_count
        Py_ssize_t link_char_count
        # where the pass is
        Place place
        bint shows_hidden, has_hidden
        Py_ssize_t max_blocks

    def __cinit__(self, bint shows_hidden, Py_ssize_t max_blocks):
        self.texts, self.kinds, self.levels, self.nodes, self.inline_names = [], [], [], [], []
        self.inline_tags, self.link_char_counts, self.hrefs, self.image_counts, self.input_counts = [], [], [], [], []
        self.tags, self.parents, self.depths, self.positions = [], [], [], []
        self.names, self.attributes, self.first_blocks, self.end_blocks = [], [], [], []
        self.head, self.held, self.new_tags, self.class_names = HeadReader(), [], {}, {}
        self.block_count = 0
        self.shows_hidden, self.max_blocks = shows_hidden, max_blocks
        self.place = Place(kind=<PyObject*>PARAGRAPH, row=-1, level=0, depth=-1)
        reserve(&self.known, sizeof(Tag), KNOWN.count)
        memcpy(self.known.items, KNOWN.items, KNOWN.count * sizeof(Tag))
        self.known.count = KNOWN.count
        if shows_hidden:
            self.tag(NOSCRIPT)[0] = self.tag(DIV)[0]
            self.tag(NOSCRIPT).name = <PyObject*>KNOWN_RULES[NOSCRIPT].tag

    def __dealloc__(self):
        free(self.known.items)
        free(self.frames.items)
        free(self.counted.items)
        free(self.inline.items)
        free(self.open_inline.items)
        free(self.open_links.items)
        free(self.block_links.items)
        free(self.text.items)
        free(self.folded.items)

    cdef inline Tag* tag(self, int row) noexcept:
        return <Tag*>self.known.items + row

    cdef inline Frame* frame(self, Py_ssize_t row) noexcept:
        return <Frame*>self.frames.items + row

    # Elements and their names

    cdef int read_root(self, element, xmlNode* root) except -1:
        """Opens the root, whatever its tag, and reads what is inside."""
        cdef Attributes found
        rule = walk.root_rule(element)
        self.held.append(rule)
        (<Tag*>pushed(&self.known, sizeof(Tag)))[0] = tag_of_rule(rule)
        self.read_attributes(root, &found)
        self.head.read(root)
        self.open_block(root, self.known.count - 1, self.names_of(&found), self.kept(root, &found), 1)
        return self.read(root)

    cdef int read(self, xmlNode* root) except -1:
        """Reads the nodes below the root, and closes each element at its end."""
        cdef xmlNode* node = root.children
        self.add_text(node)
        while True:
            if node is NULL:
                if self.frames.count == 1:
                    return self.flush()
                node = self.close()
            elif node.type == XML_ELEMENT_NODE:
                node = self.read_element(node)
            else:
                if node.type == XML_COMMENT_NODE or node.type == XML_PI_NODE or node.type == XML_ENTITY_REF_NODE:
                    self.add_text(node.next)
                node = node.next

    cdef xmlNode* read_element(self, xmlNode* node) except? NULL:
        """Reads an element; returns the node to go on with, its first child where it is open now."""
        cdef Attributes found
        cdef int tag = self.tag_of(node)
        cdef int action = self.tag(tag).action
        if action == NOT_SHOWN or action == NO_SCRIPT or action == ANNOTATION:
            self.pass_over(node, tag)
            return node.next
        self.read_attributes(node, &found)
        if action > INLINE_ELEMENT:
            self.head.read_inside(node)
            if not self.is_passed_over(tag, &found):
                if action == IMAGE:
                    self.image_count += 1
                else:
                    self.break_line()
            self.add_text(node.next)
            return node.next
        if self.is_passed_over(tag, &found) or self.is_drawn_formula(node, &found):
            self.pass_over(node, tag)
            return node.next
        if action == BLOCK:
            self.head.read(node)
            self.open_block(node, tag, self.names_of(&found), self.kept(node, &found), 0)
        elif not self.read_inline(node, tag, &found):
            return node.next
        self.add_text(node.children)
        return node.children

    cdef int tag_of(self, xmlNode* node) except -1:
        """The row of an element's tag; an address of a name stands for one name as long as the tree is not changed."""
        cdef const void* namespace = NULL
        cdef size_t address = <size_t>node.name
        cdef TagSlot* slot = &self.tag_slots[(address >> 3 ^ address >> 11) % SLOT_COUNT]
        if node.ns is not NULL:
            namespace = node.ns.href
        if slot.name != node.name or slot.namespace != namespace:
            name = decoded(<const char*>node.name)
            if namespace is not NULL:
                name = name.rpartition("}")[2]
            slot.name, slot.namespace, slot.tag = node.name, namespace, self.tag_named(name)
        return slot.tag

    cdef int tag_named(self, str name) except -1:
        """The row of a tag, a new one for a name that was not met so far."""
        row = KNOWN_TAGS.get(name)
        if row is None:
            row = self.new_tags.get(name)
        if row is None:
            row = self.new_tags[name] = self.known.count
            (<Tag*>pushed(&self.known, sizeof(Tag)))[0] = unknown_tag(name)
        return row

    cdef int read_attributes(self, xmlNode* node, Attributes* found) except -1:
        """Finds the attributes of an element that the pass asks for."""
        cdef xmlAttr* attribute = node.properties
        cdef int code
        memset(found, 0, sizeof(Attributes))
        while attribute is not NULL:
            if attribute.ns is NULL:
                code = self.code_of(attribute)
                found.has_kept |= code >= KEPT
                code %= KEPT
                if code == CLASS:
                    found.classes = attribute
                elif code == ID:
                    found.id = attribute
                elif code == HIDDEN:
                    found.is_hidden = True
                elif code == STYLE:
                    found.style = attribute
                elif code == HREF:
                    found.href = attribute
                elif code == REL:
                    found.rel = attribute
                elif code == ARIA_HIDDEN:
                    found.aria_hidden = attribute
                elif code == LABELLED:
                    found.is_labelled = True
                elif code == ROLE:
                    found.role = attribute
            attribute = attribute.next
        return 0

    cdef inline int code_of(self, xmlAttr* attribute) except -1:
        """What attribute a name stands for, one of the numbers above."""
        cdef size_t address = <size_t>attribute.name
        cdef CodeSlot* slot = &self.code_slots[(address >> 3 ^ address >> 11) % SLOT_COUNT]
        if slot.name != attribute.name:
            slot.code = CODES.get(<bytes><const char*>attribute.name, OTHER)
            slot.name = attribute.name
        return slot.code

    cdef dict kept(self, xmlNode* node, Attributes* found):
        """The attributes of an element that detectors read."""
        cdef xmlAttr* attribute = node.properties
        cdef int code
        if not found.has_kept:
            return NO_ATTRIBUTES
        kept = {}
        while attribute is not NULL:
            code = self.code_of(attribute) if attribute.ns is NULL else OTHER
            if code >= KEPT:
                kept[KEPT_NAMES[code // KEPT - 1]] = decoded(value_of(attribute))
            attribute = attribute.next
        return kept

    cdef tuple names_of(self, Attributes* found):
        """Class and id tokens, kept alive."""
        cdef tuple names = ()
        cdef list tokens
        if found.classes is not NULL:
            names = self.names_of_classes(value_of(found.classes))
        if found.id is not NULL:
            tokens = list(names)
            add_tokens(tokens, value_of(found.id), "#", MAX_NAMES)
            names = tuple(tokens)
            self.held.append(names)
        return names

    cdef tuple names_of_classes(self, const char* classes):
        """Class tokens, remembered: most elements of a page share a few class attributes."""
        cdef size_t size = strlen(classes)
        cdef size_t mix = size * 31
        cdef NamesSlot* slot
        cdef list tokens
        if size:
            mix += <unsigned char>classes[0] * 7 + <unsigned char>classes[size // 2] * 13
            mix += <unsigned char>classes[size - 1] * 17
        slot = &self.names_slots[mix % SLOT_COUNT]
        if slot.names is NULL or slot.size != size or memcmp(slot.classes, classes, size):
            key = classes[:size]
            names = self.class_names.get(key)
            if names is None:
                tokens = []
                add_tokens(tokens, classes, "", MAX_NAMES)
                names = self.class_names[key] = tuple(tokens)
            slot.names, slot.size, slot.classes = <PyObject*>names, size, classes
        return <tuple>slot.names

    # What is shown

    cdef bint is_passed_over(self, int tag, Attributes* found) except -1:
        """Whether an element is to be passed over because it says that it is hidden."""
        if not found.is_hidden and found.style is NULL or tag == BODY:
            return False
        if not found.is_hidden and not hides(value_of(found.style)):
            return False
        if is_revealed(
            text_of(found.id), text_of(found.classes), text_of(found.role), is_labelled=bool(found.is_labelled)
        ):
            return False
        self.has_hidden = True
        return not self.shows_hidden

    cdef bint is_drawn_formula(self, xmlNode* node, Attributes* found) except -1:
        """Whether an element draws for the eye the formula that MathML beside it says."""
        if found.aria_hidden is NULL or strcmp(value_of(found.aria_hidden), b"true"):
            return False
        return holds_math(element_before(node.prev)) or holds_math(element_from(node.next))

    cdef int pass_over(self, xmlNode* node, int row) except -1:
        """Leaves out an element that shows nothing, but for what it says about the page."""
        cdef Tag* tag = self.tag(row)
        self.head.read_inside(node)
        if tag.is_field:
            self.input_count += 1
        if tag.action == NO_SCRIPT:
            self.has_hidden = True
        elif tag.action == BLOCK and not self.frame(self.frames.count - 1).is_inline:
            self.count(row, self.frames.count - 1)
        if tag.action != INLINE_ELEMENT and tag.action != ANNOTATION:
            self.end_block()
        return self.add_text(node.next)

    # Open elements

    cdef bint read_inline(self, xmlNode* node, int tag, Attributes* found) except -1:
        """Opens an inline element with others inside, reads one without whole; returns whether it is open."""
        cdef tuple names = self.names_of(found)
        cdef list tokens
        cdef const char* target = b""
        if tag == LINK:
            if found.href is not NULL:
                target = value_of(found.href)
            (<Link*>pushed(&self.open_links, sizeof(Link)))[0] = Link(target, NULL)
            if found.rel is not NULL:
                tokens = list(names)
                add_tokens(tokens, value_of(found.rel), "rel=", len(names) + MAX_NAMES)
                names = tuple(tokens)
                self.held.append(names)
        (<Inline*>pushed(&self.inline, sizeof(Inline)))[0] = Inline(<PyObject*>names, tag)
        if has_child(node):
            (<Inline*>pushed(&self.open_inline, sizeof(Inline)))[0] = Inline(<PyObject*>names, tag)
            self.push(node, tag, NO_NODE, True)
            return True
        self.add_text(node.children)
        if tag == LINK:
            self.open_links.count -= 1
        self.add_text(node.next)
        return False

    cdef int open_block(self, xmlNode* node, int row, tuple names, dict attributes, int position) except -1:
        """Ends the current block, and opens a block-level element; its position, unless it is given, is counted."""
        cdef Py_ssize_t parent = self.frames.count - 1
        cdef Place outer
        if self.tag(row).is_field:
            self.input_count += 1
        self.end_block()
        if not position:
            if not self.frame(parent).is_inline:
                position = self.count(row, parent)
            else:
                if self.frame(parent).row == NO_NODE:
                    self.open_inline_ancestors()
                position = self.position_of(node, parent)
        outer = self.place
        self.push(node, row, self.new_row(row, names, attributes, position), False)
        self.frame(parent + 1).outer = outer
        return 0

    cdef int push(self, xmlNode* node, int tag, int row, bint is_inline) except -1:
        """Puts an element among the open ones."""
        (<Frame*>pushed(&self.frames, sizeof(Frame)))[0] = Frame(
            node=node,
            uncounted=node.children,
            outer=self.place,
            row=row,
            tag=tag,
            is_inline=is_inline,
            counted_start=self.counted.count,
        )
        return 0

    cdef int new_row(self, int row, tuple names, dict attributes, int position) except? -9:
        """Adds a row to the node table, unless elements are nested too deep."""
        cdef Tag* tag = self.tag(row)
        cdef int depth = self.place.depth + 1
        if depth > MAX_NODE_DEPTH:
            return TOO_DEEP
        self.tags.append(<object>tag.name)
        self.parents.append(self.place.row)
        self.depths.append(depth)
        self.positions.append(position)
        self.names.append(names)
        self.attributes.append(attributes)
        self.first_blocks.append(self.block_count)
        self.end_blocks.append(-1)
        self.place.row = len(self.tags) - 1
        self.place.depth = depth
        self.place.level = self.place.level + tag.level_step if tag.level == INHERITED else tag.level
        if tag.kind is not NULL:
            self.place.kind = tag.kind
        return self.place.row

    cdef int open_inline_ancestors(self) except -1:
        """Gives inline elements that turn out to hold block-level ones a node, so that paths lead through them."""
        cdef Py_ssize_t at = self.frames.count
        cdef Attributes found
        cdef Frame* frame
        cdef Place outer
        cdef int position, row
        while self.frame(at - 1).row == NO_NODE:
            at -= 1
        while at < self.frames.count:
            frame = self.frame(at)
            position = self.position_of(frame.node, at - 1)
            self.read_attributes(frame.node, &found)
            outer = self.place
            row = self.new_row(frame.tag, self.names_of(&found), self.kept(frame.node, &found), position)
            frame.outer, frame.row, frame.counted_start = outer, row, self.counted.count
            at += 1
        return 0

    cdef int count(self, int row, int owner) except -1:
        """Counts one more child of a tag of the open element in a row of the frames; returns how many there are."""
        cdef Tag* tag = self.tag(row)
        if tag.owner != owner:
            (<Counted*>pushed(&self.counted, sizeof(Counted)))[0] = Counted(row, tag.owner, tag.count)
            tag.owner, tag.count = owner, 0
        tag.count += 1
        return tag.count

    cdef int position_of(self, xmlNode* child, int owner) except -1:
        """Position among siblings of the same tag, all of which are counted up to there.

        The block-level children of a block-level element have been counted as they were opened.
        """
        cdef xmlNode* node = self.frame(owner).uncounted
        cdef bint is_inline = self.frame(owner).is_inline
        cdef int row, position = 0
        self.frame(owner).uncounted = child.next
        while node is not child.next:
            if node.type == XML_ELEMENT_NODE:
                row = self.tag_of(node)
                if is_inline or self.tag(row).action != BLOCK:
                    position = self.count(row, owner)
            node = node.next
        return position

    cdef xmlNode* close(self) except? NULL:
        """Closes the innermost open element; returns the node after it."""
        cdef Frame* frame = self.frame(self.frames.count - 1)
        cdef Counted* counted
        self.frames.count -= 1
        while self.counted.count > frame.counted_start:
            self.counted.count -= 1
            counted = <Counted*>self.counted.items + self.counted.count
            self.tag(counted.tag).owner, self.tag(counted.tag).count = counted.owner, counted.count
        if frame.is_inline:
            self.open_inline.count -= 1
            if frame.tag == LINK:
                self.open_links.count -= 1
        else:
            self.end_block()
        if frame.row >= 0:
            self.end_blocks[frame.row] = self.block_count
            self.place = frame.outer
        self.add_text(frame.node.next)
        return frame.node.next

    # The current block

    cdef int add_text(self, xmlNode* node) except -1:
        """Adds the text that starts at a node, if one does, to the current block."""
        cdef xmlNode* first = text_node(node)
        cdef bytes text
        if first is NULL:
            return 0
        if text_node(first.next) is NULL:
            return self.add(<const char*>first.content)
        text = joined(first)
        return self.add(text)

    cdef int add(self, const char* text) except -1:
        """Adds a text to the current block; white space at its start is left out."""
        cdef Py_ssize_t size
        cdef bint is_space = is_white(<const unsigned char*>text)
        if is_space and not self.text.count and self.place.kind != <PyObject*>CODE:
            return 0
        size = strlen(text)
        if not size:
            return 0
        reserve(&self.text, 1, size)
        memcpy(<char*>self.text.items + self.text.count, text, size)
        self.text.count += size
        if not is_space:
            self.last_piece = WORDS
        if self.open_links.count:
            self.link_char_count += stripped_length(<const unsigned char*>text, size)
            self.add_link(<Link*>self.open_links.items + (self.open_links.count - 1))
        return 0

    cdef int add_link(self, Link* link) except -1:
        """Adds the target of a link to the current block, unless it has just been added."""
        cdef const char* last
        if self.block_links.count:
            last = (<Link*>self.block_links.items)[self.block_links.count - 1].target
            if last is link.target or strcmp(last, link.target) == 0:
                return 0
        if link.href is NULL:
            href = decoded(link.target)
            self.held.append(href)
            link.href = <PyObject*>href
        (<Link*>pushed(&self.block_links, sizeof(Link)))[0] = link[0]
        return 0

    cdef int break_line(self) except -1:
        """A ``<br>``: a line end, or a block's end where only white space stands between it and the one before."""
        if self.place.kind != <PyObject*>CODE:
            if self.last_piece == NOTHING:
                return 0
            if self.last_piece == LINE_END:
                return self.flush()
        (<char*>pushed(&self.text, 1))[0] = 0
        self.last_piece = LINE_END
        return 0

    cdef inline int end_block(self) except -1:
        """Ends the current block if anything was in it."""
        if self.text.count or self.inline.count:
            return self.flush()
        return 0

    cdef int flush(self) except -1:
        """Ends the current block."""
        cdef Py_ssize_t count
        cdef str text
        if self.text.count:
            text = self.code() if self.place.kind == <PyObject*>CODE else self.prose()
            if has_word(text):
                self.emit(text)
            self.text.count = 0
            self.last_piece = NOTHING
            self.link_char_count = self.block_links.count = 0
        if self.inline.count:
            count = min(self.open_inline.count, MAX_INLINE_DEPTH)
            if count:
                memcpy(
                    self.inline.items,
                    <Inline*>self.open_inline.items + (self.open_inline.count - count),
                    count * sizeof(Inline),
                )
            self.inline.count = count
        return 0

    cdef str code(self):
        """The text of a block of code."""
        text = (<const char*>self.text.items)[:self.text.count].decode("utf-8")
        return text.replace(blocks.BREAK, "\n").strip("\r\n").rstrip()

    cdef str prose(self):
        """The text of any other block: white space folded, lines without any at their ends."""
        cdef const unsigned char* at
        cdef const unsigned char* end
        cdef unsigned char* start
        cdef unsigned char* out
        cdef bint is_apart = False
        cdef int size
        (<char*>pushed(&self.text, 1))[0] = 0  # white space in three bytes is looked for up to here
        self.text.count -= 1
        reserve(&self.folded, 1, self.text.count)
        at = <const unsigned char*>self.text.items
        end = at + self.text.count
        out = start = <unsigned char*>self.folded.items
        while at < end:
            if not 0x20 < at[0] < 0x80:
                size = space_size(at)
                if size:
                    is_apart = True
                    at += size
                    continue
                if at[0] == 0:  # a <br>
                    is_apart = False
                    if out > start:
                        out[0] = c"\n"
                        out += 1
                    at += 1
                    continue
            if is_apart:
                is_apart = False
                if out > start and (out - 1)[0] != c"\n":
                    out[0] = c" "
                    out += 1
            out[0] = at[0]
            out += 1
            at += 1
        while out > start and (out - 1)[0] == c"\n":
            out -= 1
        return PyUnicode_DecodeUTF8(<const char*>start, out - start, NULL)

    cdef int emit(self, str text) except -1:
        """Adds a row to the block table."""
        cdef Py_ssize_t row
        if len(self.texts) >= self.max_blocks:
            raise FullError
        self.texts.append(text)
        self.kinds.append(<object>self.place.kind)
        self.levels.append(self.place.level)
        self.nodes.append(self.place.row)
        self.add_inline()
        self.link_char_counts.append(min(self.link_char_count, len(text)))
        links = <Link*>self.block_links.items
        if not self.block_links.count:
            self.hrefs.append(())
        elif self.block_links.count == 1:
            self.hrefs.append((<object>links.href,))
        else:
            self.hrefs.append(tuple([<object>links[row].href for row in range(self.block_links.count)]))
        self.image_counts.append(self.image_count)
        self.input_counts.append(self.input_count)
        self.image_count = self.input_count = 0
        self.block_count = len(self.texts)
        return 0

    cdef int add_inline(self) except -1:
        """Adds the names and tags of the inline elements to the block's row."""
        cdef Inline* inline = <Inline*>self.inline.items
        cdef Tag* tag
        cdef Py_ssize_t row, block = len(self.texts)
        cdef list names, tags
        if not self.inline.count:
            self.inline_names.append(())
            self.inline_tags.append(())
        elif self.inline.count == 1:
            self.inline_names.append(<object>inline.names)
            self.inline_tags.append((<object>self.tag(inline.tag).name,))
        else:
            names, tags = [], []
            for row in range(self.inline.count):
                names += <tuple>inline[row].names
                tag = self.tag(inline[row].tag)
                if tag.block != block:
                    tag.block = block
                    tags.append(<object>tag.name)
            self.inline_names.append(tuple(names))
            self.inline_tags.append(tuple(tags))
        return 0

    cdef page(self, element, bint is_full):
        """The columns as a page, whose root element is given; elements that were not closed end with it."""
        cdef Py_ssize_t row, open_count = len(self.end_blocks) if is_full else 1
        for row in range(open_count):
            if <Py_ssize_t>self.end_blocks[row] < 0:
                self.end_blocks[row] = len(self.texts)
        nodes = NodeTable(
            tags=self.tags,
            parents=self.parents,
            depths=self.depths,
            positions=self.positions,
            names=self.names,
            attributes=self.attributes,
            first_blocks=self.first_blocks,
            end_blocks=self.end_blocks,
        )
        head = empty_head(element)
        self.head.fill(head)
        return Page(
            texts=self.texts,
            kinds=self.kinds,
            levels=self.levels,
            nodes=self.nodes,
            inline_names=self.inline_names,
            inline_tags=self.inline_tags,
            link_char_counts=self.link_char_counts,
            hrefs=self.hrefs,
            image_counts=self.image_counts,
            input_counts=self.input_counts,
            node_table=nodes,
            head=head,
        )


def has_longer(list rows, Py_ssize_t limit):
    """Whether rows have a name of more characters than a limit; see `segment._has_longer`."""
    cdef void* last = NULL
    for row in rows:
        if <void*>row is last:  # neighbours mostly share theirs
            continue
        last = <void*>row
        for name in <tuple>row:
            if len(<str>name) > limit:
                return True
    return False


def read_tree(root, *, shows_hidden, max_blocks):
    """Reads a tree as `walk.read_tree` does.

    Args:
        root: The page's root element; it is only read.
        shows_hidden: Whether what is hidden is read as well.
        max_blocks: More blocks are dropped.

    Returns:
        The page and whether elements were passed over that a script may show; None where lxml has to be asked: the
        document type has attributes that the tree has not, or the value of an attribute has entities in it.
    """
    cdef xmlNode* top = node_of(root)
    cdef Pass passing
    if top is NULL:
        return None
    passing = Pass(shows_hidden, max_blocks)
    is_full = False
    try:
        try:
            passing.read_root(root, top)
        except FullError:  # before the end
            is_full = True
            passing.head = HeadReader()
            passing.head.read_inside(top)
    except NotImplementedError:
        return None
    return walk.finished(passing.page(root, is_full), root, is_full=is_full, max_blocks=max_blocks), passing.has_hidden
