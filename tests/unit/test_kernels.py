"""The kernels: each gives what its reference in Python gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanpage import native
from cleanpage.features import text
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
