"""The limits of Config from both sides: up to one nothing is lost, over it a part is read and a warning says so."""

from __future__ import annotations

import pickle
import sys
import time
import tracemalloc
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

import cleanpage
from cleanpage import Cleaner, ConfigError, PageTooLarge
from cleanpage.api import LARGEST_LIMITS
from cleanpage.config import Config
from cleanpage.page import MAX_NAME_CHARS
from cleanpage.parse import SCAN_STEP, UNLIMITED, parse_page
from cleanpage.render.elements import MAX_SPAN, MAX_VALUE_CHARS
from cleanpage.segment import segment
from cleanpage.tables import MAX_CELL_COUNT
from tests.builders import tree_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cleanpage import Document
    from cleanpage.page import Page, Signal

LIMIT_NAMES = list(LARGEST_LIMITS)
SENTENCE = "The ferry to the island was late again because of the fog over the bay. "
LONG_TAG = "a" * SCAN_STEP


def attributes(count: int) -> str:
    """A page with a long tag that has so many attributes, all in all."""
    others = "".join(f" a{number}=1" for number in range(count - 1))
    return f"<p>one two</p><p title={LONG_TAG}{others}>three four</p><p>five six</p>"


CASES: dict[str, tuple[Callable[[int], str], int, str]] = {
    "max_blocks": (lambda size: "<p>one two</p>" * size, 7, "too_many_blocks"),
    "max_nodes": (lambda size: "<p>one two" * size, 9, "too_many_nodes"),
    "max_attributes": (attributes, 12, "too_many_attributes"),
    "max_attribute_chars": (lambda size: f"<p title='{'x' * size}'>one two", 50, "long_attribute"),
}
"""For each limit with a warning a page of a size, the limit tried, and the warning."""


def cleaned(name: str, limit: int, page: str) -> Document:
    """A page cleaned under a limit."""
    options: dict[str, Any] = {name: limit}
    return Cleaner(**options).clean(page)


def codes(document: Document) -> list[str]:
    """The names of the warnings."""
    return [warning.partition(":")[0] for warning in document.warnings]


def test_every_limit_is_tried() -> None:
    """A limit of Config has a case here; those of bytes, depth and time are tests of their own."""
    assert {*CASES, "max_bytes", "max_depth"} == set(LIMIT_NAMES)
    names = {name for name in Config.__dataclass_fields__ if name.startswith("max_")}
    assert names == {*LIMIT_NAMES, "max_seconds"}


@pytest.mark.parametrize("name", CASES)
def test_limit(name: str) -> None:
    """A page at its limit is read whole without a word; one over it is read in part, and a warning says so."""
    make, limit, warning = CASES[name]
    whole = cleaned(name, limit, make(limit))
    assert whole.warnings == Cleaner().clean(make(limit)).warnings
    assert whole.blocks == Cleaner().clean(make(limit)).blocks
    part = cleaned(name, limit, make(limit + 1))
    assert warning in codes(part)
    assert [block.text for block in part.blocks] == [block.text for block in whole.blocks]


@pytest.mark.parametrize("name", CASES)
def test_what_a_limit_took_does_not_come_back(name: str) -> None:
    """A document that was pickled has the views that it had before, without what was over the limit."""
    make, limit, _ = CASES[name]
    document = cleaned(name, limit, f"<h1>Fog</h1><p>{SENTENCE * 9}</p>{make(limit + 1)}")
    again = pickle.loads(pickle.dumps(document))
    assert (again.html, again.markdown, again.to_json()) == (document.html, document.markdown, document.to_json())
    assert again.metadata == document.metadata


@pytest.mark.parametrize("page", ["<p>" + "é" * 20, ("<p>" + "é" * 20).encode()], ids=["str", "bytes"])
def test_bytes(page: str | bytes) -> None:
    """A page at the limit is read, one over it raises: what its rest would have held cannot be told."""
    assert Cleaner(max_bytes=len(page)).clean(page).blocks
    with pytest.raises(PageTooLarge, match="max_bytes"):
        Cleaner(max_bytes=len(page) - 1).clean(page)


class Slow:
    """A detector that takes its time, and counts how often it was asked.

    Attributes:
        seconds: How long it takes.
        count: How often it was asked.
    """

    name = "slow"

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.count = 0

    def signals(self, _page: Page) -> Iterator[Signal]:
        """Nothing, late."""
        self.count += 1
        end = time.thread_time() + self.seconds
        while time.thread_time() < end:
            pass
        return iter(())


@pytest.mark.parametrize("is_text", [False, True], ids=["clean", "clean_text"])
def test_time(is_text: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """A page within the time is read as ever; one that takes longer raises at the next step, and names the limit."""
    page = SENTENCE * 9 if is_text else f"<h1>Fog</h1><p>{SENTENCE * 9}</p>"
    expected = (cleanpage.clean_text if is_text else cleanpage.clean)(page)
    for seconds in (100.0, 0.2, 1e-9):
        slow, other = Slow(0.3), Slow(0.0)
        cleaner = Cleaner(detectors=[slow, other], max_seconds=seconds)
        clean = cleaner.clean_text if is_text else cleaner.clean
        if seconds > slow.seconds:
            assert clean(page).to_json() == expected.to_json()
            continue
        with pytest.raises(PageTooLarge, match=f"max_seconds, {seconds:g} s"):
            clean(page)
        assert (slow.count, other.count) == (int(seconds == 0.2), 0)


def test_time_is_kept_by_workers() -> None:
    """A page that takes too long in a process is a result as well."""
    results = cleanpage.clean_many([f"<p>{SENTENCE}"], workers=2, cleaner=Cleaner(max_seconds=1e-9))
    assert [(result.status, "max_seconds" in result.error) for result in results] == [("too_large", True)]


@pytest.mark.parametrize("value", [0, -1.5, float("nan"), "9", None])
def test_times_that_mean_nothing(value: Any) -> None:
    """A time that is none is refused by name."""
    with pytest.raises(ConfigError, match="max_seconds"):
        Cleaner(max_seconds=value)


def test_depth() -> None:
    """A page that the parser takes is not touched; a deeper one is flattened to the limit, and keeps its text."""
    page = b"<div>" * 2000 + b"deep words" + b"</div>" * 2000 + b"<p>last words"
    parsed = parse_page(page, limits=Config(max_depth=100))
    assert (parsed.utf8, parsed.warnings) == (page, [])
    parsed = parse_page(b"<div>" * 1000 + page, limits=Config(max_depth=100))
    [warning] = parsed.warnings
    assert warning.startswith("too_deep: elements nested deeper than 100")
    assert parsed.root is not None
    [deepest] = [element for element in parsed.root.iter("div") if element.text]
    assert len(list(deepest.iterancestors())) <= 102
    assert "".join(map(str, parsed.root.itertext())) == "deep wordslast words"


@pytest.mark.parametrize("depth", [1, 2000])
def test_any_depth_can_be_parsed(depth: int) -> None:
    """What is flattened to any limit is not deeper than the parser takes."""
    parsed = parse_page(b"<div>" * 5000 + b"<b>deep</b><p>words", limits=Config(max_depth=depth))
    assert parsed.root is not None
    assert "".join(map(str, parsed.root.itertext())) == "deepwords"
    assert parse_page(parsed.utf8).warnings == []


def test_limits_hold_together() -> None:
    """A page over all limits says so of each, and what is left can be read again without a word."""
    page = "<div>" * 3000 + attributes(900) + f"<p data-x='{'x' * 20_000}'>seven</p>" + "<br>" * 5000
    limits = Config(max_nodes=4000, max_attributes=50, max_attribute_chars=9000)
    parsed = parse_page(page.encode(), limits=limits)
    assert [warning.partition(":")[0] for warning in parsed.warnings] == [
        "too_many_nodes",
        "too_many_attributes",
        "too_deep",
        "long_attribute",
    ]
    assert parsed.root is not None
    assert max(len(value) for element in parsed.root.iter() for value in element.attrib.values()) <= 9000


@pytest.mark.parametrize("quote", ['"', "'", ""])
@pytest.mark.parametrize("name", ["title", "xlink:href", "data-é", "@x"])
def test_long_values(quote: str, name: str) -> None:
    """Quoted or not, whatever the name and the value: a long value goes, its neighbours stay."""
    for filling in ("x", "é", "=", "&amp;") if not quote else ("x<", "é>", " \n", "&lt;"):
        page = f"<p class=a {name}={quote}{filling * 200}{quote} id=b>one</p>" + "<i class='c'>two</i>" * 20
        parsed = parse_page(page.encode(), limits=replace(UNLIMITED, max_attribute_chars=100))
        assert parsed.root is not None
        [paragraph] = parsed.root.iter("p")
        assert sorted(paragraph.attrib) == ["class", "id"], filling
        assert parsed.utf8 == b""


@pytest.mark.parametrize("name", LIMIT_NAMES)
def test_values_that_mean_nothing(name: str) -> None:
    """A limit below 1 or above the most that can be had is refused by name."""
    most = LARGEST_LIMITS[name]
    assert getattr(Cleaner(**{name: 1}).config, name) == 1  # type: ignore[arg-type]
    for value in (0, -1, "9", 1.5, None, *([most + 1] if most else [])):
        with pytest.raises(ConfigError, match=name):
            Cleaner(**{name: value})  # type: ignore[arg-type]
    assert getattr(Cleaner(**{name: most or sys.maxsize}).config, name) == (most or sys.maxsize)  # type: ignore[arg-type]


def test_long_names() -> None:
    """Tokens and link targets are kept up to a length: what is known of them is remembered from page to page."""
    long, half = "x" * (MAX_NAME_CHARS + 1), "x" * MAX_NAME_CHARS
    page = segment(tree_of(f"<p class='a {long}' id={long}>one <a class={half} href=/{long}>two</a></p>"))
    assert page.node_table.names[-1] == ("a", half, "#" + half[1:])
    assert page.inline_names == [(half,)]
    assert page.hrefs == [("/" + half[1:],)]


def test_spans() -> None:
    """A cell reaches over MAX_SPAN columns; one that says it reaches over more is read as if it said that."""
    wide = f"<tr>{'<td>one' * 2 * MAX_SPAN}</tr>"
    for span, count in ((MAX_SPAN - 1, MAX_SPAN - 1), (MAX_SPAN, MAX_SPAN), (MAX_SPAN + 1, MAX_SPAN), (9**9, MAX_SPAN)):
        [table] = Cleaner().clean(f"<table>{wide}<tr><td colspan={span}>two<td>three</tr></table>").tables
        assert table.rows[1].count("two") == count


def test_spans_down() -> None:
    """A cell reaches over MAX_SPAN rows; one that says it reaches over more is read as if it said that."""
    for span, count in ((MAX_SPAN - 1, MAX_SPAN - 1), (MAX_SPAN, MAX_SPAN), (MAX_SPAN + 1, MAX_SPAN), (9**9, MAX_SPAN)):
        rows = "<tr><td>three<td>four</tr>" * 2 * MAX_SPAN
        [table] = Cleaner().clean(f"<table><tr><td rowspan={span}>two<td>one</tr>{rows}</table>").tables
        assert [row[0] for row in table.rows].count("two") == count


def test_cells_that_reach_over_cells() -> None:
    """A table that spans would fill with a hundred million cells is given up before they are made."""
    rows = "<tr><td rowspan=100 colspan=100>one" * 20_000
    document = Cleaner().clean(f"<table><tr>{'<td>two' * 100}</tr>{rows}</table>")
    tracemalloc.start()
    assert document.tables == ()
    assert tracemalloc.get_traced_memory()[1] < 100_000_000
    tracemalloc.stop()


def test_cells() -> None:
    """A table of MAX_CELL_COUNT cells, most of them filled up, is read; one with a row more is taken for none."""
    width = 1000
    wide, row = f"<tr>{'<td>one' * width}</tr>", "<tr><td>two</tr>"
    enough = MAX_CELL_COUNT // width - 1
    [table] = Cleaner().clean(f"<table>{wide}{row * enough}</table>").tables
    assert sum(map(len, table.rows)) == MAX_CELL_COUNT
    assert Cleaner().clean(f"<table>{wide}{row * (enough + 1)}</table>").tables == ()


@pytest.mark.parametrize(("length", "is_kept"), [(MAX_VALUE_CHARS, True), (MAX_VALUE_CHARS + 1, False)])
def test_addresses(length: int, is_kept: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """The views write an address of a usual length, and leave out a longer one: it would stand in every block."""
    address = "https://example.org/" + "x" * (length - 20)
    document = Cleaner().clean(f"<h1>Fog</h1><p>{SENTENCE * 9}<a href='{address}'>the timetable</a></p>")
    assert (address in document.html) == (address in document.markdown) == is_kept
    assert "the timetable" in document.markdown
