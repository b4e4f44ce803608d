"""What a page's JSON-LD and ``<meta>`` elements say about its author and dates.

Where they say it, they are right more often than what can be guessed from the page (docs/metadata.md).
"""

from __future__ import annotations

import json
import re
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeGuard

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cleanpage.page import Head

WORK_TYPE: Final = re.compile("Article|Posting|Report|Review|Recipe|WebPage|Question|HowTo|Product|Video|CreativeWork")
"""In the schema.org types of what has an author and a date; persons and organisations have other dates."""

ORGANISATION_TYPE: Final = re.compile("Organi[sz]ation|Corporation|Business")

PUBLISHED: Final = (
    "article:published_time og:published_time datepublished dc.date dc.date.issued dcterms.date dcterms.created "
    "parsely-pub-date sailthru.date pubdate publishdate"
).split()
MODIFIED: Final = "article:modified_time og:updated_time datemodified dcterms.modified last-modified".split()
AUTHOR: Final = "author article:author parsely-author dc.creator dcterms.creator sailthru.author byl".split()
DATE: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?!\d)")
MAX_NODES: Final = 10_000
"""JSON objects and lists that are read of a page; an article's data have some dozens."""

MAX_NAME_LENGTH: Final = 100
"""Characters of an author's name; what is longer is a sentence about one."""


@dataclass(frozen=True, slots=True)
class PageData:
    """What was found; '' or () where nothing was.

    Attributes:
        authors: Names of persons, or of nobody knows what, by JSON-LD.
        publishers: Names of the organisations that JSON-LD has for authors.
        meta_author: The author by a ``<meta>`` element.
        published: Date, YYYY-MM-DD.
        modified: Date, YYYY-MM-DD.
    """

    authors: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()
    meta_author: str = ""
    published: str = ""
    modified: str = ""


def read_page_data(head: Head) -> PageData:
    """Reads what a page says about its author and dates; whatever is odd is passed over.

    Args:
        head: The page's head.
    """
    nodes = list(_nodes(head.json_ld))
    works = [node for node in nodes if WORK_TYPE.search(str(node.get("@type")))]
    names = {identifier: node for node in nodes if "name" in node and isinstance(identifier := node.get("@id"), str)}
    meta_author = _first(head.meta.get(name, "") for name in AUTHOR)
    authors = [list(_authors(work.get("author"), names)) for work in works]
    return PageData(
        authors=next(filter(None, (_names_of(some, organisations=False) for some in authors)), ()),
        publishers=next(filter(None, (_names_of(some, organisations=True) for some in authors)), ()),
        meta_author=meta_author if _is_name(meta_author) else "",
        published=_first(_dates([*(work.get("datePublished") for work in works), *map(head.meta.get, PUBLISHED)])),
        modified=_first(_dates([*(work.get("dateModified") for work in works), *map(head.meta.get, MODIFIED)])),
    )


def _first(values: Iterable[str]) -> str:
    return next(filter(None, values), "")


def _dates(values: Iterable[object]) -> Iterator[str]:
    for value in values:
        match = DATE.match(value.strip()) if isinstance(value, str) else None
        if match:
            yield match[0]


def _nodes(texts: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The objects in all JSON-LD of a page, the outer ones first."""
    waiting: deque[object] = deque()
    for text in texts:
        try:
            waiting.append(json.loads(text, strict=False))
        except (ValueError, RecursionError):  # no JSON, or nested beyond reading: others may be whole
            continue
    for _ in range(MAX_NODES):
        if not waiting:
            return
        node = waiting.popleft()
        if isinstance(node, dict):
            yield node
        values = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        waiting.extend(value for value in values if isinstance(value, (dict, list)))


def _authors(value: object, names: dict[str, dict[str, Any]]) -> Iterator[tuple[object, bool]]:
    """The names of authors, who may be strings, objects or references, and whether each is an organisation."""
    for author in value if isinstance(value, list) else [value]:
        if not isinstance(author, dict):
            yield author, False
            continue
        identifier = author.get("@id")
        other = names.get(identifier, {}) if isinstance(identifier, str) else {}
        name = author.get("name") or other.get("name")
        is_organisation = bool(ORGANISATION_TYPE.search(str(author.get("@type") or other.get("@type"))))
        for item in name if isinstance(name, list) else [name]:
            yield item, is_organisation


def _names_of(authors: Iterable[tuple[object, bool]], *, organisations: bool) -> tuple[str, ...]:
    """Those that are persons, or those that are organisations."""
    found = (name.strip() for name, is_organisation in authors if is_organisation is organisations and _is_name(name))
    return tuple(dict.fromkeys(found))


def _is_name(value: object) -> TypeGuard[str]:
    if not isinstance(value, str) or len(value) > MAX_NAME_LENGTH or value.startswith(("http://", "https://", "@")):
        return False
    return any(map(str.isalpha, value))
