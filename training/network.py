"""The arbiter's network in torch: hashed embeddings and dense features → main content, roles, page type.

Each block's input becomes one hidden vector; convolutions bring in its neighbours, means over groups its containers and
look-alikes. `cleanpage.arbiter.model` runs the result in numpy.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.nn import functional

from cleanpage.arbiter.model import BAG_NAMES, GROUP_COUNT
from cleanpage.features.bags import MARKUP_BUCKETS, WORD_BUCKETS

if TYPE_CHECKING:
    from collections.abc import Callable

    from training.batches import Batch, Factor
    from training.settings import Settings

    Params = dict[str, torch.Tensor]
    Drop = Callable[[torch.Tensor], torch.Tensor]
    Watch = Callable[[str, torch.Tensor], None]

TABLE_OF = {name: "words_table" if name == "words" else "markup_table" for name in BAG_NAMES}
TABLE_START = 0.05
DROP_STEPS = 256
"""Dropout is drawn from single bytes: eight times as fast as from numbers."""


class _SparseProduct(torch.autograd.Function):  # type: ignore[misc] # torch is taken as untyped
    """A constant sparse matrix times a dense one; torch's own cannot be derived by the dense one alone."""

    @staticmethod
    def forward(ctx: Any, dense: torch.Tensor, given: Factor) -> torch.Tensor:
        """The product."""
        ctx.transposed = given.transposed
        return torch.mm(given.matrix, dense)

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor, None]:
        """The gradient of the dense matrix."""
        return torch.mm(ctx.transposed, gradient.contiguous()), None


def times(given: Factor, dense: torch.Tensor) -> torch.Tensor:
    """A constant sparse matrix times a dense one."""
    product: torch.Tensor = _SparseProduct.apply(dense, given)
    return product


def init(settings: Settings, dense_width: int, role_count: int, type_count: int) -> Params:
    """Random weights."""
    rng = np.random.default_rng(settings.seed)
    hidden, shared = settings.hidden, settings.shared
    inputs = dense_width + settings.word_width + 4 * settings.markup_width

    def matrix(rows: int, columns: int, scale: float = 0.5) -> np.ndarray:
        return rng.standard_normal((rows, columns)) * math.sqrt(2 / rows) * scale

    arrays = {
        "input": matrix(inputs, hidden, 1.0),
        "conv1": matrix(3 * hidden, hidden),
        "share1": matrix(hidden, shared),
        "pool1": matrix(hidden + (GROUP_COUNT + 1) * shared, hidden),
        "conv2": matrix(3 * hidden, hidden),
        "conv4": matrix(3 * hidden, hidden),
        "share2": matrix(hidden, shared),
        "pool2": matrix(hidden + (GROUP_COUNT + 1) * shared, hidden),
        "main": matrix(hidden, 1),
        "roles": matrix(hidden, role_count),
        "types": matrix(2 * hidden, type_count),
    }
    arrays |= {name + "_bias": np.zeros(value.shape[1]) for name, value in arrays.items()}
    arrays["words_table"] = rng.standard_normal((WORD_BUCKETS, settings.word_width)) * TABLE_START
    arrays["markup_table"] = rng.standard_normal((MARKUP_BUCKETS, settings.markup_width)) * TABLE_START
    return {name: torch.from_numpy(value.astype(np.float32)).requires_grad_() for name, value in arrays.items()}


def dropper(share: float, rng: np.random.Generator) -> Drop:
    """A function that blanks a share of all numbers and scales up the rest."""
    blanked = round(share * DROP_STEPS)

    def drop(hidden: torch.Tensor) -> torch.Tensor:
        drawn = np.frombuffer(rng.bytes(hidden.numel()), dtype=np.uint8).reshape(hidden.shape)
        return hidden * torch.from_numpy(drawn >= blanked) * (DROP_STEPS / (DROP_STEPS - blanked))

    return drop


def forward(
    params: Params,
    batch: Batch,
    keep: dict[str, torch.Tensor] | None = None,
    drop: Drop = lambda hidden: hidden,
    watch: Watch | None = None,
) -> tuple[torch.Tensor, ...]:
    """Logits of main content and roles for each row, and of page types for each page.

    Args:
        params: The network.
        batch: Pages laid end to end.
        keep: For each bag the rows that see it (1) or not (0).
        drop: Dropout, while training.
        watch: Is shown what each layer of `model.RANGES` reads, rows × inputs.
    """
    mask = batch.mask[:, None]
    show = watch or (lambda *_: None)

    def dense(name: str, hidden: torch.Tensor) -> torch.Tensor:
        return torch.addmm(params[name + "_bias"], hidden, params[name])

    def conv(name: str, hidden: torch.Tensor, reach: int) -> torch.Tensor:
        show(name, hidden)
        window = torch.cat([hidden.roll(reach, 0), hidden, hidden.roll(-reach, 0)], dim=1)
        return hidden + functional.relu(dense(name, window)) * mask

    def pool(name: str, share: str, hidden: torch.Tensor) -> torch.Tensor:
        show(share, hidden)
        means = times(batch.means, dense(share, hidden) * mask)
        shared = torch.cat([times(spread, means) for spread in batch.spreads], dim=1)
        show(name, shared)
        return hidden + functional.relu(dense(name, torch.cat([hidden, shared], dim=1))) * mask

    parts = [batch.dense]
    for name in BAG_NAMES:
        sums = times(batch.bags[name], params[TABLE_OF[name]])
        parts.append(sums if keep is None else sums * keep[name][:, None])
    seen = torch.cat(parts, dim=1)
    show("input", seen)
    hidden = drop(functional.relu(dense("input", seen)) * mask)
    hidden = drop(pool("pool1", "share1", conv("conv1", hidden, 1)))
    hidden = drop(pool("pool2", "share2", conv("conv4", conv("conv2", hidden, 2), 4)))
    show("main", hidden)
    peaks = torch.stack([hidden[row : row + len(sample)].amax(dim=0) for sample, row in batch.page_rows])
    summary = torch.cat([times(batch.pages, hidden), peaks], dim=1)
    return dense("main", hidden)[:, 0], dense("roles", hidden), dense("types", summary)


def loss(params: Params, batch: Batch, keep: dict[str, torch.Tensor], drop: Drop, settings: Settings) -> torch.Tensor:
    """Cross-entropies of the three heads, weighted, a page."""
    main, roles, types = forward(params, batch, keep, drop)
    binary = functional.binary_cross_entropy_with_logits(main, batch.main, reduction="none")
    total = (binary * batch.main_weight).sum()
    by_role = functional.cross_entropy(roles, batch.roles.clamp(min=0), reduction="none")
    total = total + settings.role_scale * (by_role * batch.role_weight).sum()
    by_type = functional.cross_entropy(types, batch.types.clamp(min=0), reduction="none")
    total = total + settings.type_scale * (by_type * (batch.types >= 0)).sum()
    return total / len(batch.page_rows)
