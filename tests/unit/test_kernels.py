"""The kernels: each gives what its reference in Python gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanpage import native
from cleanpage.arbiter import model
from cleanpage.arbiter.model import FEATURE_BOUND, Groups
from cleanpage.features import text
from cleanpage.features.bags import Bag
from cleanpage.page import Page

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

pytestmark = pytest.mark.skipif(not native.is_compiled(), reason="nothing is compiled: make native")


def both(module: ModuleType, call: Callable[[], Any]) -> tuple[Any, Any]:
    """What a call gives with the kernel of a module, and without."""
    assert module.KERNEL is not None
    with_kernel = call()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "KERNEL", None)
        return with_kernel, call()


@given(st.lists(st.text(min_size=1), min_size=1))
def test_count_characters(texts: list[str]) -> None:
    """Characters of every width are counted alike."""
    for found, expected in zip(*both(text, lambda: text.character_classes(Page(texts=texts))), strict=True):
        np.testing.assert_array_equal(found, expected)


def random_rows(seed: int, count: int, width: int) -> np.ndarray:
    """Rows of float32 numbers, some of them far out."""
    return (np.random.default_rng(seed).standard_normal((count, width)) ** 3).astype(np.float32)


@given(st.lists(st.integers(0, 300), min_size=1, max_size=8), st.integers(0, 99))
def test_bag_sums(sizes: list[int], seed: int) -> None:
    """The sums of few and of many rows are the same to the last bit."""
    starts = np.cumsum([0, *sizes])
    bag = Bag(np.random.default_rng(seed).integers(0, 50, int(starts[-1])).astype(np.int32), starts)
    found, expected = both(model, lambda: model.bag_sums(bag, random_rows(seed, 50, 24)))
    np.testing.assert_array_equal(found, expected)


def test_rows_too_wide_for_the_kernel() -> None:
    """Longer rows than it has room for are refused."""
    with pytest.raises(ValueError, match="raise MAX_WIDTH"):
        model.bag_sums(Bag(np.array([0], np.int32), np.array([0, 1])), np.ones((1, 65), np.float32))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 200)), min_size=5, max_size=400), st.integers(0, 99))
def test_pool_input(pairs: list[tuple[int, int]], seed: int) -> None:
    """The means over groups of all sizes are the same to the last bit."""
    groups = np.stack([np.unique(ids, return_inverse=True)[1] for ids in zip(*pairs, strict=True)])
    hidden, shared = random_rows(seed, len(pairs), 6), random_rows(seed + 1, len(pairs), 3)
    found, expected = both(model, lambda: Groups(groups).joined(hidden, shared))
    np.testing.assert_array_equal(found, expected)


@given(st.integers(5, 30), st.sampled_from([1, 2, 4]))
def test_between_the_products(count: int, reach: int) -> None:
    """Windows, residual changes, paths and standardised features."""
    hidden, bias = random_rows(count, count, 3), np.array([0.5, -0.5, 0], np.float32)
    for call in (
        lambda: model.window(hidden, reach),
        lambda: model.added(hidden, random_rows(1, count, 3), bias),
        lambda: model.standardised(4 * hidden, bias, bias + 2),
    ):
        found, expected = both(model, call)
        np.testing.assert_array_equal(found, expected)
    assert np.abs(model.standardised(9 * hidden, bias, bias + 2)).max() == FEATURE_BOUND
