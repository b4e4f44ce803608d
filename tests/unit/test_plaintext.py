"""plaintext: lines become blocks, list marks go, glued pieces are cut apart, and every offset is right."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanpage.plaintext import BULLET, is_hard_wrapped, segment_text
from cleanpage.roles import Kind

if TYPE_CHECKING:
    from cleanpage.page import Page


def texts_of(dump: str) -> list[str]:
    """The block texts of a dump."""
    return segment_text(dump).texts


def nodes_of(page: Page, block: int) -> list[str]:
    """The tags of the nodes that a block stands in, innermost first."""
    nodes = page.node_table
    return [nodes.tags[node] for node in nodes.ancestors(page.nodes[block])]


@pytest.mark.parametrize(
    ("dump", "texts"),
    [
        ("- one\n- two", ["one", "two"]),
        ("-\none\n-\ntwo", ["one", "two"]),
        ("one -\ntwo -\nthree", ["one", "two", "three"]),
        ("intro\n-\none -\ntwo\n-\nthree", ["intro", "one", "two", "three"]),
        ("• один\n· δύο\n* drei\n‣ four\n– 五\n» ستة", ["один", "δύο", "drei", "four", "五", "ستة"]),
        ("  - one\n\t• two\n\u00a0\u00a0* three", ["one", "two", "three"]),
        ("1. one\n2) two\n10. ten", ["1. one", "2) two", "10. ten"]),
        ("***\none\n-----\n•\n", ["one"]),
        ("a well-known -5 + 3 → 2 case", ["a well-known -5 + 3 → 2 case"]),
        ("-one", ["-one"]),
    ],
)
def test_bullets_are_marks_not_text(dump: str, texts: list[str]) -> None:
    """At a line's start, at its end, or alone on a line; inside a line and without a space they are text."""
    assert texts_of(dump) == texts


def test_lists_are_nodes() -> None:
    """A dash opens an item of a list, at a line's start as at the end of the line before."""
    page = segment_text("intro\n- one\n-\ntwo -\nthree\n\nafter")
    assert page.texts == ["intro", "one", "two", "three", "after"]
    assert nodes_of(page, 0) == ["p", "text"]
    assert [nodes_of(page, block) for block in (1, 2, 3)] == [["li", "ul", "p", "text"]] * 3
    assert len({page.nodes[block] for block in (1, 2, 3)}) == 3
    assert nodes_of(page, 4) == ["p", "text"]


def test_kinds() -> None:
    """A bullet makes a list item, a hash sign or a short line before a long one a heading."""
    dump = (
        "A short line\nwhich stands before a line that is a good deal longer than the short one and ends in a stop, "
        "as sentences do.\n- an item\n## A marked one\nEnds in a stop.\nnot a heading, the line above, because of the "
        "stop at its end, however short it is."
    )
    page = segment_text(dump)
    kinds = [Kind.HEADING, Kind.PARAGRAPH, Kind.LIST_ITEM, Kind.HEADING, Kind.PARAGRAPH, Kind.PARAGRAPH]
    assert page.kinds == kinds
    assert page.texts[3] == "A marked one"
    assert page.is_plain_text


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Log in of maak een account aan en mis niks meer van de sterren.", "Aussi dans l'actualité du jour"),
        ("Maak een account aan en mis niets van de sterren", "Aussi dans l'actualité de ce matin"),
        ("Is this what you wanted to know?", "The council meets again on Monday."),
        ("Hij wilde er niets over zeggen!", "De raad komt maandag weer bijeen."),
        ("“It was a quiet evening on the lake.”", "The boats came back at nine."),
        ("C'est la fin de l'histoire.", "«Nous verrons bien», dit le maire."),
        ("Мост через реку снова открыт.", "Читайте также другие новости"),
        ("Η γέφυρα άνοιξε ξανά.", "Διαβάστε επίσης άλλα νέα"),
        ("فتح الجسر من جديد أمام المارة.", "اقرأ أيضا أخبار المدينة"),
        ("הגשר נפתח שוב לתנועה.", "קראו גם חדשות נוספות"),
        ("橋は今日再び開通しました。", "Sign in to read the whole story"),
        ("Please sign in to go on reading.", "다리가 오늘 다시 열렸습니다"),
        ("Most został otwarty w środę.", "Żeglarze wrócili do portu"),
    ],
)
def test_glued_pieces_are_cut_apart(left: str, right: str) -> None:
    """Two pieces without a space between are two blocks, and only two."""
    assert texts_of(left + right) == [left, right]


def test_several_pieces_glued_in_one_line() -> None:
    """Every place is cut, not only the first."""
    pieces = ["The bridge is open again.", "The boats are back.", "The market is closed!", "Read all of it here"]
    assert texts_of("".join(pieces)) == pieces


@pytest.mark.parametrize(
    "word",
    [
        *"Node.js Vue.Js example.Com McDonald iPhone eBay JavaScript LaTeX O'Brien ASP.NET C++ H2O “Oh!” Ph.D.".split(),
        *"e.g. i.e. U.S.A U.S.A. p.m. z.B. J.R.R.Tolkien wait...and so…then yes...no 2.3.Beta v1.0.RC1 3.14".split(),
        *"1.000.000 14.30Uhr 5.5GB report.PDF Setup.exe notes.Final.docx src/Main.Java C:\\Ada.Byron\\Notes".split(),
        *"https://Example.org/A.Page?q=Some.Thing www.Example.Org info@Mail.Example.org Example.Org/About.Us".split(),
    ],
)
@pytest.mark.parametrize(
    "frame", ["All that we know about {} is on the next page.", "Wij weten lang niet alles over {} en de rest."]
)
def test_names_and_numbers_stay_whole(word: str, frame: str) -> None:
    """Dots and capitals inside a name, address, abbreviation or number are not where pieces were glued."""
    line = frame.format(word)
    assert texts_of(line) == [line]


@pytest.mark.parametrize(
    "line",
    [
        "我们使用Python语言和NumPy工具，并且在GitHub上发布了v2.0版本。",
        "これはiPhoneとAndroidの両方で動くアプリです。",
        "Мы пишем на Python и JavaScript уже много лет.",
        "هذا البرنامج مكتوب بلغة Python ويعمل على iPhone أيضا",
        "He said “no.” And left. Then... nothing",
        "short.Cut",
    ],
)
def test_names_in_other_scripts_stay_in_the_line(line: str) -> None:
    """A Latin name in a line of another script is a name; a piece of fewer than three words is no piece."""
    assert texts_of(line) == [line]


WRAPPED = """The council of the harbour town decided on Tuesday evening to keep the
old lighthouse, although the repair will cost more than twice as much as
a new one. "It is the first thing that our children draw," said one of
the members."""

HEADLINES = """Council decides to keep the old lighthouse for another twenty years
Ferry to the islands is cancelled until the storm has passed by
Market hall will open on Sundays from the first week of the spring
Teachers ask for smaller classes before the new school year starts"""


def test_hard_wrapped_paragraphs_are_joined() -> None:
    """Lines broken at one width are one block, beside paragraphs that are not."""
    dump = f"The lighthouse\n\n{WRAPPED}\n\nAn end."
    assert texts_of(dump) == ["The lighthouse", " ".join(WRAPPED.split()), "An end."]
    assert is_hard_wrapped(WRAPPED.split("\n"))


@pytest.mark.parametrize(
    "dump",
    [
        HEADLINES,
        "Tuesday, nine o'clock\nthe lighthouse\nwind from the west",
        "\n".join(f"{line}." for line in HEADLINES.split("\n")),
        "\n".join(f"- {line}" for line in WRAPPED.split("\n")),
        "\n".join(WRAPPED.split("\n")[:2]),
        "\n".join([" ".join(WRAPPED.split())] * 4),
    ],
    ids=["headlines", "short", "sentences", "list", "two lines", "long lines"],
)
def test_other_lines_stay_apart(dump: str) -> None:
    """Headlines, short lines, sentences, list items and long lines are blocks of their own."""
    assert len(texts_of(dump)) == len(dump.split("\n"))


@pytest.mark.parametrize(
    "end", ["\n", "\r\n", "\r", "\f", "\v", "\x1c", "\x85", "\u2028", "\u2029", "\n\n", "\r\n \r\n"]
)
def test_line_ends(end: str) -> None:
    """Every line end of Unicode is one, and offsets count each character of it."""
    dump = end.join(["first line", "第二行", "שורה שלישית"])
    page = segment_text(dump)
    assert page.texts == ["first line", "第二行", "שורה שלישית"]
    assert [dump[start:end] for start, end in zip(page.starts, page.ends, strict=True)] == page.texts


@pytest.mark.parametrize("dump", ["", " \n\t\n", "***\n—\n…", "\ufeff", "-\n-\n-"])
def test_nothing_to_read(dump: str) -> None:
    """Without a letter or digit there is no block."""
    assert len(segment_text(dump)) == 0


@pytest.mark.parametrize(("max_blocks", "has_warning"), [(2, True), (3, True), (4, False)])
@pytest.mark.parametrize(
    "dump", ["one\ntwo\nthree\nfour", "one\n\ntwo\n\nthree\n\nfour", "- one\n- two\n- three\n- four"]
)
def test_block_limit(dump: str, max_blocks: int, has_warning: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """As many blocks as allowed, and a warning if there are more."""
    page = segment_text(dump, max_blocks=max_blocks)
    assert page.texts == ["one", "two", "three", "four"][:max_blocks]
    assert bool(page.warnings) == has_warning
    assert_is_sound(page, dump)


def test_block_limit_inside_a_line() -> None:
    """The pieces of a line count each."""
    dump = "one two three.Four five six.Seven eight nine.Ten eleven twelve."
    page = segment_text(dump, max_blocks=2)
    assert page.texts == ["one two three.", "Four five six."]
    assert page.warnings
    assert_is_sound(page, dump)


def assert_is_sound(page: Page, dump: str) -> None:
    """Offsets give the texts, blocks stand in order, and nodes are nested ranges of blocks."""
    last_end = 0
    for text, start, end in zip(page.texts, page.starts, page.ends, strict=True):
        assert last_end <= start < end <= len(dump)
        assert " ".join(dump[start:end].split()) == text
        assert not dump[start].isspace()
        assert not dump[end - 1].isspace()
        last_end = end
    nodes = page.node_table
    for row, parent in enumerate(nodes.parents):
        assert parent < row
        assert nodes.first_blocks[row] <= nodes.end_blocks[row]
        if parent >= 0:
            assert nodes.first_blocks[parent] <= nodes.first_blocks[row]
            assert nodes.end_blocks[row] <= nodes.end_blocks[parent]
    for block, node in enumerate(page.nodes):
        assert nodes.first_blocks[node] <= block < nodes.end_blocks[node]
    columns = (page.kinds, page.levels, page.inline_names, page.inline_tags, page.link_char_counts, page.hrefs)
    assert {len(column) for column in (*columns, page.image_counts, page.input_counts)} == {len(page)}


PIECES = [
    *BULLET[:6],
    *"1. w Ab the sea. The sea Meer ! … ” « 12 é 日本 です。 بحر".split(" "),
    "# ",
    "\u00a0",
    "\u2028",
]
PIECES += ["the quick brown fox runs over the lazy dog and on", *" |  |\t|\n|\n\n|\r\n|\f".split("|")]
dumps = st.text(max_size=80) | st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


@given(dumps)
def test_offsets_of_any_text(dump: str) -> None:
    """Whatever the dump, offsets, order and nodes hold."""
    assert_is_sound(segment_text(dump), dump)


@given(dumps)
def test_every_letter_lands_in_one_block(dump: str) -> None:
    """All letters and digits of a dump are in its blocks, once and in order."""
    texts = texts_of(dump)
    assert all(any(map(str.isalnum, text)) for text in texts)
    assert re.findall(r"[^\W_]", "".join(texts)) == re.findall(r"[^\W_]", dump)


@pytest.mark.parametrize(
    "piece",
    [
        "abc.Def",
        "abc.Def ",
        "one two abcDef ",
        "日本Python語 ",
        "- \n",
        "a -\n",
        "word " * 14 + "\n",
        "one two three.Four five six ",
    ],
)
def test_repeated_pieces(piece: str) -> None:
    """A dump that is full of places to cut keeps every letter."""
    dump = piece * 500
    assert re.findall(r"[^\W_]", "".join(texts_of(dump))) == re.findall(r"[^\W_]", dump)
