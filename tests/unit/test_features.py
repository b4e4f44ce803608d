"""The features: numbers about each block that must be finite, in order, and what their names say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given, settings

from cleanpage import features, language
from cleanpage.arbiter.model import GROUP_COUNT
from cleanpage.features import bags, likeness, structure
from cleanpage.features.bags import MAX_BAG_WORDS, href_tokens, make_bag
from cleanpage.features.columns import joined
from cleanpage.features.structure import CONTAINER_LEVELS, RUNNING_TEXT_WORDS, layout_of
from cleanpage.features.text import text_columns
from cleanpage.page import Page, Signal
from cleanpage.plaintext import segment_text
from cleanpage.roles import ROLE_INDEX, ROLES, Kind, Role
from cleanpage.segment import segment
from tests.builders import TREES, element_of, nested, page_of, tree_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.builders import Node

PROSE = "Am Morgen lag das Dorf im Nebel, und niemand wusste, ob die Fähre heute noch einmal ablegen würde."
NEWS = f"""<html lang="de"><head><title>Die Fähre im Nebel</title><meta property="og:type" content="article">
<meta property="og:title" content="Die Fähre im Nebel"><meta name="description" content="Warten am Ufer."></head><body>
<nav class="menu"><ul><li><a href="/a">Start</a></li><li><a href="/b">Wetter</a></li><li>Suche <input></li></ul></nav>
<main><article><h1>Die Fähre im Nebel</h1><p>{PROSE}</p><figure><img><figcaption>Das Ufer</figcaption></figure>
<h2>Warten</h2><p>{PROSE} <a href="/mehr">Mehr dazu hier</a></p></article>
<aside class="box"><p><a href="/x">Lesen Sie auch: der alte Hafen und seine Fischer in einem langen Winter</a></p>
</aside></main><div><div><p>Impressum</p></div></div></body></html>"""

TEXT_COLUMNS = (
    "word_count char_count letters_per_word upper_share is_upper unspaced_share digit_share quote_share "
    "separator_share stop_count comma_count stops_per_word commas_per_word link_density is_link href_count image_count "
    "input_count has_newline has_separator has_currency has_at has_copyright has_colon ends_with_stop ends_with_colon "
    "starts_upper starts_with_digit starts_with_separator starts_with_quote has_year is_word is_long"
).split()
CONTAINER_COLUMNS = "words blocks page_share link_share words_a_block running_share images fields".split()


def plain(text: str) -> Page:
    """A plain-text page."""
    return segment_text(text)


def computed(page: Page, *signals: Signal) -> features.Features:
    """The features of a page, its languages identified first."""
    language.identify(page)
    return features.compute(page, list(signals))


def text_column(page: Page, name: str) -> list[float]:
    """One of the text columns, by what it says."""
    columns = dict(zip(TEXT_COLUMNS, text_columns(page).tolist(), strict=True))
    found: list[float] = columns[name]
    return found


def assert_is_sound(page: Page, found: features.Features) -> None:
    """Every array has a row a block, finite numbers, and ids within bounds."""
    count = len(page)
    assert found.dense.dtype == np.float32
    assert len(found.dense) == count
    assert np.isfinite(found.dense).all()
    for bag, rows in (
        (found.words, count),
        (found.inline, count),
        (found.looks, len(found.layout.look_nodes)),
        (found.page, 1),
    ):
        assert len(bag.starts) == rows + 1
        assert bag.starts[0] == 0
        assert bag.starts[-1] == len(bag.ids)
        assert (np.diff(bag.starts) >= 0).all()
        assert ((bag.ids >= 0) & (bag.ids < bags.WORD_BUCKETS)).all()
    assert found.groups.shape == (GROUP_COUNT, count)
    for ids in found.groups:
        assert set(ids.tolist()) == set(range(int(ids.max()) + 1))


ODD_PAGES: dict[str, Callable[[], Page]] = {
    "one block": lambda: page_of("A"),
    "no words": lambda: Page(
        texts=["…"], kinds=[Kind.PARAGRAPH], levels=[0], nodes=[0], inline_names=[()], inline_tags=[()],
        link_char_counts=[0], hrefs=[()], image_counts=[0], input_counts=[0], node_table=page_of("A").node_table,
    ),
    "numbers": lambda: page_of("2026", "12", "٣٤"),
    "2,000 identical blocks": lambda: page_of(*["<p>Weiter</p>"] * 2_000),
    "emoji": lambda: page_of("👩‍👩‍👧 a 🎉", "<p><a href='/🎉'>🎉1</a></p>"),
    "right to left": lambda: page_of("قرر المجلس إغلاق الجسر القديم.", "מועצת העיר", "\u202eabc"),
    "surrogates": lambda: plain("\ud800 a\n\udfff\ud83d b c\n\n- d \ud800"),
    "links": lambda: page_of("<a href=''>a</a>", "<a href='http://[::1'>b</a>", "<a href='//'>c</a>"),
    "images and fields": lambda: page_of("<img>" * 50, "<input>" * 50, "a"),
    "deep": lambda: segment(nested(["div", "section"], 1_000, text="w")),
    "long": lambda: page_of("word " * 20_000, "🎉" * 5_000 + "a"),
    "plain text": lambda: plain("Ein Titel\n\nEin Satz.\n- eins\n- zwei"),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD_PAGES)
def test_odd_pages(name: str) -> None:
    """Features of the oddest pages are finite and have a row a block."""
    page = ODD_PAGES[name]()
    assert len(page)
    found = computed(page, Signal(0, Role.TEXT, 0.5, "test.odd:page"))
    assert_is_sound(page, found)
    assert found.dense.shape[1] == computed(page_of("A")).dense.shape[1]


@settings(max_examples=30)
@given(TREES)
def test_any_tree(tree: Node) -> None:
    """Whatever is nested in what, the features are finite and have a row a block."""
    page = segment(element_of(tree))
    if len(page):
        assert_is_sound(page, computed(page))


def test_features_change_nothing() -> None:
    """The page is only read: computing twice gives the same."""
    page = page_of(NEWS)
    first, second = computed(page), computed(page)
    assert (first.dense == second.dense).all()
    assert (first.words.ids == second.words.ids).all()
    assert (first.groups == second.groups).all()


@pytest.mark.parametrize(
    ("name", "item", "expected"),
    [
        ("word_count", "Drei kurze Wörter", np.log1p(3) / 4),
        ("word_count", "日本語", np.log1p(3) / 4),
        ("char_count", "12345", np.log1p(5) / 6),
        ("letters_per_word", "abcd abcd", 0.5),
        ("letters_per_word", "x" * 500, 2.0),
        ("upper_share", "ABcd", 0.5),
        ("upper_share", "ЖЖжж", 0.5),
        ("is_upper", "NEWS 24", 1),
        ("is_upper", "News", 0),
        ("is_upper", "24", 0),
        ("unspaced_share", "日本ab", 0.5),
        ("unspaced_share", "한국어", 0),
        ("digit_share", "12 a", 0.5),
        ("digit_share", "٣٤ a", 0.5),
        ("quote_share", "„a“b", 0.5),
        ("separator_share", "a|b/", 0.5),
        ("stop_count", "Ja! Nein. a", np.log1p(2)),
        ("stop_count", "是。否。a", np.log1p(2)),
        ("comma_count", "a, b、c، d", np.log1p(3)),
        ("stops_per_word", "a. b c d", 0.25),
        ("commas_per_word", "a, b", 0.5),
        ("link_density", "<p><a href='/'>abcde</a>fghij</p>", 0.5),
        ("link_density", "abc", 0),
        ("is_link", "<p><a href='/'>abc</a></p>", 1),
        ("is_link", "<p><a href='/'>abc</a> abc</p>", 0),
        ("href_count", "<p><a href='/a'>a</a> <a href='/b'>b</a></p>", np.log1p(2)),
        ("image_count", "<p><img><img>a</p>", np.log1p(2)),
        ("input_count", "<p><input><select></select>a</p>", np.log1p(2)),
        ("has_newline", "<p>a<br>b</p>", 1),
        ("has_newline", "a b", 0),
        ("has_separator", "Start › Wetter → heute", 1),
        ("has_separator", "Start", 0),
        ("has_currency", "3 € im Monat", 1),
        ("has_currency", "3 im Monat", 0),
        ("has_at", "post@example.org", 1),
        ("has_copyright", "© 2026", 1),
        ("has_colon", "Text：Anna", 1),
        ("ends_with_stop", "Es regnet.", 1),
        ("ends_with_stop", "بارد؟", 1),
        ("ends_with_stop", "Es. regnet", 0),
        ("ends_with_colon", "Von:", 1),
        ("ends_with_colon", "Von: a", 0),
        ("starts_upper", "Äpfel", 1),
        ("starts_upper", "äpfel", 0),
        ("starts_with_digit", "3 Dinge", 1),
        ("starts_with_digit", "Die 3", 0),
        ("starts_with_separator", "– a", 1),
        ("starts_with_quote", "«a»", 1),
        ("has_year", "seit 2019", 1),
        ("has_year", "seit 201", 0),
        ("is_word", "Suche", 1),
        ("is_word", "Die Suche", 0),
        ("is_long", "Wort " * 20, 1),
        ("is_long", "Wort " * 19, 0),
    ],
)
def test_text_columns(name: str, item: str, expected: float) -> None:
    """Each column says of a block what its name says, wherever on the page the block stands."""
    for items, block in (([item], 0), (["Ein Satz davor: 5 $!", item, "© (danach) | 2026."], 1)):
        assert text_column(page_of(*items), name)[block] == pytest.approx(expected, abs=1e-6)


def holders(page: Page, node: int) -> list[int]:
    """The blocks inside a node, by going up from each block."""
    return [block for block, own in enumerate(page.nodes) if node in page.node_table.ancestors(own)]


def test_container_sums_equal_naive_sums() -> None:
    """What is said of a container is what adding up its blocks one by one gives."""
    page = segment(tree_of(NEWS))
    layout = layout_of(page)
    columns = np.stack(structure._container_columns(page, layout)).reshape(CONTAINER_LEVELS, len(CONTAINER_COLUMNS), -1)
    links = [
        words * min(1.0, chars / len(text))
        for words, chars, text in zip(page.word_counts, page.link_char_counts, page.texts, strict=True)
    ]
    for block, own in enumerate(page.nodes):
        for level in range(CONTAINER_LEVELS):
            node = ([*page.node_table.ancestors(own), *[0] * CONTAINER_LEVELS])[level]
            inside = holders(page, node)
            words = sum(page.word_counts[other] for other in inside)
            running = sum(n for other in inside if (n := page.word_counts[other]) >= RUNNING_TEXT_WORDS)
            expected = [
                np.log1p(words) / 6,
                np.log1p(len(inside)) / 4,
                words / sum(page.word_counts),
                sum(links[other] for other in inside) / words,
                np.log1p(words / len(inside)) / 4,
                running / words,
                np.log1p(sum(page.image_counts[other] for other in inside)) / 3,
                np.log1p(sum(page.input_counts[other] for other in inside)) / 3,
            ]
            assert columns[level, :, block] == pytest.approx(expected), (page.texts[block], level)


def test_groups_equal_naive_keys() -> None:
    """Two blocks are in one group exactly if they share the container or the look that the group stands for."""
    page = segment(tree_of(NEWS))
    table = page.node_table
    chains = [([*table.ancestors(node), *[0] * CONTAINER_LEVELS])[:CONTAINER_LEVELS] for node in page.nodes]

    def look(node: int) -> tuple[Any, ...]:
        return table.tags[node], table.names[node]

    looks = [tuple(look(node) for node in chain[:3]) for chain in chains]
    keys: list[list[object]] = [[chain[level] for chain in chains] for level in range(4)]
    keys += [list(looks), [(own, chain[4]) for own, chain in zip(looks, chains, strict=True)]]
    groups = structure.group_ids(layout_of(page))
    for ids, wanted in zip(groups.tolist(), keys, strict=True):
        same = [[first == second for second in ids] for first in ids]
        assert same == [[first == second for second in wanted] for first in wanted]


def test_layout() -> None:
    """The root is its own ancestor; nodes that look the same share an id, and any attribute that counts parts them."""
    items = ["<p class='x'>a</p>", "<p class='x'>b</p>", "<p class='x' role='note'>c</p>", "<p class='y'>d</p>"]
    layout = layout_of(page_of(*items, "<p class='x' aria-label='e'>e</p>"))
    looks = layout.looks[layout.nodes].tolist()
    assert looks[0] == looks[1] == looks[4]
    assert len(set(looks)) == 3
    assert layout.parents[0] == 0
    assert layout.ancestors[2:].tolist() == [[0] * 5] * 3
    assert [layout.looks[node] for node in layout.look_nodes] == list(range(len(layout.look_nodes)))


def test_sibling_columns() -> None:
    """How often a block's element is repeated among its siblings, by tag and by look; first and last of its parent."""
    page = page_of("<ul><li class='a'>1</li><li class='a'>2</li><li class='b'>3</li></ul>", "Text")
    columns = joined(structure._sibling_columns(page, layout_of(page)), len(page))
    same_tag, same_look = columns[0], columns[4]
    assert np.expm1(3 * same_tag) == pytest.approx([3, 3, 3, 1])
    assert np.expm1(3 * same_look) == pytest.approx([2, 2, 1, 1])
    assert np.expm1(3 * columns[8]) == pytest.approx([1, 2, 3, 1])
    assert columns[-2].tolist() == [1, 0, 0, 0]
    assert columns[-1].tolist() == [0, 0, 1, 1]


def test_main_container_columns() -> None:
    """The smallest container with most of the running text is told from what stands before and after it."""
    page = page_of(
        "<nav><p>Start</p></nav>", f"<div><p>{PROSE}</p><p>{PROSE}</p></div>", f"<p><a href='/'>{PROSE}</a></p>"
    )
    columns = joined(structure._main_container_columns(layout_of(page)), len(page))
    inside, before, after = columns[6:9]
    assert inside.tolist() == [0, 1, 1, 0]
    assert np.expm1(5 * before) == pytest.approx([1, 0, 0, 0])
    assert np.expm1(5 * after) == pytest.approx([0, 0, 0, 1])
    earlier, later, is_running = columns[9:]
    assert earlier.tolist() == [0, 0, 0.5, 1]
    assert later.tolist() == [1, 0.5, 0, 0]
    assert is_running.tolist() == [0, 1, 1, 0]


def test_heading_columns() -> None:
    """How far the heading above and the one below are, and of which level."""
    page = page_of("Davor", "<h1>Titel</h1>", "Eins", "<h3>Teil</h3>", "Zwei")
    above, level, below, is_first, is_h1, is_after_h1, own = joined(structure._heading_columns(page), len(page))
    assert np.expm1(4 * above) == pytest.approx([5, 0, 1, 0, 1])
    assert 6 * level == pytest.approx([0, 1, 1, 3, 3])
    assert np.expm1(4 * below) == pytest.approx([1, 0, 1, 0, 1])
    assert is_first.tolist() == is_h1.tolist() == [0, 1, 0, 0, 0]
    assert is_after_h1.tolist() == [0, 1, 1, 1, 1]
    assert 6 * own == pytest.approx([0, 1, 0, 3, 0])


def test_similarity_columns() -> None:
    """The block most like the page's own titles is found, and where the others stand from it."""
    page = segment(tree_of(NEWS))
    headline = page.texts.index("Die Fähre im Nebel")
    of_block, of_title, _, _, of_description, is_best, distance, is_below = joined(
        likeness.similarity_columns(page), len(page)
    )
    assert (of_block[headline], of_title[headline]) == (1, 1)
    assert of_description[page.texts.index("Das Ufer")] == 0.5
    assert np.flatnonzero(is_best).tolist() == [headline]
    assert distance[headline + 1] == pytest.approx(1 / 20)
    assert is_below.tolist() == [0] * (headline + 1) + [1] * (len(page) - headline - 1)


def test_similarity_without_titles() -> None:
    """A page that does not say what it is called has no most alike block."""
    columns = joined(likeness.similarity_columns(page_of("Eins", "Zwei")), 2)
    assert columns.tolist() == [[0.0, 0.0]] * 7 + [[0.5, 0.5]]


def test_repeat_columns() -> None:
    """How often a text stands on the page, and whether it stood there before."""
    counts, is_repeated = joined(likeness.repeat_columns(page_of("Mehr", "Titel", "Mehr", "Mehr")), 4)
    assert np.expm1(counts) == pytest.approx([2, 0, 2, 2])
    assert is_repeated.tolist() == [0, 0, 1, 1]


def test_language_columns() -> None:
    """Whether the language of a block is known, and how surely it is another one or the page's."""
    page = page_of("a", "b", "c")
    assert features.language_columns(page).T.tolist() == [[0, 0, 0]] * 3
    page.language = "fr"
    page.block_languages, page.block_language_confidences = ("fr", "nl", ""), (0.75, 0.5, 0.0)
    assert features.language_columns(page).T.tolist() == [[1, 0, 0.75], [1, 0.5, 0], [0, 0, 0]]


def test_signal_columns() -> None:
    """The strongest signal about a block itself and the strongest about a run around it, by role."""
    signals = [
        Signal(1, Role.LEGAL, 0.25, "a"),
        Signal(1, Role.LEGAL, 0.75, "b"),
        Signal(1, Role.LEGAL, 0.5, "c", 2),
        Signal(0, Role.RELATED, 0.25, "d", 3),
        Signal(1, Role.RELATED, 0.5, "e", 4),
        Signal(2, Role.TITLE, 1.0, "f"),
    ]
    expected = np.zeros((4, 2, len(ROLES)))
    expected[1, 0, ROLE_INDEX[Role.LEGAL]] = 0.75
    expected[2, 0, ROLE_INDEX[Role.TITLE]] = 1
    expected[:, 1, ROLE_INDEX[Role.RELATED]] = [0.25, 0.5, 0.5, 0.5]
    found = features.signal_columns(page_of("a", "b", "c", "d"), signals)
    assert found.reshape(4, 2, len(ROLES)).tolist() == expected.tolist()


def test_bags_join_rows() -> None:
    """A bag keeps which ids are whose, empty rows as well."""
    bag = make_bag([(3, 1), (), (2,)])
    assert bag.ids.tolist() == [3, 1, 2]
    assert bag.starts.tolist() == [0, 2, 2, 3]
    assert make_bag([]).starts.tolist() == [0]


def test_buckets_are_pinned() -> None:
    """Tokens are hashed by CRC-32, whose check values are known: other buckets would make the weights worthless."""
    assert crc32(b"123456789") == 0xCBF43926
    assert bags._bucket("123456789") == 0x3926
    assert bags.word_bucket("council") == 5090
    assert bags.word_bucket("мост") == 8162


def rows_of(bag: bags.Bag) -> list[list[int]]:
    """The ids of each row."""
    return [row.tolist() for row in np.split(bag.ids, bag.starts[1:-1])]


def test_word_bag() -> None:
    """The first words of a block, each once, and numbers by their length."""
    bag = bags.word_bag(page_of("Brot und Brot", "12 99 100", "a", " ".join(f"w{number}w" for number in range(60))))
    rows = rows_of(bag)
    assert sorted(rows[0]) == sorted(bags.word_bucket(word) for word in ("brot", "und"))
    assert {bags.word_bucket("34"), bags.word_bucket("567")} == set(rows[1])
    assert len(rows[3]) == MAX_BAG_WORDS


def test_look_bag() -> None:
    """An element's tag, its names whole and in parts, and the last step of its attributes' values."""
    page = page_of(
        "<div class='nav-Bar' id='Top' role='Menu' itemtype='https://schema.org/WebPage' action='/x'>a</div>"
    )
    layout = layout_of(page)
    row = rows_of(bags.look_bag(page, layout))[layout.looks[page.nodes[0]]]
    tokens = ["<div", "nav-bar", ".nav", ".bar", "#top", ".top", "role=menu", "itemtype=webpage"]
    assert sorted(row) == sorted(bags._bucket(token) for token in tokens)


def test_inline_bag() -> None:
    """The inline elements of a block with their names, and the targets of its links; none for a bare block."""
    page = page_of("<p><a class='more' rel='nofollow' href='/tag/sea'>a</a></p>", "b")
    rows = rows_of(bags.inline_bag(page))
    tokens = ["<i:a", "more", ".more", "rel=nofollow", ".rel", ".nofollow", "h:relative", "h:depth2", "h:tag", "h:sea"]
    assert sorted(rows[0]) == sorted(bags._bucket(token) for token in tokens)
    assert rows[1] == []


def test_page_bag() -> None:
    """What a page calls itself: its type, generator, schema.org types and address; and whether it has markup."""
    page = segment(
        tree_of(
            "<head><meta property='og:type' content='Article'><meta name='generator' content='Press 6.1'>"
            '<script type="application/ld+json">{"@type": ["NewsArticle"], "author": {"@type": "Person"}}</script>'
            "</head><p>a</p>"
        ),
        url="https://www.example.org/news/42",
    )
    tokens = ["og:article", "gen:press", "ld:NewsArticle", "ld:Person", "html"]
    tokens += ["u:away", "u://example.org", "u:depth2", "u:news", "u:digits"]
    expected = {bags._bucket("p:" + token) for token in tokens}
    assert set(bags.page_bag(page).ids.tolist()) == expected
    assert bags._bucket("p:plain") in bags.page_bag(plain("a")).ids


@pytest.mark.parametrize(
    ("href", "tokens"),
    [
        ("", ["anchor"]),
        ("#", ["anchor"]),
        ("#Comments-List", ["anchor", "comments", "list"]),
        ("javascript:void(0)", ["javascript"]),
        ("MAILTO:ann@example.org", ["mailto"]),
        ("tel:+49 30 1", ["tel"]),
        ("/", ["relative", "depth0"]),
        ("/login", ["relative", "depth1", "login"]),
        ("page2.html#top", ["fragment", "relative", "depth1", "page", "html", "digits"]),
        ("/a-b/the-old-bridge-is-closed", ["relative", "depth2", "slug"]),
        ("/one-two/three", ["relative", "depth2", "one", "two", "three"]),
        ("/tag/sea?page=2&sort=new&=x", ["relative", "depth2", "tag", "sea", "?page", "?sort", "?"]),
        ("/aa/bb/cc/dd/ee/ff/77", ["relative", "depth5", "aa", "bb", "cc", "digits"]),
        ("https://example.org/about", ["same", "depth1", "about"]),
        ("https://WWW.Example.org/about", ["same", "depth1", "about"]),
        ("//shop.example.org", ["same", "depth0"]),
        ("https://notexample.org/", ["away", "//notexample.org", "depth0"]),
        ("http://a.b.partner.com/x1", ["away", "//partner.com", "depth1", "digits"]),
        ("http://[::1/x", ["away", "//[::1", "depth1"]),
        ("/новости/мост", ["relative", "depth2"]),
        ("  /login\n", ["relative", "depth1", "login"]),
    ],
)
def test_href_tokens(href: str, tokens: list[str]) -> None:
    """What a link says by its target."""
    assert href_tokens(href, "example.org") == tokens


def test_href_tokens_without_a_host() -> None:
    """Where the page's address is not known, no link is known to stay on its site."""
    assert href_tokens("https://example.org/a", "") == ["away", "//example.org", "depth1"]


def test_features_are_the_same_in_every_process() -> None:
    """Neither the ids nor their order hang on Python's hash seed: sums of floats in another order differ."""
    code = """
import hashlib, json, sys
from cleanpage.pipeline import evidence_of_html
found = evidence_of_html(sys.stdin.buffer.read()).features
arrays = [found.dense, found.words.ids, found.inline.ids, found.looks.ids, found.page.ids, found.groups]
print(json.dumps([hashlib.sha256(array.tobytes()).hexdigest() for array in arrays]))
"""
    digests = []
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed}
        run = subprocess.run(
            [sys.executable, "-c", code], input=NEWS.encode(), env=environment, capture_output=True, check=True
        )
        digests.append(json.loads(run.stdout))
    assert digests[0] == digests[1]
