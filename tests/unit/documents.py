"""Builds Documents from invented pages, without detectors or an arbiter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from cleanpage.document import Block, Document
from cleanpage.page import Page, split_words
from cleanpage.parse import parse
from cleanpage.roles import Kind, Role
from cleanpage.segment import segment
from cleanpage.source import PageSource
from cleanpage.tables import tables_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from lxml import etree

    Choice = Callable[[str], bool]

MAIN_ROLES = {Kind.HEADING: Role.HEADING, Kind.FIGURE: Role.CAPTION}


def everything(text: str) -> bool:
    """Takes every block for main text."""
    return bool(text)


def without_notes(text: str) -> bool:
    """Takes every block for main text whose text has no word that begins with 'note'."""
    return "note" not in text


def document_of(html: str, is_main: Choice = everything, url: str = "") -> Document:
    """The document of a page, with the blocks that a predicate takes by their text as its main text."""
    root = parse(html)
    assert root is not None
    return document_of_tree(root, is_main, url=url, text=html)


def document_of_tree(root: etree._Element, is_main: Choice = everything, *, url: str = "", text: str = "") -> Document:
    """The same for a page that came as a tree."""
    page = segment(root, url=url)
    return Document(
        blocks=lambda: blocks_of(page, is_main, root),
        title=page.head.title,
        language="en",
        url=url,
        page_type="article",
        page_type_confidence=0.75,
        quality=0.5,
        warnings=tuple(page.warnings),
        source=PageSource(text=text, root=root, page=page),
    )


def blocks_of(page: Page, is_main: Choice, root: etree._Element) -> tuple[Block, ...]:
    """The blocks of a page: main ones are content, the others navigation."""
    paths = page.node_table.xpaths(page.nodes)
    tables = tables_of(page, root, paths)
    return tuple(
        Block(
            index=index,
            role=MAIN_ROLES.get(page.kinds[index], Role.TEXT) if is_main(text) else Role.NAVIGATION,
            kind=page.kinds[index],
            level=page.levels[index],
            text=text,
            language="",
            confidence=0.9,
            reasons=("model.content:0.90",),
            is_main=is_main(text),
            path=paths[index],
            table=tables.get(index),
        )
        for index, text in enumerate(page.texts)
    )


def words_of_blocks(blocks: Iterable[Block]) -> list[str]:
    """The words of the main blocks, in order."""
    return [word for block in blocks if block.is_main for word in split_words(block.text)]


def words_of_html(html: str) -> list[str]:
    """The words that HTML shows, in order."""
    root = parse(html)
    return [word for text in segment(root).texts for word in split_words(text)] if root is not None else []


MARKS = [
    "",
    " ",
    "\n",
    ". ",
    ", ",
    "(",
    ")",
    "*",
    "**",
    "_",
    "[",
    "](x)",
    "![",
    "`",
    "~",
    "~~",
    "\\",
    "\\*",
    "# ",
    "- ",
]
MARKS += [
    "1. ",
    "+ ",
    "|",
    "> ",
    "&lt;b>",
    "&amp;lt;",
    "==",
    "===",
    "---",
    "“",
    "”",
    "。",
    "!",
    " * ",
    "$",
    "\t",
    "&nbsp;",
]
MARKS += ["<!--c-->", "<script>x</script>", "<p hidden>x</p>", "<br>", "<br><br>", "<hr>", "<img src='i.png' alt='']>"]
INLINE = (
    "a b strong em i span code sub sup abbr mark del ins kbd samp var cite time s tt small u font label ruby rt".split()
)
BLOCKS = (
    "div section article p h2 h3 ul ol li dl dt dd blockquote pre table caption tr td th thead figure figcaption "
    "details summary form main aside my-box"
).split()
NUMBERS = st.integers(0, 9999)


@st.composite
def stretches(draw: st.DrawFn) -> str:
    """A word between two marks that Markdown or HTML could take for their own; one in three words is a note's."""
    number = draw(NUMBERS)
    word = f"note{number}" if number % 3 == 0 else f"w{number}" if number % 3 == 1 else f"語w{number}文"
    return draw(st.sampled_from(MARKS)) + word + draw(st.sampled_from(MARKS))


def elements(tags: list[str], inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """An element of one of the tags around what a strategy makes."""
    return st.builds(
        lambda tag, text: f"<{tag} href='/l' class='language-py'>{text}</{tag}>", st.sampled_from(tags), inner
    )


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.lists(inner, min_size=1, max_size=4).map("".join)
    rows = st.lists(elements(["td", "th"], inner), min_size=1, max_size=3).map(
        lambda cells: f"<tr>{''.join(cells)}</tr>"
    )
    tables = st.lists(rows, min_size=1, max_size=3).map(lambda found: f"<table>{''.join(found)}</table>")
    lists = st.lists(elements(["li"], inner), min_size=1, max_size=3).map(lambda items: f"<ul>{''.join(items)}</ul>")
    return several | elements(INLINE, inner) | elements(BLOCKS, several) | tables | lists


PAGES = st.recursive(stretches(), _grown, max_leaves=25).map(lambda body: f"<html><body>{body}</body></html>")
"""Pages that nest every element into every other."""
