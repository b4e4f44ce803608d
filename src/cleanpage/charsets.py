"""Which charsets the web has, what they are called, and which codec of Python's reads them."""

from __future__ import annotations

import codecs
from functools import lru_cache
from typing import Final

WEB_CODECS: Final = {
    name: codec
    for codec, names in {
        "utf-8": "utf-8",
        "cp1252": "cp1252 iso8859-1 ascii",
        "cp1254": "cp1254 iso8859-9",
        "cp874": "cp874 iso8859-11 tis-620",
        "gb18030": "gb18030 gbk gb2312",
        "big5hkscs": "big5hkscs big5 cp950",
        "cp932": "cp932 shift_jis shift_jis_2004 shift_jisx0213",
        "euc_jp": "euc_jp euc_jis_2004 euc_jisx0213",
        "cp949": "cp949 euc_kr",
        "utf-16-le": "utf-16-le utf-16",
        **{
            name: name
            for name in "cp1250 cp1251 cp1253 cp1255 cp1256 cp1257 cp1258 cp866 koi8-r koi8-u mac-roman mac-cyrillic "
            "iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-10 iso8859-13 iso8859-14 "
            "iso8859-15 iso8859-16 iso2022_jp iso2022_kr hz johab utf-16-be".split()
        },
    }.items()
    for name in names.split()
}
"""Python's name of a codec to the codec that reads it on the web: browsers read ISO-8859-1 as Windows-1252, GB 2312 as
GB 18030 and so on (https://encoding.spec.whatwg.org/#names-and-labels). Codecs that are not here (UTF-7, rot13,
unicode_escape...) are no charset of a page. HZ, Johab and ISO-2022-KR, which browsers refuse for their users' safety,
are read: nothing is run here."""

LABELS: Final = {
    label: codec
    for codec, labels in {
        "utf-8": "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 x-unicode20utf8",
        "iso8859-2": "iso88592",
        "iso8859-3": "iso88593",
        "iso8859-4": "iso88594",
        "iso8859-5": "iso88595",
        "iso8859-6": "iso88596 iso-8859-6-e iso-8859-6-i csiso88596e csiso88596i",
        "iso8859-7": "iso88597 sun_eu_greek",
        "iso8859-8": "iso88598 iso-8859-8-e iso-8859-8-i csiso88598e csiso88598i visual logical",
        "iso8859-10": "iso885910",
        "iso8859-13": "iso885913",
        "iso8859-14": "iso885914",
        "iso8859-15": "iso885915 csisolatin9",
        "koi8-r": "koi koi8",
        "koi8-u": "koi8-ru",
        "mac-roman": "mac x-mac-roman csmacintosh",
        "mac-cyrillic": "x-mac-cyrillic x-mac-ukrainian",
        "cp874": "windows-874 dos-874 iso885911",
        "cp1250": "x-cp1250",
        "cp1251": "x-cp1251",
        "cp1252": "x-cp1252 iso88591",
        "cp1253": "x-cp1253",
        "cp1254": "x-cp1254 iso88599",
        "cp1255": "x-cp1255",
        "cp1256": "x-cp1256",
        "cp1257": "x-cp1257",
        "cp1258": "x-cp1258",
        "gb18030": "x-gbk gb_2312 gb_2312-80 csgb2312",
        "big5hkscs": "cn-big5 x-x-big5",
        "euc_jp": "x-euc-jp cseucpkdfmtjapanese",
        "cp932": "x-sjis windows-31j",
        "cp949": "windows-949 ksc_5601 ks_c_5601-1989 cseuckr csksc56011987 iso-ir-149",
    }.items()
    for label in labels.split()
}
"""The labels of the Encoding Standard that Python does not know."""

FALLBACK_CODECS: Final = {"cp932": "shift_jis_2004", "euc_jp": "euc_jis_2004", "big5hkscs": "cp950"}
"""The wider relative that a page means when a few of its characters are not in the charset it declares."""

MULTI_BYTE: Final = frozenset(("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949", "johab"))
ESCAPED: Final = {"iso2022_jp": b"\x1b$", "iso2022_kr": b"\x1b$)C", "hz": b"~{"}
"""Charsets whose bytes are all ASCII, and what starts their other characters."""

MAX_DAMAGED_SHARE: Final = 0.02
"""Share of the characters beyond ASCII that may be damaged in a multi-byte charset: more is another charset."""

WESTERN: Final = frozenset(("cp1252", "iso8859-15"))
"""The charsets that servers and templates declare without looking."""


@lru_cache(maxsize=256)
def codec_of(label: str) -> str:
    """The codec that reads a charset label on the web.

    Args:
        label: As an HTTP header or a page has it, in any case.

    Returns:
        The name of a Python codec, '' if the label names no charset.
    """
    label = label.strip().lower()
    if label in LABELS:
        return LABELS[label]
    try:
        return WEB_CODECS.get(codecs.lookup(label).name, "")
    except (LookupError, ValueError):  # ValueError: a NUL in the label
        return ""
