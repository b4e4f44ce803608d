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
    return _extract(dict(locals()))


def bare_extraction(
    filecontent: object,
    url: str | None = None,
    fast: bool = False,
    no_fallback: bool = False,
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
    return _bare_extraction(dict(locals()))


def _extract(given: dict[str, Any]) -> str | None:
    """`extract`, of its arguments by name."""
    output_format = given["output_format"]
    if output_format == "python":
        raise ConfigError(f"output_format='python' is for bare_extraction; use one of {', '.join(FORMATS)}")
    refuse({"settingsfile": (given["settingsfile"], None)}, SETTINGS)
    given["with_metadata"] = _wants_metadata(given) or output_format == "xmltei"
    found = _bare_extraction(given)
    return None if found is None else _written(found, given)


def _bare_extraction(given: dict[str, Any]) -> Extracted | None:
    """`bare_extraction`, of its arguments by name."""
    _check(given)
    favor = "precision" if given["favor_precision"] else "recall" if given["favor_recall"] else "balance"
    page, prune_xpath = given["filecontent"], given["prune_xpath"]
    document = cleaner(favor).clean(_pruned(page, prune_xpath) if prune_xpath else page, given["url"])
    language = given["target_language"]
    if not document.text or (language and document.language != language):
        return None
    found = _extracted(document, given)
    if given["only_with_metadata"] and not (found.title and found.date and found.url):
        return None
    if found.url in (given["url_blacklist"] or ()):
        return None
    if given["author_blacklist"] and found.author:
        from trafilatura.metadata import check_authors

        found.author = check_authors(found.author, set(given["author_blacklist"]))
    return found


def _wants_metadata(given: dict[str, Any]) -> bool:
    return any(given[name] for name in ("with_metadata", "only_with_metadata", "url_blacklist", "author_blacklist"))


def _check(given: dict[str, Any]) -> None:
    """Refuses arguments that mean nothing here."""
    if given["output_format"] not in FORMATS:
        raise ConfigError(f"output_format={given['output_format']!r} means nothing; use one of {', '.join(FORMATS)}")
    if given["favor_precision"] and given["favor_recall"]:
        raise ConfigError("favor_precision and favor_recall contradict each other; give one of them")
    refuse({"deduplicate": (given["deduplicate"], False)}, STATE)
    names = ("date_extraction_params", "max_tree_size", "config", "options")
    refuse({name: (given[name], None) for name in names}, SETTINGS)


def _pruned(page: object, prune_xpath: str | list[str]) -> etree._Element:
    """The page's tree without the elements that some XPaths find; a tree of the caller's is copied before."""
    from copy import deepcopy

    from cleanpage.inputs import read_page

    read = read_page(page, url=None, limits=cleaner("balance").config)
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


def _extracted(document: Document, given: dict[str, Any]) -> Extracted:
    """A document of trafilatura's class, with what is wanted in it."""
    from lxml import etree
    from trafilatura.settings import Document as Foreign
    from trafilatura.xml import xmltotxt

    from cleanpage.render.exchange import exchange_tree, foreign_document

    is_formatted = given["include_formatting"]
    if is_formatted is None:
        is_formatted = given["output_format"] == "markdown"
    wanted = {name: given[f"include_{name}"] for name in ("links", "images", "tables")} | {"formatting": is_formatted}
    body = exchange_tree(document.html, omit=[name for name, is_wanted in wanted.items() if not is_wanted])
    found = foreign_document(document, body) if _wants_metadata(given) else Foreign(body=body)
    comments = etree.Element("body")
    if given["include_comments"]:
        for block in document.with_role(Role.COMMENTS):
            if block.kind is not Kind.CONTROL:
                etree.SubElement(comments, "p").text = block.text
    found.commentsbody = comments
    found.text = found.raw_text = xmltotxt(body, include_formatting=is_formatted)
    found.comments = xmltotxt(comments, include_formatting=False)
    found.language = document.language or None
    return found


def _written(found: Extracted, given: dict[str, Any]) -> str:
    """Has trafilatura write one of its formats."""
    from trafilatura.core import determine_returnstring
    from trafilatura.deduplication import content_fingerprint
    from trafilatura.settings import Extractor

    options = Extractor(
        output_format=given["output_format"],
        with_metadata=given["with_metadata"],
        formatting=given["include_formatting"],
        tei_validation=given["tei_validation"],
    )
    found.id = given["record_id"]
    found.fingerprint = content_fingerprint(f"{found.title} {found.raw_text}")
    return determine_returnstring(found, options)
