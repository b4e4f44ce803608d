"""Makes training pages of what real ones show too rarely: prompts, mostly foreign, dropped into the text of an article.

A page is made of the paragraphs of one gold article, one or two hand-labelled prompts or other lines of boilerplate (in
another language in three cases of four), in every second case a line from a lexicon, in every second a foreign passage
that belongs to the article and must stay, and in every second a list of teasers under a label, some of them a brand's.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cleanpage import lexicon
from cleanpage.language import identify_text
from cleanpage.pipeline import evidence_of_html, evidence_of_text
from cleanpage.plaintext import segment_text
from cleanpage.roles import BOILERPLATE_ROLES, ROLE_INDEX, Role
from training.folds import FOLD_COUNT, fold_of
from training.labels import role_labels

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cleanpage.pipeline import Evidence

PAGE_COUNT = 1200
SEED = 7
PROMPT_ROLES = (Role.LOGIN_PROMPT, Role.SUBSCRIBE_PROMPT, Role.CONSENT_NOTICE)
LINE_ROLES = tuple(role for role in BOILERPLATE_ROLES if role not in (*PROMPT_ROLES, Role.INTERFACE))
"""Lines of these roles are taken where a phrase of a lexicon tells them: a teaser is not known by its words."""

LINE_SHARE = 0.4
"""Share of the pages that get such lines in place of prompts."""

PHRASE_SHARE = 0.5
"""Share of the pages that get a phrase of a lexicon, as it stands there or with a headline behind it."""

HEADLINE_SHARE = 0.5
MIN_PROMPT_WORDS, MAX_PROMPT_WORDS = 3, 45
MIN_PARAGRAPH_WORDS = 12
MIN_PARAGRAPHS, MAX_PARAGRAPHS = 4, 16
FOREIGN_SHARE = 0.75
GLUED_SHARE = 0.3
LAST_SHARE = 0.4
"""Share of the pages whose prompts stand after the last paragraph."""

TEASER_SHARE = 0.5
TITLE_SHARE = 0.7
"""Share of the plain texts that keep their headline."""

BRAND_SHARE = 0.4
HEADLINE_WORDS = 11
TEASER_WORDS = 45
BULLETS = ("none", "start", "end")
SYLLABLES = (
    "al",
    "bo",
    "cre",
    "dun",
    "fi",
    "gar",
    "hel",
    "in",
    "jo",
    "kel",
    "lum",
    "mon",
    "nor",
    "pe",
    "ra",
    "sol",
    "ti",
    "vo",
)
ENDINGS = (".be", ".fr", ".com", ".de", ".nl", ".net", ".co.uk", ".io", ".es", ".it")
MARKS = ("“”", "«»", '""', "„“", "", "", "")


@dataclass(frozen=True)
class Passage:
    """A text with its role, language and site."""

    text: str
    role: Role
    language: str
    site: str
    item: int = -1
    """Which item of the list it is in, -1 for none."""


@dataclass(frozen=True)
class StrayPage:
    """A made page: its evidence, roles by block, and all sites that it has text from."""

    evidence: Evidence
    roles: np.ndarray
    sites: tuple[str, ...]


def articles_of(golds: Iterable[tuple[str, dict[str, Any]]], *, has_headings: bool) -> list[list[Passage]]:
    """The paragraphs of every gold article that has enough of them.

    Args:
        golds: The site and the gold row of each page.
        has_headings: Keep its headline and headings too. Plain text tells them by their words and length alone, so
            that its pages need them; in HTML their tags do.
    """
    found: list[list[Passage]] = []
    for site, gold in golds:
        if gold.get("page_type") != "article" or not gold.get("main") or gold["set"] == "readability":
            continue
        lines = [" ".join(line.split()) for line in gold["main"].split("\n")]
        texts = [line for line in lines if _is_paragraph(line)]
        if len(texts) < MIN_PARAGRAPHS:
            continue
        language = identify_text(" ".join(texts[:4]))[0]
        passages = [Passage(text, Role.TEXT, language, site) for text in texts]
        if has_headings:
            passages = _with_headings([line for line in lines if line], gold.get("title") or "", passages)
        found.append(passages[:MAX_PARAGRAPHS])
    return found


def _is_paragraph(line: str) -> bool:
    return len(line.split()) >= MIN_PARAGRAPH_WORDS or len(line) >= 4 * MIN_PARAGRAPH_WORDS


def _with_headings(lines: list[str], title: str, paragraphs: list[Passage]) -> list[Passage]:
    """The headline, and the lines between paragraphs that are short, do not end like a sentence and head one."""
    language, site = paragraphs[0].language, paragraphs[0].site
    passages = [Passage(title, Role.TITLE, language, site)] if title else []
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        if _is_paragraph(line):
            passages.append(Passage(line, Role.TEXT, language, site))
        elif _is_paragraph(after) and line[-1].isalnum() and line != title:
            passages.append(Passage(line, Role.HEADING, language, site))
    return passages


def prompts_of(pages: Iterable[tuple[str, Sequence[tuple[str, str]]]]) -> list[Passage]:
    """The hand-labelled prompts that are in the language of their page.

    Args:
        pages: The site and the (role, text) segments of each labelled page.
    """
    found: dict[str, Passage] = {}
    for site, segments in pages:
        language = identify_text(" ".join(text for role, text in segments if role == Role.TEXT)[:2000])[0]
        for role, text in segments:
            is_wanted = role in PROMPT_ROLES or role in LINE_ROLES
            if not is_wanted or not MIN_PROMPT_WORDS <= len(text.split()) <= MAX_PROMPT_WORDS:
                continue
            if identify_text(text, prior=language)[0] == language:
                passage = Passage(text, Role(role), language, site)
                if role in PROMPT_ROLES or _has_phrase(passage):
                    found.setdefault(text, passage)
    return list(found.values())


def _has_phrase(passage: Passage) -> bool:
    """Whether a lexicon has a phrase of the passage's role for it."""
    page = segment_text(passage.text)
    page.language, page.block_languages = passage.language, [passage.language] * len(page)
    hits = lexicon.find_phrases(page).get(passage.role, ())
    return any(hit.pattern.kind != "hint" for hit in hits)


def phrase_line(article: list[Passage], headline: str, rng: np.random.Generator) -> list[Passage]:
    """A line from the lexicon of an article's language; none where it has no lexicon.

    Args:
        article: Where it is to stand.
        headline: What may follow a phrase that starts a line, such as "Read also".
        rng: What draws it.
    """
    language = article[0].language
    roles = (*PROMPT_ROLES, *LINE_ROLES)
    role = roles[rng.integers(len(roles))]
    patterns = [
        pattern
        for pattern in lexicon.load(language).patterns
        if pattern.section == role and pattern.kind != "hint" and len(pattern.words) > 1 and not any(pattern.is_stem)
    ]
    if not patterns:
        return []
    pattern = patterns[rng.integers(len(patterns))]
    text = pattern.phrase.capitalize()
    if role is Role.RELATED and pattern.kind == "starts" and rng.random() < HEADLINE_SHARE:
        text += ": " + headline
    return [Passage(text, role, language, article[0].site)]


def stray_pages(articles: list[list[Passage]], prompts: list[Passage], *, plain: bool) -> Iterator[StrayPage]:
    """Makes the pages; the same ones at every run.

    Args:
        articles: From `articles_of`.
        prompts: From `prompts_of`.
        plain: Make plain text instead of HTML.
    """
    rng = np.random.default_rng(SEED + plain)
    for number in range(PAGE_COUNT):
        # Each page takes nothing from one fold, so that it can train the weights that leave that fold out.
        known = [article for article in articles if fold_of(article[0].site) != number % FOLD_COUNT]
        article = known[rng.integers(len(known))]
        language = article[0].language
        is_foreign = rng.random() < FOREIGN_SHARE
        fitting = [prompt for prompt in prompts if (prompt.language != language) == is_foreign]
        fitting = [prompt for prompt in fitting if fold_of(prompt.site) != number % FOLD_COUNT]
        is_line = rng.random() < LINE_SHARE
        fitting = [prompt for prompt in fitting if (prompt.role in LINE_ROLES) == is_line] or fitting
        other = known[rng.integers(len(known))]
        if not fitting:
            continue
        chosen = [fitting[index] for index in rng.integers(len(fitting), size=rng.integers(1, 3))]
        items = list(article)
        if items[0].role is Role.TITLE and rng.random() > TITLE_SHARE:
            del items[0]
        if number % 2 and other[0].language != language:
            quote = _paragraphs(other)[rng.integers(len(_paragraphs(other)))]
            mark = MARKS[rng.integers(len(MARKS))]
            text = mark[:1] + quote.text + mark[1:]
            items.insert(int(rng.integers(1, len(items))), Passage(text, Role.TEXT, quote.language, quote.site))
        place = len(items) if rng.random() < LAST_SHARE else int(rng.integers(1, len(items)))
        items[place:place] = chosen
        if rng.random() < PHRASE_SHARE:
            line = phrase_line(article, _cut(_paragraphs(article)[0].text, HEADLINE_WORDS), rng)
            at = int(rng.integers(place + len(chosen), len(items) + 1))
            items[at:at] = line
        glued = place if plain and rng.random() < GLUED_SHARE else -1
        if rng.random() < TEASER_SHARE:
            items += teasers(known, language, rng)
        evidence = _evidence(items, glued, plain=plain, bullets=BULLETS[rng.integers(len(BULLETS))])
        if evidence is None:
            continue
        roles = role_labels(evidence.page.words, [(item.role, item.text) for item in items])
        ids = np.array([ROLE_INDEX[Role(role)] if role else -1 for role in roles])
        yield StrayPage(evidence, ids, tuple(sorted({item.site for item in items})))


def teasers(articles: list[list[Passage]], language: str, rng: np.random.Generator) -> list[Passage]:
    """A label and teasers of other articles in the same language, some of them under a brand's name."""
    labels = [
        p.phrase for p in lexicon.load(language).patterns if p.section == Role.RELATED and p.kind == "whole_block"
    ]
    others = [article for article in articles if article[0].language == language]
    if not labels or not others:
        return []
    found = [Passage(labels[rng.integers(len(labels))].capitalize(), Role.RELATED, language, others[0][0].site)]
    for item in range(int(rng.integers(4, 10))):
        other = others[rng.integers(len(others))]
        first, second = _paragraphs(other)[:2]
        headline, text = _cut(first.text, HEADLINE_WORDS), _cut(second.text, TEASER_WORDS)
        role = Role.RELATED
        if rng.random() < BRAND_SHARE:
            role = Role.SPONSORED
            name = "".join(SYLLABLES[index] for index in rng.integers(len(SYLLABLES), size=3)).capitalize()
            domain = name + ENDINGS[rng.integers(len(ENDINGS))]
            text = f"{text} {domain}." if rng.random() < BRAND_SHARE else f"{domain}: {text}"
            label = domain if rng.random() < BRAND_SHARE else name
            found.append(Passage(label, role, language, other[0].site, item))
        found += [Passage(part, role, language, other[0].site, item) for part in (headline.rstrip(".,;:"), text)]
    return found


def _paragraphs(article: list[Passage]) -> list[Passage]:
    return [passage for passage in article if passage.role is Role.TEXT]


def _cut(text: str, word_count: int) -> str:
    """The first words of a text; of one without spaces, the characters that make about as much."""
    words = text.split()
    return " ".join(words[:word_count]) if len(words) > MIN_PARAGRAPHS else text[: 2 * word_count]


def _evidence(items: list[Passage], glued: int, *, plain: bool, bullets: str) -> Evidence | None:
    if not plain:
        return evidence_of_html(_html_of(items).encode())
    text = ""
    for index, item in enumerate(items):
        is_new = item.item >= 0 and item.item != items[index - 1].item
        if is_new and bullets == "end":
            text += " -" if item.item % 3 else "\n-"
        text += ("" if index in (0, glued) else "\n") + ("- " if is_new and bullets == "start" else "") + item.text
    return evidence_of_text(text)


def _html_of(items: list[Passage]) -> str:
    """A bare page: every passage a paragraph without class or id, the teasers in a list."""
    body, open_item = "", -1
    for item in items:
        if item.item != open_item:
            body += "</li>" if open_item >= 0 else "<ul>"
            body += "<li>" if item.item >= 0 else "</ul>"
            open_item = item.item
        body += f"<p>{html.escape(item.text)}</p>"
    body += "</li></ul>" if open_item >= 0 else ""
    return f"<!doctype html><html><head><title></title></head><body>{body}</body></html>"
