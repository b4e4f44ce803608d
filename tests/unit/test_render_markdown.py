"""render.markdown: what a CommonMark renderer makes of it is what the HTML was."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from markdown_it import MarkdownIt

from cleanpage.document import Document
from cleanpage.errors import ConfigError
from cleanpage.metadata import Metadata
from cleanpage.render.markdown import MAX_QUOTES, render_markdown
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
        ("<dl><dt>a</dt><dd>b</dd></dl>", "a\n: b"),
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


LINKED = (
    '<p>See <a href="/a">the <b>chart</b></a>, <a href="/b">map</a> and <a href="/a">again</a>'
    '<sup><a href="#footnote-1">1</a></sup>.</p><p><img src="/i.png" alt="A * tower"></p>'
    '<ol><li id="footnote-1">Made.</li></ol>'
)


@pytest.mark.parametrize(
    ("links", "images", "markdown"),
    [
        ("keep", "text", "See [the **chart**](/a), [map](/b) and [again](/a)[^1].\n\nA \\* tower\n\n[^1]: Made."),
        ("text", "keep", "See the **chart**, map and again[^1].\n\n![A \\* tower](/i.png)\n\n[^1]: Made."),
        (
            "footnotes",
            "footnotes",
            (
                "See the **chart**[^2], map[^3] and again[^2][^1].\n\nA \\* tower[^4]\n\n[^1]: Made.\n\n"
                "[^2]: /a\n[^3]: /b\n[^4]: /i.png"
            ),
        ),
    ],
)
def test_links_and_images_as_wanted(links: str, images: str, markdown: str) -> None:
    """Their text stays in each style; addresses become footnotes beside those of the page, each once."""
    assert render_markdown(LINKED, links=links, images=images) == markdown


@pytest.mark.parametrize("style", [{"links": "drop"}, {"images": "Keep"}])
def test_unknown_styles_are_refused(style: dict[str, str]) -> None:
    """An option with a value that means nothing is an error that lists those that do."""
    with pytest.raises(ConfigError, match="means nothing; use keep, text, footnotes"):
        Document(blocks=()).to_markdown(**style)  # type: ignore[arg-type]


def test_front_matter() -> None:
    """Each value is quoted, so that none is read as anything but a string."""
    metadata = Metadata(title="no", author="1: #x", date="2024-03-02", tags=("a, b", 'c"d'), description="a\u2028b\x85")
    document = Document(
        blocks=document_of("<p>x</p>").blocks, title='Say "yes": \\o/', url="https://a.example/", metadata=metadata
    )
    lines = document.to_markdown(front_matter=True).split("\n")
    assert lines == [
        "---",
        'title: "Say \\"yes\\": \\\\o/"',
        'author: "1: #x"',
        'date: "2024-03-02"',
        'url: "https://a.example/"',
        'description: "a\\u2028b\\u0085"',
        'tags: ["a, b", "c\\"d"]',
        "---",
        "",
        "x",
    ]
    assert json.loads(lines[1].partition(": ")[2]) == document.title


def test_front_matter_alone() -> None:
    """A page without main text has its front matter still."""
    assert Document(blocks=(), title="x", metadata=Metadata()).to_markdown(front_matter=True) == '---\ntitle: "x"\n---'


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>$5 or $7</p>", "$5 or $7"),
        ("<p>US$x_1$, a $b_2$c and $ d_3 $</p>", "US$x_1$, a $b_2$c and $ d_3 $"),
        ("<p>$a_1*b_2*$ and $n$</p>", "$a_1*b_2*$ and $n$"),
        ("<p>\\(a &lt; b\\)</p>", "$a < b$"),
        ("<p><b>\\(x\\)</b>y</p>", "\\(x\\)y".replace("\\(x\\)", "$x$")),
        ("<p>$$a*b*c$$</p>", "$$a*b*c$$"),
        ("<pre>$x_1$ \\(y\\)</pre>", "```\n$x_1$ \\(y\\)\n```"),
    ],
)
def test_tex_in_the_text(html: str, markdown: str) -> None:
    """Formulas that the page leaves to a script are not escaped; money is none."""
    assert render_markdown(html) == markdown


def test_footnotes_without_a_label() -> None:
    """References that show no letter or digit, and two that show the same, get labels of their own."""
    html = (
        '<p>a<a href="#footnote-1">*</a> b<a href="#footnote-2">x</a> c[<a href="#footnote-3">x</a>]</p>'
        '<p id="footnote-1">* one</p><ul><li id="footnote-2">two</li><li>not a footnote</li></ul>'
        '<p id="footnote-3">three</p>'
    )
    assert render_markdown(html) == (
        "a[^note1] b[^x] c[^note3]\n\n[^note1]: \\* one\n\n- [^x]: two\n- not a footnote\n\n[^note3]: three"
    )


def test_quotations_in_quotations() -> None:
    """Of quotations inside one another so many are written, for each writes a sign on every line; no text is lost."""
    quotes, text = 2 * MAX_QUOTES, "Nobody saw the ferry leave in the fog."
    html = f"{'<blockquote>' * quotes}<p>{text}</p>{'</blockquote>' * quotes}<blockquote><p>{text}</p></blockquote>"
    lines = [line for line in render_markdown(html).split("\n") if text in line]
    assert lines == [f"{'> ' * MAX_QUOTES}{text}", f"> {text}"]
