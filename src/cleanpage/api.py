"""The entry points: clean a page, clean a plain-text dump, or build a Cleaner once and reuse it."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from pathlib import Path
from time import thread_time
from typing import TYPE_CHECKING, Any

from cleanpage.collector import collector_paused, overlook
from cleanpage.config import Config
from cleanpage.document import Block, Document
from cleanpage.errors import ConfigError, PageTooLarge
from cleanpage.inputs import read_page, read_text
from cleanpage.packed_blocks import blocks_of, rounded
from cleanpage.parse import MOST_ATTRIBUTES
from cleanpage.roles import CHOICES, CONTENT_ROLES, ROLE_INDEX, ROLES, Kind, Role
from cleanpage.source import PageSource

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from lxml import etree

    from cleanpage.arbiter import Verdict
    from cleanpage.detectors.base import Detector
    from cleanpage.filter_lists import FilterLists
    from cleanpage.inputs import Source
    from cleanpage.page import Page
    from cleanpage.pipeline import Evidence

BETAS = {"precision": 0.5, "balance": 1.0, "recall": 2.0}
"""Weight of recall against precision for each value of ``favor``."""

DUMP_BETAS = BETAS | {"recall": 3.0}
"""The same for plain text, of which the arbiter is less sure. On what html-text makes of the pages of wcxb, cleaned
with weights that never saw their sites, 3 loses 0.007 of the gold words, 2 loses 0.018."""


MAX_PARSER_DEPTH = 2000
"""Nesting that libxml2 takes, with room for the elements that it adds."""

LARGEST_LIMITS = {
    "max_bytes": None,
    "max_blocks": None,
    "max_nodes": None,
    "max_depth": MAX_PARSER_DEPTH,
    "max_attributes": MOST_ATTRIBUTES,
    "max_attribute_chars": None,
}
"""The limits of Config that are whole numbers, each with the largest value that it may have."""


class Cleaner:
    """Cleans pages with one set of options; build it once and reuse it. It holds no state of the pages it cleaned."""

    def __init__(
        self,
        config: Config | None = None,
        *,
        detectors: Sequence[Detector] = (),
        lexicons: Sequence[str | Path] = (),
        filter_lists: Sequence[str | Path | tuple[str | Path, str]] = (),
        **options: Any,
    ) -> None:
        """Checks the options and loads what the caller brings.

        Args:
            config: The options; None takes the defaults.
            detectors: Detectors of the caller's own, asked after the built-in ones.
            lexicons: Lexicon files of the caller's own, searched on every page.
            filter_lists: Filter lists in EasyList's syntax. What one hides on a page is taken for sponsored, or for
                the role given with it: ``("cookies.txt", "consent_notice")``. Needs ``cleanpage[filters]``.
            **options: Fields of Config by name, in place of ``config``.

        Raises:
            ConfigError: An option is unknown, or has a value that means nothing; a filter list or a site template
                cannot be read.
            LexiconError: A lexicon file cannot be read.
        """
        from cleanpage import lexicon
        from cleanpage.detectors import DEFAULT
        from cleanpage.sites.template import template_of

        self.config = make_config(config, options)
        names = {detector.name for detector in DEFAULT}
        if unknown := set(self.config.disable) - names:
            raise ConfigError(
                f"disable: no detector is named {', '.join(sorted(unknown))}; there are {', '.join(sorted(names))}"
            )
        self.detectors = tuple(d for d in DEFAULT if d.name not in self.config.disable) + tuple(detectors)
        self.is_portable = not (detectors or lexicons or filter_lists)
        self.site_template = template_of(self.config.site_template)
        self.lexicons = tuple(lexicon.read_lexicon(Path(path)) for path in lexicons)
        self.filter_lists: FilterLists | None = None
        if filter_lists:
            from cleanpage.filter_lists import FilterListDetector, FilterLists

            self.filter_lists = FilterLists(filter_lists)
            self.detectors += (FilterListDetector(),)

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
            PageTooLarge: The input is over ``max_bytes``, or takes longer than ``max_seconds``.
        """
        check = self._clock()
        source = read_page(page, url=url, limits=self.config)
        if source.root is None:
            return Document(blocks=(), url=source.url, warnings=tuple(source.warnings))
        with collector_paused():
            return self._decide(self._segment(source, source.root), source.utf8, source.root, check)

    def clean_text(self, dump: object) -> Document:
        """Names every block of a plain-text page dump.

        Args:
            dump: str (the text itself), bytes, a file object or a pathlib.Path.

        Returns:
            The document; its blocks have character offsets into the decoded dump.

        Raises:
            InputError: The input is not text.
            PageTooLarge: The input is over ``max_bytes``, or takes longer than ``max_seconds``.
        """
        check = self._clock()
        text = read_text(dump, max_bytes=self.config.max_bytes)
        with collector_paused():
            return self._decide(self._segment_text(text), text, None, check)

    def gather(self, page: object, url: str | None = None) -> Evidence | None:
        """What is known of a page before anything is decided, as `clean` reads it; None where it has no text."""
        source = read_page(page, url=url, limits=self.config)
        if source.root is None:
            return None
        with collector_paused():
            return self._gather(self._segment(source, source.root), self._clock())

    def gather_text(self, dump: object) -> Evidence | None:
        """The same for a plain-text dump, as `clean_text` reads it."""
        text = read_text(dump, max_bytes=self.config.max_bytes)
        with collector_paused():
            return self._gather(self._segment_text(text), self._clock())

    def _segment(self, source: Source, root: etree._Element) -> Page:
        from cleanpage.segment import segment

        page = segment(root, url=source.url, max_blocks=self.config.max_blocks)
        page.warnings = source.warnings + page.warnings
        if self.filter_lists is not None:
            page.filter_hits = self.filter_lists.find(root, page)
        return page

    def _segment_text(self, text: str) -> Page:
        from cleanpage.plaintext import segment_text

        return segment_text(text, max_blocks=self.config.max_blocks)

    def _clock(self) -> Callable[[], None]:
        """What raises, when it is called, once a page has taken too long: a page that is paused takes no time."""
        seconds = self.config.max_seconds
        end = thread_time() + seconds

        def check() -> None:
            if thread_time() > end:
                raise PageTooLarge(f"the page takes over max_seconds, {seconds:g} s: raise Config.max_seconds")

        return check

    def _gather(self, page: Page, check: Callable[[], None]) -> Evidence | None:
        from cleanpage.pipeline import gather

        return gather(page, self.detectors, self.lexicons, check) if len(page) else None

    def _decide(
        self, page: Page, text: str | bytes, root: etree._Element | None, check: Callable[[], None]
    ) -> Document:
        from cleanpage import arbiter, guard, reasons, truncation

        evidence = self._gather(page, check)
        if evidence is None:
            warnings = page.warnings or ["empty: there is no visible text"]
            dump = PageSource(text=text, root=None, page=page) if root is None else None
            return Document(blocks=(), title=page.head.title, url=page.url, warnings=tuple(warnings), source=dump)
        betas = DUMP_BETAS if page.is_plain_text else BETAS
        check()
        verdict = arbiter.judge(evidence, betas[self.config.favor], self.config.weights, self.site_template)
        source = PageSource(text=text, root=root, page=page)
        guard.protect(page, verdict, source)
        if wall := truncation.find_wall(page, verdict):
            verdict.warnings.append(wall)
        if page.filter_hits:
            from cleanpage.filter_lists import take_out

            take_out(page, verdict)
        choose_main_text(page, verdict, self.config)
        # One list in place of hundreds of tuples, and nothing that only deciding took: what a document does not hold,
        # the garbage collector does not have to look through.
        told = reasons.flattened(evidence.signals)
        page.forget()
        overlook(page, told)
        return Document(
            blocks=lambda: make_blocks(page, told, verdict, root),
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


def _check_limits(made: Config) -> None:
    """Refuses limits that mean nothing, or that are above what can be read."""
    for name, most in LARGEST_LIMITS.items():
        if not isinstance(limit := getattr(made, name), int) or limit < 1:
            raise ConfigError(f"{name}={limit!r} means nothing; give a whole number above 0")
        if most is not None and limit > most:
            raise ConfigError(f"{name}={limit!r} is more than can be read; give at most {most:,}")
    if not isinstance(seconds := made.max_seconds, int | float) or not seconds > 0:
        raise ConfigError(f"max_seconds={seconds!r} means nothing; give seconds, more than 0")


def _check_values(made: Config) -> None:
    """Refuses values that mean nothing."""
    _check_limits(made)
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
    titles = (verdict.roles == ROLE_INDEX[Role.TITLE]).nonzero()[0]
    if len(titles):
        surest = int(titles[verdict.confidences[titles].argmax()])
        return page.texts[surest]
    return page.head.meta.get("og:title") or page.head.title


def make_blocks(page: Page, told: list[Any], verdict: Verdict, root: etree._Element | None) -> tuple[Block, ...]:
    """Builds the blocks of a document, with the reasons for each role.

    Args:
        page: The page.
        told: The fields of all signals, one after the other.
        verdict: What was decided about the page.
        root: The tree that the page was segmented from; None for plain text.
    """
    from cleanpage.reasons import reasons_of
    from cleanpage.tables import tables_of

    count = len(page)
    paths = page.node_table.xpaths(page.nodes) if root is not None else [""] * count
    tables = tables_of(page, root, paths) if root is not None and Kind.TABLE in page.kinds else {}
    return blocks_of(
        [
            list(range(count)),
            [ROLES[role] for role in verdict.roles.tolist()],
            page.kinds,
            page.levels,
            page.texts,
            list(page.block_languages),
            rounded(verdict.confidences.tolist()),
            reasons_of(page, told, verdict),
            verdict.is_main.tolist(),
            paths,
            page.starts or [-1] * count,
            page.ends or [-1] * count,
            list(map(tables.get, range(count))),
        ]
    )


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
