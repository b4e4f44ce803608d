"""read_page and read_text: whatever a caller has, or a clear reason why not."""

from __future__ import annotations

import gzip
import io
import json
import struct
import zlib
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from cleanpage.config import Config
from cleanpage.errors import CleanpageError, InputError, PageTooLarge
from cleanpage.inputs import read_page, read_text

if TYPE_CHECKING:
    from pathlib import Path

HTML = "<html><head><title>Brug</title></head><body><p>De brug over de rivier is weer open.</p></body></html>"
RUSSIAN = "<html><body><p>Мост через реку снова открыт.</p></body></html>"
URL = "https://example.org/brug"


def text_in(source: Any) -> str:
    """The text of a source's paragraphs."""
    assert source.root is not None
    return "".join(source.root.xpath("string(//p)"))


class ReadOnly:
    """An object with nothing but read()."""

    def __init__(self, pieces: list[Any]) -> None:
        self.pieces = pieces

    def read(self, _size: int = -1) -> Any:
        """The next piece, however much was asked for."""
        return self.pieces.pop(0) if self.pieces else b""


class NoSize:
    """An object whose read() takes no size."""

    def read(self) -> bytes:
        """All of it."""
        return HTML.encode()


class Awaited:
    """A response whose read() is asynchronous."""

    url = URL

    async def read(self) -> bytes:
        """Never awaited here."""
        return b""


@pytest.mark.parametrize(
    "page",
    [
        HTML,
        HTML.encode(),
        bytearray(HTML.encode()),
        memoryview(HTML.encode()),
        io.BytesIO(HTML.encode()),
        io.StringIO(HTML),
        BeautifulSoup(HTML, "lxml"),
        BeautifulSoup(HTML, "html.parser").body,
        SimpleNamespace(content=HTML.encode()),
        SimpleNamespace(body=HTML.encode()),
        SimpleNamespace(data=HTML.encode()),
        ReadOnly([HTML[:20].encode(), HTML[20:].encode()]),
        NoSize(),
    ],
    ids=lambda page: type(page).__name__,
)
def test_takes(page: object) -> None:
    """Everything that holds a page is read, and its text parses to the same tree."""
    source = read_page(page)
    assert text_in(source) == "De brug over de rivier is weer open."
    assert source.warnings == []
    assert source.url == ""
    again = read_page(source.utf8)
    assert source.root is not None
    assert again.root is not None
    assert etree.tostring(again.root) == etree.tostring(source.root)


def test_path_is_read_and_str_is_not(tmp_path: Path) -> None:
    """A Path is opened; the same name as a str is a (very short) page."""
    path = tmp_path / "brug.html"
    path.write_bytes(HTML.encode())
    assert read_page(path).utf8 == HTML.encode()
    source = read_page(str(path))
    assert source.utf8 == str(path).encode()
    assert [warning.partition(":")[0] for warning in source.warnings] == ["no_markup"]


@pytest.mark.parametrize("name", ["missing.html", ".", "a\0b"])
def test_unreadable_path(tmp_path: Path, name: str) -> None:
    """A file that cannot be read is an error that names it."""
    with pytest.raises(InputError, match="cannot be read"):
        read_page(tmp_path / name)


def test_lxml_is_left_untouched() -> None:
    """An element or tree is the page itself, not a copy, and is not changed."""
    root = etree.fromstring(HTML, etree.HTMLParser())
    before = etree.tostring(root)
    for page in (root, root.getroottree()):
        source = read_page(page, url=URL)
        assert source.root is root
        assert (source.utf8, source.url, source.warnings) == (b"", URL, [])
    assert read_page(root[1]).root is root[1]
    assert etree.tostring(root) == before


def test_xhtml_tree() -> None:
    """A tree with namespaces is taken as it is."""
    root = etree.fromstring('<html xmlns="http://www.w3.org/1999/xhtml"><body><p>één</p></body></html>')
    assert read_page(root).root is root


def test_lxml_that_is_no_page() -> None:
    """A comment is an error, a tree without root an empty page."""
    comment = etree.Comment("c")
    with pytest.raises(InputError, match="comment"):
        read_page(comment)
    source = read_page(etree.ElementTree())
    assert source.root is None
    assert source.warnings[0].startswith("empty:")


@pytest.mark.parametrize(
    "said",
    [
        {"headers": {"Content-Type": "text/html; charset=windows-1251"}},
        {"headers": {"content-type": 'text/html;charset="windows-1251"'}},
        {"headers": {"content-type": b"text/html; charset=windows-1251"}},
        {"headers": {"content-type": "text/html"}, "encoding": "windows-1251"},
        {"headers": {"content-type": "text/html"}, "encoding": "ISO-8859-1", "charset_encoding": "cp1251"},
        {"headers": {"Content-Type": "text/html; charset=cp1251"}, "encoding": "utf-8", "charset_encoding": None},
    ],
)
def test_charset_of_a_response(said: dict[str, Any]) -> None:
    """What the header says outweighs what the page says, and what a library presets is not taken for it."""
    page = RUSSIAN.replace("<body>", "<body><meta charset=koi8-r>")
    source = read_page(SimpleNamespace(content=page.encode("cp1251"), url=URL, **said))
    assert text_in(source) == "Мост через реку снова открыт."
    assert source.url == URL


@pytest.mark.parametrize(
    "headers", [None, {}, {"content-type": None}, [("content-type", "text/html")], SimpleNamespace(get=None)]
)
def test_response_without_charset(headers: Any) -> None:
    """Without a header the page itself is asked."""
    page = RUSSIAN.replace("<body>", "<body><meta charset=koi8-r>")
    source = read_page(SimpleNamespace(content=page.encode("koi8-r"), encoding="ISO-8859-1", headers=headers))
    assert text_in(source) == "Мост через реку снова открыт."


def test_url_argument_wins() -> None:
    """The caller knows better where a page is from."""
    assert read_page(SimpleNamespace(content=HTML, url=URL), url="https://example.org/").url == "https://example.org/"
    assert read_page(SimpleNamespace(content=HTML, url=["odd"])).url == "['odd']"
    assert read_page(BeautifulSoup("<url>x</url><p>y</p>", "lxml")).url == ""


@pytest.mark.parametrize(
    "page",
    [
        None,
        0,
        3.5,
        float("nan"),
        True,
        [HTML],
        (HTML,),
        {"html": HTML},
        object(),
        HTML.split,
        str,
        SimpleNamespace(content=5),
    ],
)
def test_wrong_types(page: object) -> None:
    """What cannot be a page is an error that says what can."""
    with pytest.raises(InputError, match=r"bytes, str, pathlib\.Path"):
        read_page(page)
    with pytest.raises(InputError):
        read_text(page)


def test_async_response() -> None:
    """A response that must be awaited is an error that says so, without a stray warning."""
    with pytest.raises(InputError, match="await"):
        read_page(Awaited())


def test_closed_file() -> None:
    """What a file raises comes as an InputError, with its cause."""
    file = io.BytesIO(HTML.encode())
    file.close()
    with pytest.raises(InputError, match="closed") as caught:
        read_page(file)
    assert isinstance(caught.value.__cause__, ValueError)


@pytest.mark.parametrize(
    "empty",
    ["", b"", "  \n\t", b" \r\n", "\ufeff", b"\xef\xbb\xbf", b"\0\0\0", "<!-- c -->", "<!DOCTYPE html>", io.BytesIO()],
)
def test_empty(empty: Any) -> None:
    """Nothing to read gives no tree, and the warning 'empty'."""
    source = read_page(empty)
    assert source.root is None
    assert source.utf8 == b""
    assert [warning.partition(":")[0] for warning in source.warnings] == ["empty"]


def png() -> bytes:
    """A real, tiny image."""
    chunk = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    header = b"IHDR" + chunk
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", len(chunk)) + header + struct.pack(">I", zlib.crc32(header))


NOT_PAGES = [
    (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "a PDF", "extract its text"),
    (png(), "a PNG image", "HTML and plain text"),
    (b"\xff\xd8\xff\xe0\x00\x10JFIF", "a JPEG image", "HTML and plain text"),
    (b"GIF89a\x01\x00\x01\x00", "a GIF image", "HTML and plain text"),
    (b"\x00\x00\x00\x20ftypisom", "a film", "HTML and plain text"),
    (b"PK\x03\x04\x14\x00", "a ZIP archive", "unpack it"),
    (gzip.compress(HTML.encode()), "gzip-compressed", "gzip.decompress"),
    (b"BZh91AY&SY", "bzip2-compressed", "bz2.decompress"),
    (b"RIFF\x24\0\0\0WAVEfmt ", "sound", "HTML and plain text"),
    (b"WARC/1.0\r\nWARC-Type: warcinfo", "a WARC archive", "cleanpage command"),
    ('{"html": "<p>een</p>"}', "JSON", "field"),
    (b'[{"a": 1}, {"b": [2]}]', "JSON", "field"),
    ('{"a": 1}\n{"b": 2}\n', "JSON", "field"),
    ('<?xml version="1.0"?>\n<!-- c --><rss version="2.0"><channel/></rss>', "an RSS feed", "links to"),
    ('<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title></feed>', "an Atom feed", "links to"),
    ('<?xml version="1.0"?><urlset><url/></urlset>', "a site map", "links to"),
    ('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><text>x</text></svg>', "an SVG image", "HTML"),
    (bytes(range(256)) * 8, "binary data", "HTML and plain text"),
]


@pytest.mark.parametrize(("page", "name", "cure"), NOT_PAGES, ids=[name for _, name, _ in NOT_PAGES])
def test_not_a_page(page: bytes | str, name: str, cure: str) -> None:
    """Files of other kinds give no tree, and a warning that names the kind and the cure."""
    source = read_page(page)
    assert source.root is None
    (warning,) = source.warnings
    assert warning.startswith("not_html: ")
    assert name in warning
    assert cure in warning


@pytest.mark.parametrize(
    "page",
    [
        "{{ template }}<p>Tekst</p>",
        "[1] Een voetnoot <p>Tekst</p>",
        "ID3 en RIFF zijn <b>formaten</b>",
        "PK en GIF ook<br>",
        "<p>%PDF- is hoe een PDF begint</p>",
        "<svg><path d=''/></svg><p>Tekst</p>",
        "<p>Een <rss> in de tekst</p>",
        "<!-- <rss> --><p>Tekst</p>",
        "{}<p>Tekst</p>",
        "[" * 100_000 + "<p>x</p>",
    ],
)
def test_looks_like_but_is_a_page(page: str) -> None:
    """Pages that resemble other files are read."""
    source = read_page(page)
    assert source.root is not None
    assert source.warnings == []


def test_text_without_tags() -> None:
    """Plain text is read as one paragraph, with a hint at clean_text()."""
    source = read_page("De brug is open.\n\nDe weg niet.")
    assert source.root is not None
    assert "".join(map(str, source.root.itertext())) == "De brug is open.\n\nDe weg niet."
    assert source.warnings[0].startswith("no_markup:")


@pytest.mark.parametrize("make", [str, str.encode, io.StringIO, lambda text: SimpleNamespace(content=text.encode())])
def test_too_large(make: Any, tmp_path: Path) -> None:
    """One byte over the limit is an error; at the limit is none."""
    assert read_page(make(HTML), limits=Config(max_bytes=len(HTML))).utf8 == HTML.encode()
    with pytest.raises(PageTooLarge, match="max_bytes"):
        read_page(make(HTML), limits=Config(max_bytes=len(HTML) - 1))
    path = tmp_path / "large.html"
    path.write_text(HTML)
    with pytest.raises(PageTooLarge, match=r"large\.html"):
        read_page(path, limits=Config(max_bytes=len(HTML) - 1))


def test_endless_stream_is_cut_off() -> None:
    """A stream is not read far beyond the limit."""
    endless = SimpleNamespace(read=lambda size: b"x" * min(size, 1000))
    with pytest.raises(PageTooLarge):
        read_page(endless, limits=Config(max_bytes=5000))


def test_surrogates_and_nuls() -> None:
    """A str with NULs and surrogates is read, and its text can be written."""
    source = read_page("<p>a\0b\ud83d\ude00\udc80</p>")
    assert text_in(source) == "ab😀\ufffd"
    source.utf8.decode()


def test_deep_soup() -> None:
    """A BeautifulSoup object of great depth is read."""
    source = read_page(BeautifulSoup("<div>" * 3000 + "<p>diep</p>", "html.parser"))
    assert text_in(source) == "diep"


def test_read_text_keeps_offsets(tmp_path: Path) -> None:
    """A str comes back as it is; bytes, files and responses are decoded."""
    dump = "\ufeffEerste regel\0\n– tweede\n"
    assert read_text(dump) == dump
    assert read_text("Мост\nдорога\n".encode("cp1251") * 5) == "Мост\nдорога\n" * 5
    path = tmp_path / "dump.txt"
    path.write_bytes("één\n".encode())
    assert read_text(path) == "één\n"
    assert (
        read_text(
            SimpleNamespace(content=b"\xe9\xe9n", encoding=None, headers={"content-type": "text/plain; charset=latin1"})
        )
        == "één"
    )
    assert read_text(b"") == ""


@pytest.mark.parametrize("dump", [b"%PDF-1.4", gzip.compress(b"text"), bytes(range(256)) * 8])
def test_read_text_of_other_files(dump: bytes) -> None:
    """There is no document to put a warning in: binary input is an error."""
    with pytest.raises(InputError, match="clean_text\\(\\) takes text: the input is"):
        read_text(dump)


def test_read_text_of_markup_objects() -> None:
    """Trees and soups belong to clean()."""
    for page in (etree.fromstring("<p/>"), BeautifulSoup("<p>x</p>", "lxml")):
        with pytest.raises(InputError, match=r"use clean\(\)"):
            read_text(page)


def test_read_text_limit() -> None:
    """The limit holds for dumps as well."""
    with pytest.raises(PageTooLarge):
        read_text("x" * 11, max_bytes=10)


@given(st.one_of(st.binary(), st.text(st.characters()), st.none(), st.floats(), st.lists(st.integers())))
def test_anything(page: object) -> None:
    """Whatever comes in, only a CleanpageError comes out; without a tree there is one warning."""
    try:
        source = read_page(page)
    except CleanpageError:
        return
    assert (source.root is None) <= (len(source.warnings) == 1)
    source.utf8.decode()


@given(st.dictionaries(st.text(), st.integers() | st.text() | st.lists(st.booleans())))
def test_any_json_object(value: dict[str, Any]) -> None:
    """Every JSON object is told from a page."""
    assert read_page(json.dumps(value)).warnings[0].startswith("not_html: the input is JSON")
