"""Pages laid end to end in batches, with rows of padding between them that the convolutions cannot cross."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from cleanpage.arbiter.model import GROUP_COUNT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from training.samples import Sample

PADDING = 8
"""Empty rows between pages of a batch: the convolutions reach 4 blocks."""

BATCH_BLOCKS = 6144
"""Rows of a batch, or a multiple of it for a page that is longer: JAX compiles once for each size."""

BAG_NAMES = ("words", "near", "middle", "path", "page")


@dataclass
class Batch:
    """Pages laid end to end.

    Attributes:
        arrays: What JAX reads: mask, labels and their weights, groups and the inverse of their sizes.
        matrices: The bags of all pages.
        dense: Their dense features.
        page_rows: Each page with its first row.
    """

    arrays: dict[str, np.ndarray]
    matrices: dict[str, sp.csr_matrix]
    dense: np.ndarray
    page_rows: list[tuple[Sample, int]]


def batches(samples: Sequence[Sample], order: np.ndarray) -> Iterator[list[Sample]]:
    """Groups samples so that each group fits a batch."""
    group: list[Sample] = []
    used = PADDING
    for index in order:
        need = len(samples[index]) + PADDING
        if group and used + need > BATCH_BLOCKS:
            yield group
            group, used = [], PADDING
        group.append(samples[index])
        used += need
    if group:
        yield group


def make_batch(group: Sequence[Sample], role_weights: np.ndarray) -> Batch:
    """Lays samples end to end.

    Args:
        group: Pages that fit a batch.
        role_weights: Weight of each role in the loss.
    """
    needed = PADDING + sum(len(sample) + PADDING for sample in group)
    rows = BATCH_BLOCKS * math.ceil(needed / BATCH_BLOCKS)
    dense = np.zeros((rows, group[0].dense.shape[1]), dtype=np.float32)
    arrays = _empty_arrays(rows)
    page_rows: list[tuple[Sample, int]] = []
    at = 0
    for sample in group:
        at += PADDING
        end = at + len(sample)
        dense[at:end] = sample.dense
        arrays["mask"][at:end] = 1
        arrays["main"][at:end] = sample.main
        arrays["main_weight"][at:end] = sample.main_weight
        arrays["roles"][at:end] = sample.roles
        arrays["role_weight"][at:end] = role_weights[sample.roles] * (sample.roles >= 0)
        arrays["types"][at] = sample.page_type
        arrays["groups"][:GROUP_COUNT, at:end] = sample.groups + at
        arrays["groups"][GROUP_COUNT, at:end] = at
        page_rows.append((sample, at))
        at = end
    counts = np.stack([np.bincount(ids, minlength=rows) for ids in arrays["groups"]])
    arrays["inverse"] = (1 / np.maximum(1, counts)).astype(np.float32)
    matrices = {name: _stacked([sample.bags[name] for sample in group], rows) for name in BAG_NAMES}
    return Batch(arrays, matrices, dense, page_rows)


def _empty_arrays(rows: int) -> dict[str, np.ndarray]:
    arrays = {name: np.zeros(rows, dtype=np.float32) for name in ("mask", "main", "main_weight", "role_weight")}
    arrays |= {name: np.full(rows, -1, dtype=np.int32) for name in ("roles", "types")}
    arrays["groups"] = np.full((GROUP_COUNT + 1, rows), rows - 1, dtype=np.int32)
    return arrays


def _stacked(matrices: Sequence[sp.csr_matrix], rows: int) -> sp.csr_matrix:
    """The bags of several pages, with padding before each and up to the end."""
    width = matrices[0].shape[1]
    gap = sp.csr_matrix((PADDING, width), dtype=np.float32)
    parts = [part for matrix in matrices for part in (gap, matrix)]
    used = sum(part.shape[0] for part in parts)
    return sp.vstack([*parts, sp.csr_matrix((rows - used, width), dtype=np.float32)], format="csr")
