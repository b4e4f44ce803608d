"""The fixtures of the tests as examples: which blocks a detector speaks about, and which only look like it."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cleanpage import pipeline
from cleanpage.plaintext import segment_text
from docgen.names import reason_name
from docgen.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cleanpage.page import Page, Signal

FIXTURES: Final = ROOT / "tests" / "fixtures"


class Example(NamedTuple):
    """A block of a fixture.

    Attributes:
        page: What the page is.
        language: Its language.
        text: The block's text.
        is_found: Whether the detector speaks about it; else it must be silent.
        reasons: What it says, the strongest first.
    """

    page: str
    language: str
    text: str
    is_found: bool
    reasons: tuple[str, ...]


@cache
def examples_of(detector: str) -> tuple[Example, ...]:
    """The blocks that the fixtures of a detector ask about."""
    return tuple(
        Example(case["why"], case["language"], block["text"], is_found, _reasons(path, detector, block["text"]))
        for path, case in _cases(detector)
        for block in case["blocks"]
        for is_found in (True, False)
        if detector in block.get("signals" if is_found else "not", ())
    )


def _cases(detector: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The pages of a detector's fixtures, and what is expected of them."""
    for path in sorted((FIXTURES / detector).glob("*/input.*")):
        yield path, json.loads(path.with_name("expected.json").read_text(encoding="utf-8"))


@cache
def _evidence(path: Path) -> tuple[Page, list[Signal]]:
    """A fixture's page, and what all detectors say about it."""
    text = path.read_text(encoding="utf-8")
    evidence = (
        pipeline.evidence_of_html(text.encode()) if path.suffix == ".html" else pipeline.gather(segment_text(text))
    )
    assert evidence is not None, f"{path} has no blocks"
    return evidence.page, evidence.signals


def _reasons(path: Path, detector: str, text: str) -> tuple[str, ...]:
    """What a detector says about a block."""
    page, signals = _evidence(path)
    block = page.texts.index(text)
    head = f"{reason_name(detector)}."
    own = [signal for signal in signals if signal.reason.startswith(head) and block in signal.blocks]
    return tuple(dict.fromkeys(signal.reason for signal in sorted(own, key=lambda signal: -signal.weight)))
