"""Adapters for the referees that score every page with weights that never saw its site.

``python -m training.train --folds FOLDER`` makes the weights; then, with CLEANPAGE_FOLDS=FOLDER and this repository on
PYTHONPATH: ``referee.py DATA --run benchmarks.held_out:text``, likewise roles, plain_text and plain_roles.
"""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

from cleanpage import Cleaner
from training.dataset import digest_of


@cache
def _folds(kind: str) -> dict[str, int]:
    folder = Path(os.environ["CLEANPAGE_FOLDS"])
    index: dict[str, int] = json.loads((folder / f"{kind}.json").read_text(encoding="utf-8"))
    return index


@cache
def _cleaner(fold: int, **options: Any) -> Cleaner:
    return Cleaner(weights=Path(os.environ["CLEANPAGE_FOLDS"]) / f"fold{fold}", **options)


def cleaner_for(page: bytes | str, kind: str, **options: Any) -> Cleaner:
    """The Cleaner with weights that never saw the page's site.

    Args:
        page: The page as it is given to cleanpage.
        kind: 'html' or 'text'.
        **options: Its other options, tuples rather than lists.
    """
    # A page without a block trained no network: any fold has never seen it.
    return _cleaner(_folds(kind).get(digest_of(page), 0), **options)


def text(html: bytes, url: str) -> str:
    """The main text of an HTML page."""
    return cleaner_for(html, "html").clean(html, url=url or None).text


def roles(html: bytes, url: str) -> list[tuple[str, str]]:
    """Every block of an HTML page as (role, text)."""
    document = cleaner_for(html, "html").clean(html, url=url or None)
    return [(block.role.value, block.text) for block in document.blocks]


def plain_text(page: str, url: str) -> str:  # noqa: ARG001 - the referees pass a URL to every function
    """The main text of a plain-text page."""
    return cleaner_for(page, "text").clean_text(page).text


def plain_roles(page: str, url: str) -> list[tuple[str, str]]:  # noqa: ARG001 - as above
    """Every block of a plain-text page as (role, text)."""
    document = cleaner_for(page, "text").clean_text(page)
    return [(block.role.value, block.text) for block in document.blocks]
