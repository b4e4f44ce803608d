"""Pages of the repository that stand outside docs/, as pages of the site."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Final

from docgen.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGES: Final = {
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "SECURITY.md": "security.md",
    "benchmarks/README.md": "benchmarks.md",
}
"""Pages that are taken as they are, by the name that they get."""

FIGURES: Final = "src/cleanpage/arbiter/figures.md"
FIGURES_PAGE: Final = "figures.md"
README: Final = "README.md"

LINK: Final = re.compile(r"\[([^\]\n]+)\]\(([^)#\s]+)(#[^)\s]*)?\)")
HEADING: Final = re.compile(r"^#", re.MULTILINE)
ADDRESS: Final = re.compile(r"[a-z]+:")


def pages() -> Iterator[tuple[str, str]]:
    """The names and texts of all pages."""
    for source, name in PAGES.items():
        yield name, mended((ROOT / source).read_text(encoding="utf-8"), source)
    yield FIGURES_PAGE, _figures()


def _figures() -> str:
    """The comparison in the README, and below it all held-out figures, which stand beside the weights."""
    all_of_them = HEADING.sub("##", (ROOT / FIGURES).read_text(encoding="utf-8"))
    return f"# Figures\n\n{readme_section('Figures')}\n\n{mended(all_of_them, FIGURES)}"


def weaknesses() -> str:
    """What cleanpage is not good at, as the README says it."""
    return readme_section("What it is not good at")


def readme_section(title: str) -> str:
    """A section of the README, without its heading."""
    text = (ROOT / README).read_text(encoding="utf-8")
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## )", text, re.MULTILINE | re.DOTALL)
    assert found, f"{README} has no section {title!r}"
    return mended(found[1].strip(), README)


def mended(text: str, source: str) -> str:
    """A page whose links lead to where its targets are on the site.

    Args:
        text: The page.
        source: Where it is in the repository.

    Returns:
        The page; what is not on the site is named, and not linked.
    """

    def link(found: re.Match[str]) -> str:
        shown, target, anchor = found[1], found[2], found[3] or ""
        if ADDRESS.match(target):
            return found[0]
        path = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
        name = FIGURES_PAGE if path == FIGURES else PAGES.get(path)
        if path.startswith("docs/"):
            name = path.removeprefix("docs/")
        return f"[{shown.removeprefix('docs/')}]({name}{anchor})" if name else shown

    return LINK.sub(link, text)
