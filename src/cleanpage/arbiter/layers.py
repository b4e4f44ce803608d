"""The network's layers, computed in whole numbers, so that no processor and no library changes their last digit.

What a layer reads is rounded to a byte, with a step for each input, and so are its weights (training/weights.py). Sums
of products of bytes are whole numbers below 2^24: 32-bit floats add them up without rounding, in whatever order, and so
do processors that multiply bytes (AVX-512 VNNI), several times as fast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from cleanpage import native

if TYPE_CHECKING:
    from collections.abc import Mapping

KERNEL: Final = native.kernel("layers")

CODE_STEPS: Final = 255
"""The code of the largest value of an input that is never negative."""

SIGNED_STEPS: Final = 127
SIGNED_ZERO: Final = 128
"""Steps on each side of zero, and the code of zero, of an input that may be negative."""

WEIGHT_STEPS: Final = 127
MAX_INPUTS: Final = (1 << 24) // (CODE_STEPS * WEIGHT_STEPS)
"""Inputs of a layer up to which 32-bit floats hold every sum."""

PACK_INPUTS: Final = 4
PACK_OUTPUTS: Final = 16
"""The kernel takes so many inputs and outputs at a time."""

ONE_THREAD_PRODUCT: Final = 1 << 18
"""Multiplications up to which OpenBLAS uses one thread (interface/gemm.c: SMP_THRESHOLD_MIN · 4)."""


class Layer(NamedTuple):
    """A matrix of whole numbers, and what makes numbers of its sums: (sum - offset) · scale + bias.

    Attributes:
        matrix: The weights, inputs × outputs, -127..127.
        offset: What the codes of zero add to the sums.
        scale: What a sum of 1 is worth.
        bias: What is added.
        packed: The matrix as the kernel reads it, offset, scale and bias filled up; empty where the kernel is not used.
    """

    matrix: np.ndarray
    offset: np.ndarray
    scale: np.ndarray
    bias: np.ndarray
    packed: tuple[np.ndarray, ...]


def layer_of(arrays: Mapping[str, np.ndarray], name: str, signed_from: int) -> Layer:
    """A layer as the file of weights has it.

    Args:
        arrays: The file's arrays: NAME, NAME_scale and NAME_bias.
        name: The layer's name.
        signed_from: The first input that may be negative; they go on to the last.

    Raises:
        ValueError: The layer has more than MAX_INPUTS inputs.
    """
    weights = arrays[name]
    if len(weights) > MAX_INPUTS:
        raise ValueError(f"{name} has {len(weights)} inputs, sums of {MAX_INPUTS} are exact")
    offset = SIGNED_ZERO * weights[signed_from:].sum(axis=0, dtype=np.int32)
    scale, bias = arrays[name + "_scale"], arrays[name + "_bias"]
    packed = _packed(weights, offset, scale, bias) if KERNEL is not None and KERNEL.HAS_DOT_PRODUCTS else ()
    return Layer(weights.astype(np.float32), offset.astype(np.float32), scale, bias, packed)


def _packed(weights: np.ndarray, *columns: np.ndarray) -> tuple[np.ndarray, ...]:
    """The weights of each four inputs beside each other, output by output, and the columns, filled up with zeros."""
    inputs, outputs = (-(-size // step) for size, step in zip(weights.shape, (PACK_INPUTS, PACK_OUTPUTS), strict=True))
    filled = np.zeros((PACK_INPUTS * inputs, PACK_OUTPUTS * outputs), dtype=np.int8)
    filled[: len(weights), : weights.shape[1]] = weights
    fours = filled.reshape(inputs, PACK_INPUTS, -1).transpose(0, 2, 1)
    return np.ascontiguousarray(fours), *[np.pad(column, (0, filled.shape[1] - len(column))) for column in columns]


def coded(values: np.ndarray, steps: np.ndarray, zero: int = 0) -> np.ndarray:
    """Numbers rounded to bytes.

    Args:
        values: rows × inputs, float32.
        steps: Steps to a unit, for each input.
        zero: The code of zero.
    """
    if KERNEL is not None:
        kernel_codes: np.ndarray = KERNEL.coded(values, steps, zero)
        return kernel_codes
    codes: np.ndarray = np.clip(values * steps + np.float32(zero + 0.5), 0, CODE_STEPS).astype(np.uint8)
    return codes


def dense(codes: np.ndarray, layer: Layer) -> np.ndarray:
    """What a layer makes of coded rows.

    Args:
        codes: rows × inputs.
        layer: The layer.

    Returns:
        rows × outputs, as float32.
    """
    if KERNEL is not None and layer.packed:
        rest = -codes.shape[1] % PACK_INPUTS
        filled = np.pad(codes, ((0, 0), (0, rest))) if rest else codes
        kernel_result: np.ndarray = KERNEL.dense(filled, *layer.packed, layer.matrix.shape[1])
        return kernel_result
    result = product(codes.astype(np.float32), layer.matrix)
    result -= layer.offset
    result *= layer.scale
    result += layer.bias
    return result


def product(x: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """A matrix product in slices of rows so small that BLAS keeps to one thread.

    The products of a page are too small to share: on a busy machine, waiting for the other threads took ten times as
    long as the work.

    Args:
        x: rows × inputs.
        matrix: inputs × outputs.
    """
    rows = max(1, ONE_THREAD_PRODUCT // matrix.size)
    inputs, outputs = matrix.shape
    count = len(x) // rows
    head = x[: count * rows].reshape(count, rows, inputs) @ matrix
    return np.concatenate([head.reshape(count * rows, outputs), x[count * rows :] @ matrix])


def window(codes: np.ndarray, reach: int) -> np.ndarray:
    """Each block's codes between those of its neighbours at a distance, zeros beyond the page."""
    if KERNEL is not None:
        kernel_result: np.ndarray = KERNEL.window(codes, reach)
        return kernel_result
    width = codes.shape[1]
    joined = np.zeros((len(codes), 3 * width), dtype=np.uint8)
    joined[reach:, :width] = codes[:-reach]
    joined[:, width : 2 * width] = codes
    joined[:-reach, 2 * width :] = codes[reach:]
    return joined


def grown(hidden: np.ndarray, codes: np.ndarray, layer: Layer) -> np.ndarray:
    """The state and the positive part of what a layer makes of coded rows."""
    change = dense(codes, layer)
    if KERNEL is not None:
        KERNEL.add_positive(change, hidden)
        return change
    np.maximum(0, change, out=change)
    change += hidden
    return change
