"""provenance: a block's XPath, CSS selector and line lead back to it on the page as given."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from lxml import etree

import cleanpage
from benchmarks.compare import SETS, bench_folder, open_benchmark, sample_pages
from cleanpage.document import Block, Document
from cleanpage.parse import parse
from cleanpage.provenance import Place, css_path, locate
from cleanpage.roles import Kind, Role
from tests.unit.documents import PAGES, document_of, document_of_tree

if TYPE_CHECKING:
    from collections.abc import Callable

BENCHMARK_PAGE_COUNT = 200


def test_place_of_a_block() -> None:
    """Line 3 is where the element's start tag ends."""
    document = document_of("<html>\n<body><p>a</p><p\n class='b'>b\nc</p></body></html>")
    assert document.locate(document.blocks[1]) == Place(
        xpath="/html[1]/body[1]/p[2]",
        css="html:nth-of-type(1) > body:nth-of-type(1) > p:nth-of-type(2)",
        line=3,
        start=-1,
        end=-1,
    )


def test_place_in_plain_text() -> None:
    """Plain text has offsets and nothing else."""
    dump = "One line of the dump.\n\nAnother line of it.\n"
    document = cleanpage.clean_text(dump)
    for block in document.blocks:
        place = document.locate(block)
        assert place[:3] == ("", "", 0)
        assert dump[place.start : place.end] == block.text


def test_place_without_the_page() -> None:
    """A document from JSON has paths, and no lines."""
    block = Block(0, Role.TEXT, Kind.PARAGRAPH, 0, "x", "", 0.9, (), is_main=True, path="/html[1]/p[2]")
    assert locate(block, None) == Place("/html[1]/p[2]", "html:nth-of-type(1) > p:nth-of-type(2)", 0, -1, -1)
    assert Document(blocks=(block,)).locate(block).line == 0


def test_a_tree_without_lines() -> None:
    """An element that was made, not parsed, has no line."""
    root = etree.Element("html")
    etree.SubElement(root, "p").text = "x"
    document = document_of_tree(root)
    assert document.locate(document.blocks[0]).line == 0


@pytest.mark.parametrize(
    ("xpath", "css"),
    [
        ("", ""),
        ('/*[local-name()="my:tag"][1]/p[2]', "my\\3a tag:nth-of-type(1) > p:nth-of-type(2)"),
        ("/*[local-name()='a\"b'][1]", "a\\22 b:nth-of-type(1)"),
        ('/*[local-name()=concat("a", \'"\', "b\'c")][3]', "a\\22 b\\27 c:nth-of-type(3)"),
    ],
)
def test_css_path(xpath: str, css: str) -> None:
    """Names that CSS cannot write as they are, are escaped."""
    assert css_path(xpath) == css


def found_by_css(root: etree._Element, selector: str) -> list[etree._Element]:
    """The elements that a selector finds; libxml2 has no CSS, so each of its steps is taken by itself."""
    elements = [root]
    for number, step in enumerate(selector.split(" > ")):
        tag, _, position = step.removesuffix(")").partition(":nth-of-type(")
        if number == 0:
            elements = [root] if root.tag == tag and position == "1" else []
        else:
            children = [child for element in elements for child in element if child.tag == tag]
            elements = children[int(position) - 1 : int(position)]
    return elements


def check(document: Document, root: etree._Element, source: str, *, each: Callable[[Block], bool] = bool) -> int:
    """Checks the places of the blocks of a document; returns how many."""
    count = 0
    lines = source.split("\n")
    tree: Any = root.getroottree()
    for block in filter(each, document.blocks):
        place = document.locate(block)
        [element] = tree.xpath(place.xpath)
        if "\\" not in place.css:
            assert found_by_css(root, place.css) == [element]
        first_word = block.text.split()[0]
        assert first_word in "".join(element.itertext())
        assert 1 <= place.line <= len(lines)
        count += 1
    return count


@given(PAGES)
def test_places_of_invented_pages(html: str) -> None:
    """Every block of pages that nest every element into every other."""
    root = parse(html)
    assert root is not None
    document = document_of(html)
    assert check(document, root, html) == len(document)


@pytest.mark.skipif(not bench_folder().exists(), reason="there is no benchmark")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the referee leaves files open
def test_places_on_benchmark_pages() -> None:
    """Every block of 200 pages."""
    from cleanpage.inputs import read_page

    benchmark = open_benchmark()
    assert benchmark is not None
    pages = [gold for name in SETS for gold in sample_pages(benchmark, name, 8)][:BENCHMARK_PAGE_COUNT]
    assert len(pages) == BENCHMARK_PAGE_COUNT
    for gold in pages:
        content = Path(gold["path"]).read_bytes()
        read = read_page(content, url=None)
        assert read.root is not None
        document = cleanpage.clean(content)
        assert check(document, read.root, read.utf8.decode()) == len(document)
