"""Files of JSON lines → pages: a page a line, in the field html or text, with url and id if it has them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from cleanpage.command.inputs import READ_ERRORS, Input, input_error, open_file
from cleanpage.errors import CleanpageError, InputError, PageTooLarge

if TYPE_CHECKING:
    from collections.abc import Iterator
    from gzip import GzipFile
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
        with open_file(name) as file:
            for number, line in enumerate(_lines(file, max_bytes), 1):
                if line is None or line.strip():
                    yield _row(line, f"{name}:{number}", f"{place}/{number}", max_bytes)
    except READ_ERRORS as error:
        yield Input(f"{name}:{number + 1}", f"{place}/{number + 1}", input_error(error))


def _lines(file: IO[Any] | GzipFile, max_bytes: int) -> Iterator[bytes | None]:
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
        return Input(name, place, PageTooLarge(f"is over {max_bytes:,} bytes, the most that is read; split it"))
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return Input(name, place, InputError("the line is no JSON; give one object a line, in UTF-8"))
    fields: dict[str, Any] = row if isinstance(row, dict) else {}
    field = "html" if fields.get("html") is not None else "text"
    content: str | CleanpageError = fields.get(field, "")
    if not isinstance(content, str) or field not in fields:
        content = InputError("the line has no page: give an object with a string in html or text")
    url = fields.get("url")
    return Input(name, place, content, field == "text", url if isinstance(url, str) else "", fields.get("id"))
