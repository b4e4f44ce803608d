"""Packed files, .gz and .zst: read as they come, written in parts that a later run can go on with."""

from __future__ import annotations

import gzip
import os
import sys
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import click

from cleanpage.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import IO

GZIP: Final = ".gz"
ZSTD: Final = ".zst"
PACKED: Final = (GZIP, ZSTD)

MAX_WINDOW_LOG: Final = 31
"""Binary logarithm of the window that a .zst file may ask for: what `zstd --ultra --long=31` writes, as some corpora
are packed; more memory is taken only as the file is read."""

GZIP_BITS: Final = 31
"""How zlib is told to read a gzip header."""

READ_BYTES: Final = 1 << 20
"""Bytes of a packed file that are read at once."""

NO_ZSTD: Final = ".zst files are read and written by backports.zstd: install cleanpage[batch]"


def packing_of(name: str) -> str:
    """The suffix that says how a file is packed, '' if it is not."""
    return next((suffix for suffix in PACKED if name.lower().endswith(suffix)), "")


def zstandard() -> Any:
    """The module that packs with Zstandard.

    Raises:
        InputError: It is not installed.
    """
    try:
        if sys.version_info >= (3, 14):
            from compression import zstd
        else:
            from backports import zstd
    except ImportError as error:
        raise InputError(NO_ZSTD) from error
    return zstd


def unpack_errors() -> tuple[type[Exception], ...]:
    """What unpacking raises."""
    modules = filter(None, map(sys.modules.get, ("backports.zstd", "compression.zstd")))
    return (EOFError, zlib.error, *(module.ZstdError for module in modules))


def read_errors() -> tuple[type[Exception], ...]:
    """What reading a file raises, packed or not."""
    return (OSError, *unpack_errors())


@contextmanager
def open_file(name: str) -> Iterator[tuple[IO[Any], IO[Any]]]:
    """Opens a file for reading bytes, as it is and unpacked.

    Raises:
        InputError: What unpacks it is not installed.
    """
    with click.open_file(name, "rb") as file, _unpacked(file, packing_of(name)) as content:
        yield file, content


def _unpacked(file: IO[Any], packing: str) -> IO[Any]:
    content = file
    if packing == GZIP:
        content = gzip.open(file, "rb")  # noqa: SIM115 - closed by whoever asked for it
    elif packing == ZSTD:
        zstd = zstandard()
        content = zstd.open(file, options={zstd.DecompressionParameter.window_log_max: MAX_WINDOW_LOG})
    return content


def share_read(file: IO[Any]) -> float:
    """How much of an open file was read, 0..1; 0 of a pipe."""
    size = os.fstat(file.fileno()).st_size
    return file.tell() / size if size else 0.0


def create_file(path: Path, packing: str) -> IO[str]:
    """Creates a file for text, packed as told; it must not be there.

    Raises:
        InputError: What packs it is not installed.
    """
    if packing == GZIP:
        return gzip.open(path, "xt", encoding="utf-8", newline="\n")
    if packing == ZSTD:
        file: IO[str] = zstandard().open(path, "xt", encoding="utf-8", newline="\n")
        return file
    return path.open("x", encoding="utf-8", newline="\n")


def pack(content: bytes, packing: str) -> bytes:
    """Packs bytes as a part that stands for itself: parts one after the other are a file."""
    if packing == GZIP:
        return gzip.compress(content, mtime=0)
    packed: bytes = zstandard().compress(content) if packing == ZSTD else content
    return packed


def whole_parts(file: IO[bytes], packing: str) -> Iterator[tuple[int, bytes]]:
    """The parts of a file that was being written: those that `pack` made, or lines; an unfinished one is left out.

    Args:
        file: Open for reading, at its beginning.
        packing: How it is packed.

    Yields:
        Where the part ends in the file, and its content.

    Raises:
        InputError: The file is not packed so.
    """
    if not packing:
        end = 0
        for line in file:
            if not line.endswith(b"\n"):
                return
            end += len(line)
            yield end, line
        return
    rest = b""
    while True:
        unpacker = zlib.decompressobj(GZIP_BITS) if packing == GZIP else zstandard().ZstdDecompressor()
        pieces = []
        while not unpacker.eof:
            packed, rest = rest or file.read(READ_BYTES), b""
            if not packed:
                return
            try:
                pieces.append(unpacker.decompress(packed))
            except unpack_errors() as error:
                raise InputError("is not packed as its name says") from error
        rest = unpacker.unused_data
        yield file.tell() - len(rest), b"".join(pieces)
