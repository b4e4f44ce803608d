"""Compiles the modules that take most of the time, while a wheel is built; a hook of hatchling.

The same files are the package without a compiler: where compiling fails, or CLEANPAGE_PURE=1 forbids it, they are
installed as they are. An editable install gets the compiled modules beside its sources, and a file that tells what they
were made from: cleanpage.native compares.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any, Final

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKAGE: Final = "cleanpage"
MODULES: Final = (
    "blocks",
    "detectors/appeals",
    "detectors/author_bio",
    "detectors/base",
    "detectors/byline",
    "detectors/caption",
    "detectors/comments",
    "detectors/consent_notice",
    "detectors/declared",
    "detectors/evidence",
    "detectors/heading",
    "detectors/interface",
    "detectors/layout",
    "detectors/legal",
    "detectors/login_prompt",
    "detectors/main_content",
    "detectors/navigation",
    "detectors/related",
    "detectors/sharing",
    "detectors/sponsored",
    "detectors/stray_language",
    "detectors/subscribe_prompt",
    "detectors/title",
    "head",
    "language/page_language",
    "language/verdict",
    "lexicon",
    "markup",
    "render/runs",
    "render/tree",
    "render/writer",
    "segment",
    "visibility",
    "walk",
)
"""The modules in which Python itself takes the time, not a library."""

KERNELS: Final = "kernels"
"""The folder of loops over characters, numbers and libxml2's nodes, in Cython."""

TOOLS: Final = ("cython>=3.1", "lxml>=6.1.3", "lxml-stubs>=0.5.1", "mypy>=2.1", "setuptools>=77")
"""What compiling needs: Cython and the headers of lxml; mypyc, which is part of mypy, and the types of lxml."""

SAME_SUMS: Final = "-ffp-contract=off"
"""Keeps GCC and Clang from joining a product and a sum in one rounding, as they do on some platforms only."""

MANIFEST: Final = "compiled.json"
"""Beside the modules of an editable install: the SHA-256 of each source that was compiled."""

NOTE: Final = "cleanpage is installed as pure Python, with the same results but slower"


class NativeHook(BuildHookInterface[Any]):
    """Adds compiled modules to a wheel."""

    def dependencies(self) -> list[str]:
        """What has to be there to build: nothing where nothing is compiled."""
        return [] if reason_against() else list(TOOLS)

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compiles, and adds what comes of it to the wheel, or to the sources of an editable install.

        Args:
            version: ``editable`` or ``standard``.
            build_data: What hatchling is to put into the wheel.
        """
        self.folder = Path(tempfile.mkdtemp(prefix="cleanpage-"))
        source = Path(self.root, "src")
        is_editable = version == "editable"
        if is_editable and not reason_against() and is_compiled(source / PACKAGE):
            return
        if is_editable:
            remove_compiled(source)
        if reason := reason_against() or self._fault():
            self.app.display_warning(f"{reason}: {NOTE}")
            return
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
        library = self.folder / "lib"
        for path in sorted(path for path in library.rglob("*") if path.is_file()):
            place = path.relative_to(library)
            if is_editable:
                shutil.copy2(path, source / place)
            else:
                build_data["force_include"][str(path)] = str(place)
        if is_editable:
            write_manifest(source / PACKAGE)

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002 - hatchling's
        """Removes what compiling left."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _fault(self) -> str:
        """Compiles; returns what went wrong, '' if nothing did."""
        command = [sys.executable, str(Path(__file__).resolve()), str(self.folder)]
        done = subprocess.run(command, cwd=self.root, capture_output=True, text=True, check=False)  # noqa: S603 - itself
        if done.returncode == 0:
            return ""
        self.app.display_info(done.stdout + done.stderr)
        return "the modules could not be compiled (is a C compiler installed?)"


def reason_against() -> str:
    """Why nothing is to be compiled; '' if it is."""
    if os.environ.get("CLEANPAGE_PURE", "0") != "0":
        return "CLEANPAGE_PURE is set"
    if platform.python_implementation() != "CPython":
        return "only CPython runs compiled modules"
    return ""


def remove_compiled(source: Path) -> None:
    """Removes compiled modules from among the sources, so that none is left that nobody compiled anew."""
    (source / PACKAGE / MANIFEST).unlink(missing_ok=True)
    for ending in (".so", ".pyd"):
        for path in source.rglob("*" + ending):
            path.unlink()


def kernel_names(package: Path) -> list[str]:
    """The names of the kernels of a package."""
    return sorted(path.stem for path in (package / KERNELS).glob("*.pyx"))


def source_digests(package: Path) -> dict[str, str]:
    """The SHA-256 of each source that is compiled."""
    kernels = sorted((package / KERNELS).glob("*.p[xy][dx]"))
    sources = [*[f"{module}.py" for module in MODULES], *[f"{KERNELS}/{path.name}" for path in kernels]]
    return {name: hashlib.sha256((package / name).read_bytes()).hexdigest() for name in sources}


def write_manifest(package: Path) -> None:
    """Writes down what the compiled modules were made from."""
    (package / MANIFEST).write_text(json.dumps(source_digests(package), indent=1) + "\n", encoding="utf-8")


def is_compiled(package: Path) -> bool:
    """Whether an editable install is compiled already, for this Python and from the sources as they are.

    `cleanpage.native.is_stale` asks the like while the package runs, where only the manifest says what was compiled;
    here new sources count as well. The build imports nothing of what it builds.
    """
    manifest, module = package / MANIFEST, package / (MODULES[-1] + str(sysconfig.get_config_var("EXT_SUFFIX")))
    if not manifest.is_file() or not module.is_file():
        return False
    return bool(json.loads(manifest.read_text(encoding="utf-8")) == source_digests(package))


def compile_modules(folder: Path) -> None:
    """Compiles the modules into ``lib`` in a folder; run from the root of the repository."""
    import lxml
    from Cython.Build import cythonize
    from mypyc.build import mypycify
    from setuptools import Extension, setup

    os.chdir("src")
    options = ["--config-file=", "--ignore-missing-imports", f"--cache-dir={folder / 'mypy'}"]
    extensions = mypycify(
        [*options, *[f"{PACKAGE}/{module}.py" for module in MODULES]],
        opt_level="2",
        debug_level="0",
        multi_file=True,
        target_dir=str(folder / "c"),
        group_name=PACKAGE,
    )
    kernels = [
        Extension(
            f"{PACKAGE}.{KERNELS}.{name}",
            [f"{PACKAGE}/{KERNELS}/{name}.pyx"],
            include_dirs=lxml.get_include(),
            extra_compile_args=[] if os.name == "nt" else [SAME_SUMS],
        )
        for name in kernel_names(Path(PACKAGE))
    ]
    extensions += cythonize(kernels, build_dir=str(folder / "c"), language_level=3)
    job_count = os.cpu_count() or 1
    places = [f"--build-lib={folder / 'lib'}", f"--build-temp={folder / 'objects'}"]
    setup(
        name=PACKAGE,
        packages=[],
        ext_modules=extensions,
        script_args=["build_ext", f"--parallel={job_count}", *places],
    )


if __name__ == "__main__":
    compile_modules(Path(sys.argv[1]))
