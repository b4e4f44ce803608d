"""The names that the command was given → the pages behind them; a page → its content."""

from __future__ import annotations

import glob
import os
import re
import sys
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlsplit

from cleanpage.command.options import PARQUET, STANDARD, is_folder
from cleanpage.command.packing import PACKED, open_file, read_errors
from cleanpage.errors import CleanpageError, InputError, PageTooLarge

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from cleanpage.batch import Portable
    from cleanpage.command.options import Options
    from cleanpage.fetch import Fetched

PAGE_SUFFIXES: Final = (".html", ".htm", ".xhtml")
TEXT_SUFFIXES: Final = (".txt",)
ROWS: Final = ".jsonl"
WARC: Final = ".warc"
MANY_SUFFIXES: Final = (ROWS, WARC, PARQUET)
"""Suffixes of files that hold any number of pages."""

READ_SUFFIXES: Final = PAGE_SUFFIXES + TEXT_SUFFIXES + MANY_SUFFIXES

MAX_PLACE_CHARS: Final = 150
"""Characters of a file's name that is made from an address: file systems take 255 bytes, with the suffix."""

PAGE_START: Final = re.compile(rb"\s*<|.*<(?:!doctype|html)\b", re.IGNORECASE | re.DOTALL)
SNIFFED_BYTES: Final = 4096
"""Bytes of an input without a telling name that are searched for markup."""

UNSEEN_BYTES: Final = re.compile(rb"^\xef\xbb\xbf|^\xff\xfe|^\xfe\xff|\x00")
"""Byte order marks, and the NUL bytes that UTF-16 puts beside ASCII."""


@dataclass(frozen=True, slots=True)
class Input:
    """One page to read.

    Attributes:
        name: What it is called in the output: its file, its address, or the file that holds it and where.
        place: Its path below a folder of outputs, without the suffix of the output.
        content: The page, or why there is none; None where it is read by its name.
        is_plain: Whether it is plain text; None if that is not known.
        url: Where it is from, '' if not known.
        identifier: The id that its row has; None without.
        date: When it was fetched, '' if not known.
        is_reported: Whether a report on it is written, where there is one on all pages.
        share: How much of the file that holds it was read with it, 0..1.
    """

    name: str
    place: str = ""
    content: str | bytes | Portable | CleanpageError | None = None
    is_plain: bool | None = None
    url: str = ""
    identifier: Any = None
    date: str = ""
    is_reported: bool = False
    share: float = 1.0


def is_url(name: str) -> bool:
    """Whether an input is fetched."""
    return name.lower().startswith(("https://", "http://"))


def is_pattern(name: str) -> bool:
    """Whether a name stands for the files that match it: there is none with this very name."""
    return glob.has_magic(name) and not is_url(name) and not os.path.lexists(name)


def is_many(name: str) -> bool:
    """Whether an input is a file that holds any number of pages."""
    return not is_url(name) and suffix_of(name) in MANY_SUFFIXES


def is_several(name: str) -> bool:
    """Whether a name may stand for any number of pages."""
    return is_folder(name) or is_pattern(name) or is_many(name)


def suffix_of(name: str) -> str:
    """The suffix that tells what a file holds, in lower case: that before .gz or .zst."""
    path = PurePath((urlsplit(name).path if is_url(name) else name).lower())
    return path.with_suffix("").suffix if path.suffix in PACKED else path.suffix


def expand(names: Iterable[str], written: Collection[Path] = ()) -> list[str]:
    """The files and addresses behind the names, in order.

    Args:
        names: Files, folders, patterns, addresses.
        written: Files and folders that the command writes: those in a folder are not read.

    Returns:
        A folder or pattern without a page stays as it is, and fails when it is read.
    """
    found: list[str] = []
    for name in names:
        files = [name]
        if is_folder(name):
            files = [file for file in _pages_in(name) if not _is_within(file, written)]
        elif is_pattern(name):
            matches = glob.glob(name, recursive=True)  # noqa: PTH207 - that of pathlib takes no absolute patterns
            files = sorted(file for file in matches if not is_folder(file))
        found.extend(files or [name])
    return found


def _pages_in(folder: str) -> list[str]:
    """The pages in a folder and in those in it, sorted; folders that cannot be read among them."""
    unread: list[OSError] = []
    found = [
        str(Path(place, file))
        for place, _, files in os.walk(folder, onerror=unread.append)
        for file in files
        if suffix_of(file) in READ_SUFFIXES
    ]
    return sorted(found + [str(error.filename) for error in unread])


def _is_within(file: str, written: Collection[Path]) -> bool:
    path = Path(os.path.realpath(file)) if written else Path()
    return any(path.is_relative_to(other) for other in written)


def common_folder(names: Iterable[str]) -> str:
    """The innermost folder that all files behind the names are in; a single folder is its own.

    Raises:
        InputError: They are on several drives.
    """
    folders = [_fixed_folder(name) for name in names if name != STANDARD and not is_url(name)]
    try:
        return os.path.commonpath(folders) if folders else ""
    except ValueError as error:
        raise InputError("the inputs are on several drives; clean those of one drive at a time") from error


def _fixed_folder(name: str) -> str:
    path = Path(os.path.abspath(name))  # noqa: PTH100 - a link is a file under the name that was given
    if is_folder(name):
        return str(path)
    while is_pattern(name) and glob.has_magic(str(path.parent)):
        path = path.parent
    return str(path.parent)


def place_of(name: str, root: str) -> str:
    """Where a page belongs below a folder of outputs: names and folders as they are below their common folder."""
    if name == STANDARD:
        return "standard-input"
    if not is_url(name):
        return os.path.relpath(name, root)
    host, _, path = name.partition("://")[2].partition("/")
    place = quote(path, safe="") or "index"
    if len(place) > MAX_PLACE_CHARS:
        place = f"{place[:MAX_PLACE_CHARS]}-{sha256(name.encode(errors='replace')).hexdigest()[:16]}"
    return f"{quote(host, safe='')}/{place}"


def content_of(page: Input, max_bytes: int, *, allow_local: bool = False) -> str | bytes | Portable | Fetched:
    """The content of a page.

    Args:
        page: The page.
        max_bytes: Largest file that is read, bytes.
        allow_local: Whether a URL may lead to this machine or its network.

    Raises:
        InputError: There is none.
        PageTooLarge: It is over ``max_bytes``.
        FetchError: It cannot be fetched.
    """
    if isinstance(page.content, CleanpageError):
        raise page.content
    if page.content is not None:
        return page.content
    if is_url(page.name):
        from cleanpage.fetch import fetch

        return fetch(page.name, allow_local=allow_local)
    return _read(page.name, max_bytes)


def _read(name: str, max_bytes: int) -> bytes:
    if name == STANDARD and sys.stdin is None:
        raise InputError("is closed; pipe the page in, or give its file")
    try:
        if is_folder(name):
            os.scandir(name).close()
            raise InputError(f"the folder holds no {', '.join(READ_SUFFIXES)} file; name its files")
        with open_file(name) as (_, file):
            content: bytes = file.read(max_bytes + 1)
    except read_errors() as error:
        raise input_error(error) from error
    if len(content) > max_bytes:
        raise PageTooLarge(f"is over {max_bytes:,} bytes, the most that is read; split it")
    return content


def input_error(error: Exception) -> InputError:
    """What could not be read, in words for whoever gave it."""
    if isinstance(error, FileNotFoundError):
        return InputError("there is no such file; an address begins with https:// or http://")
    why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return InputError(f"cannot be read ({why}); save it where it can be, or choose another")


def is_plain(page: Input, content: str | bytes | Portable | Fetched, options: Options) -> bool:
    """Whether a page is plain text: as the user says, else as its row or its name does, else by how it begins."""
    if options.plain is not None:
        return options.plain
    if page.is_plain is not None:
        return page.is_plain
    return seems_plain(page.name, content if isinstance(content, str | bytes) else content.content)


def seems_plain(name: str, body: str | bytes) -> bool:
    """Whether a page is plain text, by its name; if that does not tell, by how it begins."""
    suffix = suffix_of(name)
    if suffix in PAGE_SUFFIXES + TEXT_SUFFIXES:
        return suffix in TEXT_SUFFIXES
    head = body[:SNIFFED_BYTES] if isinstance(body, bytes) else body[:SNIFFED_BYTES].encode(errors="replace")
    return PAGE_START.match(UNSEEN_BYTES.sub(b"", head)) is None
