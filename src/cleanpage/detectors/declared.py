"""What a page declares about itself in its head: its titles and its authors, as words to compare blocks with."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cleanpage.page import split_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleanpage.page import Page

SEPARATOR: Final = re.compile(
    r"(?<!\s)\s+[|\-–—·•:»«/~]+\s+|(?:(?<!\s)\s+)?[|»«]\s*|_{1,2}|(?<=[\u3040-\u9fff])\s*-\s*"
)
"""What stands between a headline and the site's name in ``<title>``. White space is read from its start alone: from
each of a million blanks, it would take hours."""

MAX_AUTHORS: Final = 6
TITLE_AND_SITE_PARTS: Final = 3
"""With so many parts of ``<title>``, all but the last may be the headline."""

MIN_NAME_WORDS: Final = 2
MAX_NAME_WORDS: Final = 5
MAX_CJK_NAME_WORDS: Final = 8
TITLE_META: Final = ("og:title", "twitter:title", "title", "headline", "dc.title", "sailthru.title")
AUTHOR_META: Final = (
    "author",
    "article:author",
    "dc.creator",
    "parsely-author",
    "sailthru.author",
    "byl",
    "twitter:data1",
)


@dataclass(slots=True)
class Declared:
    """What a page declares about itself.

    Attributes:
        titles: Its headlines, as words: from meta elements, JSON-LD and the parts of ``<title>``, not the site's.
        authors: The names of its authors, as words.
        site_name: The words of the site's name.
    """

    titles: list[tuple[str, ...]]
    authors: list[tuple[str, ...]]
    site_name: tuple[str, ...]


def declared_of(page: Page) -> Declared:
    """What a page declares about itself; read once a page and kept with it."""
    kept: dict[str, Any] = vars(page)
    declared: Declared | None = kept.get("declared")
    if declared is None:
        titles, authors = _title_texts(page), _author_texts(page)
        texts = [page.head.meta.get("og:site_name", ""), *titles, *authors]
        site_name, *words = map(tuple, split_all(texts))
        declared = kept["declared"] = Declared(
            titles=[title for title in dict.fromkeys(words[: len(titles)]) if title and title != site_name],
            authors=[name for name in dict.fromkeys(words[len(titles) :]) if _is_name(name)][:MAX_AUTHORS],
            site_name=site_name,
        )
    return declared


def _title_texts(page: Page) -> list[str]:
    """What may be the headline, the most trusted first: each text as it stands, and without the site's name."""
    head = page.head
    declared = [head.meta[name] for name in TITLE_META if name in head.meta]
    declared += [value for value in json_ld_values(page, "headline") if isinstance(value, str)]
    texts: list[str] = []
    for text in declared:
        texts += text, _longest(SEPARATOR.split(text))
    if head.title:
        parts = SEPARATOR.split(head.title)
        texts += _longest(parts), head.title
        if len(parts) >= TITLE_AND_SITE_PARTS:
            texts.append(head.title[: head.title.rfind(parts[-1])])
    return texts


def _longest(parts: list[str]) -> str:
    return max(parts, key=len)


def _author_texts(page: Page) -> list[str]:
    """What may be an author's name, the most trusted first."""
    texts = [page.head.meta[key] for key in AUTHOR_META if key in page.head.meta]
    for value in json_ld_values(page, "author"):
        for author in value if isinstance(value, list) else [value]:
            name = author.get("name") if isinstance(author, dict) else author
            if isinstance(name, str):
                texts.append(name)
    return texts


def _is_name(words: tuple[str, ...]) -> bool:
    """Whether words may be a person's name: two or more, no part of a web address."""
    is_cjk = bool(words) and not words[0].isascii() and len(words[0]) == 1
    most = MAX_CJK_NAME_WORDS if is_cjk else MAX_NAME_WORDS
    return MIN_NAME_WORDS <= len(words) <= most and words[0] not in ("http", "https", "www")


def json_ld_values(page: Page, key: str) -> Iterator[Any]:
    """The values of a key in the JSON-LD of a page, read one by one: most scripts hold far more than is needed.

    Values that are not JSON are passed over: the script belongs to the page, not to us.
    """
    decoder = json.JSONDecoder(strict=False)
    mark = f'"{key}"'
    for text in page.head.json_ld:
        place = text.find(mark)
        for _ in range(MAX_AUTHORS):
            if place < 0:
                break
            start = place + len(mark)
            while start < len(text) and text[start] in " \t\r\n:":
                start += 1
            with suppress(ValueError, RecursionError):  # also a number of more digits than Python reads
                yield decoder.raw_decode(text, start)[0]
            place = text.find(mark, start)
