"""compat: scripts written for other extractors run on cleanpage when their import is changed."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

import justext
import lxml.html
import pytest
import readability
import trafilatura
from lxml import etree

import cleanpage
from cleanpage.compat import justext as our_justext
from cleanpage.compat import readability as our_readability
from cleanpage.compat import trafilatura as our_trafilatura
from cleanpage.errors import ConfigError, InputError

PAGE = Path(__file__).parents[2] / "examples" / "french-news.html"
HTML = PAGE.read_text(encoding="utf-8")
URL = "https://www.courrier-brevalon.example/region/ferries-orsene"
FIRST = "La direction du port de Brévalon a annoncé jeudi"
ARTICLE = f"""<html><head><title>Log | Site</title></head><body><nav><a href="/">Home</a></nav><article><h1>Log</h1>
<p>{FIRST}. {"Une phrase de plus dans le texte. " * 8}</p><p class="drop">{"À enlever, dit le lecteur. " * 6}</p>
<table><tr><th>Port</th><th>Haut</th></tr><tr><td>Brest</td><td>6,9</td></tr></table>
<p>{"La suite du récit de la traversée. " * 8}<a href="/x">lien</a> <b>gras</b></p></article></body></html>"""

TRAFILATURA_SCRIPT = """
import json
from {module} import bare_extraction, extract

def run(html, url):
    text = extract(html, url=url, include_comments=False, favor_recall=True)
    record = json.loads(extract(html, url=url, output_format="json", with_metadata=True, record_id="7"))
    page = bare_extraction(html, url=url, with_metadata=True)
    markdown = extract(html, output_format="markdown", include_links=True, with_metadata=True)
    rows = extract(html, output_format="csv", with_metadata=True)
    fields = page.as_dict()
    return text, record, (page.title, page.author, page.date, page.sitename), markdown, rows, sorted(fields)
"""

READABILITY_SCRIPT = """
from {module} import Document

def run(html, url):
    doc = Document(html, url=url)
    return doc.title(), doc.short_title(), doc.summary(), doc.summary(html_partial=True), doc.content()
"""

JUSTEXT_SCRIPT = """
from {module} import get_stoplist, justext

def run(html, url):
    paragraphs = justext(html, get_stoplist("French"))
    good = [p.text for p in paragraphs if not p.is_boilerplate]
    places = {{p.text: (p.xpath, p.dom_path, p.words_count, p.is_heading, p.links_density()) for p in paragraphs}}
    return good, places
"""


def run(script: str, module: str) -> Any:
    """What a script gives with one module."""
    names: dict[str, Any] = {}
    exec(script.format(module=module), names)
    return names["run"](HTML, URL)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_script_for_trafilatura() -> None:
    """The same fields, formats and metadata; the article in each."""
    theirs, ours = (run(TRAFILATURA_SCRIPT, module) for module in ("trafilatura", "cleanpage.compat.trafilatura"))
    for found in (theirs, ours):
        assert FIRST in found[0]
        assert FIRST in found[1]["text"]
        assert FIRST in found[3]
        assert FIRST in found[4]
    assert sorted(ours[1]) == sorted(theirs[1])
    assert ours[1]["id"] == "7"
    assert ours[2] == theirs[2]
    assert ours[5] == theirs[5]
    assert ours[3].startswith("---\ntitle: ")
    assert "Inloggen" not in ours[0]


@pytest.mark.parametrize("name", ["extract", "bare_extraction"])
def test_every_keyword_of_trafilatura_is_known(name: str) -> None:
    """In the same order, but for one that is deprecated; any other keyword is an error."""
    theirs = list(inspect.signature(getattr(trafilatura, name)).parameters)
    ours = list(inspect.signature(getattr(our_trafilatura, name)).parameters)
    assert ours == [keyword for keyword in theirs if keyword != "as_dict"]
    with pytest.raises(TypeError, match="favour_precision"):
        getattr(our_trafilatura, name)(ARTICLE, favour_precision=True)


@pytest.mark.parametrize(
    ("keywords", "has", "lacks"),
    [
        ({}, ("Brest", "lien", "gras"), ("<", "](", "**")),
        ({"include_tables": False}, ("lien",), ("Brest",)),
        ({"output_format": "markdown", "include_links": True}, ("](https://a.example/x)", "**gras**", "Brest"), ()),
        ({"output_format": "markdown", "include_formatting": False}, ("gras",), ("**",)),
        ({"output_format": "xml", "include_links": True}, ('<ref target="https://a.example/x">', "<cell"), ()),
        ({"output_format": "xml"}, ("lien",), ("<ref",)),
        ({"output_format": "xmltei"}, ("<TEI", "Brest"), ()),
        ({"output_format": "html"}, ("<td>Brest", "<p>"), ()),
        ({"prune_xpath": "//p[@class='drop']"}, ("La suite", "lien"), ("enlever",)),
        ({"prune_xpath": ["//p[@class='drop']", "//table"]}, ("La suite",), ("enlever", "Brest")),
        ({"fast": True, "no_fallback": True, "favor_precision": True}, ("La suite",), ()),
        ({"target_language": "fr"}, ("La suite",), ()),
        ({"author_blacklist": {"Nobody"}, "url_blacklist": {"https://b.example/"}}, ("La suite",), ()),
    ],
)
def test_keywords_of_trafilatura(keywords: dict[str, Any], has: tuple[str, ...], lacks: tuple[str, ...]) -> None:
    """Each does what it says."""
    text = our_trafilatura.extract(ARTICLE, "https://a.example/y", **keywords)
    assert text is not None
    assert [piece for piece in (FIRST, *has) if piece not in text] == []
    assert [piece for piece in lacks if piece in text] == []


@pytest.mark.parametrize(
    ("page", "keywords"),
    [
        (ARTICLE, {"target_language": "de"}),
        (ARTICLE, {"only_with_metadata": True}),
        (HTML, {"url_blacklist": {URL}}),
        ("<html><body></body></html>", {}),
    ],
)
def test_trafilatura_gives_nothing(page: str, keywords: dict[str, Any]) -> None:
    """Pages without text, and those that a filter holds back."""
    assert our_trafilatura.extract(page, **keywords) is None


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"deduplicate": True}, "deduplicate=True has no counterpart in cleanpage: it keeps no state"),
        ({"settingsfile": "a.cfg"}, "settingsfile='a.cfg' has no counterpart"),
        ({"max_tree_size": 7}, "max_tree_size=7 has no counterpart"),
        ({"favor_precision": True, "favor_recall": True}, "contradict each other"),
        ({"output_format": "pdf"}, "output_format='pdf' means nothing"),
        ({"output_format": "python"}, "is for bare_extraction"),
        ({"prune_xpath": "//p", "filecontent": ""}, "prune_xpath needs a page with elements"),
    ],
)
def test_what_trafilatura_has_and_we_have_not(keywords: dict[str, Any], message: str) -> None:
    """It is an error that says so."""
    with pytest.raises(ConfigError, match=message):
        our_trafilatura.extract(**({"filecontent": ARTICLE} | keywords))


def test_a_tree_is_not_changed_by_pruning() -> None:
    """The caller's tree is read only."""
    tree = lxml.html.fromstring(ARTICLE)
    before = lxml.html.tostring(tree)
    text = our_trafilatura.extract(tree, prune_xpath="//p[@class='drop']")
    assert text is not None
    assert "enlever" not in text
    assert lxml.html.tostring(tree) == before


def test_comments_are_apart() -> None:
    """What readers wrote is in ``comments``, unless it is not wanted."""
    comments = "".join(f"<li class='comment'><p>Réponse {i}: je suis de votre avis.</p></li>" for i in range(5))
    page = ARTICLE.replace(
        "</article>", f"</article><section id='comments'><h2>Commentaires</h2><ol>{comments}</ol></section>"
    )
    found = our_trafilatura.bare_extraction(page)
    assert found is not None
    assert "Réponse 3" in str(found.comments)
    assert "Réponse 3" not in str(found.text)
    without = our_trafilatura.bare_extraction(page, include_comments=False)
    assert without is not None
    assert not without.comments


def test_authors_can_be_held_back() -> None:
    """An author on the list is no author."""
    found = our_trafilatura.bare_extraction(HTML, with_metadata=True)
    assert found is not None
    assert found.author
    without = our_trafilatura.bare_extraction(HTML, author_blacklist={found.author})
    assert without is not None
    assert without.author is None


@pytest.mark.filterwarnings("ignore::FutureWarning")  # of the original's own
def test_a_script_for_readability() -> None:
    """The same titles, the article in a ``<div>``, the whole body."""
    theirs, ours = (run(READABILITY_SCRIPT, module) for module in ("readability", "cleanpage.compat.readability"))
    assert ours[0] == theirs[0]
    assert ours[1] in theirs[0]
    for found in (theirs, ours):
        assert found[2].startswith("<html><body><div>")
        assert found[3].startswith("<div>")
        assert FIRST in found[2]
        assert "les passagers pourront embarquer" in found[4]
    assert "Inloggen" not in ours[2]


def test_readability_of_a_bare_page() -> None:
    """What is not there has the original's names."""
    document = our_readability.Document("<p>x</p>")
    assert (document.title(), document.short_title(), document.author()) == ("[no-title]", "[no-title]", "[no-author]")
    assert (our_readability.Document("").title(), our_readability.Document("").content()) == ("[no-title]", "")
    assert our_readability.Document(HTML).author() == "Solène Vautrelle"


@pytest.mark.parametrize(
    "options",
    [
        {"positive_keywords": ["news"]},
        {"negative_keywords": "ad"},
        {"min_text_length": 5},
        {"xpath": True},
        {"handle_failures": None},
    ],
)
def test_what_readability_has_and_we_have_not(options: dict[str, Any]) -> None:
    """It is an error; every option of the original is known."""
    with pytest.raises(ConfigError, match="has no counterpart"):
        our_readability.Document(HTML, **options)
    with pytest.raises(ConfigError, match="has no counterpart"):
        our_readability.Document(HTML).summary(keep_all_images=True)
    original = inspect.signature(readability.Document.__init__)
    assert list(inspect.signature(our_readability.Document.__init__).parameters) == list(original.parameters)


def test_a_script_for_justext() -> None:
    """Good paragraphs, with the same places in the page for the same text."""
    theirs, ours = (run(JUSTEXT_SCRIPT, module) for module in ("justext", "cleanpage.compat.justext"))
    for good, _ in (theirs, ours):
        assert any(text.startswith(FIRST) for text in good)
    same = [text for text in theirs[1] if text in ours[1]]
    assert len(same) > 20
    assert [text for text in same if theirs[1][text][:4] != ours[1][text][:4]] == []
    assert not any("Inloggen" in text for text in ours[0])


def test_paragraphs() -> None:
    """The names of jusText's paragraphs."""
    paragraphs = our_justext.justext(ARTICLE.encode(), no_headings=True)
    menu, title, first = paragraphs[:3]
    assert (menu.is_boilerplate, menu.class_type, menu.links_density()) == (True, "bad", 1.0)
    assert (title.is_heading, title.heading, title.class_type, title.cf_class) == (True, True, "bad", "good")
    assert (first.class_type, first.contains_text(), len(first)) == ("good", True, len(first.text))
    assert first.stopwords_count({"la", "du"}) == 2
    assert first.stopwords_density({"la", "du"}) == 2 / first.words_count
    assert first.block.role == "text"


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"length_low": 5}, ConfigError),
        ({"stopwords_high": 0.5}, ConfigError),
        ({"max_heading_distance": 5}, ConfigError),
        ({"preprocessor": print}, ConfigError),
        ({"default_encoding": "latin-1"}, ConfigError),
        ({"enc_errors": "strict"}, ConfigError),
        ({"encoding": "klingon"}, ConfigError),
        ({"encoding": "utf-8", "enc_errors": "strict"}, InputError),
    ],
)
def test_what_justext_has_and_we_have_not(options: dict[str, Any], error: type[Exception]) -> None:
    """It is an error; every option of the original is known."""
    with pytest.raises(error):
        our_justext.justext(b"<p>\xe9t\xe9</p>", (), **options)
    assert list(inspect.signature(our_justext.justext).parameters) == list(
        inspect.signature(justext.justext).parameters
    )


def test_an_encoding_that_is_given() -> None:
    """It is believed; for str it means nothing."""
    assert our_justext.justext("<p>été</p>".encode("latin-1"), encoding="latin-1")[0].text == "été"
    assert our_justext.justext("<p>été</p>", encoding="latin-1")[0].text == "été"


def test_xpaths_lead_to_the_paragraphs() -> None:
    """On the page as given."""
    tree: Any = etree.fromstring(ARTICLE, etree.HTMLParser())
    for paragraph in our_justext.justext(ARTICLE):
        [element] = tree.xpath(paragraph.xpath)
        assert paragraph.text.split()[0] in "".join(element.itertext())


def test_link_characters_need_the_page() -> None:
    """A document from JSON does not know them."""
    document = cleanpage.clean(ARTICLE)
    assert sum(document.link_char_counts) == len("Home") + len("lien")
    copy = cleanpage.Document.from_dict(json.loads(document.to_json()))
    assert copy.link_char_counts == (0,) * len(document)
