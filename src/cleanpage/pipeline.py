"""The flow from input to evidence: page, detectors' signals, features. The arbiter takes it from there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleanpage import features, language, lexicon
from cleanpage.detectors import DEFAULT
from cleanpage.inputs import read_page
from cleanpage.plaintext import segment_text
from cleanpage.segment import segment

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cleanpage.detectors.base import Detector
    from cleanpage.features import Features
    from cleanpage.page import Page, Signal


@dataclass(slots=True)
class Evidence:
    """What is known about a page before anything is decided."""

    page: Page
    signals: list[Signal]
    features: Features


def gather(
    page: Page,
    detectors: Sequence[Detector] = DEFAULT,
    lexicons: Sequence[lexicon.Lexicon] = (),
    check: Callable[[], None] = lambda: None,
) -> Evidence:
    """Identifies languages, finds phrases, runs the detectors and computes the features of a page.

    Args:
        page: The page; languages and phrases are written into it.
        detectors: What is asked about it.
        lexicons: Searched beside those of cleanpage.
        check: Called between the steps; what it raises ends them.
    """
    check()
    language.identify(page)
    check()
    page.phrase_hits = lexicon.find_phrases(page, lexicons)
    signals: list[Signal] = []
    for detector in detectors:
        check()
        signals.extend(detector.signals(page))
    check()
    return Evidence(page, signals, features.compute(page, signals))


def page_of(html: bytes, url: str = "") -> Page | None:
    """An HTML page cut into blocks; None where it has none."""
    source = read_page(html, url=url)
    page = segment(source.root, url=url) if source.root is not None else None
    return page if page is not None and len(page) else None


def evidence_of_html(html: bytes, url: str = "") -> Evidence | None:
    """The evidence on an HTML page, for training; None where it has no blocks."""
    page = page_of(html, url)
    return gather(page) if page is not None else None


def evidence_of_text(text: str) -> Evidence | None:
    """The evidence on a plain-text page, for training; None where it has no blocks."""
    page = segment_text(text)
    return gather(page) if len(page) else None
