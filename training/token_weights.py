"""The log-odds of main text that a token adds: a logistic regression on the hashed bags.

The trees see of a block's tokens these sums alone. What a regression says of pages that it was trained on is too good
to be true, so trees are trained with what regressions say that never saw the page's site.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import scipy.sparse as sp
from sklearn.linear_model import SGDClassifier

from cleanpage.arbiter.model import BAG_NAMES
from training.folds import fold_of
from training.samples import joined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from training.samples import Sample

    TokenWeights = list[np.ndarray]

L2_WEIGHT: Final = 3e-6
EPOCH_COUNT: Final = 6
"""Held out by site and counted by labels of blocks, network and trees together have an F1 of 0.8877 on wcxb with these,
0.8851 without token weights; a regression for each bag by itself gives 0.8864."""

MAIN_SHARE: Final = 0.5
"""Share in the main text above which a block is taken for main text: the regression knows no shares."""

MAX_WEIGHT: Final = 20
"""Of a block, in blocks of mean weight: a single step of the regression must not be too long."""


def token_weights(samples: Sequence[Sample]) -> TokenWeights:
    """The log-odds of each bucket.

    Args:
        samples: Pages, some blocks of each with a known share in the main text.

    Returns:
        The weights of all buckets of each bag, in the order of BAG_NAMES.
    """
    is_known = [sample.main_weight > 0 for sample in samples]
    rows = sp.hstack(
        [
            sp.vstack([sample.bags[name][known] for sample, known in zip(samples, is_known, strict=True)])
            for name in BAG_NAMES
        ],
        format="csr",
    )
    labels = joined([sample.main for sample in samples], is_known)
    weights = joined([sample.main_weight for sample in samples], is_known)
    regression = SGDClassifier(
        loss="log_loss", alpha=L2_WEIGHT, max_iter=EPOCH_COUNT, tol=None, average=True, random_state=1
    )
    regression.fit(rows, labels > MAIN_SHARE, sample_weight=np.minimum(weights / weights.mean(), MAX_WEIGHT))
    widths = [samples[0].bags[name].shape[1] for name in BAG_NAMES]
    return np.split(regression.coef_[0].astype(np.float32), np.cumsum(widths)[:-1])


def scores_of(sample: Sample, weights: TokenWeights) -> np.ndarray:
    """The log-odds that the tokens of each block give, as `cleanpage.arbiter.model.token_scores`."""
    sums = [sample.bags[name] @ weights_of_bag for name, weights_of_bag in zip(BAG_NAMES, weights, strict=True)]
    return np.stack(sums, axis=1).astype(np.float32)


def held_out_scores(samples: Sequence[Sample]) -> list[np.ndarray]:
    """The scores of the blocks of each page, by regressions on pages of other sites.

    Args:
        samples: Pages of several folds.
    """
    folds = [fold_of(sample.sites[0]) for sample in samples]
    weights = {
        fold: token_weights([sample for sample in samples if fold not in map(fold_of, sample.sites)])
        for fold in sorted(set(folds))
    }
    return [scores_of(sample, weights[fold]) for sample, fold in zip(samples, folds, strict=True)]
