"""What the tests of kernels share: they need kernels, and run a call with and without them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cleanpage import native

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

needs_kernels = pytest.mark.skipif(not native.is_compiled(), reason="nothing is compiled: make native")


def both(call: Callable[[], Any], *modules: ModuleType) -> tuple[Any, Any]:
    """What a call gives with the kernels of some modules, and without."""
    assert None not in [module.KERNEL for module in modules]
    with_kernel = call()
    with pytest.MonkeyPatch.context() as patch:
        for module in modules:
            for name in [name for name in vars(module) if name.endswith("KERNEL")]:
                patch.setattr(module, name, None)
        return with_kernel, call()
