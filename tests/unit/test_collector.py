"""Python's collector is paused while a page is read, and comes back whatever happens."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest

import cleanpage
from cleanpage import collector
from cleanpage.collector import collector_paused
from tests.kernels import needs_kernels

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


@needs_kernels
def test_documents_are_overlooked() -> None:
    """The collector looks through nothing of a document that grows with its page, and frees it all the same."""
    table = "<table><tr><td>eins<td>zwei</table>"
    item = '<li class="a b"><a href="/c" class="d">Ein Satz über die Fähre.</a> <i>Noch einer.</i>'
    gc.collect()
    kept = []
    for count in (9, 99):
        before = len(gc.get_objects())
        document = cleanpage.clean(f"<html><body><h1>Fähren</h1><ul>{item * count}</ul>{table}</body></html>")
        assert len(document.blocks) > count
        kept.append((document, len(gc.get_objects()) - before))
    assert kept[1][1] <= kept[0][1] + 5
    assert kept[1][0].markdown
    assert not gc.is_tracked(document.blocks[0].reasons)


@needs_kernels
def test_only_lists_and_tuples_are_overlooked() -> None:
    """What may lead anywhere is not."""
    with pytest.raises(TypeError):
        collector.KERNEL.untrack([{}])
