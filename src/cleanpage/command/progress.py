"""How many pages a run has: what its progress bar tells the time left by."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cleanpage.command.inputs import is_many

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cleanpage.command.inputs import Input


class PageTotal:
    """The number of pages; where files hold any number of them, reckoned by the bytes that are still to be read."""

    def __init__(self, files: Sequence[str]) -> None:
        self.file_count = len(files)
        self.is_known = not any(map(is_many, files))
        self.byte_count = 0 if self.is_known else sum(map(_size_of, files))
        self.page_count = 0
        self.read_bytes = 0.0

    def count(self, name: str, pages: Iterable[Input]) -> Iterator[Input]:
        """Hands on the pages of a file, and counts them.

        Args:
            name: The file.
            pages: Its pages; their shares say how far it is read.
        """
        before, size = self.read_bytes, 0 if self.is_known else _size_of(name)
        for page in pages:
            self.page_count += 1
            self.read_bytes = before + size * page.share
            yield page
        self.read_bytes = before + size

    def reckoned(self) -> int | None:
        """How many pages there will have been; None as long as nothing tells."""
        if self.is_known:
            return self.file_count
        return round(self.page_count * self.byte_count / self.read_bytes) if self.read_bytes else None


def _size_of(name: str) -> int:
    """Bytes of a file, 0 for what is none."""
    try:
        return Path(name).stat().st_size
    except (OSError, ValueError):
        return 0
