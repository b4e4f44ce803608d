"""A page's blocks as one HTML file to look at: it asks no network for anything and runs no script but its own.

report.html holds its layout, style and script. All that comes from the page is put in as escaped text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cleanpage.render.palette import role_counts, safe
from cleanpage.render.template import facts, page_template

if TYPE_CHECKING:
    from cleanpage.document import Block, Document

MISSING_TITLE: Final = "A page without a title"


def render_report(document: Document, name: str = "") -> str:
    """Writes the report on a page.

    Args:
        document: The page.
        name: What the page is called where it was read, such as its file.

    Returns:
        An HTML document.
    """
    return page_template("report").substitute(
        language=safe(document.language or "und"),
        title=safe(document.title or name or MISSING_TITLE),
        facts=_facts(document, name),
        warnings="".join(f"<li>{safe(warning)}</li>" for warning in document.warnings),
        filters="".join(_filters(document)),
        blocks="".join(map(_row, document.blocks)),
        kept=safe(document.text),
    )


def _facts(document: Document, name: str) -> str:
    """Terms and descriptions of what is known of the whole page."""
    main_count = sum(block.is_main for block in document.blocks)
    page_type = f"{document.page_type} ({document.page_type_confidence:.2f})" if document.page_type else ""
    known = {
        "input": name,
        "address": document.url,
        "language": document.language,
        "type": page_type,
        "quality": f"{document.quality:.2f}",
        "blocks": f"{len(document)}, {main_count} of them main text",
    }
    return facts(known)


def _filters(document: Document) -> list[str]:
    return [
        f'<label class="{role}"><input type="checkbox" value="{role}" checked> '
        f'<span class="role">{role}</span> {count}</label>'
        for role, count in role_counts(document).items()
    ]


def _row(block: Block) -> str:
    """A block, with what is shown of it when it is hovered over or has the focus."""
    why = "".join(f"<li>{safe(reason)}</li>" for reason in block.reasons)
    place = block.path or (f"characters {block.start} to {block.end}" if block.start >= 0 else "")
    facts = " · ".join(filter(None, (f"confidence {block.confidence:.2f}", str(block.kind), block.language)))
    return (
        f'<li class="{block.role}" data-role="{block.role}"{" data-main" if block.is_main else ""} tabindex="0" '
        f'aria-describedby="why-{block.index}"><span class="role">{block.role}</span>'
        f'<span class="main">{"main text" if block.is_main else ""}</span>'
        f'<div class="text" dir="auto">{safe(block.text)}</div>'
        f'<div class="why" id="why-{block.index}" role="tooltip"><p>{block.index} · {safe(facts)}</p><ul>{why}</ul>'
        f"<code>{safe(place)}</code></div></li>\n"
    )
