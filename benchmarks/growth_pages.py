"""Pages that are made to be slow, of any size: what benchmarks.growth, the fuzzing and the tests clean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    Maker = Callable[[int], str]

PLAIN: Final = "text: "
"""What the names of plain-text pages begin with in the tables."""

WORDS: Final = "The old bridge was closed on Tuesday, and the council met again to speak about it. "


def repeated(piece: str, before: str = "", after: str = "") -> Maker:
    """A page that repeats a piece."""
    return lambda size: f"{before}{piece * size}{after}"


def numbered(piece: str, before: str = "", after: str = "") -> Maker:
    """A page that repeats a piece with a number in it."""
    return lambda size: before + "".join(piece.replace("#", str(number)) for number in range(size)) + after


def around(opening: str, closing: str, middle: str = WORDS) -> Maker:
    """A page that nests elements, all of them closed."""
    return lambda size: opening * size + middle + closing * size


LONG_TAGS: Final = "long tags, never closed"
"""The kind of page that is over a limit at any size: of attributes."""

HTML_PAGES: Final[dict[str, Maker]] = {
    "paragraphs, never closed": repeated("<p>a few words, <b>some bold</b>, and a full stop."),
    "paragraphs": repeated(f"<p>{WORDS}</p>"),
    "list items and lists, never closed": repeated("<li>item<ul>"),
    "lists in lists": around("<ul><li>one", "</li></ul>"),
    "divs in divs": around("<div class='wrap'>w ", "</div>"),
    "divs in divs, never closed": repeated("<div class='wrap'>w "),
    "inline in inline, a block inside": around("<b><i><span class=x>", "</span></i></b>", f"<p>{WORDS}</p>"),
    "inline, never closed, around blocks": repeated("<b class=x><p>word"),
    "siblings": repeated("<div></div>"),
    "inline siblings, a block in each": repeated("<span><div>x y</div></span>"),
    "one text": repeated(WORDS, "<p>"),
    "one word": repeated("a", "<p>", " end of it"),
    "one word in Chinese": repeated("的", "<p>"),
    "one script": repeated("if (a < b) { c('</div>'); }\n", "<p>words</p><script>", "</script>"),
    "JSON-LD": repeated('{"@type": "Person", "name": "A"},', '<script type="application/ld+json">[', "{}]</script>"),
    "JSON-LD in JSON-LD": around('{"author": [', "]}", "{}"),
    "attributes": numbered(" a#=#", "<p", f">{WORDS}</p>"),
    "attributes, alike": repeated(" class=a", "<p", f">{WORDS}</p>"),
    LONG_TAGS: lambda size: ("<a" + " b" * 5000) * (size // 20),
    "classes": numbered(" name-#", "<p class='", f"'>{WORDS}</p>"),
    "a long address around blocks": lambda size: f"<a href='/{'x/' * size}'>" + "<p>word</p>" * size,
    "a long label around blocks": lambda size: f"<div aria-label='{'x ' * size}'>" + "<p>word</p>" * size,
    "a long style": repeated("display : ", "<p style='", f"'>{WORDS}</p>"),
    "links": numbered("<a href='/x/#?y=#'>link #</a> "),
    "links in a list": numbered("<li><a href='/x/#'>link #</a>"),
    "images": numbered("<img src='/#.png' alt='image #' srcset='/#.png 1x, /#-2.png 2x'>"),
    "line breaks": repeated("<br>line"),
    "line breaks, empty": repeated("<br>", f"<p>{WORDS}", WORDS),
    "line breaks and white space": repeated(" <br>\n", f"<p>{WORDS}", WORDS),
    "table cells": repeated("<td>cell</td>", "<table><tr>"),
    "table rows": repeated("<tr><td>cell<td>cell</tr>", "<table>"),
    "tables in tables": repeated("<table><tr><td>cell"),
    "spans of cells": repeated("<tr><td rowspan=65534 colspan=1000>cell<td>x", "<table>"),
    "definitions": repeated(f"<dt>word<dd>{WORDS}", "<dl>"),
    "headings": numbered("<h2 id=a#>Heading #</h2><p>A few words.</p>"),
    "footnotes": numbered(
        "<p>word<sup id=r#><a href='#n#'>#</a></sup></p><p id=n#><a href='#r#'>#</a> note</p>".replace("'#", "'&#35;")
    ),
    "entities": repeated("&amp;&lt;&copy;&#8364;", "<p>"),
    "ampersands": repeated("&amp;amp;", "<p>"),
    "lines in quotations": lambda size: "<blockquote>" * 400 + f"<p>{WORDS}" + "x<br>" * size,
    "entities that are none": repeated("&&#&x;&#xffffffff;", "<p>"),
    "comments": repeated("<!-- a -->"),
    "comments, never closed": repeated("<!-- <p> "),
    "end tags without a start": repeated("</div></b></p>x"),
    "markup that is none": repeated("<<a <!x <? </ "),
    "formatting that crosses": repeated("<b><i>x</b>y</i>"),
    "hidden elements": repeated("<div style='display:none'>x</div>y"),
    "hidden in hidden": around("<div hidden>", "</div>"),
    "code": repeated("<pre><code>  if x:\n\n    y()</code></pre>"),
    "one code block": repeated("    if x: y() # ``` \n", "<pre>"),
    "formulas": repeated("<p>$x^2$ and \\(y_1\\) and $$z$$ "),
    "inline formulas, never closed": repeated("\\(x ", f"<p>{WORDS}"),
    "display formulas, never closed": repeated("\\[x ", f"<p>{WORDS}"),
    "formulas, never closed": repeated("$ \\( $$ \\[ {", "<p>"),
    "MathML": around("<mrow><mi>x</mi>", "</mrow>"),
    "forms": repeated("<form><input name=a><label>word</label><select><option>x"),
    "frames of a page": repeated("<html><head><title>x</title></head><body>y"),
    "svg": repeated("<svg><g><path d='M0 0'/><text>x</text></g></svg>"),
    "Markdown's own marks": repeated("*_`[](<>#+-~|", "<p>"),
    "login phrases": repeated("<p>Log in or sign up to continue reading this article.</p>"),
    "login phrases in one block": repeated("Log in or sign up to continue. ", "<p>"),
    "half phrases": repeated("sign up sign log in or sign up for our ", "<p>"),
    "bylines": numbered("<p>By Anna Author # | 12 May 2026, 10:#</p>"),
    "dates": repeated("12/05/2026 12 May 2026 2026-05-12T10:00 ", "<p>"),
    "white space": repeated(" \n\t\xa0", "<p>x", "y"),
    "white space in the declared title": repeated(" ", "<meta property='og:title' content='a", f"b'><p>{WORDS}"),
    "a long word and a year": repeated("a", "<p>", f" 2026</p><p>{WORDS}"),
    "a formula with brackets": repeated("&lt;a ", f"<p>{WORDS}\\[", "\\]"),
    "formulas that are none": around("<span class=katex>", "</span>", f"<p>{WORDS}" + "<i>x</i>" * 99),
    "spans over spans": repeated("<tr><td rowspan=100 colspan=100>a b", "<table><tr>" + "<td>a b" * 100),
    "parts that JSON-LD declares": repeated(
        '<script type="application/ld+json">{"wordCount": 99999, "cssSelector": ".a"}</script><p class=b>a few words',
        after="<p class=a>x",
    ),
    "bidi controls and NULs": repeated("\u202ea\u0000b\u2066", "<p>"),
}
TEXT_PAGES: Final[dict[str, Maker]] = {
    "lines": repeated("A line of words without an end\n"),
    "one line, glued sentences": repeated("One two three.Four five six "),
    "one line, camel case": repeated("one two abcDef "),
    "one line, Latin in Japanese": repeated("日本Python語"),
    "one line, one word": repeated("a"),
    "bullets": repeated("- \na -\n"),
    "login phrases": repeated("Log in or sign up to continue. "),
    "empty lines": repeated("\n \n", "a", "b"),
    "addresses": repeated("www.example.org/a?b=c user@example.org "),
    "bars": repeated("Home | News | Sport | "),
    "capitals": repeated("READ MORE\n"),
}
FULL_SIZES: Final[dict[str, int]] = {
    "divs in divs": 10**5,
    "divs in divs, never closed": 10**5,
    "formulas that are none": 10**5,
    "lists in lists": 10**5,
    "list items and lists, never closed": 10**5,
    "tables in tables": 10**5,
    "inline in inline, a block inside": 10**5,
    "inline, never closed, around blocks": 10**5,
    "attributes": 10**5,
    "attributes, alike": 10**5,
    LONG_TAGS: 10**5,
    "white space in the declared title": 10**6 - 2,
    "spans of cells": 5 * 10**5,
    "spans over spans": 5 * 10**5,
    "parts that JSON-LD declares": 5 * 10**5,
    "a long word and a year": 5 * 10**7,
    "inline formulas, never closed": 10**6,
    "display formulas, never closed": 10**6,
    "a formula with brackets": 8 * 10**6,
    "siblings": 10**6,
    "paragraphs, never closed": 10**6,
    "inline siblings, a block in each": 10**6,
    "links": 10**6,
    "links in a list": 10**6,
    "table cells": 10**6,
    "table rows": 10**6,
    "line breaks": 3 * 10**6,
    "line breaks, empty": 3 * 10**6,
    "line breaks and white space": 3 * 10**6,
    "one text": 600_000,
    "one word": 5 * 10**7,
    "one word in Chinese": 5 * 10**7,
    "one script": 1_600_000,
    "white space": 10**7,
    "entities": 2 * 10**6,
    "ampersands": 5 * 10**6,
    "lines in quotations": 3 * 10**6,
    "entities that are none": 2 * 10**6,
    "comments": 2 * 10**6,
    "login phrases": 800_000,
    "login phrases in one block": 1_600_000,
    "half phrases": 1_200_000,
    "dates": 10**6,
    "text: lines": 1_600_000,
    "text: one line, glued sentences": 1_800_000,
    "text: one line, one word": 5 * 10**7,
    "text: login phrases": 1_600_000,
    "text: addresses": 1_200_000,
    "text: bars": 2_400_000,
}
"""Pieces of the largest pages, for ``--full``: 10^5 elements in one another, 10^6 beside one another, 50 MB of text."""
