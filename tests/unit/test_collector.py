"""Python's collector is paused while a page is read, and comes back whatever happens."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest

import cleanpage
from cleanpage.collector import collector_paused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleanpage.page import Page, Signal


class Watcher:
    """A detector that notes whether the collector is on."""

    name = "watcher"

    def __init__(self) -> None:
        self.seen: list[bool] = []

    def signals(self, page: Page) -> Iterator[Signal]:
        """Finds nothing."""
        self.seen.append(gc.isenabled())
        assert len(page) > 0
        yield from ()


@pytest.mark.parametrize("method", ["clean", "clean_text"])
def test_paused_while_a_page_is_read(method: str) -> None:
    """No collection runs while a page is read, and the collector is on again after it."""
    watcher = Watcher()
    getattr(cleanpage.Cleaner(detectors=[watcher]), method)("<p>Ein Satz über die Fähre.</p>")
    assert watcher.seen == [False]
    assert gc.isenabled()


def test_on_again_after_an_error() -> None:
    """An error in the middle leaves the collector on."""
    with pytest.raises(ZeroDivisionError), collector_paused():
        raise ZeroDivisionError
    assert gc.isenabled()


def test_stays_off_where_it_was_off() -> None:
    """Who turned the collector off finds it off."""
    gc.disable()
    try:
        with collector_paused():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()
