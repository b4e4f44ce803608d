"""Language codes as pages and identifiers write them, folded into ISO 639-1."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cleanpage.page import Head

SAME: Final[Mapping[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(("nb", "nn"), "no"),
        **dict.fromkeys(("cmn", "yue", "wuu"), "zh"),
        "fil": "tl",
        "in": "id",
        "iw": "he",
        "ji": "yi",
        "mo": "ro",
    }
)
"""Codes that stand for another one: withdrawn codes of ISO 639-1 and varieties that pages do not tell apart."""

TAG: Final = re.compile(r"\s*([A-Za-z]{2,3})(?![A-Za-z])")
CODE_LENGTH: Final = 2
DECLARATIONS: Final = ("og:locale", "content-language", "dc.language", "dcterms.language", "inlanguage", "language")


def iso_code(tag: str) -> str:
    """The ISO 639-1 code of a language tag.

    Args:
        tag: As in BCP 47 or a POSIX locale: ``pt-BR``, ``zh_CN``, ``nb``.

    Returns:
        Two small letters; '' where the tag names no language that has such a code.
    """
    match = TAG.match(tag)
    code = match[1].lower() if match else ""
    code = SAME.get(code, code)
    return code if len(code) == CODE_LENGTH else ""


def declared_language(head: Head) -> str:
    """The language that a page claims to be in: ``<html lang>``, else its meta elements; '' where it claims none."""
    for tag in (head.language, *(head.meta.get(name, "") for name in DECLARATIONS)):
        if code := iso_code(tag):
            return code
    return ""
