# CRC-32 character by character, so that no token is put together to be hashed. A kernel fills its table once.

from cpython.unicode cimport PyUnicode_READ_CHAR

ctypedef unsigned int crc

cdef extern from "Python.h":
    bint PyUnicode_IS_ASCII(object text)
    char *PyUnicode_DATA(object text)

cdef extern from *:
    """
    static unsigned int CRC_TABLE[256];
    static const unsigned int CRC_START = 0xFFFFFFFFu;
    """
    crc CRC_TABLE[256]
    const crc START "CRC_START"  # the state before any character


cdef inline void fill_table() noexcept:
    # The table of CRC-32 (zlib's polynomial, reversed).
    cdef crc number, bit, value
    for number in range(256):
        value = number
        for bit in range(8):
            value = (value >> 1) ^ (0xEDB88320 if value & 1 else 0)
        CRC_TABLE[number] = value


cdef inline crc extended(crc state, const char *text, Py_ssize_t length) noexcept nogil:
    # The state of CRC-32 after more characters.
    cdef Py_ssize_t index
    for index in range(length):
        state = CRC_TABLE[(state ^ <unsigned char>text[index]) & 0xFF] ^ (state >> 8)
    return state


cdef inline crc extended_by(crc state, crc sign) noexcept nogil:
    # The state of CRC-32 after a character in UTF-8.
    cdef unsigned char[4] encoded
    cdef int size
    if sign < 0x80:
        return CRC_TABLE[(state ^ sign) & 0xFF] ^ (state >> 8)
    if sign < 0x800:
        encoded[0] = 0xC0 | (sign >> 6)
        size = 2
    elif sign < 0x10000:
        encoded[0] = 0xE0 | (sign >> 12)
        encoded[1] = 0x80 | ((sign >> 6) & 0x3F)
        size = 3
    else:
        encoded[0] = 0xF0 | (sign >> 18)
        encoded[1] = 0x80 | ((sign >> 12) & 0x3F)
        encoded[2] = 0x80 | ((sign >> 6) & 0x3F)
        size = 4
    encoded[size - 1] = 0x80 | (sign & 0x3F)
    return extended(state, <char *>encoded, size)


cdef inline crc extended_by_all(crc state, str text, Py_ssize_t start, Py_ssize_t end) noexcept:
    # The state of CRC-32 after some of the characters of a text.
    cdef Py_ssize_t index
    if PyUnicode_IS_ASCII(text):
        return extended(state, PyUnicode_DATA(text) + start, end - start)
    for index in range(start, end):
        state = extended_by(state, PyUnicode_READ_CHAR(text, index))
    return state
