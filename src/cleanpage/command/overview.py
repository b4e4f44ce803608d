"""The folder of the report on many pages: an index of figures, and the report on each page that is listed in it."""

from __future__ import annotations

import os
import re
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from cleanpage.command.files import cannot_write, write_whole

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from cleanpage.command.inputs import Input
    from cleanpage.command.views import Outcome
    from cleanpage.document import Document

INDEX: Final = "index.html"
PAGES: Final = "pages"
PAGE_FILE: Final = re.compile(r"\d{6}\.html")

MARK: Final = b'<meta name="generator" content="cleanpage --report">'
"""What tells an index of ours from a page of somebody's site."""

MARK_BYTES: Final = 1024
"""Bytes at the beginning of a file that are searched for it."""

NOT_ENDED: Final = "The run has not ended: these are the pages until then."


@dataclass(frozen=True, slots=True)
class Facts:
    """What is reported of a page, as plain values.

    Attributes:
        title: Its headline.
        language: Its language.
        page_type: Its type.
        quality: How far the verdict can be trusted.
        roles: How many of its blocks have each role.
        word_count: How many words its main text has.
        report: The report on it, '' if none is wanted.
    """

    title: str
    language: str
    page_type: str
    quality: float
    roles: dict[str, int]
    word_count: int
    report: str


def facts_of(document: Document, name: str, *, with_report: bool) -> Facts:
    """What is reported of a page."""
    return Facts(
        title=document.title,
        language=document.language,
        page_type=document.page_type,
        quality=document.quality,
        roles=Counter(block.role.value for block in document.blocks),
        word_count=len(document.text.split()),
        report=document.to_report(name) if with_report else "",
    )


class OverviewFolder:
    """The folder; its index is there from the beginning, and says whether the run has ended."""

    def __init__(self, name: str) -> None:
        from cleanpage.render.overview import Overview

        self.root = Path(name)
        self.draft = self.root / f".cleanpage-{os.getpid()}.part"
        self.overview = Overview()
        self.start = time.monotonic()
        try:
            self._check()
            (self.root / PAGES).mkdir(parents=True, exist_ok=True)
            for file in (self.root / PAGES).iterdir():
                if PAGE_FILE.fullmatch(file.name):  # of an earlier run
                    file.unlink()
        except OSError as error:
            raise cannot_write(name, error, "--report") from error
        self._write_index(NOT_ENDED)

    def _check(self) -> None:
        """Refuses a folder with other things in it: an index.html among them would be lost."""
        if not self.root.exists() or not any(self.root.iterdir()):
            return
        index = self.root / INDEX
        if not index.is_file() or MARK not in index.read_bytes()[:MARK_BYTES]:
            raise click.UsageError(f"--report {str(self.root)!r} is a folder with other files: give one of its own")

    def add(self, page: Input, outcome: Outcome) -> None:
        """Counts a page, and writes the report on it if there is one."""
        from cleanpage.render.overview import Row

        facts = outcome.facts
        number = self.overview.statuses.total() + 1
        row = Row(number, page.name, outcome.status, outcome.seconds, outcome.error)
        if facts is not None:
            row = row._replace(
                title=facts.title,
                language=facts.language,
                page_type=facts.page_type,
                quality=facts.quality if facts.roles else None,
                block_count=sum(facts.roles.values()),
                word_count=facts.word_count,
                link=self._write_page(number, facts.report) if facts.report else "",
            )
        self.overview.add(row, facts.roles if facts is not None else {})

    def _write_page(self, number: int, report: str) -> str:
        link = f"{PAGES}/{number:06}.html"
        write_whole(self.root / link, self.draft, f"{report}\n")
        return link

    def _write_index(self, note: str) -> None:
        write_whole(self.root / INDEX, self.draft, f"{self.overview.render(time.monotonic() - self.start, note)}\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._write_index("" if kind is None else NOT_ENDED)
