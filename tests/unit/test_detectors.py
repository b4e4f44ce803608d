"""Tests of the detectors: each on its own fixtures, and what all of them promise on any page."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import FrozenInstanceError, fields
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeGuard

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanpage import language, lexicon
from cleanpage.detectors import DEFAULT
from cleanpage.detectors.base import MAX_DETAIL_CHARS, reason
from cleanpage.page import Page
from cleanpage.parse import parse
from cleanpage.plaintext import segment_text
from cleanpage.roles import BOILERPLATE_ROLES, CONTENT_ROLES, Role
from cleanpage.segment import segment
from docgen.names import reason_name, role_of

if TYPE_CHECKING:
    from cleanpage.detectors import Detector
    from cleanpage.page import Signal

FIXTURES = Path(__file__).parents[1] / "fixtures"
DETECTORS = {detector.name: detector for detector in DEFAULT}
CASES = sorted(path.parent for name in DETECTORS for path in (FIXTURES / name).glob("*/input.*"))
MIN_CASES = 6
"""Cases where a detector must speak, and cases with a look-alike where it must be silent."""

MIN_LANGUAGES = 5
"""Languages of a detector's cases."""

EVIDENCE = {"phrase", "hint", "markup", "link", "schema", "position", "repeat", "similarity", "shape"}
REASON = re.compile(r"(\w+)\.(\w+):(.+)", re.DOTALL)


def page_of(text: str, *, is_html: bool = True) -> Page:
    """A page as the detectors get it."""
    if is_html:
        root = parse(text)
        page = Page() if root is None else segment(root)
    else:
        page = segment_text(text)
    language.identify(page)
    page.phrase_hits = lexicon.find_phrases(page)
    return page


def signals_of(detector: Detector, page: Page) -> list[Signal]:
    """The signals of one detector."""
    return list(detector.signals(page))


def names_speaking(page: Page) -> list[set[str]]:
    """For each block the names of the detectors that say something about it."""
    speaking: list[set[str]] = [set() for _ in page.texts]
    for name, detector in DETECTORS.items():
        for signal in detector.signals(page):
            for block in signal.blocks:
                speaking[block].add(name)
    return speaking


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_case(case: Path) -> None:
    """A fixture's blocks get the signals that it asks for, and none that it rules out."""
    expected: dict[str, Any] = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    (path,) = case.glob("input.*")
    page = page_of(path.read_text(encoding="utf-8"), is_html=path.suffix == ".html")
    assert page.language == expected["language"], expected["why"]
    speaking = names_speaking(page)
    for wanted in expected["blocks"]:
        assert wanted["text"] in page.texts
        names = speaking[page.texts.index(wanted["text"])]
        assert names >= set(wanted.get("signals", ())), (expected["why"], wanted)
        assert names.isdisjoint(wanted.get("not", ())), (expected["why"], wanted)


@pytest.mark.parametrize("name", DETECTORS)
def test_detector_has_cases_of_both_kinds(name: str) -> None:
    """Each detector has blocks where it must speak and look-alikes where it must be silent, in several languages."""
    cases = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((FIXTURES / name).glob("*/expected.json"))]
    speaking = [case for case in cases if any(name in block.get("signals", ()) for block in case["blocks"])]
    silent = [case for case in cases if any(name in block.get("not", ()) for block in case["blocks"])]
    assert len(speaking) >= MIN_CASES
    assert len(silent) >= MIN_CASES
    assert len({case["language"] for case in cases}) >= MIN_LANGUAGES


@pytest.mark.parametrize("name", DETECTORS)
def test_case_names_only_detectors(name: str) -> None:
    """A fixture names detectors that exist: a misspelt name would rule out nothing."""
    for path in (FIXTURES / name).glob("*/expected.json"):
        for block in json.loads(path.read_text(encoding="utf-8"))["blocks"]:
            assert {*block.get("signals", ()), *block.get("not", ())} <= set(DETECTORS), path


@pytest.mark.parametrize("name", DETECTORS)
def test_detector_is_frozen(name: str) -> None:
    """A detector is an immutable value, so that threads may share it."""
    detector: Any = DETECTORS[name]
    with pytest.raises(FrozenInstanceError):
        detector.name = "other"
    assert detector == type(detector)()
    assert hash(detector) == hash(type(detector)())


def is_class_of(node: ast.stmt, detector: Detector) -> TypeGuard[ast.ClassDef]:
    """Whether a part of a module is the class of a detector."""
    return isinstance(node, ast.ClassDef) and node.name == type(detector).__name__


@pytest.mark.parametrize("name", DETECTORS)
def test_docstring_headings(name: str) -> None:
    """A detector's module says what it finds, why, how and where it errs; its class explains its fields."""
    # once compiled, they have no docstrings
    source = resources.files("cleanpage.detectors").joinpath(f"{name}.py").read_text(encoding="utf-8")
    tree = ast.parse(source)
    lines = (ast.get_docstring(tree) or "").splitlines()
    for heading in ("What:", "Evidence:", "Known false alarms:"):
        assert sum(line.startswith(heading) for line in lines) == 1, heading
    assert any(line.startswith(("Why not content:", "Why it is content:")) for line in lines)
    [explained] = [ast.get_docstring(node) or "" for node in tree.body if is_class_of(node, DETECTORS[name])]
    for field in fields(type(DETECTORS[name])):  # type: ignore[arg-type]
        assert field.name == "name" or f"{field.name}:" in explained, field.name


def test_weights_are_probabilities() -> None:
    """Thresholds that are weights lie between 0 and 1."""
    for detector in DEFAULT:
        for field in fields(detector):  # type: ignore[arg-type]
            if field.name.endswith(("_weight", "_factor")):
                value = getattr(detector, field.name)
                assert 0 < value <= 2, field.name
                assert field.name.endswith("_factor") or value <= 1, field.name


def assert_sound(page: Page) -> None:
    """Asserts what every detector promises about its signals."""
    for name, detector in DETECTORS.items():
        signals = signals_of(detector, page)
        assert signals == signals_of(detector, page), "the same page, the same signals"
        for signal in signals:
            assert 0 <= signal.block < (signal.block_end or signal.block + 1) <= len(page)
            assert 0 < signal.weight <= 1
            assert isinstance(signal.role, Role)
            match = REASON.fullmatch(signal.reason)
            assert match, signal.reason
            evidence = {"stray", "foreign"} if name == "stray_language" else EVIDENCE
            assert match[1] == reason_name(name)
            assert match[2] in evidence
            assert len(match[3]) <= MAX_DETAIL_CHARS
            assert "\n" not in match[3]
            if name != "main_content" and (role := role_of(name)):  # that one speaks for other content as well
                assert signal.role is role


TAGS = st.sampled_from(
    ["div", "p", "li", "ul", "h1", "h3", "a", "span", "nav", "article", "table", "td", "form", "figcaption"]
)
NAMES = st.sampled_from(
    ["", "related", "share-bar", "ad", "comment-list", "entry-content", "login", "x", "#footer", "newsletter"]
)
WORDS = st.sampled_from(
    [
        "Log in.",
        "Share",
        "Related",
        "Anzeige",
        "© 2031",
        "12.03.2031",
        "1/2",
        "Nous utilisons des cookies.",
        "広告",
        "!?",
        "...",
    ]
)
LINKS = st.sampled_from(
    ["", "#", "/login", "https://x.com/a", "mailto:a@b.c?subject=x", "javascript:void(0)", "//:", "http://["]
)


@st.composite
def markup(draw: st.DrawFn) -> str:
    """Any small tree of tags with telling and odd names, links and words."""
    parts = []
    for _ in range(draw(st.integers(0, 12))):
        tag, name, words = draw(TAGS), draw(NAMES), " ".join(draw(st.lists(WORDS, max_size=8)))
        parts.append(f'<{tag} class="{name}" href="{draw(LINKS)}">{words}')
        if draw(st.booleans()):
            parts.append(f"</{tag}>")
    return "".join(parts)


@given(markup())
def test_signals_are_sound_on_any_tree(text: str) -> None:
    """No tree of tags makes a detector raise or say something out of range."""
    assert_sound(page_of(f"<html><body>{text}</body></html>"))


@given(st.text(max_size=300))
def test_signals_are_sound_on_any_text(text: str) -> None:
    """No plain text does either."""
    assert_sound(page_of(text, is_html=False))


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_signals_are_sound_with_any_head(title: str, site: str, author: str) -> None:
    """What a page declares about itself may be anything."""
    page = page_of("<p>One</p><h1>Two words</h1><p>Three</p>")
    page.head.title = title
    page.head.meta = {"og:title": title, "og:site_name": site, "author": author, "og:url": site, "generator": author}
    page.head.json_ld = [f'{{"headline": {title}, "author": [{author}', json.dumps({"author": {"name": author}})]
    assert_sound(page)


def test_empty_page() -> None:
    """A page without blocks gets no signals."""
    for detector in DEFAULT:
        assert signals_of(detector, page_of("")) == []


def test_no_class_name_deletes_an_article() -> None:
    """Names that stand around most of the running text say nothing against it, whatever they are."""
    text = "The harbour office counted forty-one boats on Monday, twice as many as in the same week a year ago. " * 3
    names = "related sponsored ad comments paywall newsletter cookie-banner login share footer author-bio legal teaser"
    page = page_of(
        f'<html lang="en"><body><div class="{names}"><p>{text}</p><p>{text}</p><p>{text}</p></div></body></html>'
    )
    for name, detector in DETECTORS.items():
        for signal in detector.signals(page):
            assert signal.role in CONTENT_ROLES, (name, signal)


def test_paragraphs_with_their_own_bad_name_fade() -> None:
    """A name on each paragraph weighs less the more text the paragraph has."""
    short = '<div class="related"><p>Boats and more boats are here.</p></div>'
    long_text = "The harbour office counted forty-one boats on Monday and wrote their names in the book. " * 10
    page = page_of(
        f'<html lang="en"><body>{short}<div class="related"><p>{long_text}</p></div>'
        f"<div><p>{long_text}</p><p>{long_text}</p><p>{long_text}</p></div></body></html>"
    )
    weights = {signal.block: signal.weight for signal in DETECTORS["related"].signals(page) if "name=" in signal.reason}
    assert weights[0] > 1.3 * weights[1]


def test_reason_is_one_short_line() -> None:
    """A detail is folded onto one line and cut."""
    assert reason("related", "phrase", "read\n  also") == "related.phrase:read also"
    assert len(reason("related", "phrase", "x" * 500)) == len("related.phrase:") + MAX_DETAIL_CHARS


def test_every_boilerplate_role_has_a_detector() -> None:
    """Nothing that a page may hold is without a detector."""
    assert set(BOILERPLATE_ROLES) <= set(DETECTORS)


@pytest.mark.parametrize("shape", ["flat", "deep", "links", "labels"])
def test_work_is_linear(shape: str) -> None:
    """Twice the page takes about twice the signals' work, counted in calls of Python functions, not in time."""
    shapes = {
        "flat": lambda n: "<p>Share</p>" * n,
        "deep": lambda n: '<div class="related">' * n + "<p>Read also</p>" + "</div>" * n,
        "links": lambda n: '<ul class="nav">' + '<li><a href="/login">Log in</a></li>' * n + "</ul>",
        "labels": lambda n: "<div><h3>Related</h3><p>More</p>" * n,
    }
    small, large = (work_of(page_of(f'<html lang="en"><body>{shapes[shape](n)}</body></html>')) for n in (150, 300))
    assert large <= 2.6 * small


def work_of(page: Page) -> int:
    """How many blocks all signals speak about, plus the signals: what a page costs to detect and to weigh."""
    return sum(1 + len(signal.blocks) for detector in DEFAULT for signal in detector.signals(page))


def test_docs_example_of_a_detector() -> None:
    """The detector that the docs add is ten lines long, promises what all do, and its reason is told."""
    page = Path(__file__).parents[2] / "docs" / "add-a-detector.md"
    code = re.findall(r"^```python\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)[0]
    lines = code[code.index("class ") : code.index("\n\n\ncleaner = ")].splitlines()
    assert len([line for line in lines if line.strip()]) <= 10
    names: dict[str, Any] = {}
    exec(compile(code, str(page), "exec", dont_inherit=True), names)
    own = names["cleaner"].detectors[-1]
    assert isinstance(own, names["Weather"])
    (weather, council) = names["doc"].blocks
    assert weather.role is Role.INTERFACE
    assert "weather.shape:temperature" in weather.reasons
    assert not weather.is_main
    assert council.is_main
    [signal] = own.signals(page_of("<p>Oslo 3 °C</p><p>No degrees here</p>"))
    assert (signal.block, signal.role) == (0, Role.INTERFACE)
