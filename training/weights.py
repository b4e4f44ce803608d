"""Writes what was trained as the package reads it: embedding tables as int8, layers as float16, trees as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from training.learn import Network


TABLE_STEPS = 80
"""Steps on each side of zero that an embedding is rounded to. A byte would hold 127, but both files would not fit into
2 MB: fewer different numbers compress better."""


def quantised(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A table as int8 with one scale a column."""
    scale = np.maximum(np.abs(table).max(axis=0), 1e-8) / TABLE_STEPS
    return np.round(table / scale).astype(np.int8), scale.astype(np.float32)


def save(network: Network, trees: dict[str, np.ndarray], path: Path) -> None:
    """Writes the weights; the same ones give the same bytes.

    Args:
        network: The trained network.
        trees: The arrays of the trained trees.
        path: The .npz file to write.
    """
    arrays: dict[str, np.ndarray] = {"mean": network.mean, "scale": network.scale, **trees}
    for name, tensor in network.params.items():
        value = tensor.detach().numpy()
        if name.endswith("_table"):
            arrays[name], arrays[name + "_scale"] = quantised(value)
        else:
            arrays[name] = value.astype(np.float16)
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, allow_pickle=False, **arrays)
