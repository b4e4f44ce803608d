"""Pages of a site → its template, one after the other, in bounded memory.

Texts and places are counted by Lossy Counting (Manku and Motwani, Approximate Frequency Counts over Data Streams,
VLDB 2002), with pages for a unit: every LOSS_PAGES pages, what cannot be on more than one in LOSS_PAGES of them is
dropped. A count falls short of the truth by at most that share, and is exact for sites of up to LOSS_PAGES pages.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cleanpage.errors import InputError
from cleanpage.roles import ROLE_INDEX, Role
from cleanpage.sites.keys import host_of, place_keys, text_keys
from cleanpage.sites.template import Memory, SiteTemplate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np

    from cleanpage.api import Cleaner
    from cleanpage.arbiter.model import Probabilities
    from cleanpage.page import Page
    from cleanpage.pipeline import Evidence

LOSS_PAGES: Final = 100

MIN_SHARE: Final = 0.03
"""Share of the pages that a text or place of a template is on. By the rule of the paper, those are taken that were
counted on MIN_SHARE less one in LOSS_PAGES: all that are on MIN_SHARE of the pages are among them."""

MIN_TEXT_PAGES: Final = 2
"""Pages that a text of a template is on: paragraphs of a single page tell nothing about another."""

MAX_KEYS: Final = 5_000
"""Texts and places, each, of a template: those on most pages."""

MAX_BLOCKS: Final = 1_000
"""Blocks of a page that are learned from: half from its start, half from its end, where templates are."""

MAX_HOSTS: Final = 50
"""More are no site with an address of its own; its pages are told by their texts then."""

KNOWN_PAGES: Final = 1_000
"""Pages back that a near-duplicate is looked for."""

MAX_MAIN_TEXTS: Final = 64
"""Texts of a page that it is compared by: its longest."""

MIN_MAIN: Final = 0.5
"""Expected share of a block's words in the main text for the block to count as such."""

MAX_SHARED: Final = 0.5
"""Share of the words of the shorter of two main texts that stand in both, from which pages with the same headline are
the same."""


class LossyCounts:
    """On how many pages each key was, and the sum of some numbers over them."""

    def __init__(self) -> None:
        self.pages = 0
        self.entries: dict[str, tuple[int, int, Any]] = {}

    def add_page(self, numbers: dict[str, np.ndarray]) -> None:
        """Counts the keys of a page, with the numbers of each."""
        missed = self.pages // LOSS_PAGES
        for key, values in numbers.items():
            count, lost, sums = self.entries.get(key, (0, missed, 0.0))
            self.entries[key] = count + 1, lost, sums + values
        self.pages += 1
        if self.pages % LOSS_PAGES == 0:
            rounds = self.pages // LOSS_PAGES
            self.entries = {key: entry for key, entry in self.entries.items() if entry[0] + entry[1] > rounds}

    def frequent(self, min_pages: int) -> dict[str, Memory]:
        """What is on enough pages, the most frequent first: its count, and the means of its numbers."""
        threshold = max(min_pages, (MIN_SHARE - 1 / LOSS_PAGES) * self.pages)
        found = sorted((-count, key) for key, (count, _, _) in self.entries.items() if count >= threshold)[:MAX_KEYS]
        memories = {}
        for negative, key in found:
            number, *roles = (self.entries[key][2] / -negative).tolist()
            memories[key] = Memory(-negative, number, tuple(roles))
        return memories


class _Seen(NamedTuple):
    """What a page is compared by.

    Attributes:
        headline: Key of what is likeliest its headline.
        words: Words of each text of its main text, by key.
    """

    headline: str
    words: dict[str, int]


class NearDuplicates:
    """The main texts of the last pages, to tell whether another page is one of them again."""

    def __init__(self) -> None:
        self.recent: deque[_Seen] = deque()
        self.by_headline: defaultdict[str, list[_Seen]] = defaultdict(list)

    def is_new(self, page: Page, texts: Sequence[str], probabilities: Probabilities) -> bool:
        """Whether none of the last pages had the same headline and much of the main text; then it is one of them."""
        main = probabilities.main >= MIN_MAIN
        titles = probabilities.roles[:, ROLE_INDEX[Role.TITLE]]
        counts = {key: count for key, count, is_main in zip(texts, page.word_counts, main, strict=True) if is_main}
        longest = dict(Counter(counts or dict(zip(texts, page.word_counts, strict=True))).most_common(MAX_MAIN_TEXTS))
        seen = _Seen(texts[int(titles.argmax())], longest)
        if any(_is_same(seen.words, other.words) for other in self.by_headline[seen.headline]):
            return False
        self.by_headline[seen.headline].append(seen)
        self.recent.append(seen)
        if len(self.recent) > KNOWN_PAGES:
            oldest = self.recent.popleft()
            of_headline = self.by_headline[oldest.headline]
            of_headline.pop(0)
            if not of_headline:
                del self.by_headline[oldest.headline]
        return True


def _is_same(words: dict[str, int], others: dict[str, int]) -> bool:
    shared = sum(words[key] for key in words.keys() & others.keys())
    return shared >= MAX_SHARED * min(sum(words.values()), sum(others.values()))


class SiteLearner:
    """Learns a site page by page.

    Attributes:
        cleaner: Whose options the pages are read with.
        duplicate_count: Pages that were near-duplicates of others and were passed over.
        empty_count: Pages without text, and files that are no page.
    """

    def __init__(self, cleaner: Cleaner | None = None) -> None:
        """Begins with nothing.

        Args:
            cleaner: Whose options to read pages with; None takes the defaults.
        """
        from cleanpage.api import default_cleaner

        self.cleaner = cleaner or default_cleaner()
        self.duplicate_count = 0
        self.empty_count = 0
        self._texts = LossyCounts()
        self._places = LossyCounts()
        self._known = NearDuplicates()
        self._urls: deque[str] = deque(maxlen=KNOWN_PAGES)
        self._hosts: set[str] = set()
        self._tells_hosts = True

    @property
    def page_count(self) -> int:
        """Pages learned from."""
        return self._texts.pages

    def add(self, page: object, url: str | None = None) -> None:
        """Learns from a web page, as `Cleaner.clean` takes it; one without text, or seen before, is passed over."""
        self._add(self.cleaner.gather(page, url))

    def add_text(self, dump: object) -> None:
        """Learns from a plain-text dump, as `Cleaner.clean_text` takes it."""
        self._add(self.cleaner.gather_text(dump))

    def _add(self, evidence: Evidence | None) -> None:
        if evidence is None:
            self.empty_count += 1
            return
        from cleanpage.arbiter import probabilities_of
        from cleanpage.arbiter.model import PAGE_TYPES
        from cleanpage.arbiter.site import log_odds, role_logs

        page = evidence.page
        probabilities = probabilities_of(evidence, self.cleaner.config.weights)
        texts = text_keys(page)
        if page.url in self._urls or not self._known.is_new(page, texts, probabilities):
            self.duplicate_count += 1
            return
        if page.url:
            self._urls.append(page.url)
        self._add_host(host_of(page))
        places = place_keys(page, PAGE_TYPES[int(probabilities.page_types.argmax())])
        roles = role_logs(probabilities.roles)
        self._texts.add_page(_means(texts, page.word_counts, roles))
        self._places.add_page(_means(places, log_odds(probabilities.main), roles))

    def _add_host(self, host: str) -> None:
        self._hosts.add(host)
        if not host or len(self._hosts) > MAX_HOSTS:
            self._tells_hosts = False
            self._hosts.clear()

    def template(self) -> SiteTemplate:
        """What was learned.

        Raises:
            InputError: Nothing was.
        """
        if not self.page_count:
            raise InputError("no page of the site has text to learn from; give some that have")
        hosts = self._hosts if self._tells_hosts else ()
        return SiteTemplate(self.page_count, hosts, self._texts.frequent(MIN_TEXT_PAGES), self._places.frequent(1))


def _means(keys: Sequence[str], numbers: Iterable[float], roles: np.ndarray) -> dict[str, np.ndarray]:
    """For each key of a page, the means over its blocks of a number and of the roles."""
    import numpy as np

    values = np.concatenate([np.asarray(numbers, dtype=np.float32)[:, None], roles.astype(np.float32)], axis=1)
    half = MAX_BLOCKS // 2
    chosen = range(len(keys)) if len(keys) <= MAX_BLOCKS else (*range(half), *range(len(keys) - half, len(keys)))
    blocks: defaultdict[str, list[int]] = defaultdict(list)
    for block in chosen:
        if keys[block]:
            blocks[keys[block]].append(block)
    return {key: values[of_key].mean(axis=0) for key, of_key in blocks.items()}
