"""The network's layers in whole numbers: codes, exact products, and what makes numbers of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanpage.arbiter import layers
from cleanpage.arbiter.layers import (
    CODE_STEPS,
    MAX_INPUTS,
    ONE_THREAD_PRODUCT,
    SIGNED_STEPS,
    SIGNED_ZERO,
    WEIGHT_STEPS,
    coded,
    dense,
    grown,
    layer_of,
    product,
    window,
)
from tests.kernels import both, needs_kernels


def arrays_of(weights: np.ndarray, seed: int = 0) -> dict[str, np.ndarray]:
    """A layer as a file of weights has it."""
    rng = np.random.default_rng(seed)
    scale, bias = np.split(rng.uniform(1e-5, 1e-3, 2 * weights.shape[1]).astype(np.float32), 2)
    return {"x": weights.astype(np.int8), "x_scale": scale, "x_bias": bias}


def random_layer(seed: int, inputs: int, outputs: int) -> dict[str, np.ndarray]:
    """A layer of random weights."""
    return arrays_of(np.random.default_rng(seed).integers(-WEIGHT_STEPS, WEIGHT_STEPS + 1, (inputs, outputs)), seed)


def random_codes(seed: int, rows: int, inputs: int) -> np.ndarray:
    """Rows of random codes."""
    return np.random.default_rng(seed).integers(0, CODE_STEPS + 1, (rows, inputs)).astype(np.uint8)


@pytest.mark.parametrize(
    ("rows", "inputs", "outputs"),
    [
        (0, 5, 3),
        (1, 5, 3),
        (1, 600, 500),
        (3, 600, 500),
        (2, 512, 512),
        (63, 64, 64),
        (64, 64, 64),
        (65, 64, 64),
        (200, 64, 64),
        (7, 1, 1),
    ],
)
def test_product(rows: int, inputs: int, outputs: int) -> None:
    """The product in slices is the product, however many rows are left over."""
    rng = np.random.default_rng(rows + inputs)
    x = rng.standard_normal((rows, inputs)).astype(np.float32)
    matrix = rng.standard_normal((inputs, outputs)).astype(np.float32)
    found = product(x, matrix)
    assert found.shape == (rows, outputs)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, x.astype(np.float64) @ matrix.astype(np.float64), rtol=1e-4, atol=1e-4)


def test_products_stay_small() -> None:
    """The shapes above are on both sides of what one slice takes."""
    assert ONE_THREAD_PRODUCT // (64 * 64) == 64
    assert ONE_THREAD_PRODUCT == 512 * 512


def test_codes() -> None:
    """Numbers are rounded to the nearest step and cut off at the ends."""
    steps = np.array([10, 100], dtype=np.float32)
    values = np.array([[0, 0], [0.14, 0.014], [0.16, 0.016], [99, 99], [-1, -1]], dtype=np.float32)
    assert coded(values, steps).tolist() == [[0, 0], [1, 1], [2, 2], [CODE_STEPS] * 2, [0, 0]]
    signed = coded(values, steps, SIGNED_ZERO)
    assert signed.tolist() == [[128, 128], [129, 129], [130, 130], [255, 255], [118, 28]]
    largest = np.array([[-3, 3]], dtype=np.float32)
    assert coded(largest, SIGNED_STEPS / np.abs(largest[0]), SIGNED_ZERO).tolist() == [[1, 255]]


@given(st.integers(0, 9), st.integers(1, 90), st.integers(1, 170), st.integers(0, 99))
def test_dense_is_exact(rows: int, inputs: int, outputs: int, seed: int) -> None:
    """A layer makes of codes what whole numbers give, whichever of its inputs are signed."""
    arrays, codes = random_layer(seed, inputs, outputs), random_codes(seed, rows, inputs)
    signed_from = seed % (inputs + 1)
    zero = np.where(np.arange(inputs) < signed_from, 0, SIGNED_ZERO)
    sums = (codes.astype(np.int64) - zero) @ arrays["x"].astype(np.int64)
    expected = sums.astype(np.float32) * arrays["x_scale"] + arrays["x_bias"]
    found = dense(codes, layer_of(arrays, "x", signed_from))
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("sign", [1, -1])
def test_largest_sums_are_exact(sign: int) -> None:
    """The largest sum that a layer may have is a whole number of 24 bits; one more input is refused."""
    weights = np.full((MAX_INPUTS, 3), sign * WEIGHT_STEPS)
    weights[0] -= sign
    layer = layer_of(
        arrays_of(weights) | {"x_scale": np.ones(3, np.float32), "x_bias": np.zeros(3, np.float32)}, "x", 999
    )
    codes = np.full((2, MAX_INPUTS), CODE_STEPS, dtype=np.uint8)
    assert dense(codes, layer).tolist() == [[sign * (MAX_INPUTS * CODE_STEPS * WEIGHT_STEPS - CODE_STEPS)] * 3] * 2
    with pytest.raises(ValueError, match=f"x has {MAX_INPUTS + 1} inputs"):
        layer_of(random_layer(0, MAX_INPUTS + 1, 2), "x", 0)


def test_state_only_grows() -> None:
    """The positive part of what a layer makes is added to the state."""
    arrays = random_layer(3, 8, 5)
    layer, codes = layer_of(arrays, "x", 8), random_codes(3, 6, 8)
    hidden = np.random.default_rng(3).uniform(0, 1, (6, 5)).astype(np.float32)
    change = dense(codes, layer)
    assert (change < 0).any()
    np.testing.assert_array_equal(grown(hidden, codes, layer), hidden + np.maximum(0, change))


@pytest.mark.parametrize("reach", [1, 2, 4])
@pytest.mark.parametrize("count", [1, 2, 3, 9])
def test_window(count: int, reach: int) -> None:
    """A block stands between its neighbours, zeros beyond the page."""
    codes = random_codes(count, count, 2)
    nothing = np.zeros((reach, 2), dtype=np.uint8)
    around = np.concatenate([nothing, codes, nothing])
    expected = [np.concatenate([around[b], around[b + reach], around[b + 2 * reach]]) for b in range(count)]
    np.testing.assert_array_equal(window(codes, reach), expected)


@needs_kernels
@given(st.integers(0, 9), st.integers(1, 90), st.integers(1, 170), st.integers(0, 99))
def test_kernel(rows: int, inputs: int, outputs: int, seed: int) -> None:
    """Each kernel gives what numpy gives, to the last bit."""
    arrays, codes = random_layer(seed, inputs, outputs), random_codes(seed, rows, inputs)
    values = np.random.default_rng(seed).normal(0, 2, (rows, inputs)).astype(np.float32)
    hidden = np.random.default_rng(seed).uniform(0, 2, (rows, outputs)).astype(np.float32)
    steps = np.random.default_rng(seed).uniform(0, 200, inputs).astype(np.float32)
    for call in (
        lambda: dense(codes, layer_of(arrays, "x", seed % (inputs + 1))),
        lambda: grown(hidden, codes, layer_of(arrays, "x", inputs)),
        lambda: coded(values, steps, seed % 2 * SIGNED_ZERO),
        lambda: window(codes, 1 + seed % 4),
    ):
        found, expected = both(call, layers)
        np.testing.assert_array_equal(found, expected)
        assert found.dtype == expected.dtype


@needs_kernels
def test_kernel_refuses_other_rows() -> None:
    """Rows that do not fit the matrix are refused, not read beyond."""
    kernel = layers.KERNEL
    assert kernel is not None
    columns = np.zeros(16, np.int32), np.zeros(16, np.float32), np.zeros(16, np.float32)
    with pytest.raises(ValueError, match="rows of 5 codes for 8 inputs"):
        kernel.dense(random_codes(0, 2, 5), np.zeros((2, 16, 4), np.int8), *columns, 3)
