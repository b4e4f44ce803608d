"""The arbiter's network, run in numpy: features → probabilities of main content, roles and page type.

Hashed embeddings of words and markup are summed for each block and joined with its dense features; two convolutions
over neighbouring blocks and two rounds of means over containers and look-alikes give each block its context. Training
is in training/network.py; the weights are one .npz file a kind of page.
"""

from __future__ import annotations

import zlib
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple
from zipfile import BadZipFile

import numpy as np

from cleanpage.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from cleanpage.features import Features
    from cleanpage.features.bags import Bag
    from cleanpage.features.structure import Layout

GROUP_COUNT: Final = 6
"""Kinds of groups in `features.group_ids`; the whole page is one more."""

PATH_DECAY: Final = 0.8
"""Weight of each ancestor's markup against its child's."""

GRANDPARENT_WEIGHT: Final = 0.6
FEATURE_BOUND: Final = 5.0
"""Standardised features are cut off here, in standard deviations."""

MAIN_SHARPNESS: Final = 0.65
"""Factor of the main text's logits: the network is surer than it is right. On pages of two left-out folds of sites, the
choice by expected F-measure had an F1 on wcxb of 0.863 with 1, 0.868 with 0.7, 0.869 with 0.6 and 0.861 with 0.3."""

ONE_THREAD_PRODUCT: Final = 1 << 18
"""Multiplications up to which OpenBLAS uses one thread (interface/gemm.c: SMP_THRESHOLD_MIN · 4)."""

LAYERS: Final = ("input", "conv1", "share1", "pool1", "conv2", "conv4", "share2", "pool2", "main", "roles", "types")

PAGE_TYPES: Final = ("article", "collection", "documentation", "forum", "listing", "product", "service")


class Probabilities(NamedTuple):
    """What the network thinks of a page.

    Attributes:
        main: Expected share of each block's words in the main text.
        roles: Probability of each role, blocks × 16.
        page_types: Probability of each page type.
    """

    main: np.ndarray
    roles: np.ndarray
    page_types: np.ndarray


class Weights(NamedTuple):
    """The network's weights, as float32."""

    layers: dict[str, tuple[np.ndarray, np.ndarray]]
    words_table: np.ndarray
    markup_table: np.ndarray
    mean: np.ndarray
    scale: np.ndarray


@cache
def load_weights(name: str, folder: Path | None = None) -> Weights:
    """Reads the network's weights.

    Args:
        name: 'html' or 'text'.
        folder: Where NAME.npz is; None takes the ones in the package.

    Raises:
        ConfigError: There is no such file, or it holds other weights than this version reads.
    """
    place = folder if folder is not None else resources.files("cleanpage") / "arbiter"
    try:
        with (place / f"{name}.npz").open("rb") as file:
            return _weights(dict(np.load(file)))
    except (OSError, EOFError, KeyError, TypeError, ValueError, BadZipFile, zlib.error) as error:
        raise ConfigError(
            f"weights: {place}/{name}.npz cannot be used ({error}); train them with this version"
        ) from error


def _weights(arrays: dict[str, np.ndarray]) -> Weights:
    tables = [
        (arrays[table].astype(np.float32) * arrays[table + "_scale"]).astype(np.float32)
        for table in ("words_table", "markup_table")
    ]
    layers = {key: (arrays[key].astype(np.float32), arrays[key + "_bias"].astype(np.float32)) for key in LAYERS}
    return Weights(layers, tables[0], tables[1], arrays["mean"], arrays["scale"])


def bag_sums(bag: Bag, table: np.ndarray) -> np.ndarray:
    """The sum of each row's embeddings over the square root of their number."""
    counts = np.diff(bag.starts)
    sums = np.zeros((len(counts), table.shape[1]), dtype=np.float32)
    is_filled = counts > 0
    if is_filled.any():
        rows = np.add.reduceat(table.take(bag.ids, axis=0), bag.starts[:-1][is_filled], axis=0)
        sums[is_filled] = rows / np.sqrt(counts[is_filled])[:, None].astype(np.float32)
    return sums


def network_input(features: Features, weights: Weights) -> np.ndarray:
    """Standardised dense features and the embeddings of words, own markup, containers, path and page."""
    if len(weights.mean) != features.dense.shape[1]:
        raise ConfigError(
            f"weights: they read {len(weights.mean)} numbers a block, this version computes {features.dense.shape[1]}; "
            "train them with this version"
        )
    layout = features.layout
    table = weights.markup_table
    nodes = bag_sums(features.looks, table).take(layout.looks, axis=0)
    near = bag_sums(features.inline, table) + nodes.take(layout.nodes, axis=0)
    middle = nodes.take(layout.ancestors[1], axis=0)
    middle += np.float32(GRANDPARENT_WEIGHT) * nodes.take(layout.ancestors[2], axis=0)
    path = path_sums(nodes, layout).take(layout.nodes, axis=0)
    page = np.broadcast_to(bag_sums(features.page, table), near.shape)
    dense = features.dense - weights.mean
    dense *= weights.scale
    np.clip(dense, -FEATURE_BOUND, FEATURE_BOUND, out=dense)
    return np.concatenate([dense, bag_sums(features.words, weights.words_table), near, middle, path, page], axis=1)


def path_sums(nodes: np.ndarray, layout: Layout) -> np.ndarray:
    """Each node's embedding and those of its ancestors, fading with their distance."""
    sums = nodes.copy()
    order = np.argsort(layout.depths, kind="stable")
    borders = np.searchsorted(layout.depths[order], np.arange(1, layout.depths[order[-1]] + 2))
    for first, end in pairwise(borders):
        level = order[first:end]
        sums[level] += np.float32(PATH_DECAY) * sums[layout.parents[level]]
    return sums


class _Groups:
    """Means over groups of blocks, by sorting the blocks once."""

    def __init__(self, groups: np.ndarray) -> None:
        self.plans = []
        for ids in groups:
            order = np.argsort(ids, kind="stable")
            starts = np.flatnonzero(np.diff(ids[order], prepend=-1))
            counts = np.diff(starts, append=len(ids)).astype(np.float32)[:, None]
            self.plans.append((order, starts, counts, ids))

    def means(self, hidden: np.ndarray) -> list[np.ndarray]:
        """Each block's group means, one array a kind of group; the whole page last."""
        means = [
            (np.add.reduceat(hidden.take(order, axis=0), starts, axis=0) / counts).take(ids, axis=0)
            for order, starts, counts, ids in self.plans
        ]
        return [*means, np.broadcast_to(hidden.mean(axis=0, keepdims=True), hidden.shape)]


def product(x: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """A matrix product in slices of rows so small that BLAS keeps to one thread.

    The products of a page are too small to share: on a busy machine, waiting for the other threads took ten times as
    long as the work, and the number of threads would change the last digit of the result.

    Args:
        x: rows × inputs.
        matrix: inputs × outputs.
    """
    rows = max(1, ONE_THREAD_PRODUCT // matrix.size)
    inputs, outputs = matrix.shape
    count = len(x) // rows
    head = x[: count * rows].reshape(count, rows, inputs) @ matrix
    return np.concatenate([head.reshape(count * rows, outputs), x[count * rows :] @ matrix])


def _relu(x: np.ndarray) -> np.ndarray:
    """The positive part, in place."""
    np.maximum(0, x, out=x)
    return x


def _sigmoid(x: np.ndarray) -> np.ndarray:
    chances: np.ndarray = 1 / (1 + np.exp(-np.clip(x, -30, 30)))
    return chances


def _softmax(x: np.ndarray) -> np.ndarray:
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    shares: np.ndarray = powers / powers.sum(axis=-1, keepdims=True)
    return shares


def run(features: Features, weights: Weights) -> Probabilities:
    """Runs the network over a page.

    Args:
        features: The page's features, at least one block.
        weights: The network.
    """

    def dense(name: str, x: np.ndarray) -> np.ndarray:
        matrix, bias = weights.layers[name]
        result = product(x, matrix)
        result += bias
        return result

    def conv(name: str, hidden: np.ndarray, reach: int) -> np.ndarray:
        width = hidden.shape[1]
        window = np.zeros((len(hidden), 3 * width), dtype=np.float32)
        window[reach:, :width] = hidden[:-reach]
        window[:, width : 2 * width] = hidden
        window[:-reach, 2 * width :] = hidden[reach:]
        result: np.ndarray = hidden + _relu(dense(name, window))
        return result

    def pool(name: str, share: str, hidden: np.ndarray) -> np.ndarray:
        means = groups.means(dense(share, hidden))
        result: np.ndarray = hidden + _relu(dense(name, np.concatenate([hidden, *means], axis=1)))
        return result

    groups = _Groups(features.groups)
    hidden = _relu(dense("input", network_input(features, weights)))
    hidden = pool("pool1", "share1", conv("conv1", hidden, 1))
    hidden = pool("pool2", "share2", conv("conv4", conv("conv2", hidden, 2), 4))
    summary = np.concatenate([hidden.mean(axis=0), hidden.max(axis=0)])
    return Probabilities(
        _sigmoid(MAIN_SHARPNESS * dense("main", hidden)[:, 0].astype(np.float64)),
        _softmax(dense("roles", hidden).astype(np.float64)),
        _softmax(dense("types", summary[None])[0].astype(np.float64)),
    )
