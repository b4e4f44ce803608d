"""Filter lists in EasyList's syntax: what they hide of a page is evidence of one more detector, and no main text.

The adblock library (Brave's engine) reads the lists, and tells which element-hiding rules hold on a site, exceptions
taken off; cssselect finds their elements in the tree. Network rules and procedural rules are passed over.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from cleanpage.detectors.base import reason
from cleanpage.detectors.evidence import MAX_PROSE_SHARE, evidence_of
from cleanpage.errors import ConfigError
from cleanpage.page import FilterHit, Signal
from cleanpage.roles import BOILERPLATE_ROLES, ROLE_INDEX, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from lxml import etree

    from cleanpage.arbiter import Verdict
    from cleanpage.page import Page
    from cleanpage.segment import Slot

    Find = Callable[[etree._Element], list[etree._Element]]

UNKNOWN_URL: Final = "https://unknown.invalid/"
"""Stands for the address of a page that does not tell its own: only rules for all sites hold there."""

RULE_WEIGHT: Final = 0.95
"""What a rule says about a block: lists are made by hand and kept up, but a rule may hide a box with a text in it."""

MIN_HIDDEN_SHARE: Final = 0.5
"""Share of a block's characters that must be hidden for the block to be."""


class FilterLists:
    """Filter lists, ready to be asked what they hide. Safe to use from several threads once built."""

    def __init__(self, lists: Iterable[str | Path | tuple[str | Path, str]]) -> None:
        """Reads the lists.

        Args:
            lists: Files; each alone, or with the role of what it hides, which is sponsored unless told otherwise.

        Raises:
            ConfigError: A file cannot be read, a role is not one of boilerplate, or the libraries are not installed.
        """
        texts: dict[Role, list[str]] = {}
        for entry in lists:
            path, role = entry if isinstance(entry, tuple) else (entry, Role.SPONSORED)
            texts.setdefault(_role_of(role), []).append(_read(Path(path)))
        self._engines = {role: _engine_of(of_role) for role, of_role in texts.items()}
        self._finders: dict[str, Find | None] = {}

    def find(self, root: etree._Element, page: Page) -> list[FilterHit]:
        """What the lists hide of a page.

        Args:
            root: The tree that the page was segmented from.
            page: The page.

        Returns:
            Runs of blocks hidden by one rule each; none of a page that the lists leave alone.
        """
        hidden = {role: self._hidden_elements(root, page, engine) for role, engine in self._engines.items()}
        if not any(hidden.values()):
            return []
        from cleanpage.segment import trace

        slots = trace(root, page)
        return [hit for role, elements in hidden.items() if elements for hit in _hits(slots, elements, role)]

    def _hidden_elements(self, root: etree._Element, page: Page, engine: Any) -> dict[etree._Element, str]:
        """The elements that the rules of an engine hide, each with the selector of one rule that does."""
        resources = engine.url_cosmetic_resources(page.address or UNKNOWN_URL)
        classes = {name for element in root.iter("*") for name in element.get("class", "").split()}
        ids = {element.get("id", "").strip() for element in root.iter("*")}
        found = engine.hidden_class_id_selectors(sorted(classes), sorted(ids), resources.exceptions)
        elements: dict[etree._Element, str] = {}
        for selector in sorted({*resources.hide_selectors, *found}):
            find = self._finder_of(selector)
            for element in find(root) if find is not None else ():
                elements.setdefault(element, selector)
        return elements

    def _finder_of(self, selector: str) -> Find | None:
        """What finds the elements of a selector; None where it means something only in a browser."""
        if selector not in self._finders:
            from cssselect import SelectorError
            from lxml.cssselect import CSSSelector
            from lxml.etree import XPathError

            try:
                self._finders[selector] = cast("Find", CSSSelector(selector, translator="html"))
            except (SelectorError, XPathError):
                self._finders[selector] = None
        return self._finders[selector]


def _role_of(name: str) -> Role:
    if name not in BOILERPLATE_ROLES:
        raise ConfigError(f"filter_lists: {name!r} is no role of boilerplate; there are {', '.join(BOILERPLATE_ROLES)}")
    return Role(name)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"filter_lists: {path} cannot be read ({error}); give a text file in UTF-8") from error


def _engine_of(texts: Iterable[str]) -> Any:
    try:
        import adblock
        import cssselect  # noqa: F401 - better missed here than on the first page
    except ImportError as error:
        raise ConfigError(f"filter_lists need {error.name}: pip install 'cleanpage[filters]'") from error
    rules = adblock.FilterSet()
    for text in texts:
        rules.add_filter_list(text, rule_types="cosmeticonly")
    return adblock.Engine(rules)


def _hits(slots: Sequence[Sequence[Slot]], elements: dict[etree._Element, str], role: Role) -> Iterator[FilterHit]:
    """The runs of blocks most of whose text stands in some elements.

    Args:
        slots: The stretches of text of each block (`segment.trace`).
        elements: The elements, with the selector that found each.
        role: What they are.
    """
    known: dict[etree._Element | None, str] = {None: ""} | dict(elements.items())
    first, last_selector = 0, ""
    for block, block_slots in enumerate([*slots, ()]):
        selector = _selector_of(block_slots, known)
        if selector == last_selector:
            continue
        if last_selector:
            yield FilterHit(first, block, role, last_selector)
        first, last_selector = block, selector


def _selector_of(block_slots: Sequence[Slot], known: dict[etree._Element | None, str]) -> str:
    """The selector that hides most of a block; '' where half of it or more is shown."""
    counts: Counter[str] = Counter()
    for element, is_tail in block_slots:
        text = element.tail if is_tail else element.text
        counts[_selector_above(element.getparent() if is_tail else element, known)] += len((text or "").strip())
    selector, count = max(counts.items(), key=lambda item: (item[1], item[0]), default=("", 0))
    return selector if count > MIN_HIDDEN_SHARE * counts.total() else ""


def _selector_above(element: etree._Element | None, known: dict[etree._Element | None, str]) -> str:
    """The selector that hides an element or the nearest around it, '' where none does; each is looked at once."""
    passed = []
    while element not in known:
        assert element is not None
        passed.append(element)
        element = element.getparent()
    selector = known[element]
    known.update(dict.fromkeys(passed, selector))
    return selector


def heeded(page: Page) -> Iterator[FilterHit]:
    """What the lists hide, but for rules that hide most of the page's running text: no rule may delete an article."""
    prose_before = evidence_of(page).prose_before
    for hit in page.filter_hits:
        if prose_before[hit.block_end] - prose_before[hit.block] <= MAX_PROSE_SHARE * prose_before[-1]:
            yield hit


def take_out(page: Page, verdict: Verdict) -> None:
    """Takes what the lists hide out of the main text, whatever the arbiter thinks of it: the caller's word, as `drop`.

    Args:
        page: The page.
        verdict: What was decided about it; changed in place.
    """
    for hit in heeded(page):
        for block in range(hit.block, hit.block_end):
            verdict.is_main[block] = False
            if verdict.role(block).is_content:
                verdict.roles[block] = ROLE_INDEX[hit.role]
                verdict.confidences[block] = RULE_WEIGHT


@dataclass(frozen=True, slots=True)
class FilterListDetector:
    """Speaks about what filter lists hide.

    Attributes:
        weight: Weight of a rule.
    """

    name: str = "filter_list"
    weight: float = RULE_WEIGHT

    def signals(self, page: Page) -> Iterator[Signal]:
        """Yields evidence for the roles of the lists."""
        for hit in heeded(page):
            for block in range(hit.block, hit.block_end):  # each is meant, not only the container that they share
                yield Signal(block, hit.role, self.weight, reason(self.name, "rule", hit.selector))
