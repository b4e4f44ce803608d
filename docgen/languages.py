"""The languages that cleanpage has words for, from the TOML files that hold them."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from babel import Locale

from cleanpage import lexicon
from docgen.examples import FIXTURES
from docgen.markdown import code, codes, spoken, table
from docgen.paths import PACKAGE

if TYPE_CHECKING:
    from pathlib import Path


def language_table() -> str:
    """A row for each language: its name, how many phrases it has, what it is searched together with."""
    together = {
        language: [other for other in group if other != language] for group in lexicon.CONFUSABLE for language in group
    }
    rows = [
        (
            code(language),
            Locale(language).get_language_name("en"),
            spoken(Locale(language).get_language_name(language) or "", language),
            _phrase_count(PACKAGE / "lexicons" / f"{language}.toml"),
            _prompt_count(FIXTURES / "prompts" / f"{language}.toml"),
            codes(together.get(language, ())),
        )
        for language in lexicon.languages()
    ]
    return table(
        ("code", "language", "its own name", "phrases", "prompts in the tests", "searched together with"), rows
    )


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _phrase_count(path: Path) -> int:
    sections = _read(path)
    return sum(len(phrases) for name in lexicon.SECTIONS & sections.keys() for phrases in sections[name].values())


def _prompt_count(path: Path) -> int:
    return sum(map(len, _read(path)["prompts"].values()))
