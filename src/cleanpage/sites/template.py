"""What repeats across the pages of one site: a small file that tells about further pages of it."""

from __future__ import annotations

import os
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from cleanpage.errors import ConfigError, InputError
from cleanpage.page import SiteEvidence
from cleanpage.sites.keys import host_of, place_keys, text_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy as np

    from cleanpage.api import Cleaner
    from cleanpage.page import Page

MIN_REPEAT_PAGES: Final = 3
"""Pages that a text must be on, two of which may be the same article twice, ..."""

MIN_REPEAT_SHARE: Final = 0.5
"""... the share of all pages that must be surpassed, ..."""

MIN_REPEAT_WORDS: Final = 12
"""... and its words, to be no content of any page.

On the labelled pages of sites with several, blocks of 12 words and more are content in 0.71 of the cases where their
text is on no other page, in 0.08 where it is on most others. Short ones that the arbiter takes for content, it rightly
does as often if they repeat: a site calls a part of its pages "Description" on all of them."""

MAX_COMMON_WORDS: Final = 12
"""Words of a text that tell its site: a longer one tells it no better."""

MIN_COMMON_SHARE: Final = 0.4
MIN_COMMON_WORDS: Final = 12
"""Share of the words of the texts that are on most pages of a site which a page must have to be one of it, where no
address tells, and their number: "Home" and "Back to top" are on many sites. Of the pages of 17 of the benchmark's
sites 0.87 have the share, in 7,292 trials with pages of other sites two, from a sister paper with the same template;
the next has 0.21."""


class Memory(NamedTuple):
    """What is known of a text or a place.

    Attributes:
        pages: Pages of the site that it was found on.
        number: Words of a text; for a place, the mean of how likely its blocks are main text, in logarithms of odds.
        roles: Mean logarithm of the probability of each role.
    """

    pages: int
    number: float
    roles: tuple[float, ...]


class SiteTemplate:
    """What repeats across the pages of one site. Made by `learn`, kept with `save`, used by `cleanpage.Cleaner`.

    It holds hashes and numbers, none of the texts themselves.

    Attributes:
        page_count: Pages that it was learned from, near-duplicates counted once.
        hosts: The hosts they were from; empty if one of them did not tell, or if there were too many.
        texts: What is known of the texts that are on several pages, by their key.
        places: What is known of the places that blocks stand in.
    """

    def __init__(
        self, page_count: int, hosts: Iterable[str], texts: Mapping[str, Memory], places: Mapping[str, Memory]
    ) -> None:
        """Keeps what was learned; `learn` and `load` make templates.

        Args:
            page_count: See class.
            hosts: See class.
            texts: See class.
            places: See class.
        """
        self.page_count = page_count
        self.hosts = frozenset(hosts)
        self.texts = dict(texts)
        self.places = dict(places)

    @classmethod
    def learn(cls, pages: Iterable[object], *, cleaner: Cleaner | None = None) -> SiteTemplate:
        """Learns from pages of a site, from about five on. They may be any number: memory is bounded.

        Args:
            pages: What `cleanpage.clean` takes, each.
            cleaner: Whose options to read the pages with; None takes the defaults.

        Raises:
            InputError: One is no page, or there is none with text.
            PageTooLarge: One is over the cleaner's ``max_bytes``.
        """
        from cleanpage.sites.learning import SiteLearner

        learner = SiteLearner(cleaner)
        for page in _several(pages):
            learner.add(page)
        return learner.template()

    @classmethod
    def learn_text(cls, dumps: Iterable[object], *, cleaner: Cleaner | None = None) -> SiteTemplate:
        """Learns from plain-text dumps of a site's pages, as `learn` does from web pages.

        Args:
            dumps: What `cleanpage.clean_text` takes, each.
            cleaner: Whose options to read them with; None takes the defaults.

        Raises:
            InputError: One is no text, or there is none with a word.
            PageTooLarge: One is over the cleaner's ``max_bytes``.
        """
        from cleanpage.sites.learning import SiteLearner

        learner = SiteLearner(cleaner)
        for dump in _several(dumps):
            learner.add_text(dump)
        return learner.template()

    def save(self, path: str | Path) -> None:
        """Writes the template as a JSON file, whole or not at all.

        Raises:
            ConfigError: It cannot be written.
        """
        from cleanpage.sites.files import template_to_json

        target = Path(path)
        draft = target.with_name(f"{target.name}.{os.getpid()}.part")
        try:
            draft.write_text(template_to_json(self), encoding="utf-8")
            draft.replace(target)
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise ConfigError(f"site template: {target} cannot be written ({error}); choose another place") from error

    @classmethod
    def load(cls, path: str | Path) -> SiteTemplate:
        """Reads a file that `save` wrote.

        Raises:
            ConfigError: There is no such file, or it is no site template that this version reads.
        """
        from cleanpage.sites.files import template_from_json

        try:
            return template_from_json(Path(path).read_bytes())
        except (OSError, ValueError) as error:
            raise ConfigError(f"site template: {path} cannot be used ({error}); learn the site again") from error

    def find(self, page: Page, page_type: str) -> SiteEvidence | None:
        """What the site's other pages tell about the blocks of a page.

        Args:
            page: The page.
            page_type: What the arbiter takes it for.

        Returns:
            None for a page that is not of the site, or has nothing of it.
        """
        import numpy as np

        host = host_of(page) if self.hosts else ""
        texts = text_keys(page)
        if not (self._has_host(host) if host else self._has_common_texts(texts)):
            return None
        text_table, place_table = self._tables
        text_pages, word_counts, text_roles = text_table.columns(texts)
        place_pages, place_main, place_roles = place_table.columns(place_keys(page, page_type))
        if not text_pages.any() and not place_pages.any():
            return None
        is_common = (text_pages >= MIN_REPEAT_PAGES) & (text_pages > MIN_REPEAT_SHARE * self.page_count)
        return SiteEvidence(
            page_count=self.page_count,
            text_pages=text_pages,
            text_roles=text_roles,
            is_repeat=np.asarray(is_common & (word_counts >= MIN_REPEAT_WORDS)),
            place_pages=place_pages,
            place_main=place_main,
            place_roles=place_roles,
        )

    def _has_host(self, host: str) -> bool:
        """Whether a host is one of the site's, or one of its subdomains, or its domain."""
        return any(
            host == own or host.endswith(f".{own}") or (own.endswith(f".{host}") and "." in host) for own in self.hosts
        )

    def _has_common_texts(self, keys: Iterable[str]) -> bool:
        """Whether a page has what most pages of the site have."""
        common = self._common_texts
        found = sum(common[key] for key in set(keys) & common.keys())
        return found >= max(MIN_COMMON_WORDS, MIN_COMMON_SHARE * sum(common.values()))

    @cached_property
    def _common_texts(self) -> dict[str, float]:
        """The texts that are on most pages, with how much they tell."""
        return {
            key: min(number, MAX_COMMON_WORDS)
            for key, (pages, number, _) in self.texts.items()
            if pages >= MIN_REPEAT_SHARE * self.page_count
        }

    @cached_property
    def _tables(self) -> tuple[_Table, _Table]:
        return _Table(self.texts), _Table(self.places)

    def __getstate__(self) -> dict[str, object]:
        """What `__init__` was given: worker processes make the tables anew."""
        return {name: getattr(self, name) for name in ("page_count", "hosts", "texts", "places")}

    def __repr__(self) -> str:
        return f"<SiteTemplate: {self.page_count} pages, {len(self.texts)} texts, {len(self.places)} places>"


def _several(pages: Iterable[object]) -> Iterable[object]:
    """The pages, if they are not a single one."""
    if isinstance(pages, (str, bytes, bytearray, memoryview)) or not hasattr(pages, "__iter__"):
        raise InputError(
            f"a site is learned from several pages, not from one {type(pages).__name__}: give a list of them"
        )
    return pages


class _Table:
    """What is known of texts or places, as arrays."""

    def __init__(self, known: Mapping[str, Memory]) -> None:
        import numpy as np

        from cleanpage.roles import ROLES

        self.rows = {key: row for row, key in enumerate(known, 1)}
        nothing = Memory(0, 0.0, (0.0,) * len(ROLES))
        memories = [nothing, *known.values()]
        self.pages = np.array([memory.pages for memory in memories], dtype=np.int64)
        self.numbers = np.array([memory.number for memory in memories])
        self.roles = np.array([memory.roles for memory in memories])

    def columns(self, keys: Iterable[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The fields of what is known of each key, zeros where nothing is."""
        rows = [self.rows.get(key, 0) for key in keys]
        return self.pages[rows], self.numbers[rows], self.roles[rows]


def template_of(given: SiteTemplate | str | Path | None) -> SiteTemplate | None:
    """The template that an option names.

    Raises:
        ConfigError: It is none, or its file cannot be used.
    """
    if given is None or isinstance(given, SiteTemplate):
        return given
    if not isinstance(given, str | os.PathLike):
        raise ConfigError(f"site_template={given!r} means nothing; give a SiteTemplate or its file")
    try:
        state = os.stat(given)  # noqa: PTH116 - of a path as it was given
    except (OSError, ValueError):
        return SiteTemplate.load(given)  # which says what is wrong
    return _read(str(given), state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=8)
def _read(path: str, changed: int, size: int) -> SiteTemplate:  # noqa: ARG001 - a file that changed is read again
    """Reads a file once, as worker processes make a Cleaner for every page."""
    return SiteTemplate.load(path)
