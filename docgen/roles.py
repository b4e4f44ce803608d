"""Examples of each role, from the fixtures of its detector."""

from __future__ import annotations

from typing import Final

from cleanpage.detectors import DEFAULT
from cleanpage.roles import Role
from docgen.examples import Example, examples_of
from docgen.markdown import literal, spoken, table
from docgen.names import role_of

MAX_EXAMPLES: Final = 3
"""Examples of a role, and look-alikes: the detector's own page has all."""


def role_examples() -> str:
    """A section for each role: blocks that have it, and blocks that only look like it."""
    detectors = {role_of(detector.name): detector.name for detector in reversed(DEFAULT)}
    return "\n\n".join(_section(role, detectors[role]) for role in Role)


def _section(role: Role, detector: str) -> str:
    found = _few([example for example in examples_of(detector) if example.is_found])
    others = _few([example for example in examples_of(detector) if not example.is_found])
    rows = [*(("yes", *_shown(example)) for example in found), *(("no", *_shown(example)) for example in others)]
    more = f"More in [the page of its detector](detectors/{detector}.md#examples)."
    return f"### {role}\n\n{table(('', 'block', 'page'), rows)}\n\n{more}"


def _few(examples: list[Example]) -> list[Example]:
    """The first example in each language, and no more than MAX_EXAMPLES."""
    return list({example.language: example for example in reversed(examples)}.values())[::-1][:MAX_EXAMPLES]


def _shown(example: Example) -> tuple[str, str]:
    return spoken(example.text, example.language), literal(example.page)
