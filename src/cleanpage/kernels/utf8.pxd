# Text in UTF-8, read byte by byte: what the kernels over trees share. Every text ends in a NUL.

from libc.string cimport strlen


cdef inline str decoded(const char* text):
    # A text as str.
    return text[:strlen(text)].decode("utf-8")


cdef inline int space_size(const unsigned char* at) noexcept:
    # The bytes of the white space in UTF-8 that starts at a place, 0 where none does. A NUL ends the text.
    cdef unsigned char lead = at[0]
    if lead <= 0x20:
        return lead == 0x20 or 9 <= lead <= 13 or 28 <= lead <= 31
    if lead < 0xC2:
        return 0
    if lead == 0xC2:
        return 2 if at[1] == 0x85 or at[1] == 0xA0 else 0
    if lead == 0xE1:  # U+1680
        return 3 if at[1] == 0x9A and at[2] == 0x80 else 0
    if lead == 0xE2:  # U+2000 to U+200A, U+2028, U+2029, U+202F, U+205F
        if at[1] == 0x80:
            return 3 if 0x80 <= at[2] <= 0x8A or at[2] == 0xA8 or at[2] == 0xA9 or at[2] == 0xAF else 0
        return 3 if at[1] == 0x81 and at[2] == 0x9F else 0
    if lead == 0xE3:  # U+3000
        return 3 if at[1] == 0x80 and at[2] == 0x80 else 0
    return 0


cdef inline bint is_white(const unsigned char* text) noexcept:
    # Whether a text is nothing but white space.
    cdef int size = space_size(text)
    while size:
        text += size
        size = space_size(text)
    return text[0] == 0


cdef inline Py_ssize_t stripped_length(const unsigned char* text, Py_ssize_t size) noexcept:
    # The characters of a text without the white space at its ends.
    cdef const unsigned char* end = text + size
    cdef const unsigned char* last
    cdef Py_ssize_t count = 0
    cdef int space = space_size(text)
    while space:
        text += space
        space = space_size(text)
    while end > text:
        last = end - 1
        while last > text and last[0] & 0xC0 == 0x80:
            last -= 1
        if not space_size(last):
            break
        end = last
    while text < end:
        count += text[0] & 0xC0 != 0x80
        text += 1
    return count


cdef inline bint is_ascii(const unsigned char* text) noexcept:
    # Whether every character of a text is ASCII.
    while text[0]:
        if text[0] >= 0x80:
            return False
        text += 1
    return True


cdef inline bint is_word(const unsigned char* text, const char* word) noexcept:
    # Whether a text starts with a word in small ASCII letters, whatever the case of its own.
    cdef Py_ssize_t place = 0
    while word[place]:
        if text[place] | 0x20 != <unsigned char>word[place]:
            return False
        place += 1
    return True
