"""filter_lists: which rules hold on a page, what they hide of it, and how far that is heeded."""

from __future__ import annotations

import sys
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from lxml import etree

import cleanpage
from cleanpage.filter_lists import FilterListDetector, FilterLists
from cleanpage.page import FilterHit
from cleanpage.roles import Role
from cleanpage.segment import segment
from tests.builders import TREES, element_of, page_of, tree_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.builders import Node

    Write = Callable[..., Path]

pytest.importorskip("adblock")

TEXT = "The harbour office counted forty-one boats on Monday, twice as many as in the same week a year ago."


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a filter list with some rules."""

    def write(*rules: str, name: str = "list.txt") -> Path:
        path = tmp_path / name
        path.write_text("\n".join(["[Adblock Plus 2.0]", "! Title: of a test", *rules]), encoding="utf-8")
        return path

    return write


def hidden(path: Path, body: str, url: str = "", head: str = "") -> list[tuple[str, str]]:
    """The blocks that a list hides of a page, with the selector of the rule."""
    root = tree_of(f"<html><head>{head}</head><body>{body}</body></html>")
    page = segment(root, url=url)
    hits = FilterLists([path]).find(root, page)
    assert {hit.role for hit in hits} <= {Role.SPONSORED}
    return [(page.texts[block], hit.selector) for hit in hits for block in range(hit.block, hit.block_end)]


@pytest.mark.parametrize(
    ("rule", "markup"),
    [
        ("##.kettle", '<div class="a kettle">tea</div>'),
        ("##.Kettle", '<div class="Kettle">tea</div>'),
        ("###kettle", '<div id="kettle"><p>tea</p></div>'),
        ("##.kettle > p", '<div class="kettle"><p>tea</p></div>'),
        ('##div[data-offer="1"]', '<div data-offer="1">tea</div>'),
        ('##a[href^="https://ads."]', '<p><a href="https://ads.example/tea">tea</a></p>'),
        ("~example.com##.kettle", '<div class="kettle">tea</div>'),
        ("harbour.example##.kettle", '<div class="kettle">tea</div>'),
        ("example.com,harbour.example##.kettle", '<div class="kettle">tea</div>'),
    ],
)
def test_rules_that_hold(write: Write, rule: str, markup: str) -> None:
    """Classes and ids, attributes, selectors of several parts; for all sites, for this one, for all but another."""
    body = f"<p>before</p>{markup}<p>after</p>"
    [(text, selector)] = hidden(write(rule), body, "https://www.harbour.example/tower")
    assert text.endswith("tea")
    assert selector == rule.partition("##")[2]


@pytest.mark.parametrize(
    "rules",
    [
        ("example.com##.kettle",),
        ("~harbour.example##.kettle",),
        ("##.kettle", "harbour.example#@#.kettle"),
        ("##.ket",),
        ("##p",),
        ("##.kettle:nth-of-type(2)", "##.kettle::before"),
        ("#?#.kettle:-abp-has(.tea)", "##.kettle:style(color: red)", "##+js(kettle)", "||harbour.example^"),
        (),
    ],
)
def test_rules_that_do_not_hold(write: Write, rules: tuple[str, ...]) -> None:
    """Other sites, exceptions, other names, and what only a browser can do hide nothing."""
    body = '<div class="kettle"><div class="tea">tea</div></div>'
    assert hidden(write(*rules), body, "https://harbour.example/tower") == []


def test_the_page_tells_its_site(write: Write) -> None:
    """Without a URL the page's own word holds; without that, only rules for all sites."""
    path = write("harbour.example##.kettle", "##[data-offer]")
    body = '<div class="kettle">tea</div><div data-offer="1">cups</div>'
    link = '<link rel="canonical" href="https://harbour.example/tower">'
    assert [text for text, _ in hidden(path, body, head=link)] == ["tea", "cups"]
    assert [text for text, _ in hidden(path, body)] == ["cups"]


def test_half_a_block(write: Write) -> None:
    """A block is hidden where most of its text is; runs of blocks under one rule are one hit."""
    path = write("##.kettle")
    body = '<p>tea <b class="kettle">is hot</b></p><p>a long way <b class="kettle">to go</b></p>'
    assert [text for text, _ in hidden(path, body)] == ["tea is hot"]
    root = tree_of(
        '<html><body><div class="kettle"><p>a</p><p>b</p></div><p>c</p><p class="kettle">d</p></body></html>'
    )
    hits = FilterLists([path]).find(root, segment(root))
    assert hits == [FilterHit(0, 2, Role.SPONSORED, ".kettle"), FilterHit(3, 4, Role.SPONSORED, ".kettle")]


def test_a_list_of_another_role(write: Write) -> None:
    """A list says what it hides; two lists of one role are read as one, exceptions in it for both."""
    ads, cookies = write("##.kettle", "##.cup"), write("###consent", name="cookies.txt")
    allowed = write("harbour.example#@#.cup", name="allowed.txt")
    root = tree_of('<html><body><p class="kettle">a</p><p class="cup">b</p><p id="consent">c</p></body></html>')
    lists = FilterLists([ads, (cookies, "consent_notice"), str(allowed)])
    assert [(hit.block, hit.role) for hit in lists.find(root, segment(root, url="https://harbour.example/"))] == [
        (0, Role.SPONSORED),
        (2, Role.CONSENT_NOTICE),
    ]


def test_what_is_wrong_with_a_list(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing file, bytes that are no text, a role that is content, and no library: each says what to do."""
    binary = tmp_path / "binary.txt"
    binary.write_bytes(b"\xff\xfe##")
    for entry, message in (
        (tmp_path / "absent.txt", "absent.txt cannot be read"),
        (binary, "in UTF-8"),
        ((write("##.a"), "text"), "'text' is no role of boilerplate; there are navigation"),
    ):
        with pytest.raises(cleanpage.ConfigError, match=message):
            cleanpage.Cleaner(filter_lists=[entry])
    monkeypatch.setitem(sys.modules, "adblock", None)
    with pytest.raises(cleanpage.ConfigError, match=r"need adblock: pip install 'cleanpage\[filters\]'"):
        cleanpage.Cleaner(filter_lists=[write("##.a")])


def test_no_rule_hides_an_article() -> None:
    """What holds most of the running text is spared; each block of the rest gets a signal of its own."""
    page = page_of(TEXT, TEXT, TEXT, "<p>tea</p>", "<p>cups</p>")
    detector = FilterListDetector()
    page.filter_hits = [FilterHit(0, 2, Role.SPONSORED, ".a"), FilterHit(3, 5, Role.SPONSORED, ".b")]
    signals = list(detector.signals(page))
    assert [(list(signal.blocks), signal.reason) for signal in signals] == [
        ([3], "filter_list.rule:.b"),
        ([4], "filter_list.rule:.b"),
    ]


def test_clean_heeds_them(write: Write) -> None:
    """An advertisement like any paragraph is known by its rule, in any thread; clean_text has no elements to hide."""
    offer = "Buy the new kettle, now with a whistle and a blue lid, in all good shops of the town and the county."
    page = (
        f'<html lang="en"><body><article><h1>Boats</h1><p>{TEXT}</p><p>{TEXT} {TEXT}</p>'
        f'<div class="x9"><p>{offer}</p></div><p>{TEXT}</p><p>{TEXT} {TEXT}</p></article></body></html>'
    )
    cleaner = cleanpage.Cleaner(filter_lists=[write("##.x9")])
    assert offer in cleanpage.clean(page).text
    found: list[cleanpage.Document] = []
    thread = Thread(target=lambda: found.append(cleaner.clean(page)))
    thread.start()
    thread.join()
    for document in (cleaner.clean(page), *found):
        [block] = [block for block in document.blocks if block.text == offer]
        assert block.role is Role.SPONSORED
        assert block.reasons[0] == "filter_list.rule:.x9"
        assert offer not in document.text
    kept = cleanpage.Cleaner(filter_lists=[write("##.x9")], keep=["sponsored"])
    assert offer in kept.clean(page).text
    assert cleaner.clean_text(offer).text == cleanpage.clean_text(offer).text
    with pytest.raises(cleanpage.ConfigError, match="filter lists of its own"):
        list(cleanpage.clean_many([page], workers=2, cleaner=cleaner))


@given(TREES)
def test_any_tree(tree: Node) -> None:
    """Hits are runs of blocks in order, whatever the tree."""
    root = element_of(tree)
    page = segment(root)
    for element in root.iter("p", "span", "li"):
        element.set("class", "kettle")
    hits = LISTS.find(root, page)
    ends = [0]
    for hit in hits:
        assert ends[-1] <= hit.block < hit.block_end <= len(page)
        ends.append(hit.block_end)


def _lists() -> FilterLists:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        path = Path(folder) / "list.txt"
        path.write_text("##.kettle\n", encoding="utf-8")
        return FilterLists([path])


LISTS = _lists()
"""Read once: hypothesis asks for it hundreds of times."""


def test_a_tree_with_namespaces(write: Write) -> None:
    """Elements of XHTML are found by their classes."""
    root = etree.fromstring(
        f'<html xmlns="http://www.w3.org/1999/xhtml"><body><p>{TEXT}</p><p class="kettle">tea</p></body></html>'
    )
    assert [hit.block for hit in FilterLists([write("##.kettle")]).find(root, segment(root))] == [1]
