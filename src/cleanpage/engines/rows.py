"""A page → the columns of its row, as plain values: what every engine gives, whatever its tables are made of."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, fields
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cleanpage.errors import ConfigError, InputError
from cleanpage.render.json import encodable, metadata_to_dict
from cleanpage.results import Result, attempt
from cleanpage.workers import Work, in_processes

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Iterable, Mapping, Sequence

    from cleanpage.api import Cleaner
    from cleanpage.config import Config
    from cleanpage.document import Document

MAX_BYTES: Final = 10_000_000
"""Largest page that an engine cleans unless ``max_bytes`` says otherwise, bytes. Time is linear in them, so it is the
limit on time as well: see docs/engines.md. Common Crawl cuts pages off at 5 MiB."""

VIEWS: Final[Mapping[str, Callable[[Document], Any]]] = {
    "text": lambda document: encodable(document.text),
    "title": lambda document: encodable(document.title),
    "language": lambda document: document.language,
    "page_type": lambda document: document.page_type,
    "quality": lambda document: document.quality,
    "warnings": lambda document: [encodable(warning) for warning in document.warnings],
    "markdown": lambda document: encodable(document.markdown),
    "html": lambda document: encodable(document.html),
    "blocks": lambda document: document.to_dict()["blocks"],
    "metadata": metadata_to_dict,
}
"""What a column holds of a page; null where the page failed. Strings are without lone surrogates, which no table can
hold."""

SOURCES: Final = ("html", "dump", "url")
"""The options that name columns to read."""

OUTCOME: Final = ("status", "error")
"""The columns that say what became of a page: as in `cleanpage.Result`, never null."""

DEFAULT: Final = ("text", "title", "language", "page_type", "quality", "warnings", *OUTCOME)


class Given(NamedTuple):
    """A page of a table.

    Attributes:
        content: What `cleanpage.clean` or `clean_text` takes; None where there is no page.
        is_dump: Whether it is a plain-text dump.
        url: Where it is from, '' if not known.
    """

    content: object
    is_dump: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableOptions:
    """What is read from a table, and what is put in its place.

    Attributes:
        config: The options of the Cleaner.
        columns: Names of VIEWS and OUTCOME that are wanted, in order.
        html: Column of the table with pages, as binary or string.
        dump: Column with plain-text dumps, for rows whose ``html`` is null or if there is no such column.
        url: Column with the pages' addresses.
        prefix: Stands before the name of each new column.
        timeout: Seconds a page may take; the pages are then cleaned in a process of their own. None for any time.
    """

    config: Config
    columns: tuple[str, ...] = DEFAULT
    html: str = "html"
    dump: str = "text"
    url: str = "url"
    prefix: str = ""
    timeout: float | None = None


def make_options(options: Mapping[str, Any], *, without: Collection[str] = ()) -> TableOptions:
    """Checks options by name.

    Args:
        options: Fields of TableOptions but ``config``, and fields of `cleanpage.Config`.
        without: Fields of TableOptions that would do nothing where this is called from.

    Returns:
        The options; without ``max_bytes`` it is MAX_BYTES.

    Raises:
        ConfigError: An option is unknown or means nothing.
    """
    own = {field.name for field in fields(TableOptions)} - {"config", *without}
    config = make_table_config({name: value for name, value in options.items() if name not in own})
    made = TableOptions(config=config, **{name: value for name, value in options.items() if name in own})
    if isinstance(made.columns, str):
        raise ConfigError(f"columns={made.columns!r} is one name; give a list of names")
    if len(set(made.columns)) < len(made.columns):
        raise ConfigError(f"columns names one twice: {', '.join(made.columns)}")
    if unknown := [name for name in made.columns if name not in VIEWS and name not in OUTCOME]:
        raise ConfigError(f"columns: there is no {', '.join(unknown)}; there are {', '.join((*VIEWS, *OUTCOME))}")
    if made.timeout is not None and not made.timeout > 0:
        raise ConfigError(f"timeout={made.timeout} means nothing; give seconds, more than 0")
    return made


def make_table_config(options: Mapping[str, Any]) -> Config:
    """Checks fields of `cleanpage.Config` by name; without ``max_bytes`` it is MAX_BYTES.

    Raises:
        ConfigError: An option is unknown or means nothing.
    """
    from cleanpage.api import Cleaner, make_config

    return Cleaner(make_config(None, {"max_bytes": MAX_BYTES, **options})).config


def columns_handed_on(names: Sequence[str], options: TableOptions) -> list[str]:
    """The columns of a table that stay in it: all but those with pages.

    Args:
        names: The names of the table's columns.
        options: What is wanted.

    Raises:
        ConfigError: There is no column with pages, or a new one would have the name of one that stays.
    """
    sources = (options.html, options.dump)
    if not any(name in names for name in sources):
        raise ConfigError(
            f"no column is named {' or '.join(sources)}; say with html= or dump= which of these has pages: "
            f"{', '.join(map(str, names))}"
        )
    handed_on = [name for name in names if name not in sources]
    if both := sorted({options.prefix + name for name in options.columns} & set(handed_on)):
        raise ConfigError(f"the columns {', '.join(both)} are there already: leave them out, or give a prefix=")
    return handed_on


def clean_rows(pages: Iterable[Given], options: TableOptions, workers: int = 1) -> Generator[dict[str, Any]]:
    """Cleans the pages of a table.

    Args:
        pages: The pages; few are read ahead.
        options: What is wanted of them.
        workers: Processes that clean; 1 without a timeout cleans in this process.

    Yields:
        A row a page, in order: the wanted columns by name, without the prefix. Nothing is raised for a page.

    Raises:
        ConfigError: ``workers`` means nothing, or processes are asked for where none can be started.
    """
    if workers < 1:
        raise ConfigError(f"workers={workers} means nothing; give 1 or more")
    clean = partial(clean_page, tuple(options.columns))
    if workers == 1 and options.timeout is None:
        yield from (clean(options.config, index, page) for index, page in enumerate(pages))
        return
    _check_may_start_processes()
    work = Work(options.config, clean, _as_it_is, options.timeout)
    with closing(in_processes(work, pages, workers)) as results:
        for result in results:
            yield _row(options.columns, result, {}) if isinstance(result, Result) else result


@lru_cache(maxsize=8)
def cleaner_of(config: Config) -> Cleaner:
    """The Cleaner of an engine's worker: made once, whatever number of batches comes."""
    from cleanpage.api import Cleaner

    return Cleaner(config)


def clean_page(columns: tuple[str, ...], config: Config, index: int, page: Given) -> dict[str, Any]:
    """Cleans a page.

    Args:
        columns: The wanted columns.
        config: The options of the Cleaner.
        index: Place of the page among others.
        page: The page.

    Returns:
        The columns by name, without a prefix. Nothing is raised for a page.
    """
    values: dict[str, Any] = {}

    def read() -> Document:
        if page.content is None:
            raise InputError("the row has no page: its cells for HTML and text are null")
        cleaner = cleaner_of(config)
        document = cleaner.clean_text(page.content) if page.is_dump else cleaner.clean(page.content, page.url or None)
        values.update({name: VIEWS[name](document) for name in columns if name in VIEWS})
        return document

    return _row(columns, attempt(index, read), values)


def _row(columns: Iterable[str], result: Result, values: Mapping[str, Any]) -> dict[str, Any]:
    outcome = {"status": result.status, "error": encodable(result.error)}
    return {name: outcome[name] if name in outcome else values.get(name) for name in columns}


def _as_it_is(page: Given, _max_bytes: int) -> Given:
    return page


def _check_may_start_processes() -> None:
    import multiprocessing

    if multiprocessing.current_process().daemon:
        raise ConfigError(
            "timeout and workers start processes, which a daemonic process may not, such as a worker of Dask's; leave "
            "them out, and limit pages with max_bytes"
        )
