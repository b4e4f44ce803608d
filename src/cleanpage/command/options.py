"""What the command was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

FORMATS: Final = {"text": ".txt", "markdown": ".md", "html": ".html", "tei": ".xml", "json": ".json"}
"""What can be printed of a page, and the suffix of a file of it; the first unless said otherwise."""

PARQUET: Final = ".parquet"
STANDARD: Final = "-"
"""Stands for standard input and standard output."""


@dataclass(frozen=True, slots=True)
class Options:
    """The options; `cleanpage.cli.main` describes each."""

    format: str | None
    output: str
    blocks: bool
    roles: tuple[str, ...]
    plain: bool | None
    favor: str
    keep: tuple[str, ...]
    drop: tuple[str, ...]
    url: str | None
    quiet: bool
    report: str | None
    workers: int
    timeout: float | None
    errors: str | None
    resume: bool
    site_template: str | None
    learn_site: str | None
    allow_local: bool

    @property
    def view(self) -> str:
        """The format, or the one without being asked."""
        return self.format or next(iter(FORMATS))

    @property
    def is_report_alone(self) -> bool:
        """Whether nothing is written but the report."""
        return self.report is not None and self.output == STANDARD

    @property
    def is_report_to_folder(self) -> bool:
        """Whether the report is one on many pages."""
        return self.report is not None and (self.report.endswith("/") or is_folder(self.report))

    @property
    def is_to_parquet(self) -> bool:
        """Whether the pages become the rows of a Parquet file."""
        return self.output.lower().endswith(PARQUET) and not self.is_to_folder

    @property
    def is_to_folder(self) -> bool:
        """Whether each page has a file of its own."""
        return self.output.endswith("/") or is_folder(self.output)


def is_folder(name: str) -> bool:
    """Whether a folder has this name."""
    try:
        return Path(name).is_dir()
    except OSError:  # a name that is too long, as that of a URL may be; opening the file tells what is wrong
        return False
