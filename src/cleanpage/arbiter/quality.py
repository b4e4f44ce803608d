"""What the arbiter's own expectation is worth: expected F1 → the F1 that pages with such an expectation had.

The map is a piecewise linear curve for each kind of page, in quality.json; benchmarks/calibration.py fits it on pages
of sites that the weights never saw, and writes it.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Final

import numpy as np

CURVES_FILE: Final = "quality.json"


@cache
def load_curve(name: str) -> tuple[np.ndarray, np.ndarray]:
    """The knots of the map for one kind of page: what was expected, rising from 0 to 1, and what it is worth.

    Args:
        name: 'html' or 'text'.
    """
    text = (resources.files("cleanpage") / "arbiter" / CURVES_FILE).read_text(encoding="utf-8")
    knots = np.array(json.loads(text)[name], dtype=np.float64)
    return knots[:, 0], knots[:, 1]


def calibrated(expected: float, name: str) -> float:
    """The F1 to expect of a main text whose expected F1 is this by the arbiter's own probabilities.

    Args:
        expected: What `decide.choose_main` gives, 0..1.
        name: 'html' or 'text'.
    """
    return float(np.interp(expected, *load_curve(name)))
