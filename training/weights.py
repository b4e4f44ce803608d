"""Writes what was trained as the package reads it: embedding tables and layers in bytes, trees as they are.

Rounded like that, the network has the same F1 on wcxb as before, to .0001, and a macro F1 over the roles of 0.8308 for
0.8306 (one fold, its sites held out, counted by labels of blocks).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cleanpage.arbiter.layers import CODE_STEPS, SIGNED_STEPS, WEIGHT_STEPS
from cleanpage.arbiter.model import LAYERS, SIGNED_RANGES, WORD_SCORES

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


def steps_of(name: str, ranges: dict[str, np.ndarray]) -> np.ndarray:
    """What a step of each input of a layer is worth: of a window's parts, of a pool's state and means."""
    if name.startswith("conv"):
        return np.tile(ranges[name], 3) / CODE_STEPS
    if name.startswith("pool"):
        return np.concatenate([ranges[name.replace("pool", "share")] / CODE_STEPS, ranges[name] / SIGNED_STEPS])
    source = "main" if name == "roles" else name
    return ranges[source] / (SIGNED_STEPS if source in SIGNED_RANGES else CODE_STEPS)


def rounded(matrix: np.ndarray, steps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A layer's weights as int8 for inputs in steps, and what a sum of 1 is worth for each output."""
    by_step = matrix * steps[:, None]
    scale = np.maximum(np.abs(by_step).max(axis=0), 1e-12) / WEIGHT_STEPS
    return np.round(by_step / scale).astype(np.int8), scale.astype(np.float32)


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
            arrays[name], arrays[name + "_scale"] = quantised(np.column_stack([value, *scores[name]]))
        elif name in LAYERS:
            arrays[name], arrays[name + "_scale"] = rounded(value, steps_of(name, ranges))
        else:
            arrays[name] = value
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, allow_pickle=False, **arrays)
