"""Runs a call with the kernels of modules and without."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType


def both(call: Callable[[], Any], *modules: ModuleType) -> tuple[Any, Any]:
    """What a call gives with the kernels of some modules, and without."""
    assert None not in [module.KERNEL for module in modules]
    with_kernel = call()
    with pytest.MonkeyPatch.context() as patch:
        for module in modules:
            patch.setattr(module, "KERNEL", None)
        return with_kernel, call()
