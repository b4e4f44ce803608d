"""The HTML files to look at: templates, their common style, the policy that lets nothing run but their script."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib import resources
from string import Template
from typing import TYPE_CHECKING

from cleanpage.render.palette import PALETTE, safe

if TYPE_CHECKING:
    from collections.abc import Mapping


@cache
def page_template(name: str) -> Template:
    """A template, with the common style, and with a content security policy that names its one script by its hash.

    All that is put in has to be escaped; the policy stands behind that.

    Args:
        name: Its file in this folder, without the suffix.
    """
    text = _read(f"{name}.html")
    sources = f"default-src 'none'; style-src 'unsafe-inline'; script-src {script_source(text)}"
    policy = f"{sources}; base-uri 'none'; form-action 'none'"
    return Template(Template(text.rstrip()).safe_substitute(policy=policy, style=_read("report.css") + _paints()))


def script_source(page: str) -> str:
    """The script of a page, as a content security policy names it."""
    script = page.partition("<script>")[2].partition("</script>")[0]
    return f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"


def facts(known: Mapping[str, object]) -> str:
    """Terms and descriptions, of those that have one."""
    return "".join(f"<div><dt>{term}</dt><dd>{safe(value)}</dd></div>" for term, value in known.items() if value)


def _read(name: str) -> str:
    return resources.files("cleanpage").joinpath("render", name).read_text(encoding="utf-8")


def _paints() -> str:
    return "\n".join(
        f".{role} {{ --paint: {paint.color}; --ink: {paint.ink}; --stroke: {paint.stroke}; }}"
        for role, paint in PALETTE.items()
    )
