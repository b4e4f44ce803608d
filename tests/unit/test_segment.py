"""segment: every visible word lands in one block, in document order, whatever the tags around it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from cleanpage.parse import parse
from cleanpage.roles import Kind
from cleanpage.segment import segment, trace
from cleanpage.walk import MAX_NAMES, MAX_NODE_DEPTH
from tests.builders import INLINE_TAGS, SKIPPED_TAGS, TREES, element_of, nested, page_of, tree_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleanpage.page import Page
    from tests.builders import Node

FILLER = "word " * 50
"""Enough visible words that nothing hidden is read."""


def kinds_of(html: str) -> list[tuple[str, str, int]]:
    """Text, kind and level of each block of a page with this body."""
    page = page_of(html if html.startswith("<") else f"<div>{html}</div>")
    return list(zip(page.texts, page.kinds, page.levels, strict=True))


def texts_of(*items: str) -> list[str]:
    """The block texts of a page with these items."""
    return page_of(*items).texts


def squeezed(text: str) -> str:
    """A text without white space."""
    return "".join(text.split())


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>One <b>bold</b> word.</p><p>Two.</p>", [("One bold word.", "paragraph", 0), ("Two.", "paragraph", 0)]),
        ("<h1>A</h1><h3>B <em>b</em></h3>", [("A", "heading", 1), ("B b", "heading", 3)]),
        (
            "<ul><li>a<ul><li>b</li><li><p>c</p></li></ul>d</li></ul><ol><li>e</li></ol>",
            [(text, "list_item", level) for text, level in (("a", 1), ("b", 2), ("c", 2), ("d", 1), ("e", 1))],
        ),
        ("<dl><dt>t</dt><dd>d<p>e</p></dd></dl>", [(text, "definition", 1) for text in "tde"]),
        (
            "<table><caption>c</caption><tr><th>h</th><td>x <b>y</b></td></tr><tr><td><p>p</p><p>q</p></table>",
            [("c", "paragraph", 0), ("h", "table", 0), ("x y", "table", 0), ("p", "table", 0), ("q", "table", 0)],
        ),
        ("<blockquote>q<p>r</p><cite>s</cite></blockquote>", [("q", "quote", 0), ("r", "quote", 0), ("s", "quote", 0)]),
        (
            "<figure><img src=i.png><figcaption>c <small>by d</small></figcaption></figure>",
            [("c by d", "figure", 0)],
        ),
        ("<form><label>L</label><input><button>B</button></form>", [("L", "paragraph", 0), ("B", "control", 0)]),
        ("<fieldset><legend>L</legend>t</fieldset>", [("L", "control", 0), ("t", "paragraph", 0)]),
        ("<li><h4>h</h4>t</li>", [("h", "heading", 4), ("t", "list_item", 0)]),
        ("<ul><li><section>s</section>t</li></ul>", [("s", "paragraph", 0), ("t", "list_item", 1)]),
        ("<details><summary>s</summary>t</details>", [("s", "paragraph", 0), ("t", "paragraph", 0)]),
        ("<my-card><x-title>s</x-title>t</my-card>", [("s", "paragraph", 0), ("t", "paragraph", 0)]),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else "",
)
def test_kinds(html: str, expected: list[tuple[str, str, int]]) -> None:
    """Each kind of markup gives its blocks their kind and level."""
    assert kinds_of(html) == expected


@pytest.mark.parametrize(
    ("html", "texts"),
    [
        ("<p>a<br>b<br><br>c<br> <br>\n<br>d<br></p>", ["a\nb", "c", "d"]),
        ("<p>a<br><!-- - --><br>b</p>", ["a", "b"]),
        ("<p><br>a<b><br></b><br>b</p>", ["a", "b"]),
        ("<div>a<p>b</p>c<div>d</div>e</div>f", ["a", "b", "c", "d", "e", "f"]),
        ("<a href=/x>a<div>b</div>c</a>d", ["a", "b", "cd"]),
        ("<p>foot<b>ball</b> <i>match</i></p>", ["football match"]),
        ("<p>a<!-- c -->b<?php echo 1 ?>c</p>", ["abc"]),
        ("<p>a\u00a0 \n b</p>", ["a b"]),
        ("<p>—</p><p>* * *</p><p>a</p>", ["a"]),
        ("<p>日本語の<wbr>文章</p>", ["日本語の文章"]),
        ("<p>Euler: <math><mi>e</mi><mo>=</mo><mn>2</mn></math>.</p>", ["Euler: e=2."]),
        ("<p>So <math><mi>e</mi><annotation>\\e</annotation></math> is</p>", ["So e is"]),
        # What KaTeX and MathJax draw beside MathML is the same formula once more.
        ("<p>a <i><b><math><mi>e</mi></math></b><b aria-hidden='true'>e</b></i> b</p>", ["a e b"]),
        ("<p>a <i><b aria-hidden='true'>e</b><!-- --><b><math><mi>e</mi></math></b></i> b</p>", ["a e b"]),
        ("<p>a <b aria-hidden='false'>e</b><math><mi>e</mi></math> b</p>", ["a ee b"]),
        ("<p>a <b aria-hidden='true'>c</b><b>d<math><mi>e</mi></math></b> b</p>", ["a de b"]),
        ("<p>a <b aria-hidden='true'>c</b> <i>d</i> <math><mi>e</mi></math> b</p>", ["a c d e b"]),
        ("<p>a<hr>b<p>c", ["a", "b", "c"]),
    ],
)
def test_borders(html: str, texts: list[str]) -> None:
    """Block-level tags and two line breaks cut; inline tags, comments and instructions do not."""
    assert texts_of(f"<div>{html}</div>") == texts


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<pre>\n  a\tb\n\n    c  d\n</pre>", "  a\tb\n\n    c  d"),
        ("<pre><code>def f():\n    return  1\n</code></pre>", "def f():\n    return  1"),
        ("<pre>    <b>def</b> f():\n        pass</pre>", "    def f():\n        pass"),
        ("<pre>a<br><br>  b</pre>", "a\n\n  b"),
        ("<listing>a  b</listing>", "a  b"),
    ],
)
def test_code_keeps_its_white_space(html: str, text: str) -> None:
    """Code is one block, with its indentation, its empty lines and its runs of spaces."""
    page = page_of(html)
    assert page.texts == [text]
    assert page.kinds == [Kind.CODE]


@pytest.mark.parametrize(
    "hidden",
    [
        "<p hidden>secret</p>",
        "<p style='color: red; Display : NONE'>secret</p>",
        "<div hidden><section><p>secret</p></section></div>",
        "<span hidden>secret</span>",
        *(f"<{tag}>secret</{tag}>" for tag in SKIPPED_TAGS),
        "<noscript><p>secret</p></noscript>",
        "<video>secret</video><audio>secret</audio>",
        "<!-- secret -->",
        "<svg><title>secret</title><text>secret</text></svg>",
        "<title>secret</title>",
    ],
)
def test_what_is_not_shown_is_passed_over(hidden: str) -> None:
    """Neither hidden text nor any hint that it was there; what follows it is read."""
    page = page_of(f"<div>before {hidden} after</div>", FILLER)
    assert " ".join(page.texts[:-1]).split() == ["before", "after"]
    assert not page.warnings


@pytest.mark.parametrize(
    "attributes",
    [
        "hidden role=tabpanel",
        "hidden role=region",
        "style='display:none' aria-labelledby=question-3",
        "style='display: none' class='faq__answer'",
        "style='display:none' class='Accordion-body open'",
        "hidden id=collapse-2",
        "hidden id='S:0'",
        "hidden id='S:1f'",
    ],
)
def test_what_a_click_or_a_stream_shows_is_read(attributes: str) -> None:
    """Panels of tabs and accordions are the page's own text, and so is what React streams behind the page's shell."""
    page = page_of("<p>before</p>", f"<div {attributes}><p>opened</p></div>", "<p>after</p>", FILLER)
    assert page.texts[:3] == ["before", "opened", "after"]
    assert not page.warnings


@pytest.mark.parametrize(
    "attributes",
    [
        "hidden role=dialog aria-labelledby=title",
        "hidden role=menu aria-labelledby=account",
        "style='display:none' class='accordion-menu'",
        "style='display:none' class='collapse' id='navbar'",
        "style='display:none' aria-labelledby=login class='modal'",
        "hidden id='S:x'",
        "hidden id='US:1'",
        "hidden class=promo",
        "style='display:none' role=status",
    ],
)
def test_what_a_click_opens_beside_the_text_is_passed_over(attributes: str) -> None:
    """Menus, dialogs and messages stay hidden, whatever labels them."""
    assert page_of("<p>before</p>", f"<div {attributes}><p>secret</p></div>", FILLER).texts[:-1] == ["before"]


@pytest.mark.parametrize(
    "html",
    [
        f"<body hidden><p>{FILLER}</p></body>",
        f"<body style='display:none'><p>{FILLER}</p></body>",
        f"<html style='display:none'><body><p>{FILLER}</p></body></html>",
        f"<body><div id=app style='display:none'><p>{FILLER}</p></div></body>",
        f"<body><p>Loading</p><div hidden><p>{FILLER}</p></div></body>",
        f"<body><noscript><p>{FILLER}</p></noscript></body>",
        f"<p>{FILLER}</p>",
        f"<table><tr><td>{FILLER}</table>",
        FILLER,
    ],
)
def test_a_page_that_hides_itself_is_read(html: str) -> None:
    """Where nearly everything waits for a script, or there is no body, the text comes out all the same."""
    assert FILLER.strip() in segment(tree_of(html)).texts


def test_hidden_text_that_is_read_is_warned_of() -> None:
    """Reading what is hidden is unusual; a short visible page with a short hidden part is not."""
    assert page_of(f"<div hidden>{FILLER}</div>").warnings[0].startswith("hidden:")
    page = page_of("Six words are on this page", "<p hidden>and four are hidden</p>")
    assert (page.texts, page.warnings) == (["Six words are on this page"], [])


def test_what_no_parser_makes() -> None:
    """A tree made by hand may have text in images and line breaks, entities, and fields as its root."""
    root = etree.XML(
        "<!DOCTYPE div [<!ENTITY e 'x'>]>"
        "<div>a<img>no<b>no</b></img>b<br>no</br>c&e;d<!--no-->e<svg><p>no</p></svg>f</div>",
        etree.XMLParser(resolve_entities=False),
    )
    page = segment(root)
    assert (page.texts, page.image_counts) == (["ab\ncde", "f"], [1, 0])
    assert_trace_holds(root, page)
    assert segment(etree.XML("<input>a</input>")).input_counts == [0]


def test_hidden_siblings_count_in_paths() -> None:
    """The path of an element counts what is not shown before it, in a block and in an inline element."""
    hidden = "<div hidden>x</div><div style='display:none'>y</div><noscript>z</noscript>"
    root = tree_of(f"<body><div>{FILLER}</div>{hidden}<div>a</div><b><i>b</i>{hidden}<div>c</div></b></body>")
    page = segment(root)
    paths = page.node_table.xpaths(page.nodes)
    assert paths == [f"/html[1]/body[1]{step}" for step in ("/div[1]", "/div[4]", "", "/b[1]/div[3]")]
    assert_paths_hold(root, page)


def test_frames() -> None:
    """A page of frames has no text of its own; that for browsers without frames is no markup to read out."""
    page = segment(tree_of("<frameset><frame src=a><noframes><p>Use a newer browser</p></noframes></frameset>"))
    assert not [text for text in page.texts if "<" in text]


def test_links_and_inline_elements_are_counted() -> None:
    """Characters inside links, their targets, inline tags and their names, images and fields."""
    page = page_of(
        '<p>See <a class="ref Main" id=R href=/x>this</a> <b>now</b></p><p><a href="/y">all</a><img><input></p>'
    )
    assert page.texts == ["See this now", "all"]
    assert page.link_char_counts == [4, 3]
    assert page.hrefs == [("/x",), ("/y",)]
    assert page.inline_tags[0] == ("a", "b")
    assert page.inline_names[0] == ("ref", "main", "#r")
    page = page_of("<img><p>a</p><input><p>b <img> <img></p>")
    assert (page.image_counts, page.input_counts) == ([1, 2], [0, 1])


def test_a_link_around_blocks_counts_in_each() -> None:
    """A card that is one link gives its target to all its blocks."""
    page = page_of('<a href="/card"><h3>Title</h3><p>Text</p></a><p>Not</p>')
    assert page.hrefs == [("/card",), ("/card",), ()]
    assert page.link_char_counts == [5, 4, 0]


def test_names_are_limited() -> None:
    """Each block inside a link holds its names: of a thousand it takes a few."""
    names = " ".join(f"n{number}" for number in range(1000))
    page = page_of(f'<a class="{names}" id="{names}" rel="{names}"><p>a</p><p>b</p></a>')
    assert [len(names) for names in page.inline_names] == [2 * MAX_NAMES] * 2
    assert page.inline_names[0][MAX_NAMES - 1 : MAX_NAMES + 1] == (f"n{MAX_NAMES - 1}", "rel=n0")


def test_nodes_know_their_names_and_attributes() -> None:
    """The node table has the block-level elements only, with what detectors read of them."""
    page = page_of('<div class="A b" id=C role=main data-x=1><span>a</span></div>')
    nodes = page.node_table
    assert nodes.tags == ["html", "body", "div"]
    assert nodes.names[2] == ("a", "b", "#c")
    assert nodes.attributes[2] == {"role": "main"}


def test_the_head_is_read() -> None:
    """What the page says about itself is not among the blocks."""
    root = tree_of(
        "<html lang=nl><head><title> De\nbrug </title><meta property='OG:title' content=' Brug '><meta name=x>"
        "<link rel=canonical href=/brug><script type='application/ld+json'>{}</script></head><body><p>a</body></html>"
    )
    page = segment(root, url="https://example.org/b")
    assert page.texts == ["a"]
    assert page.url == "https://example.org/b"
    head = page.head
    assert (head.title, head.language, head.canonical, head.json_ld) == ("De brug", "nl", "/brug", ["{}"])
    assert head.meta == {"og:title": "Brug"}


@pytest.mark.parametrize("block_count", [3, 4])
@pytest.mark.parametrize("last", ["<p>four</p>", "four"])
def test_block_limit(block_count: int, last: str) -> None:
    """As many blocks as allowed, and a warning if there are more, also if the last is text of the root."""
    root = etree.fromstring(f"<div><p>one</p><p>two</p><p>three</p>{last}</div>")
    page = segment(root, max_blocks=block_count)
    assert page.texts == ["one", "two", "three", "four"][:block_count]
    assert bool(page.warnings) == (block_count < 4)
    assert page.node_table.end_blocks[0] == block_count


PATH_PAGES = [
    "<div><p>a</p><p>b</p><span>c</span><div><p>d</p></div>e</div>",
    "<p>a<b>b</b></p><p hidden>x</p><p>c</p><script>1</script><section>d</section>",
    "<a href=/x>a<div>b<p>c</p></div><div>d</div>e</a>f<a><div>g</div></a>",
    "<ul><li>a<ul><li>b<li>c</ul>d<li>e</ul><table><tr><td>f<td>g<tr><td>h</table>",
    "<o:p>a</o:p><o:p>b</o:p><my-card>c</my-card><x.y>d</x.y><h²>e</h²><a\"b'c>f</a\"b'c><x_1>g</x_1>",
    "<dl><dt>a<dd>b</dl><details><summary>c</summary>d</details><center>e</center>",
    "<div>" * 600 + "a<p>b</p>" + "</div><p>c</p><b><div>d</div></b>" * 600,
]


@pytest.mark.parametrize("html", PATH_PAGES, ids=lambda html: html[:20])
def test_paths_find_the_element(html: str) -> None:
    """The XPath of every block finds one element of the page as given, and the block's text is in it."""
    root = tree_of(f"<html><body>{html}</body></html>")
    assert_paths_hold(root, segment(root))


def test_paths_in_a_tree_with_namespaces() -> None:
    """In XHTML read as XML every name is in a namespace."""
    root = etree.fromstring(
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:m="urn:m"><body><p>a <b>b</b></p><m:p>c</m:p>'
        "<p>d</p><ul><li>e</li></ul></body></html>"
    )
    page = segment(root)
    assert page.texts == ["a b", "c", "d", "e"]
    assert page.kinds[3] is Kind.LIST_ITEM
    assert_paths_hold(root, page)


@pytest.mark.parametrize("tag", ["div", "p", "span", "a", "li", "td", "body", "my-card"])
def test_paths_are_relative_to_the_element_given(tag: str) -> None:
    """Part of a page is a page: its root is the first step, and neither its tail nor its siblings are read."""
    outer = etree.fromstring(f"<div><{tag}>before</{tag}><{tag}>one <b>two</b><p>three</p></{tag}>tail</div>")
    root = outer[1]
    page = segment(root)
    assert page.texts == ["one two", "three"]
    paths = page.node_table.xpaths(page.nodes)
    assert paths == [f"/{tag}[1]", f"/{tag}[1]/p[1]"]
    assert_paths_hold(root, page)


def assert_paths_hold(root: etree._Element, page: Page) -> None:
    """Each path finds one element, whose text has the block's characters in order."""
    assert page.texts
    document = etree.ElementTree(root)
    for text, path in zip(page.texts, page.node_table.xpaths(page.nodes), strict=True):
        assert document.xpath(f"count({path})") == 1, path
        characters = iter(squeezed(str(document.xpath(f"string({path})"))))
        assert all(character in characters for character in squeezed(text)), (text, path)


@pytest.mark.parametrize(
    "html", [*PATH_PAGES, *(f"<body>{html}</body>" for html in ("<pre>  a<br>b</pre>", "a<br><br>b"))]
)
def test_trace_rebuilds_the_blocks(html: str) -> None:
    """The slots of a block hold its text, in order."""
    root = tree_of(html)
    assert_trace_holds(root, segment(root))


@pytest.mark.parametrize("max_blocks", [1, 2])
def test_trace_knows_limits_and_hidden_text(max_blocks: int) -> None:
    """The trace is of the same blocks, when hidden ones were read and when some were dropped."""
    root = tree_of(f"<body><p hidden>{FILLER}</p><p>—</p><noscript>b</noscript><p hidden>c</p></body>")
    page = segment(root, max_blocks=max_blocks)
    assert len(page) == max_blocks
    assert_trace_holds(root, page)


def assert_trace_holds(root: etree._Element, page: Page) -> None:
    """The joined slots are the block texts, white space apart."""
    slots = trace(root, page)
    rebuilt = [
        "".join((element.tail if is_tail else element.text) or "" for element, is_tail in block) for block in slots
    ]
    assert list(map(squeezed, rebuilt)) == list(map(squeezed, page.texts))


BORDER, BREAK = "\x01", "\x02"


def shown(node: Node) -> str:
    """What a reader sees of a tree, by a plain walk: its texts, a mark where a block ends, one a line break."""
    tag, children = node
    if tag == "br":
        return BREAK
    is_inline = tag in INLINE_TAGS or tag == "img"
    inside = ""
    if tag not in SKIPPED_TAGS:
        inside = "".join(child if isinstance(child, str) else shown(child) for child in children)
    return inside if is_inline else f"{BORDER}{inside}{BORDER}"


def blocks_shown(node: Node) -> list[str]:
    """The blocks of a tree by that walk."""
    runs = re.split(rf"{BORDER}|{BREAK}\s*{BREAK}", shown(node))
    lines = [[" ".join(line.split()) for line in run.split(BREAK)] for run in runs]
    found = ["\n".join(block).strip() for block in lines]
    return [block for block in found if any(map(str.isalnum, block))]


@given(TREES)
def test_every_visible_word_lands_in_one_block(tree: Node) -> None:
    """The blocks of any tree are those of a plain recursive walk, word for word and in order."""
    root = element_of(tree)
    before = etree.tostring(root)
    page = segment(root)
    assert page.texts == blocks_shown(tree)
    assert etree.tostring(root) == before


@given(TREES)
def test_paths_and_traces_of_any_tree(tree: Node) -> None:
    """Paths and traces hold whatever is nested in what."""
    root = element_of(tree)
    page = segment(root)
    assert_trace_holds(root, page)
    if page.texts:
        assert_paths_hold(root, page)


@given(TREES)
def test_node_ranges_are_contiguous_and_nested(tree: Node) -> None:
    """A node's blocks are one range inside its parent's and beside its siblings'; each block is in its own node's."""
    page = segment(element_of(tree))
    nodes = page.node_table
    last_end = dict.fromkeys(range(-1, len(nodes)), 0)
    for row, (parent, first, end) in enumerate(zip(nodes.parents, nodes.first_blocks, nodes.end_blocks, strict=True)):
        assert parent < row
        assert first <= end
        assert first >= last_end[parent]
        last_end[parent] = end
        if parent >= 0:
            assert nodes.first_blocks[parent] <= first
            assert end <= nodes.end_blocks[parent]
            assert nodes.depths[row] == nodes.depths[parent] + 1
    for block, node in enumerate(page.nodes):
        assert nodes.first_blocks[node] <= block < nodes.end_blocks[node]
    assert (nodes.first_blocks[0], nodes.end_blocks[0]) == (0, len(page))


def vars_of(part: object) -> dict[str, object]:
    """The fields of a dataclass with or without slots."""
    return {name: getattr(part, name) for name in part.__dataclass_fields__}  # type: ignore[attr-defined]


@given(st.text(alphabet="<>/pbrdiva ='\"!-&;#x1\n日", max_size=80))
def test_any_markup_is_segmented(html: str) -> None:
    """Whatever the parser makes of broken markup, each table keeps its columns equally long."""
    root = parse(html)
    if root is None:
        return
    page = segment(root)
    for part, exempt in ((page, {"starts", "ends", "warnings"}), (page.node_table, set[str]())):
        lengths = {
            len(value) for name, value in vars_of(part).items() if isinstance(value, list) and name not in exempt
        }
        assert len(lengths) == 1


@pytest.mark.parametrize("tags", [["div"], ["b"], ["b", "div"], ["ul", "li"]], ids="-".join)
def test_depth(tags: list[str]) -> None:
    """100,000 levels lose no word."""
    deep = nested(tags, 100_000, text="a")
    page = segment(deep, max_blocks=100_000)
    assert "the innermost words" in page.texts[-1]
    assert sum(text.count("a") for text in page.texts) == 99_999
    assert max(page.node_table.depths) <= MAX_NODE_DEPTH


@pytest.mark.parametrize("tag", ["svg", "img"])
def test_depth_of_what_is_passed_over(tag: str) -> None:
    """100,000 levels with nothing to show are left behind."""
    deep = nested([tag], 100_000, text="a")
    outer = etree.Element("div")
    outer.append(deep)
    deep.tail = "after"
    assert segment(outer).texts == ["after"]


def rows_page(names: Sequence[str]) -> str:
    """A page with a paragraph for each class attribute."""
    return "<main>" + "".join(f"<p class='{name}'>some <i class='{name} x'>words</i></p>" for name in names) + "</main>"


def test_class_names_on_everything_are_dropped() -> None:
    """A name that nearly all elements share is no evidence; others stay, and ids."""
    page = page_of(rows_page([*["ad lead"] * 10, *["ad"] * 10, "", "note ad"]))
    assert page.node_table.names[3:] == [*[("lead",)] * 10, *[()] * 11, ("note",)]
    assert page.inline_names[0] == ("lead", "x")


@pytest.mark.parametrize(
    "names",
    [["ad"] * 11, ["ad"] * 18 + ["ad b"] * 2 + ["b"] * 2, ["ad", "b", "ad"] * 20],
    ids=["few elements", "most, not nearly all", "first and last"],
)
def test_class_names_on_some_are_kept(names: list[str]) -> None:
    """Names that others lack stay."""
    page = page_of(rows_page(names))
    assert [" ".join(row) for row in page.node_table.names if row] == names
