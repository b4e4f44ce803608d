"""What the markup of a page says about its blocks, read once for all detectors.

Each detector takes the findings that speak for its role; nobody walks the elements again. A name, tag or type speaks
about all blocks of its element, the less so the more of the page's running text stands there: no class name may delete
an article.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final

from cleanpage import native
from cleanpage.markup import Clue, link_clues, name_clues, names_clues, site_of, split_href, strongest, vocabulary
from cleanpage.page import MAX_NAME_CHARS
from cleanpage.roles import Kind, Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cleanpage.page import NodeTable, Page

KERNEL = native.kernel("evidence")

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


NAME_ATTRIBUTES: Final = ("data-testid", "data-component")
"""Attributes that are read like an id."""

TELLING_ATTRIBUTES: Final = frozenset(("role", "itemtype", "itemprop", *NAME_ATTRIBUTES))

NO_COVER: Final = (0, 0.0)
"""No element around speaks for a role: it ends before any block."""


@dataclass(slots=True)
class MarkupEvidence:
    """What the markup of one page says.

    Attributes:
        prose_word_counts: Words of running text of each block, 0 for other blocks.
        own_site: The site that the page is from, '' if it does not say.
        prose_before: For each block (and the page's end) the words of running text before it.
        by_role: The findings for each role that has some, in document order of their elements, then of their blocks.
    """

    prose_word_counts: list[int]
    prose_before: list[int]
    own_site: str
    by_role: dict[Role, list[Finding]] = field(default_factory=dict)

    @property
    def prose_word_count(self) -> int:
        """Words of running text on the page."""
        return self.prose_before[-1]


def evidence_of(page: Page) -> MarkupEvidence:
    """What the markup of a page says; computed once a page and kept with it."""
    kept: dict[str, Any] = vars(page)
    evidence: MarkupEvidence | None = kept.get("markup_evidence")
    if evidence is None:
        counts = prose_word_counts(page)
        evidence = kept["markup_evidence"] = MarkupEvidence(counts, [0, *accumulate(counts)], _own_site(page))
        if not page.is_plain_text:
            evidence.by_role = _read(page, evidence)
    return evidence


def _read(page: Page, evidence: MarkupEvidence) -> dict[Role, list[Finding]]:
    """What names, tags, types and links say, by role."""
    if KERNEL is not None:
        found: dict[Role, list[Finding]] = _reader().read(page, evidence.prose_before, evidence.own_site)
        return found
    by_role: defaultdict[Role, list[Finding]] = defaultdict(list)
    _read_nodes(page, evidence, by_role)
    _read_blocks(page, evidence, by_role)
    return dict(by_role)


@cache
def _reader() -> Any:
    """The kernel's reader of markup; what it needs does not change from page to page."""
    calls = (_attribute_clues, _field_clue, link_clues, _links_clues)
    spans = (SPAN_FACTOR, TEXT_SPAN_FACTOR)
    numbers = (MAX_PROSE_SHARE, MIN_PROSE_WORDS, PROSE_FADE_WORDS, *spans, SHORT_TEXT_CHARS)
    return KERNEL.MarkupReader(vocabulary(), TELLING_ATTRIBUTES, calls, numbers)


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
    # most elements have no attributes at all
    kinds = {found["itemtype"] for found in filter(None, page.node_table.attributes) if "itemtype" in found}
    return any(kind.rstrip("/").rpartition("/")[2].casefold() in tables.forum_types for kind in kinds)


def _own_site(page: Page) -> str:
    for href in (page.url, page.head.canonical, page.head.meta.get("og:url", "")):
        if host := split_href(href)[1]:
            return site_of(host)
    return ""


def prose_word_counts(page: Page) -> list[int]:
    """The words of each block that is running text: several, few of them links, punctuated; else 0."""
    least = MIN_PROSE_WORDS * (2 if page.language in CJK_LANGUAGES else 1)
    if KERNEL is not None:
        limits = (least, MIN_UNPUNCTUATED_WORDS, MAX_PROSE_LINK_DENSITY)
        counts: list[int] = KERNEL.prose_word_counts(page, *limits, SENTENCE_ENDS, Kind.HEADING)
        return counts
    found = [0] * len(page)
    for block in [block for block, count in enumerate(page.word_counts) if count >= least]:
        text, count = page.texts[block], page.word_counts[block]
        if (
            page.link_char_counts[block] <= MAX_PROSE_LINK_DENSITY * len(text)
            and page.kinds[block] is not Kind.HEADING
            and (text[-1] in SENTENCE_ENDS or count >= MIN_UNPUNCTUATED_WORDS or ". " in text)
        ):
            found[block] = count
    return found


def _read_nodes(page: Page, evidence: MarkupEvidence, by_role: defaultdict[Role, list[Finding]]) -> None:
    nodes = page.node_table
    prose_before = evidence.prose_before
    total = max(evidence.prose_word_count, 1)
    # for each role how far and how strongly the elements around already speak for it
    covered: dict[Role, tuple[int, float]] = {}
    text = Role.TEXT
    for clues, first, end in _node_clues(nodes):
        prose = prose_before[end] - prose_before[first]
        if prose > MAX_PROSE_SHARE * total and prose > MIN_PROSE_WORDS:
            protects, fade = True, 1.0
        else:
            protects, fade = False, PROSE_FADE_WORDS / (PROSE_FADE_WORDS + prose)
        for role, clue_weight, kind, detail in clues:
            if protects and role is not text:
                continue
            weight = clue_weight if role is text else clue_weight * fade
            cover_end, cover_weight = covered.get(role, NO_COVER)
            if first < cover_end and weight <= cover_weight:
                continue
            covered[role] = (end, weight)
            if end > first + 1:
                weight *= TEXT_SPAN_FACTOR if role is text else SPAN_FACTOR
            by_role[role].append((first, end, weight, kind, detail))


def _node_clues(nodes: NodeTable) -> Iterator[tuple[Sequence[Clue], int, int]]:
    """The clues of each element that holds a block, and of form fields, with the blocks they speak about."""
    tags = vocabulary().tags["tags"]
    firsts, ends = nodes.first_blocks, nodes.end_blocks
    # A page shares one tuple among all elements with the same names, so it is known by its id.
    seen: dict[int, tuple[Clue, ...]] = {id(()): ()}
    columns = zip(nodes.tags, nodes.names, nodes.attributes, firsts, ends, strict=True)
    for row, (tag, names, attributes, first, end) in enumerate(columns):
        if first == end:
            if attributes and tag == "input" and "type" in attributes and (told := _field_clue(nodes, row)):
                yield (told[0],), firsts[told[1]], ends[told[1]]
            continue
        clues = seen.get(id(names))
        if clues is None:
            clues = seen[id(names)] = names_clues(names)
        if attributes and (attribute_clues := _attribute_clues(attributes)):
            clues = (*attribute_clues, *clues)
        if tag in tags:
            clues = (tags[tag], *clues)
        if clues and tag not in ("body", "html"):
            yield clues, first, end


def _attribute_clues(attributes: dict[str, str]) -> Sequence[Clue]:
    if TELLING_ATTRIBUTES.isdisjoint(attributes):
        return ()
    tables = vocabulary().tags
    found: list[Clue | None] = []
    if role := attributes.get("role"):
        found.append(tables["aria_roles"].get(role.lower()))
    if kind := attributes.get("itemtype"):
        found.append(tables["item_types"].get(kind.rstrip("/").rpartition("/")[2].lower()))
    if prop := attributes.get("itemprop"):
        found.append(tables["item_props"].get(prop.partition(" ")[0].lower()))
    for name in NAME_ATTRIBUTES:
        if value := attributes.get(name):
            found += name_clues(value[:MAX_NAME_CHARS].casefold())
    return [clue for clue in found if clue is not None]


def _field_clue(nodes: NodeTable, row: int) -> tuple[Clue, int] | None:
    """What the type of a form field says, and the row of the form it says it about."""
    clue = vocabulary().tags["field_types"].get(nodes.attributes[row]["type"].lower())
    form = _form_around(nodes, row) if clue else -1
    return (clue, form) if clue and form >= 0 else None


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


def _read_blocks(page: Page, evidence: MarkupEvidence, by_role: defaultdict[Role, list[Finding]]) -> None:
    inline_tags = vocabulary().tags["inline_tags"]
    own_site = evidence.own_site
    # A page has few combinations of inline names and tags, and next to none of the latter say anything.
    seen: dict[tuple[str, ...], Sequence[Clue]] = {}
    tags_seen: dict[tuple[str, ...], list[Clue]] = {}
    columns = zip(page.texts, page.inline_names, page.inline_tags, page.hrefs, page.link_char_counts, strict=True)
    for block, (text, names, tags, hrefs, link_chars) in enumerate(columns):
        if not tags and not hrefs:
            continue
        # names and tags inside a long paragraph name a few of its words
        fade = 1.0 if len(text) <= SHORT_TEXT_CHARS else SHORT_TEXT_CHARS / len(text)
        clues = seen.get(names)
        if clues is None:
            clues = seen[names] = names_clues(names)
        tag_clues = tags_seen.get(tags)
        if tag_clues is None:
            tag_clues = tags_seen[tags] = [inline_tags[tag] for tag in tags if tag in inline_tags]
        for role, weight, kind, detail in (*clues, *tag_clues) if tag_clues else clues:
            by_role[role].append((block, block + 1, weight * fade, kind, detail))
        if hrefs:
            share = min(1.0, link_chars / len(text)) if link_chars else fade
            linked = link_clues(hrefs[0]) if len(hrefs) == 1 else _links_clues(hrefs, own_site, share)
            if len(hrefs) > 1:
                share = 1.0
            for role, weight, kind, detail in linked:
                # a social network's links to itself share nothing
                if detail != own_site:
                    by_role[role].append((block, block + 1, weight * share, kind, detail))


def _links_clues(hrefs: tuple[str, ...], own_site: str, share: float) -> list[Clue]:
    """The strongest clue of each role among several links of a block, scaled by the share of links that say it."""
    found = [clue for href in hrefs for clue in link_clues(href) if clue.detail != own_site]
    counts = Counter([clue.role for clue in found]) if found else {}
    return [
        Clue(role, weight * share * counts[role] / len(hrefs), kind, detail)
        for role, weight, kind, detail in strongest(found)
    ]
