"""Training: AdamW over batches, with parts of the input blanked so that no page hangs on its words or class names."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from cleanpage.arbiter.model import BAG_NAMES, FEATURE_BOUND, PAGE_TYPES
from cleanpage.roles import ROLES
from training.batches import Batch, batches, make_batch
from training.network import TABLE_OF, dropper, forward, init, loss

if TYPE_CHECKING:
    from collections.abc import Sequence

    from training.network import Params
    from training.samples import Sample
    from training.settings import Settings

MARKUP_BAGS = ("near", "middle", "path")
MIN_DEVIATION = 0.02
"""Features that hardly vary are not blown up beyond 50."""

WARM_UP_STEPS = 40
LEAST_RANGE = np.float32(1e-6)
"""Of an input that is always zero."""

ROLE_LOSS_SCALE = 0.02
"""Brings the loss of a labelled page's roles to the size of that of its main text."""


@dataclass
class Network:
    """Trained weights with the scaling of the dense features."""

    params: Params
    mean: np.ndarray
    scale: np.ndarray

    def standardise(self, samples: Sequence[Sample]) -> None:
        """Sets the standardised features of samples."""
        for sample in samples:
            dense = (sample.raw - self.mean) * self.scale
            sample.dense = np.clip(dense, -FEATURE_BOUND, FEATURE_BOUND).astype(np.float32)


def kept_bags(batch: Batch, settings: Settings, rng: np.random.Generator) -> dict[str, torch.Tensor]:
    """Which rows see which bags: whole bags of some pages are blanked."""
    keep = {name: np.ones(len(batch.mask), dtype=np.float32) for name in BAG_NAMES}
    for sample, row in batch.page_rows:
        rows = slice(row, row + len(sample))
        if rng.random() < settings.word_drop:
            keep["words"][rows] = 0
        if rng.random() < settings.markup_drop:
            for name in MARKUP_BAGS:
                keep[name][rows] = 0
        if rng.random() < settings.page_drop:
            keep["page"][rows] = 0
    return {name: torch.from_numpy(rows) for name, rows in keep.items()}


def role_weights_of(samples: Sequence[Sample], balance: float) -> np.ndarray:
    """The weight of each role in the loss: rare roles count more, by their frequency to the power of -balance."""
    labels = np.concatenate([sample.roles[sample.roles >= 0] for sample in samples])
    counts = np.bincount(labels, minlength=len(ROLES))
    frequency = np.maximum(counts, 1) / max(1, counts.sum())
    weights = frequency**-balance
    return (ROLE_LOSS_SCALE * weights / (weights * frequency).sum()).astype(np.float32)


def start(samples: Sequence[Sample], settings: Settings) -> Network:
    """A network with random weights, its scaling taken from the samples; tokens that none of them has say nothing."""
    rows = np.concatenate([sample.raw for sample in samples])
    mean = rows.mean(axis=0, dtype=np.float64)
    scale = 1 / np.maximum(MIN_DEVIATION, rows.std(axis=0, dtype=np.float64))
    params = init(settings, rows.shape[1], len(ROLES), len(PAGE_TYPES))
    is_seen = {table: torch.zeros((len(params[table]), 1)) for table in TABLE_OF.values()}
    for sample in samples:
        for name, table in TABLE_OF.items():
            is_seen[table][sample.bags[name].indices] = 1
    with torch.no_grad():
        for table, seen in is_seen.items():
            params[table] *= seen
    return Network(params, mean.astype(np.float32), scale.astype(np.float32))


def train(samples: Sequence[Sample], settings: Settings) -> Network:
    """Trains a network on samples.

    Args:
        samples: Pages with labels.
        settings: What the run is made of; the same settings and samples give the same network.
    """
    torch.set_num_threads(1)  # the order of sums, and so the last digits, would hang on their number
    network = start(samples, settings)
    network.standardise(samples)
    rng = np.random.default_rng(settings.seed)
    drop = dropper(settings.dropout, rng)
    weights = role_weights_of(samples, settings.role_balance)
    for sample in samples:
        sample.role_weight = settings.role_weight(sample.role_source)
    repeated = np.flatnonzero([sample.role_source != "more" and bool((sample.roles >= 0).any()) for sample in samples])
    indexes = np.concatenate([np.arange(len(samples)), *[repeated] * (settings.role_repeat - 1)])
    optimiser = torch.optim.AdamW(network.params.values(), weight_decay=settings.weight_decay)
    total = settings.epochs * sum(1 for _ in batches(samples, indexes))
    done = 0
    for _ in range(settings.epochs):
        for group in batches(samples, rng.permutation(indexes)):
            cosine = 0.5 * (1 + math.cos(math.pi * min(1.0, done / total)))
            optimiser.param_groups[0]["lr"] = settings.learning_rate * min(1.0, (done + 1) / WARM_UP_STEPS) * cosine
            batch = make_batch(group, weights, settings.token_drop, rng)
            optimiser.zero_grad(set_to_none=True)
            loss(network.params, batch, kept_bags(batch, settings, rng), drop, settings).backward()
            optimiser.step()
            done += 1
    return network


def input_ranges(network: Network, samples: Sequence[Sample]) -> dict[str, np.ndarray]:
    """The largest value, without its sign, that each input of each layer has on the training pages."""
    ranges: dict[str, np.ndarray] = {}

    def watch(name: str, seen: torch.Tensor) -> None:
        largest = seen.abs().amax(dim=0).numpy()
        ranges[name] = np.maximum(ranges.get(name, LEAST_RANGE), largest)

    with torch.no_grad():
        for group in batches(samples, np.arange(len(samples))):
            forward(network.params, make_batch(group, np.ones(len(ROLES), dtype=np.float32)), watch=watch)
    return ranges
