"""What a page says about itself: author, date, site, licence.

trafilatura and its htmldate read it, but for what measures better otherwise (docs/metadata.md). They take longer than
all of cleanpage, so they are loaded when somebody asks.
"""

from __future__ import annotations

import logging
import re
import threading
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin

from cleanpage.bylines import read_authors, read_date
from cleanpage.page import split_words
from cleanpage.page_data import PageData, read_page_data

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cleanpage.page import Head

LOGGER_NAME: Final = "trafilatura"
"""Parent of all of trafilatura's loggers; what it cannot read, such as odd JSON-LD, it logs and leaves out."""

HTML_LANGUAGE: Final = re.compile(r"<html\b[^>]*?\slang\s*=\s*[\"']?([A-Za-z][\w-]*)", re.IGNORECASE)
HEAD_LENGTH: Final = 10_000
"""Characters in which ``<html lang>`` is looked for: only a doctype and comments stand before it."""

SEPARATOR: Final = re.compile(r"(?<!\s)\s+[-–—«/]\s+|(?:(?<!\s)\s+)?[|»·•]\s*")
"""Between a title and the name of the site; a colon stands within titles as well."""

ARTICLE_TYPE: Final = re.compile("article|posting", re.IGNORECASE)
MIN_SHARED_WORDS: Final = 0.5
"""Share of a headline's words that the declared title has as well. With fewer, the headline of what is no article is a
slogan more often than the title: of the pages with gold titles in the sets wcxb and fundus, 0.80 had theirs with the
headline always, 0.82 so; with 0.3 or 0.7 fewer in either half of them."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a page says about itself; '' or () where it says nothing.

    Attributes:
        title: Its title, by its metadata or its headline.
        author: Names, separated by ``; ``.
        date: Publication date, ISO 8601 (YYYY-MM-DD).
        modified: Date of the last change that the page names, YYYY-MM-DD.
        site_name: Name of the site.
        description: Its summary for search engines and previews.
        image: URL of its preview image.
        tags: Keywords.
        categories: Sections of the site that it is filed under.
        license: Licence of its text, as far as a link or a footer names it.
        language: Language code that ``<html lang>`` declares, as written; `Document.language` is what it is in.
        url: Its canonical URL, else the one given.
        page_type: Type that its Open Graph or JSON-LD data declare, such as ``article``.
        warnings: What could not be read.
    """

    title: str = ""
    author: str = ""
    date: str = ""
    site_name: str = ""
    description: str = ""
    image: str = ""
    tags: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    license: str = ""
    language: str = ""
    url: str = ""
    page_type: str = ""
    modified: str = ""
    warnings: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain values, tuples as lists."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}


def read_metadata(
    html: str, *, url: str = "", head: Head | None = None, headline: str = "", bylines: Sequence[str] = ()
) -> Metadata:
    """Reads the metadata of a page.

    Args:
        html: The page.
        url: Where it is from, if known.
        head: What its own data are read from, which go before what trafilatura finds; None leaves all to trafilatura.
        headline: Its headline, if known: it goes before the titles of the metadata, which are made for search engines,
            but where it is a slogan.
        bylines: The texts of its bylines, in their order.

    Returns:
        What was found. Nothing is raised: what trafilatura stumbles over is in ``warnings``.
    """
    from trafilatura.metadata import extract_metadata

    found: dict[str, Any] = {}
    with _collected_warnings() as warnings:
        try:
            found = extract_metadata(html, default_url=url or None).as_dict()
        except Exception as error:  # noqa: BLE001 - any page may hold data that a parser of dates, names or JSON never met
            warnings.append(f"metadata: {type(error).__name__}: {error}")
    own = read_page_data(head) if head is not None else PageData()
    match = HTML_LANGUAGE.search(html, 0, HEAD_LENGTH)
    site_name, page_type = _text(found.get("sitename")), _text(found.get("pagetype"))
    declared = (head.meta.get("og:title") or head.title if head is not None else "") or _text(found.get("title"))
    return Metadata(
        title=_choose_title(headline, declared, site_name, is_article=bool(ARTICLE_TYPE.search(page_type))),
        author=(
            "; ".join(own.authors or read_authors(bylines))
            or _text(found.get("author"))
            or "; ".join(own.publishers)
            or own.meta_author
        ),
        date=own.published or read_date(bylines) or _text(found.get("date")),
        site_name=site_name,
        description=_text(found.get("description")),
        image=_absolute(_text(found.get("image")), url),
        tags=_names(found.get("tags")),
        categories=_names(found.get("categories")),
        license=_text(found.get("license")),
        language=match[1] if match else "",
        url=_text(found.get("url")) or url,
        page_type=page_type,
        modified=own.modified,
        warnings=tuple(warnings),
    )


def _choose_title(headline: str, declared: str, site_name: str, *, is_article: bool) -> str:
    """The headline, or the declared title without the site's name where there is none, or a slogan in its place."""
    parts = [part for part in SEPARATOR.split(declared) if part]
    title = next((part for part in parts if part.casefold() != site_name.casefold()), declared)
    words = set(split_words(headline))
    if headline and (
        is_article or not title or len(words & set(split_words(declared))) >= MIN_SHARED_WORDS * len(words)
    ):
        return headline
    return title


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _names(value: object) -> tuple[str, ...]:
    """Names without repetition; trafilatura leaves comma-separated keywords in one piece."""
    items = [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
    return tuple(dict.fromkeys(name for item in items for part in item.split(",") if (name := part.strip())))


def _absolute(link: str, url: str) -> str:
    try:
        return urljoin(url, link) if link else ""
    except ValueError:  # no URL: as the page has it
        return link


@contextmanager
def _collected_warnings() -> Iterator[list[str]]:
    """Collects what trafilatura logs in this thread."""
    messages: list[str] = []
    thread = threading.get_ident()

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.thread == thread:
                messages.append(f"metadata: {record.getMessage()}")

    logger = logging.getLogger(LOGGER_NAME)
    collector = Collector(logging.WARNING)
    logger.addHandler(collector)
    try:
        yield messages
    finally:
        logger.removeHandler(collector)
