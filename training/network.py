"""The arbiter's network in JAX: hashed embeddings and dense features → main content, roles, page type.

Each block's input becomes one hidden vector; convolutions bring in its neighbours, means over groups its containers and
look-alikes. `cleanpage.arbiter.model` runs the result in numpy.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from cleanpage.arbiter.model import GROUP_COUNT

Params = dict[str, Any]


@dataclass
class Settings:
    """What a training run is made of."""

    hidden: int = 96
    shared: int = 32
    word_width: int = 24
    markup_width: int = 24
    epochs: int = 11
    learning_rate: float = 3e-3
    weight_decay: float = 0.01
    dropout: float = 0.3
    word_drop: float = 0.5
    markup_drop: float = 0.4
    page_drop: float = 0.3
    token_drop: float = 0.55
    role_scale: float = 1.0
    type_scale: float = 0.05
    role_balance: float = 0.4
    role_repeat: int = 2
    seed: int = 1


def init(settings: Settings, dense_width: int, role_count: int, type_count: int) -> Params:
    """Random weights."""
    rng = np.random.default_rng(settings.seed)
    hidden, shared = settings.hidden, settings.shared
    inputs = dense_width + settings.word_width + 4 * settings.markup_width

    def matrix(rows: int, columns: int) -> np.ndarray:
        return (rng.standard_normal((rows, columns)) * math.sqrt(2 / rows)).astype(np.float32)

    params = {
        "input": matrix(inputs, hidden),
        "conv1": matrix(3 * hidden, hidden) * 0.5,
        "share1": matrix(hidden, shared) * 0.5,
        "pool1": matrix(hidden + (GROUP_COUNT + 1) * shared, hidden) * 0.5,
        "conv2": matrix(3 * hidden, hidden) * 0.5,
        "conv4": matrix(3 * hidden, hidden) * 0.5,
        "share2": matrix(hidden, shared) * 0.5,
        "pool2": matrix(hidden + (GROUP_COUNT + 1) * shared, hidden) * 0.5,
        "main": matrix(hidden, 1) * 0.5,
        "roles": matrix(hidden, role_count) * 0.5,
        "types": matrix(2 * hidden, type_count) * 0.5,
    }
    params |= {name + "_bias": np.zeros(value.shape[1], dtype=np.float32) for name, value in params.items()}
    return params


def _shift(h: jax.Array, by: int) -> jax.Array:
    return jnp.roll(h, by, axis=0)


def forward(
    params: Params, x: jax.Array, batch: dict[str, jax.Array], key: jax.Array | None, dropout: float
) -> tuple[jax.Array, ...]:
    """Logits of main content, roles and page types for a batch of pages laid end to end."""
    mask = batch["mask"][:, None]

    def drop(h: jax.Array, index: int) -> jax.Array:
        if key is None or not dropout:
            return h
        keep = jax.random.bernoulli(jax.random.fold_in(key, index), 1 - dropout, h.shape)
        return jnp.where(keep, h / (1 - dropout), 0)

    def dense(name: str, h: jax.Array) -> jax.Array:
        return h @ params[name] + params[name + "_bias"]

    def conv(name: str, h: jax.Array, reach: int) -> jax.Array:
        window = jnp.concatenate([_shift(h, reach), h, _shift(h, -reach)], axis=1)
        return h + jax.nn.relu(dense(name, window)) * mask

    def pool(name: str, share: str, h: jax.Array) -> jax.Array:
        shared = dense(share, h) * mask
        means = [h]
        for index in range(GROUP_COUNT + 1):
            ids, inverse_counts = batch["groups"][index], batch["inverse"][index]
            sums = jax.ops.segment_sum(shared, ids, num_segments=h.shape[0])
            means.append((sums * inverse_counts[:, None])[ids])
        return h + jax.nn.relu(dense(name, jnp.concatenate(means, axis=1))) * mask

    h = drop(jax.nn.relu(dense("input", x)) * mask, 0)
    h = conv("conv1", h, 1)
    h = drop(pool("pool1", "share1", h), 1)
    h = conv("conv2", h, 2)
    h = conv("conv4", h, 4)
    h = drop(pool("pool2", "share2", h), 2)
    page_ids, page_inverse = batch["groups"][GROUP_COUNT], batch["inverse"][GROUP_COUNT]
    means = jax.ops.segment_sum(h, page_ids, num_segments=h.shape[0]) * page_inverse[:, None]
    peaks = jnp.maximum(jax.ops.segment_max(h, page_ids, num_segments=h.shape[0]), 0)
    return dense("main", h)[:, 0], dense("roles", h), dense("types", jnp.concatenate([means, peaks], axis=1))


def loss(
    params: Params, x: jax.Array, batch: dict[str, jax.Array], key: jax.Array, scales: tuple[float, float, float]
) -> jax.Array:
    """Cross-entropies of the three heads, weighted."""
    dropout, role_scale, type_scale = scales
    main, roles, types = forward(params, x, batch, key, dropout)
    binary = jnp.maximum(main, 0) - main * batch["main"] + jnp.log1p(jnp.exp(-jnp.abs(main)))
    total = jnp.sum(binary * batch["main_weight"])
    log_roles = jax.nn.log_softmax(roles)
    picked = jnp.take_along_axis(log_roles, jnp.maximum(batch["roles"], 0)[:, None], axis=1)[:, 0]
    total += role_scale * jnp.sum(-picked * batch["role_weight"])
    log_types = jax.nn.log_softmax(types)
    picked = jnp.take_along_axis(log_types, jnp.maximum(batch["types"], 0)[:, None], axis=1)[:, 0]
    return total + type_scale * jnp.sum(-picked * (batch["types"] >= 0))


@partial(jax.jit, static_argnums=(4,))
def gradients(
    params: Params, x: jax.Array, batch: dict[str, jax.Array], key: jax.Array, scales: tuple[float, float, float]
) -> tuple[jax.Array, Any]:
    """The loss, and its gradients by parameters and input."""
    return jax.value_and_grad(loss, argnums=(0, 1))(params, x, batch, key, scales)


@jax.jit
def probabilities(params: Params, x: jax.Array, batch: dict[str, jax.Array]) -> tuple[jax.Array, ...]:
    """Probabilities of the three heads."""
    main, roles, types = forward(params, x, batch, None, 0.0)
    return jax.nn.sigmoid(main), jax.nn.softmax(roles), jax.nn.softmax(types)
