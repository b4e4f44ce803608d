"""metadata → YAML front matter, as note-taking programs and site generators read it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cleanpage.document import Document

FENCE: Final = "---"
LINE_ENDS: Final = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
"""Characters that JSON leaves as they are and YAML does not allow in a string, or takes for the end of a line."""


def render_front_matter(document: Document) -> str:
    """Writes what is known about a page as YAML.

    Args:
        document: The page.

    Returns:
        The fields that have a value, each a quoted string or a list of them, between two lines of ``---``.
    """
    metadata = document.metadata
    fields: dict[str, str | tuple[str, ...]] = {
        "title": document.title or metadata.title,
        "author": metadata.author,
        "date": metadata.date,
        "modified": metadata.modified,
        "url": metadata.url or document.url,
        "site_name": metadata.site_name,
        "description": metadata.description,
        "image": metadata.image,
        "language": document.language or metadata.language,
        "license": metadata.license,
        "page_type": document.page_type or metadata.page_type,
        "tags": metadata.tags,
        "categories": metadata.categories,
    }
    lines = [f"{name}: {_value(value)}" for name, value in fields.items() if value]
    return "\n".join((FENCE, *lines, FENCE))


def _value(value: str | tuple[str, ...]) -> str:
    """A value as JSON, which is YAML as well: quoted, it is never taken for a number, a date or a comment."""
    text = json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
    return LINE_ENDS.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
