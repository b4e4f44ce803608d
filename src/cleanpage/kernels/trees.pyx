# cython: boundscheck=False, wraparound=False, cdivision=True
"""The sums of boosted trees; stands in for a function of `arbiter.trees`.

Instead of stepping through tree after tree, the nodes of all trees are sorted by the number that they look at, and those
that send a block to their second child strike out the leaves below the first: what is left of a tree, from the first
on, begins with its leaf (QuickScorer, Lucchese et al. 2015). That reads memory in order, and hardly branches.
"""

from libc.math cimport INFINITY
from libc.string cimport memset

import numpy as np

ctypedef unsigned int bits

cdef extern from *:
    """
    #if defined(_MSC_VER)
    #include <intrin.h>
    static int first_bit(unsigned int set) { unsigned long at; _BitScanForward(&at, set); return (int)at; }
    #else
    static int first_bit(unsigned int set) { return __builtin_ctz(set); }
    #endif

    typedef struct { float threshold; int tree; unsigned int kept; } tree_node;

    #define LANES 16

    /* Where wider registers are a matter of the processor, the C library chooses among copies of the function below. */
    #if defined(__GLIBC__) && defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
    #define FOR_WIDER_REGISTERS __attribute__((target_clones("avx512f", "avx2", "default")))
    #else
    #define FOR_WIDER_REGISTERS
    #endif

    /* For nodes that look at one number, by rising thresholds: leaves out of the lanes' sets those that are not kept, where
       the lane's value is above the threshold. */
    #if defined(__GNUC__)
    #include <string.h>
    typedef float lane_floats __attribute__((vector_size(4 * LANES)));
    typedef int lane_ints __attribute__((vector_size(4 * LANES)));
    FOR_WIDER_REGISTERS
    static void strike_out(
        unsigned int *sets, const float *values, float highest, const tree_node *node, const tree_node *end
    ) {
        lane_floats value;
        memcpy(&value, values, sizeof value);
        for (; node < end && highest > node->threshold; node++) {
            unsigned int *place = sets + LANES * node->tree;
            lane_ints set;
            memcpy(&set, place, sizeof set);
            set &= (int)node->kept | ~(value > node->threshold);
            memcpy(place, &set, sizeof set);
        }
    }
    #else
    static void strike_out(
        unsigned int *sets, const float *values, float highest, const tree_node *node, const tree_node *end
    ) {
        for (; node < end && highest > node->threshold; node++)
            for (int lane = 0; lane < LANES; lane++)
                if (values[lane] > node->threshold) sets[LANES * node->tree + lane] &= node->kept;
    }
    #endif
    """
    ctypedef struct tree_node:
        float threshold
        int tree
        bits kept  # the leaves that are left where a number is above the threshold
    enum:
        LANES
    int first_bit(bits set) noexcept nogil
    void strike_out(
        bits *sets, const float *values, float highest, const tree_node *node, const tree_node *end
    ) noexcept nogil

cdef enum:
    MAX_LEAVES = 32


cdef class Forest:
    """Trees as `arbiter.trees.Trees` has them, in the order in which they are worked off."""

    cdef readonly int tree_count
    cdef readonly int output_count
    cdef int[::1] columns  # those that any node looks at
    cdef int[::1] ends  # of the nodes of each of these columns
    cdef tree_node[::1] nodes
    cdef float[:, ::1] leaves

    def __init__(self, features, thresholds, children, leaves, output_count):
        if leaves.shape[1] > MAX_LEAVES:
            raise ValueError(f"a tree has {leaves.shape[1]} leaves, more than {MAX_LEAVES}")
        self.tree_count = len(features)
        self.output_count = output_count
        ordered = np.zeros(leaves.shape, dtype=np.float32)
        found = []
        by_output = [tree for first in range(output_count) for tree in range(first, self.tree_count, output_count)]
        for place, tree in enumerate(by_output):
            order = []
            struck_out(0, children[tree].tolist(), order, rows := [])
            ordered[place, : len(order)] = leaves[tree][order]
            found += [(features[tree, node], thresholds[tree, node], place, ~struck & 0xFFFFFFFF) for node, struck in rows]
        found.sort()
        self.leaves = ordered
        columns = sorted({row[0] for row in found})
        counts = np.bincount([row[0] for row in found])
        self.columns = np.array(columns, dtype=np.int32)
        self.ends = np.cumsum(counts[columns]).astype(np.int32)
        kind = np.dtype([("threshold", np.float32), ("tree", np.int32), ("kept", np.uint32)])
        self.nodes = np.array([row[1:] for row in found], dtype=kind)


def struck_out(node, children, order, rows):
    """Puts the leaves below a node in order, and notes for it and those below which leaves are below their first child."""
    first = len(order)
    for side in (0, 1):
        child = children[node][side]
        if child < 0:
            order.append(-1 - child)
        else:
            struck_out(child, children, order, rows)
        if side == 0:
            rows.append((node, (1 << len(order)) - (1 << first)))


def log_odds(const float[:, :] own, Forest forest, Py_ssize_t neighbor_columns):
    """What the trees think of each block; see `arbiter.trees.log_odds`.

    Blocks are taken sixteen at a time: neighbours are alike, so that most nodes send all of them the same way.
    """
    cdef Py_ssize_t count = own.shape[0], width = own.shape[1], first, column, at, node, end, tree, lane
    cdef Py_ssize_t column_count = forest.columns.shape[0], tree_count = forest.tree_count
    cdef Py_ssize_t output, output_count = forest.output_count
    cdef const float* block
    cdef tree_node* nodes
    cdef bits* masks
    cdef bits* sets
    cdef double totals[LANES]
    cdef float* leaves
    cdef float values[LANES]
    cdef float highest
    # A row of zeros at each end, so that a neighbour is a row away for every block, and rows to fill up the last lanes.
    padded_array = np.zeros((count + LANES + 1, width), dtype=np.float32)
    padded_array[1 : count + 1] = own
    score_array = np.zeros((count + LANES, output_count), dtype=np.float64)
    if not column_count:
        return score_array[:count]
    cdef float[:, ::1] padded = padded_array
    cdef double[:, ::1] scores = score_array
    cdef bits[::1] left = np.empty(LANES * tree_count, dtype=np.uint32)
    cdef int[::1] offsets = np.empty(column_count, dtype=np.int32)
    for at in range(column_count):
        column = forest.columns[at]
        if column >= width + neighbor_columns:
            column -= neighbor_columns  # of the row after
        elif column >= width:
            column -= 2 * width  # of the row before
        offsets[at] = <int>column
    nodes, masks = &forest.nodes[0], &left[0]
    for first in range(0, count, LANES):
        block = &padded[first + 1, 0]
        memset(masks, 0xFF, LANES * tree_count * sizeof(bits))
        node = 0
        for at in range(column_count):
            highest = -INFINITY
            for lane in range(LANES):
                values[lane] = block[lane * width + offsets[at]]
                if values[lane] > highest:
                    highest = values[lane]
            end = forest.ends[at]
            strike_out(masks, values, highest, nodes + node, nodes + end)
            node = end
        tree = 0
        for output in range(output_count):
            for lane in range(LANES):
                totals[lane] = 0
            end = tree + tree_count // output_count
            while tree < end:
                leaves, sets = &forest.leaves[tree, 0], masks + LANES * tree
                for lane in range(LANES):
                    totals[lane] += leaves[first_bit(sets[lane])]
                tree += 1
            for lane in range(LANES):
                scores[first + lane, output] = totals[lane]
    return score_array[:count]
