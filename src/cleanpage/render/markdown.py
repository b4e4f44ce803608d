r"""HTML → Markdown, by html-to-markdown; here are its options, and what it leaves to its caller.

Its own option to escape everything writes 'C\+\+' and '1990\-1995'. Text that would turn into markup is escaped here
instead, character by character where CommonMark gives it a meaning; marks at the start of a line are the library's.
Emphasis that CommonMark cannot write where it stands is left out, or its asterisks would be read as text.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from html_to_markdown import ConversionOptions

MARK: Final = "\ufdd0"
"""Stands for the backslash of an escape during conversion, which would double a real one: a noncharacter, kept by
Unicode for a program's own use."""

STAND_INS: Final = {"[": "\ufdd1", "]": "\ufdd2", "\\": "\ufdd3"}
"""The same for characters that the library escapes by rules of its own, each with its escape."""

NONCHARACTERS: Final = re.compile("[\ufdd0-\ufdd3]")
TOKEN: Final = re.compile(r'<[^">]*(?:"[^"]*"[^">]*)*>|[^<]+')
"""One tag or one stretch of text of what nh3 writes: it quotes every attribute and escapes quotes inside."""

CODE_TAGS: Final = frozenset(("pre", "code", "kbd", "samp"))
"""Elements that come out as code, in which a backslash is a backslash."""

EMPHASIS_TAGS: Final = frozenset(("b", "strong", "em", "i", "var", "del"))
UNMARKED_TAGS: Final = frozenset(("sub", "sup", "abbr", "cite", "ins", "mark", "time"))
"""Inline elements of which nothing shows in Markdown; behind their tags the library would overlook a line's start."""

EDGES: Final = {"a": "[)", "code": "``", "kbd": "``", "samp": "``", "q": '""', "img": "!)"}
"""The characters that the other inline elements start and end with in Markdown."""

SPECIAL: Final = re.compile(r"[*`\[\]_~\\&]|!\Z")
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

QUOTED: Final = re.compile(r"(</(?:p|h[1-6]|blockquote|pre|div)>\s*)(?=<blockquote>)")
"""Where the library would write a quote on the line below other text, and make one of two quotes."""

TABLES: Final = re.compile(r"(?<=</table>)\s*(?=<table>)")
"""Where the library would make one of two tables in a list item."""


def render_markdown(html: str) -> str:
    """Converts a Document's HTML to Markdown.

    Args:
        html: What `render.html` wrote.

    Returns:
        CommonMark with tables and strike-through as GitHub has them; '' for ''.
    """
    from html_to_markdown import convert

    tokens = [token for token in TOKEN.findall(NONCHARACTERS.sub("\ufffd", html)) if _tag(token) not in UNMARKED_TAGS]
    _drop_unwritable_emphasis(tokens)
    _escape_text(tokens)
    marked = FIGURE.sub(r"<\1div>", "".join(tokens))
    marked = CAPTION.sub(r"<div>\1</div>\n<table>", marked)
    marked = TABLES.sub("<p></p>", QUOTED.sub(r"\1<br>", marked))
    content = convert(marked, _options()).content or ""
    for character, stand_in in STAND_INS.items():
        content = content.replace(stand_in, "\\" + character)
    return content.replace(MARK, "\\").strip()


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


def _escape_text(tokens: list[str]) -> None:
    """Marks the characters of the text that Markdown would take for its own."""
    code_depth = 0
    for index, token in enumerate(tokens):
        tag = _tag(token)
        if tag in CODE_TAGS:
            code_depth += -1 if token[1] == "/" else 1
        elif tag == "img":
            tokens[index] = ALTERNATIVE.sub(lambda match: ESCAPE.sub(_escaped, match[0]), token)
        elif not tag and not code_depth and SPECIAL.search(token):
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
    return not char.isalnum() and not char.isspace() and unicodedata.category(char)[0] in "PS"


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
