"""render.markdown: what a CommonMark renderer makes of it is what the HTML was."""

from __future__ import annotations

import pytest
from hypothesis import given
from markdown_it import MarkdownIt

from cleanpage.document import Document
from cleanpage.render.markdown import render_markdown
from tests.unit.documents import PAGES, document_of, without_notes, words_of_blocks, words_of_html

RENDERER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def rendered(markdown: str) -> str:
    """What a renderer that is not ours makes of Markdown."""
    return str(RENDERER.render(markdown)).strip()


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<h2>A <em>b</em></h2><p>c <b>d</b><br>e</p>", "## A *b*\n\nc **d**  \ne"),
        ("<ul><li>a<ul><li>b<ol><li>c</li></ol></li></ul></li><li>d</li></ul>", "- a\n  - b\n    1. c\n- d"),
        ('<ol start="3"><li>a</li><li>b</li></ol>', "3. a\n4. b"),
        ('<pre><code class="language-py">a = `1`\n\n  b</code></pre>', "```py\na = `1`\n\n  b\n```"),
        ("<pre>```\nx</pre>", "````\n```\nx\n````"),
        ("<blockquote><p>a</p><p>b</p></blockquote><blockquote><p>c</p></blockquote>", "> a\n>\n> b\n\n> c"),
        ('<p><a href="https://a.example/b?c=1&amp;d=2"><b>x</b></a></p>', "[**x**](https://a.example/b?c=1&d=2)"),
        ('<p>a <img src="https://a.example/i_j_.png" alt="k_"> b</p>', "a ![k\\_](https://a.example/i_j_.png) b"),
        ("<table><tbody><tr><th>A</th><th>B|C</th></tr><tr><td>1<p>2</p></td><td></td></tr></tbody></table>",
         "| A | B\\|C |\n| --- | --- |\n| 1<br>2 |  |"),
        ("<table><caption>a <i>b</i><p>c</p></caption><tbody><tr><td>d</td><td>e</td></tr></tbody></table>",
         "a *b*\n\nc\n\n| d | e |\n| --- | --- |"),
        ('<ul><li><figure><img src="/i.png" alt=""><figcaption>a</figcaption></figure><p>b</p></li></ul>',
         "- ![](/i.png)\n\n  a\n\n  b"),
        ("<ul><li><table><tbody><tr><td>a</td></tr></tbody></table>\n<table><tbody><tr><td>b</td></tr></tbody></table></li></ul>",
         "-\n    | a |\n    | --- |\n\n    | b |\n    | --- |"),
        ("<dl><dt>a</dt><dd>b</dd></dl>", "a\n\nb"),
        ("<p>H<sub>2</sub>O <mark>m</mark> <del>d</del></p><hr><p>x</p>", "H2O m ~~d~~\n\n---\n\nx"),
        ("", ""),
    ],
)  # fmt: skip
def test_markdown_of(html: str, markdown: str) -> None:
    """Each structure has its Markdown."""
    assert render_markdown(html) == markdown


@pytest.mark.parametrize(
    "text",
    [
        "1990-1995",
        "C++ and C#",
        "snake_case_name",
        "5 * 3 = 15",
        "10. Also",
        "a (b) {c} | d > e",
        "Wow! So?",
        "~5 $ & 7 %",
        "R&D",
    ],
)
def test_text_is_not_escaped_without_need(text: str) -> None:
    """Signs that mean nothing where they stand are left alone."""
    html = f"<p>Ja, {text}</p>".replace("&", "&amp;").replace("d > e", "d &gt; e")
    assert render_markdown(html) == f"Ja, {text}".replace("5 * 3", "5 \\* 3")


@pytest.mark.parametrize(
    "text",
    ["# a", "- a", "+ a", "1. a", "2) a", "> a", "===", "---", "***", "```", "~~~", "    a", "[a](javascript:b)",
     "[a]: b", "![a](b)", "<b>a</b>", "<script>a</script>", "&amp;", "&lt;b", "*a*", "**a**", "_a_", "__a__", "`a`",
     "~~a~~", "a\\", "\\*a*", "<http://a.example>", "a\\\\b", "\ufdd0a\ufdd1"],
)  # fmt: skip
def test_text_does_not_become_markup(text: str) -> None:
    """A paragraph renders to itself, whatever it says."""
    shown = " ".join(text.split()).replace("\ufdd0", "\ufffd").replace("\ufdd1", "\ufffd")
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    html = rendered(render_markdown(f"<p>{escaped}</p><p>b</p>"))
    assert html == f"<p>{shown.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')}</p>\n<p>b</p>"


@pytest.mark.parametrize(
    "html",
    [
        "<p>x <b>a</b>b</p>",
        "<p>中<strong>“文”</strong>字</p>",
        "<p>a<em>.b</em>c <i>d</i></p>",
        "<p>a<em><strong>b!</strong></em>c</p>",
        '<p><strong>a <a href="/b">c</a></strong>d</p>',
        "<p>a<del>~b~</del></p>",
        "<p>a\\<em>b</em></p>",
        '<p>Oh!<a href="/b">c</a></p>',
        '<p><a href="/b">a ] [ b</a></p>',
    ],
)
def test_no_mark_of_emphasis_is_shown(html: str) -> None:
    """Emphasis that Markdown cannot write is left out: the reader sees the text either way."""
    seen = rendered(render_markdown(html))
    assert words_of_html(seen) == words_of_html(html)
    assert (seen.count("*"), seen.count("~")) == (0, html.count("~"))


def test_a_script_in_an_alternative_text_stays_text() -> None:
    """An image's description cannot leave its brackets."""
    document = document_of("<p>a</p><img src='/i.png' alt='](x) <script>alert(1)</script> *b*'><p>c</p>")
    assert "<script" not in rendered(document.markdown)


@given(PAGES)
def test_every_word_once_and_in_order(html: str) -> None:
    """Markdown renders to the words of the main blocks, none lost, doubled, glued or cut."""
    document = document_of(html, without_notes)
    expected = words_of_blocks(document.blocks)
    assert words_of_html(rendered(document.markdown)) == expected
    assert words_of_html(rendered(Document(blocks=document.blocks).markdown)) == expected
