"""Many pages: one result an input, with failures kept to the page they belong to."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from operator import length_hint
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from cleanpage.errors import ConfigError, InputError, PageTooLarge
from cleanpage.results import Result, attempt
from cleanpage.workers import Work, in_processes

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

    from cleanpage.api import Cleaner
    from cleanpage.config import Config
    from cleanpage.document import Document


@dataclass(frozen=True, slots=True)
class Portable:
    """A page as it is sent to another process: plain values, which unpickle anywhere.

    `cleanpage.clean` takes it as it is, for the attributes have the names that httpx gives them.

    Attributes:
        content: The page; for an lxml tree its HTML.
        charset_encoding: The charset of the content-type header, '' if there was none.
        url: Where the page is from, '' if not known.
        root: Tag of the lxml element that was given; '' for other inputs.
        is_plain: Whether it is a plain-text dump.
    """

    content: bytes | str
    charset_encoding: str = ""
    url: str = ""
    root: str = ""
    is_plain: bool = False


def clean_many(  # noqa: PLR0913 - one argument an option, by name only
    pages: Iterable[object],
    *,
    workers: int = 1,
    timeout: float | None = None,
    progress: bool = False,
    in_order: bool = True,
    cleaner: Cleaner | None = None,
) -> Iterator[Result]:
    """Cleans pages one after the other, or in worker processes.

    Pages may be without end: few are read ahead, and a result is given before the next page is asked for. Responses,
    files, soups and lxml trees are read in this process, and sent to the workers as bytes or HTML. The workers end with
    the iterator: when it is used up, closed or dropped.

    On Linux, workers are forked, unless `multiprocessing.set_start_method` says otherwise; elsewhere a script has to
    call this under ``if __name__ == "__main__":``.

    Args:
        pages: What `cleanpage.clean` takes, any number of it. To know the results by a key, give pairs of key and page,
            or a dict of pages; a dict with ``html`` or ``text``, and with ``url`` and ``id`` if it has them, is a row.
        workers: Processes that clean; 1 without a timeout cleans in this process.
        timeout: Seconds a page may take, counted from when a worker takes it; the worker is then replaced.
        progress: Show a progress bar on standard error.
        in_order: Whether results come in the order of the inputs; False gives each as soon as it is there.
        cleaner: A Cleaner with options; with worker processes it must have no detectors, lexicons
            or filter lists of its own.

    Yields:
        One result an input.

    Raises:
        ConfigError: ``workers`` or ``timeout`` means nothing, the cleaner cannot be sent to worker processes, its
            weights cannot be used, or worker processes cannot be started.
        InputError: ``pages`` is a single page, or cannot be iterated over.
    """
    from cleanpage.api import default_cleaner

    if workers < 1:
        raise ConfigError(f"workers={workers} means nothing; give 1 or more")
    if timeout is not None and not timeout > 0:
        raise ConfigError(f"timeout={timeout} means nothing; give seconds, more than 0")
    if isinstance(pages, (str, bytes, bytearray, memoryview)) or not hasattr(pages, "__iter__"):
        raise InputError(f"clean_many() takes several pages, not one {type(pages).__name__}: give a list of them")
    chosen = cleaner or default_cleaner()
    keyed = map(_with_key, pages.items() if isinstance(pages, Mapping) else pages)
    if workers == 1 and timeout is None:
        results = _in_this_process(chosen, keyed)
    elif chosen.is_portable:
        results = _in_processes(Work(chosen.config, _clean_portable, _pack, timeout), keyed, workers, in_order=in_order)
    else:
        raise ConfigError("a cleaner with detectors, lexicons or filter lists of its own: use workers=1 and no timeout")
    return _with_progress(results, pages) if progress else results


def portable_of(row: Mapping[str, Any]) -> Portable:
    """The page in a row.

    Args:
        row: With the page in ``html``, or a dump in ``text`` if there is no ``html``, and its address in ``url``.

    Raises:
        InputError: There is none.
    """
    field = "html" if row.get("html") is not None else "text"
    content, url = row.get(field), row.get("url")
    if not isinstance(content, str | bytes):
        raise InputError("the row has no page: give it as a string in html or text")
    return Portable(content, url=url if isinstance(url, str) else "", is_plain=field == "text")


def _with_key(given: object) -> tuple[Any, object]:
    """What an input is known by, and its page."""
    if isinstance(given, tuple) and len(given) == 2:  # noqa: PLR2004 - a pair of key and page
        return given
    if isinstance(given, Mapping):
        return given.get("id"), given
    if isinstance(given, PurePath):
        return str(given), given
    return _name_of(given), given


def _name_of(page: object) -> str | None:
    """The address of a response, or the name of an open file."""
    try:
        url = getattr(page, "url", None)
        name = getattr(page, "name", None) if callable(getattr(page, "read", None)) else None
    except Exception:  # noqa: BLE001 - a caller's object may raise anything, and will again when it is read
        return None
    return next((found for found in (url, name) if isinstance(found, str) and found), None)


def clean_given(cleaner: Cleaner, page: object) -> Document:
    """Cleans a page, a dump or a row."""
    given = portable_of(page) if isinstance(page, Mapping) else page
    if not isinstance(given, Portable) or not given.is_plain:
        return cleaner.clean(given)
    document = cleaner.clean_text(given.content)
    document.url = given.url
    return document


def _in_this_process(cleaner: Cleaner, keyed: Iterable[tuple[Any, object]]) -> Generator[Result]:
    for index, (key, page) in enumerate(keyed):
        yield replace(attempt(index, partial(clean_given, cleaner, page)), key=key)


def _in_processes(
    work: Work, keyed: Iterable[tuple[Any, object]], workers: int, *, in_order: bool
) -> Generator[Result]:
    """Cleans in worker processes, which do not need the keys."""
    keys: dict[int, Any] = {}

    def pages() -> Iterator[object]:
        for index, (key, page) in enumerate(keyed):
            keys[index] = key
            yield page

    with closing(in_processes(work, pages(), workers, in_order=in_order)) as results:
        for result in results:
            yield replace(result, key=keys.pop(result.index))


def _with_progress(results: Generator[Result], pages: Iterable[object]) -> Generator[Result]:
    from tqdm.auto import tqdm

    with closing(results), tqdm(results, total=length_hint(pages) or None, unit="page") as shown:
        yield from shown


def _clean_portable(config: Config, index: int, page: Portable | Path) -> Result:
    """Cleans a page in a worker process."""
    from cleanpage.api import Cleaner

    return attempt(index, lambda: clean_given(Cleaner(config), _unpack(page)))


def _pack(page: object, max_bytes: int) -> Portable | Path:
    """A page as it can be sent to another process."""
    from cleanpage.inputs import content_of, read_page
    from cleanpage.parse import is_lxml, root_of

    if isinstance(page, PurePath):
        return Path(page)
    if isinstance(page, Mapping):
        row = portable_of(page)
        if len(row.content) > max_bytes:
            raise PageTooLarge(f"the row's page is over max_bytes, {max_bytes:,} bytes: raise Config.max_bytes")
        return row
    if not is_lxml(page):
        content, charset, url = content_of(page, max_bytes)
        # A subclass could bring a whole soup along.
        return Portable(str(content) if isinstance(content, str) else bytes(content), charset, url)
    root = root_of(page)
    if root is None:
        read_page(page)  # raises, if it is a comment; a tree without a root is an empty page
        return Portable("")
    from lxml import etree

    html = etree.tostring(root, encoding="unicode", method="html", with_tail=False)
    return Portable(html, root=etree.QName(root).localname)


def _unpack(page: Portable | Path) -> object:
    """What `cleanpage.clean` is given in the other process."""
    if isinstance(page, Path) or page.root in ("", "html"):
        return page
    from cleanpage.parse import parse

    # The parser wraps an element that is no document in html and body, which the paths of its blocks must not have.
    root = parse(str(page.content))
    return page if root is None else next(root.iter(page.root), root)
