"""The arbiter's boosted trees: a second opinion on main text and roles beside the network's.

Trees cut the same dense features at thresholds where the network adds them up, and see the tokens of a block as a few
log-odds, so they err elsewhere: the mean of both is right more often than either. Training is in training/trees.py and
training/token_weights.py; the arrays are in the same .npz file as the network.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from cleanpage import native

if TYPE_CHECKING:
    from collections.abc import Mapping

KERNEL: Final = native.kernel("trees")

NEIGHBOR_COLUMNS: Final = 41
"""Numbers of the block before and of the one after that trees see: those that come first, the log-odds of its tokens
and the features of its own text."""

CHUNK_ROWS: Final = 512
"""Blocks that step through all trees at a time: enough that numpy is busy, few enough for its buffers to stay small."""

NAMES: Final = ("features", "thresholds", "children", "leaves")
"""The arrays of a forest in a file of weights, after its own name."""


class Trees(NamedTuple):
    """Trees of equal numbers of nodes; what they add is for one output after another, and then for the first again.

    Attributes:
        features: Column that each inner node looks at, trees × nodes, int16: a block's own numbers, then the first
            ones of the block before and of the block after.
        thresholds: Up to which it goes to its first child, trees × nodes, float32.
        children: Its children, trees × nodes × 2, int16; below zero are leaves, -1 the first.
        leaves: What each leaf adds to the logarithm of odds, trees × leaves, float32.
        output_count: Numbers that the trees give of each block.
        forest: The same as the kernel takes it; None without kernels.
    """

    features: np.ndarray
    thresholds: np.ndarray
    children: np.ndarray
    leaves: np.ndarray
    output_count: int
    forest: Any


def trees_of(arrays: Mapping[str, np.ndarray], name: str, output_count: int) -> Trees:
    """The trees of a file of weights.

    Args:
        arrays: What the file holds.
        name: Of the forest.
        output_count: Numbers that it gives of each block.

    Raises:
        KeyError: It has none.
        ValueError: They have more leaves than the kernel takes.
    """
    features, thresholds, children, leaves = (arrays[f"{name}_{part}"] for part in NAMES)
    leaves = leaves.astype(np.float32)
    forest = KERNEL.Forest(features, thresholds, children, leaves, output_count) if KERNEL is not None else None
    return Trees(features, thresholds, children, leaves, output_count, forest)


def log_odds(own: np.ndarray, trees: Trees) -> np.ndarray:
    """What the trees think of each block.

    Args:
        own: What trees see of each block of a page by itself, blocks × numbers, float32 (`model.tree_input`).
        trees: The trees.

    Returns:
        The logarithms of odds, blocks × outputs, float64.
    """
    if KERNEL is not None:
        kernel_result: np.ndarray = KERNEL.log_odds(own, trees.forest, NEIGHBOR_COLUMNS)
        return kernel_result
    seen = with_neighbors(own)
    chunks = [_scores(seen[first : first + CHUNK_ROWS], trees) for first in range(0, len(seen), CHUNK_ROWS)]
    return np.concatenate(chunks)


def with_neighbors(own: np.ndarray) -> np.ndarray:
    """The numbers of each block, and the first ones of the block before it and after it; zeros beyond the page."""
    edge = np.zeros((1, NEIGHBOR_COLUMNS), dtype=np.float32)
    near = own[:, :NEIGHBOR_COLUMNS]
    return np.concatenate([own, np.concatenate([edge, near[:-1]]), np.concatenate([near[1:], edge])], axis=1)


def _scores(seen: np.ndarray, trees: Trees) -> np.ndarray:
    """Steps all blocks through all trees at once."""
    tree_count, node_count = trees.features.shape
    values, thresholds, features = seen.ravel(), trees.thresholds.ravel(), trees.features.ravel()
    children = trees.children.reshape(-1, 2)
    rows = np.arange(len(seen))[:, None] * seen.shape[1]
    roots = np.arange(tree_count) * node_count
    nodes = np.zeros((len(seen), tree_count), dtype=np.int64)
    is_open = np.ones(nodes.shape, dtype=bool)
    while is_open.any():
        at = np.maximum(nodes, 0) + roots
        is_beyond = values.take(rows + features.take(at)) > thresholds.take(at)
        nodes = np.where(is_open, np.where(is_beyond, children[:, 1].take(at), children[:, 0].take(at)), nodes)
        is_open = nodes >= 0
    leaves = trees.leaves.ravel().take(-1 - nodes + np.arange(tree_count) * trees.leaves.shape[1])
    rounds = leaves.astype(np.float64).reshape(len(seen), -1, trees.output_count)
    # One after the other, as the kernel adds them up: numpy's own sum would go by halves.
    total: np.ndarray = np.add.accumulate(rounds, axis=1)[:, -1]
    return total
