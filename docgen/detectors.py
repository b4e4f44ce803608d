"""A page for each detector, from its module, its words, its names and its fixtures."""

from __future__ import annotations

import ast
import re
import tomllib
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from griffe import Docstring, DocstringAttribute, DocstringSectionAttributes, Parser

from cleanpage import lexicon
from cleanpage.detectors import DEFAULT
from docgen.examples import Example, examples_of
from docgen.markdown import code, codes, literal, spoken, table
from docgen.names import REASON_NAMES, role_of
from docgen.paths import PACKAGE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleanpage.detectors import Detector

FOLDER: Final = "detectors"
PART: Final = re.compile(r"^([A-Z][a-z ]+): ", re.MULTILINE)
"""How a part of a module's docstring begins."""

STRENGTHS: Final = {"sure": "says it alone", "likely": "mostly means it", "hint": "often means it"}
LINK_PARTS: Final = {
    "hosts": "hosts, with what is below them",
    "paths": "parts of the path",
    "ends": "the last part of the path, without parameters",
    "queries": "parameters",
    "anchors": "anchors",
    "schemes": "schemes",
}
TYPES: Final = {
    "tags": "tags",
    "aria_roles": "ARIA roles",
    "item_types": "schema.org types",
    "item_props": "schema.org properties",
    "field_types": "form fields",
}
MATCH_KINDS: Final = {
    "whole_block": "the whole block is the phrase",
    "starts": "the block starts with it",
    "anywhere": "it stands anywhere in a short block",
    "hint": "the word is often there, and says little alone",
}


def pages() -> Iterator[tuple[str, str]]:
    """The names and texts of all pages."""
    yield f"{FOLDER}/index.md", _index()
    for detector in DEFAULT:
        yield f"{FOLDER}/{detector.name}.md", _page(detector)


def _index() -> str:
    rows = [(f"[{code(detector.name)}]({detector.name}.md)", _summary(detector.name)) for detector in DEFAULT]
    return f"""# Detectors

A detector reads a page and says what speaks for its role; the [arbiter](../how-it-works.md#the-arbiter) weighs what all
of them say. They are asked in this order, and none knows of another. `Cleaner(disable=["sponsored"])` leaves one out by
its name, and [you can add your own](../add-a-detector.md).

{table(("detector", "what it finds"), rows)}

One more, `site_template`, is asked where a Cleaner has a [site template](../site-templates.md).

The pages of the detectors are made from their modules, the lexicons, `markup.toml` and the fixtures of the tests.
"""


def _page(detector: Detector) -> str:
    parts = [
        f"# {detector.name}",
        _summary(detector.name),
        _role_line(detector.name),
        *(f"**{title}:** {text}" for title, text in _parts(detector.name)),
        _words(detector.name),
        _markup(detector.name),
        _reasons(detector.name),
        _thresholds(detector),
        _examples(detector.name),
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


@cache
def _module(name: str) -> ast.Module:
    # Once compiled, modules and classes have no docstrings.
    return ast.parse((PACKAGE / "detectors" / f"{name}.py").read_text(encoding="utf-8"))


def _docstring(name: str) -> str:
    return ast.get_docstring(_module(name)) or ""


def _summary(name: str) -> str:
    """The first line of a detector's module."""
    return literal(_docstring(name).partition("\n")[0])


def _parts(name: str) -> list[tuple[str, str]]:
    """The parts of a module's docstring: what, why, evidence, false alarms."""
    pieces = PART.split(_docstring(name).partition("\n")[2])[1:]
    return [(title, " ".join(text.split())) for title, text in zip(pieces[::2], pieces[1::2], strict=True)]


def _role_line(name: str) -> str:
    role = role_of(name)
    if role is None:
        return "It is bound to no [role](../roles.md): a prompt in another language may have any."
    kind = "content" if role.is_content else "boilerplate"
    return f"It speaks for the role [{code(role)}](../roles.md#{role}), which is {kind}."


def _words(name: str) -> str:
    """The phrases of a detector's section of the lexicons: those in English, and how many there are in all."""
    if name not in lexicon.SECTIONS:
        return ""
    sections = [_lexicon(language).get(name, {}) for language in lexicon.languages()]
    english = _lexicon(lexicon.FALLBACK_LANGUAGE)[name]
    phrase_count = sum(len(phrases) for section in sections for phrases in section.values())
    counts = f"{phrase_count} phrases in {sum(map(bool, sections))} languages"
    parts = [f"## Words\n\nSection `[{name}]` of the [lexicons](../languages.md): {counts}. The English ones:"]
    for kind, meaning in MATCH_KINDS.items():
        if phrases := english.get(kind):
            parts.append(f'??? note "{kind}: {meaning} ({len(phrases)})"\n\n    {codes(phrases)}')
    return "\n\n".join(parts)


@cache
def _lexicon(language: str) -> dict[str, Any]:
    return tomllib.loads((PACKAGE / "lexicons" / f"{language}.toml").read_text(encoding="utf-8"))


@cache
def _markup_file() -> dict[str, Any]:
    return tomllib.loads((PACKAGE / "markup.toml").read_text(encoding="utf-8"))


def _markup(name: str) -> str:
    """What `markup.toml` has for a detector's role: names, links, and types with their weights."""
    role, markup = role_of(name), _markup_file()
    if role is None:
        return ""
    rows = [
        *_listed("name", markup["names"].get(role, {}), STRENGTHS),
        *_listed("link", markup["links"].get(role, {}), LINK_PARTS),
    ]
    folded = [f'??? note "{title} ({count})"\n\n    {listed}' for title, count, listed in rows]
    types = [
        (title, ", ".join(f"{code(entry)} {weight}" for entry, (other, weight) in markup[key].items() if other == role))
        for key, title in TYPES.items()
    ]
    types = [(title, entries) for title, entries in types if entries]
    parts = [
        "## Markup\n\nWhat `markup.toml` has for it. [No name is proof](../how-it-works.md#detectors-and-signals)."
    ]
    parts += folded
    parts += [table(("markup", "and its weight"), types)] if types else []
    return "\n\n".join(parts) if len(parts) > 1 else ""


def _listed(what: str, section: dict[str, list[str]], titles: dict[str, str]) -> Iterator[tuple[str, int, str]]:
    """The lists of a section: title, number of entries, entries."""
    for key, title in titles.items():
        if entries := section.get(key):
            yield f"{what}: {title}", len(entries), codes(entries)


def _reasons(name: str) -> str:
    """The reasons that a detector gives on its fixtures, one of each kind."""
    seen: dict[str, str] = {}
    for example in examples_of(name):
        for reason in example.reasons:
            seen.setdefault(reason.partition(":")[0], reason)
    if not seen:
        return ""
    listed = "\n".join(f"- {code(reason)}" for _, reason in sorted(seen.items()))
    others = "It may give other kinds: see [Reasons](../reasons.md#which-detector-gives-which)."
    if name in REASON_NAMES:
        others = "See [Reasons](../reasons.md#reasons-of-no-roles-detector)."
    return f"## Reasons\n\nOn the pages below, for example:\n\n{listed}\n\n{others}"


def _thresholds(detector: Detector) -> str:
    """The fields of a detector's class: what they mean and how they are set."""
    explained = _explained(detector)
    rows = [
        (code(field.name), code(repr(getattr(detector, field.name))), literal(explained[field.name]))
        for field in fields(detector)  # type: ignore[arg-type]
        if field.name != "name"
    ]
    if not rows:
        return ""
    shown = table(("threshold", "set to", "what it is"), rows)
    made = f"{type(detector).__module__}.{type(detector).__name__}"
    return f"## Thresholds\n\nThe fields of {code(made)}.\n\n{shown}"


def _explained(detector: Detector) -> dict[str, str]:
    """What the docstring of a detector's class says about its fields."""
    [text] = [
        ast.get_docstring(node) or ""
        for node in _module(detector.name).body
        if isinstance(node, ast.ClassDef) and node.name == type(detector).__name__
    ]
    attributes: list[DocstringAttribute] = [
        attribute
        for section in Docstring(text).parse(Parser.google, warnings=False)
        if isinstance(section, DocstringSectionAttributes)
        for attribute in section.value
    ]
    return {attribute.name: attribute.description for attribute in attributes}


def _examples(name: str) -> str:
    """All blocks of the fixtures: those it speaks about, and the look-alikes."""
    found = [example for example in examples_of(name) if example.is_found]
    others = [example for example in examples_of(name) if not example.is_found]
    rows = [(*_shown(example), code(example.reasons[0])) for example in found]
    return f"""## Examples

From `tests/fixtures/{name}`; all pages are invented. It must speak about these blocks:

{table(("block", "page", "strongest reason"), rows)}

And say nothing about these:

{table(("block", "page"), map(_shown, others))}"""


def _shown(example: Example) -> tuple[str, str]:
    return spoken(example.text, example.language), literal(example.page)
