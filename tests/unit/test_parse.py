"""parse: any str becomes a tree, in linear time, however deep or odd it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from cleanpage.config import Config
from cleanpage.parse import is_lxml, parse, parse_page, root_of

if TYPE_CHECKING:
    from collections.abc import Callable


def text_of(text: str) -> str:
    """The text of a parsed page."""
    root = parse(text)
    assert root is not None
    return "".join(map(str, root.itertext()))


def depth_of(root: etree._Element) -> int:
    """The nesting of a tree, counted without recursion."""
    depth = deepest = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest


def test_parses_a_page() -> None:
    """Elements, attributes, entities and comments are kept."""
    root = parse('<!DOCTYPE html><html lang="nl"><body><!-- c --><p id="a">Eén &amp; twee</p></body></html>')
    assert root is not None
    assert root.tag == "html"
    assert root.get("lang") == "nl"
    assert root.xpath("string(//p[@id='a'])") == "Eén & twee"
    assert [comment.text for comment in root.iter(etree.Comment)] == [" c "]


@pytest.mark.parametrize("text", ["", "  \n", "<!-- only -->", "<!DOCTYPE html>", "<?php echo ?>", "</p>"])
def test_nothing_to_parse(text: str) -> None:
    """Without an element or text there is no tree."""
    root = parse(text)
    assert root is None or not "".join(map(str, root.itertext()))


@pytest.mark.parametrize(
    "declaration",
    [
        '<?xml version="1.0" encoding="gb2312"?>',
        "<meta charset=koi8-r>",
        "<meta http-equiv=content-type content='text/html; charset=big5'>",
    ],
)
def test_declared_charset_does_not_matter(declaration: str) -> None:
    """The text is decoded already: a charset that it names is not applied again."""
    assert text_of(f"{declaration}<p>Живо 生き生き</p>").strip() == "Живо 生き生き"


@pytest.mark.parametrize(
    "end", ["</body></html>", "</BODY></HTML>", "</html >", "</html>\n</html>", "</html><!-- cached -->"]
)
def test_text_behind_the_end_of_the_page_is_read(end: str) -> None:
    """Templates close the page in their header and go on; browsers put what follows into the body."""
    assert text_of(f"<html><body><p>header </p>{end}<div>article</div></body></html>").split() == ["header", "article"]
    assert text_of(f"<html><body><p>article</p>{end}").split() == ["article"]


def test_no_files_and_no_entities() -> None:
    """An external entity is not read."""
    found = text_of('<!DOCTYPE html [<!ENTITY secret SYSTEM "file:///etc/hostname">]><p>a &secret; b</p>')
    assert "&secret;" in found


def test_lone_surrogates_do_not_raise() -> None:
    """What cannot be written as UTF-8 is replaced."""
    assert text_of("<p>a\ud800b</p>") == "a?b"


@pytest.mark.parametrize("end", ["", "</div>" * 100_000])
def test_deep_page_keeps_its_text(end: str) -> None:
    """100,000 nested elements lose no text, and no border between paragraphs."""
    root = parse("<p>first</p>" + "<div>" * 100_000 + "deep<p>one</p><p>two</p>" + end + "<p>last</p>")
    assert root is not None
    assert "".join(map(str, root.itertext())) == "firstdeeponetwolast"
    assert [p.text for p in root.iter("p")] == ["first", "one", "two", "last"]
    assert depth_of(root) <= Config().max_depth + 5


def test_deep_page_with_scripts_and_comments() -> None:
    """Tags inside comments and scripts of a deep page are not counted as tags."""
    filler = "<!-- <div></i> --><script>var a = '</b><div>';</script><img src=x><br>"
    root = parse("<div>" * 3000 + filler + "<p>Kern</p></span>" + "</div>" * 3000 + "<p>Ende</p>")
    assert root is not None
    assert [p.text for p in root.iter("p")] == ["Kern", "Ende"]
    assert [script.text for script in root.iter("script")] == ["var a = '</b><div>';"]


@pytest.mark.parametrize("tail", ["<!--", "<script>", "</title", "<a "])
def test_deep_page_cut_off(tail: str) -> None:
    """A deep page that ends inside a comment, script or tag keeps what came before."""
    assert text_of("<div>" * 3000 + "<p>Before</p>" + tail).startswith("Before")


def test_thousands_of_attributes() -> None:
    """A tag with thousands of attributes keeps the first, and the page behind it."""
    attributes = " ".join(f"a{number}={number}" for number in range(50_000))
    root = parse(f"<p>one</p><p class='x' {attributes}>two</p><p title='>'>three</p>")
    assert root is not None
    assert [p.text for p in root.iter("p")] == ["one", "two", "three"]
    assert root.findall(".//p")[1].get("class") == "x"


def test_long_tags_never_closed() -> None:
    """A tag that holds all those after it keeps its first attributes; what is dropped is not searched for others."""
    parsed = parse_page((b"<a" + b" b c d" * 2000) * 200)
    assert [warning.partition(":")[0] for warning in parsed.warnings] == ["too_many_attributes"]
    assert parsed.utf8 == b"<a" + (b" b c d" * 2000)[: 2 * Config().max_attributes]


def test_long_attribute_is_kept() -> None:
    """An image in a data URI is one long attribute, not many."""
    root = parse(f'<p>a</p><img src="data:image/png;base64,{"A" * 100_000}" alt="b c d"><p>e</p>')
    assert root is not None
    image = root.find(".//img")
    assert image is not None
    assert len(image.get("src", "")) > 100_000
    assert image.get("alt") == "b c d"


@pytest.mark.parametrize(
    "make",
    [
        lambda n: "<div>" * n,
        lambda n: "<div>" * n + "</x>" * n,
        lambda n: "<b><p>" * n,
        lambda n: "<p>" * n,
        lambda n: "<a>" * n + "x",
        lambda n: "<div>" * 3000 + "<a " * n,
        lambda n: "<div>" * 3000 + "<!--" * n,
        lambda n: "<p " + " ".join(f"a{number}=1" for number in range(n)) + ">x",
        lambda n: "<" * n,
        lambda n: "&amp" * n,
    ],
    ids=[
        "deep",
        "unmatched-ends",
        "misnested",
        "open-p",
        "open-a",
        "open-tags",
        "open-comments",
        "attributes",
        "lt",
        "entities",
    ],
)
def test_odd_page_is_parsed(make: Callable[[int], str]) -> None:
    """What a parser may stumble over, by the ten thousand, still gives a tree."""
    assert parse(make(10_000)) is not None


@pytest.mark.parametrize("filler", ["", f"<i {' '.join(f'a{n}=1' for n in range(5000))}>", "<div>" * 3000])
def test_characters_of_a_page_that_is_rewritten(filler: str) -> None:
    """Characters beyond ASCII come through, also where the page has to be rewritten first."""
    root = parse(f"<p>Živá</p>{filler}<p>日本")
    assert root is not None
    assert [p.text for p in root.iter("p")] == ["Živá", "日本"]


def test_root_of() -> None:
    """An element is its own root, a tree has one, comments and other objects have none."""
    root = etree.fromstring("<html><body><!-- c --><p/></body></html>")
    assert root_of(root) is root
    assert root_of(root.getroottree()) is root
    assert root_of(root[0]) is root[0]
    assert root_of(root[0][0]) is None
    assert root_of(etree.ElementTree()) is None
    assert root_of("<p>") is None
    assert [is_lxml(thing) for thing in (root, root.getroottree(), root[0][0], "<p>", None)] == [
        True,
        True,
        True,
        False,
        False,
    ]


@given(st.text(st.characters()))
def test_any_text(text: str) -> None:
    """No str raises."""
    parse(text)


@given(
    st.lists(
        st.sampled_from(
            ["<div>", "</div>", "<p ", ">", "<!--", "-->", "<script>", "</script", '"', "=", "x", "<a b='", "\ufeff"]
        )
    )
)
def test_any_tags(pieces: list[str]) -> None:
    """No mix of tags raises, on a shallow or a deep page."""
    parse("".join(pieces))
    parse("<div>" * 2100 + "".join(pieces))
