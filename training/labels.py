"""Labels for the blocks of a benchmark page, from its gold text, its snippets, or its hand-labelled segments."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz.distance import LCSseq

from cleanpage.page import split_words

if TYPE_CHECKING:
    from collections.abc import Sequence

MIN_RUN_TOKENS = 3
"""Shorter common runs are chance, unless they are a whole block."""

SHINGLE_TOKENS = 4
MIN_SNIPPET_CHARS = 20
"""A shorter block inside a snippet is there by chance."""

LOW_RECALL = 0.85
"""Where the longest common subsequence explains less of the gold text than this, its order differs from the page's:
shingles then find the rest."""


def coverage_labels(blocks: Sequence[list[str]], gold_text: str) -> np.ndarray:
    """The share of each block's words that the gold text holds.

    Args:
        blocks: The words of each block.
        gold_text: The page's main text.

    Returns:
        0..1 for each block.
    """
    page = [word for words in blocks for word in words]
    owner = np.repeat(np.arange(len(blocks)), [len(words) for words in blocks])
    gold = split_words(gold_text)
    is_covered = np.zeros(len(page), dtype=bool)
    if not page or not gold:
        return np.zeros(len(blocks))
    matched = np.zeros(len(page), dtype=bool)
    for op in LCSseq.opcodes(page, gold):
        if op.tag == "equal":
            matched[op.src_start : op.src_end] = True
            if op.src_end - op.src_start >= MIN_RUN_TOKENS:
                is_covered[op.src_start : op.src_end] = True
    sizes = np.maximum(1, np.bincount(owner, minlength=len(blocks)))
    is_whole = np.bincount(owner, weights=matched, minlength=len(blocks)) >= sizes
    is_covered |= matched & is_whole[owner]
    if is_covered.sum() < LOW_RECALL * len(gold):
        wanted = {tuple(gold[i : i + SHINGLE_TOKENS]) for i in range(len(gold) - SHINGLE_TOKENS + 1)}
        for i in range(len(page) - SHINGLE_TOKENS + 1):
            if tuple(page[i : i + SHINGLE_TOKENS]) in wanted:
                is_covered[i : i + SHINGLE_TOKENS] = True
    return np.bincount(owner, weights=is_covered, minlength=len(blocks)) / sizes


def snippet_labels(texts: Sequence[str], wanted: Sequence[str], unwanted: Sequence[str]) -> np.ndarray:
    """1 for blocks that hold a wanted snippet, 0 for those with an unwanted one, NaN elsewhere."""
    labels = np.full(len(texts), np.nan)
    folded = [" ".join(text.split()).lower() for text in texts]
    for snippets, label in ((unwanted, 0.0), (wanted, 1.0)):
        for snippet in snippets:
            needle = " ".join(snippet.split()).lower()
            for block, text in enumerate(folded):
                if needle and (needle in text or (len(text) > MIN_SNIPPET_CHARS and text in needle)):
                    labels[block] = label
    return labels


def role_labels(blocks: Sequence[list[str]], segments: Sequence[tuple[str, str]]) -> list[str]:
    """The role of each block: the one that most of its words have among the labelled segments.

    Args:
        blocks: The words of each block.
        segments: (role, text) of every labelled segment, in document order.

    Returns:
        A role for each block, '' where it meets no segment.
    """
    page = [word for words in blocks for word in words]
    owner = [block for block, words in enumerate(blocks) for _ in words]
    gold: list[str] = []
    roles: list[str] = []
    for role, text in segments:
        words = split_words(text)
        gold += words
        roles += [role] * len(words)
    votes: dict[int, Counter[str]] = defaultdict(Counter)
    for op in LCSseq.opcodes(page, gold):
        if op.tag == "equal":
            for offset in range(op.src_end - op.src_start):
                votes[owner[op.src_start + offset]][roles[op.dest_start + offset]] += 1
    return [votes[block].most_common(1)[0][0] if block in votes else "" for block in range(len(blocks))]
