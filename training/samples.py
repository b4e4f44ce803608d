"""A page as the network reads it: dense features, and bags of hashed tokens as sparse matrices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from cleanpage.arbiter.model import GRANDPARENT_WEIGHT, PATH_DECAY
from cleanpage.features.bags import MARKUP_BUCKETS, WORD_BUCKETS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleanpage.features import Features
    from cleanpage.features.bags import Bag
    from training.settings import RoleSource

PATH_LEVELS = 30
"""Ancestors whose markup is kept for training: the next would weigh 0.001."""


@dataclass
class Sample:
    """One page, ready for batches.

    Attributes:
        raw: Dense features as computed.
        dense: The same, standardised by the network that is trained or asked.
        bags: Hashed tokens by name (BAG_NAMES), one row a block.
        groups: Blocks that belong together, groups × blocks.
        main: Share of each block in the main text.
        main_weight: Weight of that label.
        roles: Role index of each block, -1 where not known.
        role_source: Where these labels are from.
        page_type: Index of the page type, -1 where not known.
        key: 'set/id'.
        digest: SHA-1 of the input.
        sites: Sites that it has text from.
        role_weight: Weight of its roles, set by the network that is trained.
    """

    raw: np.ndarray
    dense: np.ndarray
    bags: dict[str, sp.csr_matrix]
    groups: np.ndarray
    main: np.ndarray
    main_weight: np.ndarray
    roles: np.ndarray
    role_source: RoleSource
    page_type: int
    key: str
    digest: str
    sites: tuple[str, ...]
    role_weight: float = 1.0

    def __len__(self) -> int:
        return len(self.raw)


def joined(columns: Sequence[np.ndarray], is_taken: Sequence[np.ndarray]) -> np.ndarray:
    """Some blocks of all pages, one after the other."""
    return np.concatenate([column[taken] for column, taken in zip(columns, is_taken, strict=True)])


def bag_matrix(bag: Bag, width: int) -> sp.csr_matrix:
    """A bag as a sparse matrix whose rows are scaled by 1/sqrt(tokens)."""
    counts = np.diff(bag.starts)
    scale = 1 / np.sqrt(np.maximum(1, counts))
    data = np.repeat(scale, counts).astype(np.float32)
    return sp.csr_matrix((data, bag.ids, bag.starts), shape=(len(counts), width))


def bags_of(features: Features) -> dict[str, sp.csr_matrix]:
    """The bags of a page: what `arbiter.model.token_sums` sums, as matrices."""
    layout = features.layout
    nodes = bag_matrix(features.looks, MARKUP_BUCKETS)[layout.looks]
    count = len(features.dense)

    def rows_of(indexes: np.ndarray, weight: float = 1.0, is_counted: np.ndarray | None = None) -> sp.csr_matrix:
        data = np.full(count, weight, dtype=np.float32)
        data = data if is_counted is None else data * is_counted
        return sp.csr_matrix((data, (np.arange(count), indexes)), shape=(count, nodes.shape[0]))

    level, weight = layout.nodes, 1.0
    path = rows_of(level)
    for _ in range(PATH_LEVELS):
        is_below_root = level != 0
        level, weight = layout.parents[level], weight * PATH_DECAY
        path = path + rows_of(level, weight, is_below_root)
    page = sp.csr_matrix(np.ones((count, 1), dtype=np.float32)) @ bag_matrix(features.page, MARKUP_BUCKETS)
    middle = rows_of(layout.ancestors[1]) + rows_of(layout.ancestors[2], GRANDPARENT_WEIGHT)
    return {
        "words": bag_matrix(features.words, WORD_BUCKETS),
        "near": (bag_matrix(features.inline, MARKUP_BUCKETS) + rows_of(layout.nodes) @ nodes).tocsr(),
        "middle": (middle @ nodes).tocsr(),
        "path": (path @ nodes).tocsr(),
        "page": page.tocsr(),
    }
