"""signals and verdict → why each block has its role, in words: ``detector.evidence:detail``.

First what detectors saw in the block that speaks for its role. Where they saw nothing, what the arbiter went by: the
blocks around it and those that look like it, some of which a detector knows. Last the arbiter's own opinion.
"""

from __future__ import annotations

from itertools import accumulate, chain
from operator import and_
from typing import TYPE_CHECKING, Any, Final

from cleanpage import native
from cleanpage.detectors.base import reason
from cleanpage.roles import CONTENT_ROLES, ROLE_INDEX, ROLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleanpage.arbiter import Verdict
    from cleanpage.page import Page, Signal

KERNEL: Final = native.kernel("reasons")

MAX_REASONS: Final = 6
"""Reasons of detectors that a block keeps: the strongest."""

MAX_CLIMB: Final = 12
"""How far above a block a container is looked for that explains it: cards and rows are nested about so deep."""

MIN_SHARE: Final = 0.5
"""Share of the blocks in a container, or around a block, that must be of its group to explain it."""

CONTENT: Final = "content"
GROUPS: Final = tuple(CONTENT if role in CONTENT_ROLES else role.value for role in ROLES)
"""What blocks of each role are explained as."""

GROUP_INDEX: Final = {group: index for index, group in enumerate(dict.fromkeys(GROUPS))}

AROUND_BLOCKS: Final = 5
"""Blocks before a block, and after it, that are around it: menus and lists of a plain text are mostly longer."""


def reasons_of(page: Page, told: list[Any], verdict: Verdict) -> list[tuple[str, ...]]:
    """For each block what speaks for its role, strongest first, and the model's opinion.

    Args:
        page: The page.
        told: The fields of all signals, one after the other.
        verdict: What was decided about the page.
    """
    roles: list[int] = verdict.roles.tolist()
    shares: list[float] = verdict.main.tolist()
    if KERNEL is not None:
        nodes = page.node_table
        table = nodes.parents, nodes.first_blocks, nodes.end_blocks
        groups = len(CONTENT_ROLES), GROUPS, GROUP_INDEX, MIN_SHARE
        kernel_reasons: list[tuple[str, ...]] = KERNEL.reasons_of(
            told, roles, shares, page.nodes, table, ROLE_INDEX, *groups
        )
        return kernel_reasons
    seen = _seen(told, roles)
    # A heading among paragraphs is content like them: content is one group, each role of boilerplate another.
    context = _Context(page, [GROUPS[role] for role in roles], seen)
    found = [reasons or list(filter(None, [context.explain(block)])) for block, reasons in enumerate(seen)]
    return [(*reasons, f"model.content:{share:.2f}") for reasons, share in zip(found, shares, strict=True)]


def flattened(signals: list[Signal]) -> list[Any]:
    """The fields of all signals, one after the other."""
    if KERNEL is not None:
        fields: list[Any] = KERNEL.flattened(signals)
        return fields
    return list(chain.from_iterable(signals))


def _seen(told: list[Any], roles: list[int]) -> list[list[str]]:
    """The reasons of the signals that speak for each block's role; for content that has none, for other content."""
    own: list[list[tuple[float, str]]] = [[] for _ in roles]
    other: list[list[tuple[float, str]]] = [[] for _ in roles]
    fields = iter(told)
    for first, role, weight, why, end in zip(fields, fields, fields, fields, fields, strict=True):
        wanted, is_content = ROLE_INDEX[role], role.is_content
        for block in range(first, end or first + 1):
            if roles[block] == wanted:
                own[block].append((-weight, why))
            elif is_content and roles[block] < len(CONTENT_ROLES):
                other[block].append((-weight, why))
    return [
        list(dict.fromkeys([why for _, why in sorted(pairs or others)]))[:MAX_REASONS]
        for pairs, others in zip(own, other, strict=True)
    ]


class _Context:
    """Why blocks are what they are about which no detector said anything: what stands around them."""

    def __init__(self, page: Page, groups: Sequence[str], seen: Sequence[Sequence[str]]) -> None:
        self.page = page
        self.groups = groups
        self.is_seen = list(map(bool, seen))
        self.counts: dict[str, tuple[list[int], list[int]]] = {}

    def explain(self, block: int) -> str:
        """The reason that can be given for a block, '' if there is none."""
        return self._container(block) or self._around(block) or self._beside(block)

    def _container(self, block: int) -> str:
        """The nearest container with a block of the group that a detector knows, if most of it is of the group."""
        nodes, group = self.page.node_table, self.groups[block]
        of_seen = self._counts_before(group)[1]
        node = self.page.nodes[block]
        for _ in range(MAX_CLIMB):
            if node <= 0:  # the whole page explains nothing
                break
            first, end = nodes.first_blocks[node], nodes.end_blocks[node]
            if of_seen[end] > of_seen[first]:
                return self._share("container", group, first, end)
            node = nodes.parents[node]
        return ""

    def _around(self, block: int) -> str:
        """The blocks before and after it, if a detector knows one of the group and most are of the group."""
        group = self.groups[block]
        of_seen = self._counts_before(group)[1]
        first, end = max(0, block - AROUND_BLOCKS), min(len(self.groups), block + AROUND_BLOCKS + 1)
        return self._share("around", group, first, end) if of_seen[end] > of_seen[first] else ""

    def _share(self, evidence: str, group: str, first: int, end: int) -> str:
        """The reason that most of a run of blocks is of a group, '' where it is not."""
        of_group = self._counts_before(group)[0]
        count = of_group[end] - of_group[first]
        if count < MIN_SHARE * (end - first):
            return ""
        return reason("context", evidence, f"{count} of {end - first} blocks are {group}")

    def _counts_before(self, group: str) -> tuple[list[int], list[int]]:
        """Before each block: how many blocks are of a group, and how many of these a detector knows."""
        if group not in self.counts:
            is_of = [other == group for other in self.groups]
            self.counts[group] = [0, *accumulate(is_of)], [0, *accumulate(map(and_, is_of, self.is_seen))]
        return self.counts[group]

    def _beside(self, block: int) -> str:
        """The block before or after it, if that is of its group and a detector knows it."""
        group = self.groups[block]
        for other in (block - 1, block + 1):
            if 0 <= other < len(self.groups) and self.groups[other] == group and self.is_seen[other]:
                return reason("context", "beside", group)
        return ""
