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
    #define ROWS 4 /* rows and registers of outputs that are summed up at a time: 20 sums in 32 registers */
    #define TILE 5

    static int has_dot_products(void) { return __builtin_cpu_supports("avx512vnni") != 0; }

    FOR_DOT_PRODUCTS static inline __attribute__((always_inline)) void dense_tile(
        const dense_layer *layer, const unsigned char *codes, float *out, const int rows, const int tile, Py_ssize_t first
    ) {
        __m512i sums[ROWS][TILE], weights[TILE];
        Py_ssize_t at, inputs = layer->inputs;
        int row, part, four = 0;
        for (row = 0; row < rows; row++)
            for (part = 0; part < tile; part++) sums[row][part] = _mm512_setzero_si512();
        for (at = 0; at < inputs; at += 4) {
            for (part = 0; part < tile; part++)
                weights[part] = _mm512_loadu_si512(layer->matrix + at * layer->width + 4 * (first + LANES * part));
            for (row = 0; row < rows; row++) {
                memcpy(&four, codes + row * inputs + at, 4);
                for (part = 0; part < tile; part++)
                    sums[row][part] = _mm512_dpbusd_epi32(sums[row][part], _mm512_set1_epi32(four), weights[part]);
            }
        }
        for (part = 0; part < tile; part++) {
            Py_ssize_t place = first + LANES * part, left = layer->outputs - place;
            __mmask16 kept = left < LANES ? (1u << left) - 1 : 0xffff;
            __m512i offset = _mm512_loadu_si512(layer->offset + place);
            __m512 scale = _mm512_loadu_ps(layer->scale + place), bias = _mm512_loadu_ps(layer->bias + place);
            for (row = 0; row < rows; row++) {
                __m512 value = _mm512_cvtepi32_ps(_mm512_sub_epi32(sums[row][part], offset));
                value = _mm512_add_ps(_mm512_mul_ps(value, scale), bias);
                _mm512_mask_storeu_ps(out + row * layer->outputs + place, kept, value);
            }
        }
    }

    #define DENSE_TILES(size) \\
        for (row = 0; row + ROWS <= count; row += ROWS) \\
            dense_tile(layer, codes + row * layer->inputs, out + row * layer->outputs, ROWS, size, first); \\
        for (; row < count; row++) \\
            dense_tile(layer, codes + row * layer->inputs, out + row * layer->outputs, 1, size, first);

    FOR_DOT_PRODUCTS static void dense_rows(
        const dense_layer *layer, const unsigned char *codes, Py_ssize_t count, float *out
    ) {
        Py_ssize_t first = 0, row;
        for (; first + TILE * LANES <= layer->width; first += TILE * LANES) { DENSE_TILES(TILE) }
        for (; first + 2 * LANES <= layer->width; first += 2 * LANES) { DENSE_TILES(2) }
        if (first < layer->width) { DENSE_TILES(1) }
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
