"""decode: bytes in any charset, rightly, wrongly or not declared, come out right."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.sentences import (
    ARABIC,
    CHINESE,
    CZECH,
    FRENCH,
    GERMAN,
    GREEK,
    HEBREW,
    JAPANESE,
    KOREAN,
    LATVIAN,
    POLISH,
    RUSSIAN,
    SPANISH,
    TAIWANESE,
    THAI,
    TURKISH,
    UKRAINIAN,
)
from cleanpage.charsets import codec_of
from cleanpage.decode import decode, decode_page, readable

DECLARED = [
    ("windows-1251", "cp1251", RUSSIAN),
    ("koi8-r", "koi8-r", RUSSIAN),
    ("koi8-u", "koi8-u", UKRAINIAN),
    ("ISO-8859-5", "iso8859-5", RUSSIAN),
    ("windows-1253", "cp1253", GREEK),
    ("windows-1255", "cp1255", HEBREW),
    ("windows-1256", "cp1256", ARABIC),
    ("TIS-620", "cp874", THAI),
    ("GB2312", "gb2312", CHINESE),
    ("gbk", "gbk", CHINESE),
    ("big5", "big5", TAIWANESE),
    ("Shift_JIS", "shift_jis", JAPANESE),
    ("x-sjis", "cp932", JAPANESE),
    ("EUC-JP", "euc_jp", JAPANESE),
    ("iso-2022-jp", "iso2022_jp", JAPANESE),
    ("euc-kr", "euc_kr", KOREAN),
    ("ks_c_5601-1987", "cp949", KOREAN),
    ("iso-8859-2", "iso8859-2", POLISH),
    ("windows-1250", "cp1250", CZECH),
    ("windows-1254", "cp1254", TURKISH),
    ("windows-1257", "cp1257", LATVIAN),
    ("iso-8859-1", "latin-1", GERMAN),
    ("ISO-8859-15", "iso8859-15", FRENCH),
    ("windows-1252", "cp1252", SPANISH),
]
PAIRS = [pytest.param(codec, text, id=codec) for _, codec, text in DECLARED if codec != "latin-1"]


def page(text: str, head: str = "") -> str:
    """A page around one sentence."""
    return f"<html><head>{head}<title>Page</title></head><body><p>{text}</p></body></html>"


@pytest.mark.parametrize(("label", "codec", "text"), DECLARED)
def test_declared_in_meta(label: str, codec: str, text: str) -> None:
    """The charset of either kind of meta element is used."""
    short = page(text, f"<meta charset={label}>")
    assert decode(short.encode(codec)) == short
    long = page(text, f'<meta http-equiv="Content-Type" content="text/html; charset={label}">')
    assert decode(long.encode(codec)) == long


@pytest.mark.parametrize(("label", "codec", "text"), DECLARED)
def test_declared_in_header_or_xml(label: str, codec: str, text: str) -> None:
    """The charset of the HTTP header is used, and that of an XML declaration."""
    assert decode(page(text).encode(codec), charset=label) == page(text)
    xml = f'<?xml version="1.0" encoding="{label}"?>\n{page(text)}'
    assert decode(xml.encode(codec)) == xml


@pytest.mark.parametrize(("codec", "text"), PAIRS)
def test_not_declared(codec: str, text: str) -> None:
    """Without any declaration the charset is detected."""
    assert decode(page(text).encode(codec)) == page(text)


@pytest.mark.parametrize(("codec", "text"), PAIRS)
def test_wrongly_declared_as_utf8(codec: str, text: str) -> None:
    """A page in another charset that claims UTF-8 is detected."""
    wrong = page(text, '<meta charset="utf-8">')
    assert decode(wrong.encode(codec)) == wrong


@pytest.mark.parametrize("text", [RUSSIAN, UKRAINIAN, GREEK, HEBREW, ARABIC, THAI, CHINESE, JAPANESE, KOREAN])
@pytest.mark.parametrize(
    "label", ["iso-8859-1", "windows-1252", "windows-1251", "gb2312", "shift_jis", "euc-kr", "big5"]
)
def test_utf8_declared_as_something_else(text: str, label: str) -> None:
    """Valid UTF-8 wins over what is declared."""
    wrong = page(text, f'<meta charset="{label}">')
    assert decode(wrong.encode(), charset=label) == wrong


def test_one_accent_in_utf8_declared_as_latin1() -> None:
    """A single valid UTF-8 character outweighs a single-byte charset."""
    wrong = page("Das Café am Markt", "<meta charset=iso-8859-1>")
    assert decode(wrong.encode()) == wrong


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("cp1251", RUSSIAN),
        ("koi8-r", RUSSIAN),
        ("cp1253", GREEK),
        ("gb2312", CHINESE),
        ("cp932", JAPANESE),
        ("cp949", KOREAN),
    ],
)
def test_other_script_declared_as_western(codec: str, text: str) -> None:
    """ISO-8859-1, which servers preset, is not believed of a page in another script; the page's own claim is tried."""
    wrong = page(text, "<meta charset=iso-8859-1>")
    assert decode(wrong.encode(codec)) == wrong
    right = page(text, f"<meta charset={codec}>")
    assert decode(right.encode(codec), charset="ISO-8859-1") == right


@pytest.mark.parametrize(("codec", "text"), [("iso8859-2", POLISH), ("cp1250", CZECH), ("cp1254", TURKISH)])
def test_other_alphabet_declared_as_western(codec: str, text: str) -> None:
    """Nor is it believed if another charset turns the bytes into one language's letters."""
    wrong = page(text * 10, "<meta charset=iso-8859-1>")
    assert decode(wrong.encode(codec)) == wrong


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("gb2312", "big5", TAIWANESE),
        ("big5", "gbk", CHINESE),
        ("gb2312", "euc_jp", JAPANESE),
        ("euc-kr", "cp932", JAPANESE),
    ],
)
def test_other_language_declared_as_east_asian(label: str, codec: str, text: str) -> None:
    """An East Asian charset is not believed if the text is in the language of another."""
    wrong = page(text, f"<meta charset={label}>")
    assert decode(wrong.encode(codec)) == wrong


@pytest.mark.parametrize(
    "text", [GERMAN, FRENCH.replace("œ", "oe"), SPANISH, "äöüß éèà ÄÖÜ ÉÈÀ", "Þórður býr á Ísafirði " * 5]
)
def test_western_page_is_believed(text: str) -> None:
    """A Western page that says so is read so, even a bare list of letters."""
    right = page(text, "<meta charset=iso-8859-1>")
    assert decode(right.encode("latin-1")) == right


def test_latin1_is_windows_1252_on_the_web() -> None:
    """Quotation marks, dashes and the euro of Windows-1252 are read in pages that claim ISO-8859-1 or ASCII."""
    for label in ("iso-8859-1", "us-ascii", "latin1"):
        right = page("„Zwölf“ – “twelve”… 5 €", f"<meta charset={label}>")
        assert decode(right.encode("cp1252")) == right


def test_typographic_quotes_without_declaration() -> None:
    """An English page whose only other bytes are quotes is Windows-1252."""
    right = page("“It’s the ferryman’s boat,” she said – and that was that.")
    assert decode(right.encode("cp1252")) == right


def test_wider_relatives() -> None:
    """Characters that vendors added to a charset are read under its name."""
    for label, codec, text in (
        ("shift_jis", "cp932", "㈱①～"),
        ("euc-jp", "euc_jis_2004", "㈱①と橋"),
        ("gb2312", "gbk", "朱镕基的橋"),
        ("euc-kr", "cp949", "똠방각하"),
        ("big5", "cp950", "價格€"),
    ):
        right = page(text, f"<meta charset={label}>")
        assert decode(right.encode(codec)) == right


@pytest.mark.parametrize("codec", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_byte_order_marks(codec: str) -> None:
    """A byte-order mark outweighs every declaration, and is not part of the text."""
    text = page(CHINESE, "<meta charset=windows-1251>")
    mark = {"utf-8": codecs.BOM_UTF8}.get(codec) or getattr(
        codecs, f"BOM_{codec.upper().replace('-', '_').replace('_16', '16').replace('_32', '32')}"
    )
    assert decode(mark + text.encode(codec), charset="koi8-r") == text


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf16_without_mark(codec: str) -> None:
    """UTF-16 shows in the NULs of its first tag."""
    assert decode(page(JAPANESE).encode(codec)) == page(JAPANESE)


def test_declarations_that_cannot_be_true() -> None:
    """UTF-16 in an ASCII-readable declaration, and labels that are no charset, are passed over."""
    for label in ("utf-16", "utf-7", "rot13", "unicode_escape", "idna", "none", "-", "x" * 300):
        text = page(RUSSIAN, f"<meta charset={label}>")
        assert decode(text.encode(), charset=label) == text
        assert decode(text.encode("cp1251"), charset=label) == text


def test_declaration_beyond_reach_is_not_read() -> None:
    """A sentence about charsets in the body declares nothing."""
    text = page("x" * 5000 + "<meta charset=koi8-r> " + "Ärger übte größere Mächte")
    assert decode(text.encode("latin-1")) == text


def test_damaged_utf8() -> None:
    """A character cut in two costs one U+FFFD, not the page; letters pasted from Windows-1252 are saved."""
    whole = page(RUSSIAN).encode()
    cut = whole.replace("мост".encode(), "мос".encode() + b"\xd1")
    assert decode(cut) == page(RUSSIAN).replace("мост", "мос\ufffd")
    pasted = page(GERMAN).encode().replace(b"</p>", b", gef\xfchlt, \x93so\x94</p>")
    assert decode(pasted) == page(GERMAN + ", gefühlt, “so”")
    latin1 = page(RUSSIAN, "<meta charset=iso-8859-1>").encode().replace(b"</p>", b"\xd0</p>")
    assert decode(latin1) == page(RUSSIAN + "\ufffd", "<meta charset=iso-8859-1>")


def test_damaged_multi_byte_page() -> None:
    """A stray byte in a declared GB 2312 page costs one character."""
    text = page(CHINESE * 20, "<meta charset=gb2312>")
    damaged = text.encode("gb2312").replace(b"</p>", b"\xff</p>")
    assert decode(damaged) == text.replace("</p>", "\ufffd</p>")


def test_long_line_without_markup() -> None:
    """Detection looks past a long ASCII start."""
    text = "plain words " * 3000 + RUSSIAN * 300
    assert decode(text.encode("cp1251")) == text


def test_readable() -> None:
    """What no parser takes is dropped or replaced; pairs of surrogates are joined."""
    assert readable("\ufeffa\0b\ud83d\ude00c\udce9d") == "ab😀c\ufffdd"
    assert decode(b"\xef\xbb\xbfa\0b") == "ab"


def test_codec_of() -> None:
    """Labels mean what the Encoding Standard says."""
    expected = {
        "ISO-8859-1": "cp1252",
        " ascii ": "cp1252",
        "gb2312": "gb18030",
        "iso-8859-9": "cp1254",
        "ks_c_5601-1987": "cp949",
        "big5-hkscs": "big5hkscs",
        "windows-31j": "cp932",
        "unicode-1-1-utf-8": "utf-8",
        "visual": "iso8859-8",
        "x-mac-cyrillic": "mac-cyrillic",
        "hex": "",
        "a\0b": "",
        "": "",
    }
    assert {label: codec_of(label) for label in expected} == expected


def test_every_codec_exists() -> None:
    """Each label leads to a codec that Python has and that makes text of bytes."""
    from cleanpage.charsets import FALLBACK_CODECS, LABELS, WEB_CODECS

    for codec in {*LABELS.values(), *WEB_CODECS.values(), *FALLBACK_CODECS.values()}:
        assert b"abcd".decode(codec, "replace")


@given(st.binary(), st.text(max_size=12))
def test_any_bytes(data: bytes, charset: str) -> None:
    """No bytes and no header raise; the text can always be written."""
    decode(data, charset=charset).encode()


@given(st.binary(min_size=1), st.sampled_from([label for label, _, _ in DECLARED]))
def test_any_bytes_under_a_declaration(data: bytes, label: str) -> None:
    """No bytes raise, whatever the page claims."""
    decode(f"<meta charset={label}><p>".encode() + data).encode()


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff"), min_size=0))
def test_utf8_round_trip(text: str) -> None:
    """UTF-8 comes out as it went in."""
    marked = f"<!DOCTYPE html><meta charset=utf-8><p>{text}"
    assert decode(marked.encode()) == marked


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"plain", "plain"),
        ("é日本".encode(), "é日本"),
        (b"\xef\xbb\xbfa\0b", "ab"),
        ("é".encode("latin-1"), "é"),
        ("é".encode("utf-16"), "é"),
        ("日本".encode("iso2022_jp"), "日本"),
        (b"\x1b(B", "\x1b(B"),
    ],
)
def test_page_in_utf8(data: bytes, text: str) -> None:
    """Whatever a page came in, it is UTF-8 without its mark and NULs afterwards; bytes that are so already are kept."""
    utf8 = decode_page(data)
    assert utf8 == text.encode() == decode(data).encode()
    assert (utf8 is data) is (utf8 == data)
