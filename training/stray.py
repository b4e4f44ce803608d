"""Makes training pages of what real ones show too rarely: prompts, mostly foreign, dropped into the text of an article.

A page is made of the paragraphs of one gold article, one or two hand-labelled prompts (in another language in three
cases of four), and in every second case a foreign passage that belongs to the article and must stay.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cleanpage.language import identify_text
from cleanpage.pipeline import evidence_of_html, evidence_of_text
from cleanpage.roles import ROLE_INDEX, Role
from training.labels import role_labels

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cleanpage.pipeline import Evidence

PAGE_COUNT = 700
SEED = 7
PROMPT_ROLES = (Role.LOGIN_PROMPT, Role.SUBSCRIBE_PROMPT, Role.CONSENT_NOTICE)
MIN_PROMPT_WORDS, MAX_PROMPT_WORDS = 3, 45
MIN_PARAGRAPH_WORDS = 12
MIN_PARAGRAPHS, MAX_PARAGRAPHS = 4, 16
FOREIGN_SHARE = 0.75
GLUED_SHARE = 0.3
LAST_SHARE = 0.4
"""Share of the pages whose prompts stand after the last paragraph."""

MARKS = ("“”", "«»", '""', "„“", "", "", "")


@dataclass(frozen=True)
class Passage:
    """A text with its role, language and site."""

    text: str
    role: Role
    language: str
    site: str


@dataclass(frozen=True)
class StrayPage:
    """A made page: its evidence, roles by block, and all sites that it has text from."""

    evidence: Evidence
    roles: np.ndarray
    sites: tuple[str, ...]


def articles_of(golds: Iterable[tuple[str, dict[str, Any]]]) -> list[list[Passage]]:
    """The paragraphs of every gold article that has enough of them.

    Args:
        golds: The site and the gold row of each page.
    """
    found: list[list[Passage]] = []
    for site, gold in golds:
        if gold.get("page_type") != "article" or not gold.get("main") or gold["set"] == "readability":
            continue
        texts = [" ".join(line.split()) for line in gold["main"].split("\n")]
        texts = [
            text for text in texts if len(text.split()) >= MIN_PARAGRAPH_WORDS or len(text) >= 4 * MIN_PARAGRAPH_WORDS
        ]
        if len(texts) >= MIN_PARAGRAPHS:
            language = identify_text(" ".join(texts[:4]))[0]
            found.append([Passage(text, Role.TEXT, language, site) for text in texts[:MAX_PARAGRAPHS]])
    return found


def prompts_of(pages: Iterable[tuple[str, Sequence[tuple[str, str]]]]) -> list[Passage]:
    """The hand-labelled prompts that are in the language of their page.

    Args:
        pages: The site and the (role, text) segments of each labelled page.
    """
    found: dict[str, Passage] = {}
    for site, segments in pages:
        language = identify_text(" ".join(text for role, text in segments if role == Role.TEXT)[:2000])[0]
        for role, text in segments:
            if role not in PROMPT_ROLES or not MIN_PROMPT_WORDS <= len(text.split()) <= MAX_PROMPT_WORDS:
                continue
            if identify_text(text, prior=language)[0] == language:
                found.setdefault(text, Passage(text, Role(role), language, site))
    return list(found.values())


def stray_pages(articles: list[list[Passage]], prompts: list[Passage], *, plain: bool) -> Iterator[StrayPage]:
    """Makes the pages; the same ones at every run.

    Args:
        articles: From `articles_of`.
        prompts: From `prompts_of`.
        plain: Make plain text instead of HTML.
    """
    rng = np.random.default_rng(SEED + plain)
    for number in range(PAGE_COUNT):
        article = articles[rng.integers(len(articles))]
        language = article[0].language
        is_foreign = rng.random() < FOREIGN_SHARE
        fitting = [prompt for prompt in prompts if (prompt.language != language) == is_foreign]
        other = articles[rng.integers(len(articles))]
        if not fitting:
            continue
        chosen = [fitting[index] for index in rng.integers(len(fitting), size=rng.integers(1, 3))]
        items = list(article)
        if number % 2 and other[0].language != language:
            quote = other[rng.integers(len(other))]
            mark = MARKS[rng.integers(len(MARKS))]
            text = mark[:1] + quote.text + mark[1:]
            items.insert(int(rng.integers(1, len(items))), Passage(text, Role.TEXT, quote.language, quote.site))
        place = len(items) if rng.random() < LAST_SHARE else int(rng.integers(1, len(items)))
        items[place:place] = chosen
        glued = place if plain and rng.random() < GLUED_SHARE else -1
        evidence = _evidence(items, glued, plain=plain)
        if evidence is None:
            continue
        roles = role_labels(evidence.page.words, [(item.role, item.text) for item in items])
        ids = np.array([ROLE_INDEX[Role(role)] if role else -1 for role in roles])
        yield StrayPage(evidence, ids, tuple(sorted({item.site for item in items})))


def _evidence(items: list[Passage], glued: int, *, plain: bool) -> Evidence | None:
    if not plain:
        body = "".join(f"<p>{html.escape(item.text)}</p>" for item in items)
        return evidence_of_html(f"<!doctype html><html><head><title></title></head><body>{body}</body></html>".encode())
    text = ""
    for index, item in enumerate(items):
        text += ("" if index in (0, glued) else "\n") + item.text
    return evidence_of_text(text)
