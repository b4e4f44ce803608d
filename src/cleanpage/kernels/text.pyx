# cython: boundscheck=False, wraparound=False
"""Characters counted by class; stands in for `features.text.count_characters`."""

cdef extern from "Python.h":
    int PyUnicode_KIND(object text)
    void *PyUnicode_DATA(object text)
    Py_UCS4 PyUnicode_READ(int kind, void *data, Py_ssize_t index)


def count_characters(
    list texts,
    const unsigned char[::1] classes,
    long long[:, ::1] counts,
    unsigned char[::1] first,
    unsigned char[::1] last,
):
    """Counts the characters of each text by class.

    Args:
        texts: Texts, none of them empty.
        classes: The class of each code point; the last entry is that of all code points beyond.
        counts: Filled: texts × classes, zero before.
        first: Filled: the class of each text's first character.
        last: Filled: the class of each text's last character.
    """
    cdef Py_ssize_t row, place, length
    cdef Py_UCS4 code, beyond = <Py_UCS4>(classes.shape[0] - 1)
    cdef int kind
    cdef void *data
    cdef str text
    cdef unsigned char found = 0
    for row in range(len(texts)):
        text = texts[row]
        kind, data, length = PyUnicode_KIND(text), PyUnicode_DATA(text), len(text)
        for place in range(length):
            code = PyUnicode_READ(kind, data, place)
            found = classes[code if code < beyond else beyond]
            counts[row, found] += 1
            if place == 0:
                first[row] = found
        last[row] = found
