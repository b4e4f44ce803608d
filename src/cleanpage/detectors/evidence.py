"""What the markup of a page says about its blocks, read once for all detectors.

Each detector takes the findings that speak for its role; nobody walks the elements again. A name, tag or type speaks
about all blocks of its element, the less so the more of the page's running text stands there: no class name may delete
an article.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final

from cleanpage.markup import Clue, link_clues, name_clues, names_clues, site_of, split_href, strongest, vocabulary
from cleanpage.roles import Kind, Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cleanpage.page import NodeTable, Page

SHORT_TEXT_CHARS: Final = 120
"""Names and tags of inline elements in longer blocks say less, in proportion."""

SPAN_FACTOR: Final = 0.85
"""What a container's name says about one of its blocks, against what the block's own name says."""

TEXT_SPAN_FACTOR: Final = 0.55
"""The same for content: captions, headings and bylines stand inside the article's container, too."""

MAX_PROSE_SHARE: Final = 0.5
"""A container with this share of the page's running text or more is the page, whatever its name says."""

PROSE_FADE_WORDS: Final = 400
"""Words of running text in a container that halve what its name, tag or type says."""

MIN_PROSE_WORDS: Final = 14
"""Fewer words are no running text (a CJK character counts as half a word)."""

MAX_PROSE_LINK_DENSITY: Final = 0.4
MIN_UNPUNCTUATED_WORDS: Final = 35
"""So many words are running text even without a full stop at the end."""

SENTENCE_ENDS: Final = frozenset('.!?…。！？؟।։።;:"”»’)»')
CJK_LANGUAGES: Final = frozenset(("zh", "ja"))

MAX_FORM_STEPS: Final = 6
"""How far above a field its form is looked for; without one, the field's nearest ancestor with text stands for it."""


Finding = tuple[int, int, float, str, str]
"""A clue at its place: first block, one past the last, weight, evidence, detail. A page has hundreds: bare tuples."""


@dataclass(slots=True)
class MarkupEvidence:
    """What the markup of one page says.

    Attributes:
        prose_word_counts: Words of running text of each block, 0 for other blocks.
        own_site: The site that the page is from, '' if it does not say.
        prose_before: For each block (and the page's end) the words of running text before it.
        by_role: The findings for each role, in document order of their elements, then of their blocks.
    """

    prose_word_counts: list[int]
    prose_before: list[int]
    own_site: str
    by_role: dict[Role, list[Finding]] = field(default_factory=dict)

    @property
    def prose_word_count(self) -> int:
        """Words of running text on the page."""
        return self.prose_before[-1]

    def add(self, role: Role, finding: Finding) -> None:
        """Adds a finding for a role."""
        known = self.by_role.get(role)
        if known is None:
            self.by_role[role] = [finding]
        else:
            known.append(finding)


def evidence_of(page: Page) -> MarkupEvidence:
    """What the markup of a page says; computed once a page and kept with it."""
    kept: dict[str, Any] = vars(page)
    evidence: MarkupEvidence | None = kept.get("markup_evidence")
    if evidence is None:
        counts = prose_word_counts(page)
        evidence = kept["markup_evidence"] = MarkupEvidence(counts, [0, *accumulate(counts)], _own_site(page))
        if not page.is_plain_text:
            _read_nodes(page, evidence)
            _read_blocks(page, evidence)
    return evidence


def is_forum(page: Page) -> bool:
    """Whether a page says that the posts of its visitors are its content: by schema.org type or by its generator."""
    tables = vocabulary()
    generator = page.head.meta.get("generator", "").casefold().split(maxsplit=1)
    if generator and generator[0] in tables.forum_generators:
        return True
    for text in page.head.json_ld:
        folded = text.casefold()
        if any(f'"{kind}"' in folded for kind in tables.forum_types):
            return True
    kinds = (attributes["itemtype"] for attributes in page.node_table.attributes if "itemtype" in attributes)
    return any(kind.rstrip("/").rpartition("/")[2].casefold() in tables.forum_types for kind in kinds)


def _own_site(page: Page) -> str:
    for href in (page.url, page.head.canonical, page.head.meta.get("og:url", "")):
        if host := split_href(href)[1]:
            return site_of(host)
    return ""


def prose_word_counts(page: Page) -> list[int]:
    """The words of each block that is running text: several, few of them links, punctuated; else 0."""
    least = MIN_PROSE_WORDS * (2 if page.language in CJK_LANGUAGES else 1)
    counts = page.word_counts[:]
    columns = zip(counts, page.texts, page.link_char_counts, page.kinds, strict=True)
    for block, (count, text, link_chars, kind) in enumerate(columns):
        is_short_or_linked = count < least or link_chars > MAX_PROSE_LINK_DENSITY * len(text)
        if (
            is_short_or_linked
            or kind is Kind.HEADING
            or not (text[-1] in SENTENCE_ENDS or count >= MIN_UNPUNCTUATED_WORDS or ". " in text)
        ):
            counts[block] = 0
    return counts


def _read_nodes(page: Page, evidence: MarkupEvidence) -> None:
    nodes = page.node_table
    prose_before = evidence.prose_before
    total = max(evidence.prose_word_count, 1)
    # for each role how far and how strongly the elements around already speak for it
    covered: dict[Role, tuple[int, float]] = {}
    for clues, first, end in _node_clues(nodes):
        prose = prose_before[end] - prose_before[first]
        if prose > MAX_PROSE_SHARE * total and prose > MIN_PROSE_WORDS:
            protects, fade = True, 1.0
        else:
            protects, fade = False, PROSE_FADE_WORDS / (PROSE_FADE_WORDS + prose)
        for clue in clues:
            role = clue.role
            if protects and role is not Role.TEXT:
                continue
            weight = clue.weight * (1.0 if role is Role.TEXT else fade)
            cover = covered.get(role)
            if cover is not None and first < cover[0] and weight <= cover[1]:
                continue
            covered[role] = (end, weight)
            if end > first + 1:
                weight *= TEXT_SPAN_FACTOR if role is Role.TEXT else SPAN_FACTOR
            evidence.add(role, (first, end, weight, clue.evidence, clue.detail))


def _node_clues(nodes: NodeTable) -> Iterator[tuple[Sequence[Clue], int, int]]:
    """The clues of each element that holds a block, and of form fields, with the blocks they speak about."""
    tables = vocabulary().tags
    tags = tables["tags"]
    # A page shares one tuple among all elements with the same names, so it is known by its id.
    seen: dict[int, tuple[Clue, ...]] = {id(()): ()}
    columns = zip(nodes.tags, nodes.names, nodes.attributes, nodes.first_blocks, nodes.end_blocks, strict=True)
    for row, (tag, names, attributes, first, end) in enumerate(columns):
        if first == end:
            if tag == "input" and "type" in attributes:
                clue = tables["field_types"].get(attributes["type"].lower())
                form = _form_around(nodes, row) if clue else -1
                if clue and form >= 0:
                    yield (clue,), nodes.first_blocks[form], nodes.end_blocks[form]
            continue
        key = id(names)
        clues = seen.get(key)
        if clues is None:
            clues = seen[key] = names_clues(names)
        if attributes or tag in tags:
            clues = (*_attribute_clues(tag, attributes, tables), *clues)
        if clues and tag not in ("body", "html"):
            yield clues, first, end


def _attribute_clues(tag: str, attributes: dict[str, str], tables: dict[str, dict[str, Clue]]) -> list[Clue]:
    found = [tables["tags"].get(tag)]
    if role := attributes.get("role"):
        found.append(tables["aria_roles"].get(role.lower()))
    if kind := attributes.get("itemtype"):
        found.append(tables["item_types"].get(kind.rstrip("/").rpartition("/")[2].lower()))
    if prop := attributes.get("itemprop"):
        found.append(tables["item_props"].get(prop.partition(" ")[0].lower()))
    for name in ("data-testid", "data-component"):
        if value := attributes.get(name):
            found += name_clues(value.casefold())
    return [clue for clue in found if clue is not None]


def _form_around(nodes: NodeTable, row: int) -> int:
    nearest = -1
    for _ in range(MAX_FORM_STEPS):
        row = nodes.parents[row]
        if row < 0 or nodes.tags[row] == "body":
            break
        if nodes.first_blocks[row] < nodes.end_blocks[row]:
            if nodes.tags[row] == "form":
                return row
            nearest = nearest if nearest >= 0 else row
    return nearest


def _read_blocks(page: Page, evidence: MarkupEvidence) -> None:
    inline_tags = vocabulary().tags["inline_tags"]
    columns = zip(page.texts, page.inline_names, page.inline_tags, page.hrefs, page.link_char_counts, strict=True)
    for block, (text, names, tags, hrefs, link_chars) in enumerate(columns):
        if not tags and not hrefs:
            continue
        # names and tags inside a long paragraph name a few of its words
        fade = 1.0 if len(text) <= SHORT_TEXT_CHARS else SHORT_TEXT_CHARS / len(text)
        found = [(clue, clue.weight * fade) for clue in names_clues(names)] if names else []
        found += [(inline_tags[tag], inline_tags[tag].weight * fade) for tag in tags if tag in inline_tags]
        if hrefs:
            share = min(1.0, link_chars / len(text)) if link_chars else fade
            found += _links_clues(hrefs, evidence.own_site, share)
        for clue, weight in found:
            evidence.add(clue.role, (block, block + 1, weight, clue.evidence, clue.detail))


def _links_clues(hrefs: tuple[str, ...], own_site: str, share: float) -> list[tuple[Clue, float]]:
    """The strongest clue of each role among the links of a block, scaled by the share of links that say it.

    A social network's links to itself share nothing, so what an own host says is left out.
    """
    if len(hrefs) == 1:
        return [(clue, clue.weight * share) for clue in link_clues(hrefs[0]) if clue.detail != own_site]
    found = [clue for href in hrefs for clue in link_clues(href) if clue.detail != own_site]
    counts = Counter(clue.role for clue in found)
    return [(clue, clue.weight * share * counts[clue.role] / len(hrefs)) for clue in strongest(found)]
