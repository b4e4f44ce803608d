"""The arbiter's boosted trees, by LightGBM: dense features, log-odds of tokens → share of a block in the main text.

`cleanpage.arbiter.trees` steps through the result in numpy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import lightgbm
import numpy as np

from cleanpage.arbiter.model import Groups, tree_input
from cleanpage.arbiter.trees import NAMES, with_neighbors
from training.token_weights import held_out_scores

if TYPE_CHECKING:
    from collections.abc import Sequence

    from training.samples import Sample

TREE_COUNT: Final = 200
LEAF_COUNT: Final = 31
"""Held out by site, counted by labels of blocks and without log-odds of tokens, 100 trees at a rate of 0.15 with 60
blocks a leaf had an F1 of 0.886 on wcxb and 0.897 on magic-article, these 0.885 and 0.905. 500 trees of 63 leaves at a
rate of 0.07 have 0.001 more than these on two folds of wcxb, and do not fit into the size that weights may have."""

PARAMETERS: Final[dict[str, Any]] = {
    "objective": "cross_entropy",  # the labels are shares
    "num_leaves": LEAF_COUNT,
    "learning_rate": 0.2,
    "min_data_in_leaf": 20,
    "min_sum_hessian_in_leaf": 0.05,  # a page weighs as much as another, its blocks little
    "feature_fraction": 0.3,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 1,
    "max_bin": 63,
    "seed": 1,
    "num_threads": 1,  # a job a core; and the same sums on every machine
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
}


def train_trees(samples: Sequence[Sample]) -> dict[str, np.ndarray]:
    """Trains trees on the blocks whose place in the main text is known.

    Args:
        samples: Pages that have such blocks.

    Returns:
        The arrays of `cleanpage.arbiter.trees.Trees`, by their names in the file of weights.
    """
    scores = held_out_scores(samples)
    starts = np.cumsum([0, *[int(np.count_nonzero(sample.main_weight)) for sample in samples]])
    rows = np.empty((int(starts[-1]), seen_by_trees(samples[0], scores[0]).shape[1]), dtype=np.float32)
    for sample, of_blocks, first, end in zip(samples, scores, starts[:-1], starts[1:], strict=True):
        rows[first:end] = seen_by_trees(sample, of_blocks)[sample.main_weight > 0]
    labels = np.concatenate([sample.main[sample.main_weight > 0] for sample in samples])
    weights = np.concatenate([sample.main_weight[sample.main_weight > 0] for sample in samples])
    data = lightgbm.Dataset(rows, labels, weight=weights, params=PARAMETERS)
    booster = lightgbm.train(PARAMETERS, data, TREE_COUNT)
    return arrays_of([tree["tree_structure"] for tree in booster.dump_model()["tree_info"]])


def seen_by_trees(sample: Sample, scores: np.ndarray) -> np.ndarray:
    """What trees see of each block of a page."""
    return with_neighbors(tree_input(sample.raw, scores, Groups(sample.groups)))


def arrays_of(roots: Sequence[dict[str, Any]]) -> dict[str, np.ndarray]:
    """Trees as arrays of equal size.

    Args:
        roots: The root of each tree as LightGBM dumps it.

    Returns:
        As `train_trees`. A tree with fewer nodes is filled up with such as nothing leads to.
    """
    size = LEAF_COUNT - 1
    features = np.zeros((len(roots), size), dtype=np.int16)
    thresholds = np.zeros((len(roots), size), dtype=np.float32)
    children = np.full((len(roots), size, 2), -1, dtype=np.int16)
    leaves = np.zeros((len(roots), LEAF_COUNT), dtype=np.float32)
    for tree, root in enumerate(roots):
        if "leaf_value" in root:  # nothing to tell apart: both children of the first node are the first leaf
            leaves[tree, 0] = root["leaf_value"]
            continue
        open_nodes = [root]
        while open_nodes:
            node = open_nodes.pop()
            at = node["split_index"]
            features[tree, at] = node["split_feature"]
            thresholds[tree, at] = node["threshold"]
            for side, name in enumerate(("left_child", "right_child")):
                child = node[name]
                if "leaf_value" in child:
                    children[tree, at, side] = -1 - child["leaf_index"]
                    leaves[tree, child["leaf_index"]] = child["leaf_value"]
                else:
                    children[tree, at, side] = child["split_index"]
                    open_nodes.append(child)
    arrays = (features, thresholds, children, leaves)
    return dict(zip(NAMES, arrays, strict=True))
