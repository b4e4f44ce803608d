"""Puts what docgen makes into the site, while mkdocs builds it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from mkdocs.structure.files import File

from cleanpage.detectors import DEFAULT
from docgen import detectors, notebook, report, repository, schema
from docgen.command import command_help
from docgen.languages import language_table
from docgen.roles import role_examples

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

MARK: Final = re.compile(r"^<!-- made from the sources: (\w+) -->$", re.MULTILINE)
MADE: Final[dict[str, Callable[[], str]]] = {
    "help": command_help,
    "languages": language_table,
    "roles": role_examples,
    "schema": schema.schema_tables,
    "weaknesses": repository.weaknesses,
}
"""What stands in the place of a mark in a page."""


def on_config(config: MkDocsConfig) -> None:
    """Lists the pages of the detectors, in their order, where the navigation has their index."""
    index = f"{detectors.FOLDER}/index.md"
    _extend(config.nav, index, [f"{detectors.FOLDER}/{detector.name}.md" for detector in DEFAULT])


def _extend(items: Any, index: str, pages: list[str]) -> None:
    """Adds pages to the list that has the index in it."""
    for item in list(items):
        if item == index:
            items.extend(pages)
        elif isinstance(item, dict):
            for below in item.values():
                if isinstance(below, list):
                    _extend(below, index, pages)


def on_files(files: Files, config: MkDocsConfig) -> None:
    """Adds the pages that are made."""
    made = [*detectors.pages(), *repository.pages(), (notebook.PAGE, notebook.page()), (report.PAGE, report.report())]
    for name, text in made:
        files.append(File.generated(config, name, content=text))
    files.append(File.generated(config, schema.ADDRESS, abs_src_path=str(schema.FILE)))


def on_page_markdown(markdown: str, **_: object) -> str:
    """Puts what is made in the place of its mark."""
    return MARK.sub(lambda found: MADE[found[1]](), markdown)
