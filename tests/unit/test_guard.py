"""The guard: a verdict that loses the article is overruled, says so, and is trusted less; any other is left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from cleanpage import guard
from cleanpage.arbiter import Verdict
from cleanpage.guard import FALLBACK_QUALITY, MIN_MAIN_WORDS, MIN_RUNNING_SHARE, MIN_RUNNING_WORDS, protect
from cleanpage.page import split_words
from cleanpage.plaintext import segment_text
from cleanpage.roles import ROLE_INDEX, Kind, Role
from cleanpage.segment import segment
from cleanpage.source import PageSource
from tests.builders import page_of, tree_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from cleanpage.page import Page

    Opinion = Callable[[str | None], list[str]]

ITEMS = "".join(f"<li><a href='/{number}'>Rubriek {number}</a></li>" for number in range(9))
MENU = f"<nav><ul>{ITEMS}</ul></nav>"
SENTENCES = (
    "De gemeenteraad besloot dinsdag dat de oude brug over de rivier tot het voorjaar dicht blijft voor vrachtwagens.",
    "Wie met de auto naar de overkant wil, neemt voorlopig de pont bij de sluis, die elk kwartier vaart.",
    "Volgens de wethouder is het herstel van de pijlers duurder dan vorig jaar werd gedacht, maar niet te vermijden.",
    "Omwonenden zijn opgelucht, want de zware wagens deden al jaren de ruiten trillen in de smalle straat.",
    "In april beginnen de werken, die naar verwachting zes weken duren en dag en nacht doorgaan.",
)
ARTICLE = "<article><h1>De oude brug</h1>" + "".join(f"<p>{text}</p>" for text in SENTENCES * 6) + "</article>"


@pytest.fixture
def opinion(monkeypatch: pytest.MonkeyPatch) -> Opinion:
    """Gives trafilatura an opinion; what it was asked about is kept in a list."""

    def give(text: str | None) -> list[str]:
        asked: list[str] = []

        def extract(html: str, **_options: object) -> str | None:
            asked.append(html)
            return text

        monkeypatch.setattr("trafilatura.extract", extract)
        return asked

    return give


def verdict_of(page: Page, main: Collection[int] = (), roles: dict[int, Role] | None = None) -> Verdict:
    """A verdict that keeps some blocks as text and takes the others for navigation, unless they are given a role."""
    is_main = np.array([block in main for block in range(len(page))])
    chosen = np.where(is_main, ROLE_INDEX[Role.TEXT], ROLE_INDEX[Role.NAVIGATION])
    for block, role in (roles or {}).items():
        chosen[block] = ROLE_INDEX[role]
    return Verdict(
        roles=chosen,
        confidences=np.full(len(page), 0.9),
        main=is_main * 0.9,
        is_main=is_main,
        quality=0.8,
        page_type="article",
        page_type_confidence=0.7,
        warnings=[],
    )


def overruled(page: Page, verdict: Verdict, html: str = "") -> bool:
    """Whether the guard overrules a verdict; all of it is as before where it does not."""
    before = (verdict.roles.tolist(), verdict.confidences.tolist(), verdict.is_main.tolist(), verdict.quality)
    protect(page, verdict, PageSource(text=html, root=tree_of(html) if html else None, page=page))
    after = (verdict.roles.tolist(), verdict.confidences.tolist(), verdict.is_main.tolist(), verdict.quality)
    assert (after != before) == bool(verdict.warnings)
    return bool(verdict.warnings)


def page_with(*word_counts: int) -> Page:
    """A page of blocks with so many words each."""
    return page_of(*[("woord " * count).strip() for count in word_counts])


def test_a_lost_article_is_kept(opinion: Opinion) -> None:
    """Where nothing of 500 words is kept and trafilatura has no opinion, all running text is, and the menu is not."""
    html = f"<html><body>{MENU}{ARTICLE}</body></html>"
    page = segment(tree_of(html))
    assert sum(page.word_counts) > 500
    asked = opinion(None)
    verdict = verdict_of(page)
    assert overruled(page, verdict, html)
    assert asked == [html]
    is_running = np.array([text in SENTENCES for text in page.texts])
    assert verdict.is_main.tolist() == is_running.tolist()
    assert set(verdict.roles[is_running].tolist()) == {ROLE_INDEX[Role.TEXT]}
    assert set(verdict.roles[~is_running].tolist()) == {ROLE_INDEX[Role.NAVIGATION]}
    assert verdict.confidences[is_running].max() <= FALLBACK_QUALITY
    assert set(verdict.confidences[~is_running].tolist()) == {0.9}
    assert verdict.quality <= FALLBACK_QUALITY
    count = sum(len(split_words(text)) for text in SENTENCES) * 6
    assert verdict.warnings == [
        f"fallback: the verdict left 0 of {count} words of running text; all running text was kept instead"
    ]


def test_trafilatura_is_asked(opinion: Opinion) -> None:
    """Where trafilatura has kept part of the page, that part is kept, and no more."""
    html = f"<html><body>{MENU}{ARTICLE}</body></html>"
    page = segment(tree_of(html))
    opinion("\n".join(SENTENCES[:2]))
    verdict = verdict_of(page)
    assert overruled(page, verdict, html)
    assert {page.texts[block] for block in np.flatnonzero(verdict.is_main)} == set(SENTENCES[:2])
    assert verdict.warnings[0].endswith("; trafilatura's opinion was kept instead")
    assert verdict.quality <= FALLBACK_QUALITY


@pytest.mark.parametrize("text", ["", "De brug", "Heel andere woorden die nergens op deze bladzijde voorkomen. " * 9])
def test_an_opinion_that_helps_nobody(opinion: Opinion, text: str) -> None:
    """An opinion that leaves next to nothing as well is not followed."""
    html = f"<html><body>{MENU}{ARTICLE}</body></html>"
    page = segment(tree_of(html))
    opinion(text)
    verdict = verdict_of(page)
    assert overruled(page, verdict, html)
    assert verdict.warnings[0].endswith("; all running text was kept instead")
    assert int(verdict.is_main.sum()) == 30


def test_trafilatura_itself() -> None:
    """What trafilatura really finds is matched to the blocks of the page."""
    html = f"<html><body>{MENU}{ARTICLE}</body></html>"
    page = segment(tree_of(html))
    found = guard.second_opinion(page, html)
    assert [page.texts[block] for block in np.flatnonzero(found)] == list(SENTENCES * 6)
    assert not guard.second_opinion(page, "<html><body></body></html>").any()


def test_plain_text_has_no_second_opinion(opinion: Opinion) -> None:
    """A dump without markup is nothing to ask trafilatura about: its running text is kept."""
    page = segment_text("Menu\nStart\n\n" + "\n\n".join(SENTENCES))
    asked = opinion(SENTENCES[0])
    verdict = verdict_of(page)
    assert overruled(page, verdict)
    assert asked == []
    assert [page.texts[block] for block in np.flatnonzero(verdict.is_main)] == list(SENTENCES)


def test_a_normal_verdict_is_left_alone(opinion: Opinion) -> None:
    """Where the main text is kept, nothing is asked and nothing changed."""
    html = f"<html><body>{MENU}{ARTICLE}</body></html>"
    page = segment(tree_of(html))
    asked = opinion("\n".join(SENTENCES))
    kept = [block for block, text in enumerate(page.texts) if text in SENTENCES]
    assert not overruled(page, verdict_of(page, kept), html)
    assert not overruled(page, verdict_of(page, kept[:6]), html)
    assert asked == []


@pytest.mark.parametrize(
    ("word_counts", "is_overruled"),
    [
        ((MIN_MAIN_WORDS - 1, MIN_RUNNING_WORDS), True),
        ((MIN_MAIN_WORDS, MIN_RUNNING_WORDS), False),
        ((MIN_MAIN_WORDS - 1, MIN_RUNNING_WORDS - 1), False),
        ((MIN_MAIN_WORDS - 1, 30, MIN_RUNNING_WORDS - 30), True),
        ((MIN_MAIN_WORDS - 1, *[guard.RUNNING_BLOCK_WORDS - 1] * 9), False),
        ((MIN_MAIN_WORDS - 1, *[guard.RUNNING_BLOCK_WORDS] * 9), True),
        ((round(MIN_RUNNING_SHARE * 1_000) - 1, 500, 501 - round(MIN_RUNNING_SHARE * 1_000)), True),
        ((round(MIN_RUNNING_SHARE * 1_000), 500, 500 - round(MIN_RUNNING_SHARE * 1_000)), False),
    ],
)
def test_thresholds(word_counts: tuple[int, ...], *, is_overruled: bool) -> None:
    """A verdict that keeps the first block is overruled if that is too little of too much running text."""
    page = page_with(*word_counts)
    assert overruled(page, verdict_of(page, [0])) == is_overruled


def test_pages_of_links_are_left_alone(opinion: Opinion) -> None:
    """A page of teasers has no running text that could be lost."""
    teasers = "".join(f"<p><a href='/{number}'>{text}</a></p>" for number, text in enumerate(SENTENCES * 6))
    html = f"<html><body>{MENU}{teasers}</body></html>"
    page = segment(tree_of(html))
    asked = opinion("\n".join(SENTENCES))
    assert not guard.running_text(page).any()
    assert not overruled(page, verdict_of(page), html)
    assert asked == []


def test_running_text() -> None:
    """Running text is long and has few links."""
    text = "woord " * 20
    page = page_of(text, "woord", f"<p>{text}<a href='/'>meer</a></p>", f"<p>{text}<a href='/'>{text}</a></p>")
    assert guard.running_text(page).tolist() == [True, False, True, False]


def test_roles_of_what_is_kept() -> None:
    """A title or heading keeps its role, what was marked up as a heading becomes one, and the rest is text."""
    long = "woord " * 30
    page = page_of(f"<h1>{long}</h1>", f"<h2>{long}</h2>", f"<h2>{long}</h2>", long, long)
    assert page.kinds[:3] == [Kind.HEADING] * 3
    roles = {0: Role.TITLE, 1: Role.HEADING, 2: Role.NAVIGATION, 3: Role.RELATED, 4: Role.TEXT}
    verdict = verdict_of(page, roles=roles)
    assert overruled(page, verdict)
    assert verdict.is_main.all()
    found = [verdict.role(block) for block in range(len(page))]
    assert found == [Role.TITLE, Role.HEADING, Role.HEADING, Role.TEXT, Role.TEXT]
    assert verdict.confidences.tolist() == [0.9, 0.9, *[FALLBACK_QUALITY] * 3]


def test_what_was_kept_stays() -> None:
    """The little that the verdict had kept is kept beside the running text; a lower quality is not raised."""
    page = page_with(3, 100, 2)
    verdict = verdict_of(page, [0])
    verdict.quality = 0.1
    assert overruled(page, verdict)
    assert verdict.is_main.tolist() == [True, True, False]
    assert verdict.quality == 0.1
