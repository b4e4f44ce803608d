"""The address of an image, wherever the page's lazy loading put it."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

LAZY_SOURCES: Final = ("data-src", "data-lazy-src", "data-original", "data-lazy")
"""Attributes from which lazy loaders set ``src``; where one is present, ``src`` holds a placeholder."""

SOURCE_SETS: Final = ("data-srcset", "data-lazy-srcset", "srcset")
CANDIDATE: Final = re.compile(r"([^\s,]\S*)(?:\s+([\d.]+)[wx](?=[\s,]|$))?")
"""One candidate of a source set: URL, then width or density (HTML Standard, 4.8.4.2.1)."""

MAX_SOURCE_COUNT: Final = 10
"""``<source>`` elements around an image that are looked at."""

NO_ADDRESS: Final = ("data:", "#")
"""Starts of a source that shows nothing outside its page: inline data, or a place that a script fills."""

PIXEL_SIZES: Final = frozenset(("0", "1", "0px", "1px"))
"""Width or height of an image that counts visits and shows nothing."""


def image_source(image: etree._Element) -> str:
    """Finds the address of an image.

    Args:
        image: An ``<img>`` element.

    Returns:
        The address as the page wrote it; '' where it has none but inline data, or is a counting pixel.
    """
    if image.get("width") in PIXEL_SIZES or image.get("height") in PIXEL_SIZES:
        return ""
    return next((source for source in _sources(image) if source and not source.startswith(NO_ADDRESS)), "")


def _sources(image: etree._Element) -> Iterator[str]:
    for name in (*LAZY_SOURCES, "src"):
        yield (image.get(name) or "").strip()
    for name in SOURCE_SETS:
        yield _largest(image.get(name))
    for holder in islice(image.iterancestors(), MAX_SOURCE_COUNT):
        if holder.tag == "picture":
            yield from (_largest(source.get(name)) for source in holder.iterchildren("source") for name in SOURCE_SETS)
        if holder.tag != "source":  # libxml2 does not know that it is void, and puts the image inside
            return
        for name in SOURCE_SETS:
            yield _largest(holder.get(name))


def _largest(source_set: str | None) -> str:
    """The largest candidate of a source set; the first of equals."""
    best, best_size = "", -1.0
    for match in CANDIDATE.finditer(source_set or ""):
        url, size = match[1].rstrip(","), match[2]
        try:
            number = float(size) if size else 1.0
        except ValueError:  # "1.5.2w" is no size: the candidate counts as one without
            number = 1.0
        if number > best_size:
            best, best_size = url, number
    return best


def replaces_image(noscript: etree._Element) -> bool:
    """Whether a ``<noscript>`` only repeats the image before it, whose own address is known."""
    before = noscript.getprevious()
    return before is not None and any(image_source(image) for image in before.iter("img"))
