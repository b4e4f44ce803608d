"""Files of JSON lines → pages: a page a line, in the field html or text, with url and id if it has them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from cleanpage.batch import portable_of
from cleanpage.command.inputs import Input, input_error
from cleanpage.command.packing import open_file, read_errors, share_read
from cleanpage.errors import InputError, PageTooLarge

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

SKIPPED_BYTES: Final = 1 << 20
"""Bytes of a line that is too long which are read at once, to be passed over."""


def read_rows(name: str, place: str, max_bytes: int) -> Iterator[Input]:
    """The pages of a file.

    Args:
        name: The file.
        place: Its path below a folder of outputs.
        max_bytes: Longest line that is read.

    Yields:
        A page a line that is not empty; one that cannot be read is a page with an error for content, as is the rest of
        a file that breaks off.
    """
    number = 0
    try:
        with open_file(name) as (packed, file):
            for number, line in enumerate(_lines(file, max_bytes), 1):
                if line is None or line.strip():
                    page = _row(line, f"{name}:{number}", f"{place}/{number}", max_bytes)
                    yield replace(page, share=share_read(packed))
    except InputError as error:
        yield Input(name, place, error)
    except read_errors() as error:
        yield Input(f"{name}:{number + 1}", f"{place}/{number + 1}", input_error(error))


def _lines(file: IO[Any], max_bytes: int) -> Iterator[bytes | None]:
    """The lines; None for one that is too long, which is never held as a whole."""
    while line := file.readline(max_bytes + 1):
        if len(line) <= max_bytes or line.endswith(b"\n"):
            yield line
            continue
        while (rest := file.readline(SKIPPED_BYTES)) and not rest.endswith(b"\n"):
            pass
        yield None


def _row(line: bytes | None, name: str, place: str, max_bytes: int) -> Input:
    if line is None:
        return Input(name, place, _too_large(max_bytes))
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return Input(name, place, InputError("the line is no JSON; give one object a line, in UTF-8"))
    return page_of(row if isinstance(row, dict) else {}, name, place, max_bytes)


def page_of(row: dict[str, Any], name: str, place: str, max_bytes: int) -> Input:
    """The page in a row; one with an error for content if there is none, or too large a one."""
    url = row.get("url")
    known = Input(name, place, url=url if isinstance(url, str) else "", identifier=_identifier(row.get("id")))
    try:
        page = portable_of(row)
    except InputError as error:
        return replace(known, content=error)
    is_too_large = len(page.content) > max_bytes
    content = _too_large(max_bytes) if is_too_large else page.content
    return replace(known, content=content, is_plain=page.is_plain)


def _identifier(value: object) -> object:
    """An id as JSON can hold it; NaN, which tables write for none, is none."""
    try:
        json.dumps(value, allow_nan=False)
    except (ValueError, RecursionError):
        return None
    except TypeError:  # a date of a Parquet file
        return str(value)
    return value


def _too_large(max_bytes: int) -> PageTooLarge:
    return PageTooLarge(f"is over {max_bytes:,} bytes, the most that is read; split it")
