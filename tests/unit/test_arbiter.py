"""The arbiter: the network's sums and means, the choice of the main text, and the weights in the package."""

from __future__ import annotations

import io
import json
import math
import os
import subprocess
import sys
from dataclasses import replace
from importlib import resources
from pathlib import Path
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanpage import arbiter, features
from cleanpage.arbiter import model, trees
from cleanpage.arbiter import quality as quality_module
from cleanpage.arbiter.decide import (
    PAGE_DOUBT,
    PAGE_SHIFT_COUNT,
    PROMPT_FACTOR,
    ROLE_LOGS,
    assign_roles,
    banners_of,
    choose_main,
    join_headline,
    lowered_by_prompts,
)
from cleanpage.arbiter.layers import SIGNED_ZERO
from cleanpage.arbiter.model import (
    GROUP_COUNT,
    LAYERS,
    MAIN_SHARPNESS,
    MARKUP_SCORES,
    PAGE_TYPES,
    PATH_DECAY,
    RANGES,
    SIGNED_RANGES,
    WORD_SCORES,
    Probabilities,
    Weights,
    bag_sums,
    load_weights,
    path_sums,
)
from cleanpage.arbiter.trees import NEIGHBOR_COLUMNS
from cleanpage.errors import ConfigError
from cleanpage.features.bags import MARKUP_BUCKETS, WORD_BUCKETS, make_bag
from cleanpage.features.structure import layout_of
from cleanpage.page import Signal
from cleanpage.pipeline import Evidence, evidence_of_html, evidence_of_text
from cleanpage.plaintext import segment_text
from cleanpage.roles import CONTENT_ROLES, ROLE_INDEX, ROLES, Role
from tests.builders import page_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cleanpage.page import Page

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = ("html", "text")
MAX_WEIGHT_BYTES = 2_000_000
"""What both files of weights may add to the package."""

PAGE = b"""<html lang="nl"><body><nav><ul><li><a href="/">Start</a></li><li><a href="/weer">Weer</a></li></ul></nav>
<main><h1>De oude brug</h1><p>De gemeenteraad besloot dinsdag dat de oude brug tot het voorjaar dicht blijft.</p>
<p>Wie naar de overkant wil, neemt voorlopig de pont bij de sluis, die elk kwartier vaart.</p></main>
<footer><p>Lees ook: <a href="/pont">de pont</a></p></footer></body></html>"""

probabilities = st.integers(0, 20).map(lambda value: value / 20)
block_lists = st.lists(st.tuples(probabilities, st.integers(0, 60)), min_size=1, max_size=7)
betas = st.sampled_from([0.5, 1.0, 2.0])


def evidence_of(name: str) -> Evidence:
    """The evidence on a page of each kind."""
    found = evidence_of_html(PAGE) if name == "html" else evidence_of_text("De brug\n\n" + PAGE.decode())
    assert found is not None
    return found


def columns_of(blocks: Sequence[tuple[float, int]]) -> tuple[np.ndarray, np.ndarray]:
    """The probabilities and the word counts of blocks."""
    main, words = zip(*blocks, strict=True)
    return np.array(main), np.array(words)


def expected_f(chosen: Sequence[int], main: np.ndarray, word_counts: np.ndarray, beta: float) -> float:
    """The expected F-measure of some blocks, from the sums: a mean over what may be misjudged about the page."""
    words = [max(count, 1e-3) for count in word_counts.tolist()]
    total = 0.0
    for step in range(PAGE_SHIFT_COUNT):
        shift = NormalDist(0, PAGE_DOUBT).inv_cdf((step + 0.5) / PAGE_SHIFT_COUNT)
        sure = [min(max(value, 1e-6), 1 - 1e-6) for value in main.tolist()]
        odds = [math.exp(math.log(value / (1 - value)) + shift) for value in sure]
        hits = [odd / (1 + odd) * count for odd, count in zip(odds, words, strict=True)]
        found = sum(hits[block] for block in chosen)
        size = sum(words[block] for block in chosen)
        total += (1 + beta**2) * found / (size + beta**2 * sum(hits) + 1e-9)
    return total / PAGE_SHIFT_COUNT


@given(block_lists, betas)
def test_no_cut_is_better(blocks: list[tuple[float, int]], beta: float) -> None:
    """The likeliest blocks are taken, and taking one more or fewer has no higher expected F-measure."""
    main, words = columns_of(blocks)
    is_main, quality = choose_main(main, words, beta)
    chosen = np.flatnonzero(is_main).tolist()
    assert quality == pytest.approx(expected_f(chosen, main, words, beta), abs=1e-4)
    order = np.argsort(-main, kind="stable").tolist()
    cuts = [order[:count] for count in range(1, len(main) + 1)]
    assert quality == pytest.approx(max(expected_f(cut, main, words, beta) for cut in cuts), abs=1e-4)
    assert sorted(order[: len(chosen)]) == chosen


@given(block_lists)
def test_beta_moves_the_choice(blocks: list[tuple[float, int]]) -> None:
    """The more recall counts, the more blocks are chosen, and none is left out for it."""
    main, words = columns_of(blocks)
    precise, balanced, complete = (choose_main(main, words, beta)[0] for beta in (0.5, 1.0, 2.0))
    assert (precise <= balanced).all()
    assert (balanced <= complete).all()


def test_blocks_of_a_page_are_misjudged_alike() -> None:
    """A long part that may be main text as a whole is taken, though it would not be if its blocks were independent."""
    main, words = np.array([0.99] * 10 + [0.27] * 60), np.array([10] * 70)
    gold = main.sum()
    assert 2 * gold / (70 + gold) < 2 * 9.9 / (10 + gold)
    assert choose_main(main, words)[0].all()


def test_long_blocks_count_by_their_words() -> None:
    """A short likely block does not keep a long and rather likely one out."""
    is_main, _ = choose_main(np.array([0.95, 0.6, 0.1]), np.array([3, 400, 50]))
    assert is_main.tolist() == [True, True, False]


role_rows = st.lists(
    st.tuples(st.lists(st.integers(1, 99), min_size=len(ROLES), max_size=len(ROLES)), st.booleans()),
    min_size=1,
    max_size=6,
)


@given(role_rows)
def test_roles_fit_their_place(rows: list[tuple[list[int], bool]]) -> None:
    """Boilerplate is never in the main text; without signals the likeliest of the roles left is taken, by its share."""
    roles = np.array([values for values, _ in rows]) / 100
    is_main = np.array([inside for _, inside in rows])
    before = roles.copy()
    nothing = np.zeros((len(rows), 2 * len(ROLES)))
    chosen, confidences = assign_roles(Probabilities(np.zeros(len(rows)), roles, np.zeros(7)), nothing, is_main)
    assert (roles == before).all()
    for row, role, confidence, inside in zip(roles, chosen.tolist(), confidences, is_main, strict=True):
        allowed = [ROLE_INDEX[other] for other in (CONTENT_ROLES if inside else ROLES)]
        assert role in allowed
        assert (np.log(row) + ROLE_LOGS)[role] == pytest.approx(max((np.log(row) + ROLE_LOGS)[allowed]))
        assert 0 < confidence <= 1


def test_signals_raise_a_role() -> None:
    """What a detector says outright decides between roles that the network finds about as likely."""
    roles = np.full((2, len(ROLES)), 0.01)
    roles[:, ROLE_INDEX[Role.NAVIGATION]] = 0.45
    roles[:, ROLE_INDEX[Role.SUBSCRIBE_PROMPT]] = 0.4
    signals = np.zeros((2, 2 * len(ROLES)))
    signals[1, ROLE_INDEX[Role.SUBSCRIBE_PROMPT]] = 0.85
    chosen, _ = assign_roles(Probabilities(np.zeros(2), roles, np.zeros(7)), signals, np.zeros(2, dtype=bool))
    assert [ROLES[role] for role in chosen] == [Role.NAVIGATION, Role.SUBSCRIBE_PROMPT]


def test_pieces_of_a_banner_heed_one_another() -> None:
    """Foreign prompts in a row are one banner; its first line, which could be two things, is what the next one is."""
    login, subscribe = ROLE_INDEX[Role.LOGIN_PROMPT], ROLE_INDEX[Role.SUBSCRIBE_PROMPT]
    stray = [Signal(block, Role.LOGIN_PROMPT, 0.9, "language.stray:nl in fr") for block in (4, 0, 3, 6)]
    banners = banners_of([*stray, Signal(5, Role.TEXT, 0.5, "language.foreign:nl in fr")])
    assert banners == [slice(3, 5)]
    roles = np.full((5, len(ROLES)), 0.01)
    roles[[0, 3], login], roles[[0, 3], subscribe] = 0.3, 0.5
    roles[4, login] = 0.85
    found = Probabilities(np.zeros(5), roles, np.zeros(7))
    nothing, is_main = np.zeros((5, 2 * len(ROLES))), np.zeros(5, dtype=bool)
    chosen, _ = assign_roles(found, nothing, is_main, banners)
    assert chosen[[0, 3, 4]].tolist() == [subscribe, login, login]
    assert assign_roles(found, nothing, is_main)[0][3] == subscribe


def test_prompts_leave_the_main_text() -> None:
    """A prompt lowers its block's place, unless content speaks as loudly; no other role and no container does."""
    cells = {Role.CONSENT_NOTICE: [0.8, 0.8, 0, 0, 0], Role.TEXT: [0, 0.8, 0, 0, 0], Role.NAVIGATION: [0, 0, 0.9, 0, 0]}
    signals = np.zeros((5, 2 * len(ROLES)))
    for role, weights in cells.items():
        signals[:, ROLE_INDEX[role]] = weights
    signals[3, len(ROLES) + ROLE_INDEX[Role.CONSENT_NOTICE]] = 0.8
    lowered = lowered_by_prompts(np.full(5, 0.5), signals)
    assert lowered.tolist() == pytest.approx([1 / (1 + math.exp(0.8**2 * PROMPT_FACTOR)), 0.5, 0.5, 0.5, 0.5])
    assert lowered_by_prompts(np.array([0.0, 1.0]), signals[:2]).tolist() == [0.0, 1.0]


@pytest.mark.parametrize(
    ("page", "roles", "main", "joins"),
    [
        (page_of("<h1>Titel</h1>", "Eins", "Zwei"), "TXX", ".XX", True),
        (page_of("<h1>Titel</h1>", "Eins", "Zwei"), "HXX", ".XX", False),
        (page_of("<h1>Titel</h1>", "Von Anna", "Zwei"), "TBX", "..X", False),
        (page_of("<header><h1>Titel</h1></header>", "Eins", "Zwei"), "TXX", ".XX", False),
        (page_of("<h1>Titel</h1>", "Eins", "<div><p>Zwei drei</p></div>"), "TXX", ".XX", False),
        (page_of("<h1>Titel</h1>", "Eins zwei", "<div><p>Drei vier</p></div>"), "TXX", ".XX", False),
        (page_of("<h1>Titel</h1>", "Eins zwei drei", "<div><p>Vier fünf</p></div>"), "TXX", ".XX", True),
        (page_of("Eins", "<h1>Titel</h1>"), "XT", "X.", False),
        (page_of("<h1>Titel</h1>"), "T", ".", False),
        (segment_text("Titel\n\nEin Satz."), "TX", ".X", True),
        (segment_text("Menü\n\nTitel\n\nEin Satz."), "NTX", "..X", False),
    ],
    ids=(
        "sibling no_title not_above header other_container half most nothing_below alone first_line second_line"
    ).split(),
)
def test_headline_joins_its_text(page: Page, roles: str, main: str, *, joins: bool) -> None:
    """A headline outside joins the main text right below it, as a sibling of most of it, or as a dump's first line."""
    letters = {"T": Role.TITLE, "X": Role.TEXT, "H": Role.HEADING, "B": Role.BYLINE, "N": Role.NAVIGATION}
    is_main = np.array([letter == "X" for letter in main])
    assert len(page) == len(roles)
    before = is_main.copy()
    join_headline(page, np.array([ROLE_INDEX[letters[letter]] for letter in roles]), is_main)
    title = roles.find("T")
    if joins:
        before[title] = True
    assert is_main.tolist() == before.tolist()


@given(st.lists(st.integers(0, 1_000), min_size=0, max_size=20))
def test_path_sums_equal_naive_sums(choices: list[int]) -> None:
    """A node's path is itself and its parent's path, faded."""
    parents = [0, *(choice % (index + 1) for index, choice in enumerate(choices))]
    depths = [0]
    for parent in parents[1:]:
        depths.append(depths[parent] + 1)
    layout = replace(layout_of(page_of("a")), parents=np.array(parents), depths=np.array(depths))
    nodes = np.random.default_rng(len(choices)).standard_normal((len(parents), 3)).astype(np.float32)
    expected = nodes.astype(np.float64)
    for node, parent in list(enumerate(parents))[1:]:
        expected[node] += PATH_DECAY * expected[parent]
    np.testing.assert_allclose(path_sums(nodes, layout), expected, rtol=1e-4, atol=1e-5)


def test_bag_sums_equal_naive_sums() -> None:
    """A row is the sum of its tokens over the root of their number; a row without tokens is zero."""
    table = np.arange(12, dtype=np.float32).reshape(6, 2)
    rows = [(), (3,), (0, 1, 5, 5), (), ()]
    expected = [table[list(row)].sum(axis=0) / max(1, len(row)) ** 0.5 if row else [0, 0] for row in rows]
    np.testing.assert_allclose(bag_sums(make_bag(rows), table), expected, rtol=1e-6)
    assert bag_sums(make_bag([(), ()]), table).tolist() == [[0, 0], [0, 0]]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=9))
def test_group_means_equal_naive_means(pairs: list[tuple[int, int]]) -> None:
    """Each block gets the mean of its group, for each kind of group, and of the page."""
    groups = np.stack([np.unique(ids, return_inverse=True)[1] for ids in zip(*pairs, strict=True)])
    hidden = np.random.default_rng(len(pairs)).standard_normal((len(pairs), 4)).astype(np.float32)
    *found, page = np.split(model.Groups(groups).means(hidden), len(groups) + 1, axis=1)
    for ids, means in zip(groups, found, strict=True):
        expected = [hidden[ids == own].mean(axis=0) for own in ids]
        np.testing.assert_allclose(means, expected, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(page, [hidden.mean(axis=0)] * len(pairs), rtol=1e-4, atol=1e-6)


HIDDEN, SHARED, WIDTH = 6, 3, 4
"""Sizes of the small network that the tests below make up."""


def tree_width(dense_width: int) -> int:
    """How many numbers trees see of a block by itself: features, five scores, their sum, its means over all groups."""
    return dense_width + 5 + 1 + GROUP_COUNT + 1


def small_trees(name: str, width: int, tree_count: int, seed: int = 0) -> dict[str, np.ndarray]:
    """Trees of three leaves each, with random cuts, the second node on either side of the first."""
    rng = np.random.default_rng(seed)
    arrays: tuple[np.ndarray, ...] = (
        rng.integers(0, width + 2 * NEIGHBOR_COLUMNS, (tree_count, 2)).astype(np.int16),
        rng.normal(0, 0.5, (tree_count, 2)).astype(np.float32),
        np.array([[[1, -1], [-2, -3]], [[-1, 1], [-2, -3]]], dtype=np.int16)[rng.integers(0, 2, tree_count)],
        rng.normal(0, 0.5, (tree_count, 3)).astype(np.float16),
    )
    return {f"{name}_{part}": array for part, array in zip(trees.NAMES, arrays, strict=True)}


def small_weights(dense_width: int, seed: int = 0) -> dict[str, np.ndarray]:
    """The arrays of a small network and of small trees with random weights, as training writes them."""
    rng = np.random.default_rng(seed)
    pooled = HIDDEN + (GROUP_COUNT + 1) * SHARED
    pooled = (GROUP_COUNT + 1) * SHARED
    seen = (dense_width + 5 * WIDTH, HIDDEN, HIDDEN, pooled, HIDDEN, HIDDEN, HIDDEN, pooled, HIDDEN)
    arrays = {
        f"{name}_range": rng.uniform(1, 5, count).astype(np.float32) for name, count in zip(RANGES, seen, strict=True)
    }
    inputs = (
        seen[0],
        3 * HIDDEN,
        HIDDEN,
        HIDDEN + pooled,
        3 * HIDDEN,
        3 * HIDDEN,
        HIDDEN,
        HIDDEN + pooled,
        HIDDEN,
        HIDDEN,
    )
    outputs = (HIDDEN, HIDDEN, SHARED, HIDDEN, HIDDEN, HIDDEN, SHARED, HIDDEN, 1, len(ROLES))
    for name, input_count, output_count in zip(LAYERS, inputs, outputs, strict=True):
        arrays[name] = rng.integers(-127, 128, (input_count, output_count)).astype(np.int8)
        arrays[name + "_scale"] = rng.uniform(1e-5, 1e-4, output_count).astype(np.float32)
        arrays[name + "_bias"] = rng.normal(0, 0.2, output_count).astype(np.float32)
    arrays["types"] = rng.normal(0, 0.2, (2 * HIDDEN, len(PAGE_TYPES))).astype(np.float32)
    arrays["types_bias"] = rng.normal(0, 0.2, len(PAGE_TYPES)).astype(np.float32)
    tables = (("words_table", WORD_BUCKETS, WORD_SCORES), ("markup_table", MARKUP_BUCKETS, MARKUP_SCORES))
    for name, rows, score_count in tables:
        arrays[name] = rng.integers(-127, 128, (rows, WIDTH + score_count)).astype(np.int8)
        arrays[name + "_scale"] = np.full(WIDTH + score_count, 0.01, dtype=np.float32)
    arrays["mean"] = rng.normal(0, 0.1, dense_width).astype(np.float32)
    arrays["scale"] = np.full(dense_width, 1.5, dtype=np.float32)
    width = tree_width(dense_width)
    return arrays | small_trees("main_trees", width, 5, seed) | small_trees("role_trees", width, 3 * len(ROLES), seed)


def save(folder: Path, arrays: dict[str, np.ndarray]) -> None:
    """Writes weights of both kinds of page."""
    for name in NAMES:
        np.savez(folder / f"{name}.npz", allow_pickle=False, **arrays)


def fall_naively(own: np.ndarray, forest: trees.Trees) -> np.ndarray:
    """What the trees say, block by block and tree by tree."""
    nothing = np.zeros(own.shape[1], dtype=np.float32)
    sums = np.zeros((len(own), forest.output_count))
    for block, row in enumerate(own):
        before = own[block - 1] if block else nothing
        after = own[block + 1] if block + 1 < len(own) else nothing
        seen = [*row, *before[:NEIGHBOR_COLUMNS], *after[:NEIGHBOR_COLUMNS]]
        for tree, (columns, thresholds, children, leaves) in enumerate(zip(*forest[:4], strict=True)):
            node = 0
            while node >= 0:
                node = children[node][int(seen[columns[node]] > thresholds[node])]
            sums[block, tree % forest.output_count] += leaves[-1 - node]
    return sums


def group_means(found: features.Features, values: list[float], block: int) -> list[float]:
    """The means of a number over the groups of a block, and over the page."""
    blocks = range(len(values))
    members = [[values[other] for other in blocks if ids[other] == ids[block]] for ids in found.groups]
    return [sum(group) / len(group) for group in [*members, values]]


def run_naively(found: features.Features, weights: Weights) -> Probabilities:
    """The network, block by block."""
    blocks = range(len(found.dense))

    def codes(name: str, values: Iterable[float]) -> list[int]:
        zero = SIGNED_ZERO if name in SIGNED_RANGES else 0
        steps = zip(values, weights.steps[name], strict=True)
        return [min(255, max(0, math.floor(value * step + zero + 0.5))) for value, step in steps]

    def dense(name: str, coded: Sequence[int]) -> np.ndarray:
        layer = weights.layers[name]
        result: np.ndarray = (np.array(coded) @ layer.matrix.astype(np.int64) - layer.offset) * layer.scale + layer.bias
        return result

    def conv(name: str, hidden: list[np.ndarray], reach: int) -> list[np.ndarray]:
        own = dict(enumerate(codes(name, vector) for vector in hidden))
        windows = [[code for at in (b - reach, b, b + reach) for code in own.get(at, [0] * HIDDEN)] for b in blocks]
        return [hidden[b] + np.maximum(0, dense(name, windows[b])) for b in blocks]

    def pool(name: str, share: str, hidden: list[np.ndarray]) -> list[np.ndarray]:
        own = [codes(share, vector) for vector in hidden]
        shared = [dense(share, coded) for coded in own]
        result = []
        for b in blocks:
            members = [[other for other in blocks if ids[other] == ids[b]] for ids in found.groups]
            means = [np.mean([shared[other] for other in group], axis=0) for group in [*members, list(blocks)]]
            seen = [*own[b], *codes(name, np.concatenate(means).tolist())]
            result.append(hidden[b] + np.maximum(0, dense(name, seen)))
        return result

    sums = model.token_sums(found, weights)
    inputs = model.network_input(found.dense, sums, weights)
    scores = np.array([[sums[0][b][-1], *[sums[bag][b][WIDTH + bag - 1] for bag in range(1, 5)]] for b in blocks])
    totals = [float(sum(row[:4])) for row in scores]
    seen = [[totals[b], *found.dense[b], *scores[b], *group_means(found, totals, b)] for b in blocks]
    hidden = [np.maximum(0, dense("input", codes("input", inputs[b]))) for b in blocks]
    hidden = pool("pool1", "share1", conv("conv1", hidden, 1))
    hidden = pool("pool2", "share2", conv("conv4", conv("conv2", hidden, 2), 4))
    fallen = fall_naively(np.array(seen), weights.role_trees)
    share = weights.role_tree_share
    last = [codes("main", vector) for vector in hidden]
    roles = np.exp([(1 - share) * dense("roles", coded) + share * fallen[b] for b, coded in enumerate(last)])
    matrix, bias = weights.types
    types = np.exp(np.concatenate([np.mean(hidden, axis=0), np.max(hidden, axis=0)]) @ matrix + bias)
    means = [
        (dense("main", coded)[0] + fallen[0]) / 2
        for coded, fallen in zip(last, fall_naively(np.array(seen), weights.main_trees), strict=True)
    ]
    main = 1 / (1 + np.exp(-MAIN_SHARPNESS * np.array(means)))
    return Probabilities(main, roles / roles.sum(axis=1, keepdims=True), types / types.sum())


@pytest.mark.parametrize("html", [PAGE, b"<p>Eins</p>", b"<p>Eins</p><p>Zwei</p>"], ids=["page", "one", "two"])
def test_network_equals_a_naive_one(tmp_path: Path, html: bytes) -> None:
    """What is computed for all blocks at once is what each block's own sums give, also at the edges of a page."""
    evidence = evidence_of_html(html)
    assert evidence is not None
    found = evidence.features
    save(tmp_path, small_weights(found.dense.shape[1]))
    weights = load_weights("html", tmp_path)
    expected = run_naively(found, weights)
    for values, naive in zip(model.run(found, weights), expected, strict=True):
        np.testing.assert_allclose(values, naive, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize(("tree_count", "output_count"), [(5, 1), (6, 3)])
def test_trees_take_pages_of_any_length(monkeypatch: pytest.MonkeyPatch, tree_count: int, output_count: int) -> None:
    """Long pages step through the trees in pieces, with the same result as one by one."""
    own = np.random.default_rng(1).normal(0, 1, (7, 50)).astype(np.float32)
    forest = trees.trees_of(small_trees("some", 50, tree_count), "some", output_count)
    monkeypatch.setattr(trees, "KERNEL", None)
    monkeypatch.setattr(trees, "CHUNK_ROWS", 3)
    np.testing.assert_allclose(trees.log_odds(own, forest), fall_naively(own, forest), rtol=1e-6)


def test_network_input(tmp_path: Path) -> None:
    """A block is read as its numbers, cut off at the bound, its words, its own markup, containers, path and page."""
    evidence = evidence_of("html")
    found, page = evidence.features, evidence.page
    width = found.dense.shape[1]
    save(tmp_path, small_weights(width) | {"scale": np.full(width, 20.0, dtype=np.float32)})
    weights = load_weights("html", tmp_path)
    sums = model.token_sums(found, weights)
    inputs = model.network_input(found.dense, sums, weights)
    table = weights.markup_table
    looks = bag_sums(found.looks, table)[found.layout.looks]
    inline = bag_sums(found.inline, table)
    for block, node in enumerate(page.nodes):
        _, parent, grandparent, *_ = chain = [*page.node_table.ancestors(node), 0, 0]
        dense = np.clip((found.dense[block] - weights.mean) * weights.scale, -5, 5)
        expected = [
            bag_sums(found.words, weights.words_table)[block],
            inline[block] + looks[node],
            looks[parent] + 0.6 * looks[grandparent],
            sum(0.8**level * looks[above] for level, above in enumerate(chain[:-2])),
            bag_sums(found.page, table)[0],
        ]
        embeddings = [part[:WIDTH] for part in expected]
        np.testing.assert_allclose(inputs[block], np.concatenate([dense, *embeddings]), rtol=1e-4, atol=1e-5)
        scores = [part[WIDTH + max(0, bag - 1)] for bag, part in enumerate(expected)]
        np.testing.assert_allclose(model.token_scores(sums)[block], scores, rtol=1e-4, atol=1e-5)
    assert inputs.shape == (len(page), width + 5 * WIDTH)
    assert (np.abs(inputs[:, :width]) == model.FEATURE_BOUND).any()


def npy() -> bytes:
    """One array, not several."""
    buffer = io.BytesIO()
    np.save(buffer, np.zeros(3))
    return buffer.getvalue()


def npz(**arrays: np.ndarray) -> bytes:
    """Some arrays that are no weights."""
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [b"no weights", b"", npy(), npz(mean=np.zeros(3)), npz(mean=np.zeros(3))[:90], npz(mean=np.zeros(3))[:-40]],
    ids=["text", "empty", "npy", "other arrays", "cut short", "without its index"],
)
@pytest.mark.parametrize("name", NAMES)
def test_wrong_file_of_weights(tmp_path: Path, name: str, content: bytes) -> None:
    """A file that holds something else is named, with the cure."""
    path = tmp_path / f"{name}.npz"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"^weights: .+ cannot be used \(.+\); train them with this") as caught:
        load_weights(name, tmp_path)
    assert str(path) in str(caught.value)


def test_missing_weights(tmp_path: Path) -> None:
    """A folder that is not there, is empty or is a file is named."""
    file = tmp_path / "file"
    file.touch()
    for folder in (tmp_path, tmp_path / "none", file):
        with pytest.raises(ConfigError, match="cannot be used") as caught:
            load_weights("html", folder)
        assert str(folder / "html.npz") in str(caught.value)


def test_weights_of_other_features(tmp_path: Path) -> None:
    """Weights that were trained on other features than are computed are refused."""
    evidence = evidence_of("html")
    width = evidence.features.dense.shape[1]
    save(tmp_path, small_weights(width - 1))
    with pytest.raises(ConfigError, match=f"weights: .+ {width - 1} .+ {width}"):
        arbiter.judge(evidence, weights_folder=tmp_path)


def test_weights_are_small() -> None:
    """The weights do not bloat the package."""
    folder = resources.files("cleanpage") / "arbiter"
    sizes = [len((folder / f"{name}.npz").read_bytes()) for name in NAMES]
    assert sum(sizes) <= MAX_WEIGHT_BYTES


@pytest.mark.parametrize("name", NAMES)
def test_weights_fit_the_features(name: str) -> None:
    """The shipped weights have the widths that the features have, and are finite."""
    weights, found = load_weights(name), evidence_of(name).features
    assert weights.mean.shape == weights.scale.shape == (found.dense.shape[1],)
    for forest in (weights.main_trees, weights.role_trees):
        assert forest.features.min() >= 0
        assert forest.features.max() < tree_width(found.dense.shape[1]) + 2 * NEIGHBOR_COLUMNS
        assert forest.children.max() < forest.features.shape[1]
        assert -forest.children.min() <= forest.leaves.shape[1]
        assert len(forest.features) % forest.output_count == 0
    assert len(weights.words_table) == WORD_BUCKETS
    assert len(weights.markup_table) == MARKUP_BUCKETS
    embedding_widths = [
        weights.words_table.shape[1] - WORD_SCORES,
        *[weights.markup_table.shape[1] - MARKUP_SCORES] * 4,
    ]
    width = found.dense.shape[1] + sum(embedding_widths)
    assert weights.layers["input"].matrix.shape[0] == width
    assert weights.layers["roles"].matrix.shape[1] == len(ROLES)
    assert weights.types[0].shape[1] == len(PAGE_TYPES)
    arrays = [weights.words_table, weights.markup_table, weights.mean, weights.scale]
    arrays += [*weights.main_trees[:4], *weights.role_trees[:4]]
    arrays += [*weights.types, *weights.steps.values()]
    arrays += (array for layer in weights.layers.values() for array in layer[:4])
    assert all(np.isfinite(array).all() for array in arrays)


@pytest.mark.parametrize("name", NAMES)
def test_verdict(name: str) -> None:
    """Every block has a role that fits its place and a probability; the main text has an expected quality."""
    evidence = evidence_of(name)
    verdict = arbiter.judge(evidence)
    count = len(evidence.page)
    assert [len(verdict.roles), len(verdict.confidences), len(verdict.main), len(verdict.is_main)] == [count] * 4
    assert all(verdict.role(block) is ROLES[verdict.roles[block]] for block in range(count))
    for block in np.flatnonzero(verdict.is_main):
        assert verdict.role(int(block)).is_content
    for values in (verdict.confidences, verdict.main, np.array([verdict.quality, verdict.page_type_confidence])):
        assert ((values >= 0) & (values <= 1)).all()
    assert verdict.is_main.any()
    assert verdict.page_type in PAGE_TYPES
    assert verdict.warnings == []


@pytest.mark.parametrize("name", NAMES)
def test_quality_curve(name: str) -> None:
    """The map of the quality is there for each kind of page, spans 0 to 1, stays within, and never falls."""
    expected, worth = quality_module.load_curve(name)
    assert (expected[0], expected[-1]) == (0, 1)
    assert (np.diff(expected) > 0).all()
    assert (np.diff(worth) >= 0).all()
    assert 0 <= worth[0] < worth[-1] <= 1
    given = np.linspace(0, 1, 101)
    mapped = [quality_module.calibrated(value, name) for value in given]
    assert mapped == sorted(mapped)
    assert mapped == pytest.approx(np.interp(given, expected, worth))


@pytest.mark.parametrize("name", NAMES)
def test_quality_is_calibrated(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The verdict's quality is what the curve of its kind of page makes of the expected F1; the choice stays."""
    evidence = evidence_of(name)
    probabilities = model.run(evidence.features, load_weights(name))
    main = lowered_by_prompts(probabilities.main, evidence.features.signals)
    doubt = PAGE_DOUBT * (1 - probabilities.page_types[PAGE_TYPES.index("article")])
    is_main, expected = choose_main(main, np.asarray(evidence.page.word_counts), doubt=doubt)
    curves = {"html": (np.array([0, 1]), np.array([0.25, 0.5])), "text": (np.array([0, 1]), np.array([0.5, 1]))}
    monkeypatch.setattr(quality_module, "load_curve", curves.__getitem__)
    verdict = arbiter.judge(evidence)
    assert verdict.quality == pytest.approx(0.25 + expected / 4 if name == "html" else 0.5 + expected / 2)
    assert (verdict.is_main[is_main]).all()


def test_weights_of_ones_own(tmp_path: Path) -> None:
    """A folder of other weights decides otherwise, and is read for both kinds of page."""
    for name in NAMES:
        evidence = evidence_of(name)
        save(tmp_path, small_weights(evidence.features.dense.shape[1]))
        assert (arbiter.judge(evidence, weights_folder=tmp_path).main != arbiter.judge(evidence).main).all()


JUDGE = """
import json
import math
import sys
from pathlib import Path
from statistics import NormalDist
from cleanpage.arbiter import judge
from cleanpage.pipeline import evidence_of_html, evidence_of_text

def read(path):
    return evidence_of_html(path.read_bytes()) if path.suffix == ".html" else evidence_of_text(path.read_text("utf-8"))

verdicts = [judge(read(Path(path))) for path in sys.argv[1:]]
print(json.dumps([[v.main.tobytes().hex(), v.confidences.tobytes().hex(), v.roles.tolist()] for v in verdicts]))
"""


def test_judging_is_the_same_in_every_process() -> None:
    """The same page gets the same verdict, to the last bit, twice in a process and in processes of other hash seeds."""
    paths = [str(EXAMPLES / name) for name in ("french-news.html", "french-news.txt")]
    runs = [
        subprocess.run(
            [sys.executable, "-c", JUDGE, *paths, *paths],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        for seed in ("1", "2")
    ]
    first, second = (json.loads(run.stdout) for run in runs)
    assert first == second
    assert first[:2] == first[2:]
