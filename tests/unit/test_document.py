"""document: the blocks and their roles, laziness, pickling, JSON and the table that explains it."""

from __future__ import annotations

import json
import pickle
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from lxml import etree

from cleanpage.document import Block, Document, json_schema
from cleanpage.errors import ConfigError, InputError
from cleanpage.metadata import Metadata
from cleanpage.page import Page
from cleanpage.roles import CONTENT_ROLES, Kind, Role
from cleanpage.source import PageSource
from tests.unit.documents import document_of, document_of_tree, without_notes

PAGE = (
    "<html><head><title>The lighthouse</title></head><body><nav>note: menu</nav><h1>The lighthouse</h1>"
    "<p>It <b>stood</b> on a rock.<p>Nobody lived there.<ul><li>stairs<li>lamp</ul></body></html>"
)


def block_of(index: int, text: str, role: Role = Role.TEXT, **fields: Any) -> Block:
    """One block of main text."""
    values: dict[str, Any] = {"kind": Kind.PARAGRAPH, "level": 0, "language": "", "confidence": 0.9, "reasons": ()}
    return Block(index=index, role=role, text=text, is_main=role.is_content, **{**values, **fields})


def test_content_and_boilerplate_share_the_blocks() -> None:
    """Every block is in one of the two, in document order."""
    document = document_of(PAGE, without_notes)
    assert [block.text for block in document.boilerplate] == ["note: menu"]
    assert [block.role for block in document.content] == [Role.HEADING, *[Role.TEXT] * 4]
    assert sorted(document.content + document.boilerplate, key=lambda block: block.index) == list(document.blocks)
    assert len(document) == len(document.blocks) == 6


def test_with_role_takes_a_role_or_its_name() -> None:
    """Role and str find the same blocks."""
    document = document_of(PAGE, without_notes)
    assert document.with_role("heading") == document.with_role(Role.HEADING) == (document.blocks[1],)
    assert document.with_role("login_prompt") == ()


def test_with_role_names_the_roles_there_are() -> None:
    """A wrong name gets an error that tells the right ones."""
    with pytest.raises(ConfigError, match=r"no role 'advert'; the roles are: title, .*interface"):
        document_of(PAGE).with_role("advert")


def test_blocks_are_made_once_and_only_when_read() -> None:
    """The factory waits for the first reader."""
    calls: list[int] = []

    def make() -> tuple[Block, ...]:
        calls.append(1)
        return (block_of(0, "Un phare."),)

    document = Document(blocks=make, title="Phare")
    assert calls == []
    assert document.text == "Un phare."
    assert document.blocks is document.blocks
    assert calls == [1]


def test_a_document_without_blocks_is_true() -> None:
    """A page with nothing on it is not taken for no page."""
    document = Document(blocks=(), warnings=("empty: there is no visible text",))
    assert document
    assert (len(document), document.text, document.html, document.markdown) == (0, "", "", "")


def test_repr_is_short() -> None:
    """It fits on a line, whatever the title."""
    text = repr(Document(blocks=(block_of(0, "a"), block_of(1, "b", Role.LEGAL)), title="x" * 500, quality=0.5))
    assert text.endswith("1 of 2 blocks main, quality 0.50>")
    assert len(text) < 120


def test_threads_read_the_same() -> None:
    """Views asked for from several threads at once agree."""
    document = document_of(PAGE, without_notes, url="https://example.org/a")
    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(lambda _: (document.text, document.html, document.markdown), range(16)))
    assert len(found) == 1


@pytest.mark.parametrize("is_read", [False, True])
def test_pickling_keeps_views(is_read: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """An unpickled document gives the same views, whether they were read before or not."""
    document = document_of(PAGE, without_notes, url="https://example.org/a")
    if is_read:
        assert document.html
    copy = pickle.loads(pickle.dumps(document))
    assert copy.blocks == document.blocks
    assert copy.to_json() == document.to_json()
    assert (copy.text, copy.html, copy.markdown) == (document.text, document.html, document.markdown)
    assert copy.metadata == document.metadata


def test_pickling_writes_a_tree_out() -> None:
    """A page that came as a tree has its structure after unpickling as well."""
    root = etree.fromstring("<html><body><p>Der <em>Turm</em></p><p>note</p></body></html>")
    copy = pickle.loads(pickle.dumps(document_of_tree(root, without_notes)))
    assert copy.html == "<p>Der <em>Turm</em></p>"


def test_a_tree_that_no_html_describes_falls_back_to_blocks() -> None:
    """A parser of HTML would move the hidden box out of its paragraph and show it: the views keep to the blocks."""
    root = etree.fromstring("<html><body><p hidden=''><div>weg</div></p><p>een <i>toren</i></p></body></html>")
    document = document_of_tree(root)
    copy = pickle.loads(pickle.dumps(document))
    assert document.html == "<p>een <i>toren</i></p>"
    assert copy.html == "<p>een toren</p>"


def test_a_tree_changed_afterwards_falls_back_to_blocks() -> None:
    """Blocks and tree that no longer agree are not mixed."""
    root = etree.fromstring("<html><body><p>een <i>toren</i></p></body></html>")
    document = document_of_tree(root)
    root[0].insert(0, etree.fromstring("<p>nieuw</p>"))
    assert document.html == "<p>een toren</p>"


def test_pickling_plain_text() -> None:
    """A plain-text document has no tree before or after."""
    page = Page(texts=["Torni seisoo."], is_plain_text=True)
    source = PageSource(text="Torni seisoo.\n", root=None, page=page)
    document = Document(blocks=(block_of(0, "Torni seisoo.", start=0, end=13),), source=source)
    copy = pickle.loads(pickle.dumps(document))
    assert copy.html == document.html == "<p>Torni seisoo.</p>"
    assert copy.metadata == Metadata()


def test_a_very_deep_tree_can_be_pickled() -> None:
    """20,000 levels of a tree, ten times what a parser takes, neither overflow a stack nor lose the text."""
    root = etree.Element("html")
    element = root
    for _ in range(20_000):
        element = etree.SubElement(element, "div")
    element.text = "bottom"
    document = document_of_tree(root)
    copy = pickle.loads(pickle.dumps(document))
    assert copy.html == document.html == "<p>bottom</p>"
    assert copy.markdown == copy.text == "bottom"


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
shares = st.integers(0, 10_000).map(lambda value: value / 10_000)
string_tuples = st.lists(texts, max_size=3).map(tuple)
offsets = st.just((-1, -1)) | st.tuples(st.integers(0, 99), st.integers(0, 99))


@st.composite
def block_tuples(draw: st.DrawFn) -> tuple[Block, ...]:
    """Any blocks."""
    blocks = []
    for index in range(draw(st.integers(0, 4))):
        start, end = draw(offsets)
        block = Block(
            index=index,
            role=draw(st.sampled_from(Role)),
            kind=draw(st.sampled_from(Kind)),
            level=draw(st.integers(0, 7)),
            text=draw(texts),
            language=draw(st.sampled_from(["", "nl", "zh"])),
            confidence=draw(shares),
            reasons=draw(string_tuples),
            is_main=draw(st.booleans()),
            path=draw(texts),
            start=start,
            end=end,
        )
        blocks.append(block)
    return tuple(blocks)


documents = st.builds(
    Document,
    blocks=block_tuples(),
    title=texts,
    language=st.sampled_from(["", "fr"]),
    url=texts,
    page_type=st.sampled_from(["", "article", "forum"]),
    page_type_confidence=shares,
    quality=shares,
    warnings=string_tuples,
    metadata=st.builds(Metadata, title=texts, author=texts, tags=string_tuples, warnings=string_tuples),
)


@given(documents)
def test_json_round_trips_and_fits_the_schema(document: Document) -> None:
    """What is written is read back field by field, and is what the schema says."""
    for with_metadata in (False, True):
        data = document.to_dict(with_metadata=with_metadata)
        Draft202012Validator(json_schema()).validate(data)
        text = document.to_json(with_metadata=with_metadata)
        copy = Document.from_json(text)
        assert copy.blocks == document.blocks
        assert copy.to_json(with_metadata=with_metadata) == text
        assert json.loads(text) == data
    assert Document.from_dict(document.to_dict(with_metadata=True)).metadata == document.metadata


def test_schema_is_valid_and_lists_every_field() -> None:
    """The schema is one, and the names in it are those of the classes."""
    schema = json_schema()
    Draft202012Validator.check_schema(schema)
    block = schema["$defs"]["block"]["properties"]
    assert set(block) == set(Block.__dataclass_fields__)
    assert set(schema["$defs"]["metadata"]["properties"]) == set(Metadata.__dataclass_fields__)
    assert block["role"]["enum"] == [role.value for role in Role]
    assert block["role"]["enum"][:5] == list(CONTENT_ROLES)
    assert block["kind"]["enum"] == [kind.value for kind in Kind]


def test_json_says_the_same_twice() -> None:
    """Figures are rounded, letters are not escaped, absent fields are absent."""
    document = Document(blocks=(block_of(0, "Ön", confidence=2 / 3, reasons=("a.b:c",)),), title="塔", quality=1 / 3)
    assert document.to_json() == (
        '{"schema_version": 1, "title": "塔", "language": "", "url": "", "page_type": "", "page_type_confidence": 0.0, '
        '"quality": 0.3333, "warnings": [], "blocks": [{"index": 0, "role": "text", "kind": "paragraph", "level": 0, '
        '"text": "Ön", "language": "", "confidence": 0.6667, "reasons": ["a.b:c"], "is_main": true}]}'
    )
    assert document.to_json(indent=1).splitlines()[1] == ' "schema_version": 1,'


def test_lone_surrogates_cannot_break_json() -> None:
    """They become U+FFFD, one for one, so that offsets stay right."""
    document = Document(blocks=(block_of(0, "a\ud800b", reasons=("x.y:\udfff",), start=0, end=3),), title="\udc00")
    text = document.to_json().encode("utf-8").decode("utf-8")
    copy = Document.from_json(text)
    assert (copy.title, copy.blocks[0].text, copy.blocks[0].reasons) == ("\ufffd", "a\ufffdb", ("x.y:\ufffd",))
    assert document.html == "<p>a\ufffdb</p>"
    assert document.markdown == "a\ufffdb"


def changed(**fields: object) -> dict[str, object]:
    """A written document with other values."""
    return {**Document(blocks=(block_of(0, "a"),)).to_dict(), **fields}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], r"document is \[\], not an object"),
        ({}, r"document\.schema_version is missing; it must be a whole number"),
        (changed(schema_version=2), r"document\.schema_version is 2; this release"),
        (changed(schema_version=True), r"document\.schema_version is True"),
        (changed(title=None), r"document\.title is None; it must be a string"),
        (changed(quality="high"), r"document\.quality is 'high'; it must be a number"),
        (changed(warnings=["a", 1]), r"document\.warnings is \['a', 1\]; it must be a list of strings"),
        (changed(blocks="none"), r"document\.blocks is 'none'; it must be a list"),
        (changed(blocks=[1]), r"blocks\[0\] is 1, not an object"),
        (changed(blocks=[{"index": 0, "role": "advert"}]), r"blocks\[0\]\.role is 'advert'; it must be one of title, "),
        (changed(metadata={}), r"metadata\.title is missing"),
    ],
)
def test_from_dict_names_the_wrong_field(data: object, message: str) -> None:
    """The error says which field is what, and what it must be."""
    with pytest.raises(InputError, match=message):
        Document.from_dict(data)


@pytest.mark.parametrize("text", ["", "{", b"\xff", "[" * 100_000])
def test_from_json_names_text_that_is_no_json(text: str | bytes) -> None:
    """No error of the JSON library gets out."""
    with pytest.raises(InputError, match="not JSON"):
        Document.from_json(text)


def test_from_dict_passes_over_other_fields() -> None:
    """A row of a file may carry more than the document."""
    assert Document.from_dict(changed(input="a.html")).text == "a"


def test_explain_draws_a_table() -> None:
    """One line a block; wide letters take two columns, and what could steer a terminal is gone."""
    document = Document(
        blocks=(
            block_of(0, "塔は岩の上に立つ", Role.TITLE, language="ja", reasons=("title.tag:h1", "model.content:0.99")),
            block_of(1, "Log\x1b[31m in\nnow \u202eabc", Role.LOGIN_PROMPT, confidence=0.5),
            block_of(2, "e\u0301" * 100),
            block_of(3, "a", reasons=("main_content.shape:long, dense", "heading.markup:h2", "model.content:0.51")),
        )
    )
    lines = document.explain().splitlines()
    assert lines[0].split() == ["#", "role", "conf.", "main", "lang", "text", "reasons"]
    assert lines[1].startswith("0*  title         0.90   0.99  ja    塔は岩の上に立つ  ")
    assert lines[1].endswith("  tag:h1")
    assert lines[2] == "1   login_prompt  0.50               Log[31m in now abc"
    assert lines[3].endswith("e\u0301" * 69 + "…")
    assert lines[4].startswith("3*  text          0.90   0.51        a   ")
    assert lines[4].endswith("  shape:long, dense; heading.markup:h2")
    assert len(lines) == 5
