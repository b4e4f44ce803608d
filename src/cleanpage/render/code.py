"""Code blocks: the language they are in, and the line numbers beside them, which are no code."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from lxml import etree

LANGUAGES: Final = (
    re.compile(r"(?:^|\s)(?:language|lang|highlight-source|highlight-text)-([\w+#.-]+)"),  # HTML Standard, GitHub
    re.compile(r"\bbrush:\s*([\w+#.-]+)"),  # SyntaxHighlighter
    re.compile(r"(?:^|\s)highlight-([\w+#.-]+)\s+notranslate"),  # Sphinx
    re.compile(r"^(?:hljs|sourceCode|highlight)\s+([\w+#-]+)\s*$"),  # highlight.js, Pandoc, Hexo
)
"""Class of code in a language, as those write it who mark code up; the surest first."""

NO_LANGUAGES: Final = frozenset("default none nohighlight undefined auto source notranslate".split())
LANGUAGE_ATTRIBUTES: Final = ("data-lang", "data-language")
MAX_HOLDERS: Final = 6
"""Elements around code that are asked for its language: a figure, its table, section, row and cell, and a ``<div>``."""

GUTTERS: Final = frozenset(
    "lineno linenos linenodiv line-numbers-rows hljs-ln-numbers rouge-gutter blob-num lnt crayon-nums "
    "react-syntax-highlighter-line-number syntaxhighlighter-line-numbers".split()
)
"""Classes of line numbers, by Pygments, Prism, highlight.js, Rouge, GitHub, Hugo and others."""

GUTTERS_IN_CODE: Final = GUTTERS | frozenset("ln line-number linenumber linenum lnum line-num lineNumber".split())
"""... and those that only mean that inside of code."""


def code_language(pre: etree._Element) -> str:
    """The language of a code block.

    Args:
        pre: A ``<pre>`` element.

    Returns:
        As the page names it, by its class, that of the element inside or of one around; '' where it does not.
    """
    inner = pre.find("code")
    holders = [pre, *([inner] if inner is not None else []), *islice(pre.iterancestors(), MAX_HOLDERS)]
    for element in holders:
        classes = element.get("class") or ""
        match = next(filter(None, (pattern.search(classes) for pattern in LANGUAGES)), None) if classes else None
        name = match[1] if match else ""
        if not name and (element is pre or element is inner or element.tag == "div"):
            name = next(filter(None, (element.get(attribute) for attribute in LANGUAGE_ATTRIBUTES)), "")
        if name:
            return "" if name.lower() in NO_LANGUAGES else name
    return ""


def is_gutter(element: etree._Element, tag: str, *, is_code: bool) -> bool:
    """Whether an element holds the numbers of lines of code.

    Args:
        element: Any element.
        tag: Its tag.
        is_code: Whether it stands in code.
    """
    classes = element.get("class")
    if not classes:
        return False
    names = classes.split()
    return not (GUTTERS_IN_CODE if is_code else GUTTERS).isdisjoint(names) or (tag == "td" and "gutter" in names)
