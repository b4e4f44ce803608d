"""Markdown for the docs: tables, and text that is shown as it is."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SPECIAL: Final = re.compile(r"[\\`*_\[\]|~$#!^=+]")
"""Characters that Markdown or one of its extensions may take for its own."""


def literal(text: str) -> str:
    """A text as Markdown that shows it as it is, on one line."""
    return SPECIAL.sub(lambda found: f"&#{ord(found[0])};", escape(" ".join(text.split()), quote=False))


def spoken(text: str, language: str) -> str:
    """A text in a language, for browsers and screen readers to know, shown as it is."""
    return f'<span lang="{language}" dir="auto">{literal(text)}</span>'


def code(text: str) -> str:
    """A text in the letters of code."""
    return f"`{text}`"


def codes(texts: Iterable[str]) -> str:
    """Texts in the letters of code, one after the other."""
    return ", ".join(map(code, texts))


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; its cells are Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)
