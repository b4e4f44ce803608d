"""Training: Adam over batches, with parts of the input blanked so that no page hangs on its words or class names.

The embedding tables are updated through scipy's sparse products, the rest of the network by JAX.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import jax
import numpy as np

from cleanpage.arbiter.model import FEATURE_BOUND, PAGE_TYPES, Probabilities
from cleanpage.features.bags import MARKUP_BUCKETS, WORD_BUCKETS
from cleanpage.roles import ROLES
from training.batches import BAG_NAMES, Batch, batches, make_batch
from training.network import gradients, init, probabilities

if TYPE_CHECKING:
    from collections.abc import Sequence

    from training.network import Params, Settings
    from training.samples import Sample

TABLE_OF = {name: "words_table" if name == "words" else "markup_table" for name in BAG_NAMES}
MARKUP_BAGS = ("near", "middle", "path")
MIN_DEVIATION = 0.02
"""Features that hardly vary are not blown up beyond 50."""

TABLE_START = 0.05
WARM_UP_STEPS = 40
ROLE_LOSS_SCALE = 0.02
"""Brings the loss of a labelled page's roles to the size of that of its main text."""


@dataclass
class Network:
    """Trained weights with the scaling of the dense features."""

    params: Params
    tables: dict[str, np.ndarray]
    mean: np.ndarray
    scale: np.ndarray

    def standardise(self, samples: Sequence[Sample]) -> None:
        """Sets the standardised features of samples."""
        for sample in samples:
            dense = (sample.raw - self.mean) * self.scale
            sample.dense = np.clip(dense, -FEATURE_BOUND, FEATURE_BOUND).astype(np.float32)


class Adam:
    """Adam (Kingma & Ba 2015) with decoupled weight decay (Loshchilov & Hutter 2019), in numpy."""

    def __init__(self, decay: float) -> None:
        self.decay = decay
        self.moments: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        self.step = 0

    def update(self, params: Params, grads: Params, rate: float) -> None:
        """Moves the parameters in place."""
        self.step += 1
        correction = math.sqrt(1 - 0.999**self.step) / (1 - 0.9**self.step)
        for name, grad in grads.items():
            if name not in self.moments:
                self.moments[name] = (np.zeros_like(params[name]), np.zeros_like(params[name]))
            first, second = self.moments[name]
            first *= 0.9
            first += 0.1 * grad
            second *= 0.999
            second += 0.001 * np.square(grad)
            params[name] -= rate * (correction * first / (np.sqrt(second) + 1e-8) + self.decay * params[name])


def embed(batch: Batch, tables: dict[str, np.ndarray]) -> np.ndarray:
    """The network's input: dense features and the sums of embeddings."""
    sums = [batch.matrices[name] @ tables[TABLE_OF[name]] for name in BAG_NAMES]
    return np.concatenate([batch.dense, *sums], axis=1)


def bag_columns(dense_width: int, settings: Settings) -> dict[str, slice]:
    """The columns of the network's input that each bag fills."""
    columns: dict[str, slice] = {}
    at = dense_width
    for name in BAG_NAMES:
        width = settings.word_width if name == "words" else settings.markup_width
        columns[name] = slice(at, at + width)
        at += width
    return columns


def drop_tokens(batch: Batch, share: float, rng: np.random.Generator) -> None:
    """Blanks a share of all tokens, scaling up the rest."""
    for matrix in batch.matrices.values():
        is_kept = rng.random(len(matrix.data)) >= share
        matrix.data = matrix.data * (is_kept / np.float32(1 - share)).astype(np.float32)


def bag_mask(
    batch: Batch, x: np.ndarray, columns: dict[str, slice], settings: Settings, rng: np.random.Generator
) -> np.ndarray:
    """Which inputs are kept: whole bags of some pages are blanked."""
    keep = np.ones_like(x)
    for sample, row in batch.page_rows:
        rows = slice(row, row + len(sample))
        if rng.random() < settings.word_drop:
            keep[rows, columns["words"]] = 0
        if rng.random() < settings.markup_drop:
            for name in MARKUP_BAGS:
                keep[rows, columns[name]] = 0
        if rng.random() < settings.page_drop:
            keep[rows, columns["page"]] = 0
    return keep


def role_weights_of(samples: Sequence[Sample], balance: float) -> np.ndarray:
    """The weight of each role in the loss: rare roles count more, by their frequency to the power of -balance."""
    labels = np.concatenate([sample.roles[sample.roles >= 0] for sample in samples])
    counts = np.bincount(labels, minlength=len(ROLES))
    frequency = np.maximum(counts, 1) / max(1, counts.sum())
    weights = frequency**-balance
    return (ROLE_LOSS_SCALE * weights / (weights * frequency).sum()).astype(np.float32)


def start(samples: Sequence[Sample], settings: Settings) -> Network:
    """A network with random weights, its scaling taken from the samples."""
    rows = np.concatenate([sample.raw for sample in samples])
    mean = rows.mean(axis=0, dtype=np.float64)
    scale = 1 / np.maximum(MIN_DEVIATION, rows.std(axis=0, dtype=np.float64))
    rng = np.random.default_rng(settings.seed)
    shapes = {
        "words_table": (WORD_BUCKETS, settings.word_width),
        "markup_table": (MARKUP_BUCKETS, settings.markup_width),
    }
    tables = {name: (rng.standard_normal(shape) * TABLE_START).astype(np.float32) for name, shape in shapes.items()}
    params = init(settings, rows.shape[1], len(ROLES), len(PAGE_TYPES))
    return Network(params, tables, mean.astype(np.float32), scale.astype(np.float32))


def train(samples: Sequence[Sample], settings: Settings, *, shows_progress: bool = True) -> Network:
    """Trains a network on samples.

    Args:
        samples: Pages with labels.
        settings: What the run is made of; the same settings and samples give the same network.
        shows_progress: Print the loss of each epoch.
    """
    network = start(samples, settings)
    network.standardise(samples)
    rng = np.random.default_rng(settings.seed)
    weights = role_weights_of(samples, settings.role_balance)
    labelled = np.flatnonzero([bool((sample.roles >= 0).any()) for sample in samples])
    indexes = np.concatenate([np.arange(len(samples)), *[labelled] * (settings.role_repeat - 1)])
    run = Run(network, settings, Adam(settings.weight_decay), rng)
    total = settings.epochs * sum(1 for _ in batches(samples, indexes))
    for epoch in range(settings.epochs):
        losses = []
        for group in batches(samples, rng.permutation(indexes)):
            cosine = 0.5 * (1 + math.cos(math.pi * min(1.0, run.optimiser.step / total)))
            rate = settings.learning_rate * min(1.0, (run.optimiser.step + 1) / WARM_UP_STEPS) * cosine
            losses.append(step(run, make_batch(group, weights), rate))
        if shows_progress:
            print(f"epoch {epoch + 1}: loss {np.mean(losses):.4f}", flush=True)
    return network


@dataclass
class Run:
    """The state of a training run."""

    network: Network
    settings: Settings
    optimiser: Adam
    rng: np.random.Generator


def step(run: Run, batch: Batch, rate: float) -> float:
    """One step of the optimiser; returns the loss a page."""
    network, settings, optimiser, rng = run.network, run.settings, run.optimiser, run.rng
    columns = bag_columns(batch.dense.shape[1], settings)
    drop_tokens(batch, settings.token_drop, rng)
    x = embed(batch, network.tables)
    keep = bag_mask(batch, x, columns, settings, rng)
    x *= keep
    key = jax.random.PRNGKey(optimiser.step + settings.seed * 100_003)
    scales = (settings.dropout, settings.role_scale, settings.type_scale)
    value, (grads, x_grad) = gradients(network.params, x, batch.arrays, key, scales)
    page_count = len(batch.page_rows)
    all_grads = {name: np.asarray(grad) / page_count for name, grad in grads.items()}
    x_grad = np.asarray(x_grad) * keep / page_count
    for name, table in TABLE_OF.items():
        all_grads[table] = all_grads.get(table, 0) + batch.matrices[name].T @ x_grad[:, columns[name]]
    optimiser.update(network.params | network.tables, all_grads, rate)
    return float(value) / page_count


def predict(network: Network, samples: Sequence[Sample]) -> list[Probabilities]:
    """What a network thinks of samples."""
    network.standardise(samples)
    nothing = np.zeros(len(ROLES), dtype=np.float32)
    answers: dict[int, Probabilities] = {}
    for group in batches(samples, np.arange(len(samples))):
        batch = make_batch(group, nothing)
        found = probabilities(network.params, embed(batch, network.tables), batch.arrays)
        main, roles, types = (np.asarray(array) for array in found)
        for sample, row in batch.page_rows:
            rows = slice(row, row + len(sample))
            answers[id(sample)] = Probabilities(main[rows], roles[rows], types[row])
    return [answers[id(sample)] for sample in samples]
