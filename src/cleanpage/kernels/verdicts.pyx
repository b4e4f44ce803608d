# cython: boundscheck=False, wraparound=False
"""What the letters and scores of blocks come to: votes, margins, the best of two opinions."""

from cpython.unicode cimport PyUnicode_DATA
from libc.stdint cimport int64_t, uint8_t


def weigh_words(
    list texts,
    list link_char_counts,
    const int64_t[::1] read_lengths,
    const double[::1] read_words,
    const uint8_t[::1] carries,
    double min_running,
    double max_link_density,
    double[::1] words,
    double[::1] running,
):
    """The words with which each block votes; stands in for `language.page_language._word_counts`."""
    cdef Py_ssize_t row, length, link_length
    for row in range(len(texts)):
        length, link_length = len(<str>texts[row]), link_char_counts[row]
        words[row] = 0
        if carries[row]:
            words[row] = read_words[row] * max(<double>length / max(read_lengths[row], 1), <double>1)
        is_running = read_words[row] >= min_running and not link_length > max_link_density * length
        running[row] = words[row] if is_running else 0


def find_own(
    const int64_t[:, ::1] weights, const int64_t[::1] scripts, Py_ssize_t script, double min_share, int64_t[::1] found
):
    """The script that each block is taken to be in; stands in for `language.verdict._block_scripts`."""
    cdef Py_ssize_t row, column
    cdef int64_t own, whole
    for row in range(weights.shape[0]):
        own, whole = weights[row, script], 0
        for column in range(weights.shape[1]):
            whole += weights[row, column]
        found[row] = script if own > 0 and own >= min_share * whole else scripts[row]


def elect(
    const float[:, ::1] scores,
    const int64_t[::1] blocks,
    const double[::1] words,
    int64_t[::1] choices,
    double[::1] votes,
):
    """Lets blocks vote; stands in for sums in `language.page_language._elect`.

    Args:
        scores: Of all blocks in each language.
        blocks: The blocks that vote.
        words: The words with which each block of the page votes.
        choices: Filled: the language with the highest score of each of ``blocks``, of equal ones the first.
        votes: Filled: the words for each language, zero before.
    """
    cdef Py_ssize_t index, block, column, best
    for index in range(blocks.shape[0]):
        block, best = blocks[index], 0
        for column in range(1, scores.shape[1]):
            if scores[block, column] > scores[block, best]:
                best = column
        choices[index] = best
        votes[best] += words[block]


def find_margins(const float[:, ::1] scores, const int64_t[::1] blocks, Py_ssize_t own, double[::1] margins):
    """By how much the likeliest language beats a page's own, for each of some blocks.

    Args:
        scores: Of all blocks in each language.
        blocks: The blocks.
        own: The column of the page's own language.
        margins: Filled.
    """
    cdef Py_ssize_t index, column
    cdef float best
    cdef const float *row
    for index in range(blocks.shape[0]):
        row = &scores[blocks[index], 0]
        best = row[0]
        for column in range(1, scores.shape[1]):
            if row[column] > best:
                best = row[column]
        margins[index] = best - row[own]


def best_margin(
    const float[::1] opinions,
    dict columns,
    dict profile_scores,
    str language,
    tuple unprofiled,
    double profile_weight,
    double share,
    bonuses,
    double penalty,
):
    """The language that beats another by most nats; stands in for `language.verdict._margins`.

    Args:
        opinions: Scores of py3langid.
        columns: Where the score of each language stands among these.
        profile_scores: Scores of the profiles by language.
        language: The language that has to be beaten.
        unprofiled: Languages without a profile.
        profile_weight: Weight of the profiles' scores.
        share: Share of the words that are different ones.
        bonuses: Nats in favour of some languages.
        penalty: Nats against a language without a profile.

    Returns:
        The language and the nats; None where no other has a score, or this one has none.
    """
    cdef double own, margin, best_profile = 0, best = 0
    cdef float best_opinion = 0
    cdef str found = None, likeliest = None
    column = columns.get(language)
    if column is None:
        return None
    own = opinions[<Py_ssize_t>column]
    is_first = True
    for other, score in profile_scores.items():
        if is_first or <double>score > best_profile:
            best_profile, is_first = score, False
        column = columns.get(other)
        if column is None or other == language:
            continue
        margin = share * (profile_weight * <double>score + opinions[<Py_ssize_t>column] - own)
        if other in bonuses:
            margin += <double>bonuses[other]
        if found is None or margin > best:
            found, best = other, margin
    for other in unprofiled:
        column = columns[other]
        if other != language and (likeliest is None or opinions[<Py_ssize_t>column] > best_opinion):
            likeliest, best_opinion = other, opinions[<Py_ssize_t>column]
    if likeliest is not None:
        margin = share * (profile_weight * best_profile + best_opinion - own) - penalty
        if found is None or margin > best:
            found, best = likeliest, margin
    return None if found is None else (found, best)


def count_small_words(str text):
    """Counts the different words of an ASCII text that are in small letters; stands in for `verdict._small_word_count`.

    Returns:
        The number of words; None for other texts.
    """
    cdef Py_ssize_t place, start = 0, length = len(text)
    cdef set words = set()
    cdef bint is_small = True
    cdef uint8_t code
    cdef const uint8_t *data
    if not text.isascii():
        return None
    data = <const uint8_t *>PyUnicode_DATA(text)
    for place in range(length + 1):
        code = data[place]  # a NUL ends the text
        if c"a" <= code <= c"z":
            continue
        if c"A" <= code <= c"Z" or c"0" <= code <= c"9" or code == c"_":
            is_small = False
            continue
        if is_small and place - start > 1:
            words.add(data[start:place])
        start, is_small = place + 1, True
    return len(words)
