"""Tests of the pages and parts of the docs that are made from the sources."""

from __future__ import annotations

import re
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING

import pytest

for _module in ("babel", "griffe", "mkdocs"):
    pytest.importorskip(_module, reason="the extra docs is not installed")

import mkdocs_hook
from cleanpage import lexicon
from cleanpage.detectors import DEFAULT
from cleanpage.document import json_schema
from cleanpage.markup import LINK_WEIGHTS, TIER_WEIGHTS
from cleanpage.roles import Role
from docgen import detectors, languages, markdown, notebook, repository, schema, screenshot
from docgen.examples import examples_of
from docgen.paths import DOCS, ROOT

if TYPE_CHECKING:
    from cleanpage.detectors import Detector

MAX_PICTURE_BYTES = 200_000
"""What the README may ask of a slow line."""


@cache
def pages() -> dict[str, str]:
    """The pages of the detectors."""
    return dict(detectors.pages())


each_detector = pytest.mark.parametrize("detector", DEFAULT, ids=lambda detector: detector.name)


def test_marks() -> None:
    """Every mark in the docs is known, and what is made stands somewhere."""
    marks = {mark for page in DOCS.glob("*.md") for mark in mkdocs_hook.MARK.findall(page.read_text(encoding="utf-8"))}
    assert marks == set(mkdocs_hook.MADE)


@each_detector
def test_page_has_all_of_a_detector(detector: Detector) -> None:
    """The page of a detector has its docstring, its thresholds and every block of its fixtures."""
    page = pages()[f"detectors/{detector.name}.md"]
    assert page.startswith(f"# {detector.name}\n")
    for part in ("What", "Evidence", "Known false alarms"):
        assert f"**{part}:** " in page
    for field in fields(detector):  # type: ignore[arg-type]
        assert field.name == "name" or f"`{field.name}` | `{getattr(detector, field.name)!r}`" in page
    assert all(markdown.literal(example.text) in page for example in examples_of(detector.name))
    assert ("## Words" in page) == (detector.name in lexicon.SECTIONS)


def test_all_tables_of_markup_have_a_title() -> None:
    """No table of markup.toml is left out of the pages."""
    assert detectors.STRENGTHS.keys() == TIER_WEIGHTS.keys()
    assert detectors.LINK_PARTS.keys() == LINK_WEIGHTS.keys()


@each_detector
def test_examples_give_reasons(detector: Detector) -> None:
    """What a detector must find, it gives a reason for; about look-alikes it says nothing."""
    assert all(bool(example.reasons) == example.is_found for example in examples_of(detector.name))


def test_index_lists_all_detectors() -> None:
    """The first page links to all others, and the navigation gets them."""
    nav = [{"Understand it": [{"Detectors": ["detectors/index.md"]}]}]
    mkdocs_hook._extend(nav, "detectors/index.md", sorted(set(pages()) - {"detectors/index.md"}))
    assert sorted(nav[0]["Understand it"][0]["Detectors"]) == sorted(pages())
    assert all(f"]({detector.name}.md)" in pages()["detectors/index.md"] for detector in DEFAULT)


def test_every_role_has_examples() -> None:
    """A role has a section with a block that has it and one that has not."""
    sections = re.split(r"^### ", mkdocs_hook.MADE["roles"](), flags=re.MULTILINE)[1:]
    assert [section.partition("\n")[0] for section in sections] == list(Role)
    assert all("| yes |" in section and "| no |" in section for section in sections)


def test_every_language_has_a_row() -> None:
    """A row has the code, the name and a number of phrases."""
    rows = languages.language_table().splitlines()[2:]
    assert [row.split("|")[1].strip(" `") for row in rows] == list(lexicon.languages())
    assert any(row.startswith("| `nl` | Dutch |") for row in rows)


def test_every_field_of_the_schema_is_listed() -> None:
    """The tables have each field of each part, and the address the version."""
    tables = schema.schema_tables()
    parts = [json_schema(), *json_schema()["$defs"].values()]
    assert all(f"| `{field}` |" in tables for part in parts for field in part["properties"])
    assert schema.ADDRESS == "schema/document.1.schema.json"
    assert schema.ADDRESS in (DOCS / "json-schema.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("[docs/cli.md](docs/cli.md)", "[cli.md](cli.md)"),
        ("[Rows](docs/batch.md#rows)", "[Rows](batch.md#rows)"),
        ("[CONTRIBUTING.md](CONTRIBUTING.md)", "[CONTRIBUTING.md](contributing.md)"),
        ("[figures.md](src/cleanpage/arbiter/figures.md)", "[figures.md](figures.md)"),
        ("[LICENSE](LICENSE)", "LICENSE"),
        ("[SemVer](https://semver.org/)", "[SemVer](https://semver.org/)"),
    ],
)
def test_links_are_mended(link: str, expected: str) -> None:
    """A link leads to the page of the site, and what is not there is no link."""
    assert repository.mended(link, "README.md") == expected


def test_links_are_mended_from_a_folder() -> None:
    """A link is read from where its page is."""
    assert repository.mended("[set up](../CONTRIBUTING.md#set-up)", "benchmarks/README.md") == (
        "[set up](contributing.md#set-up)"
    )


def test_sections_of_the_readme() -> None:
    """What the site takes from the README is there."""
    pages = dict(repository.pages())
    assert "| wcxb/article |" in pages["figures.md"]
    assert pages["contributing.md"].startswith("# Contributing\n")
    assert repository.weaknesses().startswith("- ")


def test_notebook_shows_what_its_cells_gave() -> None:
    """The page of the notebook has its code, and the table of the blocks on one line."""
    text = notebook.page()
    assert text.startswith("# ")
    assert "```python\nfrom pathlib import Path" in text
    assert [line for line in text.splitlines() if line.startswith("<div class=output>") and "login_prompt" in line]
    assert "<style" not in text
    assert "```python\n\n```" not in text  # a linter that mends what it finds takes prints away


def test_text_is_shown_as_it_is() -> None:
    """No text of a fixture is taken for Markdown or HTML."""
    assert markdown.literal("a | <b> *c*\n`d`") == "a &#124; &lt;b&gt; &#42;c&#42; &#96;d&#96;"


def test_picture() -> None:
    """The README's picture is there, and small."""
    assert "](docs/report.png)" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert screenshot.PICTURE.read_bytes().startswith(b"\x89PNG")
    assert screenshot.PICTURE.stat().st_size < MAX_PICTURE_BYTES
    assert "Content-Security-Policy" not in screenshot.posed()
