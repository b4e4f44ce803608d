"""Tells whether the hot modules run compiled, and sees to it that none runs whose source was changed since."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.machinery import FileFinder, ModuleSpec, SourceFileLoader
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

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


class SourceFinder:
    """Finds the sources of modules, and nothing that was compiled from them.

    Attributes:
        package: The package whose modules it finds.
    """

    def __init__(self, package: str) -> None:
        self.package = package

    def find_spec(self, name: str, path: Sequence[str] | None, _target: ModuleType | None = None) -> ModuleSpec | None:
        """The source of a module of the package; None for other modules, which others find."""
        if path is None or not name.startswith(self.package + "."):
            return None
        for folder in path:
            spec = FileFinder(folder, (SourceFileLoader, [".py"])).find_spec(name)
            if spec is not None:
                return spec
        raise ModuleNotFoundError(f"No module named {name!r} as a source", name=name)


def described() -> str:
    """How the hot modules run, in words."""
    if is_compiled():
        return "compiled"
    return "pure Python" + (", as sources were changed after they were compiled" if is_stale() else "")


def is_stale(package: Path = PACKAGE) -> bool:
    """Whether a source was changed, or is gone, since it was compiled.

    Args:
        package: The package's folder. Only that of an editable install holds sources that change.
    """
    manifest = package / MANIFEST
    if not manifest.exists():
        return False
    import hashlib
    import json

    digests: dict[str, str] = json.loads(manifest.read_text(encoding="utf-8"))
    return any(
        not (package / name).is_file() or hashlib.sha256((package / name).read_bytes()).hexdigest() != digest
        for name, digest in digests.items()
    )


def pass_over_stale() -> None:
    """Lets the sources run if they were changed since they were compiled: what is edited is what runs."""
    if is_stale():
        sys.meta_path.insert(0, SourceFinder("cleanpage"))
