"""Pages laid end to end in batches, with rows of padding between them that the convolutions cannot cross."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import scipy.sparse as sp
import torch

from cleanpage.arbiter.model import BAG_NAMES, GROUP_COUNT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from training.samples import Sample

PADDING = 8
"""Empty rows between pages of a batch: the convolutions reach 4 blocks."""

BATCH_BLOCKS = 6144
"""Rows of a batch, more only for a page that is longer."""


class Factor(NamedTuple):
    """A constant sparse matrix to multiply with, and its transpose for the way back."""

    matrix: torch.Tensor
    transposed: torch.Tensor


@dataclass
class Batch:
    """Pages laid end to end.

    Attributes:
        dense: Their dense features.
        mask: 1 for rows of pages, 0 for padding.
        main: Share of each block in the main text.
        main_weight: Weight of that label.
        roles: Role index of each block, -1 where not known.
        role_weight: Weight of that label.
        types: Page type of each page, -1 where not known.
        bags: Their bags by name, rows × buckets.
        means: The groups of all pages, groups × rows: takes the mean of each.
        spreads: For each kind of group, rows × groups: hands every block what its group has.
        pages: Pages × rows: takes the mean of each page.
        page_rows: Each page with its first row.
    """

    dense: torch.Tensor
    mask: torch.Tensor
    main: torch.Tensor
    main_weight: torch.Tensor
    roles: torch.Tensor
    role_weight: torch.Tensor
    types: torch.Tensor
    bags: dict[str, Factor]
    means: Factor
    spreads: list[Factor]
    pages: Factor
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


def make_batch(
    group: Sequence[Sample], role_weights: np.ndarray, token_drop: float = 0.0, rng: np.random.Generator | None = None
) -> Batch:
    """Lays samples end to end.

    Args:
        group: Pages that fit a batch.
        role_weights: Weight of each role in the loss.
        token_drop: Share of all tokens that is blanked; the rest is scaled up.
        rng: What draws them; None blanks none.
    """
    page_rows: list[tuple[Sample, int]] = []
    at = PADDING
    for sample in group:
        page_rows.append((sample, at))
        at += len(sample) + PADDING
    columns = {name: _column(page_rows, at, name) for name in ("dense", "main", "main_weight")}
    roles = _column(page_rows, at, "roles", -1)
    mask = np.zeros(at, dtype=np.float32)
    trust = np.zeros(at, dtype=np.float32)
    for sample, row in page_rows:
        mask[row : row + len(sample)] = 1
        trust[row : row + len(sample)] = sample.role_weight
    means, spreads = _groups(page_rows, at)
    return Batch(
        **{name: torch.from_numpy(column) for name, column in columns.items()},
        mask=torch.from_numpy(mask),
        roles=torch.from_numpy(roles.astype(np.int64)),
        role_weight=torch.from_numpy((role_weights[roles] * (roles >= 0) * trust).astype(np.float32)),
        types=torch.tensor([sample.page_type for sample in group]),
        bags={name: _bag(page_rows, at, name, token_drop, rng) for name in BAG_NAMES},
        means=means,
        spreads=spreads,
        pages=_pages(page_rows, at),
        page_rows=page_rows,
    )


def _column(page_rows: Sequence[tuple[Sample, int]], rows: int, name: str, padding: float = 0) -> np.ndarray:
    """One array of all pages, with padding between them."""
    first: np.ndarray = getattr(page_rows[0][0], name)
    column = np.full((rows, *first.shape[1:]), padding, dtype=first.dtype)
    for sample, row in page_rows:
        column[row : row + len(sample)] = getattr(sample, name)
    return column


def factor(matrix: sp.csr_matrix) -> Factor:
    """A scipy matrix as torch reads it, and its transpose."""
    return Factor(_tensor(matrix), _tensor(matrix.T.tocsr()))


def _tensor(matrix: sp.csr_matrix) -> torch.Tensor:
    parts = (matrix.indptr.astype(np.int64), matrix.indices.astype(np.int64), matrix.data.astype(np.float32))
    return torch.sparse_csr_tensor(*map(torch.from_numpy, parts), size=matrix.shape, check_invariants=False)


def _groups(page_rows: Sequence[tuple[Sample, int]], rows: int) -> tuple[Factor, list[Factor]]:
    """The means of all groups of all kinds, the whole page being one more kind, and their way back to the blocks."""
    kind_count = GROUP_COUNT + 1
    # for each page, kind after kind
    groups: list[np.ndarray] = []
    blocks: list[np.ndarray] = []
    shares: list[np.ndarray] = []
    count = 0
    for sample, row in page_rows:
        whole = np.zeros(len(sample), dtype=sample.groups.dtype)
        for ids in (*sample.groups, whole):
            sizes = np.bincount(ids)
            groups.append(ids + count)
            blocks.append(np.arange(row, row + len(sample)))
            shares.append(1 / sizes[ids])
            count += len(sizes)
    places = (np.concatenate(groups), np.concatenate(blocks))
    means = sp.csr_matrix((np.concatenate(shares), places), shape=(count, rows))
    spreads = []
    for kind in range(kind_count):
        places = (np.concatenate(blocks[kind::kind_count]), np.concatenate(groups[kind::kind_count]))
        spreads.append(factor(sp.csr_matrix((np.ones(len(places[0])), places), shape=(rows, count))))
    return factor(means), spreads


def _pages(page_rows: Sequence[tuple[Sample, int]], rows: int) -> Factor:
    numbers = np.concatenate([np.full(len(sample), number) for number, (sample, _) in enumerate(page_rows)])
    blocks = np.concatenate([np.arange(row, row + len(sample)) for sample, row in page_rows])
    shares = np.concatenate([np.full(len(sample), 1 / len(sample)) for sample, _ in page_rows])
    return factor(sp.csr_matrix((shares, (numbers, blocks)), shape=(len(page_rows), rows)))


def _bag(
    page_rows: Sequence[tuple[Sample, int]], rows: int, name: str, token_drop: float, rng: np.random.Generator | None
) -> Factor:
    """The bags of several pages, with empty rows between them."""
    parts = [sample.bags[name] for sample, _ in page_rows]
    sizes = np.zeros(rows, dtype=np.int64)
    for (sample, row), part in zip(page_rows, parts, strict=True):
        sizes[row : row + len(sample)] = np.diff(part.indptr)
    data = np.concatenate([part.data for part in parts])
    if rng is not None:
        data = data * ((rng.random(len(data)) >= token_drop) / (1 - token_drop))
    starts = np.concatenate(([0], np.cumsum(sizes)))
    matrix = sp.csr_matrix(
        (data, np.concatenate([part.indices for part in parts]), starts), shape=(rows, parts[0].shape[1])
    )
    matrix.eliminate_zeros()
    return factor(matrix)
