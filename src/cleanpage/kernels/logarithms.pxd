# Logarithms of small whole numbers, looked up: what the kernels over features share. A kernel fills its table once.
#
# They are those of the C library, which differ from numpy's in the last bit of a float64, if at all.

from libc.math cimport log1p

cdef enum:
    LOGARITHM_COUNT = 4096

cdef extern from *:
    """
    static double LOGARITHMS[4096];
    """
    double LOGARITHMS[LOGARITHM_COUNT]


cdef inline void fill_logarithms() noexcept:
    cdef int number
    for number in range(LOGARITHM_COUNT):
        LOGARITHMS[number] = log1p(number)


cdef inline double logarithm(double value) noexcept nogil:
    # The logarithm of one more than a number, most often a small whole one.
    cdef int whole
    if 0 <= value < LOGARITHM_COUNT:
        whole = <int>value
        if whole == value:
            return LOGARITHMS[whole]
    return log1p(value)
