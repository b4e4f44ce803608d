# cython: boundscheck=False, wraparound=False
"""What a page says about itself, read off libxml2's nodes in place; stands in for `head.read_elements`."""

from libc.string cimport strcmp
from lxml.includes.tree cimport XML_ELEMENT_NODE, xmlAttr, xmlNode

from cleanpage.kernels.nodes cimport joined, node_of, require_layout, text_node, value_of
from cleanpage.kernels.utf8 cimport decoded

require_layout()


cdef str value_named(xmlNode* node, const char* name):
    """The value of an attribute without a namespace; '' where it is absent or empty."""
    cdef xmlAttr* attribute = node.properties
    while attribute is not NULL:
        if attribute.ns is NULL and strcmp(<const char*>attribute.name, name) == 0:
            return decoded(value_of(attribute))
        attribute = attribute.next
    return ""


cdef str text_of(xmlNode* node):
    """The text before an element's first child; '' where there is none."""
    cdef xmlNode* text = text_node(node.children)
    return joined(text).decode("utf-8") if text is not NULL else ""


cdef bint is_named(xmlNode* node, const char* name) noexcept:
    """Whether a node is an element of this name in no namespace."""
    if node.type != XML_ELEMENT_NODE or strcmp(<const char*>node.name, name) != 0:
        return False
    return node.ns is NULL or node.ns.href is NULL or node.ns.href[0] == 0


cdef xmlNode* next_node(xmlNode* node, xmlNode* root) noexcept:
    """The node after another in document order; NULL at the end of the root."""
    if node.type == XML_ELEMENT_NODE and node.children is not NULL:
        return node.children
    while node is not root:
        if node.next is not NULL:
            return node.next
        node = node.parent
    return NULL


cdef class HeadReader:
    """What was read so far; elements are given to it in document order."""

    def __cinit__(self):
        self.title = self.canonical = self.base = ""
        self.meta, self.json_ld = {}, []

    cdef int read(self, xmlNode* node) except -1:
        """Reads one element."""
        cdef unsigned char initial = node.name[0]
        if initial == c"m":
            if is_named(node, b"meta"):
                self.read_meta(node)
        elif initial == c"s":
            if is_named(node, b"script") and value_named(node, b"type").startswith("application/ld+json"):
                if text := text_of(node):
                    self.json_ld.append(text)
        elif initial == c"l":
            if not self.canonical and is_named(node, b"link") and value_named(node, b"rel") == "canonical":
                self.canonical = value_named(node, b"href")
        elif initial == c"b":
            if not self.base and is_named(node, b"base"):
                self.base = value_named(node, b"href")
        elif initial == c"t":
            if not self.title and is_named(node, b"title"):
                if node.parent is NULL or not is_named(node.parent, b"svg"):
                    self.title = " ".join(text_of(node).split())
        return 0

    cdef int read_meta(self, xmlNode* node) except -1:
        """Adds the content of a meta element to that of others, unless its name is known."""
        name = (
            value_named(node, b"property")
            or value_named(node, b"name")
            or value_named(node, b"itemprop")
            or value_named(node, b"http-equiv")
        )
        if name and (content := value_named(node, b"content")):
            self.meta.setdefault(name.casefold(), content.strip())
        return 0

    cdef int read_inside(self, xmlNode* root) except -1:
        """Reads an element and those inside."""
        cdef xmlNode* node = root
        while node is not NULL:
            if node.type == XML_ELEMENT_NODE:
                self.read(node)
            node = next_node(node, root)
        return 0

    cdef int fill(self, head) except -1:
        """Writes down what was read."""
        head.title, head.canonical, head.base = self.title, self.canonical, self.base
        head.meta, head.json_ld = self.meta, self.json_ld
        return 0


def read_elements(root, head):
    """Reads title, meta elements, canonical link, base and JSON-LD of a page.

    Args:
        root: The page's root element.
        head: Filled.

    Returns:
        Whether that could be done; if not, the head is as it was.
    """
    cdef xmlNode* top = node_of(root)
    cdef HeadReader reader = HeadReader()
    if top is NULL:
        return False
    try:
        reader.read_inside(top)
    except NotImplementedError:
        return False
    reader.fill(head)
    return True
