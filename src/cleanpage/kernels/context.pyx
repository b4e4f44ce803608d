# cython: boundscheck=False, wraparound=False, cdivision=True
"""What blocks belong with; stands in for functions of `features.context`."""

from cpython.dict cimport PyDict_GetItem
from cpython.object cimport PyObject
from cpython.unicode cimport PyUnicode_FindChar, PyUnicode_READ_CHAR, PyUnicode_Tailmatch
from libc.math cimport sqrt

from cleanpage.kernels.sets cimport sets_with
from cleanpage.kernels.logarithms cimport fill_logarithms, logarithm

import numpy as np

fill_logarithms()

cdef extern from "Python.h":
    bint Py_UNICODE_ISSPACE(Py_UCS4 sign)

cdef enum:
    GROUP_VALUE_COUNT = 7
    PAGE_VALUE_COUNT = 10


def page_columns(
    const long long[::1] ids, const double[::1] words, const double[::1] running, list kinds, list levels,
    list image_counts, list texts, object heading, int min_repeats, str signs
):
    """What kind of page it is; the same for every block (columns × blocks, float32).

    Args:
        ids: The group of look-alikes of each block.
        words: Words of each block.
        running: Words of each block that is running text.
        kinds: The kind of each block.
        levels: The level of each block.
        image_counts: Images in each block.
        texts: The text of each block.
        heading: The kind of headings.
        min_repeats: So many look-alikes are a list.
        signs: Characters that prices have.
    """
    cdef Py_ssize_t block, id, row, count = words.shape[0], list_count = 0, running_count = 0, largest = 0
    cdef long long level, images = 0, priced = 0
    cdef double total = 0, repeated = 0, running_total = 0
    cdef long long[4] level_counts
    cdef float[PAGE_VALUE_COUNT] values
    sizes_array = np.zeros(count, dtype=np.int64)
    result = np.empty((PAGE_VALUE_COUNT, count), dtype=np.float32)
    cdef long long[::1] sizes = sizes_array
    cdef float[:, ::1] out = result
    for level in range(4):
        level_counts[level] = 0
    for block in range(count):
        sizes[ids[block]] += 1
        images += <long long>image_counts[block]
        running_count += running[block] > 0
        running_total += running[block]
        total += words[block]
        priced += has_any(texts[block], signs)
        if kinds[block] is heading:
            level = levels[block]
            if 1 <= level <= 3:
                level_counts[level] += 1
    for id in range(count):
        list_count += sizes[id] >= min_repeats
        largest = max(largest, sizes[id])
    for block in range(count):
        if sizes[ids[block]] >= min_repeats:
            repeated += words[block]
    values[0] = <float>(repeated / max(1.0, total))
    values[1] = <float>(logarithm(list_count) / 3)
    values[2] = <float>(logarithm(running_total) / 8)
    values[3] = <float>(logarithm(running_count) / 5)
    values[4] = <float>(logarithm(largest) / 4)
    for row in range(3):
        values[5 + row] = <float>(logarithm(level_counts[1 + row]) / 3)
    values[8] = <float>(logarithm(images) / 4)
    values[9] = <float>(logarithm(priced) / 3)
    for row in range(PAGE_VALUE_COUNT):
        for block in range(count):
            out[row, block] = values[row]
    return result


cdef bint has_any(str text, str signs) except -1:
    """Whether a text has any of some characters."""
    for sign in signs:
        if PyUnicode_FindChar(text, sign, 0, len(text), 1) >= 0:
            return True
    return False


def group_columns(const long long[:, ::1] groups, const double[::1] words, const double[::1] links, double total):
    """Size, text, links and place of the groups of each block (columns × blocks, float32)."""
    cdef Py_ssize_t block, row, at, count = words.shape[0], group_count
    cdef long long id
    cdef double size, mean, spread
    result = np.empty((GROUP_VALUE_COUNT * groups.shape[0], count), dtype=np.float32)
    cdef float[:, ::1] out = result
    cdef double[:, ::1] sums
    cdef float[:, ::1] values
    for row in range(groups.shape[0]):
        group_count = 0
        for block in range(count):
            group_count = max(group_count, groups[row, block] + 1)
        sums = np.zeros((group_count, 6))
        values = np.empty((group_count, GROUP_VALUE_COUNT), dtype=np.float32)
        for block in range(count):
            id = groups[row, block]
            if sums[id, 0] == 0:
                sums[id, 4] = block
            sums[id, 0] += 1
            sums[id, 1] += words[block]
            sums[id, 2] += words[block] * words[block]
            sums[id, 3] += links[block]
            sums[id, 5] = block
        for id in range(group_count):
            size = sums[id, 0]
            mean = sums[id, 1] / size
            spread = sqrt(max(0.0, sums[id, 2] / size - mean * mean)) / (1 + mean)
            values[id, 0] = <float>(logarithm(size) / 3)
            values[id, 1] = <float>(logarithm(mean) / 4)
            values[id, 2] = <float>(sums[id, 1] / total)
            values[id, 3] = <float>(sums[id, 3] / max(1.0, sums[id, 1]))
            values[id, 4] = <float>min(3.0, spread)
            values[id, 5] = <float>(sums[id, 4] / count)
            values[id, 6] = <float>(sums[id, 5] / count)
        for block in range(count):
            id = groups[row, block]
            for at in range(GROUP_VALUE_COUNT):
                out[row * GROUP_VALUE_COUNT + at, block] = values[id, at]
    return result


def landmark_columns(
    list kinds,
    list levels,
    object heading,
    const double[::1] running,
    const long long[::1] nodes,
    const long long[::1] parents,
    const long long[::1] depths,
    const long long[::1] first,
    const long long[::1] end,
    const double[::1] words,
):
    """How near each block is to the first h1 and to the longest paragraph (columns × blocks, float32)."""
    cdef Py_ssize_t block, headline = -1, longest = -1, count = nodes.shape[0]
    cdef double most = 0
    result = np.zeros((9, count), dtype=np.float32)
    cdef float[:, ::1] out = result
    for block in range(count):
        if running[block] > most:
            longest, most = block, running[block]
        if headline < 0 and kinds[block] is heading and <long long>levels[block] == 1:
            headline = block
    if headline >= 0:
        find_nearness(nodes, parents, depths, first, end, words, headline, out[:5])
        out[5] = 1
    if longest >= 0:
        find_nearness(nodes, parents, depths, first, end, words, longest, out[6:])
    return result


cdef int find_nearness(
    const long long[::1] nodes,
    const long long[::1] parents,
    const long long[::1] depths,
    const long long[::1] first,
    const long long[::1] end,
    const double[::1] words,
    Py_ssize_t landmark,
    float[:, ::1] out,
) except -1:
    """Depth of the deepest element around a block and a landmark, and, where there is room, the distances to it."""
    cdef Py_ssize_t block, count = nodes.shape[0]
    cdef long long node = nodes[landmark], depth = depths[node], own, common, filled_from, filled_end
    cdef double before, at_landmark = 0, total = 0, share, some_depth = max(1, depth)
    cdef double distance
    common_array = np.zeros(count, dtype=np.int64)
    cdef long long[::1] deepest = common_array
    filled_from = filled_end = landmark
    while True:  # innermost first: each ancestor fills what its child left
        for block in range(first[node], filled_from):
            deepest[block] = depths[node]
        for block in range(filled_end, end[node]):
            deepest[block] = depths[node]
        filled_from, filled_end = min(filled_from, first[node]), max(filled_end, end[node])
        if parents[node] == node:
            break
        node = parents[node]
    for block in range(count):
        total += words[block]
        if block == landmark:
            at_landmark = total
    total = max(1.0, total)
    before = 0
    for block in range(count):
        before += words[block]
        common = deepest[block]
        out[0, block] = <float>(common / some_depth)
        out[1, block] = <float>((some_depth - common) / 10)
        out[2, block] = <float>((depths[nodes[block]] - common) / 10.0)
        if out.shape[0] == 3:
            continue
        distance = logarithm(abs(block - landmark)) / 5
        share = (before - at_landmark) / total
        out[3, block] = <float>(distance if block >= landmark else -distance)
        out[4, block] = <float>min(1.0, max(-1.0, share))
    return 0


def section_columns(list tags, dict indexes, const long long[::1] first, const long long[::1] end, Py_ssize_t count):
    """In how many elements of each sectioning tag a block stands, and how many there are (columns × blocks, float32)."""
    cdef Py_ssize_t node, block, index, tag_count = len(indexes)
    cdef PyObject *found
    cdef long long inside
    cdef float total
    steps_array = np.zeros((tag_count, count + 1), dtype=np.int64)
    totals_array = np.zeros(tag_count, dtype=np.int64)
    result = np.empty((2 * tag_count, count), dtype=np.float32)
    cdef long long[:, ::1] steps = steps_array
    cdef long long[::1] totals = totals_array
    cdef float[:, ::1] out = result
    for node in range(len(tags)):
        found = PyDict_GetItem(indexes, tags[node])
        if found != NULL:
            index = <object>found
            steps[index, first[node]] += 1
            steps[index, end[node]] -= 1
            totals[index] += 1
    for index in range(tag_count):
        inside = 0
        total = <float>(logarithm(totals[index]) / 3)
        for block in range(count):
            inside += steps[index, block]
            out[2 * index, block] = min(3, inside)
            out[2 * index + 1, block] = total
    return result


cdef Py_ssize_t behind(str text, Py_UCS4 sign, Py_ssize_t at, Py_ssize_t end) noexcept:
    """The place behind a character, which may stand behind white space; -1 where it does not."""
    while at < end and Py_UNICODE_ISSPACE(PyUnicode_READ_CHAR(text, at)):
        at += 1
    return at + 1 if at < end and PyUnicode_READ_CHAR(text, at) == sign else -1


def json_texts(str script, tuple keys, Py_ssize_t max_script_chars, Py_ssize_t min_chars, Py_ssize_t max_chars):
    """The texts of a JSON-LD script with their keys (`context.JSON_TEXT`).

    Args:
        script: The script.
        keys: The keys to look for, none of which another begins with.
        max_script_chars: How much of the script is read.
        min_chars: Characters that a text must have; one with a backslash before it is one.
        max_chars: Characters that it may have; the rest is left out.
    """
    cdef Py_ssize_t start = 0, at, first, count, end = min(len(script), max_script_chars)
    cdef Py_UCS4 sign
    cdef str key
    cdef list found = []
    while True:
        start = PyUnicode_FindChar(script, u'"', start, end, 1) + 1
        if start == 0 or start == end:
            return found
        for key in keys:
            if PyUnicode_READ_CHAR(key, 0) != PyUnicode_READ_CHAR(script, start):
                continue
            if not PyUnicode_Tailmatch(script, key, start, end, -1):
                continue
            at = start + len(key)
            if at == end or PyUnicode_READ_CHAR(script, at) != u'"':
                break
            at = behind(script, u":", at + 1, end)
            first = behind(script, u'"', at, end) if at >= 0 else -1
            if first < 0:
                break
            at, count = first, 0
            while at < end and count < max_chars:
                sign = PyUnicode_READ_CHAR(script, at)
                if sign == u"\\":
                    at += 1
                    if at == end or PyUnicode_READ_CHAR(script, at) == u"\n":
                        at -= 1
                        break
                elif sign == u'"':
                    break
                at += 1
                count += 1
            if count >= min_chars:
                found.append((key, script[first:at]))
                start = at
            break


def json_ld_columns(
    const int[::1] numbers, const long long[::1] starts, list words, tuple told, const double[::1] word_counts,
    Py_ssize_t max_words
):
    """Likeness of each block with the texts and the names in a page's JSON-LD (columns × blocks, float32).

    Args:
        numbers: The words of all blocks, as numbers.
        starts: Where each block's begin.
        words: The word of each number.
        told: The sets of words of the texts and of the names.
        word_counts: Words of each block.
        max_words: How many of a block's words are compared.
    """
    cdef Py_ssize_t block, at, count = starts.shape[0] - 1
    cdef int number, own_count
    cdef int[2] shared
    cdef double share
    result = np.zeros((5, count), dtype=np.float32)
    if not told[0] and not told[1]:
        return result
    in_array, last_array = sets_with(words, told), np.full(len(words), -1, dtype=np.int32)
    cdef float[:, ::1] out = result
    cdef const unsigned char[::1] sets = in_array
    cdef int[::1] last = last_array  # the last block with each word
    cdef float text_count = <float>(logarithm(len(<set>told[0])) / 6), name_count = <float>(logarithm(len(<set>told[1])) / 6)
    for block in range(count):
        own_count = shared[0] = shared[1] = 0
        for at in range(starts[block], min(starts[block + 1], starts[block] + max_words)):
            number = numbers[at]
            if last[number] != block:
                last[number] = <int>block
                own_count += 1
                shared[0] += sets[number] & 1
                shared[1] += sets[number] >> 1
        if own_count:
            share = shared[0] / <double>own_count
            out[0, block] = <float>share
            out[1, block] = <float>(shared[1] / <double>own_count)
            out[2, block] = <float>(share * logarithm(word_counts[block]) / 4)
        out[3, block] = text_count
        out[4, block] = name_count
    return result
