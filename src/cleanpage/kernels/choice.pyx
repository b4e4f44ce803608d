# cython: boundscheck=False, wraparound=False, cdivision=True
"""Which blocks are the main text; stands in for the arithmetic of `arbiter.decide.choose_main`."""

from cpython.mem cimport PyMem_Free, PyMem_Malloc


def best_choice(
    const double[::1] main, const double[::1] word_counts, const long long[::1] order, const double[::1] shifts,
    double squared_beta, double min_probability
):
    """The place in an order of blocks up to which they are the best choice, and the expected F-measure of that.

    Args:
        main: Expected share of each block's words in the main text.
        word_counts: Words of each block.
        order: The blocks, the likeliest first; two at least.
        shifts: What the odds are multiplied by, each as likely as the others.
        squared_beta: Weight of recall against precision, squared.
        min_probability: Probabilities are that far from 0 and 1.
    """
    cdef Py_ssize_t place, shift, best = 0, count = order.shape[0]
    cdef double odds, gold, chosen, most
    cdef double *scores
    cdef double *words
    cdef double *own_odds
    cdef double *hits = <double *>PyMem_Malloc(4 * count * sizeof(double))
    if hits == NULL:
        raise MemoryError
    scores, words, own_odds = hits + count, hits + 2 * count, hits + 3 * count
    for place in range(count):
        words[place] = max(word_counts[order[place]], 1e-3)
        odds = min(max(main[order[place]], min_probability), 1 - min_probability)
        own_odds[place] = odds / (1 - odds)
        scores[place] = 0
    for shift in range(shifts.shape[0]):
        gold = chosen = 0
        for place in range(count):
            odds = own_odds[place] * shifts[shift]
            gold += odds / (1 + odds) * words[place]
            hits[place] = gold
        for place in range(count):
            chosen += words[place]
            scores[place] += (1 + squared_beta) * hits[place] / (chosen + squared_beta * gold + 1e-9)
    most = scores[0] / shifts.shape[0]
    for place in range(1, count):
        if scores[place] / shifts.shape[0] > most:
            best, most = place, scores[place] / shifts.shape[0]
    PyMem_Free(hits)
    return best, most
