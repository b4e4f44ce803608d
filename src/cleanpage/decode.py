"""bytes → UTF-8: which charset a page is written in.

In order: a byte-order mark; UTF-8, if the bytes are valid and nothing more likely is declared; the charset that the
HTTP header, a ``<meta>`` or the XML declaration names, if the bytes bear it out; detection. A declaration is a claim,
not a fact: valid UTF-8 beats a declared single-byte charset, and a page of Cyrillic, Chinese or Polish that claims to
be Western European is detected anew.
"""

from __future__ import annotations

import codecs
import re
from typing import Final

from cleanpage import native
from cleanpage.charset_detection import detect, is_doubtful
from cleanpage.charsets import ESCAPED, FALLBACK_CODECS, MAX_DAMAGED_SHARE, MULTI_BYTE, codec_of

KERNEL: Final = native.kernel("pages")

MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it starts with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
BARE_UTF16: Final = ((re.compile(rb"<\0[^\0]\0"), "utf-16-le"), (re.compile(rb"\0<\0[^\0]"), "utf-16-be"))
"""How a page in UTF-16 without a mark starts: a tag, its ASCII characters padded with NUL."""

DECLARED: Final = re.compile(
    rb"""<(?:meta|html)\b[^<>]*?\bcharset\s*=\s*["']?\s*([\w.:+-]+)
    | <\?xml\b[^<>]*?\bencoding\s*=\s*["']([\w.:+-]+)""",
    re.IGNORECASE | re.VERBOSE,
)
DECLARATION_REACH: Final = 4096
"""Bytes searched for a declaration. The HTML standard reads 1,024; scripts before the ``<meta>`` are common."""

MIN_UTF8_CHARACTER_COUNT: Final = 3
"""Characters beyond ASCII, all of them valid UTF-8, that outweigh a declared multi-byte charset. Of 3,000 snippets a
language with so many, at most 0.5 % were valid UTF-8 in another charset by chance; in single-byte charsets one
character suffices (0.0 % of the snippets with one, in 28 of 38 of them; at most 10 %, in IBM866)."""

MAX_BROKEN_SHARE: Final = 0.5
"""Share of the characters beyond ASCII up to which broken UTF-8 is still read as UTF-8, if it has as many whole ones as
above. Text cut or pasted breaks less than 0.04 on the damaged pages of the benchmark; eight paragraphs in another
charset read as UTF-8 break 0.66 at the least (EUC-JP), 0.93 in most."""

PASTED: Final = re.compile(
    "(?<=[A-Za-z])[\udcdf-\udcff](?![\udc80-\udcff])|(?<![\udc80-\udcff])[\udc91-\udc97](?![\udc80-\udcff])"
)
"""A lone byte that is no UTF-8, but in Windows-1252 a letter (after a letter) or a quotation mark or dash."""

BROKEN: Final = re.compile("[\udc80-\udcff]+")


def decode(data: bytes, *, charset: str = "") -> str:
    """Decodes a page.

    Args:
        data: The page as it came.
        charset: The label that the HTTP header gave, '' if none.

    Returns:
        The text without byte-order mark and NULs. Bytes that mean nothing become U+FFFD; nothing is raised.
    """
    text = _decode(data, charset)
    return text.decode() if isinstance(text, bytes) else text


def decode_page(data: bytes, *, charset: str = "") -> bytes:
    """Decodes a page as `decode` does, into UTF-8: most pages are, and need only be looked through."""
    text = _decode(data, charset)
    return text if isinstance(text, bytes) else text.encode()


def _decode(data: bytes, charset: str) -> str | bytes:
    """The text of a page; in UTF-8 if that is what came."""
    for mark, codec in MARKS:
        if data.startswith(mark):
            data = data[len(mark) :]
            if codec != "utf-8":
                return readable(data.decode(codec, "replace"))
            charset = codec
            break
    else:
        for start, codec in BARE_UTF16:
            if start.match(data):
                return readable(data.decode(codec, "replace"))
    if b"\0" in data:
        data = data.replace(b"\0", b"")
    count = count_beyond_ascii(data)
    if count < 0:
        return _decode_legacy(data, _claims(data, charset))
    if count >= MIN_UTF8_CHARACTER_COUNT:
        return data
    declared = _decode_declared(data, _claims(data, charset))
    return data if declared is None else declared


def count_beyond_ascii(data: bytes) -> int:
    """The characters beyond ASCII of a page in UTF-8; -1 where it is not valid UTF-8."""
    if KERNEL is not None:
        count: int = KERNEL.count_beyond_ascii(data)
        return count
    try:
        return _count_beyond_ascii(data.decode())
    except UnicodeDecodeError:
        return -1


def readable(text: str) -> str:
    """Drops what no parser takes: the byte-order mark, NULs, surrogates without their other half.

    Args:
        text: Any str.

    Returns:
        A str that can be encoded as UTF-8; surrogates that make a pair become their character, others U+FFFD.
    """
    text = text.lstrip("\ufeff")
    if "\0" in text:
        text = text.replace("\0", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _claims(data: bytes, charset: str) -> list[str]:
    """The codecs that the header and the page name, the most trusted first, without repetition."""
    labels = [charset] if charset else []
    xml_labels: list[str] = []
    for meta, xml in DECLARED.findall(data, 0, DECLARATION_REACH):
        (labels if meta else xml_labels).append((meta or xml).decode("ascii", "replace"))
    found = dict.fromkeys(codec_of(label) for label in (*labels, *xml_labels))
    # A declaration that could be read as ASCII was not written in UTF-16.
    return [codec for codec in found if codec and not codec.startswith("utf-16")]


def _decode_declared(data: bytes, claims: list[str]) -> str | None:
    """Valid UTF-8, too little of it beyond ASCII, in the charset that is declared; None where it is no other."""
    codec = claims[0] if claims else "utf-8"
    if data.isascii():
        # Undeclared, an escape sequence is still ISO-2022-JP: nothing else on the web has it.
        codec = next((claim for claim in claims if claim in ESCAPED), "iso2022_jp")
        if ESCAPED[codec] not in data:
            return None
    elif codec not in MULTI_BYTE:
        return None
    return _decode_strictly(data, codec) or None


def _decode_legacy(data: bytes, claims: list[str]) -> str:
    """Decodes what is not valid UTF-8."""
    if _is_damaged_utf8(data):
        return _mend(data)
    legacy = [codec for codec in claims if codec != "utf-8" and not is_doubtful(data, codec)]
    for codec in legacy:
        text = _decode_strictly(data, codec)
        if text is not None:
            return text
    for codec in legacy:
        text = data.decode(codec, "replace")
        if text.count("\ufffd") <= MAX_DAMAGED_SHARE * _count_beyond_ascii(text):
            return text
    codec = detect(data)
    return _decode_strictly(data, codec) or data.decode(codec, "replace")


def _is_damaged_utf8(data: bytes) -> bool:
    text = data.decode("utf-8", "replace")
    broken_count, count = text.count("\ufffd"), _count_beyond_ascii(text)
    return broken_count <= MAX_BROKEN_SHARE * count and count - broken_count >= MIN_UTF8_CHARACTER_COUNT


def _decode_strictly(data: bytes, codec: str) -> str | None:
    for name in (codec, FALLBACK_CODECS.get(codec)):
        if name:
            try:
                return data.decode(name)
            except UnicodeDecodeError:
                continue
    return None


def _count_beyond_ascii(text: str) -> int:
    return len(text) - len(text.encode("ascii", "ignore"))


def _mend(data: bytes) -> str:
    """Decodes UTF-8 with some bytes of Windows-1252 pasted in, or with characters cut in two."""
    text = data.decode("utf-8", "surrogateescape")
    text = PASTED.sub(lambda match: bytes([ord(match[0]) & 0xFF]).decode("cp1252"), text)
    return BROKEN.sub("\ufffd", text)
