"""Writes what was trained as the package reads it: embedding tables and layers in bytes, trees as they are.

Rounded like that, the network has the same F1 on wcxb as before, to .0001, and a macro F1 over the roles of 0.8308 for
0.8306 (one fold, its sites held out, counted by labels of blocks).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cleanpage.arbiter.layers import WEIGHT_STEPS
from cleanpage.arbiter.model import LAYERS, WORD_SCORES, step_count_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from training.learn import Network


TABLE_STEPS = 80
"""Steps on each side of zero that an embedding is rounded to. A byte would hold 127, but both files would not fit into
2 MB: fewer different numbers compress better."""

LEAST_VALUE = 1e-12
"""Of a column that is all zeros."""


def quantised(matrix: np.ndarray, step_count: int) -> tuple[np.ndarray, np.ndarray]:
    """A matrix as int8, with so many steps on each side of zero, and what a step is worth in each column."""
    scale = np.maximum(np.abs(matrix).max(axis=0), LEAST_VALUE) / step_count
    return np.round(matrix / scale).astype(np.int8), scale.astype(np.float32)


def steps_of(name: str, ranges: dict[str, np.ndarray]) -> np.ndarray:
    """What a step of each input of a layer is worth: of a window's parts, of a pool's state and means."""
    own = "main" if name == "roles" else name
    steps: np.ndarray = ranges[own] / step_count_of(own)
    if name.startswith("conv"):
        return np.tile(steps, 3)
    return (
        np.concatenate([steps_of(name.replace("pool", "share"), ranges), steps]) if name.startswith("pool") else steps
    )


def rounded(matrix: np.ndarray, steps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A layer's weights as int8 for inputs in steps, and what a sum of 1 is worth for each output."""
    return quantised(matrix * steps[:, None], WEIGHT_STEPS)


def save(
    network: Network,
    ranges: dict[str, np.ndarray],
    token_weights: Sequence[np.ndarray],
    trees: dict[str, np.ndarray],
    path: Path,
) -> None:
    """Writes the weights; the same ones give the same bytes.

    Args:
        network: The trained network.
        ranges: Its `learn.input_ranges`.
        token_weights: The log-odds of all buckets of each bag, which become the last columns of the tables.
        trees: The arrays of the trained trees.
        path: The .npz file to write.
    """
    arrays: dict[str, np.ndarray] = {"mean": network.mean, "scale": network.scale, **trees}
    arrays |= {name + "_range": values.astype(np.float32) for name, values in ranges.items()}
    scores = {"words_table": token_weights[:WORD_SCORES], "markup_table": token_weights[WORD_SCORES:]}
    for name, tensor in network.params.items():
        value = tensor.detach().numpy()
        if name in scores:
            arrays[name], arrays[name + "_scale"] = quantised(np.column_stack([value, *scores[name]]), TABLE_STEPS)
        elif name in LAYERS:
            arrays[name], arrays[name + "_scale"] = rounded(value, steps_of(name, ranges))
        else:
            arrays[name] = value
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, allow_pickle=False, **arrays)
