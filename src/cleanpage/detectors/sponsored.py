"""Sponsored: advertisements, their labels, sponsored and affiliate teasers.

What: what somebody paid for, or what the site earns on, among the site's own text.
Why not content: it is the advertiser's text, changes at every visit and has nothing to do with the page.
Evidence: labels such as "Advertisement" and hints; the names of ad slots and ad networks; links to ad networks,
affiliate programmes and tracked campaigns; the whole card that a label stands in; a lone label that is a
domain name, or a brand whose domain the teaser under it names; link cards that lead to other sites.
Known false alarms: articles about advertising; lists of partner institutions; link lists of a blog.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cleanpage.detectors.base import MAX_LABEL_WORDS, LabelRule, label_signals, markup_signals, phrase_signals, reason
from cleanpage.detectors.evidence import evidence_of
from cleanpage.detectors.layout import DOMAIN_SIGN, is_link, layout_of
from cleanpage.markup import link_clues, site_of, split_href
from cleanpage.page import Signal
from cleanpage.roles import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleanpage.page import Page

DOMAIN: Final = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,12}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sponsored:
    """Finds advertisements and sponsored teasers.

    Attributes:
        phrase_factor: How far the phrases of the role can be trusted.
        max_labelled_blocks: Blocks that a part under a label has at most.
        card_weight: Weight for the other blocks of a card with a label.
        max_card_blocks: Larger containers are no card.
        brand_weight: Weight for a teaser under a brand's name whose domain it names.
        domain_factor: What is left of it for a lone domain name that nothing after it repeats.
        max_brand_words: Longer labels are headlines.
        max_brand_distance: Blocks after the label that may name the domain.
        offsite_weight: Weight for a link to another site outside the running text.
        repeated_weight: Weight for a short link to another site that gets several of them.
        min_repeats: So many are several.
        max_call_words: Longer links are references.
        min_offsite_words: Shorter links to other sites are credits and buttons.
    """

    name: str = "sponsored"
    phrase_factor: float = 0.9
    max_labelled_blocks: int = 30
    card_weight: float = 0.55
    max_card_blocks: int = 6
    brand_weight: float = 0.85
    domain_factor: float = 0.5
    max_brand_words: int = 4
    max_brand_distance: int = 2
    offsite_weight: float = 0.3
    repeated_weight: float = 0.25
    min_repeats: int = 3
    max_call_words: int = 8
    min_offsite_words: int = 4

    def signals(self, page: Page) -> Iterator[Signal]:
        """Yields evidence for the role."""
        role = Role.SPONSORED
        yield from phrase_signals(page, self.name, role, self.phrase_factor)
        yield from markup_signals(page, self.name, role)
        yield from label_signals(page, self.name, role, LabelRule(self.max_labelled_blocks, headings_only=True))
        yield from self._cards(page)
        yield from self._brands(page)
        yield from self._offsite(page)

    def _cards(self, page: Page) -> Iterator[Signal]:
        """The card around a label, wherever in it the label stands."""
        if page.is_plain_text:
            return
        nodes = page.node_table
        prose_before = evidence_of(page).prose_before
        layout = layout_of(page)
        for block, pattern, _ in page.phrase_hits.get(Role.SPONSORED, ()):
            if pattern.kind != "whole_block" or is_link(page, block):
                continue  # a link is an item of a menu: "Advertise with us"
            node = page.nodes[block]
            while nodes.parents[node] >= 0 and nodes.end_blocks[node] == nodes.first_blocks[node] + 1:
                node = nodes.parents[node]
            first, end = nodes.first_blocks[node], nodes.end_blocks[node]
            prose = prose_before[end] - prose_before[first]
            if end - first <= self.max_card_blocks and not layout.is_mostly_prose(prose):
                detail = f"card of {pattern.phrase}"
                yield Signal(first, Role.SPONSORED, self.card_weight, reason(self.name, "position", detail), end)

    def _brands(self, page: Page) -> Iterator[Signal]:
        """Labels that are a domain name, or a brand whose domain the blocks after it name."""
        layout = layout_of(page)
        own_site, texts, counts = layout.own_site, page.texts, page.word_counts
        for block in layout.blocks_with(DOMAIN_SIGN):
            text = texts[block]
            if counts[block] <= self.max_brand_words:
                if DOMAIN.fullmatch(text) and site_of(text.casefold()) != own_site:
                    end = min(len(texts), block + 1 + self.max_brand_distance)
                    detail = reason(self.name, "shape", f"domain {text}")
                    yield Signal(block, Role.SPONSORED, self.brand_weight * self.domain_factor, detail, end)
            elif counts[block] > MAX_LABEL_WORDS:
                for label in range(max(0, block - self.max_brand_distance), block):
                    if counts[label] <= self.max_brand_words and _names_domain(text, texts[label], own_site):
                        detail = reason(self.name, "shape", f"brand {texts[label]} names its domain")
                        for part in range(label, block + 1):
                            yield Signal(part, Role.SPONSORED, self.brand_weight, detail)

    def _offsite(self, page: Page) -> Iterator[Signal]:
        """Links to another site: those of several words outside the running text, and those that come again."""
        layout = layout_of(page)
        if not layout.own_site:
            return
        found: dict[str, list[int]] = {}
        own_site, all_hrefs = layout.own_site, page.hrefs
        for block in [block for block, is_one in enumerate(layout.links) if is_one]:
            hrefs = all_hrefs[block]
            if len(hrefs) != 1 or own_site in hrefs[0]:  # spares most links the splitting
                continue
            if hrefs[0].startswith(("http", "//")):
                site = site_of(split_href(hrefs[0])[1])
                if site != own_site and not link_clues(hrefs[0]):
                    found.setdefault(site, []).append(block)
        for site, blocks in found.items():
            is_repeated = len(blocks) >= self.min_repeats
            for block in blocks:
                if is_repeated and page.word_counts[block] <= self.max_call_words:
                    detail = f"{len(blocks)} links to {site}"
                    yield Signal(block, Role.SPONSORED, self.repeated_weight, reason(self.name, "repeat", detail))
                elif page.word_counts[block] >= self.min_offsite_words and not layout.is_inside(block):
                    yield Signal(block, Role.SPONSORED, self.offsite_weight, reason(self.name, "link", f"to {site}"))


def _names_domain(text: str, brand: str, own_site: str) -> bool:
    """Whether a text names the domain of a brand, or a brand that is a domain, and not the page's own."""
    brand = brand.casefold().replace(" ", "").removeprefix("www.")
    if not brand[0].isalpha():
        return False
    name = brand if "." in brand else brand + "."
    folded = text.casefold()
    place = folded.find(name)
    if place < 0 or (place and folded[place - 1].isalnum()):
        return False
    match = DOMAIN.match(folded, place)
    return match is not None and match.group().startswith(name) and site_of(match.group()) != own_site
