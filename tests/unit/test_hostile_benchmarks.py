"""The scripts that measure how cleanpage holds: what they change is what they say, and their figures are right."""

from __future__ import annotations

import copy
import math
from pathlib import Path

import pytest
from click.testing import CliRunner
from lxml import etree

import cleanpage
from benchmarks import charset_accuracy, growth, growth_pages, losses, metamorphic, soak
from cleanpage.inputs import read_page

FIXTURES = Path(__file__).parents[1] / "fixtures" / "rich_pages"
PAGES = [path.read_bytes() for path in sorted(FIXTURES.glob("*/input.html"))]


def tree_of(page: bytes | str) -> etree._Element:
    """A page's tree."""
    root = read_page(page).root
    assert root is not None
    return root


@pytest.mark.parametrize("name", metamorphic.CHANGES)
def test_changes(name: str) -> None:
    """A change changes the source, and neither the words of a page nor the roles of its blocks."""
    change = metamorphic.CHANGES[name]
    count = kept = 0
    for page in PAGES:
        root = tree_of(page)
        changed = change(copy.deepcopy(root))
        assert changed != metamorphic.written(root)
        before, after = cleanpage.clean(metamorphic.written(root)), cleanpage.clean(changed)
        assert [block.text.split() for block in after.blocks] == [block.text.split() for block in before.blocks]
        count += len(before)
        kept += metamorphic.kept_counts(before, after)[0]
    assert kept >= 0.99 * count


def test_blocks_are_matched() -> None:
    """Blocks are matched by their text where their number differs."""
    before = cleanpage.clean("<h1>Fog</h1><p>one two</p><p>three four</p>")
    after = cleanpage.clean("<h1>Fog</h1><p>new words</p><p>one two</p><p>three four</p>")
    roles = [block.role for block in before.blocks]
    expected = sum(role == after.blocks[index].role for role, index in zip(roles, (0, 2, 3), strict=True))
    assert metamorphic.kept_counts(before, after)[0] == expected


def test_a_block_is_taken_out() -> None:
    """An element goes, what stands after it stays; words of the rest that are lost are counted."""
    root = tree_of("<body><p>one</p>tail <div>two</div> end</body>")
    assert (
        metamorphic.without_block(root, "/html[1]/body[1]/p[1]") == "<html><body>tail <div>two</div> end</body></html>"
    )
    assert "one" in metamorphic.written(root)
    before, after = cleanpage.clean("<p>one two three</p>"), cleanpage.clean("<p>one three</p>")
    assert metamorphic.lost_words(before, after, "other") == len(set(before.text.split()) - set(after.text.split()))


def test_names_are_changed() -> None:
    """Scrambled names stay alike where they were alike; none leaves no attribute; ids only where asked for."""
    root = tree_of("<p class='a b' id=x>one</p><p class=a>two</p>")
    scrambled = tree_of(losses.changed(root, losses.scrambled, ("class",)))
    first, second = (element.get("class", "").split() for element in scrambled.iter("p"))
    assert first[0] == second[0] != "a"
    assert scrambled.xpath("//@id") == ["x"]
    assert tree_of(losses.changed(root, lambda _: "", ("class", "id"))).xpath("//@class | //@id") == []


def test_powers() -> None:
    """A linear figure has the power 1, a quadratic one 2, a small one none."""
    assert growth.power([1, 2, 4, 8], 0.1) == 1
    assert growth.power([1, 4, 16, 64], 0.1) == 2
    assert math.isnan(growth.power([1, 2, 4, 8], 9))


def test_largest_pages() -> None:
    """Each of the largest pages is one of the pages, and is measured within bounds, or said to have died."""
    labels = {*growth_pages.HTML_PAGES, *(growth_pages.PLAIN + name for name in growth_pages.TEXT_PAGES)}
    assert growth_pages.FULL_SIZES.keys() <= labels
    maker = growth_pages.HTML_PAGES["paragraphs"]
    found = growth.measure(maker, 4, plain=False, max_bytes=growth.FULL_BYTES)
    assert set(found) == {"clean", "memory", *growth.VIEWS}
    with pytest.raises(EOFError):
        growth.measure(maker, 10**9, plain=False, max_bytes=growth.FULL_BYTES)


def test_growth_is_measured() -> None:
    """A page is cleaned in a process of its own, and every view of it timed."""
    found = growth.growth(growth_pages.HTML_PAGES["paragraphs"], plain=False, start=4, doublings=2)
    assert set(found["figures"]) == {"clean", "memory", *growth.VIEWS}
    assert growth.line_of("x", found)[0] == "x"


@pytest.mark.parametrize("name", growth_pages.HTML_PAGES)
def test_hostile_pages_are_read(name: str) -> None:
    """Each of the pages that are made to be slow is read whole: its warnings do not say otherwise."""
    warnings = {warning.partition(":")[0] for warning in cleanpage.clean(growth_pages.HTML_PAGES[name](300)).warnings}
    harmless = {"empty", "no_markup", "fallback", "hidden", "truncated", "not_html"}
    assert warnings <= harmless | ({"too_many_attributes"} if name == growth_pages.LONG_TAGS else set())


def test_soak(tmp_path: Path) -> None:
    """Samples are taken evenly, and drawn with a line a figure."""
    samples = soak.soak(PAGES[:2], 10, samples=5)
    assert [sample.number for sample in samples] == [0, 2, 4, 6, 8, 10]
    drawn = etree.fromstring(soak.draw(samples))
    lines = drawn.findall("{*}polyline")
    assert [len(str(line.get("points")).split()) for line in lines] == [5] * len(soak.LABELS)
    assert [line[0] for line in soak.lines_of(samples)] == list(soak.LABELS.values())


def test_table_of_charsets() -> None:
    """The table has a line for each kind of page, and one for all."""
    result = CliRunner().invoke(charset_accuracy.main)
    assert result.exit_code == 0
    assert "| wrong meta" in result.output
    assert "| all" in result.output
