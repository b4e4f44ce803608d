"""page_data: author and dates by JSON-LD and meta elements; whatever is odd is passed over."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanpage.metadata import read_metadata
from cleanpage.page import Head
from cleanpage.page_data import MAX_NODES, PageData, read_page_data
from tests.unit.documents import document_of


def data_of(*json_ld: object, **meta: str) -> PageData:
    """What is read of a head."""
    texts = [text if isinstance(text, str) else json.dumps(text) for text in json_ld]
    return read_page_data(Head(json_ld=texts, meta={name.replace("_", "."): value for name, value in meta.items()}))


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ("Ana Silva", ("Ana Silva",)),
        ({"@type": "Person", "name": " Ana Silva "}, ("Ana Silva",)),
        ([{"name": "Ana Silva"}, "Rui Costa", {"name": "Ana Silva"}], ("Ana Silva", "Rui Costa")),
        ({"name": ["Ana Silva", "Rui Costa"]}, ("Ana Silva", "Rui Costa")),
        ({"@id": "#ana"}, ("Ana from elsewhere",)),
        ("https://example.org/ana", ()),
        ({"name": {"a": 1}}, ()),
        ([[], None, 7], ()),
        ("x" * 101, ()),
        ("123", ()),
    ],
)
def test_authors(author: object, names: tuple[str, ...]) -> None:
    """However a page writes its authors down."""
    graph = {"@graph": [{"@type": "NewsArticle", "author": author}, {"@id": "#ana", "name": "Ana from elsewhere"}]}
    assert data_of(graph).authors == names


def test_organisations_are_publishers() -> None:
    """An organisation is no author's name where a person may be found, by its own type or that of what it refers to."""
    clinic = {"@id": "#clinic", "@type": "MedicalOrganization", "name": "Clinic"}
    found = data_of(
        [{"@type": "Article", "author": [{"@id": "#clinic"}, {"@type": "Person", "name": "Ana Silva"}]}, clinic]
    )
    assert (found.authors, found.publishers) == (("Ana Silva",), ("Clinic",))


def test_dates() -> None:
    """The article's come before those of meta elements; a person's are none."""
    person = {"@type": "Person", "datePublished": "1999-01-01"}
    article = {"@type": ["Article", "X"], "datePublished": "2024-03-02T23:00:00Z", "dateModified": 5}
    found = data_of([person, article], datepublished="2020-01-01", datemodified="2024-04-01")
    assert (found.published, found.modified) == ("2024-03-02", "2024-04-01")
    assert data_of(article | {"datePublished": "March"}, dc_date="2020-01-01").published == "2020-01-01"


def test_meta_author() -> None:
    """A name, not an address of a profile."""
    assert data_of(author="Ana Silva").meta_author == "Ana Silva"
    assert data_of(author="https://example.org/ana").meta_author == ""


@pytest.mark.parametrize("text", ["{", "null", "[" * 100_000, '"text"', "[[[]]]", "{}{}"])
def test_odd_json_is_passed_over(text: str) -> None:
    """What stands beside it is read all the same."""
    assert data_of(text, {"@type": "Article", "author": "Ana Silva"}).authors == ("Ana Silva",)


def test_much_json_is_bounded() -> None:
    """An author behind more objects than are read is not found, and nothing takes long."""
    article = {"@type": "Article", "author": "Ana Silva"}
    assert data_of([*({} for _ in range(MAX_NODES)), article]).authors == ()


values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["Article", "2024-03-02"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["@type", "@id", "author", "name", "datePublished"]), inner, max_size=4)
    ),
)


@given(st.lists(values, max_size=3))
def test_nothing_raises(data: list[Any]) -> None:
    """Any JSON gives strings."""
    found = data_of(*data)
    assert all(isinstance(name, str) and name for name in found.authors)


def test_what_goes_before_what() -> None:
    """JSON-LD, then trafilatura, then the meta element; the headline goes before the title of the metadata."""
    data = {"@type": "Article", "author": "Ana Silva", "datePublished": "2024-03-02"}
    script = f'<script type="application/ld+json">{json.dumps(data)}</script>'
    page = f"<html><head><title>Log - Site</title>{script}</head><body><h1>Log</h1><p>By Rui Costa</p></body></html>"
    found = document_of(page).metadata
    assert (found.author, found.date, found.title) == ("Ana Silva", "2024-03-02", "Log")
    assert read_metadata(page, headline="Log book").title == "Log book"
    meta = '<html><head><meta name="parsely-author" content="Rui Costa"></head><body><p>x</p></body></html>'
    assert document_of(meta).metadata.author == "Rui Costa"
