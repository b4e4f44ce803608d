# cython: boundscheck=False, wraparound=False, cdivision=True
"""Products of bytes and what stands around them; stands in for functions of `arbiter.layers` of the same names.

The products are here for processors that multiply and add up bytes in one instruction (AVX-512 VNNI). On others BLAS is
the faster one; both are exact.
"""

from libc.string cimport memcpy, memset

import numpy as np

cdef extern from *:
    """
    typedef struct {
        const signed char *matrix; /* for each four inputs, four bytes of each output side by side */
        const int *offset;
        const float *scale, *bias;
        Py_ssize_t inputs, outputs, width; /* width: the outputs, filled up to LANES */
    } dense_layer;

    #define LANES 16

    #if defined(__GNUC__) && defined(__x86_64__)
    #include <immintrin.h>
    #include <string.h>

    #define FOR_DOT_PRODUCTS __attribute__((target("avx512f,avx512bw,avx512vnni")))

    static int has_dot_products(void) { return __builtin_cpu_supports("avx512vnni") != 0; }

    /* Four bytes of a row, for each output. */
    FOR_DOT_PRODUCTS static inline __m512i four_codes(const unsigned char *codes) {
        int four;
        memcpy(&four, codes, 4);
        return _mm512_set1_epi32(four);
    }

    FOR_DOT_PRODUCTS static inline void finish(
        const dense_layer *layer, Py_ssize_t place, const int *sums, float *out
    ) {
        Py_ssize_t left = layer->outputs - place;
        __m512i above = _mm512_sub_epi32(_mm512_loadu_si512(sums), _mm512_loadu_si512(layer->offset + place));
        __m512 value = _mm512_cvtepi32_ps(above);
        value = _mm512_mul_ps(value, _mm512_loadu_ps(layer->scale + place));
        value = _mm512_add_ps(value, _mm512_loadu_ps(layer->bias + place));
        _mm512_mask_storeu_ps(out + place, left < LANES ? (1u << left) - 1 : 0xffff, value);
    }

    /* Sums up four rows for a tile of outputs, in variables of their own for each register of it: GCC leaves arrays of
       registers in memory. Beyond the last row, the last one is taken again. */
    #define START(part) __m512i a##part = nothing, b##part = nothing, c##part = nothing, d##part = nothing;
    #define STEP(part) \\
        weights = _mm512_loadu_si512(matrix + 4 * LANES * part); \\
        a##part = _mm512_dpbusd_epi32(a##part, codes_a, weights); \\
        b##part = _mm512_dpbusd_epi32(b##part, codes_b, weights); \\
        c##part = _mm512_dpbusd_epi32(c##part, codes_c, weights); \\
        d##part = _mm512_dpbusd_epi32(d##part, codes_d, weights);
    #define KEEP(part) \\
        _mm512_storeu_si512(sums[part][0], a##part); \\
        _mm512_storeu_si512(sums[part][1], b##part); \\
        _mm512_storeu_si512(sums[part][2], c##part); \\
        _mm512_storeu_si512(sums[part][3], d##part);
    #define COUNT(part) + 1
    #define DENSE_TILE(name, PARTS) \\
        FOR_DOT_PRODUCTS static void name( \\
            const dense_layer *layer, const unsigned char *codes, Py_ssize_t count, float *out, Py_ssize_t first \\
        ) { \\
            const __m512i nothing = _mm512_setzero_si512(); \\
            Py_ssize_t inputs = layer->inputs, start, at, next, part, row[ROWS]; \\
            int sums[TILE][ROWS][LANES]; \\
            for (start = 0; start < count; start += ROWS) { \\
                const signed char *matrix = layer->matrix + 4 * first; \\
                for (next = 0; next < ROWS; next++) row[next] = start + next < count ? start + next : count - 1; \\
                PARTS(START) \\
                for (at = 0; at < inputs; at += 4, matrix += 4 * layer->width) { \\
                    __m512i weights, codes_a = four_codes(codes + row[0] * inputs + at); \\
                    __m512i codes_b = four_codes(codes + row[1] * inputs + at); \\
                    __m512i codes_c = four_codes(codes + row[2] * inputs + at); \\
                    __m512i codes_d = four_codes(codes + row[3] * inputs + at); \\
                    PARTS(STEP) \\
                } \\
                PARTS(KEEP) \\
                for (part = 0; part < PARTS(COUNT); part++) \\
                    for (next = 0; next < ROWS; next++) \\
                        finish(layer, first + LANES * part, sums[part][next], out + row[next] * layer->outputs); \\
            } \\
        }
    #define ROWS 4
    #define TILE 5 /* registers of outputs: with four rows 20 sums in 32 registers */
    #define EACH_OF_TILE(DO) DO(0) DO(1) DO(2) DO(3) DO(4)
    #define THE_ONE(DO) DO(0)
    DENSE_TILE(dense_tile, EACH_OF_TILE)
    DENSE_TILE(dense_rest, THE_ONE)

    static void dense_rows(const dense_layer *layer, const unsigned char *codes, Py_ssize_t count, float *out) {
        Py_ssize_t first = 0;
        for (; first + TILE * LANES <= layer->width; first += TILE * LANES) dense_tile(layer, codes, count, out, first);
        for (; first < layer->width; first += LANES) dense_rest(layer, codes, count, out, first);
    }
    #else
    static int has_dot_products(void) { return 0; }
    static void dense_rows(const dense_layer *layer, const unsigned char *codes, Py_ssize_t count, float *out) {}
    #endif
    """
    ctypedef struct dense_layer:
        const signed char *matrix
        const int *offset
        const float *scale
        const float *bias
        Py_ssize_t inputs
        Py_ssize_t outputs
        Py_ssize_t width
    int LANES
    int has_dot_products()
    void dense_rows(const dense_layer *layer, const unsigned char *codes, Py_ssize_t count, float *out) nogil

HAS_DOT_PRODUCTS = bool(has_dot_products())
"""Whether this processor has the instruction, and `packed` and `dense` are of use."""


def dense(
    const unsigned char[:, ::1] codes,
    const signed char[:, :, ::1] packed,
    const int[::1] offset,
    const float[::1] scale,
    const float[::1] bias,
    Py_ssize_t outputs,
):
    """What a layer makes of coded rows; offset, scale and bias are as wide as the packed matrix."""
    cdef dense_layer layer
    if codes.shape[1] != 4 * packed.shape[0]:
        raise ValueError(f"rows of {codes.shape[1]} codes for {4 * packed.shape[0]} inputs")
    result = np.empty((codes.shape[0], outputs), dtype=np.float32)
    cdef float[:, ::1] out = result
    if codes.shape[0]:
        layer = dense_layer(
            &packed[0, 0, 0], &offset[0], &scale[0], &bias[0], codes.shape[1], outputs, packed.shape[1]
        )
        dense_rows(&layer, &codes[0, 0], codes.shape[0], &out[0, 0])
    return result


def coded(const float[:, ::1] values, const float[::1] steps, float zero):
    """Numbers rounded to bytes, with a step a column."""
    cdef Py_ssize_t row, column, width = steps.shape[0]
    cdef float value, half = zero + <float>0.5
    result = np.empty((values.shape[0], width), dtype=np.uint8)
    cdef unsigned char[:, ::1] out = result
    for row in range(values.shape[0]):
        for column in range(width):
            value = values[row, column] * steps[column] + half
            value = value if value > 0 else 0
            out[row, column] = <unsigned char><int>(value if value < 255 else 255)
    return result


def window(const unsigned char[:, ::1] codes, Py_ssize_t reach):
    """Each block's codes between those of its neighbours at a distance."""
    cdef Py_ssize_t row, part, near, count = codes.shape[0], width = codes.shape[1]
    joined = np.empty((count, 3 * width), dtype=np.uint8)
    cdef unsigned char[:, ::1] out = joined
    for row in range(count):
        for part in range(3):
            near = row + (part - 1) * reach
            if 0 <= near < count:
                memcpy(&out[row, part * width], &codes[near, 0], width)
            else:
                memset(&out[row, part * width], 0, width)
    return joined


def add_positive(float[:, ::1] change, const float[:, ::1] hidden):
    """Adds the state to the positive part of a layer's result, in place of the result."""
    cdef Py_ssize_t row, column
    cdef float value
    for row in range(change.shape[0]):
        for column in range(change.shape[1]):
            value = change[row, column]
            change[row, column] = hidden[row, column] + (value if value > 0 else 0)
