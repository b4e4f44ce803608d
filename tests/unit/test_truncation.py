"""truncation: an article that a wall cuts off, told by more than a phrase, and pages that only look like it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cleanpage
from cleanpage.arbiter import Verdict
from cleanpage.plaintext import segment_text
from cleanpage.roles import ROLE_INDEX, Role
from cleanpage.segment import segment
from cleanpage.truncation import find_wall
from tests.builders import TREES, element_of, tree_of

TEXT = "The harbour office counted forty-one boats on Monday, twice as many as in the same week a year ago."
PROMPT = "subscribe_prompt: read on for two coins a week"


def warning(body: str, declared: object = None, head: str = "") -> str:
    """What is said of a page: blocks that begin with the name of a role have it, all others are main text.

    Args:
        body: Its markup.
        declared: What its JSON-LD says.
        head: Further elements of its head.
    """
    script = f'<script type="application/ld+json">{json.dumps(declared)}</script>' if declared is not None else ""
    return warning_of(segment(tree_of(f"<html><head>{head}{script}</head><body>{body}</body></html>")))


def warning_of(page: Any) -> str:
    """What is said of a page whose blocks begin with the names of their roles, or are main text."""
    names = [text.partition(":")[0] for text in page.texts]
    roles = [Role(name) if name in list(Role) else Role.TEXT for name in names]
    verdict = Verdict(
        roles=np.array([ROLE_INDEX[role] for role in roles], int),
        confidences=np.ones(len(roles)),
        main=np.ones(len(roles)),
        is_main=np.array([role is Role.TEXT for role in roles], bool),
        quality=0.9,
        page_type="article",
        page_type_confidence=0.9,
        warnings=[],
    )
    return find_wall(page, verdict)


def article(*after: str, last: str = f"<p>{TEXT}</p>") -> str:
    """An article of three paragraphs and what stands after it."""
    return f"<article><p>{TEXT}</p><p>{TEXT}</p>{last}</article>{''.join(after)}"


WALL = f'<div class="article-paywall"><h3>{PROMPT}</h3><p>login_prompt: log in</p></div>'


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("article-paywall", "article-paywall"),
        ("piano_PaywallContainer", "piano_paywallcontainer"),
        ("gate", "gate"),
        ("c-content-gate", "c-content-gate"),
        ("restricted-content-breaker", "restricted-content-breaker"),
        ("Subscribers-Only", "subscribers-only"),
    ],
)
def test_text_that_ends_at_a_wall(name: str, told: str) -> None:
    """The prompt that follows the text stands in an element with the name of a wall."""
    found = warning(article(f'<div class="box {name}"><div><p>{PROMPT}</p></div></div>'))
    assert found == (f"truncated: the article seems cut off by a wall: the text ends at a subscribe_prompt in {told}")


def test_wall_after_a_byline_or_a_caption() -> None:
    """What may stand between a text and its wall is passed over."""
    assert "in article-paywall" in warning(article("<p>caption: the harbour</p><p>byline: Ada</p>", WALL))
    assert warning(article("<p>caption: the harbour</p>" * 4, WALL)) == ""


def test_text_that_fades_out_before_a_prompt() -> None:
    """A last paragraph that fades out says, with a prompt after it, that there is more."""
    fading = f'<p class="paragraph paragraph--faded">{TEXT}</p>'
    found = warning(article(f"<p>{PROMPT}</p>", last=fading))
    assert found.endswith("the text ends at a subscribe_prompt; its last paragraph stands in paragraph--faded")
    assert warning(article("<p>related: more</p>", last=fading)) == ""


@pytest.mark.parametrize("key", ["wordCount", "articleBody"])
def test_less_text_than_declared(key: str) -> None:
    """Far fewer words than the page declares, and a sign of a wall."""
    declared: dict[str, Any] = {"@type": "NewsArticle", key: 900 if key == "wordCount" else "word " * 900}
    assert warning(article(), declared) == ""
    assert "900 words that the page declares; the page declares that it is not free" in warning(
        article(), declared | {"isAccessibleForFree": "False"}
    )
    assert "900 words that the page declares; there is a #paywall after it" in warning(
        article('<div id="paywall"></div>'), declared
    )
    assert "the text ends at a subscribe_prompt; it has 60 of" in warning(article(f"<p>{PROMPT}</p>"), declared)


def test_a_declared_part_that_is_not_there() -> None:
    """The locked part of an article is declared by a selector that finds no text."""
    parts = {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": ".Locked"}
    declared = {"@type": "NewsArticle", "wordCount": "1,200", "isAccessibleForFree": False, "hasPart": parts}
    assert "the part that it declares as .Locked is not there" in warning(
        article('<div class="locked"></div>'), declared
    )
    there = warning(article(f'<div class="locked"><p>{TEXT}</p></div>'), declared)
    assert "not free" in there
    assert "not there" not in there


def test_a_locked_tier() -> None:
    """A page may say in its meta elements that it is locked."""
    head = '<meta property="article:content_tier" content="locked">'
    assert "not free" in warning(article(), {"wordCount": 900}, head)


@pytest.mark.parametrize(
    "body",
    [
        article(f"<p>{PROMPT}</p>"),
        article(f'<div class="newsletter-box"><p>{PROMPT}</p></div>'),
        article("<p>related: more</p>", WALL),
        article(f'<div class="paywall hidden"><p>{PROMPT}</p></div>'),
        article(f'<div class="modal"><div class="paywall"><p>{PROMPT}</p></div></div>'),
        f'<div class="paywall">{article(f"<p>{PROMPT}</p>")}</div>',
        f'<div class="wall-of-fame">{article()}</div><div class="gateway investigate"><p>{PROMPT}</p></div>',
        f"{WALL}{article()}",
        "",
    ],
    ids=["phrase", "newsletter", "elsewhere", "hidden", "modal", "around-the-article", "gateway", "before", "empty"],
)
def test_what_only_looks_like_a_wall(body: str) -> None:
    """A phrase alone, a wall that is not shown, one around the whole article or elsewhere on the page say nothing."""
    assert warning(body) == ""


def test_a_whole_article_that_is_not_free() -> None:
    """Most pages that declare a wall hold all their text: for search engines, or behind a style."""
    declared = {"wordCount": 60, "isAccessibleForFree": False, "hasPart": {"cssSelector": ".paywall"}}
    assert warning(article(), declared) == ""
    assert warning(article(), declared | {"wordCount": 90}) == ""
    assert warning(article(), declared | {"wordCount": [], "articleBody": None}) == ""


def test_plain_text_has_no_walls() -> None:
    """Without markup there is nothing but phrases."""
    page = segment_text(f"{TEXT}\n\n{PROMPT}\n")
    assert len(page) == 2
    assert warning_of(page) == ""


@given(TREES, st.sampled_from(["wordCount", "cssSelector", "isAccessibleForFree", "articleBody"]), st.text(max_size=8))
def test_any_tree(tree: Any, key: str, value: str) -> None:
    """Nothing that a page holds or declares makes it raise."""
    page = segment(element_of(tree))
    page.head.json_ld = [json.dumps({key: value}), f'{{"{key}": {value}']
    found = warning_of(page)
    assert not found or found.startswith("truncated: ")


def test_the_document_says_so() -> None:
    """The warning stands among the document's; the text is what it was."""
    wall = '<div class="paywall"><h3>Log in or subscribe to keep reading</h3><p>Already a subscriber? Log in</p></div>'
    body = article(last=f"<p>{TEXT}</p>" * 3)
    page = '<html lang="en"><head><title>Boats</title></head><body>{}</body></html>'
    document = cleanpage.clean(page.format(body + wall))
    assert [warning for warning in document.warnings if warning.startswith("truncated: ")]
    assert document.text == cleanpage.clean(page.format(body)).text
