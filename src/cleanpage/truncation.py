"""Page and verdict → whether the article seems cut off by a wall: a login, a registration, a subscription.

A phrase alone never says so: every second page asks its readers to subscribe below the text. There has to be a wall
where the text ends, by the names of the elements around the prompt; or far fewer words than the page declares, and a
sign of a wall: the declaration that it is not free, a part that is declared and not there, a prompt, a wall's name.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Final, NamedTuple

from cleanpage.detectors.declared import json_ld_values
from cleanpage.page import split_all
from cleanpage.roles import ROLE_INDEX, Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleanpage.arbiter import Verdict
    from cleanpage.page import Page

PROMPTS: Final = frozenset((ROLE_INDEX[Role.LOGIN_PROMPT], ROLE_INDEX[Role.SUBSCRIBE_PROMPT]))
PASSED: Final = frozenset(map(ROLE_INDEX.__getitem__, (Role.BYLINE, Role.CAPTION, Role.SPONSORED, Role.INTERFACE)))
"""Roles that may stand between a text and the wall that cuts it off."""

MAX_PASSED: Final = 3
"""So many of their blocks at most."""

MAX_CLIMB: Final = 5
"""Elements above a prompt whose names are read: further up stands the article's container."""

SHORT_SHARE: Final = 0.6
"""A main text with fewer than this share of the words that the page declares lacks some. Of the 2,100 pages of the
development sets, 30 do, two thirds of them for other reasons than a wall: it takes a sign of one as well."""

MIN_DECLARED_WORDS: Final = 100
"""Declared articles with fewer words are teasers or nothing."""

MAX_COUNT_DIGITS: Final = 9
"""Digits of a declared count of words; Python reads no number of over 4,300."""

NOT_FREE: Final = frozenset(("false", "no", "0"))
TIERS: Final = ("article:content_tier", "og:article:content_tier")
LOCKED: Final = "locked"
SIMPLE_SELECTOR: Final = re.compile(r"\s*([.#][\w-]+)\s*")


class Names(NamedTuple):
    """What the names of one kind of element are made of, as in truncation.toml."""

    parts: frozenset[str]
    pieces: tuple[str, ...]
    sequences: tuple[str, ...]

    def match(self, name: str) -> bool:
        """Whether a class or id name is one of them."""
        joined = "-".join(part for part in re.split(r"[-_#]+", name) if part)
        parts = joined.split("-")
        return (
            not self.parts.isdisjoint(parts)
            or any(piece in part for piece in self.pieces for part in parts)
            or any(f"-{sequence}-" in f"-{joined}-" for sequence in self.sequences)
        )


@cache
def _vocabulary() -> dict[str, Names]:
    tables = tomllib.loads((resources.files("cleanpage") / "truncation.toml").read_text(encoding="utf-8"))
    return {
        kind: Names(frozenset(table["parts"]), tuple(table["pieces"]), tuple(table["sequences"]))
        for kind, table in tables.items()
    }


@lru_cache(maxsize=1 << 14)
def _is_named(name: str, kind: str) -> bool:
    return _vocabulary()[kind].match(name)


def find_wall(page: Page, verdict: Verdict) -> str:
    """Tells what speaks for a wall.

    Args:
        page: The page.
        verdict: What was decided about it.

    Returns:
        A warning, '' where the article seems whole or no evidence goes beyond a phrase.
    """
    main = verdict.is_main.nonzero()[0].tolist()
    if page.is_plain_text or not main:
        return ""
    prompt = _prompt_after(page, verdict, main[-1])
    wall, signs = "", []
    if prompt >= 0:
        wall = _wall_around(page, prompt, main[-1])
        signs.append(f"the text ends at a {verdict.role(prompt)}" + (f" in {wall}" if wall else ""))
        if fade := _fade_around(page, main[-1]):
            signs.append(f"its last paragraph stands in {fade}")
    if shortage := _shortage(page, main):
        signs += [shortage, *_declared_signs(page)]
        if not wall and (name := _wall_after(page, main[-1])):
            signs.append(f"there is a {name} after it")
    is_cut = bool(wall) or len(signs) > 1
    return f"truncated: the article seems cut off by a wall: {'; '.join(signs)}" if is_cut else ""


def _prompt_after(page: Page, verdict: Verdict, last: int) -> int:
    """The prompt at which the main text ends, -1 where it ends at something else."""
    for block in range(last + 1, min(len(page), last + 2 + MAX_PASSED)):
        role = int(verdict.roles[block])
        if role in PROMPTS:
            return block
        if role not in PASSED:
            break
    return -1


def _wall_around(page: Page, prompt: int, last: int) -> str:
    """The name of the wall that a prompt stands in, '' where it stands in none, or in one that is not shown.

    Args:
        page: The page.
        prompt: The prompt.
        last: The last block of the main text: what holds both is the article.
    """
    nodes = page.node_table
    found = ""
    for row in nodes.ancestors(page.nodes[prompt])[:MAX_CLIMB]:
        if nodes.first_blocks[row] <= last:
            break
        if any(_is_named(name, "hidden") for name in nodes.names[row]):
            return ""
        found = found or _named(nodes.names[row], "wall")
    return found


def _fade_around(page: Page, last: int) -> str:
    """The name of an element around the end of the text that lets it fade out, '' where none does."""
    nodes = page.node_table
    rows = nodes.ancestors(page.nodes[last])[:MAX_CLIMB]
    return next(filter(None, (_named(nodes.names[row], "fade") for row in rows)), "")


def _wall_after(page: Page, last: int) -> str:
    """The name of a wall that begins after the main text, shown or waiting for a script."""
    nodes = page.node_table
    rows = (row for row, first in enumerate(nodes.first_blocks) if first > last)
    return next(filter(None, (_named(nodes.names[row], "wall") for row in rows)), "")


def _named(names: tuple[str, ...], kind: str) -> str:
    """The first of some names that is of a kind, '' where none is."""
    return next((name for name in names if _is_named(name, kind)), "")


def _shortage(page: Page, main: list[int]) -> str:
    """In words, that the main text has far fewer words than the page declares for its article; '' if it has enough."""
    if not page.head.json_ld:
        return ""
    declared = max(_declared_counts(page), default=0)
    if declared < MIN_DECLARED_WORDS:
        return ""
    found = sum([page.word_counts[block] for block in main])
    if found >= SHORT_SHARE * declared:
        return ""
    return f"it has {found} of the {declared} words that the page declares"


def _declared_counts(page: Page) -> Iterator[int]:
    """The words that the page declares for its article."""
    for value in json_ld_values(page, "wordCount"):
        digits = str(value).replace(",", "").strip()
        if digits.isdecimal() and len(digits) <= MAX_COUNT_DIGITS:
            yield int(digits)
    yield from map(len, split_all([value for value in json_ld_values(page, "articleBody") if isinstance(value, str)]))


def _declared_signs(page: Page) -> list[str]:
    """What the page declares about a wall, in words."""
    signs = []
    is_locked = any(page.head.meta.get(name, "").casefold() == LOCKED for name in TIERS)
    if is_locked or any(str(value).casefold() in NOT_FREE for value in json_ld_values(page, "isAccessibleForFree")):
        signs.append("the page declares that it is not free")
    if missing := _missing_part(page):
        signs.append(f"the part that it declares as {missing} is not there")
    return signs


def _missing_part(page: Page) -> str:
    """The selector of a declared part of the page that has no text; '' where all have some, or are not simple."""
    values = [value for value in json_ld_values(page, "cssSelector") if isinstance(value, str)]
    selectors = [match[1] for match in map(SIMPLE_SELECTOR.fullmatch, values) if match]
    if not selectors:
        return ""
    nodes = page.node_table
    columns = zip(nodes.names, nodes.first_blocks, nodes.end_blocks, strict=True)
    with_text = {name for names, first, end in columns if first < end for name in names}
    return next((part for part in selectors if part.casefold().removeprefix(".") not in with_text), "")
