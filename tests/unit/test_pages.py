"""Whole pages, small and invented: what must be in the main text, what must not, and the role of single blocks.

A case is a folder in tests/fixtures/pages: a page (input.html or input.txt) and expected.json with

- ``why`` the case is there, and the ``language`` of the page;
- ``main_has`` and ``main_lacks``: pieces of the page that the main text holds, and those that it must not hold;
- ``blocks``: in document order, how a block's text begins, its role (or a list of roles that are all right) and,
  where it matters, its kind. Blocks that are not listed may have any role;
- ``known_misses``, where there are any: what is wrong today, by how the block or piece begins. It must stay wrong: a
  miss that is mended is taken off the list.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import cleanpage
from cleanpage.roles import Kind, Role

if TYPE_CHECKING:
    from cleanpage.document import Block, Document

FIXTURES = Path(__file__).parents[1] / "fixtures" / "pages"
CASES = sorted(path for path in FIXTURES.iterdir() if path.is_dir())
FIELDS = {"why", "language", "main_has", "main_lacks", "blocks"}

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@cache
def read(case: Path) -> tuple[Document, dict[str, Any]]:
    """A case's page, read, and what is expected of it."""
    (page,) = case.glob("input.*")
    document = cleanpage.clean_text(page) if page.suffix == ".txt" else cleanpage.clean(page)
    return document, json.loads((case / "expected.json").read_text(encoding="utf-8"))


def folded(text: str) -> str:
    """A text with each run of white space as one space."""
    return " ".join(text.split())


def listed_blocks(document: Document, expected: list[dict[str, Any]]) -> list[tuple[Block, dict[str, Any]]]:
    """The blocks that a case lists: each is the next one after the last that begins as listed."""
    found = []
    blocks = iter(document.blocks)
    for item in expected:
        block = next((block for block in blocks if block.text.startswith(item["text"])), None)
        assert block is not None, f"no further block begins with {item['text']!r}"
        found.append((block, item))
    return found


@each_case
def test_case_is_complete(case: Path) -> None:
    """The expectation has all its fields, and speaks of what is on the page."""
    document, expected = read(case)
    assert set(expected) - {"known_misses"} == FIELDS
    assert expected["why"]
    whole = folded(" ".join(block.text for block in document.blocks))
    for piece in (*expected["main_has"], *expected["main_lacks"]):
        assert folded(piece) in whole
    for block in expected["blocks"]:
        assert set(block) <= {"text", "role", "kind"}
        assert {Role(role) for role in roles_of(block)} <= set(Role)
        assert block.get("kind", "paragraph") in set(Kind)


def roles_of(block: dict[str, Any]) -> list[str]:
    """The roles that a listed block may have."""
    role = block["role"]
    return role if isinstance(role, list) else [role]


@each_case
def test_main_text(case: Path) -> None:
    """The main text holds what a reader came for, and not what the page has around it."""
    document, expected = read(case)
    text = folded(document.text)
    misses = expected.get("known_misses", [])
    assert [piece for piece in expected["main_has"] if folded(piece) not in text and piece not in misses] == []
    assert [piece for piece in expected["main_lacks"] if folded(piece) in text and piece not in misses] == []


@each_case
def test_roles(case: Path) -> None:
    """The listed blocks have their roles."""
    document, expected = read(case)
    listed = listed_blocks(document, expected["blocks"])
    misses = expected.get("known_misses", [])
    wrong = [(block.text, block.role, item["role"]) for block, item in listed if block.role not in roles_of(item)]
    assert [found for found in wrong if not found[0].startswith(tuple(misses))] == []


@each_case
def test_known_misses_are_misses(case: Path) -> None:
    """What is listed as wrong is wrong; if it no longer is, the list is too long."""
    document, expected = read(case)
    text = folded(document.text)
    listed = listed_blocks(document, expected["blocks"])
    wrong = [block.text for block, item in listed if block.role not in roles_of(item)]
    wrong += [piece for piece in expected["main_lacks"] if folded(piece) in text]
    wrong += [piece for piece in expected["main_has"] if folded(piece) not in text]
    assert [miss for miss in expected.get("known_misses", []) if not any(t.startswith(miss) for t in wrong)] == []


@each_case
def test_kinds(case: Path) -> None:
    """The listed blocks have the structure that their markup gave them."""
    document, expected = read(case)
    listed = listed_blocks(document, expected["blocks"])
    wrong = [
        (block.text, block.kind, item["kind"]) for block, item in listed if item.get("kind", block.kind) != block.kind
    ]
    assert wrong == []


@each_case
def test_language(case: Path) -> None:
    """The page's language is that of its main text."""
    document, expected = read(case)
    assert document.language == expected["language"]


def test_cases_are_many_and_of_many_languages() -> None:
    """A new language or kind of page is easily added; none is easily lost."""
    assert len(CASES) >= 19
    assert len({read(case)[1]["language"] for case in CASES}) >= 15
