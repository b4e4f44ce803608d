"""The page that cleanpage was made for, and the two bundled examples in its shape: every block has its role.

A French article, a Dutch login banner, and a list of related teasers with three sponsored ones among them. The seed
itself is not part of the repository: it is looked for in ../shared/seed, or where CLEANPAGE_SEED says.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import cleanpage
from cleanpage.roles import Role

if TYPE_CHECKING:
    from cleanpage.document import Block, Document

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
SEED = Path(os.environ.get("CLEANPAGE_SEED") or ROOT.parent / "shared" / "seed")

PAGES = {
    "seed": (SEED / "page.txt", SEED / "expected.json"),
    "html": (EXAMPLES / "french-news.html", EXAMPLES / "french-news.html.expected.json"),
    "txt": (EXAMPLES / "french-news.txt", EXAMPLES / "french-news.txt.expected.json"),
}
MAIN_ROLES = {Role.TITLE: 1, Role.HEADING: 7, Role.TEXT: 9}
"""What the article of each of the pages is made of."""


@dataclass(frozen=True)
class Case:
    """One of the pages, read, and the (role, text) of its blocks as they should be."""

    document: Document
    expected: list[tuple[Role, str]]

    def texts(self, *roles: Role) -> list[str]:
        """The texts of the blocks that should have one of the roles."""
        return [text for role, text in self.expected if role in roles]

    def blocks(self, role: Role) -> list[Block]:
        """The blocks that should have a role, whichever they have."""
        texts = set(self.texts(role))
        return [block for block in self.document.blocks if block.text in texts]


@pytest.fixture(scope="module", params=PAGES)
def case(request: pytest.FixtureRequest) -> Case:
    """One page after the other."""
    page, expected = PAGES[request.param]
    if request.param == "seed" and not page.is_file():
        pytest.skip(f"the seed page is not in {SEED}; CLEANPAGE_SEED names its folder")
    blocks = json.loads(expected.read_text(encoding="utf-8"))["blocks"]
    document = cleanpage.clean(page) if page.suffix == ".html" else cleanpage.clean_text(page)
    return Case(document, [(Role(block["role"]), block["text"]) for block in blocks])


def test_blocks_are_cut_as_expected(case: Case) -> None:
    """The page is cut where a reader would cut it: glued pieces apart, list dashes gone."""
    assert [block.text for block in case.document.blocks] == [text for _, text in case.expected]


def test_text_is_the_article_and_nothing_else(case: Case) -> None:
    """The main text is the headline, the seven headings and the nine paragraphs, in order."""
    assert {role: len(case.texts(role)) for role in MAIN_ROLES} == MAIN_ROLES
    assert [line for line in case.document.text.split("\n") if line] == case.texts(*MAIN_ROLES)


def test_title_and_language(case: Case) -> None:
    """The page is French, and is called after its headline."""
    assert case.document.language == "fr"
    assert [case.document.title] == case.texts(Role.TITLE)


def test_both_pieces_of_the_banner_are_stray_login_prompts(case: Case) -> None:
    """Both pieces of the Dutch banner are known as foreign login prompts, for that reason."""
    stray = [
        block for block in case.blocks(Role.LOGIN_PROMPT) if block.text.startswith(("Gratis onbeperkt", "Log in of"))
    ]
    assert len(stray) == 2
    for block in stray:
        assert (block.role, block.language) == (Role.LOGIN_PROMPT, "nl")
        assert "language.stray:nl in fr" in block.reasons


def test_three_teasers_are_sponsored_and_the_others_related(case: Case) -> None:
    """Brand, headline and paragraph of each of the three are sponsored; all else in the list is related."""
    teasers = [block for block in case.document.blocks if block.text in case.texts(Role.RELATED, Role.SPONSORED)]
    runs = [(role, len(list(run))) for role, run in groupby(block.role for block in teasers)]
    expected = [role for role, _ in case.expected if role in (Role.RELATED, Role.SPONSORED)]
    assert runs == [(role, len(list(run))) for role, run in groupby(expected)]
    assert sum(length for role, length in runs if role is Role.SPONSORED) == 9


def test_every_block_has_its_role(case: Case) -> None:
    """The whole page, menus and notices included."""
    found = [(block.role, block.text) for block in case.document.blocks]
    assert found == case.expected
