# libxml2's nodes read in place: what the kernels over trees share.
#
# Only fields of structs are read; no function of lxml's or libxml2's is called, so nothing is linked to either. How the
# structs are laid out hangs on the version of lxml: `require_layout` compares it with the one compiled against.

from lxml.includes.tree cimport (
    LIBXML_VERSION,
    XML_CDATA_SECTION_NODE,
    XML_TEXT_NODE,
    XML_XINCLUDE_END,
    XML_XINCLUDE_START,
    xmlAttr,
    xmlDtd,
    xmlNode,
)


cdef extern from "lxml-version.h":
    const char* LXML_VERSION_STRING

cdef extern from "etree.h":
    ctypedef struct LxmlElement "struct LxmlElement":
        xmlNode* _c_node


cdef inline int require_layout() except -1:
    # Raises an ImportError unless lxml and its libxml2 are of the minor version whose headers were compiled against.
    from lxml import etree

    compiled = [int(part) for part in LXML_VERSION_STRING.decode().split(".")[:2]]
    if list(etree.LXML_VERSION[:2]) != compiled or etree._Element.__basicsize__ != sizeof(LxmlElement):
        raise ImportError("another version of lxml was compiled against")
    major, minor, _ = etree.LIBXML_VERSION
    if 100 * major + minor != LIBXML_VERSION // 100:
        raise ImportError("another version of libxml2 was compiled against")
    return 0


cdef inline bint declares_attributes(xmlDtd* dtd) noexcept:
    # Whether a part of a document type declares attributes of elements.
    return dtd is not NULL and dtd.attributes is not NULL


cdef inline xmlNode* node_of(object element) noexcept:
    # The node of an lxml element; NULL where its document type declares attributes: lxml finds those the tree has not.
    cdef xmlNode* node = (<LxmlElement*>element)._c_node
    if node is NULL or node.doc is NULL:
        return NULL
    if declares_attributes(node.doc.intSubset) or declares_attributes(node.doc.extSubset):
        return NULL
    return node


cdef inline const char* value_of(xmlAttr* attribute) except NULL:
    # The value of an attribute. One with entities in it is no single string in memory: NotImplementedError.
    cdef xmlNode* text = attribute.children
    if text is NULL:
        return b""
    if text.next is NULL and text.content is not NULL:
        if text.type == XML_TEXT_NODE or text.type == XML_CDATA_SECTION_NODE:
            return <const char*>text.content
    raise NotImplementedError


cdef inline xmlNode* text_node(xmlNode* node) noexcept:
    # A node if it is text, or the text behind marks of XInclude; NULL for anything else, as lxml reads text and tail.
    while node is not NULL:
        if node.type == XML_TEXT_NODE or node.type == XML_CDATA_SECTION_NODE:
            return node
        if node.type != XML_XINCLUDE_START and node.type != XML_XINCLUDE_END:
            return NULL
        node = node.next
    return NULL


cdef inline bytes joined(xmlNode* node):
    # The text of text nodes in a row.
    pieces = []
    while node is not NULL:
        pieces.append(<bytes><const char*>node.content)
        node = text_node(node.next)
    return b"".join(pieces)
