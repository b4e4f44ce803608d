# cython: boundscheck=False, wraparound=False, cdivision=True
"""What the characters of each block look like; stands in for `features.text.text_columns`."""

from cpython.unicode cimport PyUnicode_DATA, PyUnicode_FindChar, PyUnicode_KIND, PyUnicode_READ
from libc.string cimport memset

from cleanpage.kernels.logarithms cimport fill_logarithms, logarithm

import numpy as np

fill_logarithms()

cdef enum:  # as in features.text
    OTHER, LETTER, UPPER, DIGIT, SPACE, STOP, COMMA, COLON, QUOTE, UNSPACED, SEPARATOR, CURRENCY, AT, COPYRIGHT
    CLASS_COUNT
    COLUMN_COUNT = 33


def text_columns(
    list texts, list word_counts, list link_char_counts, list hrefs, list image_counts, list input_counts,
    const unsigned char[::1] classes, double all_link_density, int year_digits, int long_words
):
    """Dense features of each block's own text (columns × blocks, float32).

    Args:
        texts: Texts, none of them empty.
        word_counts: Their words.
        link_char_counts: Their characters inside links.
        hrefs: Their link targets.
        image_counts: Their images.
        input_counts: Their form fields.
        classes: The class of each code point; the last entry is that of all code points beyond.
        all_link_density: From which link density on a block counts as one link.
        year_digits: Digits of a year.
        long_words: From how many words on a block is long.
    """
    cdef Py_ssize_t row, place, length, at, count = len(texts)
    cdef Py_UCS4 code, beyond = <Py_UCS4>(classes.shape[0] - 1)
    cdef int kind, first, last
    cdef void *data
    cdef str text
    cdef long long[CLASS_COUNT] counts
    cdef long long[2][CLASS_COUNT] halves  # of every other character: the next one need not wait until the last one is counted
    cdef double chars, words, letters, density, word_count
    result = np.empty((COLUMN_COUNT, count), dtype=np.float32)
    cdef float[:, ::1] out = result
    for row in range(count):
        text = texts[row]
        kind, data, length = PyUnicode_KIND(text), PyUnicode_DATA(text), len(text)
        last = 0
        memset(halves, 0, sizeof(halves))
        for place in range(length):
            code = PyUnicode_READ(kind, data, place)
            last = classes[code if code < beyond else beyond]
            halves[place & 1][last] += 1
        code = PyUnicode_READ(kind, data, 0)
        first = classes[code if code < beyond else beyond]
        for at in range(CLASS_COUNT):
            counts[at] = halves[0][at] + halves[1][at]
        chars = max(1, length)
        word_count = <long long>word_counts[row]
        words = max(1.0, word_count)
        letters = max(1, counts[LETTER] + counts[UPPER] + counts[UNSPACED])
        density = min(1.0, <long long>link_char_counts[row] / chars)
        out[0, row] = <float>(logarithm(word_count) / 4)
        out[1, row] = <float>(logarithm(chars) / 6)
        out[2, row] = <float>min(2.0, letters / words / 8)
        out[3, row] = <float>(counts[UPPER] / letters)
        out[4, row] = counts[UPPER] == letters
        out[5, row] = <float>(counts[UNSPACED] / letters)
        out[6, row] = <float>(counts[DIGIT] / chars)
        out[7, row] = <float>(counts[QUOTE] / chars)
        out[8, row] = <float>(counts[SEPARATOR] / chars)
        out[9, row] = <float>logarithm(counts[STOP])
        out[10, row] = <float>logarithm(counts[COMMA])
        out[11, row] = <float>(counts[STOP] / words)
        out[12, row] = <float>(counts[COMMA] / words)
        out[13, row] = <float>density
        out[14, row] = density > all_link_density
        out[15, row] = <float>logarithm(len(hrefs[row]))
        out[16, row] = <float>logarithm(<long long>image_counts[row])
        out[17, row] = <float>logarithm(<long long>input_counts[row])
        out[18, row] = PyUnicode_FindChar(text, u"\n", 0, length, 1) >= 0
        out[19, row] = counts[SEPARATOR] > 0
        out[20, row] = counts[CURRENCY] > 0
        out[21, row] = counts[AT] > 0
        out[22, row] = counts[COPYRIGHT] > 0
        out[23, row] = counts[COLON] > 0
        out[24, row] = last == STOP
        out[25, row] = last == COLON
        out[26, row] = first == UPPER
        out[27, row] = first == DIGIT
        out[28, row] = first == SEPARATOR
        out[29, row] = first == QUOTE
        out[30, row] = counts[DIGIT] >= year_digits
        out[31, row] = word_count <= 1
        out[32, row] = word_count >= long_words
    return result
