"""The features of what a block belongs with: look-alikes, sections, landmarks, JSON-LD, and the kind of page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings

from cleanpage.features import context
from cleanpage.features.columns import joined
from cleanpage.features.structure import group_ids, layout_of
from cleanpage.segment import segment
from tests.builders import TREES, element_of, page_of, tree_of

if TYPE_CHECKING:
    from cleanpage.page import Page
    from tests.builders import Node

PROSE = "Am Morgen lag das Dorf im Nebel, und niemand wusste, ob die Fähre heute noch einmal ablegen würde."
CARDS = "".join(f"<li class='card'><a href='/{n}'>Ein Boot Nummer {n}</a><b>{n} €</b></li>" for n in range(6))


def test_group_columns_equal_naive_ones() -> None:
    """Size, words, links and places of look-alikes are what counting them one by one gives."""
    page = page_of(PROSE, f"<ul>{CARDS}</ul>", PROSE, f"<ul>{CARDS}</ul>", "<aside><p>Anderes</p></aside>")
    layout = layout_of(page)
    groups = group_ids(layout)
    columns = joined(context.group_columns(groups, layout), len(page))
    for number, ids in enumerate(groups[context.LOOK_GROUPS]):
        for block in range(len(page)):
            alike = np.flatnonzero(ids == ids[block])
            words = layout.word_counts[alike]
            links = layout.link_word_counts[alike]
            expected = [
                np.log1p(len(alike)) / 3,
                np.log1p(words.mean()) / 4,
                words.sum() / layout.word_counts.sum(),
                links.sum() / max(1, words.sum()),
                min(3, words.std() / (1 + words.mean())),
                alike[0] / len(page),
                alike[-1] / len(page),
            ]
            assert [column[block] for column in columns[7 * number : 7 * number + 7]] == pytest.approx(expected)


def test_landmark_columns() -> None:
    """The headline's own block is nearest to it; a block of another branch shares less of its path."""
    page = page_of(f"<main><h1>Die Fähre</h1><p>{PROSE}</p></main>", "<footer><p>Impressum</p></footer>")
    common, above, below, distance, words, has_headline, *longest = joined(
        context.landmark_columns(page, layout_of(page)), len(page)
    )
    assert common.tolist() == pytest.approx([1, 2 / 3, 1 / 3])  # html, body, main, h1
    assert above.tolist() == pytest.approx([0, 0.1, 0.2])
    assert below.tolist() == pytest.approx([0, 0.1, 0.2])
    assert distance[0] == 0 < distance[1] < distance[2]
    assert words[0] == 0 < words[1] < words[2]
    assert has_headline.all()
    assert longest[0][1] == 1  # the longest paragraph is its own landmark


def test_landmarks_missing() -> None:
    """A page without a headline and running text has zeros."""
    page = page_of("Kurz", "<h2>Kein erster Rang</h2>")
    assert not np.any(joined(context.landmark_columns(page, layout_of(page)), len(page)))


def test_section_columns() -> None:
    """Blocks are told how deep they stand in each sectioning tag, and how many the page has."""
    page = page_of("<article><section><p>Eins</p></section><section>Zwei<section>Drei</section></section></article>")
    columns = context.section_columns(page.node_table, layout_of(page))
    place = 2 * context.SECTION_INDEX["section"]
    assert columns[place].tolist() == [1, 1, 2]
    assert columns[place + 1].tolist() == pytest.approx([np.log1p(3) / 3] * 3)
    assert not columns[2 * context.SECTION_INDEX["nav"]].any()


def test_json_ld_columns() -> None:
    """Blocks that the page's own description holds are told from others; escapes are read."""
    script = '{"@type": "Product", "name": "Ruderboot", "description": "Ein F\\u00e4hrboot, \\"gut\\" gepflegt"}'
    page = segment(
        tree_of(
            f"<html><head><script type='application/ld+json'>{script}</script></head>"
            "<body><h1>Ruderboot</h1><p>Ein Fährboot gut gepflegt</p><p>Impressum</p></body></html>"
        )
    )
    columns = joined(context.json_ld_columns(page, layout_of(page)), len(page))
    texts, names, weighted, text_count, name_count = columns
    assert texts.tolist() == [0, 1, 0]
    assert names.tolist() == [1, 0, 0]
    assert weighted[1] == pytest.approx(np.log1p(4) / 4)
    assert text_count.tolist() == pytest.approx([np.log1p(4) / 6] * 3)
    assert name_count.tolist() == pytest.approx([np.log1p(1) / 6] * 3)


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ('{"description": "drei kleine Boote", broken', {"drei", "kleine", "boote"}),
        ('{"description": "a bad \\x escape"}', {"a", "bad", "x", "escape"}),
        ('{"descriptions": "kein Text"}', set()),
        ("", set()),
    ],
)
def test_json_ld_that_is_broken(script: str, expected: set[str]) -> None:
    """Texts are found in scripts that no parser would take."""
    assert context.json_ld_words([script])[0] == expected


def test_page_columns() -> None:
    """A page of cards is told from one of paragraphs."""

    def repeated_share(page: Page) -> float:
        layout = layout_of(page)
        return float(context.page_columns(page, layout, group_ids(layout))[0, 0])

    assert repeated_share(page_of(f"<ul>{CARDS}</ul>")) == 1
    assert repeated_share(page_of(PROSE, f"<h2>{PROSE}</h2>", f"<blockquote>{PROSE}</blockquote>")) == 0


@settings(max_examples=50)
@given(TREES)
def test_any_tree(tree: Node) -> None:
    """Every tree gives finite numbers, one a block."""
    page = segment(element_of(tree))
    if len(page):
        layout = layout_of(page)
        columns = joined(context.context_columns(page, layout, group_ids(layout)), len(page))
        assert columns.shape[1] == len(page)
        assert np.isfinite(columns).all()
