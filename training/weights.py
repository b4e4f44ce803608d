"""Writes what was trained as the package reads it: embedding tables as int8, layers as float16, trees as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cleanpage.arbiter.model import WORD_SCORES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from training.learn import Network


TABLE_STEPS = 80
"""Steps on each side of zero that an embedding is rounded to. A byte would hold 127, but both files would not fit into
2 MB: fewer different numbers compress better."""


def quantised(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A table as int8 with one scale a column."""
    scale = np.maximum(np.abs(table).max(axis=0), 1e-8) / TABLE_STEPS
    return np.round(table / scale).astype(np.int8), scale.astype(np.float32)


def save(network: Network, token_weights: Sequence[np.ndarray], trees: dict[str, np.ndarray], path: Path) -> None:
    """Writes the weights; the same ones give the same bytes.

    Args:
        network: The trained network.
        token_weights: The log-odds of all buckets of each bag, which become the last columns of the tables.
        trees: The arrays of the trained trees.
        path: The .npz file to write.
    """
    arrays: dict[str, np.ndarray] = {"mean": network.mean, "scale": network.scale, **trees}
    scores = {"words_table": token_weights[:WORD_SCORES], "markup_table": token_weights[WORD_SCORES:]}
    for name, tensor in network.params.items():
        value = tensor.detach().numpy()
        if name in scores:
            arrays[name], arrays[name + "_scale"] = quantised(np.column_stack([value, *scores[name]]))
        else:
            arrays[name] = value.astype(np.float16)
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, allow_pickle=False, **arrays)
