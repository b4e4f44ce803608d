"""bylines: the authors' names and the date in byline blocks."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cleanpage.bylines import MAX_NAME_LENGTH, read_authors, read_date
from cleanpage.detectors.byline import DATE, HAS_DATE


@pytest.mark.parametrize(
    ("bylines", "authors"),
    [
        (["By Ana Silva"], ("Ana Silva",)),
        (["Reading time 5 min", "Written by: Ana Silva, Gardener"], ("Ana Silva",)),
        (["by Ana Silva, Bo Ek & Cy Lund"], ("Ana Silva", "Bo Ek", "Cy Lund")),
        (["by Ana Silva and Bo Ek on 3 May 2024"], ("Ana Silva", "Bo Ek")),
        (["Written By", "Ana Silva", "3 May 2024"], ("Ana Silva",)),
        (["Updated 3 May 2024 | By ana_s"], ("ana_s",)),
        (["Von Ulrich Ebner\nKorrespondent"], ("Ulrich Ebner",)),
        (["Par Anne Le Goff et Yann Kerven"], ("Anne Le Goff", "Yann Kerven")),
        (["Автор: Иван Петров"], ("Иван Петров",)),
        (["文\uff0f山田太郎"], ("山田太郎",)),
        (["作者\uff1a王小明"], ("王小明",)),
        (["By", "3 May 2024"], ()),
        (["By"], ()),
        (["Ana Silva"], ()),
        (["Bye Ana Silva"], ()),
        (["Byte Club 2024"], ()),
        (["by far the longest sentence that ever stood where a name should have been standing"], ()),
        ([], ()),
    ],
)  # fmt: skip
def test_authors(bylines: list[str], authors: tuple[str, ...]) -> None:
    """Names end where a place, a date or a post begins; a sentence is no name."""
    assert read_authors(bylines) == authors


@pytest.mark.parametrize(
    ("bylines", "date"),
    [
        (["By Ana Silva", "Published on 3 May 2024"], "2024-05-03"),
        (["May 3, 2024 | 9:05 pm"], "2024-05-03"),
        (["Stand: 13.05.2024"], "2024-05-13"),
        (["2024-05-03"], "2024-05-03"),
        (["10/12/2023", "3. Mai 2024"], "2024-05-03"),
        (["10/10/2023"], "2023-10-10"),
        (["31 February 2023"], ""),
        (["Quux 12, 2024", "3 May 2024"], "2024-05-03"),
        ([*["31 February 2023"] * 3, "3 May 2024"], ""),
        (["5 min read", "yesterday"], ""),
    ],
)
def test_date(bylines: list[str], date: str) -> None:
    """The first whole date counts, unless its day may be its month."""
    assert read_date(bylines) == date


pieces = st.sampled_from([*"31年月.,-/_é٣ \n", "2024", "19", "May", "th"])


@given(st.lists(pieces, max_size=9).map("".join))
@example("15May 3, 2024")
@example("0May. 3 2024")
@example("May 3, 20245")
@example("x3 May 2024")
def test_has_date(text: str) -> None:
    """The short way to tell whether there is a date tells the same."""
    assert bool(HAS_DATE.search(text)) is bool(DATE.search(text))


@given(st.lists(st.text(st.characters() | st.sampled_from("By: ,&2024-/."), max_size=40), max_size=4))
def test_nothing_raises(bylines: list[str]) -> None:
    """Any texts give names of some length, and a date or none."""
    assert all(0 < len(name) <= MAX_NAME_LENGTH for name in read_authors(bylines))
    assert re.fullmatch(r"(\d{4}-\d\d-\d\d)?", read_date(bylines))
