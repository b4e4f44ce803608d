"""The kernels behind a document: reasons and blocks are what their references in Python give."""

from __future__ import annotations

import pickle
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanpage import features, packed_blocks, reasons
from cleanpage import page as page_module
from cleanpage.arbiter import Verdict, decide
from cleanpage.detectors.stray_language import STRAY
from cleanpage.document import Block
from cleanpage.page import NodeTable, Page, Signal
from cleanpage.roles import ROLES, Kind
from cleanpage.segment import segment
from tests.builders import TREES, element_of, page_of
from tests.kernels import both, needs_kernels

if TYPE_CHECKING:
    from tests.builders import Node

pytestmark = needs_kernels

SHARES = st.one_of(st.floats(0, 1), st.sampled_from([number / 2000 for number in range(2001)]))
"""Any shares, and those that may be rounded to either side among them."""


@st.composite
def signals_of(draw: st.DrawFn, count: int) -> list[Signal]:
    """Signals about so many blocks, many about the same ones, of the same weight and for the same reason."""
    block, role = st.integers(0, count - 1), st.sampled_from(ROLES[::2])
    reason = st.sampled_from(
        [f"{start}:{sign}" for start in (STRAY, "a.b", "a.c") for sign in ("a", "é", "\U0001f600")]
    )
    weight, end = st.sampled_from([0.1, 0.5, 1]), st.integers(0, count)
    return draw(st.lists(st.builds(Signal, block, role, weight, reason, end), max_size=60))


def verdict_of(roles: list[int], shares: list[float]) -> Verdict:
    """A verdict with these roles and probabilities."""
    numbers = np.array(shares)
    return Verdict(np.array(roles), numbers, numbers, numbers > 0.5, 0.5, "article", 0.5, [])


def assert_same_reasons(page: Page, data: st.DataObject) -> None:
    """The reasons for any roles, after any signals, are the same with and without the kernel."""
    count = len(page)
    signals = data.draw(signals_of(count))
    roles = data.draw(st.lists(st.integers(0, len(ROLES) - 1), min_size=count, max_size=count))
    shares = data.draw(st.lists(SHARES, min_size=count, max_size=count))
    found, expected = both(
        lambda: reasons.reasons_of(page, reasons.flattened(signals), verdict_of(roles, shares)), reasons
    )
    assert found == expected


@given(TREES, st.data())
def test_reasons_of_trees(tree: Node, data: st.DataObject) -> None:
    """Any tree of tags."""
    page = segment(element_of(tree))
    if len(page):
        assert_same_reasons(page, data)


@given(st.data())
def test_reasons_of_lists(data: st.DataObject) -> None:
    """Lists whose entries a container explains, or the blocks around."""
    entries = "".join(f"<li><b>Entry {number}</b></li>" for number in range(9))
    assert_same_reasons(page_of("One", f"<ul>{entries}</ul>", "Two", f"<div><ol>{entries}</ol></div>"), data)


@given(st.data())
def test_stray_blocks(data: st.DataObject) -> None:
    """The blocks that a reason speaks of."""
    signals = data.draw(signals_of(9))
    found, expected = both(lambda: decide.banners_of(signals), decide)
    assert found == expected


@given(st.lists(st.tuples(SHARES, st.integers(0, 300)), min_size=1), st.sampled_from([0.5, 1, 3]), st.floats(0, 3))
def test_choose_main(blocks: list[tuple[float, int]], beta: float, doubt: float) -> None:
    """The main text of any blocks, and what is expected of it, to the last bit."""
    main, words = np.array(blocks).T.copy()
    found, expected = both(lambda: decide.choose_main(main, words, beta, doubt), decide)
    assert found[0].tolist() == expected[0].tolist()
    assert found[1] == expected[1]


@given(st.lists(SHARES))
def test_rounded(shares: list[float]) -> None:
    """Shares are rounded as Python does, to either side."""
    found, expected = both(lambda: packed_blocks.rounded(shares), packed_blocks)
    assert found == expected


@pytest.mark.parametrize("has_namespaces", [False, True])
def test_xpaths(has_namespaces: bool) -> None:  # noqa: FBT001 - a parameter
    """Paths of plain tags and of odd ones, before and after what is inside them."""
    table = NodeTable(
        tags=["html", "o:p", "p", "é", "p"],
        parents=[-1, 0, 1, 2, 0],
        positions=[1, 2, 3, 10, 12345],
        has_namespaces=has_namespaces,
    )
    found, expected = both(lambda: table.xpaths([3, 2, 0, 0, 4, 1]), page_module)
    assert found == expected
    assert len(set(found)) == 5
    assert found[0].startswith(found[1])
    assert table.xpaths([]) == []


@given(TREES)
def test_xpaths_of_trees(tree: Node) -> None:
    """Any tree of tags."""
    page = segment(element_of(tree))
    found, expected = both(lambda: page.node_table.xpaths(page.nodes), page_module)
    assert found == expected


def test_blocks() -> None:
    """Blocks are made as their class makes them, without being told their defaults, and can be pickled."""
    rows: list[tuple[Any, ...]] = [
        (0, ROLES[0], Kind.HEADING, 1, "Titel", "de", 0.5, ("a.b:c",), True, "/p", 3, 8, None),
        (1, ROLES[7], Kind.PARAGRAPH, 0, "Text", "", 0.25, (), False, "", -1, -1, None),
    ]
    found, expected = both(
        lambda: packed_blocks.blocks_of([list(column) for column in zip(*rows, strict=True)]), packed_blocks
    )
    assert found == expected == tuple(Block(*row) for row in rows)
    assert hash(found[0]) == hash(expected[0])
    assert pickle.loads(pickle.dumps(found)) == found
    assert packed_blocks.unpack_blocks(packed_blocks.pack_blocks(found)) == found
    assert packed_blocks.unpack_blocks(packed_blocks.pack_blocks(())) == ()


@pytest.mark.parametrize("columns", [[], [[]] * 3, [[0], *[[]] * (len(fields(Block)) - 1)]])
def test_columns_that_fit_no_block(columns: list[list[int]]) -> None:
    """Too few columns, and columns of different lengths."""
    with pytest.raises((ValueError, IndexError)):
        packed_blocks.KERNEL.objects_of(Block, packed_blocks._slots(), columns)


@pytest.mark.parametrize(
    ("signal", "error"),
    [
        (Signal(4, ROLES[0], 0.5, "a.b:c"), IndexError),
        (Signal(0, "weather", 0.5, "a.b:c"), KeyError),  # type: ignore[arg-type]
        ((0, ROLES[0], 0.5, "a.b:c"), ValueError),
    ],
)
def test_signals_of_nothing(signal: Signal, error: type[Exception]) -> None:
    """A signal about no block, for no role, or without its fields is refused, not followed to where nothing is."""
    with pytest.raises(error):
        features.signal_columns(page_of("One", "Two"), [signal])
