"""The arbiter's model, run in numpy: features → probabilities of main content, roles and page type.

Hashed embeddings of words and markup are summed for each block and joined with its dense features; three convolutions
over neighbouring blocks and two rounds of means over containers and look-alikes give each block its context. About main
text and roles boosted trees have as much of a say: they see the dense features and how far tokens speak for main text.
Training is in training/; the weights are one .npz file a kind of page.
"""

from __future__ import annotations

import zlib
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple
from zipfile import BadZipFile

import numpy as np

from cleanpage import native
from cleanpage.arbiter import trees
from cleanpage.arbiter.layers import CODE_STEPS, SIGNED_STEPS, SIGNED_ZERO, Layer, coded, dense, grown, layer_of, window
from cleanpage.errors import ConfigError
from cleanpage.roles import ROLES

if TYPE_CHECKING:
    from pathlib import Path

    from cleanpage.features import Features
    from cleanpage.features.bags import Bag
    from cleanpage.features.structure import Layout

KERNEL: Final = native.kernel("network")

GROUP_COUNT: Final = 6
"""Kinds of groups in `features.group_ids`; the whole page is one more."""

BAG_NAMES: Final = ("words", "near", "middle", "path", "page")
"""What a block's tokens are from: its text, its own markup, its containers, all that it is in, the page's labels."""

WORD_SCORES: Final = 1
MARKUP_SCORES: Final = len(BAG_NAMES) - WORD_SCORES
"""Columns at the end of the tables that are no embeddings: the log-odds of main text that a token adds in each bag."""

PATH_DECAY: Final = 0.8
"""Weight of each ancestor's markup against its child's."""

GRANDPARENT_WEIGHT: Final = 0.6
FEATURE_BOUND: Final = 5.0
"""Standardised features are cut off here, in standard deviations."""

MAIN_SHARPNESS: Final = 0.9
"""Factor of the main text's logits: network and trees are surer than they are right. Held out
by site and counted by labels of blocks, the F1 on wcxb is 0.8854 with 0.8, 0.8851 with 0.9 and 0.8846 with 1, on
magic-article 0.903, 0.905 and 0.910."""

ROLE_TREE_SHARES: Final = {"html": 0.4, "text": 0.25}
"""How much the trees have to say about roles, the network the rest. Held out by site and counted by labels of blocks,
the macro F1 of the network alone is 0.812 on HTML and 0.629 as plain text, of the trees 0.778 and 0.569, of both 0.819
and 0.633: with little markup there is less to cut."""

LAYERS: Final = ("input", "conv1", "share1", "pool1", "conv2", "conv4", "share2", "pool2", "main", "roles")
RANGES: Final = ("input", "conv1", "share1", "pool1", "conv2", "conv4", "share2", "pool2", "main")
"""Layers with a range, in the file of weights, for each input: the largest value it had in training. A pool's is that
of the means of its groups, its other inputs are the share's before it; roles are told from the same codes as main
text."""

SIGNED_RANGES: Final = ("input", "pool1", "pool2")
"""Those whose inputs may be negative; all others are the state of blocks, which never is."""

PAGE_TYPES: Final = ("article", "collection", "documentation", "forum", "listing", "product", "service")
ARTICLE: Final = PAGE_TYPES.index("article")


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
    """The weights of the network and the trees.

    Attributes:
        layers: Each layer in whole numbers.
        steps: For each of RANGES the steps to a unit that its inputs are rounded with.
        types: Matrix and bias of the page types, float32.
        words_table: Embedding of each bucket of words, and its log-odds.
        markup_table: Embedding of each bucket of markup, and its log-odds in each of the four bags of markup.
        mean: Mean of each dense feature.
        scale: What it is divided by.
        main_trees: The boosted trees for the main text.
        role_trees: Those for the roles.
        role_tree_share: How much these have to say, 0..1.
    """

    layers: dict[str, Layer]
    steps: dict[str, np.ndarray]
    types: tuple[np.ndarray, np.ndarray]
    words_table: np.ndarray
    markup_table: np.ndarray
    mean: np.ndarray
    scale: np.ndarray
    main_trees: trees.Trees
    role_trees: trees.Trees
    role_tree_share: float


def step_count_of(name: str) -> int:
    """The steps that the range of an input of a layer is cut into."""
    return SIGNED_STEPS if name in SIGNED_RANGES else CODE_STEPS


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
            return _weights(dict(np.load(file)), ROLE_TREE_SHARES[name])
    except (OSError, EOFError, KeyError, TypeError, ValueError, BadZipFile, zlib.error) as error:
        raise ConfigError(
            f"weights: {place}/{name}.npz cannot be used ({error}); train them with this version"
        ) from error


def _weights(arrays: dict[str, np.ndarray], role_tree_share: float) -> Weights:
    words, markup = (
        (arrays[table].astype(np.float32) * arrays[table + "_scale"]).astype(np.float32)
        for table in ("words_table", "markup_table")
    )
    # A layer's signed inputs, those that its range is of, are its last ones.
    signed_counts = {name: len(arrays[name + "_range"]) for name in SIGNED_RANGES}
    layers = {name: layer_of(arrays, name, len(arrays[name]) - signed_counts.get(name, 0)) for name in LAYERS}
    steps = {name: step_count_of(name) / arrays[name + "_range"] for name in RANGES}
    types = arrays["types"], arrays["types_bias"]
    forests = trees.trees_of(arrays, "main_trees", 1), trees.trees_of(arrays, "role_trees", len(ROLES))
    return Weights(layers, steps, types, words, markup, arrays["mean"], arrays["scale"], *forests, role_tree_share)


def bag_sums(bag: Bag, table: np.ndarray) -> np.ndarray:
    """The sum of each row's embeddings over the square root of their number."""
    if KERNEL is not None:
        kernel_sums: np.ndarray = KERNEL.bag_sums(bag.ids, bag.starts, table)
        return kernel_sums
    counts = np.diff(bag.starts)
    sums = np.zeros((len(counts), table.shape[1]), dtype=np.float32)
    is_filled = counts > 0
    if is_filled.any():
        rows = np.add.reduceat(table.take(bag.ids, axis=0), bag.starts[:-1][is_filled], axis=0)
        sums[is_filled] = rows / np.sqrt(counts[is_filled])[:, None].astype(np.float32)
    return sums


def token_sums(features: Features, weights: Weights) -> list[np.ndarray]:
    """What the tables have for the tokens of each block, summed: an array for each of BAG_NAMES, blocks × columns."""
    layout = features.layout
    table = weights.markup_table
    nodes = bag_sums(features.looks, table).take(layout.looks, axis=0)
    near = bag_sums(features.inline, table)
    near += nodes.take(layout.nodes, axis=0)
    middle = nodes.take(layout.ancestors[1], axis=0)
    middle += np.float32(GRANDPARENT_WEIGHT) * nodes.take(layout.ancestors[2], axis=0)
    path = path_sums(nodes, layout).take(layout.nodes, axis=0)
    page = np.broadcast_to(bag_sums(features.page, table), near.shape)
    return [bag_sums(features.words, weights.words_table), near, middle, path, page]


def network_input(dense: np.ndarray, sums: list[np.ndarray], weights: Weights) -> np.ndarray:
    """Standardised dense features and the embeddings of words, own markup, containers, path and page."""
    if len(weights.mean) != dense.shape[1]:
        raise ConfigError(
            f"weights: they read {len(weights.mean)} numbers a block, this version computes {dense.shape[1]}; "
            "train them with this version"
        )
    words, *markup = sums
    embeddings = [words[:, :-WORD_SCORES], *[part[:, :-MARKUP_SCORES] for part in markup]]
    return np.concatenate([standardised(dense, weights.mean, weights.scale), *embeddings], axis=1)


def token_scores(sums: list[np.ndarray]) -> np.ndarray:
    """The log-odds of main text that the tokens of each block give, blocks × BAG_NAMES."""
    words, *markup = sums
    return np.stack([words[:, -1], *[part[:, place - MARKUP_SCORES] for place, part in enumerate(markup)]], axis=1)


def tree_input(numbers: np.ndarray, scores: np.ndarray, groups: Groups) -> np.ndarray:
    """What the trees see of a block, its neighbours left out.

    Args:
        numbers: The features of a page's blocks.
        scores: Their `token_scores`.
        groups: Their groups.

    Returns:
        The sum of the scores but the page's; the features; the scores; the means of the sum over the groups.
    """
    total = scores[:, :-1].sum(axis=1, keepdims=True)
    return np.concatenate([total, numbers, scores, groups.means(total)], axis=1)


def standardised(dense: np.ndarray, mean: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Dense features in standard deviations, cut off at FEATURE_BOUND."""
    if KERNEL is not None:
        kernel_result: np.ndarray = KERNEL.standardised(dense, mean, scale, FEATURE_BOUND)
        return kernel_result
    result: np.ndarray = dense - mean
    result *= scale
    return np.clip(result, -FEATURE_BOUND, FEATURE_BOUND, out=result)


def path_sums(nodes: np.ndarray, layout: Layout) -> np.ndarray:
    """Each node's embedding and those of its ancestors, fading with their distance."""
    if KERNEL is not None:
        kernel_sums: np.ndarray = KERNEL.path_sums(nodes, layout.parents, layout.depths, PATH_DECAY)
        return kernel_sums
    sums = nodes.copy()
    order = np.argsort(layout.depths, kind="stable")
    borders = np.searchsorted(layout.depths[order], np.arange(1, layout.depths[order[-1]] + 2))
    for first, end in pairwise(borders):
        level = order[first:end]
        sums[level] += np.float32(PATH_DECAY) * sums[layout.parents[level]]
    return sums


class Groups:
    """Takes means over groups of blocks, of each kind and over the whole page; the blocks are sorted once."""

    def __init__(self, groups: np.ndarray) -> None:
        self.plan = KERNEL.group_plan(groups) if KERNEL is not None else [self._plan(ids) for ids in groups]

    @staticmethod
    def _plan(ids: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        order = np.argsort(ids, kind="stable")
        starts = np.flatnonzero(np.diff(ids[order], prepend=-1))
        counts = np.diff(starts, append=len(ids)).astype(np.float32)[:, None]
        return order, starts, counts, ids

    def means(self, shared: np.ndarray) -> np.ndarray:
        """For each block the means over its groups, one a kind of group, and over the whole page, side by side.

        Args:
            shared: What is averaged, blocks × numbers.
        """
        if KERNEL is not None:
            kernel_result: np.ndarray = KERNEL.group_means(shared, *self.plan)
            return kernel_result
        means = [
            (np.add.reduceat(shared.take(order, axis=0), starts, axis=0) / counts).take(ids, axis=0)
            for order, starts, counts, ids in self.plan
        ]
        page = np.broadcast_to(shared.mean(axis=0, keepdims=True), shared.shape)
        return np.concatenate([*means, page], axis=1)


def _sigmoid(x: np.ndarray) -> np.ndarray:
    chances: np.ndarray = 1 / (1 + np.exp(-np.clip(x, -30, 30)))
    return chances


def _softmax(x: np.ndarray) -> np.ndarray:
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    shares: np.ndarray = powers / powers.sum(axis=-1, keepdims=True)
    return shares


def _type_logits(hidden: np.ndarray, matrix: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """The logits of the page types, from the mean and the peaks of all blocks; summed up in a fixed order."""
    summary = np.concatenate([hidden.mean(axis=0), hidden.max(axis=0)]).astype(np.float64)
    logits: np.ndarray = (summary[:, None] * matrix).sum(axis=0) + bias
    return logits


def run(features: Features, weights: Weights) -> Probabilities:
    """Asks the network and the trees about a page.

    Args:
        features: The page's features, at least one block.
        weights: The network and the trees.
    """
    layers, steps = weights.layers, weights.steps
    groups = Groups(features.groups)
    sums = token_sums(features, weights)

    def conv(name: str, hidden: np.ndarray, reach: int) -> np.ndarray:
        return grown(hidden, window(coded(hidden, steps[name]), reach), layers[name])

    def pool(name: str, share: str, hidden: np.ndarray) -> np.ndarray:
        codes = coded(hidden, steps[share])
        means = coded(groups.means(dense(codes, layers[share])), steps[name], SIGNED_ZERO)
        return grown(hidden, np.concatenate([codes, means], axis=1), layers[name])

    seen = coded(network_input(features.dense, sums, weights), steps["input"], SIGNED_ZERO)
    hidden = np.maximum(0, dense(seen, layers["input"]))
    hidden = pool("pool1", "share1", conv("conv1", hidden, 1))
    hidden = pool("pool2", "share2", conv("conv4", conv("conv2", hidden, 2), 4))
    codes = coded(hidden, steps["main"])
    by_trees = tree_input(features.dense, token_scores(sums), groups)
    main = dense(codes, layers["main"]).astype(np.float64) + trees.log_odds(by_trees, weights.main_trees)
    share = weights.role_tree_share
    roles = (1 - share) * dense(codes, layers["roles"]).astype(np.float64)
    roles += share * trees.log_odds(by_trees, weights.role_trees)
    return Probabilities(
        _sigmoid(MAIN_SHARPNESS / 2 * main[:, 0]),
        _softmax(roles),
        _softmax(_type_logits(hidden, *weights.types)),
    )
