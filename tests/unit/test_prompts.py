"""No role is learned by language: prompts in 34 languages, as bare paragraphs of an article and in a page around it.

The table is in tests/fixtures/prompts; `tests.prompts` makes its pages. A cell is right where the strongest signal
about the prompt is for its role. No single cell must be right: most of them must, in every language and every role.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from cleanpage import lexicon
from cleanpage.roles import CONTENT_ROLES, Role
from tests import prompts

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.prompts import Cell, Found

    IsRight = Callable[[Cell, Found], bool]

MIN_PROMPTS = 14
MIN_ROLES = 10
MIN_NEUTRAL = 6
MIN_LOOKALIKES = 2
MIN_SHARE = 0.95
"""Share of all cells that must be right."""

MIN_PART = 0.85
"""The same in every language and in every role."""

MIN_NEUTRAL_SHARE = 0.995
"""Share of the neutral paragraphs that must be content."""

SPEAKING_WEIGHT = 0.5
"""From here on a signal alone may turn a verdict."""

each_language = pytest.mark.parametrize("language", prompts.LANGUAGES)


@cache
def results() -> tuple[tuple[Cell, Found], ...]:
    """What is found in every cell of the table."""
    return tuple(
        (cell, prompts.look(prompts.page_of(cell))[cell.text])
        for language in prompts.LANGUAGES
        for cell in prompts.cells(language)
    )


@cache
def neutral() -> tuple[tuple[str, str, Found], ...]:
    """What is found in every neutral paragraph and look-alike: language, text, finding."""
    return tuple(
        (language, text, found)
        for language in prompts.LANGUAGES
        for text, found in prompts.look(prompts.neutral_page(language)).items()
    )


def signal_is_right(cell: Cell, found: Found) -> bool:
    """Whether nothing speaks louder than what speaks for the cell's role."""
    return cell.role in found.strongest


def verdict_is_right(cell: Cell, found: Found) -> bool:
    """Whether the block got the cell's role."""
    return found.verdict is cell.role


def report(is_right: IsRight) -> tuple[float, dict[str, float], str]:
    """The share of right cells, the shares by language and role, and the misses, written to be read."""
    parts: dict[str, list[bool]] = {}
    misses = []
    for cell, found in results():
        is_one = is_right(cell, found)
        for part in ("all", cell.language, cell.role.value):
            parts.setdefault(part, []).append(is_one)
        if not is_one:
            strongest = "/".join(sorted(found.strongest)) or "nothing"
            misses.append(
                f"{cell.role} {cell.language} {cell.place}: {cell.text!r} is {found.verdict}, "
                f"strongest signal {strongest} ({found.weight:.2f})"
            )
    shares = {part: sum(right) / len(right) for part, right in parts.items()}
    lines = [f"{share:.3f} {part}" for part, share in sorted(shares.items(), key=lambda item: item[1]) if share < 1]
    return shares.pop("all"), shares, "\n".join([*lines, *sorted(misses)])


def assert_enough(is_right: IsRight) -> None:
    """Asserts that enough cells are right, in all and in each language and role."""
    share, parts, misses = report(is_right)
    assert share >= MIN_SHARE, misses
    assert [part for part, part_share in parts.items() if part_share < MIN_PART] == [], misses


def test_every_lexicon_is_tried() -> None:
    """A language with a lexicon has its prompts."""
    assert lexicon.languages() == prompts.LANGUAGES


@each_language
def test_table_is_complete(language: str) -> None:
    """A language has enough prompts of enough roles, and enough text around them, each but once."""
    table = prompts.read(language)
    texts = [text for role in table["prompts"].values() for text in role]
    assert len(texts) >= MIN_PROMPTS
    assert len({Role(role) for role in table["prompts"]} - {*CONTENT_ROLES}) >= MIN_ROLES
    assert len(table["neutral"]) >= MIN_NEUTRAL
    assert len(table["lookalikes"]) >= MIN_LOOKALIKES
    everything = [*texts, *table["neutral"], *table["lookalikes"], *table["headlines"]]
    assert len(set(everything)) == len(everything)


def test_right_signal_is_strongest() -> None:
    """The words of a prompt say what it is, whatever the language and the place."""
    assert_enough(signal_is_right)


def test_right_role() -> None:
    """A prompt gets its role, whatever the language and the place."""
    assert_enough(verdict_is_right)


def test_neutral_paragraphs_are_content() -> None:
    """An article is content, whatever the language, and whatever it speaks of."""
    wrong = [(language, text, found.verdict) for language, text, found in neutral() if not found.verdict.is_content]
    assert len(wrong) <= (1 - MIN_NEUTRAL_SHARE) * len(neutral()), wrong


def test_neutral_paragraphs_look_like_no_prompt() -> None:
    """No detector says outright that a paragraph of an article is boilerplate."""
    wrong = [found for found in neutral() if found[2].weight >= SPEAKING_WEIGHT]
    assert len(wrong) <= (1 - MIN_NEUTRAL_SHARE) * len(neutral()), wrong
