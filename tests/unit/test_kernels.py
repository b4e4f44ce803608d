"""The kernels: each gives what its reference in Python gives."""

from __future__ import annotations

from dataclasses import astuple
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanpage import features, language
from cleanpage.arbiter import model, trees
from cleanpage.arbiter.model import FEATURE_BOUND, Groups
from cleanpage.features import bags, columns, context, likeness, numbers, structure, text
from cleanpage.features.bags import Bag
from cleanpage.features.structure import Layout
from cleanpage.inputs import read_page
from cleanpage.page import Page, Signal, split_all
from cleanpage.plaintext import segment_text
from cleanpage.roles import ROLES
from cleanpage.segment import segment
from tests.builders import TREES, element_of
from tests.kernels import both, needs_kernels

if TYPE_CHECKING:
    from tests.builders import Node

ROOT = Path(__file__).parents[2]
PAGES = sorted([*(ROOT / "examples").glob("*.*"), *(ROOT / "tests" / "fixtures").glob("*/*/input.*")])[::4]

pytestmark = needs_kernels


def assert_same(found: Any, expected: Any) -> None:
    """Every array is the same, whatever it is in."""
    if isinstance(expected, np.ndarray):
        np.testing.assert_array_equal(found, expected)
    elif isinstance(expected, tuple):
        for part, expected_part in zip(found, expected, strict=True):
            assert_same(part, expected_part)
    elif isinstance(expected, Layout):
        assert_same(astuple(found), astuple(expected))
    else:
        assert found == expected


def assert_same_features(page: Page) -> None:
    """The features of a page are the same with and without kernels."""
    if len(page):
        language.identify(page)
        ends = [(0, 1), (0, len(page)), (len(page) - 1, 0)]
        signals = [Signal(block, role, 0.3, "a.b:c", end) for block, end in ends for role in ROLES[::3]]
        modules = features, bags, columns, context, likeness, structure, text
        assert_same(*both(lambda: features.compute(page, signals), *modules))


@given(TREES)
def test_features_of_trees(tree: Node) -> None:
    """Any tree of tags."""
    assert_same_features(segment(element_of(tree)))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.parent.name)
def test_features_of_pages(path: Path) -> None:
    """Real-life pages."""
    if path.suffix == ".txt":
        assert_same_features(segment_text(path.read_text(encoding="utf-8")))
    else:
        source = read_page(path.read_bytes())
        assert source.root is not None
        assert_same_features(segment(source.root, url="https://www.example.org/news/a-day?id=7"))


@given(st.lists(st.text(min_size=1), min_size=1))
def test_features_of_texts(texts: list[str]) -> None:
    """Characters of every width are counted alike."""
    assert_same_features(segment_text("\n\n".join(texts)))


@given(
    st.lists(
        st.sampled_from(["/", "//", "?", "#", "&", "=", ":", "www.", ".", "a", "Bc", "tel", "é", "1", " ", "\x1c"])
    )
)
def test_href_buckets(parts: list[str]) -> None:
    """Link targets of any shape."""
    href, host = "".join(parts), "bc.a"
    expected = list(bags.href_buckets(href, host))
    assert bags.KERNEL.href_buckets(href, host, bags.SCHEMES, bags.MARKUP_BUCKETS) == (
        expected if href.isascii() else None
    )


NAME_SIGNS = st.sampled_from("abzABZ019_-:.#é²ßЖ٣五𝔸\ud800")


@given(st.lists(st.text(NAME_SIGNS, min_size=1)), st.integers(0, 100))
def test_name_and_word_buckets(names: list[str], part_count: int) -> None:
    """Class and id tokens of any characters, few parts and many; words of any characters."""
    page = segment_text("one line\n\nanother")
    page.inline_names[0] = (
        *names,
        "-".join(f"part{chr(97 + part % 26) * (1 + part // 26)}" for part in range(part_count)),
    )
    assert_same(*both(lambda: bags.inline_bag(page), bags))
    page.words = [names, [name * 2 for name in names]]
    del vars(page)["numbered"]
    assert_same(*both(lambda: bags.word_bag(page), bags))


ATTRIBUTE_VALUES = st.lists(st.sampled_from(["schema.org", "/", "Main", "É", "ß", ""])).map("".join)


@given(st.dictionaries(st.sampled_from([*structure.LOOK_ATTRIBUTES, "title"]), ATTRIBUTE_VALUES))
def test_attribute_buckets(attributes: dict[str, str]) -> None:
    """Attributes of any value."""
    page = segment_text("one line")
    page.node_table.attributes[0] = attributes
    assert_same(*both(lambda: bags.look_bag(page, structure.layout_of(page)), bags))


@given(st.lists(st.text("ab1ß \u0130\u6f22\U0001d41a", max_size=9), min_size=1))
def test_word_numbers(texts: list[str]) -> None:
    """The words of any blocks, also of such that Python splits; equal blocks have equal numbers."""
    found = numbers.word_numbers_of(Page(texts=texts))
    blocks = split_all(texts)
    assert_same(found, numbers.numbered(blocks))
    parts = [found.numbers[start:end].tolist() for start, end in pairwise(found.starts.tolist())]
    assert [[found.words[number] for number in part] for part in parts] == blocks


JSON_SIGNS = st.sampled_from([*[f'"{key}"' for key in (*context.JSON_KEYS, "other")], *'":\\ \n\u2009,ae', '": "'])


@pytest.mark.parametrize("repeat_count", [1, 3000])
@pytest.mark.parametrize("start", ["", '{"name": "', '"text": "ab'])
@given(signs=st.lists(JSON_SIGNS))
def test_json_texts(start: str, repeat_count: int, signs: list[str]) -> None:
    """The texts of any JSON-LD, also of such that is none, and no more of them than is read."""
    script = start + "".join(signs) * repeat_count
    found, expected = both(lambda: context._json_texts(script), context)
    assert found == expected


@given(st.lists(st.tuples(*[st.integers(0, 6)] * 8), min_size=1, max_size=60))
def test_group_ids(rows: list[tuple[int, ...]]) -> None:
    """Any containers and looks."""
    *levels, _, _, looks = np.array(rows).T.copy()
    layout = structure.layout_of(segment_text("one line"))
    layout.ancestors = np.minimum(np.stack(levels), len(rows) - 1)
    layout.looks = np.minimum(looks, len(rows) - 1)
    assert_same(*both(lambda: structure.group_ids(layout), structure))


def random_rows(seed: int, count: int, width: int) -> np.ndarray:
    """Rows of float32 numbers, some of them far out."""
    return (np.random.default_rng(seed).standard_normal((count, width)) ** 3).astype(np.float32)


@pytest.mark.parametrize("name", ["main_trees", "role_trees"])
@given(block_count=st.integers(1, 40), seed=st.integers(0, 99))
def test_trees(name: str, block_count: int, seed: int) -> None:
    """Whatever the numbers, those at the very cut among them."""
    weights = getattr(model.load_weights("html"), name)
    width = int(weights.features.max()) + 1 - trees.NEIGHBOR_COLUMNS
    dense = random_rows(seed, block_count, width)
    rng = np.random.default_rng(seed)
    at = rng.integers(0, weights.features.size, 200)
    dense[rng.integers(0, block_count, 200), weights.features.ravel()[at] % width] = weights.thresholds.ravel()[at]
    assert_same(*both(lambda: trees.log_odds(dense, weights), trees))


@given(st.lists(st.integers(0, 300), min_size=1, max_size=8), st.integers(0, 99))
def test_bag_sums(sizes: list[int], seed: int) -> None:
    """The sums of few and of many rows are the same to the last bit."""
    starts = np.cumsum([0, *sizes])
    bag = Bag(np.random.default_rng(seed).integers(0, 50, int(starts[-1])).astype(np.int32), starts)
    found, expected = both(lambda: model.bag_sums(bag, random_rows(seed, 50, 24)), model)
    np.testing.assert_array_equal(found, expected)


def test_rows_too_wide_for_the_kernel() -> None:
    """Longer rows than it has room for are refused."""
    with pytest.raises(ValueError, match="raise MAX_WIDTH"):
        model.bag_sums(Bag(np.array([0], np.int32), np.array([0, 1])), np.ones((1, 65), np.float32))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 200)), min_size=5, max_size=400), st.integers(0, 99))
def test_group_means(pairs: list[tuple[int, int]], seed: int) -> None:
    """The means over groups of all sizes are the same to the last bit."""
    groups = np.stack([np.unique(ids, return_inverse=True)[1] for ids in zip(*pairs, strict=True)])
    shared = random_rows(seed, len(pairs), 3)
    found, expected = both(lambda: Groups(groups).means(shared), model)
    np.testing.assert_array_equal(found, expected)


@given(st.integers(5, 30))
def test_standardised(count: int) -> None:
    """Features in standard deviations, cut off at the bound."""
    rows, mean = 4 * random_rows(count, count, 3), np.array([0.5, -0.5, 0], np.float32)
    found, expected = both(lambda: model.standardised(rows, mean, mean + 2), model)
    np.testing.assert_array_equal(found, expected)
    assert np.abs(model.standardised(9 * rows, mean, mean + 2)).max() == FEATURE_BOUND
