"""What holds for every input: nothing else is raised, nothing is changed, two calls agree, no block is lost."""

from __future__ import annotations

import io
import pickle
import re
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

import cleanpage
from cleanpage import arbiter
from cleanpage.document import Document
from cleanpage.errors import CleanpageError
from cleanpage.page import split_words
from cleanpage.roles import Kind, Role
from tests.builders import TREES, element_of, nested, tree_of
from tests.unit.documents import PAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cleanpage.arbiter import Verdict
    from tests.builders import Node

EXAMPLES = Path(__file__).parents[2] / "examples"
EXAMPLE = (EXAMPLES / "french-news.html").read_text(encoding="utf-8")
DUMP = (EXAMPLES / "french-news.txt").read_text(encoding="utf-8")

SURROGATE = re.compile("[\ud800-\udfff]")

few = settings(max_examples=50)

MARKUP = [
    "<p>",
    "</p>",
    "<div class='",
    "'>",
    "<a href=/login>",
    "</a",
    "<!--",
    "-->",
    "<script>",
    "<br><br>",
    "<table><td>",
]
MARKUP += [
    "<meta charset=utf-16>",
    "<?xml",
    "<![CDATA[",
    "&amp;",
    "&#0;",
    "&#xD800;",
    "<pre>",
    "<h1 hidden>",
    "<noscript>",
]
LONG = "The council met again on Tuesday to speak about the old bridge. " * 6
WORDS = [
    LONG,
    " Sign in to read on. ",
    " Zustimmen ",
    " 続きを読む ",
    " اقرأ أيضا ",
    "\n- ",
    " © 2026 ",
    " a.B",
    "\x00",
    "\ufeff",
    "\ud800",
]
texts = st.lists(st.sampled_from(MARKUP + WORDS) | st.text(max_size=8), max_size=20).map("".join)
pieces = st.sampled_from([piece.encode("utf-8", "surrogatepass") for piece in MARKUP + WORDS]) | st.binary(max_size=8)
contents = st.binary(max_size=60) | st.lists(pieces, max_size=20).map(b"".join)


def attempt(clean: Callable[[object], Document], page: object) -> Document | None:
    """The document, or None where the input is refused as cleanpage refuses; any other error is the test's."""
    try:
        return clean(page)
    except CleanpageError:
        return None


def assert_is_sound(document: Document) -> None:
    """Every block has its place, one role, one kind and a confidence; the main text is made of main blocks."""
    for index, block in enumerate(document.blocks):
        assert block.index == index
        assert block.role in set(Role)
        assert block.kind in set(Kind)
        assert 0 <= block.confidence <= 1
        assert any(map(str.isalnum, block.text))
        assert block.reasons
        assert bool(block.path) != (block.start >= 0)
    assert len(document.content) + len(document.boilerplate) == len(document.blocks)
    assert 0 <= document.quality <= 1
    assert document.blocks or document.warnings
    assert split_words(document.text) == [
        word for block in document.blocks if block.is_main for word in split_words(block.text)
    ]


def assert_round_trips(document: Document) -> None:
    """JSON and pickle give the same document back; what no encoding can write is U+FFFD in JSON."""
    written = document.to_json()
    from_json, from_pickle = Document.from_json(written), pickle.loads(pickle.dumps(document))
    assert from_json.to_json() == from_pickle.to_json() == written
    assert from_pickle.text == document.text
    assert from_json.text == SURROGATE.sub("\ufffd", document.text)


def is_subsequence(part: Iterable[str], whole: Iterable[str]) -> bool:
    """Whether all of a part stands in a whole, in order."""
    rest = iter(whole)
    return all(item in rest for item in part)


def squeezed(text: str) -> str:
    """A text without white space."""
    return "".join(text.split())


@few
@given(contents)
@example(b"<p>" * 5_000 + b"deep")
@example(b"<div>" * 3_000 + b"deep <b>er</b>")
def test_any_bytes(content: bytes) -> None:
    """Bytes are a page, or are refused, or have nothing in them; as a dump they are text or refused."""
    for clean in (cleanpage.clean, cleanpage.clean_text):
        document = attempt(clean, content)
        if document is not None:
            assert_is_sound(document)
            assert_round_trips(document)


@few
@given(texts)
def test_any_text_is_a_page(text: str) -> None:
    """A str is a page, whatever is in it, and two calls agree on it."""
    document = cleanpage.clean(text)
    assert_is_sound(document)
    assert_round_trips(document)
    assert cleanpage.clean(text).to_json() == document.to_json()


@few
@given(texts)
def test_any_text_is_a_dump(text: str) -> None:
    """A str is a dump, whatever is in it: its main text is part of it, in order."""
    document = cleanpage.clean_text(text)
    assert_is_sound(document)
    assert_round_trips(document)
    assert cleanpage.clean_text(text).to_json() == document.to_json()
    assert is_subsequence(squeezed(document.text), text)
    for block in document.blocks:
        assert " ".join(text[block.start : block.end].split()) == block.text


@few
@given(TREES)
def test_any_tree(tree: Node) -> None:
    """A tree is a page, whatever is nested in what; it is not changed, and the main text is part of its text."""
    root = element_of(tree)
    before = etree.tostring(root)
    document = cleanpage.clean(root)
    assert_is_sound(document)
    assert_round_trips(document)
    assert cleanpage.clean(root).to_json() == document.to_json()
    assert etree.tostring(root) == before
    assert is_subsequence(squeezed(document.text), str(root.xpath("string()")))


def test_a_tree_of_any_depth() -> None:
    """20,000 levels are read, although no parser would make them."""
    document = cleanpage.clean(nested(["div", "b", "section"], 20_000))
    assert [block.text for block in document.blocks] == ["the innermost words"]


@pytest.mark.parametrize(
    "options", [{"favor": "precision"}, {"favor": "recall"}, {"max_blocks": 7}, {"keep": ("legal",)}]
)
def test_options_change_no_block(options: dict[str, Any]) -> None:
    """Options choose among the blocks, or cut their number: none is made or changed."""
    cleaner = cleanpage.Cleaner(**options)
    for clean, clean_plain, page in (
        (cleaner.clean, cleanpage.clean, EXAMPLE),
        (cleaner.clean_text, cleanpage.clean_text, DUMP),
    ):
        document = clean(page)
        assert_is_sound(document)
        whole = [block.text for block in clean_plain(page).blocks]
        assert [block.text for block in document.blocks] == whole[: options.get("max_blocks", len(whole))]


def sources(html: str) -> dict[str, object]:
    """One page in every form that it may come in."""
    content = html.encode()
    root = tree_of(html)
    return {
        "bytes": content,
        "element": root,
        "tree": root.getroottree(),
        "soup": BeautifulSoup(html, "lxml"),
        "response": SimpleNamespace(content=content, url="", headers={"content-type": "text/html; charset=utf-8"}),
        "file": io.BytesIO(content),
    }


FORMS = sorted(sources(EXAMPLE))


@pytest.mark.parametrize("form", FORMS)
def test_the_form_of_a_page_does_not_matter(form: str) -> None:
    """Bytes, trees, soups, responses and files of a page give the blocks that its text gives."""
    assert cleanpage.clean(sources(EXAMPLE)[form]).blocks == cleanpage.clean(EXAMPLE).blocks


def test_a_tree_of_xhtml_reads_like_its_text() -> None:
    """Names in a namespace change the paths of the blocks, and nothing else."""
    html = (
        '<html xmlns="http://www.w3.org/1999/xhtml"><body><h1>Tides</h1><table><tr><td>Monday</td><td>3.1 m</td></tr>'
        "<tr><td>Tuesday</td><td>3.4 m</td></tr></table><ul><li>All times are local.</li></ul></body></html>"
    )
    cleaner = cleanpage.Cleaner(keep=tuple(Role))
    tree, text = cleaner.clean(etree.fromstring(html)), cleaner.clean(html)
    assert [(block.text, block.kind, block.role) for block in tree.blocks] == [
        (block.text, block.kind, block.role) for block in text.blocks
    ]
    assert tree.text == text.text
    assert tree.markdown == text.markdown


@few
@given(PAGES)
def test_the_form_of_any_page_does_not_matter(html: str) -> None:
    """The same for pages that nest every element into every other."""
    expected = cleanpage.clean(html).blocks
    for form, source in sources(html).items():
        assert cleanpage.clean(source).blocks == expected, form


@pytest.mark.parametrize("form", FORMS)
def test_the_second_opinion_is_asked_about_every_form(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the arbiter leaves nothing, the guard gives the same answer whichever way the page came."""
    judge = arbiter.judge

    def leave_nothing(*args: object) -> Verdict:
        verdict = judge(*args)  # type: ignore[arg-type]
        verdict.is_main[:] = False
        return verdict

    monkeypatch.setattr(arbiter, "judge", leave_nothing)
    expected, document = cleanpage.clean(EXAMPLE), cleanpage.clean(sources(EXAMPLE)[form])
    assert expected.warnings
    assert document.warnings == expected.warnings
    assert document.blocks == expected.blocks


@pytest.mark.parametrize("form", ["element", "tree", "soup"])
def test_the_input_is_left_untouched(form: str) -> None:
    """Neither cleaning a tree or soup nor any view of the document changes it."""
    source = sources(EXAMPLE)[form]

    def written() -> str:
        return str(source) if form == "soup" else etree.tostring(source, encoding="unicode")  # type: ignore[call-overload]

    before = written()
    document = cleanpage.clean(source)
    assert document.text
    assert document.html
    assert document.markdown
    assert document.metadata is not None
    assert written() == before


@pytest.mark.parametrize(
    ("clean", "page"), [(cleanpage.clean, EXAMPLE), (cleanpage.clean_text, DUMP)], ids=["html", "txt"]
)
def test_a_whole_page_round_trips(clean: Callable[[object], Document], page: str) -> None:
    """A page of some length survives JSON and pickle with all its views."""
    document = clean(page)
    assert_is_sound(document)
    assert_round_trips(document)
    again = pickle.loads(pickle.dumps(document))
    assert (again.html, again.markdown, again.metadata) == (document.html, document.markdown, document.metadata)


def test_a_cleaner_keeps_nothing_of_its_pages() -> None:
    """A page gives the same after other pages as before them."""
    cleaner = cleanpage.Cleaner()
    first = cleaner.clean(EXAMPLE).to_json()
    for page in ("<p>Something else altogether, in another language.</p>", "<p hidden>x</p>", EXAMPLE[::-1]):
        cleaner.clean(page)
    assert cleaner.clean(EXAMPLE).to_json() == first
