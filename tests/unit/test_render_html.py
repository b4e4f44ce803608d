"""render.html: the main blocks in the page's structure, and nothing that is unsafe or somebody else's."""

from __future__ import annotations

import pytest
from hypothesis import given
from lxml import etree

import cleanpage
from cleanpage.document import Block, Document
from cleanpage.parse import parse
from cleanpage.render.tree import write_tree
from cleanpage.render.writer import MAX_INLINE_DEPTH, MAX_STRUCTURE_DEPTH
from cleanpage.roles import Kind, Role
from cleanpage.segment import segment
from tests.unit.documents import (
    PAGES,
    blocks_of,
    document_of,
    document_of_tree,
    without_notes,
    words_of_blocks,
    words_of_html,
)


def html_of(body: str, url: str = "") -> str:
    """The HTML of an invented page, without its line ends."""
    return document_of(f"<html><body>{body}</body></html>", without_notes, url).html.replace("\n", "")


def test_layout_is_unwrapped() -> None:
    """Text of divs, spans and made-up elements becomes paragraphs; attributes are gone."""
    body = '<div class="col"><span style="color:red" onclick="x()">Ein Turm.</span><my-box>Zwei.</my-box> Drei.</div>'
    assert html_of(body) == "<p>Ein Turm.</p><p>Zwei.</p><p>Drei.</p>"


def test_inline_markup_stays_inside_blocks() -> None:
    """A link around a card becomes a link in each of its blocks; markup of the same kind is not nested."""
    body = '<a href="/x"><h2>Tårn</h2><p>På en <b>bratt <b>klippe</b></b></p></a>'
    assert html_of(body, "https://example.org/a/b") == (
        '<h2><a href="https://example.org/x">Tårn</a></h2>'
        '<p><a href="https://example.org/x">På en <b>bratt klippe</b></a></p>'
    )


def test_white_space_and_breaks() -> None:
    """White space is folded, a space stands outside of markup, and breaks stand between lines only."""
    body = "<p> <br>Een<em> toren</em>\n<b> op</b><span><br></span> een <br>\n rots. <br></p>"
    assert html_of(body) == "<p>Een <em>toren</em> <b>op</b><br>een<br>rots.</p>"


def test_two_breaks_part_paragraphs() -> None:
    """Blocks that the page wrote with breaks alone are paragraphs of their own."""
    assert html_of("<p>Erst.<br><br>Dann.<br><br>note</p>") == "<p>Erst.</p><p>Dann.</p>"


def test_lists() -> None:
    """Nesting and numbering are kept; what is no item becomes one; a list in a list belongs to the item before."""
    body = '<ol start="3"><li>a<ul><li>b</ul>c<p>d</p><li>note</li><li><h3>e</h3></li><ul><li>f</ul>g</ol><li>h</li>'
    assert html_of(body) == (
        '<ol start="3"><li>a<ul><li>b</li></ul><p>c</p><p>d</p></li><li><h3>e</h3>'
        "<ul><li>f</li></ul></li><li>g</li></ol><p>h</p>"
    )


def test_definitions_and_quotes() -> None:
    """Terms, definitions and quotes are kept."""
    body = "<dl><div><dt>塔</dt><dd>高い<p>建物</p></dd></div>x</dl><blockquote>q<p>r</p></blockquote><dt>y</dt>"
    assert html_of(body) == (
        "<dl><dt>塔</dt><dd>高い<p>建物</p></dd><dd>x</dd></dl><blockquote><p>q</p><p>r</p></blockquote><p>y</p>"
    )


@pytest.mark.parametrize(
    ("body", "language"),
    [
        ('<pre class="language-c++">', "c++"),
        ('<pre><code class="hljs lang-py">', "py"),
        ('<div class="highlight-source-rust"><pre>', "rust"),
    ],
)
def test_code_language(body: str, language: str) -> None:
    """The language of code is found where pages write it."""
    assert html_of(f"{body}x = 1") == f'<pre><code class="language-{language}">x = 1</code></pre>'


def test_code_is_exact() -> None:
    """Spaces and lines are kept, lines in elements of their own stay lines, and inner markup is gone."""
    document = document_of("<pre>\n  a <b>&lt; 1</b>\n\n\tb<br>c<div>d</div><div>note</div>e\n</pre>", without_notes)
    assert document.html == "<pre>  a &lt; 1\n\n\tb\nc\nd\ne</pre>"


def test_data_tables() -> None:
    """Cells stay in their columns, also those whose text is not main text; a footer is part of the body."""
    body = (
        "<table><caption>Höhe</caption><thead><tr><th scope='col'>A</th><th></th></tr></thead>"
        "<tr><td>note</td><td colspan='2' class='x'>1<p>2</p></td></tr><tfoot><tr><td>3</td></tr></tfoot></table>"
    )
    assert html_of(body) == (
        '<table><caption>Höhe</caption><thead><tr><th scope="col">A</th><th></th></tr></thead>'
        '<tbody><tr><td></td><td colspan="2">1<p>2</p></td></tr></tbody><tbody><tr><td>3</td></tr></tbody></table>'
    )


@pytest.mark.parametrize(
    "table",
    [
        "<table role='presentation'><tr><td>a</td><td>b</td></tr></table>",
        "<table><tr><td>a</td></tr><tr><td>b</td><td>note</td></tr></table>",
        "<table><tr><td>a</td><td><table><tr><td>b</td></tr></table></td></tr></table>",
    ],
)
def test_layout_tables_become_paragraphs(table: str) -> None:
    """A table that shows no columns of data, says it is layout or holds another table is none."""
    assert html_of(table) == "<p>a</p><p>b</p>"


def test_a_cell_with_an_article_is_layout() -> None:
    """Headings, or more than two paragraphs, do not stand in cells of data."""
    assert html_of("<table><tr><td>a</td><td><h2>b</h2>c</td></tr></table>") == "<p>a</p><h2>b</h2><p>c</p>"
    body = "<table><tr><td>a</td><td><p>b</p><p>c</p><p>d</p></td></tr></table>"
    assert html_of(body) == "<p>a</p><p>b</p><p>c</p><p>d</p>"


def test_formulas_are_kept() -> None:
    """MathML nests elements in others of their kind."""
    body = "<p>x <math><msup><msup><mi>e</mi><mn>2</mn></msup><mi>y</mi></msup></math></p>"
    assert (
        html_of(body)
        == '<p>x <math alttext="{e^{2}}^{y}"><msup><msup><mi>e</mi><mn>2</mn></msup><mi>y</mi></msup></math></p>'
    )


def test_images_stand_with_the_main_text() -> None:
    """An image is kept between main blocks, in a figure and in text; not before, after, or in boilerplate."""
    body = (
        "<img src='logo.png'><h1>Torn</h1><figure><a href='/big'><img src='a.png' alt=' Ett \n torn'></a>"
        "<figcaption>Tornet</figcaption></figure><div><img src='b.png'></div><aside>note <img src='c.png'></aside>"
        "<nav><img src='d.png'></nav><div hidden><img src='e.png'></div><p>Text <img src='f.png'> slut.</p>"
        "<ul><img src='g.png'><li>x</li></ul><img src='h.png'>"
    )
    assert html_of(body, "https://example.org/") == (
        '<h1>Torn</h1><figure><img src="https://example.org/a.png" alt="Ett torn">'
        "<figcaption>Tornet</figcaption></figure>"
        '<p><img src="https://example.org/b.png" alt=""></p>'
        '<p>Text <img src="https://example.org/f.png" alt=""> slut.</p><ul><li>x</li></ul>'
    )


def test_figures_without_an_image_are_unwrapped() -> None:
    """A figure around a table or code says nothing."""
    assert html_of("<figure><pre>a</pre></figure>") == "<pre>a</pre>"
    assert (
        html_of("<p>a</p><figure>note<img src='x.png'></figure><p>b</p>")
        == '<p>a</p><p><img src="x.png" alt=""></p><p>b</p>'
    )


@pytest.mark.parametrize(
    ("attributes", "source"),
    [
        ("src='a.png'", "a.png"),
        ("src='data:image/gif;base64,x' data-src='a.png'", "a.png"),
        ("src='wait.gif' data-original=' a.png '", "a.png"),
        ("srcset='a.png, b.png 1.5x,c.png 3x, d.png 2x'", "c.png"),
        ("src='data:,' data-srcset='a.png 300w, b.png 1.2.3w'", "a.png"),
        ("src='#' alt='x'", ""),
        ("src='a.png' width='1' height='1'", ""),
        ("src='javascript:alert(1)'", None),
    ],
)
def test_image_addresses(attributes: str, source: str | None) -> None:
    """Lazy loaders, source sets and counting pixels."""
    html = html_of(f"<p>a</p><img {attributes}><p>b</p>")
    found = etree.fromstring(f"<html>{html}</html>", etree.HTMLParser()).find(".//img")
    assert ("" if found is None else found.get("src")) == source


def test_a_picture_is_one_image() -> None:
    """Its sources stand in for the image, and the copy for browsers without scripts is not shown twice."""
    body = "<p>a</p><picture><source srcset='a.webp 1x'><img alt='b'></picture><img src='a.webp'><p>c</p>"
    assert html_of(body) == '<p>a</p><p><img src="a.webp" alt="b"></p><p>c</p>'


def test_links_are_resolved() -> None:
    """Against the page's base, itself against the page's URL; without either they stay as they are."""
    page = "<html><head><base href='/b/'></head><body><p><a href='c?d'>x</a> <a>y</a> <a href='http://['>z</a></p></body></html>"
    assert document_of(page, url="https://example.org/a").html == (
        '<p><a href="https://example.org/b/c?d">x</a> y <a>z</a></p>'
    )
    assert html_of("<p><a href='c?d'>x</a></p>") == '<p><a href="c?d">x</a></p>'
    assert html_of("<p><a href='c?d'>x</a></p>", "http://[") == '<p><a href="c?d">x</a></p>'


@pytest.mark.parametrize(
    "body",
    [
        "<p onclick='alert(1)'>x</p><script>alert(1)</script>",
        "<p><a href='javascript:alert(1)'>x</a></p>",
        "<p><a href=' java\tscript:alert(1)'>x</a></p>",
        "<p><a href='data:text/html,alert(1)'>x</a></p>",
        "<p>x</p><svg><script>alert(1)</script></svg><iframe srcdoc='alert(1)'></iframe><p>y</p>",
        "<p>x</p><img src='x.png' onerror='alert(1)' alt='\"><script>alert(1)</script>'><p>y</p>",
        "<pre class='language-x\"><script>alert(1)</script>'>x</pre>",
        "<math><mi href='javascript:alert(1)'>x</mi></math>",
    ],
)
def test_nothing_runs(body: str) -> None:
    """No script, no handler and no address that runs one is left."""
    root = etree.fromstring(f"<html>{html_of(body)}</html>", etree.HTMLParser())
    assert not root.findall(".//script")
    values = [value for element in root.iter() for name, value in element.items() if name not in ("alt", "class")]
    assert not [value for value in values if "alert" in value]


def test_text_is_escaped() -> None:
    """What looks like markup in the text stays text."""
    assert html_of('<p>a &lt;b&gt; &amp;amp; "c"</p>') == '<p>a &lt;b&gt; &amp;amp; "c"</p>'


def test_rules_stand_between_blocks() -> None:
    """A rule is kept where it parts main text, once."""
    assert html_of("<hr><p>a</p><hr><p>note</p><hr><p>b</p><hr>") == "<p>a</p><hr><p>b</p>"


def test_trees_that_no_parser_makes() -> None:
    """Text where only cells can stand, comments, namespaces: nothing is lost or moved."""
    root = etree.fromstring(
        "<html xmlns='http://www.w3.org/1999/xhtml'><body><table>a<tr>b<td>c<!-- x -->d</td></tr><ul><li>e</li></ul>"
        "<caption>f</caption></table><ul><blockquote>g</blockquote><?pi?>h</ul><dl><ul><li>i</li></ul></dl></body></html>"
    )
    html = document_of_tree(root).html.replace("\n", "")
    assert html == (
        "<p>a</p><p>b</p><p>cd</p><ul><li>e</li></ul><p>f</p><ul><li><blockquote><p>g</p></blockquote></li><li>h</li></ul>"
        "<dl><dd><ul><li>i</li></ul></dd></dl>"
    )


def block_of(index: int, text: str, kind: Kind, level: int = 0, path: str = "") -> Block:
    """One main block."""
    return Block(index, Role.TEXT, kind, level, text, "", 0.9, (), is_main=True, path=path)


def test_blocks_alone_give_structure() -> None:
    """Without a tree, kinds, levels and the paths of cells are enough."""
    cell = "/html[1]/body[1]/table[1]/tr[{}]/{}[{}]"
    blocks = [
        Block(0, Role.TITLE, Kind.HEADING, 0, "Sú", "", 0.9, (), is_main=True),
        block_of(1, "a\n<b", Kind.PARAGRAPH),
        block_of(2, "c", Kind.LIST_ITEM, 1),
        block_of(3, "d", Kind.LIST_ITEM, 3),
        block_of(4, "e", Kind.LIST_ITEM, 2),
        block_of(5, "f", Kind.LIST_ITEM, 1),
        block_of(6, "A", Kind.TABLE, path=cell.format(1, "th", 1)),
        block_of(7, "B", Kind.TABLE, path=cell.format(1, "th", 2)),
        block_of(8, "1", Kind.TABLE, path=cell.format(2, "td", 1)),
        block_of(9, "2", Kind.TABLE, path=cell.format(2, "td", 2)),
        block_of(10, "3", Kind.TABLE, path=cell.format(2, "td", 2) + "/p[1]"),
        block_of(11, "g", Kind.QUOTE),
        block_of(12, "h", Kind.QUOTE),
        block_of(13, "  i\n j", Kind.CODE),
        block_of(14, "k", Kind.HEADING, 9),
        block_of(15, "l", Kind.TABLE),
        block_of(16, "m", Kind.HEADING),
    ]
    assert Document(blocks=tuple(blocks)).html.replace("\n", "|") == (
        "<h1>Sú</h1>|<p>a<br>&lt;b</p>|<ul><li>c<ul><li>d</li>|</ul>|<ul><li>e</li>|</ul>|</li>|<li>f</li>|</ul>|"
        "<table><tbody><tr><th>A</th>|<th>B</th>|</tr>|<tr><td>1</td>|<td>2<p>3</p>|</td>|</tr>|</tbody></table>|"
        "<blockquote><p>g</p>|<p>h</p>|</blockquote>|<pre>  i| j</pre>|<h6>k</h6>|<p>l</p>|<h2>m</h2>"
    )


@given(PAGES)
def test_every_word_once_and_in_order(html: str) -> None:
    """HTML from the tree and from the blocks has the words of the main blocks, none lost, doubled, glued or cut."""
    document = document_of(html, without_notes)
    expected = words_of_blocks(document.blocks)
    assert words_of_html(document.html) == expected
    assert words_of_html(Document(blocks=document.blocks).html) == expected


@pytest.mark.parametrize("tags", ["blockquote", "ul li", "table tr td", "b i", "math mrow", "dl dd", "figure", "a p"])
def test_nesting_is_bounded(tags: str) -> None:
    """Deep nesting is written up to a limit, with all of its text."""
    names = tags.split()
    root = element = etree.Element("html")
    for index in range(1500):
        element = etree.SubElement(element, names[index % len(names)])
        element.text = f"w{index}"
    document = document_of_tree(root)
    assert words_of_html(document.html) == words_of_blocks(document.blocks)
    written = etree.fromstring(f"<html>{document.html}</html>", etree.HTMLParser(huge_tree=True))
    depth = max(len(list(leaf.iterancestors())) for leaf in written.iter())
    assert depth <= MAX_STRUCTURE_DEPTH + MAX_INLINE_DEPTH + 5


@pytest.mark.parametrize(
    "piece",
    [
        "<p>a <b>b</b> c</p>",
        "<table><tr><td>a</td><td>b</td></tr></table>",
        "<pre>a<br>b</pre>",
        "<div><img src='a.png'></div>",
    ],
)
def test_long_page(piece: str) -> None:
    """Thousands of pieces are all rendered."""
    document = document_of("<p>a</p>" + piece * 2000 + "<p>b</p>")
    assert len(document) > 1
    assert document.html.endswith("<p>b</p>\n") or document.html.rstrip().endswith("</p>")


@given(PAGES)
def test_the_tree_is_always_the_one(html: str) -> None:
    """The pass over the tree finds the same blocks as the segmentation, so that the views never fall back to these."""
    root = parse(html)
    assert root is not None
    page = segment(root)
    for is_main in (without_notes, lambda text: "note" in text):
        assert write_tree(root, page, blocks_of(page, is_main, root), shows_hidden=False) is not None


@pytest.mark.parametrize("max_blocks", [1, 2])
def test_hidden_and_dropped_blocks(max_blocks: int) -> None:
    """The same where hidden elements were read, and where the page has more blocks than are wanted."""
    filler = "word " * 50
    html = f"<body><p hidden>{filler}</p><p>—</p><noscript>b</noscript><p hidden>c</p><div><p>d</p></div></body>"
    root = parse(html)
    assert root is not None
    page = segment(root, max_blocks=max_blocks)
    found = write_tree(root, page, blocks_of(page, lambda _: True, root), shows_hidden=True)
    assert found is not None
    assert words_of_html(found) == filler.split() + ["b"] * (max_blocks - 1)


def test_many_ampersands(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are many ampersands, each is written as where there are few: in texts and in addresses."""
    sentence = "The ferry to the island was late again because of the fog over the bay. "
    link = "<a href='/a?b=1&amp;c=2'>x&amp;y</a> &amp;lt;i&amp;gt; &amp;amp; &lt;b&gt;"
    page = f"<h1>Fog &amp; rain</h1><p>{sentence * 5}{link}"
    expected = cleanpage.clean(page, url="https://example.org/").html
    assert "?b=1&amp;c=2" in expected
    assert "&amp;lt;i&amp;gt; &amp;amp; &lt;b&gt;" in expected
    monkeypatch.setattr("cleanpage.render.html.MAX_AMPERSANDS", 1)
    assert cleanpage.clean(page, url="https://example.org/").html == expected
