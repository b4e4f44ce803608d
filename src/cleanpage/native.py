"""Tells whether the hot modules run compiled, and that they were compiled from the sources beside them."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

PACKAGE: Final = Path(__file__).parent
MANIFEST: Final = "compiled.json"
"""What hatch_build.py leaves beside the compiled modules of an editable install: the SHA-256 of each source."""

PROBE: Final = "cleanpage.walk"
"""A module that is compiled wherever any is."""


def is_compiled() -> bool:
    """Whether the hot modules run compiled."""
    spec = find_spec(PROBE)
    return spec is not None and spec.origin is not None and not spec.origin.endswith(".py")


def kernel(name: str) -> Any:
    """One of the modules in cleanpage.kernels; None where it was not compiled.

    Args:
        name: Its name.
    """
    try:
        return import_module(f"cleanpage.kernels.{name}")
    except ImportError:
        return None


def described() -> str:
    """How the hot modules run, in words."""
    return "compiled" if is_compiled() else "pure Python"


def require_fresh(package: Path = PACKAGE) -> None:
    """Sees to it that no module runs that was compiled before its source was changed.

    Args:
        package: The package's folder. Only that of an editable install holds sources that change.

    Raises:
        ImportError: One would.
    """
    manifest = package / MANIFEST
    if not manifest.exists():
        return
    import hashlib
    import json

    digests: dict[str, str] = json.loads(manifest.read_text(encoding="utf-8"))
    for name, digest in digests.items():
        if hashlib.sha256((package / name).read_bytes()).hexdigest() != digest:
            raise ImportError(f"{package / name} was changed after it was compiled: run `make native`, or `make pure`")
