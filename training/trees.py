"""The arbiter's boosted trees, by LightGBM: dense features, log-odds of tokens → share in the main text, roles.

`cleanpage.arbiter.trees` steps through the result in numpy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import lightgbm
import numpy as np

from cleanpage.arbiter.model import Groups, tree_input
from cleanpage.arbiter.trees import NAMES, with_neighbors
from cleanpage.roles import ROLES
from training.learn import ROLE_LOSS_SCALE, role_weights_of
from training.samples import joined
from training.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from training.samples import Sample

MAIN_TREE_COUNT: Final = 200
MAIN_LEAF_COUNT: Final = 31
"""Held out by site, counted by labels of blocks and without log-odds of tokens, 100 trees at a rate of 0.15 with 60
blocks a leaf had an F1 of 0.886 on wcxb and 0.897 on magic-article, these 0.885 and 0.905. 500 trees of 63 leaves at a
rate of 0.07 have 0.001 more than these on two folds of wcxb, and do not fit into the size that weights may have."""

ROLE_ROUND_COUNT: Final = 100
ROLE_LEAF_COUNTS: Final = {"html": 16, "text": 12}
"""A round is a tree for each role. Held out by site and counted by labels of blocks of one fold of five of HTML, the
mean of network and trees has a macro F1 of 0.828 over the roles with 16 leaves and 12 blocks of a role and page, of
0.820 with 12 leaves and 24 blocks; the network alone has 0.817. On plain text trees have less to cut, and less to say
(`arbiter.model.ROLE_TREE_SHARES`)."""

ROLE_BLOCK_COUNT: Final = 16
"""Blocks of one role that are taken of a page: its other ones look much the same. With 24 and 8 leaves the trees alone
have a macro F1 of 0.786 to 0.795, with all blocks 0.786 in twice the time."""

TAKEN_POWER: Final = 0.5
"""The blocks that are taken stand for the others of their page and role: they weigh as many times as much as there are
blocks for each of them, to this power."""

ROLE_SETTINGS: Final = Settings(more_weight=0.4)
"""Counted by labels of blocks on two folds of held-out sites, network and trees have a macro F1 of 0.838 over the roles
where the trees weigh our own labels 0.4, and of 0.836 where they weigh them 0.7 as the network does."""

PARAMETERS: Final[dict[str, Any]] = {
    "min_data_in_leaf": 20,
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

MAIN_PARAMETERS: Final = PARAMETERS | {
    "objective": "cross_entropy",  # the labels are shares
    "num_leaves": MAIN_LEAF_COUNT,
    "learning_rate": 0.2,
    "min_sum_hessian_in_leaf": 0.05,  # a page weighs as much as another, its blocks little
}

ROLE_PARAMETERS: Final = PARAMETERS | {"objective": "multiclass", "num_class": len(ROLES), "learning_rate": 0.15}


def train_trees(kind: str, samples: Sequence[Sample], scores: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
    """Trains trees on the blocks whose place in the main text is known, and others on some of those whose role is.

    Args:
        kind: 'html' or 'text'.
        samples: The pages.
        scores: What tokens say of their blocks, by pages of other sites (`training.token_weights.held_out_scores`).

    Returns:
        The arrays of `cleanpage.arbiter.trees.Trees`, by their names in the file of weights.
    """
    is_known = [sample.main_weight > 0 for sample in samples]
    labels = joined([sample.main for sample in samples], is_known)
    weights = joined([sample.main_weight for sample in samples], is_known)
    main = boosted(rows_of(samples, scores, is_known), labels, weights, MAIN_PARAMETERS, MAIN_TREE_COUNT)
    rng = np.random.default_rng(ROLE_SETTINGS.seed)
    drawn = [ROLE_SETTINGS.role_weight(sample.role_source) * drawn_blocks(sample.roles, rng) for sample in samples]
    is_taken = [weights > 0 for weights in drawn]
    roles = joined([sample.roles for sample in samples], is_taken)
    role_weights = (
        role_weights_of(samples, ROLE_SETTINGS.role_balance)[roles] / ROLE_LOSS_SCALE * joined(drawn, is_taken)
    )
    parameters = ROLE_PARAMETERS | {"num_leaves": ROLE_LEAF_COUNTS[kind]}
    named = boosted(rows_of(samples, scores, is_taken), roles, role_weights, parameters, ROLE_ROUND_COUNT)
    forests = {"main_trees": arrays_of(main, MAIN_LEAF_COUNT), "role_trees": arrays_of(named, ROLE_LEAF_COUNTS[kind])}
    return {f"{forest}_{name}": array for forest, arrays in forests.items() for name, array in arrays.items()}


def drawn_blocks(roles: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draws blocks of a page, of each role some.

    Args:
        roles: Role index of each block, -1 where not known.
        rng: What draws them.

    Returns:
        The weight of each block, 0 for those that are not taken.
    """
    weights = np.zeros(len(roles), dtype=np.float32)
    for role in np.unique(roles[roles >= 0]):
        blocks = np.flatnonzero(roles == role)
        taken = rng.permutation(blocks)[:ROLE_BLOCK_COUNT]
        weights[taken] = (len(blocks) / len(taken)) ** TAKEN_POWER
    return weights


def rows_of(samples: Sequence[Sample], scores: Sequence[np.ndarray], is_taken: Sequence[np.ndarray]) -> np.ndarray:
    """What trees see of some blocks of all pages, filled in page by page: the whole takes most of a gigabyte."""
    starts = np.cumsum([0, *[int(np.count_nonzero(taken)) for taken in is_taken]])
    rows = np.empty((int(starts[-1]), seen_by_trees(samples[0], scores[0]).shape[1]), dtype=np.float32)
    for sample, of_blocks, taken, first, end in zip(samples, scores, is_taken, starts[:-1], starts[1:], strict=True):
        rows[first:end] = seen_by_trees(sample, of_blocks)[taken]
    return rows


def boosted(
    rows: np.ndarray, labels: np.ndarray, weights: np.ndarray, parameters: dict[str, Any], round_count: int
) -> list[dict[str, Any]]:
    """Trains trees.

    Returns:
        The root of each tree as LightGBM dumps it.
    """
    data = lightgbm.Dataset(rows, labels, weight=weights, params=parameters)
    booster = lightgbm.train(parameters, data, round_count)
    return [tree["tree_structure"] for tree in booster.dump_model()["tree_info"]]


def seen_by_trees(sample: Sample, scores: np.ndarray) -> np.ndarray:
    """What trees see of each block of a page."""
    return with_neighbors(tree_input(sample.raw, scores, Groups(sample.groups)))


def arrays_of(roots: Sequence[dict[str, Any]], leaf_count: int) -> dict[str, np.ndarray]:
    """Trees as arrays of equal size.

    Args:
        roots: The root of each tree as LightGBM dumps it.
        leaf_count: Leaves that a tree has at most.

    Returns:
        The arrays by their names in `cleanpage.arbiter.trees.NAMES`. A tree with fewer nodes is filled up with such as
        nothing leads to. What a leaf adds is rounded to 16 bits, a thousandth of it.
    """
    size = leaf_count - 1
    features = np.zeros((len(roots), size), dtype=np.int16)
    thresholds = np.zeros((len(roots), size), dtype=np.float32)
    children = np.full((len(roots), size, 2), -1, dtype=np.int16)
    leaves = np.zeros((len(roots), leaf_count), dtype=np.float16)
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
