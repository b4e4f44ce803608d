"""Reasons: their grammar for every detector, and what is said of blocks about which no detector said anything."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

import cleanpage
from cleanpage.arbiter import Verdict
from cleanpage.detectors import DEFAULT
from cleanpage.detectors.base import MAX_DETAIL_CHARS
from cleanpage.page import Signal
from cleanpage.pipeline import Evidence, evidence_of_html, evidence_of_text
from cleanpage.reasons import AROUND_BLOCKS, reasons_of
from cleanpage.roles import ROLE_INDEX, Role
from tests.builders import page_of

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]
GRAMMAR = re.compile(r"([a-z_]+)\.([a-z_]+):([^\r\n]+)")
ROW = re.compile(r"^\| `(\w+)`[^|]*\| (`[^|]+`) \|$", re.MULTILINE)

MIN_EXPLAINED = 0.95
"""Share of boilerplate blocks with a reason that a person can check."""

TEXT = "The harbour office counted forty-one boats on Monday, twice as many as in the same week a year ago. "
FEW = {
    ("author_bio", "hint"): "<p>Blogger</p>",
    ("byline", "hint"): "<p>Reporter</p>",
    ("byline", "link"): '<p><a href="/authors/ada-byron">Ada Byron</a></p>',
    ("caption", "hint"): "<p>Pictured, getty</p>",
    ("caption", "phrase"): "<p>Photo by Ada Byron</p>",
    ("caption", "schema"): '<div itemtype="https://schema.org/ImageObject">The old tower</div>',
    ("comments", "link"): '<p><a href="/tower#comments">12</a></p>',
    ("interface", "hint"): "<p>The browser, swipe</p>",
    ("interface", "schema"): '<div itemtype="https://schema.org/AggregateRating">4.5 of 5</div>',
    ("legal", "schema"): '<div itemtype="https://schema.org/WPFooter">All that has to be said</div>',
    ("login_prompt", "position"): "<div><h3>Sign in</h3><p>Your name</p><p>Your word</p></div>",
    ("navigation", "hint"): "<p>Breadcrumb topics</p>",
    ("navigation", "position"): "<div><h3>Sections</h3><p>Boats</p><p>Harbour</p><p>Tower</p></div>",
    ("navigation", "schema"): '<div itemtype="https://schema.org/BreadcrumbList"><p>Boats</p></div>',
    ("related", "schema"): '<div itemtype="https://schema.org/WPSideBar"><p>Boats</p></div>',
    ("sharing", "hint"): "<p>Tiktok, followers</p>",
    ("sharing", "position"): "<div><h3>Follow us</h3><p>Blue bird</p><p>Green bird</p></div>",
    ("sponsored", "repeat"): '<p><a href="https://lumeo.example/a">Buy</a></p>' * 4,
    ("subscribe_prompt", "hint"): "<p>Premium, unlimited</p>",
}
"""What no fixture of the detectors has: a piece of markup for each kind of evidence."""


@cache
def found() -> dict[str, set[str]]:
    """The kinds of evidence by detector in all fixtures and in the pieces above, after a check of their grammar."""
    evidences = []
    for path in sorted((ROOT / "tests" / "fixtures").glob("*/*/input.*")):
        text = path.read_text(encoding="utf-8")
        evidences.append(evidence_of_html(text.encode()) if path.suffix == ".html" else evidence_of_text(text))
    evidences += map(evidence_of_piece, FEW.values())
    kinds: defaultdict[str, set[str]] = defaultdict(set)
    for signal in (signal for evidence in evidences if evidence for signal in evidence.signals):
        match = GRAMMAR.fullmatch(signal.reason)
        assert match, signal.reason
        assert len(match[3]) <= MAX_DETAIL_CHARS
        kinds[match[1]].add(match[2])
    return kinds


def evidence_of_piece(piece: str) -> Evidence | None:
    """The evidence on an article that has a piece of markup after it."""
    page = f'<html lang="en"><body><article>{f"<p>{TEXT * 2}</p>" * 3}</article>{piece}</body></html>'
    return evidence_of_html(page.encode(), "https://harbour.example/tower")


@pytest.mark.parametrize(("detector", "kind"), FEW)
def test_piece_gives_its_evidence(detector: str, kind: str) -> None:
    """Each of the pieces above gives the kind of evidence that it stands for."""
    evidence = evidence_of_piece(FEW[detector, kind])
    assert evidence is not None
    reasons = [signal.reason for signal in evidence.signals]
    assert [reason for reason in reasons if reason.startswith(f"{detector}.{kind}:")], reasons


@pytest.mark.parametrize("name", [detector.name for detector in DEFAULT if detector.name != "stray_language"])
def test_evidence_of_each_detector_is_documented(name: str) -> None:
    """docs/reasons.md lists for each detector the kinds of evidence that it gives: these and no others."""
    documented = dict(ROW.findall((ROOT / "docs" / "reasons.md").read_text(encoding="utf-8")))
    assert name in documented, "it has no row"
    assert found()[name] == set(re.findall(r"`(\w+)`", documented[name]))


def test_stray_language_speaks_of_languages() -> None:
    """The one detector without a role of its own gives the reasons that the docs list apart."""
    assert found()["language"] == {"stray", "foreign"}
    assert "stray_language" not in found()


def explained(
    pieces: Sequence[str], roles: Sequence[Role], *seen: int, reason: str = "test.shape:seen"
) -> list[list[str]]:
    """The reasons of blocks, without the model's, where a detector speaks for the roles of some of them.

    Args:
        pieces: Markup, as `page_of` takes it.
        roles: The role of each block.
        *seen: The blocks that it speaks about.
        reason: What it says.
    """
    page = page_of(*pieces)
    assert len(page) == len(roles)
    verdict = Verdict(
        roles=np.array([ROLE_INDEX[role] for role in roles]),
        confidences=np.full(len(roles), 0.9),
        main=np.full(len(roles), 0.25),
        is_main=np.zeros(len(roles), bool),
        quality=0.5,
        page_type="article",
        page_type_confidence=0.5,
        warnings=[],
    )
    signals = [Signal(block, roles[block], 0.5, reason) for block in seen]
    reasons = reasons_of(page, list(chain.from_iterable(signals)), verdict)
    assert {own[-1] for own in reasons} == {"model.content:0.25"}
    return [list(own[:-1]) for own in reasons]


def test_container_explains() -> None:
    """A block is explained by its container, where a detector knows one of the blocks and most have its role."""
    pieces = ["<div><p>a</p><p>b</p><div><p>c</p></div></div>", "<p>d</p>"]
    comments = [Role.COMMENTS] * 3
    lone = ["context.container:3 of 3 blocks are comments"]
    assert explained(pieces, [*comments, Role.TEXT], 0) == [["test.shape:seen"], lone, lone, []]
    assert explained(pieces, [*comments, Role.TEXT]) == [[], [], [], []]


def test_a_container_of_something_else_does_not_explain() -> None:
    """Where most blocks around have other roles, a block has no reason but the model's."""
    roles = [Role.LEGAL, Role.TEXT, Role.TEXT, Role.TEXT, Role.TEXT, Role.LEGAL]
    assert explained(["<div>" + "<p>a</p>" * 6 + "</div>"], roles, 5)[0] == []


def test_blocks_around_explain() -> None:
    """Without a container of its own, a block is explained by the blocks before and after it, as far as these reach."""
    others = ["b"] * 20
    for count, expected in ((4, ["context.around:4 of 6 blocks are related"]), (AROUND_BLOCKS + 2, [])):
        roles = [Role.RELATED] * count + [Role.TEXT] * len(others)
        assert explained([*["a"] * count, *others], roles, count - 1)[0] == expected


def test_neighbour_explains() -> None:
    """The last resort is a block right before or after."""
    roles = [Role.TEXT] * 6 + [Role.SHARING] * 2 + [Role.TEXT] * 6
    assert explained(["a"] * 14, roles, 7)[6] == ["context.beside:sharing"]


def test_content_explains_content() -> None:
    """A heading among paragraphs and captions is content like them."""
    reasons = explained(["a"] * 3, [Role.HEADING, Role.TEXT, Role.CAPTION], 1)
    assert reasons[0] == reasons[2] == ["context.container:3 of 3 blocks are content"]


def test_what_speaks_for_other_content_is_told() -> None:
    """Where nothing speaks for a heading but much for text, that is told; boilerplate takes no such loan."""
    page = page_of("a", "b")
    for role, expected in ((Role.HEADING, ("test.shape:long",)), (Role.LEGAL, ())):
        verdict = Verdict(
            roles=np.full(2, ROLE_INDEX[role]),
            confidences=np.ones(2),
            main=np.zeros(2),
            is_main=np.zeros(2, bool),
            quality=0.5,
            page_type="article",
            page_type_confidence=0.5,
            warnings=[],
        )
        assert reasons_of(page, list(Signal(0, Role.TEXT, 0.5, "test.shape:long")), verdict)[0][:-1] == expected


def test_boilerplate_says_why() -> None:
    """On the fixture pages all but a few of the blocks that are not content have a reason beside the model's."""
    blocks = [
        block
        for path in sorted((ROOT / "tests" / "fixtures" / "pages").glob("*/input.*"))
        for block in (cleanpage.clean_text(path) if path.suffix == ".txt" else cleanpage.clean(path)).boilerplate
    ]
    assert sum(len(block.reasons) > 1 for block in blocks) >= MIN_EXPLAINED * len(blocks)
