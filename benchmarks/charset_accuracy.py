"""Which charset a page is read in, beside trafilatura and html5lib: python -m benchmarks.charset_accuracy.

Pages with an invented sentence in each charset, declared rightly, wrongly or not, whole or damaged, are decoded; what
must come out is known. A damaged page is right if all but the damage is. html5lib, which decodes as browsers do, is
measured where it is installed.
"""

from __future__ import annotations

import codecs
import importlib.util
import random
from typing import TYPE_CHECKING, Final, NamedTuple

import click
from rapidfuzz.distance import Indel

from benchmarks import sentences as s
from benchmarks.compare import head_of, table
from cleanpage.charsets import ESCAPED
from cleanpage.decode import decode

if TYPE_CHECKING:
    from collections.abc import Callable

    Decoder = Callable[[bytes, str], str]

CHARSETS: Final = {
    ("utf-8", "utf-8"): s.GREEK,
    ("utf-16", "utf-16-le"): s.GREEK,
    ("utf-16be", "utf-16-be"): s.GREEK,
    ("utf-32", "utf-32-le"): s.GREEK,
    ("utf-32be", "utf-32-be"): s.GREEK,
    ("windows-1250", "cp1250"): s.CZECH,
    ("windows-1251", "cp1251"): s.RUSSIAN,
    ("windows-1252", "cp1252"): s.FRENCH,
    ("windows-1253", "cp1253"): s.GREEK,
    ("windows-1254", "cp1254"): s.TURKISH,
    ("windows-1255", "cp1255"): s.HEBREW,
    ("windows-1256", "cp1256"): s.ARABIC,
    ("windows-1257", "cp1257"): s.LITHUANIAN,
    ("windows-1258", "cp1258"): s.VIETNAMESE,
    ("windows-874", "cp874"): s.THAI,
    ("tis-620", "tis-620"): s.THAI,
    ("iso-8859-1", "iso8859-1"): s.GERMAN,
    ("iso-8859-2", "iso8859-2"): s.POLISH,
    ("iso-8859-3", "iso8859-3"): s.MALTESE,
    ("iso-8859-4", "iso8859-4"): s.LATVIAN,
    ("iso-8859-5", "iso8859-5"): s.SERBIAN,
    ("iso-8859-6", "iso8859-6"): s.ARABIC,
    ("iso-8859-7", "iso8859-7"): s.GREEK,
    ("iso-8859-8", "iso8859-8"): s.HEBREW,
    ("iso-8859-9", "iso8859-9"): s.TURKISH,
    ("iso-8859-10", "iso8859-10"): s.SAMI,
    ("iso-8859-13", "iso8859-13"): s.ESTONIAN,
    ("iso-8859-14", "iso8859-14"): s.WELSH,
    ("iso-8859-15", "iso8859-15"): s.FRENCH,
    ("iso-8859-16", "iso8859-16"): s.ROMANIAN,
    ("koi8-r", "koi8-r"): s.RUSSIAN,
    ("koi8-u", "koi8-u"): s.UKRAINIAN,
    ("ibm866", "cp866"): s.RUSSIAN,
    ("macintosh", "mac-roman"): s.ITALIAN,
    ("x-mac-cyrillic", "mac-cyrillic"): s.RUSSIAN,
    ("gb2312", "gb2312"): s.CHINESE,
    ("gbk", "gbk"): s.CHINESE,
    ("gb18030", "gb18030"): s.CHINESE,
    ("big5", "big5"): s.TAIWANESE,
    ("big5-hkscs", "big5hkscs"): s.TAIWANESE,
    ("shift_jis", "shift_jis"): s.JAPANESE,
    ("windows-31j", "cp932"): s.JAPANESE,
    ("euc-jp", "euc_jp"): s.JAPANESE,
    ("iso-2022-jp", "iso2022_jp"): s.JAPANESE,
    ("euc-kr", "euc_kr"): s.KOREAN,
    ("windows-949", "cp949"): s.KOREAN,
    ("johab", "johab"): s.KOREAN,
    ("iso-2022-kr", "iso2022_kr"): s.KOREAN,
    ("hz-gb-2312", "hz"): s.CHINESE,
}
"""A sentence for each label and the codec that writes it."""

MARKS: Final = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
}
NO_ASCII: Final = frozenset(("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"))
"""Charsets in which a ``<meta>`` that can be read is a lie."""

REPEATS: Final = 12
"""Paragraphs of the sentence in a page."""

DAMAGE_EVERY: Final = 200
"""Bytes beyond ASCII of which one is broken; a page that was cut or pasted together has less."""

MIN_DAMAGED_RATIO: Final = 0.97
"""Likeness of a damaged page to what it was meant to be."""


class Case(NamedTuple):
    """A page to be decoded.

    Attributes:
        content: Its bytes.
        header: The charset of its HTTP header, '' if none.
        expected: What must come out.
        is_damaged: Whether it cannot come out without a fault.
    """

    content: bytes
    header: str
    expected: str
    is_damaged: bool = False


def page_of(text: str, head: str = "") -> str:
    """A page with a sentence in each paragraph."""
    return f"<html><head>{head}<title>{text[:20]}</title></head><body>{f'<p>{text}</p>' * REPEATS}</body></html>"


def meta(label: str) -> str:
    """The element that declares a charset."""
    return f'<meta charset="{label}">'


def cases_of(label: str, codec: str, sentence: str) -> dict[str, Case]:
    """The pages in a charset, by what they declare and what is wrong with them."""
    text = sentence.encode(codec, "ignore").decode(codec)
    plain = page_of(text)
    cases = {"header": Case(plain.encode(codec), label, plain)}
    if codec in MARKS:
        cases["mark"] = Case(MARKS[codec] + plain.encode(codec), "", plain)
        wrong = page_of(text, meta("iso-8859-1"))
        cases["mark, wrong meta"] = Case(MARKS[codec] + wrong.encode(codec), "", wrong)
    if codec.startswith("utf-32"):
        return {name: case for name, case in cases.items() if name.startswith("mark")}
    if codec not in NO_ASCII:
        declared = page_of(text, meta(label))
        xml = f'<?xml version="1.0" encoding="{label}"?>{plain}'
        cases["meta"] = Case(declared.encode(codec), "", declared)
        cases["XML declaration"] = Case(xml.encode(codec), "", xml)
        cases["wrong header, meta"] = Case(
            declared.encode(codec), "utf-8" if codec != "utf-8" else "iso-8859-1", declared
        )
        cases["mixed"] = mixed(declared, codec)
        cases["broken"] = broken(declared, codec)
    wrong = page_of(text, meta("utf-8" if codec != "utf-8" else "iso-8859-1"))
    cases["wrong meta"] = Case(wrong.encode(codec), "", wrong)
    cases["nothing"] = Case(plain.encode(codec), "", plain)
    return cases


def mixed(declared: str, codec: str) -> Case:
    """A page with a paragraph pasted in from UTF-8, or into UTF-8 a word of Windows-1252."""
    pasted = "Das Café am Markt" if codec == "utf-8" else "Grüße aus Köln"
    before, after = declared.split("<body>")
    content = f"{before}<body>".encode(codec) + f"<p>{pasted}</p>".encode("cp1252" if codec == "utf-8" else "utf-8")
    return Case(content + after.encode(codec), "", f"{before}<body><p>{pasted}</p>{after}", is_damaged=True)


def broken(declared: str, codec: str) -> Case:
    """A page with some of its bytes beyond ASCII lost."""
    generator = random.Random(codec)
    content = bytearray(declared.encode(codec))
    places = [place for place, byte in enumerate(content) if byte > 0x7F]  # noqa: PLR2004 - ASCII ends here
    for place in sorted(generator.sample(places, max(1, len(places) // DAMAGE_EVERY)) if places else [], reverse=True):
        del content[place]
    return Case(bytes(content), "", declared, is_damaged=True)


def is_right(case: Case, text: str) -> bool:
    """Whether a page came out as it must."""
    if not case.is_damaged:
        return text.lstrip("\ufeff") == case.expected
    return Indel.normalized_similarity(text, case.expected) >= MIN_DAMAGED_RATIO


def all_cases() -> dict[tuple[str, str], Case]:
    """Every page, by the label of its charset and what is said of it."""
    return {
        (label, name): case
        for (label, codec), sentence in CHARSETS.items()
        for name, case in cases_of(label, codec, sentence).items()
        if not (case.is_damaged and codec in ESCAPED)  # all ASCII: nothing is mixed into them, or broken, in such a way
    }


def by_cleanpage(content: bytes, header: str) -> str:
    """What `cleanpage.clean` reads."""
    return decode(content, charset=header)


def by_trafilatura(content: bytes, header: str) -> str:  # noqa: ARG001 - it does not ask for the header
    """What trafilatura reads."""
    from trafilatura.utils import decode_file

    return decode_file(content)


def by_html5lib(content: bytes, header: str) -> str:
    """What html5lib reads: the page in the charset that it chose."""
    from html5lib import HTMLParser
    from webencodings import lookup

    parser = HTMLParser()
    parser.parse(content, transport_encoding=header or None)
    text: str = lookup(parser.documentEncoding).codec_info.decode(content, "replace")[0]
    return text


DECODERS: Final[dict[str, Decoder]] = {
    "cleanpage": by_cleanpage,
    "trafilatura": by_trafilatura,
    "html5lib": by_html5lib,
}


@click.command()
def main() -> None:
    """Prints how many pages of each kind are read rightly, and the charsets that are not, as Markdown."""
    names = [name for name in DECODERS if name != "html5lib" or importlib.util.find_spec("html5lib")]
    right: dict[tuple[str, str, str], bool] = {}
    cases = all_cases()
    for (label, kind), case in cases.items():
        for name in names:
            right[name, label, kind] = is_right(case, DECODERS[name](case.content, case.header))
    kinds = list(dict.fromkeys(kind for _, kind in cases))
    lines = []
    for kind in [*kinds, "all"]:
        chosen = [label for label, other in cases if kind in (other, "all")]
        pairs = [key for key in cases if kind in (key[1], "all")]
        counts = [f"{sum(right[name, *key] for key in pairs)}" for name in names]
        wrong = ", ".join(key[0] for key in pairs if not right["cleanpage", *key]) if kind != "all" else ""
        lines.append([kind, str(len(chosen)), *counts, wrong])
    click.echo(head_of("Charsets", f"{len(CHARSETS)} charsets, {len(cases)} pages", names))
    click.echo()
    click.echo(
        table(["declared", "pages", *(f"right: {name}" for name in names), "not read rightly by cleanpage"], lines)
    )


if __name__ == "__main__":
    main()
