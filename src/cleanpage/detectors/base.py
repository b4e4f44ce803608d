"""What every detector is (Detector) and the two kinds of evidence that all of them share: phrases and markup.

Weights are meant as the precision of the evidence: they were set by counting, on labelled pages that no test uses, how
often the role was right where the evidence held.
"""

from __future__ import annotations

import re
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from cleanpage import native
from cleanpage.detectors.evidence import PROSE_FADE_WORDS, evidence_of
from cleanpage.detectors.layout import is_link, label_scope, layout_of
from cleanpage.page import Signal, split_words
from cleanpage.roles import BOILERPLATE_ROLES, Kind, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from cleanpage.lexicon import Pattern, PhraseHit
    from cleanpage.page import Page

KERNEL = native.kernel("evidence")

MAX_DETAIL_CHARS: Final = 80
"""Longer details of a reason are cut: a reason is read in a list."""

SHORT_WORDS: Final = 12
MEDIUM_WORDS: Final = 30
LONG_WORDS: Final = 60
"""Blocks longer than this are running text: a phrase in them says little. A hint says nothing beyond MEDIUM_WORDS."""

KIND_WEIGHTS: Final = {"whole_block": 0.85, "starts": 0.8, "anywhere": 0.75}
LONG_FACTOR: Final = 0.35
MEDIUM_FACTOR: Final = 0.85
RUNNING_FACTOR: Final = 0.6
LABELLED_WEIGHT: Final = 0.85
"""A phrase that the block begins with and that a colon follows is a label with what it heads ("About the author: ..."):
it says what it is, however long the rest and whatever the role, as a phrase of words that is the whole block does. Up
to MEDIUM_WORDS; a single word ("Video: ...") is no label."""
COLONS: Final = re.compile("[:\uff1a]")

SINGLE_WORD_FACTOR: Final = 0.92
"""A block of one word ("Video", "Save") says less than one of several."""

HINT_WEIGHT: Final = 0.3
HINT_FLOOR: Final = 0.6
"""What hints say that cover next to nothing of their block, as a share of HINT_WEIGHT; full coverage adds one."""

MAX_HINT_WEIGHT: Final = 0.5
MAX_LONE_HINT_WORDS: Final = 4
"""A block of so many words needs only one hint."""

MAX_LABEL_WORDS: Final = 8
LABEL_WEIGHT: Final = 0.6
LIST_LABEL_WEIGHT: Final = 0.85
"""A label right above a list heads that list, and nothing else, however much text its items hold."""
LIST_ROLES: Final = (Role.RELATED, Role.COMMENTS, Role.NAVIGATION)
"""Roles whose labels head long lists. In plain text nothing else tells a label from a button."""

PLAIN_NEAR_BLOCKS: Final = 8
PLAIN_FAR_FACTOR: Final = 0.5
"""What a label of a plain text says about blocks farther away than that."""


make_signal: Final[Callable[[tuple[int, Role, float, str, int]], Signal]] = partial(tuple.__new__, Signal)
"""A Signal of all its fields, where there are hundreds a page: its own constructor takes three times as long."""


class Detector(Protocol):
    """Reads a page and yields evidence for one role.

    A detector is called once a page, changes nothing, reads nothing but the page, and knows no other detector.
    """

    @property
    def name(self) -> str:
        """Its name, as in Config.disable and at the head of its reasons."""

    def signals(self, page: Page) -> Iterable[Signal]:
        """Yields what speaks for its role.

        Args:
            page: A page whose languages and phrase hits are filled in.
        """


def reason(detector: str, evidence: str, detail: str) -> str:
    """Writes a reason: ``detector.evidence:detail``, the detail on one line and not longer than MAX_DETAIL_CHARS."""
    if "\n" in detail or "\r" in detail:
        detail = " ".join(detail.split())
    return f"{detector}.{evidence}:{detail[:MAX_DETAIL_CHARS]}"


def markup_signals(page: Page, detector: str, role: Role, factor: float = 1.0) -> list[Signal]:
    """What names, links, tags and schema.org types say for a role.

    Args:
        page: The page.
        detector: The detector's name.
        role: Its role.
        factor: How far the markup can be trusted against what speaks for other roles.
    """
    findings = evidence_of(page).by_role.get(role)
    if not findings:
        return []
    if KERNEL is not None:
        signals: list[Signal] = KERNEL.markup_signals(findings, detector, role, factor)
        return signals
    return [
        make_signal((first, role, weight * factor, f"{detector}.{evidence}:{detail}", end))
        for first, end, weight, evidence, detail in findings
    ]


def phrase_signals(page: Page, detector: str, role: Role, factor: float = 1.0) -> list[Signal]:
    """What the words of each block say for a role: its phrases, or else its hints.

    Two phrases in one block that share no word ("will not be published", "required fields are marked") are two pieces
    of evidence, and said together they are no accident: the weight is the probability that not both of them mislead.

    Args:
        page: The page.
        detector: The detector's name.
        role: Its role; also the lexicon section.
        factor: How far the role's phrases can be trusted against those of others: "Comments" may count them, "by" may
            stand under any teaser.
    """
    hits = page.phrase_hits.get(role)
    if not hits:
        return []
    counts = page.word_counts
    phrases: dict[int, list[tuple[float, PhraseHit]]] = {}
    hints: dict[int, list[PhraseHit]] = {}
    for hit in hits:
        block, pattern, _ = hit
        if pattern.kind == "hint":
            if counts[block] <= MEDIUM_WORDS:  # in running text they say nothing
                hints.setdefault(block, []).append(hit)
            continue
        weight = phrase_weight(pattern.kind, len(pattern.words), counts[block])
        if pattern.kind == "starts" and counts[block] <= MEDIUM_WORDS and _is_label(page.texts[block], pattern):
            phrases.setdefault(block, []).append((LABELLED_WEIGHT, hit))
            continue
        phrases.setdefault(block, []).append((weight * factor, hit))
    signals = []
    for block, weighed in phrases.items():
        weight, detail = _together(weighed) if counts[block] <= MEDIUM_WORDS else _strongest(weighed)
        signals.append(make_signal((block, role, weight, reason(detector, "phrase", detail), 0)))
    for block, found in hints.items():
        if block not in phrases and (weight := hint_weight(found, counts[block])):
            detail = ", ".join(sorted({hit.pattern.phrase for hit in found}))
            signals.append(make_signal((block, role, weight, reason(detector, "hint", detail), 0)))
    return signals


def _is_label(text: str, pattern: Pattern) -> bool:
    """Whether a colon follows right after the phrase that a text begins with."""
    if len(pattern.words) == 1:
        return False
    colon = COLONS.search(text, 0, MAX_DETAIL_CHARS)
    return colon is not None and len(split_words(text[: colon.start()])) == len(pattern.words)


def begins_with_prompt(page: Page) -> set[int]:
    """The blocks of a few words that begin with a phrase of a boilerplate role; one word may start any sentence."""
    counts = page.word_counts
    return {
        block
        for role in BOILERPLATE_ROLES
        for block, pattern, word in page.phrase_hits.get(role, ())
        if pattern.kind == "starts" and word == 0 and len(pattern.words) > 1 and counts[block] <= MEDIUM_WORDS
    }


def _strongest(weighed: list[tuple[float, PhraseHit]]) -> tuple[float, str]:
    """The weight and the phrase of the strongest hit of a block, the first of equals."""
    weight, hit = max(weighed, key=itemgetter(0))
    return weight, hit.pattern.phrase


def _together(weighed: list[tuple[float, PhraseHit]]) -> tuple[float, str]:
    """What the strongest phrase of a block says together with the strongest one that shares no word with it."""
    weight, hit = max(weighed, key=itemgetter(0))
    end = hit.word + len(hit.pattern.words)
    others = [
        (other, found)
        for other, found in weighed
        if found.word >= end or found.word + len(found.pattern.words) <= hit.word
    ]
    if not others:
        return weight, hit.pattern.phrase
    other, found = max(others, key=itemgetter(0))
    return 1 - (1 - weight) * (1 - other), f"{hit.pattern.phrase}, {found.pattern.phrase}"


def phrase_weight(kind: str, phrase_count: int, word_count: int) -> float:
    """How much a phrase says about its block.

    Args:
        kind: How it matched, one of lexicon.MATCH_KINDS but ``hint``.
        phrase_count: Words of the phrase.
        word_count: Words of the block.
    """
    weight = KIND_WEIGHTS[kind]
    if word_count > LONG_WORDS:
        return weight * LONG_FACTOR
    if word_count > MEDIUM_WORDS:
        return weight * RUNNING_FACTOR
    if word_count > SHORT_WORDS:
        return weight * MEDIUM_FACTOR
    return weight * SINGLE_WORD_FACTOR if phrase_count == 1 else weight


def hint_weight(hits: list[PhraseHit], word_count: int) -> float:
    """How much the hints in a block say: two different ones in a short block, or one in a block of a few words."""
    if word_count > MEDIUM_WORDS:
        return 0.0
    if word_count > MAX_LONE_HINT_WORDS and (len(hits) == 1 or len({hit.pattern.phrase for hit in hits}) == 1):
        return 0.0
    covered = sum(len(hit.pattern.words) for hit in hits) / max(word_count, 1)
    return min(MAX_HINT_WEIGHT, HINT_WEIGHT * (HINT_FLOOR + covered))


class LabelRule(NamedTuple):
    """How the labels of a role work.

    Attributes:
        max_blocks: Blocks that a part under a label has at most; a larger container is not what the label heads.
        heads_prose: Whether running text after the label belongs to it, as with comments.
        headings_only: Whether only heading elements count as labels.
    """

    max_blocks: int
    heads_prose: bool = False
    headings_only: bool = False


def label_signals(page: Page, detector: str, role: Role, rule: LabelRule) -> Iterator[Signal]:
    """Yields, for each label with a phrase of the role ("Most read"), evidence about what it heads.

    Args:
        page: The page.
        detector: The detector's name.
        role: Its role; also the lexicon section.
        rule: How its labels work.
    """
    if page.is_plain_text and role not in LIST_ROLES:
        return
    prose_before = evidence_of(page).prose_before
    counts = page.word_counts
    done = -1
    for block, pattern, _ in page.phrase_hits.get(role, ()):
        if block <= done or pattern.kind == "hint" or counts[block] > MAX_LABEL_WORDS:
            continue
        is_heading = page.kinds[block] is Kind.HEADING
        if not is_heading and (rule.headings_only or page.kinds[block] is Kind.CONTROL or is_link(page, block)):
            continue  # a button heads nothing, a link is an item of a menu
        done = block
        detail = reason(detector, "position", f"under {pattern.phrase}")
        if pattern.kind != "anywhere" and (end := layout_of(page).lists.get(block + 1)):
            yield Signal(block + 1, role, LIST_LABEL_WEIGHT, detail, end)
            continue
        end = label_scope(page, block, heads_prose=rule.heads_prose)
        if end - block > rule.max_blocks:
            if not (is_heading or page.is_plain_text):
                continue
            end = block + rule.max_blocks
        prose = prose_before[end] - prose_before[block]
        if end <= block + 1 or (prose and layout_of(page).is_mostly_prose(prose)):
            continue
        weight = LABEL_WEIGHT * PROSE_FADE_WORDS / (PROSE_FADE_WORDS + prose)
        near = block + 1 + PLAIN_NEAR_BLOCKS
        if page.is_plain_text and end > near:  # no container tells where a list of lines ends
            yield Signal(near, role, weight * PLAIN_FAR_FACTOR, detail, end)
            end = near
        yield Signal(block + 1, role, weight, detail, end)
