"""Where the command writes: one output for a page or all pages, a file of lines that can be gone on with, a folder."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cleanpage.command.options import FORMATS, STANDARD
from cleanpage.command.views import alone, among_others, encodable, known_of, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType
    from typing import IO, Self

    from cleanpage.command.inputs import Input
    from cleanpage.command.options import Options
    from cleanpage.command.views import Outcome


@contextmanager
def single_output(name: str, *, option: str = "--output") -> Iterator[IO[str]]:
    """Where to write: standard output, or a file that takes the place of the one there when all is written."""
    if name == STANDARD:
        if sys.stdout is None:
            raise click.UsageError("standard output is closed: use --output")
        with click.open_file(STANDARD, "w", encoding="utf-8") as stream:  # whatever the locale
            yield stream
        return
    target = Path(os.path.realpath(name))  # a link stays one
    is_special = is_no_file(target)
    draft = target if is_special else target.with_name(f".cleanpage-{os.getpid()}.tmp")
    try:
        stream = draft.open("w" if is_special else "x", encoding="utf-8", newline="\n")
    except OSError as error:
        raise cannot_write(name, error, option) from error
    try:
        with stream:
            yield stream
        if not is_special:
            _replace(draft, target)
    finally:
        if not is_special:
            draft.unlink(missing_ok=True)


def is_no_file(target: Path) -> bool:
    """Whether there is a pipe or device: nothing that could be replaced."""
    return target.exists() and not target.is_file()


def cannot_write(name: str, error: OSError, option: str = "--output") -> click.BadParameter:
    """The error that a file cannot be written."""
    return click.BadParameter(f"{name!r} cannot be written: {error.strerror}", param_hint=option)


def _replace(draft: Path, target: Path) -> None:
    if target.exists():
        draft.chmod(target.stat().st_mode)
    draft.replace(target)


class Stream:
    """One output for all pages, as they come."""

    def __init__(self, stream: IO[str], options: Options) -> None:
        self.stream = stream
        self.options = options

    def write(self, page: Input, outcome: Outcome) -> None:
        """Writes what came of a page."""
        write(self.stream, among_others(page, outcome, self.options), is_table=self.options.blocks)


class Journal:
    """A file of JSON lines that grows under the name ``.NAME.part``, and takes its own when the run has ended.

    A line is handed to the system as soon as it is complete. What is killed leaves whole lines, and at most a piece of
    one, which the next run cuts off.
    """

    def __init__(self, name: str, options: Options, *, option: str = "--output") -> None:
        self.name = name
        self.options = options
        self.target = Path(os.path.realpath(name))  # a link stays one
        self.draft = self.target.with_name(f".{self.target.name}.part")
        self.done: Counter[str] = Counter()
        try:
            if options.resume:
                self._recover()
            # Without a buffer: a worker that is forked while there is something in it would have a copy.
            self.stream = self.draft.open("ab" if options.resume else "xb", buffering=0)
        except FileExistsError as error:
            message = f"{str(self.draft)!r} is of a run that did not end: go on with --resume, or remove it"
            raise click.UsageError(message) from error
        except OSError as error:
            raise cannot_write(name, error, option) from error

    def _recover(self) -> None:
        """Reads which pages are in the file of an earlier run, and cuts off a line that it did not finish."""
        if not self.draft.exists():
            if not self.target.exists():
                return
            copy = self.draft.with_suffix(".copy")
            shutil.copyfile(self.target, copy)
            copy.replace(self.draft)
        end = 0
        with self.draft.open("rb+") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    break
                self.done[self._key_of(line)] += 1
                end += len(line)
            file.truncate(end)

    def _key_of(self, line: bytes) -> str:
        try:
            return str(json.loads(line)["input"])
        except (ValueError, TypeError, KeyError) as error:
            raise click.UsageError(
                f"{self.name!r} holds other lines than the command's: --resume cannot go on"
            ) from error

    def take_done(self, page: Input) -> bool:
        """Whether an earlier run wrote the page; each line of it stands for one page."""
        name = encodable(page.name)
        if not self.done[name]:
            return False
        self.done[name] -= 1
        return True

    def write(self, page: Input, outcome: Outcome) -> None:
        """Writes the line of a page."""
        left = memoryview(encodable(among_others(page, outcome, self.options)).encode())
        try:
            while left:
                left = left[self.stream.write(left) :]
        except OSError as error:
            raise click.ClickException(f"{self.name!r} cannot be written: {error.strerror}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self.stream:
            is_empty = not self.stream.tell()
            os.fsync(self.stream.fileno())
        if kind is None:
            _replace(self.draft, self.target)
        elif is_empty:  # there is nothing to go on with
            self.draft.unlink(missing_ok=True)
        else:
            click.echo(f"cleanpage: what is done is in {str(self.draft)!r}: --resume goes on from there", err=True)


class Folder:
    """A folder with a file a page; each is there whole or not at all."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.root = Path(options.output)
        # The one file here that may be half written; other runs may be writing into the folder.
        self.draft = self.root / f".cleanpage-{os.getpid()}.part"
        self.suffix = ".txt" if options.blocks or (options.roles and not options.format) else FORMATS[options.view]
        try:
            self.root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_write(options.output, error) from error

    def take_done(self, page: Input) -> bool:
        """Whether an earlier run wrote the page."""
        return self.options.resume and self._target(page).exists()

    def write(self, page: Input, outcome: Outcome) -> None:
        """Writes the file of a page; one that failed has none."""
        if outcome.error:
            return
        target = self._target(page)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            self.draft.write_bytes(encodable(self._content(page, outcome.fields)).encode())
            self.draft.replace(target)
        except OSError as error:
            raise click.ClickException(f"{str(target)!r} cannot be written: {error.strerror}") from error

    def _content(self, page: Input, fields: dict[str, Any]) -> str:
        known = known_of(page) if self.options.format == "json" else {}
        content = alone(known | fields, self.options)
        return click.unstyle(content) if self.options.blocks else content

    def _target(self, page: Input) -> Path:
        return self.root / f"{page.place}{self.suffix}"
