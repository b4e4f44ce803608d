"""WARC files → pages: the HTML that servers answered with, and when it was fetched."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cleanpage.batch import Portable
from cleanpage.command.inputs import Input, input_error
from cleanpage.command.packing import read_errors, share_read
from cleanpage.errors import InputError, PageTooLarge

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedReader

    from fastwarc.warc import WarcRecord

HTML_TYPES: Final = frozenset(("text/html", "application/xhtml+xml"))
SUCCESS: Final = range(200, 300)
"""Status codes of answers that are the page asked for, not a redirection or an error."""

GZIP_START: Final = b"\x1f\x8b"

NO_READER: Final = "WARC files are read by fastwarc: install cleanpage[batch]"


def read_warc(name: str, place: str, max_bytes: int) -> Iterator[Input]:
    """The pages of a WARC file, packed with gzip or not.

    Args:
        name: The file.
        place: Its path below a folder of outputs.
        max_bytes: Largest page that is read.

    Yields:
        A page for each response with HTML, called by the offset of its record, and by its number there where a file
        was packed as a whole; an error in place of what cannot be read.
    """
    try:
        import fastwarc.warc  # noqa: F401 - asked for before the file is
    except ImportError:
        yield Input(name, place, InputError(NO_READER))
        return
    offset, number = 0, 0
    try:
        with Path(name).open("rb") as file:
            for start, record in _responses(file):
                number = number + 1 if start == offset else 1
                offset = start
                mark = f"{offset}.{number}" if number > 1 else str(offset)
                if _is_page(record):
                    page = _input(record, f"{name}:{mark}", f"{place}/{mark}", max_bytes)
                    yield replace(page, share=share_read(file))
    except read_errors() as error:
        yield Input(f"{name}:{offset}+", f"{place}/{offset}+", input_error(error))


def _responses(file: BufferedReader) -> Iterator[tuple[int, WarcRecord]]:
    """The responses in a file, each with the offset of its record, or of the gzip member that it is in.

    To fastwarc a member that holds nothing is the end of the file; it is then asked to go on behind it.
    """
    from fastwarc import GzipReader
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    file.seek(0)  # raises where it is a pipe, at which fastwarc panics
    read = partial(ArchiveIterator, record_types=WarcRecordType.response, auto_decode="all", fsspec_args=False)
    if not file.peek(len(GZIP_START)).startswith(GZIP_START):
        yield from ((record.stream_pos, record) for record in read(file))
        return
    unpacked = GzipReader(file)
    before = -1
    while (place := unpacked.inner_tell()) > before:
        before = place
        yield from ((unpacked.frame_start_position() or 0, record) for record in read(unpacked))


def _is_page(record: WarcRecord) -> bool:
    head = record.http_headers
    return head is not None and head.status_code in SUCCESS and record.http_content_type in HTML_TYPES


def _input(record: WarcRecord, name: str, place: str, max_bytes: int) -> Input:
    url, date = record.headers.get("WARC-Target-URI") or "", record.headers.get("WARC-Date") or ""
    body = record.reader.read(max_bytes + 1)
    if len(body) > max_bytes:
        too_large = PageTooLarge(f"is over {max_bytes:,} bytes, the most that is read")
        return Input(name, place, too_large, url=url, date=date)
    if len(body) < record.content_length and not _is_encoded(record):
        return Input(name, place, InputError("the file breaks off in this record; get it anew"), url=url, date=date)
    page = Portable(body, charset_encoding=record.http_charset or "", url=url)
    return Input(name, place, page, is_plain=False, url=url, date=date)


def _is_encoded(record: WarcRecord) -> bool:
    """Whether the body was decoded, so that the length of its record says nothing."""
    head = record.http_headers
    return head is not None and any(head.get(name) for name in ("Content-Encoding", "Transfer-Encoding"))
