"""`extract` and `bare_extraction` with trafilatura's keywords, in trafilatura's formats; see docs/from-trafilatura.md.

cleanpage finds the main text, the comments and the language; trafilatura's own code writes its formats and reads the
metadata.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cleanpage.compat import cleaner, refuse
from cleanpage.errors import ConfigError
from cleanpage.parse import is_lxml, root_of
from cleanpage.roles import Kind, Role

if TYPE_CHECKING:
    from collections.abc import Collection

    from lxml import etree
    from trafilatura.settings import Document as Extracted

    from cleanpage.document import Document

FORMATS: Final = ("csv", "html", "json", "markdown", "python", "txt", "xml", "xmltei")
SETTINGS: Final = "its options are those of cleanpage.Config"
STATE: Final = "it keeps no state of the pages that it has seen; compare their texts afterwards"


def extract(
    filecontent: object,
    url: str | None = None,
    record_id: str | None = None,
    fast: bool = False,
    no_fallback: bool = False,
    favor_precision: bool = False,
    favor_recall: bool = False,
    include_comments: bool = True,
    output_format: str = "txt",
    tei_validation: bool = False,
    target_language: str | None = None,
    include_tables: bool = True,
    include_images: bool = False,
    include_formatting: bool | None = None,
    include_links: bool = False,
    deduplicate: object = False,
    date_extraction_params: dict[str, Any] | None = None,
    with_metadata: bool = False,
    only_with_metadata: bool = False,
    max_tree_size: int | None = None,
    url_blacklist: Collection[str] | None = None,
    author_blacklist: Collection[str] | None = None,
    settingsfile: str | None = None,
    prune_xpath: str | list[str] | None = None,
    config: object = None,
    options: object = None,
) -> str | None:
    """The main text of a page in one of trafilatura's formats.

    The keywords are those of ``trafilatura.extract``. ``fast`` and ``no_fallback`` change nothing: there is no slower
    way. ``deduplicate``, ``date_extraction_params``, ``max_tree_size``, ``settingsfile``, ``config`` and ``options``
    raise.

    Returns:
        None where there is no main text, or where a filter (language, metadata, blacklist) lets the page not through.

    Raises:
        ConfigError: A keyword asks for what cleanpage does not have, or has a value that means nothing.
        InputError: ``filecontent`` is no page.
    """
    if output_format == "python":
        raise ConfigError("output_format='python' is for bare_extraction; use one of " + ", ".join(FORMATS))
    given = dict(locals())
    wants_metadata = with_metadata or only_with_metadata or output_format == "xmltei"
    wants_metadata = wants_metadata or bool(url_blacklist) or bool(author_blacklist)
    record = given.pop("record_id")
    validates = given.pop("tei_validation")
    refuse({"settingsfile": (given.pop("settingsfile"), None)}, SETTINGS)
    given["with_metadata"] = wants_metadata
    found = bare_extraction(**given)
    if found is None:
        return None
    return _written(
        found, output_format, record, with_metadata=wants_metadata, is_formatted=include_formatting, validates=validates
    )


def bare_extraction(
    filecontent: object,
    url: str | None = None,
    fast: bool = False,  # noqa: ARG001 - there is no slower way
    no_fallback: bool = False,  # noqa: ARG001
    favor_precision: bool = False,
    favor_recall: bool = False,
    include_comments: bool = True,
    output_format: str = "python",
    target_language: str | None = None,
    include_tables: bool = True,
    include_images: bool = False,
    include_formatting: bool | None = None,
    include_links: bool = False,
    deduplicate: object = False,
    date_extraction_params: dict[str, Any] | None = None,
    with_metadata: bool = False,
    only_with_metadata: bool = False,
    max_tree_size: int | None = None,
    url_blacklist: Collection[str] | None = None,
    author_blacklist: Collection[str] | None = None,
    prune_xpath: str | list[str] | None = None,
    config: object = None,
    options: object = None,
) -> Extracted | None:
    """What `extract` finds, as an object of trafilatura's class ``Document``.

    Its ``title``, ``author``, ``date`` and the like are filled with ``with_metadata`` alone; ``text``, ``raw_text``,
    ``comments``, ``body`` and ``as_dict()`` always.

    Raises:
        ConfigError: See `extract`.
        InputError: See `extract`.
    """
    if output_format not in FORMATS:
        raise ConfigError(f"output_format={output_format!r} means nothing; use one of {', '.join(FORMATS)}")
    if favor_precision and favor_recall:
        raise ConfigError("favor_precision and favor_recall contradict each other; give one of them")
    refuse({"deduplicate": (deduplicate, False)}, STATE)
    settings: dict[str, object] = {"date_extraction_params": date_extraction_params, "max_tree_size": max_tree_size}
    settings |= {"config": config, "options": options}
    refuse({name: (value, None) for name, value in settings.items()}, SETTINGS)
    favor = "precision" if favor_precision else "recall" if favor_recall else "balance"
    page = _pruned(filecontent, prune_xpath) if prune_xpath else filecontent
    document = cleaner(favor).clean(page, url)
    if not document.text or (target_language and document.language != target_language):
        return None
    is_formatted = output_format == "markdown" if include_formatting is None else include_formatting
    wanted = {"links": include_links, "images": include_images, "formatting": is_formatted, "tables": include_tables}
    found = _extracted(
        document,
        [name for name, is_wanted in wanted.items() if not is_wanted],
        with_metadata=with_metadata or only_with_metadata or bool(url_blacklist) or bool(author_blacklist),
        with_comments=include_comments,
    )
    if only_with_metadata and not (found.title and found.date and found.url):
        return None
    if found.url in (url_blacklist or ()):
        return None
    if author_blacklist and found.author:
        from trafilatura.metadata import check_authors

        found.author = check_authors(found.author, set(author_blacklist))
    return found


def _pruned(page: object, prune_xpath: str | list[str]) -> etree._Element:
    """The page's tree without the elements that some XPaths find; a tree of the caller's is copied before."""
    from copy import deepcopy

    from cleanpage.inputs import read_page

    read = read_page(page, url=None, max_bytes=cleaner("balance").config.max_bytes)
    root = root_of(deepcopy(read.root) if is_lxml(page) else read.root)
    if root is None:
        raise ConfigError("prune_xpath needs a page with elements")
    for xpath in [prune_xpath] if isinstance(prune_xpath, str) else prune_xpath:
        found: Any = root.xpath(xpath)
        for element in found:
            parent = element.getparent()
            if parent is not None:
                before = element.getprevious()
                if element.tail and before is not None:
                    before.tail = (before.tail or "") + element.tail
                elif element.tail:
                    parent.text = (parent.text or "") + element.tail
                parent.remove(element)
    return root


def _extracted(document: Document, omit: list[str], *, with_metadata: bool, with_comments: bool) -> Extracted:
    from lxml import etree
    from trafilatura.settings import Document as Foreign
    from trafilatura.xml import xmltotxt

    from cleanpage.render.exchange import exchange_tree, foreign_document

    body = exchange_tree(document.html, omit=omit)
    found = foreign_document(document, body) if with_metadata else Foreign(body=body)
    comments = etree.Element("body")
    if with_comments:
        for block in document.with_role(Role.COMMENTS):
            if block.kind is not Kind.CONTROL:
                etree.SubElement(comments, "p").text = block.text
    found.commentsbody = comments
    found.text = found.raw_text = xmltotxt(body, include_formatting="formatting" not in omit)
    found.comments = xmltotxt(comments, include_formatting=False)
    found.language = document.language or None
    return found


def _written(
    found: Extracted,
    output_format: str,
    record_id: str | None,
    *,
    with_metadata: bool,
    is_formatted: bool | None,
    validates: bool,
) -> str:
    """Has trafilatura write one of its formats."""
    from trafilatura.core import determine_returnstring
    from trafilatura.deduplication import content_fingerprint
    from trafilatura.settings import Extractor

    options = Extractor(output_format=output_format, with_metadata=with_metadata, formatting=is_formatted)
    options.tei_validation = validates
    found.id = record_id
    found.fingerprint = content_fingerprint(f"{found.title} {found.raw_text}")
    return determine_returnstring(found, options)
