"""The kernels over trees: they read what their references in Python read, column for column."""

from __future__ import annotations

import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree
from lxml import html as lxml_html

from cleanpage import decode as decode_module
from cleanpage import native
from cleanpage import parse as parse_module
from cleanpage.decode import count_beyond_ascii
from cleanpage.head import read_elements
from cleanpage.page import Head
from cleanpage.parse import find_end, parse
from cleanpage.segment import segment
from cleanpage.walk import read_tree
from tests.builders import BLOCK_TAGS, INLINE_TAGS, LEAF_TAGS, SKIPPED_TAGS, TREES, element_of, nested, tree_of
from tests.kernels import both, needs_kernels

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.builders import Node

pytestmark = needs_kernels


def assert_same_page(root: etree._Element, *, max_blocks: int = 50_000) -> None:
    """The kernels read what their references read, and of the same types."""
    for shows_hidden in (False, True):
        found = native.kernel("walk").read_tree(root, shows_hidden=shows_hidden, max_blocks=max_blocks)
        expected = read_tree(root, shows_hidden=shows_hidden, max_blocks=max_blocks)
        assert found == expected
        assert repr(found) == repr(expected)
    head, expected_head = Head(), Head()
    assert native.kernel("head").read_elements(root, head)
    read_elements(root, expected_head)
    assert head == expected_head


SPACES = "".join(character for character in map(chr, range(sys.maxunicode + 1)) if character.isspace())
TAGS = (*BLOCK_TAGS, *INLINE_TAGS, *SKIPPED_TAGS, *LEAF_TAGS)
ODD_TAGS = (
    *("noscript", "NoScript", "P", "body", "html", "head", "meta", "link", "pre", "h3", "dl", "x.y", "hé", "math"),
    *("{urn:x}p", "{urn:x}noscript", "{urn:x}a", "{urn:y}odd", "{urn:z}odd", "odd", "{urn:x}br", "{urn:x}script"),
    *("math", "{urn:x}math", "annotation", "base"),
)
WORDS = (
    *("w", " w", "w ", " w\n", "日本", "Été", "—", "*", " ", "\n\t ", "\u0663", "\u180e\u200b"),
    *(space for space in SPACES if space >= "\x80"),
)
VALUES = (
    *("", "true", "a", "A b", "a\u00a0B", "ẞ İx", " many  Tokens ", "x " * 30, "canonical", "application/ld+json"),
    *("display:none", "DISPLAY :\tnone", "x display none", "diſplay:none", "display:\u00a0none", "displaydisplay:none"),
)
NAMES = (
    *("class", "id", "hidden", "style", "href", "rel", "role", "type", "name", "content", "property", "data-x"),
    *("{urn:x}class", "{urn:x}hidden", "aria-hidden", "aria-label", "http-equiv", "itemprop"),
)
OTHER_NODES: Sequence[Callable[[], etree._Element]] = (
    lambda: etree.Comment("w"),
    lambda: etree.ProcessingInstruction("php", "w"),
    lambda: etree.Entity("w"),
)


@st.composite
def trees(draw: st.DrawFn) -> etree._Element:
    """Trees of all kinds of nodes and names, with or without a parent and siblings around the root."""
    tags = st.sampled_from(TAGS) | st.sampled_from(ODD_TAGS)
    attributes = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(VALUES), max_size=3)
    texts = st.lists(st.sampled_from(WORDS), max_size=3).map("".join)
    elements = [etree.Element(draw(tags), draw(attributes))]
    for _ in range(draw(st.integers(0, 30))):
        parent = draw(st.sampled_from(elements[-6:]))
        kind = draw(st.sampled_from(["other", "taken out", "cdata", *["element"] * 7]))
        if kind == "other":
            parent.append(draw(st.sampled_from(OTHER_NODES))())
        elif kind == "taken out":
            etree.SubElement(parent, "taken-out")  # what is around it becomes two texts in a row
        else:
            elements.append(etree.SubElement(parent, draw(tags), draw(attributes)))
            text = draw(texts)
            elements[-1].text = etree.CDATA(text) if kind == "cdata" else text
        parent[-1].tail = draw(texts)
    etree.strip_tags(elements[0], "taken-out")
    return draw(st.sampled_from([elements[0], *elements[:6]]))


@given(trees(), st.integers(0, 5))
def test_any_tree(root: etree._Element, max_blocks: int) -> None:
    """Nodes of every kind, names in namespaces, odd spaces and values, and roots inside of larger trees."""
    assert_same_page(root)
    assert_same_page(root, max_blocks=max_blocks)


@given(TREES)
def test_any_nesting(tree: Node) -> None:
    """Every element in every other."""
    assert_same_page(element_of(tree))


@given(st.text(alphabet="<>/pbrdiva ='\"!-&;#x1\n日[]?", max_size=80))
def test_any_markup(markup: str) -> None:
    """Whatever the parsers of lxml make of broken markup."""
    root = parse(markup)
    if root is not None:
        assert_same_page(root)
        assert_same_page(lxml_html.fromstring(etree.tostring(root)))


def test_pages() -> None:
    """The fixtures and the examples."""
    root = Path(__file__).parents[2]
    pages = [*(root / "examples").glob("*.html"), *(root / "tests" / "fixtures").glob("*/*/input.html")]
    assert len(pages) > 80
    for path in pages:
        assert_same_page(tree_of(path.read_text(encoding="utf-8")))


def test_every_white_space() -> None:
    """What str takes for white space is folded, cuts names and is no part of a link's length; nothing else is."""
    characters = [chr(code) for code in range(0x20, 0x3100) if chr(code).isprintable() or chr(code).isspace()]
    root = etree.Element("div")
    for character in [*"\t\n\r", *characters]:
        names = f"A{character}B"
        block = etree.SubElement(root, "p", {"class": names, "style": f"display{character}:none"})
        link = etree.SubElement(block, "a", {"rel": names})
        link.text = f"{character}a{character}b{character}"
        etree.SubElement(root, "p").text = character
    assert_same_page(root)


@pytest.mark.parametrize("tags", [["div"], ["b"], ["b", "div"], ["svg"]], ids="-".join)
def test_deep_trees(tags: list[str]) -> None:
    """Nothing recurses, and what is too deep for the node table is the same."""
    assert_same_page(nested(tags, 20_000, text="a"))


def test_changed_trees() -> None:
    """Nodes that were moved here from another document, renamed and removed."""
    root = tree_of("<body><p class=a>one</p><div>two<b>three</b></div><p>four</p></body>")
    other = etree.fromstring("<x:section xmlns:x='urn:x'><x:p role='main'>five</x:p>six</x:section>")
    body = root[0]
    body.insert(1, other[0])
    body[0].tag = "h1"
    body[2].remove(body[2][0])
    body.append(lxml_html.fragment_fromstring("<a href='/x' rel='Next'>seven</a>"))
    assert segment(root).texts == ["one", "five", "six", "two", "four", "seven"]
    assert_same_page(root)


@pytest.mark.parametrize(
    "markup",
    [
        "<!DOCTYPE p [<!ATTLIST p hidden CDATA 'x'>]><div>a<p>b</p></div>",
        "<!DOCTYPE div [<!ENTITY e 'x'>]><div>a<p class='a&e;'>b</p><title>c</title><meta name='&e;'/></div>",
    ],
    ids=["default", "entity"],
)
def test_what_only_lxml_reads(markup: str) -> None:
    """Trees whose attributes are not all in one place are left to the references, and nothing is half done."""
    root = etree.fromstring(markup, etree.XMLParser(resolve_entities=False))
    head = Head()
    assert native.kernel("walk").read_tree(root, shows_hidden=False, max_blocks=9) is None
    assert not native.kernel("head").read_elements(root, head)
    assert head == Head()
    assert segment(root).node_table == read_tree(root, shows_hidden=False, max_blocks=9)[0].node_table


@pytest.mark.parametrize("version", ["LXML_VERSION", "LIBXML_VERSION"])
def test_another_lxml(version: str) -> None:
    """Beside another lxml than they were compiled against the kernels do not load, and the references run."""
    script = (
        f"from lxml import etree; etree.{version} = (1, *etree.{version}[1:]); from cleanpage import native, segment\n"
        "print([native.kernel(name) for name in ('walk', 'head')], segment.segment(etree.XML('<p>a</p>')).texts)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[None, None] ['a']\n"


@given(st.lists(st.lists(st.sampled_from(["", "a", "bc", "日本語", "four"]), max_size=3).map(tuple)), st.integers(0, 4))
def test_longer_names(rows: list[tuple[str, ...]], limit: int) -> None:
    """Names over a limit are found, in rows that are one object too."""
    rows = [row for row in rows for _ in range(2)]
    assert native.kernel("walk").has_longer(rows, limit) is any(len(name) > limit for row in rows for name in row)


@given(
    st.lists(st.sampled_from([b"</html", b"</HTML", b"</Html", b"<", b"/", b"</", b"html", b"a", b"\0", b">"])).map(
        b"".join
    )
)
def test_end_of_page(page: bytes) -> None:
    """Where a page ends by its own word is found, and where it does not."""
    found, expected = both(lambda: find_end(page), parse_module)
    assert found == expected


CHARACTERS = st.text(max_size=12).map(lambda text: text.encode("utf-8", "surrogatepass"))
BORDERS = (0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF)
"""Bytes at the ends of the ranges that UTF-8 parts bytes into."""


def assert_same_count(page: bytes) -> None:
    """The characters of a page beyond ASCII are counted, and what is not UTF-8 is known."""
    found, expected = both(lambda: count_beyond_ascii(page), decode_module)
    assert found == expected, page


@given(st.lists(CHARACTERS | st.binary(max_size=3)).map(b"".join))
@example("".join(chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000).encode())
def test_characters_beyond_ascii(page: bytes) -> None:
    """Of any bytes it is told whether they are UTF-8."""
    assert_same_count(page)


@pytest.mark.parametrize("lead", range(0xC0, 0x100))
def test_bytes_of_a_character(lead: int) -> None:
    """After each byte that may begin a character, what Python takes for UTF-8 is taken for it."""
    for length in range(4):
        for others in product(BORDERS, repeat=length):
            assert_same_count(bytes([lead, *others]))
