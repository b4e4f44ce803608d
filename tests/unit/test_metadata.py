"""metadata: what the page says about itself; odd data are named, never raised."""

from __future__ import annotations

import logging
from typing import Any

import pytest
import trafilatura.metadata
from hypothesis import given
from hypothesis import strategies as st

from cleanpage.document import Document
from cleanpage.metadata import LOGGER_NAME, Metadata, _choose_title, read_metadata
from cleanpage.page import Head
from tests.unit.documents import document_of

HEAD = """<html lang="pt-BR"><head><title>A torre</title>
<meta property="og:title" content="A torre velha"><meta property="og:site_name" content="Diário da Praia">
<meta property="og:type" content="article"><meta name="author" content="Ana Maria Silva">
<meta property="article:published_time" content="2024-03-02T10:00:00Z"><meta property="og:image" content="/t.jpg">
<meta name="description" content="Uma torre no mar."><meta name="keywords" content="mar, torre,mar">"""
BODY = """</head><body><h1>A torre velha</h1><p>Era uma torre no mar.</p>
<a rel="license" href="https://creativecommons.org/licenses/by/4.0/">CC</a></body></html>"""


def test_reads_what_the_page_says() -> None:
    """Every field that the page fills is filled."""
    found = document_of(HEAD + BODY, url="https://example.org/torre").metadata
    assert found == Metadata(
        title="A torre velha",
        author="Ana Maria Silva",
        date="2024-03-02",
        site_name="Diário da Praia",
        description="Uma torre no mar.",
        image="https://example.org/t.jpg",
        tags=("mar", "torre"),
        license="CC BY 4.0",
        language="pt-BR",
        url="https://example.org/torre",
        page_type="article",
    )


def test_is_read_once() -> None:
    """The second reader gets what the first one got."""
    document = document_of(HEAD + BODY)
    assert document.metadata is document.metadata


def test_is_empty_without_a_page() -> None:
    """A document from JSON or plain text says nothing about itself."""
    assert Document(blocks=()).metadata == Metadata()


@pytest.mark.parametrize(
    "data", ['"a string"', "[1, null]", '{"author": [[], {"name": {"a": 1}}]}', "{", "null", "[[["]
)
def test_odd_json_ld_is_no_error(data: str) -> None:
    """The rest of the metadata is read all the same."""
    script = f'<script type="application/ld+json">{data}</script>'
    assert read_metadata(HEAD + script + BODY).author == "Ana Maria Silva"


def test_what_trafilatura_logs_is_a_warning() -> None:
    """JSON-LD that it gives up on is named in the metadata, and nothing stays attached to its logger."""
    before = list(logging.getLogger(LOGGER_NAME).handlers)
    found = read_metadata(HEAD + '<script type="application/ld+json">"text"</script>' + BODY)
    assert any(warning.startswith("metadata: error in JSON metadata") for warning in found.warnings)
    assert logging.getLogger(LOGGER_NAME).handlers == before


def test_what_trafilatura_raises_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of its own becomes a warning that names it; what needs no trafilatura is still there."""

    def fail(*_: Any, **__: Any) -> None:
        raise KeyError("@graph")

    monkeypatch.setattr(trafilatura.metadata, "extract_metadata", fail)
    found = read_metadata(HEAD + BODY, url="https://example.org/")
    assert found == Metadata(language="pt-BR", url="https://example.org/", warnings=("metadata: KeyError: '@graph'",))


ORGANISATION = '{"@type": "Article", "author": {"@type": "Organization", "name": "Diário"}}'


@pytest.mark.parametrize(
    ("bylines", "author"),
    [(["Por", "Rui Costa"], "Rui Costa"), (["Por Rui Costa, Évora"], "Rui Costa"), ([], "Diário")],
)
def test_bylines_go_before_organisations(bylines: list[str], author: str) -> None:
    """A person whom the page shows wrote it, not the organisation that its data name."""
    html = "<html><body><p>Era uma torre.</p></body></html>"
    assert read_metadata(html, head=Head(json_ld=[ORGANISATION]), bylines=bylines).author == author


def test_a_shown_date_goes_before_a_guess() -> None:
    """Without a declared date, that of the byline counts."""
    html = "<html><body><p>Era uma torre.</p><p>Mudado: 2020-01-01</p></body></html>"
    assert read_metadata(html, bylines=["Publicado a 3 de março de 2024"]).date == "2024-03-03"


@pytest.mark.parametrize(
    ("headline", "title", "page_type", "chosen"),
    [
        ("Old tower", "Tower | Diary", "website", "Old tower"),
        ("Climb higher!", "Tower tours | Diary", "website", "Tower tours"),
        ("Climb higher!", "Diary | Tower tours", "website", "Tower tours"),
        ("Climb higher!", "Tower tours | Diary", "article", "Climb higher!"),
        ("Climb higher!", "", "website", "Climb higher!"),
        ("", "Tower - Sea | Diary", "website", "Tower"),
        ("", "Diary", "website", "Diary"),
        ("", "A well-kept tower: why", "website", "A well-kept tower: why"),
    ],
)
def test_title(headline: str, title: str, page_type: str, chosen: str) -> None:
    """The headline, but where it is the slogan of what is no article; without the name of the site."""
    assert _choose_title(headline, title, "Diary", is_article=page_type == "article") == chosen


def test_a_bad_url_leaves_links_alone() -> None:
    """An image is not made absolute with what is no URL."""
    assert read_metadata(HEAD + BODY, url="http://[").image == "/t.jpg"


@given(st.text(), st.text())
def test_nothing_raises(data: str, body: str) -> None:
    """Any JSON-LD and any body give metadata."""
    found = read_metadata(f'{HEAD}<script type="application/ld+json">{data}</script>{BODY}{body}')
    assert found.language == "pt-BR"
