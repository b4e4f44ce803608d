"""Whatever a caller has → the page's text and tree.

What is a page, and what is not:

- bytes, bytearray, memoryview; str (the page itself, never a file name); pathlib.Path (its file is read);
- an lxml element or tree, left untouched: the element given is the page, its tail is not part of it;
- a BeautifulSoup object or tag;
- an object with ``content``, ``body``, ``data`` or ``read()``: responses of requests, httpx, Scrapy, urllib and
  trafilatura, files. The charset of its header and its ``url`` are used.

None, numbers, lists and other objects raise InputError, as do files that cannot be read and responses not awaited.
What can be read but holds no page gives a Source without a tree, and a warning that says why: ``empty`` (nothing,
white space, only comments) or ``not_html`` (PDF, image, archive, compressed bytes, JSON, RSS or Atom feed...). One bad
file among thousands is a fact about the data; a wrong type is a mistake in the program.
"""

from __future__ import annotations

import inspect
import json
import os
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cleanpage.charsets import codec_of
from cleanpage.decode import decode, decode_page, readable
from cleanpage.errors import InputError, PageTooLarge
from cleanpage.parse import DEFAULT_LIMITS, is_lxml, parse_page, root_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml import etree

    from cleanpage.config import Config

TAKEN: Final = "bytes, str, pathlib.Path, an lxml element or tree, a BeautifulSoup object, a response or a file"
CONTENTS: Final = ("content", "body", "data")
"""Attributes that hold what a response brought: requests and httpx; Scrapy; urllib3 and trafilatura."""

PRESET_CODECS: Final = frozenset(("", "utf-8", "cp1252"))
"""What ``response.encoding`` says if nobody knew: requests presets ISO-8859-1, httpx UTF-8, Scrapy Windows-1252."""

CHARSET: Final = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:+-]+)", re.IGNORECASE)

TEXT_FIRST: Final = "extract its text first and give that to clean_text()"
UNPACK: Final = "unpack it first and give each page in it to clean()"
DECOMPRESS: Final = "decompress it first, with "
NO_TEXT: Final = "cleanpage reads HTML and plain text only"
BINARY: Final = tuple(
    (re.compile(start, re.DOTALL), name, cure)
    for start, name, cure in (
        (rb"%PDF-", "a PDF", TEXT_FIRST),
        (rb"%!PS-", "a PostScript file", TEXT_FIRST),
        (rb"\{\\rtf1", "an RTF document", TEXT_FIRST),
        (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office document", TEXT_FIRST),
        (rb"PK\x03\x04", "a ZIP archive (as Office documents and e-books are)", UNPACK),
        (rb"7z\xbc\xaf\x27\x1c", "a 7z archive", UNPACK),
        (rb"Rar!\x1a\x07", "a RAR archive", UNPACK),
        (
            rb"WARC/\d",
            "a WARC archive",
            "give the file to the cleanpage command, or the body of each record to clean()",
        ),
        (rb"From: <Saved by ", "an MHTML archive", UNPACK),
        (rb"\x1f\x8b", "gzip-compressed", f"{DECOMPRESS}gzip.decompress()"),
        (rb"BZh[1-9]1AY&SY", "bzip2-compressed", f"{DECOMPRESS}bz2.decompress()"),
        (rb"\xfd7zXZ\x00", "xz-compressed", f"{DECOMPRESS}lzma.decompress()"),
        (rb"\x28\xb5\x2f\xfd", "zstd-compressed", f"{DECOMPRESS}the zstandard package"),
        (rb"\x89PNG\r\n\x1a\n", "a PNG image", NO_TEXT),
        (rb"\xff\xd8\xff", "a JPEG image", NO_TEXT),
        (rb"GIF8[79]a", "a GIF image", NO_TEXT),
        (rb"RIFF....(?:WEBP|WAVE|AVI )", "an image, sound or film", NO_TEXT),
        (rb"II\*\x00|MM\x00\*", "a TIFF image", NO_TEXT),
        (rb"\x00\x00\x01\x00", "an icon", NO_TEXT),
        (rb"ID3[\x02-\x04]|OggS\x00", "a sound or film", NO_TEXT),
        (rb"\x1aE\xdf\xa3|....ftyp", "a film or image", NO_TEXT),
        (rb"wOF[F2](?:\x00\x01\x00\x00|OTTO|true)", "a font", NO_TEXT),
        (rb"\x7fELF", "a program", NO_TEXT),
        (rb"SQLite format 3\x00", "a database", NO_TEXT),
        (rb"PAR1[\x00-\x1f]", "a Parquet file", "give the file to the cleanpage command"),
    )
)
"""How files that are no page begin (https://mimesniff.spec.whatwg.org and the formats' own definitions)."""

ANY_BINARY: Final = re.compile(b"|".join(start.pattern for start, _, _ in BINARY), re.DOTALL)
"""All of them at once: nearly every input begins in none of these ways."""

SNIFFED_LENGTH: Final = 4096
"""Characters of a text that are looked at to tell what it is."""

CONTROLS: Final = bytes(code for code in range(1, 32) if code not in b"\t\n\f\r\x1b")
"""What no text has (the same standard calls them binary data bytes)."""

MAX_CONTROL_SHARE: Final = 0.05
"""Share of control characters above which bytes are no text. Random bytes have 0.10; of 2,119 pages of the benchmark
one has 0.017 in its first 1,024, the others none."""

PROLOGUE: Final = r"\s*+(?:<\?[^>]*+>\s*+|<!--(?:[^-]|-(?!->))*+-->\s*+|<!DOCTYPE[^>]*+>\s*+)*+"
FEED: Final = re.compile(rf"{PROLOGUE}<(rss|feed|rdf:RDF|urlset|sitemapindex|opml)\b", re.IGNORECASE)
FEED_NAMES: Final = {"rss": "an RSS feed", "rdf:rdf": "an RSS feed", "feed": "an Atom feed", "opml": "a list of feeds"}
JSON_START: Final = re.compile(r"\s*+[{\[]")
SVG: Final = re.compile(rf"{PROLOGUE}<svg\b", re.IGNORECASE)


@dataclass(slots=True)
class Source:
    """A page as it was read.

    Attributes:
        utf8: The decoded page, without what its limits took out; parsing it gives the same tree. Empty if the input was
            an lxml tree or no page, or if the tree lost what the page still has.
        root: The root of the page's tree; None when there is nothing to read in it.
        url: Where the page is from; '' if not known.
        warnings: ``code: explanation`` each.
    """

    utf8: bytes = b""
    root: etree._Element | None = None
    url: str = ""
    warnings: list[str] = field(default_factory=list)


def read_page(page: object, *, url: str | None = None, limits: Config = DEFAULT_LIMITS) -> Source:
    """Reads a web page from whatever holds it.

    Args:
        page: See the head of this module.
        url: Where the page is from; None takes the ``url`` of a response.
        limits: Its limits are heeded: ``max_bytes`` (characters of a str), and those that `parse_page` heeds.

    Returns:
        The page's text and tree. Without a tree, ``warnings`` says why.

    Raises:
        InputError: The input is none of the above, or it cannot be read.
        PageTooLarge: The page is over ``max_bytes``.
    """
    if is_lxml(page):
        return _of_tree(page, url or "")
    content, charset, own_url = content_of(page, limits.max_bytes)
    source = Source(url=own_url if url is None else url)
    reason = _what_else(content)
    if not reason:
        utf8 = decode_page(content, charset=charset) if isinstance(content, bytes) else readable(content).encode()
        head = _head_of(utf8)
        reason = _what_noise(head) or _what_other_text(head, utf8)
    if reason:
        source.warnings.append(reason)
        return source
    source.root, source.utf8, warnings = parse_page(utf8, limits)
    source.warnings += warnings
    if source.root is None:
        source.utf8 = b""
        source.warnings.append("empty: the page holds comments and declarations, but no element and no text")
        return source
    if b"<" not in utf8:
        source.warnings.append("no_markup: the page has no tag; as plain text, clean_text() keeps its lines apart")
    return source


def read_text(dump: object, *, max_bytes: int = 100_000_000) -> str:
    """Reads a plain-text page dump from whatever holds it.

    Args:
        dump: str (returned as it is, so that offsets hold), or what `read_page` takes except trees and soups.
        max_bytes: Largest dump read, bytes (characters of a str).

    Returns:
        The text, '' if there is none.

    Raises:
        InputError: The input is none of these, cannot be read, or is no text.
        PageTooLarge: The dump is over ``max_bytes``.
    """
    if is_lxml(dump) or _is_soup(dump):
        raise InputError(f"{_name(dump)} has markup, which clean_text() would lose: use clean()")
    content, charset, _ = content_of(dump, max_bytes)
    if isinstance(content, str):
        return content
    reason = _what_else(content)
    text = decode(content, charset=charset)
    if not reason.startswith("empty:") and (reason := reason or _what_noise(text)):
        raise InputError(f"clean_text() takes text: {reason.partition(': ')[2]}")
    return text


def _of_tree(page: object, url: str) -> Source:
    root = root_of(page)
    if root is not None:
        return Source(root=root, url=url)
    if hasattr(page, "getroot"):
        return Source(url=url, warnings=["empty: the lxml tree has no root element"])
    raise InputError(f"{_name(page)} is a comment or processing instruction of lxml's, not an element: give its parent")


def content_of(page: object, max_bytes: int) -> tuple[bytes | str, str, str]:
    """What an input holds, and the charset and URL that it says it has."""
    charset = url = ""
    content: object = page
    if _is_soup(page):
        content = str(page)
    elif isinstance(page, os.PathLike):
        content = _read_file(page, max_bytes)
    elif not isinstance(page, (str, bytes, bytearray, memoryview)):
        content, charset, url = _read_response(page, max_bytes)
    if isinstance(content, (bytearray, memoryview)):
        content = bytes(content)
    if not isinstance(content, (bytes, str)):
        raise _wrong_type(page)
    if len(content) > max_bytes:
        raise PageTooLarge(f"{_name(page)} is over max_bytes, {max_bytes:,} bytes: raise Config.max_bytes, or split it")
    return content, charset, url


def _is_soup(page: object) -> bool:
    """Whether an object is a tag of BeautifulSoup's; it cannot be if nobody imported bs4."""
    bs4 = sys.modules.get("bs4")
    return bs4 is not None and isinstance(page, bs4.Tag)


def _read_file(path: os.PathLike[Any], max_bytes: int) -> bytes:
    try:
        with Path(os.fsdecode(path)).open("rb") as file:
            return file.read(max_bytes + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise InputError(f"{os.fspath(path)!r} cannot be read: {error}; give the path of a page's file") from error


def _read_response(page: object, max_bytes: int) -> tuple[object, str, str]:
    """What a response or file brings (None if it is neither), its charset and its URL."""
    try:
        content = next((found for name in CONTENTS if _is_content(found := getattr(page, name, None))), None)
        read = getattr(page, "read", None)
        if content is None and callable(read):
            content = _read_all(read, max_bytes)
        return content, _charset_of(page), str(getattr(page, "url", None) or "")
    except InputError:
        raise
    except Exception as error:  # a caller's object may raise anything: closed files, broken connections
        raise InputError(f"{_name(page)} cannot be read: {error}; give its bytes") from error


def _is_content(found: object) -> bool:
    return isinstance(found, (bytes, bytearray, str))


def _read_all(read: Callable[..., Any], max_bytes: int) -> object:
    """Reads to the end, or just over the limit: one call may bring less than it was asked for."""
    try:
        piece = read(max_bytes + 1)
    except TypeError:  # a read() that takes no size
        piece, max_bytes = read(), 0
    if inspect.isawaitable(piece):
        if inspect.iscoroutine(piece):
            piece.close()
        raise InputError("the response's read() is asynchronous: await it, and give clean() what it returns")
    if not _is_content(piece):
        return None
    pieces = [piece]
    length = len(piece)
    while piece and length <= max_bytes:
        piece = read(max_bytes + 1 - length)
        pieces.append(piece)
        length += len(piece)
    return piece[:0].join(pieces)


def _charset_of(page: object) -> str:
    """The charset that a response's user or header gave."""
    encoding = getattr(page, "encoding", None)
    if isinstance(encoding, str) and codec_of(encoding) not in PRESET_CODECS:
        return encoding
    charset = getattr(page, "charset_encoding", None)  # httpx
    if isinstance(charset, str):
        return charset
    get = getattr(getattr(page, "headers", None), "get", None)
    if not callable(get):
        return ""
    content_type = get("content-type") or get("Content-Type") or ""
    return charset_of_header(content_type.decode("latin-1") if isinstance(content_type, bytes) else str(content_type))


def charset_of_header(content_type: str) -> str:
    """The charset label in the value of an HTTP content-type header, '' if it has none."""
    match = CHARSET.search(content_type)
    return match[1] if match else ""


def _what_else(content: bytes | str) -> str:
    """A warning if the input is empty or a file of another kind, else ''."""
    if not content or content.isspace():
        return "empty: the page holds nothing, or only white space (a file or stream can be read only once)"
    head = content[:32] if isinstance(content, bytes) else content[:32].encode("latin-1", "replace")
    if not ANY_BINARY.match(head):
        return ""
    name, cure = next((name, cure) for start, name, cure in BINARY if start.match(head))
    return f"not_html: the input is {name}; {cure}"


def _head_of(utf8: bytes) -> str:
    """The first characters of a page, by which it is told what it is."""
    return utf8[: 4 * SNIFFED_LENGTH].decode("utf-8", "ignore")[:SNIFFED_LENGTH]  # 4 bytes are the longest character


def _what_noise(text: str) -> str:
    """A warning if what was decoded is no text, else ''."""
    head = text[:SNIFFED_LENGTH]
    encoded = head.encode("utf-8", "surrogatepass")  # in which no other character has a byte of those
    if len(encoded) - len(encoded.translate(None, CONTROLS)) <= MAX_CONTROL_SHARE * len(head):
        return ""
    return f"not_html: the input is binary data of an unknown kind; {NO_TEXT}"


def _what_other_text(head: str, utf8: bytes) -> str:
    """A warning if what was decoded, which starts with a head, is no page, else ''."""
    if match := FEED.match(head):
        name = FEED_NAMES.get(match[1].lower(), "a site map")
        return f"not_html: the input is {name}; give clean() the pages that it links to"
    if SVG.match(head) and utf8.decode().rstrip().endswith("</svg>"):
        return f"not_html: the input is an SVG image; {NO_TEXT}"
    if (JSON_START.match(head) or head.isspace()) and _is_json(utf8.decode()):
        return "not_html: the input is JSON; give clean() the field that holds the page"
    return ""


def _is_json(text: str) -> bool:
    """Whether a text is a JSON object or array, or lines of them."""
    if not JSON_START.match(text):
        return False
    start = text.lstrip()
    try:
        _, end = json.JSONDecoder().raw_decode(start)
    except (ValueError, RecursionError):
        return False
    return not start[end:].strip() or (start[0] == "{" and start[end:].lstrip(" \t\r").startswith("\n"))


def _name(page: object) -> str:
    """What to call an input in an error."""
    for attribute in ("url", "name"):
        value = getattr(page, attribute, None)
        if isinstance(value, str) and value:
            return f"{type(page).__name__} {value!r}"
    return f"{os.fspath(page)!r}" if isinstance(page, os.PathLike) else f"an input of type {type(page).__name__}"


def _wrong_type(page: object) -> InputError:
    if page is None:
        return InputError(f"the page is None: check what should have brought it. clean() takes {TAKEN}")
    if isinstance(page, (list, tuple, set, dict)):
        return InputError(f"{_name(page)} is not one page: clean_many() takes several. clean() takes {TAKEN}")
    return InputError(f"{_name(page)} is not a page: clean() takes {TAKEN}")
