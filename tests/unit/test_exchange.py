"""render.exchange: trafilatura's XML, and XML-TEI, of our main text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from lxml import etree

from cleanpage import clean
from cleanpage.metadata import Metadata
from cleanpage.page import split_words
from cleanpage.render.exchange import exchange_tree, render_tei
from tests.unit.documents import PAGES, document_of, without_notes, words_of_blocks

VIEWS = Path(__file__).parents[1] / "fixtures" / "views"
TEI = "{http://www.tei-c.org/ns/1.0}"


def xml_of(html: str, *omit: str) -> str:
    """The inside of trafilatura's tree."""
    body = exchange_tree(html, omit=omit)
    return etree.tostring(body, encoding="unicode").removeprefix("<body>").removesuffix("</body>").replace("\n", "")


@pytest.mark.parametrize(
    ("html", "xml"),
    [
        ("<h2>A</h2><p>b <b>c</b> <em>d</em><br>e</p>",
         '<head rend="h2">A</head><p>b <hi rend="#b">c</hi> <hi rend="#i">d</hi><lb/>e</p>'),
        ("<ol><li>a<ul><li>b</li></ul></li></ol>",
         '<list rend="ol"><item>a<list rend="ul"><item>b</item></list></item></list>'),
        ("<dl><dt>a</dt><dd>b</dd><dt>c</dt><dd>d</dd><dd>e</dd></dl>",
         ('<list rend="dl"><item rend="dt-1">a</item><item rend="dd-1">b</item><item rend="dt-2">c</item>'
          '<item rend="dd-2">d</item><item rend="dd-2">e</item></list>')),
        ('<p><a href="/b">x</a> <img src="/i.png" alt="k"></p>',
         '<p><ref target="/b">x</ref> <graphic src="/i.png" alt="k"/></p>'),
        ("<table><caption>c</caption><thead><tr><th>A</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>",
         '<p>c</p><table><row><cell role="head">A</cell></row><row><cell>1</cell></row></table>'),
        ('<pre><code class="language-py">a\tb</code></pre><p><code>c</code></p>',
         "<code>a\tb</code><p><code>c</code></p>"),
        ('<p>a <math alttext="x_1"><mi>x</mi></math> b</p>', "<p>a \\(x_1\\) b</p>"),
        ('<p><math alttext="x" display="block"><mi>x</mi></math></p>', "<p>\\[x\\]</p>"),
        ("<blockquote><p>a</p></blockquote>", "<quote><p>a</p></quote>"),
    ],
)  # fmt: skip
def test_exchange_tree(html: str, xml: str) -> None:
    """Each structure has trafilatura's name."""
    assert xml_of(html) == xml


def test_what_is_left_out() -> None:
    """Links and formatting leave their text, images and tables nothing."""
    html = '<p><b>a</b> <a href="/b">c</a> <img src="/i.png" alt="k"></p><table><tr><td>d</td></tr></table><p>e</p>'
    assert xml_of(html, "links", "images", "formatting", "tables") == "<p>a c </p><p>e</p>"


def test_tei() -> None:
    """A header from the metadata, the text below it, images with TEI's own attributes."""
    document = document_of("<h1>Log</h1><p>a <img src='/i.png' alt='k'> b</p><p>c</p>", url="https://example.org/")
    document._metadata = Metadata(title="The log", author="Ana Silva", date="2024-03-02", site_name="Diary")
    tree = etree.fromstring(render_tei(document).encode())
    assert tree.tag == f"{TEI}TEI"
    header = "".join(map(str, tree.find(f"{TEI}teiHeader").itertext()))  # type: ignore[union-attr]
    assert all(word in header for word in ("The log", "Ana Silva", "2024-03-02", "Diary"))
    graphic = next(tree.iter(f"{TEI}graphic"))
    assert (graphic.get("url"), graphic.findtext(f"{TEI}desc")) == ("https://example.org/i.png", "k")
    assert [" ".join("".join(map(str, p.itertext())).split()) for p in tree.iter(f"{TEI}p")][-2:] == ["a k b", "c"]


@pytest.mark.parametrize(
    "case", sorted(path.name for path in VIEWS.iterdir() if path.name.startswith(("head", "table", "def")))
)
def test_tei_of_the_views(case: str) -> None:
    """Tables, definitions and headings keep their words in TEI."""
    document = document_of((VIEWS / case / "input.html").read_text(encoding="utf-8"), without_notes)
    document._metadata = Metadata()
    text = etree.fromstring(render_tei(document).encode()).find(f"{TEI}text")
    assert text is not None
    assert split_words(" ".join(map(str, text.itertext()))) == words_of_blocks(document.blocks)


@given(PAGES)
def test_no_word_is_lost(html: str) -> None:
    """The tree has the words of the main blocks, in order; but a caption stands above its table wherever it was."""
    document = document_of(html.replace("caption", "p"), without_notes)
    text = "".join(map(str, exchange_tree(document.html).itertext()))
    assert "".join(split_words(text)) == "".join(words_of_blocks(document.blocks))


def test_tei_of_odd_characters() -> None:
    """What XML cannot hold is U+FFFD, in the text as in the header, and an address that is none has no host."""
    page = "<title>Fog\x1b[31m</title><h1>Fog\x1b[31m</h1><p>The ferry was late again because of the fog.\ufffe</p>"
    tei = render_tei(clean(page, url="http://[::1"))
    assert "Fog\ufffd[31m" in tei
    etree.fromstring(tei)
