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


cdef int read_meta(xmlNode* node, dict meta) except -1:
    """Adds the content of a meta element to that of others, unless its name is known."""
    name = (
        value_named(node, b"property")
        or value_named(node, b"name")
        or value_named(node, b"itemprop")
        or value_named(node, b"http-equiv")
    )
    if name and (content := value_named(node, b"content")):
        meta.setdefault(name.casefold(), content.strip())
    return 0


cdef xmlNode* next_node(xmlNode* node, xmlNode* root) noexcept:
    """The node after another in document order; NULL at the end of the root."""
    if node.type == XML_ELEMENT_NODE and node.children is not NULL:
        return node.children
    while node is not root:
        if node.next is not NULL:
            return node.next
        node = node.parent
    return NULL


def read_elements(root, head):
    """Reads title, meta elements, canonical link, base and JSON-LD of a page.

    Args:
        root: The page's root element.
        head: Filled.

    Returns:
        Whether that could be done; if not, the head is as it was.
    """
    cdef xmlNode* top = node_of(root)
    if top is NULL:
        return False
    try:
        read_all(top, head)
    except NotImplementedError:
        head.meta.clear()
        head.json_ld.clear()
        head.title = head.canonical = head.base = ""
        return False
    return True


cdef int read_all(xmlNode* root, head) except -1:
    """Fills the head from a root and what is inside."""
    cdef xmlNode* node = root
    cdef str title = "", canonical = "", base = ""
    cdef dict meta = head.meta
    cdef unsigned char initial
    while node is not NULL:
        initial = node.name[0] if node.type == XML_ELEMENT_NODE else 0
        if initial == c"m":
            if is_named(node, b"meta"):
                read_meta(node, meta)
        elif initial == c"s":
            if is_named(node, b"script") and value_named(node, b"type").startswith("application/ld+json"):
                if text := text_of(node):
                    head.json_ld.append(text)
        elif initial == c"l":
            if not canonical and is_named(node, b"link") and value_named(node, b"rel") == "canonical":
                canonical = value_named(node, b"href")
        elif initial == c"b":
            if not base and is_named(node, b"base"):
                base = value_named(node, b"href")
        elif initial == c"t":
            if not title and is_named(node, b"title"):
                if node.parent is NULL or not is_named(node.parent, b"svg"):
                    title = " ".join(text_of(node).split())
        node = next_node(node, root)
    head.title, head.canonical, head.base = title, canonical, base
    return 0
