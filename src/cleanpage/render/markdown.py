r"""HTML → Markdown, by html-to-markdown; here are its options, and what it leaves to its caller.

Its own option to escape everything writes 'C\+\+' and '1990\-1995'. Text that would turn into markup is escaped here
instead, character by character where CommonMark gives it a meaning; marks at the start of a line are the library's.
Emphasis that CommonMark cannot write where it stands is left out, or its asterisks would be read as text.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from html import escape, unescape
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from cleanpage.errors import ConfigError
from cleanpage.render.notation import HOLD, Notation, fitted_tables, mark_definitions

if TYPE_CHECKING:
    from html_to_markdown import ConversionOptions

LINK_STYLES: Final = ("keep", "text", "footnotes")
"""What becomes of links and of images: Markdown's own, their text alone, or their text with the address below."""

MARK: Final = "\ufdd0"
"""Stands for the backslash of an escape during conversion, which would double a real one: a noncharacter, kept by
Unicode for a program's own use."""

STAND_INS: Final = {"[": "\ufdd1", "]": "\ufdd2", "\\": "\ufdd3"}
"""The same for characters that the library escapes by rules of its own, each with its escape."""

NONCHARACTERS: Final = re.compile("[\ufdd0-\ufddf]")
CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]+")
"""What no text has. The library takes HTML with many of them for a binary file, and refuses it."""

TOKEN: Final = re.compile(r'<[^">]*(?:"[^"]*"[^">]*)*>|[^<]+')
"""One tag or one stretch of text of what nh3 writes: it quotes every attribute and escapes quotes inside."""

CODE_TAGS: Final = frozenset(("pre", "code", "kbd", "samp"))
"""Elements that come out as code, in which a backslash is a backslash."""

EMPHASIS_TAGS: Final = frozenset(("b", "strong", "em", "i", "var", "del"))
UNMARKED_TAGS: Final = frozenset(("sub", "sup", "abbr", "cite", "ins", "mark", "time"))
"""Inline elements of which nothing shows in Markdown; behind their tags the library would overlook a line's start."""

EDGES: Final = {"a": "[)", "code": "``", "kbd": "``", "samp": "``", "q": '""', "img": "!)"}
"""The characters that the other inline elements start and end with in Markdown."""

SPECIAL: Final = re.compile(r"[*`\[\]_~\\&$]|!\Z")
TEX_START: Final = re.compile(r"\\[(\[]|\$.*\$", re.DOTALL)
"""Where a formula may begin that the page leaves to a script."""

ESCAPE: Final = re.compile(
    r"[*`\[\]]"  # emphasis, code, links
    r"|(?<![^\W_])_|_(?![^\W_])"  # emphasis; between letters an underscore has no meaning
    r"|~(?=~)|(?<=~)~|\A~|~\Z"  # strike-through, which may also begin or end right beside the text
    r"|&lt;(?=[A-Za-z/!?])"  # raw HTML, autolinks
    r"|&amp;(?=#?\w+;)"  # character references
    r"|\\(?=[!-/:-@\[-`{-~]|\Z)"  # a backslash that would escape what follows
)
ALTERNATIVE: Final = re.compile(r'(?<= alt=")[^"]*')
FIGURE: Final = re.compile(r"<(/?)fig(?:ure|caption)>")
"""The library would write a figure's caption outside the list item that the figure stands in."""

CAPTION: Final = re.compile(r"<table><caption>(.*?)</caption>", re.DOTALL)
"""A table's caption; the library would put one pair of asterisks around all its paragraphs."""

UNSAFE: Final = re.compile(r"[\s\x00-\x1f<>`\\\[\]{}|\"^]")
"""What no address holds but percent-encoded (RFC 3986, 2), brackets beside."""

MAX_QUOTES: Final = 20
"""Quotations inside one another: each writes a sign on all of its lines."""

QUOTED: Final = re.compile(r"(</(?:p|h[1-6]|blockquote|pre|div)>\s*)(?=<blockquote>)")
"""Where the library would write a quote on the line below other text, and make one of two quotes."""

TABLES: Final = re.compile(r"(?<=</table>)\s*(?=<table>)")
"""Where the library would make one of two tables in a list item."""


def render_markdown(html: str, *, links: str = "keep", images: str = "keep") -> str:
    """Converts a Document's HTML to Markdown.

    Args:
        html: What `render.html` wrote.
        links: One of LINK_STYLES.
        images: One of LINK_STYLES; the text of an image is its alternative text.

    Returns:
        CommonMark with tables and strike-through as GitHub has them, formulas between dollar signs, footnotes and
        definitions; '' for ''.

    Raises:
        ConfigError: There is no such style.
    """
    from html_to_markdown import convert

    for name, style in (("links", links), ("images", images)):
        if style not in LINK_STYLES:
            raise ConfigError(f"{name}={style!r} means nothing; use {', '.join(LINK_STYLES)}")
    notation = Notation()
    marked = _marked(html, notation, links, images)
    content = convert(marked, _options()).content or ""
    for character, stand_in in STAND_INS.items():
        content = content.replace(stand_in, "\\" + character)
    content = notation.restored(content.replace(MARK, "\\")).strip()
    return "\n\n".join(filter(None, (content, notation.notes)))


def _marked(html: str, notation: Notation, links: str, images: str) -> str:
    """The HTML as the library gets it: what it would write wrongly is mended or held back."""
    found = TOKEN.findall(NONCHARACTERS.sub("\ufffd", CONTROLS.sub("", html)))
    tokens = [token for token in found if token[0] != "<" or _tag(token) not in UNMARKED_TAGS]
    if html.count("<blockquote>") > MAX_QUOTES:
        tokens = _without_deep_quotes(tokens)
    if "<math" in html:
        notation.hold_formulas(tokens)
    if "#footnote-" in html:
        notation.hold_footnotes(tokens)
    if links != LINK_STYLES[0] or images != LINK_STYLES[0]:
        _restyle(tokens, notation, links, images)
    _drop_unwritable_emphasis(tokens)
    _escape_text(tokens, notation)
    marked = FIGURE.sub(r"<\1div>", "".join(tokens))
    marked = CAPTION.sub(r"<div>\1</div>\n<table>", marked)
    marked = TABLES.sub("<p></p>", QUOTED.sub(r"\1<br>", marked))
    if "<table>" in marked:
        marked = fitted_tables(marked)
    return mark_definitions(marked) if "<dl>" in marked else marked


def _without_deep_quotes(pieces: list[str]) -> list[str]:
    """Tags and texts without the quotations that are inside too many others; what stands in them stays."""
    depth = 0
    kept = []
    for piece in pieces:
        depth -= piece == "</blockquote>"
        if depth < MAX_QUOTES or piece not in ("<blockquote>", "</blockquote>"):
            kept.append(piece)
        depth += piece == "<blockquote>"
    return kept


def _restyle(tokens: list[str], notation: Notation, links: str, images: str) -> None:
    """Writes links and images as their text, with a footnote for the address if that is wanted."""
    address = ""
    for index, token in enumerate(tokens):
        tag = _tag(token)
        if tag == "a" and links != LINK_STYLES[0]:
            is_end = token[1] == "/"
            note = notation.note(_encoded(address)) if is_end and address and links == "footnotes" else ""
            address = "" if is_end else unescape(_value(token, "href"))
            tokens[index] = note
        elif tag == "img" and images != LINK_STYLES[0]:
            note = notation.note(_encoded(unescape(_value(token, "src")))) if images == "footnotes" else ""
            tokens[index] = _value(token, "alt").replace("<", "&lt;") + note
    tokens[:] = filter(None, tokens)


def _with_safe_source(image: str) -> str:
    """The tag of an image with an address that does not end before it ends: the library writes it as it is."""
    source = unescape(_value(image, "src"))
    encoded = _encoded(source)
    if encoded.count("(") != encoded.count(")") or ")[" in source or encoded.find(")") < encoded.find("("):
        encoded = encoded.replace("(", "%28").replace(")", "%29")
    return (
        image if encoded == source else image.replace(f' src="{_value(image, "src")}"', f' src="{escape(encoded)}"', 1)
    )


def _encoded(address: str) -> str:
    """An address as it can stand in Markdown's text: what ends it there, or begins markup, is percent-encoded."""
    return UNSAFE.sub(lambda match: quote(match[0], safe=""), address)


def _value(token: str, name: str) -> str:
    """The value of an attribute of a tag, as it is written."""
    match = re.search(f' {name}="([^"]*)"', token)
    return match[1] if match else ""


@cache
def _options() -> ConversionOptions:
    from html_to_markdown import ConversionOptions, PreprocessingOptions

    return ConversionOptions(
        autolinks=False,
        br_in_tables=True,
        bullets="-",
        compact_tables=True,
        expand_abbreviations=False,
        extract_metadata=False,
        hidden_content="all",
        include_blockquote_citations=False,
        keep_inline_images_in=[f"h{level}" for level in range(1, 7)],
        preprocessing=PreprocessingOptions(enabled=False),
    )


def _tag(token: str) -> str:
    """The name of a tag, '' for text."""
    return "" if token[0] != "<" else token.strip("</>").partition(" ")[0]


def _escape_text(tokens: list[str], notation: Notation) -> None:
    """Marks the characters of the text that Markdown would take for its own, and holds TeX back."""
    code_depth = 0
    is_cell = False
    for index, token in enumerate(tokens):
        tag = _tag(token) if token[0] == "<" else ""
        if tag in CODE_TAGS:
            code_depth += -1 if token[1] == "/" else 1
        elif tag == "table":
            is_cell = token[1] != "/"
        elif tag == "img":
            tokens[index] = ALTERNATIVE.sub(lambda match: ESCAPE.sub(_escaped, match[0]), _with_safe_source(token))
        elif not tag and not code_depth and SPECIAL.search(token):
            if TEX_START.search(token):
                token = notation.hold_tex(token, is_cell=is_cell)  # noqa: PLW2901 - the token with its TeX held back
            tokens[index] = ESCAPE.sub(_escaped, token)
            if token[-1] == "!" and index + 1 < len(tokens) and _tag(tokens[index + 1]) == "a":  # no image
                tokens[index] = f"{tokens[index][:-1]}{MARK}!"


def _escaped(match: re.Match[str]) -> str:
    return STAND_INS.get(match[0]) or MARK + match[0]


def _drop_unwritable_emphasis(tokens: list[str]) -> None:
    """Empties the tags of emphasis whose asterisks would not be read as such.

    An asterisk between a word's letter and a punctuation mark inside the emphasis neither opens nor closes it
    (CommonMark 0.31, left- and right-flanking delimiter runs): in Chinese and Japanese text that is an everyday case.
    """
    opened: list[int] = []
    dropped: list[int] = []
    for index, token in enumerate(tokens):
        if token[0] == "<" and _tag(token) in EMPHASIS_TAGS:
            if token[1] != "/":
                opened.append(index)
            elif opened:
                start = opened.pop()
                opens = _is_writable(_edge(tokens, start, -1), _edge(tokens, start, 1))
                if not opens or not _is_writable(_edge(tokens, index, 1), _edge(tokens, index, -1)):
                    dropped += (start, index)
    for index in dropped:
        tokens[index] = ""
    tokens[:] = filter(None, tokens)


def _is_writable(outside: str, inside: str) -> bool:
    """Whether a delimiter between these two characters counts; white space inside is moved out by the library."""
    return not _is_punctuation(inside) or outside.isspace() or _is_punctuation(outside)


def _is_punctuation(char: str) -> bool:
    if char.isalnum() or char.isspace():
        return False
    return char == HOLD or unicodedata.category(char)[0] in "PS"  # what is held back begins with a sign


def _edge(tokens: list[str], index: int, step: int) -> str:
    """The character of the Markdown before (step -1) or after (step 1) a token, past other emphasis."""
    index += step
    while 0 <= index < len(tokens):
        token = tokens[index]
        if token[0] != "<":
            return token[0 if step > 0 else -1]
        tag = _tag(token)
        if tag not in EMPHASIS_TAGS:
            return EDGES.get(tag, "  ")[0 if token[1] != "/" and (tag != "img" or step > 0) else 1]
        index += step
    return " "
