"""The entry points: clean a page, clean a plain-text dump, or build a Cleaner once and reuse it."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cleanpage.collector import collector_paused
from cleanpage.config import Config
from cleanpage.document import Block, Document
from cleanpage.errors import ConfigError
from cleanpage.inputs import read_page, read_text
from cleanpage.roles import CHOICES, CONTENT_ROLES, ROLE_INDEX, Role
from cleanpage.source import PageSource

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from lxml import etree

    from cleanpage.arbiter import Verdict
    from cleanpage.detectors.base import Detector
    from cleanpage.page import Page
    from cleanpage.pipeline import Evidence

BETAS = {"precision": 0.5, "balance": 1.0, "recall": 2.0}
"""Weight of recall against precision for each value of ``favor``."""


class Cleaner:
    """Cleans pages with one set of options; build it once and reuse it. It holds no state of the pages it cleaned."""

    def __init__(
        self,
        config: Config | None = None,
        *,
        detectors: Sequence[Detector] = (),
        lexicons: Sequence[str | Path] = (),
        **options: Any,
    ) -> None:
        """Checks the options and loads what the caller brings.

        Args:
            config: The options; None takes the defaults.
            detectors: Detectors of the caller's own, asked after the built-in ones.
            lexicons: Lexicon files of the caller's own, searched on every page.
            **options: Fields of Config by name, in place of ``config``.

        Raises:
            ConfigError: An option is unknown, or has a value that means nothing.
            LexiconError: A lexicon file cannot be read.
        """
        from cleanpage import lexicon
        from cleanpage.detectors import DEFAULT

        self.config = make_config(config, options)
        names = {detector.name for detector in DEFAULT}
        if unknown := set(self.config.disable) - names:
            raise ConfigError(
                f"disable: no detector is named {', '.join(sorted(unknown))}; there are {', '.join(sorted(names))}"
            )
        self.detectors = tuple(d for d in DEFAULT if d.name not in self.config.disable) + tuple(detectors)
        self.is_portable = not detectors and not lexicons
        self.lexicons = tuple(lexicon.read_lexicon(Path(path)) for path in lexicons)

    def clean(self, page: object, url: str | None = None) -> Document:
        """Names every block of a web page.

        Args:
            page: bytes, str (the page itself, never a file name), lxml element or tree, BeautifulSoup object, a
                response or file object with bytes, or a pathlib.Path.
            url: Where the page is from; a response brings its own.

        Returns:
            The document. A page with nothing in it gives a document without blocks, and a warning that says why.

        Raises:
            InputError: The input is not a page.
            PageTooLarge: The input is over ``max_bytes``.
        """
        from cleanpage.segment import segment

        source = read_page(page, url=url, max_bytes=self.config.max_bytes)
        if source.root is None:
            return Document(blocks=(), url=source.url, warnings=tuple(source.warnings))
        with collector_paused():
            table = segment(source.root, url=source.url, max_blocks=self.config.max_blocks)
            table.warnings = source.warnings + table.warnings
            return self._decide(table, source.text, source.root)

    def clean_text(self, dump: object) -> Document:
        """Names every block of a plain-text page dump.

        Args:
            dump: str (the text itself), bytes, a file object or a pathlib.Path.

        Returns:
            The document; its blocks have character offsets into the decoded dump.

        Raises:
            InputError: The input is not text.
            PageTooLarge: The input is over ``max_bytes``.
        """
        from cleanpage.plaintext import segment_text

        text = read_text(dump, max_bytes=self.config.max_bytes)
        with collector_paused():
            return self._decide(segment_text(text, max_blocks=self.config.max_blocks), text, None)

    def _decide(self, page: Page, text: str, root: etree._Element | None) -> Document:
        from cleanpage import arbiter, guard
        from cleanpage.pipeline import gather

        if not len(page):
            warnings = page.warnings or ["empty: there is no visible text"]
            return Document(blocks=(), title=page.head.title, url=page.url, warnings=tuple(warnings))
        evidence = gather(page, self.detectors, self.lexicons)
        verdict = arbiter.judge(evidence, BETAS[self.config.favor], self.config.weights)
        source = PageSource(text=text, root=root, page=page)
        guard.protect(page, verdict, source)
        choose_main_text(page, verdict, self.config)
        return Document(
            blocks=lambda: make_blocks(evidence, verdict),
            title=title_of(page, verdict),
            language=page.language,
            url=page.url,
            page_type=verdict.page_type,
            page_type_confidence=round(verdict.page_type_confidence, 4),
            quality=round(verdict.quality, 4),
            warnings=tuple(page.warnings + verdict.warnings),
            source=source,
        )


def make_config(config: Config | None, options: dict[str, Any]) -> Config:
    """Joins a Config and single options, and checks their values."""
    known = [field.name for field in fields(Config)]
    if unknown := set(options) - set(known):
        raise ConfigError(f"no option is named {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    if config is not None and options:
        raise ConfigError("give either a Config or single options, not both")
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in options.items()
    }
    made = config or Config(**values)
    _check_values(made)
    return made


def _check_values(made: Config) -> None:
    """Refuses values that mean nothing."""
    for name in ("max_bytes", "max_blocks"):
        if not isinstance(limit := getattr(made, name), int) or limit < 1:
            raise ConfigError(f"{name}={limit!r} means nothing; give a whole number above 0")
    for name in ("disable", "keep", "drop"):
        if isinstance(names := getattr(made, name), str):
            raise ConfigError(f"{name}={names!r} is one name; give a list of names")
    if made.favor not in BETAS:
        raise ConfigError(f"favor={made.favor!r} means nothing; use {', '.join(BETAS)}")
    for name in ("keep", "drop"):
        for chosen in getattr(made, name):
            if chosen not in CHOICES:
                raise ConfigError(f"{name}: no role or kind is named {chosen!r}; there are {', '.join(CHOICES)}")
    if both := set(made.keep) & set(made.drop):
        raise ConfigError(f"keep and drop both name {', '.join(sorted(both))}; take it out of one of them")


def choose_main_text(page: Page, verdict: Verdict, config: Config) -> None:
    """Takes into the main text, and out of it, what the caller wants there whatever the arbiter thinks of it.

    Args:
        page: The page.
        verdict: What was decided about it; ``is_main`` is changed.
        config: Its ``keep`` and ``drop`` are read; what both hit is dropped.
    """
    for name in config.keep:
        # A table in a sidebar is one as well: its structure alone does not make a block content.
        verdict.is_main |= _blocks_of(name, page, verdict) & (
            (name in ROLE_INDEX) | (verdict.roles < len(CONTENT_ROLES))
        )
    for name in config.drop:
        verdict.is_main &= ~_blocks_of(name, page, verdict)


def _blocks_of(name: str, page: Page, verdict: Verdict) -> np.ndarray:
    """Which blocks have the role of this name; if there is none, the kind."""
    import numpy as np

    if name in ROLE_INDEX:
        return np.asarray(verdict.roles == ROLE_INDEX[Role(name)])
    return np.fromiter((kind == name for kind in page.kinds), dtype=bool, count=len(page))


def title_of(page: Page, verdict: Verdict) -> str:
    """The page's headline: its surest title block, else what the page calls itself."""
    titles = [block for block in range(len(page)) if verdict.roles[block] == ROLE_INDEX[Role.TITLE]]
    if titles:
        return page.texts[max(titles, key=lambda block: verdict.confidences[block])]
    return page.head.meta.get("og:title") or page.head.title


MAX_REASONS = 6
"""Reasons of detectors that a block keeps: the strongest."""


def make_blocks(evidence: Evidence, verdict: Verdict) -> tuple[Block, ...]:
    """Builds the blocks of a document, with the reasons for each role."""
    page = evidence.page
    reasons = reasons_of(evidence, verdict)
    confidences, is_main = verdict.confidences.tolist(), verdict.is_main.tolist()
    paths = page.node_table.xpaths() if not page.is_plain_text else []
    return tuple(
        Block(
            index=index,
            role=verdict.role(index),
            kind=page.kinds[index],
            level=page.levels[index],
            text=page.texts[index],
            language=page.block_languages[index],
            confidence=round(confidences[index], 4),
            reasons=reasons[index],
            is_main=is_main[index],
            path=paths[page.nodes[index]] if paths else "",
            start=page.starts[index] if page.starts else -1,
            end=page.ends[index] if page.ends else -1,
        )
        for index in range(len(page))
    )


def reasons_of(evidence: Evidence, verdict: Verdict) -> list[tuple[str, ...]]:
    """For each block the reasons of the signals that speak for its role, strongest first, and the model's opinion."""
    found: list[list[tuple[float, str]]] = [[] for _ in range(len(evidence.page))]
    roles = verdict.roles.tolist()  # numpy gives single numbers slowly
    for first, role, weight, reason, end in evidence.signals:
        index = ROLE_INDEX[role]
        for block in range(first, end or first + 1):
            if roles[block] == index:
                found[block].append((-weight, reason))
    reasons: list[tuple[str, ...]] = []
    for pairs, content in zip(found, verdict.main.tolist(), strict=True):
        opinion = f"model.content:{content:.2f}"
        if pairs:
            strongest = list(dict.fromkeys([reason for _, reason in sorted(pairs)]))[:MAX_REASONS]
            reasons.append((*strongest, opinion))
        else:
            reasons.append((opinion,))
    return reasons


@cache
def default_cleaner() -> Cleaner:
    """The Cleaner behind `clean` and `clean_text`."""
    return Cleaner()


def clean(page: object, url: str | None = None) -> Document:
    """Names every block of a web page, with the default options; see `Cleaner.clean`."""
    return default_cleaner().clean(page, url)


def clean_text(dump: object) -> Document:
    """Names every block of a plain-text page dump, with the default options; see `Cleaner.clean_text`."""
    return default_cleaner().clean_text(dump)
