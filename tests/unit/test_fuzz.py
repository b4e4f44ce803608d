"""What fuzzing found stays mended, and what it begins with is sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.fuzz import FIXTURES, MAX_LENGTH, check, seeds

if TYPE_CHECKING:
    from pathlib import Path

CRASHES = sorted(FIXTURES.glob("crashes/*.bin"))
SEEDS = list(seeds())


@pytest.mark.parametrize("path", CRASHES, ids=[path.stem for path in CRASHES])
def test_crashes(path: Path) -> None:
    """A page that once broke something breaks nothing."""
    check(path.read_bytes())


def test_seeds() -> None:
    """Seeds can be cleaned, and are of a size that leaves room for changes."""
    assert len(SEEDS) > 100
    for seed in SEEDS[::4]:
        assert len(seed) <= 2 * MAX_LENGTH
        check(seed)


@settings(max_examples=60)
@given(st.sampled_from(SEEDS), st.integers(0, MAX_LENGTH), st.integers(0, 40), st.binary(max_size=12))
def test_changed_seeds(seed: bytes, place: int, length: int, piece: bytes) -> None:
    """Pages with some bytes taken out and others put in break nothing."""
    check(seed[:place] + piece + seed[place + length :])
