"""The table of charsets: what must come out of each page, and the few that cannot be told."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

import cleanpage
from benchmarks.charset_accuracy import CHARSETS, all_cases, is_right
from cleanpage.decode import decode

RARE = {
    *("iso-8859-3", "iso-8859-4", "iso-8859-6", "iso-8859-10", "iso-8859-14", "iso-8859-16"),
    *("macintosh", "x-mac-cyrillic", "johab", "iso-2022-kr", "hz-gb-2312"),
}
"""Charsets that are read where a page names them and not guessed: hardly any page has them, and each that is guessed
makes the others harder to tell."""

UNREADABLE = {
    *((label, kind) for label in RARE for kind in ("nothing", "wrong meta")),
    ("iso-8859-3", "mixed"),  # as UTF-8 there is too little of it, and its letters are those of no alphabet known
    *((label, "broken") for label in ("gb2312", "gb18030", "euc-jp")),  # a lost byte shifts all up to the next tag
}
"""Pages that come out wrong."""

CASES = all_cases()


def test_table_is_full() -> None:
    """There are forty charsets and more, each with all that can be declared of it."""
    assert len(CHARSETS) >= 40
    assert len(CASES) >= 350


@pytest.mark.parametrize(("label", "kind"), CASES)
def test_charset(label: str, kind: str) -> None:
    """A page comes out as it must; those known to come out wrong still do, or are to be taken off the list."""
    case = CASES[label, kind]
    assert is_right(case, decode(case.content, charset=case.header)) == ((label, kind) not in UNREADABLE)


@pytest.mark.parametrize(
    "odd",
    [
        "\u202eabc\u202c",
        "\u2066abc\u2069",
        "a\u200fb\u200ec",
        "a\u0000b",
        "a\ud800b\udfffc",
        "\ufeffa\ufffe\uffff",
        "a\x1b[31mb",
        "a\u2028b\u2029c\x85d",
    ],
    ids=ascii,
)
def test_odd_characters(odd: str) -> None:
    """Controls, NULs and lone surrogates pass through every view and leave the words around them alone."""
    sentence = "The ferry to the island was late again because of the fog over the bay, said the harbour master."
    for page in (
        f"<h1>Fog {odd}</h1><p>{sentence}<p title='{odd}'>{odd} {sentence}",
        f"Fog {odd}\n\n{sentence}\n\n{odd} {sentence}\n",
    ):
        document = cleanpage.clean(page) if page.startswith("<") else cleanpage.clean_text(page)
        assert document.text.count(sentence) == 2
        for view in (document.html, document.markdown, document.tei, document.to_report(odd), document._repr_html_()):
            assert "\0" not in view
            view.encode()
        assert BeautifulSoup(document.html, "lxml").get_text().count(sentence) == 2
        [line] = document.to_json().splitlines()
        assert line.isprintable() or "\u202e" in line or "\u2066" in line or "\u200f" in line or "\ufffe" in line
        assert cleanpage.Document.from_json(line).to_json() == line
