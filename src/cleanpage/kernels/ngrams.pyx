# cython: boundscheck=False, wraparound=False
"""Loops over the characters of blocks for the language identifiers."""

from cpython.mem cimport PyMem_Calloc, PyMem_Free, PyMem_Malloc
from cpython.unicode cimport PyUnicode_DATA, PyUnicode_KIND, PyUnicode_READ
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcpy, memset

import numpy as np

cdef struct Marks:
    int run_count
    bint is_unclear, has_address

cdef float EXPONENT_STEP = 2.0 ** 112
"""The exponents of 16-bit floating-point numbers start at -15, those of 32-bit numbers at -127."""

cdef enum:
    LATIN = 1  # the number of the script
    # classes of characters of one byte, besides the scripts
    SIGN = 64
    UNCLEAR = 128
    MAX_LABELS = 1024
    CHUNK = 256  # characters whose rows are looked up before they are added
    HASH_FACTOR = 0x9E3779B1  # 2 ** 32 divided by the golden ratio: spreads neighbouring numbers
    MAX_WIDTH = 16  # numbers that hold the sums of one script
    SOFT_HYPHEN = 0xAD  # the first character that is not stable
    STABLE_BELOW = 0x300  # from here on there are marks that normalising joins with what is before them


def count_letters(
    list texts,
    Py_ssize_t limit,
    const uint8_t[::1] scripts,
    int64_t[:, ::1] counts,
    int64_t[::1] lengths,
    double[::1] runs,
):
    """Counts the letters at the start of each text by script; stands in for sums in `language.scoring.Reading`.

    Args:
        texts: Texts; cut to what is read of them.
        limit: Characters that are read.
        scripts: The script of each code point, 0 for what is no letter; the last entry is that of all beyond.
        counts: Filled: texts × scripts, zero before.
        lengths: Filled: the characters of each text that were read.
        runs: Filled: the runs of letters in each text.

    Returns:
        Indexes of the texts that may not be in normal form or hold an invisible character, and of those in which signs
        of an address stand: as they are read, they may have to be cleaned.
    """
    cdef list unclear = [], addresses = []
    cdef Py_ssize_t row, length
    cdef Marks marks
    cdef uint8_t narrow[256]
    cdef str text
    for code in range(256):
        narrow[code] = scripts[code] | (UNCLEAR if code == SOFT_HYPHEN else SIGN if chr(code) in "@/." else 0)
    for row in range(len(texts)):
        text = texts[row]
        if len(text) > limit:
            text = text[:limit]
            texts[row] = text
        length = len(text)
        if PyUnicode_KIND(text) == 1:
            marks = count_narrow(<const uint8_t *>PyUnicode_DATA(text), length, narrow, &counts[row, 0])
        else:
            marks = count_wide(text, length, scripts, &counts[row, 0])
        lengths[row] = length
        runs[row] = marks.run_count
        if marks.is_unclear:
            unclear.append(row)
        if marks.has_address:
            addresses.append(row)
    return unclear, addresses


cdef Marks count_narrow(const uint8_t *text, Py_ssize_t length, const uint8_t *classes, int64_t *counts) noexcept:
    """Counts the letters of a text whose characters are of one byte; these are Latin, or no letters."""
    cdef Marks marks
    cdef Py_ssize_t place
    cdef int found, last = 0, letter_count = 0, run_count = 0
    marks.is_unclear = marks.has_address = False
    for place in range(length):
        found = classes[text[place]]
        if found > LATIN:
            if found == UNCLEAR:
                marks.is_unclear = True
            else:
                marks.has_address = marks.has_address or ends_sign(1, text, place)
            found = 0
        letter_count += found
        run_count += found & ~last
        last = found
    counts[LATIN] = letter_count
    marks.run_count = run_count
    return marks


cdef Marks count_wide(str text, Py_ssize_t length, const uint8_t[::1] scripts, int64_t *counts) noexcept:
    """Counts the letters of any text."""
    cdef int kind = PyUnicode_KIND(text)
    cdef void *data = PyUnicode_DATA(text)
    cdef Marks marks
    cdef Py_ssize_t place
    cdef Py_UCS4 code, beyond = <Py_UCS4>(scripts.shape[0] - 1)
    cdef uint8_t found, last = 0
    memset(&marks, 0, sizeof(marks))
    for place in range(length):
        code = PyUnicode_READ(kind, data, place)
        found = scripts[code if code < beyond else beyond]
        if code >= SOFT_HYPHEN and not marks.is_unclear:
            marks.is_unclear = not is_stable(code)
        if found:
            counts[found] += 1
            marks.run_count += last == 0
        elif code == u"@" or code == u"/" or code == u".":
            marks.has_address = marks.has_address or ends_sign(kind, data, place)
        last = found
    return marks


cdef bint ends_sign(int kind, void *data, Py_ssize_t place) noexcept:
    """Whether a character ends what tells an address: @, :// or www."""
    cdef Py_UCS4 code = PyUnicode_READ(kind, data, place)
    if code == u"@":
        return True
    if code == u"/":
        return (
            place >= 2
            and PyUnicode_READ(kind, data, place - 1) == u"/"
            and PyUnicode_READ(kind, data, place - 2) == u":"
        )
    return (
        place >= 3
        and PyUnicode_READ(kind, data, place - 1) == u"w"
        and PyUnicode_READ(kind, data, place - 2) == u"w"
        and PyUnicode_READ(kind, data, place - 3) == u"w"
    )


cdef inline bint is_stable(Py_UCS4 code) noexcept:
    """Whether a character is visible and in normal form, whatever stands before it."""
    if code < STABLE_BELOW:
        return code != SOFT_HYPHEN
    return (
        0x400 <= code <= 0x482  # Cyrillic
        or 0x5D0 <= code <= 0x5EA  # Hebrew
        or 0x660 <= code <= 0x66F or 0x671 <= code <= 0x6D3  # Arabic
        or 0x904 <= code <= 0x928 or 0x92A <= code <= 0x930  # Devanagari
        or 0xE01 <= code <= 0xE37  # Thai
        or 0x2010 <= code <= 0x2027 or 0x2030 <= code <= 0x205E  # dashes, quotation marks, dots
        or 0x20A0 <= code <= 0x20CF or 0x2100 <= code <= 0x2125  # currencies, signs made of letters
        or 0x2190 <= code <= 0x2328 or 0x232B <= code <= 0x2ADB  # arrows and pictures
        or 0x3001 <= code <= 0x3029 or 0xFF01 <= code <= 0xFFEE  # wide punctuation and letters
        or 0x1F000 <= code <= 0x1FAFF  # emoji
        or 0x3041 <= code <= 0x3096 or 0x30A1 <= code <= 0x30FC  # Kana
        or 0x4E00 <= code <= 0x9FFF  # Han
        or 0xAC00 <= code <= 0xD7A3  # Hangul
    )


def sum_steps(
    list texts,
    const uint8_t[::1] letters,
    const uint16_t[::1] rows,
    const uint64_t[:, ::1] steps,
    int letter_bits,
    int lane_bits,
    float[:, ::1] sums,
):
    """Adds up the rows of the profiles that the letters of each text lead to; stands in for `Reading._score`.

    Args:
        texts: Texts.
        letters: Number of each code point's letter; the last entry is that of all beyond.
        rows: Row of ``steps`` for the numbers of three letters.
        steps: Several languages packed into each number.
        letter_bits: Bits of a letter's number.
        lane_bits: Bits of a language's sum.
        sums: Filled: texts × languages.
    """
    cdef Py_ssize_t row, column, language_count = sums.shape[1], lane_count = 64 // lane_bits
    cdef Py_ssize_t place, first, end, length
    cdef Py_UCS4 code, beyond = <Py_UCS4>(letters.shape[0] - 1)
    cdef uint64_t packed, lane_mask = (<uint64_t>1 << lane_bits) - 1
    cdef uint32_t key, key_mask = (<uint32_t>1 << 3 * letter_bits) - 1
    cdef uint16_t places[CHUNK]
    cdef uint64_t totals[MAX_WIDTH]
    cdef int kind
    cdef void *data
    cdef str text
    if steps.shape[1] > MAX_WIDTH:
        raise ValueError(f"{steps.shape[1]} numbers a row are more than {MAX_WIDTH}")
    for row in range(len(texts)):
        text = texts[row]
        kind, data, length = PyUnicode_KIND(text), PyUnicode_DATA(text), len(text)
        memset(totals, 0, sizeof(totals))
        key = 0
        for first in range(0, length + 1, CHUNK):
            end = min(first + CHUNK, length + 1)
            for place in range(first, end):  # a space follows each text
                code = PyUnicode_READ(kind, data, place) if place < length else u" "
                key = (key << letter_bits | letters[code if code < beyond else beyond]) & key_mask
                places[place - first] = rows[key]
            add_rows(&steps[0, 0], steps.shape[1], places, end - first, totals)
        for column in range(language_count):
            packed = totals[column // lane_count] >> lane_bits * (column % lane_count)
            sums[row, column] = <float>(packed & lane_mask)


cdef void add_rows(
    const uint64_t *steps, Py_ssize_t width, const uint16_t *places, Py_ssize_t count, uint64_t *totals
) noexcept:
    """Adds up rows of a table; four columns at a time, so that their sums stay in registers."""
    cdef Py_ssize_t index, column = 0
    cdef uint64_t first, second, third, fourth
    cdef const uint64_t *row
    while column + 4 <= width:
        first = second = third = fourth = 0
        for index in range(count):
            row = &steps[places[index] * width + column]
            first += row[0]
            second += row[1]
            third += row[2]
            fourth += row[3]
        totals[column] += first
        totals[column + 1] += second
        totals[column + 2] += third
        totals[column + 3] += fourth
        column += 4
    while column < width:
        for index in range(count):
            totals[column] += steps[places[index] * width + column]
        column += 1


def find_carrying(
    const int64_t[:, ::1] weights,
    const int64_t[::1] scripts,
    const double[::1] word_counts,
    const uint8_t[::1] is_shared,
    int64_t min_weight,
    double min_words,
    uint8_t[::1] carries,
):
    """Whether each block carries a language; stands in for `Reading.carries_language`."""
    cdef Py_ssize_t row
    cdef int64_t script
    for row in range(weights.shape[0]):
        script = scripts[row]
        carries[row] = weights[row, script] >= min_weight and (word_counts[row] >= min_words or not is_shared[script])


cdef struct Met:
    int32_t feature  # from 1, as 0 is for none
    int32_t place


def read_features(
    const uint32_t[::1] next_states,
    const int32_t[:, ::1] states,
    const uint8_t[::1] text,
    const uint16_t[:, ::1] table,
):
    """Counts the features of a text and looks up their rows; stands in for parts of `py3langid`.

    Args:
        next_states: For each row and byte the state that comes next.
        states: The row of each state, and the feature that it stands for, -1 for none.
        text: The text in UTF-8.
        table: A row of 16-bit floating-point numbers, finite, for each feature.

    Returns:
        The counts and the rows of the features, in the order in which they are first met; both are float32.
    """
    cdef Py_ssize_t place, slot_count = 16, count = 0
    cdef uint32_t state = 0, slot
    cdef int32_t feature
    cdef Met *slots = NULL
    cdef int32_t *features = NULL
    cdef float *counts = NULL
    while slot_count < 2 * text.shape[0]:
        slot_count *= 2
    try:
        slots = <Met *>PyMem_Calloc(slot_count, sizeof(Met))
        features = <int32_t *>PyMem_Malloc((text.shape[0] + 1) * sizeof(int32_t))
        counts = <float *>PyMem_Malloc((text.shape[0] + 1) * sizeof(float))
        if slots is NULL or features is NULL or counts is NULL:
            raise MemoryError
        for place in range(text.shape[0]):
            state = next_states[(<size_t>states[state, 0] << 8) + text[place]]
            feature = states[state, 1]
            if feature < 0:
                continue
            slot = (<uint32_t>feature * HASH_FACTOR >> 8) & <uint32_t>(slot_count - 1)
            while slots[slot].feature and slots[slot].feature != feature + 1:
                slot = (slot + 1) & <uint32_t>(slot_count - 1)
            if not slots[slot].feature:
                slots[slot].feature, slots[slot].place = feature + 1, <int32_t>count
                features[count], counts[count] = feature, 0
                count += 1
            counts[slots[slot].place] += 1
        return rows_of(features, counts, count, table)
    finally:
        PyMem_Free(slots)
        PyMem_Free(features)
        PyMem_Free(counts)


cdef object rows_of(const int32_t *features, const float *counts, Py_ssize_t count, const uint16_t[:, ::1] table):
    """The counts of features, and their rows, as arrays."""
    cdef Py_ssize_t row, column, width = table.shape[1]
    cdef const uint16_t *narrow
    cdef uint32_t wide[MAX_LABELS]
    cdef float *numbers
    if width > MAX_LABELS:
        raise ValueError(f"{width} numbers a row are more than {MAX_LABELS}")
    all_counts, all_rows = np.empty(count, np.float32), np.empty((count, width), np.float32)
    if not count:
        return all_counts, all_rows
    cdef float[::1] own_counts = all_counts
    cdef float[:, ::1] rows = all_rows
    memcpy(&own_counts[0], counts, count * sizeof(float))
    for row in range(count):
        narrow, numbers = &table[features[row], 0], &rows[row, 0]
        for column in range(width):
            wide[column] = <uint32_t>(narrow[column] & 0x7FFF) << 13 | <uint32_t>(narrow[column] & 0x8000) << 16
        memcpy(numbers, wide, width * sizeof(float))
        for column in range(width):
            numbers[column] *= EXPONENT_STEP
    return all_counts, all_rows
